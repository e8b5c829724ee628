//! Notices on both stores: told once per cause until it is over, to whom it was asked.

use store::testing::both;
use store::{Tx, params};

use super::db::{self, Desk};
use super::decide::judge;
use super::*;
use crate::Error;
use crate::broadcast::testing::act;
use crate::delivery::testing::World;
use crate::ids::WorkspaceId;
use crate::insight::{Metric, SendKind, Tally};
use crate::schema::MIGRATIONS;
use crate::task::Reach;
use crate::workspace::Vault;

const HOUR_MS: i64 = 3_600_000;

fn found(cause: Cause, n: i64) -> Found {
    Found { cause, object: "本店".to_owned(), channel: None, detail: Detail { n, ..Detail::default() } }
}

fn to(road: Road, address: &str, causes: &[Cause]) -> TargetInput {
    TargetInput {
        road,
        name: "店長".to_owned(),
        user_id: None,
        channel_id: None,
        contact_id: None,
        address: Some(address.to_owned()),
        causes: causes.to_vec(),
        paused: false,
    }
}

async fn make(world: &World, input: TargetInput, reach: Reach) -> crate::Result<Target> {
    let (act, catalogs, vault) = (act(world), world.catalogs.clone(), Vault::new([7; 32]));
    let made = world.store.write(move |tx| {
        let catalog = catalogs.get(tx, act.workspace)?;
        db::create(tx, &act, Desk { catalog: &catalog, vault: &vault, reach }, &input)
    });
    made.await
}

fn tasks(tx: &mut Tx<'_>, workspace: WorkspaceId) -> crate::Result<i64> {
    let sql = "SELECT COUNT(*) FROM tasks WHERE workspace_id = $1 AND kind = 'notice'";
    Ok(tx.query_one(sql, &params![workspace], |row| row.get(0))?)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_prepares_on_both_stores() {
    let refused = store::testing::prepares(MIGRATIONS, statements()).await;
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cause_is_told_once_until_it_is_over() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let (workspace, now) = (world.workspace, world.now());
        let all = make(&world, to(Road::Mail, "shop@example.com", &[]), Reach::Public).await.unwrap();
        make(&world, to(Road::Slack, "https://hooks.slack.com/services/T/B/geheim", &[Cause::Parked]), Reach::Public)
            .await
            .unwrap();
        let look = async |what: Vec<Found>, at: i64| {
            world
                .store
                .write(move |tx| {
                    db::reconcile(tx, workspace, &what, at)?;
                    Ok::<_, Error>((db::page(tx, workspace, None, 10)?, db::open(tx, workspace)?, tasks(tx, workspace)?))
                })
                .await
                .unwrap()
        };
        let (log, open, queued) = look(vec![found(Cause::Quota, 800)], now).await;
        assert_eq!((log.len(), open.len(), queued), (1, 1, 1), "only who wants to hear of it");
        assert_eq!((log[0].told[0].target_id, log[0].told[0].state), (all.id, SendState::Queued));
        let (log, open, queued) = look(vec![found(Cause::Quota, 900)], now + HOUR_MS).await;
        assert_eq!((log.len(), open[0].detail.n, queued), (1, 800, 1), "said already");
        let (log, _, queued) = look(vec![found(Cause::Quota, 900), found(Cause::Parked, 1)], now + 2 * HOUR_MS).await;
        assert_eq!((log.len(), queued), (2, 3));
        let (log, open, _) = look(vec![], now + 3 * HOUR_MS).await;
        assert!(open.is_empty() && log.iter().all(|notice| notice.over_at == Some(now + 3 * HOUR_MS)));
        let (log, open, queued) = look(vec![found(Cause::Quota, 950)], now + 4 * HOUR_MS).await;
        assert_eq!((log.len(), open.len(), queued), (3, 1, 4), "it began again");
        world.store.write(move |tx| db::record(tx, workspace, (open[0].id, all.id), Err("HTTP 500"), now)).await.unwrap();
        let (log, ..) = look(vec![found(Cause::Quota, 950)], now + 5 * HOUR_MS).await;
        assert_eq!(log[0].told[0].error.as_deref(), Some("HTTP 500"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_are_checked_sealed_and_not_shown() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let people = world.friends(0, 2).await;
        let slack =
            make(&world, to(Road::Slack, "https://hooks.slack.com/services/T/B/geheim", &[]), Reach::Public).await.unwrap();
        assert_eq!(slack.shown, "https://hooks.slack.com/…");
        let code = |made: crate::Result<Target>| match made {
            Err(Error::Bad { code, .. }) => code,
            other => panic!("{other:?}"),
        };
        for (road, address) in [
            (Road::Webhook, "http://example.com/"),
            (Road::Webhook, "https://127.0.0.1/"),
            (Road::Webhook, "https://169.254.169.254/latest"),
            (Road::Slack, "hooks.slack.com"),
            (Road::Mail, "nobody"),
        ] {
            assert_eq!(code(make(&world, to(road, address, &[]), Reach::Public).await), "bad_address", "{address}");
        }
        assert!(make(&world, to(Road::Webhook, "http://127.0.0.1:9/", &[]), Reach::Loopback).await.is_ok());
        let line = TargetInput {
            channel_id: Some(world.channel),
            contact_id: Some(people[0]),
            address: None,
            ..to(Road::Line, "", &[])
        };
        assert_eq!(code(make(&world, line.clone(), Reach::Public).await), "not_staff", "never to a customer by a slip");
        world.run("UPDATE contacts SET staff = 1 WHERE workspace_id = $1 AND display_name = '客1'").await;
        assert!(make(&world, line, Reach::Public).await.is_ok());
        let (workspace, id) = (world.workspace, slack.id);
        let sealed = world.store.read(move |tx| db::address(tx, workspace, id)).await.unwrap();
        assert!(!String::from_utf8_lossy(&sealed).contains("geheim"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_are_those_of_today() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let (workspace, channel, now) = (world.workspace, world.channel, world.now());
        world.run("INSERT INTO friend_counts (workspace_id, channel_id, state, count) SELECT workspace_id, id, 'friend', 500 FROM channels WHERE workspace_id = $1").await;
        world.run("INSERT INTO quotas (workspace_id, channel_id, month, limited, line_used, reserved) SELECT workspace_id, id, 202611, 1000, 700, 120 FROM channels WHERE workspace_id = $1").await;
        let write = async |metric: Metric, n: i64, at: i64| {
            let mut tally = Tally::default();
            match metric {
                Metric::Failed => tally.sent((workspace, channel), metric, SendKind::Rule, n),
                _ => tally.add((workspace, channel), metric, n),
            }
            world.store.write(move |tx| tally.clone().write(tx, at)).await.unwrap();
        };
        for day in 1..=10 {
            write(Metric::Blocked, 6, now - day * 24 * HOUR_MS).await;
        }
        write(Metric::Blocked, 13, now).await;
        write(Metric::Failed, 11, now).await;
        let catalogs = world.catalogs.clone();
        let look = async |at: i64| {
            let catalogs = catalogs.clone();
            let facts = world.store.read(move |tx| {
                let catalog = catalogs.get(tx, workspace)?;
                facts::facts(tx, &catalog, 30, at)
            });
            let facts = facts.await.unwrap();
            judge(&Rules::default(), &facts, at)
        };
        let told = look(now).await;
        let told: Vec<_> = told.iter().map(|found| (found.cause, found.detail.n, found.detail.of)).collect();
        assert_eq!(told, [(Cause::Failures, 11, 0), (Cause::Quota, 820, 1_000), (Cause::Blocks, 13, 6)]);
        world.store.write(move |tx| facts::pulse(tx, workspace, channel, now)).await.unwrap();
        world.store.write(move |tx| facts::pulse(tx, workspace, channel, now - HOUR_MS)).await.unwrap();
        let next_day: Vec<_> = look(now + 24 * HOUR_MS).await.iter().map(|found| found.cause).collect();
        assert_eq!(next_day, [Cause::WebhookSilent, Cause::Quota], "since the last beat, not an older one");
    })
    .await;
}
