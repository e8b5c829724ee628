//! `enishi experiment power`.

use clap::Args;
use ltv::experiment::{Decision, Design, Fault, Outlook, Progress};
use serde::Serialize;

use super::{Certainty, words};
use crate::words as say;
use crate::{Console, Failure};

/// Its arguments.
#[derive(Args, Debug)]
pub struct Power {
    /// Mean outcome per customer without the message: a rate between 0 and 1, or money with --sd.
    #[arg(long, value_name = "MEAN", allow_negative_numbers = true)]
    baseline: f64,
    /// Standard deviation of the outcome per customer; without it the baseline is a rate.
    #[arg(long, value_name = "SD")]
    sd: Option<f64>,
    /// Share of customers held back.
    #[arg(long, default_value_t = 0.1, value_name = "SHARE")]
    holdout: f64,
    /// Customers in both arms.
    #[arg(long, value_name = "N", required_unless_present = "effect")]
    n: Option<u64>,
    /// Effect that is to be seen, absolute, in the outcome's unit (0.01 = one percentage point).
    #[arg(long, value_name = "DIFFERENCE", allow_negative_numbers = true)]
    effect: Option<f64>,
    /// Customers who join per day, for the days.
    #[arg(long, value_name = "N", requires = "effect")]
    per_day: Option<f64>,
    /// Chance to see an effect that is there.
    #[arg(long, default_value_t = 0.8, value_name = "SHARE")]
    power: f64,
    /// The difference seen so far with its standard error, DIFFERENCE,SE: says whether there is a verdict already.
    #[arg(long, value_name = "DIFFERENCE,SE", requires_all = ["n", "effect"], value_parser = so_far, allow_hyphen_values = true)]
    so_far: Option<(f64, f64)>,
    #[command(flatten)]
    certainty: Certainty,
}

fn so_far(text: &str) -> Result<(f64, f64), String> {
    let (difference, error) = text.split_once(',').ok_or("DIFFERENCE,SE")?;
    let number = |text: &str| text.trim().parse::<f64>().map_err(|_| "DIFFERENCE,SE".to_owned());
    Ok((number(difference)?, number(error)?))
}

#[derive(Serialize, Default)]
struct Report {
    method: &'static str,
    alpha: f64,
    power: f64,
    holdout: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    detectable: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detectable_relative: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n_needed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
}

pub(super) fn run(command: &Power, console: &mut Console<'_>) -> Result<(), Failure> {
    check(command)?;
    let report = report(command).map_err(|fault| Failure::Use(words::of(fault)))?;
    if command.effect.is_some() && report.n_needed.is_none() && report.verdict.is_none() {
        return Err(Failure::Failed(say!(
            "no number of customers up to ten thousand million shows such an effect",
            "100億人いても、この差は確かめられません"
        )));
    }
    console.json(&report)
}

/// # Errors
/// An argument outside what it may be, by its name.
fn check(command: &Power) -> Result<(), Failure> {
    command.certainty.check()?;
    words::share("--holdout", command.holdout)?;
    words::share("--power", command.power)?;
    command.n.map_or(Ok(()), |n| words::positive("--n", n as f64))?;
    let baseline = command.baseline;
    match command.sd {
        Some(sd) => words::positive("--sd", sd),
        None if baseline > 0.0 && baseline < 1.0 => Ok(()),
        None => Err(Failure::Use(say!(
            "--baseline {baseline} is no rate between 0 and 1; for money, give its standard deviation with --sd",
            "--baseline {baseline} は0と1の間の率ではありません。金額の場合は --sd で標準偏差を指定してください"
        ))),
    }
}

fn report(command: &Power) -> Result<Report, Fault> {
    let design = design(command)?;
    let mut report = Report {
        method: command.certainty.method(),
        alpha: command.certainty.alpha,
        power: command.power,
        holdout: command.holdout,
        ..Report::default()
    };
    if let Some(n) = command.n {
        let detectable = design.detectable(n as f64)?;
        report.detectable = Some(detectable);
        report.detectable_relative = (command.baseline > 0.0).then(|| detectable / command.baseline);
    }
    if let Some(effect) = command.effect {
        report.n_needed = design.needed(effect)?;
        if let (Some(needed), Some(n)) = (report.n_needed, command.n.or(command.per_day.map(|_| 0))) {
            report.more = Some(needed.saturating_sub(n));
        }
        if let (Some(so_far), Some(n)) = (command.so_far, command.n) {
            judge(command, so_far, n, effect, &mut report)?;
        }
    }
    if let (Some(more), Some(per_day)) = (report.more, command.per_day) {
        report.days = (per_day > 0.0).then(|| (more as f64 / per_day).ceil());
    }
    Ok(report)
}

fn design(command: &Power) -> Result<Design, Fault> {
    let (sent, looks) = (1.0 - command.holdout, command.certainty.looks());
    match command.sd {
        None => Design::of_rate(command.baseline, sent, command.certainty.alpha, command.power, looks),
        Some(sd) => Ok(Design {
            deviation_first: sd,
            deviation_second: sd,
            second_share: sent,
            alpha: command.certainty.alpha,
            power: command.power,
            looks,
        }),
    }
}

fn judge(command: &Power, (value, std_error): (f64, f64), n: u64, effect: f64, report: &mut Report) -> Result<(), Fault> {
    let now = ltv::experiment::Estimate { value, variance: std_error * std_error, n, freedom: n as f64 };
    let progress = Progress {
        now,
        worthwhile: effect.abs(),
        per_day: command.per_day.unwrap_or(0.0),
        alpha: command.certainty.alpha,
        power: command.power,
        looks: command.certainty.looks(),
    };
    match progress.outlook()? {
        Outlook::Decided(decision) => {
            report.verdict = Some(match decision {
                Decision::Helps => "helps",
                Decision::Harms => "harms",
                Decision::DoesNotMatter => "does not matter",
            });
            report.more = Some(0);
        }
        Outlook::After { more, .. } => {
            report.verdict = Some("open");
            report.more = Some(more);
        }
        Outlook::Never => {
            report.verdict = Some("out of reach");
            report.more = None;
        }
    }
    Ok(())
}
