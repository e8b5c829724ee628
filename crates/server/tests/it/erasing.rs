//! What an erased person leaves nowhere, and what is dropped when its time is over.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::routing::get;
use engine::task;
use serde_json::json;
use uuid::Uuid;

use crate::house::{House, Shop};

fn user(n: u32) -> String {
    format!("U{n:032x}")
}

fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}

async fn erase(house: &House, shop: &Shop, person: &str) {
    let name = house.get(&shop.owner, &format!("/api/v1/contacts/{person}")).await.expect(200)["display_name"].clone();
    let word = name.as_str().unwrap_or("削除").to_owned();
    house.post(&shop.owner, &format!("/api/v1/contacts/{person}/erase"), json!({ "confirm": word })).await.expect(204);
}

async fn import(house: &House, shop: &Shop, file: &str) {
    let request = Request::post(format!("/api/v1/contacts/import?channel={}", shop.channel))
        .header(AUTHORIZATION, format!("Bearer {}", shop.owner))
        .header(CONTENT_TYPE, "text/csv")
        .body(Body::from(file.to_owned()))
        .unwrap();
    house.send(request).await.expect(200);
}

async fn until(house: &House, shop: &Shop, sql: &'static str, id: Uuid, wanted: i64) {
    for _ in 0..1_200 {
        if house.number(shop, sql, id).await == wanted {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("never {wanted}: {sql}");
}

/// A personal push of a broadcast has no delivery; only the ledger of sends names it.
const PUSHED: &[&str] = &[
    "INSERT INTO requests (workspace_id, id, shard, channel_id, endpoint, lane, contact_id, recipients, quota_month, body,
       body_hash, state, attempts, first_attempt_at, next_attempt_at, not_after, created_at, done_at)
     SELECT c.workspace_id, $2, 0, c.id, 'push', 'marketing', $2, 1, 0, c.secret, c.secret, 'accepted', 1, 0, 0, 0, 0,
       9000000000000 FROM channels c WHERE c.workspace_id = $1",
    "INSERT INTO contact_sends (workspace_id, contact_id, at, request_id, channel_id, lane)
     SELECT c.workspace_id, $2, 0, $2, c.id, 'marketing' FROM channels c WHERE c.workspace_id = $1",
];
const BODIES: &str = "SELECT COUNT(*) FROM requests WHERE workspace_id = $1 AND id = $2 AND body IS NOT NULL";
const ERASED: &str = "SELECT COUNT(*) FROM tasks WHERE workspace_id = $1 AND id <> $2 AND kind = 'erase' AND state = 'done'";

#[tokio::test]
async fn what_was_said_and_every_name_goes() {
    for house in House::on_both().await {
        let shop = house.shop("1000").await;
        let person = house.friend(&shop, &user(9)).await;
        house.settled().await;
        import(&house, &shop, &format!("line_user_id,display_name\n{},輸入\n", user(9))).await;
        for name in ["旧姓", "消田"] {
            let patch = json!({ "display_name": name });
            house.call(&shop.owner, "PATCH", &format!("/api/v1/contacts/{person}"), patch).await.expect(202);
            house.settled().await;
        }
        for sql in PUSHED {
            assert_eq!(house.write(&shop, sql, id(&person)).await, 1);
        }
        let postings = "SELECT COUNT(*) FROM search_postings WHERE workspace_id = $1 AND chunk <> $2";
        assert_eq!(house.number(&shop, postings, Uuid::nil()).await, 9);
        erase(&house, &shop, &person).await;
        until(&house, &shop, ERASED, Uuid::nil(), 1).await;
        assert_eq!(house.number(&shop, BODIES, id(&person)).await, 0);
        assert_eq!(house.number(&shop, postings, Uuid::nil()).await, 0, "the earlier names too, typed or taken in");
        house.close().await;
    }
}

#[tokio::test]
async fn what_is_just_being_sent_is_forgotten_when_it_is_sent() {
    for house in House::still_on_both("http://127.0.0.1:1").await {
        let shop = house.shop("1000").await;
        let person = house.friend(&shop, &user(9)).await;
        let sending =
            "INSERT INTO deliveries (workspace_id, id, shard, contact_id, channel_id, lane, cause_kind, cause_id, cause_ref,
               content, context, due_at, not_after, state, created_at)
             SELECT c.workspace_id, $2, 0, $2, c.id, 'chat', 'chat', c.id, '', 'ひみつ', '{}', 0, 0, 'sending', 0
             FROM channels c WHERE c.workspace_id = $1";
        house.write(&shop, sending, id(&person)).await;
        erase(&house, &shop, &person).await;
        task::turn(&house.engine).await.unwrap();
        until(&house, &shop, ERASED, Uuid::nil(), 1).await;
        let again = "SELECT COUNT(*) FROM tasks WHERE workspace_id = $1 AND id <> $2 AND kind = 'erase' AND state = 'queued'";
        assert_eq!(house.number(&shop, again, Uuid::nil()).await, 1, "it comes again");
        house.write(&shop, "UPDATE deliveries SET state = 'accepted' WHERE workspace_id = $1 AND id = $2", id(&person)).await;
        let due = "UPDATE tasks SET due_at = 0 WHERE workspace_id = $1 AND id <> $2 AND kind = 'erase' AND state = 'queued'";
        house.write(&shop, due, Uuid::nil()).await;
        task::turn(&house.engine).await.unwrap();
        until(&house, &shop, ERASED, Uuid::nil(), 2).await;
        assert_eq!(house.number(&shop, again, Uuid::nil()).await, 0, "and no more");
        let said = "SELECT COUNT(*) FROM deliveries WHERE workspace_id = $1 AND id = $2 AND content IS NOT NULL";
        assert_eq!(house.number(&shop, said, id(&person)).await, 0);
        house.close().await;
    }
}

#[tokio::test]
async fn a_picture_that_comes_after_the_erasure_is_not_kept() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let line = Router::new().route("/v2/bot/message/{id}/content", get(async || "picture"));
    tokio::spawn(async move { axum::serve(listener, line).await });
    for house in House::still_on_both(&address).await {
        let shop = house.shop("1000").await;
        let picture = json!({ "channel": shop.channel, "message": "4711" });
        let new = task::NewTask {
            id: engine::ids::TaskId::new(1),
            workspace: shop.workspace,
            kind: task::TaskKind::Content,
            key: "4711".to_owned(),
            payload: picture,
            due_at: 0,
        };
        house.engine.store.write(move |tx| task::db::queue(tx, std::slice::from_ref(&new), 0)).await.unwrap();
        task::turn(&house.engine).await.unwrap();
        let done = "SELECT COUNT(*) FROM tasks WHERE workspace_id = $1 AND id <> $2 AND kind = 'content' AND state = 'done'";
        until(&house, &shop, done, Uuid::nil(), 1).await;
        assert!(!house.folder().join(format!("media/{}/4711", shop.workspace)).exists(), "whose message is gone");
        house.close().await;
    }
}

#[tokio::test]
async fn what_was_kept_for_a_while_is_dropped_by_the_regular_look() {
    for house in House::still_on_both("http://127.0.0.1:1").await {
        let shop = house.shop("1000").await;
        let (old, new) = (Uuid::from_u128(7), Uuid::from_u128(8));
        for one in [old, new] {
            house.write(&shop, PUSHED[0], one).await;
        }
        house.write(&shop, "UPDATE requests SET done_at = 1 WHERE workspace_id = $1 AND id = $2", old).await;
        let forward =
            "INSERT INTO forwards (workspace_id, channel_id, id, received_at, events, url, signature, body, state, attempts)
            SELECT c.workspace_id, c.id, $2, 1, 1, '', '', c.secret, 'failed', 8 FROM channels c WHERE c.workspace_id = $1";
        house.write(&shop, forward, old).await;
        macro_rules! done {
            ($kind:literal) => {
                concat!(
                    "INSERT INTO tasks (workspace_id, id, kind, key, state, due_at, attempts, payload, progress, total, created_at, done_at)
                    SELECT workspace_id, $2, '",
                    $kind,
                    "', '', 'done', 0, 1, '{}', 0, 0, 1, 1 FROM workspaces WHERE workspace_id = $1"
                )
            };
        }
        let passing = [done!("profile"), done!("rich_menu"), done!("coupon_check"), done!("erase")];
        for (n, sql) in passing.into_iter().enumerate() {
            house.write(&shop, sql, Uuid::from_u128(100 + n as u128)).await;
        }
        for answer in [
            "INSERT INTO idempotency (workspace_id, key, request_hash, status, body, at)
             SELECT c.workspace_id, 'old', c.secret, 200, '{}', 1 FROM channels c WHERE c.workspace_id = $1 AND c.id <> $2",
            "INSERT INTO idempotency (workspace_id, key, request_hash, status, body, at)
             SELECT c.workspace_id, 'new', c.secret, 200, '{}', 9000000000000 FROM channels c WHERE c.workspace_id = $1 AND c.id <> $2",
        ] {
            house.write(&shop, answer, old).await;
        }
        // An archive of four days ago, and one that is good still.
        let archive = "INSERT INTO tasks (workspace_id, id, kind, key, state, due_at, attempts, payload, progress, total, created_at, done_at)
            SELECT workspace_id, $2, 'takeout', '', 'done', 0, 1, '{}', 0, 0, 1, 1 FROM workspaces WHERE workspace_id = $1";
        house.write(&shop, archive, new).await;
        let folder = house.folder().join("takeout").join(shop.workspace.to_string());
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{new}.zip")), "everybody").unwrap();

        engine::notice::watch::look(&house.engine, shop.workspace).await.unwrap();
        assert_eq!((house.number(&shop, BODIES, old).await, house.number(&shop, BODIES, new).await), (0, 1));
        let answers = "SELECT COUNT(*) FROM idempotency WHERE workspace_id = $1 AND workspace_id <> $2";
        assert_eq!(house.number(&shop, answers, old).await, 1);
        let forwards = "SELECT COUNT(*) FROM forwards WHERE workspace_id = $1 AND id = $2";
        assert_eq!(house.number(&shop, forwards, old).await, 0);
        let tasks = "SELECT COUNT(*) FROM tasks WHERE workspace_id = $1 AND id = $2";
        assert_eq!(house.number(&shop, tasks, new).await, 1);
        for n in 100..104 {
            assert_eq!(house.number(&shop, tasks, Uuid::from_u128(n)).await, 0, "{n}");
        }
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        let good = "UPDATE tasks SET done_at = 9000000000000 WHERE workspace_id = $1 AND id = $2";
        house.write(&shop, good, new).await;
        std::fs::write(folder.join(format!("{new}.zip")), "everybody").unwrap();
        engine::notice::watch::look(&house.engine, shop.workspace).await.unwrap();
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        house.close().await;
    }
}
