//! One effect out of many small campaigns.

use super::fault::{finite, open_share, positive};
use super::{Fault, Moments};
use crate::numeric::student;

/// One campaign's effect y with its variance v.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Study {
    /// y, the effect, in a unit all campaigns share (yen per friend, say).
    pub effect: f64,
    /// v > 0, its variance, that unit squared.
    pub variance: f64,
}

/// The pooled effect, see [`pool`] for the formulas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pooled {
    /// μ = Σw*y/Σw*, the mean effect of campaigns like these, in the effects' unit.
    pub effect: f64,
    /// √(q/Σw*), its standard error (Hartung & Knapp 2001), same unit.
    pub std_error: f64,
    /// μ − t_(k−1, 1−α/2)·se, lower end of the interval of the mean effect.
    pub low: f64,
    /// μ + t_(k−1, 1−α/2)·se, its upper end.
    pub high: f64,
    /// P(|t_(k−1)| ≥ |μ|/se), two-sided, for a mean effect of zero.
    pub p_value: f64,
    /// τ² ≥ 0, variance of the true effects between campaigns (DerSimonian & Laird 1986), the unit squared.
    pub between: f64,
    /// I² = max(0, (Q − (k−1))/Q): share of the variation between campaigns that is not chance within them, in \[0, 1) (Higgins &
    /// Thompson 2002).
    pub inconsistency: f64,
    /// Q = Σw(y − ȳ)², w = 1/v, ȳ = Σwy/Σw (Cochran 1954); without unit.
    pub q: f64,
    /// μ ∓ t_(k−2, 1−α/2)·√(τ² + se²): where the effect of one more campaign lies with coverage 1 − α (Higgins, Thompson &
    /// Spiegelhalter 2009); `None` under three campaigns.
    pub next: Option<(f64, f64)>,
}

/// Random effects: with w = 1/v, Q = Σw(y − ȳ)² and c = Σw − Σw²/Σw, τ² = max(0, (Q − (k−1))/c) (DerSimonian and Laird 1986);
/// then μ = Σw*y/Σw* with w* = 1/(v + τ²), and its variance q/Σw* with q = max(1, Σw*(y − μ)²/(k−1)) on k−1 degrees of freedom
/// (Hartung and Knapp 2001; not below the plain variance: Röver, Knapp and Friede 2015). Next campaign: μ ± t_{k−2}·√(τ² + se²)
/// (Higgins, Thompson and Spiegelhalter 2009).
///
/// # Errors
/// [`Fault::TooFew`] under two campaigns, [`Fault::NotPositive`] for a variance, [`Fault::NotFinite`], [`Fault::NotAShare`].
pub fn pool(studies: &[Study], alpha: f64) -> Result<Pooled, Fault> {
    open_share(alpha)?;
    let k = studies.len();
    if k < 2 {
        return Err(Fault::TooFew { n: k as u64 });
    }
    for study in studies {
        positive(study.variance)?;
        finite(study.effect)?;
    }
    let fixed = Weighted::of(studies, 0.0);
    let freedom = (k - 1) as f64;
    let between = ((fixed.q - freedom) / (fixed.weights - fixed.squares / fixed.weights)).max(0.0);
    let random = Weighted::of(studies, finite(between)?);
    let std_error = libm::sqrt((random.q / freedom).max(1.0) / random.weights);
    let half = student::critical(alpha, freedom) * std_error;
    let next = (k > 2).then(|| {
        let half = student::critical(alpha, freedom - 1.0) * libm::sqrt(between + std_error * std_error);
        (random.mean - half, random.mean + half)
    });
    Ok(Pooled {
        effect: random.mean,
        std_error,
        low: random.mean - half,
        high: random.mean + half,
        p_value: student::two_sided(random.mean / std_error, freedom),
        between,
        inconsistency: if fixed.q > freedom { (fixed.q - freedom) / fixed.q } else { 0.0 },
        q: fixed.q,
        next,
    })
}

struct Weighted {
    mean: f64,
    weights: f64,
    squares: f64,
    q: f64,
}

impl Weighted {
    fn of(studies: &[Study], between: f64) -> Self {
        let weight = |study: &Study| 1.0 / (study.variance + between);
        let weights: f64 = studies.iter().map(weight).sum();
        let mean = studies.iter().map(|study| weight(study) * study.effect).sum::<f64>() / weights;
        let q = studies.iter().map(|study| weight(study) * (study.effect - mean) * (study.effect - mean)).sum();
        Self { mean, weights, squares: studies.iter().map(|study| weight(study) * weight(study)).sum(), q }
    }
}

/// Campaigns (held back, sent to) as studies whose variances come from one spread per arm, shared by all campaigns:
/// y = x̄₂ − x̄₁, v = S₁²/n₁ + S₂²/n₂ with S² = Σ(n−1)s²/Σ(n−1) pooled over campaigns, one study per campaign in the given order. Small campaigns with few buyers need this: there a campaign's own spread
/// is small just when nobody happened to buy, so that weighting by it pulls the pooled effect towards such campaigns (derived
/// here; the bias is shown by a simulation in the tests). For campaigns alike in kind.
///
/// # Errors
/// [`Fault::Nothing`] without campaigns, [`Fault::TooFew`] for an arm of fewer than two, [`Fault::NoSpread`].
pub fn studies(campaigns: &[(Moments, Moments)]) -> Result<Vec<Study>, Fault> {
    if campaigns.is_empty() {
        return Err(Fault::Nothing);
    }
    let first = shared(campaigns.iter().map(|(first, _)| first))?;
    let second = shared(campaigns.iter().map(|(_, second)| second))?;
    let study = |(a, b): &(Moments, Moments)| {
        let variance = first / a.n() as f64 + second / b.n() as f64;
        if variance > 0.0 { Ok(Study { effect: b.mean() - a.mean(), variance }) } else { Err(Fault::NoSpread) }
    };
    campaigns.iter().map(study).collect()
}

fn shared<'a>(arms: impl Iterator<Item = &'a Moments>) -> Result<f64, Fault> {
    let mut sums = (0.0, 0.0);
    for arm in arms {
        let freedom = arm.n() as f64 - 1.0;
        sums.0 += freedom * arm.variance()?;
        sums.1 += freedom;
    }
    finite(sums.0 / sums.1)
}

/// What all campaigns together brought, see [`total`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Total {
    /// Σ reached·y, in the effect's unit times friends (yen, of yen per friend).
    pub value: f64,
    /// √(Σ reached²·v), its standard error, same unit.
    pub std_error: f64,
}

/// Σ reached·y with variance Σ reached²·v, campaigns independent: the sum of effects over the friends each campaign reached. No assumption that campaigns are alike, and no weighting, so no
/// bias; it says what was earned, where [`pool`] says what a campaign like these earns. Each pair: friends reached, effect per friend.
/// Derived here from the variance of a sum.
///
/// # Errors
/// [`Fault::Nothing`] without campaigns, [`Fault::NotFinite`].
pub fn total(campaigns: &[(f64, Study)]) -> Result<Total, Fault> {
    if campaigns.is_empty() {
        return Err(Fault::Nothing);
    }
    let value = campaigns.iter().map(|(reached, study)| reached * study.effect).sum();
    let variance = campaigns.iter().map(|(reached, study)| reached * reached * study.variance).sum::<f64>();
    Ok(Total { value: finite(value)?, std_error: finite(libm::sqrt(variance))? })
}
