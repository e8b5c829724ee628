//! How long until something happens, when for many it has not happened yet.

/// One subject, seen to the event or right-censored (Kaplan & Meier 1958). Times are finite, 0 or more, all in one unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Observation {
    /// It happened after this time t: an event, dᵢ counts it.
    Happened(f64),
    /// It had not happened when the observation ended after this time t: censored, under observation up to and with t.
    NotYet(f64),
}

impl Observation {
    fn time(self) -> f64 {
        match self {
            Self::Happened(time) | Self::NotYet(time) => time,
        }
    }
}

/// The estimate S(t) from one time tᵢ on, up to the next step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// tᵢ, in the unit of the observations.
    pub time: f64,
    /// nᵢ, subjects under observation just before.
    pub at_risk: usize,
    /// dᵢ > 0, to how many it happened then.
    pub happened: usize,
    /// S(tᵢ) = Π over tⱼ ≤ tᵢ of (1 − dⱼ/nⱼ): P(it has not happened by then).
    pub survival: f64,
    /// S^exp(+z·σ), σ = √(Σ dⱼ/(nⱼ(nⱼ−dⱼ)))/|ln S|: lower end of the pointwise interval.
    pub low: f64,
    /// S^exp(−z·σ): its upper end.
    pub high: f64,
}

/// A survival curve, S = 1 before the first step; see [`survival`].
#[derive(Clone, Debug, PartialEq)]
pub struct Survival {
    /// Its steps in order of time, one for each time at which it happened to somebody.
    pub steps: Vec<Step>,
    /// max t over all subjects, in the unit of the observations: the curve says nothing beyond.
    pub until: f64,
}

/// Kaplan & Meier (1958): S(t) = Π over times tᵢ ≤ t of (1 − dᵢ/nᵢ). Pointwise intervals from Greenwood's variance on the scale
/// of ln(−ln S), which keeps them within 0 and 1 (Kalbfleisch & Prentice 1980): S^exp(±z·√(Σ dᵢ/(nᵢ(nᵢ−dᵢ)))/ln S). `z` is the
/// normal quantile, 1.96 for 95 %. Times that are not finite or negative are left out.
pub fn survival(observations: &[Observation], z: f64) -> Survival {
    let mut sorted: Vec<Observation> =
        observations.iter().copied().filter(|one| one.time().is_finite() && one.time() >= 0.0).collect();
    sorted.sort_by(|left, right| left.time().total_cmp(&right.time()));
    let until = sorted.last().map_or(0.0, |last| last.time());
    let (mut at_risk, mut curve, mut variance) = (sorted.len(), 1.0, 0.0);
    let mut steps = Vec::new();
    for same in sorted.chunk_by(|left, right| left.time() == right.time()) {
        let happened = same.iter().filter(|one| matches!(one, Observation::Happened(_))).count();
        if happened > 0 {
            let (n, d) = (at_risk as f64, happened as f64);
            curve *= 1.0 - d / n;
            variance += if happened < at_risk { d / (n * (n - d)) } else { 0.0 };
            let (low, high) = interval(curve, variance, z);
            steps.push(Step { time: same[0].time(), at_risk, happened, survival: curve, low, high });
        }
        at_risk -= same.len();
    }
    Survival { steps, until }
}

fn interval(curve: f64, variance: f64, z: f64) -> (f64, f64) {
    if curve <= 0.0 {
        return (0.0, 0.0);
    }
    let spread = z * variance.sqrt() / curve.ln().abs();
    (curve.powf(spread.exp()), curve.powf((-spread).exp()))
}

impl Survival {
    /// The step in force at a time t, that of the largest tᵢ ≤ t; `None` before the first, where S = 1.
    pub fn at(&self, time: f64) -> Option<&Step> {
        self.steps[..self.steps.partition_point(|step| step.time <= time)].last()
    }

    /// min{tᵢ : S(tᵢ) ≤ ½}, the median time (Kaplan & Meier 1958); `None` if the curve does not come down so far.
    pub fn median(&self) -> Option<f64> {
        self.steps.iter().find(|step| step.survival <= 0.5).map(|step| step.time)
    }
}
