//! `enishi experiment compare`.

use clap::Args;
use ltv::experiment::{Fault, Moments, difference, relative};
use serde::Serialize;

use super::{Certainty, Difference, words};
use crate::{Console, Failure};

/// Its arguments.
#[derive(Args, Debug)]
pub struct Compare {
    /// Customers in arm A.
    #[arg(long, value_name = "N")]
    n_a: u64,
    /// Sum of the outcome over arm A.
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    sum_a: f64,
    /// Sum of its squares over arm A.
    #[arg(long, value_name = "Q")]
    sumsq_a: f64,
    /// Customers in arm B.
    #[arg(long, value_name = "N")]
    n_b: u64,
    /// Sum of the outcome over arm B.
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    sum_b: f64,
    /// Sum of its squares over arm B.
    #[arg(long, value_name = "Q")]
    sumsq_b: f64,
    /// (B − A)/A instead of B − A (delta method).
    #[arg(long)]
    relative: bool,
    #[command(flatten)]
    certainty: Certainty,
}

#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    difference: Difference,
    scale: &'static str,
    method: &'static str,
    alpha: f64,
    arms: [Arm; 2],
}

#[derive(Serialize)]
struct Arm {
    n: u64,
    mean: f64,
    std_dev: f64,
}

pub(super) fn run(command: &Compare, console: &mut Console<'_>) -> Result<(), Failure> {
    command.certainty.check()?;
    let a = moments("A", command.n_a, command.sum_a, command.sumsq_a)?;
    let b = moments("B", command.n_b, command.sum_b, command.sumsq_b)?;
    let report = report(command, &a, &b).map_err(|fault| Failure::Use(words::of(fault)))?;
    console.json(&report)
}

fn moments(arm: &str, n: u64, sum: f64, squares: f64) -> Result<Moments, Failure> {
    let refused = |fault| Failure::Use(words::of_arm(arm, fault));
    let moments = Moments::from_sums(n, sum, squares).map_err(refused)?;
    moments.level().map_err(refused)?;
    Ok(moments)
}

fn report(command: &Compare, a: &Moments, b: &Moments) -> Result<Report, Fault> {
    let estimate = if command.relative { relative } else { difference }(&a.level()?, &b.level()?)?;
    let arm = |moments: &Moments| -> Result<Arm, Fault> {
        Ok(Arm { n: moments.n(), mean: moments.mean(), std_dev: moments.variance()?.sqrt() })
    };
    Ok(Report {
        difference: estimate.answer(command.certainty.looks(), command.certainty.alpha)?.into(),
        scale: if command.relative { "relative" } else { "absolute" },
        method: command.certainty.method(),
        alpha: command.certainty.alpha,
        arms: [arm(a)?, arm(b)?],
    })
}
