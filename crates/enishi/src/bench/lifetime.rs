//! The mathematics of lifetime value at the size of a large shop. Needs no server: rows of the machine.

use std::time::Instant;

use anyhow::{Context, Result};
use ltv::purchase::{Grouped, History, Model, fit, score};
use ltv::recommend::{Ease, Ridge};
use ltv::synth::{Customer, Process, Season, Shop, Spend, goods};

use super::{Better, Row};

const CUSTOMERS: u64 = 1_000_000;

/// From the shop's first day to the end of the observation.
const WEEKS: f64 = 104.0;

/// r, α, a, b near those of CDNOW (Fader, Hardie & Lee 2005), weeks.
const TRUTH: [f64; 4] = [0.25, 4.4, 0.8, 2.4];

/// All rows: `ltv_fit_bgnbd`, `ltv_fit_pnbd`, `ltv_score`, `ltv_ease`. `wanted` says whether a row was asked for.
pub fn rows(wanted: impl Fn(&str) -> bool) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    if wanted("ltv_ease") {
        rows.push(ease()?);
    }
    if !["ltv_fit_bgnbd", "ltv_fit_pnbd", "ltv_score"].into_iter().any(&wanted) {
        return Ok(rows);
    }
    let histories = customers()?;
    for (name, model, goal) in [("ltv_fit_bgnbd", Model::BgNbd, 2.0), ("ltv_fit_pnbd", Model::ParetoNbd, 40.0)] {
        if wanted(name) {
            rows.push(fitted(name, model, goal, &histories)?);
        }
    }
    if wanted("ltv_score") {
        let found = fit(Model::MbgNbd, &Grouped::new(&histories)).ok().context("made-up customers fit")?;
        let start = Instant::now();
        let scores = score(&found.parameters, &histories, 52.0);
        let seconds = start.elapsed().as_secs_f64();
        let row = Row::goal("ltv_score", "machine", seconds, "s", 3.0, Better::Less);
        rows.push(row.limited_by("CPU").note(format!("MBG/NBD, {} customers", scores.len())));
    }
    Ok(rows)
}

fn fitted(name: &str, model: Model, goal: f64, histories: &[History]) -> Result<Row> {
    let start = Instant::now();
    let found = fit(model, &Grouped::new(histories)).ok().context("made-up customers fit")?;
    let seconds = start.elapsed().as_secs_f64();
    let values: Vec<String> = found.parameters.values().iter().map(|value| format!("{value:.3}")).collect();
    let note = format!("grouping included; {} (BG/NBD truth {TRUTH:?})", values.join(" "));
    Ok(Row::goal(name, "machine", seconds, "s", goal, Better::Less).limited_by("CPU").note(note))
}

/// Customers of the made-up shop who are known at its end; times are rounded up to days, as shops have them.
fn customers() -> Result<Vec<History>> {
    let [r, alpha, a, b] = TRUTH;
    let shop = Shop {
        process: Process::BgNbd { r, alpha, a, b },
        spend: Spend { p: 6.0, q: 4.0, v: 15.0 },
        season: Season::NONE,
        entry_weeks: 94.0,
        end: WEEKS,
    };
    Ok(shop.customers(1, CUSTOMERS)?.filter_map(|customer| history(&customer)).collect())
}

fn history(customer: &Customer) -> Option<History> {
    let first = customer.orders.first()?.week;
    let mut days: Vec<u32> = customer.orders.iter().map(|order| ((order.week - first) * 7.0).ceil() as u32).collect();
    days.dedup();
    let last = f64::from(*days.last()?) / 7.0;
    History::new(u32::try_from(days.len()).ok()? - 1, last, (WEEKS - first).max(last)).ok()
}

/// EASE of as many items as it takes, in a shop where tastes go in groups.
fn ease() -> Result<Row> {
    let shelves = goods::Shelves {
        customers: 50_000,
        days: 365,
        staples: Vec::new(),
        groups: 200,
        group_size: 25,
        visits: 12.0,
        loyalty: 0.7,
    };
    let made = shelves.make(1);
    let start = Instant::now();
    let found = Ease::fit(&made.log, Ridge::default())?;
    let seconds = start.elapsed().as_secs_f64();
    let note = format!("{} items, {} lines", found.items().len(), made.log.lines().len());
    Ok(Row::goal("ltv_ease", "machine", seconds, "s", 60.0, Better::Less).limited_by("CPU").note(note))
}
