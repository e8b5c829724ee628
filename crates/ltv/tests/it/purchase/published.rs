//! Figures of the literature at given parameters.

use ltv::purchase::{BgNbd, GammaGamma, History, Horizon, ParetoNbd, Process, Retention, Spend, fit_retention};

use super::{cdnow, near};

const BG: BgNbd = BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
const PARETO: ParetoNbd = ParetoNbd { r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 };
const BG_EXACT: BgNbd = BgNbd { r: 0.242_592_9, alpha: 4.413_531_6, a: 0.792_886_1, b: 2.425_753_3 };

fn history(x: u32, t_x: f64, t: f64) -> History {
    History::new(x, t_x, t).expect("a history")
}

/// Hardie's sheet for BG/NBD (note 004) to its four digits; further ones computed independently.
#[test]
fn expected_repeat_purchases_of_somebody_new() {
    let figures = [(0.1429, 0.0078), (1.0, 0.0532), (3.0, 0.1506), (31.8571, 1.0405), (32.0, 1.0437), (78.0, 1.8576)];
    for (t, wanted) in figures {
        near(BG_EXACT.expected_of_new(t), wanted, 1e-3);
    }
    for (t, wanted) in
        [(0.1429, 0.007_82), (1.0, 0.053_18), (3.0, 0.150_63), (31.8571, 1.040_49), (32.0, 1.043_74), (78.0, 1.857_97)]
    {
        near(BG_EXACT.expected_of_new(t), wanted, 6e-6);
    }
}

#[test]
fn expected_purchases_given_a_history() {
    near(BG.expected_purchases(&history(2, 30.43, 38.86), 39.0), 1.226_028, 2e-6);
}

/// Customer 1516 and the "increasing frequency paradox" of the BTYD walkthrough.
#[test]
fn the_walkthrough_of_pareto() {
    let frequent = history(26, 216.0 / 7.0, 31.0);
    near(PARETO.expected_purchases(&frequent, 52.0), 25.4573, 5e-5);
    near(PARETO.p_alive(&frequent), 0.997_874, 1e-6);
    for (x, wanted) in [(10, 0.706_344), (15, 0.144_256), (20, 0.022_507), (25, 0.003_093)] {
        near(PARETO.expected_purchases(&history(x, 20.0, 39.0), 52.0), wanted, 2e-6);
    }
}

/// Histories that gave NaN in CLVTools once; figures by 40-digit quadrature.
#[test]
fn hard_histories_of_clvtools() {
    let model = ParetoNbd { r: 0.5143, alpha: 2.8845, s: 0.2856, beta: 14.1087 };
    let rows = [
        (221, 103.42857, 103.57143, 0.999_596_1),
        (254, 97.14286, 97.28571, 0.999_558_2),
        (161, 94.71429, 98.0, 0.749_487_8),
        (204, 98.57143, 99.42857, 0.994_255_1),
    ];
    for (x, t_x, t, wanted) in rows {
        near(model.p_alive(&history(x, t_x, t)), wanted, 6e-8);
    }
}

/// The triple that overflowed in lifetimes.
#[test]
fn hard_histories_of_lifetimes() {
    let model = ParetoNbd { r: 10.465, alpha: 0.007_985_65, s: 3.0516, beta: 2.82 };
    for (x, t_x, t) in [(400, 5.0, 6.0), (500, 1.0, 37.0), (500, 4.0, 37.0)] {
        let history = history(x, t_x, t);
        let found = [model.log_likelihood(&history), model.p_alive(&history), model.expected_purchases(&history, 10.0)];
        assert!(found.iter().all(|value| value.is_finite()), "{found:?}");
    }
}

/// The reference's figures at rounded parameters, δ = 0.0027 a week; Fader, Hardie & Lee (2005) for Pareto/NBD.
#[test]
fn discounted_expected_residual_transactions() {
    let rows = [
        (history(2, 30.43, 38.86), 5.156_38, 6.483_77),
        (history(0, 0.0, 38.86), 1.015_70, 0.477_14),
        (history(7, 30.0, 39.0), 13.085_06, 16.966_81),
    ];
    for (history, bg, pareto) in rows {
        near(BG.discounted_residual(&history, 0.0027).expect("finite"), bg, 2e-5);
        near(PARETO.discounted_residual(&history, 0.0027).expect("finite"), pareto, 2e-5);
        assert_eq!(BG.discounted_residual(&history, 0.0), None, "a < 1");
        assert_eq!(PARETO.discounted_residual(&history, 0.0), None, "s < 1");
    }
}

const GG: GammaGamma = GammaGamma { p: 6.248_801_9, q: 3.744_589_0, v: 15.447_751_4 };

/// The first ten customers of lifetimes' tests.
#[test]
fn expected_money_per_purchase() {
    let wanted = [24.6586, 18.9115, 35.1710, 35.1710, 35.1710, 71.4629, 18.9115, 35.1710, 27.2824, 35.1710];
    for (customer, wanted) in cdnow().iter().zip(wanted) {
        near(GG.expected(customer.spend.as_ref()).expect("finite"), wanted, 2e-2);
    }
    assert_eq!(GammaGamma { q: 0.9, ..GG }.population_mean(), None);
}

/// Twelve months of 4.345 weeks at 1 % a month, as lifetimes counts them.
#[test]
fn value_of_twelve_months() {
    let year = Horizon { length: 4.345, periods: 12, rate: 0.01 };
    let value = |customer: &super::Customer| {
        let spend = GG.expected(customer.spend.as_ref()).expect("finite");
        BG_EXACT.discounted(&customer.history, &year) * spend
    };
    let found: Vec<f64> = cdnow().iter().map(value).collect();
    for (found, wanted) in found.iter().zip([36.2785, 4.6375, 8.3441, 8.3441, 8.3441]) {
        near(*found, wanted, 2e-3 * wanted);
    }
    near(found.iter().sum(), 71_509.899, 2e-3 * 71_509.899);
}

/// Fader & Hardie (2007), both groups, years 0 to 7.
#[test]
fn retention_of_subscribers() {
    let cohort = |left: [f64; 8]| Retention::new(left.map(|share| share * 10.0).to_vec()).expect("retention");
    let regular = fit_retention(&[cohort([100.0, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1])]).expect("a fit");
    near(regular.model.alpha, 0.704, 1e-3);
    near(regular.model.beta, 1.182, 1e-3);
    let high_end = fit_retention(&[cohort([100.0, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1])]).expect("a fit");
    near(high_end.model.alpha, 0.668, 1e-3);
    near(high_end.model.beta, 3.806, 1e-3);
    assert!(Spend::new(0, 3.0).is_none());
}
