//! Maximum of a smooth function of a few positive parameters: BFGS over their logarithms (Nocedal & Wright, Numerical
//! Optimization, ch. 6), ended by Newton steps on a Hessian from differences of the gradient, which also gives the standard
//! errors.

use super::sum::Evaluation;

/// Logarithms stay within ±this. Parameters are in units of the data, so that a maximum out here is one at infinity.
const EDGE: f64 = 12.0;

/// Whoever comes as near as this is on the way out; the function is all but level there.
const NEAR_EDGE: f64 = 0.5;

/// No logarithm moves further in one step.
const LONGEST_STEP: f64 = 2.0;

/// A mean gradient below this is none.
const FLAT: f64 = 1e-9;

const STEPS: usize = 300;

/// Where the search ended.
#[derive(Clone, Debug)]
pub(crate) struct Maximum<const N: usize> {
    /// The parameters.
    pub(crate) at: [f64; N],
    /// The function's value there.
    pub(crate) value: f64,
    /// The inverse of the Hessian of the mean there, over logarithms.
    inverse: Option<[[f64; N]; N]>,
    /// Standard errors of their logarithms; `None` where the function has no maximum inside.
    pub(crate) log_errors: Option<[f64; N]>,
    /// Which parameters stand at the edge of what is searched.
    pub(crate) at_edge: [bool; N],
    /// Whether the gradient vanishes.
    pub(crate) converged: bool,
}

/// Searches from `start`. `weight` is the number of observations, by which value and gradient are divided.
pub(crate) fn maximise<const N: usize>(start: &Start<N>, weight: f64, of: impl Fn(&[f64; N]) -> Evaluation<N>) -> Maximum<N> {
    let cost = |logs: &[f64; N]| {
        let at = logs.map(f64::exp);
        let found = of(&at);
        let mut gradient = found.gradient;
        for (slope, parameter) in gradient.iter_mut().zip(at) {
            *slope *= -parameter / weight;
        }
        Evaluation { value: -found.value / weight, gradient }
    };
    let mut search = Search::new(start, &cost);
    for _ in 0..STEPS {
        if search.flat() || !search.step(&cost) {
            break;
        }
    }
    let hessian = search.polish(&cost);
    let inside = search.logs.map(|log| log.abs() < EDGE - NEAR_EDGE);
    let inverse = if inside.iter().all(|inside| *inside) { inverse(&hessian) } else { None };
    Maximum {
        at: search.logs.map(f64::exp),
        value: -search.here.value * weight,
        log_errors: inverse.and_then(|inverse| errors(&inverse, weight)),
        inverse,
        at_edge: inside.map(|inside| !inside),
        converged: search.slope() < if inside.contains(&false) { 1e-4 } else { 1e-6 },
    }
}

/// Where a search begins.
pub(crate) struct Start<const N: usize> {
    at: [f64; N],
    inverse: [[f64; N]; N],
}

impl<const N: usize> Start<N> {
    /// At a guess.
    pub(crate) fn guess(at: [f64; N]) -> Self {
        Self { at, inverse: identity() }
    }

    /// At the maximum of a similar function, with what is known of its curvature.
    pub(crate) fn near(found: &Maximum<N>) -> Self {
        Self { at: found.at, inverse: found.inverse.unwrap_or_else(identity) }
    }
}

struct Search<const N: usize> {
    logs: [f64; N],
    here: Evaluation<N>,
    /// The inverse of the Hessian as far as it is known.
    inverse: [[f64; N]; N],
}

impl<const N: usize> Search<N> {
    fn new(start: &Start<N>, cost: &impl Fn(&[f64; N]) -> Evaluation<N>) -> Self {
        let logs = start.at.map(|value| value.ln().clamp(-EDGE, EDGE));
        Self { logs, here: cost(&logs), inverse: start.inverse }
    }

    /// The gradient without what points out of the searched space.
    fn inward(&self, gradient: &[f64; N]) -> [f64; N] {
        std::array::from_fn(|index| {
            let outward = self.logs[index].abs() >= EDGE && gradient[index] * self.logs[index] < 0.0;
            if outward { 0.0 } else { gradient[index] }
        })
    }

    fn slope(&self) -> f64 {
        self.inward(&self.here.gradient).iter().fold(0.0, |most, slope| slope.abs().max(most))
    }

    fn flat(&self) -> bool {
        self.slope() < FLAT
    }

    /// One step downwards; whether there was one.
    fn step(&mut self, cost: &impl Fn(&[f64; N]) -> Evaluation<N>) -> bool {
        let gradient = self.inward(&self.here.gradient);
        let mut direction = times(&self.inverse, &gradient).map(|value| -value);
        if dot(&direction, &gradient) >= 0.0 {
            self.inverse = identity();
            direction = gradient.map(|value| -value);
        }
        // What is left to gain is less than the value's last digits: the line search would follow rounding.
        if dot(&direction, &gradient).abs() < 1e-14 * (1.0 + self.here.value.abs()) {
            return false;
        }
        let longest = direction.iter().fold(0.0_f64, |most, part| part.abs().max(most));
        let mut scale = (LONGEST_STEP / longest).min(1.0);
        for _ in 0..40 {
            let there = self.moved(&direction, scale);
            let found = cost(&there);
            let promised = dot(&gradient, &minus(&there, &self.logs));
            if found.value.is_finite() && found.value <= self.here.value + 1e-4 * promised && there != self.logs {
                self.learn(there, found);
                return true;
            }
            scale *= 0.4;
        }
        let stuck = self.inverse == identity();
        self.inverse = identity();
        !stuck
    }

    fn moved(&self, direction: &[f64; N], scale: f64) -> [f64; N] {
        std::array::from_fn(|index| (self.logs[index] + scale * direction[index]).clamp(-EDGE, EDGE))
    }

    /// Goes there and updates what is known of the curvature.
    fn learn(&mut self, there: [f64; N], found: Evaluation<N>) {
        let step = minus(&there, &self.logs);
        let change = minus(&found.gradient, &self.here.gradient);
        let curvature = dot(&step, &change);
        if curvature > 1e-10 * dot(&step, &step).sqrt() * dot(&change, &change).sqrt() {
            let first = self.inverse == identity();
            if first {
                self.inverse = self.inverse.map(|row| row.map(|value| value * curvature / dot(&change, &change)));
            }
            let bent = times(&self.inverse, &change);
            let factor = (1.0 + dot(&change, &bent) / curvature) / curvature;
            for row in 0..N {
                for column in 0..N {
                    self.inverse[row][column] +=
                        factor * step[row] * step[column] - (bent[row] * step[column] + step[row] * bent[column]) / curvature;
                }
            }
        } else {
            self.inverse = identity();
        }
        (self.logs, self.here) = (there, found);
    }

    /// Newton steps while they lead downwards; the Hessian at the end.
    fn polish(&mut self, cost: &impl Fn(&[f64; N]) -> Evaluation<N>) -> [[f64; N]; N] {
        let mut hessian = hessian(&self.logs, cost);
        for _ in 0..3 {
            if self.slope() < 1e-12 {
                break;
            }
            let Some(inverse) = inverse(&hessian) else { break };
            let direction = times(&inverse, &self.inward(&self.here.gradient)).map(|value| -value);
            if direction.iter().any(|part| part.abs() > 0.1) {
                break;
            }
            let there = self.moved(&direction, 1.0);
            let found = cost(&there);
            let before = self.slope();
            let back = (self.logs, self.here);
            (self.logs, self.here) = (there, found);
            if self.slope().total_cmp(&before).is_ge() {
                (self.logs, self.here) = back;
                break;
            }
            if before > 1e-7 {
                hessian = self::hessian(&self.logs, cost);
            }
        }
        hessian
    }
}

fn errors<const N: usize>(inverse: &[[f64; N]; N], weight: f64) -> Option<[f64; N]> {
    let errors: [f64; N] = std::array::from_fn(|index| (inverse[index][index] / weight).sqrt());
    errors.iter().all(|error| error.is_finite()).then_some(errors)
}

/// Central differences of the gradient.
fn hessian<const N: usize>(logs: &[f64; N], cost: &impl Fn(&[f64; N]) -> Evaluation<N>) -> [[f64; N]; N] {
    const STEP: f64 = 1e-4;
    let columns: [[f64; N]; N] = std::array::from_fn(|index| {
        let beside = |by: f64| {
            let mut there = *logs;
            there[index] += by;
            cost(&there).gradient
        };
        minus(&beside(STEP), &beside(-STEP)).map(|value| value / (2.0 * STEP))
    });
    std::array::from_fn(|row| std::array::from_fn(|column| 0.5 * (columns[row][column] + columns[column][row])))
}

/// The inverse of a positive definite matrix by Cholesky; `None` for any other.
fn inverse<const N: usize>(matrix: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut lower = [[0.0; N]; N];
    for row in 0..N {
        for column in 0..=row {
            let below: f64 = (0..column).map(|index| lower[row][index] * lower[column][index]).sum();
            let rest = matrix[row][column] - below;
            if row == column {
                if rest.is_nan() || rest <= 1e-13 {
                    return None;
                }
                lower[row][row] = rest.sqrt();
            } else {
                lower[row][column] = rest / lower[column][column];
            }
        }
    }
    let mut columns = identity::<N>();
    for column in &mut columns {
        for row in 0..N {
            let known: f64 = (0..row).map(|index| lower[row][index] * column[index]).sum();
            column[row] = (column[row] - known) / lower[row][row];
        }
        for row in (0..N).rev() {
            let known: f64 = (row + 1..N).map(|index| lower[index][row] * column[index]).sum();
            column[row] = (column[row] - known) / lower[row][row];
        }
    }
    Some(columns)
}

fn identity<const N: usize>() -> [[f64; N]; N] {
    std::array::from_fn(|row| std::array::from_fn(|column| f64::from(u8::from(row == column))))
}

fn dot<const N: usize>(left: &[f64; N], right: &[f64; N]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

fn minus<const N: usize>(left: &[f64; N], right: &[f64; N]) -> [f64; N] {
    std::array::from_fn(|index| left[index] - right[index])
}

fn times<const N: usize>(matrix: &[[f64; N]; N], vector: &[f64; N]) -> [f64; N] {
    std::array::from_fn(|row| dot(&matrix[row], vector))
}
