//! Narrowcast, audiences behind it, and insight after it.

use crate::stage::{Stage, text_message};
use serde_json::{Value, json};

async fn narrowcast(stage: &Stage, more: Value) -> crate::stage::Reply {
    let mut body = json!({ "messages": [text_message("ご案内")] });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    stage.post("/v2/bot/message/narrowcast", body).await
}

async fn progress(stage: &Stage, id: &str) -> Value {
    stage.get(&format!("/v2/bot/message/progress/narrowcast?requestId={id}")).await.is(200).json
}

async fn audience(stage: &Stage, people: std::ops::Range<u32>) -> i64 {
    let mut ids = Vec::new();
    for n in people {
        ids.push(json!({ "id": stage.user(n).await }));
    }
    let reply = stage.post("/v2/bot/audienceGroup/upload", json!({ "description": "会員", "audiences": ids })).await.is(202);
    reply.json["audienceGroupId"].as_i64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_from_waiting_to_succeeded() {
    let stage = Stage::start().await;
    let reply = narrowcast(&stage, json!({})).await.is(202);
    let id = reply.header("x-line-request-id").to_owned();
    assert_eq!(progress(&stage, &id).await["phase"], "waiting");
    stage.advance(1500).await;
    assert_eq!(progress(&stage, &id).await["phase"], "sending");
    assert!(stage.texts(0).await.is_empty());
    stage.advance(1500).await;
    let done = progress(&stage, &id).await;
    assert_eq!(
        (done["phase"].as_str(), done["successCount"].as_i64(), done["targetCount"].as_i64()),
        (Some("succeeded"), Some(5), Some(5))
    );
    assert_eq!(stage.texts(4).await, ["ご案内"]);
    assert_eq!(stage.get("/v2/bot/message/quota/consumption").await.json["totalUsage"], 5);
    let unknown = "/v2/bot/message/progress/narrowcast?requestId=00000000-0000-4000-8000-000000000000";
    assert_eq!(stage.get(unknown).await.is(404).message(), "Not found");
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_holds_the_quota_of_its_whole_reach() {
    let stage = Stage::with(|_, channel| channel.quota = Some(Some(7))).await;
    narrowcast(&stage, json!({})).await.is(202);
    let three: Vec<String> = [stage.user(0).await, stage.user(1).await, stage.user(2).await].to_vec();
    let multicast = json!({ "to": three, "messages": [text_message("x")] });
    let refused = stage.post("/v2/bot/message/multicast", multicast).await.is(429);
    assert_eq!(refused.message(), "You have reached your monthly limit.");
    narrowcast(&stage, json!({})).await.is(429);
    let odd = narrowcast(&stage, json!({ "limit": { "forbidPartialDelivery": true } })).await.is(400);
    assert_eq!(odd.message(), "The option forbidPartialDelivery must be used with upToRemainingQuota.");
    let partial = json!({ "limit": { "upToRemainingQuota": true, "forbidPartialDelivery": true } });
    let id = narrowcast(&stage, partial).await.is(202).header("x-line-request-id").to_owned();
    let rest = narrowcast(&stage, json!({ "limit": { "upToRemainingQuota": true } }))
        .await
        .is(202)
        .header("x-line-request-id")
        .to_owned();
    stage.advance(3000).await;
    assert_eq!(progress(&stage, &id).await["errorCode"], 5);
    assert_eq!(progress(&stage, &rest).await["successCount"], 2);
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn audiences_and_thresholds() {
    let stage = Stage::with(|config, _| (config.users, config.friends) = (400, Some(300))).await;
    let id = audience(&stage, 0..10).await;
    let to = json!({ "recipient": { "type": "audience", "audienceGroupId": id } });
    let early = narrowcast(&stage, to.clone()).await.is(400);
    assert_eq!(early.message(), format!("Invalid audience group id: {id}"), "not READY yet");
    stage.advance(2000).await;
    // The account's own upload has no threshold.
    let own = narrowcast(&stage, to.clone()).await.is(202).header("x-line-request-id").to_owned();
    let without = json!({ "recipient": { "type": "operator", "not": { "type": "audience", "audienceGroupId": id } } });
    let others = narrowcast(&stage, without).await.is(202).header("x-line-request-id").to_owned();
    let mut filtered = to;
    filtered["filter"] = json!({ "demographic": { "type": "gender", "oneOf": ["female"] } });
    let few = narrowcast(&stage, filtered).await.is(202).header("x-line-request-id").to_owned();
    let women = json!({ "filter": { "demographic": { "type": "gender", "oneOf": ["female"] } } });
    let women = narrowcast(&stage, women).await.is(202).header("x-line-request-id").to_owned();
    stage.advance(3000).await;
    assert_eq!(progress(&stage, &own).await["successCount"], 10);
    assert_eq!(progress(&stage, &others).await["successCount"], 290);
    let failed = progress(&stage, &few).await;
    assert_eq!((failed["phase"].as_str(), failed["errorCode"].as_i64()), (Some("failed"), Some(2)));
    let reached = progress(&stage, &women).await["successCount"].as_i64().unwrap();
    assert!((90..180).contains(&reached), "about half of those whose gender is known: {reached}");
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn attribute_filters_need_a_hundred_friends() {
    let stage = Stage::start().await;
    let filter = json!({ "filter": { "demographic": { "type": "appType", "oneOf": ["ios"] } } });
    let refused = narrowcast(&stage, filter).await.is(403);
    assert_eq!(refused.message(), "Your account does not have enough friends");
}

#[tokio::test(flavor = "multi_thread")]
async fn insight_hides_fewer_than_twenty_and_shows_more() {
    let stage = Stage::with(|config, _| (config.users, config.friends) = (40, Some(30))).await;
    let button = json!({ "type": "template", "altText": "x", "template": { "type": "buttons", "text": "t",
        "actions": [{ "type": "uri", "label": "開く", "uri": "https://example.jp/sale" }] } });
    let sent = stage.post("/v2/bot/message/broadcast", json!({ "messages": [button] })).await.is(200);
    let id = sent.header("x-line-request-id").to_owned();
    let event = format!("/v2/bot/insight/message/event?requestId={id}");
    let tap = |n: u32| {
        let stage = &stage;
        async move {
            stage.act("read", json!({ "user": n })).await;
            let message_id = stage.room(n).await[0]["id"].clone();
            stage.act("tap", json!({ "user": n, "message_id": message_id, "path": "template.actions[0]" })).await;
        }
    };
    for n in 0..19 {
        tap(n).await;
    }
    let few = stage.get(&event).await.is(200).json;
    assert_eq!(few["overview"]["delivered"], 30);
    assert_eq!((few["overview"]["uniqueImpression"].clone(), few["clicks"][0]["click"].clone()), (Value::Null, Value::Null));
    tap(19).await;
    let enough = stage.get(&event).await.is(200).json;
    assert_eq!(
        (enough["overview"]["uniqueClick"].as_i64(), enough["clicks"][0]["url"].as_str()),
        (Some(20), Some("https://example.jp/sale"))
    );
    stage.advance(15 * 86_400_000).await;
    stage.get(&event).await.is(404);
    let day = stage.get("/v2/bot/insight/message/delivery?date=20261102").await.json;
    assert_eq!((day["status"].as_str(), day["apiBroadcast"].as_i64()), (Some("ready"), Some(30)));
    let followers = stage.get("/v2/bot/insight/followers?date=20261102").await.json;
    assert_eq!((followers["followers"].as_i64(), followers["blocks"].as_i64()), (Some(30), Some(0)));
    assert_eq!(stage.get("/v2/bot/insight/followers").await.is(400).message(), "date is required");
    assert_eq!(stage.get("/v2/bot/insight/demographic").await.json["available"], true);
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_sums_its_sends_and_refuses_with_nulls() {
    let stage = Stage::with(|config, _| (config.users, config.friends) = (30, Some(30))).await;
    for n in 0..25 {
        let body = json!({ "to": stage.user(n).await, "messages": [text_message("x")], "customAggregationUnits": ["step1"] });
        stage.post("/v2/bot/message/push", body).await.is(200);
        stage.act("read", json!({ "user": n })).await;
    }
    let path = "/v2/bot/insight/message/event/aggregation?customAggregationUnit=step1&from=20261102&to=";
    let sums = stage.get(&format!("{path}20261102")).await.is(200).json;
    assert_eq!(sums["overview"]["uniqueImpression"], 25);
    let refused = stage.get(&format!("{path}20270102")).await.is(400);
    assert_eq!(&refused.bytes[..], br#"{"message":null,"key":null,"stacktrace":null,"code":null}"#);
    stage.fits().await;
}
