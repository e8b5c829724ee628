//! Journeys: a hundred thousand walks due in the same minute.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use engine::clock::Clock;
use jiff::{Timestamp, tz};
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
    // The first full minute that leaves three for enrolling.
    let clock = Clock::system();
    let due_ms = (clock.now_ms() + 240_000) / 60_000 * 60_000;
    let moment = Timestamp::from_millisecond(due_ms)?.to_zoned(tz::offset(9).to_time_zone());
    let until = json!({"day": {"date": moment.date().to_string(), "at": moment.strftime("%H:%M").to_string()}});
    let journey = rig
        .post(
            "journeys",
            json!({"name": "計測", "channel_id": rig.channel, "trigger": {"on": "hand"}, "nodes": [
                {"do": "wait", "until": until}, {"do": "message", "template": template, "lane": "transactional"}]}),
        )
        .await?;
    let journey = journey["id"].as_str().context("an id")?.to_owned();
    rig.post(&format!("journeys/{journey}/publish"), json!({})).await?;
    let begun = Instant::now();
    enroll(&rig, &journey).await?;
    rig.idle_of("pending_events").await?;
    let enrolled = begun.elapsed().as_secs_f64();
    let left = due_ms - clock.now_ms();
    tokio::time::sleep(Duration::from_millis(u64::try_from(left).context("enrolling took longer than the wait")?)).await;
    let (before, start) = (rig.cost(), Instant::now());
    while rig.get(&format!("journeys/{journey}")).await?["active"] != json!(0) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(vec![
        Row::goal("walks_due", bench.store, start.elapsed().as_secs_f64(), "s", 10.0, Better::Less)
            .cost(&(rig.cost() - before), f64::from(WALKS))
            .note(format!("{WALKS} walks due at one moment; enrolling them took {enrolled:.1} s")),
    ])
}

/// Everybody, by the API, two hundred at a time.
async fn enroll(rig: &Rig, journey: &str) -> Result<()> {
    let mut cursor = String::new();
    loop {
        let page = rig.get(&format!("contacts?limit=200{cursor}")).await?;
        let ids: Vec<_> = page["items"].as_array().context("items")?.iter().map(|contact| contact["id"].clone()).collect();
        rig.post(&format!("journeys/{journey}/enroll"), json!({"contact_ids": ids})).await?;
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(()),
        }
    }
}
