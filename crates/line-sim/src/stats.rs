//! Counters, and the list of broken rules.

use crate::sync::Lock;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use uuid::Uuid;

const VIOLATIONS_MAX: usize = 10_000;

#[derive(Default)]
struct Endpoint {
    requests: AtomicU64,
    ok: AtomicU64,
    /// Everything but 200, which is counted without a lock.
    others: Lock<BTreeMap<u16, u64>>,
}

/// What happened so far.
pub struct Stats {
    born: Instant,
    endpoints: Vec<Endpoint>,
    last: Lock<(Instant, u64, f64)>,
    pub recipients: AtomicU64,
    pub delivered: AtomicU64,
    pub duplicates: AtomicU64,
    pub duplicate_users: Lock<HashSet<(u16, u32)>>,
    pub webhooks_delivered: AtomicU64,
    pub webhooks_failed: AtomicU64,
    pub webhooks_redelivered: AtomicU64,
    pub webhooks_dropped: AtomicU64,
    violations: Lock<VecDeque<Violation>>,
}

/// A request that broke one of LINE's rules.
#[derive(Debug, Clone, Serialize)]
pub struct Violation {
    pub at_ms: i64,
    pub request_id: Uuid,
    pub endpoint: String,
    pub rule: &'static str,
    pub detail: String,
}

impl Stats {
    pub fn new(endpoints: usize) -> Stats {
        Stats {
            born: Instant::now(),
            endpoints: (0..endpoints).map(|_| Endpoint::default()).collect(),
            last: Lock::new((Instant::now(), 0, 0.0)),
            recipients: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
            duplicates: AtomicU64::new(0),
            duplicate_users: Lock::default(),
            webhooks_delivered: AtomicU64::new(0),
            webhooks_failed: AtomicU64::new(0),
            webhooks_redelivered: AtomicU64::new(0),
            webhooks_dropped: AtomicU64::new(0),
            violations: Lock::default(),
        }
    }

    pub fn answered(&self, endpoint: usize, status: u16) {
        let Some(counter) = self.endpoints.get(endpoint) else {
            return;
        };
        counter.requests.fetch_add(1, Ordering::Relaxed);
        if status == 200 {
            counter.ok.fetch_add(1, Ordering::Relaxed);
        } else {
            *counter.others.lock().entry(status).or_default() += 1;
        }
    }

    pub fn violation(&self, violation: Violation) {
        let mut list = self.violations.lock();
        if list.len() == VIOLATIONS_MAX {
            list.pop_front();
        }
        list.push_back(violation);
    }

    pub fn violations(&self) -> Vec<Violation> {
        self.violations.lock().iter().cloned().collect()
    }

    pub fn clear_violations(&self) {
        self.violations.lock().clear();
    }

    /// Counters per endpoint; those of one name are summed.
    pub fn view(&self, names: impl Iterator<Item = &'static str>) -> Map<String, Value> {
        let mut endpoints: BTreeMap<&str, (u64, u64, BTreeMap<u16, u64>)> = BTreeMap::new();
        let mut total = 0;
        for (counter, name) in self.endpoints.iter().zip(names) {
            let requests = counter.requests.load(Ordering::Relaxed);
            if requests == 0 {
                continue;
            }
            total += requests;
            let ok = counter.ok.load(Ordering::Relaxed);
            let entry = endpoints.entry(name).or_default();
            entry.0 += requests;
            if ok > 0 {
                *entry.2.entry(200).or_default() += ok;
            }
            for (status, count) in counter.others.lock().iter() {
                *entry.2.entry(*status).or_default() += count;
            }
            entry.1 = entry.2.iter().filter(|(status, _)| (200..300).contains(*status)).map(|(_, n)| n).sum();
        }
        let per_endpoint: Map<String, Value> = endpoints
            .into_iter()
            .map(|(name, (requests, ok, by_status))| {
                (name.to_owned(), json!({ "requests": requests, "ok": ok, "by_status": by_status }))
            })
            .collect();
        let mut view = Map::new();
        view.insert("uptime_ms".into(), json!(self.born.elapsed().as_millis() as u64));
        view.insert("requests".into(), json!(total));
        view.insert("requests_per_s".into(), json!(self.per_second(total)));
        view.insert("endpoints".into(), Value::Object(per_endpoint));
        for (name, counter) in
            [("recipients", &self.recipients), ("delivered", &self.delivered), ("duplicates", &self.duplicates)]
        {
            view.insert(name.into(), json!(counter.load(Ordering::Relaxed)));
        }
        view.insert("duplicate_users".into(), json!(self.duplicate_users.lock().len()));
        view.insert("violations".into(), json!(self.violations.lock().len()));
        view.insert("rss_bytes".into(), json!(rss_bytes()));
        view
    }

    /// Rate since the last look, if that is at least a second ago.
    fn per_second(&self, total: u64) -> f64 {
        let mut last = self.last.lock();
        let passed = last.0.elapsed().as_secs_f64();
        if passed >= 1.0 {
            *last = (Instant::now(), total, (total.saturating_sub(last.1)) as f64 / passed);
        }
        last.2
    }

    pub fn clear(&self) {
        for endpoint in &self.endpoints {
            endpoint.requests.store(0, Ordering::Relaxed);
            endpoint.ok.store(0, Ordering::Relaxed);
            endpoint.others.lock().clear();
        }
        let counters = [
            &self.recipients,
            &self.delivered,
            &self.duplicates,
            &self.webhooks_delivered,
            &self.webhooks_failed,
            &self.webhooks_redelivered,
            &self.webhooks_dropped,
        ];
        for counter in counters {
            counter.store(0, Ordering::Relaxed);
        }
        self.duplicate_users.lock().clear();
        self.clear_violations();
    }
}

/// Resident memory of this process (Linux); `None` elsewhere.
fn rss_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}
