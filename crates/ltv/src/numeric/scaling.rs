//! Features brought to mean 0 and standard deviation 1.

/// A deviation below this share of the mean comes of rounding.
const ROUNDING: f64 = 1e-10;

/// Means and standard deviations of the features.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scaling {
    means: Vec<f64>,
    deviations: Vec<f64>,
}

impl Scaling {
    pub(crate) fn of<'a>(rows: impl Iterator<Item = &'a [f64]> + Clone, width: usize) -> Self {
        let n = rows.clone().count().max(1) as f64;
        let mut means = vec![0.0; width];
        for row in rows.clone() {
            means.iter_mut().zip(row).for_each(|(mean, x)| *mean += x / n);
        }
        let mut deviations = vec![0.0; width];
        for row in rows {
            deviations.iter_mut().zip(row).zip(&means).for_each(|((sum, x), mean)| *sum += (x - mean) * (x - mean) / n);
        }
        // A constant feature says nothing: it becomes 0 everywhere, also where rounding moved its mean.
        let real = |(variance, mean): (f64, &f64)| {
            let deviation = libm::sqrt(variance);
            if deviation > ROUNDING * mean.abs() { deviation } else { f64::INFINITY }
        };
        let deviations = deviations.into_iter().zip(&means).map(real).collect();
        Self { means, deviations }
    }

    /// 1 and the standardised features; one that is missing or no number counts as average.
    pub(crate) fn row(&self, features: &[f64]) -> Vec<f64> {
        let given = features.iter().copied().chain(std::iter::repeat(f64::NAN));
        let scaled = given.zip(&self.means).zip(&self.deviations).map(|((x, mean), sd)| {
            let scaled = (x - mean) / sd;
            if scaled.is_finite() { scaled } else { 0.0 }
        });
        std::iter::once(1.0).chain(scaled).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_and_what_is_missing_count_as_nothing() {
        let rows: Vec<[f64; 2]> = (0..1000).map(|at| [0.1, f64::from(at % 2)]).collect();
        let scaling = Scaling::of(rows.iter().map(<[f64; 2]>::as_slice), 2);
        let row = scaling.row(&[0.1, 1.0]);
        assert!(row[..2] == [1.0, 0.0] && (row[2] - 1.0).abs() < 1e-9, "{row:?}");
        assert_eq!(scaling.row(&[0.3]), [1.0, 0.0, 0.0]);
    }
}
