//! Hints from and to other nodes, by LISTEN and NOTIFY. Best effort: what is said while the server is away is lost,
//! and subscribers are told so.

use std::collections::HashSet;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{broadcast, mpsc};
use tokio_postgres::{AsyncMessage, Client};

use super::address::Address;
use super::error::text;
use crate::hint::{BACKLOG, Hint, Switchboard};
use crate::{Error, Result};

/// Pause before connecting again.
const PAUSE: Duration = Duration::from_secs(1);

/// Channel of the server; ours are its payloads, so that any name goes.
const LISTEN: &str = "LISTEN enishi_hint";

/// Says several hints in one trip; the server merges equal ones within a transaction.
const NOTIFY: &str = "SELECT pg_notify('enishi_hint', name) FROM UNNEST($1::text[]) AS name";

type Outgoing = mpsc::UnboundedReceiver<Arc<str>>;

/// Starts the thread that listens. It ends when the switchboard is closed.
pub(super) fn start(address: Arc<Address>) -> Result<Switchboard> {
    let local = broadcast::Sender::new(BACKLOG);
    let (abroad, outgoing) = mpsc::unbounded_channel();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::Unavailable { reason: format!("no runtime for hints: {error}") })?;
    let subscribers = local.clone();
    super::start("store-hints".into(), move || runtime.block_on(serve(&address, &subscribers, outgoing)))?;
    Ok(Switchboard::with(local, Some(abroad)))
}

/// Why a session of listening ended.
enum End {
    Closed,
    Lost(String),
}

async fn serve(address: &Address, local: &broadcast::Sender<Hint>, mut outgoing: Outgoing) {
    while let End::Lost(reason) = session(address, local, &mut outgoing).await {
        tracing::debug!(reason, "hints from other nodes are interrupted");
        let pause = tokio::time::sleep(PAUSE);
        tokio::pin!(pause);
        // What is said meanwhile is lost, but a closed switchboard is noticed at once.
        loop {
            tokio::select! {
                () = &mut pause => break,
                said = outgoing.recv() => if said.is_none() { return },
            }
        }
    }
}

async fn session(address: &Address, local: &broadcast::Sender<Hint>, outgoing: &mut Outgoing) -> End {
    let (client, mut connection) = match address.config.connect(address.tls.clone()).await {
        Ok(connected) => connected,
        Err(error) => return End::Lost(text(&error)),
    };
    let (heard, mut hears) = mpsc::unbounded_channel();
    let driver = tokio::spawn(async move {
        while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(notification) = message {
                // The session is over when nobody hears.
                let _ = heard.send(notification);
            }
        }
    });
    let end = converse(&client, local, outgoing, &mut hears).await.unwrap_or_else(|error| End::Lost(text(&error)));
    driver.abort();
    end
}

async fn converse(
    client: &Client,
    local: &broadcast::Sender<Hint>,
    outgoing: &mut Outgoing,
    hears: &mut mpsc::UnboundedReceiver<tokio_postgres::Notification>,
) -> Result<End, tokio_postgres::Error> {
    client.batch_execute(LISTEN).await?;
    let own: i32 = client.query_one("SELECT pg_backend_pid()", &[]).await?.get(0);
    let notify = client.prepare(NOTIFY).await?;
    // Before LISTEN anything may have been said.
    let _ = local.send(Hint::Missed);
    loop {
        tokio::select! {
            heard = hears.recv() => match heard {
                None => return Ok(End::Lost("connection closed".into())),
                Some(said) if said.process_id() == own => {}
                Some(said) => drop(local.send(Hint::On(said.payload().into()))),
            },
            said = outgoing.recv() => {
                let Some(first) = said else { return Ok(End::Closed) };
                let mut names = HashSet::from([first]);
                while let Ok(next) = outgoing.try_recv() {
                    names.insert(next);
                }
                let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
                client.execute(&notify, &[&names]).await?;
            }
        }
    }
}
