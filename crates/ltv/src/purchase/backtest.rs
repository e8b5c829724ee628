//! Every model on the past, judged by what came after, beside a rule of thumb.

use super::fit::{Fit, FitFault, Model, Parameters, fit};
use super::gamma_gamma::{GammaGamma, Spend, fit_spend, spend_correlation};
use super::gate::{Gate, Severity, gates, of_spend};
use super::history::{Grouped, Summary, purchase_days, summarise};
use super::outside::outside;
use super::score::score;
use crate::numeric::rank::auc;

/// What makes a forecast ŷ of the purchase days y in the holdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A model's E\[Y(t) | x, t_x, T\], [`Process::expected_purchases`](super::Process::expected_purchases).
    Model(Model),
    /// x/T·t, 0 for T = 0: everybody goes on as before. Such rules are the yardstick of Wübben & v. Wangenheim (2008, Instant
    /// Customer Base Analysis).
    Naive,
}

/// One method's forecast ŷ beside what happened, y, over the n customers judged.
#[derive(Clone, Debug)]
pub struct Contestant {
    /// What made ŷ.
    pub method: Method,
    /// Σ over customers of the forecast ŷ, in purchase days.
    pub total: f64,
    /// Mean absolute error, Σ|ŷ − y|/n, in purchase days per customer; y is what happened.
    pub mean_absolute_error: f64,
    /// P(a customer who bought was ranked above one who did not) + ½·P(equal rank), by P(buys) (x/T: by forecast), in \[0, 1\];
    /// `None` if all or nobody bought. See [`auc`](crate::replenish::auc).
    pub auc: Option<f64>,
    /// Money that the ⌈n/10⌉ customers with the highest forecast money then spent, in the log's currency. Forecast money is ŷ·E\[M\]
    /// (Gamma-Gamma where its gates hold, else the customer's own mean); convention of this crate.
    pub top_decile_value: f64,
    /// The gates that it fails ([`gates`] and [`Gate::WorseThanNaive`]); empty for x/T.
    pub gates: Vec<Gate>,
}

impl Contestant {
    /// Whether no gate has [`Severity::Refuse`]: its mean absolute error is below that of x/T and it stands on enough data.
    /// Convention of this crate.
    pub fn stands(&self) -> bool {
        self.gates.iter().all(|gate| gate.severity() != Severity::Refuse)
    }
}

/// A back-test: the log cut at a day, models fitted to what was before, judged by what came after (calibration and holdout as in
/// Fader, Hardie & Lee 2005).
#[derive(Clone, Debug)]
pub struct Backtest {
    /// Customers with a purchase up to the end of calibration, without [`outside`](Self::outside).
    pub customers: usize,
    /// Places, among the customers given, of those for whom no model holds ([`outside`](super::outside)): left out of
    /// every fit and figure, to be treated apart.
    pub outside: Vec<usize>,
    /// Σy: purchase days of these customers afterwards.
    pub purchases: f64,
    /// Money of these days, in the log's currency.
    pub value: f64,
    /// Money of the ⌈n/10⌉ customers who then spent most: the upper bound of [`Contestant::top_decile_value`].
    pub best_decile_value: f64,
    /// One for each of [`Model::ALL`] in that order, then x/T.
    pub contestants: Vec<Contestant>,
}

/// What a back-test begins with: a customer at the end of calibration, and what came after.
struct Case {
    /// Place among the customers given.
    at: usize,
    summary: Summary,
    purchases: f64,
    value: f64,
}

/// Tests all models on a log: one entry per customer, each a list of (day number, money) in any order. Fitted to the days up to
/// and with `calibration_end`, judged on the days (`calibration_end`, `end`]; the horizon t is their number/7 weeks. Purchase days
/// are counted as by [`summarise`]. Every contestant forecasts the same customers, and a model whose mean absolute error is not
/// below that of x/T gets [`Gate::WorseThanNaive`]. Convention of this crate, after Wübben & v. Wangenheim (2008).
///
/// # Errors
/// What [`fit`] says: [`FitFault::NoCustomers`], [`FitFault::OneCustomer`], [`FitFault::NoRepeatPurchases`],
/// [`FitFault::NoTime`].
pub fn backtest(customers: &[Vec<(i32, f64)>], calibration_end: i32, end: i32) -> Result<Backtest, FitFault> {
    let known = customers.iter().enumerate().filter_map(|(at, log)| case(at, log, calibration_end, end));
    let (cases, outside) = parted(known.collect());
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
        outside,
        purchases: cases.iter().map(|case| case.purchases).sum(),
        value: cases.iter().map(|case| case.value).sum(),
        best_decile_value: top_decile(&cases, |case, _| case.value),
        contestants,
    })
}

/// Those who are judged, and the places of those for whom no model holds.
fn parted(cases: Vec<Case>) -> (Vec<Case>, Vec<usize>) {
    let places = outside(&cases.iter().map(|case| case.summary.history).collect::<Vec<_>>());
    let left_out = places.iter().map(|place| cases[*place].at).collect();
    let judged = cases.into_iter().enumerate().filter(|(place, _)| places.binary_search(place).is_err()).map(|(_, case)| case);
    (judged.collect(), left_out)
}

fn case(at: usize, log: &[(i32, f64)], calibration_end: i32, end: i32) -> Option<Case> {
    let summary = summarise(log, calibration_end)?;
    let after: Vec<f64> =
        purchase_days(log, end).into_iter().filter(|(day, _)| *day > calibration_end).map(|day| day.1).collect();
    Some(Case { at, summary, purchases: after.len() as f64, value: after.iter().sum() })
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
