//! Push, multicast, broadcast, reply, validate.

use crate::stage::{CHANNEL, Stage, TOKEN, text_message, with_shop};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_push_stands_in_the_room_with_its_ids() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    let body =
        json!({ "to": user, "messages": [text_message("一"), { "type": "sticker", "packageId": "446", "stickerId": "1988" }] });
    let reply = stage.post("/v2/bot/message/push", body).await.is(200);
    let sent = reply.json["sentMessages"].as_array().unwrap();
    let room = stage.room(0).await;
    assert_eq!(sent.len(), 2);
    assert_eq!(room.len(), 2);
    for (sent, item) in sent.iter().zip(&room) {
        assert_eq!(sent["id"], item["id"]);
        assert_eq!(sent["quoteToken"], item["quote_token"]);
        assert_eq!(item["request_id"], reply.header("x-line-request-id"));
        assert_eq!((item["direction"].as_str(), item["via"].as_str()), (Some("out"), Some("push")));
    }
    assert_eq!(room[0]["message"], text_message("一"));
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pushes_to_strangers_and_blockers_are_accepted_and_dropped() {
    let stage = Stage::start().await;
    stage.act("block", json!({ "user": 1 })).await;
    for n in [1, 7] {
        stage.push_text(&stage.user(n).await, "hello").await.is(200);
        assert!(stage.texts(n).await.is_empty());
    }
    // Whoever wrote within seven days can be pushed without being a friend.
    stage.act("say", json!({ "user": 7, "text": "質問です" })).await;
    stage.push_text(&stage.user(7).await, "答えです").await.is(200);
    assert_eq!(stage.texts(7).await, ["質問です", "答えです"]);
    stage.advance(7 * 86_400_000).await;
    stage.push_text(&stage.user(7).await, "遅い").await.is(200);
    assert_eq!(stage.texts(7).await.len(), 2);
    let consumed = stage.get("/v2/bot/message/quota/consumption").await.json["totalUsage"].clone();
    assert_eq!(consumed, 1, "only what was delivered counts");
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_account_gets_nothing() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    stage.act("delete", json!({ "user": 0 })).await;
    stage.push_text(&user, "hello").await.is(200);
    assert!(stage.texts(0).await.is_empty());
    assert_eq!(stage.get(&format!("/v2/bot/profile/{user}")).await.is(404).message(), "Not found");
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_of_another_provider_fail() {
    let stage = Stage::start().await;
    stage
        .act("channels", json!({ "channel_id": "2", "channel_secret": "s", "provider": "other", "long_lived_token": "t2" }))
        .await;
    let person = stage.sim("GET", "/__sim/users/0", Value::Null).await;
    let foreign = person["ids"]["other"].as_str().unwrap();
    assert_eq!(stage.push_text(foreign, "x").await.is(400).message(), "Failed to send messages");
    let body = json!({ "to": [stage.user(0).await, foreign], "messages": [text_message("x")] });
    let reply = stage.post("/v2/bot/message/multicast", body).await.is(400);
    assert_eq!(reply.message(), "The property, to[1], in the request body is invalid (line: -, column: -)");
    assert!(stage.accepted("").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_multicast_reaches_friends_and_keeps_one_body() {
    let stage = Stage::start().await;
    stage.act("block", json!({ "user": 2 })).await;
    let mut to = Vec::new();
    for n in 0..4 {
        to.push(stage.user(n).await);
    }
    let body = json!({ "to": to, "messages": [text_message("お知らせ")] });
    assert_eq!(stage.post("/v2/bot/message/multicast", body).await.is(200).json, json!({}));
    for (n, wanted) in [(0, 1), (1, 1), (2, 0), (3, 1), (4, 0)] {
        assert_eq!(stage.texts(n).await.len(), wanted, "person {n}");
    }
    let whole = &stage.accepted("").await[0];
    assert_eq!((whole["recipient_count"].as_i64(), whole["delivered_count"].as_i64()), (Some(4), Some(3)));
    let lines = stage.accepted("?by=recipient").await;
    assert_eq!(lines.iter().filter(|line| line["delivered"] == true).count(), 3);
    assert_eq!(lines[2]["to"], json!(to[2]));
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn multicast_takes_1_to_500_users_and_no_groups() {
    let stage = Stage::with(|config, _| config.users = 600).await;
    let send = |to: Value| stage.post("/v2/bot/message/multicast", json!({ "to": to, "messages": [text_message("x")] }));
    assert_eq!(send(json!([])).await.is(400).details(), ["to: Size must be between 1 and 500"]);
    let mut ids = Vec::new();
    for n in 0..501 {
        ids.push(stage.user(n).await);
    }
    assert_eq!(send(json!(ids)).await.is(400).details(), ["to: Size must be between 1 and 500"]);
    ids.pop();
    send(json!(ids)).await.is(200);
    let reply = send(json!(["C00000000000000000000000000000000"])).await.is(400);
    assert_eq!(reply.message(), "The property, to[0], in the request body is invalid (line: -, column: -)");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_reaches_all_friends() {
    let stage = Stage::start().await;
    stage.post("/v2/bot/message/broadcast", json!({ "messages": [text_message("全員へ")] })).await.is(200);
    for n in 0..10 {
        assert_eq!(stage.texts(n).await.len(), usize::from(n < 5));
    }
    assert_eq!(stage.get("/v2/bot/message/quota/consumption").await.json["totalUsage"], 5);
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_bodies_get_lines_literal_errors() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    let push = "/v2/bot/message/push";
    let auth = format!("Bearer {TOKEN}");
    let headers = [("authorization", auth.as_str())];
    let raw = |text: &str| stage.send("POST", push, &headers, text.as_bytes().to_vec());
    let broken = raw("{\"to\":").await.is(400);
    assert_eq!(broken.message(), "The request body could not be parsed as JSON (line: 1, column: 6)");
    let none = stage.post(push, json!({ "to": user, "messages": [] })).await.is(400);
    assert_eq!(none.message(), "The request body has 1 error(s)");
    assert_eq!(none.details(), ["messages: Size must be between 1 and 5"]);
    let six = vec![text_message("x"); 6];
    let six = stage.post(push, json!({ "to": user, "messages": six })).await.is(400);
    assert_eq!(six.details(), ["messages: Size must be between 1 and 5"]);
    let no_to = stage.post(push, json!({ "messages": [text_message("x")] })).await.is(400);
    assert_eq!(no_to.details(), ["to: May not be empty"]);
    let bad_to = stage.push_text("Uxyz", "x").await.is(400);
    assert_eq!(bad_to.message(), "The property, to, in the request body is invalid (line: -, column: -)");
    let huge = raw(&format!("{{\"to\":\"{}\"}}", "x".repeat(2 << 20))).await;
    assert_eq!(huge.status, 413);
    assert!(stage.accepted("").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn validate_checks_structure_and_sends_nothing() {
    let stage = Stage::start().await;
    for kind in ["reply", "push", "multicast", "narrowcast", "broadcast"] {
        let path = format!("/v2/bot/message/validate/{kind}");
        assert_eq!(stage.post(&path, json!({ "messages": [text_message("x")] })).await.is(200).json, json!({}));
        let bad = stage.post(&path, json!({ "messages": [text_message(&"あ".repeat(5001))] })).await.is(400);
        assert_eq!(bad.details(), ["messages[0].text: Length must be between 0 and 5000"]);
    }
    assert!(stage.accepted("").await.is_empty());
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_token_is_good_for_one_use_and_one_minute() {
    let (stage, shop) = with_shop(|_, _| {}).await;
    for n in [0, 1] {
        stage.act("say", json!({ "user": n, "text": "こんにちは", "wait": true })).await;
    }
    let tokens: Vec<String> = shop.events().iter().map(|e| e["replyToken"].as_str().unwrap().to_owned()).collect();
    let reply = |token: &str, text: &str| {
        stage.post("/v2/bot/message/reply", json!({ "replyToken": token, "messages": [text_message(text)] }))
    };
    // A refused body does not use the token up.
    reply(&tokens[0], "").await.is(400);
    let first = reply(&tokens[0], "いらっしゃいませ").await.is(200);
    assert_eq!(first.json["sentMessages"].as_array().unwrap().len(), 1);
    assert_eq!(reply(&tokens[0], "二度目").await.is(400).message(), "Invalid reply token");
    assert_eq!(reply("nonsense", "x").await.is(400).message(), "Invalid reply token");
    stage.advance(60_001).await;
    assert_eq!(reply(&tokens[1], "遅い").await.is(400).message(), "Invalid reply token");
    assert_eq!(stage.texts(0).await, ["こんにちは", "いらっしゃいませ"]);
    assert_eq!(stage.get("/v2/bot/message/quota/consumption").await.json["totalUsage"], 0, "replies are free");
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn profiles_are_shown_of_friends_and_writers_only() {
    let stage = Stage::start().await;
    let path = |id: &str| format!("/v2/bot/profile/{id}");
    let profile = |id: String| std::future::ready(path(&id));
    let friend = stage.get(&profile(stage.user(0).await).await).await.is(200);
    assert_eq!(friend.json["userId"], json!(stage.user(0).await));
    assert!(friend.json["displayName"].is_string());
    let stranger = stage.user(8).await;
    assert_eq!(stage.get(&profile(stranger.clone()).await).await.is(404).message(), "Not found");
    stage.act("say", json!({ "user": 8, "text": "x" })).await;
    stage.get(&profile(stranger).await).await.is(200);
    stage.act("block", json!({ "user": 0 })).await;
    stage.get(&profile(stage.user(0).await).await).await.is(404);
    stage.sim("POST", "/__sim/users/1", json!({ "consent": false })).await;
    stage.get(&profile(stage.user(1).await).await).await.is(404);
    let bad = stage.get("/v2/bot/profile/U12").await.is(400);
    assert_eq!(bad.message(), "The value for the 'userId' parameter is invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn followers_are_paged_and_only_for_certified_accounts() {
    let stage = Stage::start().await;
    let first = stage.get("/v2/bot/followers/ids?limit=3").await.is(200).json;
    assert_eq!(first["userIds"].as_array().unwrap().len(), 3);
    let next = first["next"].as_str().unwrap();
    let second = stage.get(&format!("/v2/bot/followers/ids?limit=3&start={next}")).await.is(200).json;
    assert_eq!(second["userIds"].as_array().unwrap().len(), 2);
    assert!(second["next"].is_null());
    assert_eq!(stage.get("/v2/bot/followers/ids?start=zzz").await.is(400).message(), "Invalid start param");
    stage.advance(86_400_001).await;
    assert_eq!(
        stage.get(&format!("/v2/bot/followers/ids?start={next}")).await.is(400).message(),
        "Invalid start param",
        "a page token lives for a day"
    );
    stage.fits().await;
    stage.act("channels", json!({ "channel_id": CHANNEL, "verified": false })).await;
    let refused = stage.get("/v2/bot/followers/ids").await.is(403);
    assert_eq!(refused.message(), "Access to this API is not available for your account");
}
