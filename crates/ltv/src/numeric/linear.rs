//! Small symmetric systems.

/// A symmetric matrix in full rows, made by adding outer products.
#[derive(Clone, Debug)]
pub(crate) struct Gram {
    size: usize,
    cells: Vec<f64>,
}

impl Gram {
    pub(crate) fn zero(size: usize) -> Self {
        Self { size, cells: vec![0.0; size * size] }
    }

    /// Adds weight·row·rowᵀ (its lower half; the upper is not read).
    pub(crate) fn add(&mut self, row: &[f64], weight: f64) {
        for (i, &left) in row.iter().enumerate() {
            let scaled = weight * left;
            for (cell, &right) in self.cells[i * self.size..].iter_mut().zip(&row[..=i]) {
                *cell += scaled * right;
            }
        }
    }

    /// Adds to one cell of the diagonal.
    pub(crate) fn raise(&mut self, at: usize, by: f64) {
        self.cells[at * self.size + at] += by;
    }

    /// Solves Gram·β = right by Cholesky; a direction that the rows do not span (its pivot vanishes beside its diagonal)
    /// gets the coefficient 0, so that constant or doubled columns do no harm.
    pub(crate) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let n = self.size;
        let mut lower = self.cells.clone();
        let mut kept = vec![true; n];
        for j in 0..n {
            let own = lower[j * n + j];
            let pivot = own - (0..j).map(|k| lower[j * n + k] * lower[j * n + k]).sum::<f64>();
            kept[j] = pivot > own * 1e-11 && pivot > 0.0;
            let root = if kept[j] { libm::sqrt(pivot) } else { 1.0 };
            lower[j * n + j] = root;
            for i in j + 1..n {
                let rest = lower[i * n + j] - (0..j).map(|k| lower[i * n + k] * lower[j * n + k]).sum::<f64>();
                lower[i * n + j] = if kept[j] { rest / root } else { 0.0 };
            }
        }
        let mut found = right.to_vec();
        for i in 0..n {
            let known = (0..i).map(|k| lower[i * n + k] * found[k]).sum::<f64>();
            found[i] = if kept[i] { (found[i] - known) / lower[i * n + i] } else { 0.0 };
        }
        for i in (0..n).rev() {
            let known = (i + 1..n).map(|k| lower[k * n + i] * found[k]).sum::<f64>();
            found[i] = if kept[i] { (found[i] - known) / lower[i * n + i] } else { 0.0 };
        }
        found
    }
}

/// Σ a·b.
pub(crate) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_and_drops_what_is_not_spanned() {
        let rows = [[1.0, 2.0, 4.0], [1.0, 3.0, 6.0], [1.0, 5.0, 10.0], [1.0, 7.0, 14.0]];
        let mut gram = Gram::zero(3);
        let mut right = vec![0.0; 3];
        for row in rows {
            gram.add(&row, 1.0);
            let y = 3.0 + 0.5 * row[1];
            right.iter_mut().zip(row).for_each(|(sum, x)| *sum += x * y);
        }
        let found = gram.solve(&right);
        assert!((found[0] - 3.0).abs() < 1e-9 && (found[1] - 0.5).abs() < 1e-9 && found[2] == 0.0, "{found:?}");
    }
}
