//! SQL of journeys and their versions. Walks stand on versions, so a version never changes.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use store::{Row, Tx, params};

use super::{Graph, JourneyState};
use crate::access::db::Act;
use crate::ids::{ChannelId, JourneyId, JourneyVersionId, WorkspaceId};
use crate::vocabulary::Vocabulary;
use crate::workspace::db::bump_revision;
use crate::workspace::text;
use crate::workspace::usage;
use crate::{Error, Result};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] =
    &[LIST, FIND, LOCK, INSERT, UPDATE, DELETE, INSERT_VERSION, PUBLISH, STATE, ENROLLED, ACTIVE, VERSIONS, VERSION, ON_VERSION];

const LIST: &str =
    "SELECT j.id, j.channel_id, j.name, j.state, j.draft, j.version_id, v.number, v.graph, j.created_at, j.updated_at,
    j.revision, j.edited_by
  FROM journeys j LEFT JOIN journey_versions v ON v.workspace_id = j.workspace_id AND v.id = j.version_id
  WHERE j.workspace_id = $1 ORDER BY j.id DESC";
const FIND: &str =
    "SELECT j.id, j.channel_id, j.name, j.state, j.draft, j.version_id, v.number, v.graph, j.created_at, j.updated_at,
    j.revision, j.edited_by
  FROM journeys j LEFT JOIN journey_versions v ON v.workspace_id = j.workspace_id AND v.id = j.version_id
  WHERE j.workspace_id = $1 AND j.id = $2";
// Two editors must not publish the same number, nor save over each other.
const LOCK: &str = "SELECT id FROM journeys WHERE workspace_id = $1 AND id = $2 FOR UPDATE";
const INSERT: &str = "INSERT INTO journeys (workspace_id, id, channel_id, name, state, draft, edited_by, created_at, updated_at)
  VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7, $7)";
const UPDATE: &str =
    "UPDATE journeys SET name = $3, channel_id = $4, draft = $5, edited_by = $6, updated_at = $7, revision = revision + 1
  WHERE workspace_id = $1 AND id = $2";
const DELETE: &str = "DELETE FROM journeys WHERE workspace_id = $1 AND id = $2";
const INSERT_VERSION: &str = "INSERT INTO journey_versions (workspace_id, id, journey_id, number, graph, published_at, published_by) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const PUBLISH: &str =
    "UPDATE journeys SET state = 'published', version_id = $3, updated_at = $4 WHERE workspace_id = $1 AND id = $2";
const STATE: &str = "UPDATE journeys SET state = $3, updated_at = $4 WHERE workspace_id = $1 AND id = $2";
const ENROLLED: &str = "SELECT id FROM enrollments WHERE workspace_id = $1 AND journey_id = $2 LIMIT 1";
const ACTIVE: &str =
    "SELECT journey_id, COUNT(*) FROM enrollments WHERE workspace_id = $1 AND state = 'active' GROUP BY journey_id";
const VERSIONS: &str = "SELECT id, number, published_at, published_by FROM journey_versions
  WHERE workspace_id = $1 AND journey_id = $2 ORDER BY number DESC LIMIT $3";
const VERSION: &str = "SELECT graph FROM journey_versions WHERE workspace_id = $1 AND journey_id = $2 AND id = $3";
const ON_VERSION: &str = "SELECT version_id, COUNT(*) FROM enrollments
  WHERE workspace_id = $1 AND journey_id = $2 AND state = 'active' GROUP BY version_id";

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
    /// Counts up with every saving.
    pub revision: i64,
    /// Who saved last, as the audit log writes it.
    pub edited_by: String,
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
    revision: i64,
    edited_by: String,
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
        revision: row.get(10)?,
        edited_by: row.get(11)?,
    })
}

fn stored(raw: Raw) -> Result<Stored> {
    let draft = serde_json::from_str(&raw.draft).map_err(|error| Error::damaged("journeys.draft", error))?;
    let Raw { id, channel, name, state, version, created_at, updated_at, revision, edited_by, .. } = raw;
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
        revision,
        edited_by,
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
    let row = params![act.workspace, id, channel, name, json!(graph).to_string(), act.actor.to_string(), act.at];
    tx.execute(INSERT, &row)?;
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
    /// What it was made from; refused when somebody saved meanwhile.
    pub revision: Option<i64>,
}

/// Changes name and draft; what is published goes on as it was.
///
/// # Errors
/// [`Error::NotFound`], `wrong_state`, `edited_meanwhile`, everything there is to mend.
pub fn update(tx: &mut Tx<'_>, act: &Act, words: &dyn Vocabulary, id: JourneyId, edit: &Edit) -> Result<Stored> {
    let old = lock(tx, act.workspace, id, edit.revision)?;
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
    let row = params![act.workspace, id, name, channel, json!(graph).to_string(), act.actor.to_string(), act.at];
    tx.execute(UPDATE, &row)?;
    bump_revision(tx, act.workspace)?;
    act.note(tx, "journey.update", id.0, &json!({ "name": name }))?;
    find(tx, act.workspace, id)
}

/// Publishes the draft as a new version; walks under way stay on theirs. Publishing an unchanged draft only starts a
/// stopped journey again.
///
/// # Errors
/// [`Error::NotFound`], `edited_meanwhile` when the draft is not the one of `revision`, everything there is to mend by now.
pub fn publish(tx: &mut Tx<'_>, act: &Act, words: &dyn Vocabulary, id: JourneyId, revision: Option<i64>) -> Result<Stored> {
    let old = lock(tx, act.workspace, id, revision)?;
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
            tx.execute(INSERT_VERSION, &params![act.workspace, version, id, number, graph, act.at, act.actor.to_string()])?;
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

/// One published version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Id.
    pub id: JourneyVersionId,
    /// 1, 2 …
    pub number: i64,
    /// Unix ms.
    pub published_at: i64,
    /// Who, as the audit log writes it.
    pub published_by: String,
    /// People who walk on it now.
    pub active: i64,
}

/// Versions shown at most.
const MAX_VERSIONS: i64 = 100;

/// The newest versions, newest first.
///
/// # Errors
/// [`Error::NotFound`].
pub fn versions(tx: &mut Tx<'_>, workspace: WorkspaceId, id: JourneyId) -> Result<Vec<Version>> {
    find(tx, workspace, id)?;
    let on: BTreeMap<JourneyVersionId, i64> =
        tx.query(ON_VERSION, &params![workspace, id], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect();
    Ok(tx.query(VERSIONS, &params![workspace, id, MAX_VERSIONS], |row| {
        let id: JourneyVersionId = row.get(0)?;
        let active = on.get(&id).copied().unwrap_or(0);
        Ok(Version { id, number: row.get(1)?, published_at: row.get(2)?, published_by: row.get(3)?, active })
    })?)
}

/// What a version does.
///
/// # Errors
/// [`Error::NotFound`].
pub fn version(tx: &mut Tx<'_>, workspace: WorkspaceId, id: JourneyId, which: JourneyVersionId) -> Result<Graph> {
    let graph: String = tx.query_opt(VERSION, &params![workspace, id, which], |row| row.get(0))?.ok_or(Error::NotFound)?;
    serde_json::from_str(&graph).map_err(|error| Error::damaged("journey_versions.graph", error))
}

/// The journey, kept from other editors until the transaction ends.
fn lock(tx: &mut Tx<'_>, workspace: WorkspaceId, id: JourneyId, revision: Option<i64>) -> Result<Stored> {
    tx.query_opt(LOCK, &params![workspace, id], |row| row.get::<JourneyId>(0))?.ok_or(Error::NotFound)?;
    let stored = find(tx, workspace, id)?;
    if revision.is_some_and(|revision| revision != stored.revision) {
        return Err(Error::conflict(
            "edited_meanwhile",
            "ほかの人が先に保存しました。内容を見比べて、どちらを使うか選んでください。",
        ));
    }
    Ok(stored)
}

fn check_channel(channel: ChannelId, words: &dyn Vocabulary) -> Result<()> {
    words
        .channel(channel)
        .map(drop)
        .ok_or_else(|| Error::bad("unknown_channel", "channel_id", "このLINEアカウントはありません。選び直してください。"))
}
