//! How likely a message makes somebody block the account.

use super::base::Fitted;
use super::fault::finite;
use super::{Arm, Base, Fault, Trial};
use crate::numeric::scaling::Scaling;

/// Under so many blocks no model (convention of this crate); segment rates shrunk to the shop's ([`super::Prior`]) and a cap on sends stand in.
pub const BLOCKS_NEEDED: u64 = 200;

/// Discrete-time hazard of a block (Allison 1982): one row per friend and period (a week, say) in which the friend could still
/// block, logit P(blocks in the period) = β₀ + β·features + γ·\[sent\], fitted as [`Base::Logistic`]. Usual features: sends in the last 7 and 28 days, days since
/// the last click, the last order and the follow, source of the friend, kind of content, P(alive). Rows must come from randomised
/// sending, else those who are written to most are those who like it best.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockModel {
    scaling: Scaling,
    fitted: Fitted,
}

impl BlockModel {
    /// Learns from rows whose outcome is 1 for a block in the period, else 0; the arm says whether a message was sent in it.
    ///
    /// # Errors
    /// [`Fault::TooFewBlocks`] under [`BLOCKS_NEEDED`], [`Fault::TooFew`] where an arm is empty or has fewer than two rows per
    /// coefficient, [`Fault::NotARate`] for an outcome outside \[0, 1\], [`Fault::NotFinite`].
    pub fn fit(rows: &Trial) -> Result<Self, Fault> {
        let seen = rows.iter().filter(|(.., outcome)| *outcome > 0.0).count() as u64;
        if seen < BLOCKS_NEEDED {
            return Err(Fault::TooFewBlocks { seen, needed: BLOCKS_NEEDED });
        }
        for wanted in [Arm::Held, Arm::Sent] {
            if !rows.iter().any(|(_, arm, _)| arm == wanted) {
                return Err(Fault::TooFew { seen: 0, needed: 1 });
            }
        }
        let scaling = Scaling::of(rows.iter().map(|(features, ..)| features), rows.width());
        let designed: Vec<(Vec<f64>, f64)> = rows.iter().map(|(x, arm, y)| (row(&scaling, x, arm), y)).collect();
        let fitted = Fitted::of(Base::Logistic, designed.iter().map(|(row, y)| (row.as_slice(), *y)), rows.width() + 2)?;
        Ok(Self { scaling, fitted })
    }

    /// P(blocks in a period | features, arm) = 1/(1 + e^−(β₀ + β·features + γ·\[sent\])), in \[0, 1\]; features in the order they were
    /// learned in, missing ones count as average.
    ///
    /// # Errors
    /// [`Fault::NotFinite`] where the model has no number.
    pub fn hazard(&self, features: &[f64], arm: Arm) -> Result<f64, Fault> {
        finite(self.fitted.expect(&row(&self.scaling, features, arm)))
    }

    /// h = max(0, P(blocks | features, sent) − P(blocks | features, not)), what the message causes; a difference of risks, which
    /// randomised sending identifies.
    ///
    /// # Errors
    /// [`Fault::NotFinite`] where the model has no number.
    pub fn caused(&self, features: &[f64]) -> Result<f64, Fault> {
        Ok((self.hazard(features, Arm::Sent)? - self.hazard(features, Arm::Held)?).max(0.0))
    }
}

fn row(scaling: &Scaling, features: &[f64], arm: Arm) -> Vec<f64> {
    let mut row = scaling.row(features);
    row.push(f64::from(u8::from(arm == Arm::Sent)));
    row
}
