//! Sums over many rows on all cores. Rows are added up in blocks of fixed size and the blocks in order, so that the sum is the
//! same to the last bit on any number of cores.

use std::ops::AddAssign;

/// Rows of a block.
const BLOCK: usize = 4096;

/// A function's value and its gradient.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evaluation<const N: usize> {
    pub(crate) value: f64,
    pub(crate) gradient: [f64; N],
}

impl<const N: usize> Evaluation<N> {
    pub(crate) const ZERO: Self = Self { value: 0.0, gradient: [0.0; N] };

    /// Adds a term so many times.
    pub(crate) fn add(&mut self, times: f64, value: f64, gradient: [f64; N]) {
        self.value += times * value;
        for (sum, part) in self.gradient.iter_mut().zip(gradient) {
            *sum += times * part;
        }
    }
}

impl<const N: usize> AddAssign for Evaluation<N> {
    fn add_assign(&mut self, other: Self) {
        self.add(1.0, other.value, other.gradient);
    }
}

/// Σ over rows; `add` puts one row into a block's sum.
pub(crate) fn over<R: Sync, const N: usize>(rows: &[R], add: impl Fn(&mut Evaluation<N>, &R) + Sync) -> Evaluation<N> {
    let blocks = mapped(rows, BLOCK, |block| {
        let mut sum = Evaluation::ZERO;
        for row in block {
            add(&mut sum, row);
        }
        vec![sum]
    });
    let mut total = Evaluation::ZERO;
    for block in blocks {
        total += block;
    }
    total
}

/// Every block's results, in order, computed on all cores.
pub(crate) fn mapped<R: Sync, T: Send>(rows: &[R], block: usize, of: impl Fn(&[R]) -> Vec<T> + Sync) -> Vec<T> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let blocks = rows.len().div_ceil(block);
    if blocks < 2 || cores < 2 {
        return rows.chunks(block).flat_map(of).collect();
    }
    let share = blocks.div_ceil(cores) * block;
    std::thread::scope(|scope| {
        let of = &of;
        let work = |part| move || rows_of(part, block, of);
        let workers: Vec<_> = rows.chunks(share).map(|part| scope.spawn(work(part))).collect();
        let joined = workers.into_iter().zip(rows.chunks(share));
        // A worker that could not finish is done again here, so that its panic is this thread's.
        joined.flat_map(|(worker, part)| worker.join().unwrap_or_else(|_| rows_of(part, block, of))).collect()
    })
}

fn rows_of<R, T>(part: &[R], block: usize, of: &impl Fn(&[R]) -> Vec<T>) -> Vec<T> {
    part.chunks(block).flat_map(of).collect()
}
