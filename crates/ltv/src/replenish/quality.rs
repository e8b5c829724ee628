use crate::numeric::rank::by_score;

/// Pairs of about equal prediction, and what became of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// How many.
    pub size: usize,
    /// Mean of what was foretold.
    pub predicted: f64,
    /// Share that came true.
    pub observed: f64,
}

/// Average precision: the sum over thresholds, highest first, of (recall gained) * precision, equal scores entering together;
/// chance is the base rate. Nothing when none came true. Source: Zhu 2004, University of Waterloo; scikit-learn's definition.
pub fn average_precision(scores: &[f64], outcomes: &[bool]) -> Option<f64> {
    let (mut hits, mut shown, mut sum) = (0.0, 0.0, 0.0);
    for (true_here, false_here) in by_score(scores, outcomes) {
        hits += true_here;
        shown += true_here + false_here;
        sum += true_here * hits / shown;
    }
    (hits > 0.0).then(|| sum / hits)
}

/// Predictions sorted and cut into `bins` of equal size (the last ones one smaller), lowest first. Empty bins are left out.
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
