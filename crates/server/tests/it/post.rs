//! Notices leave by mail and by Slack, played against servers of this test: what arrives, and what becomes of refusals and
//! silence.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::notice::Mail;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::house::{House, Shop};

/// What a server does with one delivery.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mood {
    Takes,
    /// Busy: worth another try.
    Busy,
    /// Never.
    Refuses,
    /// Says nothing.
    Silent,
}

/// What came, and what happens next; when nothing is said it takes everything.
#[derive(Clone, Default)]
struct Post {
    moods: Arc<Mutex<VecDeque<Mood>>>,
    came: Arc<Mutex<Vec<String>>>,
    tries: Arc<Mutex<usize>>,
}

impl Post {
    fn next(&self) -> Mood {
        *self.tries.lock().unwrap() += 1;
        self.moods.lock().unwrap().pop_front().unwrap_or(Mood::Takes)
    }

    fn will(&self, moods: &[Mood]) {
        self.moods.lock().unwrap().extend(moods);
        *self.tries.lock().unwrap() = 0;
    }

    fn tries(&self) -> usize {
        *self.tries.lock().unwrap()
    }

    fn came(&self) -> Vec<String> {
        self.came.lock().unwrap().clone()
    }
}

/// A small SMTP server (RFC 5321) that wants a password.
async fn smtp() -> (String, Post) {
    let (listener, office) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), Post::default());
    let url = format!("smtp://enishi:geheim@{}", listener.local_addr().unwrap());
    let own = office.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, own.clone()));
        }
    });
    (url, office)
}

async fn converse(stream: TcpStream, office: Post) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.example.com\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer = match line.get(..4).unwrap_or_default() {
            "EHLO" => "250-mail.example.com\r\n250 AUTH PLAIN",
            "AUTH" => "235 welcome",
            "RCPT" => match office.next() {
                Mood::Takes => "250 ok",
                Mood::Busy => "451 busy",
                Mood::Refuses => "550 nobody here",
                Mood::Silent => {
                    std::future::pending::<()>().await;
                    ""
                }
            },
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut letter = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    letter.push_str(line.strip_prefix('.').unwrap_or(&line));
                    letter.push('\n');
                }
                office.came.lock().unwrap().push(letter);
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

/// Slack's side of an incoming webhook.
async fn slack() -> (String, Post) {
    let (listener, office) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), Post::default());
    let url = format!("http://{}/services/T0/B0/geheim", listener.local_addr().unwrap());
    let take = async |State(office): State<Post>, body: String| match office.next() {
        Mood::Takes => {
            office.came.lock().unwrap().push(body);
            StatusCode::OK
        }
        Mood::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Mood::Refuses => StatusCode::NOT_FOUND,
        Mood::Silent => {
            std::future::pending::<()>().await;
            StatusCode::OK
        }
    };
    let router = Router::new().route("/services/T0/B0/geheim", post(take)).with_state(office.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, office)
}

/// Headers and text of a letter as a person sees them (RFC 2047, RFC 2045).
fn opened(letter: &str) -> (String, String) {
    assert!(letter.is_ascii(), "nothing that an old server would spoil: {letter}");
    let (head, body) = letter.split_once("\n\n").unwrap();
    let head = head.replace("\n ", " ");
    let subject = head.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap();
    let word = |word: &str| {
        let inner = word.strip_prefix("=?utf-8?b?").and_then(|rest| rest.strip_suffix("?=")).expect("an encoded word");
        String::from_utf8(STANDARD.decode(inner).unwrap()).unwrap()
    };
    let subject = subject.split_whitespace().map(word).collect();
    let text = match head.lines().find_map(|line| line.strip_prefix("Content-Transfer-Encoding: ")) {
        Some("base64") => STANDARD.decode(body.replace('\n', "")).unwrap(),
        Some("quoted-printable") => printable(body),
        other => panic!("{other:?}"),
    };
    (subject, String::from_utf8(text).unwrap())
}

fn printable(body: &str) -> Vec<u8> {
    let (joined, mut bytes) = (body.replace("=\n", ""), Vec::new());
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        (bytes, rest) = match first {
            b'=' => ([bytes, hex::decode(&after[..2]).unwrap()].concat(), &after[2..]),
            byte => ([bytes, vec![*byte]].concat(), after),
        };
    }
    bytes
}

async fn target(house: &House, shop: &Shop, road: &str, address: &str) -> String {
    let input = json!({"road": road, "name": "店長", "address": address});
    let made = house.post(&shop.owner, "/api/v1/notice-targets", input).await.expect(201);
    assert!(!made.to_string().contains("geheim"));
    made["id"].as_str().unwrap().to_owned()
}

/// Asks for a test and waits until its state is the wanted one.
async fn ends(house: &House, shop: &Shop, id: &str, wanted: &str) -> Value {
    for _ in 0..600 {
        let all = house.get(&shop.owner, "/api/v1/notice-targets").await.expect(200);
        assert!(!all.to_string().contains("geheim"), "{all}");
        let one = all["items"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone();
        if one["test"]["state"] == wanted {
            return one["test"].clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not {wanted} within 30 s");
}

async fn try_out(house: &House, shop: &Shop, id: &str) {
    house.post(&shop.owner, &format!("/api/v1/notice-targets/{id}/test"), json!({})).await.expect(202);
}

fn mail(url: &str) -> Mail {
    Mail::with_patience(&url.to_owned().into(), "縁起屋 <shop@example.com>", Duration::from_millis(500)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_arrives_whole_and_a_busy_server_is_asked_again() {
    let (url, office) = smtp().await;
    let house = House::mailing(mail(&url)).await;
    let shop = house.shop("1000").await;
    let id = target(&house, &shop, "mail", "tencho@example.com").await;

    office.will(&[Mood::Busy]);
    try_out(&house, &shop, &id).await;
    let failed = ends(&house, &shop, &id, "failed").await;
    assert!(failed["error"].as_str().unwrap().contains("451"), "{failed}");
    ends(&house, &shop, &id, "sent").await;
    assert_eq!(office.tries(), 2);
    let came = office.came();
    let [letter] = came.as_slice() else { panic!("{came:?}") };
    assert!(letter.contains("To: tencho@example.com"), "{letter}");
    let (subject, text) = opened(letter);
    assert_eq!(subject, "【Enishi】お知らせのテストです");
    assert!(
        text.contains("このメッセージが見えていれば") && text.contains("http://127.0.0.1:8080/admin/settings/notices"),
        "{text}"
    );
    assert!(!letter.contains("geheim"));

    office.will(&[Mood::Silent]);
    try_out(&house, &shop, &id).await;
    let failed = ends(&house, &shop, &id, "failed").await;
    assert!(failed["error"].as_str().is_some_and(|why| !why.is_empty()), "{failed}");
    ends(&house, &shop, &id, "sent").await;

    office.will(&[Mood::Refuses]);
    try_out(&house, &shop, &id).await;
    let failed = ends(&house, &shop, &id, "failed").await;
    assert!(failed["error"].as_str().unwrap().contains("550"), "{failed}");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(office.tries(), 1, "an address that is not there is not asked again");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slack_hears_it_and_a_silent_slack_is_asked_again() {
    let (url, office) = slack().await;
    let house = House::mailing(mail("smtp://127.0.0.1:1")).await;
    let shop = house.shop("1000").await;
    let id = target(&house, &shop, "slack", &url).await;

    office.will(&[Mood::Busy, Mood::Silent]);
    try_out(&house, &shop, &id).await;
    let failed = ends(&house, &shop, &id, "failed").await;
    assert_eq!(failed["error"], "HTTP 503");
    ends(&house, &shop, &id, "sent").await;
    assert_eq!(office.tries(), 3, "busy, silent for ten seconds, taken");
    let said: Value = serde_json::from_str(&office.came()[0]).unwrap();
    let text = said["text"].as_str().unwrap();
    assert!(text.starts_with("【Enishi】お知らせのテストです\n") && text.ends_with("/admin/settings/notices"), "{text}");

    office.will(&[Mood::Refuses]);
    try_out(&house, &shop, &id).await;
    assert_eq!(ends(&house, &shop, &id, "failed").await["error"], "HTTP 404");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_approve_gets_a_link_to_the_broadcast() {
    let (url, office) = smtp().await;
    let house = House::mailing(mail(&url)).await;
    let shop = house.shop("1000").await;
    target(&house, &shop, "mail", "tencho@example.com").await;
    let template = json!({"name": "春", "messages": [{"type": "text", "text": "春です"}]});
    let template = house.post(&shop.owner, "/api/v1/templates", template).await.expect(201);
    let draft = json!({"channel_id": shop.channel.0, "template_id": template["id"], "name": "春のご案内",
        "audience": {"to": "all"}});
    let draft = house.post(&shop.owner, "/api/v1/broadcasts", draft).await.expect(201);
    let path = format!("/api/v1/broadcasts/{}/approval", draft["id"].as_str().unwrap());
    house.post(&shop.owner, &path, Value::Null).await.expect(200);
    for _ in 0..600 {
        if !office.came().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (subject, text) = opened(&office.came()[0]);
    assert_eq!(subject, "【Enishi】スタッフが「春のご案内」の承認をお願いしています");
    let link = format!("http://127.0.0.1:8080/admin/broadcasts/{}/approval", draft["id"].as_str().unwrap());
    assert!(text.contains(&link), "{text}");
    house.close().await;
}
