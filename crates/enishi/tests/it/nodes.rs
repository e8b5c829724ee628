//! Several servers on one PostgreSQL: one dies, one sleeps past its lease.

use serde_json::{Value, json};
use store::params;

use crate::watch::ANSWER;
use crate::world::{On, Setup, World};

const FRIENDS: u32 = 2_000;
const ASKERS: [u32; 8] = [3, 141, 592, 653, 589, 793, 1_238, 1_999];

/// Two nodes that share the shards, in the middle of a personalised broadcast.
async fn two_nodes_at_work() -> Option<(World, String)> {
    let env = vec![("ENISHI_LINE_RATE_SCALE", "0.1".to_owned())];
    let mut world = World::with(On::Postgres, Setup { users: FRIENDS, friends: FRIENDS, env, ..Setup::default() }).await?;
    world.import_friends().await;
    world.answer_questions().await;
    let lost = json!({"endpoint": ["push", "reply"], "kind": "drop_after", "probability": 0.03});
    world.sim("faults", json!({"latency": {"fixed_ms": 50}, "rules": [lost]})).await;
    world.start_server(&[]).await;
    world.until("each has its share", async || owners(&world).await == [16, 16]).await;
    let template = world.template("{{name|お客様}}さん、こんにちは").await;
    let id = world.broadcast(&template, json!({"to": "all"})).await;
    world.until_accepted(200).await;
    world.ask(&ASKERS).await;
    Some((world, id))
}

/// Shards per living owner.
async fn owners(world: &World) -> Vec<i64> {
    world
        .look(|tx| {
            let now = tx.now_ms()?;
            let sql =
                "SELECT COUNT(*) FROM leases WHERE name LIKE 'shard/%' AND owner IS NOT NULL AND until_ms > $1 GROUP BY owner";
            tx.query(sql, &params![now], |row| row.get(0))
        })
        .await
}

async fn assert_once(world: &World, broadcast: &str) {
    world.webhooks_settled().await;
    world.until("the broadcast is done", async || world.get(&format!("broadcasts/{broadcast}")).await["state"] == "done").await;
    world.idle().await;
    let told = world.told().await;
    let wrong: Vec<_> = told.iter().filter(|(_, times)| **times != 1).take(5).collect();
    assert!(wrong.is_empty(), "told twice: {wrong:?}");
    let news = told.keys().filter(|(_, text)| text != ANSWER).count();
    assert_eq!(news, FRIENDS as usize, "everybody was told");
    let asked = world.count("SELECT COUNT(*) FROM messages WHERE direction = 'in'").await;
    assert_eq!((asked, world.get("status").await["parked"].clone()), (8, json!(0)), "questions in the talks");
    world.assert_answered(&ASKERS).await;
    let counts = world.get(&format!("broadcasts/{broadcast}")).await["counts"].clone();
    assert_eq!(counts["accepted"], json!(FRIENDS), "{counts}");
    world.assert_books_agree().await;
    world.assert_decent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_nodes_is_killed() {
    let Some((mut world, broadcast)) = two_nodes_at_work().await else { return };
    let mut killed = world.servers.remove(0);
    killed.kill();
    assert!(!world.open_keys().await.is_empty(), "it died with requests open");
    world.until("the other takes over", async || owners(&world).await == [32]).await;
    assert_once(&world, &broadcast).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_nodes_sleeps_past_its_lease() {
    let Some((mut world, broadcast)) = two_nodes_at_work().await else { return };
    let sleeper = world.servers.remove(0);
    sleeper.signal("STOP");
    assert!(!world.open_keys().await.is_empty(), "it sleeps with requests open");
    world.until("the other takes over", async || owners(&world).await == [32]).await;
    world
        .until("the other sends its requests", async || counted(&world, &broadcast, "accepted").await > i64::from(FRIENDS) / 2)
        .await;
    sleeper.signal("CONT");
    world.until("it takes its share again", async || owners(&world).await == [16, 16]).await;
    assert_once(&world, &broadcast).await;
}

async fn counted(world: &World, broadcast: &str, state: &str) -> i64 {
    world.get(&format!("broadcasts/{broadcast}")).await["counts"][state].as_i64().unwrap_or(0)
}

/// The named point `lease_lost`: a node wakes with an answer that would let something go again, and the shard is another's.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_dies_where_it_learns_that_its_shard_is_gone() {
    const FEW: u32 = 40;
    let Some(mut world) = World::with(On::Postgres, Setup { users: FEW, friends: FEW, ..Setup::default() }).await else { return };
    world.import_friends().await;
    let template = world.template("{{name|お客様}}さん、こんにちは").await;
    let everybody: Vec<Value> =
        world.sim_get("users.ndjson").await.lines().map(|line| serde_json::from_str(line).expect("a person")).collect();
    let refuse = |person: &Value| json!({"endpoint": "push", "kind": "refuse", "user": person["user_id"]});
    world
        .sim("faults", json!({"latency": {"fixed_ms": 1500}, "rules": everybody[..5].iter().map(refuse).collect::<Vec<_>>()}))
        .await;
    world.kill();
    world.bury().await;
    world.start_server(&[("ENISHI_CRASH_AT", "lease_lost")]).await;
    let id = world.broadcast(&template, json!({"to": "all"})).await;
    world
        .until("LINE is asked about everybody", async || {
            world.stats().await["endpoints"]["push"]["requests"].as_i64() >= Some(i64::from(FEW))
        })
        .await;
    let mut sleeper = world.servers.pop().expect("it runs");
    sleeper.signal("STOP");
    world.bury().await;
    world.start_server(&[]).await;
    world.until("the other takes over", async || owners(&world).await == [32]).await;
    sleeper.signal("CONT");
    world.until("it dies where it learns of it", async || sleeper.ended()).await;
    world.until("the broadcast is done", async || world.get(&format!("broadcasts/{id}")).await["state"] == "done").await;
    world.idle().await;
    let told = world.told().await;
    assert!(told.values().all(|times| *times == 1) && told.len() == FEW as usize - 5, "{told:?}");
    assert_eq!(counted(&world, &id, "failed").await, 5);
    world.assert_books_agree().await;
}
