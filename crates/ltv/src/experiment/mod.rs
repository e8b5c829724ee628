//! What a message caused, against those left alone.
//!
//! Customers are dealt to arms by a hash ([`assign`]); whoever was dealt to an arm counts there whether or not a message
//! arrived (intention to treat). An arm becomes a [`Level`] – a mean, a ratio, a mean after CUPED –, two levels an
//! [`Estimate`], and an estimate an answer with an interval, looked at once or every day ([`Looks`]).
//!
//! # Example
//!
//! Hillstrom's e-mail experiment: visits of the arm that got the men's catalogue against the arm that got nothing.
//!
//! ```
//! use ltv::experiment::{Looks, Moments, check_split, difference, relative};
//!
//! // Customers and visits; a visit is 1, so Σx = Σx².
//! let nothing = Moments::from_sums(21_306, 2_262.0, 2_262.0)?;
//! let mens = Moments::from_sums(21_307, 3_894.0, 3_894.0)?;
//! let effect = difference(&nothing.level()?, &mens.level()?)?;
//! let answer = effect.answer(Looks::Once, 0.05)?;
//! assert!((answer.value - 0.076590).abs() < 5e-7);
//! assert!((answer.std_error - 0.003386).abs() < 5e-7);
//! assert!(answer.low > 0.0699 && answer.high < 0.0833 && answer.p_value < 1e-100);
//!
//! // The arms were to be of equal size, and are: the experiment is valid.
//! assert!(!check_split(&[21_306, 21_307], &[1.0, 1.0])?.broken);
//!
//! // Had somebody looked every day, the interval would have to be wider; it still lies above zero.
//! let always = effect.answer(Looks::Any { tuned_for: 40_000.0 }, 0.05)?;
//! assert!(always.low > 0.0 && always.high - always.low > 1.4 * (answer.high - answer.low));
//!
//! // As a share of those who got nothing: 72 % more visits, between 64 % and 80 %.
//! let more = relative(&nothing.level()?, &mens.level()?)?.answer(Looks::Once, 0.05)?;
//! assert!((more.value - 0.7214).abs() < 1e-4 && more.low > 0.63 && more.high < 0.81);
//! # Ok::<(), ltv::experiment::Fault>(())
//! ```

pub mod assign;
mod cuped;
mod estimate;
mod fault;
mod level;
mod moments;
mod outlook;
mod pool;
mod power;
mod several;
mod split_check;
mod winsor;

pub use cuped::{Cuped, adjust};
pub use estimate::{Answer, Estimate, Looks, SEQUENTIAL_TUNED_FOR, difference, relative};
pub use fault::Fault;
pub use level::{Level, RatioMoments};
pub use moments::{Moments, PairMoments};
pub use outlook::{Decision, Outlook, Progress};
pub use pool::{Pooled, Study, Total, pool, studies, total};
pub use power::Design;
pub use several::holm;
pub use split_check::{BROKEN_BELOW, SplitCheck, check_split};
pub use winsor::{Winsor, cap_at};
