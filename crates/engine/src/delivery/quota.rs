//! The month's messages (無料メッセージ通数と追加): what LINE counts, what we have reserved, what is kept back.
//!
//! LINE counts recipients of push, multicast and broadcast, not replies, per channel and calendar month in Japan. Its
//! figure is approximate and includes what the shop sends from LINE Official Account Manager, so ours is an estimate
//! between two looks at LINE's.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use store::{Tx, params};
use uuid::Uuid;

use super::Lane;
use crate::Result;
use crate::clock::Clock;
use crate::ids::{ChannelId, TaskId, WorkspaceId};
use crate::task::{self, NewTask, TaskKind};

/// The zone of LINE's billing month.
pub const QUOTA_ZONE: &str = "Asia/Tokyo";

fn zone() -> TimeZone {
    // The database of zones is compiled in; without it days would be cut at UTC.
    TimeZone::get(QUOTA_ZONE).unwrap_or(TimeZone::UTC)
}

fn day(now: i64) -> Date {
    Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone()).date()
}

/// LINE's month of an instant, `yyyymm`.
pub fn month_of(now: i64) -> i64 {
    let day = day(now);
    i64::from(day.year()) * 100 + i64::from(day.month())
}

/// The day before an instant's, in LINE's zone, as LINE writes days: `yyyyMMdd`.
pub fn yesterday(now: i64) -> String {
    day(now).yesterday().map_or_else(|_| String::new(), |day| day.strftime("%Y%m%d").to_string())
}

/// When LINE's present month began, Unix ms.
pub fn this_month(now: i64) -> i64 {
    let first = day(now).first_of_month().to_zoned(zone());
    first.map_or(now, |zoned| zoned.timestamp().as_millisecond())
}

/// When LINE's next month begins, Unix ms.
pub fn next_month(now: i64) -> i64 {
    let first = day(now).last_of_month().tomorrow().and_then(|day| day.to_zoned(zone()));
    first.map_or(now, |zoned| zoned.timestamp().as_millisecond())
}

/// LINE's figures are read this often: what the shop sends from LINE Official Account Manager, and a plan that was
/// changed, are known within the hour. What we send ourselves is counted at once, in [`Quota::reserved`].
const LOOK_MS: i64 = 60 * 60 * 1000;
/// On a clock that is stepped through months, each look is a step of its own; a day keeps a year to some 400 of them.
const LOOK_STEPPED_MS: i64 = 24 * LOOK_MS;
/// LINE's clock may be a little behind ours: a look this soon in a month is done again after as long.
const MONTH_TURNS_MS: i64 = 60 * 1000;

/// How long after a look the next one follows.
pub fn look_every(clock: &Clock) -> i64 {
    if clock.is_stepped() { LOOK_STEPPED_MS } else { LOOK_MS }
}

/// When to look next after a look at `now`: in `every` ms, or when a new month begins before that.
pub fn next_look(now: i64, every: i64) -> i64 {
    let turning = month_of(now - MONTH_TURNS_MS) != month_of(now);
    let after = now + if turning { MONTH_TURNS_MS } else { every };
    after.min(next_month(now))
}

/// Queues the regular look of each of these channels, once: at once by any clock, then again and again.
///
/// # Errors
/// The database's.
pub fn look_regularly(tx: &mut Tx<'_>, channels: &[(WorkspaceId, ChannelId)], now: i64) -> Result<()> {
    let look = |(workspace, channel): &(WorkspaceId, ChannelId)| NewTask {
        id: TaskId::new(now),
        workspace: *workspace,
        kind: TaskKind::Quota,
        // Not the key of the look after "monthly limit": each may wait while the other does.
        key: format!("regular/{channel}"),
        payload: serde_json::json!({ "channel": channel, "regular": true }),
        due_at: 0,
    };
    task::db::queue(tx, &channels.iter().map(look).collect::<Vec<_>>(), now)
}

/// Queues one look at a channel's figures, beside the regular ones.
///
/// # Errors
/// The database's.
pub fn look_now(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId, now: i64) -> Result<()> {
    let look = NewTask {
        id: TaskId::new(now),
        workspace,
        kind: TaskKind::Quota,
        key: format!("now/{channel}"),
        payload: serde_json::json!({ "channel": channel }),
        due_at: now,
    };
    task::db::queue(tx, &[look], now)
}

/// Whether this is the payload of a regular look.
pub(crate) fn is_regular(payload: &serde_json::Value) -> bool {
    payload["regular"] == true
}

/// One channel's month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// LINE's limit; `None` when there is none or it is not known.
    pub limited: Option<i64>,
    /// LINE's consumption when last asked.
    pub line_used: i64,
    /// Fixed by us since then.
    pub reserved: i64,
    /// LINE answered "monthly limit" since then, Unix ms.
    pub exhausted_at: Option<i64>,
}

/// Whether so many recipients fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// Reserve and send.
    Fits,
    /// By our estimate only what is kept back is left.
    Full,
    /// LINE said that the month is full: it waits for the next month or a higher limit, as long as it is good.
    Wait,
}

impl Quota {
    /// May `recipients` more go in this lane? Marketing leaves `reserve_percent` of the limit to the other lanes. For
    /// those our estimate does not decide, only LINE's own word does.
    pub fn room(&self, lane: Lane, recipients: i64, reserve_percent: i64) -> Room {
        if self.exhausted_at.is_some() {
            return Room::Wait;
        }
        match self.limited {
            Some(limit) if lane == Lane::Marketing => {
                let kept = limit * reserve_percent.clamp(0, 100) / 100;
                if self.line_used + self.reserved + recipients <= limit - kept { Room::Fits } else { Room::Full }
            }
            _ => Room::Fits,
        }
    }

    /// How many more marketing recipients fit; `None` for no limit.
    pub fn left_for_marketing(&self, reserve_percent: i64) -> Option<i64> {
        if self.exhausted_at.is_some() {
            return Some(0);
        }
        let limit = self.limited?;
        Some((limit - limit * reserve_percent.clamp(0, 100) / 100 - self.line_used - self.reserved).max(0))
    }
}

const LOAD: &str = "SELECT limited, line_used, reserved, exhausted_at FROM quotas
    WHERE workspace_id = $1 AND channel_id = $2 AND month = $3 FOR UPDATE";
const RESERVE: &str = "INSERT INTO quotas (workspace_id, channel_id, month, limited, line_used, reserved)
    VALUES ($1, $2, $3, NULL, 0, $4)
    ON CONFLICT (workspace_id, channel_id, month) DO UPDATE SET reserved = quotas.reserved + excluded.reserved";
const EXHAUST: &str = "INSERT INTO quotas (workspace_id, channel_id, month, limited, line_used, reserved, exhausted_at)
    VALUES ($1, $2, $3, NULL, 0, 0, $4)
    ON CONFLICT (workspace_id, channel_id, month) DO UPDATE SET exhausted_at = excluded.exhausted_at";
const RECONCILE: &str =
    "INSERT INTO quotas (workspace_id, channel_id, month, limited, line_used, reserved, exhausted_at, checked_at)
    VALUES ($1, $2, $3, $4, $5, 0, NULL, $6)
    ON CONFLICT (workspace_id, channel_id, month) DO UPDATE SET limited = excluded.limited,
      line_used = excluded.line_used, reserved = 0, checked_at = excluded.checked_at,
      exhausted_at = CASE WHEN excluded.limited IS NULL OR excluded.line_used < excluded.limited
                          THEN NULL ELSE quotas.exhausted_at END";
/// Open ones are few, and `shard >= 0` lets both planners find them by the index of open requests.
const UNDECIDED: &str = "SELECT COALESCE(SUM(recipients), 0) FROM requests
    WHERE workspace_id = $1 AND channel_id = $2 AND state = 'open' AND shard >= 0 AND quota_month = $3";

const EXHAUSTED: &str = "SELECT channel_id FROM quotas
    WHERE workspace_id = ANY($1) AND month = $2 AND exhausted_at IS NOT NULL";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[LOAD, RESERVE, EXHAUST, RECONCILE, UNDECIDED, EXHAUSTED];

/// Which of these channels may be called again in this month, as far as LINE's last word goes.
pub(super) fn not_exhausted(tx: &mut Tx<'_>, channels: &HashSet<(WorkspaceId, ChannelId)>, month: i64) -> Result<Vec<ChannelId>> {
    let workspaces: Vec<Uuid> = channels.iter().map(|(workspace, _)| workspace.0).collect();
    let exhausted = tx.query(EXHAUSTED, &params![workspaces, month], |row| row.get::<ChannelId>(0))?;
    Ok(channels.iter().map(|(_, channel)| *channel).filter(|channel| !exhausted.contains(channel)).collect())
}

/// Reads the row and locks it until the end of the transaction. A channel not asked yet has no limit known.
///
/// # Errors
/// The database's.
pub fn load(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId, month: i64) -> Result<Quota> {
    let found = tx.query_opt(LOAD, &params![workspace, channel, month], |row| {
        Ok(Quota { limited: row.get(0)?, line_used: row.get(1)?, reserved: row.get(2)?, exhausted_at: row.get(3)? })
    })?;
    Ok(found.unwrap_or_default())
}

/// Adds to what is reserved; a negative number gives back.
///
/// # Errors
/// The database's.
pub fn reserve(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId, month: i64, recipients: i64) -> Result<()> {
    if recipients != 0 {
        tx.execute(RESERVE, &params![workspace, channel, month, recipients])?;
    }
    Ok(())
}

/// LINE answered that the month is full.
///
/// # Errors
/// The database's.
pub fn exhaust(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId, month: i64, now: i64) -> Result<()> {
    tx.execute(EXHAUST, &params![workspace, channel, month, now])?;
    Ok(())
}

/// Takes over LINE's figures. What is fixed but not answered yet stays reserved: LINE cannot have counted it.
///
/// # Errors
/// The database's.
pub fn reconcile(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    channel: ChannelId,
    limited: Option<i64>,
    used: i64,
    now: i64,
) -> Result<()> {
    let month = month_of(now);
    tx.execute(RECONCILE, &params![workspace, channel, month, limited, used, now])?;
    let undecided: i64 = tx.query_one(UNDECIDED, &params![workspace, channel, month], |row| row.get(0))?;
    reserve(tx, workspace, channel, month, undecided)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn months_turn_in_japan() {
        assert_eq!(month_of(at("2026-11-30T14:59:59.999Z")), 202_611);
        assert_eq!(month_of(at("2026-11-30T15:00:00Z")), 202_612);
        assert_eq!(next_month(at("2026-12-05T00:00:00Z")), at("2026-12-31T15:00:00Z"));
    }

    #[test]
    fn looks_come_every_hour_and_when_the_month_turns() {
        let turn = at("2026-11-30T15:00:00Z");
        let next = |now| next_look(now, LOOK_MS);
        assert_eq!(next(turn - 3 * LOOK_MS), turn - 2 * LOOK_MS);
        assert_eq!(next(turn - 1_000), turn, "the first moment of the new month");
        assert_eq!(next(turn), turn + MONTH_TURNS_MS, "LINE's month may not have begun yet");
        assert_eq!(next(turn + MONTH_TURNS_MS), turn + MONTH_TURNS_MS + LOOK_MS);
    }

    #[test]
    fn a_year_of_steps_is_not_thousands_of_looks() {
        let every = look_every(&Clock::frozen(0));
        let (mut now, mut looks, end) = (at("2026-01-10T03:00:00Z"), 0, at("2027-01-10T03:00:00Z"));
        while now < end {
            now = next_look(now, every);
            looks += 1;
        }
        assert!((365..400).contains(&looks), "{looks}");
        assert_eq!(look_every(&Clock::system()), LOOK_MS);
    }

    #[test]
    fn marketing_leaves_the_kept_share() {
        let quota = Quota { limited: Some(1_000), line_used: 500, reserved: 290, exhausted_at: None };
        assert_eq!(quota.room(Lane::Marketing, 10, 20), Room::Fits);
        assert_eq!(quota.room(Lane::Marketing, 11, 20), Room::Full);
        assert_eq!(quota.room(Lane::Transactional, 1_000, 20), Room::Fits);
        assert_eq!(quota.left_for_marketing(20), Some(10));
        assert_eq!(Quota::default().room(Lane::Marketing, i64::MAX / 2, 20), Room::Fits);
        assert_eq!(Quota::default().left_for_marketing(20), None);
    }

    #[test]
    fn lines_word_stops_everything() {
        let quota = Quota { limited: None, exhausted_at: Some(1), ..Quota::default() };
        assert_eq!(quota.room(Lane::Marketing, 1, 0), Room::Wait);
        assert_eq!(quota.room(Lane::Chat, 1, 0), Room::Wait);
        assert_eq!(quota.left_for_marketing(0), Some(0));
    }
}
