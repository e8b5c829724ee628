//! Audiences, memberships, notification messages.

use crate::stage::{Stage, TOKEN, text_message, with_shop};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

#[tokio::test(flavor = "multi_thread")]
async fn audiences_grow_are_listed_and_deleted() {
    let stage = Stage::start().await;
    let ids = |people: &[String]| people.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>();
    let (a, b) = (stage.user(0).await, stage.user(1).await);
    let made = stage.post("/v2/bot/audienceGroup/upload", json!({ "description": "会員", "audiences": ids(&[a]) })).await.is(202);
    let id = made.json["audienceGroupId"].as_i64().unwrap();
    assert_eq!((made.json["type"].as_str(), made.json["createRoute"].as_str()), (Some("UPLOAD"), Some("MESSAGING_API")));
    let view = |json: &Value| (json["audienceGroup"]["status"].clone(), json["audienceGroup"]["audienceCount"].clone());
    let path = format!("/v2/bot/audienceGroup/{id}");
    assert_eq!(view(&stage.get(&path).await.json), (json!("IN_PROGRESS"), json!(0)));
    stage.advance(2000).await;
    stage.line("PUT", "/v2/bot/audienceGroup/upload", json!({ "audienceGroupId": id, "audiences": ids(&[b]) })).await.is(202);
    stage.advance(2000).await;
    assert_eq!(view(&stage.get(&path).await.json), (json!("READY"), json!(2)));
    stage.line("PUT", &format!("{path}/updateDescription"), json!({ "description": "常連" })).await.is(200);
    let list = stage.get("/v2/bot/audienceGroup/list?page=1").await.is(200).json;
    assert_eq!((list["totalCount"].as_i64(), list["audienceGroups"][0]["description"].as_str()), (Some(1), Some("常連")));
    let high = stage.get("/v2/bot/audienceGroup/list?page=1&size=41").await.is(400);
    assert_eq!(high.message(), "size: must be less than or equal to 40");
    stage.line("DELETE", &path, Value::Null).await.is(202);
    let gone = stage.get(&path).await.is(400);
    assert_eq!(
        (gone.message(), gone.json["details"][0]["message"].as_str()),
        ("audience group not found", Some("AUDIENCE_GROUP_NOT_FOUND"))
    );
    let odd = stage
        .post("/v2/bot/audienceGroup/upload", json!({ "description": "x", "audiences": [{ "id": "nobody" }] }))
        .await
        .is(400);
    assert_eq!((odd.message(), odd.json["details"][0]["property"].as_str()), ("Invalid audience id format", Some("audiences")));
    let long = stage.post("/v2/bot/audienceGroup/upload", json!({ "description": "x".repeat(121) })).await.is(400);
    assert_eq!(long.message(), "size over audienceGroupName");
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audience_can_come_as_a_file() {
    let stage = Stage::start().await;
    let body = format!(
        "--B\r\ncontent-disposition: form-data; name=\"description\"\r\n\r\n名簿\r\n--B\r\ncontent-disposition: form-data; name=\"file\"; \
         filename=\"ids.txt\"\r\ncontent-type: text/plain\r\n\r\n{}\n{}\n\r\n--B--\r\n",
        stage.user(0).await,
        stage.user(1).await
    );
    let auth = format!("Bearer {TOKEN}");
    let headers = [("authorization", auth.as_str()), ("content-type", "multipart/form-data; boundary=B")];
    let made = stage.send("POST", "/v2/bot/audienceGroup/upload/byFile", &headers, body.into()).await.is(202);
    stage.advance(2000).await;
    let path = format!("/v2/bot/audienceGroup/{}", made.json["audienceGroupId"]);
    assert_eq!(stage.get(&path).await.json["audienceGroup"]["audienceCount"], 2);
    stage.line("POST", "/v2/bot/audienceGroup/upload/byFile", json!({})).await.is(415);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_a_plan_are_told() {
    let stage = Stage::start().await;
    assert_eq!(stage.get("/v2/bot/membership/list").await.is(404).message(), "Membership plan not found");
    stage.act("membership", json!({ "user": 0, "type": "joined", "membership_id": 7 })).await;
    let user = stage.user(0).await;
    let mine = stage.get(&format!("/v2/bot/membership/subscription/{user}")).await.is(200).json;
    assert_eq!(mine["subscriptions"][0]["user"]["membershipNo"], 1);
    assert_eq!(stage.get("/v2/bot/membership/7/users/ids").await.json, json!({ "userIds": [user] }));
    assert_eq!(stage.get("/v2/bot/membership/8/users/ids").await.is(404).message(), "Membership ID is not found");
    stage.get("/v2/bot/membership/list").await.is(200);
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notification_messages_go_to_numbers() {
    let (stage, shop) = with_shop(|_, _| {}).await;
    stage.sim("POST", "/__sim/users/9", json!({ "phone": "+819012345678" })).await;
    let hash = hex::encode(Sha256::digest(b"+819012345678"));
    let push = |to: &str| stage.post("/bot/pnp/push", json!({ "to": to, "messages": [text_message("発送しました")] }));
    push(&hash).await.is(200);
    assert_eq!(stage.texts(9).await, ["発送しました"], "the recipient need not be a friend");
    let bad = push("+819012345678").await.is(400);
    assert_eq!(bad.details(), ["to: The value must be a valid SHA-256 digest."]);
    let nobody = hex::encode(Sha256::digest(b"+81000"));
    assert_eq!(push(&nobody).await.is(422).message(), "Failed to send messages");
    stage.advance(1000).await;
    let events = shop.events_at_least(1).await;
    assert_eq!((events[0]["delivery"].clone(), events[0]["source"].is_null()), (json!({ "data": hash }), true));
    stage.fits().await;
}
