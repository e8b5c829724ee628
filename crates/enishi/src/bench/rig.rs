//! Simulator and server of one row, as processes, and what they cost.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::Bench;

pub const CHANNEL_ID: &str = "1650000001";
pub const CHANNEL_SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A process that printed `ready URL`.
pub struct Process {
    child: Child,
    /// Its address.
    pub url: String,
}

impl Process {
    fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("stdout")?).read_line(&mut line)?;
        match line.trim().strip_prefix("ready ") {
            Some(url) => Ok(Self { child, url: url.to_owned() }),
            None => bail!("did not get ready: {line}"),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the server used between two looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// CPU seconds.
    pub cpu_s: f64,
    /// CPU seconds of the whole machine, all cores: used, and there were.
    pub machine_s: (f64, f64),
    /// Peak of RssAnon, MB.
    pub rss_anon_peak_mb: f64,
}

/// One row's system.
pub struct Rig {
    /// LINE.
    pub sim: Process,
    /// Enishi.
    pub server: Process,
    /// Channel id of ours.
    pub channel: String,
    /// Friends imported by the command in a second.
    pub import_rate: f64,
    /// Calls both.
    pub http: reqwest::Client,
    token: String,
    folder: PathBuf,
    peak_kb: Arc<AtomicU64>,
    watching: Arc<AtomicBool>,
}

/// How a rig differs from the usual one.
pub struct Wish<'a> {
    /// People in the simulator; all are friends.
    pub people: u32,
    /// Of them, how many Enishi knows from the start (imported).
    pub imported: u32,
    /// `ENISHI_LINE_RATE_SCALE`.
    pub rate_scale: &'a str,
    /// Simulator's latency, ms.
    pub latency_ms: u64,
}

impl Rig {
    /// Starts everything and imports the friends.
    pub async fn start(bench: &Bench, wish: &Wish<'_>) -> Result<Self> {
        let exe = std::env::current_exe()?;
        let folder = std::env::temp_dir().join(format!("enishi-bench-{}-{}", std::process::id(), unique()));
        std::fs::create_dir_all(&folder)?;
        let people = wish.people.to_string();
        let sim = Process::start(Command::new(&exe).args([
            "sim",
            "--port",
            "0",
            "--users",
            &people,
            "--friends",
            &people,
            "--channel-id",
            CHANNEL_ID,
            "--channel-secret",
            CHANNEL_SECRET,
        ]))?;
        if let Some(url) = &bench.database_url {
            empty_postgres(url).await?;
        }
        let command = |args: &[&str]| {
            let mut command = Command::new(&exe);
            command
                .args(args)
                .env("ENISHI_DATA_DIR", &folder)
                .env("ENISHI_LISTEN", "127.0.0.1:0")
                .env("ENISHI_LINE_API_BASE", &sim.url)
                .env("ENISHI_LINE_DATA_BASE", &sim.url)
                .env("ENISHI_LINE_ACCESS_BASE", &sim.url)
                .env("ENISHI_LINE_RATE_SCALE", wish.rate_scale)
                .env("ENISHI_LOG", "error")
                .env("DATABASE_URL", bench.database_url.as_deref().unwrap_or_default());
            command
        };
        let said = |args: &[&str]| -> Result<String> {
            let output = command(args).output()?;
            if !output.status.success() {
                bail!("{args:?}: {}", String::from_utf8_lossy(&output.stderr));
            }
            Ok(String::from_utf8(output.stdout)?.trim().to_owned())
        };
        let id = |json: &str| -> Result<String> {
            let value: Value = serde_json::from_str(json)?;
            Ok(value["id"].as_str().context("an id")?.to_owned())
        };
        let workspace = id(&said(&["workspace", "add", "--name", "計測"])?)?;
        let channel = id(&said(&[
            "channel",
            "add",
            "--workspace",
            &workspace,
            "--name",
            "計測",
            "--channel-id",
            CHANNEL_ID,
            "--channel-secret",
            CHANNEL_SECRET,
        ])?)?;
        let token = said(&["token", "add", "--workspace", &workspace, "--role", "owner"])?;
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(300)).build()?;
        let mut import_rate = 0.0;
        if wish.imported > 0 {
            let file = folder.join("friends.ndjson");
            write_friends(&http, &sim.url, &file, wish.imported).await?;
            let begun = Instant::now();
            said(&["import", "contacts", "--channel", &channel, &file.to_string_lossy()])?;
            import_rate = f64::from(wish.imported) / begun.elapsed().as_secs_f64();
            std::fs::remove_file(&file)?;
        }
        let server = Process::start(&mut command(&["serve"]))?;
        let rig = Self {
            sim,
            server,
            channel,
            import_rate,
            http,
            token,
            folder,
            peak_kb: Arc::default(),
            watching: Arc::new(AtomicBool::new(true)),
        };
        let webhook = format!("{}/webhook/line/{}", rig.server.url, rig.channel);
        rig.sim("channels", json!({"channel_id": CHANNEL_ID, "webhook": webhook, "webhook_active": true})).await?;
        if wish.latency_ms > 0 {
            rig.sim("faults", json!({"latency": {"fixed_ms": wish.latency_ms, "endpoints": ["push", "reply", "multicast"]}}))
                .await?;
        }
        rig.watch();
        Ok(rig)
    }

    /// A call of the API.
    pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
        read(path, self.http.post(format!("{}/api/v1/{path}", self.server.url)).bearer_auth(&self.token).json(&body)).await
    }

    /// A call of the API.
    pub async fn get(&self, path: &str) -> Result<Value> {
        read(path, self.http.get(format!("{}/api/v1/{path}", self.server.url)).bearer_auth(&self.token)).await
    }

    /// A call of the simulator.
    pub async fn sim(&self, path: &str, body: Value) -> Result<Value> {
        read(path, self.http.post(format!("{}/__sim/{path}", self.sim.url)).json(&body)).await
    }

    /// The simulator's counters.
    pub async fn stats(&self) -> Result<Value> {
        read("stats", self.http.get(format!("{}/__sim/stats", self.sim.url))).await
    }

    /// Sends LINE took at this endpoint.
    pub async fn accepted(&self, endpoint: &str) -> Result<u64> {
        Ok(self.stats().await?["endpoints"][endpoint]["ok"].as_u64().unwrap_or(0))
    }

    /// A template of one text.
    pub async fn template(&self, text: &str) -> Result<String> {
        let made = self.post("templates", json!({"name": text, "messages": [{"type": "text", "text": text}]})).await?;
        Ok(made["id"].as_str().context("an id")?.to_owned())
    }

    /// Creates and confirms a broadcast to everybody; its id.
    pub async fn broadcast(&self, template: &str) -> Result<String> {
        let made = self
            .post("broadcasts", json!({"name": "計測", "channel_id": self.channel, "template_id": template, "audience": {"to": "all"}, "lane": "transactional", "link_mode": "direct"}))
            .await?;
        let id = made["id"].as_str().context("an id")?.to_owned();
        self.post(&format!("broadcasts/{id}/confirm"), json!({})).await?;
        Ok(id)
    }

    /// Waits until nothing waits and nothing is in flight.
    pub async fn idle(&self) -> Result<()> {
        for _ in 0..120_000 {
            if self.get("status").await?["idle"] == json!(true) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        bail!("not idle within ten minutes: {}", self.get("status").await?)
    }

    /// Waits until one counter of the status is nought.
    pub async fn idle_of(&self, counter: &str) -> Result<()> {
        for _ in 0..120_000 {
            if self.get("status").await?[counter] == json!(0) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        bail!("{counter} did not come down within ten minutes")
    }

    /// CPU used so far, and the peak of memory.
    pub fn cost(&self) -> Cost {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.server.child.id())).unwrap_or_default();
        // After the name in parentheses: state is field 3, utime 14, stime 15, in ticks of 1/100 s (Linux, USER_HZ).
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        let ticks = |n: usize| fields.get(n - 3).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
        Cost {
            cpu_s: (ticks(14) + ticks(15)) / 100.0,
            machine_s: machine_s(),
            rss_anon_peak_mb: self.peak_kb.load(Ordering::Relaxed) as f64 / 1024.0,
        }
    }

    fn watch(&self) {
        let (pid, peak, watching) = (self.server.child.id(), self.peak_kb.clone(), self.watching.clone());
        tokio::spawn(async move {
            while watching.load(Ordering::Relaxed) {
                let status = tokio::fs::read_to_string(format!("/proc/{pid}/status")).await.unwrap_or_default();
                let anon =
                    status.lines().find_map(|line| line.strip_prefix("RssAnon:")?.trim().split(' ').next()?.parse::<u64>().ok());
                peak.fetch_max(anon.unwrap_or(0), Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.watching.store(false, Ordering::Relaxed);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl std::ops::Sub for Cost {
    type Output = Cost;

    fn sub(self, before: Cost) -> Cost {
        let machine_s = (self.machine_s.0 - before.machine_s.0, self.machine_s.1 - before.machine_s.1);
        Cost { cpu_s: self.cpu_s - before.cpu_s, machine_s, rss_anon_peak_mb: self.rss_anon_peak_mb }
    }
}

impl Cost {
    /// How busy machine and server were between two looks.
    pub fn load(&self) -> String {
        let (used, all) = self.machine_s;
        if all <= 0.0 {
            return String::new();
        }
        format!("machine {:.0} % busy, server {:.0} % of it", used / all * 100.0, self.cpu_s / used.max(0.01) * 100.0)
    }
}

/// First line of /proc/stat (proc(5)), in ticks of 1/100 s: user nice system idle iowait irq softirq steal.
fn machine_s() -> (f64, f64) {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let ticks: Vec<f64> =
        stat.lines().next().unwrap_or_default().split_whitespace().skip(1).take(8).filter_map(|n| n.parse().ok()).collect();
    let all: f64 = ticks.iter().sum();
    let resting: f64 = ticks.iter().skip(3).take(2).sum();
    ((all - resting) / 100.0, all / 100.0)
}

async fn read(path: &str, request: reqwest::RequestBuilder) -> Result<Value> {
    let answer = request.send().await.with_context(|| path.to_owned())?;
    let status = answer.status();
    let text = answer.text().await?;
    if !status.is_success() {
        bail!("{path}: {status} {text}");
    }
    Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// The simulator's people as a contact file.
async fn write_friends(http: &reqwest::Client, sim: &str, file: &std::path::Path, count: u32) -> Result<()> {
    use std::io::Write;
    let text = http.get(format!("{sim}/__sim/users.ndjson?channel_id={CHANNEL_ID}&state=friend")).send().await?.text().await?;
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    for (n, line) in text.lines().take(count as usize).enumerate() {
        let user: Value = serde_json::from_str(line)?;
        let tags = if n % 10 == 0 { json!(["常連"]) } else { json!([]) };
        let row =
            json!({"line_user_id": user["user_id"], "display_name": user["name"], "friend_since": "2026-01-01", "tags": tags});
        writeln!(out, "{row}")?;
    }
    Ok(out.flush()?)
}

async fn empty_postgres(url: &str) -> Result<()> {
    let mut config = store::Config::postgres(url)?;
    config.writers = 1;
    let database = store::Store::open(&config, engine::schema::MIGRATIONS).context("BENCH_DATABASE_URL")?;
    database
        .write(|tx| -> store::Result<()> {
            tx.execute("DROP SCHEMA public CASCADE", &[])?;
            tx.execute("CREATE SCHEMA public", &[])?;
            Ok(())
        })
        .await?;
    database.close().await;
    Ok(())
}

fn unique() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
