//! `enishi ltv fit`.

use std::path::{Path, PathBuf};

use ltv::purchase::gate::{gates, of_spend};
use ltv::purchase::{Fit, GammaGamma, Gate, Grouped, Model, SpendFit, fit, fit_spend, spend_correlation};
use serde::{Serialize, Serializer};

use super::customers::{self, Customers};
use super::left_out::{self, LeftOut};
use super::model::{self, ModelName};
use super::said::{self, Failed};
use crate::failure::{Failure, Fault};
use crate::words;
use crate::{Console, Language};

/// What to fit.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The model.
    #[arg(long)]
    model: ModelName,
    /// Customers as CSV with the columns x (repeat purchase days), t_x (weeks from the first purchase to the last), T (weeks
    /// from the first purchase to the end of the observation); optional zbar (mean money of a repeat purchase day) and ID. `-` is
    /// standard input.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// Fit what customers spend per purchase as well (column zbar).
    #[arg(long)]
    gamma_gamma: bool,
    #[command(flatten)]
    left_out: left_out::Limit,
}

/// A fit as JSON.
#[derive(Debug, Serialize)]
struct Answer {
    model: &'static str,
    n: usize,
    params: Named,
    std_errors: Option<Named>,
    log_likelihood: f64,
    gates: Vec<Failed>,
    cautions: Vec<Failed>,
    left_out: Vec<LeftOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gamma_gamma: Option<SpendAnswer>,
}

#[derive(Debug, Serialize)]
struct SpendAnswer {
    p: f64,
    q: f64,
    v: f64,
    std_errors: Option<Named>,
    log_likelihood: f64,
    n: usize,
    population_mean: Option<f64>,
    correlation: Option<f64>,
    gates: Vec<Failed>,
}

/// A model fitted, with the gates that it fails.
pub struct Fitted {
    /// The fit.
    pub fit: Fit,
    /// The gates.
    pub gates: Vec<Gate>,
    /// NBD's fit of the same customers.
    pub nbd: Fit,
}

/// What customers spend, fitted.
pub struct Spending {
    /// The fit.
    pub fit: SpendFit,
    /// Correlation of spend and frequency.
    pub correlation: Option<f64>,
    /// The gates that it fails.
    pub gates: Vec<Gate>,
}

pub fn run(args: &Args, console: &mut Console<'_>) -> Result<(), Failure> {
    let all = customers::read(&args.input)?;
    let count = all.ids.len();
    console.progress(&words!("customers read: {count}", "顧客{count}人を読み込みました"));
    all.say_twice(console);
    let places = args.left_out.places(&all, console)?;
    let customers = all.without(&places);
    let fitted = of_customers(args.model.into(), &customers, &args.input)?;
    let spending = if args.gamma_gamma { Some(spending(&customers, &args.input)?) } else { None };
    let left_out = args.left_out.said(&places, &all, console.language());
    console.json(&answer(&fitted, spending.as_ref(), (&customers, left_out), console.language()))
}

/// Fits a model to customers.
///
/// # Errors
/// There is nothing to fit.
pub fn of_customers(model: Model, customers: &Customers, path: &Path) -> Result<Fitted, Failure> {
    let data = Grouped::new(&customers.histories);
    let fitted =
        |model| fit(model, &data).map_err(|fault| Failure::fault(path, Fault::line(customers.last_line(), said::of_fit(fault))));
    let nbd = fitted(Model::Nbd)?;
    let fit = if model == Model::Nbd { nbd.clone() } else { fitted(model)? };
    Ok(Fitted { gates: gates(&fit, &nbd, &data), fit, nbd })
}

/// Fits what customers spend.
///
/// # Errors
/// There is nothing to fit.
pub fn spending(customers: &Customers, path: &Path) -> Result<Spending, Failure> {
    let spends = customers.known_spends(path)?;
    let fit =
        fit_spend(&spends).map_err(|fault| Failure::fault(path, Fault::line(customers.last_line(), said::of_spend(fault))))?;
    let correlation = spend_correlation(&spends);
    Ok(Spending { gates: of_spend(&fit, correlation), fit, correlation })
}

fn answer(
    fitted: &Fitted,
    spending: Option<&Spending>,
    (of, left_out): (&Customers, Vec<LeftOut>),
    language: Language,
) -> Answer {
    let Fit { parameters, standard_errors, log_likelihood, customers, .. } = &fitted.fit;
    let names = parameters.model().names();
    let (gates, cautions) = said::failed(&fitted.gates, language, |gate| of.words(gate));
    Answer {
        model: model::name(parameters.model()),
        n: *customers,
        params: named(names, &parameters.values()),
        std_errors: standard_errors.as_ref().map(|errors| named(names, errors)),
        log_likelihood: *log_likelihood,
        gates,
        cautions,
        left_out,
        gamma_gamma: spending.map(|spending| spend_answer(spending, language)),
    }
}

fn spend_answer(spending: &Spending, language: Language) -> SpendAnswer {
    let GammaGamma { p, q, v } = spending.fit.model;
    SpendAnswer {
        p,
        q,
        v,
        std_errors: spending.fit.standard_errors.map(|errors| named(&["p", "q", "v"], &errors)),
        log_likelihood: spending.fit.log_likelihood,
        n: spending.fit.customers,
        population_mean: spending.fit.model.population_mean(),
        correlation: spending.correlation,
        gates: said::failed(&spending.gates, language, said::words).0,
    }
}

fn named(names: &[&'static str], values: &[f64]) -> Named {
    Named(names.iter().copied().zip(values.iter().copied()).collect())
}

/// Figures with their names, in the order of the literature.
#[derive(Debug)]
struct Named(Vec<(&'static str, f64)>);

impl Serialize for Named {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}
