/// A logistic regression with a ridge on standardised features, by Newton's method.
///
/// Maximises sum of y ln p + (1 - y) ln(1 - p) - ridge / 2 * |beta|², the intercept free; p = 1 / (1 + exp(-(b0 + beta z))).
/// Source: le Cessie and van Houwelingen 1992, Applied Statistics 41(1).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Logit<const N: usize> {
    means: [f64; N],
    scales: [f64; N],
    intercept: f64,
    weights: [f64; N],
}

impl<const N: usize> Logit<N> {
    pub(super) fn fit(rows: &[([f64; N], bool)], ridge: f64) -> Self {
        let (means, scales) = standards(rows);
        let hits = rows.iter().filter(|(_, outcome)| *outcome).count() as f64;
        let base = (hits + 0.5) / (rows.len() as f64 + 1.0);
        let mut model = Self { means, scales, intercept: (base / (1.0 - base)).ln(), weights: [0.0; N] };
        let mut loss = model.loss(rows, ridge);
        for _ in 0..50 {
            let Some(step) = model.newton_step(rows, ridge) else { break };
            let Some((better, less)) = model.descend(&step, rows, ridge, loss) else { break };
            let gain = loss - less;
            (model, loss) = (better, less);
            if gain < 1e-9 * (1.0 + loss.abs()) {
                break;
            }
        }
        model
    }

    pub(super) fn probability(&self, features: &[f64; N]) -> f64 {
        sigmoid(self.linear(features))
    }

    fn standardised(&self, features: &[f64; N]) -> [f64; N] {
        std::array::from_fn(|at| (features[at] - self.means[at]) / self.scales[at])
    }

    fn linear(&self, features: &[f64; N]) -> f64 {
        self.intercept + self.standardised(features).iter().zip(&self.weights).map(|(z, weight)| z * weight).sum::<f64>()
    }

    fn loss(&self, rows: &[([f64; N], bool)], ridge: f64) -> f64 {
        let one = |(features, outcome): &([f64; N], bool)| {
            let linear = self.linear(features);
            let wrong = if *outcome { -linear } else { linear };
            // ln(1 + e^w), without overflow.
            wrong.max(0.0) + (-wrong.abs()).exp().ln_1p()
        };
        rows.iter().map(one).sum::<f64>() + ridge / 2.0 * self.weights.iter().map(|weight| weight * weight).sum::<f64>()
    }

    /// Intercept first.
    fn newton_step(&self, rows: &[([f64; N], bool)], ridge: f64) -> Option<Vec<f64>> {
        let n = N + 1;
        let mut gradient = vec![0.0; n];
        let mut hessian = vec![vec![0.0; n]; n];
        let mut z = vec![1.0; n];
        for (features, outcome) in rows {
            z[1..].copy_from_slice(&self.standardised(features));
            let p = self.probability(features);
            let residual = f64::from(u8::from(*outcome)) - p;
            let curvature = p * (1.0 - p);
            for i in 0..n {
                gradient[i] += residual * z[i];
                for j in 0..=i {
                    hessian[i][j] += curvature * z[i] * z[j];
                }
            }
        }
        for at in 1..n {
            gradient[at] -= ridge * self.weights[at - 1];
            hessian[at][at] += ridge;
        }
        hessian[0][0] += 1e-9;
        solved(hessian, gradient)
    }

    /// Along a step, halved until the loss falls; nothing when it does not.
    fn descend(&self, step: &[f64], rows: &[([f64; N], bool)], ridge: f64, loss: f64) -> Option<(Self, f64)> {
        (0..20).map(|halvings| 0.5_f64.powi(halvings)).find_map(|length| {
            let mut next = self.clone();
            next.intercept += length * step[0];
            next.weights.iter_mut().zip(&step[1..]).for_each(|(weight, step)| *weight += length * step);
            let less = next.loss(rows, ridge);
            (less < loss).then_some((next, less))
        })
    }
}

fn sigmoid(linear: f64) -> f64 {
    1.0 / (1.0 + (-linear).exp())
}

fn standards<const N: usize>(rows: &[([f64; N], bool)]) -> ([f64; N], [f64; N]) {
    let n = (rows.len() as f64).max(1.0);
    let means = std::array::from_fn(|at| rows.iter().map(|(features, _)| features[at]).sum::<f64>() / n);
    let deviation = |at: usize| {
        let mean: [f64; N] = means;
        (rows.iter().map(|(features, _)| (features[at] - mean[at]).powi(2)).sum::<f64>() / n).sqrt()
    };
    let scales = std::array::from_fn(|at| if deviation(at) > 1e-9 { deviation(at) } else { 1.0 });
    (means, scales)
}

/// x of A x = b by Cholesky, A given by its lower half; nothing when A is not positive definite.
fn solved(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let n = b.len();
    for i in 0..n {
        for j in 0..=i {
            let sum = a[i][j] - (0..j).map(|m| a[i][m] * a[j][m]).sum::<f64>();
            if i == j {
                if !(sum > 0.0 && sum.is_finite()) {
                    return None;
                }
                a[i][i] = sum.sqrt();
            } else {
                a[i][j] = sum / a[j][j];
            }
        }
        b[i] = (b[i] - (0..i).map(|m| a[i][m] * b[m]).sum::<f64>()) / a[i][i];
    }
    for i in (0..n).rev() {
        b[i] = (b[i] - (i + 1..n).map(|m| a[m][i] * b[m]).sum::<f64>()) / a[i][i];
    }
    Some(b)
}
