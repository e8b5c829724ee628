//! What each kind of task that speaks with LINE does.

use std::sync::Arc;

use line::client::{AccessToken, Content};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use store::params;

use super::TaskKind;
use super::db::Task;
use super::run::Trouble;
use crate::contact::{ContactChange, ContactKind};
use crate::delivery::quota;
use crate::engine::Engine;
use crate::event::ingest::{Incoming, Who};
use crate::event::{EventKind, Payload, Source};
use crate::files;
use crate::ids::{ChannelId, ContactId, EventId, WorkspaceId};
use crate::notice;
use crate::workspace::Channel;

pub(super) type Done = Result<Option<String>, Trouble>;

/// Pictures, videos and files that customers send: larger ones stay with LINE.
const CONTENT_MAX: usize = 200 * 1024 * 1024;

pub(super) fn payload<T: DeserializeOwned>(task: &Task) -> Result<T, Trouble> {
    serde_json::from_value(task.payload.clone()).map_err(|error| Trouble::Never(error.to_string()))
}

pub(crate) async fn channel(engine: &Engine, task: &Task, id: ChannelId) -> Result<(Arc<Channel>, AccessToken), Trouble> {
    let channel = engine.catalogs.channel(id).filter(|channel| channel.workspace == task.workspace);
    let channel = channel.ok_or_else(|| Trouble::Never("the channel is gone".into()))?;
    let token = engine.tokens.token(&engine.line, &channel).await.map_err(|error| Trouble::from((task, error)))?;
    Ok((channel, token))
}

/// The contact's kind and LINE id on this channel.
async fn address(engine: &Engine, task: &Task, channel: &Channel, contact: ContactId) -> Result<(ContactKind, String), Trouble> {
    let (workspace, provider, own) = (channel.workspace, channel.provider, channel.id);
    let found = engine
        .store
        .read(move |tx| -> crate::Result<_> {
            Ok(tx.query_opt(
                "SELECT c.kind, i.value FROM contacts c JOIN identities i ON i.workspace_id = c.workspace_id AND i.contact_id = c.id
                 WHERE c.workspace_id = $1 AND c.id = $2
                   AND ((i.kind = 'line' AND i.scope = $3) OR (i.kind IN ('group', 'room') AND i.scope = $4))",
                &params![workspace, contact, provider, own],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?)
        })
        .await
        .map_err(|error| Trouble::from((task, error)))?;
    found.ok_or_else(|| Trouble::Never("the contact is not known on this channel".into()))
}

#[derive(Deserialize)]
struct OfContact {
    channel: ChannelId,
    contact: ContactId,
}

/// Reads a profile; the answer comes in as an event.
pub(super) async fn profile(engine: &Arc<Engine>, task: &Task) -> Done {
    let OfContact { channel: id, contact } = payload(task)?;
    let (channel, token) = channel(engine, task, id).await?;
    let (kind, line_id) = address(engine, task, &channel, contact).await?;
    let failed = |error| Trouble::from((task, error));
    let change = match kind {
        ContactKind::Person => {
            let profile = engine.line.profile(&token, &line_id).await.map_err(failed)?.value;
            ContactChange::Profile {
                display_name: profile.display_name,
                picture_url: profile.picture_url,
                language: profile.language,
                status_message: profile.status_message,
            }
        }
        ContactKind::Group => {
            let group = engine.line.group_summary(&token, &line_id).await.map_err(failed)?.value;
            ContactChange::Profile {
                display_name: group.group_name,
                picture_url: group.picture_url,
                language: None,
                status_message: None,
            }
        }
        ContactKind::Room => ContactChange::Profile {
            display_name: "複数人トーク".to_owned(),
            picture_url: None,
            language: None,
            status_message: None,
        },
    };
    let at = engine.clock.now_ms();
    let incoming = Incoming {
        workspace: task.workspace,
        id: EventId::keyed(task.id.0, b"profile", at),
        channel: Some(id),
        who: Who::Contact(contact),
        source: Source::Task,
        occurred_at: at,
        payload: Payload { kind: EventKind::Changed { changes: vec![change] }, reply: None, standby: false, actor: None },
    };
    engine.ingest.take(vec![incoming]).await.map_err(|error| Trouble::again(task, error))?;
    Ok(None)
}

#[derive(Deserialize)]
struct OfMessage {
    channel: ChannelId,
    message: String,
}

/// Keeps a file that a customer sent: LINE promises no time for which it does.
pub(super) async fn content(engine: &Arc<Engine>, task: &Task) -> Done {
    let OfMessage { channel: id, message } = payload(task)?;
    // Of an erased person, or taken back: nothing is kept.
    if !is_there(engine, task, &message).await? {
        return Ok(None);
    }
    let (_, token) = channel(engine, task, id).await?;
    let answer = engine.line.content(&token, &message).await.map_err(|error| Trouble::from((task, error)))?;
    let media = match answer.value {
        Content::Preparing => return Err(Trouble::Later(3_000, "LINE still prepares it".into())),
        Content::Gone => serde_json::json!({"state": "gone"}),
        Content::Ready(download) => {
            let bytes = download.bytes(CONTENT_MAX).await.map_err(|error| Trouble::from((task, error)))?;
            let size = bytes.len();
            let name = save_file(engine, task.workspace, &message, &bytes).await.map_err(|error| Trouble::again(task, error))?;
            // What the bytes are is told by the bytes, not by the sender's device.
            serde_json::json!({"state": "kept", "file": name, "type": files::sniff(&bytes), "size": size})
        }
    };
    let (workspace, text, file) = (task.workspace, media.to_string(), file_name(task.workspace, &message));
    let noted = engine.store.write(move |tx| -> crate::Result<u64> {
        Ok(tx.execute(
            "UPDATE messages SET media = $3 WHERE workspace_id = $1 AND line_message_id = $2 AND unsent_at IS NULL",
            &params![workspace, message.as_str(), text.as_str()],
        )?)
    });
    // It went while the file came.
    if noted.await.map_err(|error| Trouble::from((task, error)))? == 0 {
        let _ = tokio::fs::remove_file(engine.settings.data_dir.join(file)).await;
    }
    Ok(None)
}

async fn is_there(engine: &Engine, task: &Task, message: &str) -> Result<bool, Trouble> {
    let (workspace, message) = (task.workspace, message.to_owned());
    let found = engine.store.read(move |tx| -> crate::Result<i64> {
        Ok(tx.query_one(
            "SELECT COUNT(*) FROM messages WHERE workspace_id = $1 AND line_message_id = $2 AND unsent_at IS NULL",
            &params![workspace, message.as_str()],
            |row| row.get(0),
        )?)
    });
    Ok(found.await.map_err(|error| Trouble::from((task, error)))? > 0)
}

fn file_name(workspace: WorkspaceId, message: &str) -> String {
    // A message id is digits; anything else never becomes a path.
    let safe: String = message.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
    format!("media/{workspace}/{safe}")
}

async fn save_file(engine: &Engine, workspace: WorkspaceId, message: &str, bytes: &[u8]) -> std::io::Result<String> {
    let name = file_name(workspace, message);
    let path = engine.settings.data_dir.join(&name);
    if let Some(parent) = path.parent() {
        tokio::fs::create_dir_all(parent).await?;
    }
    let part = path.with_extension("part");
    tokio::fs::write(&part, bytes).await?;
    tokio::fs::rename(&part, &path).await?;
    Ok(name)
}

#[derive(Deserialize)]
struct Menu {
    channel: ChannelId,
    contact: ContactId,
    rich_menu_id: Option<String>,
}

/// Links or unlinks a contact's rich menu.
pub(super) async fn rich_menu(engine: &Arc<Engine>, task: &Task) -> Done {
    let Menu { channel: id, contact, rich_menu_id } = payload(task)?;
    let (channel, token) = channel(engine, task, id).await?;
    let (_, user) = address(engine, task, &channel, contact).await?;
    let done = match rich_menu_id {
        Some(menu) => engine.line.link_rich_menu(&token, &user, &menu).await,
        None => engine.line.unlink_rich_menu(&token, &user).await,
    };
    done.map(|_| None).map_err(|error| Trouble::from((task, error)))
}

#[derive(Deserialize)]
struct OfChannel {
    channel: ChannelId,
}

/// Reads the month's limit and LINE's consumption. An account under 非常停止 is left alone.
pub(super) async fn quota(engine: &Arc<Engine>, task: &Task) -> Done {
    let OfChannel { channel: id } = payload(task)?;
    // As the database has it: where 非常停止 has just ended, this look is the one that must not be missed.
    let (catalogs, workspace) = (engine.catalogs.clone(), task.workspace);
    let catalog = engine.store.read(move |tx| catalogs.get(tx, workspace)).await.map_err(|error| Trouble::from((task, error)))?;
    if catalog.channels.get(&id).is_some_and(|channel| channel.stopped_at.is_some()) {
        return Ok(None);
    }
    let (channel, token) = channel(engine, task, id).await?;
    let failed = |error| Trouble::from((task, error));
    let limit = engine.line.quota(&token).await.map_err(failed)?.value.limit();
    let used = engine.line.quota_consumption(&token).await.map_err(failed)?.value.total_usage;
    let now = engine.clock.now_ms();
    engine
        .store
        .write(move |tx| quota::reconcile(tx, channel.workspace, id, limit, used, now))
        .await
        .map_err(|error| Trouble::from((task, error)))?;
    engine.hints.outbox.notify_one();
    engine.hints.broadcasts.notify_one();
    Ok(None)
}

/// When a task that comes again and again has its next round; `None` for all others, and when its account is gone.
pub(super) fn next_round(engine: &Engine, task: &Task, now: i64) -> Option<i64> {
    if task.kind == TaskKind::Watch {
        let catalog = engine.catalogs.cached(task.workspace)?;
        return Some(notice::watch::next_look(&engine.clock, &catalog, now));
    }
    let OfChannel { channel } = quota::is_regular(&task.payload).then(|| payload(task).ok())??;
    engine.catalogs.channel(channel)?;
    Some(quota::next_look(now, quota::look_every(&engine.clock)))
}

#[derive(Deserialize)]
struct Read {
    channel: ChannelId,
    token: String,
}

/// Marks a talk as read in LINE.
pub(super) async fn mark_read(engine: &Arc<Engine>, task: &Task) -> Done {
    let Read { channel: id, token: read_token } = payload(task)?;
    let (_, token) = channel(engine, task, id).await?;
    engine.line.mark_as_read(&token, &read_token).await.map(|_| None).map_err(|error| Trouble::from((task, error)))
}
