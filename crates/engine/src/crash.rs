//! Named points at which a test may kill the process, so that every window of a crash is visited on purpose.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

struct Planned {
    point: String,
    visit: u64,
}

/// Aborts the process here when `ENISHI_CRASH_AT` names this point (`name` or `name:visit`, counted from 1).
/// Without the variable it costs one relaxed load.
pub fn point(name: &'static str) {
    static PLANNED: OnceLock<Option<Planned>> = OnceLock::new();
    static VISITS: AtomicU64 = AtomicU64::new(0);
    let planned = PLANNED.get_or_init(|| {
        let text = std::env::var("ENISHI_CRASH_AT").ok()?;
        let (point, visit) = text.split_once(':').unwrap_or((&text, "1"));
        Some(Planned { point: point.to_owned(), visit: visit.parse().unwrap_or(1) })
    });
    if let Some(planned) = planned
        && planned.point == name
        && VISITS.fetch_add(1, Ordering::Relaxed) + 1 == planned.visit
    {
        std::process::abort();
    }
}
