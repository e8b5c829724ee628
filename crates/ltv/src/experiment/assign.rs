//! Who is dealt to which arm: a hash, so that nothing need be stored and nobody can choose.

use sha2::{Digest, Sha256};

use super::Fault;

/// Buckets customers are dealt into: one is 0.01 % of them. Convention of this crate.
pub const BUCKETS: u16 = 10_000;

/// The bucket 0…9,999 of a customer in an experiment: SHA-256 over salt, experiment and customer, each preceded by its length
/// in bytes (eight bytes, big-endian, so that "ab" + "c" is not "a" + "bc"); the first eight bytes, big-endian, mod 10,000.
/// The remainder favours no bucket by more than 10,000/2⁶⁴. Same text, same bucket, for ever. Derived here
/// from SHA-256 (FIPS 180-4); dealing by a salted hash is the usual way of online experiments (Kohavi, Tang & Xu 2020, Trustworthy
/// Online Controlled Experiments).
pub fn bucket(salt: &str, experiment: &str, customer: &str) -> u16 {
    let mut hash = Sha256::new();
    for part in [salt, experiment, customer] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let first = hash.finalize().iter().take(8).fold(0_u64, |value, &byte| value << 8 | u64::from(byte));
    (first % u64::from(BUCKETS)) as u16
}

/// Shares of arms in buckets: arm k has the buckets from Σ of the shares before it on. Convention of this crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    ends: Vec<u16>,
}

impl Split {
    /// Arms in order with their buckets, which must add up to 10,000: `[1_000, 9_000]` holds 10 % back. An arm that grows at the
    /// end of its range keeps everybody it had.
    ///
    /// # Errors
    /// [`Fault::SharesDoNotAddUp`] unless Σ shares = [`BUCKETS`].
    pub fn new(buckets: &[u16]) -> Result<Self, Fault> {
        let sum: u64 = buckets.iter().map(|&share| u64::from(share)).sum();
        if sum != u64::from(BUCKETS) {
            return Err(Fault::SharesDoNotAddUp { sum: sum as f64, wanted: f64::from(BUCKETS) });
        }
        let ends = buckets.iter().scan(0, |end, share| {
            *end += share;
            Some(*end)
        });
        Ok(Self { ends: ends.collect() })
    }

    /// The arm (place k in the order given, from 0) of a bucket: the first with Σ of the shares up to and with k > bucket. Buckets
    /// over 9,999 count as 9,999.
    pub fn arm(&self, bucket: u16) -> usize {
        self.ends.partition_point(|&end| end <= bucket.min(BUCKETS - 1))
    }

    /// How many arms there are.
    pub fn arms(&self) -> usize {
        self.ends.len()
    }
}
