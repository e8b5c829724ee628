//! Replenishment: formulas by hand, laws, and planted intervals found again.

use ltv::{
    goods::{Line, Log},
    replenish::{
        Evaluation, EvaluationError, Hazard, HazardError, Naive, NoRepeat, Packs, Pair, Rate, Rhythm, Rule, Shares, Switch, auc,
        average_precision, calibration, pairs,
    },
    synth::goods::{Made, Shelves, Staple},
};
use proptest::prelude::*;

fn line(customer: u32, item: u32, day: i32, packs: u32) -> Line {
    Line { customer, item, day, packs }
}

fn log(lines: Vec<Line>) -> Log {
    let customers = lines.iter().map(|line| line.customer as usize + 1).max().unwrap_or(0);
    let items = lines.iter().map(|line| line.item as usize + 1).max().unwrap_or(0);
    Log::new(lines, customers, items).unwrap()
}

const STAPLE: Staple = Staple { days: 30.0, between: 0.3, within: 0.25, adoption: 0.5, leaving: 0.05, packs: 3 };

/// Five staples of 15 to 90 days, and things bought once.
fn shop() -> Shelves {
    let staples = [15.0, 30.0, 45.0, 60.0, 90.0].map(|days| Staple { days, ..STAPLE }).to_vec();
    Shelves { customers: 2000, days: 720, staples, groups: 20, group_size: 10, visits: 6.0, loyalty: 0.5 }
}

#[test]
fn a_pair_counts_days_per_pack() {
    let log = log(vec![line(0, 0, 0, 2), line(0, 0, 20, 1), line(0, 0, 35, 3), line(0, 0, 99, 1)]);
    let pair = pairs(&log, 65, Packs::Stretch)[0];
    assert_eq!((pair.times, pair.used, pair.packs, pair.elapsed), (3, 25.0, 3.0, 30.0));
    assert_eq!(pair.exposure(), 35.0);
    assert_eq!(pair.logs, 10_f64.ln() + 15_f64.ln());
    let pair = pairs(&log, 65, Packs::Ignore)[0];
    assert_eq!((pair.used, pair.packs, pair.exposure()), (35.0, 1.0, 65.0));
    assert!(pairs(&log, 0, Packs::Stretch).is_empty());
}

#[test]
fn rate_is_the_published_formula() {
    let made = shop().make(1);
    let all = pairs(&made.log, 600, Packs::Ignore);
    let rate = Rate::fit(&all, made.log.items()).unwrap();
    for pair in all.iter().step_by(97) {
        let (a, lambda, k) = (rate.shape(), rate.item(pair.item), f64::from(pair.times));
        let beta = a / lambda;
        let first = f64::from(made.log.of(pair.customer).iter().find(|line| line.item == pair.item).unwrap().day);
        let observed = 600.0 - first;
        let expected = (a + k - 1.0) / (beta + observed);
        assert!((rate.rate(pair) / expected - 1.0).abs() < 1e-12);
        let within = 1.0 - ((beta + observed) / (beta + observed + 28.0)).powf(a + k - 1.0);
        assert!((rate.probability(pair, 28.0) - within).abs() < 1e-12);
    }
}

#[test]
fn planted_rates_are_found() {
    // Intervals without a rhythm: a Poisson process is what the model believes in. 4,000 customers, each with an own rate of
    // mean 1/40, drawn from a Gamma of shape 2.
    use rand::{Rng, SeedableRng};
    use rand_distr::{Distribution, Exp1, Gamma};
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(11);
    let gamma = Gamma::new(2.0, 1.0 / 80.0).unwrap();
    let mut lines = Vec::new();
    for customer in 0..4000 {
        for item in 0..4 {
            let scale = [0.5, 1.0, 1.0, 2.0][item as usize];
            let rate = gamma.sample(&mut rng) * scale;
            let mut at = 0.0;
            while at < 400.0 {
                lines.push(line(customer, item, at as i32, 1));
                let gap: f64 = rng.sample(Exp1);
                at += gap / rate;
            }
        }
    }
    let log = log(lines);
    let all = pairs(&log, 400, Packs::Stretch);
    let rate = Rate::fit(&all, 4).unwrap();
    assert!((rate.shape() / 2.0 - 1.0).abs() < 0.1, "shape {}", rate.shape());
    for (item, wanted) in [(0, 0.0125), (1, 0.025), (3, 0.05)] {
        assert!((rate.item(item) / wanted - 1.0).abs() < 0.06, "item {item}: {} a day", rate.item(item));
    }
}

#[test]
fn quartiles_of_the_rate_are_its_own_probabilities() {
    let made = shop().make(1);
    let all = pairs(&made.log, 600, Packs::Stretch);
    let rate = Rate::fit(&all, made.log.items()).unwrap();
    for pair in all.iter().step_by(101) {
        let fresh = Pair { elapsed: 0.0, ..*pair };
        let window = rate.window(pair);
        for (days, part) in [(window.from, 0.25), (window.middle, 0.5), (window.to, 0.75)] {
            assert!((rate.probability(&fresh, days) - part).abs() < 1e-9);
        }
    }
}

#[test]
fn planted_intervals_are_found_for_items_and_for_people() {
    let made = shop().make(2);
    let all = pairs(&made.log, 720, Packs::Stretch);
    let rhythm = Rhythm::fit(&all, made.log.items()).unwrap();
    // Of the slowest item the longest intervals outlast the log, so that over many logs it is found 5 % too quick.
    for (item, days, within) in [(0, 15.0, 0.05), (1, 30.0, 0.05), (2, 45.0, 0.05), (3, 60.0, 0.05), (4, 90.0, 0.08)] {
        assert!((rhythm.item(item) / days - 1.0_f64).abs() < within, "item {item}: {} days", rhythm.item(item));
    }
    let [within, between, _] = rhythm.spreads();
    assert!((within - 0.25).abs() < 0.02 && (between - 0.3).abs() < 0.03, "{within} {between}");

    // Window against the truth: the share of the person's own distribution it holds. A half, if it is right.
    let held = held(&made, &all, |pair| rhythm.window(pair));
    assert!((held - 0.5).abs() < 0.03, "windows hold {held}");
    // The memoryless model knows the speed, not the rhythm: its window is far too wide.
    let rate = Rate::fit(&all, made.log.items()).unwrap();
    let width = |window: ltv::replenish::Window| window.to / window.from;
    let pair = all.iter().find(|pair| pair.times > 8).unwrap();
    assert!(width(rhythm.window(pair)) < 1.6 && width(rate.window(pair)) > 3.0);
}

fn held(made: &Made, all: &[Pair], window: impl Fn(&Pair) -> ltv::replenish::Window) -> f64 {
    let below = |z: f64| 0.5 * libm::erfc(-z / std::f64::consts::SQRT_2);
    let known = |pair: &&Pair| made.uses.iter().any(|one| one.item == pair.item);
    let shares: Vec<f64> = all
        .iter()
        .filter(known)
        .filter_map(|pair| {
            let at = made.uses.binary_search_by_key(&(pair.customer, pair.item), |one| (one.customer, one.item)).ok()?;
            let window = window(pair);
            let z = |days: f64| (days / pair.packs / made.uses[at].days).ln() / STAPLE.within;
            Some(below(z(window.to)) - below(z(window.from)))
        })
        .collect();
    shares.iter().sum::<f64>() / shares.len() as f64
}

#[test]
fn the_log_shows_whether_packs_stretch_time() {
    let made = shop().make(2);
    assert_eq!(Packs::of_log(&made.log, 720), Packs::Stretch);
    // The same purchases with quantities that mean nothing.
    let single = Shelves { staples: vec![Staple { packs: 1, ..STAPLE }; 3], ..shop() }.make(2);
    let noise =
        single.log.lines().iter().zip(0_u32..).map(|(line, at)| Line { packs: 1 + (at % 7) * (at % 7) % 7, ..*line }).collect();
    assert_eq!(Packs::of_log(&Log::new(noise, 2000, 203).unwrap(), 720), Packs::Ignore);
    assert_eq!(Packs::of_log(&Log::default(), 720), Packs::Ignore);
}

#[test]
fn two_packs_are_due_after_twice_as_long() {
    let made = shop().make(2);
    let all = pairs(&made.log, 720, Packs::Stretch);
    let (rate, rhythm) = (Rate::fit(&all, made.log.items()).unwrap(), Rhythm::fit(&all, made.log.items()).unwrap());
    let one = Pair { packs: 1.0, ..all[0] };
    let three = Pair { packs: 3.0, ..one };
    for (short, long) in [(rate.window(&one), rate.window(&three)), (rhythm.window(&one), rhythm.window(&three))] {
        assert!((long.middle / short.middle - 3.0).abs() < 1e-9 && (long.to / short.to - 3.0).abs() < 1e-9);
    }
}

#[test]
fn what_is_bought_once_is_switched_off() {
    let shop = shop();
    let made = shop.make(3);
    let all = pairs(&made.log, 720, Packs::Stretch);
    let shares = Shares::fit(&all, made.log.items(), Rule::default());
    for staple in 0..5 {
        assert_eq!(shares.switch(staple), Switch::On);
    }
    for novelty in 5..205 {
        assert_eq!(shares.switch(novelty), Switch::FewIntervals { have: 0 });
        assert!(shares.item(novelty) < 0.1 * shares.item(0));
    }
    let strict = Shares::fit(&all, made.log.items(), Rule { intervals: 0, quantile: 1.0 });
    let off = (0..205).filter(|&item| matches!(strict.switch(item), Switch::RarelyRepeated { .. })).count();
    assert_eq!(off, 204, "only the best item is not below the best");
    assert_eq!(shares.switch(9999), Switch::FewIntervals { have: 0 });
}

#[test]
fn models_beat_the_naive_scores_where_there_is_a_rhythm() {
    let made = shop().make(4);
    let evaluation = Evaluation::new(&made.log, 600, 28, Packs::Stretch).unwrap();
    let before = evaluation.before();
    let rate = Rate::fit(evaluation.pairs(), before.items()).unwrap();
    let hazard = Hazard::fit(before, 600, 28, Packs::Stretch).unwrap();
    let shares = Shares::fit(evaluation.pairs(), before.items(), Rule::default());
    let area = |scores: &[f64]| auc(scores, evaluation.bought()).unwrap();
    let by_rate: Vec<f64> = evaluation.pairs().iter().map(|pair| rate.probability(pair, 28.0)).collect();
    let by_hazard: Vec<f64> = evaluation.pairs().iter().map(|pair| hazard.probability(pair, 28.0)).collect();
    let naive = [Naive::Recency, Naive::Count, Naive::CustomerRate, Naive::ItemShare]
        .map(|naive| area(&evaluation.naive(naive, &shares)))
        .into_iter()
        .fold(0.0, f64::max);
    let (by_rate_area, by_hazard_area) = (area(&by_rate), area(&by_hazard));
    assert!(by_rate_area > naive + 0.005 && by_hazard_area > by_rate_area, "{naive} {by_rate_area} {by_hazard_area}");

    // What is foretold comes true: in every tenth, and in total.
    for bin in calibration(&by_hazard, evaluation.bought(), 10) {
        let error = (bin.observed * (1.0 - bin.observed) / bin.size as f64).sqrt().max(0.003);
        assert!((bin.predicted - bin.observed).abs() < 4.0 * error + 0.1 * bin.observed, "{bin:?}");
    }
    let total = by_hazard.iter().sum::<f64>() / by_hazard.len() as f64;
    assert!((total / evaluation.base_rate() - 1.0).abs() < 0.05, "{total} foretold, {} came", evaluation.base_rate());

    let rhythm = Rhythm::fit(evaluation.pairs(), before.items()).unwrap();
    let due = evaluation.due(|pair| (shares.switch(pair.item) == Switch::On).then(|| rhythm.window(pair)));
    assert!(due.due_bought > 4.0 * due.rest_bought, "{due:?}");
    let staples = evaluation.pairs().iter().filter(|pair| pair.item < 5).count();
    assert_eq!(due.due + due.rest, staples, "what is switched off is not looked at");
}

#[test]
fn equal_input_equal_model() {
    let made = shop().make(4);
    let fit = || Hazard::fit(&made.log, 500, 30, Packs::Stretch).unwrap();
    assert!(fit() == fit());
    assert!(made == shop().make(4) && made != shop().make(5));
}

#[test]
fn what_cannot_be_learnt_is_named() {
    let once = log(vec![line(0, 0, 0, 1), line(1, 1, 50, 1)]);
    let all = pairs(&once, 100, Packs::Stretch);
    assert_eq!(Rate::fit(&all, 2).err(), Some(NoRepeat));
    assert_eq!(Rhythm::fit(&all, 2).err(), Some(NoRepeat));
    assert_eq!(Rate::fit(&[], 0).err(), Some(NoRepeat));
    assert_eq!(Hazard::fit(&once, 100, 28, Packs::Stretch).err(), Some(HazardError::NoRepeat));
    let long_ago = log(vec![line(0, 0, 0, 1), line(0, 0, 10, 1)]);
    assert_eq!(Hazard::fit(&long_ago, 200, 28, Packs::Stretch).err(), Some(HazardError::NothingHappened));

    let error = |cut, horizon| Evaluation::new(&long_ago, cut, horizon, Packs::Stretch).err();
    assert_eq!(error(0, 5), Some(EvaluationError::NothingBefore { first: 0 }));
    assert_eq!(error(5, 28), Some(EvaluationError::TooShort { last: 10, needed: 32 }));
    assert_eq!(error(5, 0), Some(EvaluationError::NoHorizon));
    assert_eq!(error(5, 6), None);
    assert_eq!(error(2, 3), Some(EvaluationError::NothingAgain));
    assert_eq!(Evaluation::new(&Log::default(), 1, 1, Packs::Stretch).err(), Some(EvaluationError::Empty));
}

#[test]
fn one_customer_and_a_wholesale_buyer_stay_finite() {
    let one = log(vec![line(0, 0, 0, 1), line(0, 0, 30, 1)]);
    let wholesale = log((0..5000).map(|day| line(0, 0, day, u32::MAX)).chain([line(1, 0, 3, 1), line(1, 1, 3, 1)]).collect());
    for (log, today) in [(one, 45), (wholesale, 5000)] {
        let all = pairs(&log, today, Packs::Stretch);
        let (rate, rhythm) = (Rate::fit(&all, 2).unwrap(), Rhythm::fit(&all, 2).unwrap());
        for pair in &all {
            for window in [rate.window(pair), rhythm.window(pair)] {
                assert!(window.from > 0.0 && window.from <= window.middle && window.middle <= window.to && window.to.is_finite());
            }
            assert!((0.0..=1.0).contains(&rate.probability(pair, 28.0)));
            assert!((0.0..=1.0).contains(&rhythm.probability(pair, pair.elapsed, 28.0)));
        }
    }
}

#[test]
fn the_long_overdue_stay_finite() {
    // Regular to the day, and then nothing for years: the chance that it is still open is far below what a number holds.
    let log = log((0..40).map(|at| line(0, 0, 10 * at, 1)).chain([line(1, 0, 0, 9), line(1, 0, 90, 9)]).collect());
    let rhythm = Rhythm::fit(&pairs(&log, 400, Packs::Stretch), 1).unwrap();
    let pair = pairs(&log, 5000, Packs::Stretch)[0];
    assert_eq!(rhythm.probability(&pair, pair.elapsed, 0.0), 0.0);
    let week = rhythm.probability(&pair, pair.elapsed, 7.0);
    assert!(week > 0.5 && week <= 1.0, "{week}");
    let early = rhythm.probability(&pair, 1.0, 5.0);
    assert!(early < 1e-3, "{early}");
}

#[test]
fn quality_by_hand() {
    let outcomes = [true, false, true, false, false];
    let scores = [0.9, 0.8, 0.7, 0.7, 0.1];
    // Pairs won: 0.9 beats three; 0.7 beats one and ties one.
    assert_eq!(auc(&scores, &outcomes), Some((3.0 + 1.5) / 6.0));
    // Thresholds 0.9: 1 of 1; 0.7: 2 of 4.
    assert_eq!(average_precision(&scores, &outcomes), Some(0.5 * 1.0 + 0.5 * 0.5));
    assert_eq!((auc(&[0.5], &[true]), auc(&[], &[]), average_precision(&[0.5], &[false])), (None, None, None));
    let bins = calibration(&scores, &outcomes, 2);
    assert_eq!(bins.iter().map(|bin| bin.size).collect::<Vec<_>>(), [2, 3]);
    assert!((bins[1].observed - 1.0 / 3.0).abs() < 1e-15 && (bins[1].predicted - 0.8).abs() < 1e-15);
    assert!(calibration(&[], &[], 10).is_empty());
}

fn any_log() -> impl Strategy<Value = Log> {
    prop::collection::vec((0_u32..10, 0_u32..5, 0_i32..200, 1_u32..9), 1..150)
        .prop_map(|lines| Log::new(lines.into_iter().map(|(c, i, day, packs)| line(c, i, day, packs)).collect(), 10, 5).unwrap())
}

proptest! {
    #[test]
    fn probabilities_are_probabilities_and_grow(log in any_log(), h in 0.0_f64..400.0, more in 0.0_f64..400.0) {
        let all = pairs(&log, 200, Packs::Stretch);
        let (Ok(rate), Ok(rhythm)) = (Rate::fit(&all, 5), Rhythm::fit(&all, 5)) else { return Ok(()) };
        let hazard = Hazard::fit(&log, 200, 28, Packs::Stretch).ok();
        for pair in &all {
            let probability = |days: f64| {
                let hazard = hazard.as_ref().map_or(days / 1e6, |hazard| hazard.probability(pair, days));
                [rate.probability(pair, days), rhythm.probability(pair, pair.elapsed, days), hazard]
            };
            for ((zero, short), long) in probability(0.0).into_iter().zip(probability(h)).zip(probability(h + more)) {
                prop_assert_eq!(zero, 0.0);
                prop_assert!((0.0..=1.0).contains(&short) && short <= long + 1e-12 && long <= 1.0);
            }
            for window in [rate.window(pair), rhythm.window(pair)] {
                prop_assert!(window.from > 0.0 && window.from <= window.middle && window.middle <= window.to);
                prop_assert!(window.to.is_finite());
            }
        }
    }

    #[test]
    fn the_unit_of_packs_does_not_matter(log in any_log(), unit in 2_u32..20) {
        // Ten bags of one are one bag of ten: rates change by the unit, probabilities and windows do not.
        let scaled: Vec<Line> = log.lines().iter().map(|line| Line { packs: line.packs * unit, ..*line }).collect();
        let scaled = Log::new(scaled, 10, 5).unwrap();
        let (a, b) = (pairs(&log, 200, Packs::Stretch), pairs(&scaled, 200, Packs::Stretch));
        let (Ok(one), Ok(other)) = (Rate::fit(&a, 5), Rate::fit(&b, 5)) else { return Ok(()) };
        let (rhythm, rhythm_scaled) = (Rhythm::fit(&a, 5).unwrap(), Rhythm::fit(&b, 5).unwrap());
        for (a, b) in a.iter().zip(&b) {
            prop_assert!((one.probability(a, 28.0) - other.probability(b, 28.0)).abs() < 1e-4);
            prop_assert!((rhythm.window(a).middle / rhythm_scaled.window(b).middle - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn auc_turns_with_the_sign(rows in prop::collection::vec((-5_i8..5, any::<bool>()), 2..60)) {
        let (scores, outcomes): (Vec<f64>, Vec<bool>) = rows.into_iter().map(|(score, hit)| (f64::from(score), hit)).unzip();
        let Some(area) = auc(&scores, &outcomes) else { return Ok(()) };
        let turned: Vec<f64> = scores.iter().map(|score| -score).collect();
        prop_assert!((area + auc(&turned, &outcomes).unwrap() - 1.0).abs() < 1e-12);
        let precision = average_precision(&scores, &outcomes).unwrap();
        prop_assert!(precision > 0.0 && precision <= 1.0 + 1e-12);
    }
}
