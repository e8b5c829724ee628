//! SQL of copies: who may, the daily round, what is under way.

use serde_json::json;
use store::{Tx, params};

use super::Schedule;
use crate::access::db::Act;
use crate::ids::{TaskId, WorkspaceId};
use crate::task::{self, NewTask, TaskKind};
use crate::workspace::{kept, set_setting};
use crate::{Error, Result};

const WORKSPACES: &str = "SELECT workspace_id FROM workspaces ORDER BY created_at, workspace_id LIMIT 2";
const NEWEST: &str = "SELECT state, progress, total, error, created_at FROM tasks
    WHERE workspace_id = $1 AND kind = 'backup' ORDER BY id DESC LIMIT 1";
const LATEST: &str = "SELECT state, created_at FROM tasks WHERE workspace_id = $1 AND kind = 'backup'
    AND (state IN ('done', 'failed') OR error IS NOT NULL) ORDER BY id DESC LIMIT 1";
const KEY: &str = "backup";

/// Every statement here, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[WORKSPACES, NEWEST, LATEST];

/// What a workspace is to the installation's copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The first workspace: it takes them and sets their round.
    pub is_keeper: bool,
    /// There is no other: nobody else's data is in them.
    pub is_alone: bool,
}

/// What this workspace may.
///
/// # Errors
/// The database's.
pub fn standing(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Standing> {
    let first: Vec<WorkspaceId> = tx.query(WORKSPACES, &params![], |row| row.get(0))?;
    Ok(Standing { is_keeper: first.first() == Some(&workspace), is_alone: first == [workspace] })
}

/// The newest one that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = BackupTask)]
pub struct Running {
    /// queued, running, done, failed.
    pub state: String,
    /// Parts done.
    pub done: i64,
    /// Of so many; 0 while nobody knows.
    pub total: i64,
    /// Why it failed or is tried again.
    pub error: Option<String>,
    /// Asked for, Unix ms.
    pub created_at: i64,
}

/// How the newest copy of this workspace goes.
///
/// # Errors
/// The database's.
pub fn running(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Option<Running>> {
    Ok(tx.query_opt(NEWEST, &params![workspace], |row| {
        Ok(Running { state: row.get(0)?, done: row.get(1)?, total: row.get(2)?, error: row.get(3)?, created_at: row.get(4)? })
    })?)
}

/// The newest copy of this workspace of which something is known, whether it was made, and when it was asked for.
pub(super) fn latest(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Option<(bool, i64)>> {
    Ok(tx.query_opt(LATEST, &params![workspace], |row| Ok((row.get::<String>(0)? == "done", row.get(1)?)))?)
}

/// The daily round of this workspace.
///
/// # Errors
/// The database's.
pub fn schedule(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Schedule> {
    Ok(kept(tx, workspace, "backups")?.value)
}

fn only_the_keeper(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<()> {
    match standing(tx, workspace)?.is_keeper {
        true => Ok(()),
        false => Err(Error::conflict("not_keeper", "バックアップは、このサーバーで最初に作られたワークスペースが受け持ちます。")),
    }
}

/// Sets the daily round.
///
/// # Errors
/// `schedule_invalid`, `not_keeper`.
pub fn set_schedule(tx: &mut Tx<'_>, act: &Act, wanted: &Schedule) -> Result<()> {
    wanted.check()?;
    only_the_keeper(tx, act.workspace)?;
    let json = json!(wanted);
    set_setting(tx, act.workspace, "backups", &json.to_string())?;
    act.note(tx, "backup.schedule", act.workspace.0, &json)
}

/// Asks for a copy.
///
/// # Errors
/// `not_keeper`.
pub fn begin(tx: &mut Tx<'_>, act: &Act) -> Result<()> {
    only_the_keeper(tx, act.workspace)?;
    queue(tx, act.workspace, act.at)?;
    act.note(tx, "backup.start", act.workspace.0, &json!({}))
}

pub(super) fn queue(tx: &mut Tx<'_>, workspace: WorkspaceId, now: i64) -> Result<()> {
    let task =
        NewTask { id: TaskId::new(now), workspace, kind: TaskKind::Backup, key: KEY.to_owned(), payload: json!({}), due_at: now };
    task::db::queue(tx, &[task], now)
}
