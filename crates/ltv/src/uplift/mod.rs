//! Whom to send to, when every message has a price.
//!
//! A randomised campaign ([`Trial`]) teaches a model of the difference a message makes ([`UpliftModel`]); another part of it
//! shows out of sample whether the model orders people better than chance ([`Ranking`], [`judge`]). Only then may it choose:
//! what a message is worth to somebody is [`Prospect::gain`] in yen, and [`cut`], [`allot`] and [`explore`] spend a budget on it.

mod base;
mod block;
mod cut;
mod explore;
mod fault;
mod gate;
mod learner;
mod offers;
mod prospect;
mod ranking;
mod shrink;
mod slots;
mod tariff;
mod trial;

pub use base::Base;
pub use block::{BLOCKS_NEEDED, BlockModel};
pub use cut::{Candidate, Cut, Limit, Point, curve, cut};
pub use explore::{Picked, Plan, explore};
pub use fault::Fault;
pub use gate::{Caution, Gate, OUTCOMES_ADVISED, OUTCOMES_NEEDED, REPLICATES, Refusal, judge};
pub use learner::{Learner, UpliftModel};
pub use offers::{Allotment, Offer, allot};
pub use prospect::Prospect;
pub use ranking::Ranking;
pub use shrink::{Prior, Rate};
pub use slots::{CANDIDATES, Habits, SLOTS, Slot, Tally, When, smoothed};
pub use tariff::{Step, Tariff};
pub use trial::{Arm, Trial};
