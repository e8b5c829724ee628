//! A LINE account's made-up friends, and what a message really does to each of them.

use rand::Rng;
use rand_distr::{Beta, Distribution};

use super::fault::{positive, share};
use super::process::{exponential, gamma};
use super::stream::{Topic, stream};
use super::{Fault, Season};

/// What a shop can see of a friend, in the order of [`Friend::features`]: weeks since the last purchase, purchases so far,
/// share of messages opened by click, weeks since the friendship began.
pub const FEATURES: [&str; 4] = ["recency", "frequency", "engagement", "tenure"];

/// Whom a message moves to buy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lift {
    /// Nobody: every observed difference is chance (A/A).
    Nobody,
    /// Everybody by the same added probability.
    Same(f64),
    /// Those who have drifted away, by up to this added probability; regulars, who click most and buy anyway, hardly at all.
    Lapsing(f64),
}

/// Friends of one account with known answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Town {
    /// Probability that an average friend buys within the window without any message.
    pub base: f64,
    /// Whom a message moves.
    pub lift: Lift,
    /// Probability that a message makes an average friend block, per message.
    pub block: f64,
    /// Mean margin of an order, yen.
    pub margin: f64,
    /// Mean value that is still to come from a friend through LINE, yen; lost with a block.
    pub residual: f64,
    /// The yearly wave on buying without a message.
    pub season: Season,
}

/// A made-up friend with what nobody sees in a real one. Index 0: without the message, 1: with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Friend {
    /// Number, from 0.
    pub id: u64,
    /// Visible traits in the order of [`FEATURES`].
    pub features: [f64; 4],
    /// Probability to buy within the window.
    pub buys: [f64; 2],
    /// Probability to click the message, once sent.
    pub clicks: f64,
    /// Probability to block within the window.
    pub blocks: [f64; 2],
    /// Expected margin of this friend's order, yen.
    pub margin: f64,
    /// What is still to come from this friend through LINE, yen.
    pub residual: f64,
}

/// One message to (a part of) the town.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// Number: answers to different campaigns are drawn apart.
    pub id: u64,
    /// Whole weeks from the shop's week 0, for the season.
    pub week: u32,
}

/// What happened to one friend in the window after a campaign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Bought.
    pub bought: bool,
    /// Margin of the order, yen; 0 without one.
    pub margin: f64,
    /// Clicked the message.
    pub clicked: bool,
    /// Blocked the account.
    pub blocked: bool,
}

impl Town {
    /// Whether everything lies in its range.
    ///
    /// # Errors
    /// The first [`Fault`].
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

    /// Friends `0..count` of the world `seed`, one after another, as they are in `week`.
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
    /// (P(blocks | sent) − P(blocks | not)) × residual value.
    pub fn true_gain(&self) -> f64 {
        self.margin * (self.buys[1] - self.buys[0]) - (self.blocks[1] - self.blocks[0]) * self.residual
    }

    /// What happens in the window after `campaign`. What a friend draws is the same whether or not the message was sent, so
    /// that the effect is what the message changes and nothing else.
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

/// Whether the message went to this friend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Held back.
    No = 0,
    /// Sent.
    Yes = 1,
}

impl Outcome {
    /// What the window brought, yen: margin of the order − price of the message, if sent − residual value, if blocked.
    pub fn profit(&self, friend: &Friend, arm: Sent, price: f64) -> f64 {
        let paid = if arm == Sent::Yes { price } else { 0.0 };
        self.margin - paid - if self.blocked { friend.residual } else { 0.0 }
    }
}
