use crate::numeric::rank::by_score;

/// Pairs of about equal prediction, and what became of them: a point of a reliability diagram (Murphy & Winkler 1977).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// n, pairs in the bin; above 0.
    pub size: usize,
    /// Σ p/n, mean of what was foretold.
    pub predicted: f64,
    /// #(came true)/n, in \[0, 1\].
    pub observed: f64,
}

/// Average precision Σ over thresholds, highest first, of (R_n − R_(n−1))·P_n, R recall and P precision of all scores from the
/// threshold on, equal scores entering together; in \[0, 1\], chance is the base rate. `scores` and `outcomes` go together by place.
/// `None` when none came true. Source: Zhu 2004, University of Waterloo; scikit-learn's definition.
pub fn average_precision(scores: &[f64], outcomes: &[bool]) -> Option<f64> {
    let (mut hits, mut shown, mut sum) = (0.0, 0.0, 0.0);
    for (true_here, false_here) in by_score(scores, outcomes) {
        hits += true_here;
        shown += true_here + false_here;
        sum += true_here * hits / shown;
    }
    (hits > 0.0).then(|| sum / hits)
}

/// Predictions sorted and cut into `bins` of equal size (bin b takes the places ⌊bn/bins⌋ up to ⌊(b+1)n/bins⌋), lowest first;
/// `predictions` and `outcomes` go together by place. Empty bins are left out. The reliability diagram of Murphy & Winkler (1977) with
/// quantile bins.
pub fn calibration(predictions: &[f64], outcomes: &[bool], bins: usize) -> Vec<Bin> {
    let mut sorted: Vec<(f64, bool)> = predictions.iter().copied().zip(outcomes.iter().copied()).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let bounds = |bin: usize| bin * sorted.len() / bins.max(1);
    (0..bins)
        .map(|bin| &sorted[bounds(bin)..bounds(bin + 1)])
        .filter(|bin| !bin.is_empty())
        .map(|bin| Bin {
            size: bin.len(),
            predicted: bin.iter().map(|(prediction, _)| prediction).sum::<f64>() / bin.len() as f64,
            observed: bin.iter().filter(|(_, outcome)| *outcome).count() as f64 / bin.len() as f64,
        })
        .collect()
}
