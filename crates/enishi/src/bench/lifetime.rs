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

/// Estimates further from the truth than this, in standard errors, are wrong and not unlucky: eight parameters stay within it
/// in all but one of 2,000 worlds.
const LUCK: f64 = 4.0;

/// A model, the world it is fitted to, and what the fit may take.
struct Case {
    /// Row of the time.
    fit: &'static str,
    /// Row of the recovery.
    recovery: &'static str,
    model: Model,
    process: Process,
    /// The process's parameters in the order of the model's names.
    truth: [f64; 4],
    seconds: f64,
}

/// Parameters near those of CDNOW (Fader, Hardie & Lee 2005), weeks; each model in a world of its own.
const CASES: [Case; 2] = [
    Case {
        fit: "ltv_fit_bgnbd",
        recovery: "ltv_recover_bgnbd",
        model: Model::BgNbd,
        process: Process::BgNbd { r: 0.25, alpha: 4.4, a: 0.8, b: 2.4 },
        truth: [0.25, 4.4, 0.8, 2.4],
        seconds: 2.0,
    },
    Case {
        fit: "ltv_fit_pnbd",
        recovery: "ltv_recover_pnbd",
        model: Model::ParetoNbd,
        process: Process::ParetoNbd { r: 0.55, alpha: 10.6, s: 0.6, beta: 11.7 },
        truth: [0.55, 10.6, 0.6, 11.7],
        seconds: 40.0,
    },
];

/// All rows: `ltv_fit_bgnbd`, `ltv_recover_bgnbd`, `ltv_fit_pnbd`, `ltv_recover_pnbd`, `ltv_score`, `ltv_ease`. `wanted` says
/// whether a row was asked for.
pub fn rows(wanted: impl Fn(&str) -> bool) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    if wanted("ltv_ease") {
        rows.push(ease()?);
    }
    for case in &CASES {
        if wanted(case.fit) || wanted(case.recovery) {
            rows.extend(fitted(case)?);
        }
    }
    if wanted("ltv_score") {
        rows.push(scored()?);
    }
    Ok(rows)
}

/// The time of a fit, and how far its worst parameter lies from the truth.
fn fitted(case: &Case) -> Result<[Row; 2]> {
    let histories = customers(case.process)?;
    let start = Instant::now();
    let found = fit(case.model, &Grouped::new(&histories)).ok().context("made-up customers fit")?;
    let seconds = start.elapsed().as_secs_f64();
    let errors = found.standard_errors.context("a maximum inside")?;
    let estimates: Vec<(f64, f64)> = found.parameters.values().into_iter().zip(errors).collect();
    let worst = estimates.iter().zip(case.truth).map(|((value, error), truth)| (value - truth).abs() / error).fold(0.0, f64::max);
    let said: Vec<String> = estimates.iter().map(|(value, error)| format!("{value:.3} ± {error:.3}")).collect();
    let time = Row::goal(case.fit, "machine", seconds, "s", case.seconds, Better::Less).limited_by("CPU");
    let recovery = Row::goal(case.recovery, "machine", worst, "standard errors", LUCK, Better::Less).limited_by("chance");
    Ok([
        time.note(format!("{} customers, grouping included", histories.len())),
        recovery.note(format!("{}; truth {:?}", said.join(", "), case.truth)),
    ])
}

fn scored() -> Result<Row> {
    let histories = customers(CASES[0].process)?;
    let found = fit(Model::MbgNbd, &Grouped::new(&histories)).ok().context("made-up customers fit")?;
    let start = Instant::now();
    let scores = score(&found.parameters, &histories, 52.0);
    let seconds = start.elapsed().as_secs_f64();
    let row = Row::goal("ltv_score", "machine", seconds, "s", 3.0, Better::Less);
    Ok(row.limited_by("CPU").note(format!("MBG/NBD, {} customers", scores.len())))
}

/// Customers of the made-up shop who are known at its end. Times are exact: rounded to days they would no longer follow the
/// process, and a million of them show it (α is then 4.6 instead of 4.4, eleven standard errors off).
fn customers(process: Process) -> Result<Vec<History>> {
    let shop = Shop { process, spend: Spend { p: 6.0, q: 4.0, v: 15.0 }, season: Season::NONE, entry_weeks: 94.0, end: WEEKS };
    let history = |customer: Customer| {
        let known = customer.summary(WEEKS)?;
        History::new(known.x, known.t_x, known.age).ok()
    };
    Ok(shop.customers(1, CUSTOMERS)?.filter_map(history).collect())
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
