//! Coupons.

use crate::stage::{NOW_MS, Stage};
use serde_json::{Value, json};

fn coupon() -> Value {
    json!({
        "title": "10%引き", "startTimestamp": NOW_MS / 1000, "endTimestamp": NOW_MS / 1000 + 86_400, "timezone": "ASIA_TOKYO",
        "visibility": "UNLISTED", "maxUseCountPerTicket": 1, "acquisitionCondition": { "type": "normal" },
        "reward": { "type": "discount", "priceInfo": { "type": "percentage", "percentage": 10 } },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_coupon_runs_and_closes_once() {
    let stage = Stage::start().await;
    let id = stage.post("/v2/bot/coupon", coupon()).await.is(200).json["couponId"].as_str().unwrap().to_owned();
    let path = format!("/v2/bot/coupon/{id}");
    assert_eq!(stage.get(&path).await.is(200).json["status"], "RUNNING");
    let list = stage.get("/v2/bot/coupon?status=RUNNING").await.json;
    assert_eq!(list, json!({ "items": [{ "couponId": id, "title": "10%引き" }] }));
    let message = json!({ "type": "coupon", "couponId": id });
    stage.post("/v2/bot/message/push", json!({ "to": stage.user(0).await, "messages": [message] })).await.is(200);
    stage.line("PUT", &format!("{path}/close"), Value::Null).await.is(200);
    let twice = stage.line("PUT", &format!("{path}/close"), Value::Null).await.is(410);
    assert_eq!(twice.details(), [": The coupon has already been closed."]);
    let missing = stage.line("PUT", "/v2/bot/coupon/none/close", Value::Null).await.is(404);
    assert_eq!(missing.details(), [": coupon not found"]);
    stage.get("/v2/bot/coupon/none").await.is(404);
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_named() {
    let stage = Stage::start().await;
    let with = |path: &str, value: Value| {
        let mut body = coupon();
        *body.pointer_mut(path).unwrap() = value;
        stage.post("/v2/bot/coupon", body)
    };
    assert_eq!(with("/title", json!("")).await.is(400).details(), ["title: Size must be between 1 and 60"]);
    let kind = with("/reward", json!({ "type": "money" })).await.is(400);
    assert_eq!(kind.details(), ["reward.type: Must be one of the following values: [discount,free,gift,cashBack,others]"]);
    let price = with("/reward/priceInfo", json!({ "type": "percentage", "percentage": 10, "fixedAmount": 5 })).await.is(400);
    assert_eq!(price.details(), ["reward.priceInfo.fixedAmount: Must not be specified"]);
    let status = stage.get("/v2/bot/coupon?status=OLD").await.is(400);
    assert_eq!(status.details(), ["status: Must be one of the following values: [DRAFT,RUNNING,CLOSED]"]);
    assert_eq!(stage.get("/v2/bot/coupon?limit=101").await.is(400).details(), ["limit: Must be less than or equal to 100"]);
}
