//! Two made one and split again: what they said, what waits for them, and what is just being sent.

use engine::event::ingest::{Incoming, Who};
use engine::event::{EventKind, Payload, Source};
use engine::ids::{ContactId, EventId};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{House, Shop};

/// A customer of the shop's own system, and the friend on LINE who is the same person.
struct Pair {
    shop: Shop,
    customer: String,
    line: String,
}

fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}

fn user(n: u32) -> String {
    format!("U{n:032x}")
}

async fn pair(house: &House) -> Pair {
    let shop = house.shop("1000").await;
    let line = house.friend(&shop, &user(7)).await;
    let bought = json!({"name": "order_placed", "shop_id": "C-7", "data": {"total": 5}});
    let taken = house.post(&shop.owner, "/api/v1/events", bought).await.expect(202);
    let customer = taken["events"][0]["contact_id"].as_str().unwrap().to_owned();
    Pair { shop, customer, line }
}

impl Pair {
    async fn patch(&self, house: &House, who: &str, patch: Value) {
        house.call(&self.shop.owner, "PATCH", &format!("/api/v1/contacts/{who}"), patch).await.expect(202);
        house.settled().await;
    }

    async fn merge(&self, house: &House) -> Value {
        let (path, body) = (format!("/api/v1/contacts/{}/merge", self.customer), json!({"contact_id": self.line}));
        house.post(&self.shop.owner, &path, body).await.expect(200);
        self.page(house, &self.customer).await
    }

    async fn split(&self, house: &House) {
        let merge = self.page(house, &self.customer).await["merged"][0]["id"].clone();
        let path = format!("/api/v1/contacts/{}/split", self.customer);
        house.post(&self.shop.owner, &path, json!({"merge_id": merge})).await.expect(200);
    }

    async fn page(&self, house: &House, who: &str) -> Value {
        house.get(&self.shop.owner, &format!("/api/v1/contacts/{who}")).await.expect(200)
    }

    /// Whether each may be written to: (customer, friend).
    async fn consents(&self, house: &House) -> (bool, bool) {
        let consent = |page: Value| page["consent"].as_bool().unwrap();
        (consent(self.page(house, &self.customer).await), consent(self.page(house, &self.line).await))
    }

    /// What each said of the account: (customer, friend).
    async fn of_account(&self, house: &House) -> (Option<bool>, Option<bool>) {
        let channel = self.shop.channel.to_string();
        let said = |page: Value| {
            let all = page["consents"].as_array().unwrap().clone();
            all.iter().find(|one| one["channel_id"] == channel.as_str()).and_then(|one| one["granted"].as_bool())
        };
        (said(self.page(house, &self.customer).await), said(self.page(house, &self.line).await))
    }

    /// Why marketing would not reach the friend.
    async fn refused(&self, house: &House) -> Value {
        let why = house.get(&self.shop.owner, &format!("/api/v1/contacts/{}/why", self.line)).await.expect(200);
        why["now"].as_array().unwrap().iter().find(|one| one["lane"] == "marketing").unwrap()["refused"].clone()
    }
}

#[tokio::test]
async fn a_no_said_while_they_were_one_is_kept_by_both() {
    for house in House::on_both().await {
        let pair = pair(&house).await;
        house.settled().await;
        pair.merge(&house).await;
        pair.patch(&house, &pair.customer, json!({"consent": false, "analysis": false})).await;
        pair.split(&house).await;
        assert_eq!(pair.consents(&house).await, (false, false));
        assert_eq!(pair.page(&house, &pair.line).await["is_analysed"], false);
        assert_eq!(pair.refused(&house).await, "no_consent", "the guard keeps to it");
        house.close().await;
    }
}

#[tokio::test]
async fn a_split_gives_back_a_yes_only_where_no_new_no_was_said() {
    for house in House::on_both().await {
        let pair = pair(&house).await;
        house.settled().await;
        pair.patch(&house, &pair.line, json!({"consent": false})).await;
        pair.merge(&house).await;
        pair.split(&house).await;
        assert_eq!(pair.consents(&house).await, (true, false), "each has its own again");
        pair.merge(&house).await;
        pair.patch(&house, &pair.customer, json!({"consent": false})).await;
        pair.split(&house).await;
        assert_eq!(pair.consents(&house).await, (false, false));
        house.close().await;
    }
}

#[tokio::test]
async fn of_two_words_on_one_account_the_no_stands() {
    for house in House::on_both().await {
        let pair = pair(&house).await;
        house.settled().await;
        let said = |granted: bool| json!({"consents": [{"channel_id": pair.shop.channel, "granted": granted}]});
        pair.patch(&house, &pair.customer, said(true)).await;
        pair.patch(&house, &pair.line, said(false)).await;
        let one = pair.merge(&house).await;
        assert_eq!((one["consents"].as_array().unwrap().len(), one["consents"][0]["granted"].as_bool()), (1, Some(false)));
        pair.split(&house).await;
        assert_eq!(pair.of_account(&house).await, (Some(true), Some(false)));
        pair.merge(&house).await;
        pair.patch(&house, &pair.customer, said(true)).await;
        pair.split(&house).await;
        assert_eq!(pair.of_account(&house).await, (Some(true), Some(true)), "a later word goes with the account");
        house.close().await;
    }
}

#[tokio::test]
async fn what_makes_somebody_staff_goes_along() {
    for house in House::on_both().await {
        let pair = pair(&house).await;
        house.settled().await;
        pair.patch(&house, &pair.line, json!({"staff": true})).await;
        let target =
            "INSERT INTO notice_targets (workspace_id, id, road, name, channel_id, contact_id, shown, causes, created_at)
            SELECT c.workspace_id, $2, 'line', '店長', c.id, $2, '店長', '[]', 0 FROM channels c WHERE c.workspace_id = $1";
        assert_eq!(house.write(&pair.shop, target, id(&pair.line)).await, 1);
        // A mark by hand stands where no talk is.
        let mark = "INSERT INTO conversations (workspace_id, channel_id, contact_id, unread, mark, last_at, last_text)
            SELECT c.workspace_id, c.id, $2, 0, '要対応', 0, '' FROM channels c WHERE c.workspace_id = $1";
        assert_eq!(house.write(&pair.shop, mark, id(&pair.customer)).await, 1);
        let told = "SELECT COUNT(*) FROM notice_targets WHERE workspace_id = $1 AND contact_id = $2";
        assert_eq!(pair.merge(&house).await["staff"], true);
        assert_eq!(house.number(&pair.shop, told, id(&pair.customer)).await, 1);
        pair.split(&house).await;
        let staff = |page: Value| page["staff"].as_bool().unwrap();
        assert_eq!((staff(pair.page(&house, &pair.customer).await), staff(pair.page(&house, &pair.line).await)), (false, true));
        assert_eq!(house.number(&pair.shop, told, id(&pair.line)).await, 1);
        house.close().await;
    }
}

const WAITING: &str = "SELECT COUNT(*) FROM pending WHERE workspace_id = $1 AND contact_id = $2";

#[tokio::test]
async fn what_waits_for_the_one_who_stays_waits_on() {
    for mut house in House::still_on_both("http://127.0.0.1:1").await {
        let pair = pair(&house).await;
        pair.merge(&house).await;
        let message = json!({"destination": "U0", "events": [{
            "type": "message", "mode": "active", "timestamp": house.engine.clock.now_ms(), "webhookEventId": "01HZZZZZZZZZZZZZZZZZZZZZZZ",
            "deliveryContext": {"isRedelivery": false}, "source": {"type": "user", "userId": user(7)}, "replyToken": "r",
            "message": {"type": "text", "id": "1", "quoteToken": "q", "text": "こんにちは"}}]});
        house.webhook(pair.shop.channel, message.to_string().as_bytes()).await.expect(200);
        assert_eq!(house.number(&pair.shop, WAITING, id(&pair.customer)).await, 3);
        pair.split(&house).await;
        assert_eq!(house.number(&pair.shop, WAITING, id(&pair.customer)).await, 1, "the order is the customer's");
        assert_eq!(house.number(&pair.shop, WAITING, id(&pair.line)).await, 2, "what LINE told is the friend's");
        house.wake().await;
        house.settled().await;
        assert_eq!(pair.page(&house, &pair.line).await["friendships"][0]["state"], "friend");
        house.close().await;
    }
}

#[tokio::test]
async fn what_comes_for_the_one_who_went_is_applied_to_the_one_who_stayed() {
    for mut house in House::still_on_both("http://127.0.0.1:1").await {
        let pair = pair(&house).await;
        pair.merge(&house).await;
        let (now, text) = (house.engine.clock.now_ms(), "間に合った".to_owned());
        let changes = vec![engine::contact::ContactChange::Memo { text }];
        let late = Incoming {
            workspace: pair.shop.workspace,
            id: EventId::keyed(Uuid::nil(), b"late", now),
            channel: None,
            who: Who::Contact(ContactId(id(&pair.line))),
            source: Source::Staff,
            occurred_at: now,
            payload: Payload { kind: EventKind::Changed { changes }, reply: None, standby: false, actor: None },
        };
        house.engine.ingest.take(vec![late]).await.unwrap();
        assert_eq!(house.number(&pair.shop, WAITING, id(&pair.line)).await, 1, "it was on its way when they became one");
        house.wake().await;
        house.settled().await;
        assert_eq!(pair.page(&house, &pair.customer).await["memo"], "間に合った");
        house.close().await;
    }
}

/// A broadcast on the account with this one listed; told are all before position 0.
const LISTED: &[&str] = &[
    "INSERT INTO broadcasts (workspace_id, id, channel_id, name, template_id, template_version_id, audience, lane, link_mode,
       method, send_at, not_after, state, hold, wake_at, pace_base, total, created_by, created_at, updated_at)
     SELECT c.workspace_id, $2, c.id, 'b', c.id, c.id, '{\"to\":\"all\"}', 'marketing', 'shared', 'ledger', 0, 0, 'paused',
       'staff', 0, 0, 1, 'test', 0, 0 FROM channels c WHERE c.workspace_id = $1",
    "INSERT INTO broadcast_shards (workspace_id, broadcast_id, shard, total, next_pos, accepted, unknown)
     SELECT workspace_id, $2, shard, 1, 0, 0, 0 FROM contacts WHERE workspace_id = $1 AND id = $2",
    "INSERT INTO broadcast_recipients (workspace_id, broadcast_id, shard, pos, contact_id)
     SELECT workspace_id, $2, shard, 0, id FROM contacts WHERE workspace_id = $1 AND id = $2",
];

#[tokio::test]
async fn who_is_listed_for_a_broadcast_stays_listed() {
    for house in House::on_both().await {
        let pair = pair(&house).await;
        house.settled().await;
        let line = id(&pair.line);
        for sql in LISTED {
            assert_eq!(house.write(&pair.shop, sql, line).await, 1);
        }
        let path = format!("/api/v1/contacts/{}/merge", pair.customer);
        let refused = house.post(&pair.shop.owner, &path, json!({"contact_id": pair.line})).await;
        assert_eq!(refused.status.as_u16(), 409, "while its recipients are being listed");
        let (workspace, done) = (pair.shop.workspace, Uuid::max());
        let seen = "UPDATE broadcast_shards SET cursor = $2 WHERE workspace_id = $1";
        let seen = house.engine.store.write(move |tx| tx.execute(seen, &store::params![workspace, done]));
        seen.await.map_err(|error: store::Error| error).unwrap();

        let listed = "SELECT COUNT(*) FROM broadcast_recipients WHERE workspace_id = $1 AND contact_id = $2";
        pair.merge(&house).await;
        assert_eq!(house.number(&pair.shop, listed, id(&pair.customer)).await, 1);
        pair.split(&house).await;
        assert_eq!(house.number(&pair.shop, listed, line).await, 1);
        // What is told already is history and keeps its name.
        let state = "UPDATE broadcast_shards SET next_pos = 1 WHERE workspace_id = $1 AND broadcast_id = $2";
        house.write(&pair.shop, state, line).await;
        pair.merge(&house).await;
        assert_eq!(house.number(&pair.shop, listed, line).await, 1);
        house.close().await;
    }
}

#[tokio::test]
async fn who_is_named_one_by_one_in_a_draft_stays_named() {
    for house in House::on_both().await {
        let pair = pair(&house).await;
        house.settled().await;
        let made = async |path: &str, body: Value| {
            house.post(&pair.shop.owner, path, body).await.expect(201)["id"].as_str().unwrap().to_owned()
        };
        let words = json!({"name": "t", "messages": [{"type": "text", "text": "春"}]});
        let template = made("/api/v1/templates", words).await;
        let audience = json!({"to": "contacts", "contacts": [pair.line]});
        let draft = json!({"channel_id": pair.shop.channel, "template_id": template, "audience": audience});
        let draft = made("/api/v1/broadcasts", draft).await;
        let path = format!("/api/v1/broadcasts/{draft}/preview");
        let people = async || house.post(&pair.shop.owner, &path, Value::Null).await.expect(200)["audience"].clone();
        assert_eq!(people().await, 1);
        pair.merge(&house).await;
        assert_eq!(people().await, 1, "as the one they went into");
        pair.split(&house).await;
        assert_eq!(people().await, 1, "as themselves again");
        house.close().await;
    }
}

#[tokio::test]
async fn two_who_became_one_are_one_recipient() {
    for house in House::on_both().await {
        let pair = pair(&house).await;
        house.settled().await;
        pair.merge(&house).await;
        let audience = json!({"to": "contacts", "contacts": [pair.line, pair.customer]});
        let words = json!({"name": "t", "messages": [{"type": "text", "text": "春"}]});
        let template = house.post(&pair.shop.owner, "/api/v1/templates", words).await.expect(201)["id"].clone();
        let draft = json!({"channel_id": pair.shop.channel, "template_id": template, "audience": audience});
        let draft = house.post(&pair.shop.owner, "/api/v1/broadcasts", draft).await.expect(201)["id"].clone();
        let path = format!("/api/v1/broadcasts/{}", draft.as_str().unwrap());
        let shown = house.post(&pair.shop.owner, &format!("{path}/preview"), Value::Null).await.expect(200);
        assert_eq!(shown["audience"], 1, "{shown}");
        house.close().await;
    }
}
