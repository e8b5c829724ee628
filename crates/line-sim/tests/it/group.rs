//! Groups and rooms.

use crate::stage::{CHANNEL, Stage, text_message, with_shop};
use serde_json::{Value, json};

async fn group(stage: &Stage, kind: &str) -> String {
    let body = json!({ "kind": kind, "name": "お花見", "members": [0, 1, 2], "channel_id": CHANNEL, "wait": true });
    stage.act("groups", body).await["group_id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_talks_in_a_group_until_it_leaves() {
    let (stage, shop) = with_shop(|_, _| {}).await;
    let id = group(&stage, "group").await;
    assert_eq!(shop.events()[0]["source"], json!({ "type": "group", "groupId": id }));
    stage.act("say", json!({ "user": 1, "group_id": id, "text": "集合は？", "wait": true })).await;
    let event = shop.events()[1].clone();
    assert_eq!(event["source"]["userId"], json!(stage.user(1).await));
    let reply = json!({ "replyToken": event["replyToken"], "messages": [text_message("駅前です")] });
    stage.post("/v2/bot/message/reply", reply).await.is(200);
    stage.push_text(&id, "もうすぐです").await.is(200);
    assert_eq!(stage.get("/v2/bot/message/quota/consumption").await.json["totalUsage"], 3, "one per member");
    let rooms = stage.sim("GET", &format!("/__sim/rooms/{id}"), Value::Null).await;
    assert_eq!(rooms["rooms"][0]["messages"].as_array().unwrap().len(), 3);

    assert_eq!(stage.get(&format!("/v2/bot/group/{id}/summary")).await.is(200).json["groupName"], "お花見");
    assert_eq!(stage.get(&format!("/v2/bot/group/{id}/members/count")).await.json, json!({ "count": 3 }));
    let members = stage.get(&format!("/v2/bot/group/{id}/members/ids")).await.is(200).json;
    assert_eq!(members["memberIds"].as_array().unwrap().len(), 3);
    let member = stage.user(2).await;
    stage.get(&format!("/v2/bot/group/{id}/member/{member}")).await.is(200);
    let stranger = stage.user(9).await;
    stage.get(&format!("/v2/bot/group/{id}/member/{stranger}")).await.is(404);
    let bad = stage.get("/v2/bot/group/x/summary").await.is(400);
    assert_eq!(bad.message(), "The value for the 'groupId' parameter is invalid");

    stage.post(&format!("/v2/bot/group/{id}/leave"), Value::Null).await.is(200);
    assert_eq!(stage.push_text(&id, "まだいる？").await.is(400).message(), "Failed to send messages");
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_come_go_and_edit() {
    let (stage, shop) = with_shop(|_, _| {}).await;
    let id = group(&stage, "group").await;
    stage.act("join", json!({ "group_id": id, "user": 5, "wait": true })).await;
    stage.act("leave", json!({ "group_id": id, "user": 0, "wait": true })).await;
    let said = stage.act("say", json!({ "user": 5, "group_id": id, "text": "こんばんは", "wait": true })).await;
    let message_id = said["message_id"].clone();
    stage.act("edit", json!({ "user": 5, "group_id": id, "message_id": message_id, "text": "こんにちは", "wait": true })).await;
    let events = shop.events();
    let kinds: Vec<&str> = events.iter().map(|e| e["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["join", "memberJoined", "memberLeft", "message", "messageEdited"]);
    assert_eq!(events[1]["joined"]["members"][0]["userId"], json!(stage.user(5).await));
    assert!(events[2]["replyToken"].is_null());
    let (first, edited) = (&events[3]["message"], &events[4]["message"]);
    assert_eq!((first["id"].as_str(), edited["text"].as_str()), (edited["id"].as_str(), Some("こんにちは")));
    assert!(edited["markAsReadToken"].is_null());
    assert_ne!(first["quoteToken"], edited["quoteToken"]);
    let room = group(&stage, "room").await;
    assert!(room.starts_with('R'));
    assert_eq!(stage.get(&format!("/v2/bot/room/{room}/members/count")).await.json["count"], 3);
    stage.fits().await;
}
