//! SIGKILL at any moment: whatever has a key is said exactly once, a reply at most once.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};

use crate::watch::Heard;
use crate::world::{On, Setup, World};

/// SIGKILLs of the server.
const KILLS: usize = 20;
/// So many of them must find requests open.
const HITS: usize = 15;

/// How many friends: LINE's own numbers with `ENISHI_LONG=1`.
fn friends() -> u32 {
    if std::env::var_os("ENISHI_LONG").is_some() { 20_000 } else { 5_000 }
}

/// Random moments that can be had again: the seed is printed with every failure.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}

const NEWS: &str = "さんへのお知らせ";
const STEP: &str = "さんへの1通目";

/// A shop whose every friend is about to get a broadcast and a step, both with his own name.
async fn shop(on: On, setup: Setup) -> Option<World> {
    let world = World::with(on, setup).await?;
    world.import_friends().await;
    world.answer_questions().await;
    Some(world)
}

async fn send_to_all(world: &World) {
    let news = world.template(&format!("{{{{name|お客様}}}}{NEWS}")).await;
    let step = world.template(&format!("{{{{name|お客様}}}}{STEP}")).await;
    let journey = json!({"name": "ようこそ", "channel_id": world.channel, "trigger": {"on": "hand"},
        "nodes": [{"do": "message", "template": step, "lane": "promised"}]});
    let journey = world.post("journeys", journey).await["id"].as_str().expect("an id").to_owned();
    world.post(&format!("journeys/{journey}/publish"), json!({})).await;
    for some in world.contact_ids().await.chunks(500) {
        world.post(&format!("journeys/{journey}/enroll"), json!({"contact_ids": some})).await;
    }
    world.broadcast(&news, json!({"to": "all"})).await;
}

/// Everybody heard both once; who asked heard the answer at most once, and not at all only if that is shown.
async fn assert_all_heard(world: &World, askers: &[u32], about: &str) {
    let told: Heard = world.told().await;
    for (text, ending) in [("broadcast", NEWS), ("step", STEP)] {
        let heard: Vec<_> = told.iter().filter(|((_, said), _)| said.ends_with(ending)).collect();
        let twice: Vec<_> = heard.iter().filter(|(_, times)| **times != 1).take(5).collect();
        assert!(twice.is_empty(), "{about}: {text} more than once: {twice:?}");
        let people: HashSet<i64> = heard.iter().map(|((person, _), _)| *person).collect();
        assert_eq!(people.len(), heard.len(), "{about}: {text} in two versions");
        let missing: Vec<u32> = (0..friends()).filter(|n| !people.contains(&i64::from(*n))).take(5).collect();
        assert!(missing.is_empty(), "{about}: {text} never came to {missing:?}");
    }
    world.assert_answered(askers).await;
    // What stands in the rooms is what LINE said it took.
    for person in (0..friends()).step_by(97) {
        let room = world.heard(person).await;
        let keyed = room.iter().filter(|text| text.ends_with(NEWS) || text.ends_with(STEP)).count();
        assert_eq!(keyed, 2, "{about}: room of {person}: {room:?}");
    }
    world.assert_books_agree().await;
    world.assert_decent().await;
}

/// What is on the wire is lost in many ways: the process dies, the answer is cut off, LINE says 500 though it took it.
fn faults() -> Value {
    json!({"seed": 7, "latency": {"fixed_ms": 50}, "rules": [
        {"endpoint": ["push", "reply", "multicast"], "kind": "drop_after", "probability": 0.03},
        {"endpoint": ["push", "reply", "multicast"], "kind": "error_after", "status": 500, "probability": 0.03},
        {"endpoint": ["push", "multicast"], "kind": "error_before", "status": 500, "probability": 0.01},
    ]})
}

async fn survives_sigkill(on: On) {
    let seed = std::env::var("ENISHI_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(u64::from(std::process::id()));
    let about = format!("{on:?}, ENISHI_SEED={seed}");
    let mut dice = Dice(seed);
    // A quarter of LINE's rate, so that sending lasts for many lives of the server.
    let setup = Setup {
        users: friends(),
        friends: friends(),
        env: vec![("ENISHI_LINE_RATE_SCALE", "0.25".to_owned())],
        ..Setup::default()
    };
    let Some(mut world) = shop(on, setup).await else { return };
    world.sim("faults", faults()).await;
    send_to_all(&world).await;

    let (mut hits, mut doubtful, mut seen) = (0, 0, 0);
    let mut accepted: HashSet<String> = HashSet::new();
    let mut askers: Vec<u32> = Vec::new();
    for kill in 0..KILLS {
        let before = world.stats().await["accepted"].as_i64().unwrap_or(0);
        world.until_accepted(before + 1).await;
        let asking: Vec<u32> = (0..5).map(|n| u32::try_from(kill).unwrap_or(0) * 5 + n).collect();
        world.ask(&asking).await;
        askers.extend(asking);
        tokio::time::sleep(Duration::from_millis(dice.below(400))).await;
        world.kill();
        let open = world.open_keys().await;
        hits += usize::from(!open.is_empty());
        for send in world.accepted_after(seen).await {
            seen = send["seq"].as_i64().unwrap_or(seen);
            accepted.extend(send["retry_key"].as_str().map(str::to_owned));
        }
        doubtful += usize::from(open.iter().any(|key| accepted.contains(key)));
        world.bury().await;
        // The last life need not be slow.
        let last: &[(&str, &str)] = if kill + 1 == KILLS { &[("ENISHI_LINE_RATE_SCALE", "1")] } else { &[] };
        world.start_server(last).await;
    }
    assert!(hits >= HITS, "{about}: {hits} of {KILLS} kills found open requests");
    world.sim("faults", json!({"latency": null, "rules": []})).await;
    world.webhooks_settled().await;
    world.idle().await;
    eprintln!("{about}: {KILLS} kills, {hits} with open requests, {doubtful} with requests LINE had taken and we had not noted");
    assert!(doubtful > 0, "{about}: no kill fell between LINE's answer and our note of it");
    assert_all_heard(&world, &askers, &about).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_survives_sigkill() {
    survives_sigkill(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_survives_sigkill() {
    survives_sigkill(On::Postgres).await;
}
