//! A LINE account's made-up friends, and what a message really does to each of them.

use rand::Rng;
use rand_distr::{Beta, Distribution};

use super::fault::{positive, share};
use super::process::{exponential, gamma};
use super::stream::{Topic, stream};
use super::{Fault, Season};

/// What a shop can see of a friend, in the order of [`Friend::features`]: weeks since the last purchase (0 … tenure), purchases so
/// far (whole, mean 2.5 or so), share of messages opened by click (0 to 1), weeks since the friendship began (1 … 104). Convention
/// of this crate.
pub const FEATURES: [&str; 4] = ["recency", "frequency", "engagement", "tenure"];

/// Whom a message moves to buy: what is added to the probability of a purchase. Convention of this crate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lift {
    /// Adds 0, nobody: every observed difference is chance (A/A).
    Nobody,
    /// Adds the same probability for everybody, in \[0, 1\].
    Same(f64),
    /// Adds most·(1 − warmth)·min(1, recency/26): those who have drifted away, by up to this probability in \[0, 1\]; regulars, whose
    /// warmth min(1, frequency/6)·e^(−recency/26) is near 1, who click most and buy anyway, hardly at all.
    Lapsing(f64),
}

/// Friends of one account with known answers. How traits become probabilities is a convention of this crate, stated at [`Lift`] and
/// at the fields of [`Friend`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Town {
    /// Probability in \[0, 1\] that an average friend buys within the window without any message.
    pub base: f64,
    /// Whom a message moves, and by how much.
    pub lift: Lift,
    /// Probability in \[0, 1\] that a message makes an average friend block, per message.
    pub block: f64,
    /// Mean margin of an order over friends, yen, above 0.
    pub margin: f64,
    /// Mean value that is still to come from a friend through LINE, yen, above 0; lost with a block.
    pub residual: f64,
    /// The yearly wave, a factor on buying without a message.
    pub season: Season,
}

/// A made-up friend with what nobody sees in a real one. Index 0: without the message, 1: with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Friend {
    /// Number, from 0: names the stream of random numbers.
    pub id: u64,
    /// Visible traits in the order and units of [`FEATURES`].
    pub features: [f64; 4],
    /// P(buys within the window): base·(0.35 + 3·warmth)·season, held to \[0, 0.95\]; with the message [`Lift`] is added, at most 1.
    pub buys: [f64; 2],
    /// P(clicks | sent) = min(1, 0.02 + 0.5·engagement).
    pub clicks: f64,
    /// P(blocks within the window): with h = min(0.5, block·(3 − 2·engagement)/2.5), 0.2·h without and min(1, 1.2·h) with the message.
    pub blocks: [f64; 2],
    /// margin·(0.6 + 0.4·w), w ~ Gamma(2, 2) of mean 1: expected margin of this friend's order, yen.
    pub margin: f64,
    /// residual·(0.3 + 0.7·w) with the same w: what is still to come from this friend through LINE, yen.
    pub residual: f64,
}

/// One message to (a part of) the town, in a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// Number: answers to different campaigns are drawn apart.
    pub id: u64,
    /// Whole weeks from the shop's week 0, for the season.
    pub week: u32,
}

/// What happened to one friend in the window after a campaign, drawn from the friend's probabilities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Bought: U₁ < `buys`, U₁ uniform on \[0, 1).
    pub bought: bool,
    /// Margin of the order, yen, ~ Gamma(2, 2/margin) of mean [`Friend::margin`]; 0 without one.
    pub margin: f64,
    /// Clicked the message: sent and U₃ < `clicks`.
    pub clicked: bool,
    /// Blocked the account: U₂ < `blocks`.
    pub blocked: bool,
}

impl Town {
    /// Whether everything lies in its range.
    ///
    /// # Errors
    /// The first [`Fault`]: a share outside \[0, 1\], money that is not above 0.
    pub fn check(&self) -> Result<(), Fault> {
        share("base", self.base)?;
        share("block", self.block)?;
        share("swing", self.season.swing)?;
        if let Lift::Same(lift) | Lift::Lapsing(lift) = self.lift {
            share("lift", lift)?;
        }
        positive("margin", self.margin)?;
        positive("residual", self.residual)
    }

    /// Friends `0..count` of the world `seed`, one after another, as they are in `week` (whole weeks from the shop's week 0). Each
    /// friend has a stream of random numbers of their own, so any of them can be made again alone.
    ///
    /// # Errors
    /// What [`Town::check`] says.
    pub fn friends(&self, seed: u64, week: u32, count: u64) -> Result<impl Iterator<Item = Friend> + use<>, Fault> {
        self.check()?;
        let town = *self;
        Ok((0..count).map(move |id| town.friend(seed, week, id)))
    }

    fn friend(&self, seed: u64, week: u32, id: u64) -> Friend {
        let rng = &mut stream(seed, Topic::Person, id);
        let tenure = 1.0 + 103.0 * rng.random::<f64>();
        let frequency = gamma(1.2, 1.2 / 3.0, rng).floor();
        let recency = exponential((1.0 + frequency) / 40.0, rng).min(tenure);
        // Regulars click: that is what deceives whoever counts the last click.
        let warmth = (frequency / 6.0).min(1.0) * libm::exp(-recency / 26.0);
        let engagement = Beta::new(1.0 + 6.0 * warmth, 6.0).map_or(0.0, |draw| draw.sample(rng));
        let untouched = (self.base * (0.35 + 3.0 * warmth) * self.season.factor(f64::from(week))).clamp(0.0, 0.95);
        let added = match self.lift {
            Lift::Nobody => 0.0,
            Lift::Same(lift) => lift,
            Lift::Lapsing(most) => most * (1.0 - warmth) * (recency / 26.0).min(1.0),
        };
        let tired = 1.0 + 2.0 * (1.0 - engagement);
        let block = (self.block * tired / 2.5).min(0.5);
        let worth = gamma(2.0, 2.0, rng);
        Friend {
            id,
            features: [recency, frequency, engagement, tenure],
            buys: [untouched, (untouched + added).min(1.0)],
            clicks: (0.02 + 0.5 * engagement).min(1.0),
            blocks: [block * 0.2, (block * 1.2).min(1.0)],
            margin: self.margin * (0.6 + 0.4 * worth),
            residual: self.residual * (0.3 + 0.7 * worth),
        }
    }
}

impl Friend {
    /// What this message is truly worth for this friend, yen, before its price: margin × (P(buys | sent) − P(buys | not)) −
    /// (P(blocks | sent) − P(blocks | not)) × residual value. The truth behind [`Prospect::gain`](crate::uplift::Prospect::gain).
    pub fn true_gain(&self) -> f64 {
        self.margin * (self.buys[1] - self.buys[0]) - (self.blocks[1] - self.blocks[0]) * self.residual
    }

    /// What happens in the window after `campaign`, as [`Outcome`] states. What a friend draws is the same whether or not the message was sent, so
    /// that the effect is what the message changes and nothing else (potential outcomes of Rubin 1974 with common random numbers).
    pub fn answer(&self, seed: u64, campaign: Campaign, arm: Sent) -> Outcome {
        let topic = seed.wrapping_add(campaign.id.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let rng = &mut stream(topic, Topic::Answer, self.id);
        let [buy, block, click]: [f64; 3] = rng.random();
        let order = gamma(2.0, 2.0 / self.margin, rng);
        let world = arm as usize;
        let bought = buy < self.buys[world];
        Outcome {
            bought,
            margin: if bought { order } else { 0.0 },
            clicked: arm == Sent::Yes && click < self.clicks,
            blocked: block < self.blocks[world],
        }
    }
}

/// Whether the message went to this friend: the index of the world in [`Friend::buys`] and [`Friend::blocks`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Held back.
    No = 0,
    /// Sent.
    Yes = 1,
}

impl Outcome {
    /// What the window brought, yen: margin of the order − \[sent\]·price of the message − \[blocked\]·residual value.
    pub fn profit(&self, friend: &Friend, arm: Sent, price: f64) -> f64 {
        let paid = if arm == Sent::Yes { price } else { 0.0 };
        self.margin - paid - if self.blocked { friend.residual } else { 0.0 }
    }
}
