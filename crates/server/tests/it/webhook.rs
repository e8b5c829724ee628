//! The door that LINE knocks on.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use store::params;

use crate::house::{House, SECRET, Shop};

fn follow(n: u32, user: &str) -> Vec<u8> {
    json!({"destination": "U00000000000000000000000000000000", "events": [{
        "type": "follow", "mode": "active", "timestamp": 1_700_000_000_000_i64 + i64::from(n), "webhookEventId": format!("01J{n:023}"),
        "deliveryContext": {"isRedelivery": false}, "source": {"type": "user", "userId": user}, "replyToken": "t", "follow": {"isUnblocked": false}
    }]})
    .to_string()
    .into_bytes()
}

const USER: &str = "U0123456789abcdef0123456789abcdef";

async fn count(house: &House, table: &'static str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    house
        .engine
        .store
        .read(move |tx| tx.query_one(&sql, &params![], |row| row.get(0)))
        .await
        .map_err(|error: store::Error| error)
        .unwrap()
}

async fn house() -> (House, Shop) {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    (house, shop)
}

#[tokio::test]
async fn stored_before_answered_and_once() {
    let (house, shop) = house().await;
    house.webhook(shop.channel, &follow(1, USER)).await.expect(200);
    house.webhook(shop.channel, &follow(1, USER)).await.expect(200);
    assert_eq!((count(&house, "events").await, count(&house, "pending").await, count(&house, "contacts").await), (1, 1, 1));
    // Verify in LINE's console sends no events.
    house.webhook(shop.channel, br#"{"destination":"U0","events":[]}"#).await.expect(200);
}

#[tokio::test]
async fn forged_is_401_and_nothing_is_stored() {
    let (house, shop) = house().await;
    let body = follow(1, USER);
    for signature in
        [None, Some("AAAA".to_owned()), Some(line::signature::sign(b"another secret", &body)), Some("ほげ".to_owned())]
    {
        let mut request = Request::post(format!("/webhook/line/{}", shop.channel));
        if let Some(signature) = &signature {
            request = request.header("x-line-signature", signature.as_bytes());
        }
        let reply = house.send(request.body(Body::from(body.clone())).unwrap()).await;
        assert_eq!(reply.status.as_u16(), 401, "{signature:?}");
    }
    assert_eq!((count(&house, "events").await, count(&house, "contacts").await), (0, 0));
}

#[tokio::test]
async fn refusals() {
    let (house, shop) = house().await;
    assert_eq!(house.webhook(engine::ids::ChannelId::nil(), &follow(1, USER)).await.status.as_u16(), 404);
    let odd = Request::post("/webhook/line/not-an-id").body(Body::from("{}")).unwrap();
    assert_eq!(house.send(odd).await.status.as_u16(), 404);
    assert_eq!(house.webhook(shop.channel, b"{broken").await.status.as_u16(), 400);
    assert_eq!(house.webhook(shop.channel, &vec![b' '; 2 * 1024 * 1024 + 1]).await.status.as_u16(), 413);
    assert_eq!(count(&house, "events").await, 0);
}

#[tokio::test]
async fn oddities_are_taken_and_noted() {
    let (house, shop) = house().await;
    let workspace = shop.workspace;
    house
        .engine
        .store
        .write(move |tx| {
            tx.execute("UPDATE channels SET bot_user_id = 'U1' WHERE workspace_id = $1", &params![workspace])?;
            tx.execute("UPDATE workspaces SET revision = revision + 1 WHERE workspace_id = $1", &params![workspace])
        })
        .await
        .map_err(|error: store::Error| error)
        .unwrap();
    house.engine.catalogs.refresh(&house.engine.store).await.unwrap();
    let body = json!({"destination": "U2", "events": [{"type": "somethingNew", "mode": "active", "timestamp": 5, "webhookEventId": "odd",
        "deliveryContext": {"isRedelivery": false}, "source": {"type": "user", "userId": USER}}]});
    house.webhook(shop.channel, body.to_string().as_bytes()).await.expect(200);
    assert_eq!(count(&house, "events").await, 1);
    assert!(count(&house, "channel_notes").await >= 2);
}

#[tokio::test]
async fn both_secrets_hold_during_a_rotation() {
    let (house, shop) = house().await;
    let (vault, workspace, channel) = (house.engine.vault.clone(), shop.workspace, shop.channel);
    let edit = engine::workspace::ChannelEdit { secret: Some("0123456789abcdef0123456789abcdef".into()), ..Default::default() };
    house.engine.store.write(move |tx| engine::workspace::update_channel(tx, &vault, workspace, channel, &edit)).await.unwrap();
    house.engine.catalogs.refresh(&house.engine.store).await.unwrap();
    let body = follow(1, USER);
    for secret in [SECRET, "0123456789abcdef0123456789abcdef"] {
        let request = Request::post(format!("/webhook/line/{channel}"))
            .header("x-line-signature", line::signature::sign(secret.as_bytes(), &body))
            .body(Body::from(body.clone()))
            .unwrap();
        house.send(request).await.expect(200);
    }
    let dropped = house
        .call(&shop.owner, "DELETE", &format!("/api/v1/channels/{channel}/secret/old"), serde_json::Value::Null)
        .await
        .expect(200);
    assert_eq!(dropped["has_old_secret"], false);
    assert_eq!(house.webhook(channel, &body).await.status.as_u16(), 401);
}

#[tokio::test]
async fn sixty_four_first_events_of_one_person_make_one_contact() {
    let (house, shop) = house().await;
    let calls = (0..64).map(|n| {
        let body = follow(n, USER);
        let house = &house;
        let channel = shop.channel;
        async move { house.webhook(channel, &body).await.status.as_u16() }
    });
    let statuses = futures::future::join_all(calls).await;
    assert!(statuses.iter().all(|status| *status == 200));
    assert_eq!((count(&house, "contacts").await, count(&house, "identities").await, count(&house, "events").await), (1, 1, 64));
}
