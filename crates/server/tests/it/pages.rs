//! Pages, health, links, problem documents.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use engine::ids::{ContactId, LinkId};
use engine::link::{PersonRef, Signer};
use serde_json::{Value, json};
use store::params;

use crate::house::House;

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn pages_carry_a_strict_policy() {
    let house = House::still().await;
    let page = house.send(get("/admin/contacts/whatever")).await;
    assert_eq!(page.status.as_u16(), 200);
    let policy = page.headers.get("content-security-policy").unwrap().to_str().unwrap();
    assert!(
        policy.contains("script-src 'self'")
            && policy.contains("frame-ancestors 'none'")
            && !policy.contains("script-src 'self' 'unsafe"),
        "{policy}"
    );
    assert_eq!(page.headers.get("x-content-type-options").unwrap(), "nosniff");
    assert_eq!(house.send(get("/admin/assets/none.js")).await.status.as_u16(), 404);
    assert_eq!(house.send(get("/admin/../../Cargo.toml")).await.status.as_u16(), 404);
    assert_eq!(house.send(get("/")).await.headers.get(LOCATION).unwrap(), "/admin/");
}

#[tokio::test]
async fn health() {
    let house = House::still().await;
    assert_eq!(house.send(get("/healthz")).await.bytes, b"ok");
    house.send(get("/readyz")).await.expect(200);
    // Nobody without a permission, unless on this machine by no proxy.
    assert_eq!(house.send(get("/metrics")).await.code(), "no_session");
    let shop = house.shop("1000").await;
    assert_eq!(house.get(&shop.owner, "/metrics").await.status.as_u16(), 200);
}

#[tokio::test]
async fn problems_look_alike_everywhere() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let unknown = house.get(&shop.owner, "/api/v1/nothing").await;
    assert_eq!(unknown.headers.get(CONTENT_TYPE).unwrap(), "application/problem+json");
    let document = unknown.expect(404);
    assert_eq!(document["type"], "https://enishi.dev/problems/not_found");
    assert!(document["detail"].as_str().unwrap().contains("見つかりません"));
    assert_eq!(house.call(&shop.owner, "PUT", "/api/v1/tags", json!({})).await.code(), "method_not_allowed");
    assert_eq!(house.post(&shop.owner, "/api/v1/tags", json!({"name": 5})).await.expect(400)["errors"][0]["path"], "name");
    assert_eq!(house.post(&shop.owner, "/api/v1/tags", json!({"name": "a", "nmae": 1})).await.code(), "bad_request");
    assert_eq!(house.get(&shop.owner, "/api/v1/links?cursor=!!!").await.code(), "bad_cursor");
    let mut english = crate::house::request(&shop.owner, "GET", "/api/v1/nothing", Value::Null);
    english.headers_mut().insert("accept-language", "en-US,en".parse().unwrap());
    let document = house.send(english).await;
    assert_eq!(document.headers.get("x-request-id").unwrap().to_str().unwrap(), document.json()["request_id"].as_str().unwrap());
    assert!(document.json()["detail"].as_str().unwrap().starts_with("There is no such thing"));
    let mut text = crate::house::request(&shop.owner, "POST", "/api/v1/tags", json!({"name": "a"}));
    text.headers_mut().insert(CONTENT_TYPE, "text/plain".parse().unwrap());
    assert_eq!(house.send(text).await.code(), "unsupported_media_type");
}

#[tokio::test]
async fn links_lead_on_and_only_people_click() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let link =
        house.post(&shop.owner, "/api/v1/links", json!({"url": "https://shop.example.com/a?b=c", "name": "A"})).await.expect(201);
    let again = house.post(&shop.owner, "/api/v1/links", json!({"url": "https://shop.example.com/a?b=c"})).await.expect(201);
    assert_eq!(link["id"], again["id"]);
    let contact = house.friend(&shop, "U0123456789abcdef0123456789abcdef").await;
    let person = PersonRef { contact: contact.parse::<ContactId>().unwrap(), cause: uuid::Uuid::nil() };
    let mut signed = String::new();
    Signer::new(&house.engine.vault).sign(link["id"].as_str().unwrap().parse::<LinkId>().unwrap(), person, &mut signed);
    let path = format!("/l/{}", link["code"].as_str().unwrap());
    let clicks = async || {
        let sql = "SELECT COUNT(*) FROM events WHERE kind = 'click'";
        house
            .engine
            .store
            .read(move |tx| tx.query_one(sql, &params![], |row| row.get::<i64>(0)))
            .await
            .map_err(|error: store::Error| error)
            .unwrap()
    };
    for quiet in [path.clone(), format!("{path}?p=forged")] {
        let reply = house.send(get(&quiet)).await;
        assert_eq!(
            (reply.status.as_u16(), reply.headers.get(LOCATION).unwrap().to_str().unwrap()),
            (302, "https://shop.example.com/a?b=c")
        );
    }
    let head = Request::head(format!("{path}?p={signed}")).body(Body::empty()).unwrap();
    assert_eq!(house.send(head).await.status.as_u16(), 302);
    let ahead = Request::get(format!("{path}?p={signed}")).header("sec-purpose", "prefetch").body(Body::empty()).unwrap();
    house.send(ahead).await;
    assert_eq!(clicks().await, 0);
    house.send(get(&format!("{path}?p={signed}"))).await;
    for _ in 0..100 {
        if clicks().await == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(clicks().await, 1);
    house.send(get(&format!("{path}?t=1"))).await;
    let shown = async || house.get(&shop.owner, &format!("/api/v1/links/{}", link["id"].as_str().unwrap())).await.expect(200);
    for _ in 0..100 {
        if shown().await["figures"]["prefetch"] == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    // Two without a reference, a head and a prefetch; the look by staff is counted nowhere, the click when it is applied.
    assert_eq!(shown().await["figures"], json!({"people": 0, "clicks": 0, "unknown": 2, "prefetch": 2}));
    let listed = house.get(&shop.owner, "/api/v1/links").await.expect(200);
    assert_eq!(listed["items"][0]["figures"], shown().await["figures"]);
    assert_eq!(house.send(get("/l/nothing")).await.status.as_u16(), 404);
    assert_eq!(
        house.post(&shop.owner, "/api/v1/links", json!({"url": "javascript:alert(1)"})).await.expect(422)["errors"][0]["code"],
        "bad_url"
    );
}

#[tokio::test]
async fn a_click_of_somebody_who_is_not_analysed_is_nobodys() {
    for house in House::on_both().await {
        let shop = house.shop("1000").await;
        let made = house.post(&shop.owner, "/api/v1/links", json!({"url": "https://shop.example.com/"})).await.expect(201);
        let contact = house.friend(&shop, "U0123456789abcdef0123456789abcdef").await;
        house.settled().await;
        let no = json!({"analysis": false});
        house.call(&shop.owner, "PATCH", &format!("/api/v1/contacts/{contact}"), no).await.expect(202);
        house.settled().await;
        let (id, person) = (made["id"].as_str().unwrap(), contact.parse::<ContactId>().unwrap());
        let mut signed = String::new();
        let person = PersonRef { contact: person, cause: uuid::Uuid::nil() };
        Signer::new(&house.engine.vault).sign(id.parse::<LinkId>().unwrap(), person, &mut signed);
        // The address was sent before they said no.
        let path = format!("/l/{}?p={signed}", made["code"].as_str().unwrap());
        assert_eq!(house.send(get(&path)).await.status.as_u16(), 302);
        let shown = async || house.get(&shop.owner, &format!("/api/v1/links/{id}")).await.expect(200)["figures"].clone();
        for _ in 0..200 {
            if shown().await["unknown"] == 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert_eq!(shown().await, json!({"people": 0, "clicks": 0, "unknown": 1, "prefetch": 0}));
        house.settled().await;
        let events = "SELECT COUNT(*) FROM events WHERE workspace_id = $1 AND contact_id = $2 AND kind = 'click'";
        assert_eq!(house.number(&shop, events, person.contact.0).await, 0, "nothing stands under their name");
        house.close().await;
    }
}
