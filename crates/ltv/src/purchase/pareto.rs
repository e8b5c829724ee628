//! Pareto/NBD: purchases at a constant rate during a lifetime of exponential length.

use super::history::{Grouped, History};
use super::nbd::head;
use super::process::{NegativeBinomial, Process, counts};
use super::quadrature::{Rule, legendre};
use super::score::Score;
use super::sum::{self, Evaluation};
use crate::numeric::special::{logistic, mean_decay, softplus};

/// Pareto/NBD (Schmittlein, Morrison & Colombo 1987): purchase rate λ ~ Gamma(r, α), dropout rate μ ~ Gamma(s, β).
///
/// L = Γ(r+x)/Γ(r)·α^r·β^s·( (α+T)^−(r+x)·(β+T)^−s + s·∫ from t_x to T of (α+y)^−(r+x)·(β+y)^−(s+1) dy ).
///
/// The integral is the difference of the two hypergeometric functions of Fader & Hardie's note 009. Taken as an integral it has
/// no special case at α = β, no cancellation at t_x = T, and its derivatives cost nothing more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParetoNbd {
    /// r > 0, shape of λ ~ Gamma(r, α), without unit; small: customers differ much in how often they buy.
    pub r: f64,
    /// α > 0, rate of λ ~ Gamma(r, α), in units of time: the mean rate is r/α purchases per unit of time.
    pub alpha: f64,
    /// s > 0, shape of μ ~ Gamma(s, β), without unit. At s ≤ 1 the mean lifetime β/(s−1), and so the expected number of purchases of a
    /// lifetime, is infinite.
    pub s: f64,
    /// β > 0, rate of μ ~ Gamma(s, β), in units of time: the mean dropout rate is s/β per unit of time.
    pub beta: f64,
}

/// ln ∫ and its derivatives by r, α, s, β.
struct Left {
    ln: f64,
    gradient: [f64; 4],
}

/// One panel of Gauss-Legendre takes a fall of the integrand by e^this.
const FALL: f64 = 8.0;

/// Behind a fall by e^this the integrand adds nothing.
const NOTHING: f64 = 40.0;

/// The integral's range and integrand: Gauss-Legendre over q = ln((c+y)/c), y counted from t_x, c the smaller of α+t_x and
/// β+t_x. In q the integrand falls like an exponential. Values are relative to the integrand's at t_x.
struct Span {
    /// r + x.
    shape: f64,
    /// s + 1.
    fall: f64,
    /// α + t_x.
    alpha: f64,
    /// β + t_x.
    beta: f64,
    end: f64,
    panels: u32,
}

impl Span {
    fn new(model: &ParetoNbd, x: f64, t_x: f64, t: f64) -> Option<Self> {
        let (shape, fall) = (model.r + x, model.s + 1.0);
        let (alpha, beta) = (model.alpha + t_x, model.beta + t_x);
        let start = alpha.min(beta);
        let whole = ((t - t_x) / start).ln_1p();
        if whole <= 0.0 {
            return None;
        }
        let slowest = shape * start / alpha + fall * start / beta - 1.0;
        let end = if slowest > 0.0 { whole.min(NOTHING / slowest) } else { whole };
        let y = start * end.exp_m1();
        let steepest = (start + y) * (shape / (alpha + y) + fall / (beta + y));
        let panels = (steepest * end / FALL).max(end / 2.0).ceil().clamp(1.0, 64.0) as u32;
        Some(Self { shape, fall, alpha, beta, end, panels })
    }

    /// Calls `visit(y, ln((α+t_x+y)/(α+t_x)), ln((β+t_x+y)/(β+t_x)), part of the integral)`.
    fn visit(&self, mut visit: impl FnMut(f64, f64, f64, f64)) {
        let (start, other) = (self.alpha.min(self.beta), self.alpha.max(self.beta));
        legendre(0.0, self.end, self.panels, |q, weight| {
            let y = start * q.exp_m1();
            let since = (y / other).ln_1p();
            let (since_a, since_b) = if self.alpha <= self.beta { (q, since) } else { (since, q) };
            visit(y, since_a, since_b, weight * (start + y) * (-self.shape * since_a - self.fall * since_b).exp());
        });
    }
}

impl ParetoNbd {
    pub(crate) fn evaluate(&[r, alpha, s, beta]: &[f64; 4], data: &Grouped) -> Evaluation<4> {
        let model = Self { r, alpha, s, beta };
        let mut total = sum::over(&data.rows, |sum: &mut Evaluation<4>, row| {
            let (value, gradient) = model.body(data.counts[row.at as usize].0, row.t_x, row.t);
            sum.add(row.customers, value, gradient);
        });
        for (x, customers) in &data.counts {
            let (value, by_r, by_alpha) = head(r, alpha, *x);
            total.add(*customers, value + s * beta.ln(), [by_r, by_alpha, beta.ln(), s / beta]);
        }
        total
    }

    /// ln of the bracket and its gradient.
    fn body(&self, x: f64, t_x: f64, t: f64) -> (f64, [f64; 4]) {
        let shape = self.r + x;
        let (ln_a, ln_b) = ((self.alpha + t).ln(), (self.beta + t).ln());
        let ln_stayed = -shape * ln_a - self.s * ln_b;
        let stayed = [-ln_a, -shape / (self.alpha + t), -ln_b, -self.s / (self.beta + t)];
        let Some(left) = self.left(x, t_x, t) else { return (ln_stayed, stayed) };
        let ln_odds = self.s.ln() + left.ln - ln_stayed;
        let gone = logistic(ln_odds);
        let mut gradient: [f64; 4] = std::array::from_fn(|index| gone * left.gradient[index] + (1.0 - gone) * stayed[index]);
        gradient[2] += gone / self.s;
        (ln_stayed + softplus(ln_odds), gradient)
    }

    /// ∫ from t_x to T of (α+y)^−(r+x)·(β+y)^−(s+1) dy and its gradient. `None` for T = t_x.
    fn left(&self, x: f64, t_x: f64, t: f64) -> Option<Left> {
        let span = Span::new(self, x, t_x, t)?;
        let (ln_alpha, ln_beta) = (span.alpha.ln(), span.beta.ln());
        let mut sum = 0.0;
        let mut sums = [0.0; 4];
        span.visit(|y, since_a, since_b, part| {
            sum += part;
            sums[0] -= part * since_a;
            sums[1] -= part / (span.alpha + y);
            sums[2] -= part * since_b;
            sums[3] -= part / (span.beta + y);
        });
        let mean = sums.map(|part| part / sum);
        Some(Left {
            ln: sum.ln() - span.shape * ln_alpha - span.fall * ln_beta,
            gradient: [mean[0] - ln_alpha, span.shape * mean[1], mean[2] - ln_beta, span.fall * mean[3]],
        })
    }

    /// The logarithm of the same integral alone.
    fn ln_left(&self, x: f64, t_x: f64, t: f64) -> Option<f64> {
        let span = Span::new(self, x, t_x, t)?;
        let mut sum = 0.0;
        span.visit(|_, _, _, part| sum += part);
        Some(sum.ln() - span.shape * span.alpha.ln() - span.fall * span.beta.ln())
    }

    /// P(no purchase within t | alive) = ((α+T)/(α+T+t))^(r+x)·((β+T)/(β+T+t))^s + the part of those who leave first, which is
    /// the integral of the likelihood from T to T+t.
    fn none_within(&self, history: &History, t: f64) -> f64 {
        let x = f64::from(history.x());
        let (rate, beta) = (self.alpha + history.t(), self.beta + history.t());
        let shape = self.r + x;
        let stays = (-shape * (t / rate).ln_1p() - self.s * (t / beta).ln_1p()).exp();
        let left = self.ln_left(x, history.t(), history.t() + t);
        let leaves = left.map_or(0.0, |ln| (self.s.ln() + shape * rate.ln() + self.s * beta.ln() + ln).exp());
        (stays + leaves).min(1.0)
    }

    /// All that is asked of many customers, each part computed once.
    pub(crate) fn score(&self, history: &History, t: f64) -> Score {
        let p_alive = self.p_alive(history);
        Score {
            p_alive,
            expected_purchases: p_alive * self.expected_alive(history, t),
            p_buys: p_alive * (1.0 - self.none_within(history, t)),
        }
    }

    fn expected_alive(&self, history: &History, t: f64) -> f64 {
        let beta = self.beta + history.t();
        let length = (t / beta).ln_1p();
        self.rate(history) * beta * length * mean_decay((self.s - 1.0) * length)
    }

    /// Points of the remaining lifetime below t, of somebody alive, with their probabilities: density
    /// s/(β+T+u)·((β+T)/(β+T+u))^s, over ln of α+T+u or β+T+u, whichever is smaller at the start.
    fn lifetimes(&self, history: &History, t: f64, mut visit: impl FnMut(f64, f64)) {
        let (rate, beta) = (self.alpha + history.t(), self.beta + history.t());
        let shape = self.r + f64::from(history.x());
        let start = rate.min(beta);
        let whole = (t / start).ln_1p();
        let panels = ((shape + self.s + 1.0) * whole / FALL).ceil().clamp(4.0, 200.0) as u32;
        legendre(0.0, whole, panels, |q, weight| {
            let life = start * q.exp_m1();
            let density = self.s / (beta + life) * (-self.s * (life / beta).ln_1p()).exp();
            visit(life, weight * (start + life) * density);
        });
    }
}

impl Process for ParetoNbd {
    fn log_likelihood(&self, history: &History) -> f64 {
        let x = f64::from(history.x());
        head(self.r, self.alpha, x).0 + self.s * self.beta.ln() + self.body(x, history.t_x(), history.t()).0
    }

    /// (α+T)^−(r+x)·(β+T)^−s/( (α+T)^−(r+x)·(β+T)^−s + s·∫ from t_x to T of (α+y)^−(r+x)·(β+y)^−(s+1) dy ): the first term of the
    /// bracket in L over both (Schmittlein, Morrison & Colombo 1987; Fader & Hardie, note 009), as a ratio of logarithms.
    fn p_alive(&self, history: &History) -> f64 {
        let x = f64::from(history.x());
        let t = history.t();
        let ln_stayed = -(self.r + x) * (self.alpha + t).ln() - self.s * (self.beta + t).ln();
        self.ln_left(x, history.t_x(), t).map_or(1.0, |left| logistic(ln_stayed - self.s.ln() - left))
    }

    /// P(alive)·(r+x)/(α+T)·(β+T)·(1 − ((β+T)/(β+T+t))^(s−1))/(s−1), with its limit ln((β+T+t)/(β+T)) of the last
    /// quotient at s = 1 (Schmittlein, Morrison & Colombo 1987; Fader & Hardie, note 009).
    fn expected_purchases(&self, history: &History, t: f64) -> f64 {
        self.p_alive(history) * self.expected_alive(history, t)
    }

    /// P(alive)·(1 − P₀), P₀ = ((α+T)/(α+T+t))^(r+x)·((β+T)/(β+T+t))^s + s·(α+T)^(r+x)·(β+T)^s·∫ from T to T+t of
    /// (α+y)^−(r+x)·(β+y)^−(s+1) dy: alive at T+t and silent, or gone before without a purchase. Derived here: the likelihood's two
    /// terms from T on; checked against 30-digit integrals.
    fn p_buys_within(&self, history: &History, t: f64) -> f64 {
        self.p_alive(history) * (1.0 - self.none_within(history, t))
    }

    /// P(n | alive) = NB(n; t)·((β+T)/(β+T+t))^s + ∫₀^t NB(n; u)·s/(β+T+u)·((β+T)/(β+T+u))^s du, NB(n; u) negative binomial with
    /// shape r+x and rate α+T over a time u: purchases until min(remaining lifetime, t). Derived here; checked against the closed form
    /// of the expectation.
    fn distribution(&self, history: &History, t: f64, rest: f64) -> Vec<f64> {
        let (shape, rate, beta) = (self.r + f64::from(history.x()), self.alpha + history.t(), self.beta + history.t());
        let mut lives = vec![(NegativeBinomial::new(shape, rate, t), (-self.s * (t / beta).ln_1p()).exp())];
        self.lifetimes(history, t, |life, weight| lives.push((NegativeBinomial::new(shape, rate, life), weight)));
        counts(self.p_alive(history), rest, |_| {
            lives.iter_mut().map(|(purchases, weight)| *weight * purchases.next().unwrap_or(0.0)).sum()
        })
    }

    /// P(alive)·(r+x)/(α+T)·E\[1/(δ + μ)\], μ ~ Gamma(s, β+T), from ∫₀^∞ e^(−δu) λ e^(−μu) du = λ/(δ+μ); for δ = 0 and s > 1 the last
    /// factor is (β+T)/(s−1). The same as the DERT of Fader, Hardie & Lee (2005, RFM and CLV) with Tricomi's function, as a mean.
    /// Derived here; checked against its figures.
    fn discounted_residual(&self, history: &History, delta: f64) -> Option<f64> {
        let beta = self.beta + history.t();
        let lifetime = if delta > 0.0 {
            Rule::gamma(self.s, beta).expect(|dropout| 1.0 / (delta + dropout))
        } else {
            (self.s > 1.0 && delta == 0.0).then(|| beta / (self.s - 1.0))?
        };
        Some(self.p_alive(history) * self.rate(history) * lifetime)
    }

    fn rate(&self, history: &History) -> f64 {
        (self.r + f64::from(history.x())) / (self.alpha + history.t())
    }
}
