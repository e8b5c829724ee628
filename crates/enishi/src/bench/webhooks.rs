//! Webhooks: answered after the commit, applied, answered with a reply; also while a million recipients are written down.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;

use super::rig::{Rig, Wish};
use super::{Bench, Better, Row, load, quantile};

const CONNECTIONS: usize = 64;
const PEOPLE: u32 = 20_000;

/// All rows.
pub async fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    if bench.wants("webhook_ingest") {
        rows.extend(ingest(bench).await?);
    }
    if bench.wants("webhook_during_snapshot") {
        rows.extend(during_snapshot(bench).await?);
    }
    if bench.wants("webhook_reply") {
        rows.push(reply(bench).await?);
    }
    Ok(rows)
}

async fn rule(rig: &Rig) -> Result<()> {
    let template = rig.template("営業時間は10時からです").await?;
    rig.post(
        "rules",
        json!({"name": "営業時間", "trigger": {"on": "keyword", "mode": "contains", "words": ["営業"]},
               "actions": [{"action": "message", "template": template}], "enabled": true}),
    )
    .await?;
    Ok(())
}

/// One in ten matches the rule.
fn text(n: usize) -> String {
    if n.is_multiple_of(10) { "営業時間を教えてください".to_owned() } else { format!("こんにちは {n}") }
}

async fn ingest(bench: &Bench) -> Result<Vec<Row>> {
    let rig = Rig::start(bench, &Wish { people: PEOPLE, imported: PEOPLE, rate_scale: "off", latency_ms: 0 }).await?;
    rule(&rig).await?;
    let users = load::users(&rig, PEOPLE as usize).await?;
    let warm = load::bodies(&rig, &users, 5_000, 0, text);
    load::send(&rig, warm, CONNECTIONS, Duration::from_secs(10)).await?;
    rig.idle().await?;
    let window = Duration::from_secs(bench.seconds);
    let requests = load::bodies(&rig, &users, 12_000 * bench.seconds as usize, 10_000, text);
    let (before, start) = (rig.cost(), Instant::now());
    let mut seen = load::send(&rig, requests, CONNECTIONS, window).await?;
    let rate = seen.ok as f64 / seen.seconds;
    let left = rig.get("status").await?["pending_events"].as_f64().unwrap_or(0.0);
    rig.idle().await?;
    let whole = start.elapsed().as_secs_f64();
    let cost = rig.cost() - before;
    let items = seen.ok as f64;
    let p99 = quantile(&mut seen.times, 0.99);
    let note = format!("p50 {:.1} ms, not 200: {}", quantile(&mut seen.times, 0.5), seen.other);
    Ok(vec![
        Row::goal("webhook_ingest", bench.store, rate, "1/s", 5_000.0, Better::More).cost(&cost, items).note(note),
        Row::goal("webhook_ingest_p99", bench.store, p99, "ms", 200.0, Better::Less),
        Row::plain("webhook_apply", bench.store, items / whole, "1/s"),
        Row::plain("webhook_drain", bench.store, whole - seen.seconds, "s").note(format!("{left} left at the end of the window")),
    ])
}

async fn during_snapshot(bench: &Bench) -> Result<Vec<Row>> {
    let rig =
        Rig::start(bench, &Wish { people: bench.friends, imported: bench.friends, rate_scale: "0.01", latency_ms: 0 }).await?;
    rule(&rig).await?;
    let users = load::users(&rig, PEOPLE as usize).await?;
    let requests = load::bodies(&rig, &users, 12_000 * bench.seconds as usize, 0, text);
    let template = rig.template("お知らせ").await?;
    let id = rig.broadcast(&template).await?;
    let start = Instant::now();
    let watch = async {
        loop {
            let state = rig.get(&format!("broadcasts/{id}")).await?["state"].as_str().unwrap_or_default().to_owned();
            if state != "scheduled" && state != "snapshotting" {
                return anyhow::Ok(start.elapsed().as_secs_f64());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let sending = load::send(&rig, requests, CONNECTIONS, Duration::from_secs(bench.seconds));
    let (seen, snapshot) = tokio::join!(sending, watch);
    let (mut seen, snapshot) = (seen?, snapshot?);
    let p99 = quantile(&mut seen.times, 0.99);
    let rate = seen.ok as f64 / seen.seconds;
    Ok(vec![
        Row::goal("webhook_during_snapshot", bench.store, rate, "1/s", 5_000.0, Better::More)
            .note(format!("snapshot of {} took {snapshot:.1} s", bench.friends)),
        Row::goal("webhook_during_snapshot_p99", bench.store, p99, "ms", 200.0, Better::Less),
    ])
}

/// From the webhook's first byte to the reply LINE took, one after the other on an otherwise quiet system.
async fn reply(bench: &Bench) -> Result<Row> {
    let rig = Rig::start(bench, &Wish { people: 1_000, imported: 1_000, rate_scale: "off", latency_ms: 0 }).await?;
    rule(&rig).await?;
    let mut times = Vec::new();
    for n in 0..200u32 {
        let before = rig.accepted("reply").await?;
        let start = Instant::now();
        rig.sim("say", json!({"user": n % 1_000, "text": "営業時間は?"})).await?;
        while rig.accepted("reply").await? == before {
            anyhow::ensure!(start.elapsed() < Duration::from_secs(10), "no reply came");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(Row::goal("webhook_reply_p95", bench.store, quantile(&mut times, 0.95), "ms", 300.0, Better::Less))
}
