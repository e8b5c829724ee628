//! Rate limits and rules about requests themselves.

use crate::stage::{Stage, text_message};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn limits_hold_per_endpoint_and_can_be_scaled_or_lifted() {
    let stage = Stage::start().await;
    let list = || stage.get("/v2/bot/richmenu/list");
    let mut ok = 0;
    while list().await.status == 200 {
        ok += 1;
        assert!(ok < 1000, "the limit of 10 a second never struck");
    }
    assert!(ok >= 10);
    stage.get("/v2/bot/info").await.is(200);
    stage.act("faults", json!({ "rates": "off" })).await;
    for _ in 0..30 {
        list().await.is(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_have_their_own_buckets() {
    let stage = Stage::start().await;
    stage.act("channels", json!({ "channel_id": "2", "channel_secret": "s", "long_lived_token": "t2" })).await;
    let body = json!({ "messages": [text_message("x")] });
    for _ in 0..60 {
        stage.post("/v2/bot/message/broadcast", body.clone()).await.is(200);
    }
    stage.post("/v2/bot/message/broadcast", body.clone()).await.is(429);
    let other = [("authorization", "Bearer t2")];
    stage.send("POST", "/v2/bot/message/broadcast", &other, body.to_string().into()).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_rules_are_listed() {
    let stage = Stage::start().await;
    let bare = stage.send("GET", "/v2/bot/info", &[], Vec::new()).await.is(401);
    assert!(bare.message().starts_with("Authentication failed due to the following reason: "));
    stage.send("GET", "/v2/bot/info", &[("authorization", "Basic abc")], Vec::new()).await.is(401);
    stage.get("/v2/bot/info/extra").await.is(404);
    let host = [("host", "api.line.test"), ("authorization", "Bearer long-lived-token")];
    stage.send("GET", "/v2/bot/message/1/content", &host, Vec::new()).await.is(404);
    let violations = stage.sim("GET", "/__sim/violations", Value::Null).await;
    let rules: Vec<&str> = violations.as_array().unwrap().iter().map(|v| v["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["auth_missing", "auth_format", "path", "host"]);
    stage.sim("DELETE", "/__sim/violations", Value::Null).await;
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_a_request_id() {
    let stage = Stage::start().await;
    let (a, b) = (stage.get("/v2/bot/info").await, stage.get("/v2/bot/nothing").await);
    for reply in [&a, &b] {
        assert_eq!(reply.header("x-line-request-id").len(), 36);
    }
    assert_ne!(a.header("x-line-request-id"), b.header("x-line-request-id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_must_be_json_and_say_so() {
    let stage = Stage::start().await;
    let form = [("authorization", "Bearer long-lived-token"), ("content-type", "text/plain")];
    let reply = stage.send("POST", "/v2/bot/message/push", &form, b"{}".to_vec()).await.is(415);
    assert_eq!(reply.message(), "The content type, text/plain, is not supported");
}
