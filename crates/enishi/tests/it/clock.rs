//! Domain time from the simulator: the clock never goes on while something is under way, and what comes round by itself
//! comes round on it.

use engine::delivery::quota::next_month;
use serde_json::{Value, json};

use crate::world::{BOTH, CHANNEL_ID, Clock, On, World};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

async fn now(world: &World) -> i64 {
    let clock: Value = serde_json::from_str(&world.sim_get("clock").await).expect("JSON");
    clock["now_ms"].as_i64().expect("a time")
}

/// How often the month's limit was asked for.
async fn calls(world: &World) -> i64 {
    let stats: Value = serde_json::from_str(&world.sim_get("stats").await).expect("JSON");
    stats["endpoints"]["quota"]["requests"].as_i64().expect("a count")
}

async fn quota(world: &World) -> Value {
    world.get("channels").await["items"][0]["quota"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_greeting_arrives_the_moment_somebody_follows() {
    let people = 40;
    let Some(world) = World::new(On::Sqlite, people, Clock::Sim).await else { return };
    let greeting = world.template("はじめまして").await;
    world
        .post("rules", json!({"name": "あいさつ", "trigger": {"on": "follow"}, "actions": [{"action": "message", "template": greeting}], "enabled": true}))
        .await;
    world.sim("clock", json!({"flow": false})).await;
    let start = now(&world).await;
    let moment = |person: u32| start + (i64::from(person) + 1) * HOUR;
    for person in 0..people {
        world.sim("follow", json!({"user": person, "at_ms": moment(person)})).await;
    }
    world.advance_ms(i64::from(people + 1) * HOUR).await;
    for person in 0..people {
        let room: Value = serde_json::from_str(&world.sim_get(&format!("rooms/{person}")).await).expect("JSON");
        let items = room["rooms"][0]["messages"].as_array().expect("items");
        let said: Vec<_> = items.iter().filter(|item| item["direction"] == "out").collect();
        assert_eq!(said.len(), 1, "person {person}: {items:?}");
        assert_eq!(said[0]["at_ms"], moment(person), "person {person}");
    }
    world.assert_decent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_quota_is_asked_by_itself_and_the_moment_a_month_begins() {
    for on in BOTH {
        let Some(world) = World::new(on, 1, Clock::Sim).await else { continue };
        world.sim("clock", json!({"flow": false})).await;
        world.idle().await;
        let quota = quota(&world).await;
        assert!(quota["checked_at"].is_i64() && quota["limit"].is_null(), "{on:?}: asked when the server started: {quota}");

        world.sim("channels", json!({"channel_id": CHANNEL_ID, "quota": 5_000})).await;
        let month = next_month(now(&world).await);
        world.sim("clock", json!({"advance_to": month})).await;
        let quota = self::quota(&world).await;
        assert_eq!((&quota["limit"], &quota["checked_at"]), (&json!(5_000), &json!(month)), "{on:?}: the first moment");

        let before = calls(&world).await;
        world.advance_ms(60 * DAY).await;
        let asked = calls(&world).await - before;
        assert!((60..70).contains(&asked), "{on:?}: once a day and when a month turns: {asked}");
        world.idle().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_quota_is_asked_the_moment_a_stop_is_lifted() {
    for on in BOTH {
        let Some(world) = World::new(on, 1, Clock::Sim).await else { continue };
        world.sim("clock", json!({"flow": false})).await;
        world.idle().await;
        let path = format!("channels/{}", world.channel);
        world.post(&format!("{path}/stop"), json!({})).await;
        world.sim("channels", json!({"channel_id": CHANNEL_ID, "quota": 5_000})).await;
        world.advance_ms(3 * DAY).await;
        world.idle().await;
        assert!(quota(&world).await["limit"].is_null(), "{on:?}: a stopped account is left alone");

        let released = now(&world).await;
        world.post(&format!("{path}/release"), json!({})).await;
        world.idle().await;
        let quota = quota(&world).await;
        assert_eq!((&quota["limit"], &quota["checked_at"]), (&json!(5_000), &json!(released)), "{on:?}: at once");
    }
}
