//! A simulator, a client, and a shop that receives webhooks.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use line_sim::{ChannelConfig, Config, Sim};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

pub const TOKEN: &str = "long-lived-token";
pub const CHANNEL: &str = "1000000001";
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// 2026-11-02T00:00:00Z, so that tests do not depend on the day they run.
pub const NOW_MS: i64 = 1_793_577_600_000;

/// An answer, read.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub bytes: Bytes,
    pub json: Value,
}

impl Reply {
    pub fn message(&self) -> &str {
        self.json["message"].as_str().unwrap_or_default()
    }

    /// `property: message` of each detail.
    pub fn details(&self) -> Vec<String> {
        let line = |d: &Value| format!("{}: {}", d["property"].as_str().unwrap(), d["message"].as_str().unwrap());
        self.json["details"].as_array().into_iter().flatten().map(line).collect()
    }

    #[track_caller]
    pub fn is(self, status: u16) -> Reply {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }
}

pub struct Stage {
    pub sim: Sim,
    pub client: reqwest::Client,
}

impl Stage {
    /// Ten people, the first five friends; a frozen clock.
    pub async fn start() -> Stage {
        Stage::with(|_, _| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config, &mut ChannelConfig)) -> Stage {
        let mut channel = ChannelConfig {
            channel_id: CHANNEL.into(),
            channel_secret: Some(SECRET.into()),
            long_lived_token: Some(TOKEN.into()),
            ..ChannelConfig::default()
        };
        let mut config = Config { users: 10, friends: Some(5), now_ms: Some(NOW_MS), flowing: false, ..Config::default() };
        change(&mut config, &mut channel);
        config.channels.insert(0, channel);
        let sim = Sim::start(config).await.expect("a free port");
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(30))
            .build()
            .expect("a client");
        Stage { sim, client }
    }

    pub async fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Reply, reqwest::Error> {
        let mut request = self.client.request(method.parse().unwrap(), format!("{}{path}", self.sim.url())).body(body);
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = answer.bytes().await?;
        Ok(Reply { status, headers, json: serde_json::from_slice(&bytes).unwrap_or_default(), bytes })
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Reply {
        self.try_send(method, path, headers, body).await.expect("an answer")
    }

    /// A call to LINE with the channel's token.
    pub async fn line(&self, method: &str, path: &str, body: Value) -> Reply {
        self.line_with(method, path, &[], body).await
    }

    pub async fn line_with(&self, method: &str, path: &str, more: &[(&str, &str)], body: Value) -> Reply {
        let auth = format!("Bearer {TOKEN}");
        let mut headers = vec![("authorization", auth.as_str()), ("content-type", "application/json")];
        headers.extend(more);
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(method, path, &headers, body).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.line("GET", path, Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.line("POST", path, body).await
    }

    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = serde_urlencoded::to_string(fields).unwrap();
        self.send("POST", path, &[("content-type", "application/x-www-form-urlencoded")], body.into()).await
    }

    /// A call to the simulator's own API that must succeed.
    #[track_caller]
    pub fn sim(&self, method: &'static str, path: &str, body: Value) -> impl Future<Output = Value> {
        let path = path.to_owned();
        async move {
            let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
            let reply = self.send(method, &path, &[], body).await;
            assert!(reply.status < 300, "{method} {path}: {} {}", reply.status, String::from_utf8_lossy(&reply.bytes));
            reply.json
        }
    }

    pub async fn act(&self, what: &str, body: Value) -> Value {
        self.sim("POST", &format!("/__sim/{what}"), body).await
    }

    /// The id of person `n` at the channel's provider.
    pub async fn user(&self, n: u32) -> String {
        let user = self.sim("GET", &format!("/__sim/users/{n}"), Value::Null).await;
        let here = user["channels"].as_array().unwrap().iter().find(|c| c["channel_id"] == CHANNEL).unwrap();
        here["user_id"].as_str().unwrap().to_owned()
    }

    pub async fn advance(&self, ms: i64) -> Value {
        self.act("clock", json!({ "advance_ms": ms })).await
    }

    pub async fn push_text(&self, to: &str, text: &str) -> Reply {
        self.post("/v2/bot/message/push", json!({ "to": to, "messages": [text_message(text)] })).await
    }

    pub async fn push_keyed(&self, to: &str, text: &str, key: &str) -> Reply {
        let body = json!({ "to": to, "messages": [text_message(text)] });
        self.line_with("POST", "/v2/bot/message/push", &[("x-line-retry-key", key)], body).await
    }

    /// Texts and kinds standing in a person's room.
    pub async fn room(&self, n: u32) -> Vec<Value> {
        let rooms = self.sim("GET", &format!("/__sim/rooms/{n}?channel_id={CHANNEL}"), Value::Null).await;
        rooms["rooms"][0]["messages"].as_array().unwrap().clone()
    }

    pub async fn texts(&self, n: u32) -> Vec<String> {
        let text = |item: &Value| item["message"]["text"].as_str().map(str::to_owned);
        self.room(n).await.iter().filter_map(text).collect()
    }

    /// Lines of the ledger.
    pub async fn accepted(&self, query: &str) -> Vec<Value> {
        let reply = self.send("GET", &format!("/__sim/accepted.ndjson{query}"), &[], Vec::new()).await.is(200);
        let text = String::from_utf8(reply.bytes.to_vec()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Nothing that was sent or answered broke LINE's rules or its OpenAPI files.
    pub async fn fits(&self) {
        let view = self.sim("GET", "/__sim/conformance", Value::Null).await;
        assert_eq!(view["errors"], json!([]));
        assert_eq!(self.sim("GET", "/__sim/violations", Value::Null).await, json!([]));
    }
}

pub fn text_message(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

/// One received webhook request.
#[derive(Debug, Clone)]
pub struct Hook {
    pub signature: String,
    pub body: Bytes,
    pub json: Value,
}

/// A server that receives webhooks.
#[derive(Clone)]
pub struct Shop {
    pub url: String,
    hooks: Arc<Mutex<Vec<Hook>>>,
    /// Status of the next answers.
    pub status: Arc<AtomicU16>,
    /// Machine time before answering, ms.
    pub delay_ms: Arc<AtomicU64>,
    count: watch::Sender<usize>,
}

impl Shop {
    pub async fn open() -> Shop {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let shop = Shop {
            url: format!("http://{}/webhook", listener.local_addr().unwrap()),
            hooks: Arc::default(),
            status: Arc::new(AtomicU16::new(200)),
            delay_ms: Arc::default(),
            count: watch::channel(0).0,
        };
        let open = shop.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shop = open.clone();
                let service = service_fn(move |request| {
                    let shop = shop.clone();
                    async move { shop.receive(request).await }
                });
                tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        shop
    }

    async fn receive(
        &self,
        request: hyper::Request<hyper::body::Incoming>,
    ) -> Result<hyper::Response<Full<Bytes>>, hyper::Error> {
        let signature = request.headers().get("x-line-signature").map(|v| v.to_str().unwrap().to_owned());
        let body = request.into_body().collect().await?.to_bytes();
        let json = serde_json::from_slice(&body).unwrap();
        self.hooks.lock().unwrap().push(Hook { signature: signature.unwrap_or_default(), body, json });
        self.count.send_modify(|n| *n += 1);
        let delay = self.delay_ms.load(Ordering::Relaxed);
        if delay > 0 {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        let mut answer = hyper::Response::new(Full::new(Bytes::new()));
        *answer.status_mut() = self.status.load(Ordering::Relaxed).try_into().unwrap();
        Ok(answer)
    }

    pub fn hooks(&self) -> Vec<Hook> {
        self.hooks.lock().unwrap().clone()
    }

    /// All events in order of arrival.
    pub fn events(&self) -> Vec<Value> {
        self.hooks().iter().flat_map(|hook| hook.json["events"].as_array().unwrap().clone()).collect()
    }

    /// Waits until so many events came.
    pub async fn events_at_least(&self, wanted: usize) -> Vec<Value> {
        let mut count = self.count.subscribe();
        while self.events().len() < wanted {
            tokio::time::timeout(Duration::from_secs(20), count.changed()).await.expect("events").unwrap();
        }
        self.events()
    }
}

/// A simulator whose channel reports to a shop.
pub async fn with_shop(change: impl FnOnce(&mut Config, &mut ChannelConfig)) -> (Stage, Shop) {
    let shop = Shop::open().await;
    let stage = Stage::with(|config, channel| {
        channel.webhook = Some(shop.url.clone());
        change(config, channel);
    })
    .await;
    (stage, shop)
}
