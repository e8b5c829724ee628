//! The mathematics of lifetime value at the size of a large shop. Needs no server: rows of the machine.
//!
//! Still to come: `ltv_ease`, when EASE stands in `ltv::recommend`; and `ltv::synth` in place of the draws below.

use std::time::Instant;

use anyhow::{Context, Result};
use ltv::purchase::{Grouped, History, Model, fit, score};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::{Better, Row};

const CUSTOMERS: usize = 1_000_000;

/// r, α, a, b of CDNOW (Fader, Hardie & Lee 2005), weeks.
const TRUTH: [f64; 4] = [0.25, 4.4, 0.8, 2.4];

/// All rows: `ltv_fit_bgnbd`, `ltv_fit_pnbd`, `ltv_score`. `wanted` says whether a row was asked for.
pub fn rows(wanted: impl Fn(&str) -> bool) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    if !["ltv_fit_bgnbd", "ltv_fit_pnbd", "ltv_score"].into_iter().any(&wanted) {
        return Ok(rows);
    }
    let histories = customers();
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

/// BG/NBD customers watched for 10 to 104 weeks; times are rounded up to days, as shops have them.
fn customers() -> Vec<History> {
    let mut rng = StdRng::seed_from_u64(1);
    (0..CUSTOMERS).filter_map(|_| customer(&mut rng)).collect()
}

fn customer(rng: &mut StdRng) -> Option<History> {
    let [r, alpha, a, b] = TRUTH;
    let days = f64::from(rng.random_range(70..728_u32));
    let rate = gamma(rng, r) / (7.0 * alpha);
    let (left, right) = (gamma(rng, a), gamma(rng, b));
    let leaves = left / (left + right);
    let (mut age, mut last, mut x) = (0.0, 0.0, 0);
    loop {
        age += -(1.0 - rng.random::<f64>()).ln() / rate.max(f64::MIN_POSITIVE);
        if age.ceil() > days {
            break;
        }
        (x, last) = (x + 1, age.ceil());
        if rng.random::<f64>() < leaves {
            break;
        }
    }
    History::new(x, last / 7.0, days / 7.0).ok()
}

/// Gamma(shape, 1) after Marsaglia & Tsang (2000).
fn gamma(rng: &mut StdRng, shape: f64) -> f64 {
    if shape < 1.0 {
        let root = rng.random::<f64>().powf(1.0 / shape);
        return gamma(rng, shape + 1.0) * root;
    }
    let d = shape - 1.0 / 3.0;
    loop {
        let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
        let normal = radius * (std::f64::consts::TAU * rng.random::<f64>()).cos();
        let v = (1.0 + normal / (9.0 * d).sqrt()).powi(3);
        if v > 0.0 && (1.0 - rng.random::<f64>()).ln() < 0.5 * normal * normal + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}
