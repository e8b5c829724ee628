//! A part of the messages goes to people chosen by lot, so that the next model learns about those the last one left out.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Fault;
use super::fault::share;

/// Why somebody gets the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picked {
    /// By the score.
    Score,
    /// By lot.
    Lot,
}

/// Who gets the message, the lot included.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Places in the candidates' list, with the reason; the scored first.
    pub send: Vec<(usize, Picked)>,
    /// Probability with which each of those outside the scored was to be sent to: to be kept with the campaign, for a later
    /// evaluation weights by it. The scored have probability 1.
    pub lot_probability: f64,
}

/// Gives `learning` (such as 0.05) of `messages` to candidates drawn by lot from those that the score leaves out; the rest
/// goes to the first of `ranked`. The number of messages stays the same, so a budget stays kept.
///
/// # Errors
/// [`Fault::NotAShare`].
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
