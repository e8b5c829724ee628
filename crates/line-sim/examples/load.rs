//! Figures of the simulator alone: memory with a million people, and the cost of a push.
//!
//! `cargo run --release -p line-sim --example load -- [users] [broadcasts] [pushes]`. The generator runs
//! in its own process (this program starts itself again), so that the simulator's CPU time stands alone.

use line_sim::{ChannelConfig, Config, Sim};
use std::io::Write;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TOKEN: &str = "load-token";
const CONNECTIONS: u64 = 64;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn number(at: usize, default: u64) -> u64 {
    std::env::args().nth(at).and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn main() -> Outcome<()> {
    let threads = |n| tokio::runtime::Builder::new_multi_thread().worker_threads(n).enable_all().build();
    if std::env::args().nth(1).as_deref() == Some("generate") {
        let addr: SocketAddr = std::env::args().nth(2).unwrap_or_default().parse()?;
        return threads(1)?.block_on(generate(addr, number(3, 1), number(4, 1)));
    }
    threads(2)?.block_on(measure(number(1, 1_000_000), number(2, 5), number(3, 200_000)))
}

/// User and system time of this process in microseconds (Linux counts hundredths of a second).
fn cpu_us() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|f| f.parse::<u64>().ok()).unwrap_or(0);
    (ticks(11) + ticks(12)) * 10_000
}

fn anonymous_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}

async fn measure(users: u64, broadcasts: u64, pushes: u64) -> Outcome<()> {
    let channel = ChannelConfig {
        channel_id: "1000000001".into(),
        channel_secret: Some("secret".into()),
        long_lived_token: Some(TOKEN.into()),
        ..ChannelConfig::default()
    };
    let config = Config {
        users: u32::try_from(users)?,
        friends: None,
        channels: vec![channel],
        rate_scale: None,
        openapi_dir: None,
        ..Config::default()
    };
    let sim = Sim::start(config).await?;
    let mut out = std::io::stdout();
    writeln!(out, "{users} people: {} MB", anonymous_mb())?;
    for nth in 1..=broadcasts {
        let started = Instant::now();
        let body = format!("{{\"messages\":[{{\"type\":\"text\",\"text\":\"broadcast {nth}\"}}]}}");
        let mut stream = TcpStream::connect(sim.addr()).await?;
        exchange(&mut stream, &request("broadcast", "", &body)).await?;
        writeln!(out, "broadcast {nth}: {:?}, {} MB", started.elapsed(), anonymous_mb())?;
    }
    let steps = 20_000;
    let passed = follow(&sim, steps).await?;
    writeln!(out, "{steps} clock steps with a follower: {:.0} us each", passed.as_micros() as f64 / steps as f64)?;
    let before = (cpu_us(), Instant::now());
    let addr = sim.addr().to_string();
    let arguments = ["generate".to_owned(), addr, users.to_string(), pushes.to_string()];
    let mut generator = Command::new(std::env::current_exe()?).args(arguments).stdout(Stdio::inherit()).spawn()?;
    let status = loop {
        match generator.try_wait()? {
            Some(status) => break status,
            None => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    if !status.success() {
        return Err("the generator failed".into());
    }
    let (cpu, wall) = (cpu_us() - before.0, before.1.elapsed());
    let per_second = pushes as f64 / wall.as_secs_f64();
    writeln!(out, "{pushes} pushes: {:.1} us CPU each, {per_second:.0}/s, {} MB", cpu as f64 / pushes as f64, anonymous_mb())?;
    Ok(())
}

/// Advances the clock past `steps` moments at which one follower has something due.
async fn follow(sim: &Sim, steps: u64) -> Outcome<Duration> {
    const MINUTE_MS: i64 = 60_000;
    let post = |path: &str, body: String| {
        format!("POST /__sim/{path} HTTP/1.1\r\nhost: sim\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    };
    let mut control = TcpStream::connect(sim.addr()).await?;
    exchange(&mut control, &post("clock", "{\"flow\":false}".into())).await?;
    let mut poll = TcpStream::connect(sim.addr()).await?;
    poll.set_nodelay(true)?;
    let follower = tokio::spawn(async move {
        let (mut now, mut answer) = (0i64, [0u8; 1024]);
        loop {
            let seen = if now == 0 { "null".to_owned() } else { now.to_string() };
            let body = format!("{{\"follower\":\"f\",\"seen_ms\":{seen},\"next_due_ms\":{},\"idle\":true}}", now + MINUTE_MS);
            let head = format!("POST /__sim/clock/follow HTTP/1.1\r\nhost: sim\r\ncontent-length: {}\r\n\r\n", body.len());
            poll.write_all((head + &body).as_bytes()).await?;
            let read = poll.read(&mut answer).await?;
            let text = String::from_utf8_lossy(&answer[..read]);
            let digits = text.split("\"now_ms\":").nth(1).unwrap_or_default();
            now = digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default().parse()?;
        }
        #[expect(unreachable_code, reason = "names the error type of the loop")]
        Outcome::Ok(())
    });
    // Advancing without a follower would be one jump.
    while !read(&mut control, "GET /__sim/clock HTTP/1.1\r\nhost: sim\r\n\r\n").await?.contains("\"polling\":true") {
        tokio::task::yield_now().await;
    }
    let started = Instant::now();
    let body = format!("{{\"advance_ms\":{}}}", steps as i64 * MINUTE_MS);
    exchange(&mut control, &post("clock", body)).await?;
    let passed = started.elapsed();
    follower.abort();
    Ok(passed)
}

fn request(endpoint: &str, more: &str, body: &str) -> String {
    format!(
        "POST /v2/bot/message/{endpoint} HTTP/1.1\r\nhost: sim\r\nauthorization: Bearer {TOKEN}\r\n\
         content-type: application/json\r\n{more}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn exchange(stream: &mut TcpStream, request: &str) -> Outcome<()> {
    read(stream, request).await.map(|_| ())
}

/// The whole answer as text; all answers asked for here are small.
async fn read(stream: &mut TcpStream, request: &str) -> Outcome<String> {
    stream.write_all(request.as_bytes()).await?;
    let mut answer = [0u8; 4096];
    let length = stream.read(&mut answer).await?;
    let text = String::from_utf8_lossy(&answer[..length]).into_owned();
    if text.starts_with("HTTP/1.1 200") { Ok(text) } else { Err(text.into()) }
}

/// Pushes one personal text each to people in turn, over many connections.
async fn generate(addr: SocketAddr, users: u64, pushes: u64) -> Outcome<()> {
    // Refused only where a provider is chosen already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ids = ids(addr, users.min(10_000)).await?;
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|connection| {
            let ids: Vec<String> = ids.iter().skip(connection as usize).step_by(CONNECTIONS as usize).cloned().collect();
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(addr).await?;
                stream.set_nodelay(true)?;
                for nth in 0..pushes / CONNECTIONS {
                    let to = &ids[nth as usize % ids.len()];
                    let body = format!(
                        "{{\"to\":\"{to}\",\"messages\":[{{\"type\":\"text\",\"text\":\"佐藤さん、こんにちは。{nth} 番目のお知らせです。\"}}]}}"
                    );
                    let key = format!("x-line-retry-key: {:08x}-0000-4000-8000-{nth:012x}\r\n", connection);
                    exchange(&mut stream, &request("push", &key, &body)).await?;
                }
                Outcome::Ok(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(())
}

async fn ids(addr: SocketAddr, count: u64) -> Outcome<Vec<String>> {
    let mut ids = Vec::new();
    while (ids.len() as u64) < count {
        let url = format!("http://{addr}/__sim/users?limit=1000&cursor={}", ids.len());
        let page: serde_json::Value = reqwest::Client::builder().no_proxy().build()?.get(url).send().await?.json().await?;
        let users = page["users"].as_array().ok_or("no users")?;
        ids.extend(users.iter().filter_map(|user| Some(user["channels"][0]["user_id"].as_str()?.to_owned())));
    }
    Ok(ids)
}
