//! The whole: info, reset, counters, broken rules, conformance.

use super::{channels, clock};
use crate::answer::Answer;
use crate::call::Call;
use crate::pages::phone;
use crate::route::Route;
use crate::world::KeepTokens;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

pub const ROUTES: &[Route] = &[
    Route::get("/__sim/info", "sim", info).own(),
    Route::post("/__sim/reset", "sim", reset).own(),
    Route::get("/__sim/stats", "sim", stats).own(),
    Route::get("/__sim/violations", "sim", |call| Answer::ok(&call.world.stats.violations())).own(),
    Route::delete("/__sim/violations", "sim", forget_violations).own(),
    Route::get("/__sim/conformance", "sim", |call| Answer::ok(&call.world.conformance.view())).own(),
    Route::delete("/__sim/conformance", "sim", forget_conformance).own(),
];

fn info(call: &Call) -> Answer {
    Answer::ok(&json!({
        "version": env!("CARGO_PKG_VERSION"),
        "channels": channels::all(call),
        "users": call.world.people.count(),
        "clock": clock::view(call.world),
        "phone_built": phone::is_built(),
    }))
}

#[derive(Deserialize)]
struct Reset {
    #[serde(default)]
    keep_tokens: bool,
}

fn reset(call: &Call) -> Answer {
    match call.read::<Reset>() {
        Ok(wanted) => {
            let keep = if wanted.keep_tokens { KeepTokens::Yes } else { KeepTokens::No };
            crate::sync::aside(|| call.world.reset(keep));
            Answer::ok(&json!({ "ok": true }))
        }
        Err(answer) => answer,
    }
}

fn stats(call: &Call) -> Answer {
    let world = call.world;
    let mut view = world.stats.view(world.routes.iter().map(|route| route.name));
    let channels = world.channels();
    let load = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    view.insert("accepted".into(), json!(world.ledger.len()));
    view.insert("conformance_errors".into(), json!(world.conformance.error_count()));
    view.insert(
        "webhooks".into(),
        json!({
            "queued": channels.iter().map(|c| c.outbox.queued()).sum::<usize>(),
            "in_flight": channels.iter().map(|c| c.outbox.in_flight()).sum::<usize>(),
            "delivered": load(&world.stats.webhooks_delivered),
            "failed": load(&world.stats.webhooks_failed),
            "redelivered": load(&world.stats.webhooks_redelivered),
            "dropped": load(&world.stats.webhooks_dropped),
        }),
    );
    Answer::ok(&Value::Object(view))
}

fn forget_violations(call: &Call) -> Answer {
    call.world.stats.clear_violations();
    Answer::ok(&json!({ "ok": true }))
}

fn forget_conformance(call: &Call) -> Answer {
    call.world.conformance.clear();
    Answer::ok(&json!({ "ok": true }))
}
