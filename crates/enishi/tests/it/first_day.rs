//! The first day of a shop: a greeting, an answer, a scenario, a talk, a block.

use reqwest::Method;
use serde_json::json;

use crate::world::{BOTH, Clock, World};

const DAY: i64 = 86_400_000;

#[tokio::test(flavor = "multi_thread")]
async fn greeting_steps_talk_and_block() {
    for on in BOTH {
        let Some(world) = World::new(on, 3, Clock::Sim).await else { continue };
        let greeting = world.template("{{name|お客様}}さん、はじめまして").await;
        world
            .post("rules", json!({"name": "あいさつ", "trigger": {"on": "follow"}, "actions": [{"action": "message", "template": greeting}], "enabled": true}))
            .await;
        let hours = world.template("営業時間は10時からです").await;
        world
            .post(
                "rules",
                json!({"name": "営業時間", "trigger": {"on": "keyword", "mode": "contains", "words": ["営業"]}, "actions": [{"action": "message", "template": hours}], "enabled": true}),
            )
            .await;
        let first = world.template("1日目のお話").await;
        let last = world.template("30日目のお話").await;
        let journey = world
            .post(
                "journeys",
                json!({"name": "30日", "channel_id": world.channel, "trigger": {"on": "follow"}, "nodes": [
                    {"do": "wait", "until": {"after": {"days": 1, "at": "10:00"}}},
                    {"do": "message", "template": first},
                    {"do": "wait", "until": {"after": {"days": 29, "at": "10:00"}}},
                    {"do": "message", "template": last},
                ]}),
            )
            .await;
        world.post(&format!("journeys/{}/publish", journey["id"].as_str().unwrap()), json!({})).await;

        world.sim("follow", json!({"user": 1, "wait": true})).await;
        world.idle().await;
        let heard = world.heard(1).await;
        assert_eq!(heard.len(), 1, "{on:?}: {heard:?}");
        assert!(
            heard[0].ends_with("さん、はじめまして") && !heard[0].starts_with("お客様"),
            "{on:?}: the name was read: {heard:?}"
        );

        world.sim("say", json!({"user": 1, "text": "営業は何時から?", "wait": true})).await;
        world.idle().await;
        assert_eq!(world.heard(1).await.last().unwrap(), "営業時間は10時からです");

        world.advance_ms(31 * DAY).await;
        world.idle().await;
        let heard = world.heard(1).await;
        assert_eq!(heard[2..], ["1日目のお話", "30日目のお話"], "{on:?}");

        world.sim("say", json!({"user": 1, "text": "相談したいです", "wait": true})).await;
        world.idle().await;
        let contacts = world.get("contacts").await;
        let contact = contacts["items"][0]["id"].as_str().unwrap().to_owned();
        world.post(&format!("conversations/{}/{contact}/messages", world.channel), json!({"text": "承ります"})).await;
        world.idle().await;
        assert_eq!(world.heard(1).await.last().unwrap(), "承ります");

        // The talk in the admin shows both sides, as the phone does.
        let talk = world.get(&format!("conversations/{}/{contact}/messages?limit=200", world.channel)).await;
        let talk = talk["items"].as_array().unwrap();
        let (shown, said): (Vec<_>, Vec<_>) = talk.iter().rev().partition(|message| message["direction"] == "out");
        let words: Vec<&str> = shown.iter().filter_map(|message| message["body"][0]["text"].as_str()).collect();
        assert_eq!(words, world.heard(1).await, "{on:?}");
        assert!(shown.iter().all(|message| message["delivery"]["state"] == "accepted"), "{on:?}: {shown:?}");
        assert_eq!(said.len(), 2, "{on:?}: what the customer wrote");

        world.sim("block", json!({"user": 1, "wait": true})).await;
        world.idle().await;
        let contact = world.get(&format!("contacts/{contact}")).await;
        assert!(contact.to_string().contains("\"blocked\""), "{contact}");
        let (status, _) = world.api(Method::GET, "contacts/00000000-0000-7000-8000-000000000000", json!(null)).await;
        assert_eq!(status, 404);
        world.assert_decent().await;
    }
}
