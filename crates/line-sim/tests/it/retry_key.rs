//! The laws of retry keys.

use crate::stage::{Stage, text_message};
use serde_json::json;

const KEY: &str = "123e4567-e89b-12d3-a456-426614174000";
const DAY_MS: i64 = 86_400_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_accepted_once_in_24_hours() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    let first = stage.push_keyed(&user, "一度だけ", KEY).await.is(200);
    stage.advance(DAY_MS - 1).await;
    let again = stage.push_keyed(&user, "一度だけ", KEY).await.is(409);
    assert_eq!(again.message(), "The retry key is already accepted");
    assert_eq!(again.header("x-line-accepted-request-id"), first.header("x-line-request-id"));
    assert_ne!(again.header("x-line-request-id"), first.header("x-line-request-id"));
    assert_eq!(again.json["sentMessages"], first.json["sentMessages"]);
    assert_eq!(stage.texts(0).await.len(), 1);
    stage.fits().await;
    // After that the memory is gone, and the same key sends again: the duplicate is counted.
    stage.advance(1).await;
    stage.push_keyed(&user, "一度だけ", KEY).await.is(200);
    let stats = stage.sim("GET", "/__sim/stats", json!(null)).await;
    assert_eq!((stats["duplicates"].as_i64(), stats["duplicate_users"].as_i64()), (Some(1), Some(1)));
    assert_eq!(stage.accepted("").await[1]["duplicate"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_with_another_body_is_409_and_a_violation() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    stage.push_keyed(&user, "A", KEY).await.is(200);
    stage.push_keyed(&user, "B", KEY).await.is(409);
    assert_eq!(stage.texts(0).await, ["A"]);
    let violations = stage.sim("GET", "/__sim/violations", json!(null)).await;
    assert_eq!(violations[0]["rule"], "retry_key_other_body");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_leaves_its_key_free() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    stage.push_keyed(&user, "", KEY).await.is(400);
    stage.push_keyed(&user, "good", KEY).await.is(200);
    assert_eq!(stage.texts(0).await, ["good"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_with_one_key_send_once() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    let tries = (0..50).map(|_| stage.push_keyed(&user, "同時", KEY));
    let replies = futures::future::join_all(tries).await;
    assert_eq!(replies.iter().filter(|r| r.status == 200).count(), 1);
    assert_eq!(replies.iter().filter(|r| r.status == 409).count(), 49);
    assert_eq!(stage.texts(0).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_belong_to_four_endpoints_only() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    let key = [("x-line-retry-key", KEY)];
    let messages = json!([text_message("x")]);
    for (path, body) in [
        ("/v2/bot/message/reply", json!({ "replyToken": "x", "messages": messages })),
        ("/v2/bot/richmenu/validate", json!({})),
        ("/v2/bot/audienceGroup/upload", json!({ "description": "x" })),
    ] {
        stage.line_with("POST", path, &key, body).await.is(400);
    }
    let violations = stage.sim("GET", "/__sim/violations", json!(null)).await;
    assert_eq!(violations.as_array().unwrap().len(), 3);
    let multicast = json!({ "to": [user], "messages": messages });
    stage.line_with("POST", "/v2/bot/message/multicast", &key, multicast.clone()).await.is(200);
    let again = stage.line_with("POST", "/v2/bot/message/multicast", &key, multicast).await.is(409);
    assert!(again.json["sentMessages"].is_null(), "only push tells what was sent");
    let malformed = [("x-line-retry-key", "not-a-uuid")];
    stage.line_with("POST", "/v2/bot/message/broadcast", &malformed, json!({ "messages": messages })).await.is(400);
}
