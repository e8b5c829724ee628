//! A stream of random numbers of one's own per customer and topic.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Topics keep what is drawn for one purpose apart from what is drawn for another.
#[derive(Clone, Copy, Debug)]
pub(super) enum Topic {
    Goods = 0,
    History = 1,
    Person = 2,
    Answer = 3,
}

/// ChaCha with 8 rounds: the generator's output is fixed by its specification, so figures stay the same across machines and
/// versions. The customer's number is the stream, the topic part of the seed.
pub(super) fn stream(seed: u64, topic: Topic, id: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed.wrapping_mul(4).wrapping_add(topic as u64));
    rng.set_stream(id);
    rng
}
