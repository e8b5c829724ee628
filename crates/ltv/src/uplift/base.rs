//! The regressions that uplift learners stand on.

use super::Fault;
use crate::numeric::linear::{Gram, dot};
use crate::numeric::logit;

/// What expects the outcome from the features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Ordinary least squares with a constant.
    Linear,
    /// Logistic regression with a constant, for outcomes in [0, 1]; the coefficients of standardised features are held by a
    /// ridge of 1, so that rare outcomes do not part the rows.
    Logistic,
}

/// Means and standard deviations of the features; both learners of a trial share them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scaling {
    means: Vec<f64>,
    deviations: Vec<f64>,
}

impl Scaling {
    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a [f64]> + Clone, width: usize) -> Self {
        let n = rows.clone().count().max(1) as f64;
        let mut means = vec![0.0; width];
        for row in rows.clone() {
            means.iter_mut().zip(row).for_each(|(mean, x)| *mean += x / n);
        }
        let mut deviations = vec![0.0; width];
        for row in rows {
            deviations.iter_mut().zip(row).zip(&means).for_each(|((sum, x), mean)| *sum += (x - mean) * (x - mean) / n);
        }
        // A constant feature says nothing: it becomes 0 everywhere.
        let deviations = deviations.into_iter().map(|v| if v > 0.0 { libm::sqrt(v) } else { f64::INFINITY }).collect();
        Self { means, deviations }
    }

    /// 1 and the standardised features; one that is missing or no number counts as average.
    pub(super) fn row(&self, features: &[f64]) -> Vec<f64> {
        let given = features.iter().copied().chain(std::iter::repeat(f64::NAN));
        let scaled = given.zip(&self.means).zip(&self.deviations).map(|((x, mean), sd)| {
            let scaled = (x - mean) / sd;
            if scaled.is_finite() { scaled } else { 0.0 }
        });
        std::iter::once(1.0).chain(scaled).collect()
    }
}

/// A fitted base; its rows are [`Scaling::row`]s.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fitted {
    base: Base,
    coefficients: Vec<f64>,
}

impl Fitted {
    pub(super) fn of<'a>(base: Base, rows: impl Iterator<Item = (&'a [f64], f64)> + Clone, size: usize) -> Result<Self, Fault> {
        let seen = rows.clone().count();
        if seen < 2 * size {
            return Err(Fault::TooFew { seen, needed: 2 * size });
        }
        let coefficients = match base {
            Base::Linear => least_squares(rows, size),
            Base::Logistic if rows.clone().any(|(_, y)| !(0.0..=1.0).contains(&y)) => return Err(Fault::NotARate),
            Base::Logistic => logit::fit(rows.map(|(row, y)| (row, y, 1.0)), size, 1.0),
        };
        if coefficients.iter().all(|b| b.is_finite()) { Ok(Self { base, coefficients }) } else { Err(Fault::NotFinite) }
    }

    pub(super) fn expect(&self, row: &[f64]) -> f64 {
        let eta = dot(&self.coefficients, row);
        match self.base {
            Base::Linear => eta,
            Base::Logistic => logit::sigmoid(eta),
        }
    }
}

fn least_squares<'a>(rows: impl Iterator<Item = (&'a [f64], f64)>, size: usize) -> Vec<f64> {
    let mut gram = Gram::zero(size);
    let mut right = vec![0.0; size];
    for (row, y) in rows {
        gram.add(row, 1.0);
        right.iter_mut().zip(row).for_each(|(sum, x)| *sum += x * y);
    }
    gram.solve(&right)
}
