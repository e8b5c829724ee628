//! A LINE that knows one account, for connecting and checking.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::house::{House, SECRET};

/// Starts it; answers its address.
pub async fn start() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let endpoint: Arc<Mutex<String>> = Arc::default();
    let router = Router::new()
        .route("/oauth2/v3/token", post(token))
        .route("/v2/bot/info", get(info))
        .route("/v2/bot/message/quota", get(|| async { Json(json!({"type": "limited", "value": 200})) }))
        .route("/v2/bot/message/quota/consumption", get(|| async { Json(json!({"totalUsage": 180})) }))
        .route("/v2/bot/channel/webhook/endpoint", get(get_endpoint).put(set_endpoint))
        .route("/v2/bot/channel/webhook/test", post(test))
        .route("/v2/bot/richmenu/list", get(menus))
        .route("/v2/bot/user/all/richmenu", get(shown_to_all))
        .with_state(endpoint);
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn token(body: String) -> (StatusCode, Json<Value>) {
    let form: HashMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    if form.get("client_secret").map(String::as_str) == Some(SECRET) {
        (StatusCode::OK, Json(json!({"token_type": "Bearer", "access_token": "good", "expires_in": 900})))
    } else {
        (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_client", "error_description": "invalid client_secret"})))
    }
}

async fn info(headers: HeaderMap) -> (StatusCode, Json<Value>) {
    if headers["authorization"] != "Bearer good" {
        return (StatusCode::UNAUTHORIZED, Json(json!({"message": "Authentication failed"})));
    }
    let bot = json!({"userId": "U11111111111111111111111111111111", "basicId": "@111abcde", "displayName": "縁起屋", "chatMode": "chat", "markAsReadMode": "manual"});
    (StatusCode::OK, Json(bot))
}

async fn get_endpoint(State(endpoint): State<Arc<Mutex<String>>>) -> (StatusCode, Json<Value>) {
    match endpoint.lock().unwrap().as_str() {
        "" => (StatusCode::NOT_FOUND, Json(json!({"message": "Webhook endpoint not found"}))),
        url => (StatusCode::OK, Json(json!({"endpoint": url, "active": true}))),
    }
}

async fn set_endpoint(State(endpoint): State<Arc<Mutex<String>>>, Json(body): Json<Value>) -> Json<Value> {
    body["endpoint"].as_str().unwrap().clone_into(&mut endpoint.lock().unwrap());
    Json(json!({}))
}

async fn test() -> Json<Value> {
    Json(json!({"success": true, "timestamp": "2026-11-22T00:00:00Z", "statusCode": 200, "reason": "OK", "detail": "200"}))
}

async fn menus() -> Json<Value> {
    let menu = |id: &str, name: &str| {
        json!({"richMenuId": id, "size": {"width": 2500, "height": 1686}, "selected": true, "name": name, "chatBarText": "メニューを開く",
            "areas": [{"bounds": {"x": 0, "y": 0, "width": 2500, "height": 1686}, "action": {"type": "message", "text": "予約"}}]})
    };
    Json(json!({"richmenus": [menu("richmenu-b", "会員さま"), menu("richmenu-a", "はじめての方")]}))
}

/// What LINE says where LINE Official Account Manager set the menu.
async fn shown_to_all() -> (StatusCode, Json<Value>) {
    (StatusCode::FORBIDDEN, Json(json!({"message": "the richmenu is owned by another channel", "details": []})))
}

#[tokio::test]
async fn connecting_asks_line_first() {
    let house = House::open(&start().await, "https://shop.example.com").await;
    let shop = house.shop("1000").await;
    let connect = |secret: &'static str, id: &'static str| {
        house.post(&shop.owner, "/api/v1/channels", json!({"line_channel_id": id, "secret": secret}))
    };
    assert_eq!(connect("00000000000000000000000000000000", "1655000000").await.code(), "line_refused");
    let made = connect(SECRET, "1655000000").await.expect(201);
    assert_eq!((made["channel"]["name"].as_str(), made["channel"]["basic_id"].as_str()), (Some("縁起屋"), Some("@111abcde")));
    assert_eq!((made["probe"]["quota"]["used"].as_i64(), made["probe"]["webhook"]["endpoint"].as_str()), (Some(180), None));
    assert!(!made.to_string().contains(SECRET), "secrets are never returned");
    assert_eq!(connect(SECRET, "1655000000").await.code(), "channel_id_taken");
    let id = made["channel"]["id"].as_str().unwrap();
    let levels = async |house: &House| {
        let checks = house.get(&shop.owner, &format!("/api/v1/channels/{id}/check")).await.expect(200);
        let list = checks["checks"].as_array().unwrap().clone();
        move |name: &str| list.iter().find(|check| check["id"] == name).map(|check| check["level"].as_str().unwrap().to_owned())
    };
    let before = levels(&house).await;
    assert_eq!(
        (before("webhook_set").as_deref(), before("chat_mode").as_deref(), before("quota").as_deref()),
        (Some("error"), Some("warn"), Some("warn"))
    );
    let set = house.call(&shop.owner, "PUT", &format!("/api/v1/channels/{id}/webhook"), json!({})).await.expect(200);
    let probe = &set["probe"];
    assert_eq!((probe["webhook"]["is_ours"].as_bool(), probe["webhook"]["test"]["success"].as_bool()), (Some(true), Some(true)));
    assert_eq!(levels(&house).await("webhook_set").as_deref(), Some("ok"));
    house.call(&shop.owner, "DELETE", &format!("/api/v1/channels/{id}"), Value::Null).await.expect(204);
}

#[tokio::test]
async fn line_away_is_told() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let reply = house.post(&shop.owner, "/api/v1/channels", json!({"line_channel_id": "1655000000", "secret": SECRET})).await;
    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (502, "line_unreachable"));
}
