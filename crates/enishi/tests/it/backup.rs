//! A backup taken while sending, put back after everything was sent.

use serde_json::{Value, json};

use crate::world::{Ground, On, Setup, World};

const FRIENDS: u32 = 400;

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_shop_says_nothing_until_it_is_released_and_nothing_twice() {
    restored_in_the_middle("{{name|お客様}}さん、こんにちは", "0.02", 50).await;
}

/// The same words for all go to groups, which must come out as the same groups again.
#[tokio::test(flavor = "multi_thread")]
async fn a_restored_shop_says_nothing_twice_to_groups_either() {
    restored_in_the_middle("みなさん、こんにちは", "0.02", 5).await;
}

/// Backs up while a broadcast of these words is sent at this part of LINE's rate and so many requests were taken.
async fn restored_in_the_middle(words: &str, rate: &str, taken: i64) {
    let env = vec![("ENISHI_LINE_RATE_SCALE", rate.to_owned())];
    let setup = Setup { users: FRIENDS, friends: FRIENDS, env, ..Setup::default() };
    let mut world = World::with(On::Sqlite, setup).await.expect("SQLite is built in");
    world.import_friends().await;
    world.answer_questions().await;
    world.sim("faults", json!({"latency": {"fixed_ms": 50}})).await;
    let template = world.template(words).await;
    let broadcast = world.broadcast(&template, json!({"to": "all"})).await;
    world.until_accepted(taken).await;

    let copy = world.folder.path().join("copy");
    world.run(&["backup", copy.to_str().unwrap()]);
    let counts = world.get(&format!("broadcasts/{broadcast}")).await["counts"].clone();
    assert!(counts["queued"].as_i64() > Some(0), "the backup was taken while some were not even fixed: {counts}");
    world.until("the broadcast is done", async || world.get(&format!("broadcasts/{broadcast}")).await["state"] == "done").await;
    world.idle().await;
    assert_eq!(world.told().await.len(), FRIENDS as usize);
    world.kill();

    // A new machine: the backup, and the key that was kept apart.
    let key = std::fs::read_to_string(world.data_dir().join("key")).expect("the key");
    let fresh = tempfile::tempdir().expect("a folder");
    let was = std::mem::replace(&mut world.ground, Ground::folder(fresh.path()));
    let (code, _, error) = world.try_run(&["restore", copy.to_str().unwrap()], "");
    assert!(code == 1 && error.contains("鍵"), "without its key nothing is restored: {error}");
    assert!(!fresh.path().join("enishi.db").exists(), "nor left behind for a server to run without a stop");
    world.setup.env.push(("ENISHI_KEY", key.trim().to_owned()));
    let said: Value = serde_json::from_str(&world.run(&["restore", copy.to_str().unwrap()])).expect("JSON");
    assert_eq!(said["held"], json!(1), "{said}");
    let (code, _, error) = world.try_run(&["restore", copy.to_str().unwrap()], "");
    assert!(code == 1 && error.contains("空のフォルダー"), "a second restore overwrites nothing: {error}");
    world.start_server(&[]).await;

    // It lives – what a customer says is taken in and answered in its books – but LINE is not even asked.
    let asked = asked(&world).await;
    assert_eq!(world.get(&format!("broadcasts/{broadcast}")).await["state"], "sending", "the backup knows of the middle only");
    world.ask(&[3]).await;
    world
        .until("the question is decided", async || {
            world.count("SELECT COUNT(*) FROM deliveries WHERE cause_kind = 'rule'").await == 1
        })
        .await;
    assert!(!world.open_keys().await.is_empty(), "requests were open when the backup was taken");
    assert_eq!(self::asked(&world).await, asked, "nothing is said before the release");

    // Released as it is, the rest goes again under the keys LINE knows.
    world.post(&format!("channels/{}/release", world.channel), json!({})).await;
    world.until("the broadcast is done", async || world.get(&format!("broadcasts/{broadcast}")).await["state"] == "done").await;
    world.idle().await;
    assert!(self::asked(&world).await > asked, "LINE was asked about the rest");
    assert!(world.open_keys().await.is_empty());
    let told = world.told().await;
    let twice: Vec<_> = told.iter().filter(|(_, times)| **times != 1).collect();
    assert!(twice.is_empty(), "told twice: {twice:?}");
    assert_eq!(told.len(), FRIENDS as usize + 1, "everybody once, and one answer");
    assert_eq!(world.stats().await["duplicates"], json!(0));
    drop(was);
}

/// Calls that say something, whatever became of them.
async fn asked(world: &World) -> i64 {
    let stats = world.stats().await;
    ["push", "multicast", "reply"].iter().filter_map(|name| stats["endpoints"][name]["requests"].as_i64()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_backed_up_by_its_own_tools_and_we_say_so() {
    let Some(world) = World::with(On::Postgres, Setup::default()).await else { return };
    let copy = world.folder.path().join("copy");
    let (code, _, error) = world.try_run(&["backup", copy.to_str().unwrap()], "");
    assert!(code == 1 && error.contains("pg_dump"), "{error}");
    assert!(!copy.exists());
}
