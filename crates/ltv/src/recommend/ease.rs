use super::{
    inverse::{NotPositive, Symmetric},
    ranking::{Affinity, Scored, items},
};
use crate::goods::{Line, Log};

/// How EASE (Steck 2019) is fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ridge {
    /// λ > 0, the weight of ‖B‖² against ‖X − XB‖², in customers; 200 to 500 do well on shops of some thousand customers (measured on
    /// Online Retail).
    pub lambda: f64,
    /// Only so many best sellers take part: memory is 8 n² bytes while fitting and 4 n² after, time n³.
    pub cap: usize,
    /// Threads that share the work; the result is the same to the last bit.
    pub threads: usize,
}

impl Default for Ridge {
    /// Weight 200, the 5,000 best sellers (200 MB while fitting), two threads.
    fn default() -> Self {
        Self { lambda: 200.0, cap: 5000, threads: 2 }
    }
}

/// Why EASE cannot be fitted: X'X + λI has no inverse.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum EaseError {
    /// The weight must be a number above 0: without it the matrix has no inverse.
    #[error("the weight must be above 0, not {0}")]
    Lambda(f64),
    /// The weight is so small beside the counts that the inverse is lost to rounding.
    #[error("the weight is too small: no inverse")]
    Singular,
}

/// "New to you" by EASE, a linear model in which every item's purchase is foretold by all other items.
///
/// Minimises ‖X − XB‖² + λ‖B‖² with a diagonal of zeros, X the 0/1 matrix of customers (rows) and items (columns):
/// P = (X'X + λI)⁻¹, B_ij = −P_ij/P_jj, B_jj = 0; the score of item j is Σ of B_ij over the items i the customer bought. Source:
/// Steck 2019, WWW (arXiv:1905.03375), equation 8.
#[derive(Clone, Debug, PartialEq)]
pub struct Ease {
    items: Vec<u32>,
    columns: Vec<Option<u32>>,
    weights: Vec<f32>,
}

impl Ease {
    /// Fits on the n best sellers (most customers first, equals by number): time O(n³), memory 8n² bytes while fitting.
    ///
    /// # Errors
    /// [`EaseError::Lambda`] unless λ is finite and above 0, [`EaseError::Singular`].
    pub fn fit(log: &Log, ridge: Ridge) -> Result<Self, EaseError> {
        if !(ridge.lambda > 0.0 && ridge.lambda.is_finite()) {
            return Err(EaseError::Lambda(ridge.lambda));
        }
        let items = best_sellers(log, ridge.cap);
        let mut columns = vec![None; log.items()];
        for (column, &item) in (0_u32..).zip(&items) {
            columns[item as usize] = Some(column);
        }
        let mut inverse = gram(log, &columns, items.len(), ridge.lambda);
        inverse.invert(ridge.threads).map_err(|NotPositive| EaseError::Singular)?;
        let weights = weights(&inverse);
        Ok(Self { items, columns, weights })
    }

    /// The n items that took part, best sellers first; the order of the rows and columns of B.
    pub fn items(&self) -> &[u32] {
        &self.items
    }

    /// B_ij = −P_ij/P_jj, i = `owned`, j = `other`: how much having bought the one speaks for the other, without unit, to single
    /// precision; 0 for i = j and where either took no part.
    pub fn weight(&self, owned: u32, other: u32) -> f64 {
        let column = |item: u32| self.columns.get(item as usize).copied().flatten();
        match (column(owned), column(other)) {
            (Some(i), Some(j)) => f64::from(self.weights[i as usize * self.items.len() + j as usize]),
            _ => 0.0,
        }
    }
}

fn best_sellers(log: &Log, cap: usize) -> Vec<u32> {
    let mut customers = vec![0_u32; log.items()];
    for run in log.runs() {
        customers[run[0].item as usize] += 1;
    }
    let mut items: Vec<u32> = (0..).zip(&customers).filter(|(_, customers)| **customers > 0).map(|(item, _)| item).collect();
    items.sort_by_key(|&item| std::cmp::Reverse(customers[item as usize]));
    items.truncate(cap);
    items
}

fn gram(log: &Log, columns: &[Option<u32>], n: usize, lambda: f64) -> Symmetric {
    let mut gram = Symmetric::zeros(n);
    for customer in log.customers() {
        let mut owned: Vec<usize> =
            items(log.of(customer)).filter_map(|item| columns[item as usize]).map(|column| column as usize).collect();
        owned.sort_unstable();
        for (at, &row) in owned.iter().enumerate() {
            for &column in &owned[..=at] {
                gram.add(row, column, 1.0);
            }
        }
    }
    for at in 0..n {
        gram.add(at, at, lambda);
    }
    gram
}

fn weights(inverse: &Symmetric) -> Vec<f32> {
    let n = inverse.len();
    let diagonal: Vec<f64> = (0..n).map(|at| inverse.get(at, at)).collect();
    let mut weights = Vec::with_capacity(n * n);
    for i in 0..n {
        weights.extend((0..n).map(|j| if i == j { 0.0 } else { (-inverse.get(i, j) / diagonal[j]) as f32 }));
    }
    weights
}

impl Affinity for Ease {
    fn scores(&self, history: &[Line]) -> Vec<Scored> {
        let n = self.items.len();
        let mut sums = vec![0.0_f64; n];
        for column in items(history).filter_map(|item| self.columns.get(item as usize).copied().flatten()) {
            let from = column as usize * n;
            sums.iter_mut().zip(&self.weights[from..from + n]).for_each(|(sum, weight)| *sum += f64::from(*weight));
        }
        self.items.iter().zip(sums).map(|(&item, score)| Scored { item, score }).collect()
    }
}
