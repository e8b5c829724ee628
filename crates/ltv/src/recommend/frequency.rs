use super::ranking::{Affinity, Scored};
use crate::goods::Line;

/// How old purchases count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decay {
    /// Like new ones.
    None,
    /// Half after so many days, a quarter after twice as many.
    HalfLife(f64),
}

/// "Buy again": an item counts by how often this customer bought it.
///
/// Without decay the score is n + 1 / (2 + days since the last purchase), n = days on which it was bought, so that recency
/// parts equals and nothing else. With a half-life h it is the sum over purchase days of 0.5^(age / h). Source: the personal
/// top-frequency model of Hu et al. 2020, SIGIR (arXiv:2006.00556); Li et al. 2023, TOIS (arXiv:2109.14233), where it is the
/// baseline that repeat purchases are measured by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frequency {
    /// The day ages are counted from.
    pub today: i32,
    /// How old purchases count.
    pub decay: Decay,
}

impl Frequency {
    fn age(&self, day: i32) -> f64 {
        f64::from(self.today.saturating_sub(day).max(0))
    }

    fn score(&self, run: &[Line]) -> f64 {
        match self.decay {
            Decay::HalfLife(days) if days > 0.0 => run.iter().map(|line| (-self.age(line.day) / days).exp2()).sum(),
            _ => {
                let since_last = run.iter().map(|line| self.age(line.day)).fold(f64::INFINITY, f64::min);
                run.len() as f64 + 1.0 / (2.0 + since_last)
            }
        }
    }
}

impl Affinity for Frequency {
    fn scores(&self, history: &[Line]) -> Vec<Scored> {
        history.chunk_by(|a, b| a.item == b.item).map(|run| Scored { item: run[0].item, score: self.score(run) }).collect()
    }
}
