//! When somebody needs the same thing again.
//!
//! A [`Pair`] is a customer and an item they bought. [`Rate`] (Poisson-Gamma) says how likely they buy it again within some
//! days, [`Rhythm`] between which days it runs out (the [`Window`] to write in), [`Hazard`] weighs both with what else is
//! known of the customer. [`Switch`] says for which items any of this is worth a message, [`Evaluation`] whether the models
//! beat the naive scores on the shop's own log.
//!
//! Time is counted in days per pack: an interval after n packs counts as n intervals of one, and a window after n packs is n
//! times as far away ([`Packs`]).

mod evaluate;
mod hazard;
mod pair;
mod quality;
mod rate;
mod rhythm;
mod switch;
mod visits;

pub use crate::numeric::rank::auc;
pub use evaluate::{Due, Evaluation, EvaluationError, Naive};
pub use hazard::{Hazard, HazardError};
pub use pair::{Packs, Pair, pairs};
pub use quality::{Bin, average_precision, calibration};
pub use rate::Rate;
pub use rhythm::{Rhythm, Window};
pub use switch::{Rule, Shares, Switch};

/// Σ(k − 1) = 0, nobody bought anything a second time: there is no interval to learn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nobody bought the same thing twice")]
pub struct NoRepeat;
