//! SQL of things done to many.

use serde_json::json;
use store::{Insert, Row, Tx, params};
use uuid::Uuid;

use super::{Bulk, Deed, State, Way, Whom};
use crate::access::db::Act;
use crate::contact::list;
use crate::ids::{BulkId, ContactId, TaskId, WorkspaceId};
use crate::segment::Context;
use crate::task::{self, NewTask, TaskKind};
use crate::workspace::Catalog;
use crate::{Error, Result};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] =
    &[FIND, LIST, INSERT, STATE, ADVANCE, TAKEN_BACK, STANDS, UNDER_WAY, WORK, CALL_OFF, NEWEST, UNAPPLIED, CHANGES, OPEN];

const FIND: &str = "SELECT id, actor, deed, whom, state, cursor, seen, changed, undone, total, created_at, done_at, condition
  FROM bulks WHERE workspace_id = $1 AND id = $2";
const LIST: &str = "SELECT id, actor, deed, whom, state, cursor, seen, changed, undone, total, created_at, done_at, condition
  FROM bulks WHERE workspace_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
const INSERT: &str =
    "INSERT INTO bulks (workspace_id, id, actor, deed, whom, condition, state, seen, changed, undone, total, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, 'running', 0, 0, 0, $7, $8)";
const STATE: &str = "UPDATE bulks SET state = $4, done_at = $5 WHERE workspace_id = $1 AND id = $2 AND state = ANY($3)";
const ADVANCE: &str = "UPDATE bulks SET cursor = $3, seen = seen + $4, changed = changed + $5
  WHERE workspace_id = $1 AND id = $2 AND state IN ('running', 'stopped') AND (cursor IS NULL OR cursor > $3)";
const TAKEN_BACK: &str =
    "UPDATE bulks SET cursor = $3, undone = undone + $4 WHERE workspace_id = $1 AND id = $2 AND state = 'undoing'";
const STANDS: &str = "SELECT state FROM bulks WHERE workspace_id = $1 AND id = $2";
const UNDER_WAY: &str = "SELECT id FROM bulks WHERE workspace_id = $1 AND state IN ('running', 'undoing')";
const WORK: &str = "SELECT state FROM tasks
  WHERE workspace_id = $1 AND kind = 'bulk' AND key = ANY($2) AND key <> '' AND state IN ('queued', 'running')";
const CALL_OFF: &str = "UPDATE tasks SET state = 'done', done_at = $3
  WHERE workspace_id = $1 AND kind = 'bulk' AND key = $2 AND key <> '' AND state = 'queued'";
const NEWEST: &str = "SELECT COALESCE(MAX(id), 0) FROM pending";
const UNAPPLIED: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM pending p
  WHERE p.workspace_id = $1 AND p.parked_at IS NULL AND p.id <= $3 AND EXISTS (SELECT 1 FROM bulk_changes b
    WHERE b.workspace_id = p.workspace_id AND b.bulk_id = $2 AND b.contact_id = p.contact_id) LIMIT 1) waiting";
const CHANGES: &str = "SELECT contact_id, previous FROM bulk_changes
  WHERE workspace_id = $1 AND bulk_id = $2 AND contact_id < $3 ORDER BY contact_id DESC LIMIT $4";
const OPEN: &str = "SELECT COUNT(*) FROM bulks WHERE workspace_id = $1 AND state IN ('running', 'undoing')";
const NEW_CHANGES: Insert = Insert {
    table: "bulk_changes",
    columns: &["workspace_id", "bulk_id", "contact_id", "previous"],
    // Of a chunk that is done again after a crash the first look is the true one.
    conflict: "ON CONFLICT (workspace_id, bulk_id, contact_id) DO NOTHING",
};
const LIVE: Insert = Insert { table: "changes", columns: &["workspace_id", "kind", "object_id", "at"], conflict: "" };

/// Under way at once in a workspace at most.
const OPEN_MAX: i64 = 5;
/// People counted at most.
pub(super) const COUNT_MAX: i64 = 5_000_000;

type Texts = (String, String, Option<String>);

fn read(workspace: WorkspaceId) -> impl FnMut(&Row<'_>) -> store::Result<(Bulk, Texts)> {
    move |row| {
        let bulk = Bulk {
            workspace,
            id: row.get(0)?,
            actor: row.get(1)?,
            deed: Deed::TagAdd { tag: crate::ids::TagId::nil() },
            whom: Whom::Contacts { ids: Vec::new() },
            condition: None,
            state: row.get(4)?,
            cursor: row.get(5)?,
            seen: row.get(6)?,
            changed: row.get(7)?,
            undone: row.get(8)?,
            total: row.get(9)?,
            created_at: row.get(10)?,
            done_at: row.get(11)?,
        };
        Ok((bulk, (row.get(2)?, row.get(3)?, row.get(12)?)))
    }
}

fn whole((bulk, (deed, whom, condition)): (Bulk, Texts)) -> Result<Bulk> {
    let condition = condition.map(|json| serde_json::from_str(&json)).transpose();
    Ok(Bulk {
        deed: serde_json::from_str(&deed).map_err(|error| Error::damaged("bulks.deed", error))?,
        whom: serde_json::from_str(&whom).map_err(|error| Error::damaged("bulks.whom", error))?,
        condition: condition.map_err(|error| Error::damaged("bulks.condition", error))?,
        ..bulk
    })
}

/// One.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(tx: &mut Tx<'_>, workspace: WorkspaceId, id: BulkId) -> Result<Bulk> {
    tx.query_opt(FIND, &params![workspace, id], read(workspace))?.map_or(Err(Error::NotFound), whole)
}

/// The newest first, below `before`.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx<'_>, workspace: WorkspaceId, before: Option<Uuid>, limit: i64) -> Result<Vec<Bulk>> {
    let before = before.unwrap_or(Uuid::max());
    tx.query(LIST, &params![workspace, before, limit], read(workspace))?.into_iter().map(whole).collect()
}

/// Begins one: the row, its task, and the audit line.
///
/// # Errors
/// Input that can be mended; `conflict` when too many are under way.
pub fn begin(tx: &mut Tx<'_>, act: &Act, catalog: &Catalog, deed: &Deed, whom: &Whom) -> Result<Bulk> {
    deed.check(catalog)?;
    let filter = whom.filter(tx, act.workspace)?;
    room(tx, act)?;
    let context = Context { now: act.at, zone: &catalog.zone, words: catalog, event: None };
    let (total, _) = list::count_to(tx, act.workspace, &filter, &context, COUNT_MAX)?;
    let id = BulkId::new(act.at);
    let (deed, people) = (json!(deed), json!(whom).to_string());
    // The saved condition as it is now: for whom it is must not change on the way.
    let condition = filter.condition.filter(|_| matches!(whom, Whom::Matching { .. })).map(|found| json!(found).to_string());
    tx.execute(
        INSERT,
        &params![act.workspace, id, act.actor.to_string(), deed.to_string(), people, condition.as_deref(), total, act.at],
    )?;
    queue(tx, act, id, Way::Forth)?;
    act.note(tx, "bulk.start", id.0, &json!({ "deed": deed, "people": total }))?;
    find(tx, act.workspace, id)
}

fn room(tx: &mut Tx<'_>, act: &Act) -> Result<()> {
    let open = tx.query_one(OPEN, &params![act.workspace], |row| row.get::<i64>(0))?;
    if open < OPEN_MAX {
        return Ok(());
    }
    Err(Error::conflict("too_many", "ほかのまとめて操作が終わってから、もう一度お試しください。"))
}

fn queue(tx: &mut Tx<'_>, act: &Act, id: BulkId, way: Way) -> Result<()> {
    let task = NewTask {
        id: TaskId::new(act.at),
        workspace: act.workspace,
        kind: TaskKind::Bulk,
        key: way.key(id),
        payload: json!({ "bulk": id, "way": way }),
        due_at: act.at,
    };
    task::db::queue(tx, &[task], act.at)
}

/// Stops one that is under way. What it did stays and can be taken back.
///
/// # Errors
/// [`Error::NotFound`]; `wrong_state`.
pub fn stop(tx: &mut Tx<'_>, act: &Act, id: BulkId) -> Result<Bulk> {
    find(tx, act.workspace, id)?;
    if !turn(tx, act.workspace, id, &[State::Running], State::Stopped, Some(act.at))? {
        return Err(Error::conflict("wrong_state", "もう終わっています。"));
    }
    act.note(tx, "bulk.stop", id.0, &json!({}))?;
    find(tx, act.workspace, id)
}

/// Begins to take one back.
///
/// # Errors
/// [`Error::NotFound`]; `wrong_state`.
pub fn undo(tx: &mut Tx<'_>, act: &Act, id: BulkId) -> Result<Bulk> {
    let bulk = find(tx, act.workspace, id)?;
    if !bulk.deed.returns() {
        return Err(Error::conflict("wrong_state", "シナリオの開始と停止は元に戻せません。"));
    }
    room(tx, act)?;
    if !turn(tx, act.workspace, id, &[State::Done, State::Stopped, State::Failed], State::Undoing, Some(act.at))? {
        return Err(Error::conflict("wrong_state", "終わってから元に戻せます。"));
    }
    tx.execute(TAKEN_BACK, &params![act.workspace, id, Uuid::max(), 0])?;
    tx.execute(CALL_OFF, &params![act.workspace, Way::Forth.key(id), act.at])?;
    queue(tx, act, id, Way::Back)?;
    act.note(tx, "bulk.undo", id.0, &json!({ "people": bulk.changed }))?;
    find(tx, act.workspace, id)
}

/// Goes from one of these states to another; false when it stood in none of them.
pub(super) fn turn(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: BulkId,
    from: &[State],
    to: State,
    done_at: Option<i64>,
) -> Result<bool> {
    let from: Vec<String> = from.iter().map(|state| state.as_str().to_owned()).collect();
    Ok(tx.execute(STATE, &params![workspace, id, from, to, done_at])? == 1)
}

/// Keeps what stood before, for the way back.
pub(super) fn remember(tx: &mut Tx<'_>, bulk: &Bulk, changed: &[(ContactId, Option<String>)]) -> Result<()> {
    tx.insert_many(
        &NEW_CHANGES,
        changed.iter().map(|(contact, previous)| params![bulk.workspace, bulk.id, contact, previous.as_deref()]),
    )?;
    Ok(())
}

/// A chunk is done.
pub(super) fn advance(tx: &mut Tx<'_>, bulk: &Bulk, to: ContactId, (seen, changed): (usize, usize), now: i64) -> Result<()> {
    let count = |n: usize| i64::try_from(n).unwrap_or(0);
    tx.execute(ADVANCE, &params![bulk.workspace, bulk.id, to, count(seen), count(changed)])?;
    tell(tx, (bulk.workspace, bulk.id), now)
}

/// A chunk was taken back.
pub(super) fn taken_back(tx: &mut Tx<'_>, bulk: &Bulk, to: ContactId, undone: usize, now: i64) -> Result<()> {
    tx.execute(TAKEN_BACK, &params![bulk.workspace, bulk.id, to, i64::try_from(undone).unwrap_or(0)])?;
    tell(tx, (bulk.workspace, bulk.id), now)
}

/// Pages that show it ask again.
pub(super) fn tell(tx: &mut Tx<'_>, (workspace, id): (WorkspaceId, BulkId), now: i64) -> Result<()> {
    tx.insert_many(&LIVE, [params![workspace, "bulk", id, now]])?;
    Ok(())
}

/// Whom it changed, below the cursor.
pub(super) fn changes(tx: &mut Tx<'_>, bulk: &Bulk, limit: i64) -> Result<Vec<(ContactId, Option<String>)>> {
    let below = bulk.cursor.map_or(Uuid::max(), |id| id.0);
    Ok(tx.query(CHANGES, &params![bulk.workspace, bulk.id, below, limit], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Where it stands.
pub(super) fn stands(tx: &mut Tx<'_>, workspace: WorkspaceId, id: BulkId) -> Result<Option<State>> {
    Ok(tx.query_opt(STANDS, &params![workspace, id], |row| row.get(0))?)
}

/// States of the tasks that work on it this way and have not ended.
fn work(tx: &mut Tx<'_>, workspace: WorkspaceId, id: BulkId, ways: &[Way]) -> Result<Vec<String>> {
    let keys: Vec<String> = ways.iter().map(|way| way.key(id)).collect();
    Ok(tx.query(WORK, &params![workspace, keys], |row| row.get(0))?)
}

/// Whether nobody is in the middle of a chunk forth.
pub(super) fn is_left_alone(tx: &mut Tx<'_>, workspace: WorkspaceId, id: BulkId) -> Result<bool> {
    Ok(work(tx, workspace, id, &[Way::Forth])?.iter().all(|state| state != "running"))
}

/// The newest event that waits to be applied.
pub(super) fn newest_waiting(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(tx.query_one(NEWEST, &[], |row| row.get(0))?)
}

/// Whether all that waited up to this event is applied for those whom it changed.
pub(super) fn is_applied(tx: &mut Tx<'_>, workspace: WorkspaceId, id: BulkId, newest: i64) -> Result<bool> {
    Ok(tx.query_one(UNAPPLIED, &params![workspace, id, newest], |row| row.get::<i64>(0))? == 0)
}

/// One that cannot go on stands as failed.
pub(super) fn give_up(tx: &mut Tx<'_>, (workspace, id): (WorkspaceId, BulkId), from: &[State], now: i64) -> Result<()> {
    if turn(tx, workspace, id, from, State::Failed, Some(now))? {
        tell(tx, (workspace, id), now)?;
    }
    Ok(())
}

/// Says of those that no task works on any more that they failed, so that they can be taken back and stand in nobody's way.
///
/// # Errors
/// The database's.
pub(crate) fn give_up_abandoned(tx: &mut Tx<'_>, workspace: WorkspaceId, now: i64) -> Result<()> {
    let under_way: Vec<BulkId> = tx.query(UNDER_WAY, &params![workspace], |row| row.get(0))?;
    for id in under_way {
        if work(tx, workspace, id, &[Way::Forth, Way::Back])?.is_empty() {
            give_up(tx, (workspace, id), &[State::Running, State::Undoing], now)?;
        }
    }
    Ok(())
}
