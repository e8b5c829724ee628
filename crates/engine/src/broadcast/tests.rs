//! Tests of broadcasts on both stores.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::Ordering;

use line::client::Outcome;
use store::params;
use store::testing::both;

use super::testing::{counts_of, find, heard, input, make, order};
use super::*;
use crate::Error;
use crate::delivery::testing::{NOON, PLAIN, World, contact, hold, lost, ok, refusal, user_id, wish};
use crate::delivery::{Endpoint, view};
use crate::ids::{NodeId, RequestId};
use crate::link::{self, PersonRef};
use crate::schema::MIGRATIONS;

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_prepares_on_both_stores() {
    let refused = store::testing::prepares(MIGRATIONS, statements()).await;
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_text_goes_to_everybody_once_by_multicast() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let people = world.friends(0, 1_300).await;
        world.run("UPDATE friendships SET state = 'blocked' WHERE workspace_id = $1 AND user_id < 'U0000000000000000000000000000000b'").await;
        world.run("UPDATE contacts SET staff = 1 WHERE workspace_id = $1 AND display_name = '客100'").await;
        let (template, _) = world.template(PLAIN).await;
        let everybody = Audience::Condition { condition: serde_json::from_str(r#"{"is":"all","of":[]}"#).unwrap() };
        let id = make(&world, BroadcastInput { audience: everybody, ..input(&world, template) }).await;
        assert_eq!(world.stub.calls().len(), 0, "a draft says nothing");
        order(&world, id, Command::Confirm).await.unwrap();
        world.settle().await;
        let broadcast = find(&world, id).await;
        assert_eq!((broadcast.state, broadcast.total), (State::Done, 1_300));
        let counts = counts_of(&world, id).await;
        assert_eq!(counts.total(), 1_300);
        assert_eq!((counts.accepted, counts.sending, counts.queued), (1_289, 0, 0));
        assert_eq!(counts.refused, BTreeMap::from([(Reason::Blocked, 10), (Reason::ExcludedStaff, 1)]));
        let heard = heard(&world);
        assert_eq!(heard.len(), 1_289);
        assert!(heard.values().all(|times| *times == 1));
        assert!(!heard.contains_key(&user_id(people[0])));
        assert!(world.stub.calls().iter().all(|call| call.endpoint == Endpoint::Multicast && call.recipients <= 500));
        assert_eq!(world.number("SELECT COUNT(*) FROM contact_sends WHERE workspace_id = $1").await, 1_289);
        assert_eq!(world.number("SELECT SUM(reserved) FROM quotas WHERE workspace_id = $1").await, 1_289);
        // The cap: whoever heard this today hears no other.
        let second = make(&world, input(&world, template)).await;
        order(&world, second, Command::Confirm).await.unwrap();
        world.settle().await;
        assert_eq!(counts_of(&world, second).await.refused[&Reason::Cap], 1_289);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_recipient_never_stops_the_others() {
    both(MIGRATIONS, async |_, store| {
        for names in [true, false] {
            let world = World::new(&store).await;
            let people = world.friends(0, 200).await;
            let bad: BTreeSet<String> = [3, 77, 150].map(|n| user_id(people[n])).into();
            let wrong = bad.clone();
            world.stub.answer(move |request| {
                let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
                let refused = body["to"].as_array().unwrap().iter().position(|to| wrong.contains(to.as_str().unwrap()));
                match refused {
                    None => ok(),
                    Some(index) if names => Outcome::RefusedForGood(refusal(
                        400,
                        &format!("The property, to[{index}], in the request body is invalid (line: -, column: -)"),
                    )),
                    Some(_) => Outcome::RefusedForGood(refusal(400, "Failed to send messages")),
                }
            });
            let (template, _) = world.template(PLAIN).await;
            let id = make(&world, input(&world, template)).await;
            order(&world, id, Command::Confirm).await.unwrap();
            world.settle().await;
            let counts = counts_of(&world, id).await;
            assert_eq!((counts.accepted, counts.failed, counts.total()), (197, 3, 200), "named: {names}");
            assert_eq!(find(&world, id).await.state, State::Done);
            assert_eq!(world.number("SELECT SUM(reserved) FROM quotas WHERE workspace_id = $1").await, 197);
            assert_eq!(world.number("SELECT COUNT(*) FROM contact_sends WHERE workspace_id = $1").await, 197);
            // Accepted requests cover everybody else exactly once.
            let accepted: HashSet<_> = world
                .rows("SELECT id FROM requests WHERE workspace_id = $1 AND state = 'accepted'", |row| row.get::<RequestId>(0))
                .await
                .into_iter()
                .collect();
            let mut got: Vec<String> = Vec::new();
            for call in world.stub.calls().into_iter().filter(|call| accepted.contains(&call.id)) {
                let body: serde_json::Value = serde_json::from_slice(&call.body).unwrap();
                got.extend(body["to"].as_array().unwrap().iter().map(|to| to.as_str().unwrap().to_owned()));
            }
            got.sort();
            let before = got.len();
            got.dedup();
            assert_eq!((got.len(), before), (197, 197));
            assert!(got.iter().all(|user| !bad.contains(user)));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_personal_text_goes_to_each_by_push() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let people = world.friends(0, 60).await;
        world.run("UPDATE contacts SET display_name = NULL WHERE workspace_id = $1 AND display_name = '客5'").await;
        let (template, _) = world.template(r#"[{"type":"text","text":"{{name}}さん、こんにちは"}]"#).await;
        let id = make(&world, BroadcastInput { lane: Lane::Promised, ..input(&world, template) }).await;
        // Somebody is being spoken to at that moment: this one waits its turn.
        world.queue(vec![wish(people[9], Lane::Chat, "少々お待ちください")]).await;
        world.stub.stopped.store(true, Ordering::Relaxed);
        world.delivery.fix_due(&world.held, world.now()).await.unwrap();
        order(&world, id, Command::Confirm).await.unwrap();
        for _ in 0..20 {
            world.broadcasts.turn(&world.held, world.now()).await.unwrap();
        }
        assert_eq!(
            world.number("SELECT COUNT(*) FROM broadcast_exceptions WHERE workspace_id = $1 AND state = 'moved'").await,
            1
        );
        assert_ne!(find(&world, id).await.state, State::Done, "not before the ledger says so");
        world.stub.stopped.store(false, Ordering::Relaxed);
        world.settle().await;
        let counts = counts_of(&world, id).await;
        assert_eq!((counts.accepted, counts.total()), (59, 60));
        assert_eq!(counts.refused, BTreeMap::from([(Reason::MissingVariable, 1)]));
        assert_eq!(find(&world, id).await.state, State::Done);
        let said: Vec<String> = world.stub.calls().iter().map(|call| String::from_utf8(call.body.to_vec()).unwrap()).collect();
        assert!(said.iter().any(|body| body.contains("客9さん、こんにちは")), "{said:?}");
        assert!(!said.iter().any(|body| body.contains("\"さん")));
    })
    .await;
}

/// Who the link in a call's body is signed for, and by what it says it was sent.
async fn signed_for(world: &World, body: &str) -> Option<PersonRef> {
    let workspace = world.workspace;
    let link = world.store.read(move |tx| link::db::page(tx, workspace, None, 1)).await.unwrap().remove(0);
    let (_, signed) = body.split_once(&format!("https://crm.example/l/{}?p=", link.code))?;
    world.catalogs.tracker().signer().verify(link.id, signed)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_personal_link_is_signed_for_its_reader_on_every_road() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let people = world.friends(0, 30).await;
        let (template, _) = world.template(r#"[{"type":"text","text":"新作 https://shop.example/new です"}]"#).await;
        let id = make(&world, BroadcastInput { link_mode: LinkMode::Person, ..input(&world, template) }).await;
        // Somebody is being spoken to at that moment: the broadcast's message goes by the outbox.
        world.queue(vec![wish(people[9], Lane::Chat, "少々お待ちください")]).await;
        world.stub.stopped.store(true, Ordering::Relaxed);
        world.delivery.fix_due(&world.held, world.now()).await.unwrap();
        order(&world, id, Command::Confirm).await.unwrap();
        for _ in 0..20 {
            world.broadcasts.turn(&world.held, world.now()).await.unwrap();
        }
        world.stub.stopped.store(false, Ordering::Relaxed);
        world.settle().await;
        let mut signed = BTreeMap::new();
        for call in world.stub.calls() {
            let body = String::from_utf8(call.body.to_vec()).unwrap();
            if body.contains("新作") {
                let person = signed_for(&world, &body).await.unwrap_or_else(|| panic!("not signed: {body}"));
                assert_eq!((Some(person.contact), person.cause), (call.contact, id.0), "{body}");
                signed.insert(person.contact, body);
            }
        }
        assert_eq!(signed.len(), 30);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_percent_wait_for_staff() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        world.friends(0, 300).await;
        let (template, _) = world.template(PLAIN).await;
        let id = make(&world, BroadcastInput { first_percent: Some(10), ..input(&world, template) }).await;
        order(&world, id, Command::Confirm).await.unwrap();
        world.settle().await;
        let broadcast = find(&world, id).await;
        assert_eq!((broadcast.state, broadcast.hold), (State::Paused, Some(Hold::FirstPercent)));
        assert_eq!(heard(&world).len(), 30);
        order(&world, id, Command::Resume).await.unwrap();
        world.settle().await;
        assert_eq!((find(&world, id).await.state, heard(&world).len()), (State::Done, 300));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_in_ten_minutes() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        world.friends(0, 250).await;
        let (template, _) = world.template(PLAIN).await;
        let id = make(&world, BroadcastInput { per_10min: Some(100), ..input(&world, template) }).await;
        order(&world, id, Command::Confirm).await.unwrap();
        for (wait, people) in [(0, 100), (1, 100), (pace::PACE_MS - 2, 100), (1, 200), (pace::PACE_MS, 250)] {
            world.advance(wait);
            world.settle().await;
            assert_eq!(heard(&world).len(), people);
        }
        assert_eq!(find(&world, id).await.state, State::Done);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pause_and_cancel_act_at_once() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        world.friends(0, 100).await;
        let (template, _) = world.template(PLAIN).await;
        let id = make(&world, BroadcastInput { first_percent: Some(50), ..input(&world, template) }).await;
        order(&world, id, Command::Confirm).await.unwrap();
        order(&world, id, Command::Pause).await.unwrap();
        world.settle().await;
        assert_eq!(heard(&world).len(), 0);
        order(&world, id, Command::Resume).await.unwrap();
        world.settle().await;
        assert_eq!(heard(&world).len(), 50);
        order(&world, id, Command::Cancel).await.unwrap();
        world.settle().await;
        let counts = counts_of(&world, id).await;
        assert_eq!((counts.accepted, counts.queued, counts.total()), (50, 0, 100));
        assert_eq!(counts.refused, BTreeMap::from([(Reason::Cancelled, 50)]));
        assert!(matches!(order(&world, id, Command::Resume).await, Err(Error::Conflict { code: "broadcast_state", .. })));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_in_quiet_hours_or_after_the_last_moment() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        world.friends(0, 10).await;
        world.advance(10 * 3_600_000);
        let (template, _) = world.template(PLAIN).await;
        let patient = make(&world, input(&world, template)).await;
        let hasty = make(&world, BroadcastInput { not_after: Some(world.now() + 3_600_000), ..input(&world, template) }).await;
        order(&world, patient, Command::Confirm).await.unwrap();
        order(&world, hasty, Command::Confirm).await.unwrap();
        world.settle().await;
        assert_eq!(heard(&world).len(), 0, "it is 22:00");
        let waiting = find(&world, patient).await;
        assert_eq!((waiting.hold, waiting.wake_at), (Some(Hold::Quiet), NOON + 20 * 3_600_000));
        let gone = counts_of(&world, hasty).await;
        assert_eq!((find(&world, hasty).await.state, gone.refused[&Reason::Expired]), (State::Done, 10));
        world.advance(10 * 3_600_000);
        world.settle().await;
        assert_eq!((find(&world, patient).await.state, heard(&world).len()), (State::Done, 10));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_full_month_pauses_it() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        world.friends(0, 50).await;
        world.stub.answer(|_| Outcome::OverQuota(refusal(429, "You have reached your monthly limit.")));
        let (template, _) = world.template(PLAIN).await;
        let id = make(&world, BroadcastInput { first_percent: Some(20), ..input(&world, template) }).await;
        order(&world, id, Command::Confirm).await.unwrap();
        world.settle().await;
        assert_eq!(world.number("SELECT COUNT(*) FROM broadcasts WHERE workspace_id = $1 AND state = 'paused'").await, 1);
        assert_eq!(counts_of(&world, id).await.sending, 10, "held, not lost");
        let (workspace, channel, now) = (world.workspace, world.channel, world.now());
        world.store.write(move |tx| crate::delivery::quota::reconcile(tx, workspace, channel, None, 0, now)).await.unwrap();
        world.stub.answer(|_| ok());
        world.settle().await;
        let counts = counts_of(&world, id).await;
        assert_eq!((counts.accepted, counts.sending), (10, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_node_goes_on_where_one_stopped() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        world.friends(0, 500).await;
        let (template, _) = world.template(PLAIN).await;
        let id = make(&world, input(&world, template)).await;
        order(&world, id, Command::Confirm).await.unwrap();
        // Two owners, each its half; the first one ends in the middle.
        let left = hold(&store, NodeId::new(NOON), 0..16).await;
        world.broadcasts.turn(&left, world.now()).await.unwrap();
        world.broadcasts.turn(&left, world.now()).await.unwrap();
        world.broadcasts.turn(&left, world.now()).await.unwrap();
        assert_eq!(find(&world, id).await.state, State::Snapshotting, "half of the shards are not snapshotted");
        let next = world.restarted().await;
        next.settle().await;
        let heard = heard(&next);
        assert_eq!((find(&next, id).await.total, heard.len()), (500, 500));
        assert!(heard.values().all(|times| *times == 1));
        // Who lost the shards can fix nothing more.
        let stale = next.broadcasts.turn(&left, next.now()).await;
        assert!(stale.is_ok_and(|turn| turn.worked == 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_in_the_middle_doubles_nobody() {
    both(MIGRATIONS, async |_, store| {
        let mut world = World::new(&store).await;
        world.friends(0, 400).await;
        let (template, _) = world.template(r#"[{"type":"text","text":"{{name}}さん"}]"#).await;
        let id = make(&world, input(&world, template)).await;
        order(&world, id, Command::Confirm).await.unwrap();
        // LINE takes each key once, and every third answer is lost.
        let (mut taken, mut tries) = (HashSet::new(), 0);
        world.stub.answer(move |request| {
            tries += 1;
            let first = taken.insert(request.id);
            match tries % 3 {
                0 => lost(),
                _ if first => ok(),
                _ => Outcome::AcceptedAlready(line::client::AcceptedAlready {
                    request_id: None,
                    accepted_request_id: None,
                    sent: Vec::new(),
                }),
            }
        });
        for _ in 0..6 {
            world.delivery.fix_due(&world.held, world.now()).await.unwrap();
            world.broadcasts.turn(&world.held, world.now()).await.unwrap();
            world = world.restarted().await;
        }
        world.settle().await;
        let counts = counts_of(&world, id).await;
        assert_eq!((counts.accepted, counts.total()), (400, 400));
        assert!(heard(&world).values().all(|times| *times == 1), "one key per person");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_tags_choose_the_audience() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let people = world.friends(0, 50).await;
        let tag = TagId::new(NOON);
        let workspace = world.workspace;
        let tagged = people[10..30].to_vec();
        world
            .store
            .write(move |tx| {
                tx.execute(
                    "INSERT INTO tags (workspace_id, id, name, folder, created_at) VALUES ($1, $2, 'VIP', '', 0)",
                    &params![workspace, tag],
                )?;
                tx.execute_many(
                    "INSERT INTO contact_tags (workspace_id, contact_id, tag_id, at) VALUES ($1, $2, $3, 0)",
                    tagged.iter().map(|id| params![workspace, id, tag]),
                )
            })
            .await
            .unwrap();
        let (template, _) = world.template(PLAIN).await;
        let audiences = [
            (Audience::Tags { all: vec![tag], any: vec![], none: vec![] }, 20),
            (Audience::Tags { all: vec![], any: vec![], none: vec![tag] }, 30),
            (Audience::Contacts { contacts: vec![people[0], people[1], people[1], contact(999)] }, 2),
        ];
        for (audience, size) in audiences {
            let id = make(&world, BroadcastInput { audience, lane: Lane::Transactional, ..input(&world, template) }).await;
            let shown = preview::preview(&world.store, &world.catalogs, (workspace, id), world.now()).await.unwrap();
            assert_eq!((shown.audience, shown.recipients, shown.messages), (size, size, size));
            order(&world, id, Command::Confirm).await.unwrap();
            world.settle().await;
            assert_eq!(find(&world, id).await.total, size);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_says_what_will_happen() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        world.friends(0, 120).await;
        world.run("UPDATE contacts SET consent = 'withdrawn' WHERE workspace_id = $1 AND display_name < '客11'").await;
        let (template, _) = world.template(r#"[{"type":"text","text":"{{name}}さん"}]"#).await;
        let id = make(&world, input(&world, template)).await;
        let shown = preview::preview(&world.store, &world.catalogs, (world.workspace, id), world.now()).await.unwrap();
        assert_eq!(shown.audience, 120);
        assert!(shown.personal);
        assert_eq!(shown.recipients + shown.refused[&Reason::NoConsent], 120);
        assert_eq!(shown.yen_at_most, shown.recipients * preview::YEN_PER_MESSAGE);
        assert!(shown.example.unwrap()[0]["text"].as_str().unwrap().starts_with('客'));
        order(&world, id, Command::Confirm).await.unwrap();
        world.settle().await;
        let counts = counts_of(&world, id).await;
        assert_eq!((counts.accepted, &counts.refused), (shown.recipients, &shown.refused));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_own_call_is_one_request() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        world.friends(0, 10).await;
        let (template, _) = world.template(PLAIN).await;
        let id = make(&world, BroadcastInput { method: Method::LineBroadcast, ..input(&world, template) }).await;
        order(&world, id, Command::Confirm).await.unwrap();
        world.settle().await;
        let calls = world.stub.calls();
        assert_eq!(calls.iter().map(|call| call.endpoint).collect::<Vec<_>>(), [Endpoint::Broadcast]);
        let counts = counts_of(&world, id).await;
        assert_eq!((find(&world, id).await.state, counts.accepted), (State::Done, 10));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_shows_every_recipient_once() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let people = world.friends(0, 70).await;
        world.run("UPDATE friendships SET state = 'blocked' WHERE workspace_id = $1 AND user_id = 'U00000000000000000000000000000001'").await;
        let (template, _) = world.template(PLAIN).await;
        let everybody = Audience::Contacts { contacts: people.clone() };
        let id = make(&world, BroadcastInput { audience: everybody, first_percent: Some(50), ..input(&world, template) }).await;
        order(&world, id, Command::Confirm).await.unwrap();
        world.settle().await;
        let workspace = world.workspace;
        let (mut cursor, mut seen) = (None::<String>, Vec::new());
        loop {
            let at = cursor.clone();
            let filter = view::Filter { cause: Some(id.0), ..view::Filter::default() };
            let page = world.store.read(move |tx| view::page(tx, workspace, &filter, at.as_deref(), 9)).await.unwrap();
            seen.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let counts = counts_of(&world, id).await;
        assert_eq!(seen.iter().map(|view| view.id).collect::<HashSet<_>>().len(), 70);
        assert_eq!(seen.iter().map(|view| view.contact_id).collect::<HashSet<_>>().len(), 70);
        let of = |state| i64::try_from(seen.iter().filter(|view| view.state == state).count()).unwrap();
        use crate::delivery::DeliveryState::{Accepted, Queued, Refused};
        assert_eq!((of(Accepted), of(Queued), of(Refused)), (counts.accepted, counts.queued, counts.refused.values().sum()));
        for person in [people[0], people[1], people[69]] {
            let filter = view::Filter { line_user_id: None, contact: Some(person), ..view::Filter::default() };
            let page = world.store.read(move |tx| view::page(tx, workspace, &filter, None, 9)).await.unwrap();
            assert_eq!(page.items.len(), 1, "{person}");
        }
    })
    .await;
}
