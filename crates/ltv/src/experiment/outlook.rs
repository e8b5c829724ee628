//! How many more until a verdict, and when.

use super::estimate::reach;
use super::fault::{finite, open_share, positive};
use super::power::fewest;
use super::{Estimate, Fault, Looks};
use crate::numeric::normal;

/// A running experiment as it stands, see [`Progress::outlook`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The difference so far, absolute ([`difference`](super::difference)), with its variance and N.
    pub now: Estimate,
    /// Smallest effect (either sign) that would matter, above 0, in the difference's unit: the break-even, for instance.
    pub worthwhile: f64,
    /// Customers who join per day, both arms together; 0: nobody.
    pub per_day: f64,
    /// α in (0, 1), level of the interval of coverage 1 − α.
    pub alpha: f64,
    /// 1 − β in (0, 1): the chance with which a worthwhile effect is to be seen by then.
    pub power: f64,
    /// One look or any number. With [`Looks::Once`] the verdict is only valid if nobody looks before.
    pub looks: Looks,
}

/// A verdict, from the interval \[low, high\] of the difference; the third is a test of equivalence by interval inclusion (Westlake
/// 1972).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// low > 0: the interval lies above zero.
    Helps,
    /// high < 0: the interval lies below zero.
    Harms,
    /// −worthwhile < low and high < worthwhile: whatever there is does not matter.
    DoesNotMatter,
}

/// What is to be expected, see [`Progress::outlook`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outlook {
    /// Decided already, by the interval as it is now.
    Decided(Decision),
    /// So many more customers, and days, until a worthwhile effect is seen with the asked power.
    After {
        /// Customers in both arms, beside those there are; at least 1.
        more: u64,
        /// more/per_day, days at the present pace; infinite without anybody joining.
        days: f64,
    },
    /// Not with ten thousand million (10¹⁰) customers.
    Never,
}

impl Progress {
    /// The outlook, from the spread seen so far and the worthwhile effect, not from the effect seen so far: whoever plans with
    /// the present effect stops at flukes. With N customers the standard error is se·√(n/N); the verdict is expected where
    /// (half-width + z_power)·se·√(n/N) ≤ worthwhile, n the customers so far and the half-width in standard errors. Derived here:
    /// the power of [`Design::detectable`](super::Design::detectable) with the spread observed.
    ///
    /// # Errors
    /// [`Fault::NotAShare`] for α or the power, [`Fault::NotPositive`] for `worthwhile` or N*, [`Fault::NoSpread`],
    /// [`Fault::NotFinite`] for `per_day`.
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
