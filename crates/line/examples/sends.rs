//! What a send costs: calls per second and CPU per call of the client alone, against a tiny server
//! in its own process on this machine.
//!
//! `cargo run --release -p line --example sends -- [calls at once] [calls in all]`
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement, not a part of the crate")]

use line::body::{self, SendOptions};
use line::client::{AccessToken, Client, Hosts, Http, HttpOptions};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use uuid::Uuid;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match arguments.first().map(String::as_str) {
        Some("serve") => runtime.block_on(serve()),
        _ => {
            let number = |at: usize, usual: u64| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(usual);
            let program = std::env::current_exe().unwrap();
            let mut server = Command::new(program).arg("serve").stdout(Stdio::piped()).spawn().unwrap();
            let mut address = String::new();
            BufReader::new(server.stdout.take().unwrap()).read_line(&mut address).unwrap();
            runtime.block_on(measure(address.trim(), number(0, 512), number(1, 200_000)));
            server.kill().unwrap();
            server.wait().unwrap();
        }
    }
}

async fn serve() {
    async fn push(_body: axum::body::Bytes) -> impl axum::response::IntoResponse {
        let id = [("x-line-request-id", "0d2a9b1e-8d6c-4d53-9f2b-3f7f9d0f5c11")];
        (id, r#"{"sentMessages":[{"id":"461230966842064897","quoteToken":"IStG5h1Tz7b"}]}"#)
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    let app = axum::Router::new().route("/v2/bot/message/push", axum::routing::post(push));
    axum::serve(listener, app).await.unwrap();
}

async fn measure(address: &str, at_once: u64, calls: u64) {
    let hosts = Hosts::single(&address.parse().unwrap());
    let client = Client::new(hosts, Http::new(HttpOptions::default()).unwrap());
    let token = AccessToken::new(&"t".repeat(170)).unwrap();
    let messages = serde_json::to_vec(&serde_json::json!([{"type": "text", "text": "こんにちは、縁さん。".repeat(8)}])).unwrap();
    let made = Arc::new(AtomicU64::new(0));
    for round in ["warm-up", "measured"] {
        made.store(0, Ordering::Relaxed);
        let (start, cpu) = (Instant::now(), cpu_micros());
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..at_once {
            let (client, token, made, messages) = (client.clone(), token.clone(), made.clone(), messages.clone());
            tasks.spawn(async move {
                loop {
                    let number = made.fetch_add(1, Ordering::Relaxed);
                    if number >= calls {
                        return;
                    }
                    let to = format!("U{number:032x}");
                    let body = body::push(&to, &messages, SendOptions::default());
                    let key = Uuid::from_u128(u128::from(number));
                    let outcome = client.push_raw(&token, key, body).await;
                    assert!(outcome.is_accepted(), "{outcome:?}");
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{round}: {calls} calls, {at_once} at once: {:.0} calls/s, {:.1} µs CPU per call",
            calls as f64 / seconds,
            (cpu_micros() - cpu) as f64 / calls as f64
        );
    }
}

/// CPU this process has used, from Linux' /proc (ticks of 10 ms).
fn cpu_micros() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<u64> = after_name.split_whitespace().map(|f| f.parse().unwrap_or(0)).collect();
    (fields[11] + fields[12]) * 10_000
}
