//! Files from phones.

use crate::stage::{Reply, Stage, with_shop};
use serde_json::{Value, json};

async fn sent(stage: &Stage, what: Value) -> String {
    let mut body = json!({ "user": 0 });
    body.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
    stage.act("say", body).await["message_id"].as_str().unwrap().to_owned()
}

async fn content(stage: &Stage, id: &str, more: &str) -> Reply {
    stage.get(&format!("/v2/bot/message/{id}/content{more}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_there_at_once_and_videos_after_a_while() {
    let stage = Stage::start().await;
    let picture = sent(&stage, json!({ "image": { "data_base64": "cGljdHVyZQ==", "mime": "image/png" } })).await;
    let reply = content(&stage, &picture, "").await.is(200);
    assert_eq!((&reply.bytes[..], reply.header("content-type")), (&b"picture"[..], "image/png"));
    content(&stage, &picture, "/preview").await.is(200);
    let wrong = content(&stage, &picture, "/transcoding").await.is(400);
    assert_eq!(wrong.message(), "Transcoding status doesn't support this type of content");

    let video = sent(&stage, json!({ "video": { "data_base64": "bW92aWU=" } })).await;
    content(&stage, &video, "").await.is(202);
    assert_eq!(content(&stage, &video, "/transcoding").await.json, json!({ "status": "processing" }));
    stage.advance(3000).await;
    assert_eq!(&content(&stage, &video, "").await.is(200).bytes[..], b"movie");
    assert_eq!(content(&stage, &video, "/transcoding").await.json, json!({ "status": "succeeded" }));

    let file = sent(&stage, json!({ "file": { "data_base64": "cGRm", "fileName": "a.pdf" } })).await;
    assert_eq!(content(&stage, &file, "/preview").await.is(400).message(), "The content can not be previewed");
    assert_eq!(content(&stage, "12345", "").await.is(404).message(), "not found");
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_unsent_is_gone() {
    let (stage, shop) = with_shop(|_, _| {}).await;
    let picture = sent(&stage, json!({ "image": { "data_base64": "cGljdHVyZQ==" } })).await;
    stage.act("unsend", json!({ "user": 0, "message_id": picture, "wait": true })).await;
    assert_eq!(content(&stage, &picture, "").await.is(410).message(), "The content is gone");
    let events = shop.events_at_least(2).await;
    assert_eq!(events[1]["unsend"], json!({ "messageId": picture }));
    let room = stage.room(0).await;
    assert_eq!(room[0]["unsent"], true);
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_channel_cannot_fetch_it() {
    let stage = Stage::start().await;
    let other = json!({ "channel_id": "2", "channel_secret": "s", "long_lived_token": "t2" });
    stage.act("channels", other).await;
    let body = json!({ "user": 0, "channel_id": crate::stage::CHANNEL, "image": { "data_base64": "cGljdHVyZQ==" } });
    let id = stage.act("say", body).await["message_id"].as_str().unwrap().to_owned();
    let foreign = [("authorization", "Bearer t2")];
    stage.send("GET", &format!("/v2/bot/message/{id}/content"), &foreign, Vec::new()).await.is(404);
}
