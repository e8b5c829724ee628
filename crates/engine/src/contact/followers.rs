//! Friends from before Enishi: LINE lists them to verified and premium accounts. Fetched piece by piece, so that a
//! restart or a press of 「止める」 loses nothing, and taken in without a greeting or a journey (promise 8).

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use futures::stream::{self, StreamExt};
use line::client::{AccessToken, CallError};
use serde::{Deserialize, Serialize};
use store::{Tx, params};

use super::import::{self, Row};
use crate::access::db::Act;
use crate::engine::Engine;
use crate::ids::{ChannelId, ProviderId, TaskId, WorkspaceId};
use crate::task::{self, NewTask, Task, TaskKind, Trouble};
use crate::{Error, Result};

/// Names asked for at once; far below LINE's 2,000 a second.
const NAMES_AT_ONCE: usize = 20;
/// The task's error when LINE lists nobody to this account.
const NOT_ALLOWED: &str = "not_allowed";
/// The task's error when staff stopped it.
const STOPPED: &str = "stopped";

/// How a fetch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FetchState {
    /// Never begun.
    None,
    /// Under way.
    Running,
    /// At its end.
    Done,
    /// Staff stopped it; what was fetched stays.
    Stopped,
    /// LINE lists friends to verified and premium accounts only.
    NotAllowed,
    /// LINE or the database failed.
    Failed,
}

/// A fetch of existing friends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FriendFetch {
    /// How it stands.
    pub state: FetchState,
    /// Friends LINE has listed so far.
    pub fetched: i64,
    /// Begun, Unix ms.
    pub started_at: Option<i64>,
    /// Ended, Unix ms.
    pub ended_at: Option<i64>,
}

/// Where the next piece begins.
#[derive(Serialize, Deserialize)]
struct Order {
    channel: ChannelId,
    #[serde(default)]
    start: Option<String>,
    #[serde(default)]
    fetched: i64,
}

/// Begins a fetch; one that runs already goes on.
///
/// # Errors
/// [`Error::NotFound`].
pub fn start(tx: &mut Tx<'_>, act: &Act, channel: ChannelId) -> Result<()> {
    if view(tx, act.workspace, channel)?.state == FetchState::Running {
        return Ok(());
    }
    let id = TaskId::new(act.at);
    let payload = serde_json::json!({ "channel": channel });
    let new =
        NewTask { id, workspace: act.workspace, kind: TaskKind::Followers, key: channel.to_string(), payload, due_at: act.at };
    task::db::queue(tx, &[new], act.at)?;
    tx.execute(
        "UPDATE channels SET followers_task = $3 WHERE workspace_id = $1 AND id = $2",
        &params![act.workspace, channel, id],
    )?;
    act.note(tx, "channel.fetch_friends", channel.0, &serde_json::json!({}))
}

/// Stops a fetch after the piece in hand; what was fetched stays.
///
/// # Errors
/// [`Error::NotFound`].
pub fn stop(tx: &mut Tx<'_>, act: &Act, channel: ChannelId) -> Result<()> {
    view(tx, act.workspace, channel)?;
    tx.execute(
        "UPDATE tasks SET state = 'failed', error = $3, done_at = $4 WHERE workspace_id = $1 AND state IN ('queued', 'running')
           AND id = (SELECT followers_task FROM channels WHERE workspace_id = $1 AND id = $2)",
        &params![act.workspace, channel, STOPPED, act.at],
    )?;
    act.note(tx, "channel.fetch_stop", channel.0, &serde_json::json!({}))
}

/// How the latest fetch of a channel stands.
///
/// # Errors
/// [`Error::NotFound`].
pub fn view(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId) -> Result<FriendFetch> {
    type Line = (Option<String>, Option<i64>, Option<String>, Option<i64>, Option<i64>);
    let line: Option<Line> = tx.query_opt(
        "SELECT t.state, t.progress, t.error, t.created_at, t.done_at FROM channels c
         LEFT JOIN tasks t ON t.workspace_id = c.workspace_id AND t.id = c.followers_task
         WHERE c.workspace_id = $1 AND c.id = $2",
        &params![workspace, channel],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)),
    )?;
    let (state, fetched, error, started_at, ended_at) = line.ok_or(Error::NotFound)?;
    Ok(FriendFetch { state: state_of(state.as_deref(), error.as_deref()), fetched: fetched.unwrap_or(0), started_at, ended_at })
}

fn state_of(state: Option<&str>, error: Option<&str>) -> FetchState {
    match (state, error) {
        (None, _) => FetchState::None,
        (Some("queued" | "running"), _) => FetchState::Running,
        (Some("done"), _) => FetchState::Done,
        (_, Some(STOPPED)) => FetchState::Stopped,
        (_, Some(NOT_ALLOWED)) => FetchState::NotAllowed,
        _ => FetchState::Failed,
    }
}

/// One piece: up to a thousand friends, with the names of those we do not know.
pub(crate) async fn piece(engine: &Arc<Engine>, task: &Task) -> Result<Option<String>, Trouble> {
    let order: Order = serde_json::from_value(task.payload.clone()).map_err(|error| Trouble::Never(error.to_string()))?;
    let (channel, token) = task::channel(engine, task, order.channel).await?;
    let page = match engine.line.follower_ids(&token, order.start.as_deref()).await {
        Ok(answer) => answer.value,
        Err(CallError::Refused(refusal)) if refusal.status == 403 => return Err(Trouble::Never(NOT_ALLOWED.into())),
        // The place has gone stale: from the beginning, where everything known is quickly passed.
        Err(CallError::Refused(refusal)) if refusal.status == 400 && order.start.is_some() => {
            return go_on(engine, task, Order { start: None, fetched: 0, ..order }).await;
        }
        Err(error) => return Err(Trouble::from((task, error))),
    };
    let fetched = order.fetched + i64::try_from(page.user_ids.len()).unwrap_or(0);
    let rows = named(engine, task, channel.provider, &token, page.user_ids).await?;
    import::write(engine, &channel, rows, &BTreeSet::new(), engine.clock.now_ms())
        .await
        .map_err(|error| Trouble::from((task, error)))?;
    match page.next {
        Some(next) => go_on(engine, task, Order { start: Some(next), fetched, ..order }).await,
        None => {
            progress(engine, task, fetched, None).await?;
            Ok(Some(format!("{{\"friends\":{fetched}}}")))
        }
    }
}

async fn go_on(engine: &Engine, task: &Task, order: Order) -> Result<Option<String>, Trouble> {
    let payload = serde_json::to_value(&order).map_err(|error| Trouble::Never(error.to_string()))?;
    progress(engine, task, order.fetched, Some(payload)).await?;
    Err(Trouble::Goes)
}

async fn progress(engine: &Engine, task: &Task, fetched: i64, next: Option<serde_json::Value>) -> Result<(), Trouble> {
    let (workspace, id) = (task.workspace, task.id);
    let written = engine.store.write(move |tx| {
        task::db::progress(tx, workspace, id, fetched, 0)?;
        next.as_ref().map_or(Ok(()), |payload| task::db::go_on(tx, workspace, id, payload))
    });
    written.await.map_err(|error| Trouble::from((task, error)))
}

/// Rows for the listed, with names where we have none. A name that cannot be had now comes with their first event.
async fn named(
    engine: &Engine,
    task: &Task,
    provider: ProviderId,
    token: &AccessToken,
    users: Vec<String>,
) -> Result<Vec<Row>, Trouble> {
    let (workspace, asked) = (task.workspace, users.clone());
    let known = engine.store.read(move |tx| with_names(tx, workspace, provider, &asked)).await;
    let known = known.map_err(|error| Trouble::from((task, error)))?;
    let rows = stream::iter(users).map(|user| {
        let is_known = known.contains(&user);
        async move {
            let profile = if is_known { None } else { engine.line.profile(token, &user).await.ok() };
            let display_name = profile.map(|answer| answer.value.display_name);
            Row { display_name, ..Row::friend(user) }
        }
    });
    Ok(rows.buffered(NAMES_AT_ONCE).collect().await)
}

/// Those of these LINE users whose names we know.
fn with_names(tx: &mut Tx<'_>, workspace: WorkspaceId, provider: ProviderId, users: &[String]) -> Result<HashSet<String>> {
    let known = tx.query(
        "SELECT i.value FROM identities i JOIN contacts c ON c.workspace_id = i.workspace_id AND c.id = i.contact_id
         WHERE i.workspace_id = $1 AND i.kind = 'line' AND i.scope = $2 AND i.value = ANY($3) AND c.display_name IS NOT NULL",
        &params![workspace, provider, users.to_vec()],
        |row| row.get(0),
    )?;
    Ok(known.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_are_told_why_it_ended() {
        for (state, error, expected) in [
            (None, None, FetchState::None),
            (Some("queued"), Some("HTTP 500"), FetchState::Running),
            (Some("running"), None, FetchState::Running),
            (Some("done"), None, FetchState::Done),
            (Some("failed"), Some("stopped"), FetchState::Stopped),
            (Some("failed"), Some("not_allowed"), FetchState::NotAllowed),
            (Some("failed"), Some("LINE is not available"), FetchState::Failed),
        ] {
            assert_eq!(state_of(state, error), expected, "{state:?} {error:?}");
        }
    }
}
