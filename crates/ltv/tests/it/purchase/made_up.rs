//! Customers with known parameters, small and dependent on nothing, so that these tests do not lean on what others are tested with.

use ltv::purchase::History;

/// xorshift64* with draws.
pub struct Draws(u64);

impl Draws {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
    }

    pub fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    fn normal(&mut self) -> f64 {
        (2.0 * self.exponential()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Marsaglia & Tsang (2000).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let root = self.uniform().powf(1.0 / shape);
            return self.gamma(shape + 1.0) * root;
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let normal = self.normal();
            let v = (1.0 + normal / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * normal * normal + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    pub fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (left, right) = (self.gamma(a), self.gamma(b));
        left / (left + right)
    }
}

/// How somebody leaves.
pub enum Leaving {
    Never,
    /// BG/NBD's a, b.
    AfterRepeats(f64, f64),
    /// MBG/NBD's a, b.
    AfterAny(f64, f64),
    /// Pareto/NBD's s, β.
    Anytime(f64, f64),
}

/// Histories of 20 to 100 weeks with rates from Gamma(r, alpha).
pub fn histories(count: usize, seed: u64, (r, alpha): (f64, f64), leaving: &Leaving) -> Vec<History> {
    let mut draws = Draws::new(seed);
    (0..count).map(|_| history(&mut draws, r, alpha, leaving)).collect()
}

fn history(draws: &mut Draws, r: f64, alpha: f64, leaving: &Leaving) -> History {
    let t = 20.0 + 80.0 * draws.uniform();
    let rate = draws.gamma(r) / alpha;
    let (leaves, mut until) = match *leaving {
        Leaving::Never => (0.0, t),
        Leaving::AfterRepeats(a, b) => (draws.beta(a, b), t),
        Leaving::AfterAny(a, b) => (draws.beta(a, b), t),
        Leaving::Anytime(s, beta) => {
            let dropout = draws.gamma(s) / beta;
            (0.0, t.min(draws.exponential() / dropout.max(1e-300)))
        }
    };
    if matches!(leaving, Leaving::AfterAny(..)) && draws.uniform() < leaves {
        until = 0.0;
    }
    let (mut x, mut t_x) = (0, 0.0);
    loop {
        let next = t_x + draws.exponential() / rate.max(1e-300);
        if next > until {
            return History::new(x, t_x, t).expect("a history");
        }
        (x, t_x) = (x + 1, next);
        if draws.uniform() < leaves {
            until = t_x;
        }
    }
}
