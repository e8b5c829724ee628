//! The month's limit and use, sent counts, aggregation units.

use crate::answer::Answer;
use crate::call::Call;
use crate::clock::{jst_day, jst_month};
use crate::ledger::{To, Via};
use crate::route::Route;
use crate::sync::Lock;
use serde_json::json;
use std::collections::BTreeSet;

pub const ROUTES: &[Route] = &[
    Route::get("/v2/bot/message/quota", "quota", quota),
    Route::get("/v2/bot/message/quota/consumption", "consumption", consumption),
    Route::get("/v2/bot/message/delivery/reply", "sent_count", |call| sent_count(call, Via::Reply)),
    Route::get("/v2/bot/message/delivery/push", "sent_count", |call| sent_count(call, Via::Push)),
    Route::get("/v2/bot/message/delivery/multicast", "sent_count", |call| sent_count(call, Via::Multicast)),
    Route::get("/v2/bot/message/delivery/broadcast", "sent_count", |call| sent_count(call, Via::Broadcast)),
    Route::get("/v2/bot/message/delivery/pnp", "sent_count", |call| sent_count(call, Via::Pnp)),
    Route::get("/v2/bot/message/delivery/pnp/templated", "sent_count", |call| sent_count(call, Via::Pnp)),
    Route::get("/v2/bot/message/aggregation/info", "units", unit_count),
    Route::get("/v2/bot/message/aggregation/list", "units", unit_list),
];

/// Different unit names a month; later ones are silently left off.
const UNITS_MAX: usize = 1000;

/// The names used this month.
#[derive(Default)]
pub struct Units(Lock<(i64, BTreeSet<String>)>);

impl Units {
    /// Whether a send may carry the name.
    pub fn admit(&self, name: &str, now_ms: i64) -> bool {
        let mut units = self.month(now_ms);
        if units.1.len() >= UNITS_MAX && !units.1.contains(name) {
            return false;
        }
        units.1.insert(name.to_owned());
        true
    }

    fn month(&self, now_ms: i64) -> std::sync::MutexGuard<'_, (i64, BTreeSet<String>)> {
        let start = jst_month(now_ms).0;
        let mut units = self.0.lock();
        if units.0 != start {
            *units = (start, BTreeSet::new());
        }
        units
    }
}

fn quota(call: &Call) -> Answer {
    let quota = call.channel().settings.read().quota;
    match quota {
        None => Answer::ok(&json!({ "type": "none" })),
        Some(value) => Answer::ok(&json!({ "type": "limited", "value": value })),
    }
}

fn consumption(call: &Call) -> Answer {
    let used = call.channel().quota.lock().used(call.now_ms);
    Answer::ok(&json!({ "totalUsage": used }))
}

/// A `yyyyMMdd` day.
pub fn is_day(text: &str) -> bool {
    let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    digits && format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]).parse::<jiff::civil::Date>().is_ok()
}

fn sent_count(call: &Call, via: Via) -> Answer {
    let Some(day) = call.param("date").filter(|day| is_day(day)) else {
        return Answer::bad_parameter("date");
    };
    if day.as_str() < "20180331" {
        return Answer::ok(&json!({ "status": "out_of_service" }));
    }
    if day >= jst_day(call.now_ms) {
        return Answer::ok(&json!({ "status": "unready" }));
    }
    let channel = call.channel().index;
    let mut success = 0;
    for sent in call.world.ledger.after(0, usize::MAX) {
        if sent.channel == channel && sent.via == via && jst_day(sent.at_ms) == day {
            success += match &sent.to {
                To::Group(_, members) => u64::from(*members),
                _ => sent.recipients().iter().filter(|r| r.is_delivered()).count() as u64,
            };
        }
    }
    Answer::ok(&json!({ "status": "ready", "success": success }))
}

fn unit_count(call: &Call) -> Answer {
    let count = call.channel().units.month(call.now_ms).1.len();
    Answer::ok(&json!({ "numOfCustomAggregationUnits": count }))
}

fn unit_list(call: &Call) -> Answer {
    let names: Vec<String> = call.channel().units.month(call.now_ms).1.iter().cloned().collect();
    match super::user::page(call, names.len(), 100, 100) {
        Ok((range, next)) => {
            let mut body = json!({ "customAggregationUnits": names[range] });
            super::user::put_next(&mut body, next);
            Answer::ok(&body)
        }
        Err(answer) => answer,
    }
}
