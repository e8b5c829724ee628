//! How each end of a send is sorted, over real connections.

use crate::server::{Act, Server, token};
use bytes::Bytes;
use line::client::{
    Accepted, AcceptedAlready, BaseUrl, CallError, Client, Content, Doubt, Hosts, Http, HttpOptions, NoAnswer, Outcome, Refusal,
    SentMessage,
};
use uuid::Uuid;

const KEY: Uuid = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);

fn body() -> Bytes {
    line::body::push("U1", br#"[{"type":"text","text":"hi"}]"#, line::body::SendOptions::default())
}

async fn push(act: Act) -> Outcome {
    let server = Server::always(act).await;
    server.hasty_client().push_raw(&token(), KEY, body()).await
}

fn refusal(outcome: Outcome) -> Refusal {
    match outcome {
        Outcome::RefusedForGood(refusal)
        | Outcome::InvalidReplyToken(refusal)
        | Outcome::OverQuota(refusal)
        | Outcome::RateLimited(refusal)
        | Outcome::TokenInvalid(refusal)
        | Outcome::RepeatSameKey(Doubt::Failed(refusal)) => refusal,
        other => panic!("no refusal: {other:?}"),
    }
}

#[tokio::test]
async fn a_push_carries_token_key_and_the_very_bytes() {
    let server = Server::always(Act::json(200, r#"{"sentMessages":[{"id":"461","quoteToken":"q"}]}"#)).await;
    let outcome = server.client().push_raw(&token(), KEY, body()).await;
    let sent = vec![SentMessage { id: "461".into(), quote_token: Some("q".into()) }];
    assert_eq!(outcome, Outcome::Accepted(Accepted { request_id: Some("req-1".into()), sent }));
    let asked = server.last();
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("POST", "/v2/bot/message/push"));
    assert_eq!(asked.header("authorization"), Some("Bearer t0ken+/="));
    assert_eq!(asked.header("x-line-retry-key"), Some("01234567-89ab-cdef-0123-456789abcdef"));
    assert_eq!(asked.header("content-type"), Some("application/json"));
    assert_eq!(asked.body, body());
}

#[tokio::test]
async fn a_reply_has_no_key() {
    let server = Server::always(Act::json(200, r#"{"sentMessages":[]}"#)).await;
    assert!(server.client().reply_raw(&token(), body()).await.is_accepted());
    assert_eq!(server.last().header("x-line-retry-key"), None);
}

#[tokio::test]
async fn accepted_is_what_the_status_says_whatever_the_body() {
    for act in [
        Act::json(200, "{}"),
        Act::json(202, "{}"),
        Act::json(200, "surprise"),
        Act::json(200, r#"{"sentMessages":[{"id":461}]}"#),
        Act::HalfBody(200),
    ] {
        let outcome = push(act).await;
        let accepted = Accepted { request_id: Some("req-1".into()), sent: vec![] };
        assert_eq!(outcome, Outcome::Accepted(accepted));
    }
}

#[tokio::test]
async fn a_used_key_means_accepted_already() {
    let body = r#"{"message":"The retry key is already accepted","sentMessages":[{"id":"7"}]}"#;
    let outcome = push(Act::json(409, body).with("x-line-accepted-request-id", "req-0")).await;
    assert!(outcome.is_accepted());
    assert_eq!(
        outcome,
        Outcome::AcceptedAlready(AcceptedAlready {
            request_id: Some("req-1".into()),
            accepted_request_id: Some("req-0".into()),
            sent: vec![SentMessage { id: "7".into(), quote_token: None }],
        })
    );
}

#[tokio::test]
async fn the_two_kinds_of_429_are_told_apart() {
    let monthly = push(Act::json(429, r#"{"message":"You have reached your monthly limit."}"#)).await;
    assert!(matches!(monthly, Outcome::OverQuota(_)), "{monthly:?}");
    let fast = r#"{"message":"The API rate limit has been exceeded. Try again later."}"#;
    assert!(matches!(push(Act::json(429, fast)).await, Outcome::RateLimited(_)));
    assert!(matches!(push(Act::json(429, "<html>")).await, Outcome::RateLimited(_)));
}

#[tokio::test]
async fn a_refused_token_is_told_apart() {
    let body = r#"{"message":"Authentication failed due to the following reason: invalid token."}"#;
    let outcome = push(Act::json(401, body)).await;
    assert!(matches!(outcome, Outcome::TokenInvalid(_)));
    assert!(refusal(outcome).message.contains("invalid token"));
}

#[tokio::test]
async fn refusals_for_good_keep_everything_line_said() {
    let text = r#"{"message":"The request body has 1 error(s)","details":[{"message":"May not be empty","property":"messages[0].text"}]}"#;
    let outcome = push(Act::json(400, text)).await;
    assert!(matches!(outcome, Outcome::RefusedForGood(_)));
    let said = refusal(outcome);
    assert_eq!(said.status, 400);
    assert_eq!(said.request_id.as_deref(), Some("req-1"));
    assert_eq!(said.details[0].property, "messages[0].text");
    assert_eq!(said.body, text.as_bytes());
    for status in [403, 404, 413, 415, 422] {
        let outcome = push(Act::json(status, "{}")).await;
        assert!(matches!(outcome, Outcome::RefusedForGood(_)), "{status}");
    }
}

#[tokio::test]
async fn an_old_reply_token_is_told_apart() {
    let server = Server::always(Act::json(400, r#"{"message":"Invalid reply token"}"#)).await;
    let outcome = server.client().reply_raw(&token(), body()).await;
    assert!(matches!(outcome, Outcome::InvalidReplyToken(_)));
    let other = Act::json(400, r#"{"message":"The request body has 1 error(s)"}"#);
    let server = Server::always(other).await;
    let outcome = server.client().reply_raw(&token(), body()).await;
    assert!(matches!(outcome, Outcome::RefusedForGood(_)));
}

#[tokio::test]
async fn what_nobody_knows_is_to_be_repeated_with_the_same_key() {
    for status in [500, 502, 503, 504, 408] {
        let outcome = push(Act::json(status, "")).await;
        assert!(matches!(outcome, Outcome::RepeatSameKey(Doubt::Failed(_))), "{status}");
    }
    let lost = push(Act::Hangup).await;
    assert!(matches!(lost, Outcome::RepeatSameKey(Doubt::NoAnswer(NoAnswer::Lost(_)))), "{lost:?}");
    let late = push(Act::Silence).await;
    assert!(matches!(late, Outcome::RepeatSameKey(Doubt::NoAnswer(NoAnswer::TimedOut(_)))), "{late:?}");
}

#[tokio::test]
async fn a_lost_request_is_not_repeated_behind_the_callers_back() {
    let server = Server::always(Act::Hangup).await;
    let client = server.client();
    client.push_raw(&token(), KEY, body()).await;
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_request_lost_on_a_used_connection_is_not_repeated_either() {
    let server = Server::start(|asked| match asked.body.is_empty() {
        true => Act::json(200, r#"{"type":"none"}"#),
        false => Act::Hangup,
    })
    .await;
    let client = server.client();
    client.quota(&token()).await.unwrap();
    let outcome = client.push_raw(&token(), KEY, body()).await;
    assert!(matches!(outcome, Outcome::RepeatSameKey(Doubt::NoAnswer(NoAnswer::Lost(_)))));
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn nobody_there_means_not_sent() {
    // A port that was free a moment ago, and on which nobody listens.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base: BaseUrl = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let client = Client::new(Hosts::single(&base), Http::new(HttpOptions::default()).unwrap());
    let outcome = client.push_raw(&token(), KEY, body()).await;
    assert!(matches!(outcome, Outcome::RepeatSameKey(Doubt::NoAnswer(NoAnswer::NotSent(_)))), "{outcome:?}");
}

#[tokio::test]
async fn a_server_that_cannot_prove_itself_gets_nothing() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base: BaseUrl = format!("https://{}", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = [0; 5];
        stream.read_exact(&mut hello).await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let client = Client::new(Hosts::single(&base), Http::new(HttpOptions::default()).unwrap());
    let outcome = client.push_raw(&token(), KEY, body()).await;
    assert!(matches!(outcome, Outcome::RepeatSameKey(Doubt::NoAnswer(NoAnswer::NotSent(_)))), "{outcome:?}");
}

#[tokio::test]
async fn an_endless_answer_is_not_read() {
    let outcome = push(Act::json(400, &"x".repeat(5 * 1024 * 1024))).await;
    let said = refusal(outcome);
    assert_eq!((said.status, said.body.len()), (400, 0));
    let outcome = push(Act::json(400, &"x".repeat(100_000))).await;
    assert_eq!(refusal(outcome).body.len(), 16 * 1024);
}

#[tokio::test]
async fn other_calls_sort_their_errors_too() {
    let call = async |act| Server::always(act).await.hasty_client().quota(&token()).await;
    let answer = call(Act::json(200, r#"{"type":"limited","value":200,"new":1}"#)).await.unwrap();
    assert_eq!((answer.value.limit(), answer.request_id.as_deref()), (Some(200), Some("req-1")));
    assert!(matches!(call(Act::json(401, "{}")).await, Err(CallError::TokenInvalid(_))));
    assert!(matches!(call(Act::json(429, "{}")).await, Err(CallError::RateLimited(_))));
    assert!(matches!(call(Act::json(403, "{}")).await, Err(CallError::Refused(_))));
    assert!(matches!(call(Act::json(500, "{}")).await, Err(CallError::Unavailable(_))));
    assert!(matches!(call(Act::Hangup).await, Err(CallError::Unavailable(_))));
    assert!(matches!(call(Act::json(200, "[]")).await, Err(CallError::Unreadable { .. })));
    assert!(matches!(call(Act::HalfBody(200)).await, Err(CallError::Unreadable { .. })));
}

#[tokio::test]
async fn oauth_errors_are_understood() {
    let body = r#"{"error":"invalid_request","error_description":"The access token expired"}"#;
    let server = Server::always(Act::json(400, body)).await;
    let error = server.client().user_token_info(&token()).await.unwrap_err();
    let said = error.refusal().unwrap();
    assert_eq!(said.error.as_deref(), Some("invalid_request"));
    assert_eq!(said.message, "The access token expired");
}

#[tokio::test]
async fn content_is_ready_in_preparation_or_gone() {
    let bytes = vec![7u8; 300_000];
    let ready = Act::Answer(200, vec![("content-type", "image/jpeg".into())], bytes.clone());
    let server = Server::always(ready).await;
    let Content::Ready(download) = server.client().content(&token(), "461").await.unwrap().value else { panic!("ready") };
    assert_eq!(download.content_type.as_deref(), Some("image/jpeg"));
    assert_eq!(download.length, Some(300_000));
    assert_eq!(download.bytes(300_000).await.unwrap(), bytes);
    let Content::Ready(download) = server.client().content(&token(), "461").await.unwrap().value else { panic!("ready") };
    assert!(download.bytes(299_999).await.is_err());

    let content = async |act| Server::always(act).await.hasty_client().content(&token(), "461").await.map(|a| a.value);
    assert!(matches!(content(Act::json(202, "")).await, Ok(Content::Preparing)));
    assert!(matches!(content(Act::json(410, "{}")).await, Ok(Content::Gone)));
    assert!(matches!(content(Act::json(404, "{}")).await, Ok(Content::Gone)));
    assert!(matches!(content(Act::json(401, "{}")).await, Err(CallError::TokenInvalid(_))));
    let Ok(Content::Ready(cut)) = content(Act::HalfBody(200)).await else { panic!("ready") };
    assert!(cut.bytes(1_000).await.is_err());
}
