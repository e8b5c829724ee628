//! Events that failed five times: shown to staff, and tried again by hand.

use store::{Tx, params};

use crate::ids::{ContactId, EventId, WorkspaceId};
use crate::{Error, Result};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[PAGE, REPLAY, REPLAY_ALL];

const PAGE: &str = "SELECT p.id, p.event_id, p.contact_id, e.kind, p.attempts, p.parked_at, p.error FROM pending p
  JOIN events e ON e.workspace_id = p.workspace_id AND e.id = p.event_id
  WHERE p.workspace_id = $1 AND p.parked_at IS NOT NULL AND p.id > $2 ORDER BY p.id LIMIT $3";
const REPLAY: &str = "UPDATE pending SET parked_at = NULL, attempts = 0, error = NULL WHERE workspace_id = $1 AND id = $2 AND parked_at IS NOT NULL";
const REPLAY_ALL: &str =
    "UPDATE pending SET parked_at = NULL, attempts = 0, error = NULL WHERE workspace_id = $1 AND parked_at IS NOT NULL";

/// An event that could not be applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Parked {
    /// Its place in the queue.
    pub id: i64,
    /// Which event.
    pub event: EventId,
    /// Whose.
    pub contact: ContactId,
    /// follow, message, …
    pub kind: String,
    /// How often it was tried.
    pub attempts: i64,
    /// Since when it lies here, Unix ms.
    pub parked_at: i64,
    /// What went wrong the last time.
    pub error: Option<String>,
}

/// A page, oldest first, after `after`.
///
/// # Errors
/// The database's.
pub fn page(tx: &mut Tx<'_>, workspace: WorkspaceId, after: Option<i64>, limit: i64) -> Result<Vec<Parked>> {
    Ok(tx.query(PAGE, &params![workspace, after.unwrap_or(0), limit], |row| {
        Ok(Parked {
            id: row.get(0)?,
            event: row.get(1)?,
            contact: row.get(2)?,
            kind: row.get(3)?,
            attempts: row.get(4)?,
            parked_at: row.get(5)?,
            error: row.get(6)?,
        })
    })?)
}

/// Tries one again; later events of the contact that were applied meanwhile stay applied.
///
/// # Errors
/// [`Error::NotFound`].
pub fn replay(tx: &mut Tx<'_>, workspace: WorkspaceId, id: i64) -> Result<()> {
    match tx.execute(REPLAY, &params![workspace, id])? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// Tries all again; answers how many.
///
/// # Errors
/// The database's.
pub fn replay_all(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<u64> {
    Ok(tx.execute(REPLAY_ALL, &params![workspace])?)
}
