//! A simulator, a server and a database for one test; everything ends with it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use engine::schema::MIGRATIONS;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::Sha256;
use store::testing::{Database, PrivateCluster};

/// Which database the server of a test stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Sqlite,
    Postgres,
}

/// Both, as far as they are installed here.
pub const BOTH: [On; 2] = [On::Sqlite, On::Postgres];

pub const CHANNEL_ID: &str = "1650000001";
pub const CHANNEL_SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A child process that prints `ready URL`.
pub struct Process {
    pub child: Child,
    pub url: String,
    out: BufReader<ChildStdout>,
}

impl Process {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().expect("the binary starts");
        let mut out = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut line = String::new();
        out.read_line(&mut line).expect("a line");
        let url = line.trim().strip_prefix("ready ").unwrap_or_else(|| panic!("not ready: {line:?}")).to_owned();
        Self { child, url, out }
    }

    /// One more line of its stdout.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("a line");
        line.trim().to_owned()
    }

    pub fn pid(&self) -> String {
        self.child.id().to_string()
    }

    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Whether it has ended by itself.
    pub fn ended(&mut self) -> bool {
        self.child.try_wait().expect("the child is ours").is_some()
    }

    /// SIGSTOP, SIGCONT, SIGTERM by name.
    pub fn signal(&self, name: &str) {
        let done = Command::new("kill").args(["-s", name, &self.pid()]).status().expect("kill runs");
        assert!(done.success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Where a world's database is; it goes with the world.
pub enum Ground {
    /// One of the shared ones.
    Shared(Database),
    /// A PostgreSQL server of its own, to be stopped at will.
    Cluster(PrivateCluster, store::Config),
    /// A SQLite file in a folder that the test looks after.
    Folder(PathBuf, store::Config),
}

impl Ground {
    fn on(on: On) -> Option<Self> {
        Some(Self::Shared(match on {
            On::Sqlite => Database::sqlite(),
            On::Postgres => Database::postgres(MIGRATIONS)?,
        }))
    }

    /// A server of its own; `None` where PostgreSQL is not installed.
    pub fn cluster() -> Option<Self> {
        let cluster = PrivateCluster::start()?;
        let config = store::Config::postgres(&cluster.url()).expect("an address");
        Some(Self::Cluster(cluster, config))
    }

    /// SQLite in this folder.
    pub fn folder(folder: &Path) -> Self {
        Self::Folder(folder.to_owned(), store::Config::sqlite(folder.join("enishi.db")))
    }

    pub fn config(&self) -> &store::Config {
        match self {
            Self::Shared(database) => database.config(),
            Self::Cluster(_, config) | Self::Folder(_, config) => config,
        }
    }
}

/// What a world starts with, beside its database.
#[derive(Clone, Debug)]
pub struct Setup {
    /// People in the simulator.
    pub users: u32,
    /// How many of them are friends already, without a webhook ever having told so.
    pub friends: u32,
    pub clock: Clock,
    /// Environment of every server and command.
    pub env: Vec<(&'static str, String)>,
}

impl Default for Setup {
    fn default() -> Self {
        Self { users: 3, friends: 0, clock: Clock::System, env: Vec::new() }
    }
}

/// One shop with one channel on one simulator.
pub struct World {
    pub sim: Process,
    pub servers: Vec<Process>,
    pub ground: Ground,
    pub folder: tempfile::TempDir,
    pub workspace: String,
    pub channel: String,
    pub token: String,
    pub setup: Setup,
    http: reqwest::Client,
}

/// Whose time the server takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The machine's.
    System,
    /// The simulator's.
    Sim,
}

/// base64(HMAC-SHA256(secret, body)), as LINE signs.
pub fn sign(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(body);
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_enishi"));
    for name in ["DATABASE_URL", "ENISHI_KEY", "ENISHI_KEY_FILE", "ENISHI_CONFIG", "ENISHI_CRASH_AT", "ENISHI_PUBLIC_URL"] {
        command.env_remove(name);
    }
    command
}

impl World {
    /// Simulator with `users` people and a server on `on`; `None` where that database is not installed.
    pub async fn new(on: On, users: u32, clock: Clock) -> Option<Self> {
        Self::with(on, Setup { users, clock, ..Setup::default() }).await
    }

    /// The same with more to say.
    pub async fn with(on: On, setup: Setup) -> Option<Self> {
        Some(Self::upon(Ground::on(on)?, setup).await)
    }

    /// On a database that the test chose.
    pub async fn upon(ground: Ground, setup: Setup) -> Self {
        // One provider for the process; a second installation would be the only error.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sim = Process::start(binary().args([
            "sim",
            "--port",
            "0",
            "--users",
            &setup.users.to_string(),
            "--friends",
            &setup.friends.to_string(),
            "--channel-id",
            CHANNEL_ID,
            "--channel-secret",
            CHANNEL_SECRET,
        ]));
        let mut world = Self {
            sim,
            servers: Vec::new(),
            ground,
            folder: tempfile::tempdir().expect("a folder"),
            workspace: String::new(),
            channel: String::new(),
            token: String::new(),
            setup,
            http: reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(120)).build().expect("a client"),
        };
        world.workspace = world.run_json(&["workspace", "add", "--name", "試験の店"])["id"].as_str().expect("an id").to_owned();
        let workspace = world.workspace.clone();
        let channel = world.run_json(&[
            "channel",
            "add",
            "--workspace",
            &workspace,
            "--name",
            "本店",
            "--channel-id",
            CHANNEL_ID,
            "--channel-secret",
            CHANNEL_SECRET,
        ]);
        world.channel = channel["id"].as_str().expect("an id").to_owned();
        world.token = world.run(&["token", "add", "--workspace", &workspace, "--role", "owner"]).trim().to_owned();
        world.start_server(&[]).await;
        world
    }

    /// The environment every command and server of this world gets.
    fn command(&self) -> Command {
        let mut command = binary();
        command
            .env("ENISHI_DATA_DIR", self.data_dir())
            .env("ENISHI_LISTEN", "127.0.0.1:0")
            .env("ENISHI_LINE_API_BASE", &self.sim.url)
            .env("ENISHI_LINE_DATA_BASE", &self.sim.url)
            .env("ENISHI_LINE_ACCESS_BASE", &self.sim.url)
            .env("ENISHI_LOG", std::env::var("ENISHI_LOG").unwrap_or_else(|_| "error".into()));
        if let store::Url::Postgres { url } = &self.ground.config().url {
            command.env("DATABASE_URL", url);
        }
        if self.setup.clock == Clock::Sim {
            command.env("ENISHI_CLOCK", "sim");
        }
        command.envs(self.setup.env.iter().map(|(name, value)| (*name, value)));
        command
    }

    pub fn data_dir(&self) -> PathBuf {
        match &self.ground {
            Ground::Shared(database) => database.folder().unwrap_or(self.folder.path()).to_owned(),
            Ground::Cluster(..) => self.folder.path().to_owned(),
            Ground::Folder(folder, _) => folder.clone(),
        }
    }

    /// Starts one more server (node) and points the simulator's webhook at it.
    pub async fn start_server(&mut self, env: &[(&str, &str)]) {
        let mut command = self.command();
        command.arg("serve").envs(env.iter().copied());
        let server = Process::start(&mut command);
        self.point_webhook(&server.url).await;
        self.servers.push(server);
    }

    async fn point_webhook(&self, url: &str) {
        let webhook = format!("{url}/webhook/line/{}", self.channel);
        self.sim("channels", json!({"channel_id": CHANNEL_ID, "webhook": webhook, "webhook_active": true, "redelivery": true}))
            .await;
    }

    /// SIGKILL of the last server.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.servers.pop() {
            server.kill();
        }
    }

    /// Runs a command of the binary; its stdout.
    pub fn run(&self, args: &[&str]) -> String {
        self.run_with_input(args, "")
    }

    pub fn run_with_input(&self, args: &[&str], input: &str) -> String {
        let (code, out, err) = self.try_run(args, input);
        assert_eq!(code, 0, "{args:?}: {err}");
        out
    }

    /// Exit code, stdout, stderr.
    pub fn try_run(&self, args: &[&str], input: &str) -> (i32, String, String) {
        let mut child = self
            .command()
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        child.stdin.take().expect("stdin").write_all(input.as_bytes()).expect("input");
        let output = child.wait_with_output().expect("output");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
    }

    fn run_json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.run(args)).expect("JSON")
    }

    pub fn server(&self) -> &str {
        &self.servers.last().expect("a server runs").url
    }

    /// One call of the API with the owner's token.
    pub async fn api(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let request = self.http.request(method.clone(), format!("{}/api/v1/{path}", self.server())).bearer_auth(&self.token);
        let request = if method == Method::GET { request } else { request.json(&body) };
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.api(Method::GET, path, Value::Null).await;
        assert!(status.is_success(), "GET {path}: {status} {body}");
        body
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.api(Method::POST, path, body).await;
        assert!(status.is_success(), "POST {path}: {status} {answer}");
        answer
    }

    pub async fn put(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.api(Method::PUT, path, body).await;
        assert!(status.is_success(), "PUT {path}: {status} {answer}");
        answer
    }

    /// A webhook as somebody on the net might post it, signed with `secret`.
    pub async fn webhook(&self, body: impl Into<Vec<u8>>, secret: &str) -> StatusCode {
        self.webhook_at(self.servers.len() - 1, body.into(), secret).await
    }

    /// The same to one of several servers; may be spawned.
    pub fn webhook_at(&self, server: usize, body: Vec<u8>, secret: &str) -> impl Future<Output = StatusCode> + Send + use<> {
        let url = format!("{}/webhook/line/{}", self.servers[server % self.servers.len()].url, self.channel);
        let request = self.http.post(url).header("x-line-signature", sign(secret, &body)).body(body);
        async { request.send().await.expect("an answer").status() }
    }

    /// A file for import; `query` as the API names it.
    pub async fn import(&self, query: &str, file: &str) -> (StatusCode, Value) {
        let url = format!("{}/api/v1/contacts/import?channel={}&{query}", self.server(), self.channel);
        let request = self.http.post(url).bearer_auth(&self.token).header("content-type", "text/csv").body(file.to_owned());
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        (status, answer.json().await.expect("JSON"))
    }

    /// Headers and body of a page or file, as the owner gets it.
    pub async fn fetch(&self, path: &str) -> (StatusCode, reqwest::header::HeaderMap, Vec<u8>) {
        let answer = self.http.get(format!("{}{path}", self.server())).bearer_auth(&self.token).send().await.expect("an answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        (status, headers, answer.bytes().await.expect("a body").to_vec())
    }

    /// A call of the simulator below `/__sim/`.
    pub async fn sim(&self, path: &str, body: Value) -> Value {
        let answer = self.http.post(format!("{}/__sim/{path}", self.sim.url)).json(&body).send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a body");
        assert!(status.is_success(), "sim {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    pub async fn sim_get(&self, path: &str) -> String {
        let answer = self.http.get(format!("{}/__sim/{path}", self.sim.url)).send().await.expect("an answer");
        assert!(answer.status().is_success(), "sim {path}");
        answer.text().await.expect("a body")
    }

    /// Moves the simulator's clock, visiting everything that is due on the way.
    pub async fn advance_ms(&self, ms: i64) {
        self.sim("clock", json!({"advance_ms": ms})).await;
    }

    /// Waits until nothing waits and nothing is in flight.
    pub async fn idle(&self) {
        let mut quiet = 0;
        for _ in 0..24_000 {
            let webhooks: Value = serde_json::from_str(&self.sim_get("stats").await).expect("stats");
            let waiting =
                webhooks["webhooks"]["queued"].as_i64().unwrap_or(0) + webhooks["webhooks"]["in_flight"].as_i64().unwrap_or(0);
            let (status, body) = self.api(Method::GET, "status", Value::Null).await;
            quiet = if status.is_success() && body["idle"] == json!(true) && waiting == 0 { quiet + 1 } else { 0 };
            if quiet == 2 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("not idle: {}", self.get("status").await);
    }

    /// What the shop said to a person, bubble by bubble, as text.
    pub async fn heard(&self, user: u32) -> Vec<String> {
        let room: Value =
            serde_json::from_str(&self.sim_get(&format!("rooms/{user}?channel_id={CHANNEL_ID}")).await).expect("a room");
        let messages = room["rooms"][0]["messages"].as_array().cloned().unwrap_or_default();
        messages
            .iter()
            .filter(|item| item["direction"] == "out")
            .map(|item| item["message"]["text"].as_str().map_or_else(|| item["message"]["type"].to_string(), str::to_owned))
            .collect()
    }

    /// Makes a template of one text and returns its id.
    pub async fn template(&self, text: &str) -> String {
        let made = self.post("templates", json!({"name": text, "messages": [{"type": "text", "text": text}]})).await;
        made["id"].as_str().expect("an id").to_owned()
    }

    /// Nothing broke LINE's rules.
    pub async fn assert_decent(&self) {
        let violations = self.sim_get("violations").await;
        assert_eq!(violations.trim(), "[]", "LINE's rules were broken");
        let conformance: Value = serde_json::from_str(&self.sim_get("conformance").await).expect("JSON");
        assert_eq!(conformance["errors"], json!([]), "LINE's schemas were broken");
        let stats: Value = serde_json::from_str(&self.sim_get("stats").await).expect("stats");
        assert_eq!(stats["duplicates"], json!(0));
    }
}

/// A file in the test's own folder.
pub fn file(folder: &Path, name: &str, content: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).expect("a file");
    path
}
