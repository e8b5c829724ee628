//! The ledger of broadcasts when two contacts become one or two again: who is listed and not told yet stays listed.

use store::{Tx, params};
use uuid::Uuid;

use super::Contact;
use crate::ids::BroadcastId;
use crate::{Error, Result};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[LISTS, RENAME];

const LISTS: &str = "SELECT b.id, b.name, s.shard, s.next_pos, s.cursor FROM broadcasts b
  JOIN broadcast_shards s ON s.workspace_id = b.workspace_id AND s.broadcast_id = b.id
  WHERE b.workspace_id = $1 AND b.state IN ('snapshotting', 'sending', 'paused') AND b.channel_id = ANY($2) AND s.shard = ANY($3)";
/// Nobody is listed twice.
const RENAME: &str = "UPDATE broadcast_recipients SET contact_id = $6
  WHERE workspace_id = $1 AND broadcast_id = $2 AND shard = $3 AND pos >= $4 AND contact_id = $5 AND NOT EXISTS (
    SELECT 1 FROM broadcast_recipients o WHERE o.workspace_id = $1 AND o.broadcast_id = $2 AND o.shard = $7 AND o.contact_id = $6)";

/// Puts `to` where `from` is listed on these accounts and not told yet.
///
/// # Errors
/// `conflict` while one of them may still come to be listed.
pub(super) fn rename(tx: &mut Tx<'_>, (from, to): (&Contact, &Contact), channels: &[Uuid]) -> Result<()> {
    let workspace = from.workspace;
    let lists = tx.query(LISTS, &params![workspace, channels, vec![from.shard, to.shard]], |row| {
        Ok((
            row.get::<BroadcastId>(0)?,
            row.get::<String>(1)?,
            row.get::<i64>(2)?,
            row.get::<i64>(3)?,
            row.get::<Option<Uuid>>(4)?,
        ))
    })?;
    for (broadcast, name, shard, next, seen) in lists {
        if seen != Some(Uuid::max()) {
            return Err(Error::conflict(
                "conflict",
                format!("一斉配信「{name}」の宛先を確定しているところです。配信が始まるか、中止したあとにやり直してください。"),
            ));
        }
        tx.execute(RENAME, &params![workspace, broadcast, shard, next, from.id, to.id, to.shard])?;
    }
    Ok(())
}
