//! What the phone page asks for.

use crate::stage::{CHANNEL, Stage, text_message, with_shop};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn talks_are_listed_with_unread_counts_and_previews() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    let messages = json!([text_message("一"), { "type": "sticker", "packageId": "1", "stickerId": "2" }]);
    stage.post("/v2/bot/message/push", json!({ "to": user, "messages": messages })).await.is(200);
    let phone = stage.sim("GET", "/__sim/phone/0", Value::Null).await;
    let talk = &phone["talks"][0];
    assert_eq!((talk["unread"].as_i64(), talk["last"]["text"].as_str()), (Some(2), Some("スタンプを送信しました")));
    stage.act("read", json!({ "user": 0 })).await;
    let phone = stage.sim("GET", "/__sim/phone/0", Value::Null).await;
    assert_eq!(phone["talks"][0]["unread"], 0);
    let stranger = stage.sim("GET", "/__sim/phone/9", Value::Null).await;
    assert_eq!((stranger["talks"].clone(), stranger["others"][0]["channel_id"].as_str()), (json!([]), Some(CHANNEL)));
}

#[tokio::test(flavor = "multi_thread")]
async fn taps_do_what_the_action_says() {
    let (stage, shop) = with_shop(|_, _| {}).await;
    let user = stage.user(0).await;
    let template = json!({ "type": "template", "altText": "x", "template": { "type": "buttons", "text": "選択", "actions": [
        { "type": "postback", "label": "買う", "data": "buy=1", "displayText": "買います" },
        { "type": "uri", "label": "開く", "uri": "https://example.jp" },
        { "type": "datetimepicker", "label": "日付", "data": "when", "mode": "date" },
        { "type": "postback", "label": "書く", "data": "w", "inputOption": "openKeyboard", "fillInText": "名前：" },
    ] }, "quickReply": { "items": [{ "type": "action", "action": { "type": "message", "label": "はい", "text": "はい！" } }] } });
    let sent = stage.post("/v2/bot/message/push", json!({ "to": user, "messages": [template] })).await.is(200);
    let id = sent.json["sentMessages"][0]["id"].clone();
    let tap = |more: Value| {
        let mut body = json!({ "user": 0, "message_id": id, "wait": true });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        stage.act("tap", body)
    };
    let path = |i: usize| json!({ "path": format!("template.actions[{i}]") });
    assert_eq!(tap(path(0)).await["do"], json!({ "type": "say", "text": "買います" }));
    assert_eq!(shop.events()[0]["postback"], json!({ "data": "buy=1" }));
    let opened = tap(path(1)).await;
    assert_eq!(opened["do"], json!({ "type": "open", "url": "https://example.jp" }));
    assert!(opened["event_id"].is_null());
    assert_eq!(tap(path(2)).await["do"], json!({ "type": "picker", "mode": "date", "data": "when" }));
    let mut picked = path(2);
    picked["params"] = json!({ "date": "2026-12-24" });
    tap(picked).await;
    assert_eq!(shop.events()[1]["postback"], json!({ "data": "when", "params": { "date": "2026-12-24" } }));
    assert_eq!(tap(path(3)).await["do"], json!({ "type": "fill", "text": "名前：", "keyboard": true }));
    let said = tap(json!({ "quick_reply": 0 })).await;
    assert_eq!(said["do"], json!({ "type": "say", "text": "はい！" }));
    assert_eq!(shop.events()[3]["message"]["text"], "はい！");
    let kinds: Vec<Value> = stage.room(0).await.iter().map(|item| item["kind"].clone()).collect();
    assert_eq!(kinds, ["message", "message", "postback", "postback", "postback", "message"]);
    let nothing = json!({ "user": 0, "message_id": id, "path": "template.actions[9]" }).to_string();
    stage.send("POST", "/__sim/tap", &[], nothing.into()).await.is(400);
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn open_pages_hear_of_changes() {
    use futures::StreamExt;
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    let answer = stage.client.get(format!("{}/__sim/events?user=0", stage.sim.url())).send().await.unwrap();
    let mut stream = answer.bytes_stream();
    // The greeting says that the ear is open.
    stream.next().await.unwrap().unwrap();
    stage.push_text(&stage.user(1).await, "他人宛").await.is(200);
    stage.push_text(&user, "本人宛").await.is(200);
    let news = String::from_utf8(stream.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(news.starts_with("event: room\ndata: "), "{news}");
    let data: Value = serde_json::from_str(news.lines().nth(1).unwrap().strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!((data["n"].as_i64(), data["channel_id"].as_str(), data["seq"].as_i64()), (Some(0), Some(CHANNEL), Some(10)));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_made_and_changed() {
    let stage = Stage::start().await;
    let made = stage.act("users", json!({ "name": "山田 花", "count": 2, "state": "friend" })).await;
    assert_eq!((made["first"].as_i64(), made["count"].as_i64()), (Some(10), Some(2)));
    let found = stage.sim("GET", "/__sim/users?q=%E5%B1%B1%E7%94%B0%20%E8%8A%B1&state=friend", Value::Null).await;
    assert_eq!(found["users"].as_array().unwrap().len(), 2);
    let id = stage.user(11).await;
    let by_id = stage.sim("GET", &format!("/__sim/users?q={id}"), Value::Null).await;
    assert_eq!(by_id["users"][0]["n"], 11);
    let page = stage.sim("GET", "/__sim/users?limit=7", Value::Null).await;
    assert_eq!((page["users"].as_array().unwrap().len(), page["next"].as_str()), (7, Some("7")));
    stage.push_text(&id, "ようこそ").await.is(200);
    assert_eq!(stage.texts(11).await, ["ようこそ"]);
    let lines = stage.send("GET", "/__sim/users.ndjson?state=friend", &[], Vec::new()).await.is(200);
    assert_eq!(String::from_utf8_lossy(&lines.bytes).lines().count(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_phone_page_is_served_or_says_how_to_build_it() {
    let stage = Stage::start().await;
    for path in ["/", "/phone"] {
        let page = stage.send("GET", path, &[], Vec::new()).await.is(200);
        assert!(page.header("content-type").starts_with("text/html"));
    }
    let preflight = stage.send("OPTIONS", "/__sim/say", &[], Vec::new()).await.is(204);
    assert_eq!(preflight.header("access-control-allow-origin"), "*");
}
