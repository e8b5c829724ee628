//! LINE Login, from the authorize page to the profile.

use crate::stage::{CHANNEL, Reply, SECRET, Stage, with_shop};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

const LOGIN: &str = "2000000001";
const BACK: &str = "https://shop.example.jp/callback";
const VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-rule-of-43-characters";

async fn stage() -> (Stage, crate::stage::Shop) {
    let (stage, shop) = with_shop(|_, _| {}).await;
    let login = json!({
        "channel_id": LOGIN, "channel_secret": "login-secret", "kind": "login", "linked_bot": CHANNEL, "callback_urls": [BACK],
    });
    stage.act("channels", login).await;
    (stage, shop)
}

fn authorize(more: &str) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER.as_bytes()));
    format!(
        "/oauth2/v2.1/authorize?response_type=code&client_id={LOGIN}&redirect_uri={BACK}&state=st&scope=profile%20openid%20email\
         &nonce=n1&code_challenge={challenge}&code_challenge_method=S256{more}"
    )
}

fn query(reply: &Reply) -> HashMap<String, String> {
    let url = url::Url::parse(reply.header("location")).unwrap();
    url.query_pairs().into_owned().collect()
}

async fn code(stage: &Stage, n: u32, more: &str, form: &str) -> HashMap<String, String> {
    let path = authorize(&format!("&__user={n}{more}"));
    query(&stage.send("POST", &path, &[], form.as_bytes().to_vec()).await.is(302))
}

async fn exchange(stage: &Stage, code: &str, verifier: &str) -> Reply {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", BACK),
        ("client_id", LOGIN),
        ("client_secret", "login-secret"),
        ("code_verifier", verifier),
    ];
    stage.form("/oauth2/v2.1/token", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_ends_in_tokens_and_profile() {
    let (stage, _) = stage().await;
    let page = stage.send("GET", &authorize(""), &[], Vec::new()).await.is(200);
    assert!(String::from_utf8_lossy(&page.bytes).contains("ログイン"));
    let back = code(&stage, 3, "", "__answer=yes").await;
    assert_eq!(back["state"], "st");
    assert!(!back.contains_key("friendship_status_changed"), "only told when the box was shown");
    let reply = exchange(&stage, &back["code"], VERIFIER).await.is(200);
    assert_eq!((reply.json["expires_in"].as_i64(), reply.json["scope"].as_str()), (Some(2_592_000), Some("profile openid")));
    exchange(&stage, &back["code"], VERIFIER).await.is(400);
    let access = format!("Bearer {}", reply.json["access_token"].as_str().unwrap());
    let user = stage.user(3).await;
    let profile = stage.send("GET", "/v2/profile", &[("authorization", &access)], Vec::new()).await.is(200);
    assert_eq!(profile.json["userId"], json!(user), "one provider, one id");
    let id_token = reply.json["id_token"].as_str().unwrap();
    let verify = |client: &'static str, nonce: &'static str| {
        let stage = &stage;
        async move { stage.form("/oauth2/v2.1/verify", &[("id_token", id_token), ("client_id", client), ("nonce", nonce)]).await }
    };
    let claims = verify(LOGIN, "n1").await.is(200).json;
    assert_eq!((claims["sub"].as_str(), claims["nonce"].as_str()), (Some(user.as_str()), Some("n1")));
    assert!(claims["email"].is_string());
    assert_eq!(verify(LOGIN, "n2").await.is(400).json["error_description"], "Invalid IdToken Nonce.");
    assert_eq!(verify(CHANNEL, "n1").await.is(400).json["error_description"], "Invalid IdToken.");
    stage.advance(3_600_000).await;
    assert_eq!(verify(LOGIN, "n1").await.is(400).json["error_description"], "IdToken expired.");
    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", reply.json["refresh_token"].as_str().unwrap()),
        ("client_id", LOGIN),
        ("client_secret", "login-secret"),
    ];
    stage.form("/oauth2/v2.1/token", &refresh).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_box_adds_the_linked_account() {
    let (stage, shop) = stage().await;
    let back = code(&stage, 8, "&bot_prompt=normal", "__answer=yes&__friend=1").await;
    assert_eq!(back["friendship_status_changed"], "true");
    let events = shop.events_at_least(1).await;
    assert_eq!(
        (events[0]["type"].as_str(), events[0]["source"]["userId"].as_str()),
        (Some("follow"), Some(stage.user(8).await.as_str()))
    );
    let again = code(&stage, 8, "&bot_prompt=normal", "__answer=yes&__friend=1").await;
    assert_eq!(again["friendship_status_changed"], "false");
    let token = exchange(&stage, &again["code"], VERIFIER).await.is(200).json["access_token"].as_str().unwrap().to_owned();
    let auth = format!("Bearer {token}");
    let friend = stage.send("GET", "/friendship/v1/status", &[("authorization", &auth)], Vec::new()).await.is(200);
    assert_eq!(friend.json, json!({ "friendFlag": true }));
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_do_not_get_through() {
    let (stage, _) = stage().await;
    let bad_redirect = authorize("").replace("shop.example.jp", "evil.example.jp");
    stage.send("GET", &bad_redirect, &[], Vec::new()).await.is(400);
    let denied = code(&stage, 1, "", "__answer=no").await;
    assert_eq!((denied["error"].as_str(), denied["state"].as_str()), ("ACCESS_DENIED", "st"));
    let silent = query(&stage.send("GET", &authorize("&prompt=none"), &[], Vec::new()).await.is(302));
    assert_eq!(silent["error"], "LOGIN_REQUIRED");
    let back = code(&stage, 1, "", "__answer=yes").await;
    exchange(&stage, &back["code"], &VERIFIER.replace('a', "b")).await.is(400);
    let back = code(&stage, 1, "", "__answer=yes").await;
    stage.advance(600_000).await;
    exchange(&stage, &back["code"], VERIFIER).await.is(400);
    // A user token does not open the Messaging API, nor a channel token the profile.
    let secret = stage
        .form("/oauth2/v3/token", &[("grant_type", "client_credentials"), ("client_id", CHANNEL), ("client_secret", SECRET)])
        .await;
    let auth = format!("Bearer {}", secret.json["access_token"].as_str().unwrap());
    stage.send("GET", "/v2/profile", &[("authorization", &auth)], Vec::new()).await.is(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn account_linking_tells_the_shop_once() {
    let (stage, shop) = stage().await;
    let user = stage.user(0).await;
    let token = stage.post(&format!("/v2/bot/user/{user}/linkToken"), Value::Null).await.is(200).json["linkToken"].clone();
    let dialog = format!("/dialog/bot/accountLink?linkToken={}&nonce=0123456789abcdef", token.as_str().unwrap());
    stage.send("GET", &dialog, &[], Vec::new()).await.is(200);
    let events = shop.events_at_least(1).await;
    assert_eq!(events[0]["link"], json!({ "result": "ok", "nonce": "0123456789abcdef" }));
    let used = stage.send("GET", &dialog, &[], Vec::new()).await.is(200);
    assert!(String::from_utf8_lossy(&used.bytes).contains("期限切れ"));
    assert_eq!(shop.events().len(), 1);
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_channel_of_another_provider_knows_people_by_other_ids() {
    let (stage, _) = stage().await;
    let other = json!({"channel_id": "2000000002", "channel_secret": "login-secret", "kind": "login", "provider": "べつの会社"});
    stage.act("channels", other).await;
    let path = authorize("&__user=3").replace(LOGIN, "2000000002");
    let back = query(&stage.send("POST", &path, &[], b"__answer=yes".to_vec()).await.is(302));
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", back["code"].as_str()),
        ("redirect_uri", BACK),
        ("client_id", "2000000002"),
        ("client_secret", "login-secret"),
        ("code_verifier", VERIFIER),
    ];
    let tokens = stage.form("/oauth2/v2.1/token", &fields).await.is(200);
    let access = format!("Bearer {}", tokens.json["access_token"].as_str().unwrap());
    let profile = stage.send("GET", "/v2/profile", &[("authorization", &access)], Vec::new()).await.is(200);
    let here = profile.json["userId"].as_str().unwrap();
    assert_ne!(here, stage.user(3).await, "ids are per provider");
    stage.get(&format!("/v2/bot/profile/{here}")).await.is(404);
}
