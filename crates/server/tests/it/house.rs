//! A server over a fresh database, with workspaces, tokens and something of everything.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use engine::Engine;
use engine::access::db::Act;
use engine::access::secret::Secret;
use engine::access::staff::issue_token;
use engine::access::{Actor, Role, Scope};
use engine::clock::Clock;
use engine::engine::{RateScale, Settings};
use engine::ids::{ChannelId, WorkspaceId};
use engine::notice::Mail;
use engine::runtime::Runtime;
use engine::schema::MIGRATIONS;
use engine::workspace::{Mode, NewChannel, Vault, add_channel, add_workspace};
use http_body_util::BodyExt;
use line::client::Hosts;
use serde_json::{Value, json};
use server::{Config, Server};
use store::testing::Database;
use tower::ServiceExt;
use uuid::Uuid;

/// LINE's example secret.
pub const SECRET: &str = "8c570fa6dd201bb328f1c1eac23a96d8";

/// One running server without a network.
pub struct House {
    pub router: Router,
    pub engine: Arc<Engine>,
    runtime: Option<Runtime>,
    folder: tempfile::TempDir,
    _database: Database,
}

/// An answer.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The problem's code, '' when it is none.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or("").to_owned()
    }

    /// Fails with the whole answer.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        self.json()
    }
}

/// One workspace of a house.
#[derive(Clone)]
pub struct Shop {
    pub workspace: WorkspaceId,
    pub channel: ChannelId,
    /// An owner's token.
    pub owner: String,
}

impl House {
    /// Without loops: events are stored and not applied.
    pub async fn still() -> Self {
        Self::open("http://127.0.0.1:1", "http://127.0.0.1:8080").await
    }

    /// With LINE at `line` and the world at `public`.
    pub async fn open(line: &str, public: &str) -> Self {
        Self::on(Database::sqlite(), line, public, None).await
    }

    /// With loops and a mail server.
    pub async fn mailing(mail: Mail) -> Self {
        let mut house = Self::on(Database::sqlite(), "http://127.0.0.1:1", "http://127.0.0.1:8080", Some(mail)).await;
        house.wake().await;
        house
    }

    /// With loops, once on each store that is there.
    pub async fn on_both() -> Vec<Self> {
        let mut houses = Self::still_on_both("http://127.0.0.1:1").await;
        for house in &mut houses {
            house.wake().await;
        }
        houses
    }

    /// Without loops and with LINE at `line`, once on each store that is there.
    pub async fn still_on_both(line: &str) -> Vec<Self> {
        let mut houses = Vec::new();
        for database in store::testing::databases(MIGRATIONS) {
            houses.push(Self::on(database, line, "http://127.0.0.1:8080", None).await);
        }
        houses
    }

    /// Starts the loops.
    pub async fn wake(&mut self) {
        self.runtime = Some(engine::runtime::start(self.engine.clone()).await.unwrap());
    }

    /// Where its files lie.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// One number of the database; `$1` is the workspace, `$2` an id.
    pub async fn number(&self, shop: &Shop, sql: &'static str, id: Uuid) -> i64 {
        let workspace = shop.workspace;
        let read = self.engine.store.read(move |tx| tx.query_one(sql, &store::params![workspace, id], |row| row.get(0)));
        read.await.map_err(|error: store::Error| error).unwrap()
    }

    /// Writes into the database what no road of the house makes.
    pub async fn write(&self, shop: &Shop, sql: &'static str, id: Uuid) -> u64 {
        let workspace = shop.workspace;
        let written = self.engine.store.write(move |tx| tx.execute(sql, &store::params![workspace, id]));
        written.await.map_err(|error: store::Error| error).unwrap()
    }

    async fn on(database: Database, line: &str, public: &str, mail: Option<Mail>) -> Self {
        let store = database.open(MIGRATIONS);
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            public_url: public.parse().unwrap(),
            link_base: Some(public.parse().unwrap()),
            data_dir: folder.path().to_owned(),
            key_place: "ENISHI_KEY".to_owned(),
            hosts: Hosts::single(&line.parse().unwrap()),
            rate_scale: RateScale::Off,
            mail,
        };
        let engine = Engine::open(store, Clock::system(), Vault::new([7; 32]), settings).await.unwrap();
        let config = Config { metrics: server::install_metrics(), ..Config::default() };
        let router = Server::new(engine.clone(), config);
        Self { router, engine, runtime: None, folder, _database: database }
    }

    /// A workspace with a channel and an owner's token.
    pub async fn shop(&self, line_channel_id: &str) -> Shop {
        let (vault, line_channel_id) = (self.engine.vault.clone(), line_channel_id.to_owned());
        let now = self.engine.clock.now_ms();
        let (workspace, channel) = self
            .engine
            .store
            .write(move |tx| {
                let workspace = add_workspace(tx, "店", "Asia/Tokyo", now)?;
                let new = NewChannel {
                    provider: None,
                    name: "本店".into(),
                    line_channel_id: line_channel_id.clone(),
                    secret: SECRET.into(),
                    token: Some("long-lived".into()),
                    mode: Mode::Full,
                };
                Ok::<_, engine::Error>((workspace, add_channel(tx, &vault, workspace, &new, now)?))
            })
            .await
            .unwrap();
        self.engine.catalogs.refresh(&self.engine.store).await.unwrap();
        let owner = self.token(workspace, Role::Owner, &[]).await;
        Shop { workspace, channel, owner }
    }

    pub async fn token(&self, workspace: WorkspaceId, role: Role, scopes: &[Scope]) -> String {
        let secret = Secret::draw_token();
        let shown = secret.reveal().to_owned();
        let scopes: BTreeSet<Scope> = scopes.iter().copied().collect();
        let act = Act { workspace, actor: Actor::Cli, at: self.engine.clock.now_ms() };
        self.engine.store.write(move |tx| issue_token(tx, &act, "試験", role, &scopes, &secret)).await.unwrap();
        shown
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Reply { status: parts.status, headers: parts.headers, bytes }
    }

    pub async fn call(&self, token: &str, method: &str, path: &str, body: Value) -> Reply {
        self.send(request(token, method, path, body)).await
    }

    pub async fn get(&self, token: &str, path: &str) -> Reply {
        self.call(token, "GET", path, Value::Null).await
    }

    pub async fn post(&self, token: &str, path: &str, body: Value) -> Reply {
        self.call(token, "POST", path, body).await
    }

    /// A webhook as LINE signs it.
    pub async fn webhook(&self, channel: ChannelId, body: &[u8]) -> Reply {
        let request = Request::post(format!("/webhook/line/{channel}"))
            .header("x-line-signature", line::signature::sign(SECRET.as_bytes(), body))
            .body(Body::from(body.to_vec()))
            .unwrap();
        self.send(request).await
    }

    /// Somebody adds the account; answers the contact's id.
    pub async fn friend(&self, shop: &Shop, user_id: &str) -> String {
        let event = json!({"destination": "U0", "events": [{
            "type": "follow", "mode": "active", "timestamp": self.engine.clock.now_ms(), "webhookEventId": format!("01{}", &user_id[1..25].to_ascii_uppercase()),
            "deliveryContext": {"isRedelivery": false}, "source": {"type": "user", "userId": user_id}, "replyToken": user_id, "follow": {"isUnblocked": false}
        }]});
        self.webhook(shop.channel, event.to_string().as_bytes()).await.expect(200);
        let (workspace, value) = (shop.workspace, user_id.to_owned());
        self.engine
            .store
            .read(move |tx| {
                tx.query_one(
                    "SELECT contact_id FROM identities WHERE workspace_id = $1 AND value = $2",
                    &store::params![workspace, &value],
                    |row| row.get::<Uuid>(0),
                )
            })
            .await
            .map(|id: Uuid| id.to_string())
            .map_err(|error: store::Error| error)
            .unwrap()
    }

    /// Waits until everything is applied.
    pub async fn settled(&self) {
        for _ in 0..600 {
            let status = engine::runtime::status(&self.engine).await.unwrap();
            if status.pending_events == 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("not settled within 30 s");
    }

    /// Ends the loops.
    pub async fn close(mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shut_down().await;
        }
    }
}

pub fn request(token: &str, method: &str, path: &str, body: Value) -> Request<Body> {
    let mut request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
    if !token.is_empty() {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    match body {
        Value::Null => request.body(Body::empty()).unwrap(),
        body => request.header(CONTENT_TYPE, "application/json").body(Body::from(body.to_string())).unwrap(),
    }
}
