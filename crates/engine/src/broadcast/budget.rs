//! 販促の予算: what marketing broadcasts of LINE's month cost at most, and whether one more fits.
//!
//! Broadcasts alone: what rules and journeys say is not known before. A broadcast counts with its whole audience from its
//! first message on, so that one which has begun is never cut in the middle.

use store::{Tx, params};
use uuid::Uuid;

use super::preview::YEN_PER_MESSAGE;
use super::{Broadcast, db};
use crate::Result;
use crate::delivery::{Lane, Policy, quota};
use crate::ids::WorkspaceId;

// Of two that begin at the same moment the later one gives way. Who had their turn in another month counts there.
const SPENT: &str = "SELECT CAST(COALESCE(SUM(COALESCE((SELECT MIN(n.had) FROM broadcast_months n
      WHERE n.workspace_id = b.workspace_id AND n.broadcast_id = b.id AND n.month > $5), b.total) - COALESCE(m.had, 0)), 0) AS BIGINT)
  FROM broadcasts b
  LEFT JOIN broadcast_months m ON m.workspace_id = b.workspace_id AND m.broadcast_id = b.id AND m.month = $5
  WHERE b.workspace_id = $1 AND b.lane = 'marketing' AND b.state IN ('sending', 'paused', 'done', 'cancelled')
    AND (b.hold IS NULL OR b.hold <> 'budget')
    AND (m.had IS NOT NULL OR b.started_at >= $2 AND (b.started_at < $3 OR b.started_at = $3 AND b.id < $4))";
const GOES_ON: &str = "INSERT INTO broadcast_months (workspace_id, broadcast_id, month, had) VALUES ($1, $2, $3, $4)
  ON CONFLICT (workspace_id, broadcast_id, month) DO NOTHING";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[SPENT, GOES_ON];

fn is_of_this_month(broadcast: &Broadcast, now: i64) -> bool {
    broadcast.started_at.is_none_or(|at| quota::month_of(at) == quota::month_of(now))
}

/// Before its first message: one that has waited into another of LINE's months begins in that one.
pub(super) fn begins(tx: &mut Tx<'_>, broadcast: Broadcast, now: i64) -> Result<Broadcast> {
    if is_of_this_month(&broadcast, now) {
        return Ok(broadcast);
    }
    let broadcast = Broadcast { started_at: Some(now), ..broadcast };
    db::save(tx, &broadcast, now)?;
    Ok(broadcast)
}

/// Before its next messages: `had` recipients had their turn by now, and those who come in this month count in it.
pub(super) fn goes_on(tx: &mut Tx<'_>, broadcast: &Broadcast, had: i64, now: i64) -> Result<()> {
    if !is_of_this_month(broadcast, now) {
        tx.execute(GOES_ON, &params![broadcast.workspace, broadcast.id, quota::month_of(now), had])?;
    }
    Ok(())
}

/// Yen at most that marketing broadcasts cost in the month of `from`, where they began before `until` (Unix ms), or at that
/// moment with a lesser id.
fn spent_until(tx: &mut Tx<'_>, workspace: WorkspaceId, from: i64, (until, id): (i64, Uuid)) -> Result<i64> {
    let values = params![workspace, from, until, id, quota::month_of(from)];
    let people: i64 = tx.query_one(SPENT, &values, |row| row.get(0))?;
    Ok(people * YEN_PER_MESSAGE)
}

/// Yen left of the month's budget after so many messages; negative when they do not fit, `None` without a budget.
pub(super) fn left_after(
    tx: &mut Tx<'_>,
    policy: &Policy,
    broadcast: &Broadcast,
    messages: i64,
    starts: i64,
) -> Result<Option<i64>> {
    let Some(yen) = policy.budget.yen_per_month.filter(|_| broadcast.lane == Lane::Marketing) else { return Ok(None) };
    let spent = spent_until(tx, broadcast.workspace, quota::this_month(starts), (starts, broadcast.id.0))?;
    Ok(Some(yen - spent - messages * YEN_PER_MESSAGE))
}

/// Yen at most that marketing broadcasts cost from the beginning of one of LINE's months until an instant in or at the end
/// of it, Unix ms, that instant not included.
///
/// # Errors
/// The database's.
pub fn spent(tx: &mut Tx<'_>, workspace: WorkspaceId, from: i64, until: i64) -> Result<i64> {
    spent_until(tx, workspace, from, (until, Uuid::nil()))
}

#[cfg(test)]
mod tests {
    use store::testing::both;

    use crate::broadcast::testing::{find, heard, input, make, order};
    use crate::broadcast::{BroadcastInput, Command, Hold, State};
    use crate::delivery::quota;
    use crate::delivery::testing::{PLAIN, World};
    use crate::schema::MIGRATIONS;
    use crate::workspace::set_setting;

    async fn allow(world: &World, yen: i64) {
        let (workspace, json) = (world.workspace, serde_json::json!({ "budget": { "yen_per_month": yen } }).to_string());
        world.store.write(move |tx| set_setting(tx, workspace, "policy", &json)).await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_does_not_fit_waits_before_its_first_message() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            world.friends(0, 100).await;
            let (template, _) = world.template(PLAIN).await;
            let send = async || {
                let id = make(&world, input(&world, template)).await;
                order(&world, id, Command::Confirm).await.unwrap();
                world.settle().await;
                id
            };
            allow(&world, 299).await;
            let first = send().await;
            let waiting = find(&world, first).await;
            assert_eq!((waiting.state, waiting.hold), (State::Paused, Some(Hold::Budget)));
            assert_eq!(world.stub.calls().len(), 0);
            // Going on without more money changes nothing.
            order(&world, first, Command::Resume).await.unwrap();
            world.settle().await;
            assert_eq!(find(&world, first).await.hold, Some(Hold::Budget));

            allow(&world, 599).await;
            order(&world, first, Command::Resume).await.unwrap();
            world.settle().await;
            assert_eq!(find(&world, first).await.state, State::Done);
            let second = send().await;
            assert_eq!(find(&world, second).await.hold, Some(Hold::Budget), "300 of 599 are spent");
        })
        .await;
    }

    const TEN_DAYS: i64 = 10 * 86_400_000;

    /// Yen of (the month before, this month).
    async fn spent(world: &World) -> (i64, i64) {
        let (workspace, now) = (world.workspace, world.now());
        let this = quota::this_month(now);
        let sums = world.store.read(move |tx| {
            let before = super::spent(tx, workspace, quota::this_month(this - 1), this)?;
            Ok::<_, crate::Error>((before, super::spent(tx, workspace, this, now + 1)?))
        });
        sums.await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_waited_into_another_month_counts_there() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            world.friends(0, 100).await;
            let (template, _) = world.template(PLAIN).await;
            let not_after = Some(world.now() + 2 * TEN_DAYS);
            let send = async || {
                let id = make(&world, BroadcastInput { not_after, ..input(&world, template) }).await;
                order(&world, id, Command::Confirm).await.unwrap();
                world.settle().await;
                id
            };
            allow(&world, 599).await;
            send().await;
            let waiting = send().await;
            assert_eq!(find(&world, waiting).await.hold, Some(Hold::Budget));
            world.advance(TEN_DAYS);
            order(&world, waiting, Command::Resume).await.unwrap();
            world.settle().await;
            assert_eq!(find(&world, waiting).await.state, State::Done, "the new month has money");
            assert_eq!(spent(&world).await, (300, 300));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_goes_on_in_another_month_counts_where_it_is_sent() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            world.friends(0, 100).await;
            let (template, _) = world.template(PLAIN).await;
            let not_after = Some(world.now() + 2 * TEN_DAYS);
            allow(&world, 400).await;
            let first = BroadcastInput { not_after, first_percent: Some(50), ..input(&world, template) };
            let first = make(&world, first).await;
            order(&world, first, Command::Confirm).await.unwrap();
            world.settle().await;
            assert_eq!(find(&world, first).await.hold, Some(Hold::FirstPercent));
            let had = i64::try_from(heard(&world).len()).unwrap() * super::YEN_PER_MESSAGE;
            assert!((1..300).contains(&had), "{had}");
            world.advance(TEN_DAYS);
            assert_eq!(spent(&world).await, (300, 0), "nothing has been sent in the new month");
            order(&world, first, Command::Resume).await.unwrap();
            world.settle().await;
            assert_eq!(find(&world, first).await.state, State::Done);
            assert_eq!(spent(&world).await, (had, 300 - had));
            world.advance(86_400_000);
            let next = make(&world, BroadcastInput { not_after, ..input(&world, template) }).await;
            order(&world, next, Command::Confirm).await.unwrap();
            world.settle().await;
            assert_eq!(find(&world, next).await.hold, Some(Hold::Budget), "400 are not enough for both");
        })
        .await;
    }
}
