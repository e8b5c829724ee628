//! Learners, the Qini coefficient and its gate.

use ltv::synth::{Campaign, Lift, Season, Sent, Town};
use ltv::uplift::{Arm, Base, Caution, Fault, Learner, Ranking, Refusal, Trial, UpliftModel, judge};
use proptest::collection::vec;
use proptest::prelude::*;

fn trial(rows: &[(Vec<f64>, bool, f64)]) -> Trial {
    let mut trial = Trial::default();
    for (features, sent, outcome) in rows {
        trial.push(features, if *sent { Arm::Sent } else { Arm::Held }, *outcome).unwrap();
    }
    trial
}

fn scored(rows: &[(f64, bool, f64)]) -> Ranking {
    let trial = trial(&rows.iter().map(|&(_, sent, outcome)| (vec![], sent, outcome)).collect::<Vec<_>>());
    Ranking::new(&trial, &rows.iter().map(|(score, ..)| *score).collect::<Vec<_>>()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn x_is_t_on_least_squares(rows in vec((vec(-50.0..50.0, 3), any::<bool>(), -100.0..100.0), 60..120)) {
        let trial = trial(&rows);
        let (t, x) = (UpliftModel::fit(&trial, Learner::T, Base::Linear), UpliftModel::fit(&trial, Learner::X, Base::Linear));
        let (Ok(t), Ok(x)) = (t, x) else { return Ok(()) };
        for (features, ..) in &rows {
            let (t, x) = (t.uplift(features), x.uplift(features));
            prop_assert!((t - x).abs() < 1e-8 * (1.0 + t.abs()), "{} {}", t, x);
        }
    }

    #[test]
    fn units_of_features_change_nothing(rows in vec((vec(-50.0..50.0, 2), any::<bool>(), 0.0..1.0), 60..100), unit in 0.01..100.0) {
        let scaled: Vec<_> =
            rows.iter().map(|(x, sent, y)| (x.iter().map(|x| x * unit + 3.0).collect::<Vec<f64>>(), *sent, *y)).collect();
        for base in [Base::Linear, Base::Logistic] {
            let (one, other) = (UpliftModel::fit(&trial(&rows), Learner::T, base), UpliftModel::fit(&trial(&scaled), Learner::T, base));
            let (Ok(one), Ok(other)) = (one, other) else { return Ok(()) };
            for ((x, ..), (y, ..)) in rows.iter().zip(&scaled) {
                prop_assert!((one.uplift(x) - other.uplift(y)).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn only_the_order_of_scores_counts(rows in vec((-5_i32..5, any::<bool>(), 0_u8..2), 4..80)) {
        let rows: Vec<_> = rows.into_iter().map(|(s, sent, y)| (f64::from(s), sent, f64::from(y))).collect();
        prop_assume!(rows.iter().any(|r| r.1) && rows.iter().any(|r| !r.1));
        let plain = scored(&rows);
        let bent = scored(&rows.iter().map(|&(s, sent, y)| (s.exp(), sent, y)).collect::<Vec<_>>());
        let mut turned = rows.clone();
        turned.reverse();
        for other in [bent, scored(&turned)] {
            prop_assert!((plain.qini() - other.qini()).abs() < 1e-12 && (plain.auuc() - other.auuc()).abs() < 1e-12);
        }
        prop_assert!(plain.qini().is_finite() && plain.auuc().is_finite());
        prop_assert!((plain.uplift_at(1.0).unwrap() - plain.effect()).abs() < 1e-12);
    }
}

#[test]
fn qini_and_auuc_of_six_customers_by_hand() {
    // Order: sent & came, held, sent, held & came, sent, held. N_t = N_c = 3.
    let rows = [(6.0, true, 1.0), (5.0, false, 0.0), (4.0, true, 0.0), (3.0, false, 1.0), (2.0, true, 0.0), (1.0, false, 0.0)];
    let ranking = scored(&rows);
    // Q: 1 (nobody held back yet), 1, 1, 1 − 1·2/2 = 0, 1 − 1·3/2 = −.5, 1 − 1·3/3 = 0; per customer sent to a third.
    let wanted = [0.0, 1.0, 1.0, 1.0, 0.0, -0.5, 0.0].map(|q| q / 3.0);
    for ((_, found), wanted) in ranking.qini_curve().into_iter().zip(wanted) {
        assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
    }
    // Trapezoids: (.5 + 1 + 1 + .5 − .25 − .25)/6/3 = 2.5/18; the line of a random order lies at 0.
    assert!((ranking.qini() - 2.5 / 18.0).abs() < 1e-12, "{}", ranking.qini());
    // φ·u: 0, 2/6·1, 3/6·½, 4/6·0, 5/6·(⅓ − ½), 0.
    let points = [0.0, 0.0, 1.0 / 3.0, 0.25, 0.0, -5.0 / 36.0, 0.0];
    let area: f64 = points.windows(2).map(|pair| (pair[0] + pair[1]) / 12.0).sum();
    assert!((ranking.auuc() - area).abs() < 1e-12);
    assert_eq!(ranking.uplift_at(0.5), Some(0.5));
    assert!(ranking.effect().abs() < 1e-12);
    // The best order: Q = 1 after the one who was sent to and came, 1 after the four who did not come, 0 at the end: (½ + 4 + ½)/18.
    assert!((ranking.qini_share_of_best().unwrap() - 2.5 / 5.0).abs() < 1e-12);
}

#[test]
fn the_line_of_a_random_order_is_taken_off() {
    // Everybody sent to comes, nobody else: q(φ) = φ once both arms are above, whatever the order.
    let pairs: Vec<_> = (0..50).flat_map(|i| [(f64::from(i), true, 1.0), (f64::from(i), false, 0.0)]).collect();
    let ranking = scored(&pairs);
    assert!((ranking.effect() - 1.0).abs() < 1e-12 && ranking.qini().abs() < 1e-12, "{}", ranking.qini());
    assert!((ranking.auuc() - 0.5).abs() < 1e-12);
}

#[test]
fn equal_scores_are_a_random_order() {
    let rows: Vec<_> = (0..100).map(|i| (1.0, i % 2 == 0, f64::from(u8::from(i % 3 == 0)))).collect();
    let ranking = scored(&rows);
    assert!(ranking.qini().abs() < 1e-12);
    let gate = judge(&ranking, 1);
    assert!(gate.refusals.contains(&Refusal::OneScore) && gate.refusals.contains(&Refusal::NotBetterThanChance), "{gate:?}");
    assert!(gate.refusals.contains(&Refusal::TooFewOutcomes { seen: 17 }) && !gate.open(), "{gate:?}");
}

const TOWN: Town =
    Town { base: 0.06, lift: Lift::Lapsing(0.10), block: 0.0, margin: 1_500.0, residual: 2_000.0, season: Season::NONE };

fn bought(town: Town, seed: u64, count: u64) -> Trial {
    let mut trial = Trial::default();
    for friend in town.friends(seed, 0, count).unwrap() {
        let (sent, arm) = if friend.id % 2 == 0 { (Sent::No, Arm::Held) } else { (Sent::Yes, Arm::Sent) };
        let answer = friend.answer(seed, Campaign { id: 1, week: 0 }, sent);
        trial.push(&friend.features, arm, f64::from(u8::from(answer.bought))).unwrap();
    }
    trial
}

fn gate_of(model: &UpliftModel, test: &Trial) -> ltv::uplift::Gate {
    let scores: Vec<f64> = test.iter().map(|(features, ..)| model.uplift(features)).collect();
    judge(&Ranking::new(test, &scores).unwrap(), 7)
}

#[test]
fn a_planted_model_passes_and_its_likes_agree() {
    let (train, test) = (bought(TOWN, 1, 30_000), bought(TOWN, 2, 30_000));
    for (learner, base) in [(Learner::T, Base::Linear), (Learner::T, Base::Logistic), (Learner::X, Base::Logistic)] {
        let gate = gate_of(&UpliftModel::fit(&train, learner, base).unwrap(), &test);
        assert!(gate.open() && gate.low > 0.0 && gate.low < gate.qini && gate.qini < gate.high, "{learner:?} {base:?} {gate:?}");
        assert!(gate.cautions.iter().all(|caution| matches!(caution, Caution::FewOutcomes { seen: 100..2_000 })));
    }
}

#[test]
fn a_useless_model_is_refused() {
    let town = Town { base: 0.2, lift: Lift::Same(0.05), ..TOWN };
    let mut passed = 0;
    for seed in 0..200 {
        let (train, test) = (bought(town, 1_000 + seed, 2_000), bought(town, 2_000 + seed, 2_000));
        let model = UpliftModel::fit(&train, Learner::T, Base::Linear).unwrap();
        passed += u32::from(gate_of(&model, &test).open());
    }
    eprintln!("useless models let through: {passed} of 200");
    // 29 of 1,000 over other seeds: the 2.5 % that the interval promises.
    assert!(passed <= 12, "{passed}");
}

#[test]
fn the_gate_says_the_same_again() {
    let test = bought(TOWN, 3, 4_000);
    let ranking = Ranking::new(&test, &test.iter().map(|(x, ..)| x[0]).collect::<Vec<_>>()).unwrap();
    assert_eq!(judge(&ranking, 5), judge(&ranking, 5));
    assert_ne!(judge(&ranking, 5).low, judge(&ranking, 6).low);
}

#[test]
fn what_cannot_be_learned_from_is_named() {
    let mut lone = Trial::default();
    lone.push(&[1.0], Arm::Sent, 1.0).unwrap();
    assert_eq!(lone.push(&[1.0, 2.0], Arm::Sent, 1.0), Err(Fault::Width { found: 2, wanted: 1 }));
    assert_eq!(lone.push(&[f64::NAN], Arm::Sent, 1.0), Err(Fault::NotFinite));
    assert_eq!(UpliftModel::fit(&lone, Learner::T, Base::Linear), Err(Fault::TooFew { seen: 0, needed: 4 }));
    assert!(matches!(Ranking::new(&lone, &[1.0]), Err(Fault::TooFew { .. })));
    let money = trial(&(0..40).map(|i| (vec![f64::from(i)], i % 2 == 0, 500.0)).collect::<Vec<_>>());
    assert_eq!(UpliftModel::fit(&money, Learner::T, Base::Logistic), Err(Fault::NotARate));
    let constant = trial(&(0..40).map(|i| (vec![3.0, 3.0], i % 2 == 0, f64::from(i % 2))).collect::<Vec<_>>());
    let model = UpliftModel::fit(&constant, Learner::X, Base::Logistic).unwrap();
    assert!(model.uplift(&[3.0, f64::NAN]).is_finite() && model.uplift(&[]).is_finite());
}
