//! BG/NBD and MBG/NBD: purchases at a constant rate, and after each a coin decides whether the customer leaves.

use super::history::{Grouped, History};
use super::nbd::head;
use super::process::{NegativeBinomial, Process, counts};
use super::quadrature::Rule;
use super::sum::{self, Evaluation};
use crate::numeric::special::{digamma, ln_beta, logistic, softplus};

/// BG/NBD (Fader, Hardie & Lee 2005, "Counting Your Customers" the Easy Way): λ ~ Gamma(r, α), and after each *repeat*
/// purchase the customer leaves with probability p ~ Beta(a, b). One-time buyers count as alive for certain.
///
/// ln L = lnΓ(r+x) − lnΓ(r) + r ln α + logaddexp( lnB(a, b+x) − lnB(a, b) − (r+x) ln(α+T),
/// \[x>0\] lnB(a+1, b+x−1) − lnB(a, b) − (r+x) ln(α+t_x) ), their likelihood in logarithms so that nothing overflows at large x.
/// x, t_x, T are those of a [`History`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BgNbd {
    /// r > 0, shape of λ ~ Gamma(r, α), without unit; small: customers differ much in how often they buy.
    pub r: f64,
    /// α > 0, rate of λ ~ Gamma(r, α), in units of time: the mean rate is E\[λ\] = r/α purchases per unit of time.
    pub alpha: f64,
    /// a > 0, first shape of p ~ Beta(a, b), without unit: the mean dropout probability is E\[p\] = a/(a+b). At a ≤ 1 the expected
    /// number of purchases of a lifetime is infinite.
    pub a: f64,
    /// b > 0, second shape of p ~ Beta(a, b), without unit.
    pub b: f64,
}

/// MBG/NBD (Batislam, Denizel & Filiztekin 2007; Hoppe & Wagner 2007): as [`BgNbd`], but the customer may also leave right after
/// the first purchase, so that one-time buyers are not all alive.
///
/// ln L = lnΓ(r+x) − lnΓ(r) + r ln α + logaddexp( lnB(a, b+x+1) − lnB(a, b) − (r+x) ln(α+T),
/// lnB(a+1, b+x) − lnB(a, b) − (r+x) ln(α+t_x) ), for every x: BG/NBD's with one coin more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MbgNbd {
    /// r > 0, shape of λ ~ Gamma(r, α), without unit; small: customers differ much in how often they buy.
    pub r: f64,
    /// α > 0, rate of λ ~ Gamma(r, α), in units of time: the mean rate is E\[λ\] = r/α purchases per unit of time.
    pub alpha: f64,
    /// a > 0, first shape of p ~ Beta(a, b), without unit: the mean dropout probability is E\[p\] = a/(a+b). At a ≤ 1 the expected
    /// number of purchases of a lifetime is infinite.
    pub a: f64,
    /// b > 0, second shape of p ~ Beta(a, b), without unit.
    pub b: f64,
}

/// Both at once: `coins` is how many purchases besides the repeats are followed by the coin (0 or 1).
#[derive(Clone, Copy)]
struct Core {
    r: f64,
    alpha: f64,
    a: f64,
    b: f64,
    coins: f64,
}

impl Core {
    /// The second shape of p given that the customer is alive: b + x + coins.
    fn b_alive(&self, x: f64) -> f64 {
        self.b + x + self.coins
    }

    /// ln of the odds of having left after the last purchase: ln(a/(b_alive − 1)) − (r+x)·ln((α+t_x)/(α+T)).
    fn ln_odds_of_gone(&self, x: f64, t_x: f64, t: f64) -> f64 {
        if x + self.coins == 0.0 {
            return f64::NEG_INFINITY;
        }
        (self.a / (self.b_alive(x) - 1.0)).ln() + (self.r + x) * ((t - t_x) / (self.alpha + t_x)).ln_1p()
    }

    fn evaluate(&self, data: &Grouped) -> Evaluation<4> {
        let mut total = sum::over(&data.rows, |sum: &mut Evaluation<4>, row| {
            let x = data.counts[row.at as usize].0;
            let (value, gradient) = self.body(x, row.t_x, row.t);
            sum.add(row.customers, value, gradient);
        });
        for (x, customers) in &data.counts {
            let (value, by_r, by_alpha) = head(self.r, self.alpha, *x);
            let (ln_stay, by_a, by_b) = self.ln_stay(*x);
            total.add(*customers, value + ln_stay, [by_r, by_alpha, by_a, by_b]);
        }
        total
    }

    /// lnB(a, b_alive) − lnB(a, b) and its derivatives by a and b.
    fn ln_stay(&self, x: f64) -> (f64, f64, f64) {
        let (a, b, stayed) = (self.a, self.b, self.b_alive(x));
        let all = digamma(a + stayed) - digamma(a + b);
        (ln_beta(a, stayed) - ln_beta(a, b), -all, digamma(stayed) - digamma(b) - all)
    }

    /// The part that depends on times: −(r+x) ln(α+T) + ln(1 + odds of gone), and its gradient.
    fn body(&self, x: f64, t_x: f64, t: f64) -> (f64, [f64; 4]) {
        let shape = self.r + x;
        let ln_t = (self.alpha + t).ln();
        if x + self.coins == 0.0 {
            return (-shape * ln_t, [-ln_t, -shape / (self.alpha + t), 0.0, 0.0]);
        }
        let since = ((t - t_x) / (self.alpha + t_x)).ln_1p();
        let before_last = self.b_alive(x) - 1.0;
        let ln_odds = (self.a / before_last).ln() + shape * since;
        let gone = logistic(ln_odds);
        let by_alpha = -shape * (gone / (self.alpha + t_x) + (1.0 - gone) / (self.alpha + t));
        (-shape * ln_t + softplus(ln_odds), [gone * since - ln_t, by_alpha, gone / self.a, -gone / before_last])
    }

    fn log_likelihood(&self, history: &History) -> f64 {
        let x = f64::from(history.x());
        head(self.r, self.alpha, x).0 + self.ln_stay(x).0 + self.body(x, history.t_x(), history.t()).0
    }

    fn p_alive(&self, history: &History) -> f64 {
        logistic(-self.ln_odds_of_gone(f64::from(history.x()), history.t_x(), history.t()))
    }

    fn rule(&self, x: f64) -> Rule {
        Rule::beta(self.a, self.b_alive(x))
    }

    fn expected_with(&self, rule: &Rule, history: &History, t: f64) -> f64 {
        let shape = self.r + f64::from(history.x());
        let reach = t / (self.alpha + history.t());
        let of_alive = rule.expect(|p| {
            let step = p * reach;
            // For p below this the next term of the series is below the last bit.
            if step * (shape + 1.0) < 1e-17 { shape * reach } else { -(-shape * step.ln_1p()).exp_m1() / p }
        });
        self.p_alive(history) * of_alive
    }

    fn p_buys_within(&self, history: &History, t: f64) -> f64 {
        let shape = self.r + f64::from(history.x());
        self.p_alive(history) * -(-shape * (t / (self.alpha + history.t())).ln_1p()).exp_m1()
    }

    fn distribution(&self, history: &History, t: f64, rest: f64) -> Vec<f64> {
        let x = f64::from(history.x());
        let (a, b) = (self.a, self.b_alive(x));
        let mut purchases = NegativeBinomial::new(self.r + x, self.alpha + history.t(), t);
        let (mut stays, mut at_least) = (1.0, 1.0);
        counts(self.p_alive(history), rest, |count| {
            let chance = purchases.next().unwrap_or(0.0);
            let count = f64::from(count);
            let mut sum = stays * chance;
            if count > 0.0 {
                sum += stays * a / (b + count - 1.0) * f64::max(at_least, 0.0);
            }
            stays *= (b + count) / (a + b + count);
            at_least -= chance;
            sum
        })
    }

    fn discounted_residual(&self, history: &History, delta: f64) -> Option<f64> {
        let x = f64::from(history.x());
        let b = self.b_alive(x);
        let of_alive = if delta > 0.0 {
            let rates = Rule::gamma(self.r + x, self.alpha + history.t());
            let coins = self.rule(x);
            rates.expect(|rate| coins.expect(|p| rate / (delta + rate * p)))
        } else {
            (self.a > 1.0 && delta == 0.0).then(|| (self.a + b - 1.0) / (self.a - 1.0))?
        };
        Some(self.p_alive(history) * of_alive)
    }

    /// t = (α+T)·((1 − 1/(2 P(alive)))^(−1/(r+x)) − 1) if P(alive) > 1/2.
    fn median_wait(&self, history: &History, cap: f64) -> Option<f64> {
        let alive = self.p_alive(history);
        let shape = self.r + f64::from(history.x());
        let wait = (self.alpha + history.t()) * (-(-0.5 / alive).ln_1p() / shape).exp_m1();
        (alive > 0.5 && wait <= cap).then_some(wait)
    }
}

macro_rules! beta_geometric {
    ($model:ident, $coins:literal) => {
        impl $model {
            fn core(&self) -> Core {
                Core { r: self.r, alpha: self.alpha, a: self.a, b: self.b, coins: $coins }
            }

            pub(crate) fn evaluate(&[r, alpha, a, b]: &[f64; 4], data: &Grouped) -> Evaluation<4> {
                Core { r, alpha, a, b, coins: $coins }.evaluate(data)
            }

            /// The weights with which [`expected_with`](Self::expected_with) averages over the dropout probability of customers
            /// with x repeat purchases; the same for all of them.
            pub(crate) fn rule(&self, x: u32) -> Rule {
                self.core().rule(f64::from(x))
            }

            pub(crate) fn expected_with(&self, rule: &Rule, history: &History, t: f64) -> f64 {
                self.core().expected_with(rule, history, t)
            }
        }

        impl Process for $model {
            fn log_likelihood(&self, history: &History) -> f64 {
                self.core().log_likelihood(history)
            }

            /// 1/(1 + a/(b_alive−1)·((α+T)/(α+t_x))^(r+x)), b_alive = b+x (BG) or b+x+1 (MBG).
            fn p_alive(&self, history: &History) -> f64 {
                self.core().p_alive(history)
            }

            /// P(alive)·E\[(1 − (1 + p t/(α+T))^−(r+x))/p\], p ~ Beta(a, b_alive). Derived; checked against the published closed
            /// form's figures, 30-digit integrals and the sum over [`distribution`](Process::distribution).
            fn expected_purchases(&self, history: &History, t: f64) -> f64 {
                let core = self.core();
                core.expected_with(&core.rule(f64::from(history.x())), history, t)
            }

            /// P(alive)·(1 − ((α+T)/(α+T+t))^(r+x)): nobody leaves before the next purchase. Derived; checked against
            /// [`distribution`](Process::distribution).
            fn p_buys_within(&self, history: &History, t: f64) -> f64 {
                self.core().p_buys_within(history, t)
            }

            /// P(n | alive) = E\[(1−p)^n\]·NB(n) + \[n>0\] E\[p(1−p)^(n−1)\]·(1 − Σ over j < n of NB(j)), p ~ Beta(a, b_alive), NB
            /// negative binomial with shape r+x and rate α+T (the pmf of X(t) of Fader, Hardie & Lee 2005 with posterior parameters).
            fn distribution(&self, history: &History, t: f64, rest: f64) -> Vec<f64> {
                self.core().distribution(history, t, rest)
            }

            /// P(alive)·E\[λ/(delta + λp)\], λ ~ Gamma(r+x, α+T), p ~ Beta(a, b_alive). Derived; checked against a time grid.
            fn discounted_residual(&self, history: &History, delta: f64) -> Option<f64> {
                self.core().discounted_residual(history, delta)
            }

            fn rate(&self, history: &History) -> f64 {
                (self.r + f64::from(history.x())) / (self.alpha + history.t())
            }

            /// (α+T)·((1 − 1/(2 P(alive)))^(−1/(r+x)) − 1) where P(alive) > 1/2. Derived; checked against bisection.
            fn median_wait(&self, history: &History, cap: f64) -> Option<f64> {
                self.core().median_wait(history, cap)
            }
        }
    };
}

beta_geometric!(BgNbd, 0.0);
beta_geometric!(MbgNbd, 1.0);
