//! Links: what stands in the talk room, where it leads, and who is counted.

use std::time::Duration;

use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use serde_json::{Value, json};

use crate::world::{BOTH, CHANNEL_ID, Clock, On, Setup, World};

const SHOP: &str = "https://shop.example/new?color=red#size";

/// A shop whose customers 0 to 2 are friends, reached at an address of its own.
async fn shop(on: On) -> Option<World> {
    let env = vec![("ENISHI_PUBLIC_URL", "https://crm.example".to_owned())];
    let world = World::with(on, Setup { users: 3, clock: Clock::Sim, env, ..Setup::default() }).await?;
    for user in 0..3 {
        world.sim("follow", json!({"user": user, "wait": true})).await;
    }
    world.idle().await;
    Some(world)
}

/// A text with a link and an emoji behind it, and a button.
async fn template(world: &World) -> String {
    let text = format!("😀新作です。{SHOP} をご覧ください$");
    let dollar = text[..text.find('$').unwrap()].encode_utf16().count();
    let messages = json!([
        {"type": "text", "text": text,
         "emojis": [{"index": dollar, "productId": "5ac1bfd5040ab15980c9b435", "emojiId": "001"}]},
        {"type": "template", "altText": "新作", "template": {"type": "buttons", "text": "新作", "actions": [
            {"type": "uri", "label": "見る", "uri": SHOP},
            {"type": "uri", "label": "会員証", "uri": "https://liff.line.me/1650000001-abcdefgh"}]}},
    ]);
    let made = world.post("templates", json!({"name": "新作", "messages": messages})).await;
    made["id"].as_str().unwrap().to_owned()
}

async fn broadcast(world: &World, template: &str, link_mode: &str) -> String {
    let input = json!({"channel_id": world.channel, "template_id": template, "audience": {"to": "all"},
        "lane": "transactional", "link_mode": link_mode});
    let made = world.post("broadcasts", input).await;
    let id = made["id"].as_str().unwrap().to_owned();
    world.post(&format!("broadcasts/{id}/confirm"), json!({})).await;
    world.idle().await;
    id
}

/// What the shop said to a person, as LINE has it.
async fn said(world: &World, user: u32) -> Vec<Value> {
    let room: Value = serde_json::from_str(&world.sim_get(&format!("rooms/{user}?channel_id={CHANNEL_ID}")).await).unwrap();
    let messages = room["rooms"][0]["messages"].as_array().cloned().unwrap_or_default();
    messages.iter().filter(|item| item["direction"] == "out").map(|item| item["message"].clone()).collect()
}

/// The address in the text, up to the blank behind it.
fn address(text: &Value) -> String {
    let text = text["text"].as_str().unwrap();
    text[text.find("http").unwrap()..].split(' ').next().unwrap().to_owned()
}

async fn calls(world: &World, endpoint: &str) -> i64 {
    let stats: Value = serde_json::from_str(&world.sim_get("stats").await).unwrap();
    stats["endpoints"][endpoint]["requests"].as_i64().unwrap_or(0)
}

/// Opens an address of ours as a phone does; where it leads.
async fn open(world: &World, address: &str, header: Option<(&str, &str)>) -> String {
    let path = address.strip_prefix("https://crm.example").unwrap_or_else(|| panic!("not ours: {address}"));
    let http = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let request = http.get(format!("{}{path}", world.server()));
    let request = header.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 302, "{address}");
    answer.headers()[LOCATION].to_str().unwrap().to_owned()
}

/// Waits until the broadcast's clicks are these: they are counted beside the answer.
async fn clicks(world: &World, broadcast: &str, wanted: Value) {
    let mut seen = Value::Null;
    for _ in 0..600 {
        seen = world.get(&format!("broadcasts/{broadcast}")).await["clicks"].take();
        if seen == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("clicks are {seen}, not {wanted}");
}

/// Whether the emoji stands on its dollar.
fn emoji_stands(text: &Value) -> bool {
    let units: Vec<u16> = text["text"].as_str().unwrap().encode_utf16().collect();
    let index = text["emojis"][0]["index"].as_u64().unwrap();
    units.get(usize::try_from(index).unwrap()) == Some(&u16::from(b'$'))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_personal_link_tells_who_opened_it() {
    for on in BOTH {
        let Some(world) = shop(on).await else { continue };
        let template = template(&world).await;
        let links = world.get("links").await;
        assert_eq!(links["items"].as_array().unwrap().len(), 1, "{on:?}: one address, one link: {links}");
        let link = links["items"][0]["id"].as_str().unwrap().to_owned();
        let thanks = world.template("ご覧いただきありがとうございます").await;
        world
            .post(
                "rules",
                json!({"name": "お礼", "trigger": {"on": "click", "link": link}, "enabled": true,
                "actions": [{"action": "message", "template": thanks}]}),
            )
            .await;
        let later = world.template("その後いかがですか").await;
        let journey = world
            .post(
                "journeys",
                json!({"name": "見た人へ", "channel_id": world.channel, "trigger": {"on": "click", "link": link},
                "nodes": [
                    {"do": "wait", "until": {"after": {"days": 1}}},
                    {"do": "branch", "if": {"is": "clicked", "link": link, "within_days": 3}, "yes": "said", "no": "end"},
                    {"id": "said", "do": "message", "template": later}]}),
            )
            .await;
        world.post(&format!("journeys/{}/publish", journey["id"].as_str().unwrap()), json!({})).await;
        let id = broadcast(&world, &template, "person").await;
        assert_eq!((calls(&world, "push").await, calls(&world, "multicast").await), (3, 0), "{on:?}");

        let (first, second) = (said(&world, 1).await, said(&world, 2).await);
        assert_ne!(address(&first[0]), address(&second[0]), "{on:?}: each has one of his own");
        assert!(first.len() == 2 && emoji_stands(&first[0]), "{on:?}: {first:?}");
        let actions = &first[1]["template"]["actions"];
        assert_eq!(actions[0]["uri"], address(&first[0]), "{on:?}: the button leads there too");
        assert_eq!(actions[1]["uri"], "https://liff.line.me/1650000001-abcdefgh", "{on:?}: LINE's own stays");
        clicks(&world, &id, json!({"people": 0, "clicks": 0, "unknown": 0, "prefetch": 0})).await;

        // LINE and a browser look ahead; somebody plays with the address; then a person opens it, twice.
        let ours = address(&first[0]);
        assert_eq!(open(&world, &ours, Some(("user-agent", "facebookexternalhit/1.1;line-poker/1.0"))).await, SHOP);
        assert_eq!(open(&world, &ours, Some(("sec-purpose", "prefetch"))).await, SHOP);
        let forged = ours.replace("?p=A", "?p=B");
        assert_ne!(forged, ours);
        assert_eq!(open(&world, &forged, None).await, SHOP, "{on:?}: a forged one still leads on");
        clicks(&world, &id, json!({"people": 0, "clicks": 0, "unknown": 0, "prefetch": 2})).await;
        assert_eq!(open(&world, &ours, None).await, SHOP);
        assert_eq!(open(&world, &ours, None).await, SHOP);
        clicks(&world, &id, json!({"people": 1, "clicks": 2, "unknown": 0, "prefetch": 2})).await;
        let shown = world.get(&format!("links/{link}")).await;
        assert_eq!(shown["figures"], json!({"people": 1, "clicks": 2, "unknown": 1, "prefetch": 2}), "{on:?}");

        world.idle().await;
        let who = json!({"to": "condition", "condition": {"is": "clicked", "cause": id}});
        let input = json!({"channel_id": world.channel, "template_id": thanks, "audience": who});
        let again = world.post("broadcasts", input).await;
        let shown = world.post(&format!("broadcasts/{}/preview", again["id"].as_str().unwrap()), json!({})).await;
        assert_eq!(shown["audience"], 1, "{on:?}: who opened it can be chosen");
        assert!(world.heard(1).await.contains(&"ご覧いただきありがとうございます".to_owned()), "{on:?}: the rule answers");
        world.advance_ms(2 * 86_400_000).await;
        world.idle().await;
        assert_eq!(world.heard(1).await.last().unwrap(), "その後いかがですか", "{on:?}: the journey goes on");
        assert_eq!(world.heard(2).await.len(), 2, "{on:?}: who opened nothing hears nothing");
        world.assert_decent().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_link_goes_by_multicast_and_a_direct_one_is_the_shops() {
    for on in BOTH {
        let Some(world) = shop(on).await else { continue };
        let template = template(&world).await;
        let id = broadcast(&world, &template, "shared").await;
        // One for each shard that has friends.
        assert_eq!(calls(&world, "push").await, 0, "{on:?}");
        assert!(calls(&world, "multicast").await >= 1, "{on:?}");
        let (first, second) = (said(&world, 1).await, said(&world, 2).await);
        assert_eq!(first, second, "{on:?}: one body for all");
        assert!(emoji_stands(&first[0]), "{on:?}: {first:?}");
        let ours = address(&first[0]);
        assert_eq!(open(&world, &ours, None).await, SHOP);
        assert_eq!(open(&world, &ours, Some(("purpose", "preview"))).await, SHOP);
        clicks(&world, &id, json!({"people": 0, "clicks": 0, "unknown": 1, "prefetch": 1})).await;

        let id = broadcast(&world, &template, "direct").await;
        let last = said(&world, 1).await;
        let utm = format!("https://shop.example/new?color=red&utm_source=line&utm_medium=message&utm_campaign={id}#size");
        assert_eq!(address(&last[2]), utm, "{on:?}");
        assert!(emoji_stands(&last[2]), "{on:?}: {last:?}");
        assert_eq!(last[3]["template"]["actions"][0]["uri"], utm, "{on:?}");
        assert_eq!(calls(&world, "push").await, 0, "{on:?}");
        world.assert_decent().await;
    }
}

/// The shop's rule names the campaign, on the way through us and on the shop's own address; own marks stay.
#[tokio::test(flavor = "multi_thread")]
async fn links_carry_the_marks_of_the_rule() {
    for on in BOTH {
        let Some(world) = shop(on).await else { continue };
        let template = template(&world).await;
        let rule = json!({"on": true, "source": "line", "medium": "message", "campaign": "{name}"});
        world.put("settings/links", rule).await;
        let id = broadcast(&world, &template, "person").await;
        let name = world.get(&format!("broadcasts/{id}")).await["name"].as_str().unwrap().to_owned();
        let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let marked = format!("https://shop.example/new?color=red&utm_source=line&utm_medium=message&utm_campaign={name}#size");
        assert_eq!(open(&world, &address(&said(&world, 1).await[0]), None).await, marked, "{on:?}: person");
        broadcast(&world, &template, "direct").await;
        let said = said(&world, 1).await;
        assert!(address(&said[2]).contains("utm_source=line&utm_medium=message&utm_campaign="), "{on:?}: {:?}", said[2]);
        let test = world.post("settings/links/test", json!({})).await;
        assert_eq!(test, json!({"result": "nobody", "status": null}), "{on:?}: crm.example is not here, and it is said");
        let own = world.post("links", json!({"url": "https://shop.example/?utm_source=flyer"})).await;
        assert_eq!(open(&world, own["short_url"].as_str().unwrap(), None).await, "https://shop.example/?utm_source=flyer");
        world.assert_decent().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_links_a_personal_broadcast_is_one_body_and_a_test_is_no_click() {
    for on in BOTH {
        let Some(world) = shop(on).await else { continue };
        let plain = world.template("本日は10時からです").await;
        broadcast(&world, &plain, "person").await;
        assert_eq!(calls(&world, "push").await, 0, "{on:?}: nothing differs from person to person");
        assert_eq!(world.heard(0).await, ["本日は10時からです"], "{on:?}");

        let template = template(&world).await;
        let contact = world.get("contacts").await["items"][0]["id"].clone();
        world.post(&format!("templates/{template}/test"), json!({"channel_id": world.channel, "contact_ids": [contact]})).await;
        world.idle().await;
        let mut tested = Vec::new();
        for user in 0..3 {
            tested.extend(said(&world, user).await.into_iter().filter(|message| message["emojis"].is_array()));
        }
        assert_eq!(tested.len(), 1, "{on:?}: {tested:?}");
        assert!(emoji_stands(&tested[0]), "{on:?}: {tested:?}");
        assert_eq!(open(&world, &address(&tested[0]), None).await, SHOP, "{on:?}: a test shows where it leads");

        // Staff see before they send what will be sent, and which way it goes.
        let input =
            json!({"channel_id": world.channel, "template_id": template, "audience": {"to": "all"}, "link_mode": "person"});
        let draft = world.post("broadcasts", input).await;
        let id = draft["id"].as_str().unwrap();
        let shown = world.post(&format!("broadcasts/{id}/preview"), json!({})).await;
        assert_eq!((&shown["personal"], &shown["requests"]), (&json!(true), &json!(3)), "{on:?}");
        assert_eq!(open(&world, &address(&shown["example"][0]), None).await, SHOP, "{on:?}: the preview leads on too");
        let link = world.get("links").await["items"][0].clone();
        assert_eq!(link["figures"], json!({"people": 0, "clicks": 0, "unknown": 0, "prefetch": 0}), "{on:?}");
        world.assert_decent().await;
    }
}
