//! What somebody may want next: again, and for the first time.
//!
//! Two lists that are never blended: "buy again" by the customer's own frequency ([`Frequency`]), "new to you" by what
//! others bought together ([`Cosine`], and `Ease` with the feature `ease`), filled up by what sells ([`Popularity`]).
//! [`Guards`] refuse what is out of stock, a second variant, a durable just bought; [`blocks`] puts it all together.
//! [`Evaluation`] says which model is worth its place on a shop's own log.
//!
//! ```
//! use ltv::goods::{Line, Log};
//! use ltv::recommend::{Cosine, Decay, Frequency, Good, Guards, Neighbourhood, Popularity, Stock, blocks};
//!
//! // Four customers, three items: coffee 0, filters 1, a grinder 2. Everybody with coffee and a grinder has filters too.
//! let line = |customer, item, day| Line { customer, item, day, packs: 1 };
//! let log = Log::new(
//!     vec![
//!         line(0, 0, 1), line(0, 1, 1), line(0, 2, 5),
//!         line(1, 0, 2), line(1, 1, 9), line(1, 2, 9),
//!         line(2, 0, 3), line(2, 1, 3), line(2, 2, 4),
//!         line(3, 0, 3), line(3, 0, 33), line(3, 2, 40),
//!     ],
//!     4,
//!     3,
//! )?;
//! let today = 60;
//! let popular = Popularity::fit(&log, today, 60);
//! let again = Frequency { today, decay: Decay::None, popular: &popular };
//! let new = Cosine::fit(&log, Neighbourhood::default());
//! // A grinder is not bought twice within a year.
//! let consumable = Good { stock: Stock::In, group: None, category: None, rest_days: 0 };
//! let goods = [consumable, consumable, Good { rest_days: 365, ..consumable }];
//! let guards = Guards { goods: &goods, today };
//!
//! let offer = blocks(&again, &new, &popular, &guards, log.of(3), 5);
//! assert_eq!(offer.again.iter().map(|s| s.item).collect::<Vec<_>>(), [0]); // coffee; the grinder rests
//! assert_eq!(offer.new.iter().map(|s| s.item).collect::<Vec<_>>(), [1]);   // filters, which the others have
//! # Ok::<(), ltv::goods::LogError>(())
//! ```

mod blocks;
mod cosine;
#[cfg(feature = "ease")]
mod ease;
mod evaluate;
mod frequency;
mod guard;
#[cfg(feature = "ease")]
mod inverse;
mod popular;
mod ranking;

pub use blocks::{Blocks, blocks};
pub use cosine::{Cosine, Neighbourhood};
#[cfg(feature = "ease")]
pub use ease::{Ease, EaseError, Ridge};
pub use evaluate::{Evaluation, EvaluationError, Figures, Judgement};
pub use frequency::{Decay, Frequency};
pub use guard::{Choice, Good, Guards, Refusal, Stock};
pub use popular::Popularity;
pub use ranking::{Affinity, Scored, ndcg, recall, top};
