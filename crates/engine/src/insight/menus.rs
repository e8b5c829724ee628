//! Rich menus in the 配信カレンダー: which シナリオ changed them on which day, and which will.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use store::{Tx, params};
use uuid::Uuid;

use super::Day;
use super::calendar::Waiting;
use crate::Result;
use crate::ids::{JourneyId, JourneyVersionId};
use crate::journey::MenuSwitch;
use crate::workspace::Catalog;

/// Rows read for one answer at most: steps that change menus, by day and version.
const STEPS_MAX: i64 = 20_000;

const CAME: &str = "SELECT journey_id, day, version_id, node, count FROM journey_steps WHERE workspace_id = $1
    AND journey_id = ANY($2) AND day >= $3 AND day < $4 AND node = ANY($5) LIMIT $6";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[CAME];

/// A rich menu that a シナリオ puts up on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MenuDay {
    /// `yyyy-MM-dd`.
    pub day: String,
    /// Which.
    #[schema(value_type = uuid::Uuid)]
    pub journey_id: JourneyId,
    /// Its name.
    pub name: String,
    /// LINE's id of the menu; null: the account's own again.
    pub rich_menu_id: Option<String>,
    /// Whether it happened.
    pub state: MenuState,
    /// How many people.
    pub people: i64,
}

/// Whether a menu is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MenuState {
    /// These people came to the step.
    Done,
    /// It is what these people's next step does.
    Due,
    /// It is what it does for those a question leads there.
    Maybe,
}

type Sums = BTreeMap<(Day, JourneyId, MenuSwitch, MenuState), i64>;

fn days(catalog: &Catalog, sums: Sums) -> Vec<MenuDay> {
    let day = |((day, journey_id, MenuSwitch(rich_menu_id), state), people): ((Day, _, _, _), i64)| {
        let name = catalog.journeys.get(&journey_id)?.name.clone();
        Some(MenuDay { day: day.to_string(), journey_id, name, rich_menu_id, state, people })
    };
    sums.into_iter().filter_map(day).collect()
}

/// What the next steps of those who wait will do.
pub(super) fn due(catalog: &Catalog, waiting: &[Waiting]) -> Vec<MenuDay> {
    let mut ahead: BTreeMap<(JourneyVersionId, &str), BTreeSet<Option<MenuSwitch>>> = BTreeMap::new();
    let mut sums = Sums::new();
    for slot in waiting {
        let Some(graph) = catalog.graphs.get(&slot.version) else { continue };
        let ends = ahead.entry((slot.version, &slot.node)).or_insert_with(|| graph.menus_ahead(&slot.node));
        let state = if ends.len() == 1 { MenuState::Due } else { MenuState::Maybe };
        for menu in ends.iter().flatten() {
            *sums.entry((slot.day, slot.journey, menu.clone(), state)).or_default() += slot.people;
        }
    }
    days(catalog, sums)
}

/// What steps did between two days, the last one not included.
///
/// # Errors
/// The database's.
pub(super) fn done(tx: &mut Tx<'_>, catalog: &Catalog, (from, to): (Day, Day)) -> Result<Vec<MenuDay>> {
    let steps = |(version, graph): (&JourneyVersionId, &std::sync::Arc<crate::journey::Graph>)| {
        let menus = graph.nodes.iter().filter_map(|node| Some(((*version, node.id.clone()), node.menu()?)));
        menus.collect::<Vec<_>>()
    };
    let menus: BTreeMap<(JourneyVersionId, String), MenuSwitch> = catalog.graphs.iter().flat_map(steps).collect();
    if menus.is_empty() || from >= to {
        return Ok(Vec::new());
    }
    let journeys: Vec<Uuid> = catalog.journeys.keys().map(|id| id.0).collect();
    let nodes: BTreeSet<&String> = menus.keys().map(|(_, node)| node).collect();
    let nodes: Vec<String> = nodes.into_iter().cloned().collect();
    let came = tx.query(CAME, &params![catalog.workspace, journeys, from.0, to.0, nodes, STEPS_MAX], |row| {
        Ok((row.get::<JourneyId>(0)?, Day(row.get(1)?), (row.get(2)?, row.get(3)?), row.get::<i64>(4)?))
    })?;
    let mut sums = Sums::new();
    for (journey, day, step, people) in came {
        if let Some(menu) = menus.get(&step) {
            *sums.entry((day, journey, menu.clone(), MenuState::Done)).or_default() += people;
        }
    }
    Ok(days(catalog, sums))
}
