//! Broadcasts that stand still and wait for staff, who did not stop them.

use store::{Tx, params};

use super::Hold;
use crate::Result;
use crate::ids::{BroadcastId, ChannelId, WorkspaceId};

const HELD_UP: &str = "SELECT id, name, channel_id, hold FROM broadcasts
    WHERE workspace_id = $1 AND state = 'paused' AND hold IN ('budget', 'quota', 'template') ORDER BY id DESC LIMIT 100";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[HELD_UP];

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldUp {
    /// Which.
    pub id: BroadcastId,
    /// Its name.
    pub name: String,
    /// On which account.
    pub channel: ChannelId,
    /// Why.
    pub hold: Hold,
}

/// All of a workspace.
///
/// # Errors
/// The database's.
pub fn held_up(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Vec<HeldUp>> {
    Ok(tx.query(HELD_UP, &params![workspace], |row| {
        Ok(HeldUp { id: row.get(0)?, name: row.get(1)?, channel: row.get(2)?, hold: row.get(3)? })
    })?)
}
