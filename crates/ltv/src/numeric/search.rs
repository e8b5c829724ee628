//! The highest point of a function of one number.

/// The place of a function's maximum between two places: the best of 25 evenly spaced ones, then golden sections around it
/// to 1e-6. Source: Kiefer 1953, Proc. AMS 4(3).
pub(crate) fn maximum(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    const STEPS: i32 = 24;
    let step = (to - from) / f64::from(STEPS);
    let (_, start) = (0..=STEPS)
        .map(|at| from + step * f64::from(at))
        .map(|x| (f(x), x))
        .fold((f64::NEG_INFINITY, from), |best, one| if one.0 > best.0 { one } else { best });

    let golden = (5_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = ((start - step).max(from), (start + step).min(to));
    let (mut left, mut right) = (high - golden * (high - low), low + golden * (high - low));
    let (mut at_left, mut at_right) = (f(left), f(right));
    while high - low > 1e-6 {
        if at_left > at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - golden * (high - low);
            at_left = f(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + golden * (high - low);
            at_right = f(right);
        }
    }
    (low + high) / 2.0
}
