//! Faults on purpose: latency, errors before and after accepting, lost connections, refused recipients.

use crate::dice::Dice;
use crate::limits::RateScale;
use crate::sync::Shared;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long a call takes.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Latency {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99_ms: Option<f64>,
    /// Share of the wait that passes before the request is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accept_at: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<Names>,
}

/// One name or several; `*` is every endpoint.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Names {
    One(String),
    Many(Vec<String>),
}

impl Names {
    fn hold(&self, name: &str) -> bool {
        let fits = |wanted: &String| wanted == "*" || wanted == name;
        match self {
            Names::One(one) => fits(one),
            Names::Many(many) => many.iter().any(fits),
        }
    }
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    ErrorBefore,
    ErrorAfter,
    DropBefore,
    DropAfter,
    RateLimited,
    MonthlyLimit,
    Refuse,
    Hang,
    Unauthorized,
}

/// When a fault happens.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct Rule {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default = "everywhere")]
    pub endpoint: Names,
    pub kind: FaultKind,
    #[serde(default = "internal_error")]
    pub status: u16,
    #[serde(default = "always")]
    pub probability: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    #[serde(default)]
    pub skip: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

fn everywhere() -> Names {
    Names::One("*".into())
}
fn internal_error() -> u16 {
    500
}
fn always() -> f64 {
    1.0
}

/// Faults of webhook delivery.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct WebhookFaults {
    pub drop: f64,
    pub duplicate: f64,
    pub reorder: f64,
    pub delay_ms: [u64; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_max: Option<usize>,
}

/// The wire form of the rate switch: `"on"`, `"off"`, or a factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates(pub RateScale);

impl<'de> Deserialize<'de> for Rates {
    fn deserialize<D: Deserializer<'de>>(de: D) -> Result<Self, D::Error> {
        match Value::deserialize(de)? {
            Value::String(s) if s == "on" => Ok(Rates(RateScale::Times(1.0))),
            Value::String(s) if s == "off" => Ok(Rates(RateScale::Off)),
            Value::Number(n) if n.as_f64().is_some_and(|f| f > 0.0) => Ok(Rates(RateScale::Times(n.as_f64().unwrap_or(1.0)))),
            _ => Err(serde::de::Error::custom("rates is \"on\", \"off\" or a positive factor")),
        }
    }
}

/// A change of the plan: the given keys replace the present ones.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub seed: Option<u64>,
    #[serde(default, deserialize_with = "given")]
    pub latency: Option<Option<Latency>>,
    pub rules: Option<Vec<Rule>>,
    pub webhook: Option<WebhookFaults>,
    pub rates: Option<Rates>,
}

/// Tells `null` from absent.
fn given<'de, D: Deserializer<'de>>(de: D) -> Result<Option<Option<Latency>>, D::Error> {
    Option::deserialize(de).map(Some)
}

#[derive(Debug, Default)]
struct Armed {
    rule: Option<Rule>,
    seen: AtomicU64,
    fired: AtomicU64,
}

/// The plan in force.
#[derive(Debug)]
pub struct Plan {
    seed: u64,
    pub latency: Option<Latency>,
    rules: Vec<Arc<Armed>>,
    pub webhook: WebhookFaults,
    pub rates: RateScale,
}

/// What a rule does to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    pub kind: FaultKind,
    pub status: u16,
}

/// The faults and their dice.
pub struct Faults {
    plan: Shared<Arc<Plan>>,
    pub dice: Dice,
    base_rates: RateScale,
}

impl Faults {
    pub fn new(seed: u64, base_rates: RateScale) -> Faults {
        Faults { plan: Shared::new(Arc::new(Plan::none(seed, base_rates))), dice: Dice::seeded(seed), base_rates }
    }

    pub fn plan(&self) -> Arc<Plan> {
        self.plan.read().clone()
    }

    pub fn change(&self, change: Change) {
        let mut slot = self.plan.write();
        let old = slot.clone();
        if let Some(seed) = change.seed {
            self.dice.reseed(seed);
        }
        let arm = |rule| Arc::new(Armed { rule: Some(rule), ..Armed::default() });
        *slot = Arc::new(Plan {
            seed: change.seed.unwrap_or(old.seed),
            latency: change.latency.unwrap_or_else(|| old.latency.clone()),
            rules: change.rules.map_or_else(|| old.rules.clone(), |rules| rules.into_iter().map(arm).collect()),
            webhook: change.webhook.unwrap_or_else(|| old.webhook.clone()),
            rates: change.rates.map_or(old.rates, |r| r.0),
        });
    }

    pub fn clear(&self) {
        let mut slot = self.plan.write();
        *slot = Arc::new(Plan::none(slot.seed, self.base_rates));
    }
}

impl Plan {
    fn none(seed: u64, rates: RateScale) -> Plan {
        Plan { seed, latency: None, rules: Vec::new(), webhook: WebhookFaults::default(), rates }
    }

    /// The first rule that strikes this call.
    pub fn strike(&self, endpoint: &str, dice: &Dice) -> Option<Hit> {
        let whole_call = |armed: &&Arc<Armed>| armed.rule.as_ref().is_some_and(|r| r.kind != FaultKind::Refuse);
        self.rules.iter().filter(whole_call).find_map(|armed| armed.fire(endpoint, dice))
    }

    /// Whether LINE refuses this recipient.
    pub fn refuses(&self, endpoint: &str, user: &str, dice: &Dice) -> bool {
        let theirs = |armed: &&Arc<Armed>| {
            armed.rule.as_ref().is_some_and(|r| r.kind == FaultKind::Refuse && r.user.as_deref().is_none_or(|u| u == user))
        };
        self.rules.iter().filter(theirs).any(|armed| armed.fire(endpoint, dice).is_some())
    }

    pub fn is_calm(&self) -> bool {
        self.rules.is_empty() && self.latency.is_none()
    }

    /// The wait before and after accepting.
    pub fn waits(&self, endpoint: &str, dice: &Dice) -> Option<(Duration, Duration)> {
        let latency = self.latency.as_ref()?;
        if latency.endpoints.as_ref().is_some_and(|names| !names.hold(endpoint)) {
            return None;
        }
        let total_ms = latency.draw(dice);
        let before = total_ms * latency.accept_at.unwrap_or(0.5).clamp(0.0, 1.0);
        let ms = |ms: f64| Duration::from_micros((ms.max(0.0) * 1000.0) as u64);
        Some((ms(before), ms(total_ms - before)))
    }

    pub fn view(&self) -> Value {
        let rules: Vec<Value> = self.rules.iter().filter_map(|armed| armed.view()).collect();
        let rates = match self.rates {
            RateScale::Off => json!("off"),
            RateScale::Times(1.0) => json!("on"),
            RateScale::Times(f) => json!(f),
        };
        json!({ "seed": self.seed, "latency": self.latency, "rules": rules, "webhook": self.webhook, "rates": rates })
    }
}

impl Armed {
    fn fire(&self, endpoint: &str, dice: &Dice) -> Option<Hit> {
        let rule = self.rule.as_ref()?;
        if !rule.endpoint.hold(endpoint) || !dice.chance(rule.probability) {
            return None;
        }
        if self.seen.fetch_add(1, Ordering::Relaxed) < rule.skip {
            return None;
        }
        let nth = self.fired.fetch_add(1, Ordering::Relaxed);
        if rule.count.is_some_and(|count| nth >= count) {
            self.fired.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        Some(Hit { kind: rule.kind, status: rule.status })
    }

    fn view(&self) -> Option<Value> {
        let mut view = serde_json::to_value(self.rule.as_ref()?).ok()?;
        view["fired"] = json!(self.fired.load(Ordering::Relaxed));
        Some(view)
    }
}

/// Of the standard normal distribution.
const Z_99: f64 = 2.326_347_874;

impl Latency {
    fn draw(&self, dice: &Dice) -> f64 {
        if let Some(fixed) = self.fixed_ms {
            return fixed;
        }
        if let (Some(p50), Some(p99)) = (self.p50_ms, self.p99_ms) {
            let sigma = (p99 / p50.max(0.001)).ln() / Z_99;
            return p50 * (sigma * normal(dice)).exp();
        }
        let min = self.min_ms.unwrap_or(0.0);
        min + (self.max_ms.unwrap_or(min) - min).max(0.0) * dice.fraction()
    }
}

/// Box–Muller.
fn normal(dice: &Dice) -> f64 {
    let radius = (-2.0 * (1.0 - dice.fraction()).ln()).sqrt();
    radius * (std::f64::consts::TAU * dice.fraction()).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Faults {
        let faults = Faults::new(1, RateScale::Times(1.0));
        faults.change(serde_json::from_str(text).unwrap());
        faults
    }

    #[test]
    fn a_counted_rule_fires_exactly_that_often_after_its_skip() {
        let faults = faults(r#"{"rules":[{"endpoint":"push","kind":"drop_after","skip":2,"count":3}]}"#);
        let plan = faults.plan();
        let fired: Vec<bool> = (0..8).map(|_| plan.strike("push", &faults.dice).is_some()).collect();
        assert_eq!(fired, [false, false, true, true, true, false, false, false]);
        assert!(plan.strike("multicast", &faults.dice).is_none());
    }

    #[test]
    fn null_latency_removes_it_and_absent_keeps_it() {
        let faults = faults(r#"{"latency":{"fixed_ms":5}}"#);
        faults.change(serde_json::from_str(r#"{"rates":"off"}"#).unwrap());
        assert!(faults.plan().latency.is_some());
        faults.change(serde_json::from_str(r#"{"latency":null}"#).unwrap());
        assert!(faults.plan().latency.is_none());
    }

    #[test]
    fn the_log_normal_latency_has_the_asked_median() {
        let dice = Dice::seeded(3);
        let latency = Latency { p50_ms: Some(100.0), p99_ms: Some(400.0), ..Latency::default() };
        let mut draws: Vec<f64> = (0..4001).map(|_| latency.draw(&dice)).collect();
        draws.sort_by(f64::total_cmp);
        assert!((90.0..110.0).contains(&draws[2000]), "{}", draws[2000]);
        assert!((330.0..480.0).contains(&draws[3960]), "{}", draws[3960]);
    }
}
