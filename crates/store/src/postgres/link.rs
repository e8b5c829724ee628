//! A connection that is made when needed and made again when lost.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, Statement};

use super::address::Address;
use super::error::{failure, lost, text};
use super::outage::Outage;
use crate::cache::Cache;
use crate::insert::Insert;
use crate::tx::Failure;
use crate::{Error, Result};

/// Prepared statements kept per connection.
const STATEMENTS: usize = 512;

/// Longer than the server's own limit of 30 s for a statement: only a server that does not answer at all runs into it.
const PATIENCE: Duration = Duration::from_secs(40);

/// How long a job waits for the server to come back while no outage is known. Those after it are refused at once.
const RECONNECT: Duration = Duration::from_secs(1);
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// Limits of a session, and no compiling of plans, which costs more than our statements take. No reading of whole tables
/// where there is an index: a plan made while a table was small would go on doing so while it grows. A transaction never
/// waits for anything but its own next statement: one that is idle for 10 s belongs to a process that is stopped, and its
/// locks must be gone before the others may take over its leases (15 s).
const SESSION: &str = "SET statement_timeout = '30s'; SET lock_timeout = '15s'; \
     SET idle_in_transaction_session_timeout = '10s'; SET jit = off; SET enable_seqscan = off; \
     SET client_min_messages = warning; SET timezone = 'UTC'";

/// A connection to be, with the runtime that drives it.
pub(super) struct Link {
    pub(super) runtime: Runtime,
    address: Arc<Address>,
    live: Option<Live>,
    outage: Arc<Outage>,
}

/// An open connection and what it has prepared.
pub(super) struct Live {
    pub(super) client: Client,
    pub(super) statements: Cache<Box<str>, Statement>,
    pub(super) inserts: Cache<Insert, Statement>,
    /// How often statistics had been taken when its plans were made.
    pub(super) planned_at: i64,
}

impl Link {
    pub(super) fn new(address: Arc<Address>, outage: Arc<Outage>) -> Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::Unavailable { reason: format!("no runtime for the database: {error}") })?;
        Ok(Self { runtime, address, live: None, outage })
    }

    /// Whether a connection from an earlier job is there; it may have been lost meanwhile.
    pub(super) fn is_used(&self) -> bool {
        self.live.is_some()
    }

    pub(super) fn drop_connection(&mut self) {
        self.live = None;
    }

    /// The connection, made now if need be. `hurry` says whether to give up at once.
    pub(super) fn live(&mut self, hurry: impl Fn() -> bool) -> Result<(&Runtime, &mut Live)> {
        if self.live.as_ref().is_none_or(|live| live.client.is_closed()) {
            self.live = None;
            self.live = Some(self.reconnect(hurry)?);
        }
        match &mut self.live {
            Some(live) => Ok((&self.runtime, live)),
            None => Err(Error::Closed),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a pause between attempts, on a thread that does nothing else")]
    fn reconnect(&mut self, hurry: impl Fn() -> bool) -> Result<Live> {
        if let Some(refusal) = self.outage.refusal() {
            return Err(refusal);
        }
        let began = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let error = match self.runtime.block_on(connect(&self.address)) {
                Ok(live) => {
                    self.outage.is_over();
                    return Ok(live);
                }
                Err(error) => error,
            };
            if !error.is_transient() {
                return Err(error);
            }
            if self.outage.is_known() || began.elapsed() + pause > RECONNECT || hurry() {
                self.outage.begins(&error);
                return Err(error);
            }
            std::thread::sleep(pause);
            pause *= 2;
        }
    }
}

async fn connect(address: &Address) -> Result<Live> {
    let unreachable = |error: tokio_postgres::Error| failure(error, "(connecting)").error;
    let connecting = address.config.connect(address.tls.clone());
    let (client, connection) = match tokio::time::timeout(PATIENCE, connecting).await {
        Ok(connected) => connected.map_err(refused)?,
        Err(_) => {
            return Err(Error::Unavailable { reason: "connecting took too long".into() });
        }
    };
    tokio::spawn(async move {
        // The client notices by itself that its connection ended.
        if let Err(error) = connection.await {
            tracing::debug!(error = text(&error), "connection to PostgreSQL ended");
        }
    });
    client.batch_execute(SESSION).await.map_err(unreachable)?;
    assert_durable(&client).await?;
    Ok(Live { client, statements: Cache::new(STATEMENTS), inserts: Cache::new(STATEMENTS), planned_at: 0 })
}

/// A server that cannot be reached may come back; one that refuses us (password, no such database) will not.
fn refused(error: tokio_postgres::Error) -> Error {
    let refusal = error.as_db_error().is_some();
    let detail = text(&error);
    match failure(error, "(connecting)").error {
        Error::Sql { .. } if refusal => Error::Config { reason: detail },
        Error::Sql { .. } => Error::Unavailable { reason: detail },
        other => other,
    }
}

/// What was answered must survive a power cut. A server set to more than `on` keeps its setting.
async fn assert_durable(client: &Client) -> Result<()> {
    let trouble = |error: tokio_postgres::Error| failure(error, "(opening)").error;
    let setting = "SELECT current_setting('synchronous_commit')";
    let commit: String = client.query_one(setting, &[]).await.map_err(trouble)?.get(0);
    if commit != "on" && commit != "remote_apply" {
        client.batch_execute("SET synchronous_commit = on").await.map_err(trouble)?;
        let commit: String = client.query_one(setting, &[]).await.map_err(trouble)?.get(0);
        if commit != "on" {
            return Err(Error::Config { reason: format!("synchronous_commit stays {commit}; it must be on") });
        }
    }
    Ok(())
}

/// Sends something and waits for its answer. A pending BEGIN goes out with it, so that it costs no trip of its own.
pub(super) fn round_trip<T>(
    runtime: &Runtime,
    client: &Client,
    begin: &mut Option<&'static str>,
    sql: &str,
    answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, Failure> {
    let begin = begin.take();
    let both = async {
        let Some(begin) = begin else {
            return answer.await;
        };
        let (begun, answer) = futures::join!(client.batch_execute(begin), answer);
        begun.and(answer)
    };
    let waited = runtime.block_on(async { tokio::time::timeout(PATIENCE, both).await });
    match waited {
        Ok(answer) => answer.map_err(|error| failure(error, sql)),
        Err(_) => Err(lost("the server did not answer in time".into())),
    }
}
