//! Bad input: a clear error, nothing lost, nothing executed.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use engine::access::{Role, Scope};
use serde_json::{Value, json};
use store::params;

use crate::house::{House, Reply, Shop};

const USER: &str = "U0123456789abcdef0123456789abcdef";

async fn import(house: &House, shop: &Shop, mode: &str, file: &str) -> Reply {
    let request = Request::post(format!("/api/v1/contacts/import?channel={}&mode={mode}", shop.channel))
        .header(AUTHORIZATION, format!("Bearer {}", shop.owner))
        .header(CONTENT_TYPE, "text/csv")
        .body(Body::from(file.to_owned()))
        .unwrap();
    house.send(request).await
}

#[tokio::test]
async fn sql_and_script_in_names_stay_text() {
    for house in House::on_both().await {
        evil_names(house).await;
    }
}

async fn evil_names(house: House) {
    let shop = house.shop("1000").await;
    let evil = "'; DROP TABLE contacts; -- <script>alert(1)</script>";
    let short = "'; DROP TABLE tags; -- <script>";
    let tag = house.post(&shop.owner, "/api/v1/tags", json!({"name": short})).await.expect(201);
    assert_eq!(tag["name"], short);
    let contact = house.friend(&shop, USER).await;
    let edited = json!({"display_name": evil, "memo": evil, "add_tags": [tag["id"]]});
    house.call(&shop.owner, "PATCH", &format!("/api/v1/contacts/{contact}"), edited).await.expect(202);
    house.settled().await;
    let found = house.get(&shop.owner, "/api/v1/contacts?q=%27%3B%20DROP%20TABLE%20contacts%3B%20--").await.expect(200);
    assert_eq!((found["items"][0]["display_name"].as_str(), found["total"]["count"].as_i64()), (Some(evil), Some(1)));
    for wild in ["%25", "_", "%5C", "%27%22", "100%25"] {
        let none = house.get(&shop.owner, &format!("/api/v1/contacts?q={wild}zz")).await.expect(200);
        assert_eq!(none["items"].as_array().unwrap().len(), 0, "{wild}");
    }
    let page = house.get(&shop.owner, &format!("/api/v1/contacts/{contact}")).await;
    assert_eq!(page.headers.get(CONTENT_TYPE).unwrap(), "application/json");
    assert_eq!(page.json()["memo"], evil);
    house.close().await;
}

#[tokio::test]
async fn a_text_of_5001_units_and_an_unknown_variable_are_told_by_place() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let long = json!({"name": "長い", "messages": [{"type": "text", "text": "あ".repeat(5_001)}]});
    let problem = house.post(&shop.owner, "/api/v1/templates", long).await.expect(422);
    assert_eq!(problem["errors"][0]["path"], "messages[0].text");
    let unknown = json!({"name": "変数", "messages": [{"type": "text", "text": "{{nothing_such}}"}]});
    let problem = house.post(&shop.owner, "/api/v1/templates", unknown).await.expect(422);
    assert!(problem["errors"][0]["path"].as_str().unwrap().starts_with("messages[0].text"), "{problem}");
    let six = json!({"name": "多い", "messages": vec![json!({"type": "text", "text": "a"}); 6]});
    house.post(&shop.owner, "/api/v1/templates", six).await.expect(422);
    let list = house.get(&shop.owner, "/api/v1/templates").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn an_import_with_broken_rows_tells_lines_and_the_user_chooses() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let file = format!("line_user_id,display_name\n{USER},花子\nnot-an-id,太郎\nU1123456789abcdef0123456789abcdef,次郎\n");
    let refused = import(&house, &shop, "all-or-nothing", &file).await.expect(422);
    assert_eq!((refused["code"].as_str(), refused["errors"][0]["path"].as_str()), (Some("import_rejected"), Some("line 3")));
    let count = async || house.get(&shop.owner, "/api/v1/contacts").await.expect(200)["total"]["count"].as_i64().unwrap();
    assert_eq!(count().await, 0);
    let taken = import(&house, &shop, "good-rows", &file).await.expect(200);
    assert_eq!(
        (taken["created"].as_u64(), taken["rejected"].as_u64(), taken["errors"][0]["line"].as_u64()),
        (Some(2), Some(1), Some(3))
    );
    assert_eq!(count().await, 2);
    let again = import(&house, &shop, "good-rows", &file).await.expect(200);
    assert_eq!((again["created"].as_u64(), again["unchanged"].as_u64()), (Some(0), Some(2)));
    let found = house.get(&shop.owner, "/api/v1/contacts?q=%E8%8A%B1%E5%AD%90").await.expect(200);
    assert_eq!(found["items"][0]["display_name"], "花子");
    // Promise 8: no greeting, no journey.
    let sql = "SELECT COUNT(*) FROM pending";
    let pending: i64 = house
        .engine
        .store
        .read(move |tx| tx.query_one(sql, &params![], |row| row.get(0)))
        .await
        .map_err(|e: store::Error| e)
        .unwrap();
    assert_eq!(pending, 0);
}

#[tokio::test]
async fn events_are_all_taken_or_none() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let good = json!({"name": "order_placed", "shop_id": "C1", "key": "o1"});
    let bad = json!({"name": "Order Placed", "shop_id": "C1"});
    let refused = house.post(&shop.owner, "/api/v1/events", json!([good, bad])).await.expect(422);
    assert_eq!(refused["errors"][0]["path"], "[1].name");
    let taken = house.post(&shop.owner, "/api/v1/events", json!([good, good])).await.expect(202);
    assert_eq!((taken["accepted"].as_u64(), taken["duplicates"].as_u64()), (Some(1), Some(1)));
    for (body, path) in [
        (json!({"name": "follow", "shop_id": "C1"}), "[0].name"),
        (json!({"name": "x"}), "[0].contact_id"),
        (json!({"name": "x", "line_user_id": USER}), "[0].channel_id"),
        (json!({"name": "x", "line_user_id": "U1", "channel_id": shop.channel}), "[0].line_user_id"),
        (json!({"name": "x", "shop_id": "C1", "contact_id": uuid::Uuid::nil()}), "[0].contact_id"),
    ] {
        assert_eq!(
            house.post(&shop.owner, "/api/v1/events", body.clone()).await.expect(422)["errors"][0]["path"],
            path,
            "{body}"
        );
    }
    assert_eq!(house.post(&shop.owner, "/api/v1/events", json!(vec![good.clone(); 501])).await.code(), "invalid");
    assert_eq!(
        house.post(&shop.owner, "/api/v1/events", json!([{"name": 5}])).await.expect(400)["errors"][0]["path"],
        "[0].name"
    );
}

#[tokio::test]
async fn the_same_key_is_the_same_request() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let send = |key: &'static str, name: &'static str| {
        let mut request = crate::house::request(&shop.owner, "POST", "/api/v1/events", json!({"name": name, "shop_id": "C1"}));
        request.headers_mut().insert("idempotency-key", key.parse().unwrap());
        house.send(request)
    };
    let first = send("k1", "a").await;
    let second = send("k1", "a").await;
    assert_eq!(second.headers.get("idempotency-replayed").unwrap(), "true");
    assert_eq!(first.expect(202), second.expect(202));
    assert_eq!(send("k1", "b").await.code(), "idempotency_mismatch");
    assert_ne!(send("k2", "a").await.expect(202)["events"][0]["id"], Value::Null);
    // What was refused may be sent again under the same key.
    assert_eq!(send("k3", "NO").await.code(), "invalid");
    assert_eq!(send("k3", "NO").await.code(), "invalid");
    let sql = "SELECT COUNT(*) FROM events";
    let events: i64 = house
        .engine
        .store
        .read(move |tx| tx.query_one(sql, &params![], |row| row.get(0)))
        .await
        .map_err(|e: store::Error| e)
        .unwrap();
    assert_eq!(events, 2);
}

#[tokio::test]
async fn too_large() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let large = json!({"name": "x".repeat(5 * 1024 * 1024)});
    assert_eq!(house.post(&shop.owner, "/api/v1/tags", large).await.code(), "too_large");
}

#[tokio::test]
async fn used_definitions_are_not_deleted() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let tag = house.post(&shop.owner, "/api/v1/tags", json!({"name": "常連"})).await.expect(201);
    let condition = json!({"is": "tag", "tag": tag["id"]});
    house.post(&shop.owner, "/api/v1/segments", json!({"name": "常連さん", "condition": condition})).await.expect(201);
    let refused = house
        .call(&shop.owner, "DELETE", &format!("/api/v1/tags/{}", tag["id"].as_str().unwrap()), Value::Null)
        .await
        .expect(409);
    assert_eq!((refused["code"].as_str(), refused["errors"][0]["message"].as_str()), (Some("in_use"), Some("常連さん")));
    assert_eq!(house.post(&shop.owner, "/api/v1/tags", json!({"name": "常連"})).await.code(), "name_taken");
}

#[tokio::test]
async fn who_may_not_send_takes_in_what_starts_nothing() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let token = house.token(shop.workspace, Role::Owner, &[Scope::ContactsWrite]).await;
    for (start, status) in [("greeting", 403), ("journeys", 403), ("greeting,journeys", 403), ("nothing", 200)] {
        let request = Request::post(format!("/api/v1/contacts/import?channel={}&start={start}", shop.channel))
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .header(CONTENT_TYPE, "text/csv")
            .body(Body::from(format!("line_user_id,friend_since\n{USER},2024-01-01\n")))
            .unwrap();
        let reply = house.send(request).await;
        assert_eq!(reply.status.as_u16(), status, "{start}: {}", reply.json());
    }
}
