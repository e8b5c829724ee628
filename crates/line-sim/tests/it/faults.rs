//! Faults on purpose.

use crate::stage::{Stage, text_message};
use serde_json::{Value, json};

const KEY: &str = "123e4567-e89b-12d3-a456-426614174000";

#[tokio::test(flavor = "multi_thread")]
async fn accepted_then_dropped_shows_in_ledger_and_409() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    stage.act("faults", json!({ "rules": [{ "endpoint": "push", "kind": "drop_after", "count": 1 }] })).await;
    let body = json!({ "to": user, "messages": [text_message("一度")] }).to_string();
    let auth = format!("Bearer {}", crate::stage::TOKEN);
    let headers = [("authorization", auth.as_str()), ("x-line-retry-key", KEY)];
    let lost = stage.try_send("POST", "/v2/bot/message/push", &headers, body.clone().into()).await;
    assert!(lost.is_err(), "no answer came");
    assert_eq!(stage.texts(0).await, ["一度"]);
    let again = stage.send("POST", "/v2/bot/message/push", &headers, body.into()).await.is(409);
    let line = &stage.accepted("").await[0];
    assert_eq!(line["answered"], "dropped");
    assert_eq!(line["request_id"], again.header("x-line-accepted-request-id"));
    assert_eq!(line["retry_key"], KEY);
    assert_eq!(stage.texts(0).await.len(), 1);
    let view = stage.sim("GET", "/__sim/faults", Value::Null).await;
    assert_eq!(view["rules"][0]["fired"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_before_and_after_accepting_differ_in_the_room() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    let rules = json!([
        { "endpoint": "push", "kind": "error_before", "status": 503, "count": 1 },
        { "endpoint": "push", "kind": "error_after", "status": 500, "count": 1 },
    ]);
    stage.act("faults", json!({ "rules": rules })).await;
    stage.push_text(&user, "前").await.is(503);
    stage.push_text(&user, "後").await.is(500);
    stage.push_text(&user, "無事").await.is(200);
    assert_eq!(stage.texts(0).await, ["後", "無事"]);
    let answered: Vec<Value> = stage.accepted("").await.iter().map(|line| line["answered"].clone()).collect();
    assert_eq!(answered, [json!("error"), json!("ok")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_dropped_before_accepting_leaves_nothing() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    stage.act("faults", json!({ "rules": [{ "kind": "drop_before", "count": 1 }] })).await;
    let body = json!({ "to": user, "messages": [text_message("x")] }).to_string();
    let auth = format!("Bearer {}", crate::stage::TOKEN);
    assert!(stage.try_send("POST", "/v2/bot/message/push", &[("authorization", &auth)], body.into()).await.is_err());
    assert!(stage.accepted("").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_can_be_refused_always() {
    let stage = Stage::start().await;
    let (good, bad) = (stage.user(0).await, stage.user(1).await);
    stage.act("faults", json!({ "rules": [{ "kind": "refuse", "user": bad }] })).await;
    assert_eq!(stage.push_text(&bad, "x").await.is(400).message(), "Failed to send messages");
    let both = json!({ "to": [good, bad], "messages": [text_message("x")] });
    let reply = stage.post("/v2/bot/message/multicast", both).await.is(400);
    assert_eq!(reply.message(), "The property, to[1], in the request body is invalid (line: -, column: -)");
    stage.push_text(&good, "x").await.is(200);
    stage.sim("DELETE", "/__sim/faults", Value::Null).await;
    stage.push_text(&bad, "x").await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_kinds_of_429_and_401_can_be_forced() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    let rules = json!([
        { "endpoint": "push", "kind": "rate_limited", "count": 1 },
        { "endpoint": "push", "kind": "monthly_limit", "count": 1 },
        { "endpoint": "push", "kind": "unauthorized", "count": 1 },
    ]);
    stage.act("faults", json!({ "rules": rules })).await;
    assert_eq!(stage.push_text(&user, "x").await.is(429).message(), "The API rate limit has been exceeded. Try again later.");
    assert_eq!(stage.push_text(&user, "x").await.is(429).message(), "You have reached your monthly limit.");
    let refused = stage.push_text(&user, "x").await.is(401);
    assert!(refused.message().starts_with("Authentication failed due to the following reason: "));
    stage.push_text(&user, "x").await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_strikes_the_same_calls() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    let mut runs = Vec::new();
    for _ in 0..2 {
        let rules = json!([{ "endpoint": "push", "kind": "error_before", "probability": 0.4 }]);
        stage.act("faults", json!({ "seed": 99, "rules": rules })).await;
        let mut statuses = Vec::new();
        for _ in 0..30 {
            statuses.push(stage.push_text(&user, "x").await.status);
        }
        runs.push(statuses);
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].contains(&500) && runs[0].contains(&200));
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_faults_are_refused_with_a_reason() {
    let stage = Stage::start().await;
    let body = json!({ "rules": [{ "kind": "explode" }] }).to_string();
    let reply = stage.send("POST", "/__sim/faults", &[], body.into()).await.is(400);
    assert!(reply.json["error"].as_str().unwrap().contains("explode"));
}
