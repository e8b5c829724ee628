//! 再送 once only: who was not reached is tried again from the last try, never twice from the first.

use store::{Tx, params};

use super::{Audience, State, db};
use crate::ids::{BroadcastId, WorkspaceId};
use crate::{Error, Result};

/// A second try counts once it is confirmed, also when it was stopped halfway: somebody may have it.
const SECOND_TRY: &str = "SELECT id, name FROM broadcasts WHERE workspace_id = $1 AND audience = $2
    AND (state NOT IN ('draft', 'cancelled') OR (state = 'cancelled' AND started_at IS NOT NULL))
    ORDER BY created_at DESC, id DESC LIMIT 1";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[SECOND_TRY];

/// The last second try of `source`, with its name.
///
/// # Errors
/// The database's.
pub fn second_try(tx: &mut Tx<'_>, workspace: WorkspaceId, source: BroadcastId) -> Result<Option<(BroadcastId, String)>> {
    let audience = db::written(&Audience::Missed { broadcast: source });
    Ok(tx.query_opt(SECOND_TRY, &params![workspace, audience], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Refuses an audience whose second try stands already.
///
/// # Errors
/// `already_resent`; the database's.
pub(super) fn refuse_third(tx: &mut Tx<'_>, workspace: WorkspaceId, audience: &Audience) -> Result<()> {
    let Audience::Missed { broadcast } = audience else { return Ok(()) };
    match second_try(tx, workspace, *broadcast)? {
        None => Ok(()),
        Some((_, name)) => Err(Error::conflict(
            "already_resent",
            format!(
                "この一斉配信は「{name}」で再送しています。それでも届かなかった方へは、「{name}」の画面から再送してください。"
            ),
        )),
    }
}

/// Whether a second try may be confirmed. The first try's row stays locked until the order is written: of two colleagues
/// who confirm at once, the later one sees what the earlier one did.
///
/// # Errors
/// `broadcast_state` while the first try is not over: who it reaches is not known before; `already_resent`; the database's.
pub(super) fn claim(tx: &mut Tx<'_>, workspace: WorkspaceId, audience: &Audience) -> Result<()> {
    let Audience::Missed { broadcast } = audience else { return Ok(()) };
    let source = db::lock(tx, workspace, *broadcast).map_err(|error| match error {
        Error::NotFound => Error::bad("unknown", "audience.broadcast", "もとの一斉配信が見つかりません。"),
        error => error,
    })?;
    if !matches!(source.state, State::Done | State::Cancelled) {
        return Err(Error::conflict(
            "broadcast_state",
            format!("もとの一斉配信「{}」がまだ終わっていません。完了するか中止してから、再送してください。", source.name),
        ));
    }
    refuse_third(tx, workspace, audience)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;
    use std::sync::mpsc;
    use std::time::Duration;

    use line::client::Outcome;
    use store::testing::both;

    use super::*;
    use crate::broadcast::testing::{act, counts_of, find, input, make, order};
    use crate::broadcast::{BroadcastInput, Command};
    use crate::delivery::Lane;
    use crate::delivery::testing::{PLAIN, World, ok, refusal};
    use crate::schema::MIGRATIONS;

    #[tokio::test(flavor = "multi_thread")]
    async fn an_apology_waits_until_line_has_answered_for_everybody() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            world.friends(0, 4).await;
            let (template, _) = world.template(PLAIN).await;
            world.stub.stopped.store(true, Ordering::Relaxed);
            let wrong = make(&world, input(&world, template)).await;
            order(&world, wrong, Command::Confirm).await.unwrap();
            world.settle().await;
            order(&world, wrong, Command::Cancel).await.unwrap();
            let reached = Audience::Reached { broadcast: wrong };
            let sorry = BroadcastInput { audience: reached, lane: Lane::Transactional, ..input(&world, template) };
            let sorry = make(&world, sorry).await;
            order(&world, sorry, Command::Confirm).await.unwrap();
            world.settle().await;
            assert_eq!(find(&world, sorry).await.state, State::Scheduled);
            world.stub.stopped.store(false, Ordering::Relaxed);
            world.settle().await;
            world.advance(2_000);
            world.settle().await;
            assert_eq!(counts_of(&world, wrong).await.accepted, 4, "what was under way arrives");
            let sorry = (find(&world, sorry).await.state, counts_of(&world, sorry).await.accepted);
            assert_eq!(sorry, (State::Done, 4));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn whoever_was_missed_is_tried_again_once() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            world.friends(0, 4).await;
            let (template, _) = world.template(PLAIN).await;
            world.stub.answer(|_| Outcome::RefusedForGood(refusal(400, "Failed to send messages")));
            let first = make(&world, input(&world, template)).await;
            order(&world, first, Command::Confirm).await.unwrap();
            world.settle().await;
            world.stub.answer(|_| ok());
            let again = || BroadcastInput { audience: Audience::Missed { broadcast: first }, ..input(&world, template) };
            // Two colleagues prepare it at once; one of them sends.
            let (second, third) = (make(&world, again()).await, make(&world, again()).await);
            order(&world, second, Command::Confirm).await.unwrap();
            world.settle().await;
            assert_eq!(counts_of(&world, second).await.accepted, 4);
            let refused = order(&world, third, Command::Confirm).await.unwrap_err();
            assert!(matches!(refused, Error::Conflict { code: "already_resent", .. }), "{refused:?}");
            let workspace = world.workspace;
            let known = world.store.read(move |tx| second_try(tx, workspace, first)).await.unwrap();
            assert_eq!(known.map(|(id, _)| id), Some(second));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_two_second_tries_confirmed_at_once_one_goes() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            world.friends(0, 4).await;
            let (template, _) = world.template(PLAIN).await;
            world.stub.answer(|_| Outcome::RefusedForGood(refusal(400, "Failed to send messages")));
            let first = make(&world, input(&world, template)).await;
            order(&world, first, Command::Confirm).await.unwrap();
            world.settle().await;
            let again = || BroadcastInput { audience: Audience::Missed { broadcast: first }, ..input(&world, template) };
            let (second, third) = (make(&world, again()).await, make(&world, again()).await);
            let (confirmed, is_confirmed) = mpsc::channel();
            let (answered, is_answered) = mpsc::channel::<()>();
            let (store, catalogs, act) = (world.store.clone(), world.catalogs.clone(), act(&world));
            let slow = tokio::spawn(async move {
                let confirm = move |tx: &mut Tx<'_>| {
                    let catalog = catalogs.get(tx, act.workspace)?;
                    db::command(tx, &act, &catalog, second, Command::Confirm)?;
                    let _ = confirmed.send(());
                    // Not committed before the other one has answered, if it does not wait.
                    let _ = is_answered.recv_timeout(Duration::from_millis(500));
                    Ok::<_, Error>(())
                };
                store.write(confirm).await
            });
            tokio::task::spawn_blocking(move || is_confirmed.recv()).await.unwrap().unwrap();
            let late = order(&world, third, Command::Confirm).await;
            let _ = answered.send(());
            slow.await.unwrap().unwrap();
            assert!(matches!(late, Err(Error::Conflict { code: "already_resent", .. })), "{late:?}");
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_second_try_waits_for_the_end_of_the_first() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            world.friends(0, 8).await;
            let (template, _) = world.template(PLAIN).await;
            world.stub.answer(|_| Outcome::RefusedForGood(refusal(400, "Failed to send messages")));
            let first = make(&world, BroadcastInput { first_percent: Some(50), ..input(&world, template) }).await;
            let again = BroadcastInput { audience: Audience::Missed { broadcast: first }, ..input(&world, template) };
            let second = make(&world, again).await;
            let early = order(&world, second, Command::Confirm).await;
            assert!(matches!(early, Err(Error::Conflict { code: "broadcast_state", .. })), "{early:?}");
            order(&world, first, Command::Confirm).await.unwrap();
            world.settle().await;
            assert_eq!(find(&world, first).await.state, State::Paused);
            let early = order(&world, second, Command::Confirm).await;
            assert!(matches!(early, Err(Error::Conflict { code: "broadcast_state", .. })), "{early:?}");
            order(&world, first, Command::Resume).await.unwrap();
            world.settle().await;
            world.stub.answer(|_| ok());
            order(&world, second, Command::Confirm).await.unwrap();
            world.settle().await;
            assert_eq!(counts_of(&world, second).await.accepted, 8);
        })
        .await;
    }
}
