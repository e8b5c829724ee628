//! What became of each recipient of a broadcast, for a second one: to those it reached (お詫び), or to those it did not
//! (再送). Read from the ledger itself, in windows of positions, so that nobody is taken twice and nobody is guessed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use store::{Row, Tx, params};
use uuid::Uuid;

use super::snapshot::COMPLETE;
use super::{Broadcast, Counts, Hold, State, db};
use crate::Result;
use crate::contact::merge;
use crate::delivery::{DeliveryState, Reason, RequestState};
use crate::ids::{BroadcastId, ContactId, SHARDS, WorkspaceId, shard_of};

/// Positions of every shard looked at in one step.
const WINDOW: i64 = 125;

/// The live request of a position is the last one that begins at or before it: live ranges do not overlap.
macro_rules! rows {
    ($which:literal) => {
        concat!(
            "SELECT r.contact_id, x.state, x.reason, q.state
    FROM broadcast_recipients r
    LEFT JOIN broadcast_exceptions x ON x.workspace_id = r.workspace_id AND x.broadcast_id = r.broadcast_id
      AND x.shard = r.shard AND x.pos = r.pos
    LEFT JOIN requests q ON q.workspace_id = r.workspace_id AND q.id = (
      SELECT n.id FROM requests n WHERE n.workspace_id = r.workspace_id AND n.broadcast_id = r.broadcast_id
        AND n.shard = r.shard AND n.pos_from <= r.pos AND n.state <> 'split' ORDER BY n.pos_from DESC LIMIT 1)
      AND q.pos_to > r.pos
    WHERE r.workspace_id = $1 AND r.broadcast_id = $2 AND r.shard = ANY($3) AND ",
            $which,
            " ORDER BY r.contact_id"
        )
    };
}

const ROWS: &str = rows!("r.pos >= $4 AND r.pos < $5");
const ROWS_OF: &str = rows!("r.contact_id = ANY($4)");
const MOVED: &str = "SELECT contact_id, state, reason FROM deliveries
    WHERE workspace_id = $1 AND cause_id = $2 AND cause_kind = 'broadcast' AND contact_id = ANY($3)";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[ROWS, ROWS_OF, MOVED];

/// Which recipients are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// LINE has it.
    Reached,
    /// LINE surely has it not, and a second try may do.
    Missed,
}

/// Whether who was refused for this may be tried again. Who blocked the account, withdrew consent or is excluded would
/// only be refused again.
pub const fn may_try_again(reason: Reason) -> bool {
    match reason {
        Reason::Expired
        | Reason::Cap
        | Reason::Quota
        | Reason::MissingVariable
        | Reason::Invalid
        | Reason::Cancelled
        | Reason::LineRefused
        | Reason::Standby
        | Reason::ReplyToken => true,
        Reason::NotFriend
        | Reason::Blocked
        | Reason::Deleted
        | Reason::NoConsent
        | Reason::ExcludedStaff
        | Reason::ExcludedComplaint
        | Reason::ExcludedWaiting
        | Reason::ExcludedBought
        | Reason::ExcludedGroup
        | Reason::Holdout
        | Reason::Erased => false,
    }
}

/// How many a second try would be for, and who is left out of it, by reason.
pub fn missed(counts: &Counts) -> (i64, BTreeMap<Reason, i64>) {
    let (again, never): (BTreeMap<Reason, i64>, _) = counts.refused.iter().partition(|(reason, _)| may_try_again(**reason));
    (counts.failed + again.values().sum::<i64>(), never)
}

/// What the ledger tells of one recipient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Told {
    exception: Option<(DeliveryState, Option<Reason>)>,
    request: Option<RequestState>,
}

/// Where this recipient stands.
fn standing(source: &Broadcast, told: Told) -> (DeliveryState, Option<Reason>) {
    match (told.exception, told.request) {
        (Some(exception), _) => exception,
        (None, Some(RequestState::Accepted)) => (DeliveryState::Accepted, None),
        (None, Some(RequestState::Failed)) => (DeliveryState::Failed, None),
        (None, Some(RequestState::Unknown)) => (DeliveryState::Unknown, None),
        (None, Some(RequestState::Open | RequestState::Split)) => (DeliveryState::Sending, None),
        (None, None) if source.state == State::Cancelled => (DeliveryState::Refused, Some(Reason::Cancelled)),
        (None, None) if source.state == State::Done || source.hold == Some(Hold::Expired) => {
            (DeliveryState::Refused, Some(Reason::Expired))
        }
        (None, None) => (DeliveryState::Queued, None),
    }
}

/// Whether this recipient is wanted.
fn is_wanted(source: &Broadcast, wanted: Wanted, told: Told) -> bool {
    let (state, reason) = standing(source, told);
    match (wanted, state) {
        (Wanted::Reached, DeliveryState::Accepted) => true,
        (Wanted::Missed, DeliveryState::Failed) => reason.is_none_or(may_try_again),
        (Wanted::Missed, DeliveryState::Refused) => reason.is_some_and(may_try_again),
        _ => false,
    }
}

/// The wanted recipients of `source` behind `from`, in order of contact, and where to go on. A cursor is a position here.
pub(super) fn members(
    tx: &mut Tx<'_>,
    (workspace, source): (WorkspaceId, BroadcastId),
    wanted: Wanted,
    from: Uuid,
) -> Result<(Uuid, Vec<(i64, ContactId)>)> {
    let source = db::find(tx, workspace, source)?;
    let end = db::shards(tx, workspace, source.id)?.iter().map(|shard| shard.total).max().unwrap_or(0);
    let start = i64::try_from(from.as_u128()).unwrap_or(i64::MAX);
    let next = start.saturating_add(WINDOW);
    let shards: Vec<i64> = (0..SHARDS).collect();
    let rows = tx.query(ROWS, &params![workspace, source.id, &shards, start, next], read)?;
    let told = told(tx, &source, rows)?;
    let found = told.into_iter().filter(|(_, told)| is_wanted(&source, wanted, *told)).map(|(contact, _)| contact).collect();
    let found = as_persons(tx, &source, wanted, found)?;
    let to = if next >= end { COMPLETE } else { Uuid::from_u128(u128::try_from(next).unwrap_or(u128::MAX)) };
    Ok((to, found.into_iter().map(|contact| (shard_of(workspace, contact), contact)).collect()))
}

/// A recipient as the ledger has it: exception, its reason, request.
type Recipient = (ContactId, Option<String>, Option<String>, Option<RequestState>);

fn read(row: &Row<'_>) -> store::Result<Recipient> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

/// What the ledger tells of these, and the outbox of those who went by it.
fn told(tx: &mut Tx<'_>, source: &Broadcast, rows: Vec<Recipient>) -> Result<Vec<(ContactId, Told)>> {
    let moved: Vec<ContactId> =
        rows.iter().filter(|(_, state, ..)| state.as_deref() == Some("moved")).map(|(contact, ..)| *contact).collect();
    let moved = if moved.is_empty() { HashMap::new() } else { elsewhere(tx, source, &moved)? };
    let tell = |(contact, state, reason, request): Recipient| {
        let exception = match state.as_deref() {
            None => None,
            Some("moved") => Some(moved.get(&contact).copied().unwrap_or((DeliveryState::Unknown, None))),
            Some(word) => Some((word.parse().unwrap_or(DeliveryState::Unknown), reason.and_then(|word| word.parse().ok()))),
        };
        (contact, Told { exception, request })
    };
    Ok(rows.into_iter().map(tell).collect())
}

/// Those of `found` as they are now: who went into another since is meant as that one. Who was listed more than once is
/// taken once, by the first that is wanted, and is not missed where any of them has it or may have it.
fn as_persons(tx: &mut Tx<'_>, source: &Broadcast, wanted: Wanted, found: Vec<ContactId>) -> Result<Vec<ContactId>> {
    let workspace = source.workspace;
    let gone = merge::gone_into(tx, workspace, &found)?;
    let now: BTreeSet<ContactId> = found.iter().map(|id| gone.get(id).copied().unwrap_or(*id)).collect();
    let merged = merge::merged_into(tx, workspace, &now.into_iter().collect::<Vec<_>>())?;
    if merged.is_empty() {
        return Ok(found);
    }
    let gone = merge::gone_into(tx, workspace, &merged.iter().map(|one| one.gone).collect::<Vec<_>>())?;
    let person = |id: &ContactId| gone.get(id).copied().unwrap_or(*id);
    let family: BTreeSet<ContactId> = gone.iter().flat_map(|(gone, kept)| [*gone, *kept]).collect();
    let shards: BTreeSet<i64> = family.iter().map(|id| shard_of(workspace, *id)).collect();
    let key = params![workspace, source.id, shards.into_iter().collect::<Vec<i64>>(), ids(&family)];
    let rows = tx.query(ROWS_OF, &key, read)?;
    let (mut first, mut heard) = (BTreeMap::new(), BTreeSet::new());
    for (id, told) in told(tx, source, rows)? {
        if is_wanted(source, wanted, told) {
            first.entry(person(&id)).or_insert(id);
        } else if !matches!(standing(source, told).0, DeliveryState::Refused | DeliveryState::Failed) {
            heard.insert(person(&id));
        }
    }
    let is_first = |id: &ContactId| !family.contains(id) || (first.get(&person(id)) == Some(id) && !heard.contains(&person(id)));
    let mut persons: Vec<ContactId> = found.iter().filter(|id| is_first(id)).map(person).collect();
    persons.sort_unstable();
    Ok(persons)
}

fn ids<'a>(contacts: impl IntoIterator<Item = &'a ContactId>) -> Vec<Uuid> {
    contacts.into_iter().map(|id| id.0).collect()
}

/// What became of recipients whose message went by the outbox, where it goes along when two are made one.
fn elsewhere(
    tx: &mut Tx<'_>,
    source: &Broadcast,
    contacts: &[ContactId],
) -> Result<HashMap<ContactId, (DeliveryState, Option<Reason>)>> {
    let gone = merge::gone_into(tx, source.workspace, contacts)?;
    let asked = ids(contacts.iter().chain(gone.values()));
    let rows = tx.query(MOVED, &params![source.workspace, source.id, asked], |row| {
        Ok((row.get::<ContactId>(0)?, (row.get::<DeliveryState>(1)?, row.get::<Option<Reason>>(2)?)))
    })?;
    let found: HashMap<_, _> = rows.into_iter().collect();
    let of = |id: &ContactId| Some((*id, *found.get(id).or_else(|| found.get(gone.get(id)?))?));
    Ok(contacts.iter().filter_map(of).collect())
}

#[cfg(test)]
mod tests {
    use line::client::Outcome;
    use store::testing::both;

    use super::*;
    use crate::broadcast::testing::{act, counts_of, draft, input, make, order};
    use crate::broadcast::{Audience, BroadcastInput, Command};
    use crate::delivery::Lane;
    use crate::delivery::testing::{PLAIN, World, contact, ok, refusal, user_id};
    use crate::schema::MIGRATIONS;

    #[test]
    fn a_recipient_is_reached_or_missed_or_left_alone() {
        use DeliveryState::{Accepted, Failed, Refused};
        let told = |exception, request| Told { exception, request };
        let (done, running) = (Broadcast { state: State::Done, ..draft() }, Broadcast { state: State::Sending, ..draft() });
        let cancelled = Broadcast { state: State::Cancelled, ..draft() };
        for (source, told, reached, missed) in [
            (&done, told(None, Some(RequestState::Accepted)), true, false),
            (&done, told(None, Some(RequestState::Failed)), false, true),
            (&done, told(None, Some(RequestState::Unknown)), false, false),
            (&running, told(None, Some(RequestState::Open)), false, false),
            (&running, told(None, None), false, false),
            (&cancelled, told(None, None), false, true),
            (&done, told(None, None), false, true),
            (&done, told(Some((Refused, Some(Reason::Blocked))), Some(RequestState::Accepted)), false, false),
            (&done, told(Some((Refused, Some(Reason::Quota))), Some(RequestState::Accepted)), false, true),
            (&done, told(Some((Failed, Some(Reason::LineRefused))), Some(RequestState::Accepted)), false, true),
            (&done, told(Some((Accepted, None)), None), true, false),
        ] {
            assert_eq!(is_wanted(source, Wanted::Reached, told), reached, "{told:?}");
            assert_eq!(is_wanted(source, Wanted::Missed, told), missed, "{told:?}");
        }
    }

    #[test]
    fn a_second_try_leaves_out_who_would_be_refused_again() {
        let refused = BTreeMap::from([(Reason::Blocked, 3), (Reason::Quota, 5), (Reason::Cap, 7)]);
        let counts = Counts { failed: 2, unknown: 9, refused, ..Counts::default() };
        assert_eq!(missed(&counts), (14, BTreeMap::from([(Reason::Blocked, 3)])));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_apology_goes_to_whom_it_reached_and_a_second_try_to_the_others() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            world.friends(0, 600).await;
            world.run("UPDATE friendships SET state = 'blocked' WHERE workspace_id = $1 AND user_id < 'U0000000000000000000000000000000b'").await;
            let refused: BTreeSet<String> = [100, 200, 300].map(|n| user_id(contact(n))).into();
            let wrong = refused.clone();
            world.stub.answer(move |request| {
                let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
                assert!(body["customAggregationUnits"][0].is_string(), "LINE counts it, also what is cut: {body}");
                match body["to"].as_array().unwrap().iter().position(|to| wrong.contains(to.as_str().unwrap())) {
                    None => ok(),
                    Some(at) => Outcome::RefusedForGood(refusal(
                        400,
                        &format!("The property, to[{at}], in the request body is invalid (line: -, column: -)"),
                    )),
                }
            });
            let (template, _) = world.template(PLAIN).await;
            let everybody = Audience::Condition { condition: serde_json::from_str(r#"{"is":"all","of":[]}"#).unwrap() };
            let input = BroadcastInput { first_percent: Some(50), lane: Lane::Transactional, audience: everybody, ..input(&world, template) };
            let source = make(&world, input.clone()).await;
            order(&world, source, Command::Confirm).await.unwrap();
            world.settle().await;
            let reached: BTreeSet<String> = heard_of(&world, &refused);
            assert!((290..=310).contains(&reached.len()), "{}", reached.len());
            order(&world, source, Command::Cancel).await.unwrap();
            let counts = counts_of(&world, source).await;
            assert_eq!(counts.accepted, i64::try_from(reached.len()).unwrap());

            world.stub.calls.lock().unwrap().clear();
            world.stub.answer(|_| ok());
            let again = |audience| BroadcastInput { audience, first_percent: None, ..input.clone() };
            let sorry = make(&world, again(Audience::Reached { broadcast: source })).await;
            order(&world, sorry, Command::Confirm).await.unwrap();
            world.settle().await;
            assert_eq!(heard_of(&world, &BTreeSet::new()), reached);

            world.stub.calls.lock().unwrap().clear();
            let rest = make(&world, again(Audience::Missed { broadcast: source })).await;
            let (wanted, left_out) = missed(&counts);
            assert_eq!(left_out.keys().copied().collect::<Vec<_>>(), [Reason::Blocked]);
            order(&world, rest, Command::Confirm).await.unwrap();
            world.settle().await;
            let second = heard_of(&world, &BTreeSet::new());
            assert!(second.is_disjoint(&reached), "nobody hears it twice");
            let counts = counts_of(&world, rest).await;
            assert_eq!(counts.total(), wanted);
            assert_eq!(counts.total(), counts.accepted + counts.refused.values().sum::<i64>(), "who blocked before it began is refused");
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn whoever_went_into_another_since_is_meant_as_that_one() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            let mut people = world.friends(0, 12).await;
            people.sort_by_key(|id| (shard_of(world.workspace, *id), *id));
            // Two who had no LINE account of their own and are, as it turns out, the first and the last who have one.
            let (early, late, unlisted, listed) = (people[0], people[11], people[5], people[10]);
            for other in [unlisted, listed] {
                let workspace = world.workspace;
                let sql = "DELETE FROM friendships WHERE workspace_id = $1 AND contact_id = $2";
                world.store.write(move |tx| tx.execute(sql, &params![workspace, other])).await.unwrap();
            }
            people.retain(|id| *id != unlisted);
            let (template, _) = world.template(PLAIN).await;
            let audience = Audience::Contacts { contacts: people.clone() };
            let source = BroadcastInput { audience, first_percent: Some(50), ..input(&world, template) };
            let source = make(&world, BroadcastInput { lane: Lane::Transactional, ..source }).await;
            order(&world, source, Command::Confirm).await.unwrap();
            world.settle().await;
            let reached = heard_of(&world, &BTreeSet::new());
            assert!(reached.contains(&user_id(early)) && !reached.contains(&user_id(late)));
            order(&world, source, Command::Cancel).await.unwrap();
            for (kept, gone) in [(unlisted, late), (listed, early)] {
                let act = act(&world);
                world.store.write(move |tx| merge::merge(tx, &act, kept, gone).map(drop)).await.unwrap();
            }
            for (audience, expected) in [
                (Audience::Reached { broadcast: source }, reached.clone()),
                (
                    Audience::Missed { broadcast: source },
                    people
                        .iter()
                        .map(|id| user_id(*id))
                        .filter(|user| !reached.contains(user) && *user != user_id(listed))
                        .collect(),
                ),
            ] {
                world.stub.calls.lock().unwrap().clear();
                let next = BroadcastInput { audience, lane: Lane::Transactional, ..input(&world, template) };
                let next = make(&world, next).await;
                order(&world, next, Command::Confirm).await.unwrap();
                world.settle().await;
                let heard = crate::broadcast::testing::heard(&world);
                assert!(heard.values().all(|times| *times == 1), "{heard:?}");
                assert_eq!(heard.into_keys().collect::<BTreeSet<_>>(), expected);
            }
        })
        .await;
    }

    fn heard_of(world: &World, except: &BTreeSet<String>) -> BTreeSet<String> {
        crate::broadcast::testing::heard(world).into_keys().filter(|user| !except.contains(user)).collect()
    }
}
