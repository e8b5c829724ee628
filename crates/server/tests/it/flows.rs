//! Scenarios and auto replies as staff edit them: two at one draft, versions, figures, rules that can never answer.

use serde_json::{Value, json};

use crate::house::House;

fn graph(days: u32, revision: Option<i64>) -> Value {
    json!({"name": "道", "trigger": {"on": "hand"}, "revision": revision,
        "nodes": [{"id": "w", "do": "wait", "until": {"after": {"days": days}}}, {"id": "x", "do": "exit"}]})
}

#[tokio::test]
async fn nobody_saves_or_publishes_over_another_unseen() {
    for house in House::on_both().await {
        let shop = house.shop("1000").await;
        let made = house.post(&shop.owner, "/api/v1/journeys", graph(1, None)).await.expect(201);
        let path = format!("/api/v1/journeys/{}", made["id"].as_str().unwrap());
        assert_eq!(made["revision"], 1);
        let put = async |days, revision| house.call(&shop.owner, "PUT", &path, graph(days, revision)).await;
        let first = put(2, Some(1)).await.expect(200);
        assert_eq!(first["revision"], 2);
        assert!(first["edited_by"].is_string(), "{first}");
        assert_eq!(put(3, Some(1)).await.code(), "edited_meanwhile");
        let kept = house.get(&shop.owner, &path).await.expect(200);
        assert_eq!(kept["graph"]["nodes"][0]["until"]["after"]["days"], 2, "what was saved first stands");
        put(4, None).await.expect(200);

        let publish = format!("{path}/publish");
        assert_eq!(house.post(&shop.owner, &publish, json!({"revision": 2})).await.code(), "edited_meanwhile");
        house.post(&shop.owner, &publish, json!({"revision": 3})).await.expect(200);
        house.close().await;
    }
}

#[tokio::test]
async fn nobody_replaces_a_rule_unseen() {
    for house in House::on_both().await {
        let shop = house.shop("1000").await;
        let rule = |text: &str, base: Option<i64>| {
            json!({"name": "営業時間", "trigger": {"on": "keyword", "mode": "contains", "words": ["営業"]},
                "actions": [{"action": "notify", "text": text}], "base": base})
        };
        let made = house.post(&shop.owner, "/api/v1/rules", rule("一", None)).await.expect(201);
        let path = format!("/api/v1/rules/{}", made["id"].as_str().unwrap());
        let put = async |text: &str, base| house.call(&shop.owner, "PUT", &path, rule(text, base)).await;
        let begun = made["updated_at"].as_i64();
        // The house's clock stands still: two changes in one millisecond are two changes all the same.
        let first = put("二", begun).await.expect(200);
        assert!(first["updated_at"].as_i64() > begun, "{first}");
        assert_eq!(put("三", begun).await.code(), "edited_meanwhile");
        let kept = house.get(&shop.owner, &path).await.expect(200);
        assert_eq!(kept["actions"][0]["text"], "二", "what was saved first stands");
        put("四", None).await.expect(200);
        house.close().await;
    }
}

#[tokio::test]
async fn versions_keep_what_was_published_and_figures_count_who_came() {
    for house in House::on_both().await {
        let shop = house.shop("1000").await;
        let contact = house.friend(&shop, "U0123456789abcdef0123456789abcdef").await;
        house.settled().await;
        let made = house.post(&shop.owner, "/api/v1/journeys", graph(1, None)).await.expect(201);
        let path = format!("/api/v1/journeys/{}", made["id"].as_str().unwrap());
        let publish = async || house.post(&shop.owner, &format!("{path}/publish"), json!({})).await.expect(200);
        let first = publish().await["version_id"].as_str().unwrap().to_owned();
        house.post(&shop.owner, &format!("{path}/enroll"), json!({"contact_ids": [contact]})).await.expect(202);
        house.settled().await;
        house.call(&shop.owner, "PUT", &path, graph(9, None)).await.expect(200);
        let second = publish().await["version_id"].as_str().unwrap().to_owned();

        let versions = house.get(&shop.owner, &format!("{path}/versions")).await.expect(200);
        let of = |n: usize| {
            (versions["items"][n]["id"].clone(), versions["items"][n]["number"].clone(), versions["items"][n]["active"].clone())
        };
        assert_eq!(of(0), (json!(second), json!(2), json!(0)));
        assert_eq!(of(1), (json!(first), json!(1), json!(1)), "who is under way stays on the version it began with");
        let old = house.get(&shop.owner, &format!("{path}/versions/{first}")).await.expect(200);
        assert_eq!(old["nodes"][0]["until"]["after"]["days"], 1);

        let figures = async |query: &str| house.get(&shop.owner, &format!("{path}/figures?{query}")).await.expect(200);
        let at = |figures: &Value| {
            (figures["active"].clone(), figures["nodes"]["w"]["here"].clone(), figures["nodes"]["w"]["came"].clone())
        };
        assert_eq!(at(&figures("days=1").await), (json!(1), json!(1), json!(1)));
        assert_eq!(at(&figures(&format!("version={first}")).await), (json!(1), json!(1), json!(1)));
        assert_eq!(at(&figures(&format!("version={second}")).await), (json!(0), Value::Null, Value::Null));
        assert_eq!(house.get(&shop.owner, &format!("{path}/figures?days=0")).await.code(), "invalid");
        house.close().await;
    }
}

#[tokio::test]
async fn a_draft_is_tried_without_being_saved() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let made = house.post(&shop.owner, "/api/v1/journeys", graph(1, None)).await.expect(201);
    let path = format!("/api/v1/journeys/{}/dry-run", made["id"].as_str().unwrap());
    let ends = async |body: Value| house.post(&shop.owner, &path, body).await.expect(200)["items"][0]["at"].as_i64().unwrap();
    let mut unsaved = graph(3, None);
    unsaved.as_object_mut().unwrap().retain(|key, _| key == "trigger" || key == "nodes");
    let days = (ends(json!({"at": 1_795_338_300_000_i64, "graph": unsaved})).await
        - ends(json!({"at": 1_795_338_300_000_i64})).await)
        / 86_400_000;
    assert_eq!(days, 2);
    let broken = json!({"graph": {"trigger": {"on": "hand"}, "nodes": [{"do": "wait", "until": {"after": {}}}]}});
    assert_eq!(house.post(&shop.owner, &path, broken).await.code(), "invalid");
}

#[tokio::test]
async fn a_rule_that_can_never_answer_is_named_also_before_it_is_saved() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let rule = |name: &str, words: &[&str], priority: i64| {
        json!({"name": name, "trigger": {"on": "keyword", "mode": "contains", "words": words}, "priority": priority,
            "actions": [{"action": "notify", "text": name}]})
    };
    house.post(&shop.owner, "/api/v1/rules", rule("予約", &["予約"], 2)).await.expect(201);
    house.post(&shop.owner, "/api/v1/rules", rule("変更", &["予約変更"], 1)).await.expect(201);
    let list = house.get(&shop.owner, "/api/v1/rules").await.expect(200);
    assert_eq!(list["items"][0]["hidden_by"], Value::Null);
    assert_eq!(list["items"][1]["hidden_by"]["name"], "予約");

    let ask =
        |draft: Value| json!({"channel_id": shop.channel, "input": {"kind": "message", "text": "予約の取消"}, "draft": draft});
    let hidden =
        house.post(&shop.owner, "/api/v1/rules/try", ask(json!({"rule": rule("取消", &["予約の取消"], 0)}))).await.expect(200);
    assert_eq!(hidden["hidden_by"]["name"], "予約");
    let first =
        house.post(&shop.owner, "/api/v1/rules/try", ask(json!({"rule": rule("取消", &["予約の取消"], 9)}))).await.expect(200);
    assert_eq!((&first["hidden_by"], &first["actions"][0]["text"]), (&Value::Null, &json!("取消")));
    assert_eq!(
        house.get(&shop.owner, "/api/v1/rules").await.expect(200)["items"].as_array().unwrap().len(),
        2,
        "nothing was saved"
    );
}
