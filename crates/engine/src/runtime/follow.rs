//! `ENISHI_CLOCK=sim`: domain time is the simulator's. This node reports when it is idle and what is due next; the
//! simulator steps the clock through every due instant (its contract: `POST /__sim/clock/follow`).

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::Status;
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
    /// The mark of the answer in hand when this node looked at itself: what the simulator did since is not in the report.
    mark: Option<u64>,
}

#[derive(Deserialize)]
struct Answer {
    now_ms: i64,
    flowing: bool,
    mark: u64,
}

/// A node that has its time from a simulator.
pub struct Follower {
    engine: Arc<Engine>,
    http: reqwest::Client,
    address: url::Url,
    name: String,
    seen: Option<i64>,
    mark: Option<u64>,
}

impl Follower {
    /// Takes over the time of the simulator at `base`, so that nothing is ever done at the machine's. Call before the
    /// loops start, and only when all LINE hosts are loopback. A simulator that does not answer yet is asked again by
    /// [`run`](Self::run).
    ///
    /// # Errors
    /// When `base` can have no path.
    pub async fn join(engine: Arc<Engine>, base: &url::Url, http: reqwest::Client) -> Result<Self, url::ParseError> {
        let address = base.join("/__sim/clock/follow")?;
        let name = engine.node.to_string();
        let mut follower = Self { engine, http, address, name, seen: None, mark: None };
        follower.tell(None).await;
        Ok(follower)
    }

    /// Follows until the process ends.
    pub async fn run(mut self) {
        let mut told = Instant::now();
        loop {
            let status = match super::status(&self.engine).await {
                Ok(status) => status,
                Err(error) => {
                    tracing::warn!(%error, "status for the simulator's clock");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            if !status.idle && self.seen.is_some() && told.elapsed() < HEARTBEAT {
                // Busy: look again very soon, it is the machine's time that passes here.
                tokio::time::sleep(Duration::from_micros(500)).await;
                continue;
            }
            told = Instant::now();
            self.tell(Some(&status)).await;
        }
    }

    /// Reports, and takes over what time the answer says it is.
    async fn tell(&mut self, status: Option<&Status>) {
        let idle = status.is_some_and(|status| status.idle);
        let next_due_ms = status.and_then(|status| status.next_due);
        let report = Report { follower: &self.name, seen_ms: self.seen, next_due_ms, idle, mark: self.mark };
        match self.ask(&report).await {
            Ok(answer) => {
                (self.seen, self.mark) = (Some(answer.now_ms), Some(answer.mark));
                self.engine.clock.set(if answer.flowing {
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

    async fn ask(&self, report: &Report<'_>) -> Result<Answer, reqwest::Error> {
        let request = self.http.post(self.address.clone()).json(report).timeout(Duration::from_secs(15));
        request.send().await?.error_for_status()?.json().await
    }
}
