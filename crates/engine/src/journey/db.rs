//! SQL of journeys and their versions. Walks stand on versions, so a version never changes.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use store::{Row, Tx, params};

use super::{Graph, JourneyState};
use crate::access::db::Act;
use crate::contact::EnrollmentState;
use crate::ids::{ChannelId, JourneyId, JourneyVersionId, WorkspaceId};
use crate::vocabulary::Vocabulary;
use crate::workspace::db::bump_revision;
use crate::workspace::text;
use crate::workspace::usage;
use crate::{Error, Result};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] =
    &[LIST, FIND, LOCK, INSERT, UPDATE, DELETE, INSERT_VERSION, PUBLISH, STATE, ENROLLED, ACTIVE, FIGURES];

const LIST: &str =
    "SELECT j.id, j.channel_id, j.name, j.state, j.draft, j.version_id, v.number, v.graph, j.created_at, j.updated_at
  FROM journeys j LEFT JOIN journey_versions v ON v.workspace_id = j.workspace_id AND v.id = j.version_id
  WHERE j.workspace_id = $1 ORDER BY j.id DESC";
const FIND: &str =
    "SELECT j.id, j.channel_id, j.name, j.state, j.draft, j.version_id, v.number, v.graph, j.created_at, j.updated_at
  FROM journeys j LEFT JOIN journey_versions v ON v.workspace_id = j.workspace_id AND v.id = j.version_id
  WHERE j.workspace_id = $1 AND j.id = $2";
// Two editors must not publish the same number.
const LOCK: &str = "SELECT id FROM journeys WHERE workspace_id = $1 AND id = $2 FOR UPDATE";
const INSERT: &str = "INSERT INTO journeys (workspace_id, id, channel_id, name, state, draft, created_at, updated_at)
  VALUES ($1, $2, $3, $4, 'draft', $5, $6, $6)";
const UPDATE: &str =
    "UPDATE journeys SET name = $3, channel_id = $4, draft = $5, updated_at = $6 WHERE workspace_id = $1 AND id = $2";
const DELETE: &str = "DELETE FROM journeys WHERE workspace_id = $1 AND id = $2";
const INSERT_VERSION: &str =
    "INSERT INTO journey_versions (workspace_id, id, journey_id, number, graph, published_at) VALUES ($1, $2, $3, $4, $5, $6)";
const PUBLISH: &str =
    "UPDATE journeys SET state = 'published', version_id = $3, updated_at = $4 WHERE workspace_id = $1 AND id = $2";
const STATE: &str = "UPDATE journeys SET state = $3, updated_at = $4 WHERE workspace_id = $1 AND id = $2";
const ENROLLED: &str = "SELECT id FROM enrollments WHERE workspace_id = $1 AND journey_id = $2 LIMIT 1";
const ACTIVE: &str =
    "SELECT journey_id, COUNT(*) FROM enrollments WHERE workspace_id = $1 AND state = 'active' GROUP BY journey_id";
const FIGURES: &str =
    "SELECT state, node, COUNT(*) FROM enrollments WHERE workspace_id = $1 AND journey_id = $2 GROUP BY state, node";

/// A シナリオ as staff see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// Id.
    pub id: JourneyId,
    /// The account it speaks from.
    pub channel: ChannelId,
    /// As staff named it.
    pub name: String,
    /// Whether it takes people in.
    pub state: JourneyState,
    /// What staff are editing.
    pub draft: Graph,
    /// The published version and its number.
    pub version: Option<(JourneyVersionId, i64)>,
    /// Whether the draft differs from what is published.
    pub changed: bool,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms.
    pub updated_at: i64,
}

struct Raw {
    id: JourneyId,
    channel: ChannelId,
    name: String,
    state: JourneyState,
    draft: String,
    version: Option<(JourneyVersionId, i64)>,
    graph: Option<String>,
    created_at: i64,
    updated_at: i64,
}

fn raw(row: &Row<'_>) -> store::Result<Raw> {
    let (version, number): (Option<JourneyVersionId>, Option<i64>) = (row.get(5)?, row.get(6)?);
    Ok(Raw {
        id: row.get(0)?,
        channel: row.get(1)?,
        name: row.get(2)?,
        state: row.get(3)?,
        draft: row.get(4)?,
        version: version.zip(number),
        graph: row.get(7)?,
        created_at: row.get(8)?,
        updated_at: row.get(9)?,
    })
}

fn stored(raw: Raw) -> Result<Stored> {
    let draft = serde_json::from_str(&raw.draft).map_err(|error| Error::damaged("journeys.draft", error))?;
    let Raw { id, channel, name, state, version, created_at, updated_at, .. } = raw;
    Ok(Stored {
        id,
        channel,
        name,
        state,
        draft,
        version,
        changed: raw.graph.as_ref() != Some(&raw.draft),
        created_at,
        updated_at,
    })
}

/// All journeys, newest first.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Vec<Stored>> {
    tx.query(LIST, &params![workspace], raw)?.into_iter().map(stored).collect()
}

/// One journey.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(tx: &mut Tx<'_>, workspace: WorkspaceId, id: JourneyId) -> Result<Stored> {
    tx.query_opt(FIND, &params![workspace, id], raw)?.map_or(Err(Error::NotFound), stored)
}

/// How many walk now, by journey.
///
/// # Errors
/// The database's.
pub fn active(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<BTreeMap<JourneyId, i64>> {
    Ok(tx.query(ACTIVE, &params![workspace], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect())
}

/// Journeys of a workspace at most: all are asked for every event.
pub const MAX_JOURNEYS: usize = 500;

/// Saves a new draft.
///
/// # Errors
/// Everything there is to mend; `too_many`.
pub fn create(
    tx: &mut Tx<'_>,
    act: &Act,
    words: &dyn Vocabulary,
    channel: ChannelId,
    name: &str,
    graph: &Value,
) -> Result<Stored> {
    let name = text("name", name, 100)?;
    check_channel(channel, words)?;
    let graph = Graph::read(graph, words).map_err(Error::Invalid)?;
    if list(tx, act.workspace)?.len() >= MAX_JOURNEYS {
        return Err(Error::bad("too_many", "", format!("シナリオは{MAX_JOURNEYS}件までです。")));
    }
    let id = JourneyId::new(act.at);
    tx.execute(INSERT, &params![act.workspace, id, channel, name, json!(graph).to_string(), act.at])?;
    bump_revision(tx, act.workspace)?;
    act.note(tx, "journey.create", id.0, &json!({ "name": name }))?;
    find(tx, act.workspace, id)
}

/// What to change.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// Name.
    pub name: Option<String>,
    /// The account it speaks from; only while it was never published.
    pub channel: Option<ChannelId>,
    /// A new draft.
    pub graph: Option<Value>,
}

/// Changes name and draft; what is published goes on as it was.
///
/// # Errors
/// [`Error::NotFound`], `wrong_state`, everything there is to mend.
pub fn update(tx: &mut Tx<'_>, act: &Act, words: &dyn Vocabulary, id: JourneyId, edit: &Edit) -> Result<Stored> {
    let old = find(tx, act.workspace, id)?;
    let name = edit.name.as_deref().map_or(Ok(old.name.as_str()), |name| text("name", name, 100))?;
    let channel = edit.channel.unwrap_or(old.channel);
    if channel != old.channel && old.version.is_some() {
        return Err(Error::conflict("wrong_state", "公開したことのあるシナリオのLINEアカウントは変えられません。"));
    }
    check_channel(channel, words)?;
    let graph = match &edit.graph {
        Some(graph) => Graph::read(graph, words).map_err(Error::Invalid)?,
        None => old.draft,
    };
    tx.execute(UPDATE, &params![act.workspace, id, name, channel, json!(graph).to_string(), act.at])?;
    bump_revision(tx, act.workspace)?;
    act.note(tx, "journey.update", id.0, &json!({ "name": name }))?;
    find(tx, act.workspace, id)
}

/// Publishes the draft as a new version; walks under way stay on theirs. Publishing an unchanged draft only starts a
/// stopped journey again.
///
/// # Errors
/// [`Error::NotFound`], everything there is to mend by now.
pub fn publish(tx: &mut Tx<'_>, act: &Act, words: &dyn Vocabulary, id: JourneyId) -> Result<Stored> {
    tx.query_opt(LOCK, &params![act.workspace, id], |row| row.get::<JourneyId>(0))?.ok_or(Error::NotFound)?;
    let old = find(tx, act.workspace, id)?;
    let problems = super::validate(&old.draft, words);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let version = match old.version {
        Some((version, _)) if !old.changed => version,
        before => {
            let version = JourneyVersionId::new(act.at);
            let number = before.map_or(1, |(_, number)| number + 1);
            let graph = json!(old.draft).to_string();
            tx.execute(INSERT_VERSION, &params![act.workspace, version, id, number, graph, act.at])?;
            version
        }
    };
    tx.execute(PUBLISH, &params![act.workspace, id, version, act.at])?;
    bump_revision(tx, act.workspace)?;
    act.note(tx, "journey.publish", id.0, &json!({ "version": version }))?;
    find(tx, act.workspace, id)
}

/// Stops a journey: it takes nobody in, and walks stand still until it is published again.
///
/// # Errors
/// [`Error::NotFound`]; `wrong_state` when it was never published.
pub fn stop(tx: &mut Tx<'_>, act: &Act, id: JourneyId) -> Result<Stored> {
    let old = find(tx, act.workspace, id)?;
    if old.state == JourneyState::Draft {
        return Err(Error::conflict("wrong_state", "まだ公開されていないシナリオです。"));
    }
    tx.execute(STATE, &params![act.workspace, id, JourneyState::Stopped, act.at])?;
    bump_revision(tx, act.workspace)?;
    act.note(tx, "journey.stop", id.0, &json!({ "name": old.name }))?;
    find(tx, act.workspace, id)
}

/// Deletes a journey nobody ever walked.
///
/// # Errors
/// [`Error::NotFound`], `in_use`.
pub fn delete(tx: &mut Tx<'_>, act: &Act, id: JourneyId) -> Result<()> {
    let old = find(tx, act.workspace, id)?;
    let walked = tx.query_opt(ENROLLED, &params![act.workspace, id], |row| row.get::<uuid::Uuid>(0))?.is_some();
    if walked {
        return Err(Error::conflict("in_use", "歩いた人がいるシナリオは削除できません。停止してください。"));
    }
    usage::refuse_if_used(tx, act.workspace, &id.to_string(), Some(id.0))?;
    tx.execute(DELETE, &params![act.workspace, id])?;
    bump_revision(tx, act.workspace)?;
    act.note(tx, "journey.delete", id.0, &json!({ "name": old.name }))
}

/// People by state and node.
///
/// # Errors
/// [`Error::NotFound`].
pub fn figures(tx: &mut Tx<'_>, workspace: WorkspaceId, id: JourneyId) -> Result<Vec<(EnrollmentState, String, i64)>> {
    find(tx, workspace, id)?;
    Ok(tx.query(FIGURES, &params![workspace, id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
}

fn check_channel(channel: ChannelId, words: &dyn Vocabulary) -> Result<()> {
    words
        .channel(channel)
        .map(drop)
        .ok_or_else(|| Error::bad("unknown_channel", "channel_id", "このLINEアカウントはありません。選び直してください。"))
}
