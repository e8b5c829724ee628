//! When a model must not be believed, and why. Thresholds are conventions of this crate unless a source stands beside them.

use super::fit::{Fit, Model};
use super::gamma_gamma::SpendFit;
use super::history::Grouped;

/// n, customers: fewer are too few. Convention of this crate.
pub const CUSTOMERS: usize = 300;
/// Customers with x > 0: fewer are too few, for they alone tell of rate and dropout. Convention of this crate.
pub const REPEATERS: usize = 50;
/// max T in weeks: a shorter window, under 180 days, cannot tell leaving from pausing. Convention of this crate.
pub const WINDOW_WEEKS: f64 = 180.0 / 7.0;
/// max T in weeks: a window under 365 days has not seen every season, which no model here knows of. Convention of this crate.
pub const YEAR_WEEKS: f64 = 365.0 / 7.0;
/// 2·(ln L − ln L of NBD) below this is no evidence of dropout: about the 5 % point of χ² with the two parameters more, 5.99
/// (Wilks 1938; on the boundary, where NBD lies, it is conservative: Self & Liang 1987).
pub const LIKELIHOOD_RATIO: f64 = 6.0;
/// |Pearson's correlation| of x and z beyond which spend depends on frequency, against Gamma-Gamma's assumption (Fader, Hardie &
/// Lee 2005); the number is a convention of this crate (CDNOW has .11).
pub const SPEND_CORRELATION: f64 = 0.3;
/// max x/Σx: one customer with more than this share of all repeat purchases bends the fit. Convention of this crate.
pub const ONE_CUSTOMER: f64 = 0.1;

/// Why a model must not be used, or only with care. What is compared with which threshold stands at each variant.
#[derive(Clone, Debug, PartialEq)]
pub enum Gate {
    /// n < [`CUSTOMERS`].
    TooFewCustomers {
        /// n, customers.
        found: usize,
    },
    /// #(x > 0) < [`REPEATERS`].
    TooFewRepeaters {
        /// #(x > 0), customers.
        found: usize,
    },
    /// max T < [`WINDOW_WEEKS`].
    WindowTooShort {
        /// max T, the longest observation, in weeks.
        weeks: f64,
    },
    /// [`WINDOW_WEEKS`] ≤ max T < [`YEAR_WEEKS`].
    WindowUnderAYear {
        /// max T, the longest observation, in weeks.
        weeks: f64,
    },
    /// 2·(ln L − ln L of NBD) < [`LIKELIHOOD_RATIO`]: the model with dropout fits no better than NBD, which has none, and P(alive)
    /// would be an invention.
    DropoutNotIdentifiable {
        /// max(0, 2·(ln L − ln L of NBD)), without unit.
        likelihood_ratio: f64,
    },
    /// Parameters ran to the end of what is searched ([`Fit::at_edge`]).
    AtEdge {
        /// Their names, as in [`Model::names`].
        parameters: Vec<&'static str>,
    },
    /// The search did not end in a maximum ([`Fit::converged`], [`SpendFit::converged`]).
    NotConverged,
    /// In the back-test Σ|ŷ − y|/n is not below that of x/T·t (Wübben & v. Wangenheim 2008).
    WorseThanNaive {
        /// The model's mean absolute error, purchase days per customer.
        model: f64,
        /// That of x/T·t, purchase days per customer.
        naive: f64,
    },
    /// |corr(x, z)| > [`SPEND_CORRELATION`]: who buys more often spends more, or less, per purchase.
    SpendTiedToFrequency {
        /// Pearson's correlation, in \[−1, 1\].
        correlation: f64,
    },
    /// q ≤ 1 in Gamma-Gamma: the population's mean spend pv/(q−1) is infinite.
    InfiniteMeanSpend {
        /// q, without unit.
        q: f64,
    },
    /// max x/Σx > [`ONE_CUSTOMER`]: a wholesale buyer, or a shop's own account. [`outside`](super::outside()) says whether a
    /// model can hold for such a customer at all.
    OneCustomerDominates {
        /// max x, that customer's repeat purchases.
        purchases: f64,
        /// max x/Σx, in (0, 1\].
        share: f64,
    },
}

/// What a gate forbids. Convention of this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Nothing of the model may be shown; x/T·t or RFM groups stand in.
    Refuse,
    /// P(alive) may not be shown; purchases as NBD expects them, t·(r+x)/(α+T), may.
    NoDropout,
    /// Money, E\[M | x, z\], may not be predicted; purchases may.
    NoSpend,
    /// Nothing is forbidden; it must be said beside the figures.
    Caution,
}

impl Gate {
    /// What it forbids, by kind of gate alone. Convention of this crate.
    pub fn severity(&self) -> Severity {
        match self {
            Self::TooFewCustomers { .. }
            | Self::TooFewRepeaters { .. }
            | Self::WindowTooShort { .. }
            | Self::NotConverged
            | Self::WorseThanNaive { .. } => Severity::Refuse,
            Self::DropoutNotIdentifiable { .. } | Self::AtEdge { .. } => Severity::NoDropout,
            Self::SpendTiedToFrequency { .. } | Self::InfiniteMeanSpend { .. } => Severity::NoSpend,
            Self::WindowUnderAYear { .. } | Self::OneCustomerDominates { .. } => Severity::Caution,
        }
    }
}

/// The gates that a fit fails: those of [`of_data`], then [`Gate::NotConverged`], [`Gate::DropoutNotIdentifiable`] (not asked of
/// NBD itself) and [`Gate::AtEdge`]. `nbd` is NBD's fit of the same `data`; times are weeks. Empty: none.
pub fn gates(fit: &Fit, nbd: &Fit, data: &Grouped) -> Vec<Gate> {
    let mut failed = of_data(data);
    if !fit.converged {
        failed.push(Gate::NotConverged);
    }
    let likelihood_ratio = (2.0 * (fit.log_likelihood - nbd.log_likelihood)).max(0.0);
    if fit.parameters.model() != Model::Nbd && likelihood_ratio < LIKELIHOOD_RATIO {
        failed.push(Gate::DropoutNotIdentifiable { likelihood_ratio });
    }
    if !fit.at_edge.is_empty() {
        failed.push(Gate::AtEdge { parameters: fit.at_edge.clone() });
    }
    failed
}

/// The gates that data fails before any model is fitted: [`Gate::TooFewCustomers`], [`Gate::TooFewRepeaters`],
/// [`Gate::WindowTooShort`] or [`Gate::WindowUnderAYear`], [`Gate::OneCustomerDominates`]; times are weeks.
pub fn of_data(data: &Grouped) -> Vec<Gate> {
    let mut failed = Vec::new();
    let (customers, repeaters, weeks) = (data.customers(), data.repeaters(), data.longest());
    if customers < CUSTOMERS {
        failed.push(Gate::TooFewCustomers { found: customers });
    }
    if repeaters < REPEATERS {
        failed.push(Gate::TooFewRepeaters { found: repeaters });
    }
    if weeks < WINDOW_WEEKS {
        failed.push(Gate::WindowTooShort { weeks });
    } else if weeks < YEAR_WEEKS {
        failed.push(Gate::WindowUnderAYear { weeks });
    }
    let share = data.most() / data.repeat_purchases().max(1.0);
    if share > ONE_CUSTOMER && repeaters > 1 {
        failed.push(Gate::OneCustomerDominates { purchases: data.most(), share });
    }
    failed
}

/// The gates that a fit of spend fails: [`Gate::NotConverged`], [`Gate::InfiniteMeanSpend`], [`Gate::SpendTiedToFrequency`];
/// `correlation` is [`spend_correlation`](super::spend_correlation) of the same customers, `None` where it is not known.
pub fn of_spend(fit: &SpendFit, correlation: Option<f64>) -> Vec<Gate> {
    let mut failed = Vec::new();
    if !fit.converged {
        failed.push(Gate::NotConverged);
    }
    if fit.model.q <= 1.0 {
        failed.push(Gate::InfiniteMeanSpend { q: fit.model.q });
    }
    if let Some(correlation) = correlation.filter(|value| value.abs() > SPEND_CORRELATION) {
        failed.push(Gate::SpendTiedToFrequency { correlation });
    }
    failed
}
