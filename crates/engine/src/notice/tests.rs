//! Notices on both stores: told once per cause until it is over, to whom it was asked.

use store::testing::both;
use store::{Tx, params};

use super::db::{self, Desk};
use super::decide::judge;
use super::*;
use crate::broadcast::testing::{act, input, make as make_broadcast, order};
use crate::broadcast::{BroadcastInput, Command};
use crate::delivery::testing::{PLAIN, World};
use crate::ids::{BroadcastId, WorkspaceId};
use crate::insight::{Metric, SendKind, Tally};
use crate::schema::MIGRATIONS;
use crate::task::Reach;
use crate::workspace::{Vault, set_setting};
use crate::{Error, access};

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

/// What a look at the workspace finds at this moment, as it is said.
async fn said(world: &World, at: i64) -> Vec<[String; 3]> {
    let (catalogs, workspace) = (world.catalogs.clone(), world.workspace);
    let facts = world.store.read(move |tx| {
        let catalog = catalogs.get(tx, workspace)?;
        facts::facts(tx, &catalog, 30, at)
    });
    let found = judge(&Rules::default(), &facts.await.unwrap(), at);
    let say = |one: &Found| {
        let (cause, detail) = (one.cause, &one.detail);
        [words::title(cause, detail), words::advice(cause, detail).to_owned(), words::page(cause, detail)]
    };
    found.iter().map(say).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_counts_from_when_the_account_began_to_receive_beside_another_tool_too() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let (workspace, channel, now) = (world.workspace, world.channel, world.now());
        world.run("INSERT INTO friend_counts (workspace_id, channel_id, state, count) SELECT workspace_id, id, 'friend', 500 FROM channels WHERE workspace_id = $1").await;
        // Connected a month ago for sending alone; 並走 since an hour before the look.
        let receives = async |mode: &'static str, since: i64| {
            let change = world.store.write(move |tx| {
                tx.execute(
                    "UPDATE channels SET mode = $2, created_at = $3, reception_at = $4 WHERE workspace_id = $1",
                    &params![workspace, mode, now - 720 * HOUR_MS, since],
                )?;
                crate::workspace::db::bump_revision(tx, workspace)
            });
            change.await.unwrap();
        };
        world.store.write(move |tx| facts::pulse(tx, workspace, channel, now - 400 * HOUR_MS)).await.unwrap();
        receives("send_only", now - 720 * HOUR_MS).await;
        assert_eq!(said(&world, now).await, Vec::<[String; 3]>::new());
        receives("parallel", now).await;
        assert_eq!(said(&world, now + 23 * HOUR_MS).await, Vec::<[String; 3]>::new());
        let told = said(&world, now + 24 * HOUR_MS).await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0][0], "「本店」にLINEからの通知が24時間届いていません");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_over_the_budget_is_told_at_once_until_it_goes_on() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let (workspace, now) = (world.workspace, world.now());
        world.friends(0, 100).await;
        let (template, _) = world.template(PLAIN).await;
        let allow = async |yen: i64| {
            let json = serde_json::json!({ "budget": { "yen_per_month": yen } }).to_string();
            world.store.write(move |tx| set_setting(tx, workspace, "policy", &json)).await.unwrap();
        };
        let next_look = async || {
            let due = "SELECT due_at FROM tasks WHERE workspace_id = $1 AND kind = 'watch'";
            world.store.read(move |tx| tx.query_one(due, &params![workspace], |row| row.get::<i64>(0))).await.unwrap()
        };
        let later = async || {
            world.run("UPDATE tasks SET due_at = 9000000000000 WHERE workspace_id = $1 AND kind = 'watch'").await;
        };
        world.store.write(move |tx| watch::watch_regularly(tx, &[workspace], now)).await.unwrap();
        later().await;
        allow(299).await;
        let named = BroadcastInput { name: Some("秋のお知らせ".to_owned()), ..input(&world, template) };
        let id = make_broadcast(&world, named).await;
        order(&world, id, Command::Confirm).await.unwrap();
        assert_eq!(next_look().await, 9_000_000_000_000);
        world.settle().await;
        assert!(next_look().await <= world.now(), "the look comes at once");
        let told = said(&world, now).await;
        assert_eq!(
            told,
            [[
                "一斉配信「秋のお知らせ」は販促の予算を超えるため止まっています".to_owned(),
                "まだ1通も送られていません。「設定」の「配信ルール」で予算を見直してから、配信の画面で「再開する」を押してください。".to_owned(),
                format!("/admin/broadcasts/{id}"),
            ]]
        );
        later().await;
        allow(300).await;
        order(&world, id, Command::Resume).await.unwrap();
        assert!(next_look().await <= world.now(), "and again when it goes on");
        world.settle().await;
        assert_eq!(said(&world, now).await, Vec::<[String; 3]>::new());
    })
    .await;
}

#[test]
fn a_copy_that_is_missing_is_said_with_the_page_that_mends_it() {
    let say = |cause, n| {
        let detail = Detail { n, ..Detail::default() };
        (words::title(cause, &detail), words::page(cause, &detail))
    };
    let page = "/admin/settings/backups".to_owned();
    assert_eq!(say(Cause::BackupFailed, 0), ("毎日のバックアップに失敗しました".to_owned(), page.clone()));
    assert_eq!(say(Cause::BackupLate, 3), ("バックアップが3日間取れていません".to_owned(), page));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_left_or_lost_the_mark_is_told_nothing_more() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let (workspace, now) = (world.workspace, world.now());
        let people = world.friends(0, 1).await;
        let staff = async |mark: i64| {
            let change = world.store.write(move |tx| {
                tx.execute("UPDATE contacts SET staff = $2 WHERE workspace_id = $1", &params![workspace, mark]).map(drop)
            });
            change.await.unwrap();
        };
        staff(1).await;
        let user = UserId(uuid::Uuid::from_u128(5));
        world
            .store
            .write(move |tx| {
                let person =
                    "INSERT INTO users (id, email, name, password, created_at) VALUES ($1, 'm@example.com', '真理', 'x', 0)";
                tx.execute(person, &params![user])?;
                access::db::insert_member(tx, workspace, user, access::Role::Marketer, now).map(drop)
            })
            .await
            .unwrap();
        let line = TargetInput {
            channel_id: Some(world.channel),
            contact_id: Some(people[0]),
            user_id: Some(user),
            address: None,
            ..to(Road::Line, "", &[])
        };
        let target = make(&world, line, Reach::Public).await.unwrap();
        let asked = Notice {
            id: NoticeId::nil(),
            cause: Cause::ApprovalAsked,
            channel_id: None,
            detail: Detail {
                approval: Some(ApprovalOf {
                    broadcast_id: BroadcastId::nil(),
                    broadcast: "春".to_owned(),
                    person: None,
                    only: None,
                    except: Vec::new(),
                }),
                ..Detail::default()
            },
            began_at: now,
            over_at: None,
            told: Vec::new(),
        };
        let quota = Notice { cause: Cause::Quota, detail: Detail::default(), ..asked.clone() };
        let hears = async |notice: &Notice| {
            let (target, notice) = (target.clone(), notice.clone());
            world.store.read(move |tx| db::still_hears(tx, workspace, &target, Some(&notice))).await.unwrap()
        };
        assert_eq!((hears(&asked).await, hears(&quota).await), (Ok(()), Ok(())));
        world.store.write(move |tx| access::db::set_role(tx, workspace, user, access::Role::Operator)).await.unwrap();
        let refused = "この通知先のスタッフには、もう承認に関わる権限がありません。";
        assert_eq!((hears(&asked).await, hears(&quota).await), (Err(refused), Ok(())));
        staff(0).await;
        let unmarked = "「スタッフ」の印が外れているため送りません。友だちの画面で印を付け直すか、通知先を変えてください。";
        assert_eq!(hears(&quota).await, Err(unmarked));
        staff(1).await;
        world.store.write(move |tx| access::db::delete_member(tx, workspace, user)).await.unwrap();
        assert_eq!(hears(&quota).await, Err("この通知先のスタッフは、いまはログインできません。"));
    })
    .await;
}
