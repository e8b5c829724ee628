//! A list taken in says nothing to anybody, unless it was told to; then it says it once.

use serde_json::{Value, json};

use crate::world::{BOTH, On, Setup, World, file};

/// A rule that greets, a scenario for friends, one for a tag; no quiet hours, so that the hour of the test does not matter.
async fn shop(on: On) -> Option<World> {
    let world = World::with(on, Setup { users: 6, friends: 6, ..Setup::default() }).await?;
    let quiet = json!({"quiet": {"from": "00:00", "until": "00:00"}, "cap": {"per_day": null, "per_week": null}});
    let (status, answer) = world.api(reqwest::Method::PUT, "settings/policy", quiet).await;
    assert!(status.is_success(), "{answer}");
    let tag = world.post("tags", json!({"name": "常連"})).await["id"].clone();
    let greeting = world.template("ようこそ").await;
    let rule = json!({"name": "あいさつ", "trigger": {"on": "follow"}, "enabled": true,
        "actions": [{"action": "message", "template": greeting}]});
    world.post("rules", rule).await;
    for (text, trigger) in [("友だちの話", json!({"on": "follow"})), ("常連の話", json!({"on": "tag", "tag": tag}))] {
        let template = world.template(text).await;
        let journey = json!({"name": text, "channel_id": world.channel, "trigger": trigger,
            "nodes": [{"do": "message", "template": template}]});
        let id = world.post("journeys", journey).await["id"].clone();
        world.post(&format!("journeys/{}/publish", id.as_str().unwrap()), json!({})).await;
    }
    world.idle().await;
    Some(world)
}

/// One line of a list: person, friend since, tags.
async fn list(world: &World, lines: &[(u32, &str, &str)]) -> String {
    let mut csv = String::from("line_user_id,friend_since,tags\n");
    for (person, since, tags) in lines {
        let person: Value = serde_json::from_str(&world.sim_get(&format!("users/{person}")).await).expect("a person");
        csv.push_str(&format!("{},{since},{tags}\n", person["channels"][0]["user_id"].as_str().unwrap()));
    }
    csv
}

/// Takes a list in; how many starts it queued.
async fn take(world: &World, query: &str, csv: &str) -> i64 {
    let (status, answer) = world.import(query, csv).await;
    assert!(status.is_success(), "{query}: {answer}");
    world.idle().await;
    answer["started"].as_i64().expect("a count")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_starts_what_it_is_told_to_and_nothing_twice() {
    for on in BOTH {
        let Some(world) = shop(on).await else { continue };
        let first = list(&world, &[(1, "2024-01-01", "常連")]).await;
        assert_eq!(take(&world, "mode=good-rows", &first).await, 0, "{on:?}");
        assert!(world.heard(1).await.is_empty(), "{on:?}: nothing unless told to");

        // At the command line, beside the running server. Who is not known as a friend hears nothing.
        let second = list(&world, &[(1, "2024-01-01", "常連"), (2, "2024-01-01", "常連"), (3, "", "常連")]).await;
        let path = file(world.folder.path(), "second.csv", &second);
        let arguments =
            ["import", "contacts", "--channel", &world.channel, "--start", "greeting,journeys", path.to_str().unwrap()];
        let answer: Value = serde_json::from_str(&world.run(&arguments)).expect("JSON");
        assert_eq!(answer["started"], json!(1), "{on:?}: {answer}");
        let all = ["ようこそ", "友だちの話", "常連の話"];
        world.until("the new friend heard it", async || world.heard(2).await.len() == all.len()).await;
        world.idle().await;
        assert_eq!(world.heard(2).await, all, "{on:?}: in order");
        assert!(world.heard(1).await.is_empty() && world.heard(3).await.is_empty(), "{on:?}");

        assert_eq!(take(&world, "start=greeting,journeys", &second).await, 0, "{on:?}: the same list starts nothing");
        assert_eq!(world.heard(2).await.len(), all.len(), "{on:?}");

        // One without the other: a friend of the first list gets the tag only now, the third person becomes a friend.
        let third = list(&world, &[(3, "2024-01-01", "常連"), (4, "2024-01-01", "常連")]).await;
        assert_eq!(take(&world, "start=greeting", &third).await, 2, "{on:?}");
        assert_eq!((world.heard(3).await, world.heard(4).await), (vec!["ようこそ".to_owned()], vec!["ようこそ".to_owned()]));
        let fourth = list(&world, &[(5, "2024-01-01", "")]).await;
        assert_eq!(take(&world, "start=journeys", &fourth).await, 1, "{on:?}");
        assert_eq!(world.heard(5).await, ["友だちの話"], "{on:?}");

        let sends = world.accepted_after(0).await;
        assert!(sends.iter().all(|send| send["endpoint"] == "push"), "{on:?}: there is no reply token: {sends:?}");
        let (status, _) = world.import("start=everything", &first).await;
        assert_eq!(status, 400, "{on:?}: a closed list");
        world.assert_books_agree().await;
        world.assert_decent().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_blocks_after_the_import_is_left_alone() {
    for on in BOTH {
        let Some(world) = shop(on).await else { continue };
        let list = list(&world, &[(1, "2024-01-01", "常連")]).await;
        take(&world, "", &list).await;
        world.sim("block", json!({"user": 1, "wait": true})).await;
        world.idle().await;
        let again = list.replace("常連", "常連|新規");
        assert_eq!(take(&world, "start=greeting,journeys", &again).await, 0, "{on:?}: no friend, no start");
        assert!(world.heard(1).await.is_empty(), "{on:?}");
    }
}
