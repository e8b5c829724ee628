//! Figures of a journey by step: who stands where, how many came, what was sent and opened.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Unit;
use jiff::civil::Date;
use store::{Insert, Tx, params};
use uuid::Uuid;

use super::db::find;
use crate::Result;
use crate::contact::EnrollmentState;
use crate::ids::{JourneyId, JourneyVersionId, LinkId, WorkspaceId};
use crate::segment::{Context, day_start, plus_days};

const STEPS: Insert = Insert {
    table: "journey_steps",
    columns: &["workspace_id", "journey_id", "day", "version_id", "node", "count"],
    conflict: "ON CONFLICT (workspace_id, journey_id, day, version_id, node) DO UPDATE SET count = journey_steps.count + excluded.count",
};
const STAND: &str = "SELECT state, node, COUNT(*) FROM enrollments WHERE workspace_id = $1 AND journey_id = $2
  GROUP BY state, node";
const STAND_ON: &str = "SELECT state, node, COUNT(*) FROM enrollments WHERE workspace_id = $1 AND journey_id = $2
  AND version_id = $3 GROUP BY state, node";
const CAME: &str = "SELECT node, CAST(SUM(count) AS BIGINT) FROM journey_steps WHERE workspace_id = $1 AND journey_id = $2
  AND day >= $3 GROUP BY node";
const CAME_ON: &str = "SELECT node, CAST(SUM(count) AS BIGINT) FROM journey_steps WHERE workspace_id = $1 AND journey_id = $2
  AND day >= $3 AND version_id = $4 GROUP BY node";
// Ids begin with the instant they were made at: the period is a range of the index.
const SAID: &str = "SELECT cause_ref, state, COUNT(*) FROM deliveries WHERE workspace_id = $1 AND cause_id = $2 AND id >= $3
  GROUP BY cause_ref, state";
// A delivery knows no version; it belongs to the walk that was under way when it was made.
const SAID_ON: &str = "SELECT d.cause_ref, d.state, COUNT(*) FROM deliveries d WHERE d.workspace_id = $1 AND d.cause_id = $2
  AND d.id >= $3 AND EXISTS (SELECT 1 FROM enrollments e WHERE e.workspace_id = d.workspace_id AND e.contact_id = d.contact_id
    AND e.journey_id = d.cause_id AND e.version_id = $4 AND e.entered_at <= d.created_at AND e.updated_at >= d.created_at)
  GROUP BY d.cause_ref, d.state";
const OPENED: &str = "SELECT link_id, COUNT(*) FROM link_clicks WHERE workspace_id = $1 AND cause_id = $2 AND last_at >= $3
  GROUP BY link_id";

/// A walk came to a step.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Came {
    /// Tenant.
    pub workspace: WorkspaceId,
    /// Which journey.
    pub journey: JourneyId,
    /// The day in the workspace's zone, see [`day_number`].
    pub day: i64,
    /// The version it walks on.
    pub version: JourneyVersionId,
    /// Which step.
    pub node: String,
}

/// Days since 1970-01-01.
pub fn day_number(date: Date) -> i64 {
    date.since((Unit::Day, Date::constant(1970, 1, 1))).map_or(0, |span| i64::from(span.get_days()))
}

/// Counts. Many of one step become one row; rows go in key order, so that two nodes never wait for each other's.
///
/// # Errors
/// The database's.
pub fn record(tx: &mut Tx<'_>, came: &[Came]) -> Result<()> {
    let mut rows: BTreeMap<&Came, i64> = BTreeMap::new();
    for one in came {
        *rows.entry(one).or_default() += 1;
    }
    let row =
        |(came, count): (&Came, i64)| params![came.workspace, came.journey, came.day, came.version, came.node.clone(), count];
    tx.insert_many(&STEPS, rows.into_iter().map(row))?;
    Ok(())
}

/// Of which walks, from when.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// Only walks on this version.
    pub version: Option<JourneyVersionId>,
    /// The first day, see [`day_number`].
    pub from_day: i64,
    /// Its beginning, Unix ms.
    pub from: i64,
}

impl Wish {
    /// The last `days` days in the workspace's zone, today among them.
    pub fn last_days(context: &Context<'_>, days: u16, version: Option<JourneyVersionId>) -> Self {
        let first = plus_days(context.today(), 1 - i32::from(days));
        Self { version, from_day: day_number(first), from: day_start(first, context.zone) }
    }
}

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// People by state and the node they stand on or ended at; whenever they came.
    pub people: Vec<(EnrollmentState, String, i64)>,
    /// Walks that came to a node.
    pub came: BTreeMap<String, i64>,
    /// Deliveries by node and state.
    pub said: Vec<(String, String, i64)>,
    /// People who opened a link that this journey had sent. Not by version: a click names none.
    pub opened: BTreeMap<LinkId, i64>,
}

/// Counts what one journey did.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub fn read(tx: &mut Tx<'_>, workspace: WorkspaceId, id: JourneyId, wish: Wish) -> Result<Figures> {
    find(tx, workspace, id)?;
    let people = |row: &store::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let came = |row: &store::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let said = |row: &store::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let since = first_id(wish.from);
    let opened = tx.query(OPENED, &params![workspace, id, wish.from], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (people, came, said) = match wish.version {
        None => (
            tx.query(STAND, &params![workspace, id], people)?,
            tx.query(CAME, &params![workspace, id, wish.from_day], came)?,
            tx.query(SAID, &params![workspace, id, since], said)?,
        ),
        Some(version) => (
            tx.query(STAND_ON, &params![workspace, id, version], people)?,
            tx.query(CAME_ON, &params![workspace, id, wish.from_day, version], came)?,
            tx.query(SAID_ON, &params![workspace, id, since, version], said)?,
        ),
    };
    Ok(Figures { people, came: came.into_iter().collect(), said, opened: opened.into_iter().collect() })
}

/// The least id of an instant.
fn first_id(at: i64) -> Uuid {
    let millis = u128::from(u64::try_from(at).unwrap_or(0));
    Uuid::from_u128(millis << 80)
}

/// How many opened the links of each node. Of a node with several links, each person counts once per link.
pub fn opened_by_node(links: &BTreeMap<String, BTreeSet<LinkId>>, opened: &BTreeMap<LinkId, i64>) -> BTreeMap<String, i64> {
    links.iter().map(|(node, links)| (node.clone(), links.iter().filter_map(|link| opened.get(link)).sum())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_the_beginning_of_unix_time() {
        assert_eq!(day_number(Date::constant(1970, 1, 1)), 0);
        assert_eq!(day_number(Date::constant(2026, 11, 22)), 20_779);
        assert_eq!(day_number(Date::constant(1969, 12, 31)), -1);
    }

    #[test]
    fn the_first_id_of_an_instant_is_below_all_of_that_instant() {
        let at = 1_795_338_300_000;
        let made = crate::ids::DeliveryId::new(at).0;
        assert!(first_id(at) < made && made < first_id(at + 1));
    }

    #[test]
    fn a_link_in_two_steps_counts_at_both() {
        let (one, two) = (LinkId(Uuid::from_u128(1)), LinkId(Uuid::from_u128(2)));
        let links = BTreeMap::from([
            ("a".to_owned(), BTreeSet::from([one])),
            ("b".to_owned(), BTreeSet::from([one, two])),
            ("c".to_owned(), BTreeSet::new()),
        ]);
        let opened = BTreeMap::from([(one, 3), (two, 4)]);
        let counts: Vec<i64> = opened_by_node(&links, &opened).into_values().collect();
        assert_eq!(counts, [3, 7, 0]);
    }
}
