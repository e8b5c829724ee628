//! What else the same people get on the day of a broadcast: sent already, planned, or the next step of a シナリオ.

use std::collections::HashSet;

use jiff::{Timestamp, ToSpan};
use serde::Serialize;
use store::{Tx, params};
use uuid::Uuid;

use super::{Audience, Broadcast, State, db, snapshot};
use crate::Result;
use crate::ids::{BroadcastId, ContactId, JourneyId, WorkspaceId};
use crate::workspace::Catalog;

/// Other broadcasts of a day that are looked at.
const MOST: i64 = 10;

const OTHERS: &str = "SELECT id FROM broadcasts WHERE workspace_id = $1 AND id <> $2 AND send_at >= $3 AND send_at < $4
      AND state IN ('scheduled', 'snapshotting', 'sending', 'paused')
    ORDER BY send_at, id LIMIT $5";
const SENT: &str = "SELECT s.broadcast_id, COUNT(DISTINCT s.contact_id) FROM contact_sends s
    WHERE s.workspace_id = $1 AND s.contact_id = ANY($2) AND s.at >= $3 AND s.at < $4 AND s.lane = 'marketing'
    GROUP BY s.broadcast_id";
const SENT_OF: &str = "SELECT s.contact_id FROM contact_sends s
    WHERE s.workspace_id = $1 AND s.contact_id = ANY($2) AND s.at >= $3 AND s.at < $4 AND s.broadcast_id = $5";
const WALKS: &str = "SELECT e.journey_id, COUNT(DISTINCT e.contact_id) FROM enrollments e
    WHERE e.workspace_id = $1 AND e.contact_id = ANY($2) AND e.state = 'active' AND e.due_at >= $3 AND e.due_at < $4
    GROUP BY e.journey_id";
const NAMES: &str = "SELECT id, name, send_at FROM broadcasts WHERE workspace_id = $1 AND id = ANY($2)";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[OTHERS, SENT, SENT_OF, WALKS, NAMES];

/// What kind of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OverlapKind)]
pub enum Kind {
    /// A broadcast that is planned or under way.
    Planned,
    /// A broadcast of that day that has reached them already.
    Sent,
    /// Anything else they got that day: steps, automatic answers.
    Other,
    /// A シナリオ whose next step falls on that day; what the step is, is decided then.
    Journey,
}

/// Another sending of the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = BroadcastOverlap)]
pub struct Overlap {
    /// What.
    pub kind: Kind,
    /// The broadcast or シナリオ; nil for [`Kind::Other`].
    pub id: Uuid,
    /// Its name, '' for [`Kind::Other`].
    pub name: String,
    /// When it is due, Unix ms; `None` for journeys and others.
    pub at: Option<i64>,
    /// How many of this broadcast's people; `None` where they are not known yet.
    pub people: Option<i64>,
}

/// The day of a broadcast in the workspace's zone, Unix ms.
pub(super) fn day_of(catalog: &Catalog, at: i64) -> (i64, i64) {
    const DAY_MS: i64 = 86_400_000;
    let date = Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(catalog.zone.clone()).date();
    let midnight = |days: i64| date.checked_add(days.days()).ok()?.to_zoned(catalog.zone.clone()).ok();
    let from = midnight(0).map_or(at, |at| at.timestamp().as_millisecond());
    (from, midnight(1).map_or(from + DAY_MS, |at| at.timestamp().as_millisecond()))
}

/// Adds what these people get on the day to `found`.
pub(super) fn count(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    broadcast: &Broadcast,
    (ids, now): (&[Uuid], i64),
    found: &mut Vec<Overlap>,
) -> Result<()> {
    let (from, until) = day_of(catalog, now.max(broadcast.send_at));
    let workspace = broadcast.workspace;
    for (id, people) in tx.query(SENT, &params![workspace, ids, from, until], |row| {
        Ok((row.get::<Option<Uuid>>(0)?.unwrap_or_default(), row.get::<i64>(1)?))
    })? {
        add(found, if id.is_nil() { Kind::Other } else { Kind::Sent }, id, Some(people));
    }
    for (id, people) in
        tx.query(WALKS, &params![workspace, ids, from, until], |row| Ok((row.get::<Uuid>(0)?, row.get::<i64>(1)?)))?
    {
        add(found, Kind::Journey, id, Some(people));
    }
    let others = tx.query(OTHERS, &params![workspace, broadcast.id, from, until, MOST], |row| row.get::<BroadcastId>(0))?;
    for id in others {
        let other = db::find(tx, workspace, id)?;
        add(found, Kind::Planned, id.0, planned(tx, catalog, &other, (ids, now), (from, until))?);
    }
    Ok(())
}

/// How many of these people a broadcast is still to reach; `None` where its audience is not known yet.
fn planned(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    other: &Broadcast,
    (ids, now): (&[Uuid], i64),
    (from, until): (i64, i64),
) -> Result<Option<i64>> {
    let workspace = other.workspace;
    let members = match &other.audience {
        Audience::Contacts { contacts } => {
            let listed: HashSet<Uuid> = snapshot::present(tx, workspace, contacts)?.into_iter().collect();
            ids.iter().copied().filter(|id| listed.contains(id)).collect()
        }
        Audience::LineUsers { .. } | Audience::Reached { .. } | Audience::Missed { .. } => return Ok(None),
        _ => snapshot::among(tx, catalog, other, ids, now)?,
    };
    if other.state == State::Scheduled || members.is_empty() {
        return Ok(Some(size(members.len())));
    }
    // Of one under way those who have it are counted as sent.
    let had = tx.query(SENT_OF, &params![workspace, &members, from, until, other.id], |row| row.get::<ContactId>(0))?;
    Ok(Some(size(members.len()) - size(had.len())))
}

fn size(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn add(found: &mut Vec<Overlap>, kind: Kind, id: Uuid, people: Option<i64>) {
    match found.iter_mut().find(|one| one.kind == kind && one.id == id) {
        Some(one) => one.people = one.people.zip(people).map(|(a, b)| a + b),
        None => found.push(Overlap { kind, id, name: String::new(), at: None, people }),
    }
}

/// Names what was found, and drops what touches nobody; the largest first.
pub(super) fn name(tx: &mut Tx<'_>, catalog: &Catalog, workspace: WorkspaceId, found: &mut Vec<Overlap>) -> Result<()> {
    found.retain(|one| one.people != Some(0));
    let ids: Vec<Uuid> = found.iter().filter(|one| matches!(one.kind, Kind::Planned | Kind::Sent)).map(|one| one.id).collect();
    let names =
        tx.query(NAMES, &params![workspace, ids], |row| Ok((row.get::<Uuid>(0)?, row.get::<String>(1)?, row.get::<i64>(2)?)))?;
    for one in found.iter_mut() {
        if let Some((_, name, at)) = names.iter().find(|(id, ..)| *id == one.id) {
            (one.name, one.at) = (name.clone(), Some(*at));
        } else if let Some(journey) = catalog.journeys.get(&JourneyId(one.id)) {
            one.name.clone_from(&journey.name);
        }
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.people.unwrap_or(i64::MAX)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use store::testing::both;

    use super::*;
    use crate::broadcast::check::{Level, What};
    use crate::broadcast::preview::{Preview, preview};
    use crate::broadcast::testing::{input, make, order};
    use crate::broadcast::{BroadcastInput, Command};
    use crate::delivery::testing::{PLAIN, World};
    use crate::delivery::{Lane, Reason};
    use crate::schema::MIGRATIONS;

    async fn look(world: &World, id: BroadcastId) -> Preview {
        preview(&world.store, &world.catalogs, (world.workspace, id), world.now()).await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_else_the_same_people_get_on_the_day() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            let people = world.friends(0, 40).await;
            let (template, _) = world.template(PLAIN).await;
            let promised = |input| BroadcastInput { lane: Lane::Promised, ..input };
            let some = |n: usize| Audience::Contacts { contacts: people[..n].to_vec() };
            let sent = make(&world, BroadcastInput { audience: some(10), ..input(&world, template) }).await;
            order(&world, sent, Command::Confirm).await.unwrap();
            world.settle().await;
            let evening = world.now() + 3_600_000;
            let planned = make(&world, promised(BroadcastInput { send_at: Some(evening), ..input(&world, template) })).await;
            let tomorrow = evening + 86_400_000;
            let later = make(&world, promised(BroadcastInput { send_at: Some(tomorrow), ..input(&world, template) })).await;
            for id in [planned, later] {
                order(&world, id, Command::Confirm).await.unwrap();
            }
            let id = make(&world, promised(BroadcastInput { audience: some(15), ..input(&world, template) })).await;
            let found = look(&world, id).await.overlaps;
            let told: Vec<_> = found.iter().map(|one| (one.kind, one.id, one.people)).collect();
            assert_eq!(told, [(Kind::Planned, planned.0, Some(15)), (Kind::Sent, sent.0, Some(10))]);
            assert!(found.iter().all(|one| !one.name.is_empty()));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_has_no_value_is_counted_and_the_sample_is_drawn_from_the_others() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            world.friends(0, 50).await;
            world
                .run("UPDATE contacts SET display_name = NULL WHERE workspace_id = $1 AND display_name IN ('客1', '客2', '客3')")
                .await;
            let said = |text: &str| format!(r#"[{{"type":"text","text":"{text}"}}]"#);
            let (strict, _) = world.template(&said("{{name}}さん")).await;
            let strict = make(&world, input(&world, strict)).await;
            let shown = look(&world, strict).await;
            assert_eq!((shown.recipients, shown.refused.get(&Reason::MissingVariable)), (47, Some(&3)));
            let variables = shown.variables.clone().unwrap();
            assert_eq!(
                (variables.level, variables.places[0].what, variables.places[0].people),
                (Level::Warn, What::VariableEmpty, 3)
            );
            assert!(shown.sample.len() == 30 && shown.sample.iter().all(|one| one.name.is_some()));
            assert_eq!(look(&world, strict).await.sample, shown.sample, "the same lot");
            let (mild, _) = world.template(&said("{{name|お客様}}さん")).await;
            let mild = make(&world, input(&world, mild)).await;
            let shown = look(&world, mild).await;
            assert_eq!(shown.recipients, 50);
            let place = &shown.variables.unwrap().places[0];
            assert_eq!((place.what, place.detail.as_str(), place.people), (What::VariableInstead, "お客様", 3));
            let (same, _) = world.template(PLAIN).await;
            let same = make(&world, input(&world, same)).await;
            assert_eq!(look(&world, same).await.variables, None);
        })
        .await;
    }
}
