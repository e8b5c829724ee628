//! What a deed would do, before it is done: to how many, and which シナリオ would start.

use serde::Serialize;
use store::Tx;

use super::db::COUNT_MAX;
use super::{Deed, Whom};
use crate::Result;
use crate::contact::list;
use crate::ids::{ChannelId, JourneyId, WorkspaceId};
use crate::journey::{Journey, JourneyState, Reentry, Trigger};
use crate::segment::{Condition, Context, Walk};
use crate::workspace::Catalog;

/// Starts of one シナリオ counted at most.
const STARTS_MAX: i64 = 100_000;

/// What would follow.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Foreseen {
    /// How many are meant.
    pub people: i64,
    /// シナリオ that would start, and for how many.
    pub starts: Vec<Starting>,
    /// Whether a シナリオ may start by it, now or by the time it is done: then it takes the permission to send.
    pub may_start: bool,
}

/// A シナリオ that would start.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Starting {
    /// Which.
    #[schema(value_type = uuid::Uuid)]
    pub journey: JourneyId,
    /// Its name.
    pub name: String,
    /// The account it speaks as.
    #[schema(value_type = uuid::Uuid)]
    pub channel: ChannelId,
    /// For how many.
    pub people: i64,
    /// There are more than that.
    pub more: bool,
}

/// Counts.
///
/// # Errors
/// Input that can be mended, or the database's.
pub fn foresee(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    context: &Context<'_>,
    catalog: &Catalog,
    deed: &Deed,
    whom: &Whom,
) -> Result<Foreseen> {
    deed.check(catalog)?;
    let filter = whom.filter(tx, workspace)?;
    let (people, _) = list::count_to(tx, workspace, &filter, context, COUNT_MAX)?;
    let mut starts = Vec::new();
    for journey in catalog.journeys.values() {
        let Some(mut needed) = needed(deed, journey, catalog) else { continue };
        let mut filter = filter.clone();
        needed.extend(filter.condition.take());
        filter.condition = Some(Condition::All { of: needed });
        let (people, more) = list::count_to(tx, workspace, &filter, context, STARTS_MAX)?;
        if people > 0 {
            let name = journey.name.clone();
            starts.push(Starting { journey: journey.id, name, channel: journey.channel, people, more });
        }
    }
    Ok(Foreseen { people, starts, may_start: may_start(deed, catalog) })
}

/// Whether a published シナリオ starts by this deed, whoever is meant.
pub fn may_start(deed: &Deed, catalog: &Catalog) -> bool {
    let starts = |journey| needed(deed, journey, catalog).is_some();
    matches!(deed, Deed::JourneyStart { .. }) || catalog.journeys.values().any(starts)
}

/// What must be true of a person so that the deed starts this シナリオ for them; `None` when it never does. The same as
/// [`crate::journey::enroll`] judges, for a whole list at once.
fn needed(deed: &Deed, journey: &Journey, catalog: &Catalog) -> Option<Vec<Condition>> {
    if journey.state != JourneyState::Published {
        return None;
    }
    let graph = catalog.graphs.get(&journey.version?)?;
    let mut all = match deed {
        Deed::TagAdd { tag } if graph.trigger == (Trigger::Tag { tag: *tag }) => {
            let only = graph.only.clone();
            [Condition::NoTag { tag: *tag }].into_iter().chain(only).collect::<Vec<_>>()
        }
        Deed::JourneyStart { journey: wanted } if *wanted == journey.id => Vec::new(),
        _ => return None,
    };
    let walk = |state| Condition::Not { of: Box::new(Condition::Journey { journey: journey.id, state }) };
    match &graph.reentry {
        Reentry::Always => {}
        Reentry::AfterEnd => all.push(walk(Walk::Active)),
        Reentry::Never => all.push(Condition::Journey { journey: journey.id, state: Walk::Never }),
        Reentry::Keyed(_) if matches!(deed, Deed::JourneyStart { .. }) => {
            all.push(Condition::Journey { journey: journey.id, state: Walk::Never });
        }
        // A tag brings no data to tell walks apart.
        Reentry::Keyed(_) => return None,
    }
    Some(all)
}
