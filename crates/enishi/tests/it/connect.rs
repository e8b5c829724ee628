//! The first owner, friends from before, and whether a LINE Login channel is of the same provider.

use std::collections::HashMap;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{BOTH, CHANNEL_ID, Clock, On, Setup, World};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_owner_comes_in_once() {
    for on in BOTH {
        let Some(mut world) = World::new(on, 1, Clock::System).await else { continue };
        let server = world.servers.last_mut().expect("a server runs");
        let link = server.line();
        let (_, token) = link.split_once("/admin/setup#").unwrap_or_else(|| panic!("no link: {link}"));
        let owner = |token: &str, password: &str| json!({"token": token, "workspace": "縁起屋", "name": "花子", "email": "hanako@example.com", "password": password});
        let set_up = async |body: Value| {
            let (status, answer) = world.api(Method::POST, "setup", body).await;
            (status.as_u16(), answer["code"].as_str().unwrap_or_default().to_owned(), answer)
        };
        assert_eq!(world.get("setup").await, json!({"open": true}), "{on:?}");
        assert_eq!(set_up(owner("wrong", "correct horse battery")).await.1, "setup_closed");
        assert_eq!(set_up(owner(token, "short")).await.1, "password_weak", "and the link is still good");
        let (status, _, me) = set_up(owner(token, "correct horse battery")).await;
        assert_eq!((status, me["role"].as_str(), me["workspace"]["name"].as_str()), (200, Some("owner"), Some("縁起屋")));
        assert_eq!(set_up(owner(token, "correct horse battery")).await.1, "setup_closed", "{on:?}");
        assert_eq!(world.get("setup").await, json!({"open": false}));
        // The next start prints none.
        let me = json!({"email": "hanako@example.com", "password": "correct horse battery"});
        assert_eq!(world.api(Method::POST, "session", me).await.0, StatusCode::OK);
    }
}

async fn fetch(world: &World) -> Value {
    let path = format!("channels/{}/followers", world.channel);
    world.post(&path, json!({})).await;
    for _ in 0..1_200 {
        let state = world.get(&path).await;
        if state["state"] != "running" {
            return state;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the fetch does not end: {}", world.get(&path).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn friends_from_before_are_fetched_piece_by_piece_and_hear_nothing() {
    for on in BOTH {
        let setup = Setup { users: 2_300, friends: 2_300, clock: Clock::System, ..Setup::default() };
        let Some(world) = World::with(on, setup).await else { continue };
        let greeting = world.template("ようこそ").await;
        let rule = json!({"name": "あいさつ", "trigger": {"on": "follow"}, "actions": [{"action": "message", "template": greeting}], "enabled": true});
        world.post("rules", rule).await;
        world.sim("channels", json!({"channel_id": CHANNEL_ID, "verified": false})).await;
        assert_eq!(fetch(&world).await["state"], "not_allowed", "{on:?}: not verified");

        world.sim("channels", json!({"channel_id": CHANNEL_ID, "verified": true})).await;
        let done = fetch(&world).await;
        assert_eq!((done["state"].as_str(), done["fetched"].as_i64()), (Some("done"), Some(2_300)), "{on:?}");
        let channel = world.get(&format!("channels/{}", world.channel)).await;
        assert_eq!(channel["friends"], json!(2_300));
        let contacts = world.get("contacts?limit=200").await;
        let nameless = contacts["items"].as_array().expect("items").iter().filter(|one| one["display_name"].is_null()).count();
        assert_eq!(nameless, 0, "{on:?}: they came with their names");
        world.idle().await;
        assert_eq!(world.heard(1).await, [""; 0], "{on:?}: nobody is greeted who was a friend before");

        // Stopped is stopped, and what is there stays.
        let path = format!("channels/{}/followers", world.channel);
        world.post(&path, json!({})).await;
        let (_, stopped) = world.api(Method::DELETE, &path, Value::Null).await;
        assert!(["stopped", "done"].contains(&stopped["state"].as_str().unwrap_or_default()), "{on:?}: {stopped}");
        world.idle().await;
        assert_eq!(world.get(&path).await["state"], stopped["state"], "{on:?}: the piece in hand changes nothing");
    }
}

/// Logs person 1 in with LINE, as their browser would; what the finished check says.
async fn check(world: &World, login: &str) -> Value {
    let path = format!("channels/{}/provider-check", world.channel);
    let begun = world.post(&path, json!({"login_channel_id": login, "login_secret": "login-secret"})).await;
    let url = begun["url"].as_str().expect("an address");
    assert!(url.contains("code_challenge_method=S256") && url.contains("nonce=") && !url.contains("login-secret"), "{url}");
    let browser = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let consent = browser.post(format!("{url}&__user=1")).form(&[("__answer", "yes")]).send().await.expect("an answer");
    let back = consent.headers()["location"].to_str().expect("an address");
    let back = reqwest::Url::parse(back).expect("an address");
    assert_eq!(back.path(), "/admin/line-login");
    let query: HashMap<_, _> = back.query_pairs().into_owned().collect();
    let finish = json!({"state": query["state"], "code": query["code"]});
    let answer = world.post("provider-checks/finish", finish.clone()).await;
    let (status, _) = world.api(Method::POST, "provider-checks/finish", finish).await;
    assert_eq!(status, StatusCode::CONFLICT, "a login counts once");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_channel_of_another_provider_is_caught() {
    let setup = Setup { users: 3, friends: 3, clock: Clock::System, ..Setup::default() };
    let Some(world) = World::with(On::Sqlite, setup).await else { return };
    let login = |id: &str, provider: Option<&str>| json!({"channel_id": id, "channel_secret": "login-secret", "kind": "login", "provider": provider});
    world.sim("channels", login("2000000001", None)).await;
    world.sim("channels", login("2000000002", Some("ほかの会社"))).await;
    assert_eq!(check(&world, "2000000002").await["verdict"], "different");
    let path = format!("channels/{}/provider-check", world.channel);
    assert_eq!(world.get(&path).await["check"]["verdict"], "different");
    assert_eq!(world.get("start").await["channels"][0]["provider"], "different");
    let same = check(&world, "2000000001").await;
    assert_eq!(same["verdict"], "same");
    assert!(same["name"].is_string());
    assert_eq!(world.get(&path).await["check"]["verdict"], "same", "the latest counts");
    // The secret is not the login channel's.
    let begun = json!({"login_channel_id": "2000000001", "login_secret": "another"});
    let url = world.post(&path, begun).await["url"].as_str().expect("an address").to_owned();
    let state = reqwest::Url::parse(&url)
        .expect("an address")
        .query_pairs()
        .find(|(name, _)| name == "state")
        .expect("a state")
        .1
        .into_owned();
    let (status, answer) = world.api(Method::POST, "provider-checks/finish", json!({"state": state, "code": "made-up"})).await;
    assert_eq!((status.as_u16(), answer["code"].as_str()), (422, Some("line_refused")));
}
