//! Every model on the past, judged by what came after, beside a rule of thumb.

use super::fit::{Fit, FitFault, Model, Parameters, fit};
use super::gamma_gamma::{GammaGamma, Spend, fit_spend, spend_correlation};
use super::gate::{Gate, Severity, gates, of_spend};
use super::history::{Grouped, Summary, purchase_days, summarise};
use super::score::score;
use crate::numeric::rank::auc;

/// What makes a forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A model.
    Model(Model),
    /// x/T·t: everybody goes on as before (Wübben & v. Wangenheim 2008 use such rules as yardsticks).
    Naive,
}

/// One method's forecast beside what happened.
#[derive(Clone, Debug)]
pub struct Contestant {
    /// What made it.
    pub method: Method,
    /// Purchases forecast for all customers.
    pub total: f64,
    /// Mean over customers of |forecast − purchases|.
    pub mean_absolute_error: f64,
    /// P(a customer who bought was ranked above one who did not), ties half, by P(buys) (x/T: by forecast); `None` if all or
    /// nobody bought.
    pub auc: Option<f64>,
    /// Money that the tenth of the customers with the highest forecast money then spent.
    pub top_decile_value: f64,
    /// The gates that it fails; empty for x/T.
    pub gates: Vec<Gate>,
}

impl Contestant {
    /// Whether no gate refuses it: it beat x/T and stands on enough data.
    pub fn stands(&self) -> bool {
        self.gates.iter().all(|gate| gate.severity() != Severity::Refuse)
    }
}

/// A back-test.
#[derive(Clone, Debug)]
pub struct Backtest {
    /// Customers with a purchase up to the end of calibration.
    pub customers: usize,
    /// Purchase days of these customers afterwards.
    pub purchases: f64,
    /// Money of these days.
    pub value: f64,
    /// Money of the tenth of the customers who then spent most: no ranking reaches more.
    pub best_decile_value: f64,
    /// All models, then x/T.
    pub contestants: Vec<Contestant>,
}

/// What a back-test begins with: a customer at the end of calibration, and what came after.
struct Case {
    summary: Summary,
    purchases: f64,
    value: f64,
}

/// Tests all models on customers' purchases, each as (day number, money), fitted up to `calibration_end` and judged on the days
/// after it up to `end`. Purchase days are counted as by [`summarise`].
///
/// # Errors
/// There is nothing to fit.
pub fn backtest(customers: &[Vec<(i32, f64)>], calibration_end: i32, end: i32) -> Result<Backtest, FitFault> {
    let cases: Vec<Case> = customers.iter().filter_map(|log| case(log, calibration_end, end)).collect();
    let histories: Vec<_> = cases.iter().map(|case| case.summary.history).collect();
    let data = Grouped::new(&histories);
    let weeks = f64::from(end - calibration_end) / 7.0;
    let nbd = fit(Model::Nbd, &data)?;
    let spends = spending(&cases);
    let naive = naive(&cases, weeks);
    let mut contestants = Vec::new();
    for model in Model::ALL {
        let fitted = if model == Model::Nbd { nbd.clone() } else { fit(model, &data)? };
        contestants.push(of_model(&fitted, &cases, &spends, weeks, || gates(&fitted, &nbd, &data), &naive));
    }
    contestants.push(naive);
    Ok(Backtest {
        customers: cases.len(),
        purchases: cases.iter().map(|case| case.purchases).sum(),
        value: cases.iter().map(|case| case.value).sum(),
        best_decile_value: top_decile(&cases, |case, _| case.value),
        contestants,
    })
}

fn case(log: &[(i32, f64)], calibration_end: i32, end: i32) -> Option<Case> {
    let summary = summarise(log, calibration_end)?;
    let after: Vec<f64> =
        purchase_days(log, end).into_iter().filter(|(day, _)| *day > calibration_end).map(|day| day.1).collect();
    Some(Case { summary, purchases: after.len() as f64, value: after.iter().sum() })
}

/// Expected money per purchase: Gamma-Gamma's where its gates hold, else the customer's own mean.
fn spending(cases: &[Case]) -> Vec<f64> {
    let spend = |case: &Case| Spend::new(case.summary.history.x(), case.summary.mean_repeat_value?);
    let known: Vec<Spend> = cases.iter().filter_map(spend).collect();
    let fitted = fit_spend(&known).ok().filter(|fit| of_spend(fit, spend_correlation(&known)).is_empty());
    let of = |case: &Case, model: &GammaGamma| model.expected(spend(case).as_ref());
    cases.iter().map(|case| fitted.as_ref().and_then(|fit| of(case, &fit.model)).unwrap_or(case.summary.mean_value)).collect()
}

fn naive(cases: &[Case], weeks: f64) -> Contestant {
    let rate = |case: &Case| {
        let history = case.summary.history;
        if history.t() > 0.0 { f64::from(history.x()) / history.t() } else { 0.0 }
    };
    let forecasts: Vec<f64> = cases.iter().map(|case| weeks * rate(case)).collect();
    judged(Method::Naive, cases, &forecasts, &forecasts, |case, at| forecasts[at] * case.summary.mean_value)
}

fn of_model(
    fitted: &Fit,
    cases: &[Case],
    spends: &[f64],
    weeks: f64,
    gates: impl FnOnce() -> Vec<Gate>,
    naive: &Contestant,
) -> Contestant {
    let parameters: &Parameters = &fitted.parameters;
    let histories: Vec<_> = cases.iter().map(|case| case.summary.history).collect();
    let scores = score(parameters, &histories, weeks);
    let forecasts: Vec<f64> = scores.iter().map(|score| score.expected_purchases).collect();
    let chances: Vec<f64> = scores.iter().map(|score| score.p_buys).collect();
    let method = Method::Model(parameters.model());
    let mut contestant = judged(method, cases, &forecasts, &chances, |_, at| forecasts[at] * spends[at]);
    contestant.gates = gates();
    let (model, naive) = (contestant.mean_absolute_error, naive.mean_absolute_error);
    if model >= naive {
        contestant.gates.push(Gate::WorseThanNaive { model, naive });
    }
    contestant
}

fn judged(method: Method, cases: &[Case], forecasts: &[f64], chances: &[f64], money: impl Fn(&Case, usize) -> f64) -> Contestant {
    let off = |(case, forecast): (&Case, &f64)| (forecast - case.purchases).abs();
    let bought: Vec<bool> = cases.iter().map(|case| case.purchases > 0.0).collect();
    Contestant {
        method,
        total: forecasts.iter().sum(),
        mean_absolute_error: cases.iter().zip(forecasts).map(off).sum::<f64>() / cases.len().max(1) as f64,
        auc: auc(chances, &bought),
        top_decile_value: top_decile(cases, money),
        gates: Vec::new(),
    }
}

/// Money spent by the tenth (rounded up) of the cases that a figure puts highest; ties in the order of the cases.
fn top_decile(cases: &[Case], by: impl Fn(&Case, usize) -> f64) -> f64 {
    let mut ranked: Vec<(f64, f64)> = cases.iter().enumerate().map(|(at, case)| (by(case, at), case.value)).collect();
    ranked.sort_by(|left, right| right.0.total_cmp(&left.0));
    ranked.iter().take(cases.len().div_ceil(10)).map(|(_, value)| value).sum()
}
