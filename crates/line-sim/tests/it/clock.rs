//! The clock, and the servers that follow it.

use crate::stage::{NOW_MS, Stage, text_message, with_shop};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_clock_stands_and_a_flowing_one_runs() {
    let stage = Stage::start().await;
    let clock = stage.sim("GET", "/__sim/clock", Value::Null).await;
    assert_eq!((clock["now_ms"].as_i64(), clock["flowing"].as_bool()), (Some(NOW_MS), Some(false)));
    assert_eq!(clock["now"], "2026-11-02T00:00:00.000Z");
    let moved = stage.act("clock", json!({ "advance_to": "2026-11-03T00:00:00Z" })).await;
    assert_eq!(moved["now_ms"], NOW_MS + 86_400_000);
    let back = stage.act("clock", json!({ "set": NOW_MS - 5 })).await;
    assert_eq!(back["now_ms"], NOW_MS - 5);
    stage.act("clock", json!({ "flow": true })).await;
    let mut now = NOW_MS - 5;
    while now == NOW_MS - 5 {
        now = stage.sim("GET", "/__sim/clock", Value::Null).await["now_ms"].as_i64().unwrap();
    }
    assert!(now > NOW_MS - 5);
    let past = stage.send("POST", "/__sim/clock", &[], json!({ "advance_to": 5 }).to_string().into()).await;
    assert_eq!(past.status, 400);
}

/// A server with work due at certain times; while busy it sends one message.
struct Follower {
    visited: Arc<Mutex<Vec<i64>>>,
    task: JoinHandle<()>,
}

fn follower(stage: &Arc<Stage>, name: &'static str, due: &[i64], user: String) -> Follower {
    let visited = Arc::new(Mutex::new(Vec::new()));
    let (stage, seen, mut due) = (stage.clone(), visited.clone(), due.iter().copied().collect::<BTreeSet<_>>());
    let task = tokio::spawn(async move {
        let mut now: Option<i64> = None;
        loop {
            if let Some(now) = now {
                while let Some(first) = due.first().copied().filter(|first| *first <= now) {
                    due.pop_first();
                    // Long enough for the other follower to be idle first.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    stage.push_text(&user, &format!("{name}@{first}")).await.is(200);
                    seen.lock().unwrap().push(now);
                }
            }
            let report = json!({ "follower": name, "seen_ms": now, "next_due_ms": due.first(), "idle": true });
            let face = stage.act("clock/follow", report).await;
            now = face["now_ms"].as_i64();
        }
    });
    Follower { visited, task }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_advance_visits_every_follower_s_due_moments_in_order() {
    let stage = Arc::new(Stage::start().await);
    let user = stage.user(0).await;
    let a = follower(&stage, "a", &[NOW_MS + 1000, NOW_MS + 5000], user.clone());
    let b = follower(&stage, "b", &[NOW_MS + 3000, NOW_MS + 5000], user);
    let polling = |view: &Value| view["followers"].as_array().unwrap().iter().filter(|f| f["polling"] == true).count();
    while polling(&stage.sim("GET", "/__sim/clock", Value::Null).await) < 2 {
        tokio::task::yield_now().await;
    }
    let moved = stage.advance(10_000).await;
    assert_eq!(moved["now_ms"], NOW_MS + 10_000);
    assert_eq!(moved["steps"], 4, "1000, 3000, 5000 and the target");
    assert_eq!(*a.visited.lock().unwrap(), [NOW_MS + 1000, NOW_MS + 5000], "never late, never early");
    assert_eq!(*b.visited.lock().unwrap(), [NOW_MS + 3000, NOW_MS + 5000]);
    let times: Vec<i64> = stage.room(0).await.iter().map(|item| item["at_ms"].as_i64().unwrap() - NOW_MS).collect();
    assert_eq!(times, [1000, 3000, 5000, 5000], "each message was accepted at its due moment");
    a.task.abort();
    b.task.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_that_left_does_not_hold_the_clock() {
    let stage = Arc::new(Stage::start().await);
    // Heard once, then silent.
    stage.act("clock/follow", json!({ "follower": "gone", "seen_ms": NOW_MS, "next_due_ms": null, "idle": false })).await;
    let moved = stage.advance(1000).await;
    assert_eq!(moved["now_ms"], NOW_MS + 1000);
    assert_eq!(moved["followers"], json!([]));
    // A poll whose connection broke.
    let hanging = {
        let stage = stage.clone();
        tokio::spawn(async move {
            let report = json!({ "follower": "broken", "seen_ms": NOW_MS + 1000, "next_due_ms": null, "idle": true });
            stage.act("clock/follow", report).await
        })
    };
    let names = |view: &Value| view["followers"].as_array().unwrap().len();
    while names(&stage.sim("GET", "/__sim/clock", Value::Null).await) == 0 {
        tokio::task::yield_now().await;
    }
    hanging.abort();
    while names(&stage.sim("GET", "/__sim/clock", Value::Null).await) > 0 {
        tokio::task::yield_now().await;
    }
    stage.advance(1000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_follower_holds_the_clock_until_the_time_out() {
    let stage = Arc::new(Stage::start().await);
    let busy = {
        let stage = stage.clone();
        tokio::spawn(async move {
            loop {
                let report = json!({ "follower": "busy", "seen_ms": null, "next_due_ms": null, "idle": false });
                stage.act("clock/follow", report).await;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
    };
    while stage.sim("GET", "/__sim/clock", Value::Null).await["followers"] == json!([]) {
        tokio::task::yield_now().await;
    }
    let body = json!({ "advance_ms": 1000, "timeout_ms": 300 }).to_string();
    let reply = stage.send("POST", "/__sim/clock", &[], body.into()).await.is(504);
    assert_eq!(reply.json["now_ms"], NOW_MS);
    assert!(reply.json["target_ms"].is_null());
    busy.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn acts_planned_on_the_clock_reach_the_server_before_it_moves_on() {
    let (stage, shop) = with_shop(|_, _| {}).await;
    let stage = Arc::new(stage);
    stage.act("say", json!({ "user": 0, "text": "後で", "at_ms": NOW_MS + 2000 })).await;
    let user = stage.user(0).await;
    let server = follower(&stage, "server", &[NOW_MS + 4000], user);
    while stage.sim("GET", "/__sim/clock", Value::Null).await["followers"] == json!([]) {
        tokio::task::yield_now().await;
    }
    stage.advance(10_000).await;
    let events = shop.events();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["timestamp"], NOW_MS + 2000);
    let texts = stage.texts(0).await;
    assert_eq!(texts, ["後で".to_owned(), format!("server@{}", NOW_MS + 4000)]);
    server.task.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_advances_at_once_are_refused() {
    let stage = Arc::new(Stage::start().await);
    stage.act("clock/follow", json!({ "follower": "f", "seen_ms": null, "next_due_ms": null, "idle": false })).await;
    let first = {
        let stage = stage.clone();
        tokio::spawn(async move { stage.advance(1000).await })
    };
    while stage.sim("GET", "/__sim/clock", Value::Null).await["target_ms"].is_null() {
        tokio::task::yield_now().await;
    }
    let second = stage.send("POST", "/__sim/clock", &[], json!({ "advance_ms": 1 }).to_string().into()).await;
    assert_eq!(second.status, 409);
    first.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn rate_buckets_refill_over_skipped_time() {
    let stage = Stage::start().await;
    let broadcast = || stage.post("/v2/bot/message/broadcast", json!({ "messages": [text_message("x")] }));
    for _ in 0..60 {
        broadcast().await.is(200);
    }
    assert_eq!(broadcast().await.is(429).message(), "The API rate limit has been exceeded. Try again later.");
    stage.advance(3_600_000).await;
    broadcast().await.is(200);
}

/// A follower that looked at itself before a webhook came and says "idle" after it: its word is about the time before.
#[tokio::test(flavor = "multi_thread")]
async fn idleness_seen_before_a_webhook_does_not_count_after_it() {
    let (stage, shop) = with_shop(|_, _| {}).await;
    let stage = Arc::new(stage);
    let report =
        |idle: bool, mark: &Value| json!({ "follower": "f", "seen_ms": NOW_MS, "next_due_ms": null, "idle": idle, "mark": mark });
    stage.act("clock/follow", report(false, &Value::Null)).await;
    let advance = {
        let stage = stage.clone();
        tokio::spawn(async move { stage.advance(1000).await })
    };
    while stage.sim("GET", "/__sim/clock", Value::Null).await["target_ms"].is_null() {
        tokio::task::yield_now().await;
    }
    let looked = stage.act("clock/follow", report(false, &Value::Null)).await;
    stage.act("say", json!({ "user": 0, "text": "こんにちは", "wait": true })).await;
    assert_eq!(shop.events().len(), 1);
    let told = stage.act("clock/follow", report(true, &looked["mark"])).await;
    assert_eq!(told["now_ms"], NOW_MS, "it must look again first");
    let told = stage.act("clock/follow", report(true, &told["mark"])).await;
    assert_eq!(told["now_ms"], NOW_MS + 1000);
    stage.act("clock/follow", json!({ "follower": "f", "seen_ms": NOW_MS + 1000, "idle": false })).await;
    advance.abort();
}

/// A server that has not heard of the new time yet would take what happens at it for something of the time before.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_happens_at_a_time_that_a_follower_has_not_seen() {
    let (stage, shop) = with_shop(|_, _| {}).await;
    let stage = Arc::new(stage);
    let at = NOW_MS + 3_600_000;
    stage.act("follow", json!({ "user": 0, "at_ms": at })).await;
    let report = |seen: i64, idle: bool| json!({ "follower": "f", "seen_ms": seen, "idle": idle });
    stage.act("clock/follow", report(NOW_MS, false)).await;
    let advance = {
        let stage = stage.clone();
        tokio::spawn(async move { stage.advance(7_200_000).await })
    };
    while stage.sim("GET", "/__sim/clock", Value::Null).await["now_ms"] != at {
        stage.act("clock/follow", report(NOW_MS, true)).await;
    }
    // The clock stands at the new time; this server, at work, still has the old one.
    for _ in 0..20 {
        stage.act("clock/follow", report(NOW_MS, false)).await;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert_eq!(shop.events(), Vec::<Value>::new());
    stage.act("clock/follow", report(at, false)).await;
    assert_eq!(shop.events_at_least(1).await[0]["timestamp"], at);
    advance.abort();
}
