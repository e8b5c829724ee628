//! What the world sends that it should not: a clear error, nothing lost, nothing executed.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::world::{BOTH, CHANNEL_SECRET, Clock, On, World, file};

const SOMEBODY: &str = "U0123456789abcdef0123456789abcdef";
const AT: i64 = 1_795_000_000_000;

/// An event in LINE's words; `number` makes its id.
fn event(kind: &str, number: u32, at: i64, more: Value) -> Value {
    let mut event = json!({"type": kind, "mode": "active", "timestamp": at, "source": {"type": "user", "userId": SOMEBODY},
        "webhookEventId": format!("01KA0000000000000000{number:06}"), "deliveryContext": {"isRedelivery": false}});
    event.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    event
}

fn text(number: u32, text: &str) -> Value {
    let message = json!({"id": format!("9{number:06}"), "type": "text", "text": text, "quoteToken": "q"});
    event("message", number, AT + i64::from(number), json!({"message": message, "replyToken": format!("{number:032x}")}))
}

fn body(events: &[Value]) -> String {
    json!({"destination": "U00000000000000000000000000000000", "events": events}).to_string()
}

async fn events(world: &World) -> i64 {
    world.count("SELECT COUNT(*) FROM events").await
}

/// The one problem of a refused call: its place and words.
fn problem(answer: &Value) -> (&str, &str) {
    let error = &answer["errors"][0];
    (error["path"].as_str().unwrap_or_default(), error["message"].as_str().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_that_are_not_lines() {
    for on in BOTH {
        let Some(world) = World::new(on, 3, Clock::System).await else { continue };
        let good = body(&[text(1, "こんにちは")]);
        assert_eq!(world.webhook(good.clone(), "another secret").await, StatusCode::UNAUTHORIZED);
        assert_eq!(world.webhook("{\"events\": [", "another secret").await, StatusCode::UNAUTHORIZED);
        let large = body(&[text(2, &"あ".repeat(800_000))]);
        assert_eq!(world.webhook(large, CHANNEL_SECRET).await, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(world.webhook(&good.as_bytes()[..good.len() - 1], CHANNEL_SECRET).await, StatusCode::BAD_REQUEST);
        assert_eq!(world.webhook("", CHANNEL_SECRET).await, StatusCode::BAD_REQUEST);
        assert_eq!(world.webhook("[1, 2]", CHANNEL_SECRET).await, StatusCode::BAD_REQUEST);
        assert_eq!((events(&world).await, world.contact_ids().await.len()), (0, 0), "{on:?}: nothing was stored");
        assert_eq!(world.webhook(body(&[]), CHANNEL_SECRET).await, StatusCode::OK, "LINE's own check has no events");
        assert_eq!(world.webhook(good, CHANNEL_SECRET).await, StatusCode::OK);
        assert_eq!(events(&world).await, 1, "{on:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_nobody_knows_is_kept_with_all_it_says() {
    for on in BOTH {
        let Some(world) = World::new(on, 3, Clock::System).await else { continue };
        let strange = event("hologram", 1, AT, json!({"hologram": {"colour": "薄紅"}, "replyToken": "t"}));
        let half = event("message", 2, AT + 1, json!({"message": {"id": "1", "type": "scent", "strength": 3}}));
        assert_eq!(world.webhook(body(&[strange, half, text(3, "続き")]), CHANNEL_SECRET).await, StatusCode::OK);
        world.idle().await;
        assert_eq!(events(&world).await, 3, "{on:?}");
        assert_eq!(world.count("SELECT COUNT(*) FROM events WHERE payload LIKE '%薄紅%'").await, 1, "{on:?}");
        assert_eq!(world.count("SELECT COUNT(*) FROM events WHERE payload LIKE '%scent%'").await, 1, "{on:?}");
        assert_eq!(world.get("status").await["parked"], json!(0), "{on:?}");
        let contact = world.contact_ids().await.remove(0);
        let talk = world.get(&format!("conversations/{}/{contact}/messages", world.channel)).await;
        assert!(talk.to_string().contains("続き"), "{on:?}: what came after it was applied: {talk}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_event_id_counts_once() {
    for on in BOTH {
        let Some(world) = World::new(on, 3, Clock::System).await else { continue };
        let once = text(1, "一度だけ");
        assert_eq!(world.webhook(body(&[once.clone(), once.clone()]), CHANNEL_SECRET).await, StatusCode::OK);
        let mut again = once.clone();
        again["deliveryContext"]["isRedelivery"] = json!(true);
        let repeated = body(std::slice::from_ref(&again)).into_bytes();
        let calls: JoinSet<_> = (0..8).map(|n| world.webhook_at(n, repeated.clone(), CHANNEL_SECRET)).collect();
        assert!(calls.join_all().await.iter().all(|status| *status == StatusCode::OK), "{on:?}");
        world.idle().await;
        assert_eq!(events(&world).await, 1, "{on:?}");
        assert_eq!(world.count("SELECT COUNT(*) FROM messages").await, 1, "{on:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_follows_and_blocks_lines_latest_wins() {
    for on in BOTH {
        let Some(world) = World::new(on, 3, Clock::System).await else { continue };
        let follow = |number, at| event("follow", number, at, json!({"replyToken": "t", "follow": {"isUnblocked": false}}));
        let block = |number, at| event("unfollow", number, at, json!({}));
        let mut sequence = vec![(block(1, AT + 2_000), "blocked"), (follow(2, AT + 1_000), "blocked")];
        sequence.extend([(follow(3, AT + 3_000), "friend"), (block(4, AT + 2_500), "friend"), (block(5, AT + 4_000), "blocked")]);
        for (event, expected) in sequence {
            assert_eq!(world.webhook(body(&[event]), CHANNEL_SECRET).await, StatusCode::OK);
            world.idle().await;
            let states = world.look(|tx| tx.query("SELECT state FROM friendships", &[], |row| row.get::<String>(0))).await;
            assert_eq!(states, [expected], "{on:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_first_events_make_one_contact() {
    for on in BOTH {
        let Some(mut world) = World::new(on, 3, Clock::System).await else { continue };
        if on == On::Postgres {
            // Two doors: nobody may rely on what one process knows.
            world.start_server(&[]).await;
        }
        let bodies = (0..64).map(|number| body(&[text(number, "はじめまして")]).into_bytes());
        let calls: JoinSet<_> = bodies.enumerate().map(|(n, body)| world.webhook_at(n, body, CHANNEL_SECRET)).collect();
        assert!(calls.join_all().await.iter().all(|status| *status == StatusCode::OK), "{on:?}");
        world.idle().await;
        assert_eq!(world.contact_ids().await.len(), 1, "{on:?}");
        assert_eq!(world.count("SELECT COUNT(*) FROM identities").await, 1, "{on:?}");
        assert_eq!(world.count("SELECT COUNT(*) FROM messages").await, 64, "{on:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_too_long_and_variables_that_do_not_exist() {
    for on in BOTH {
        let Some(world) = World::new(on, 3, Clock::System).await else { continue };
        let make = async |text: String| {
            world
                .api(
                    Method::POST,
                    "templates",
                    json!({"name": text.chars().take(20).collect::<String>(), "messages": [{"type": "text", "text": text}]}),
                )
                .await
        };
        let (status, _) = make("あ".repeat(5_000)).await;
        assert_eq!(status, StatusCode::CREATED, "{on:?}: 5,000 units are allowed");
        for long in ["あ".repeat(5_001), format!("{}a", "😀".repeat(2_500))] {
            let (status, answer) = make(long).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{on:?}: {answer}");
            let (path, words) = problem(&answer);
            assert!(path.contains("text") && (words.contains("5000") || words.contains("5,000")), "{on:?}: {answer}");
        }
        let (status, answer) = make("靴のサイズは{{shoe_size}}ですね".to_owned()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{on:?}: {answer}");
        let (path, words) = problem(&answer);
        assert!(path.contains("text") && words.contains("shoe_size"), "{on:?}: {answer}");
        assert_eq!(world.count("SELECT COUNT(*) FROM templates").await, 1, "{on:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_words_and_nothing_else() {
    const NAMES: [&str; 4] =
        ["'); DROP TABLE contacts; --", "<script>alert(1)</script>", "{{phone}} {{name}}", "\" OR 1=1 \\ % _ \u{202e}"];
    for on in BOTH {
        let Some(world) = World::new(on, 4, Clock::Sim).await else { continue };
        let greeting = world.template("{{name|お客様}}さん、はじめまして").await;
        let rule = json!({"name": "<b>あいさつ</b>'; --", "trigger": {"on": "follow"}, "actions": [{"action": "message", "template": greeting}], "enabled": true});
        world.post("rules", rule).await;
        for (user, name) in (0..).zip(NAMES) {
            world.sim(&format!("users/{user}"), json!({"name": name})).await;
            world.sim("follow", json!({"user": user, "wait": true})).await;
            world.idle().await;
            assert_eq!(world.heard(user).await, [format!("{name}さん、はじめまして")], "{on:?}");
        }
        assert_eq!(world.contact_ids().await.len(), NAMES.len(), "{on:?}: the table stands");
        for name in NAMES {
            let query: String = name.bytes().map(|byte| format!("%{byte:02x}")).collect();
            let (status, headers, found) = world.fetch(&format!("/api/v1/contacts?q={query}")).await;
            assert_eq!(status, StatusCode::OK, "{on:?}: {name}");
            assert_eq!(headers["content-type"], "application/json", "{on:?}");
            assert_eq!(headers["x-content-type-options"], "nosniff", "{on:?}");
            let found: Value = serde_json::from_slice(&found).expect("JSON");
            assert!(
                found["items"].as_array().is_some_and(|items| items.len() <= 1),
                "{on:?}: a search finds itself only: {found}"
            );
        }
        world.assert_decent().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_says_it_is_a_picture() {
    use base64::Engine as _;
    const PAGE: &[u8] = b"<!doctype html><script>alert(document.cookie)</script>";
    for on in BOTH {
        let Some(world) = World::new(on, 3, Clock::Sim).await else { continue };
        let picture = json!({"data_base64": base64::engine::general_purpose::STANDARD.encode(PAGE), "mime": "image/png"});
        world.sim("say", json!({"user": 1, "image": picture, "wait": true})).await;
        world.idle().await;
        let contact = world.contact_ids().await.remove(0);
        let talk = world.get(&format!("conversations/{}/{contact}/messages", world.channel)).await;
        let url = talk["items"][0]["media"]["url"].as_str().unwrap_or_else(|| panic!("{on:?}: it was kept: {talk}"));
        let (status, headers, bytes) = world.fetch(url).await;
        assert_eq!((status, bytes.as_slice()), (StatusCode::OK, PAGE), "{on:?}");
        assert_eq!(headers["content-type"], "application/octet-stream", "{on:?}: no browser shows it");
        assert_eq!(headers["content-disposition"], "attachment", "{on:?}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{on:?}");
        assert!(headers["content-security-policy"].to_str().unwrap().contains("sandbox"), "{on:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_with_broken_rows() {
    let id = |n: u32| format!("U{n:032x}");
    let list = format!(
        "line_user_id,display_name,friend_since,tags\n{},一番,2025-01-01,常連\n山田,二番,2025-01-01,\n{},三番,きのう,\n{},四番,2025-01-02,常連|新規\n",
        id(1),
        id(3),
        id(4)
    );
    for on in BOTH {
        let Some(world) = World::new(on, 3, Clock::System).await else { continue };
        let (status, answer) = world.import("mode=all-or-nothing", &list).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{on:?}: {answer}");
        let places: Vec<&str> =
            answer["errors"].as_array().expect("errors").iter().filter_map(|error| error["path"].as_str()).collect();
        assert_eq!(places, ["line 3", "line 4"], "{on:?}: {answer}");
        assert_eq!(world.contact_ids().await.len(), 0, "{on:?}: nothing was taken in");

        let (status, answer) = world.import("mode=good-rows", &list).await;
        assert_eq!(status, StatusCode::OK, "{on:?}: {answer}");
        assert_eq!((&answer["created"], &answer["rejected"]), (&json!(2), &json!(2)), "{on:?}: {answer}");
        let lines: Vec<i64> =
            answer["errors"].as_array().expect("errors").iter().filter_map(|error| error["line"].as_i64()).collect();
        assert_eq!(lines, [3, 4], "{on:?}: {answer}");
        assert_eq!(world.contact_ids().await.len(), 2, "{on:?}");

        // The same at the command line.
        let path = file(world.folder.path(), "friends.csv", &list);
        let arguments = ["import", "contacts", "--channel", &world.channel, path.to_str().unwrap()];
        let (code, out, error) = world.try_run(&arguments, "");
        assert!(code == 1 && format!("{out}{error}").contains('3'), "{on:?}: {out} {error}");
        let (status, _) = world.import("mode=good-rows", "x,y\n1,2\n").await;
        assert_eq!(status, StatusCode::OK, "{on:?}: no good row in it");
        assert_eq!(world.contact_ids().await.len(), 2, "{on:?}");
        assert_eq!(world.get("status").await["in_flight"], json!(0), "{on:?}: an import starts nothing");
    }
}
