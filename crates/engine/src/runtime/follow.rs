//! `ENISHI_CLOCK=sim`: domain time is the simulator's. This node reports when it is idle and what is due next; the
//! simulator steps the clock through every due instant (its contract: `POST /__sim/clock/follow`).

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::clock::{Reading, machine_ms};
use crate::engine::Engine;

/// While it works, a node says so this often: the simulator waits for nobody who is silent for two seconds.
const HEARTBEAT: Duration = Duration::from_millis(500);

#[derive(Serialize)]
struct Report<'a> {
    follower: &'a str,
    seen_ms: Option<i64>,
    next_due_ms: Option<i64>,
    idle: bool,
}

#[derive(Deserialize)]
struct Answer {
    now_ms: i64,
    flowing: bool,
}

/// Follows the simulator at `base` until the process ends. Call only when all LINE hosts are loopback.
pub async fn follow(engine: Arc<Engine>, base: url::Url, http: reqwest::Client) {
    let name = engine.node.to_string();
    let Ok(address) = base.join("/__sim/clock/follow") else { return };
    let mut seen: Option<i64> = None;
    let mut told = Instant::now();
    loop {
        let status = match super::status(&engine).await {
            Ok(status) => status,
            Err(error) => {
                tracing::warn!(%error, "status for the simulator's clock");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        if !status.idle && seen.is_some() && told.elapsed() < HEARTBEAT {
            // Busy: look again very soon, it is the machine's time that passes here.
            tokio::time::sleep(Duration::from_micros(500)).await;
            continue;
        }
        let report = Report { follower: &name, seen_ms: seen, next_due_ms: status.next_due, idle: status.idle };
        told = Instant::now();
        match ask(&http, &address, &report).await {
            Ok(answer) => {
                seen = Some(answer.now_ms);
                engine.clock.set(if answer.flowing {
                    Reading::Flowing { offset_ms: answer.now_ms - machine_ms() }
                } else {
                    Reading::Frozen { at_ms: answer.now_ms }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the simulator's clock does not answer");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

async fn ask(http: &reqwest::Client, address: &url::Url, report: &Report<'_>) -> Result<Answer, reqwest::Error> {
    http.post(address.clone()).json(report).timeout(Duration::from_secs(15)).send().await?.error_for_status()?.json().await
}
