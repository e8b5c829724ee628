//! What staff see of a talk is what the customer sees, broadcasts among the rest, however it is paged.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::world::{BOTH, Clock, On, Setup, World};

/// Everything of a talk in pages of `limit`, oldest first.
async fn talk(world: &World, contact: &str, limit: usize) -> Vec<Value> {
    pages(world, &format!("conversations/{}/{contact}/messages", world.channel), limit).await
}

/// Everything of a list that stands newest first, oldest first.
async fn pages(world: &World, path: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let next = cursor.map_or_else(String::new, |cursor: String| format!("&cursor={cursor}"));
        let page = world.get(&format!("{path}?limit={limit}{next}")).await;
        let items = page["items"].as_array().expect("items");
        assert!(items.len() <= limit, "{page}");
        all.extend(items.iter().cloned());
        let Some(next) = page["next"].as_str() else { break };
        cursor = Some(next.to_owned());
    }
    all.reverse();
    all
}

fn words(message: &Value) -> &str {
    message["body"][0]["text"].as_str().unwrap_or_else(|| message["text"].as_str().unwrap_or_default())
}

async fn contact_of(world: &World, person: u32) -> String {
    let person: Value = serde_json::from_str(&world.sim_get(&format!("users/{person}")).await).expect("a person");
    let user = person["channels"][0]["user_id"].as_str().expect("an id");
    let found = world.get(&format!("contacts?q={user}")).await;
    found["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{found}")).to_owned()
}

async fn friends(on: On) -> Option<World> {
    let world = World::with(on, Setup { users: 4, friends: 4, clock: Clock::Sim, ..Setup::default() }).await?;
    world.import_friends().await;
    world.answer_questions().await;
    Some(world)
}

/// A broadcast under a name that has been sent.
async fn told(world: &World, name: &str, text: &str) {
    let template = world.template(text).await;
    let draft = json!({"name": name, "channel_id": world.channel, "template_id": template, "audience": {"to": "all"}, "lane": "transactional"});
    let id = world.post("broadcasts", draft).await["id"].as_str().expect("an id").to_owned();
    world.post(&format!("broadcasts/{id}/confirm"), json!({})).await;
    world.idle().await;
    world.advance_ms(60_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broadcasts_stand_in_the_talk_where_they_stand_on_the_phone() {
    for on in BOTH {
        let Some(world) = friends(on).await else { continue };
        told(&world, "お知らせ", "新しい豆が入りました").await;
        world.ask(&[1]).await;
        world.idle().await;
        world.advance_ms(60_000).await;
        told(&world, "名前入り", "{{name|お客様}}さん、こんにちは").await;
        world.ask(&[1]).await;
        world.idle().await;
        world.advance_ms(60_000).await;
        told(&world, "セール", "明日からセールです").await;

        let contact = contact_of(&world, 1).await;
        let whole = talk(&world, &contact, 100).await;
        let heard = world.heard(1).await;
        let said: Vec<&str> = whole.iter().filter(|message| message["direction"] == "out").map(words).collect();
        assert_eq!(said, heard, "{on:?}: as on the phone, in order");
        assert_eq!((said.len(), whole.len()), (5, 7), "{on:?}: {whole:?}");
        let names: Vec<&str> = whole.iter().filter_map(|message| message["broadcast"]["name"].as_str()).collect();
        assert_eq!(names, ["お知らせ", "名前入り", "セール"], "{on:?}");
        let broadcasts = whole.iter().filter(|message| !message["broadcast"].is_null());
        assert!(broadcasts.clone().all(|message| message["delivery"]["state"] == "accepted"), "{on:?}: {whole:?}");
        for limit in 1..=3 {
            let paged = talk(&world, &contact, limit).await;
            assert_eq!(paged, whole, "{on:?}: no doubles, no gaps, in pages of {limit}");
        }
        let timeline = pages(&world, &format!("contacts/{contact}/timeline"), 100).await;
        let times: Vec<i64> = timeline.iter().filter_map(|entry| entry["at"].as_i64()).collect();
        assert!(times.is_sorted(), "{on:?}: {timeline:?}");
        assert_eq!(pages(&world, &format!("contacts/{contact}/timeline"), 1).await, timeline, "{on:?}");
        let ids: HashSet<&str> = whole.iter().filter_map(|message| message["id"].as_str()).collect();
        assert_eq!(ids.len(), whole.len(), "{on:?}: every one has its own id");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_line_refused_is_marked_and_what_never_left_is_not_shown() {
    for on in BOTH {
        let Some(world) = friends(on).await else { continue };
        let person: Value = serde_json::from_str(&world.sim_get("users/2").await).expect("a person");
        let refuse = json!({"endpoint": "push", "kind": "refuse", "user": person["channels"][0]["user_id"]});
        world.sim("faults", json!({"rules": [refuse]})).await;
        world.sim("block", json!({"user": 3, "wait": true})).await;
        world.idle().await;
        told(&world, "名前入り", "{{name|お客様}}さん、こんにちは").await;

        let refused = talk(&world, &contact_of(&world, 2).await, 100).await;
        let states: Vec<(&Value, &Value)> =
            refused.iter().map(|message| (&message["broadcast"]["name"], &message["delivery"]["state"])).collect();
        assert_eq!(states, [(&json!("名前入り"), &json!("failed"))], "{on:?}: {refused:?}");
        assert!(words(&refused[0]).ends_with("さん、こんにちは"), "{on:?}: {refused:?}");
        assert!(world.heard(2).await.is_empty(), "{on:?}");
        let blocked = talk(&world, &contact_of(&world, 3).await, 100).await;
        assert!(blocked.is_empty(), "{on:?}: the guard held it back: {blocked:?}");
    }
}
