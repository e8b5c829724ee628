//! Maximum likelihood for the purchase models.

use super::beta_geometric::{BgNbd, MbgNbd};
use super::history::{Grouped, History};
use super::nbd::Nbd;
use super::optimise::{Maximum, Start, maximise};
use super::pareto::ParetoNbd;
use super::process::Process;
use super::sum::Evaluation;

/// The purchase models: λ ~ Gamma(r, α) in all of them, and how customers leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Model {
    /// [`BgNbd`] (Fader, Hardie & Lee 2005): may leave after each repeat purchase.
    BgNbd,
    /// [`MbgNbd`] (Batislam, Denizel & Filiztekin 2007): may leave after each purchase. The product's default, for it does not take
    /// every one-time buyer for alive.
    MbgNbd,
    /// [`ParetoNbd`] (Schmittlein, Morrison & Colombo 1987): may leave at any time.
    ParetoNbd,
    /// [`Nbd`] (Ehrenberg 1959): never leaves.
    Nbd,
}

impl Model {
    /// All of them, those with dropout first; NBD is the yardstick at the end.
    pub const ALL: [Self; 4] = [Self::BgNbd, Self::MbgNbd, Self::ParetoNbd, Self::Nbd];

    /// The parameters' names in the literature (see [`Model`] for the papers), in the order of [`Parameters::values`]: four, or two
    /// of NBD.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::BgNbd | Self::MbgNbd => &["r", "alpha", "a", "b"],
            Self::ParetoNbd => &["r", "alpha", "s", "beta"],
            Self::Nbd => &["r", "alpha"],
        }
    }
}

/// A model with its parameters; α and β are in the unit of time of the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Parameters {
    /// r, α, a, b of BG/NBD.
    BgNbd(BgNbd),
    /// r, α, a, b of MBG/NBD.
    MbgNbd(MbgNbd),
    /// r, α, s, β of Pareto/NBD.
    ParetoNbd(ParetoNbd),
    /// r, α of NBD.
    Nbd(Nbd),
}

impl Parameters {
    /// A model with parameters in the order of [`Model::names`], α and β in the unit of time in which histories will be given;
    /// `None` if their number is another or one is not finite and above 0 (the parameter space of every model).
    pub fn new(model: Model, values: &[f64]) -> Option<Self> {
        if values.iter().any(|value| !value.is_finite() || *value <= 0.0) {
            return None;
        }
        match (model, values) {
            (Model::BgNbd, &[r, alpha, a, b]) => Some(Self::BgNbd(BgNbd { r, alpha, a, b })),
            (Model::MbgNbd, &[r, alpha, a, b]) => Some(Self::MbgNbd(MbgNbd { r, alpha, a, b })),
            (Model::ParetoNbd, &[r, alpha, s, beta]) => Some(Self::ParetoNbd(ParetoNbd { r, alpha, s, beta })),
            (Model::Nbd, &[r, alpha]) => Some(Self::Nbd(Nbd { r, alpha })),
            _ => None,
        }
    }

    /// Which model's parameters these are.
    pub fn model(&self) -> Model {
        match self {
            Self::BgNbd(_) => Model::BgNbd,
            Self::MbgNbd(_) => Model::MbgNbd,
            Self::ParetoNbd(_) => Model::ParetoNbd,
            Self::Nbd(_) => Model::Nbd,
        }
    }

    /// The values in the order of [`Model::names`]: four, or two of NBD.
    pub fn values(&self) -> Vec<f64> {
        match *self {
            Self::BgNbd(BgNbd { r, alpha, a, b }) | Self::MbgNbd(MbgNbd { r, alpha, a, b }) => vec![r, alpha, a, b],
            Self::ParetoNbd(ParetoNbd { r, alpha, s, beta }) => vec![r, alpha, s, beta],
            Self::Nbd(Nbd { r, alpha }) => vec![r, alpha],
        }
    }

    /// The model behind the questions of [`Process`], whichever it is.
    pub fn process(&self) -> &dyn Process {
        match self {
            Self::BgNbd(model) => model,
            Self::MbgNbd(model) => model,
            Self::ParetoNbd(model) => model,
            Self::Nbd(model) => model,
        }
    }
}

/// A model fitted by maximum likelihood: θ̂ = argmax Σ over customers of ln L(θ | x, t_x, T), θ the model's parameters.
#[derive(Clone, Debug)]
pub struct Fit {
    /// θ̂; α and β in the unit of time of the data.
    pub parameters: Parameters,
    /// Standard errors in the order of [`Model::names`] and the units of the parameters: the square roots of the diagonal of
    /// (−∂² ln L/∂ψ∂ψ′)⁻¹ at the maximum over ψ = ln θ, times θ̂ (delta method); `None` where the likelihood has no maximum
    /// inside the parameter space.
    pub standard_errors: Option<Vec<f64>>,
    /// Σ ln L over customers at θ̂, times in the unit of the data: in a unit c times as long it is greater by Σx·ln c.
    pub log_likelihood: f64,
    /// Number of customers fitted to.
    pub customers: usize,
    /// Names of parameters that ran to the end of what is searched (within a factor of e^0.5 of e^±12, times counted in mean
    /// observation times T̄): the likelihood rises towards 0 or infinity, and the value says nothing. Convention of this crate.
    pub at_edge: Vec<&'static str>,
    /// Whether the gradient vanished: |∂(ln L/n)/∂ ln θ| < 1e-6 for every parameter (1e-4 where one stands at the edge).
    pub converged: bool,
}

/// Why nothing can be fitted: where the likelihood has no maximum that says anything of customers. Derived here, as each
/// variant says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FitFault {
    /// No customer at all: ln L = 0 for all parameters.
    NoCustomers,
    /// One customer: nothing tells a person's λ from everybody's; r → ∞ with r/α = x/T fits best.
    OneCustomer,
    /// Σx = 0, nobody bought twice: λ = 0 fits best, whatever the model.
    NoRepeatPurchases,
    /// T = 0 for everybody: nothing was observed after the first purchase.
    NoTime,
}

/// So many rows are enough to come near a maximum.
const FEW_ROWS: usize = 20_000;

/// Fits a model to histories, which [`Grouped::new`] has counted: maximises Σ ln L, each distinct history once with its number
/// of customers, by BFGS over ln θ with analytic gradients and Newton steps at the end (Nocedal & Wright, Numerical
/// Optimization, ch. 6). Times are divided by their mean first, so that the unit of time changes nothing. Deterministic, the
/// same to the last bit on any number of cores and for any order of customers.
///
/// # Errors
/// [`FitFault::NoCustomers`], [`FitFault::NoTime`], [`FitFault::NoRepeatPurchases`], [`FitFault::OneCustomer`], in this order.
pub fn fit(model: Model, data: &Grouped) -> Result<Fit, FitFault> {
    check(data)?;
    let rate = (data.repeat_purchases() / data.customers() as f64).max(1e-6);
    // Mean observation time is 1 here: about what shops have, with the mean rate of this one.
    let (r, alpha) = (0.5, 0.5 / rate);
    Ok(match model {
        Model::BgNbd => fitted(model, data, &[1], &searched([r, alpha, 0.8, 2.5], data, BgNbd::evaluate)),
        Model::MbgNbd => fitted(model, data, &[1], &searched([r, alpha, 0.8, 2.5], data, MbgNbd::evaluate)),
        Model::ParetoNbd => fitted(model, data, &[1, 3], &searched([r, alpha, 0.5, 0.5], data, ParetoNbd::evaluate)),
        Model::Nbd => fitted(model, data, &[1], &searched([r, alpha], data, Nbd::evaluate)),
    })
}

/// Searches among every so many-th row first, where there are very many, and goes on from there.
fn searched<const N: usize>(guess: [f64; N], data: &Grouped, of: fn(&[f64; N], &Grouped) -> Evaluation<N>) -> Maximum<N> {
    let search = |start: &Start<N>, data: &Grouped| maximise(start, data.customers() as f64, |at| of(at, data));
    match data.thinned(FEW_ROWS) {
        Some(few) => search(&Start::near(&search(&Start::guess(guess), &few)), data),
        None => search(&Start::guess(guess), data),
    }
}

fn check(data: &Grouped) -> Result<(), FitFault> {
    match () {
        () if data.customers() == 0 => Err(FitFault::NoCustomers),
        () if data.longest() <= 0.0 => Err(FitFault::NoTime),
        () if data.repeat_purchases() == 0.0 => Err(FitFault::NoRepeatPurchases),
        () if data.customers() == 1 => Err(FitFault::OneCustomer),
        () => Ok(()),
    }
}

/// Back from mean observation times to the unit of the data; `times` are the places of parameters that are times.
fn fitted<const N: usize>(model: Model, data: &Grouped, times: &[usize], maximum: &Maximum<N>) -> Fit {
    let mut values = maximum.at;
    for place in times {
        values[*place] *= data.unit;
    }
    let errors = maximum.log_errors.map(|errors| errors.iter().zip(values).map(|(error, value)| error * value).collect());
    let edges = model.names().iter().zip(maximum.at_edge).filter(|(_, edge)| *edge).map(|(name, _)| *name).collect();
    let parameters = Parameters::new(model, &values);
    Fit {
        parameters: parameters.unwrap_or(Parameters::Nbd(Nbd { r: values[0], alpha: values[1] })),
        standard_errors: errors,
        log_likelihood: maximum.value - data.repeat_purchases() * data.unit.ln(),
        customers: data.customers(),
        at_edge: edges,
        converged: maximum.converged,
    }
}

/// Σ over histories of ln L with known parameters ([`Process::log_likelihood`]); times in the unit of the parameters, 0 for
/// none.
pub fn log_likelihood(parameters: &Parameters, histories: &[History]) -> f64 {
    histories.iter().map(|history| parameters.process().log_likelihood(history)).sum()
}
