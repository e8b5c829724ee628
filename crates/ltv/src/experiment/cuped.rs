//! Less chance in the outcome by what was known before.

use super::fault::finite;
use super::{Fault, Level, PairMoments};

/// Levels after CUPED (Deng, Xu, Kohavi & Walker 2013), see [`adjust`].
#[derive(Clone, Debug, PartialEq)]
pub struct Cuped {
    /// θ = cov(X, Y)/var(X) pooled within the arms, units of outcome per unit of covariate; 0 where the covariate does not vary.
    pub theta: f64,
    /// ρ² = cov(X, Y)²/(var(X)·var(Y)) pooled within the arms: the share of the outcome's variance that the covariate took away, in
    /// \[0, 1\].
    pub explained: f64,
    /// Ȳ′ with its variance for each arm, in the given order.
    pub levels: Vec<Level>,
}

/// CUPED (Deng, Xu, Kohavi and Walker 2013): Ȳ' = Ȳ − θ(X̄ of the arm − X̄ of all), with θ = cov(X, Y)/var(X) pooled within
/// the arms, and variance var(Y − θX)/n. `first` of a pair is the outcome Y, `second` the covariate X, which must have been
/// fixed before the experiment began: a covariate the message can move takes its effect away.
///
/// # Errors
/// [`Fault::Nothing`] without arms, [`Fault::TooFew`] for an arm of fewer than two customers, [`Fault::NotFinite`].
pub fn adjust(arms: &[PairMoments]) -> Result<Cuped, Fault> {
    let mut within = (0.0, 0.0, 0.0);
    for arm in arms {
        let weight = arm.first.n() as f64 - 1.0;
        within.0 += weight * arm.first.variance()?;
        within.1 += weight * arm.covariance()?;
        within.2 += weight * arm.second.variance()?;
    }
    let (outcome, joint, covariate) = within;
    let all = arms.iter().copied().reduce(|all, arm| all.merged(&arm)).ok_or(Fault::Nothing)?;
    let theta = if covariate > 0.0 { finite(joint / covariate)? } else { 0.0 };
    let levels = arms.iter().map(|arm| level(arm, theta, all.second.mean())).collect::<Result<_, _>>()?;
    let explained = if outcome > 0.0 && covariate > 0.0 { (theta * joint / outcome).clamp(0.0, 1.0) } else { 0.0 };
    Ok(Cuped { theta, explained, levels })
}

fn level(arm: &PairMoments, theta: f64, overall: f64) -> Result<Level, Fault> {
    let n = arm.first.n();
    let residual = arm.first.variance()? - 2.0 * theta * arm.covariance()? + theta * theta * arm.second.variance()?;
    Ok(Level {
        n,
        value: finite(arm.first.mean() - theta * (arm.second.mean() - overall))?,
        variance: finite(residual.max(0.0) / n as f64)?,
    })
}
