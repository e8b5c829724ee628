//! What became of each recipient of a broadcast, for a second one: to those it reached (お詫び), or to those it did not
//! (再送). Read from the ledger itself, in windows of positions, so that nobody is taken twice and nobody is guessed.

use std::collections::{BTreeMap, HashMap};

use store::{Tx, params};
use uuid::Uuid;

use super::snapshot::COMPLETE;
use super::{Broadcast, Counts, Hold, State, db};
use crate::Result;
use crate::delivery::{DeliveryState, Reason, RequestState};
use crate::ids::{BroadcastId, ContactId, SHARDS, WorkspaceId};

/// Positions of every shard looked at in one step.
const WINDOW: i64 = 125;

/// The live request of a position is the last one that begins at or before it: live ranges do not overlap.
const ROWS: &str = "SELECT r.shard, r.contact_id, x.state, x.reason, q.state
    FROM broadcast_recipients r
    LEFT JOIN broadcast_exceptions x ON x.workspace_id = r.workspace_id AND x.broadcast_id = r.broadcast_id
      AND x.shard = r.shard AND x.pos = r.pos
    LEFT JOIN requests q ON q.workspace_id = r.workspace_id AND q.id = (
      SELECT n.id FROM requests n WHERE n.workspace_id = r.workspace_id AND n.broadcast_id = r.broadcast_id
        AND n.shard = r.shard AND n.pos_from <= r.pos AND n.state <> 'split' ORDER BY n.pos_from DESC LIMIT 1)
      AND q.pos_to > r.pos
    WHERE r.workspace_id = $1 AND r.broadcast_id = $2 AND r.shard = ANY($3) AND r.pos >= $4 AND r.pos < $5
    ORDER BY r.contact_id";
const MOVED: &str = "SELECT contact_id, state, reason FROM deliveries
    WHERE workspace_id = $1 AND cause_id = $2 AND cause_kind = 'broadcast' AND contact_id = ANY($3)";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[ROWS, MOVED];

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

/// Whether this recipient is wanted.
fn is_wanted(source: &Broadcast, wanted: Wanted, told: Told) -> bool {
    let (state, reason) = match (told.exception, told.request) {
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
    };
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
    let shards: Vec<i64> = (0..SHARDS).collect();
    let rows = tx.query(ROWS, &params![workspace, source.id, &shards, start, start.saturating_add(WINDOW)], |row| {
        Ok((
            row.get::<i64>(0)?,
            row.get::<ContactId>(1)?,
            row.get::<Option<String>>(2)?,
            row.get::<Option<String>>(3)?,
            row.get::<Option<RequestState>>(4)?,
        ))
    })?;
    let moved: Vec<Uuid> =
        rows.iter().filter(|(_, _, state, ..)| state.as_deref() == Some("moved")).map(|(_, contact, ..)| contact.0).collect();
    let moved = if moved.is_empty() { HashMap::new() } else { elsewhere(tx, (workspace, source.id), &moved)? };
    let fits = |(shard, contact, state, reason, request): (i64, ContactId, Option<String>, Option<String>, _)| {
        let exception = match state.as_deref() {
            None => None,
            Some("moved") => Some(moved.get(&contact).copied().unwrap_or((DeliveryState::Unknown, None))),
            Some(word) => Some((word.parse().unwrap_or(DeliveryState::Unknown), reason.and_then(|word| word.parse().ok()))),
        };
        is_wanted(&source, wanted, Told { exception, request }).then_some((shard, contact))
    };
    let found = rows.into_iter().filter_map(fits).collect();
    let next = start.saturating_add(WINDOW);
    let to = if next >= end { COMPLETE } else { Uuid::from_u128(u128::try_from(next).unwrap_or(u128::MAX)) };
    Ok((to, found))
}

/// What became of recipients whose message went by the outbox.
fn elsewhere(
    tx: &mut Tx<'_>,
    (workspace, source): (WorkspaceId, BroadcastId),
    contacts: &[Uuid],
) -> Result<HashMap<ContactId, (DeliveryState, Option<Reason>)>> {
    let rows = tx.query(MOVED, &params![workspace, source, contacts], |row| {
        Ok((row.get::<ContactId>(0)?, (row.get::<DeliveryState>(1)?, row.get::<Option<Reason>>(2)?)))
    })?;
    Ok(rows.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use line::client::Outcome;
    use store::testing::both;

    use super::*;
    use crate::broadcast::testing::{counts_of, draft, input, make, order};
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

    fn heard_of(world: &World, except: &BTreeSet<String>) -> BTreeSet<String> {
        crate::broadcast::testing::heard(world).into_keys().filter(|user| !except.contains(user)).collect()
    }
}
