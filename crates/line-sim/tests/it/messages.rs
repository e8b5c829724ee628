//! Every message type: what LINE takes, and its complaint about what it does not.

use crate::stage::{Stage, text_message};
use serde_json::{Value, json};

fn action(label: &str) -> Value {
    json!({ "type": "message", "label": label, "text": "はい" })
}

fn bubble() -> Value {
    json!({ "type": "bubble", "body": { "type": "box", "layout": "vertical", "contents": [
        { "type": "text", "text": "こんにちは", "wrap": true, "size": "xl", "weight": "bold", "color": "#112233" },
        { "type": "separator", "margin": "md" },
        { "type": "button", "style": "primary", "action": { "type": "uri", "label": "開く", "uri": "https://example.jp" } },
    ] } })
}

fn good() -> Vec<Value> {
    vec![
        json!({ "type": "text", "text": "$こんにちは", "emojis": [{ "index": 0, "productId": "p", "emojiId": "001" }] }),
        json!({ "type": "textV2", "text": "{a}さん {{ok}}", "substitution": { "a": { "type": "emoji", "productId": "p", "emojiId": "1" } } }),
        json!({ "type": "sticker", "packageId": "446", "stickerId": "1988" }),
        json!({ "type": "image", "originalContentUrl": "https://example.jp/a.jpg", "previewImageUrl": "https://example.jp/b.jpg" }),
        json!({ "type": "video", "originalContentUrl": "https://example.jp/a.mp4", "previewImageUrl": "https://example.jp/b.jpg", "trackingId": "v-1" }),
        json!({ "type": "audio", "originalContentUrl": "https://example.jp/a.m4a", "duration": 1000 }),
        json!({ "type": "location", "title": "店", "address": "東京都", "latitude": 35.6, "longitude": 139.7 }),
        json!({ "type": "coupon", "couponId": "01JYNW8JMQVFBNWF1APF8Z3FS7" }),
        json!({ "type": "imagemap", "baseUrl": "https://example.jp/map", "altText": "地図", "baseSize": { "width": 1040, "height": 700 },
            "actions": [{ "type": "uri", "linkUri": "https://example.jp", "area": { "x": 0, "y": 0, "width": 520, "height": 700 } }] }),
        json!({ "type": "template", "altText": "選択", "template": { "type": "buttons", "title": "題", "text": "本文", "actions": [action("はい")] } }),
        json!({ "type": "template", "altText": "確認", "template": { "type": "confirm", "text": "よろしいですか", "actions": [action("はい"), action("いいえ")] } }),
        json!({ "type": "template", "altText": "一覧", "template": { "type": "carousel", "columns": [
            { "text": "一", "actions": [action("見る")] }, { "text": "二", "actions": [action("見る")] }] } }),
        json!({ "type": "template", "altText": "写真", "template": { "type": "image_carousel", "columns": [
            { "imageUrl": "https://example.jp/a.jpg", "action": action("見る") }] } }),
        json!({ "type": "flex", "altText": "お知らせ", "contents": bubble() }),
        json!({ "type": "flex", "altText": "お知らせ", "contents": { "type": "carousel", "contents": [bubble(), bubble()] } }),
        json!({ "type": "text", "text": "選んでください", "sender": { "name": "店長" }, "quickReply": { "items": [
            { "type": "action", "action": { "type": "camera", "label": "撮る" } },
            { "type": "action", "action": { "type": "datetimepicker", "label": "日付", "data": "d", "mode": "date", "min": "2026-01-01", "max": "2026-12-31" } }] } }),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_is_taken_and_fits_the_openapi_files() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    for message in good() {
        stage.post("/v2/bot/message/push", json!({ "to": user, "messages": [message] })).await.is(200);
    }
    assert_eq!(stage.room(0).await.len(), good().len());
    stage.fits().await;
}

/// A message, and the complaint it earns.
fn bad() -> Vec<(Value, &'static str)> {
    let flex = |contents: Value| json!({ "type": "flex", "altText": "x", "contents": contents });
    let body = |contents: Value| {
        flex(json!({ "type": "bubble", "body": { "type": "box", "layout": "vertical", "contents": contents } }))
    };
    let buttons = |template: Value| json!({ "type": "template", "altText": "x", "template": template });
    vec![
        (json!({ "text": "x" }), "messages[0].type: May not be empty"),
        (
            json!({ "type": "note" }),
            "messages[0].type: Must be one of the following values: [text, textV2, sticker, image, video, audio, location, imagemap, template, flex, coupon]",
        ),
        (text_message(""), "messages[0].text: May not be empty"),
        // 𠮷 counts twice: 2,501 of them are 5,002 units.
        (text_message(&"𠮷".repeat(2501)), "messages[0].text: Length must be between 0 and 5000"),
        (
            json!({ "type": "text", "text": "no dollar", "emojis": [{ "index": 0, "productId": "p", "emojiId": "1" }] }),
            "messages[0].emojis[0].index: The index must point at a $",
        ),
        (json!({ "type": "textV2", "text": "{name}さん" }), "messages[0].text: No substitution for {name}"),
        (
            json!({ "type": "textV2", "text": "{a}", "substitution": { "a": { "type": "mention", "mentionee": { "type": "all" } } } }),
            "messages[0].substitution.a: Mentions are only available in groups and rooms",
        ),
        (json!({ "type": "sticker", "packageId": "1" }), "messages[0].stickerId: May not be empty"),
        (
            json!({ "type": "image", "originalContentUrl": "http://example.jp/a.jpg", "previewImageUrl": "https://example.jp/b.jpg" }),
            "messages[0].originalContentUrl: Must be a valid HTTPS URL",
        ),
        (
            json!({ "type": "video", "originalContentUrl": "https://e.jp/a", "previewImageUrl": "https://e.jp/b", "trackingId": "日本" }),
            "messages[0].trackingId: Invalid trackingId",
        ),
        (
            json!({ "type": "location", "title": "x", "address": "y", "latitude": 91, "longitude": 0 }),
            "messages[0].latitude: Must be between -90 and 90",
        ),
        (
            buttons(json!({ "type": "buttons", "title": "t", "text": "あ".repeat(61), "actions": [action("x")] })),
            "messages[0].template.text: Length must be between 0 and 60",
        ),
        (
            buttons(json!({ "type": "buttons", "text": "t", "actions": [] })),
            "messages[0].template.actions: Size must be between 1 and 4",
        ),
        (
            buttons(json!({ "type": "confirm", "text": "t", "actions": [action("x")] })),
            "messages[0].template.actions: Size must be between 2 and 2",
        ),
        (
            buttons(json!({ "type": "buttons", "text": "t", "actions": [action(&"あ".repeat(21))] })),
            "messages[0].template.actions[0].label: Length must be between 0 and 20",
        ),
        (
            buttons(json!({ "type": "carousel", "columns": [
                { "text": "一", "actions": [action("a")] }, { "text": "二", "actions": [action("a"), action("b")] }] })),
            "messages[0].template.columns[1]: All columns must have the same elements and number of actions",
        ),
        (
            body(json!([{ "type": "icon", "url": "https://e.jp/i.png" }])),
            "messages[0].contents.body.contents[0].type: Must be one of the following values: [box, button, image, text, separator, filler]",
        ),
        (
            body(json!([{ "type": "text", "text": "x", "color": "red" }])),
            "messages[0].contents.body.contents[0].color: invalid property",
        ),
        (
            body(json!([{ "type": "image", "url": "https://e.jp/i.png", "aspectRatio": "1:4" }])),
            "messages[0].contents.body.contents[0].aspectRatio: invalid property",
        ),
        (body(json!([{ "type": "text" }])), "messages[0].contents.body.contents[0].text: May not be empty"),
        (
            flex(json!({ "type": "carousel", "contents": vec![bubble(); 13] })),
            "messages[0].contents.contents: Size must be between 1 and 12",
        ),
        (
            json!({ "type": "text", "text": "x", "quickReply": { "items": vec![json!({ "type": "action", "action": action("a") }); 14] } }),
            "messages[0].quickReply.items: Size must be between 1 and 13",
        ),
        (
            json!({ "type": "text", "text": "x", "sender": { "name": "LINE公式" } }),
            "messages[0].sender.name: Contains a word that cannot be used",
        ),
        (json!({ "type": "text", "text": "x", "quoteToken": "made-up" }), "messages[0].quoteToken: Invalid quoteToken"),
        (
            json!({ "type": "imagemap", "baseUrl": "https://e.jp", "altText": "x", "baseSize": { "width": 1000, "height": 1 }, "actions": [] }),
            "messages[0].baseSize.width: Must be between 1040 and 1040",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mistake_is_named_with_its_path() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    for (message, complaint) in bad() {
        let reply = stage.post("/v2/bot/message/push", json!({ "to": user, "messages": [message.clone()] })).await;
        assert_eq!(reply.status, 400, "{message}");
        assert_eq!(reply.details(), [complaint], "{message}");
        assert_eq!(reply.message(), "The request body has 1 error(s)");
    }
    assert!(stage.accepted("").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limits_themselves_are_allowed() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    let longest = text_message(&"𠮷".repeat(2500));
    stage.post("/v2/bot/message/push", json!({ "to": user, "messages": vec![longest; 5] })).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_can_be_quoted_by_its_token() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    let token = stage.push_text(&user, "元").await.json["sentMessages"][0]["quoteToken"].clone();
    let quoting = json!({ "type": "text", "text": "引用", "quoteToken": token });
    stage.post("/v2/bot/message/push", json!({ "to": user, "messages": [quoting] })).await.is(200);
}
