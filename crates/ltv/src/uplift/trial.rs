//! What a randomised campaign showed.

use super::Fault;
use super::fault::finite;

/// Who was dealt what: the W of intention to treat, 0 or 1, whether or not the message arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arm {
    /// W = 0, held back.
    Held,
    /// W = 1, sent to (whether or not it arrived).
    Sent,
}

/// n customers of a randomised campaign: features x as they were before it (n × width), arm W, outcome Y. Dealing by lot makes
/// E\[Y | x, W = 1\] − E\[Y | x, W = 0\] the effect (Rubin 1974).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trial {
    width: Option<usize>,
    features: Vec<f64>,
    arms: Vec<Arm>,
    outcomes: Vec<f64>,
}

impl Trial {
    /// Adds one customer; the first decides the number of features.
    ///
    /// # Errors
    /// [`Fault::Width`] for another number of features, [`Fault::NotFinite`] for a feature or the outcome; nothing is added then.
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

    /// n, customers.
    pub fn len(&self) -> usize {
        self.arms.len()
    }

    /// Whether n = 0.
    pub fn is_empty(&self) -> bool {
        self.arms.is_empty()
    }

    /// Features per customer; 0 without customers.
    pub fn width(&self) -> usize {
        self.width.unwrap_or(0)
    }

    /// (x, W, Y) of customer `at`, counting from 0 in the order added; `None` beyond the last.
    pub fn get(&self, at: usize) -> Option<(&[f64], Arm, f64)> {
        let width = self.width();
        Some((self.features.get(at * width..(at + 1) * width)?, *self.arms.get(at)?, *self.outcomes.get(at)?))
    }

    /// (x, W, Y) of all customers in the order added.
    pub fn iter(&self) -> impl Iterator<Item = (&[f64], Arm, f64)> + Clone {
        (0..self.len()).filter_map(|at| self.get(at))
    }
}
