//! How many more until a verdict, and when.

use super::estimate::reach;
use super::fault::{finite, open_share, positive};
use super::power::fewest;
use super::{Estimate, Fault, Looks};
use crate::numeric::normal;

/// A running experiment as it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The difference so far, absolute.
    pub now: Estimate,
    /// Smallest effect (either sign) that would matter, in the difference's unit: the break-even, for instance.
    pub worthwhile: f64,
    /// Customers who join per day, both arms together.
    pub per_day: f64,
    /// Level of the interval.
    pub alpha: f64,
    /// Chance with which a worthwhile effect is to be seen by then.
    pub power: f64,
    /// One look or any number. With [`Looks::Once`] the verdict is only valid if nobody looks before.
    pub looks: Looks,
}

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The interval lies above zero.
    Helps,
    /// The interval lies below zero.
    Harms,
    /// The interval lies between −worthwhile and +worthwhile: whatever there is does not matter.
    DoesNotMatter,
}

/// What is to be expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outlook {
    /// Decided already.
    Decided(Decision),
    /// So many more customers, and days, until a worthwhile effect is seen with the asked power.
    After {
        /// Customers in both arms, beside those there are.
        more: u64,
        /// Days at the present pace; infinite without anybody joining.
        days: f64,
    },
    /// Not with ten thousand million customers.
    Never,
}

impl Progress {
    /// The outlook, from the spread seen so far and the worthwhile effect, not from the effect seen so far: whoever plans with
    /// the present effect stops at flukes. With N customers the standard error is se·√(n/N); the verdict is expected where
    /// (half-width + z_power)·se·√(n/N) ≤ worthwhile (derived).
    ///
    /// # Errors
    /// [`Fault::NotAShare`], [`Fault::NotPositive`], [`Fault::NoSpread`].
    pub fn outlook(&self) -> Result<Outlook, Fault> {
        let worthwhile = positive(self.worthwhile)?;
        if let Some(decision) = self.decision()? {
            return Ok(Outlook::Decided(decision));
        }
        let power = normal::quantile(open_share(self.power)?);
        let now = self.now.n as f64;
        let visible = |n: f64| -> Result<f64, Fault> {
            Ok((reach(self.looks, self.alpha, n)? + power).max(0.0) * libm::sqrt(self.now.variance * now / n))
        };
        let Some(enough) = fewest(now, worthwhile, visible)? else { return Ok(Outlook::Never) };
        let more = (enough - now).max(1.0);
        let days = if self.per_day > 0.0 { more / finite(self.per_day)? } else { f64::INFINITY };
        Ok(Outlook::After { more: more as u64, days })
    }

    fn decision(&self) -> Result<Option<Decision>, Fault> {
        let answer = self.now.answer(self.looks, self.alpha)?;
        Ok(if answer.low > 0.0 {
            Some(Decision::Helps)
        } else if answer.high < 0.0 {
            Some(Decision::Harms)
        } else if answer.low > -self.worthwhile && answer.high < self.worthwhile {
            Some(Decision::DoesNotMatter)
        } else {
            None
        })
    }
}
