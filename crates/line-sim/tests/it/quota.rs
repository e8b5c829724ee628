//! The month's messages, counted by recipient.

use crate::stage::{CHANNEL, Stage, text_message};
use proptest::prelude::*;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_is_told_and_kept() {
    let stage = Stage::with(|_, channel| channel.quota = Some(Some(3))).await;
    assert_eq!(stage.get("/v2/bot/message/quota").await.json, json!({ "type": "limited", "value": 3 }));
    let (a, b) = (stage.user(0).await, stage.user(1).await);
    let both = json!({ "to": [a, b], "messages": [text_message("x"), text_message("y")] });
    stage.post("/v2/bot/message/multicast", both.clone()).await.is(200);
    let over = stage.post("/v2/bot/message/multicast", both).await.is(429);
    assert_eq!(over.message(), "You have reached your monthly limit.");
    stage.push_text(&a, "まだ一つ").await.is(200);
    stage.push_text(&a, "もうない").await.is(429);
    assert_eq!(stage.get("/v2/bot/message/quota/consumption").await.json["totalUsage"], 3);
    // December comes to Japan.
    stage.act("clock", json!({ "advance_to": "2026-11-30T15:00:00Z" })).await;
    assert_eq!(stage.get("/v2/bot/message/quota/consumption").await.json["totalUsage"], 0);
    stage.push_text(&a, "新しい月").await.is(200);
    stage.act("channels", json!({ "channel_id": CHANNEL, "quota": null })).await;
    assert_eq!(stage.get("/v2/bot/message/quota").await.json, json!({ "type": "none" }));
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_counts_are_ready_on_the_next_day() {
    let stage = Stage::start().await;
    stage.push_text(&stage.user(0).await, "x").await.is(200);
    let count = |date: &'static str| async move { format!("/v2/bot/message/delivery/push?date={date}") };
    assert_eq!(stage.get(&count("20261102").await).await.json, json!({ "status": "unready" }));
    stage.advance(86_400_000).await;
    assert_eq!(stage.get(&count("20261102").await).await.json, json!({ "status": "ready", "success": 1 }));
    assert_eq!(stage.get(&count("20180101").await).await.json, json!({ "status": "out_of_service" }));
    let bad = stage.get("/v2/bot/message/delivery/push?date=2026-11-02").await.is(400);
    assert_eq!(bad.message(), "The value for the 'date' parameter is invalid");
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn units_are_named_counted_and_bounded() {
    let stage = Stage::start().await;
    let user = stage.user(0).await;
    let push = |units: serde_json::Value| {
        let body = json!({ "to": user, "messages": [text_message("x")], "customAggregationUnits": units });
        stage.post("/v2/bot/message/push", body)
    };
    push(json!(["spring_sale"])).await.is(200);
    push(json!(["spring_sale"])).await.is(200);
    push(json!(["summer"])).await.is(200);
    push(json!(["a", "b"])).await.is(400);
    push(json!(["with-hyphen"])).await.is(400);
    push(json!(["x".repeat(31)])).await.is(400);
    let info = stage.get("/v2/bot/message/aggregation/info").await.json;
    assert_eq!(info, json!({ "numOfCustomAggregationUnits": 2 }));
    let list = stage.get("/v2/bot/message/aggregation/list?limit=1").await.json;
    assert_eq!(list["customAggregationUnits"], json!(["spring_sale"]));
    let next = list["next"].as_str().unwrap();
    let rest = stage.get(&format!("/v2/bot/message/aggregation/list?start={next}")).await.json;
    assert_eq!(rest, json!({ "customAggregationUnits": ["summer"] }));
    stage.fits().await;
}

/// One step of the law below: to whom, by which endpoint.
#[derive(Debug, Clone)]
enum Step {
    Push(u32),
    Multicast(Vec<u32>),
    Broadcast,
    Block(u32),
    Follow(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..10u32).prop_map(Step::Push),
        prop::collection::btree_set(0..10u32, 1..6).prop_map(|set| Step::Multicast(set.into_iter().collect())),
        Just(Step::Broadcast),
        (0..10u32).prop_map(Step::Block),
        (0..10u32).prop_map(Step::Follow),
    ];
    prop::collection::vec(step, 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Used = bubbles' recipients that really stand in rooms, and never above the limit.
    #[test]
    fn use_equals_deliveries_and_stays_within_the_limit(steps in steps(), limit in 0u64..30) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (used, delivered) = runtime.block_on(async {
            let stage = Stage::with(|_, channel| channel.quota = Some(Some(limit))).await;
            let mut ids = Vec::new();
            for n in 0..10 {
                ids.push(stage.user(n).await);
            }
            for step in steps {
                match step {
                    Step::Push(n) => { stage.push_text(&ids[n as usize], "x").await; }
                    Step::Multicast(people) => {
                        let to: Vec<&String> = people.iter().map(|n| &ids[*n as usize]).collect();
                        stage.post("/v2/bot/message/multicast", json!({ "to": to, "messages": [text_message("x")] })).await;
                    }
                    Step::Broadcast => { stage.post("/v2/bot/message/broadcast", json!({ "messages": [text_message("x")] })).await; }
                    Step::Block(n) => { stage.act("block", json!({ "user": n })).await; }
                    Step::Follow(n) => { stage.act("follow", json!({ "user": n })).await; }
                }
            }
            let used = stage.get("/v2/bot/message/quota/consumption").await.json["totalUsage"].as_u64().unwrap();
            let mut delivered = 0;
            for n in 0..10 {
                delivered += stage.texts(n).await.len() as u64;
            }
            (used, delivered)
        });
        prop_assert_eq!(used, delivered);
        prop_assert!(used <= limit);
    }
}
