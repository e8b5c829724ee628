//! A part of the messages goes to people chosen by lot, so that the next model learns about those the last one left out.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Fault;
use super::fault::share;

/// Why somebody gets the message: to earn, or to learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picked {
    /// By the score: among the first of the ranking.
    Score,
    /// By lot, with probability [`Plan::lot_probability`].
    Lot,
}

/// Who gets the message, the lot included, see [`explore`].
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Places in the candidates' list, with the reason; the scored first.
    pub send: Vec<(usize, Picked)>,
    /// by_lot/(candidates − scored), the probability in \[0, 1\] with which each of those outside the scored was to be sent to: to be
    /// kept with the campaign, for a later evaluation weights by its inverse (Horvitz & Thompson 1952). The scored have 1.
    pub lot_probability: f64,
}

/// Gives `learning` (such as 0.05) of `messages` to candidates drawn by lot from those that the score leaves out; the rest
/// goes to the first of `ranked` (places, best first). round(messages·learning) go by lot, by Fisher & Yates' shuffle from `seed`.
/// The number of messages, at most the candidates, stays the same, so a budget stays kept. A kind of ε-greedy exploration (Sutton &
/// Barto, Reinforcement Learning, ch. 2).
///
/// # Errors
/// [`Fault::NotAShare`] for `learning` outside \[0, 1\].
pub fn explore(ranked: &[usize], messages: usize, learning: f64, seed: u64) -> Result<Plan, Fault> {
    let messages = messages.min(ranked.len());
    let by_lot = (messages as f64 * share(learning)?).round() as usize;
    let scored = messages - by_lot;
    let mut rest = ranked[scored..].to_vec();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    for at in 0..by_lot {
        let drawn = rng.random_range(at..rest.len());
        rest.swap(at, drawn);
    }
    let lot_probability = if rest.is_empty() { 0.0 } else { by_lot as f64 / rest.len() as f64 };
    let send = ranked[..scored].iter().map(|&at| (at, Picked::Score));
    Ok(Plan { send: send.chain(rest.into_iter().take(by_lot).map(|at| (at, Picked::Lot))).collect(), lot_probability })
}
