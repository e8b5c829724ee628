//! Models of the difference a message makes.

use super::base::Fitted;
use super::{Arm, Base, Fault, Trial};
use crate::numeric::scaling::Scaling;

/// How the difference is learned from two arms (Künzel, Sekhon, Bickel and Yu 2019, "Metalearners for estimating heterogeneous
/// treatment effects").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learner {
    /// One model per arm: τ(x) = μ₁(x) − μ₀(x).
    T,
    /// Each arm's customers get the other arm's expectation: D₁ = Y − μ₀(x), D₀ = μ₁(x) − Y, each regressed on x by least squares;
    /// τ = g·τ₀ + (1 − g)·τ₁, g the share that was sent to. With linear bases the same as T.
    X,
}

/// A fitted model of uplift τ(x), see [`UpliftModel::fit`].
#[derive(Clone, Debug, PartialEq)]
pub struct UpliftModel {
    scaling: Scaling,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Two { held: Fitted, sent: Fitted },
    Crossed { from_held: Fitted, from_sent: Fitted, share_sent: f64 },
}

impl UpliftModel {
    /// Learns from `trial` by the formulas of [`Learner`], with μ₀ and μ₁ fitted to the arms held back and sent to as [`Base`] says;
    /// features are standardised over both arms.
    ///
    /// # Errors
    /// [`Fault::TooFew`] where an arm has fewer than two customers per coefficient, [`Fault::NotARate`] for a logistic base on
    /// outcomes outside [0, 1], [`Fault::NotFinite`].
    pub fn fit(trial: &Trial, learner: Learner, base: Base) -> Result<Self, Fault> {
        let size = trial.width() + 1;
        let scaling = Scaling::of(trial.iter().map(|(features, ..)| features), trial.width());
        let rows: Vec<(Vec<f64>, Arm, f64)> = trial.iter().map(|(x, arm, y)| (scaling.row(x), arm, y)).collect();
        let of = |wanted: Arm| {
            rows.iter().filter(move |(_, arm, _)| *arm == wanted).map(|(row, _, outcome)| (row.as_slice(), *outcome))
        };
        let held = Fitted::of(base, of(Arm::Held), size)?;
        let sent = Fitted::of(base, of(Arm::Sent), size)?;
        if learner == Learner::T {
            return Ok(Self { scaling, kind: Kind::Two { held, sent } });
        }
        let from_sent = Fitted::of(Base::Linear, of(Arm::Sent).map(|(row, y)| (row, y - held.expect(row))), size)?;
        let from_held = Fitted::of(Base::Linear, of(Arm::Held).map(|(row, y)| (row, sent.expect(row) - y)), size)?;
        let share_sent = of(Arm::Sent).count() as f64 / rows.len() as f64;
        Ok(Self { scaling, kind: Kind::Crossed { from_held, from_sent, share_sent } })
    }

    /// τ(x): expected outcome with the message − without it, in the outcome's unit per customer (a difference of probabilities for
    /// an outcome of 0 and 1). `features` in the order of the trial; missing ones count as average.
    pub fn uplift(&self, features: &[f64]) -> f64 {
        let row = self.scaling.row(features);
        match &self.kind {
            Kind::Two { held, sent } => sent.expect(&row) - held.expect(&row),
            Kind::Crossed { from_held, from_sent, share_sent } => {
                share_sent * from_held.expect(&row) + (1.0 - share_sent) * from_sent.expect(&row)
            }
        }
    }
}
