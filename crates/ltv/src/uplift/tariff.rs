//! What messages cost, when the price changes with the month's volume.

use super::Fault;
use super::fault::not_negative;

/// From one message of the month on, each costs so much: the marginal price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Messages sent in the month before this price begins.
    pub from: u64,
    /// Yen per message, 0 or more.
    pub price: f64,
}

/// A LINE plan's price per message: included messages are a first step at 0 yen, later steps usually fall.
#[derive(Clone, Debug, PartialEq)]
pub struct Tariff {
    steps: Vec<Step>,
}

impl Tariff {
    /// Steps in rising order of `from`; the first from 0.
    ///
    /// # Errors
    /// [`Fault::StepsOutOfOrder`], [`Fault::Negative`] or [`Fault::NotFinite`] for a price.
    pub fn new(steps: Vec<Step>) -> Result<Self, Fault> {
        if steps.first().is_none_or(|step| step.from != 0) || steps.windows(2).any(|pair| pair[0].from >= pair[1].from) {
            return Err(Fault::StepsOutOfOrder);
        }
        for step in &steps {
            not_negative(step.price)?;
        }
        Ok(Self { steps })
    }

    /// One price, in yen, for every message: cost = price·messages.
    ///
    /// # Errors
    /// [`Fault::Negative`], [`Fault::NotFinite`].
    pub fn flat(price: f64) -> Result<Self, Fault> {
        Self::new(vec![Step { from: 0, price }])
    }

    /// C(used + more) − C(used), yen for `more` messages after `used` of the month, C(n) = Σ over steps k of price_k·(messages of the first
    /// n that fall into it): each step's price holds for its own messages alone.
    pub fn cost(&self, used: u64, more: u64) -> f64 {
        self.total(used.saturating_add(more)) - self.total(used)
    }

    fn total(&self, messages: u64) -> f64 {
        let ends = self.steps.iter().skip(1).map(|step| step.from).chain([u64::MAX]);
        self.steps
            .iter()
            .zip(ends)
            .take_while(|(step, _)| step.from < messages)
            .map(|(step, end)| step.price * (messages.min(end) - step.from) as f64)
            .sum()
    }
}
