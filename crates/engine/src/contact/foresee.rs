//! What taking in a file would do, before it is done: who is new, and what would start if it were told to.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::import::{Brought, Row, Set, Start, Words, brought};
use super::{Contact, db};
use crate::Result;
use crate::engine::Engine;
use crate::ids::JourneyId;
use crate::journey::{Cause, Decision, Happening, JourneyState, enroll};
use crate::rule::Incoming;
use crate::segment::Context;
use crate::workspace::{Catalog, Channel};

/// Rows looked at together.
const SET: usize = 1_000;

/// What would follow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Foreseen {
    /// People we do not know yet.
    pub created: u64,
    /// People we know.
    pub known: u64,
    /// Rows left out: these people asked to be erased.
    pub erased: u64,
    /// People who would be greeted, if the import were told to.
    pub greetings: u64,
    /// シナリオ that would start, and for how many, if the import were told to.
    pub journeys: BTreeMap<JourneyId, u64>,
}

/// Looks, and changes nothing.
///
/// # Errors
/// The database's.
pub async fn foresee(engine: &Engine, channel: &Channel, catalog: &Arc<Catalog>, rows: Vec<Row>, now: i64) -> Result<Foreseen> {
    let words = Arc::new(Words {
        tags: catalog.tags.values().map(|tag| (tag.name.clone(), tag.id)).collect(),
        attributes: catalog.attributes.values().map(|field| (field.key.clone(), field.clone())).collect::<HashMap<_, _>>(),
    });
    let all = BTreeSet::from([Start::Greeting, Start::Journeys]);
    let mut rows = rows;
    // Rows of one person stand together, as when they are written.
    rows.sort_by(|a, b| a.user_id.cmp(&b.user_id));
    let mut total = Foreseen::default();
    for chunk in rows.chunks(SET) {
        let set = Set::of(engine, channel, chunk.to_vec(), &all);
        let (words, catalog) = (words.clone(), catalog.clone());
        let found = engine.store.read(move |tx| look(tx, set.clone(), &words, &catalog, now)).await?;
        total.created += found.created;
        total.known += found.known;
        total.erased += found.erased;
        total.greetings += found.greetings;
        for (journey, people) in found.journeys {
            *total.journeys.entry(journey).or_default() += people;
        }
    }
    Ok(total)
}

fn look(tx: &mut store::Tx<'_>, mut set: Set, words: &Words, catalog: &Catalog, now: i64) -> Result<Foreseen> {
    let erased = set.without_erased(tx)?;
    let (pairs, fresh) = set.pairs(tx, words, now, db::load)?;
    let created = u64::try_from(fresh.len()).unwrap_or(0);
    let mut found = Foreseen { created, known: u64::try_from(pairs.len()).unwrap_or(0) - created, erased, ..Foreseen::default() };
    let context = Context { now, zone: &catalog.zone, words: catalog, event: None };
    for (before, after) in &pairs {
        let news = brought(&set, before, after);
        let befriended = news.contains(&Brought::Friend);
        if befriended && catalog.rules.answer(set.channel(), &Incoming::Follow, now, &catalog.zone).is_some() {
            found.greetings += 1;
        }
        for journey in starting(&set, after, &news, catalog, &context) {
            *found.journeys.entry(journey).or_default() += 1;
        }
    }
    Ok(found)
}

/// シナリオ that take this person in because of what the import brings.
fn starting(set: &Set, after: &Contact, news: &[Brought], catalog: &Catalog, context: &Context<'_>) -> BTreeSet<JourneyId> {
    let happenings = news.iter().map(|brought| match brought {
        Brought::Friend => (Happening::Follow, Some(set.channel())),
        Brought::Tag(tag) => (Happening::Tag(*tag), None),
    });
    let happenings: Vec<_> = happenings.collect();
    let takes = |journey: &&crate::journey::Journey| {
        let ground = journey.version.and_then(|version| Some((version, catalog.graphs.get(&version)?)));
        let Some((version, graph)) = ground.filter(|_| journey.state == JourneyState::Published) else { return false };
        happenings.iter().filter(|(_, bound)| bound.is_none_or(|bound| bound == journey.channel)).any(|(happening, _)| {
            matches!(enroll(journey, version, graph, after, Cause::Told(happening), context), Decision::Start { .. })
        })
    };
    catalog.journeys.values().filter(takes).map(|journey| journey.id).collect()
}
