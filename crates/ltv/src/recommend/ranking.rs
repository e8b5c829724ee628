use crate::goods::Line;

/// An item and how strongly it is recommended; the unit is the model's own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// The item's number.
    pub item: u32,
    /// The higher, the better.
    pub score: f64,
}

/// A model that says from one customer's history what suits them. Each implementor's documentation has the formula of its score.
pub trait Affinity {
    /// Scores of the items the model has an opinion of, in no order, bought already or not. `history` is
    /// [`Log::of`](crate::goods::Log::of) the customer.
    fn scores(&self, history: &[Line]) -> Vec<Scored>;
}

/// The best `k` (all, where there are fewer), best first; equal scores by item number, so that a list never flickers (convention of
/// this crate). Time O(n + k log k).
pub fn top(mut scores: Vec<Scored>, k: usize) -> Vec<Scored> {
    let order = |a: &Scored, b: &Scored| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item));
    if k == 0 {
        return Vec::new();
    }
    if k < scores.len() {
        scores.select_nth_unstable_by(k - 1, order);
        scores.truncate(k);
    }
    scores.sort_unstable_by(order);
    scores
}

/// Share of the wanted items that stand in the list, 0 to 1: hits/wanted; 0 where nothing is wanted. Source: Herlocker et al. 2004, ACM TOIS 22(1),
/// section 4.1. The denominator is all that was wanted, also where that is more than the list is long. `wanted` is sorted.
pub fn recall(list: &[Scored], wanted: &[u32]) -> f64 {
    if wanted.is_empty() {
        return 0.0;
    }
    hits(list, wanted).count() as f64 / wanted.len() as f64
}

/// Normalised discounted cumulative gain, 0 to 1: Σ over hits of 1/log₂(place + 1), places from 1, divided by the same
/// sum of a list of `k` that begins with everything wanted; 0 where nothing is wanted. Source: Järvelin and Kekäläinen 2002, ACM TOIS 20(4), with gains
/// 0 and 1. `wanted` is sorted.
pub fn ndcg(list: &[Scored], wanted: &[u32], k: usize) -> f64 {
    let ideal: f64 = (0..k.min(wanted.len())).map(discount).sum();
    if ideal == 0.0 {
        return 0.0;
    }
    hits(list, wanted).map(discount).sum::<f64>() / ideal
}

fn discount(place: usize) -> f64 {
    1.0 / (place as f64 + 2.0).log2()
}

fn hits<'a>(list: &'a [Scored], wanted: &'a [u32]) -> impl Iterator<Item = usize> + 'a {
    list.iter().enumerate().filter(|(_, scored)| wanted.binary_search(&scored.item).is_ok()).map(|(place, _)| place)
}

/// The items of a history, each once, ascending.
pub(super) fn items(history: &[Line]) -> impl Iterator<Item = u32> + '_ {
    history.chunk_by(|a, b| a.item == b.item).map(|run| run[0].item)
}
