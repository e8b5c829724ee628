//! Handing a body on: kept in the database before LINE is answered, sent as a task with LINE's own signature.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use store::Tx;
use url::Url;
use uuid::Uuid;

use super::db::{self, Kept, Try, Waiting};
use super::{State, forward_to};
use crate::engine::Engine;
use crate::ids::{ChannelId, TaskId, WorkspaceId};
use crate::task::outbound::{self, Reach};
use crate::task::{NewTask, Task, TaskKind, Trouble};
use crate::workspace::Channel;
use crate::{Error, Result};

/// LINE itself gives a webhook about two seconds ("Receive messages", request_timeout). A tool that needs longer may have
/// acted all the same: it is not asked again by itself, as LINE does not unless told to.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long the log goes back.
const KEEP_MS: i64 = 7 * 86_400_000;
/// Dropped with every new one, so that the log never grows without end and no call is long.
const BESIDE: i64 = 4;
/// Dropped in one transaction by the regular look, which also comes where nothing new does.
const DROPPED: i64 = 500;
/// Such transactions in one look at most.
const PIECES: usize = 20;
/// How many failed ones one press of a button sends again.
const RETRY_MAX: i64 = 1_000;
/// `vault` purpose.
const SEALED: &str = "forwards";

/// The same bytes on the same channel are the same: a circle between two tools ends at its second round.
fn id_of(channel: ChannelId, body: &[u8]) -> TaskId {
    let digest = Sha256::new().chain_update(channel.0.as_bytes()).chain_update(body).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    TaskId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Keeps a received body to be handed on, if this channel hands on. Returns after the commit. A body without events is
/// LINE's question whether *we* answer, and stays here.
///
/// # Errors
/// The database's; nothing is kept then.
pub async fn keep(engine: &Engine, channel: &Channel, signature: &str, body: &[u8]) -> Result<()> {
    let now = engine.clock.now_ms();
    let Some(url) = forward_to(channel, now) else { return Ok(()) };
    let events = events_in(body);
    if events == 0 {
        return Ok(());
    }
    let (workspace, channel, id) = (channel.workspace, channel.id, id_of(channel.id, body));
    let sealed = engine.vault.seal(SEALED, id.0, body);
    let (url, signature) = (url.to_owned(), signature.to_owned());
    engine
        .store
        .write(move |tx| {
            let kept = Kept { workspace, channel, id, events, url: &url, signature: &signature, sealed: &sealed };
            if db::insert(tx, &kept, now)? {
                crate::task::db::queue(tx, &[task(workspace, channel, id, now)], now)?;
            }
            db::purge(tx, workspace, channel, now - KEEP_MS, BESIDE).map(drop)
        })
        .await?;
    engine.hints.tasks.notify_one();
    Ok(())
}

/// Drops what is older than the log goes back.
///
/// # Errors
/// The database's.
pub(crate) async fn tidy(engine: &Engine, channel: &Channel, now: i64) -> Result<()> {
    let (workspace, channel) = (channel.workspace, channel.id);
    for _ in 0..PIECES {
        if engine.store.write_last(move |tx| db::purge(tx, workspace, channel, now - KEEP_MS, DROPPED)).await? == 0 {
            break;
        }
    }
    Ok(())
}

fn events_in(body: &[u8]) -> i64 {
    #[derive(Deserialize)]
    struct Events {
        events: Vec<serde::de::IgnoredAny>,
    }
    serde_json::from_slice(body).map_or(0, |Events { events }| i64::try_from(events.len()).unwrap_or(0))
}

fn task(workspace: WorkspaceId, channel: ChannelId, id: TaskId, now: i64) -> NewTask {
    NewTask {
        id,
        workspace,
        kind: TaskKind::Forward,
        key: String::new(),
        payload: serde_json::json!({ "channel": channel }),
        due_at: now,
    }
}

/// Tries the failed ones of a channel again; tells how many.
///
/// # Errors
/// The database's.
pub fn retry_failed(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId, now: i64) -> Result<usize> {
    let failed = db::failed(tx, workspace, channel, RETRY_MAX)?;
    db::revive(tx, workspace, channel, &failed, now)?;
    Ok(failed.len())
}

/// Whether what comes in may be handed on to this address; tells what is wrong with it.
///
/// # Errors
/// `bad_url`.
pub fn check_address(engine: &Engine, url: &str) -> Result<()> {
    let good =
        Url::parse(url).is_ok_and(|url| url.as_str().len() <= 500 && outbound::is_allowed(&url, Reach::of(&engine.settings)));
    if good {
        return Ok(());
    }
    Err(Error::bad("bad_url", "forward_url", "https:// で始まる、インターネットから見えるアドレスを入力してください。"))
}

#[derive(Deserialize)]
struct OfChannel {
    channel: ChannelId,
}

/// Hands a kept body on.
pub(crate) async fn hand_on(engine: &Arc<Engine>, task: &Task) -> Result<Option<String>, Trouble> {
    let OfChannel { channel } =
        serde_json::from_value(task.payload.clone()).map_err(|error| Trouble::Never(error.to_string()))?;
    let (workspace, id) = (task.workspace, task.id);
    let kept = engine.store.read(move |tx| db::waiting(tx, workspace, channel, id)).await;
    let Some(kept) = kept.map_err(|error| Trouble::from((task, error)))? else { return Ok(None) };
    let answer = send(engine, id.0, kept).await;
    let (done, error) = match verdict(&answer) {
        Verdict::Taken => (Ok(None), None),
        Verdict::Again(why) => (Err(Trouble::again(task, &why)), Some(why)),
        Verdict::Over(why) => (Err(Trouble::Never(why.clone())), Some(why)),
    };
    let status = answer.ok();
    let state = match &done {
        Ok(_) => State::Done,
        Err(trouble) if trouble.is_last(task) => State::Failed,
        Err(_) => State::Waiting,
    };
    let now = engine.clock.now_ms();
    let written = engine.store.write(move |tx| {
        let tried = Try { state, status: status.map(i64::from), error: error.as_deref() };
        db::tried(tx, (workspace, channel, id), &tried, now)
    });
    written.await.map_err(|error| Trouble::from((task, error)))?;
    done
}

/// Why there is no answer.
#[derive(Debug)]
enum Refused {
    /// The address is not one we call.
    Forbidden,
    /// It surely did not hear.
    NotHeard(String),
    /// It may have heard, and acted.
    Silent(String),
}

impl Refused {
    const WORDS: &str = "この宛先には送信できません(https の公開アドレスだけが使えます)。";
}

/// What follows from a try.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Taken,
    /// It was surely not taken.
    Again(String),
    /// Another try would come to nothing, or be heard twice: staff decide.
    Over(String),
}

fn verdict(answer: &Result<u16, Refused>) -> Verdict {
    match answer {
        Ok(200..=299) => Verdict::Taken,
        Ok(status @ (429 | 500..=599)) => Verdict::Again(format!("HTTP {status}")),
        Ok(status) => Verdict::Over(format!("HTTP {status}")),
        Err(Refused::Forbidden) => Verdict::Over(Refused::WORDS.to_owned()),
        Err(Refused::NotHeard(why)) => Verdict::Again(why.clone()),
        Err(Refused::Silent(why)) => Verdict::Over(why.clone()),
    }
}

fn refused(error: &reqwest::Error, patience: Duration) -> Refused {
    let why = outbound::in_words(error, patience);
    if error.is_connect() {
        Refused::NotHeard(why)
    } else {
        Refused::Silent(format!("{why}。届いたかどうか分からないため、自動では再送しません。"))
    }
}

async fn send(engine: &Engine, row: Uuid, kept: Waiting) -> Result<u16, Refused> {
    let url = Url::parse(&kept.url).map_err(|_| Refused::Forbidden)?;
    if !outbound::is_allowed(&url, Reach::of(&engine.settings)) {
        return Err(Refused::Forbidden);
    }
    let body = engine.vault.open(SEALED, row, &kept.sealed).map_err(|error| Refused::NotHeard(error.to_string()))?;
    let client = outbound::quick_client().map_err(Refused::NotHeard)?;
    let answer = client
        .post(url)
        .header("content-type", "application/json; charset=utf-8")
        .header(line::signature::HEADER, kept.signature)
        .body(body.to_vec())
        .timeout(PATIENCE)
        .send()
        .await
        .map_err(|error| refused(&error, PATIENCE))?;
    Ok(answer.status().as_u16())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_bytes_are_the_same() {
        let (a, b) = (ChannelId::new(1), ChannelId::new(1));
        assert_eq!(id_of(a, b"{}"), id_of(a, b"{}"));
        assert_ne!(id_of(a, b"{}"), id_of(a, b"{ }"));
        assert_ne!(id_of(a, b"{}"), id_of(b, b"{}"));
    }

    #[test]
    fn events_are_counted_and_questions_are_none() {
        assert_eq!(events_in(br#"{"destination":"U","events":[]}"#), 0);
        assert_eq!(events_in(br#"{"destination":"U","events":[{"type":"follow"},{}]}"#), 2);
        assert_eq!(events_in(b"nonsense"), 0);
    }

    #[test]
    fn what_was_surely_not_taken_is_tried_again_and_nothing_else() {
        for (answer, expected) in [
            (Ok(200), Verdict::Taken),
            (Ok(204), Verdict::Taken),
            (Ok(503), Verdict::Again("HTTP 503".to_owned())),
            (Ok(429), Verdict::Again("HTTP 429".to_owned())),
            (Ok(302), Verdict::Over("HTTP 302".to_owned())),
            (Ok(401), Verdict::Over("HTTP 401".to_owned())),
            (Err(Refused::NotHeard("x".to_owned())), Verdict::Again("x".to_owned())),
            (Err(Refused::Silent("x".to_owned())), Verdict::Over("x".to_owned())),
            (Err(Refused::Forbidden), Verdict::Over(Refused::WORDS.to_owned())),
        ] {
            assert_eq!(verdict(&answer), expected, "{answer:?}");
        }
    }

    async fn ask(address: std::net::SocketAddr) -> Refused {
        let url = Url::parse(&format!("http://{address}/")).unwrap();
        let patience = Duration::from_millis(300);
        let error = outbound::quick_client().unwrap().post(url).body("{}").timeout(patience).send().await.unwrap_err();
        refused(&error, patience)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_heard_and_says_nothing_is_not_asked_again() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        assert!(matches!(ask(silent.local_addr().unwrap()).await, Refused::Silent(_)), "it took the connection");
        let address = silent.local_addr().unwrap();
        drop(silent);
        assert!(matches!(ask(address).await, Refused::NotHeard(_)), "nobody is there");
        let curt = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = curt.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                drop(curt.accept().await);
            }
        });
        assert!(matches!(ask(address).await, Refused::Silent(_)), "it hung up in the middle");
    }
}
