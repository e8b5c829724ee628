//! What holds for all parameters and histories.

use ltv::purchase::{BgNbd, Grouped, History, Horizon, MbgNbd, Model, Nbd, Parameters, ParetoNbd, Process, fit, score};
use proptest::prelude::*;

use super::{histories, near};

fn parameter() -> impl Strategy<Value = f64> {
    (-4.0..5.0_f64).prop_map(f64::exp)
}

fn model() -> impl Strategy<Value = Parameters> {
    (0..4_usize, prop::array::uniform4(parameter())).prop_map(|(kind, [r, alpha, third, fourth])| match kind {
        0 => Parameters::BgNbd(BgNbd { r, alpha, a: third, b: fourth }),
        1 => Parameters::MbgNbd(MbgNbd { r, alpha, a: third, b: fourth }),
        2 => Parameters::ParetoNbd(ParetoNbd { r, alpha, s: third, beta: fourth }),
        _ => Parameters::Nbd(Nbd { r, alpha }),
    })
}

fn history() -> impl Strategy<Value = History> {
    let count = prop_oneof![4 => 0..12_u32, 1 => 0..5_000_u32];
    (count, 0.0..1.0_f64, 0.1..300.0_f64).prop_map(|(x, share, t)| {
        let t_x = if x == 0 { 0.0 } else { t * (0.01 + 0.99 * share) };
        History::new(x, t_x.min(t), t).expect("a history")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn probabilities_are_probabilities(parameters in model(), history in history(), t in 0.01..500.0_f64) {
        let process = parameters.process();
        let alive = process.p_alive(&history);
        let buys = process.p_buys_within(&history, t);
        prop_assert!((0.0..=1.0).contains(&alive), "P(alive) {alive}");
        prop_assert!((0.0..=1.0).contains(&buys), "P(buys) {buys}");
        prop_assert!(buys <= alive + 1e-12);
        let expected = process.expected_purchases(&history, t);
        prop_assert!(expected.is_finite() && expected >= buys * (1.0 - 1e-6) - 1e-12, "E {expected} P {buys}");
        prop_assert!(expected <= alive * process.rate(&history) * t * (1.0 + 1e-6) + 1e-12, "no more than without dropout");
        prop_assert!(process.log_likelihood(&history).is_finite());
    }

    #[test]
    fn all_rises_with_the_horizon(parameters in model(), history in history(), t in 0.01..200.0_f64, more in 0.01..200.0_f64) {
        let process = parameters.process();
        let slack = 1e-9;
        prop_assert!(process.p_buys_within(&history, t + more) >= process.p_buys_within(&history, t) - slack);
        let (near, far) = (process.expected_purchases(&history, t), process.expected_purchases(&history, t + more));
        prop_assert!(far >= near * (1.0 - 1e-7), "{near} {far}");
        prop_assert!(process.p_buys_within(&history, 0.0) <= slack);
        prop_assert!(process.expected_purchases(&history, 0.0).abs() <= slack);
    }

    #[test]
    fn the_unit_of_time_does_not_matter(parameters in model(), history in history(), t in 0.1..200.0_f64) {
        let days = match parameters {
            Parameters::BgNbd(model) => Parameters::BgNbd(BgNbd { alpha: 7.0 * model.alpha, ..model }),
            Parameters::MbgNbd(model) => Parameters::MbgNbd(MbgNbd { alpha: 7.0 * model.alpha, ..model }),
            Parameters::ParetoNbd(model) => {
                Parameters::ParetoNbd(ParetoNbd { alpha: 7.0 * model.alpha, beta: 7.0 * model.beta, ..model })
            }
            Parameters::Nbd(model) => Parameters::Nbd(Nbd { alpha: 7.0 * model.alpha, ..model }),
        };
        let in_days = History::new(history.x(), 7.0 * history.t_x(), 7.0 * history.t()).expect("a history");
        let (weeks, days) = (parameters.process(), days.process());
        prop_assert!((weeks.p_alive(&history) - days.p_alive(&in_days)).abs() < 1e-7);
        let (in_weeks, found) = (weeks.expected_purchases(&history, t), days.expected_purchases(&in_days, 7.0 * t));
        prop_assert!((in_weeks - found).abs() <= 1e-7 * in_weeks.abs().max(1e-9), "{in_weeks} {found}");
    }

    /// The distribution is derived on another way than expectation and P(buys): they must agree.
    #[test]
    fn the_distribution_agrees(parameters in model(), x in 0..30_u32, share in 0.01..1.0_f64, t in 1.0..60.0_f64) {
        let history = History::new(x, if x == 0 { 0.0 } else { 50.0 * share }, 50.0).expect("a history");
        let process = parameters.process();
        prop_assume!(process.rate(&history) * t < 200.0);
        let chances = process.distribution(&history, t, 1e-13);
        prop_assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-7, "sum {}", chances.iter().sum::<f64>());
        prop_assert!((1.0 - chances[0] - process.p_buys_within(&history, t)).abs() < 1e-7);
        let mean: f64 = chances.iter().zip(0_u32..).map(|(chance, count)| chance * f64::from(count)).sum();
        let expected = process.expected_purchases(&history, t);
        prop_assert!((mean - expected).abs() <= 1e-5 * expected.max(1e-3), "{mean} {expected}");
    }

    #[test]
    fn median_waits_are_medians(parameters in model(), history in history()) {
        let process = parameters.process();
        match process.median_wait(&history, 52.0) {
            Some(wait) => prop_assert!((process.p_buys_within(&history, wait) - 0.5).abs() < 1e-5, "{wait}"),
            None => prop_assert!(process.p_buys_within(&history, 52.0) < 0.5 + 1e-9),
        }
    }

    #[test]
    fn many_are_scored_as_one(parameters in model(), history in history(), t in 0.1..100.0_f64) {
        let found = score(&parameters, &[history], t)[0];
        let process = parameters.process();
        prop_assert_eq!(found.p_alive, process.p_alive(&history));
        prop_assert_eq!(found.expected_purchases, process.expected_purchases(&history, t));
        prop_assert_eq!(found.p_buys, process.p_buys_within(&history, t));
    }
}

const BG: BgNbd = BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
const PARETO: ParetoNbd = ParetoNbd { r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 };

#[test]
fn intervals_hold_what_they_promise() {
    let history = History::new(12, 35.0, 38.86).expect("a history");
    for process in [&BG as &dyn Process, &PARETO] {
        let (low, high) = process.interval(&history, 39.0, 0.8);
        let chances = process.distribution(&history, 39.0, 1e-12);
        let within: f64 = chances[low as usize..=high as usize].iter().sum();
        assert!(within >= 0.8 && low < high, "{low} to {high}: {within}");
        assert!(chances[..low as usize].iter().sum::<f64>() <= 0.1);
    }
}

/// Discounting by tiny steps comes to the integral.
#[test]
fn finite_horizons_approach_the_residual() {
    let history = History::new(2, 30.43, 38.86).expect("a history");
    let weekly = Horizon { length: 1.0, periods: 6_000, rate: 0.0027_f64.exp_m1() };
    for process in [&BG as &dyn Process, &PARETO] {
        let residual = process.discounted_residual(&history, 0.0027).expect("finite");
        // Discounted from the end of each week: half a week too late.
        near(process.discounted(&history, &weekly) * (0.5 * 0.0027_f64).exp(), residual, 1e-4 * residual);
    }
    let none = Horizon { rate: 0.0, periods: 12, length: 4.0 };
    near(BG.discounted(&history, &none), BG.expected_purchases(&history, 48.0), 1e-12);
}

#[test]
fn limits() {
    let once = History::new(0, 0.0, 38.86).expect("a history");
    assert_eq!(BG.p_alive(&once), 1.0, "BG/NBD takes one-time buyers for alive");
    let mbg = MbgNbd { r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 };
    assert!(mbg.p_alive(&once) < 0.7);
    assert_eq!(PARETO.p_alive(&History::new(3, 20.0, 20.0).expect("a history")), 1.0, "t_x = T");
    near(mbg.p_alive(&History::NEW), 1.614 / (1.614 + 0.891), 1e-12);
    let hardly = BgNbd { a: 1e-9, ..BG };
    near(hardly.expected_purchases(&once, 10.0), 10.0 * hardly.rate(&once), 1e-6);
    let equal = ParetoNbd { alpha: 10.0, beta: 10.0, ..PARETO };
    let beside = ParetoNbd { beta: 10.000_001, ..equal };
    let history = History::new(2, 30.43, 38.86).expect("a history");
    near(equal.log_likelihood(&history), beside.log_likelihood(&history), 1e-6);
    let one = ParetoNbd { s: 1.0, ..PARETO };
    near(one.expected_purchases(&history, 52.0), ParetoNbd { s: 1.000_001, ..PARETO }.expected_purchases(&history, 52.0), 1e-5);
}

#[test]
fn a_fit_in_days_is_the_fit_in_weeks() {
    let weeks = histories();
    let days: Vec<History> =
        weeks.iter().map(|one| History::new(one.x(), 7.0 * one.t_x(), 7.0 * one.t()).expect("a history")).collect();
    for model in Model::ALL {
        let (weeks, days) = (fit(model, &Grouped::new(&weeks)).expect("a fit"), fit(model, &Grouped::new(&days)).expect("a fit"));
        let times = [1.0, 7.0, 1.0, if model == Model::ParetoNbd { 7.0 } else { 1.0 }];
        for ((week, day), factor) in weeks.parameters.values().iter().zip(days.parameters.values()).zip(times) {
            near(day, factor * week, 1e-6 * day);
        }
        near(days.log_likelihood, weeks.log_likelihood - 2_457.0 * 7.0_f64.ln(), 1e-6);
    }
}
