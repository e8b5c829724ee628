//! What a randomised campaign showed.

use super::Fault;
use super::fault::finite;

/// Who was dealt what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arm {
    /// Held back.
    Held,
    /// Sent to (whether or not it arrived).
    Sent,
}

/// Customers of a randomised campaign: features as they were before it, arm, outcome.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trial {
    width: Option<usize>,
    features: Vec<f64>,
    arms: Vec<Arm>,
    outcomes: Vec<f64>,
}

impl Trial {
    /// Adds one customer.
    ///
    /// # Errors
    /// [`Fault::Width`], [`Fault::NotFinite`].
    pub fn push(&mut self, features: &[f64], arm: Arm, outcome: f64) -> Result<(), Fault> {
        let wanted = *self.width.get_or_insert(features.len());
        if features.len() != wanted {
            return Err(Fault::Width { found: features.len(), wanted });
        }
        for &value in features.iter().chain([&outcome]) {
            finite(value)?;
        }
        self.features.extend_from_slice(features);
        self.arms.push(arm);
        self.outcomes.push(outcome);
        Ok(())
    }

    /// Customers.
    pub fn len(&self) -> usize {
        self.arms.len()
    }

    /// Nobody.
    pub fn is_empty(&self) -> bool {
        self.arms.is_empty()
    }

    /// Features per customer.
    pub fn width(&self) -> usize {
        self.width.unwrap_or(0)
    }

    /// Customer `at`: features, arm, outcome.
    pub fn get(&self, at: usize) -> Option<(&[f64], Arm, f64)> {
        let width = self.width();
        Some((self.features.get(at * width..(at + 1) * width)?, *self.arms.get(at)?, *self.outcomes.get(at)?))
    }

    /// All customers in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[f64], Arm, f64)> + Clone {
        (0..self.len()).filter_map(|at| self.get(at))
    }
}
