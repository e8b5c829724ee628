//! How well scores rank what came true.

/// P(score of one that came true > score of one that did not) + ½·P(equal), over all n₁·n₀ pairs, in \[0, 1\]: 0.5 is chance.
/// `scores` and `outcomes` go together by place, the higher score the likelier. `None` when all or none came true. Source: Mann and Whitney 1947; Hanley and McNeil 1982, Radiology 143(1).
pub fn auc(scores: &[f64], outcomes: &[bool]) -> Option<f64> {
    let (mut below, mut wins) = (0.0, 0.0);
    for (hits, misses) in by_score(scores, outcomes).into_iter().rev() {
        wins += hits * (below + misses / 2.0);
        below += misses;
    }
    let hits = outcomes.iter().filter(|outcome| **outcome).count() as f64;
    (hits > 0.0 && below > 0.0).then(|| wins / (hits * below))
}

/// Hits and misses at each different score, highest first.
pub(crate) fn by_score(scores: &[f64], outcomes: &[bool]) -> Vec<(f64, f64)> {
    let mut sorted: Vec<(f64, bool)> = scores.iter().copied().zip(outcomes.iter().copied()).collect();
    sorted.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let count = |same: &[(f64, bool)]| {
        let hits = same.iter().filter(|(_, outcome)| *outcome).count();
        (hits as f64, (same.len() - hits) as f64)
    };
    sorted.chunk_by(|a, b| a.0 == b.0).map(count).collect()
}
