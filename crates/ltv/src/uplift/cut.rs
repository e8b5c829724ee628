//! How far down the list to send.

use std::cmp::Ordering;

use super::fault::{finite, not_negative};
use super::{Fault, Tariff};

/// Somebody a message could go to, one message each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// margin·τ − h·residual, what the message is worth before its price, yen ([`super::Prospect::gain`]).
    pub gain: f64,
    /// Days without a message: of equals, who has waited longest goes first.
    pub waited: f64,
}

/// What may be spent: n messages with n ≤ `messages` and [`Tariff::cost`] of n after `used` ≤ `budget`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// Messages of the month already sent.
    pub used: u64,
    /// Most yen for this campaign, 0 or more; infinite for no limit.
    pub budget: f64,
    /// Most messages (what is left of a quota); `u64::MAX` for no limit.
    pub messages: u64,
}

/// Who gets the message, see [`cut()`].
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// Places in the list of candidates, most worthwhile first.
    pub chosen: Vec<usize>,
    /// Σ gain of the chosen, before the price, yen.
    pub gain: f64,
    /// [`Tariff::cost`] of so many messages after those already sent, yen.
    pub cost: f64,
}

impl Cut {
    /// gain − cost, expected profit, yen.
    pub fn profit(&self) -> f64 {
        self.gain - self.cost
    }
}

/// One point of the curve of expected profit by number sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// n, messages.
    pub sent: u64,
    /// Σ gain of the first n by gain, before the price, yen.
    pub gain: f64,
    /// [`Tariff::cost`] of n messages after those already sent, yen.
    pub cost: f64,
}

impl Point {
    /// gain − cost, expected profit, yen.
    pub fn profit(&self) -> f64 {
        self.gain - self.cost
    }
}

/// The best number to send: candidates by gain, and of all numbers within the limit the one with the highest Σ gain − cost. Every
/// message costs the same to whomever it goes, so for each number the first in order are the best, and trying every number is
/// exact even where the price falls with volume and a second hill may be higher than the first. Derived here (an exchange argument:
/// swapping a chosen one for one with more gain never loses); time O(n log n).
///
/// # Errors
/// [`Fault::NotFinite`] for a gain, a wait or a budget that is NaN, [`Fault::Negative`] for a budget.
pub fn cut(candidates: &[Candidate], tariff: &Tariff, limit: Limit) -> Result<Cut, Fault> {
    if limit.budget < f64::INFINITY {
        not_negative(limit.budget)?;
    }
    let order = ordered(candidates)?;
    let (mut gain, mut best) = (0.0, (0_usize, 0.0, 0.0));
    for (place, &at) in order.iter().enumerate() {
        gain += candidates[at].gain;
        let sent = place as u64 + 1;
        let cost = tariff.cost(limit.used, sent);
        if sent > limit.messages || cost > limit.budget {
            break;
        }
        if gain - cost > best.1 - best.2 {
            best = (place + 1, gain, cost);
        }
    }
    Ok(Cut { chosen: order[..best.0].to_vec(), gain: best.1, cost: best.2 })
}

/// Expected profit by number sent, Σ of the n highest gains − cost(n), from nobody to all in `points` even steps (at most one per
/// candidate); `used` messages were sent in the month before. Its highest point is what [`cut()`] takes without a limit.
///
/// # Errors
/// [`Fault::NotFinite`] for a gain or a wait.
pub fn curve(candidates: &[Candidate], tariff: &Tariff, used: u64, points: usize) -> Result<Vec<Point>, Fault> {
    let order = ordered(candidates)?;
    let (all, points) = (order.len(), points.max(1));
    let mut drawn = vec![Point { sent: 0, gain: 0.0, cost: 0.0 }];
    let (mut gain, mut next) = (0.0, 1);
    for (place, &at) in order.iter().enumerate() {
        gain += candidates[at].gain;
        if place + 1 >= (all * next).div_ceil(points) {
            let sent = place as u64 + 1;
            drawn.push(Point { sent, gain, cost: tariff.cost(used, sent) });
            next = (place + 1) * points / all + 1;
        }
    }
    Ok(drawn)
}

fn ordered(candidates: &[Candidate]) -> Result<Vec<usize>, Fault> {
    for candidate in candidates {
        finite(candidate.gain)?;
        finite(candidate.waited)?;
    }
    let before = |&a: &usize, &b: &usize| -> Ordering {
        let (a, b) = (&candidates[a], &candidates[b]);
        b.gain.total_cmp(&a.gain).then(b.waited.total_cmp(&a.waited))
    };
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by(before);
    Ok(order)
}
