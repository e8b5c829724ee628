//! Customers for whom no model of this module holds: wholesale buyers, a shop's own account.

use super::fit::{Model, Parameters, fit};
use super::gate::REPEATERS;
use super::history::{Grouped, History};
use crate::numeric::special::beta_share;

/// Expected number of customers in the whole file who buy so often, below which somebody stands outside: one shop in a million
/// would have one. Convention of this crate; strict, because a keen customer is no wholesale buyer.
pub const OUTSIDE: f64 = 1e-6;

/// Share of the customers, those with most purchases, among whom outsiders are looked for. Convention of this crate.
const SUSPECTS: f64 = 0.01;

/// P(X ≥ x | T) of somebody who never leaves: purchases in T at a rate λ ~ Gamma(r, α) are negative binomial (Ehrenberg 1959),
/// whose upper tail is the regularised incomplete beta function I_p(x, r) with p = T/(α+T). 1 for x = 0.
///
/// Leaving only takes purchases away, so with a model's own r and α this is an upper bound in BG/NBD, MBG/NBD and Pareto/NBD as
/// well. T and α in the same unit of time.
pub fn chance_of_so_many(parameters: &Parameters, history: &History) -> f64 {
    let values = parameters.values();
    let [r, alpha, ..] = values[..] else { return 1.0 };
    let all = alpha + history.t();
    if history.x() == 0 { 1.0 } else { beta_share(history.t() / all, alpha / all, f64::from(history.x()), r) }
}

/// Places of the customers who buy more often than a model with these parameters can explain: n·P(X ≥ x | T) <
/// [`OUTSIDE`], n the number of `histories`. Ascending.
///
/// A Bonferroni bound on the largest of n; derived here from [`chance_of_so_many`].
pub fn outside_of(parameters: &Parameters, histories: &[History]) -> Vec<usize> {
    let n = histories.len() as f64;
    let outside = |at: &usize| n * chance_of_so_many(parameters, &histories[*at]) < OUTSIDE;
    (0..histories.len()).filter(outside).collect()
}

/// Places of the customers who buy more often than NBD, fitted to the others, can explain ([`outside_of`]). Ascending; empty
/// where the others are too few to tell (fewer than [`REPEATERS`] with a repeat purchase).
///
/// The hundredth with most purchases is left out first, so that several outsiders cannot hide one another; who fits the others
/// is taken back in and NBD fitted again, until nobody more fits. Derived here, after the forward search of Hadi (1992).
pub fn outside(histories: &[History]) -> Vec<usize> {
    let mut suspects: Vec<usize> = (0..histories.len()).collect();
    suspects.sort_by_key(|at| std::cmp::Reverse(histories[*at].x()));
    suspects.truncate((SUSPECTS * histories.len() as f64).ceil() as usize);
    suspects.sort_unstable();
    loop {
        let others: Vec<History> =
            (0..histories.len()).filter(|at| suspects.binary_search(at).is_err()).map(|at| histories[at]).collect();
        let data = Grouped::new(&others);
        let Some(nbd) = fit(Model::Nbd, &data).ok().filter(|_| data.repeaters() >= REPEATERS) else { return Vec::new() };
        let n = histories.len() as f64;
        let still = |at: &usize| n * chance_of_so_many(&nbd.parameters, &histories[*at]) < OUTSIDE;
        let before = suspects.len();
        suspects.retain(still);
        if suspects.len() == before || suspects.is_empty() {
            return suspects;
        }
    }
}
