//! Memberships (subscriptions of an account).

use crate::answer::Answer;
use crate::api::user::{page, put_next};
use crate::call::Call;
use crate::clock::{jst, jst_day};
use crate::people::{Person, looks_like_user_id};
use crate::route::Route;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub const ROUTES: &[Route] = &[
    Route::get("/v2/bot/membership/list", "membership_list", list).rate(200, 1),
    Route::get("/v2/bot/membership/subscription/{userId}", "membership_of_user", of_user).rate(200, 1),
    Route::get("/v2/bot/membership/{membershipId}/users/ids", "membership_users", users).rate(200, 1),
];

const DAY_MS: i64 = 86_400_000;

/// One person's subscription.
struct Subscription {
    number: u32,
    joined_ms: i64,
    months: u32,
}

/// A channel's plans come into being when the first person joins one.
#[derive(Default)]
pub struct Memberships {
    plans: BTreeMap<i64, BTreeMap<Person, Subscription>>,
}

impl Memberships {
    /// A phone joins, leaves or renews.
    pub fn change(&mut self, person: Person, plan: i64, kind: &str, now_ms: i64) {
        let members = self.plans.entry(plan).or_default();
        match kind {
            "left" => {
                members.remove(&person);
            }
            "renewed" => {
                if let Some(subscription) = members.get_mut(&person) {
                    subscription.months += 1;
                }
            }
            _ => {
                let number = members.len() as u32 + 1;
                members.entry(person).or_insert(Subscription { number, joined_ms: now_ms, months: 1 });
            }
        }
    }
}

fn plan_json(id: i64) -> Value {
    json!({
        "membershipId": id, "title": format!("プラン{id}"), "description": "会員限定のお知らせをお届けします。",
        "benefits": ["会員限定クーポン"], "price": 500, "currency": "JPY",
    })
}

fn list(call: &Call) -> Answer {
    let memberships = call.channel().memberships.lock();
    if memberships.plans.is_empty() {
        return Answer::error(404, "Membership plan not found");
    }
    let plans: Vec<Value> = memberships
        .plans
        .iter()
        .take(5)
        .map(|(id, members)| {
            let mut plan = plan_json(*id);
            plan["memberCount"] = json!(members.len());
            plan["memberLimit"] = Value::Null;
            plan["isInAppPurchase"] = json!(false);
            plan["isPublished"] = json!(true);
            plan
        })
        .collect();
    Answer::ok(&json!({ "memberships": plans }))
}

fn of_user(call: &Call) -> Answer {
    let id = call.args[0];
    if !looks_like_user_id(id) {
        return Answer::bad_parameter("userId");
    }
    let memberships = call.channel().memberships.lock();
    let Some(person) = call.world.people.find(call.channel().provider, id) else {
        return Answer::not_found();
    };
    let subscriptions: Vec<Value> = memberships
        .plans
        .iter()
        .filter_map(|(plan, members)| {
            let subscription = members.get(&person)?;
            Some(json!({
                "membership": plan_json(*plan),
                "user": {
                    "membershipNo": subscription.number, "joinedTime": subscription.joined_ms / 1000,
                    "nextBillingDate": next_billing(subscription), "totalSubscriptionMonths": subscription.months,
                },
            }))
        })
        .collect();
    if subscriptions.is_empty() { Answer::not_found() } else { Answer::ok(&json!({ "subscriptions": subscriptions })) }
}

/// `yyyy-MM-dd`, as many months after joining as were paid.
fn next_billing(subscription: &Subscription) -> String {
    let joined = jiff::Timestamp::from_millisecond(subscription.joined_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let months = jiff::Span::new().months(i64::from(subscription.months));
    match joined.to_zoned(jst()).date().checked_add(months) {
        Ok(date) => date.to_string(),
        Err(_) => jst_day(subscription.joined_ms + 30 * DAY_MS),
    }
}

fn users(call: &Call) -> Answer {
    let memberships = call.channel().memberships.lock();
    let members = call.args[0].parse().ok().and_then(|id: i64| memberships.plans.get(&id));
    let Some(members) = members else {
        return Answer::error(404, "Membership ID is not found");
    };
    match page(call, members.len(), 300, 1000) {
        Ok((range, next)) => {
            let people = members.keys().skip(range.start).take(range.len());
            let ids: Vec<String> = people.map(|person| call.world.user_id(call.channel(), *person)).collect();
            let mut body = json!({ "userIds": ids });
            put_next(&mut body, next);
            Answer::ok(&body)
        }
        Err(answer) => answer,
    }
}
