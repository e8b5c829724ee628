//! Logging in, cookies, the login limit, CSRF, invitations, staff.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{CONTENT_TYPE, COOKIE, RETRY_AFTER, SET_COOKIE};
use engine::access::db::Act;
use engine::access::staff::add_user;
use engine::access::{Actor, Role};
use engine::ids::{UserId, WorkspaceId};
use serde_json::{Value, json};

use engine::access::second::decide::code_now;

use crate::house::{House, Reply, Shop};

const PASSWORD: &str = "correct horse battery";

async fn user(house: &House, workspace: WorkspaceId, email: &str, role: Role) -> UserId {
    let phc = server::auth::password::hash(PASSWORD).unwrap();
    let act = Act { workspace, actor: Actor::Cli, at: house.engine.clock.now_ms() };
    let email = email.to_owned();
    house.engine.store.write(move |tx| add_user(tx, &act, &email, role, &phc)).await.unwrap()
}

fn login_request(email: &str, password: &str) -> Request<Body> {
    Request::post("/api/v1/session")
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(json!({"email": email, "password": password}).to_string()))
        .unwrap()
}

/// The cookie as a browser sends it back.
fn cookie(reply: &Reply) -> String {
    let set = reply.headers.get(SET_COOKIE).unwrap().to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}

async fn with_cookie(house: &House, cookie: &str, method: &str, path: &str, body: Value) -> Reply {
    let mut request = crate::house::request("", method, path, body);
    request.headers_mut().insert(COOKIE, cookie.parse().unwrap());
    house.send(request).await
}

async fn house() -> (House, Shop) {
    let house = House::still().await;
    let shop = house.shop("1000").await;
    user(&house, shop.workspace, "owner@example.com", Role::Owner).await;
    (house, shop)
}

#[tokio::test]
async fn login_me_logout() {
    let (house, shop) = house().await;
    let reply = house.send(login_request(" Owner@Example.com ", PASSWORD)).await;
    let set = reply.headers.get(SET_COOKIE).unwrap().to_str().unwrap().to_owned();
    assert!(
        set.starts_with("enishi=") && set.contains("HttpOnly") && set.contains("SameSite=Lax") && !set.contains("Secure"),
        "{set}"
    );
    let session = cookie(&reply);
    let me = reply.expect(200);
    assert_eq!(me["user"]["email"], "owner@example.com");
    assert_eq!(me["workspace"]["id"], shop.workspace.to_string());
    assert_eq!(me["permissions"].as_array().unwrap().len(), 11);
    assert_eq!(with_cookie(&house, &session, "GET", "/api/v1/session", Value::Null).await.expect(200)["role"], "owner");
    with_cookie(&house, &session, "DELETE", "/api/v1/session", Value::Null).await.expect(204);
    assert_eq!(with_cookie(&house, &session, "GET", "/api/v1/session", Value::Null).await.code(), "no_session");
}

#[tokio::test]
async fn https_makes_the_cookie_strict() {
    let house = House::open("http://127.0.0.1:1", "https://shop.example.com").await;
    let shop = house.shop("1000").await;
    user(&house, shop.workspace, "owner@example.com", Role::Owner).await;
    let reply = house.send(login_request("owner@example.com", PASSWORD)).await;
    let set = reply.headers.get(SET_COOKIE).unwrap().to_str().unwrap();
    assert!(set.starts_with("__Host-enishi=") && set.contains("; Secure") && set.contains("Path=/"), "{set}");
    assert_eq!(reply.headers.get("strict-transport-security").unwrap(), "max-age=31536000");
}

#[tokio::test]
async fn wrong_password_and_unknown_account_look_alike() {
    let (house, _) = house().await;
    let wrong = house.send(login_request("owner@example.com", "wrong horse battery")).await;
    let unknown = house.send(login_request("nobody@example.com", PASSWORD)).await;
    assert_eq!((wrong.status, wrong.code()), (unknown.status, unknown.code()));
    assert_eq!(wrong.code(), "login_failed");
}

#[tokio::test]
async fn failed_logins_are_limited_and_forwarded_headers_do_not_help() {
    let (house, _) = house().await;
    for n in 0..5 {
        let mut request = login_request("owner@example.com", "wrong horse battery");
        request.headers_mut().insert("x-forwarded-for", format!("9.9.9.{n}").parse().unwrap());
        assert_eq!(house.send(request).await.code(), "login_failed");
    }
    let mut request = login_request("owner@example.com", PASSWORD);
    request.headers_mut().insert("x-forwarded-for", "8.8.8.8".parse().unwrap());
    let limited = house.send(request).await;
    assert_eq!(limited.code(), "login_limited");
    assert!(limited.headers.contains_key(RETRY_AFTER));
    // Another account from the same address may still try.
    assert_eq!(house.send(login_request("other@example.com", PASSWORD)).await.code(), "login_failed");
}

#[tokio::test]
async fn good_logins_are_not_limited() {
    let (house, _) = house().await;
    for _ in 0..8 {
        house.send(login_request("owner@example.com", PASSWORD)).await.expect(200);
    }
}

#[tokio::test]
async fn cross_site_writes_are_refused() {
    let (house, _) = house().await;
    let session = cookie(&house.send(login_request("owner@example.com", PASSWORD)).await);
    let attempt = |headers: Vec<(&'static str, &'static str)>| {
        let mut request = crate::house::request("", "POST", "/api/v1/tags", json!({"name": format!("札{}", headers[0].1.len())}));
        request.headers_mut().insert(COOKIE, session.parse().unwrap());
        for (name, value) in headers {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        house.send(request)
    };
    assert_eq!(attempt(vec![("sec-fetch-site", "cross-site")]).await.code(), "cross_site");
    assert_eq!(attempt(vec![("sec-fetch-site", "same-site")]).await.code(), "cross_site");
    assert_eq!(attempt(vec![("origin", "https://evil.example"), ("host", "127.0.0.1:8080")]).await.code(), "cross_site");
    assert_eq!(attempt(vec![("origin", "null"), ("host", "127.0.0.1:8080")]).await.code(), "cross_site");
    attempt(vec![("sec-fetch-site", "same-origin")]).await.expect(201);
    attempt(vec![("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]).await.expect(201);
    // Reading is safe, and the login itself is guarded too.
    let mut login = login_request("owner@example.com", PASSWORD);
    login.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_eq!(house.send(login).await.code(), "cross_site");
}

#[tokio::test]
async fn invitation_is_taken_up_once() {
    let (house, shop) = house().await;
    let invited =
        house.post(&shop.owner, "/api/v1/invitations", json!({"email": "new@example.com", "role": "operator"})).await.expect(201);
    assert_eq!(invited["user"]["state"], "invited");
    let token = invited["url"].as_str().unwrap().split('#').nth(1).unwrap().to_owned();
    let accept = |password: &str| {
        house.post("", "/api/v1/invitations/accept", json!({"token": token, "name": "太郎", "password": password}))
    };
    assert_eq!(accept("short").await.code(), "password_weak");
    let me = accept(PASSWORD).await.expect(200);
    assert_eq!((me["user"]["name"].as_str(), me["role"].as_str()), (Some("太郎"), Some("operator")));
    assert_eq!(accept(PASSWORD).await.code(), "invitation_invalid");
    house.send(login_request("new@example.com", PASSWORD)).await.expect(200);
    let again = house.post(&shop.owner, "/api/v1/invitations", json!({"email": "new@example.com", "role": "operator"})).await;
    assert_eq!(again.code(), "conflict");
}

#[tokio::test]
async fn an_invitation_of_one_workspace_opens_no_other() {
    let (house, shop) = house().await;
    let other = house.shop("2000").await;
    house.post(&shop.owner, "/api/v1/invitations", json!({"email": "new@example.com", "role": "owner"})).await.expect(201);
    // The second workspace's owner would otherwise get a link into the first.
    let second = house.post(&other.owner, "/api/v1/invitations", json!({"email": "new@example.com", "role": "viewer"})).await;
    assert_eq!(second.code(), "conflict");
}

#[tokio::test]
async fn the_last_owner_stays() {
    let (house, shop) = house().await;
    let users = house.get(&shop.owner, "/api/v1/users").await.expect(200);
    let path = format!("/api/v1/users/{}", users["items"][0]["id"].as_str().unwrap());
    assert_eq!(house.call(&shop.owner, "PATCH", &path, json!({"role": "viewer"})).await.code(), "last_owner");
    assert_eq!(house.call(&shop.owner, "DELETE", &path, Value::Null).await.code(), "last_owner");
    user(&house, shop.workspace, "second@example.com", Role::Owner).await;
    house.call(&shop.owner, "PATCH", &path, json!({"role": "viewer"})).await.expect(200);
}

#[tokio::test]
async fn disabling_and_removing_end_sessions() {
    let (house, shop) = house().await;
    let id = user(&house, shop.workspace, "op@example.com", Role::Operator).await;
    let session = cookie(&house.send(login_request("op@example.com", PASSWORD)).await);
    with_cookie(&house, &session, "GET", "/api/v1/session", Value::Null).await.expect(200);
    house.call(&shop.owner, "PATCH", &format!("/api/v1/users/{id}"), json!({"disabled": true})).await.expect(200);
    assert_eq!(with_cookie(&house, &session, "GET", "/api/v1/session", Value::Null).await.code(), "no_session");
    assert_eq!(house.send(login_request("op@example.com", PASSWORD)).await.code(), "login_failed");
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let (house, _) = house().await;
    let first = cookie(&house.send(login_request("owner@example.com", PASSWORD)).await);
    let second = cookie(&house.send(login_request("owner@example.com", PASSWORD)).await);
    let change = json!({"current": PASSWORD, "new": "another good password"});
    with_cookie(&house, &first, "PUT", "/api/v1/session/password", change).await.expect(204);
    with_cookie(&house, &first, "GET", "/api/v1/session", Value::Null).await.expect(200);
    assert_eq!(with_cookie(&house, &second, "GET", "/api/v1/session", Value::Null).await.code(), "no_session");
    assert_eq!(house.send(login_request("owner@example.com", PASSWORD)).await.code(), "login_failed");
}

#[tokio::test]
async fn one_person_works_in_two_workspaces() {
    let (house, shop) = house().await;
    let other = house.shop("2000").await;
    user(&house, other.workspace, "owner@example.com", Role::Viewer).await;
    let third = house.shop("3000").await;
    let session = cookie(&house.send(login_request("owner@example.com", PASSWORD)).await);
    let switch = |workspace: WorkspaceId| {
        with_cookie(&house, &session, "PUT", "/api/v1/session/workspace", json!({"workspace_id": workspace}))
    };
    let me = switch(other.workspace).await.expect(200);
    assert_eq!((me["role"].as_str(), me["workspaces"].as_array().unwrap().len()), (Some("viewer"), 2));
    assert_eq!(switch(third.workspace).await.code(), "not_found");
    assert_eq!(switch(shop.workspace).await.expect(200)["role"], "owner");
}

#[tokio::test]
async fn staff_writes_stand_in_the_audit_log() {
    let (house, shop) = house().await;
    let session = cookie(&house.send(login_request("owner@example.com", PASSWORD)).await);
    with_cookie(&house, &session, "POST", "/api/v1/tags", json!({"name": "常連"})).await.expect(201);
    let log = house.get(&shop.owner, "/api/v1/audit").await.expect(200);
    let newest = &log["items"][0];
    assert_eq!((newest["action"].as_str(), newest["actor"]["kind"].as_str()), (Some("tag.create"), Some("user")));
    assert!(!log.to_string().contains(PASSWORD) && !log.to_string().contains("argon2"));
}

#[tokio::test]
async fn revoked_tokens_are_dead_and_secrets_are_shown_once() {
    let (house, shop) = house().await;
    let made = house.post(&shop.owner, "/api/v1/tokens", json!({"name": "EC", "role": "viewer", "scopes": []})).await.expect(201);
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("eni_"));
    house.get(secret, "/api/v1/tags").await.expect(200);
    let list = house.get(&shop.owner, "/api/v1/tokens").await;
    assert!(!String::from_utf8_lossy(&list.bytes).contains(secret));
    house
        .call(&shop.owner, "DELETE", &format!("/api/v1/tokens/{}", made["token"]["id"].as_str().unwrap()), Value::Null)
        .await
        .expect(204);
    assert_eq!(house.get(secret, "/api/v1/tags").await.code(), "token_invalid");
}

/// Logs in with a code beside the password.
fn login_with(code: &str) -> Request<Body> {
    Request::post("/api/v1/session")
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(json!({"email": "owner@example.com", "password": PASSWORD, "code": code}).to_string()))
        .unwrap()
}

/// Sets a second step up for the owner: session, key, recovery codes.
async fn with_second_step(house: &House) -> (String, Vec<u8>, Vec<String>) {
    let session = cookie(&house.send(login_request("owner@example.com", PASSWORD)).await);
    let path = "/api/v1/session/second-step";
    let key = with_cookie(house, &session, "POST", path, json!({"password": PASSWORD})).await.expect(201);
    assert!(key["uri"].as_str().unwrap().contains(key["key"].as_str().unwrap()));
    let bytes = unbase32(key["key"].as_str().unwrap());
    let wrong = with_cookie(house, &session, "PUT", path, json!({"code": "12345"})).await;
    assert_eq!(wrong.json()["errors"][0]["path"], "code");
    // The step before is good too, and leaves the present one for the login.
    let first = code_now(&bytes, engine::clock::machine_ms() - 30_000);
    let codes = with_cookie(house, &session, "PUT", path, json!({"code": first})).await.expect(200);
    let codes = codes["recovery_codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    (session, bytes, codes)
}

fn unbase32(text: &str) -> Vec<u8> {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: Vec<u8> = text
        .chars()
        .flat_map(|letter| {
            let value = letters.find(letter).unwrap();
            (0..5).rev().map(move |bit| u8::from(value >> bit & 1 == 1)).collect::<Vec<_>>()
        })
        .collect();
    bits.chunks_exact(8).map(|eight| eight.iter().fold(0, |byte, bit| byte << 1 | bit)).collect()
}

#[tokio::test]
async fn the_second_step_is_asked_for_and_a_code_is_good_once() {
    let (house, _) = house().await;
    let before = cookie(&house.send(login_request("owner@example.com", PASSWORD)).await);
    let (session, key, codes) = with_second_step(&house).await;
    assert_eq!(with_cookie(&house, &before, "GET", "/api/v1/session", Value::Null).await.code(), "no_session");
    let me = with_cookie(&house, &session, "GET", "/api/v1/session", Value::Null).await.expect(200);
    assert_eq!(me["second_step"], json!({"on": true, "code": true, "passkeys": 0, "required": false, "recovery_codes_left": 10}));

    let asked = house.send(login_request("owner@example.com", PASSWORD)).await;
    assert_eq!(asked.code(), "second_step_needed");
    assert_eq!(asked.json()["errors"][0]["code"], "code", "which ways there are");
    assert_eq!(house.send(login_with("000000")).await.code(), "second_step_wrong");
    let code = code_now(&key, engine::clock::machine_ms());
    house.send(login_with(&code)).await.expect(200);
    assert_eq!(house.send(login_with(&code)).await.code(), "second_step_wrong", "the same code again");
    house.send(login_with(&codes[0].to_lowercase())).await.expect(200);
    assert_eq!(house.send(login_with(&codes[0])).await.code(), "second_step_wrong", "a recovery code again");
}

#[tokio::test]
async fn guesses_at_the_second_step_are_limited() {
    let (house, _) = house().await;
    let (_, _, codes) = with_second_step(&house).await;
    for n in 0..5 {
        assert_eq!(house.send(login_with(&format!("00000{n}"))).await.code(), "second_step_wrong");
    }
    assert_eq!(house.send(login_with(&codes[0])).await.code(), "login_limited");
}

#[tokio::test]
async fn removing_needs_both_and_owners_reset() {
    let (house, shop) = house().await;
    let (session, _, codes) = with_second_step(&house).await;
    let remove = |body: Value| with_cookie(&house, &session, "POST", "/api/v1/session/second-step/remove", body);
    assert_eq!(
        remove(json!({"password": "wrong horse battery", "code": codes[0]})).await.json()["errors"][0]["path"],
        "password"
    );
    assert_eq!(remove(json!({"password": PASSWORD})).await.json()["errors"][0]["path"], "code");
    remove(json!({"password": PASSWORD, "code": codes[0]})).await.expect(204);
    house.send(login_request("owner@example.com", PASSWORD)).await.expect(200);

    with_second_step(&house).await;
    let users = house.get(&shop.owner, "/api/v1/users").await.expect(200);
    assert_eq!(users["items"][0]["second_step"], true);
    let path = format!("/api/v1/users/{}/second-step", users["items"][0]["id"].as_str().unwrap());
    house.call(&shop.owner, "DELETE", &path, Value::Null).await.expect(204);
    assert_eq!(with_cookie(&house, &session, "GET", "/api/v1/session", Value::Null).await.code(), "no_session");
    house.send(login_request("owner@example.com", PASSWORD)).await.expect(200);
}

#[tokio::test]
async fn whoever_has_a_passkey_shows_it_before_a_phone_is_set_up() {
    let (house, shop) = house().await;
    let session = cookie(&house.send(login_request("owner@example.com", PASSWORD)).await);
    let users = house.get(&shop.owner, "/api/v1/users").await.expect(200);
    let passkey = "INSERT INTO passkeys (user_id, id, credential_id, credential, counter, name, host, created_at) VALUES ($2, $1, $1, '{}', 0, 'PC', 'localhost', 0)";
    house.write(&shop, passkey, users["items"][0]["id"].as_str().unwrap().parse().unwrap()).await;
    let begin = |body: Value| with_cookie(&house, &session, "POST", "/api/v1/session/second-step", body);
    for body in [json!({"password": PASSWORD}), json!({"password": PASSWORD, "code": "000000"})] {
        let refused = begin(body).await;
        assert_eq!((refused.status.as_u16(), refused.json()["errors"][0]["path"].as_str()), (422, Some("code")));
    }
}

#[tokio::test]
async fn a_workspace_asks_it_of_everybody() {
    let (house, shop) = house().await;
    user(&house, shop.workspace, "op@example.com", Role::Operator).await;
    let (session, ..) = with_second_step(&house).await;
    let demand = json!({"second_step": "all"});
    let plain = cookie(&house.send(login_request("op@example.com", PASSWORD)).await);
    with_cookie(&house, &plain, "GET", "/api/v1/tags", Value::Null).await.expect(200);
    with_cookie(&house, &session, "PUT", "/api/v1/settings/security", demand).await.expect(200);
    assert_eq!(with_cookie(&house, &plain, "GET", "/api/v1/tags", Value::Null).await.code(), "second_step_required");
    with_cookie(&house, &session, "GET", "/api/v1/tags", Value::Null).await.expect(200);
    let me = with_cookie(&house, &plain, "GET", "/api/v1/session", Value::Null).await.expect(200);
    assert_eq!(me["second_step"]["required"], true);
    let key = with_cookie(&house, &plain, "POST", "/api/v1/session/second-step", json!({"password": PASSWORD})).await.expect(201);
    let code = code_now(&unbase32(key["key"].as_str().unwrap()), engine::clock::machine_ms());
    with_cookie(&house, &plain, "PUT", "/api/v1/session/second-step", json!({"code": code})).await.expect(200);
    with_cookie(&house, &plain, "GET", "/api/v1/tags", Value::Null).await.expect(200);
}

#[tokio::test]
async fn devices_are_listed_and_ended() {
    let (house, _) = house().await;
    let mut login = login_request("owner@example.com", PASSWORD);
    login.headers_mut().insert("user-agent", "Phone".parse().unwrap());
    let phone = cookie(&house.send(login).await);
    let desk = cookie(&house.send(login_request("owner@example.com", PASSWORD)).await);
    let list = with_cookie(&house, &desk, "GET", "/api/v1/sessions", Value::Null).await.expect(200);
    let items = list["items"].as_array().unwrap();
    let other = items.iter().find(|item| item["agent"] == "Phone").unwrap();
    assert_eq!((items.len(), other["current"].as_bool()), (2, Some(false)));
    let path = format!("/api/v1/sessions/{}", other["id"].as_str().unwrap());
    with_cookie(&house, &desk, "DELETE", &path, Value::Null).await.expect(204);
    assert_eq!(with_cookie(&house, &phone, "GET", "/api/v1/session", Value::Null).await.code(), "no_session");
    assert_eq!(with_cookie(&house, &desk, "DELETE", &path, Value::Null).await.code(), "not_found");
    let third = cookie(&house.send(login_request("owner@example.com", PASSWORD)).await);
    with_cookie(&house, &desk, "DELETE", "/api/v1/sessions", Value::Null).await.expect(204);
    assert_eq!(with_cookie(&house, &third, "GET", "/api/v1/session", Value::Null).await.code(), "no_session");
    with_cookie(&house, &desk, "GET", "/api/v1/session", Value::Null).await.expect(200);
}
