//! What a message to somebody is worth, in yen.

/// What is expected of one friend: the terms of score = margin·τ − price − h·residual. Derived here: the expected change of the
/// shop's money by one message, an order gained and a friend lost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prospect {
    /// Expected margin of an order, yen: margin rate × E\[M | x, z\].
    pub margin: f64,
    /// τ = P(buys | sent) − P(buys | not), expected orders the message adds, in \[−1, 1\].
    pub uplift: f64,
    /// h, the probability of a block that the message causes, in \[0, 1\] ([`BlockModel::caused`](super::BlockModel::caused)).
    pub block: f64,
    /// Value still to come from this friend through LINE, yen, discounted purchases × margin; lost with a block.
    pub residual: f64,
}

impl Prospect {
    /// margin·τ − h·residual, yen, before the message's price.
    pub fn gain(&self) -> f64 {
        self.margin * self.uplift - self.block * self.residual
    }

    /// margin·τ − price − h·residual, yen: send if above 0.
    pub fn score(&self, price: f64) -> f64 {
        self.gain() - price
    }

    /// τ* = (price + h·residual)/margin, the uplift at which a message pays for itself, score = 0; `None` without a margin above 0. With a margin of
    /// 1,500 yen, a price of 3 and a block worth 2 yen, .0033.
    pub fn break_even(&self, price: f64) -> Option<f64> {
        (self.margin > 0.0).then(|| (price + self.block * self.residual) / self.margin)
    }
}
