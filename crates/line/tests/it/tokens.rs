//! Tokens that renew themselves.

use crate::server::{Act, Server};
use line::client::AccessToken;
use line::token::TokenSource;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const MINUTE: i64 = 60_000;

/// Issues `token-1`, `token-2`, …, 15 minutes each, except for the numbers that fail.
async fn issuer(fails: &'static [usize]) -> Server {
    let issued = AtomicUsize::new(0);
    Server::start(move |_| {
        let number = issued.fetch_add(1, Ordering::SeqCst) + 1;
        if fails.contains(&number) {
            return Act::json(500, "{}");
        }
        let body = format!(r#"{{"access_token":"token-{number}","expires_in":900,"token_type":"Bearer"}}"#);
        Act::json(200, &body)
    })
    .await
}

fn source() -> TokenSource {
    TokenSource::stateless("1234567890".into(), "s&cret".to_owned().into())
}

fn named(number: usize) -> AccessToken {
    AccessToken::new(&format!("token-{number}")).unwrap()
}

#[tokio::test]
async fn a_token_is_issued_once_and_kept() {
    let server = issuer(&[]).await;
    let (client, source) = (server.client(), source());
    for now in [0, MINUTE, 11 * MINUTE] {
        assert_eq!(source.token(&client, now).await.unwrap(), named(1));
    }
    let asked = server.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].target, "/oauth2/v3/token");
    assert_eq!(asked[0].header("authorization"), None);
    assert_eq!(asked[0].body, b"grant_type=client_credentials&client_id=1234567890&client_secret=s%26cret");
}

#[tokio::test]
async fn it_is_renewed_ahead_of_its_end() {
    let server = issuer(&[]).await;
    let (client, source) = (server.client(), source());
    source.token(&client, 0).await.unwrap();
    assert_eq!(source.token(&client, 12 * MINUTE).await.unwrap(), named(2));
    assert_eq!(source.token(&client, 23 * MINUTE).await.unwrap(), named(2));
    assert_eq!(source.token(&client, 60 * MINUTE).await.unwrap(), named(3));
}

#[tokio::test]
async fn many_who_ask_at_once_make_one_call() {
    let server = issuer(&[]).await;
    let (client, source) = (server.client(), Arc::new(source()));
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let (client, source) = (client.clone(), source.clone());
        asking.spawn(async move { source.token(&client, 0).await.unwrap() });
    }
    while let Some(token) = asking.join_next().await {
        assert_eq!(token.unwrap(), named(1));
    }
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_failure_to_renew_does_no_harm_while_the_old_one_holds() {
    let server = issuer(&[2, 3, 4]).await;
    let (client, source) = (server.client(), source());
    source.token(&client, 0).await.unwrap();
    assert_eq!(source.token(&client, 13 * MINUTE).await.unwrap(), named(1));
    assert_eq!(source.token(&client, 14 * MINUTE).await.unwrap(), named(1));
    assert!(source.token(&client, 15 * MINUTE).await.is_err());
    assert_eq!(source.token(&client, 15 * MINUTE).await.unwrap(), named(5));
}

#[tokio::test]
async fn a_refused_token_is_replaced_but_not_its_successor() {
    let server = issuer(&[]).await;
    let (client, source) = (server.client(), source());
    let first = source.token(&client, 0).await.unwrap();
    assert!(source.invalidate(&first));
    let second = source.token(&client, 0).await.unwrap();
    assert_eq!(second, named(2));
    // A slower task reports the first one again.
    assert!(source.invalidate(&first));
    assert_eq!(source.token(&client, 0).await.unwrap(), second);
}

#[tokio::test]
async fn a_long_lived_token_stays_as_it_is() {
    let server = issuer(&[]).await;
    let source = TokenSource::LongLived(named(9));
    assert_eq!(source.token(&server.client(), i64::MAX).await.unwrap(), named(9));
    assert!(!source.invalidate(&named(9)));
    assert!(server.asked().is_empty());
}

#[test]
fn tokens_are_not_printed_and_not_everything_is_one() {
    assert_eq!(format!("{:?}", named(1)), "AccessToken(…)");
    for bad in ["", " ", "a b", "a\r\nx: y", "縁"] {
        assert!(AccessToken::new(bad).is_err(), "{bad:?}");
    }
}
