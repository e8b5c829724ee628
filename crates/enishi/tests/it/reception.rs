//! 送信のみ, 並走, 切替 and 元に戻す, against a stand-in of the tool the shop has today.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{BOTH, CHANNEL_ID, CHANNEL_SECRET, Clock, On, Setup, World, sign};

/// What the old tool got: LINE's signature and the bytes.
type Got = (String, Vec<u8>);

/// The old tool: keeps what comes, and answers as it is told.
struct OldTool {
    url: String,
    got: Arc<Mutex<Vec<Got>>>,
    answer: Arc<AtomicU16>,
}

impl OldTool {
    /// Takes a body and says nothing.
    const SILENT: u16 = 0;

    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/old/hook?key=abc", listener.local_addr().expect("an address"));
        let (got, answer): (Arc<Mutex<Vec<Got>>>, _) = (Arc::default(), Arc::new(AtomicU16::new(200)));
        let (keep, say) = (got.clone(), answer.clone());
        std::thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming().flatten() {
                let status = say.load(Ordering::SeqCst);
                let Some((mut stream, received)) = receive(stream) else { continue };
                // Kept before it is answered: whoever has the answer may look at once.
                if [200, Self::SILENT].contains(&status) {
                    keep.lock().expect("not poisoned").push(received);
                }
                if status == Self::SILENT {
                    silent.push(stream);
                    continue;
                }
                let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { url, got, answer }
    }

    fn answers(&self, status: u16) {
        self.answer.store(status, Ordering::SeqCst);
    }

    /// Texts of the messages it took, in no order.
    fn texts(&self) -> Vec<String> {
        let got = self.got.lock().expect("not poisoned");
        let events = got.iter().flat_map(|(_, body)| {
            let body: Value = serde_json::from_slice(body).expect("JSON");
            body["events"].as_array().cloned().unwrap_or_default()
        });
        events.filter_map(|event| event["message"]["text"].as_str().map(str::to_owned)).collect()
    }
}

/// One request: its signature and body, and where it waits for its answer.
fn receive(stream: TcpStream) -> Option<(TcpStream, Got)> {
    let mut reader = BufReader::new(stream);
    let (mut length, mut signature) = (0, String::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else { if line.trim().is_empty() { break } else { continue } };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "x-line-signature" => value.clone_into(&mut signature),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((reader.into_inner(), (signature, body)))
}

/// A world whose server knows its own address, with LINE's webhook at the old tool.
async fn world(on: On, old: &OldTool) -> Option<World> {
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let env = vec![("ENISHI_LISTEN", format!("127.0.0.1:{port}")), ("ENISHI_PUBLIC_URL", format!("http://127.0.0.1:{port}"))];
    let world = World::with(on, Setup { users: 3, friends: 3, clock: Clock::System, env }).await?;
    world.sim("channels", json!({"channel_id": CHANNEL_ID, "webhook": old.url, "webhook_active": true})).await;
    Some(world)
}

async fn at_line(world: &World) -> String {
    let channels: Value = serde_json::from_str(&world.sim_get("channels").await).expect("channels");
    channels["channels"][0]["webhook"].as_str().unwrap_or_default().to_owned()
}

async fn choose(world: &World, wish: Value) -> Value {
    let (status, answer) = world.api(Method::PUT, &format!("channels/{}/webhook", world.channel), wish).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    answer
}

async fn say(world: &World, text: &str) {
    world.sim("say", json!({"user": 1, "text": text, "wait": true})).await;
}

/// What Enishi's talk with the customer holds.
async fn talk(world: &World) -> Vec<String> {
    world.idle().await;
    let talks = world.get("conversations").await;
    let Some(contact) = talks["items"][0]["contact"]["id"].as_str() else { return Vec::new() };
    let page = world.get(&format!("conversations/{}/{contact}/messages", world.channel)).await;
    let mut texts: Vec<String> = page["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter(|item| item["direction"] == "in")
        .map(|item| item["text"].as_str().unwrap_or_default().to_owned())
        .collect();
    texts.reverse();
    texts
}

async fn until(what: &str, mut fits: impl AsyncFnMut() -> bool) {
    for _ in 0..400 {
        if fits().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never: {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_tool_keeps_the_webhook_gets_its_share_loses_it_and_has_it_back() {
    for on in BOTH {
        let old = OldTool::start();
        let Some(world) = world(on, &old).await else { continue };
        let ours = format!("{}/webhook/line/{}", world.server(), world.channel);
        let path = format!("channels/{}", world.channel);

        // 送信のみ: nothing is written at LINE, what customers say goes to the old tool, and we still send.
        let chosen = choose(&world, json!({"mode": "send_only"})).await;
        assert_eq!((chosen["channel"]["mode"].as_str(), at_line(&world).await), (Some("send_only"), old.url.clone()));
        say(&world, "まえのツールへ").await;
        assert_eq!(old.texts(), ["まえのツールへ"]);
        assert_eq!(talk(&world).await, [""; 0], "{on:?}");
        world.import_friends().await;
        let template = world.template("配信だけ").await;
        let draft = json!({"name": "配信", "channel_id": world.channel, "template_id": template, "audience": {"to": "all"}, "lane": "transactional"});
        let id = world.post("broadcasts", draft).await["id"].as_str().expect("an id").to_owned();
        world.post(&format!("broadcasts/{id}/confirm"), json!({})).await;
        world.idle().await;
        assert_eq!(world.heard(1).await, ["配信だけ"], "{on:?}");

        // 並走: both hear everything, the old tool LINE's own bytes with LINE's own signature.
        let chosen = choose(&world, json!({"mode": "parallel"})).await;
        assert_eq!((chosen["changed"].as_bool(), at_line(&world).await), (Some(true), ours.clone()));
        assert_eq!(chosen["channel"]["forward_url"], json!(old.url));
        say(&world, "両方へ").await;
        until("the old tool has its share", async || old.texts().len() == 2).await;
        assert_eq!(talk(&world).await, ["両方へ"], "{on:?}");
        {
            let got = old.got.lock().expect("not poisoned");
            let (signature, body) = got.last().expect("a body");
            assert_eq!(*signature, sign(CHANNEL_SECRET, body), "LINE's signature fits the bytes");
        }

        // It is away for a moment: tried again until it is back.
        old.answers(503);
        say(&world, "落ちている間").await;
        until("a try has failed", async || {
            let log = world.get(&format!("{path}/forwards")).await;
            log["items"][0]["state"] == "waiting" && log["items"][0]["status"] == json!(503)
        })
        .await;
        old.answers(200);
        until("it is taken in the end", async || old.texts().contains(&"落ちている間".to_owned())).await;
        world.idle().await;
        let log = world.get(&format!("{path}/forwards")).await;
        assert_eq!(log["figures"], json!({"waiting": 0, "done": 2, "failed": 0}), "{on:?}");
        assert_eq!((log["items"][0]["state"].as_str(), log["items"][0]["attempts"].as_i64()), (Some("done"), Some(2)));

        // 切替: the old tool hears no more.
        choose(&world, json!({"mode": "full"})).await;
        say(&world, "こちらだけ").await;
        assert_eq!(talk(&world).await, ["両方へ", "落ちている間", "こちらだけ"], "{on:?}");
        assert_eq!(old.texts().len(), 3);

        // 元に戻す: one press, and LINE has the old address again.
        let back = world.post(&format!("{path}/webhook/restore"), json!({})).await;
        assert_eq!((back["channel"]["mode"].as_str(), at_line(&world).await), (Some("send_only"), old.url.clone()));
        say(&world, "おかえり").await;
        assert_eq!(old.texts().last().map(String::as_str), Some("おかえり"));
        assert_eq!(talk(&world).await.len(), 3, "{on:?}");
        // What LINE still sends to us for a while is not lost to the old tool.
        let late = json!({"destination": "U0", "events": [{"type": "message", "mode": "active", "timestamp": 1,
            "webhookEventId": "01LATE00000000000000000000", "deliveryContext": {"isRedelivery": false},
            "source": {"type": "user", "userId": "U0123456789abcdef0123456789abcdef"},
            "message": {"id": "9", "type": "text", "text": "遅れて", "quoteToken": "q"}}]});
        assert_eq!(world.webhook(late.to_string(), CHANNEL_SECRET).await, StatusCode::OK);
        until("the late one is handed on", async || old.texts().contains(&"遅れて".to_owned())).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_says_nothing_has_heard_it_once() {
    for on in BOTH {
        let old = OldTool::start();
        let Some(world) = world(on, &old).await else { continue };
        let path = format!("channels/{}", world.channel);
        choose(&world, json!({"mode": "parallel"})).await;
        old.answers(OldTool::SILENT);
        say(&world, "聞こえた").await;
        until("it is given up", async || world.get(&format!("{path}/forwards")).await["figures"]["failed"] == json!(1)).await;
        world.idle().await;
        let log = world.get(&format!("{path}/forwards")).await;
        assert_eq!(
            (log["items"][0]["state"].as_str(), log["items"][0]["attempts"].as_i64()),
            (Some("failed"), Some(1)),
            "{on:?}"
        );
        assert_eq!(old.texts(), ["聞こえた"], "{on:?}: nobody knows whether it acted");
        // Staff know, and send it again.
        old.answers(200);
        world.post(&format!("{path}/forwards/retry"), json!({})).await;
        until("it is taken", async || world.get(&format!("{path}/forwards")).await["figures"]["done"] == json!(1)).await;
        assert_eq!(old.texts().len(), 2, "{on:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_does_not_answer_never_gets_to_line() {
    let old = OldTool::start();
    let Some(mut world) = world(On::Sqlite, &old).await else { return };
    let path = format!("channels/{}/webhook", world.channel);
    // The public address leads to nobody.
    world.kill();
    world.start_server(&[("ENISHI_PUBLIC_URL", "http://127.0.0.1:1")]).await;
    world.sim("channels", json!({"channel_id": CHANNEL_ID, "webhook": old.url})).await;
    for mode in ["full", "parallel"] {
        let answer = choose(&world, json!({"mode": mode})).await;
        assert_eq!(
            (answer["changed"].as_bool(), answer["probe"]["webhook"]["test"]["success"].as_bool()),
            (Some(false), Some(false))
        );
        assert_eq!(at_line(&world).await, old.url, "{mode}");
    }
    // Nor is anything handed on to where it must not go.
    for bad in ["http://10.0.0.1/hook", "https://192.168.0.1/", "https://me:pw@example.com/", "nonsense"] {
        let (status, answer) = world.api(Method::PUT, &path, json!({"mode": "parallel", "forward_url": bad})).await;
        assert_eq!((status.as_u16(), answer["errors"][0]["path"].as_str()), (422, Some("forward_url")), "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tools_that_hand_on_to_each_other_stop() {
    let old = OldTool::start();
    let Some(world) = world(On::Sqlite, &old).await else { return };
    choose(&world, json!({"mode": "parallel"})).await;
    say(&world, "まわる").await;
    until("the old tool has it", async || old.texts().len() == 1).await;
    let (_, body) = old.got.lock().expect("not poisoned")[0].clone();
    assert_eq!(world.webhook(body, CHANNEL_SECRET).await, StatusCode::OK, "the old tool hands it on to us");
    world.idle().await;
    let log = world.get(&format!("channels/{}/forwards", world.channel)).await;
    assert_eq!(log["items"].as_array().map(Vec::len), Some(1), "the same bytes go round once");
    assert_eq!(old.texts().len(), 1);
}
