//! Settings as several people save them.

use serde_json::{Value, json};

use crate::house::House;

/// Two who open the same rules: the second to save is told, whatever their pages compared.
async fn told(house: &House, path: &str, change: impl Fn(i64) -> Value, at: &str) {
    let shop = house.shop(&format!("{}", path.len() + 1000)).await;
    let path = format!("/api/v1/settings/{path}");
    let put = async |n: i64, revision: Option<i64>| {
        let mut body = change(n);
        if let Some(revision) = revision {
            body["revision"] = json!(revision);
        }
        house.call(&shop.owner, "PUT", &path, body).await
    };
    let begun = house.get(&shop.owner, &path).await.expect(200);
    assert_eq!(begun["revision"], 0, "nobody has saved yet: {begun}");
    let first = put(11, Some(0)).await.expect(200);
    assert_eq!((first["revision"].as_i64(), first.pointer(at)), (Some(1), Some(&json!(11))), "{first}");
    let refused = put(12, Some(0)).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (412, "edited_meanwhile"));
    let kept = house.get(&shop.owner, &path).await.expect(200);
    assert_eq!(kept, first, "what was saved first stands");
    assert_eq!(put(12, Some(1)).await.expect(200)["revision"], 2);
    assert_eq!(put(13, None).await.expect(200)["revision"], 3, "who names no revision writes over");
    // The body is read as strictly as before, with the place of what is wrong.
    let mut unknown = change(11);
    unknown["unknown"] = json!(1);
    house.call(&shop.owner, "PUT", &path, unknown).await.expect(400);
    let wrong = house.call(&shop.owner, "PUT", &path, json!({"revision": "x"})).await;
    assert_eq!(wrong.expect(400)["errors"][0]["path"], "revision");
}

#[tokio::test]
async fn nobody_saves_rules_over_another_unseen() {
    for house in House::on_both().await {
        told(&house, "policy", |n| json!({"cap": {"per_day": n, "per_week": 20}}), "/cap/per_day").await;
        told(&house, "broadcasts", |n| json!({"typed_from": n}), "/typed_from").await;
        told(&house, "notices", |n| json!({"failures": n}), "/failures").await;
        house.close().await;
    }
}

#[tokio::test]
async fn of_two_who_save_at_once_one_is_told() {
    for house in House::on_both().await {
        let shop = house.shop("1000").await;
        let put = |n: i64| {
            let body = json!({"cap": {"per_day": n, "per_week": 20}, "revision": 0});
            house.call(&shop.owner, "PUT", "/api/v1/settings/policy", body)
        };
        let (one, other) = tokio::join!(put(1), put(2));
        let mut answers = [one.status.as_u16(), other.status.as_u16()];
        answers.sort_unstable();
        assert_eq!(answers, [200, 412]);
        house.close().await;
    }
}

#[tokio::test]
async fn a_template_says_what_it_was_written_for() {
    for house in House::on_both().await {
        let shop = house.shop("1000").await;
        let messages = json!([{"type": "text", "text": "春"}]);
        let make = async |body: Value| house.post(&shop.owner, "/api/v1/templates", body).await.expect(201);
        let plain = make(json!({"name": "a", "messages": messages})).await;
        assert_eq!(plain["made_for"], "reuse");
        let own = make(json!({"name": "b", "messages": messages, "made_for": "broadcast", "folder": "x"})).await;
        assert_eq!(own["made_for"], "broadcast");
        let path = format!("/api/v1/templates/{}", own["id"].as_str().unwrap());
        let moved = house.call(&shop.owner, "PUT", &path, json!({"folder": "ほか"})).await.expect(200);
        assert_eq!(moved["made_for"], "broadcast", "whatever folder it stands in");
        house.close().await;
    }
}
