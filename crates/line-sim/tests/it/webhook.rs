//! Webhooks: what arrives, how often, in which order.

use crate::stage::{NOW_MS, SECRET, with_shop};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

#[tokio::test(flavor = "multi_thread")]
async fn a_follow_arrives_signed_and_can_be_answered() {
    let (stage, shop) = with_shop(|_, _| {}).await;
    let done = stage.act("follow", json!({ "user": 9, "wait": true })).await;
    assert_eq!((done["webhook"]["status"].as_i64(), done["webhook"]["result"].as_str()), (Some(200), Some("ok")));
    let hook = &shop.hooks()[0];
    assert_eq!(hook.signature, line_sim::sign(SECRET, &hook.body));
    let event = &hook.json["events"][0];
    assert_eq!(event["type"], "follow");
    assert_eq!(event["follow"], json!({ "isUnblocked": false }));
    assert_eq!(event["source"], json!({ "type": "user", "userId": stage.user(9).await }));
    assert_eq!(event["deliveryContext"], json!({ "isRedelivery": false }));
    assert_eq!((event["mode"].as_str(), event["timestamp"].as_i64()), (Some("active"), Some(NOW_MS)));
    assert_eq!(event["webhookEventId"], done["event_id"]);
    assert_eq!(event["webhookEventId"].as_str().unwrap().len(), 26);
    stage.act("block", json!({ "user": 9, "wait": true })).await;
    stage.act("unblock", json!({ "user": 9, "wait": true })).await;
    let kinds: Vec<Value> = shop.events().iter().map(|e| json!([e["type"], e["replyToken"].is_string()])).collect();
    assert_eq!(kinds, [json!(["follow", true]), json!(["unfollow", false]), json!(["follow", true])]);
    assert_eq!(shop.events()[2]["follow"]["isUnblocked"], true);
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_message_arrives_as_line_writes_it() {
    let (stage, shop) = with_shop(|_, _| {}).await;
    let say = |what: Value| {
        let mut body = json!({ "user": 0, "wait": true });
        body.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
        stage.act("say", body)
    };
    say(json!({ "text": "こんにちは", "emojis": [{ "index": 0, "length": 1, "productId": "p", "emojiId": "1" }] })).await;
    say(json!({ "sticker": { "packageId": "446", "stickerId": "1988", "keywords": ["hi"] } })).await;
    say(json!({ "location": { "title": "店", "address": "東京", "latitude": 35.6, "longitude": 139.7 } })).await;
    say(json!({ "image": { "data_base64": "aGVsbG8=", "mime": "image/png" } })).await;
    say(json!({ "video": { "data_base64": "aGVsbG8=" } })).await;
    say(json!({ "audio": { "data_base64": "aGVsbG8=", "duration": 1200 } })).await;
    say(json!({ "file": { "data_base64": "aGVsbG8=", "fileName": "a.pdf", "mime": "application/pdf" } })).await;
    let messages: Vec<Value> = shop.events().iter().map(|e| e["message"].clone()).collect();
    let kinds: Vec<&str> = messages.iter().map(|m| m["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["text", "sticker", "location", "image", "video", "audio", "file"]);
    assert!(messages.iter().all(|m| m["markAsReadToken"].is_string()));
    assert_eq!(messages[1]["stickerResourceType"], "STATIC");
    assert_eq!(messages[3]["contentProvider"], json!({ "type": "line" }));
    assert_eq!((messages[5]["duration"].as_i64(), messages[5]["quoteToken"].is_null()), (Some(1200), true));
    assert_eq!((messages[6]["fileSize"].as_i64(), messages[6]["fileName"].as_str()), (Some(5), Some("a.pdf")));
    let ids: BTreeSet<&str> = messages.iter().map(|m| m["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 7);
    stage.act("beacon", json!({ "user": 0, "hwid": "d41d8cd98f", "type": "enter", "wait": true })).await;
    stage.act("videoPlayComplete", json!({ "user": 0, "tracking_id": "v1", "wait": true })).await;
    stage.act("membership", json!({ "user": 0, "type": "joined", "membership_id": 1234, "wait": true })).await;
    assert_eq!(shop.events()[8]["videoPlayComplete"], json!({ "trackingId": "v1" }));
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_webhooks_come_again_only_when_switched_on() {
    let (stage, shop) = with_shop(|_, channel| channel.redelivery = Some(true)).await;
    shop.status.store(500, Ordering::Relaxed);
    let done = stage.act("say", json!({ "user": 0, "text": "x", "wait": true })).await;
    assert_eq!(done["webhook"]["result"], "error");
    let token = shop.events()[0]["replyToken"].as_str().unwrap().to_owned();
    shop.status.store(200, Ordering::Relaxed);
    stage.advance(9_999).await;
    assert_eq!(shop.events().len(), 1);
    stage.advance(1).await;
    let events = shop.events_at_least(2).await;
    let (first, again) = (&events[0], &events[1]);
    assert_eq!(again["deliveryContext"]["isRedelivery"], true);
    for same in ["webhookEventId", "timestamp", "replyToken", "message"] {
        assert_eq!(first[same], again[same], "{same}");
    }
    // The token lives another minute from the redelivery.
    stage.advance(59_000).await;
    let reply = json!({ "replyToken": token, "messages": [{ "type": "text", "text": "間に合った" }] });
    stage.post("/v2/bot/message/reply", reply).await.is(200);
    stage.advance(3_600_000).await;
    assert_eq!(shop.events().len(), 2, "a delivered event is not sent a third time");

    let (stage, shop) = with_shop(|_, _| {}).await;
    shop.status.store(500, Ordering::Relaxed);
    stage.act("say", json!({ "user": 0, "text": "x", "wait": true })).await;
    stage.advance(3_600_000).await;
    assert_eq!(shop.events().len(), 1, "redelivery is off by default");
}

#[tokio::test(flavor = "multi_thread")]
async fn line_waits_two_seconds_for_the_server() {
    let (stage, shop) = with_shop(|_, _| {}).await;
    shop.delay_ms.store(2_500, Ordering::Relaxed);
    let done = stage.act("say", json!({ "user": 0, "text": "x", "wait": true })).await;
    assert_eq!((done["webhook"]["result"].as_str(), done["webhook"]["status"].is_null()), (Some("timeout"), true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_is_sent_in_batches_and_in_order_per_person() {
    let (stage, shop) = with_shop(|_, channel| channel.batch_max = Some(5)).await;
    shop.delay_ms.store(30, Ordering::Relaxed);
    for round in 0..6 {
        for n in 0..5 {
            stage.act("say", json!({ "user": n, "text": format!("{round}") })).await;
        }
    }
    let events = shop.events_at_least(30).await;
    for n in 0..5 {
        let user = stage.user(n).await;
        let theirs = events.iter().filter(|e| e["source"]["userId"] == json!(user));
        let texts: Vec<&str> = theirs.map(|e| e["message"]["text"].as_str().unwrap()).collect();
        assert_eq!(texts, ["0", "1", "2", "3", "4", "5"], "person {n}");
    }
    let sizes: Vec<usize> = shop.hooks().iter().map(|h| h.json["events"].as_array().unwrap().len()).collect();
    assert!(sizes.iter().any(|size| *size > 1), "{sizes:?}");
    assert!(sizes.iter().all(|size| *size <= 5), "{sizes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_and_drops_happen_on_request() {
    let (stage, shop) = with_shop(|_, _| {}).await;
    stage.act("faults", json!({ "webhook": { "duplicate": 1.0 } })).await;
    stage.act("say", json!({ "user": 0, "text": "二度", "wait": true })).await;
    let events = shop.events_at_least(2).await;
    assert_eq!(events[0], events[1], "the same event, not marked as redelivery");
    stage.act("faults", json!({ "webhook": { "drop": 1.0 } })).await;
    let done = stage.act("say", json!({ "user": 0, "text": "失う", "wait": true })).await;
    assert_eq!(done["webhook"]["result"], "dropped");
    assert_eq!(shop.events().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn standby_events_carry_no_reply_token() {
    let (stage, shop) = with_shop(|_, channel| channel.standby = Some(true)).await;
    stage.act("say", json!({ "user": 0, "text": "x", "wait": true })).await;
    let event = &shop.events()[0];
    assert_eq!((event["mode"].as_str(), event["replyToken"].is_null()), (Some("standby"), true));
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bulk_follows_reach_the_server_completely() {
    let (stage, shop) = with_shop(|config, _| config.users = 500).await;
    let done = stage.act("follow", json!({ "from": 100, "count": 300, "wait": true })).await;
    assert_eq!((done["events"].as_i64(), done["delivered"].as_i64()), (Some(300), Some(300)));
    let users: BTreeSet<String> = shop.events().iter().map(|e| e["source"]["userId"].as_str().unwrap().to_owned()).collect();
    assert_eq!(users.len(), 300);
    let silent = stage.act("follow", json!({ "count": 100, "webhook": false })).await;
    assert_eq!(silent["events"], 0);
    let channels = stage.sim("GET", "/__sim/channels", Value::Null).await;
    assert_eq!(channels["channels"][0]["friends"], 400);
}
