//! The load: signed webhook bodies over kept-alive connections, as cheap as can be, since it shares the cores.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use base64::Engine as _;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::rig::{CHANNEL_SECRET, Rig};

/// What a run of requests saw.
#[derive(Debug, Default)]
pub struct Seen {
    /// Answered 200.
    pub ok: usize,
    /// Answered something else.
    pub other: usize,
    /// Times of all, ms.
    pub times: Vec<f64>,
    /// The whole window, s.
    pub seconds: f64,
}

/// One whole HTTP request per event, signed beforehand.
pub fn bodies(rig: &Rig, users: &[String], count: usize, first: usize, text: impl Fn(usize) -> String) -> Vec<Vec<u8>> {
    let now = engine::clock::machine_ms();
    (first..first + count)
        .map(|n| {
            let user = &users[n % users.len()];
            let at = now + n as i64 / 100;
            let body = format!(
                r#"{{"destination":"U00000000000000000000000000000000","events":[{{"type":"message","mode":"active","timestamp":{at},"source":{{"type":"user","userId":"{user}"}},"webhookEventId":"01HX{n:022}","deliveryContext":{{"isRedelivery":false}},"replyToken":"{n:032}","message":{{"type":"text","id":"{n:018}","quoteToken":"q{n}","text":"{}"}}}}]}}"#,
                text(n)
            );
            request(rig, &body)
        })
        .collect()
}

fn request(rig: &Rig, body: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(CHANNEL_SECRET.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(body.as_bytes());
    let signature = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
    format!(
        "POST /webhook/line/{} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json; charset=utf-8\r\nx-line-signature: {signature}\r\ncontent-length: {}\r\n\r\n{body}",
        rig.channel,
        body.len()
    )
    .into_bytes()
}

/// Sends the requests over `connections` connections until they or the time run out.
pub async fn send(rig: &Rig, requests: Vec<Vec<u8>>, connections: usize, limit: Duration) -> Result<Seen> {
    let address = rig.server.url.trim_start_matches("http://").to_owned();
    let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let start = Instant::now();
    let workers: Vec<_> = (0..connections)
        .map(|_| {
            let (address, requests, next) = (address.clone(), requests.clone(), next.clone());
            tokio::spawn(async move {
                let mut seen = Seen::default();
                let mut stream = TcpStream::connect(&address).await?;
                stream.set_nodelay(true)?;
                let mut buffer = vec![0; 4096];
                while start.elapsed() < limit {
                    let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                    let begun = Instant::now();
                    stream.write_all(request).await?;
                    let status = answer(&mut stream, &mut buffer).await?;
                    seen.times.push(begun.elapsed().as_secs_f64() * 1e3);
                    if status == 200 { seen.ok += 1 } else { seen.other += 1 }
                }
                anyhow::Ok(seen)
            })
        })
        .collect();
    let mut total = Seen::default();
    for worker in workers {
        let seen = worker.await??;
        total.ok += seen.ok;
        total.other += seen.other;
        total.times.extend(seen.times);
    }
    total.seconds = start.elapsed().as_secs_f64();
    Ok(total)
}

/// Reads one answer whole and gives its status.
async fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<u16> {
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        anyhow::ensure!(read > 0, "the server closed the connection");
        filled += read;
        let text = &buffer[..filled];
        if let Some(end) = find(text, b"\r\n\r\n") {
            let head = std::str::from_utf8(&text[..end])?.to_ascii_lowercase();
            let length: usize =
                head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
            if filled >= end + 4 + length {
                return head.split(' ').nth(1).context("a status")?.parse().context("a status");
            }
        }
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// LINE user ids of the simulator's friends.
pub async fn users(rig: &Rig, count: usize) -> Result<Vec<String>> {
    let url = format!("{}/__sim/users.ndjson?channel_id={}&state=friend", rig.sim.url, super::rig::CHANNEL_ID);
    let text = rig.http.get(url).send().await?.text().await?;
    text.lines()
        .take(count)
        .map(|line| {
            let user: serde_json::Value = serde_json::from_str(line)?;
            Ok(user["user_id"].as_str().context("a user id")?.to_owned())
        })
        .collect()
}
