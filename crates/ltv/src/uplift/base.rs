//! The regressions that uplift learners stand on.

use super::Fault;
use crate::numeric::linear::{Gram, dot};
use crate::numeric::logit;
use crate::numeric::special::logistic;

/// What expects the outcome y from the features x: μ(x), fitted on standardised features, (x − mean)/sd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Ordinary least squares with a constant: μ = β₀ + β·x minimising Σ(y − μ)².
    Linear,
    /// Logistic regression with a constant, for outcomes in \[0, 1\]: μ = 1/(1 + e^−η), η = β₀ + β·x, maximising
    /// Σ\[yη − ln(1 + e^η)\] − ½·Σ β_j²; the ridge of 1 (le Cessie & van Houwelingen 1992) on all but the constant keeps rare outcomes
    /// from parting the rows.
    Logistic,
}

/// A fitted base; its rows are [`Scaling::row`](crate::numeric::scaling::Scaling::row)s.
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
            Base::Logistic => logistic(eta),
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
