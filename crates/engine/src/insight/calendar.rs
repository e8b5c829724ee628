//! 配信カレンダー: what went and what will go, day by day.

use std::collections::BTreeMap;

use serde::Serialize;
use store::{Tx, params};

use super::menus::{self, MenuDay};
use super::{Day, SendKind, dashboard, day_of};
use crate::Result;
use crate::broadcast::{Category, State};
use crate::ids::{BroadcastId, ChannelId, JourneyId, JourneyVersionId, SHARDS};
use crate::journey::JourneyState;
use crate::workspace::Catalog;

/// Days of one question at most: six weeks and the days around them.
pub const DAYS_MAX: i64 = 62;
/// Broadcasts of one answer at most.
const BROADCASTS_MAX: i64 = 1_000;
/// Walks looked at for one answer at most.
const WALKS_MAX: i64 = 50_000;
/// Half an hour: no zone's day begins between two of these.
const SLOT_MS: i64 = 30 * 60 * 1000;

const BROADCASTS: &str = "SELECT b.id, b.channel_id, b.name, b.category, b.state, b.send_at, b.total,
      (SELECT CAST(COALESCE(SUM(s.accepted), 0) AS BIGINT) FROM broadcast_shards s
        WHERE s.workspace_id = b.workspace_id AND s.broadcast_id = b.id)
    FROM broadcasts b WHERE b.workspace_id = $1 AND b.send_at >= $2 AND b.send_at < $3 AND b.state <> 'draft'
    ORDER BY b.send_at, b.id LIMIT $4";
/// `shard` lets both planners find due walks by their index.
const WALKS: &str = "SELECT journey_id, version_id, node, slot, COUNT(*) FROM (
      SELECT journey_id, version_id, node, due_at / $6 AS slot FROM enrollments
      WHERE shard = ANY($2) AND due_at >= $3 AND due_at < $4 AND state = 'active' AND due_at IS NOT NULL AND workspace_id = $1
      LIMIT $5) w GROUP BY journey_id, version_id, node, slot";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[BROADCASTS, WALKS];

/// A broadcast on its day.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct PlannedBroadcast {
    /// Which.
    #[schema(value_type = uuid::Uuid)]
    pub id: BroadcastId,
    /// Who speaks.
    #[schema(value_type = uuid::Uuid)]
    pub channel_id: ChannelId,
    /// As staff named it.
    pub name: String,
    /// What it is for; null when nobody said.
    pub category: Option<Category>,
    /// Where it stands.
    pub state: State,
    /// From when, Unix ms.
    pub send_at: i64,
    /// Recipients, once they are known.
    pub total: i64,
    /// LINE took so many.
    pub accepted: i64,
}

/// Steps of a シナリオ on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DueSteps {
    /// `yyyy-MM-dd`.
    pub day: String,
    /// Which.
    #[schema(value_type = uuid::Uuid)]
    pub journey_id: JourneyId,
    /// Its name.
    pub name: String,
    /// People who take their next step.
    pub people: i64,
}

/// Messages of シナリオ that went on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SentSteps {
    /// `yyyy-MM-dd`.
    pub day: String,
    /// How many LINE took.
    pub sent: i64,
}

/// Some weeks.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Calendar {
    /// By their time.
    pub broadcasts: Vec<PlannedBroadcast>,
    /// From today on.
    pub due: Vec<DueSteps>,
    /// Whether there are more due steps than were looked at.
    pub more_due: bool,
    /// Up to today.
    pub sent: Vec<SentSteps>,
    /// Rich menus that シナリオ changed, and will change with their next steps.
    pub menus: Vec<MenuDay>,
}

/// People who wait on one step of a シナリオ until the same day.
pub(super) struct Waiting {
    pub day: Day,
    pub journey: JourneyId,
    pub version: JourneyVersionId,
    pub node: String,
    pub people: i64,
}

/// What is between two days, the last one not included.
///
/// # Errors
/// The database's.
pub fn calendar(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    channel: Option<ChannelId>,
    (from, to): (Day, Day),
    now: i64,
) -> Result<Calendar> {
    let (start, end) = (from.start(&catalog.zone), to.start(&catalog.zone));
    let wanted = |id: ChannelId| channel.is_none_or(|channel| channel == id);
    let broadcasts = tx.query(BROADCASTS, &params![catalog.workspace, start, end, BROADCASTS_MAX], |row| {
        Ok(PlannedBroadcast {
            id: row.get(0)?,
            channel_id: row.get(1)?,
            name: row.get(2)?,
            category: row.get(3)?,
            state: row.get(4)?,
            send_at: row.get(5)?,
            total: row.get(6)?,
            accepted: row.get(7)?,
        })
    })?;
    let (waiting, more_due) = waiting(tx, catalog, (start.max(now), end))?;
    let (due, due_menus) = (due(catalog, &waiting), menus::due(catalog, &waiting));
    let today = day_of(now, &catalog.zone);
    let past = (from, to.min(today.plus(1)));
    let figures = dashboard::figures(tx, catalog, channel, past.0, past.1)?;
    let sent = figures.iter().filter_map(|(day, sums)| {
        let sums = sums.by_kind.iter().find(|one| one.kind == SendKind::Journey)?;
        Some(SentSteps { day: day.to_string(), sent: sums.sent.paid + sums.sent.free })
    });
    let own = |id: &JourneyId| catalog.journeys.get(id).is_some_and(|journey| wanted(journey.channel));
    let menus = menus::done(tx, catalog, past)?.into_iter().chain(due_menus);
    Ok(Calendar {
        broadcasts: broadcasts.into_iter().filter(|one| wanted(one.channel_id)).collect(),
        due: due.into_iter().filter(|one| own(&one.journey_id)).collect(),
        more_due,
        sent: sent.filter(|one| one.sent > 0).collect(),
        menus: menus.filter(|one| own(&one.journey_id)).collect(),
    })
}

/// Who goes on between two instants, and whether that is only a part. Of a シナリオ that is stopped nobody does.
fn waiting(tx: &mut Tx<'_>, catalog: &Catalog, (start, end): (i64, i64)) -> Result<(Vec<Waiting>, bool)> {
    if start >= end {
        return Ok((Vec::new(), false));
    }
    let shards: Vec<i64> = (0..SHARDS).collect();
    let slots = tx.query(WALKS, &params![catalog.workspace, shards, start, end, WALKS_MAX, SLOT_MS], |row| {
        let day = day_of(row.get::<i64>(3)? * SLOT_MS, &catalog.zone);
        Ok(Waiting { day, journey: row.get(0)?, version: row.get(1)?, node: row.get(2)?, people: row.get(4)? })
    })?;
    let seen: i64 = slots.iter().map(|slot| slot.people).sum();
    let goes = |id: &JourneyId| catalog.journeys.get(id).is_some_and(|journey| journey.state != JourneyState::Stopped);
    Ok((slots.into_iter().filter(|slot| goes(&slot.journey)).collect(), seen >= WALKS_MAX))
}

fn due(catalog: &Catalog, waiting: &[Waiting]) -> Vec<DueSteps> {
    let mut days: BTreeMap<(Day, JourneyId), i64> = BTreeMap::new();
    for slot in waiting {
        *days.entry((slot.day, slot.journey)).or_default() += slot.people;
    }
    let due = days.into_iter().filter_map(|((day, journey_id), people)| {
        let name = catalog.journeys.get(&journey_id)?.name.clone();
        Some(DueSteps { day: day.to_string(), journey_id, name, people })
    });
    due.collect()
}
