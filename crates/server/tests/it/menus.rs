//! Rich menus as staff choose them, and where they stand in the calendar.

use serde_json::{Value, json};

use crate::house::House;
use crate::line_stub;

#[tokio::test]
async fn menus_are_chosen_by_name() {
    let house = House::open(&line_stub::start().await, "https://shop.example.com").await;
    let shop = house.shop("1000").await;
    let list = house.get(&shop.owner, &format!("/api/v1/channels/{}/rich-menus", shop.channel)).await.expect(200);
    let names: Vec<_> = list["items"].as_array().unwrap().iter().map(|menu| menu["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["はじめての方", "会員さま"]);
    assert_eq!((&list["items"][0]["rich_menu_id"], &list["items"][0]["areas"]), (&json!("richmenu-a"), &json!(1)));
    assert_eq!(list["default_menu"], "elsewhere", "LINE Official Account Manager's own is not listed");
}

#[tokio::test]
async fn line_away_or_another_shop_is_told() {
    let house = House::still().await;
    let (shop, other) = (house.shop("1000").await, house.shop("2000").await);
    let path = format!("/api/v1/channels/{}/rich-menus", shop.channel);
    assert_eq!(house.get(&shop.owner, &path).await.code(), "line_unreachable");
    assert_eq!(house.get(&other.owner, &path).await.code(), "not_found");
}

#[tokio::test]
async fn an_action_names_a_menu_or_none() {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    let rule = |menu: Value| {
        json!({"name": "会員", "trigger": {"on": "keyword", "mode": "exact", "words": ["会員"]},
            "actions": [{"action": "rich_menu", "rich_menu_id": menu}]})
    };
    let refused = house.post(&shop.owner, "/api/v1/rules", rule(json!(""))).await.expect(422);
    assert_eq!(refused["errors"][0]["path"], "actions[0].rich_menu_id");
    for menu in [json!("richmenu-a"), Value::Null] {
        house.post(&shop.owner, "/api/v1/rules", rule(menu)).await.expect(201);
    }
}

#[tokio::test]
async fn the_calendar_tells_which_menus_change_and_did() {
    for house in House::on_both().await {
        let shop = house.shop("1000").await;
        let contact = house.friend(&shop, "U0123456789abcdef0123456789abcdef").await;
        house.settled().await;
        let menu =
            |id: &str, to: Value| json!({"id": id, "do": "actions", "actions": [{"action": "rich_menu", "rich_menu_id": to}]});
        let question = json!({"id": "q", "do": "branch", "if": {"is": "all", "of": []}, "yes": "late", "no": "end"});
        let wait = |id: &str| json!({"id": id, "do": "wait", "until": {"after": {"days": 3}}});
        let journey = async |name: &str, nodes: Value| {
            let graph = json!({"name": name, "trigger": {"on": "hand"}, "nodes": nodes});
            let made = house.post(&shop.owner, "/api/v1/journeys", graph).await.expect(201);
            let path = format!("/api/v1/journeys/{}", made["id"].as_str().unwrap());
            house.post(&shop.owner, &format!("{path}/publish"), json!({})).await.expect(200);
            house.post(&shop.owner, &format!("{path}/enroll"), json!({"contact_ids": [contact]})).await.expect(202);
            house.settled().await;
            path
        };
        journey("会員", json!([menu("now", json!("richmenu-a")), wait("w"), menu("then", Value::Null)])).await;
        let stopped = journey("質問", json!([wait("w"), question, menu("late", json!("richmenu-b"))])).await;

        let today = engine::insight::day_of(house.engine.clock.now_ms(), &jiff::tz::TimeZone::get("Asia/Tokyo").unwrap());
        let (from, to) = (today.plus(-1), today.plus(10));
        let menus = async |more: &str| {
            let path = format!("/api/v1/insight/calendar?from={from}&to={to}{more}");
            let calendar = house.get(&shop.owner, &path).await.expect(200);
            let mut told: Vec<_> = calendar["menus"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| format!("{} {} {} {}", one["name"], one["rich_menu_id"], one["state"], one["people"]))
                .collect();
            told.sort();
            told
        };
        let expected = [
            r#""会員" "richmenu-a" "done" 1"#.to_owned(),
            r#""会員" null "due" 1"#.to_owned(),
            r#""質問" "richmenu-b" "maybe" 1"#.to_owned(),
        ];
        assert_eq!(menus("").await, expected);
        assert_eq!(menus(&format!("&channel_id={}", shop.channel)).await, expected);
        assert!(menus(&format!("&channel_id={}", uuid::Uuid::nil())).await.is_empty());
        house.post(&shop.owner, &format!("{stopped}/stop"), json!({})).await.expect(200);
        assert_eq!(menus("").await, expected[..2], "walks of what is stopped stand still");
        house.close().await;
    }
}
