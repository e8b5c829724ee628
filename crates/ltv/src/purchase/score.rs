//! What is predicted of many customers at once.

use std::collections::HashMap;

use super::beta_geometric::{BgNbd, MbgNbd};
use super::fit::Parameters;
use super::history::History;
use super::process::Process;
use super::quadrature::Rule;
use super::sum::mapped;

/// What is predicted of a customer for (T, T+t\].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// P(alive | x, t_x, T) in \[0, 1\], see [`Process::p_alive`].
    pub p_alive: f64,
    /// E\[Y(t) | x, t_x, T\], purchases, see [`Process::expected_purchases`].
    pub expected_purchases: f64,
    /// P(Y(t) > 0 | x, t_x, T) in \[0, 1\], see [`Process::p_buys_within`].
    pub p_buys: f64,
}

/// Customers of a block; each block keeps the weights it needs, by number of purchases.
const BLOCK: usize = 65_536;

/// Scores of n customers for the same horizon t (in the unit of the parameters), one for each in their order, on all cores
/// (the number of cores changes no bit). The formulas are those of [`Process`].
pub fn score(parameters: &Parameters, histories: &[History], t: f64) -> Vec<Score> {
    match parameters {
        Parameters::BgNbd(model) => scored(model, histories, t, BgNbd::rule, BgNbd::expected_with),
        Parameters::MbgNbd(model) => scored(model, histories, t, MbgNbd::rule, MbgNbd::expected_with),
        Parameters::ParetoNbd(model) => {
            mapped(histories, BLOCK, |block| block.iter().map(|history| model.score(history, t)).collect())
        }
        Parameters::Nbd(model) => {
            mapped(histories, BLOCK, |block| block.iter().map(|history| of_one(model, history, t)).collect())
        }
    }
}

fn of_one(model: &impl Process, history: &History, t: f64) -> Score {
    Score {
        p_alive: model.p_alive(history),
        expected_purchases: model.expected_purchases(history, t),
        p_buys: model.p_buys_within(history, t),
    }
}

fn scored<M: Process>(
    model: &M,
    histories: &[History],
    t: f64,
    rule: fn(&M, u32) -> Rule,
    expected: fn(&M, &Rule, &History, f64) -> f64,
) -> Vec<Score> {
    mapped(histories, BLOCK, |block| {
        let mut rules: HashMap<u32, Rule> = HashMap::new();
        let of = |history: &History| {
            let weights = rules.entry(history.x()).or_insert_with(|| rule(model, history.x()));
            Score {
                p_alive: model.p_alive(history),
                expected_purchases: expected(model, weights, history, t),
                p_buys: model.p_buys_within(history, t),
            }
        };
        block.iter().map(of).collect()
    })
}
