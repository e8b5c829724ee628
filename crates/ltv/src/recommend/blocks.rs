use super::{
    guard::Guards,
    popular::Popularity,
    ranking::{Affinity, Scored, items, top},
};
use crate::goods::Line;

/// The two lists a customer is shown, best first, at most k each; no item stands in both. Never blended: what is bought again and
/// what is new are two questions (Li et al. 2023, arXiv:2109.14233).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blocks {
    /// What they buy again and again: the customer's own items by the score of the model of repeats.
    pub again: Vec<Scored>,
    /// What they never bought. Scores are the model's, then the popularity's: the order counts, not the number.
    pub new: Vec<Scored>,
}

/// "Buy again" and "new to you", `k` each, guarded. What the model of new things leaves open is filled with best sellers of
/// the categories the customer buys from, then with best sellers (convention of this crate). `history` is
/// [`Log::of`](crate::goods::Log::of) the customer; scores are those of the models, equals by number.
pub fn blocks(
    again: &dyn Affinity,
    new: &dyn Affinity,
    popular: &Popularity,
    guards: &Guards<'_>,
    history: &[Line],
    k: usize,
) -> Blocks {
    let owned: Vec<u32> = items(history).collect();
    let is_new = |scored: &Scored| owned.binary_search(&scored.item).is_err();
    let ranked = |model: &dyn Affinity, keep: &dyn Fn(&Scored) -> bool| {
        let scores: Vec<Scored> = model.scores(history).into_iter().filter(keep).collect();
        let all = scores.len();
        top(scores, all)
    };

    let again = guards.choose(ranked(again, &|scored| !is_new(scored)), history, k).offered;

    let mut fresh = guards.choose(ranked(new, &is_new), history, k);
    if fresh.offered.len() < k {
        let categories: Vec<u32> = owned.iter().filter_map(|&item| guards.good(item).category).collect();
        let sellers = ranked(popular, &|scored| is_new(scored) && scored.score > 0.0);
        let near = |scored: &&Scored| guards.good(scored.item).category.is_some_and(|category| categories.contains(&category));
        guards.extend(&mut fresh, sellers.iter().filter(near).copied(), history, k);
        guards.extend(&mut fresh, sellers, history, k);
    }
    Blocks { again, new: fresh.offered }
}
