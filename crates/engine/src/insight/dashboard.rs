//! ダッシュボード: some days, those before them, and where the month stands.

use std::collections::BTreeMap;

use serde::Serialize;
use store::{Row, Tx, params};

use super::decide::look_ahead;
use super::{Day, Metric, SendKind, Sums, day_of};
use crate::Result;
use crate::contact::FriendState;
use crate::delivery::quota::{self, QUOTA_ZONE, Quota};
use crate::ids::ChannelId;
use crate::workspace::{Catalog, Channel, view};

const FIGURES: &str = "SELECT day, metric, kind, CAST(SUM(count) AS BIGINT) FROM figures
    WHERE workspace_id = $1 AND day >= $2 AND day < $3 GROUP BY day, metric, kind";
const FIGURES_OF: &str = "SELECT day, metric, kind, count FROM figures
    WHERE workspace_id = $1 AND channel_id = $4 AND day >= $2 AND day < $3";
const SINCE: &str = "SELECT MIN(day) FROM figures WHERE workspace_id = $1 AND day > 0";
const FRIENDS: &str = "SELECT channel_id, state, count FROM friend_counts WHERE workspace_id = $1";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[FIGURES, FIGURES_OF, SINCE, FRIENDS];

/// Friends by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FriendStates {
    /// 有効友だち.
    pub friends: i64,
    /// Those who block.
    pub blocked: i64,
    /// Accounts that are gone.
    pub deleted: i64,
    /// LINE has not told.
    pub unknown: i64,
}

/// One day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DayFigures {
    /// `yyyy-MM-dd` in the workspace's zone.
    pub day: String,
    /// 有効友だち at the day's end; null before anything was counted.
    pub friends: Option<i64>,
    /// Those who block at the day's end.
    pub blocked: Option<i64>,
    /// What the day added up to; null before anything was counted.
    pub sums: Option<Sums>,
}

/// An account's month (LINE's, in Japan's zone).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MonthOutlook {
    /// Which account.
    #[schema(value_type = uuid::Uuid)]
    pub channel_id: ChannelId,
    /// LINE's limit; null when there is none or it is not known.
    pub limit: Option<i64>,
    /// LINE's figure and what we sent since.
    pub used: i64,
    /// Left of the limit.
    pub left: Option<i64>,
    /// Kept back for orders and promises.
    pub kept: i64,
    /// Used at the month's end at the present pace; null when nothing was counted yet.
    pub at_end: Option<i64>,
    /// First day without anything left for marketing, `yyyy-MM-dd`.
    pub runs_out: Option<String>,
    /// When LINE was asked, Unix ms; null: not yet.
    pub checked_at: Option<i64>,
}

/// What the dashboard shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Dashboard {
    /// Since when anything was counted, `yyyy-MM-dd`.
    pub counted_from: Option<String>,
    /// Friends now.
    pub friends: FriendStates,
    /// The days asked for, oldest first; the last is today.
    pub days: Vec<DayFigures>,
    /// What they added up to.
    pub total: Sums,
    /// As many days before them; null when not all of them were counted.
    pub previous: Option<Sums>,
    /// This month, by account.
    pub months: Vec<MonthOutlook>,
}

/// Figures by day, of one account or all.
pub(super) type Days = BTreeMap<Day, Sums>;

pub(super) fn figures(tx: &mut Tx<'_>, catalog: &Catalog, channel: Option<ChannelId>, from: Day, to: Day) -> Result<Days> {
    let read = |row: &Row<'_>| {
        let kind: String = row.get(2)?;
        Ok((Day(row.get(0)?), row.get::<Metric>(1)?, kind.parse::<SendKind>().ok(), row.get::<i64>(3)?))
    };
    let rows = match channel {
        Some(channel) => tx.query(FIGURES_OF, &params![catalog.workspace, from.0, to.0, channel], read)?,
        None => tx.query(FIGURES, &params![catalog.workspace, from.0, to.0], read)?,
    };
    let mut days = Days::new();
    for (day, metric, kind, count) in rows {
        days.entry(day).or_default().add(metric, kind, count);
    }
    Ok(days)
}

/// The first day on which anything was counted.
pub(super) fn since(tx: &mut Tx<'_>, catalog: &Catalog) -> Result<Option<Day>> {
    Ok(tx.query_one(SINCE, &params![catalog.workspace], |row| row.get::<Option<i64>>(0))?.map(Day))
}

/// Friends of one account or all, as they are now.
///
/// # Errors
/// The database's.
pub fn friends(tx: &mut Tx<'_>, catalog: &Catalog, channel: Option<ChannelId>) -> Result<FriendStates> {
    let rows = tx.query(FRIENDS, &params![catalog.workspace], |row| {
        Ok((row.get::<ChannelId>(0)?, row.get::<FriendState>(1)?, row.get::<i64>(2)?))
    })?;
    let mut states = FriendStates::default();
    for (_, state, count) in rows.into_iter().filter(|(id, ..)| channel.is_none_or(|channel| channel == *id)) {
        match state {
            FriendState::Friend => states.friends += count,
            FriendState::Blocked => states.blocked += count,
            FriendState::Deleted => states.deleted += count,
            FriendState::Unknown => states.unknown += count,
            FriendState::Never => {}
        }
    }
    Ok(states)
}

pub(super) fn add_up<'a>(days: impl IntoIterator<Item = (&'a Day, &'a Sums)>) -> Sums {
    let mut sums = Sums::default();
    for (_, day) in days {
        sums.merge(day);
    }
    sums
}

/// The last `count` days.
///
/// # Errors
/// The database's.
pub fn dashboard(tx: &mut Tx<'_>, catalog: &Catalog, channel: Option<ChannelId>, count: i64, now: i64) -> Result<Dashboard> {
    let today = day_of(now, &catalog.zone);
    let (from, end) = (today.plus(1 - count), today.plus(1));
    let since = since(tx, catalog)?;
    let figures = figures(tx, catalog, channel, from.plus(-count), end)?;
    let friends = friends(tx, catalog, channel)?;
    let previous = add_up(figures.range(..from));
    Ok(Dashboard {
        counted_from: since.map(|day| day.to_string()),
        friends,
        days: by_day(&figures, (from, end), since, friends),
        total: add_up(figures.range(from..)),
        previous: since.is_some_and(|since| since <= from.plus(-count)).then_some(previous),
        months: months(tx, catalog, channel, now)?,
    })
}

/// Backwards from what is now: a day's end is the next day's end without what the next day changed.
fn by_day(figures: &Days, (from, end): (Day, Day), since: Option<Day>, now: FriendStates) -> Vec<DayFigures> {
    let (mut friends, mut blocked) = (now.friends, now.blocked);
    let none = Sums::default();
    let mut days: Vec<DayFigures> = (from.0..end.0)
        .rev()
        .map(|day| {
            let sums = figures.get(&Day(day)).unwrap_or(&none);
            let counted = since.is_some_and(|since| since.0 <= day);
            let line = DayFigures {
                day: Day(day).to_string(),
                friends: counted.then_some(friends),
                blocked: counted.then_some(blocked),
                sums: counted.then(|| sums.clone()),
            };
            friends -= sums.friends;
            blocked -= sums.blocks;
            line
        })
        .collect();
    days.reverse();
    days
}

/// Where LINE's month stands for each account.
fn months(tx: &mut Tx<'_>, catalog: &Catalog, channel: Option<ChannelId>, now: i64) -> Result<Vec<MonthOutlook>> {
    let japan = jiff::tz::TimeZone::get(QUOTA_ZONE).unwrap_or(jiff::tz::TimeZone::UTC);
    let today = day_of(now, &japan);
    let quotas = view::quotas(tx, catalog.workspace, quota::month_of(now))?;
    let since = since(tx, catalog)?;
    let mut months = Vec::new();
    for account in catalog.channels.values().filter(|one| channel.is_none_or(|channel| channel == one.id)) {
        let Some(row) = quotas.get(&account.id) else { continue };
        let first = today.plus(-27).max(since.unwrap_or(today.plus(1)));
        let days = figures(tx, catalog, Some(account.id), first, today.plus(1))?;
        let paid: Vec<i64> = (first.0..=today.0).map(|day| days.get(&Day(day)).map_or(0, |sums| sums.sent.paid)).collect();
        months.push(month(account, row, &paid, today));
    }
    Ok(months)
}

fn month(channel: &Channel, row: &view::QuotaRow, paid: &[i64], today: Day) -> MonthOutlook {
    let quota = Quota { limited: row.limit, line_used: row.used, reserved: row.reserved, exhausted_at: row.exhausted_at };
    let used = row.used + row.reserved;
    let ahead = look_ahead(used, quota.left_for_marketing(channel.reserve_percent), paid, today);
    MonthOutlook {
        channel_id: channel.id,
        limit: row.limit,
        used,
        left: row.limit.map(|limit| (limit - used).max(0)),
        kept: row.limit.map_or(0, |limit| limit * channel.reserve_percent.clamp(0, 100) / 100),
        at_end: ahead.map(|ahead| ahead.at_end),
        runs_out: ahead.and_then(|ahead| ahead.runs_out).map(|day| day.to_string()),
        checked_at: row.checked_at,
    }
}
