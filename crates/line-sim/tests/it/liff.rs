//! LIFF apps and their links.

use crate::stage::{CHANNEL, Stage, with_shop};
use serde_json::{Value, json};
use std::collections::HashMap;

const LOGIN: &str = "2000000001";

async fn bearer(stage: &Stage) -> String {
    let fields = [("grant_type", "client_credentials"), ("client_id", LOGIN), ("client_secret", "s")];
    let reply = stage.form("/oauth2/v3/token", &fields).await.is(200);
    format!("Bearer {}", reply.json["access_token"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_the_page_with_tokens_that_verify() {
    let (stage, shop) = with_shop(|_, _| {}).await;
    let login = json!({ "channel_id": LOGIN, "channel_secret": "s", "kind": "login", "linked_bot": CHANNEL });
    stage.act("channels", login).await;
    let auth = bearer(&stage).await;
    let call = |method: &'static str, path: String, body: Value| {
        let (stage, auth) = (&stage, auth.as_str());
        async move { stage.send(method, &path, &[("authorization", auth)], body.to_string().into()).await }
    };
    call("GET", "/liff/v1/apps".into(), Value::Null).await.is(404);
    let app = json!({
        "view": { "type": "full", "url": "https://shop.example.jp/member" }, "scope": ["openid", "profile", "chat_message.write"],
    });
    let id = call("POST", "/liff/v1/apps".into(), app).await.is(200).json["liffId"].as_str().unwrap().to_owned();
    assert!(id.starts_with(&format!("{LOGIN}-")));
    let bad = call("POST", "/liff/v1/apps".into(), json!({ "view": { "type": "full", "url": "ftp://x" } })).await.is(400);
    assert_eq!(bad.details(), ["view.url: Must be a valid HTTPS URL"]);

    let picker = stage.send("GET", &format!("/liff/{id}/points?a=b"), &[], Vec::new()).await.is(200);
    assert!(String::from_utf8_lossy(&picker.bytes).contains("どの人として"));
    let link = format!("/liff/{id}/points?a=b&__user=0&__channel={CHANNEL}");
    let reply = stage.send("GET", &link, &[], Vec::new()).await.is(302);
    let target = url::Url::parse(reply.header("location")).unwrap();
    assert_eq!(target.path(), "/member");
    assert_eq!(target.query_pairs().next().unwrap().1, "/points?a=b");
    let fragment: HashMap<String, String> =
        url::form_urlencoded::parse(target.fragment().unwrap().as_bytes()).into_owned().collect();
    let claims = stage.form("/oauth2/v2.1/verify", &[("id_token", &fragment["id_token"]), ("client_id", LOGIN)]).await.is(200);
    assert_eq!(claims.json["sub"], json!(stage.user(0).await));
    let certs = stage.send("GET", "/oauth2/v2.1/certs", &[], Vec::new()).await.is(200);
    assert_eq!(certs.json["keys"][0]["alg"], "ES256");

    let spoken = json!({ "access_token": fragment["access_token"], "talk": CHANNEL, "messages": [{ "type": "text", "text": "LIFFから" }] });
    stage.send("POST", "/liff/edge/2/send", &[], spoken.to_string().into()).await.is(200);
    assert_eq!(shop.events_at_least(1).await[0]["message"]["text"], "LIFFから");
    let sdk = stage.send("GET", "/liff/edge/2/sdk.js", &[], Vec::new()).await.is(200);
    assert!(sdk.header("content-type").starts_with("text/javascript"));
    call("PUT", format!("/liff/v1/apps/{id}"), json!({ "view": { "type": "tall" } })).await.is(200);
    let apps = call("GET", "/liff/v1/apps".into(), Value::Null).await.is(200).json;
    assert_eq!(apps["apps"][0]["view"], json!({ "type": "tall", "url": "https://shop.example.jp/member" }));
    call("DELETE", format!("/liff/v1/apps/{id}"), Value::Null).await.is(200);
    stage.send("GET", &link, &[], Vec::new()).await.is(404);
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_apps_are_the_most() {
    let stage = Stage::start().await;
    stage.act("channels", json!({ "channel_id": LOGIN, "channel_secret": "s", "kind": "login" })).await;
    let auth = bearer(&stage).await;
    let body = json!({ "view": { "type": "full", "url": "https://shop.example.jp" } }).to_string();
    for nth in 0..31 {
        let reply = stage.send("POST", "/liff/v1/apps", &[("authorization", &auth)], body.clone().into()).await;
        assert_eq!(reply.status, if nth < 30 { 200 } else { 400 });
    }
}
