//! SQL of taking everything out.

use serde_json::{Value, json};
use store::{Row, Tx, params};
use uuid::Uuid;

use crate::access::db::Act;
use crate::contact::{EnrollmentState, db as contacts};
use crate::ids::{ContactId, TaskId, WorkspaceId};
use crate::task::{self, NewTask, TaskKind};
use crate::workspace::Catalog;
use crate::{Error, Result};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] =
    &[TASKS, OPEN, PAGE, NAMES, TAGS, ATTRIBUTES, SEGMENTS, TEMPLATES, RULES, JOURNEYS, VERSIONS, LINKS];

const TASKS: &str = "SELECT id, state, progress, error, result, created_at, done_at FROM tasks
  WHERE workspace_id = $1 AND kind = 'takeout' AND ($2 = 0 OR id = $3) ORDER BY id DESC LIMIT 10";
const OPEN: &str = "SELECT COUNT(*) FROM tasks WHERE workspace_id = $1 AND kind = 'takeout' AND key = 'takeout' AND state IN ('queued', 'running')";
const PAGE: &str = "SELECT id FROM contacts WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT 500";
const NAMES: &str = "SELECT contact_id, kind, scope, value FROM identities WHERE workspace_id = $1 AND contact_id = ANY($2)";
const TAGS: &str = "SELECT id, name, folder FROM tags WHERE workspace_id = $1 ORDER BY id";
const ATTRIBUTES: &str = "SELECT id, key, label, type, options, folder FROM attributes WHERE workspace_id = $1 ORDER BY id";
const SEGMENTS: &str = "SELECT id, name, condition FROM segments WHERE workspace_id = $1 ORDER BY id";
const TEMPLATES: &str = "SELECT t.id, t.name, t.folder, t.version_id, v.messages FROM templates t
  JOIN template_versions v ON v.workspace_id = t.workspace_id AND v.id = t.version_id
  WHERE t.workspace_id = $1 AND t.archived_at IS NULL ORDER BY t.id";
const RULES: &str =
    "SELECT id, name, channel_id, trigger, hours, actions, priority, enabled FROM rules WHERE workspace_id = $1 ORDER BY id";
const JOURNEYS: &str = "SELECT id, name, channel_id, state, draft FROM journeys WHERE workspace_id = $1 ORDER BY id";
const VERSIONS: &str =
    "SELECT journey_id, id, number, graph FROM journey_versions WHERE workspace_id = $1 ORDER BY journey_id, number";
const LINKS: &str = "SELECT id, code, name, url FROM links WHERE workspace_id = $1 AND archived_at IS NULL ORDER BY id";

/// One that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Takeout {
    /// Id.
    pub id: TaskId,
    /// queued, running, done, failed.
    pub state: String,
    /// Contacts written so far.
    pub contacts: i64,
    /// Why it failed.
    pub error: Option<String>,
    /// Size of the archive once it is ready.
    pub bytes: Option<i64>,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms.
    pub done_at: Option<i64>,
}

fn read(row: &Row<'_>) -> store::Result<Takeout> {
    let result: Option<String> = row.get(4)?;
    let result: Value = result.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    Ok(Takeout {
        id: row.get(0)?,
        state: row.get(1)?,
        contacts: result["contacts"].as_i64().map_or_else(|| row.get(2), Ok)?,
        error: row.get(3)?,
        bytes: result["bytes"].as_i64(),
        created_at: row.get(5)?,
        done_at: row.get(6)?,
    })
}

/// The newest first.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Vec<Takeout>> {
    Ok(tx.query(TASKS, &params![workspace, 0, Uuid::nil()], read)?)
}

/// One.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(tx: &mut Tx<'_>, workspace: WorkspaceId, id: TaskId) -> Result<Takeout> {
    tx.query_opt(TASKS, &params![workspace, 1, id], read)?.ok_or(Error::NotFound)
}

/// Asks for one.
///
/// # Errors
/// `conflict` while one is under way.
pub fn begin(tx: &mut Tx<'_>, act: &Act) -> Result<Takeout> {
    if tx.query_one(OPEN, &params![act.workspace], |row| row.get::<i64>(0))? > 0 {
        return Err(Error::conflict("conflict", "いま書き出しています。終わるまでお待ちください。"));
    }
    let id = TaskId::new(act.at);
    let task = NewTask {
        id,
        workspace: act.workspace,
        kind: TaskKind::Takeout,
        key: "takeout".to_owned(),
        payload: json!({}),
        due_at: act.at,
    };
    task::db::queue(tx, &[task], act.at)?;
    act.note(tx, "takeout.start", id.0, &json!({}))?;
    find(tx, act.workspace, id)
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// All definitions, by the file they stand in.
pub(super) fn definitions(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Vec<(&'static str, Value)>> {
    let key = params![workspace];
    let tags = tx.query(TAGS, &key, |row| {
        Ok(json!({ "id": row.get::<Uuid>(0)?, "name": row.get::<String>(1)?, "folder": row.get::<String>(2)? }))
    })?;
    let attributes = tx.query(ATTRIBUTES, &key, |row| {
        Ok(json!({
            "id": row.get::<Uuid>(0)?, "key": row.get::<String>(1)?, "label": row.get::<String>(2)?,
            "type": row.get::<String>(3)?, "options": parsed(&row.get::<String>(4)?), "folder": row.get::<String>(5)?,
        }))
    })?;
    let segments = tx.query(SEGMENTS, &key, |row| {
        Ok(json!({ "id": row.get::<Uuid>(0)?, "name": row.get::<String>(1)?, "condition": parsed(&row.get::<String>(2)?) }))
    })?;
    let templates = tx.query(TEMPLATES, &key, |row| {
        Ok(json!({
            "id": row.get::<Uuid>(0)?, "name": row.get::<String>(1)?, "folder": row.get::<String>(2)?,
            "version": row.get::<Uuid>(3)?, "messages": parsed(&row.get::<String>(4)?),
        }))
    })?;
    let rules = tx.query(RULES, &key, |row| {
        Ok(json!({
            "id": row.get::<Uuid>(0)?, "name": row.get::<String>(1)?, "channel": row.get::<Option<Uuid>>(2)?,
            "trigger": parsed(&row.get::<String>(3)?), "hours": row.get::<Option<String>>(4)?.map(|text| parsed(&text)),
            "actions": parsed(&row.get::<String>(5)?), "priority": row.get::<i64>(6)?, "enabled": row.get::<bool>(7)?,
        }))
    })?;
    let links = tx.query(LINKS, &key, |row| {
        Ok(json!({
            "id": row.get::<Uuid>(0)?, "code": row.get::<String>(1)?, "name": row.get::<String>(2)?, "url": row.get::<String>(3)?,
        }))
    })?;
    Ok(vec![
        ("tags.json", tags.into()),
        ("attributes.json", attributes.into()),
        ("segments.json", segments.into()),
        ("templates.json", templates.into()),
        ("rules.json", rules.into()),
        ("journeys.json", journeys(tx, workspace)?),
        ("links.json", links.into()),
    ])
}

fn journeys(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Value> {
    let key = params![workspace];
    let versions: Vec<(Uuid, Value)> = tx.query(VERSIONS, &key, |row| {
        let graph = parsed(&row.get::<String>(3)?);
        Ok((row.get(0)?, json!({ "id": row.get::<Uuid>(1)?, "number": row.get::<i64>(2)?, "graph": graph })))
    })?;
    let journeys = tx.query(JOURNEYS, &key, |row| {
        let id: Uuid = row.get(0)?;
        let own: Vec<&Value> = versions.iter().filter(|(journey, _)| *journey == id).map(|(_, version)| version).collect();
        Ok(json!({
            "id": id, "name": row.get::<String>(1)?, "channel": row.get::<Option<Uuid>>(2)?, "state": row.get::<String>(3)?,
            "draft": parsed(&row.get::<String>(4)?), "versions": own,
        }))
    })?;
    Ok(journeys.into())
}

/// The next contacts as lines of JSON, the last one's id and how many; `None` at the end.
pub(super) fn contacts(tx: &mut Tx<'_>, catalog: &Catalog, after: ContactId) -> Result<Option<(String, ContactId, i64)>> {
    let workspace = catalog.workspace;
    let ids: Vec<ContactId> = tx.query(PAGE, &params![workspace, after], |row| row.get(0))?;
    let Some(last) = ids.last().copied() else { return Ok(None) };
    let loaded = contacts::load(tx, workspace, &ids)?;
    let uuids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let mut names: std::collections::BTreeMap<ContactId, Vec<Value>> = std::collections::BTreeMap::new();
    let rows: Vec<(ContactId, Value)> = tx.query(NAMES, &params![workspace, uuids], |row| {
        let (kind, scope, value): (String, Uuid, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
        Ok((row.get(0)?, json!({ "kind": kind, "scope": scope, "value": value })))
    })?;
    for (contact, name) in rows {
        names.entry(contact).or_default().push(name);
    }
    let mut lines = String::new();
    for contact in ids.iter().filter_map(|id| loaded.get(id)) {
        let line = json!({
            "id": contact.id, "kind": contact.kind, "display_name": contact.display_name, "memo": contact.memo,
            "staff": contact.staff, "created_at": contact.created_at,
            "identities": names.remove(&contact.id).unwrap_or_default(),
            "friendships": contact.friendships.iter().map(|(channel, tie)| json!({
                "channel": channel, "state": tie.state, "friend_since": tie.friend_since, "source": tie.source,
            })).collect::<Vec<_>>(),
            "tags": contact.tags,
            "attributes": contact.attributes.iter()
                .filter_map(|(id, value)| Some((catalog.attributes.get(id)?.key.as_str(), value.text.as_str())))
                .collect::<std::collections::BTreeMap<_, _>>(),
            "consent": contact.consent,
            "consents": contact.consents.iter().map(|(channel, said)| json!({
                "channel": (!channel.0.is_nil()).then_some(channel), "granted": said.granted, "source": said.source, "at": said.at,
            })).collect::<Vec<_>>(),
            "analysis": contact.analysis.as_ref().map(|said| json!({
                "granted": said.granted, "source": said.source, "at": said.at,
            })),
            "positions": contact.enrollments.iter().filter(|walk| walk.state == EnrollmentState::Active).map(|walk| json!({
                "journey": walk.journey, "version": walk.version, "key": walk.key, "node": walk.node,
                "due_at": walk.due_at, "entered_at": walk.entered_at,
            })).collect::<Vec<_>>(),
        });
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    Ok(Some((lines, last, i64::try_from(ids.len()).unwrap_or(0))))
}
