//! Every window of a crash visited on purpose: the process dies at a named point, the next one makes it good.

use serde_json::{Value, json};

use crate::world::{On, Setup, World};

/// So many that the refused one is never alone on a shard, where there would be nothing to split.
const FRIENDS: u32 = 400;

/// Where it dies, and whether the broadcast is one text for all (multicast) or each his own (push).
const POINTS: [(&str, &str); 6] = [
    ("fixed", "{{name|お客様}}さん、こんにちは"),
    ("fixed", "みなさん、こんにちは"),
    ("attempted:7", "{{name|お客様}}さん、こんにちは"),
    ("accepted_unrecorded:5", "{{name|お客様}}さん、こんにちは"),
    ("accepted_unrecorded", "みなさん、こんにちは"),
    ("split", "みなさん、こんにちは"),
];

/// A recipient whom LINE refuses, so that a multicast must be split.
const REFUSED: u32 = 11;

async fn dies_at(on: On, point: &str, text: &str) {
    let setup = Setup { users: FRIENDS, friends: FRIENDS, ..Setup::default() };
    let Some(mut world) = World::with(on, setup).await else { return };
    world.import_friends().await;
    let splits = point == "split";
    let person: Value = serde_json::from_str(&world.sim_get(&format!("users/{REFUSED}")).await).expect("a person");
    let refused = &person["channels"][0]["user_id"];
    let rules = if splits { json!([{"endpoint": "*", "kind": "refuse", "user": refused}]) } else { json!([]) };
    world.sim("faults", json!({"latency": {"fixed_ms": 50}, "rules": rules})).await;
    world.kill();
    world.bury().await;
    world.start_server(&[("ENISHI_CRASH_AT", point)]).await;

    // A moment ahead, so that confirming is answered before the process dies.
    let template = world.template(text).await;
    let soon = world.get("status").await["clock"].as_i64().expect("a time") + 700;
    let draft = json!({"channel_id": world.channel, "template_id": template, "audience": {"to": "all"},
        "lane": "transactional", "send_at": soon});
    let id = world.post("broadcasts", draft).await["id"].as_str().expect("an id").to_owned();
    world.post(&format!("broadcasts/{id}/confirm"), json!({})).await;
    let mut server = world.servers.pop().expect("it runs");
    world.until(&format!("{on:?}: the server dies at {point}"), async || server.ended()).await;

    let open = world.open_keys().await;
    assert!(!open.is_empty(), "{on:?} {point}: requests stand in the database before their first try");
    world.bury().await;
    world.start_server(&[]).await;
    world.until("the broadcast is done", async || world.get(&format!("broadcasts/{id}")).await["state"] == "done").await;
    world.idle().await;
    let told = world.told().await;
    for person in 0..FRIENDS {
        let heard: usize = told.iter().filter(|((n, _), _)| *n == i64::from(person)).map(|(_, times)| times).sum();
        assert_eq!(heard, usize::from(!(splits && person == REFUSED)), "{on:?} {point}: {person} of {told:?}");
    }
    let counts = world.get(&format!("broadcasts/{id}")).await["counts"].clone();
    let failed = i64::from(splits);
    assert_eq!(
        (&counts["accepted"], &counts["failed"]),
        (&json!(i64::from(FRIENDS) - failed), &json!(failed)),
        "{on:?} {point}: {counts}"
    );
    world.assert_books_agree().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_recovers_from_every_point() {
    for (point, text) in POINTS {
        dies_at(On::Sqlite, point, text).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_recovers_from_every_point() {
    for (point, text) in POINTS {
        dies_at(On::Postgres, point, text).await;
    }
}
