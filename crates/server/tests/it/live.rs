//! The live feed: ids of the own workspace only, resumed where it was left.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::AUTHORIZATION;
use http_body_util::BodyExt;
use serde_json::json;
use tower::ServiceExt;

use crate::house::House;

/// Reads a stream until `wanted` has come; fails after ten seconds.
async fn read_until(body: &mut Body, wanted: &str) -> String {
    let mut text = String::new();
    let reading = async {
        while !text.contains(wanted) {
            let frame = body.frame().await.expect("the stream ended").unwrap();
            text.push_str(&String::from_utf8_lossy(&frame.into_data().unwrap_or_default()));
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), reading).await.expect("nothing came");
    text
}

async fn open(house: &House, token: &str, last: Option<&str>) -> Body {
    let mut request = Request::get("/api/v1/live").header(AUTHORIZATION, format!("Bearer {token}"));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let response = house.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response.into_body()
}

#[tokio::test]
async fn changes_come_and_are_resumed() {
    let house = House::still().await;
    let (shop, other) = (house.shop("1000").await, house.shop("2000").await);
    let mut mine = open(&house, &shop.owner, None).await;
    let first = read_until(&mut mine, "open").await;
    // The follower begins at the present; give it a first look before something changes.
    assert!(!first.contains("changes"));
    let foreign = house.post(&other.owner, "/api/v1/tags", json!({"name": "よそ"})).await.expect(201);
    let mut seen = String::new();
    for n in 0..20 {
        house.post(&shop.owner, "/api/v1/tags", json!({"name": format!("常連{n}")})).await.expect(201);
        let waiting = tokio::time::timeout(std::time::Duration::from_millis(600), read_until(&mut mine, "\"kind\":\"tag\""));
        if let Ok(text) = waiting.await {
            seen = text;
            break;
        }
    }
    assert!(seen.contains("event: changes"), "{seen}");
    assert!(!seen.contains(foreign["id"].as_str().unwrap()), "another workspace's change was shown");
    let last = seen.lines().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned();
    drop(mine);
    let missed = house.post(&shop.owner, "/api/v1/tags", json!({"name": "留守中"})).await.expect(201);
    let mut again = open(&house, &shop.owner, Some(&last)).await;
    let text = read_until(&mut again, "changes").await;
    assert!(text.contains(missed["id"].as_str().unwrap()), "{text}");
}
