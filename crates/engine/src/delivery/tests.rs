//! The outbox on both stores, with a LINE that answers by script.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::Ordering;

use line::client::{AcceptedAlready, Outcome};
use proptest::prelude::*;
use store::testing::both;

use super::testing::{World, contact, hold, lost, ok, refusal, wish};
use super::{Endpoint, Lane, quota, view, why};
use crate::ids::NodeId;
use crate::schema::MIGRATIONS;

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_prepares_on_both_stores() {
    let refused = store::testing::prepares(MIGRATIONS, super::statements()).await;
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_queued_is_said_once_and_recorded() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let people = world.friends(0, 40).await;
        let ids = world.queue(people.iter().map(|id| wish(*id, Lane::Marketing, "縁")).collect()).await;
        world.settle().await;
        let states = world.deliveries().await;
        assert!(ids.iter().all(|id| states[id] == ("accepted".to_owned(), None)), "{states:?}");
        let calls = world.stub.calls();
        assert_eq!(calls.len(), 40);
        assert_eq!(calls.iter().map(|call| call.id).collect::<HashSet<_>>().len(), 40);
        assert!(calls.iter().all(|call| call.endpoint == Endpoint::Push));
        assert_eq!(
            world
                .number(
                    "SELECT COUNT(*) FROM requests WHERE workspace_id = $1 AND state = 'accepted' AND line_request_id = 'line'"
                )
                .await,
            40
        );
        assert_eq!(world.number("SELECT COUNT(*) FROM contact_sends WHERE workspace_id = $1 AND lane = 'marketing'").await, 40);
        assert_eq!(world.number("SELECT SUM(reserved) FROM quotas WHERE workspace_id = $1").await, 40);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_recorded_with_their_reason() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let people = world.friends(0, 6).await;
        world.run("UPDATE friendships SET state = 'blocked' WHERE workspace_id = $1 AND user_id = 'U00000000000000000000000000000001'").await;
        world.run("UPDATE contacts SET consent = 'withdrawn' WHERE workspace_id = $1 AND display_name = '客2'").await;
        world.run("UPDATE contacts SET staff = 1 WHERE workspace_id = $1 AND display_name = '客3'").await;
        let mut wishes: Vec<_> = people.iter().map(|id| wish(*id, Lane::Marketing, "縁")).collect();
        wishes[3].good_ms = -1;
        wishes[4].text = String::new();
        wishes.push(wish(contact(99), Lane::Marketing, "誰"));
        let ids = world.queue(wishes).await;
        world.settle().await;
        let states = world.deliveries().await;
        let got: Vec<&str> = ids.iter().map(|id| states[id].1.as_deref().unwrap_or("-")).collect();
        assert_eq!(got, ["blocked", "no_consent", "excluded_staff", "expired", "invalid", "-", "erased"]);
        assert_eq!(world.stub.calls().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_event_joins_one_free_reply() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let person = world.friends(0, 1).await[0];
        let mut wishes: Vec<_> = ["一", "二", "三"].iter().map(|text| wish(person, Lane::Promised, text)).collect();
        for wish in &mut wishes[..2] {
            (wish.event, wish.token) = (Some(5), Some("token".to_owned()));
        }
        world.queue(wishes).await;
        world.settle().await;
        let calls = world.stub.calls();
        assert_eq!(calls.iter().map(|call| call.endpoint).collect::<Vec<_>>(), [Endpoint::Reply, Endpoint::Push]);
        let body: serde_json::Value = serde_json::from_slice(&calls[0].body).unwrap();
        assert_eq!(body["replyToken"], "token");
        assert_eq!(body["messages"].as_array().unwrap().len(), 2);
        assert_eq!((body["messages"][0]["text"].as_str(), body["messages"][1]["text"].as_str()), (Some("一"), Some("二")));
        assert_eq!(world.number("SELECT SUM(reserved) FROM quotas WHERE workspace_id = $1").await, 1, "replies are free");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_reply_is_pushed_but_never_after_doubt() {
    both(MIGRATIONS, async |_, store| {
        for doubt in [false, true] {
            let world = World::new(&store).await;
            let person = world.friends(0, 1).await[0];
            let mut reply = wish(person, Lane::Promised, "返事");
            (reply.event, reply.token) = (Some(5), Some("token".to_owned()));
            let used = || Outcome::InvalidReplyToken(refusal(400, "Invalid reply token"));
            let mut tries = 0;
            world.stub.answer(move |request| {
                tries += 1;
                match request.endpoint {
                    Endpoint::Reply if doubt && tries == 1 => lost(),
                    Endpoint::Reply => used(),
                    _ => ok(),
                }
            });
            let ids = world.queue(vec![reply]).await;
            world.settle().await;
            let roads: Vec<Endpoint> = world.stub.calls().iter().map(|call| call.endpoint).collect();
            let wanted = if doubt { [Endpoint::Reply, Endpoint::Reply] } else { [Endpoint::Reply, Endpoint::Push] };
            assert_eq!(roads, wanted, "doubt: {doubt}");
            assert_eq!(world.deliveries().await[&ids[0]].0, "accepted");
            assert_eq!(world.number("SELECT COUNT(*) FROM contact_sends WHERE workspace_id = $1").await, 1);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn doubt_repeats_the_same_key_and_bytes() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let person = world.friends(0, 1).await[0];
        let mut tries = 0;
        world.stub.answer(move |_| {
            tries += 1;
            match tries {
                1 => lost(),
                2 => Outcome::RateLimited(refusal(429, "The API rate limit has been exceeded. Try again later.")),
                3 => Outcome::TokenInvalid(refusal(401, "")),
                _ => Outcome::AcceptedAlready(AcceptedAlready {
                    request_id: Some("4".into()),
                    accepted_request_id: Some("1".into()),
                    sent: Vec::new(),
                }),
            }
        });
        let ids = world.queue(vec![wish(person, Lane::Chat, "はい")]).await;
        world.settle().await;
        let calls = world.stub.calls();
        assert_eq!(calls.len(), 4);
        assert!(calls.iter().all(|call| call.id == calls[0].id && call.body == calls[0].body));
        assert_eq!(world.deliveries().await[&ids[0]].0, "accepted");
        let ended = world
            .rows("SELECT line_request_id, attempts FROM requests WHERE workspace_id = $1", |row| {
                Ok((row.get::<String>(0)?, row.get::<i64>(1)?))
            })
            .await;
        assert_eq!(ended, [("1".to_owned(), 4)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_repeats_what_was_open_with_the_same_key() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let people = world.friends(0, 20).await;
        let ids = world.queue(people.iter().map(|id| wish(*id, Lane::Promised, "縁")).collect()).await;
        // Fixed and never called: the process ends here.
        world.stub.stopped.store(true, Ordering::Relaxed);
        world.delivery.fix_due(&world.held, world.now()).await.unwrap();
        let fixed: HashSet<_> = world
            .rows("SELECT id FROM requests WHERE workspace_id = $1 AND state = 'open'", |row| row.get(0))
            .await
            .into_iter()
            .collect();
        assert_eq!(fixed.len(), 20);
        let next = world.restarted().await;
        next.stub.stopped.store(false, Ordering::Relaxed);
        next.settle().await;
        let called: HashSet<_> = next.stub.calls().iter().map(|call| call.id).collect();
        assert_eq!(called, fixed);
        let states = next.deliveries().await;
        assert!(ids.iter().all(|id| states[id].0 == "accepted"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_not_used_after_its_life() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let person = world.friends(0, 1).await[0];
        let mut long = wish(person, Lane::Promised, "縁");
        long.good_ms = 7 * 86_400_000;
        let ids = world.queue(vec![long]).await;
        world.stub.stopped.store(true, Ordering::Relaxed);
        world.settle().await;
        world.advance(23 * 3_600_000);
        let next = world.restarted().await;
        next.stub.stopped.store(false, Ordering::Relaxed);
        next.settle().await;
        assert_eq!(next.stub.calls().len(), 0, "nobody knows whether it was sent");
        assert_eq!(next.deliveries().await[&ids[0]].0, "unknown");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_holds_everything_until_it_is_lifted() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let people = world.friends(0, 5).await;
        world.queue(people.iter().map(|id| wish(*id, Lane::Chat, "縁")).collect()).await;
        world.stub.stopped.store(true, Ordering::Relaxed);
        world.settle().await;
        assert_eq!((world.stub.calls().len(), world.delivery.in_flight()), (0, 0));
        world.stub.stopped.store(false, Ordering::Relaxed);
        world.settle().await;
        assert_eq!(world.stub.calls().len(), 5);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_in_flight_per_contact_and_chat_first() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let person = world.friends(0, 1).await[0];
        world
            .queue(vec![
                wish(person, Lane::Marketing, "販促"),
                wish(person, Lane::Promised, "約束"),
                wish(person, Lane::Chat, "返事"),
            ])
            .await;
        world.stub.stopped.store(true, Ordering::Relaxed);
        world.settle().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM requests WHERE workspace_id = $1").await, 1);
        world.stub.stopped.store(false, Ordering::Relaxed);
        world.settle().await;
        let said: Vec<Lane> = world.stub.calls().iter().map(|call| call.lane).collect();
        assert_eq!(said, [Lane::Chat, Lane::Promised, Lane::Marketing]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_full_month_waits_and_is_told() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let person = world.friends(0, 1).await[0];
        world.stub.answer(|_| Outcome::OverQuota(refusal(429, "You have reached your monthly limit.")));
        let ids = world.queue(vec![wish(person, Lane::Promised, "縁")]).await;
        world.settle().await;
        assert_eq!(world.stub.calls().len(), 1);
        assert_eq!(world.deliveries().await[&ids[0]].0, "queued");
        assert_eq!(
            world.number("SELECT COUNT(*) FROM channel_notes WHERE workspace_id = $1 AND kind = 'monthly_limit'").await,
            1
        );
        assert_eq!(world.number("SELECT COUNT(*) FROM tasks WHERE workspace_id = $1 AND kind = 'quota'").await, 1);
        // LINE's figures say there is room again.
        let (workspace, channel, now) = (world.workspace, world.channel, world.now());
        world.store.write(move |tx| quota::reconcile(tx, workspace, channel, Some(1_000), 10, now)).await.unwrap();
        world.stub.answer(|_| ok());
        world.advance(super::fix::QUOTA_WAIT_MS);
        world.settle().await;
        assert_eq!(world.deliveries().await[&ids[0]].0, "accepted");
        let calls = world.stub.calls();
        assert_ne!(calls[0].id, calls[1].id, "a definite refusal ends the key");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_estimate_refuses_marketing_only() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let people = world.friends(0, 6).await;
        let (workspace, channel, now) = (world.workspace, world.channel, world.now());
        world.store.write(move |tx| quota::reconcile(tx, workspace, channel, Some(12), 10, now)).await.unwrap();
        let mut wishes: Vec<_> = people[..5].iter().map(|id| wish(*id, Lane::Marketing, "縁")).collect();
        wishes.push(wish(people[5], Lane::Transactional, "発送しました"));
        let ids = world.queue(wishes).await;
        world.settle().await;
        let states = world.deliveries().await;
        let accepted = ids[..5].iter().filter(|id| states[id].0 == "accepted").count();
        let refused = ids[..5].iter().filter(|id| states[id].1.as_deref() == Some("quota")).count();
        assert_eq!((accepted, refused), (1, 4), "two are left, one of them is taken by the transactional one");
        assert_eq!(states[&ids[5]].0, "accepted");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lost_his_shards_queues_nothing_again() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let person = world.friends(0, 1).await[0];
        let mut reply = wish(person, Lane::Promised, "返事");
        (reply.event, reply.token) = (Some(5), Some("token".to_owned()));
        let ids = world.queue(vec![reply]).await;
        let (answered, answer) = std::sync::mpsc::channel::<()>();
        world.stub.answer(move |_| {
            // The call is on the wire; the answer comes after the lease has gone to another node.
            answer.recv().unwrap();
            Outcome::InvalidReplyToken(refusal(400, "Invalid reply token"))
        });
        world.delivery.fix_due(&world.held, world.now()).await.unwrap();
        while world.stub.calls().is_empty() {
            tokio::task::yield_now().await;
        }
        let other = hold(&store, NodeId::new(world.now()), 0..32).await;
        answered.send(()).unwrap();
        // The old owner's loops learn of it.
        while world.delivery.in_flight() > 0 {
            world.delivery.drop_shards(&world.held.shards);
            tokio::task::yield_now().await;
        }
        assert_eq!(world.deliveries().await[&ids[0]].0, "sending", "the new owner decides");
        drop(other);
        world.stub.answer(|_| Outcome::InvalidReplyToken(refusal(400, "Invalid reply token")));
        let next = world.restarted().await;
        next.settle().await;
        assert_eq!(next.deliveries().await[&ids[0]].0, "accepted", "a used token after doubt");
        assert!(next.stub.calls().iter().all(|call| call.endpoint == Endpoint::Reply));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_shows_each_delivery_once() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let people = world.friends(0, 30).await;
        world.run("UPDATE friendships SET state = 'blocked' WHERE workspace_id = $1 AND user_id = 'U00000000000000000000000000000001'").await;
        let ids = world.queue(people.iter().map(|id| wish(*id, Lane::Promised, "縁")).collect()).await;
        world.settle().await;
        let workspace = world.workspace;
        let (mut cursor, mut seen) = (None::<String>, Vec::new());
        loop {
            let at = cursor.clone();
            let page = world.store.read(move |tx| view::page(tx, workspace, &view::Filter::default(), at.as_deref(), 7)).await.unwrap();
            seen.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen.iter().map(|view| view.id).collect::<HashSet<_>>().len(), ids.len());
        let filter = view::Filter { contact: Some(people[1]), ..view::Filter::default() };
        let page = world.store.read(move |tx| view::page(tx, workspace, &filter, None, 50)).await.unwrap();
        assert_eq!(page.items.len(), 1);
        assert_eq!((page.items[0].via, page.items[0].attempts), (Some(Endpoint::Push), 1));
        let (catalogs, blocked, now) = (world.catalogs.clone(), people[0], world.now());
        let why = world
            .store
            .read(move |tx| {
                let catalog = catalogs.get(tx, workspace)?;
                why::why(tx, &catalog, blocked, now)
            })
            .await
            .unwrap();
        assert_eq!(why.deliveries[0].because, Some("お客様がこのLINEアカウントをブロックしています。"));
        assert!(why.now.iter().all(|standing| standing.refused == Some(super::Reason::Blocked)));
    })
    .await;
}

/// What LINE may answer, drawn by the property below.
fn answer(kind: u8) -> Outcome {
    match kind {
        0..=4 => ok(),
        5 => lost(),
        6 => Outcome::RateLimited(refusal(429, "")),
        7 => Outcome::RefusedForGood(refusal(400, "Failed to send messages")),
        8 => Outcome::InvalidReplyToken(refusal(400, "Invalid reply token")),
        _ => Outcome::TokenInvalid(refusal(401, "")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 0, ..ProptestConfig::default() })]

    /// Whatever LINE answers: every request ends in exactly one state, no key is used for two bodies, the month's
    /// reservation is what may have been sent, and nobody hears more marketing than the cap.
    #[test]
    fn whatever_line_answers_the_ledger_sums(
        wishes in prop::collection::vec((0u64..12, 0usize..4, any::<bool>()), 1..40),
        answers in prop::collection::vec(0u8..10, 64),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            world.friends(0, 12).await;
            let wished = wishes.iter().enumerate().map(|(n, (person, lane, reply))| {
                let mut wish = wish(contact(*person), Lane::ALL[*lane], &format!("{n}"));
                if *reply {
                    (wish.event, wish.token) = (Some(n as u128), Some(format!("token{n}")));
                }
                wish
            });
            let ids = world.queue(wished.collect()).await;
            // Every answer of the list once, then everything is accepted: LINE is not broken for ever.
            let mut left = answers.clone().into_iter();
            world.stub.answer(move |request| match left.next() {
                Some(8) if request.endpoint != Endpoint::Reply => ok(),
                Some(kind) => answer(kind),
                None => ok(),
            });
            world.settle().await;
            let states = world.deliveries().await;
            for id in &ids {
                assert!(["accepted", "failed", "refused", "unknown"].contains(&states[id].0.as_str()), "{:?}", states[id]);
            }
            assert_eq!(world.number("SELECT COUNT(*) FROM requests WHERE workspace_id = $1 AND state = 'open'").await, 0);
            let taken = world.number("SELECT SUM(recipients) FROM requests WHERE workspace_id = $1 AND quota_month > 0 AND state IN ('accepted', 'unknown')").await;
            assert_eq!(world.number("SELECT SUM(reserved) FROM quotas WHERE workspace_id = $1").await, taken);
            let heard = world.rows("SELECT contact_id FROM contact_sends WHERE workspace_id = $1 AND lane = 'marketing'", |row| row.get::<crate::ids::ContactId>(0)).await;
            let mut by_contact: BTreeMap<_, usize> = BTreeMap::new();
            heard.into_iter().for_each(|id| *by_contact.entry(id).or_default() += 1);
            assert!(by_contact.values().all(|count| *count <= 1), "{:?}", by_contact);
            let mut bodies: HashMap<_, _> = HashMap::new();
            for call in world.stub.calls() {
                let known = bodies.entry(call.id).or_insert_with(|| call.body.clone());
                assert_eq!(&*known, &call.body);
            }
        }));
    }
}
