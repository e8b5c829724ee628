//! `enishi bench`: the figures that stand in the issues and the README, measured on this machine beside what the machine
//! itself can do. Writes `bench.json` into the target folder.
//!
//! Each row starts its own simulator and server as processes; the load comes from this one. All three share the machine's
//! cores, so a figure is what a small server reaches with LINE and its customers sitting on the same box.

mod broadcasts;
mod calibrate;
mod friends;
mod lifetime;
mod load;
mod rig;
mod walks;
mod webhooks;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Serialize;

use crate::say;

/// Which rows.
#[derive(Args)]
pub struct BenchArgs {
    /// Only rows whose name begins so.
    #[arg(long)]
    row: Option<String>,
    /// sqlite, postgres or both; PostgreSQL needs BENCH_DATABASE_URL (an empty database that may be filled).
    #[arg(long, default_value = "both")]
    store: String,
    /// Seconds of each window.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Friends in the large rows.
    #[arg(long, default_value_t = 1_000_000)]
    friends: u32,
    /// Where to write the JSON; left out: bench.json in the target folder.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What.
    pub name: String,
    /// `sqlite`, `postgres` or `machine`.
    pub store: String,
    /// The figure.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// The budget, if there is one.
    pub goal: Option<f64>,
    /// Whether the budget is kept; `None` without one.
    pub pass: Option<bool>,
    /// The limit it runs into, or how busy machine and server were.
    pub bound_by: String,
    /// The server's CPU time for one item, µs.
    pub cpu_us_per_item: Option<f64>,
    /// The server's peak of anonymous memory, MB.
    pub rss_anon_peak_mb: Option<f64>,
    /// What else was seen.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Whether more or less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// At least the goal.
    More,
    /// At most the goal.
    Less,
}

impl Row {
    /// A figure with a budget.
    pub fn goal(name: &str, store: &str, value: f64, unit: &str, goal: f64, better: Better) -> Self {
        let pass = match better {
            Better::More => value >= goal,
            Better::Less => value <= goal,
        };
        Self { goal: Some(goal), pass: Some(pass), ..Self::plain(name, store, value, unit) }
    }

    /// A figure without one.
    pub fn plain(name: &str, store: &str, value: f64, unit: &str) -> Self {
        Self {
            name: name.to_owned(),
            store: store.to_owned(),
            value: (value * 1000.0).round() / 1000.0,
            unit: unit.to_owned(),
            goal: None,
            pass: None,
            bound_by: String::new(),
            cpu_us_per_item: None,
            rss_anon_peak_mb: None,
            note: String::new(),
        }
    }

    /// With the limit that it runs into when it keeps its budget.
    #[must_use]
    pub fn limited_by(mut self, what: &str) -> Self {
        if self.pass == Some(true) {
            self.bound_by = what.to_owned();
        }
        self
    }

    /// With what else was seen.
    #[must_use]
    pub fn note(mut self, note: String) -> Self {
        self.note = note;
        self
    }

    /// With what it cost the server.
    #[must_use]
    pub fn cost(mut self, cost: &rig::Cost, items: f64) -> Self {
        self.cpu_us_per_item = (items > 0.0).then(|| (cost.cpu_s * 1e6 / items * 10.0).round() / 10.0);
        self.rss_anon_peak_mb = Some(cost.rss_anon_peak_mb);
        if self.bound_by.is_empty() {
            self.bound_by = cost.load();
        }
        self
    }
}

/// What every row is given.
pub struct Bench {
    /// Seconds of a window.
    pub seconds: u64,
    /// Friends in large rows.
    pub friends: u32,
    /// The store's name.
    pub store: &'static str,
    /// PostgreSQL's address; `None` for SQLite.
    pub database_url: Option<String>,
    wanted: Option<String>,
}

impl Bench {
    /// Whether a row was asked for.
    pub fn wants(&self, name: &str) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| name.starts_with(wanted.as_str()))
    }
}

/// Runs the rows and prints their table.
pub async fn run(args: BenchArgs) -> Result<()> {
    let mut rows = calibrate::rows()?;
    rows.extend(lifetime::rows(|name| args.row.as_ref().is_none_or(|wanted| name.starts_with(wanted.as_str())))?);
    for (store, database_url) in stores(&args)? {
        let bench = Bench { seconds: args.seconds, friends: args.friends, store, database_url, wanted: args.row.clone() };
        rows.extend(webhooks::rows(&bench).await?);
        rows.extend(broadcasts::rows(&bench).await?);
        rows.extend(walks::rows(&bench).await?);
        rows.extend(friends::rows(&bench).await?);
    }
    let out = args.out.unwrap_or_else(default_out);
    if let Some(folder) = out.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&out, serde_json::to_vec_pretty(&rows)?).with_context(|| out.display().to_string())?;
    table(&rows)?;
    say(format_args!("→ {}", out.display()))
}

fn stores(args: &BenchArgs) -> Result<Vec<(&'static str, Option<String>)>> {
    let postgres = std::env::var("BENCH_DATABASE_URL").ok().map(|url| ("postgres", Some(url)));
    Ok(match args.store.as_str() {
        "sqlite" => vec![("sqlite", None)],
        "postgres" => vec![postgres.context("BENCH_DATABASE_URL にPostgreSQLの空のデータベースを指定してください")?],
        "both" => std::iter::once(("sqlite", None)).chain(postgres).collect(),
        other => bail!("--store {other}: sqlite, postgres, both のどれかです"),
    })
}

fn default_out() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    target.join("bench.json")
}

fn table(rows: &[Row]) -> Result<()> {
    say(format_args!(
        "{:<38} {:<9} {:>12} {:<8} {:>10} {:<5} {:>9} {:>8}  {}",
        "row", "store", "value", "unit", "goal", "", "µs/item", "MB", "bound by"
    ))?;
    for row in rows {
        let goal = row.goal.map(|goal| goal.to_string()).unwrap_or_default();
        let pass = match row.pass {
            Some(true) => "✓",
            Some(false) => "✗",
            None => "",
        };
        let number = |value: Option<f64>| value.map(|value| format!("{value:.1}")).unwrap_or_default();
        say(format_args!(
            "{:<38} {:<9} {:>12.1} {:<8} {goal:>10} {pass:<5} {:>9} {:>8}  {} {}",
            row.name,
            row.store,
            row.value,
            row.unit,
            number(row.cpu_us_per_item),
            number(row.rss_anon_peak_mb),
            row.bound_by,
            row.note
        ))?;
    }
    Ok(())
}

/// The p-quantile of unsorted figures; 0 when there are none.
pub fn quantile(values: &mut [f64], p: f64) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * p).round() as usize]
}
