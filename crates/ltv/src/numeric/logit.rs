//! Logistic regression.

use super::linear::{Gram, dot};
use super::special::{logistic, softplus};

/// Maximises Σ w·[y·η − ln(1 + e^η)] − ½·ridge·Σ_{j>0} β_j² over β with η = β·row (Newton's method, halved steps); the first
/// cell of a row is the constant and is not pulled to zero. y in [0, 1]. Rows that can be told apart perfectly have no
/// maximum without a ridge.
pub(crate) fn fit<'a>(rows: impl Iterator<Item = (&'a [f64], f64, f64)> + Clone, size: usize, ridge: f64) -> Vec<f64> {
    let mut beta = vec![0.0; size];
    let mut best = objective(rows.clone(), &beta, ridge);
    for _ in 0..50 {
        let step = newton(rows.clone(), &beta, ridge);
        let rounding = 1e-13 * (1.0 + best.abs());
        let mut share = 1.0;
        let (next, value) = loop {
            let next: Vec<f64> = beta.iter().zip(&step).map(|(b, s)| b + share * s).collect();
            let value = objective(rows.clone(), &next, ridge);
            if value >= best - rounding || share < 1e-6 {
                break (next, value);
            }
            share *= 0.5;
        };
        if value.is_nan() || value < best - rounding {
            break;
        }
        let moved = beta.iter().zip(&next).map(|(old, new)| (new - old).abs() / (1.0 + old.abs())).fold(0.0, f64::max);
        (beta, best) = (next, value);
        if moved < 1e-9 {
            break;
        }
    }
    beta
}

fn newton<'a>(rows: impl Iterator<Item = (&'a [f64], f64, f64)>, beta: &[f64], ridge: f64) -> Vec<f64> {
    let mut gram = Gram::zero(beta.len());
    let mut slope = vec![0.0; beta.len()];
    for (row, y, weight) in rows {
        let p = logistic(dot(beta, row));
        gram.add(row, weight * (p * (1.0 - p)).max(1e-12));
        slope.iter_mut().zip(row).for_each(|(sum, x)| *sum += weight * (y - p) * x);
    }
    for (at, coefficient) in beta.iter().enumerate().skip(1) {
        gram.raise(at, ridge);
        slope[at] -= ridge * coefficient;
    }
    gram.solve(&slope)
}

fn objective<'a>(rows: impl Iterator<Item = (&'a [f64], f64, f64)>, beta: &[f64], ridge: f64) -> f64 {
    let fit: f64 = rows
        .map(|(row, y, weight)| {
            let eta = dot(beta, row);
            weight * (y * eta - softplus(eta))
        })
        .sum();
    fit - 0.5 * ridge * beta.iter().skip(1).map(|b| b * b).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_group_per_arm_gives_the_log_odds() {
        let rows: Vec<([f64; 2], f64)> = [(0.0, 30, 100), (1.0, 60, 100)]
            .into_iter()
            .flat_map(|(x, yes, all)| (0..all).map(move |i| ([1.0, x], f64::from(i < yes))))
            .collect();
        let beta = fit(rows.iter().map(|(row, y)| (row.as_slice(), *y, 1.0)), 2, 0.0);
        let odds = |p: f64| (p / (1.0 - p)).ln();
        assert!((beta[0] - odds(0.3)).abs() < 1e-9 && (beta[1] - odds(0.6) + odds(0.3)).abs() < 1e-9, "{beta:?}");
    }

    #[test]
    fn perfectly_parted_rows_stay_finite_with_a_ridge() {
        let rows = [([1.0, -1.0], 0.0), ([1.0, 1.0], 1.0)];
        let beta = fit(rows.iter().map(|(row, y)| (row.as_slice(), *y, 1.0)), 2, 1.0);
        assert!(beta.iter().all(|b| b.is_finite()) && beta[1] > 0.0);
    }
}
