//! Broadcasts as staff make them: what was looked at is what goes, and what a list and a preview show.

use serde_json::{Value, json};

use crate::house::{House, Shop};

fn text(words: &str) -> Value {
    json!([{"type": "text", "text": words}])
}

async fn id(house: &House, shop: &Shop, path: &str, body: Value) -> String {
    house.post(&shop.owner, path, body).await.expect(201)["id"].as_str().unwrap().to_owned()
}

fn draft(shop: &Shop, template: &str, name: &str) -> Value {
    json!({"name": name, "channel_id": shop.channel, "template_id": template, "audience": {"to": "all"}})
}

/// What the page with the button shows.
async fn seen(house: &House, shop: &Shop, path: &str) -> Value {
    house.post(&shop.owner, &format!("{path}/preview"), Value::Null).await.expect(200)["seen"].clone()
}

#[tokio::test]
async fn only_what_was_looked_at_is_confirmed_or_approved() {
    for house in House::on_both().await {
        looked_at(house).await;
    }
}

async fn looked_at(house: House) {
    let shop = house.shop("1000").await;
    let template = id(&house, &shop, "/api/v1/templates", json!({"name": "t", "messages": text("春")})).await;
    let broadcast = id(&house, &shop, "/api/v1/broadcasts", draft(&shop, &template, "春")).await;
    let path = format!("/api/v1/broadcasts/{broadcast}");
    let confirm = async |seen: &Value| house.post(&shop.owner, &format!("{path}/confirm"), json!({"seen": seen})).await;

    let first = seen(&house, &shop, &path).await;
    house.call(&shop.owner, "PUT", &path, draft(&shop, &template, "夏")).await.expect(200);
    let refused = confirm(&first).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (412, "edited_meanwhile"));
    let approve = house.post(&shop.owner, &format!("{path}/approve"), json!({"seen": first})).await;
    assert_eq!(approve.code(), "edited_meanwhile");

    let second = seen(&house, &shop, &path).await;
    assert_ne!(first, second);
    let words = json!({"messages": text("秋")});
    house.call(&shop.owner, "PUT", &format!("/api/v1/templates/{template}"), words).await.expect(200);
    assert_eq!(confirm(&second).await.code(), "edited_meanwhile", "the messages are another person's");
    let kept = house.get(&shop.owner, &path).await.expect(200);
    assert_eq!(kept["state"], "draft");

    let third = seen(&house, &shop, &path).await;
    confirm(&third).await.expect(200);
    house.close().await;
}

#[tokio::test]
async fn a_preview_shows_the_version_that_is_asked_for() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let template = id(&house, &shop, "/api/v1/templates", json!({"name": "t", "messages": text("春")})).await;
    let path = format!("/api/v1/templates/{template}");
    let old = house.get(&shop.owner, &path).await.expect(200)["version_id"].clone();
    house.call(&shop.owner, "PUT", &path, json!({"messages": text("夏")})).await.expect(200);
    let says = async |wish: Value| {
        house.post(&shop.owner, "/api/v1/templates/preview", wish).await.expect(200)["messages"][0]["text"].clone()
    };
    assert_eq!(says(json!({"template_id": template})).await, "夏");
    assert_eq!(says(json!({"template_id": template, "version_id": old})).await, "春");
    house.close().await;
}

#[tokio::test]
async fn a_list_of_one_account_has_its_own_alone() {
    for house in House::on_both().await {
        let shop = house.shop("1000").await;
        let template = id(&house, &shop, "/api/v1/templates", json!({"name": "t", "messages": text("春")})).await;
        let own = id(&house, &shop, "/api/v1/broadcasts", draft(&shop, &template, "本店")).await;
        let of = async |channel: &str| {
            let list = house.get(&shop.owner, &format!("/api/v1/broadcasts?channel={channel}")).await.expect(200);
            list["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(of(&shop.channel.to_string()).await, [json!(own)]);
        assert!(of("019aa000-0000-7000-8000-000000000001").await.is_empty());
        house.close().await;
    }
}
