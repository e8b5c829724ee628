//! Journeys: a hundred thousand walks due in the same minute.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;

use super::rig::{Rig, Wish};
use super::{Bench, Better, Row};

const WALKS: u32 = 100_000;

/// All rows.
pub async fn rows(bench: &Bench) -> Result<Vec<Row>> {
    if !bench.wants("walks_due") {
        return Ok(Vec::new());
    }
    // Sending itself is not the question here: it is slowed so that the decisions are seen alone.
    let rig = Rig::start(bench, &Wish { people: WALKS, imported: WALKS, rate_scale: "0.001", latency_ms: 0 }).await?;
    let template = rig.template("{{name|お客様}}さんへ").await?;
    let journey = rig
        .post(
            "journeys",
            json!({"name": "計測", "channel_id": rig.channel, "trigger": {"on": "hand"}, "nodes": [
                {"do": "wait", "until": {"after": {"minutes": 3}}}, {"do": "message", "template": template, "lane": "transactional"}]}),
        )
        .await?;
    let journey = journey["id"].as_str().context("an id")?.to_owned();
    rig.post(&format!("journeys/{journey}/publish"), json!({})).await?;
    let begun = Instant::now();
    enroll(&rig, &journey).await?;
    rig.idle_of("pending_events").await?;
    let enrolled = begun.elapsed().as_secs_f64();
    anyhow::ensure!(enrolled < 170.0, "enrolling took {enrolled:.0} s, longer than the wait");
    let wake = Duration::from_secs(180).saturating_sub(begun.elapsed());
    tokio::time::sleep(wake.saturating_sub(Duration::from_secs(2))).await;
    let mut start = None;
    loop {
        let status = rig.get("status").await?;
        let due = status["due"].as_f64().unwrap_or(0.0);
        match start {
            None if due > 0.0 || status["queued"].as_f64().unwrap_or(0.0) > 0.0 => start = Some(Instant::now()),
            Some(start) if due == 0.0 && begun.elapsed() > Duration::from_secs(181) + Duration::from_secs_f64(enrolled) => {
                let seconds = Instant::elapsed(&start).as_secs_f64();
                return Ok(vec![
                    Row::goal("walks_due", bench.store, seconds, "s", 10.0, Better::Less)
                        .bound_by("the writer")
                        .cost(&rig.cost(), f64::from(WALKS))
                        .note(format!("{WALKS} walks; enrolling them took {enrolled:.1} s and spreads their due times as much")),
                ]);
            }
            _ => {}
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Everybody, by the API, five hundred at a time.
async fn enroll(rig: &Rig, journey: &str) -> Result<()> {
    let mut cursor = String::new();
    loop {
        let page = rig.get(&format!("contacts?limit=500{cursor}")).await?;
        let ids: Vec<_> = page["items"].as_array().context("items")?.iter().map(|contact| contact["id"].clone()).collect();
        rig.post(&format!("journeys/{journey}/enroll"), json!({"contact_ids": ids})).await?;
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(()),
        }
    }
}
