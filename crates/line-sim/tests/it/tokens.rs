//! Channel access tokens.

use crate::stage::{CHANNEL, NOW_MS, SECRET, Stage};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

/// A 2048-bit key made for these tests only.
const KEY: &[u8] = include_bytes!("assertion_key.der");

async fn status(stage: &Stage, token: &str) -> u16 {
    let auth = format!("Bearer {token}");
    stage.send("GET", "/v2/bot/info", &[("authorization", &auth)], Vec::new()).await.status
}

fn client<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![("client_id", CHANNEL), ("client_secret", SECRET)];
    fields.extend(more);
    fields
}

#[tokio::test(flavor = "multi_thread")]
async fn stateless_tokens_last_fifteen_minutes() {
    let stage = Stage::start().await;
    let reply = stage.form("/oauth2/v3/token", &client(&[("grant_type", "client_credentials")])).await.is(200);
    assert_eq!((reply.json["expires_in"].as_i64(), reply.json["token_type"].as_str()), (Some(900), Some("Bearer")));
    let token = reply.json["access_token"].as_str().unwrap().to_owned();
    assert_eq!(status(&stage, &token).await, 200);
    stage.advance(899_999).await;
    assert_eq!(status(&stage, &token).await, 200);
    stage.advance(1).await;
    assert_eq!(status(&stage, &token).await, 401);
    let wrong = [("grant_type", "client_credentials"), ("client_id", CHANNEL), ("client_secret", "nope")];
    let refused = stage.form("/oauth2/v3/token", &wrong).await.is(400);
    assert_eq!(refused.json, json!({ "error": "invalid_request", "error_description": "Invalid 'client_credentials'." }));
    stage.fits().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_31st_short_lived_token_ends_the_first() {
    let stage = Stage::start().await;
    let mut tokens = Vec::new();
    for _ in 0..31 {
        let reply = stage.form("/v2/oauth/accessToken", &client(&[("grant_type", "client_credentials")])).await.is(200);
        tokens.push(reply.json["access_token"].as_str().unwrap().to_owned());
    }
    assert_eq!(status(&stage, &tokens[0]).await, 401);
    assert_eq!(status(&stage, &tokens[1]).await, 200);
    assert_eq!(status(&stage, &tokens[30]).await, 200);
    let verified = stage.form("/v2/oauth/verify", &[("access_token", &tokens[1])]).await.is(200);
    assert_eq!((verified.json["client_id"].as_str(), verified.json["expires_in"].as_i64()), (Some(CHANNEL), Some(2_592_000)));
    stage.form("/v2/oauth/revoke", &[("access_token", &tokens[1])]).await.is(200);
    assert_eq!(status(&stage, &tokens[1]).await, 401);
    let gone = stage.form("/v2/oauth/verify", &[("access_token", &tokens[1])]).await.is(400);
    assert_eq!(gone.json["error_description"], "access_token invalid");
    let bad =
        stage.form("/v2/oauth/accessToken", &[("grant_type", "client_credentials"), ("client_id", "0"), ("client_secret", "")]);
    assert_eq!(bad.await.is(400).json["error_description"], "invalid client_id");
    stage.fits().await;
}

fn assertion(claims: &Value) -> String {
    let key = RsaKeyPair::from_der(KEY).unwrap();
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(json!({ "alg": "RS256", "typ": "JWT", "kid": "k1" })), part(claims.clone()));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &ring::rand::SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn jwk() -> Value {
    let key = RsaKeyPair::from_der(KEY).unwrap();
    let public: ring::rsa::PublicKeyComponents<Vec<u8>> = key.public_key().into();
    json!({ "kty": "RSA", "alg": "RS256", "use": "sig", "n": URL_SAFE_NO_PAD.encode(&public.n), "e": URL_SAFE_NO_PAD.encode(&public.e) })
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

#[tokio::test(flavor = "multi_thread")]
async fn assertions_are_checked_and_thirty_tokens_may_be_valid() {
    let stage = Stage::with(|_, channel| {
        channel.assertion_jwk = Some(jwk());
        channel.assertion_kid = Some("k1".into());
    })
    .await;
    let now_s = NOW_MS / 1000;
    let claims = |exp: i64, issuer: &str| json!({ "iss": issuer, "sub": issuer, "aud": "https://api.line.me/", "exp": exp, "token_exp": 86_400 });
    let ask = |jwt: String| {
        let stage = &stage;
        async move {
            let fields = [
                ("grant_type", "client_credentials"),
                ("client_assertion_type", ASSERTION_TYPE),
                ("client_assertion", jwt.as_str()),
            ];
            stage.form("/oauth2/v2.1/token", &fields).await
        }
    };
    let good = assertion(&claims(now_s + 1800, CHANNEL));
    let reply = ask(good.clone()).await.is(200);
    assert_eq!(reply.json["expires_in"], 86_400);
    let token = reply.json["access_token"].as_str().unwrap().to_owned();
    assert_eq!(status(&stage, &token).await, 200);
    let kids =
        stage.get(&format!("/oauth2/v2.1/tokens/kid?client_assertion_type={ASSERTION_TYPE}&client_assertion={good}")).await;
    assert_eq!(kids.json, json!({ "kids": [reply.json["key_id"]] }));
    let verified = stage.get(&format!("/oauth2/v2.1/verify?access_token={token}")).await.is(200);
    assert_eq!(verified.json["client_id"], CHANNEL);

    let late = ask(assertion(&claims(now_s + 1801, CHANNEL))).await.is(400);
    assert_eq!(late.json, json!({ "error": "invalid_client", "error_description": "Invalid exp" }));
    let nobody = ask(assertion(&claims(now_s + 1800, "999"))).await.is(404);
    assert_eq!(nobody.message(), "Cannot find channel key that satisfies the conditions");
    let mut forged = good.clone();
    forged.replace_range(forged.len() - 6.., "AAAAAA");
    ask(forged).await.is(400);

    for _ in 1..30 {
        ask(good.clone()).await.is(200);
    }
    let full = ask(good).await.is(400);
    assert_eq!(full.message(), "The maximum number of access tokens has already been issued");
    stage.form("/oauth2/v2.1/revoke", &client(&[("access_token", &token)])).await.is(200);
    assert_eq!(status(&stage, &token).await, 401);
    let revoked = stage.form("/oauth2/v2.1/revoke", &client(&[("access_token", "abc")])).await.is(400);
    assert_eq!(revoked.json["error_description"], "The access token not JWS");
    stage.fits().await;
}
