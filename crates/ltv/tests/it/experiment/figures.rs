//! Figures others have published or that were computed elsewhere.

use ltv::experiment::{Design, Fault, Looks, Moments, RatioMoments, Study, check_split, difference, pool};

/// Hillstrom's e-mail experiment (64,000 customers; MineThatData 2008): n, visits, conversions, mean spend per arm.
const NOTHING: (u64, f64, f64, f64) = (21_306, 2_262.0, 122.0, 0.652789);
const MENS: (u64, f64, f64, f64) = (21_307, 3_894.0, 267.0, 1.422617);
const WOMENS: (u64, f64, f64, f64) = (21_387, 3_238.0, 189.0, 1.077202);

#[test]
fn hillstroms_effects_from_sums() {
    let rate = |n, yes| Moments::from_sums(n, yes, yes).unwrap().level().unwrap();
    let effect = |a, b| difference(&a, &b).unwrap().answer(Looks::Once, 0.05).unwrap();
    let cases = [
        (effect(rate(NOTHING.0, NOTHING.1), rate(MENS.0, MENS.1)), 0.076590, 0.003386),
        (effect(rate(NOTHING.0, NOTHING.2), rate(MENS.0, MENS.2)), 0.006805, 0.000921),
        (effect(rate(NOTHING.0, NOTHING.1), rate(WOMENS.0, WOMENS.1)), 0.045233, 0.003234),
        (effect(rate(NOTHING.0, NOTHING.2), rate(WOMENS.0, WOMENS.2)), 0.003111, 0.000823),
    ];
    for (found, wanted, std_error) in cases {
        assert!((found.value - wanted).abs() < 6e-7 && (found.std_error - std_error).abs() < 6e-7, "{found:?}");
        assert!(found.low > 0.0 && found.p_value < 0.001);
    }
    assert!((MENS.3 - NOTHING.3 - 0.769827_f64).abs() < 2e-6 && (WOMENS.3 - NOTHING.3 - 0.424412_f64).abs() < 2e-6);
    assert!(!check_split(&[NOTHING.0, MENS.0, WOMENS.0], &[1.0; 3]).unwrap().broken);
}

#[test]
fn welchs_t_by_hand() {
    let a: Moments = [20.4, 24.2, 15.4, 21.4, 20.2, 18.5, 21.5].into_iter().collect();
    let b: Moments = [20.2, 16.9, 18.5, 17.3, 20.5].into_iter().collect();
    let found = difference(&a.level().unwrap(), &b.level().unwrap()).unwrap();
    // t = (18.68 − 20.2286)/√(7.6990/7 + 2.6720/5), checked with exact fractions.
    assert!((found.value + 1.548_571_428_571_43).abs() < 1e-12, "{found:?}");
    assert!((found.variance - (a.variance().unwrap() / 7.0 + b.variance().unwrap() / 5.0)).abs() < 1e-15);
    assert!(found.freedom > 9.0 && found.freedom < 10.0, "{}", found.freedom);
}

/// Thirteen trials of the BCG vaccine (Colditz et al. 1994): cases and others, vaccinated and not.
const BCG: [[f64; 4]; 13] = [
    [4.0, 119.0, 11.0, 128.0],
    [6.0, 300.0, 29.0, 274.0],
    [3.0, 228.0, 11.0, 209.0],
    [62.0, 13536.0, 248.0, 12619.0],
    [33.0, 5036.0, 47.0, 5761.0],
    [180.0, 1361.0, 372.0, 1079.0],
    [8.0, 2537.0, 10.0, 619.0],
    [505.0, 87886.0, 499.0, 87892.0],
    [29.0, 7470.0, 45.0, 7232.0],
    [17.0, 1699.0, 65.0, 1600.0],
    [186.0, 50448.0, 141.0, 27197.0],
    [5.0, 2493.0, 3.0, 2338.0],
    [27.0, 16886.0, 29.0, 17825.0],
];

#[test]
fn bcg_vaccine_by_random_effects() {
    let studies: Vec<Study> = BCG
        .iter()
        .map(|[a, b, c, d]| Study {
            effect: (a / (a + b) / (c / (c + d))).ln(),
            variance: 1.0 / a - 1.0 / (a + b) + 1.0 / c - 1.0 / (c + d),
        })
        .collect();
    let found = pool(&studies, 0.05).unwrap();
    // DerSimonian–Laird as in metafor's documentation: −0.7141, τ² = 0.3088, I² = 92.12 %, Q = 152.2330.
    assert!((found.effect + 0.7141).abs() < 5e-5, "{found:?}");
    assert!((found.between - 0.3088).abs() < 5e-5, "{found:?}");
    assert!((found.inconsistency - 0.9212).abs() < 5e-5, "{found:?}");
    assert!((found.q - 152.2330).abs() < 5e-5, "{found:?}");
    assert!(found.low > -1.12 && found.high < -0.30 && found.p_value < 0.003, "{found:?}");
    let (low, high) = found.next.unwrap();
    assert!(low < -1.9 && high > 0.5, "one more trial may well fail: {low} {high}");
    assert_eq!(pool(&studies[..1], 0.05), Err(Fault::TooFew { n: 1 }));
}

#[test]
fn smallest_effects_a_shop_can_see() {
    let seen = |n, second| Design::of_rate(0.03, second, 0.05, 0.8, Looks::Once).unwrap().detectable(n).unwrap();
    for (n, second, wanted) in
        [(10_000.0, 0.9, 0.0159), (50_000.0, 0.9, 0.0071), (200_000.0, 0.9, 0.0036), (2_000.0, 0.8, 0.0267)]
    {
        assert!((seen(n, second) - wanted).abs() < 5e-5, "{n}: {}", seen(n, second));
    }
    let design = Design::of_rate(0.03, 0.9, 0.05, 0.8, Looks::Once).unwrap();
    let n = design.needed(0.0159319).unwrap().unwrap();
    assert!((n as f64 - 10_000.0).abs() < 5.0, "{n}");
    assert!(design.needed(1e-9).unwrap().is_none());
}

#[test]
fn a_confidence_sequence_is_half_as_wide_again() {
    let level = |mean| Moments::from_sums(10_000, mean * 10_000.0, mean * 10_000.0).unwrap().level().unwrap();
    let effect = difference(&level(0.10), &level(0.11)).unwrap();
    let once = effect.answer(Looks::Once, 0.05).unwrap();
    let any = effect.answer(Looks::Any { tuned_for: 20_000.0 }, 0.05).unwrap();
    let wider = (any.high - any.low) / (once.high - once.low);
    assert!((1.4..1.6).contains(&wider), "{wider}");
    assert!(any.p_value > once.p_value);
}

#[test]
fn a_ratio_by_hand() {
    // Ȳ = 4, X̄ = 2, R = 2; Y − 2X is 0, −1, 1 with variance 1, so var(R) = 1/(3·2²).
    let level = [(2.0, 1.0), (3.0, 2.0), (7.0, 3.0)].into_iter().collect::<RatioMoments>().level().unwrap();
    assert!((level.value - 2.0).abs() < 1e-12 && (level.variance - 1.0 / 12.0).abs() < 1e-12, "{level:?}");
    let nothing = [(2.0, 0.0), (3.0, 0.0)].into_iter().collect::<RatioMoments>().level();
    assert_eq!(nothing, Err(Fault::EmptyDenominator));
}
