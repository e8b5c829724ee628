//! The clock over HTTP.

use crate::answer::Answer;
use crate::barrier::{AdvanceError, Report};
use crate::call::Call;
use crate::clock::rfc3339;
use crate::route::Route;
use crate::signal::Signal;
use crate::world::World;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

pub const ROUTES: &[Route] = &[
    Route::get("/__sim/clock", "sim", |call| Answer::ok(&view(call.world))).own(),
    Route::later("POST", "/__sim/clock", "sim", change).own(),
    Route::later("POST", "/__sim/clock/follow", "sim", follow).own(),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    advance_ms: Option<i64>,
    advance_to: Option<Moment>,
    set: Option<Moment>,
    flow: Option<bool>,
    #[serde(default = "ten_minutes")]
    timeout_ms: u64,
}

fn ten_minutes() -> u64 {
    600_000
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Moment {
    Ms(i64),
    Text(String),
}

impl Moment {
    fn ms(&self) -> Result<i64, Answer> {
        match self {
            Moment::Ms(ms) => Ok(*ms),
            Moment::Text(text) => text
                .parse::<jiff::Timestamp>()
                .map(jiff::Timestamp::as_millisecond)
                .map_err(|_| Answer::sim_error(400, "a moment is Unix milliseconds or RFC 3339 text")),
        }
    }
}

/// The clock and its followers.
pub fn view(world: &World) -> Value {
    let face = world.barrier.face(&world.clock);
    json!({
        "now_ms": face.now_ms, "now": rfc3339(face.now_ms), "flowing": face.flowing, "target_ms": face.target_ms,
        "followers": world.barrier.followers(),
    })
}

fn change<'a>(call: &'a Call<'a>) -> BoxFuture<'a, Answer> {
    async move { try_change(call).await.unwrap_or_else(|answer| answer) }.boxed()
}

async fn try_change(call: &Call<'_>) -> Result<Answer, Answer> {
    let change: Change = call.read()?;
    let world = call.world;
    let started = Instant::now();
    if let Some(moment) = &change.set {
        world.clock.set(moment.ms()?);
        world.barrier.clock_changed();
    }
    if let Some(flow) = change.flow {
        world.clock.flow(flow);
        world.barrier.clock_changed();
    }
    world.planned.notify_one();
    let target = match (change.advance_ms, &change.advance_to) {
        (Some(ms), _) if ms < 0 => {
            return Err(Answer::sim_error(400, "advance_ms goes forward; use set to go back"));
        }
        (Some(ms), _) => Some(world.clock.now_ms() + ms),
        (None, Some(moment)) => Some(moment.ms()?),
        (None, None) => None,
    };
    let mut steps = 0;
    if let Some(target) = target {
        if target < world.clock.now_ms() {
            return Err(Answer::sim_error(400, "advance_to lies in the past; use set to go back"));
        }
        let timeout = Duration::from_millis(change.timeout_ms);
        let advanced = world.barrier.advance(&world.clock, target, timeout).await;
        world.planned.notify_one();
        match advanced {
            Ok(made) => steps = made,
            Err(AdvanceError::Busy) => {
                return Err(Answer::sim_error(409, AdvanceError::Busy.to_string()));
            }
            Err(AdvanceError::TimedOut) => {
                let mut body = view(world);
                body["error"] = json!(AdvanceError::TimedOut.to_string());
                return Err(Answer::json(504, &body));
            }
        }
    }
    world.signals.tell(|| Signal::Clock);
    let mut body = view(world);
    body["steps"] = json!(steps);
    body["elapsed_ms"] = json!(started.elapsed().as_millis() as u64);
    Ok(Answer::ok(&body))
}

fn follow<'a>(call: &'a Call<'a>) -> BoxFuture<'a, Answer> {
    async move {
        match call.read::<Report>() {
            Ok(report) => Answer::ok(&call.world.barrier.follow(&call.world.clock, report).await),
            Err(answer) => answer,
        }
    }
    .boxed()
}
