//! Webhook address, chat helpers, the account.

use crate::stage::{CHANNEL, NOW_MS, Stage, with_shop};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

#[tokio::test(flavor = "multi_thread")]
async fn the_endpoint_is_set_read_and_tested() {
    let (stage, shop) = with_shop(|_, channel| channel.webhook = None).await;
    let path = "/v2/bot/channel/webhook/endpoint";
    assert_eq!(stage.get(path).await.is(404).message(), "Webhook endpoint not found");
    let set = |url: &str| stage.line("PUT", path, json!({ "endpoint": url }));
    assert_eq!(set("http://example.jp/hook").await.is(400).message(), "Invalid webhook endpoint URL");
    set(&format!("https://example.jp/{}", "x".repeat(500))).await.is(400);
    set(&shop.url).await.is(200);
    assert_eq!(stage.get(path).await.json, json!({ "endpoint": shop.url, "active": true }));
    let test = stage.post("/v2/bot/channel/webhook/test", json!({})).await.is(200).json;
    assert_eq!(
        (test["success"].as_bool(), test["statusCode"].as_i64(), test["reason"].as_str()),
        (Some(true), Some(200), Some("OK"))
    );
    assert_eq!(shop.hooks()[0].json["events"], json!([]));
    shop.status.store(503, Ordering::Relaxed);
    let test = stage.post("/v2/bot/channel/webhook/test", json!({})).await.json;
    assert_eq!((test["success"].as_bool(), test["reason"].as_str()), (Some(false), Some("ERROR_STATUS_CODE")));
    let nobody = json!({ "endpoint": "http://127.0.0.1:1/hook" });
    let test = stage.post("/v2/bot/channel/webhook/test", nobody).await.json;
    assert_eq!((test["statusCode"].as_i64(), test["reason"].as_str()), (Some(0), Some("COULD_NOT_CONNECT")));
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn loading_is_shown_and_ends_with_the_next_message() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    let start =
        |id: &str, seconds: i64| stage.post("/v2/bot/chat/loading/start", json!({ "chatId": id, "loadingSeconds": seconds }));
    assert_eq!(start(&user, 10).await.is(202).json, json!({}));
    let room = stage.sim("GET", &format!("/__sim/rooms/0?channel_id={CHANNEL}"), Value::Null).await;
    assert_eq!(room["rooms"][0]["loading_until_ms"], NOW_MS + 10_000);
    stage.push_text(&user, "お待たせしました").await.is(200);
    let room = stage.sim("GET", &format!("/__sim/rooms/0?channel_id={CHANNEL}"), Value::Null).await;
    assert!(room["rooms"][0]["loading_until_ms"].is_null());
    let bad = start("C0", 62).await.is(400).details();
    assert_eq!(bad[0], "loadingSeconds: Must be between 5 and 60");
    assert_eq!(bad[1], "loadingSeconds: must be a multiple of five");
    assert!(bad[2].starts_with("chatId: Only user id is acceptable"));
    start(&stage.user(9).await, 20).await.is(202);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_mark_covers_the_message_and_all_before_it() {
    let (stage, shop) = with_shop(|_, _| {}).await;
    for text in ["一", "二", "三"] {
        stage.act("say", json!({ "user": 0, "text": text, "wait": true })).await;
    }
    let token = shop.events()[1]["message"]["markAsReadToken"].clone();
    stage.post("/v2/bot/chat/markAsRead", json!({ "markAsReadToken": token })).await.is(200);
    let marks: Vec<bool> = stage.room(0).await.iter().map(|item| item["read_by_bot"] == true).collect();
    assert_eq!(marks, [true, true, false]);
    let bad = stage.post("/v2/bot/chat/markAsRead", json!({ "markAsReadToken": "made-up" })).await.is(400);
    assert_eq!(bad.message(), "Invalid markAsReadToken. Tokens must be used by the bot that received them via Webhook.");
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_tells_who_it_is() {
    let stage = Stage::with(|_, channel| channel.name = Some("花屋".into())).await;
    let info = stage.get("/v2/bot/info").await.is(200).json;
    assert_eq!((info["displayName"].as_str(), info["chatMode"].as_str()), (Some("花屋"), Some("chat")));
    assert!(info["basicId"].as_str().unwrap().starts_with('@'));
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reset_goes_back_to_the_start() {
    let stage = Stage::start().await;
    stage.act("follow", json!({ "user": 9 })).await;
    stage.push_text(&stage.user(0).await, "x").await.is(200);
    stage.act("reset", json!({})).await;
    assert!(stage.accepted("").await.is_empty());
    assert!(stage.room(0).await.is_empty());
    let friends = stage.sim("GET", "/__sim/channels", Value::Null).await["channels"][0]["friends"].clone();
    assert_eq!(friends, 5);
    stage.push_text(&stage.user(0).await, "長期トークンは残る").await.is(200);
}
