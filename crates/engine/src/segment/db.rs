//! SQL of segments.

use serde_json::{Value, json};
use store::{Row, Tx, params};

use super::{Condition, Context, Use, to_sql};
use crate::access::db::Act;
use crate::ids::{SegmentId, WorkspaceId};
use crate::vocabulary::Vocabulary;
use crate::workspace::db::bump_revision;
use crate::workspace::text;
use crate::workspace::usage;
use crate::{Error, Result};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[LIST, FIND, INSERT, UPDATE, DELETE];

const LIST: &str = "SELECT id, name, condition, created_at, updated_at FROM segments WHERE workspace_id = $1 ORDER BY name, id";
const FIND: &str = "SELECT id, name, condition, created_at, updated_at FROM segments WHERE workspace_id = $1 AND id = $2";
const INSERT: &str =
    "INSERT INTO segments (workspace_id, id, name, condition, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)";
const UPDATE: &str = "UPDATE segments SET name = $3, condition = $4, updated_at = $5 WHERE workspace_id = $1 AND id = $2";
const DELETE: &str = "DELETE FROM segments WHERE workspace_id = $1 AND id = $2";

/// A saved condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Id.
    pub id: SegmentId,
    /// As staff named it.
    pub name: String,
    /// Who is in it.
    pub condition: Condition,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms.
    pub updated_at: i64,
}

type Stored = (SegmentId, String, String, i64, i64);

fn stored(row: &Row<'_>) -> store::Result<Stored> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

fn segment((id, name, condition, created_at, updated_at): Stored) -> Result<Segment> {
    let condition = serde_json::from_str(&condition).map_err(|error| Error::damaged("segments.condition", error))?;
    Ok(Segment { id, name, condition, created_at, updated_at })
}

/// All segments by name.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Vec<Segment>> {
    tx.query(LIST, &params![workspace], stored)?.into_iter().map(segment).collect()
}

/// One segment.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(tx: &mut Tx<'_>, workspace: WorkspaceId, id: SegmentId) -> Result<Segment> {
    tx.query_opt(FIND, &params![workspace, id], stored)?.map_or(Err(Error::NotFound), segment)
}

/// Saves a new segment.
///
/// # Errors
/// Everything there is to mend.
pub fn create(tx: &mut Tx<'_>, act: &Act, words: &dyn Vocabulary, name: &str, condition: &Value) -> Result<Segment> {
    let name = text("name", name, 100)?;
    let condition = Condition::read(condition, "condition", Use::Audience, words).map_err(Error::Invalid)?;
    let id = SegmentId::new(act.at);
    tx.execute(INSERT, &params![act.workspace, id, name, json!(condition).to_string(), act.at])?;
    bump_revision(tx, act.workspace)?;
    act.note(tx, "segment.create", id.0, &json!({ "name": name }))?;
    find(tx, act.workspace, id)
}

/// Changes a segment.
///
/// # Errors
/// [`Error::NotFound`], everything there is to mend.
pub fn update(
    tx: &mut Tx<'_>,
    act: &Act,
    words: &dyn Vocabulary,
    id: SegmentId,
    name: &str,
    condition: &Value,
) -> Result<Segment> {
    find(tx, act.workspace, id)?;
    let name = text("name", name, 100)?;
    let condition = Condition::read(condition, "condition", Use::Audience, words).map_err(Error::Invalid)?;
    tx.execute(UPDATE, &params![act.workspace, id, name, json!(condition).to_string(), act.at])?;
    bump_revision(tx, act.workspace)?;
    act.note(tx, "segment.update", id.0, &json!({ "name": name, "condition": condition }))?;
    find(tx, act.workspace, id)
}

/// Deletes a segment that nothing waits for.
///
/// # Errors
/// [`Error::NotFound`]; `in_use` while an open broadcast names it.
pub fn delete(tx: &mut Tx<'_>, act: &Act, id: SegmentId) -> Result<()> {
    let segment = find(tx, act.workspace, id)?;
    usage::refuse_if_used(tx, act.workspace, &id.to_string(), Some(id.0))?;
    tx.execute(DELETE, &params![act.workspace, id])?;
    bump_revision(tx, act.workspace)?;
    act.note(tx, "segment.delete", id.0, &json!({ "name": segment.name }))
}

/// How many contacts fit, counted up to `cap` + 1.
///
/// # Errors
/// The database's.
pub fn count(tx: &mut Tx<'_>, workspace: WorkspaceId, condition: &Condition, context: &Context<'_>, cap: i64) -> Result<i64> {
    let (fits, mut more) = to_sql(condition, context, 3);
    let sql = format!("SELECT COUNT(*) FROM (SELECT 1 FROM contacts c WHERE c.workspace_id = $1 AND {fits} LIMIT $2) found");
    let mut values = Vec::from(params![workspace, cap + 1]);
    values.append(&mut more);
    Ok(tx.query_one(&sql, &values, |row| row.get(0))?)
}
