//! When a model must not be believed, and why. Thresholds are this project's own unless a source stands beside them.

use super::fit::{Fit, Model};
use super::gamma_gamma::SpendFit;
use super::history::Grouped;

/// Fewer customers than this are too few.
pub const CUSTOMERS: usize = 300;
/// Fewer customers with a repeat purchase than this are too few.
pub const REPEATERS: usize = 50;
/// A shorter window, in weeks, cannot tell leaving from pausing: 180 days.
pub const WINDOW_WEEKS: f64 = 180.0 / 7.0;
/// A window under this, in weeks, has not seen every season.
pub const YEAR_WEEKS: f64 = 365.0 / 7.0;
/// 2·(ln L − ln L of NBD) below this is no evidence of dropout: about the 5 % point of a χ² with two more parameters (5.99).
pub const LIKELIHOOD_RATIO: f64 = 6.0;
/// A correlation of spend with frequency beyond this breaks Gamma-Gamma's assumption.
pub const SPEND_CORRELATION: f64 = 0.3;
/// One customer with more than this share of all repeat purchases bends the fit.
pub const ONE_CUSTOMER: f64 = 0.1;

/// Why a model must not be used, or only with care.
#[derive(Clone, Debug, PartialEq)]
pub enum Gate {
    /// Fewer than [`CUSTOMERS`].
    TooFewCustomers {
        /// How many there are.
        found: usize,
    },
    /// Fewer than [`REPEATERS`].
    TooFewRepeaters {
        /// How many there are.
        found: usize,
    },
    /// The longest observation is under [`WINDOW_WEEKS`].
    WindowTooShort {
        /// The longest observation, weeks.
        weeks: f64,
    },
    /// The longest observation is under [`YEAR_WEEKS`].
    WindowUnderAYear {
        /// The longest observation, weeks.
        weeks: f64,
    },
    /// The model with dropout fits no better than NBD, which has none: P(alive) would be an invention.
    DropoutNotIdentifiable {
        /// 2·(ln L − ln L of NBD), 0 where that is negative.
        likelihood_ratio: f64,
    },
    /// Parameters ran to the end of what is searched.
    AtEdge {
        /// Their names.
        parameters: Vec<&'static str>,
    },
    /// The search did not end in a maximum.
    NotConverged,
    /// In the back-test the mean absolute error is not below that of x/T.
    WorseThanNaive {
        /// The model's mean absolute error, purchases per customer.
        model: f64,
        /// That of x/T.
        naive: f64,
    },
    /// Who buys more often spends more, or less, per purchase.
    SpendTiedToFrequency {
        /// Pearson's correlation.
        correlation: f64,
    },
    /// Gamma-Gamma's q ≤ 1: the population's mean spend is infinite.
    InfiniteMeanSpend {
        /// q.
        q: f64,
    },
    /// One customer holds more than [`ONE_CUSTOMER`] of all repeat purchases: a wholesale buyer, or a shop's own account.
    OneCustomerDominates {
        /// That customer's repeat purchases.
        purchases: f64,
        /// Their share of all.
        share: f64,
    },
}

/// What a gate forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Nothing of the model may be shown.
    Refuse,
    /// P(alive) may not be shown; purchases as NBD expects them may.
    NoDropout,
    /// Money may not be predicted; purchases may.
    NoSpend,
    /// Say it beside the figures.
    Caution,
}

impl Gate {
    /// What it forbids.
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

/// The gates that a fit fails. `nbd` is NBD's fit of the same data; times are weeks.
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

/// The gates that data fails before any model is fitted; times are weeks.
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

/// The gates that a fit of spend fails.
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
