//! `enishi experiment analyse`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use ltv::experiment::{
    Fault as Refused, Level, PairMoments, SplitCheck, Winsor, adjust, cap_at, check_split, difference, holm, relative,
};
use serde::Serialize;

use super::{Certainty, Difference, words};
use crate::failure::Fault;
use crate::input::Input;
use crate::words as say;
use crate::{Console, Failure};

/// More arms than this are no arms: the column is another.
const MOST_ARMS: usize = 20;
/// An arm with fewer outcomes other than zero has an interval that cannot be trusted.
const FEW_OUTCOMES: u64 = 10;
/// Names under which shops keep the arm that was left alone.
const CONTROLS: [&str; 6] = ["control", "holdout", "held", "対照", "対照群", "ホールドアウト"];

/// Its arguments.
#[derive(Args, Debug)]
pub struct Analyse {
    /// CSV with a header (UTF-8 or Shift_JIS), one row per customer; - for standard input.
    file: PathBuf,
    /// Column of the arm's name.
    #[arg(long, value_name = "COL")]
    arm: String,
    /// Column of the outcome per customer, 0 for nothing.
    #[arg(long, value_name = "COL")]
    outcome: String,
    /// Column of a number known before the experiment (spend before, predicted value): less chance by CUPED.
    #[arg(long, value_name = "COL")]
    covariate: Option<String>,
    /// Column of the customer: refuses a file that names one twice.
    #[arg(long, value_name = "COL")]
    customer: Option<String>,
    /// The arm that was left alone; else the one called control or holdout, else the first by name.
    #[arg(long, value_name = "ARM")]
    control: Option<String>,
    /// Share an arm was to have, for the sample-ratio check; one per arm.
    #[arg(long = "share", value_name = "ARM=SHARE", value_parser = share)]
    shares: Vec<(String, f64)>,
    /// Holds outcomes at this quantile from both ends (0.001: at the 99.9 % and 0.1 % quantile of all arms together).
    #[arg(long, value_name = "SHARE")]
    winsorise: Option<f64>,
    #[command(flatten)]
    certainty: Certainty,
}

fn share(text: &str) -> Result<(String, f64), String> {
    let (arm, share) = text.rsplit_once('=').ok_or("ARM=SHARE")?;
    Ok((arm.to_owned(), share.parse().map_err(|_| "ARM=SHARE")?))
}

#[derive(Serialize)]
struct Report {
    control: String,
    valid: bool,
    method: &'static str,
    alpha: f64,
    arms: Vec<ArmReport>,
    split: Option<Split>,
    winsorised: Option<Bounds>,
    comparisons: Vec<Comparison>,
    cautions: Vec<String>,
}

#[derive(Serialize)]
struct ArmReport {
    arm: String,
    n: u64,
    mean: f64,
    std_dev: f64,
    not_zero: u64,
}

#[derive(Serialize)]
struct Split {
    chi_square: f64,
    p_value: f64,
    broken: bool,
}

#[derive(Serialize)]
struct Bounds {
    low: f64,
    high: f64,
}

#[derive(Serialize)]
struct Comparison {
    arm: String,
    #[serde(flatten)]
    difference: Difference,
    #[serde(skip_serializing_if = "Option::is_none")]
    p_value_holm: Option<f64>,
    relative: Option<Difference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cuped: Option<CupedReport>,
}

#[derive(Serialize)]
struct CupedReport {
    theta: f64,
    variance_explained: f64,
    #[serde(flatten)]
    difference: Difference,
}

#[derive(Default)]
struct Arm {
    /// Outcome and covariate.
    pair: PairMoments,
    not_zero: u64,
    /// On which it stands first.
    line: u64,
}

struct Customer {
    line: u64,
    arm: String,
    outcome: f64,
    covariate: f64,
}

pub(super) fn run(command: &Analyse, console: &mut Console<'_>) -> Result<(), Failure> {
    command.certainty.check()?;
    let customers = read(command)?;
    let refused = |fault| refused(command, fault);
    let bounds = match command.winsorise {
        Some(tail) => Some(cap_at(customers.iter().map(|one| one.outcome), tail).map_err(refused)?),
        None => None,
    };
    let arms = dealt(&customers, bounds);
    let control = control(command, &arms)?;
    enough(command, &arms)?;
    let split = split(command, &arms)?;
    let (names, levels, cuped) = levels(command, &arms, &control).map_err(refused)?;
    let mut comparisons = Vec::new();
    for at in 1..names.len() {
        comparisons
            .push(comparison(command, &names[at], [&levels[0], &levels[at]], cuped.as_ref().map(|c| (c, at))).map_err(refused)?);
    }
    correct(&mut comparisons);
    console.json(&Report {
        valid: split.is_none_or(|split| !split.broken),
        method: command.certainty.method(),
        alpha: command.certainty.alpha,
        arms: arms.iter().map(|(name, arm)| described(name, arm)).collect::<Result<_, _>>().map_err(refused)?,
        split: split.map(|SplitCheck { chi_square, p_value, broken }| Split { chi_square, p_value, broken }),
        winsorised: bounds.map(|Winsor { low, high }| Bounds { low, high }),
        comparisons,
        cautions: cautions(&arms, console),
        control,
    })
}

/// What the data do not tell, with the column; what was asked wrongly, without.
fn refused(command: &Analyse, fault: Refused) -> Failure {
    match fault {
        Refused::NoSpread | Refused::NotFinite => {
            Failure::fault(&command.file, Fault::cell(1, &command.outcome, words::of(fault)))
        }
        other => words::failure(other),
    }
}

/// # Errors
/// The arms with a single customer, each with the line of that customer.
fn enough(command: &Analyse, arms: &BTreeMap<String, Arm>) -> Result<(), Failure> {
    let alone = arms.iter().filter(|(_, arm)| arm.pair.first.n() < 2);
    let faults: Vec<Fault> = alone
        .map(|(name, arm)| {
            let fault = Refused::TooFew { n: arm.pair.first.n() };
            Fault::cell(arm.line, &command.arm, words::of_arm(name, fault))
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Failure::faults(&command.file, faults)) }
}

fn read(command: &Analyse) -> Result<Vec<Customer>, Failure> {
    let input = Input::read(&command.file)?;
    let [arm, outcome] = input.columns([&command.arm, &command.outcome])?;
    let covariate = command.covariate.as_deref().map(|name| input.column(name)).transpose()?;
    let customer = command.customer.as_deref().map(|name| input.column(name)).transpose()?;
    let mut seen = BTreeMap::new();
    input.rows(|row| {
        if let Some(column) = &customer {
            let name = row.filled(column)?;
            if let Some(before) = seen.insert(name.to_owned(), row.line) {
                let words = say!("{name} stands on line {before} already", "{name} は{before}行目にもあります");
                return Err(Fault::cell(row.line, column.name(), words));
            }
        }
        let covariate = covariate.as_ref().map_or(Ok(0.0), |column| row.number(column))?;
        Ok(Customer { line: row.line, arm: row.filled(&arm)?.to_owned(), outcome: row.number(&outcome)?, covariate })
    })
}

fn dealt(customers: &[Customer], bounds: Option<Winsor>) -> BTreeMap<String, Arm> {
    let mut arms: BTreeMap<String, Arm> = BTreeMap::new();
    for customer in customers {
        let outcome = bounds.map_or(customer.outcome, |bounds| bounds.hold(customer.outcome));
        let arm = arms.entry(customer.arm.clone()).or_insert_with(|| Arm { line: customer.line, ..Arm::default() });
        arm.pair.push(outcome, customer.covariate);
        arm.not_zero += u64::from(outcome != 0.0);
    }
    arms
}

fn control(command: &Analyse, arms: &BTreeMap<String, Arm>) -> Result<String, Failure> {
    let (count, column) = (arms.len(), &command.arm);
    if !(2..=MOST_ARMS).contains(&count) {
        let words = say!(
            "the file has arms: {count}; between 2 and {MOST_ARMS} can be compared",
            "「{column}」列には{count}種類の値があります。比べられるのは2~{MOST_ARMS}群です"
        );
        return Err(Failure::fault(&command.file, Fault::cell(1, column, words)));
    }
    if let Some(name) = &command.control {
        if arms.contains_key(name) {
            return Ok(name.clone());
        }
        let found = arms.keys().cloned().collect::<Vec<_>>().join(", ");
        return Err(Failure::Use(say!("no arm is called {name}; there are {found}", "「{name}」という群はありません({found})")));
    }
    let usual = arms.keys().find(|name| CONTROLS.contains(&name.to_lowercase().as_str()));
    Ok(usual.or_else(|| arms.keys().next()).cloned().unwrap_or_default())
}

fn split(command: &Analyse, arms: &BTreeMap<String, Arm>) -> Result<Option<SplitCheck>, Failure> {
    if command.shares.is_empty() {
        return Ok(None);
    }
    let share = |name: &String| command.shares.iter().find(|(arm, _)| arm == name).map(|(_, share)| *share);
    let shares: Vec<f64> = arms.keys().filter_map(share).collect();
    let counts: Vec<u64> = arms.values().map(|arm| arm.pair.first.n()).collect();
    if shares.len() != command.shares.len() {
        let fault = Refused::ArmsAndSharesDiffer { arms: counts.len(), shares: command.shares.len() };
        return Err(Failure::Use(words::of(fault)));
    }
    check_split(&counts, &shares).map(Some).map_err(|fault| Failure::Use(words::of(fault)))
}

type Levels = (Vec<String>, Vec<Level>, Option<ltv::experiment::Cuped>);

/// The control first.
fn levels(command: &Analyse, arms: &BTreeMap<String, Arm>, control: &str) -> Result<Levels, Refused> {
    let mut ordered: Vec<(&String, &Arm)> = arms.iter().collect();
    ordered.sort_by_key(|(name, _)| name.as_str() != control);
    let pairs: Vec<PairMoments> = ordered.iter().map(|(_, arm)| arm.pair).collect();
    let levels = pairs.iter().map(|pair| pair.first.level()).collect::<Result<_, _>>()?;
    let cuped = command.covariate.is_some().then(|| adjust(&pairs)).transpose()?;
    Ok((ordered.into_iter().map(|(name, _)| name.clone()).collect(), levels, cuped))
}

fn comparison(
    command: &Analyse,
    arm: &str,
    [control, sent]: [&Level; 2],
    cuped: Option<(&ltv::experiment::Cuped, usize)>,
) -> Result<Comparison, Refused> {
    let Certainty { alpha, .. } = command.certainty;
    let looks = command.certainty.looks();
    let relative = match relative(control, sent) {
        Ok(estimate) => Some(estimate.answer(looks, alpha)?.into()),
        Err(Refused::BaselineUnclear) => None,
        Err(other) => return Err(other),
    };
    let cuped = match cuped {
        Some((cuped, at)) => Some(CupedReport {
            theta: cuped.theta,
            variance_explained: cuped.explained,
            difference: difference(&cuped.levels[0], &cuped.levels[at])?.answer(looks, alpha)?.into(),
        }),
        None => None,
    };
    let difference = difference(control, sent)?.answer(looks, alpha)?.into();
    Ok(Comparison { arm: arm.to_owned(), difference, p_value_holm: None, relative, cuped })
}

fn correct(comparisons: &mut [Comparison]) {
    if comparisons.len() > 1 {
        let adjusted = holm(&comparisons.iter().map(|one| one.difference.p_value).collect::<Vec<_>>());
        comparisons.iter_mut().zip(adjusted).for_each(|(one, p)| one.p_value_holm = Some(p));
    }
}

fn described(name: &str, arm: &Arm) -> Result<ArmReport, Refused> {
    let outcome = &arm.pair.first;
    let std_dev = outcome.variance()?.sqrt();
    Ok(ArmReport { arm: name.to_owned(), n: outcome.n(), mean: outcome.mean(), std_dev, not_zero: arm.not_zero })
}

fn cautions(arms: &BTreeMap<String, Arm>, console: &Console<'_>) -> Vec<String> {
    let few = arms.iter().filter(|(_, arm)| arm.not_zero < FEW_OUTCOMES).map(|(name, arm)| {
        let seen = arm.not_zero;
        say!(
            "arm {name} has only {seen} customers with an outcome other than 0; its interval cannot be trusted",
            "「{name}」群で結果が0でない人は{seen}人だけです。区間は当てになりません"
        )
    });
    few.map(|words| words.in_language(console.language()).to_owned()).collect()
}
