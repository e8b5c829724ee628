//! Sending: personal bodies one by one, the same body to a million.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;

use super::rig::{Rig, Wish};
use super::{Bench, Better, Row, quantile};

/// All rows.
pub async fn rows(bench: &Bench) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    if bench.wants("push_unlimited") {
        rows.extend(push_unlimited(bench).await?);
    }
    if bench.wants("push_at_limit") {
        rows.extend(push_at_limit(bench).await?);
    }
    if bench.wants("multicast_million") {
        rows.extend(multicast_million(bench).await?);
    }
    Ok(rows)
}

/// Sends LINE took between the first and the last second of the window, without its ends.
async fn rate_of(rig: &Rig, endpoint: &str, window: Duration) -> Result<f64> {
    while rig.accepted(endpoint).await? == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (from, start) = (rig.accepted(endpoint).await?, Instant::now());
    tokio::time::sleep(window).await;
    let to = rig.accepted(endpoint).await?;
    Ok((to - from) as f64 / start.elapsed().as_secs_f64())
}

async fn push_unlimited(bench: &Bench) -> Result<Vec<Row>> {
    let people = u32::try_from(bench.seconds * 12_000).unwrap_or(240_000).max(20_000);
    let rig = Rig::start(bench, &Wish { people, imported: people, rate_scale: "off", latency_ms: 0 }).await?;
    rig.sim("faults", json!({"rates": "off"})).await?;
    let template = rig.template("{{name|お客様}}さんへ、季節のご案内です").await?;
    let (before, start) = (rig.cost(), Instant::now());
    rig.broadcast(&template).await?;
    rig.idle().await?;
    let seconds = start.elapsed().as_secs_f64();
    let sent = rig.accepted("push").await? as f64;
    let cost = rig.cost() - before;
    let cpu = cost.cpu_s * 1e6 / sent.max(1.0);
    Ok(vec![
        Row::goal("push_unlimited", bench.store, sent / seconds, "1/s", 10_000.0, Better::More)
            .cost(&cost, sent)
            .note(format!("{sent} sends, snapshot included")),
        Row::goal("push_unlimited_cpu", bench.store, cpu, "µs", 100.0, Better::Less),
    ])
}

async fn push_at_limit(bench: &Bench) -> Result<Vec<Row>> {
    let people = u32::try_from(bench.seconds * 2_000 + 20_000).unwrap_or(60_000);
    let rig = Rig::start(bench, &Wish { people, imported: people, rate_scale: "1", latency_ms: 150 }).await?;
    let template = rig.template("{{name|お客様}}さんへ、季節のご案内です").await?;
    let answer = rig.template("営業時間は10時からです").await?;
    rig.post(
        "rules",
        json!({"name": "営業時間", "trigger": {"on": "keyword", "mode": "contains", "words": ["営業"]}, "actions": [{"action": "message", "template": answer}], "enabled": true}),
    )
    .await?;
    rig.broadcast(&template).await?;
    let chat = async {
        let mut times = Vec::new();
        while rig.accepted("push").await? == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let end = Instant::now() + Duration::from_secs(bench.seconds);
        let mut n = 0u32;
        while Instant::now() < end {
            let before = rig.accepted("reply").await?;
            let start = Instant::now();
            rig.sim("say", json!({"user": people - 1 - n, "text": "営業時間は?"})).await?;
            n += 1;
            while rig.accepted("reply").await? == before {
                anyhow::ensure!(start.elapsed() < Duration::from_secs(20), "no reply came");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            times.push(start.elapsed().as_secs_f64());
        }
        anyhow::Ok(times)
    };
    let (rate, chat) = tokio::join!(rate_of(&rig, "push", Duration::from_secs(bench.seconds)), chat);
    let (rate, mut chat) = (rate?, chat?);
    Ok(vec![
        Row::goal("push_at_limit", bench.store, rate, "1/s", 0.98 * 2_000.0, Better::More)
            .limited_by("LINE's limit of 2,000/s, 150 ms latency"),
        Row::goal("chat_during_push_p95", bench.store, quantile(&mut chat, 0.95), "s", 1.0, Better::Less)
            .note(format!("{} answers", chat.len())),
    ])
}

async fn multicast_million(bench: &Bench) -> Result<Vec<Row>> {
    let rig = Rig::start(bench, &Wish { people: bench.friends, imported: bench.friends, rate_scale: "1", latency_ms: 0 }).await?;
    let template = rig.template("本日より新しい豆が入りました").await?;
    let (before, start) = (rig.cost(), Instant::now());
    let id = rig.broadcast(&template).await?;
    while rig.accepted("multicast").await? == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let (first, begun) = (start.elapsed().as_secs_f64(), Instant::now());
    rig.idle().await?;
    let seconds = begun.elapsed().as_secs_f64();
    let requests = rig.accepted("multicast").await? as f64;
    let cost = rig.cost() - before;
    let counts = rig.get(&format!("broadcasts/{id}")).await?;
    let accepted = counts["counts"]["accepted"].as_f64().context("counts")?;
    Ok(vec![
        Row::goal("multicast_million", bench.store, requests / seconds, "req/s", 0.98 * 200.0, Better::More)
            .limited_by("LINE's limit of 200 requests/s")
            .cost(&cost, accepted)
            .note(format!(
                "{accepted} recipients accepted; first request after {first:.1} s, all after {:.1} s",
                first + seconds
            )),
        Row::goal("multicast_million_rss", bench.store, cost.rss_anon_peak_mb, "MB", 300.0, Better::Less),
    ])
}
