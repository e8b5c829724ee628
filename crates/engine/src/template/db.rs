//! SQL of templates and their versions. A version never changes: what was sent can always be shown.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Row, Tx, params};
use uuid::Uuid;

use super::Compiled;
use crate::access::db::Act;
use crate::ids::{TemplateId, TemplateVersionId, WorkspaceId};
use crate::link::{self, Tracker};
use crate::vocabulary::Vocabulary;
use crate::workspace::db::bump_revision;
use crate::workspace::text;
use crate::workspace::usage;
use crate::{Error, Result};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[PAGE, FIND, FIND_MANY, INSERT, INSERT_VERSION, NEWEST, UPDATE, ARCHIVE, VERSIONS, VERSION];

const PAGE: &str = "SELECT t.id, t.name, t.folder, t.version_id, v.number, v.messages, t.created_at, t.updated_at, t.archived_at, t.made_for
  FROM templates t JOIN template_versions v ON v.workspace_id = t.workspace_id AND v.id = t.version_id
  WHERE t.workspace_id = $1 AND t.id < $2 AND t.archived_at IS NULL AND ($3 = '' OR t.folder = $3) AND ($4 = '' OR t.name LIKE $4 ESCAPE '\\')
  ORDER BY t.id DESC LIMIT $5";
const FIND: &str =
    "SELECT t.id, t.name, t.folder, t.version_id, v.number, v.messages, t.created_at, t.updated_at, t.archived_at, t.made_for
  FROM templates t JOIN template_versions v ON v.workspace_id = t.workspace_id AND v.id = t.version_id
  WHERE t.workspace_id = $1 AND t.id = $2";
const FIND_MANY: &str =
    "SELECT t.id, t.name, t.folder, t.version_id, v.number, v.messages, t.created_at, t.updated_at, t.archived_at, t.made_for
  FROM templates t JOIN template_versions v ON v.workspace_id = t.workspace_id AND v.id = t.version_id
  WHERE t.workspace_id = $1 AND t.id = ANY($2)";
const INSERT: &str = "INSERT INTO templates (workspace_id, id, name, folder, version_id, created_at, updated_at, made_for)
  VALUES ($1, $2, $3, $4, $5, $6, $6, $7)";
const INSERT_VERSION: &str =
    "INSERT INTO template_versions (workspace_id, id, template_id, number, messages, created_at, created_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7)";
// The lock keeps two editors from making the same number.
const NEWEST: &str = "SELECT version_id FROM templates WHERE workspace_id = $1 AND id = $2 FOR UPDATE";
const UPDATE: &str =
    "UPDATE templates SET name = $3, folder = $4, version_id = $5, updated_at = $6 WHERE workspace_id = $1 AND id = $2";
const ARCHIVE: &str = "UPDATE templates SET archived_at = $3 WHERE workspace_id = $1 AND id = $2 AND archived_at IS NULL";
const VERSIONS: &str = "SELECT id, number, messages, created_at, created_by FROM template_versions
  WHERE workspace_id = $1 AND template_id = $2 ORDER BY number DESC LIMIT 200";
const VERSION: &str = "SELECT id, number, messages, created_at, created_by FROM template_versions
  WHERE workspace_id = $1 AND template_id = $2 AND id = $3";

/// What a template was written for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MadeFor {
    /// To be used again and again.
    #[default]
    Reuse,
    /// For one broadcast alone: it is written on there, and a copy of the broadcast gets words of its own.
    Broadcast,
}
crate::column::column_words!(MadeFor { Reuse => "reuse", Broadcast => "broadcast" });

/// A template with its newest version.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    /// Id.
    pub id: TemplateId,
    /// As staff named it.
    pub name: String,
    /// Folder, '' for none.
    pub folder: String,
    /// The newest version.
    pub version: TemplateVersionId,
    /// Its number, from 1.
    pub number: i64,
    /// Its messages: LINE's JSON with `{{variables}}`.
    pub messages: Value,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms.
    pub updated_at: i64,
    /// Put away, Unix ms.
    pub archived_at: Option<i64>,
    /// What it was written for.
    pub made_for: MadeFor,
}

/// One version.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// Id.
    pub id: TemplateVersionId,
    /// From 1.
    pub number: i64,
    /// LINE's JSON with `{{variables}}`.
    pub messages: Value,
    /// Unix ms.
    pub created_at: i64,
    /// Actor, as in the audit log.
    pub created_by: String,
}

fn json_at(row: &Row<'_>, at: usize) -> store::Result<Value> {
    // Stored by us after it was read as JSON.
    Ok(serde_json::from_str(&row.get::<String>(at)?).unwrap_or_default())
}

fn template(row: &Row<'_>) -> store::Result<Template> {
    Ok(Template {
        id: row.get(0)?,
        name: row.get(1)?,
        folder: row.get(2)?,
        version: row.get(3)?,
        number: row.get(4)?,
        messages: json_at(row, 5)?,
        created_at: row.get(6)?,
        updated_at: row.get(7)?,
        archived_at: row.get(8)?,
        made_for: row.get(9)?,
    })
}

fn version(row: &Row<'_>) -> store::Result<Version> {
    Ok(Version {
        id: row.get(0)?,
        number: row.get(1)?,
        messages: json_at(row, 2)?,
        created_at: row.get(3)?,
        created_by: row.get(4)?,
    })
}

/// Which templates a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// In this folder; '' for all.
    pub folder: String,
    /// With this in the name; '' for all.
    pub q: String,
}

/// A page of templates that are not archived, newest first, below `before`.
///
/// # Errors
/// The database's.
pub fn page(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    filter: &Filter,
    before: Option<TemplateId>,
    limit: i64,
) -> Result<Vec<Template>> {
    let before = before.map_or(Uuid::max(), |id| id.0);
    let pattern = if filter.q.is_empty() { String::new() } else { usage::holding(&filter.q) };
    Ok(tx.query(PAGE, &params![workspace, before, &filter.folder, pattern, limit], template)?)
}

/// One template, archived or not.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(tx: &mut Tx<'_>, workspace: WorkspaceId, id: TemplateId) -> Result<Template> {
    tx.query_opt(FIND, &params![workspace, id], template)?.ok_or(Error::NotFound)
}

/// Of these templates those that there are, archived or not, in no order.
///
/// # Errors
/// The database's.
pub fn find_many(tx: &mut Tx<'_>, workspace: WorkspaceId, ids: &BTreeSet<TemplateId>) -> Result<Vec<Template>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    Ok(tx.query(FIND_MANY, &params![workspace, ids], template)?)
}

/// A template to be.
#[derive(Clone, Debug)]
pub struct New {
    /// Name.
    pub name: String,
    /// Folder, '' for none.
    pub folder: String,
    /// What it is written for.
    pub made_for: MadeFor,
    /// 1–5 messages.
    pub messages: Value,
}

/// Saves a new template with version 1.
///
/// # Errors
/// Everything there is to mend.
pub fn create(
    tx: &mut Tx<'_>,
    act: &Act,
    (words, tracker): (&dyn Vocabulary, &Tracker),
    New { name, folder, made_for, messages }: &New,
) -> Result<Template> {
    let name = text("name", name, 100)?;
    save_links(tx, act, tracker, &checked(messages, words)?)?;
    let (id, version) = (TemplateId::new(act.at), TemplateVersionId::new(act.at));
    tx.execute(INSERT, &params![act.workspace, id, name, folder.trim(), version, act.at, *made_for])?;
    insert_version(tx, act, id, version, 1, messages)?;
    bump_revision(tx, act.workspace)?;
    act.note(tx, "template.create", id.0, &json!({ "name": name }))?;
    find(tx, act.workspace, id)
}

/// What to change; messages make a new version.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// Name.
    pub name: Option<String>,
    /// Folder.
    pub folder: Option<String>,
    /// The messages of a new version.
    pub messages: Option<Value>,
    /// The version it was begun from: another one that was saved meanwhile refuses it. Left out: the newest is replaced.
    pub base: Option<i64>,
}

/// Changes a template.
///
/// # Errors
/// [`Error::NotFound`], `edited_meanwhile`, everything there is to mend.
pub fn update(
    tx: &mut Tx<'_>,
    act: &Act,
    (words, tracker): (&dyn Vocabulary, &Tracker),
    id: TemplateId,
    edit: &Edit,
) -> Result<Template> {
    tx.query_opt(NEWEST, &params![act.workspace, id], |row| row.get::<TemplateVersionId>(0))?.ok_or(Error::NotFound)?;
    let old = find(tx, act.workspace, id)?;
    if edit.base.is_some_and(|base| base != old.number) {
        return Err(Error::conflict("edited_meanwhile", "ほかの人が先にこのテンプレートを保存しました。"));
    }
    let name = edit.name.as_deref().map_or(Ok(old.name.as_str()), |name| text("name", name, 100))?;
    let folder = edit.folder.as_deref().unwrap_or(&old.folder).trim();
    let changed = edit.messages.as_ref().filter(|messages| **messages != old.messages);
    let version = match changed {
        None => old.version,
        Some(messages) => {
            save_links(tx, act, tracker, &checked(messages, words)?)?;
            let version = TemplateVersionId::new(act.at);
            insert_version(tx, act, id, version, old.number + 1, messages)?;
            version
        }
    };
    tx.execute(UPDATE, &params![act.workspace, id, name, folder, version, act.at])?;
    bump_revision(tx, act.workspace)?;
    act.note(tx, "template.update", id.0, &json!({ "name": name, "new_version": changed.is_some() }))?;
    find(tx, act.workspace, id)
}

/// Puts a template away: it is offered no more, and what was sent can still be shown.
///
/// # Errors
/// [`Error::NotFound`]; `in_use` while a rule, journey or open broadcast names it.
pub fn archive(tx: &mut Tx<'_>, act: &Act, id: TemplateId) -> Result<()> {
    let template = find(tx, act.workspace, id)?;
    usage::refuse_if_used(tx, act.workspace, &id.to_string(), Some(id.0))?;
    if tx.execute(ARCHIVE, &params![act.workspace, id, act.at])? == 0 {
        return Err(Error::NotFound);
    }
    bump_revision(tx, act.workspace)?;
    act.note(tx, "template.archive", id.0, &json!({ "name": template.name }))
}

/// Versions, newest first (the newest 200).
///
/// # Errors
/// [`Error::NotFound`].
pub fn versions(tx: &mut Tx<'_>, workspace: WorkspaceId, id: TemplateId) -> Result<Vec<Version>> {
    find(tx, workspace, id)?;
    Ok(tx.query(VERSIONS, &params![workspace, id], version)?)
}

/// One version.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find_version(tx: &mut Tx<'_>, workspace: WorkspaceId, id: TemplateId, which: TemplateVersionId) -> Result<Version> {
    tx.query_opt(VERSION, &params![workspace, id, which], version)?.ok_or(Error::NotFound)
}

/// What a template says in a version, by default in its newest.
///
/// # Errors
/// [`Error::NotFound`].
pub fn messages(tx: &mut Tx<'_>, workspace: WorkspaceId, id: TemplateId, which: Option<TemplateVersionId>) -> Result<Value> {
    match which {
        Some(which) => Ok(find_version(tx, workspace, id, which)?.messages),
        None => Ok(find(tx, workspace, id)?.messages),
    }
}

fn insert_version(
    tx: &mut Tx<'_>,
    act: &Act,
    id: TemplateId,
    version: TemplateVersionId,
    number: i64,
    messages: &Value,
) -> Result<()> {
    let row = params![act.workspace, version, id, number, messages.to_string(), act.at, act.actor.to_string()];
    tx.execute(INSERT_VERSION, &row)?;
    Ok(())
}

fn checked(messages: &Value, words: &dyn Vocabulary) -> Result<Compiled> {
    Compiled::parse(&messages.to_string(), words).map_err(Error::Invalid)
}

/// The rows of the links, with the version in one transaction: whoever sees the version finds them.
fn save_links(tx: &mut Tx<'_>, act: &Act, tracker: &Tracker, compiled: &Compiled) -> Result<()> {
    let theirs = compiled.addresses().filter(|url| !tracker.is_ours(url));
    link::db::ensure(tx, tracker.vault(), act.workspace, theirs, act.at)
}
