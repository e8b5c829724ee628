//! 販促の予算: what marketing broadcasts of LINE's month cost at most, and whether one more fits.
//!
//! Broadcasts alone: what rules and journeys say is not known before. A broadcast counts with its whole audience from its
//! first message on, so that one which has begun is never cut in the middle.

use store::{Tx, params};

use super::Broadcast;
use super::preview::YEN_PER_MESSAGE;
use crate::Result;
use crate::delivery::{Lane, Policy, quota};
use crate::ids::WorkspaceId;

// Of two that begin at the same moment the later one gives way.
const SPENT: &str = "SELECT CAST(COALESCE(SUM(total), 0) AS BIGINT) FROM broadcasts
  WHERE workspace_id = $1 AND lane = 'marketing' AND started_at >= $2 AND state IN ('sending', 'paused', 'done', 'cancelled')
    AND (hold IS NULL OR hold <> 'budget') AND (started_at < $3 OR started_at = $3 AND id < $4)";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[SPENT];

/// Yen at most that this month's marketing broadcasts cost which began before `broadcast` does, at `starts` (Unix ms).
fn spent_before(tx: &mut Tx<'_>, broadcast: &Broadcast, starts: i64) -> Result<i64> {
    let since = quota::this_month(starts);
    let people: i64 = tx.query_one(SPENT, &params![broadcast.workspace, since, starts, broadcast.id], |row| row.get(0))?;
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
    Ok(Some(yen - spent_before(tx, broadcast, starts)? - messages * YEN_PER_MESSAGE))
}

/// Yen at most that marketing broadcasts cost which began in a span (Unix ms), its end not included.
///
/// # Errors
/// The database's.
pub fn spent(tx: &mut Tx<'_>, workspace: WorkspaceId, from: i64, until: i64) -> Result<i64> {
    let nobody = uuid::Uuid::nil();
    let people: i64 = tx.query_one(SPENT, &params![workspace, from, until, nobody], |row| row.get(0))?;
    Ok(people * YEN_PER_MESSAGE)
}

#[cfg(test)]
mod tests {
    use store::testing::both;

    use crate::broadcast::testing::{find, input, make, order};
    use crate::broadcast::{Command, Hold, State};
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
}
