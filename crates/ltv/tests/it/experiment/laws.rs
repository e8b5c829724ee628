//! What holds for any numbers.

use ltv::experiment::assign::{Split, bucket};
use ltv::experiment::{
    Decision, Fault, Looks, Moments, Outlook, PairMoments, Progress, RatioMoments, adjust, cap_at, check_split, difference, holm,
    relative,
};
use proptest::collection::vec;
use proptest::prelude::*;

const MONEY: std::ops::Range<f64> = -1e7..1e7;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn in_one_pass_in_parts_or_from_sums(values in vec(MONEY, 2..60), cut in 0_usize..60) {
        let whole: Moments = values.iter().copied().collect();
        let (left, right) = values.split_at(cut.min(values.len()));
        let parts = left.iter().copied().collect::<Moments>().merged(&right.iter().copied().collect());
        let sum: f64 = values.iter().sum();
        let squares: f64 = values.iter().map(|v| v * v).sum();
        let sums = Moments::from_sums(values.len() as u64, sum, squares).unwrap();
        let mean = sum / values.len() as f64;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (values.len() - 1) as f64;
        for found in [whole, parts, sums] {
            prop_assert!((found.mean() - mean).abs() <= 1e-6);
            prop_assert!((found.variance().unwrap() - variance).abs() <= 1e-9 * squares);
        }
    }

    #[test]
    fn an_answer_is_never_nan_and_its_p_value_agrees_with_its_interval(
        a in vec(MONEY, 2..40), b in vec(MONEY, 2..40), alpha in 0.001_f64..0.5, tuned_for in 10.0_f64..1e6,
    ) {
        let level = |values: &[f64]| values.iter().copied().collect::<Moments>().level().unwrap();
        let Ok(estimate) = difference(&level(&a), &level(&b)) else { return Ok(()) };
        for looks in [Looks::Once, Looks::Any { tuned_for }] {
            let answer = estimate.answer(looks, alpha).unwrap();
            prop_assert!((0.0..=1.0).contains(&answer.p_value));
            prop_assert!(answer.low < answer.value && answer.value < answer.high);
            if (answer.p_value / alpha - 1.0).abs() > 1e-6 {
                prop_assert_eq!(answer.p_value < alpha, answer.low > 0.0 || answer.high < 0.0);
            }
        }
    }

    #[test]
    fn yen_or_thousand_yen_is_the_same_in_relative_terms(a in vec(1.0..1e5, 5..40), b in vec(1.0..1e5, 5..40), unit in 0.001..1000.0) {
        let level = |values: &[f64], unit: f64| values.iter().map(|v| v * unit).collect::<Moments>().level().unwrap();
        let (one, other) = (relative(&level(&a, 1.0), &level(&b, 1.0)), relative(&level(&a, unit), &level(&b, unit)));
        match (one, other) {
            (Ok(one), Ok(other)) => {
                prop_assert!((one.value - other.value).abs() < 1e-9 * (1.0 + one.value.abs()));
                prop_assert!((one.variance / other.variance - 1.0).abs() < 1e-6);
            }
            (one, other) => prop_assert_eq!(one.is_err(), other.is_err()),
        }
    }

    #[test]
    fn a_ratio_to_one_is_a_mean(values in vec(-1e4..1e4, 2..40)) {
        let mean = values.iter().copied().collect::<Moments>().level().unwrap();
        let ratio = values.iter().map(|&v| (v, 1.0)).collect::<RatioMoments>().level().unwrap();
        prop_assert!((mean.value - ratio.value).abs() < 1e-6 && (mean.variance - ratio.variance).abs() <= 1e-9 * (1.0 + mean.variance));
    }

    #[test]
    fn cuped_takes_away_what_the_covariate_explains(pairs in vec((-100.0..100.0, -100.0..100.0), 10..60), theta in -5.0..5.0) {
        let arm: PairMoments = pairs.iter().map(|&(noise, x): &(f64, f64)| (theta * x + noise, x)).collect();
        let plain = arm.first.level().unwrap();
        let cuped = adjust(&[arm, arm]).unwrap();
        prop_assert!((0.0..=1.0).contains(&cuped.explained));
        let left = cuped.levels[0].variance / plain.variance;
        prop_assert!((left - (1.0 - cuped.explained)).abs() < 1e-6, "{} {}", left, cuped.explained);
    }

    #[test]
    fn winsorised_values_stay_between_two_that_were_there(values in vec(MONEY, 1..80), tail in 0.0..0.499) {
        let bounds = cap_at(values.iter().copied(), tail).unwrap();
        prop_assert!(values.contains(&bounds.low) && values.contains(&bounds.high) && bounds.low <= bounds.high);
        let outside = values.iter().filter(|&&v| v > bounds.high).count();
        prop_assert!(outside as f64 <= tail * values.len() as f64);
        prop_assert!(values.iter().all(|&v| (bounds.low..=bounds.high).contains(&bounds.hold(v))));
    }

    #[test]
    fn holms_values_keep_their_order_and_never_shrink(values in vec(0.0_f64..1.0, 0..12)) {
        let adjusted = holm(&values);
        for (i, p) in values.iter().enumerate() {
            prop_assert!(adjusted[i] >= *p && adjusted[i] <= 1.0);
            prop_assert!(values.iter().zip(&adjusted).all(|(q, a)| q < p || *a >= adjusted[i]));
        }
    }
}

#[test]
fn buckets_are_even_lasting_and_independent_between_experiments() {
    assert_eq!(bucket("salt", "spring", "U1"), bucket("salt", "spring", "U1"));
    assert_ne!(bucket("ab", "c", "d"), bucket("a", "bc", "d"));
    let split = Split::new(&[1_000, 9_000]).unwrap();
    let mut cells = [[0_u64; 2]; 2];
    for customer in 0..400_000 {
        let name = format!("U{customer}");
        let spring = split.arm(bucket("salt", "spring", &name));
        cells[spring][split.arm(bucket("salt", "autumn", &name))] += 1;
    }
    let counts: Vec<u64> = cells.iter().flatten().copied().collect();
    let check = check_split(&counts, &[0.01, 0.09, 0.09, 0.81]).unwrap();
    assert!(!check.broken && check.p_value > 0.01, "{counts:?} {check:?}");
}

#[test]
fn a_growing_arm_keeps_its_customers() {
    let (small, grown) = (Split::new(&[1_000, 9_000]).unwrap(), Split::new(&[2_000, 8_000]).unwrap());
    assert!((0..10_000).all(|bucket| small.arm(bucket) == 1 || grown.arm(bucket) == 0));
    assert_eq!((small.arm(999), small.arm(1_000), small.arm(9_999)), (0, 1, 1));
    assert_eq!(Split::new(&[0, 10_000]).unwrap().arm(0), 1);
    assert!(matches!(Split::new(&[1_000, 9_001]), Err(Fault::SharesDoNotAddUp { .. })));
}

#[test]
fn lost_customers_break_the_split() {
    assert!(check_split(&[5_000, 4_600], &[1.0, 1.0]).unwrap().broken);
    assert!(!check_split(&[1_030, 8_970], &[0.1, 0.9]).unwrap().broken);
    assert!(matches!(check_split(&[1, 2], &[1.0]), Err(Fault::ArmsAndSharesDiffer { .. })));
    assert_eq!(check_split(&[0, 0], &[1.0, 1.0]), Err(Fault::Nothing));
}

#[test]
fn what_has_no_answer_is_named() {
    let arm = |n, sum, squares| Moments::from_sums(n, sum, squares).unwrap().level();
    assert_eq!(arm(1, 1.0, 1.0), Err(Fault::TooFew { n: 1 }));
    assert_eq!(Moments::from_sums(10, 100.0, 5.0), Err(Fault::ImpossibleSums));
    assert_eq!(Moments::from_sums(10, f64::NAN, 5.0), Err(Fault::NotFinite));
    let nobody = arm(100, 0.0, 0.0).unwrap();
    assert_eq!(difference(&nobody, &nobody), Err(Fault::NoSpread));
    let (few, many) = (arm(100, 1.0, 1.0).unwrap(), arm(100, 5.0, 5.0).unwrap());
    assert_eq!(relative(&few, &many), Err(Fault::BaselineUnclear));
    let effect = difference(&few, &many).unwrap();
    assert!(matches!(effect.answer(Looks::Once, 1.0), Err(Fault::NotAShare { .. })));
    assert!(matches!(effect.answer(Looks::Any { tuned_for: 0.0 }, 0.05), Err(Fault::NotPositive { .. })));
}

#[test]
fn a_verdict_is_foretold_from_the_worthwhile_effect() {
    let rate = |n: u64, p: f64| Moments::from_sums(n, n as f64 * p, n as f64 * p).unwrap().level().unwrap();
    let progress = |n, p, worthwhile| Progress {
        now: difference(&rate(n, 0.03), &rate(n, p)).unwrap(),
        worthwhile,
        per_day: 100.0,
        alpha: 0.05,
        power: 0.8,
        looks: Looks::Once,
    };
    assert_eq!(progress(50_000, 0.04, 0.005).outlook(), Ok(Outlook::Decided(Decision::Helps)));
    assert_eq!(progress(50_000, 0.02, 0.005).outlook(), Ok(Outlook::Decided(Decision::Harms)));
    assert_eq!(progress(90_000, 0.03, 0.005).outlook(), Ok(Outlook::Decided(Decision::DoesNotMatter)));
    let Ok(Outlook::After { more, days }) = progress(1_000, 0.03, 0.01).outlook() else { panic!() };
    // (1.96 + 0.8416)²·2·.0291/.01² = 4,568 per arm, less the 1,000 there are.
    assert!((more as f64 - 2.0 * 3_571.0).abs() < 20.0 && (days - more as f64 / 100.0).abs() < 1e-9, "{more}");
    assert_eq!(progress(1_000, 0.03, 1e-9).outlook(), Ok(Outlook::Never));
}
