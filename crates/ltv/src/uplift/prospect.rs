//! What a message to somebody is worth, in yen.

/// What is expected of one friend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prospect {
    /// Expected margin of an order, yen.
    pub margin: f64,
    /// Expected orders the message adds (τ): P(buys | sent) − P(buys | not).
    pub uplift: f64,
    /// Probability of a block that the message causes (h).
    pub block: f64,
    /// Value still to come from this friend through LINE, yen; lost with a block.
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

    /// The uplift at which a message pays for itself: (price + h·residual)/margin; `None` without a margin. With a margin of
    /// 1,500 yen, a price of 3 and a block worth 2 yen, .0033.
    pub fn break_even(&self, price: f64) -> Option<f64> {
        (self.margin > 0.0).then(|| (price + self.block * self.residual) / self.margin)
    }
}
