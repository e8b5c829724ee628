//! Friendships as figures: who came, who blocked, how many there are.

use std::collections::BTreeMap;

use store::{Insert, Tx, params};

use super::{Metric, Tally};
use crate::Result;
use crate::contact::{Contact, FriendState};
use crate::ids::{ChannelId, WorkspaceId};

/// Why friendships changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Somebody did something.
    Happened,
    /// A file or LINE's list told of it: they were friends before.
    Imported,
}

const COUNTS: Insert = Insert {
    table: "friend_counts",
    columns: &["workspace_id", "channel_id", "state", "count"],
    conflict: "ON CONFLICT (workspace_id, channel_id, state) DO UPDATE SET count = friend_counts.count + excluded.count",
};
/// One statement, so that both sides are of the same moment.
const DRIFT: &str = "SELECT s.state, CAST(COALESCE(n.found, 0) - COALESCE(c.count, 0) AS BIGINT) FROM
      (SELECT 'unknown' AS state UNION ALL SELECT 'never' UNION ALL SELECT 'friend' UNION ALL SELECT 'blocked' UNION ALL SELECT 'deleted') s
    LEFT JOIN (SELECT f.state, COUNT(*) AS found FROM friendships f
      WHERE f.workspace_id = $1 AND f.channel_id = $2 GROUP BY f.state) n ON n.state = s.state
    LEFT JOIN friend_counts c ON c.workspace_id = $1 AND c.channel_id = $2 AND c.state = s.state";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[DRIFT];

type Shift = (WorkspaceId, ChannelId, FriendState);

/// Counts what changed between each pair (before, after).
///
/// # Errors
/// The database's.
pub fn note(tx: &mut Tx<'_>, pairs: &[(Contact, Contact)], origin: Origin, now: i64) -> Result<()> {
    let mut shifts: BTreeMap<Shift, i64> = BTreeMap::new();
    let mut tally = Tally::default();
    for (before, after) in pairs {
        for (channel, friendship) in &after.friendships {
            let old = before.friendships.get(channel).map(|friendship| friendship.state);
            if old == Some(friendship.state) {
                continue;
            }
            if let Some(old) = old {
                *shifts.entry((after.workspace, *channel, old)).or_default() -= 1;
            }
            *shifts.entry((after.workspace, *channel, friendship.state)).or_default() += 1;
            count(&mut tally, (after.workspace, *channel), old, friendship.state, origin);
        }
    }
    shifts.retain(|_, n| *n != 0);
    tx.insert_many(&COUNTS, shifts.into_iter().map(|((workspace, channel, state), n)| params![workspace, channel, state, n]))?;
    tally.write(tx, now)
}

fn count(tally: &mut Tally, account: (WorkspaceId, ChannelId), before: Option<FriendState>, after: FriendState, origin: Origin) {
    use FriendState::{Blocked, Friend};
    match (before, after, origin) {
        (_, Friend, Origin::Imported) => tally.add(account, Metric::Imported, 1),
        (Some(Blocked), Friend, Origin::Happened) => tally.add(account, Metric::Unblocked, 1),
        (_, Friend, Origin::Happened) => tally.add(account, Metric::Added, 1),
        (_, Blocked, Origin::Happened) => tally.add(account, Metric::Blocked, 1),
        _ => {}
    }
    let change = |state| i64::from(after == state) - i64::from(before == Some(state));
    tally.add(account, Metric::Friends, change(Friend));
    tally.add(account, Metric::Blocks, change(Blocked));
}

/// By how much the counts of a channel differ from its friendships: rows that were erased or merged. Walks all of them.
///
/// # Errors
/// The database's.
pub fn drift(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId) -> Result<Vec<(FriendState, i64)>> {
    let drifts = tx.query(DRIFT, &params![workspace, channel], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(drifts.into_iter().filter(|(_, n)| *n != 0).collect())
}

/// Adds a drift to the counts. Days keep what they counted.
///
/// # Errors
/// The database's.
pub(crate) fn correct(tx: &mut Tx<'_>, account: (WorkspaceId, ChannelId), drift: &[(FriendState, i64)], now: i64) -> Result<()> {
    tx.insert_many(&COUNTS, drift.iter().map(|(state, n)| params![account.0, account.1, *state, *n]))?;
    let of = |wanted| drift.iter().filter(|(state, _)| *state == wanted).map(|(_, n)| n).sum::<i64>();
    let mut tally = Tally::default();
    tally.add(account, Metric::Friends, of(FriendState::Friend));
    tally.add(account, Metric::Blocks, of(FriendState::Blocked));
    tally.write(tx, now)
}
