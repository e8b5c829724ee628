//! The friends list at a million.

use std::time::Instant;

use anyhow::Result;

use super::rig::{Rig, Wish};
use super::{Bench, Better, Row, quantile};

/// All rows.
pub async fn rows(bench: &Bench) -> Result<Vec<Row>> {
    if !bench.wants("friends") {
        return Ok(Vec::new());
    }
    let rig = Rig::start(bench, &Wish { people: bench.friends, imported: bench.friends, rate_scale: "1", latency_ms: 0 }).await?;
    let tags = rig.get("tags").await?;
    let tag = tags["items"][0]["id"].as_str().unwrap_or_default().to_owned();
    let asks = [
        ("friends_first_page", "contacts?limit=50".to_owned()),
        ("friends_search", "contacts?limit=50&q=%E7%94%B0%E4%B8%AD".to_owned()),
        ("friends_filter", format!("contacts?limit=50&tag={tag}&state=friend")),
    ];
    let mut rows = vec![Row::goal("friends_import", bench.store, rig.import_rate, "1/s", 30_000.0, Better::More)];
    for (name, path) in asks {
        let mut times = Vec::new();
        for _ in 0..100 {
            let start = Instant::now();
            rig.get(&path).await?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        rows.push(Row::goal(name, bench.store, quantile(&mut times, 0.95), "ms", 50.0, Better::Less));
    }
    Ok(rows)
}
