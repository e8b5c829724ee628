//! Randomness: reproducible where a test depends on it, unique where an id must be.

use crate::people::mix;
use std::sync::atomic::{AtomicU64, Ordering};
use ulid::Ulid;
use uuid::Uuid;

/// A stream of random numbers that many threads may draw from.
#[derive(Debug)]
pub struct Dice {
    seed: AtomicU64,
    drawn: AtomicU64,
}

impl Dice {
    /// A reproducible stream.
    pub fn seeded(seed: u64) -> Dice {
        Dice { seed: AtomicU64::new(seed), drawn: AtomicU64::new(0) }
    }

    /// A stream no other run repeats: a server that outlives this process must never see an id twice.
    #[expect(clippy::disallowed_methods, reason = "the simulator is its own edge")]
    pub fn unique() -> Dice {
        Dice::seeded(rand::random())
    }

    /// Starts the stream anew.
    pub fn reseed(&self, seed: u64) {
        self.seed.store(seed, Ordering::Relaxed);
        self.drawn.store(0, Ordering::Relaxed);
    }

    pub fn next(&self) -> u64 {
        let n = self.drawn.fetch_add(1, Ordering::Relaxed);
        mix(self.seed.load(Ordering::Relaxed) ^ mix(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// In `[0, 1)`.
    pub fn fraction(&self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with the given probability; draws nothing for 0 and 1.
    pub fn chance(&self, probability: f64) -> bool {
        probability >= 1.0 || (probability > 0.0 && self.fraction() < probability)
    }

    pub fn wide(&self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }

    pub fn uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.wide().to_be_bytes()).into_uuid()
    }

    pub fn ulid(&self, at_ms: i64) -> Ulid {
        Ulid::from_parts(at_ms.max(0) as u64, self.wide())
    }

    /// 32 hexadecimal digits.
    pub fn hex(&self) -> String {
        format!("{:032x}", self.wide())
    }
}

impl Dice {
    /// Rises with every call.
    pub fn serial(&self) -> u64 {
        self.drawn.fetch_add(1, Ordering::Relaxed)
    }
}
