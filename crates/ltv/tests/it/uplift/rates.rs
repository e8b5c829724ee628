//! Shrunk rates and slots of the day.

use ltv::uplift::{Fault, Habits, Prior, SLOTS, Tally, When, smoothed};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution};

#[test]
fn a_prior_is_found_again() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let beta = Beta::new(0.05 * 40.0, 0.95 * 40.0).unwrap();
    let groups: Vec<(u64, u64)> = (0..2_000)
        .map(|_| {
            let (rate, trials) = (beta.sample(&mut rng), rng.random_range(5..200));
            ((0..trials).filter(|_| rng.random::<f64>() < rate).count() as u64, trials)
        })
        .collect();
    let prior = Prior::fit(&groups).unwrap();
    assert!((prior.mean - 0.05).abs() < 0.003 && (prior.strength / 40.0 - 1.0).abs() < 0.2, "{prior:?}");
    let alike: Vec<(u64, u64)> = vec![(5, 100); 50];
    assert!(Prior::fit(&alike).unwrap().strength > 10_000.0);
}

#[test]
fn a_small_group_is_drawn_to_the_mean_and_a_large_one_stays() {
    let prior = Prior { mean: 0.05, strength: 40.0 };
    let (small, large) = (prior.rate(2, 4).unwrap(), prior.rate(5_000, 10_000).unwrap());
    assert!((small.mean - 4.0 / 44.0).abs() < 1e-12 && (large.mean - 0.498).abs() < 0.001);
    assert!(small.low < small.mean && small.mean < small.high && small.high - small.low > large.high - large.low);
    // Beta(2, 38): 95 % between .0063 and .1349 (checked against its distribution function by Simpson's rule).
    let prior_alone = prior.rate(0, 0).unwrap();
    assert!((prior_alone.low - 0.0063).abs() < 2e-4 && (prior_alone.high - 0.1349).abs() < 2e-4, "{prior_alone:?}");
}

#[test]
fn counts_that_are_none_are_named() {
    assert_eq!(Prior::fit(&[]), Err(Fault::NotCounts));
    assert_eq!(Prior::fit(&[(3, 2)]), Err(Fault::NotCounts));
    assert_eq!(Prior { mean: 0.1, strength: 5.0 }.rate(3, 2), Err(Fault::NotCounts));
    let all_yes = Prior::fit(&[(5, 5), (9, 9)]).unwrap();
    let none = Prior::fit(&[(0, 5), (0, 900)]).unwrap();
    for prior in [all_yes, none] {
        let rate = prior.rate(0, 0).unwrap();
        assert!(rate.mean > 0.0 && rate.mean < 1.0 && rate.low.is_finite() && rate.high <= 1.0, "{prior:?} {rate:?}");
    }
    assert_eq!(smoothed(&Tally::default(), 20.0), Err(Fault::NotCounts));
    let habits = Habits::new(&[0.1; SLOTS], 20.0, &Tally::default()).unwrap();
    assert_eq!(habits.choose(&[], 0.1, 1), Err(Fault::NoSlot));
    assert_eq!(habits.choose(&[12, 99], 0.1, 1), Err(Fault::NoSlot));
}

#[test]
fn smoothing_goes_around_midnight() {
    let mut segment = Tally { sends: [1_000.0; SLOTS], hits: [10.0; SLOTS] };
    segment.hits[0] = 410.0;
    let rates = smoothed(&segment, 20.0).unwrap();
    // (20·520/12,000 + ½·410 + ¼·10 + ¼·10)/(20 + 1,000).
    assert!((rates[0] - (20.0 * 520.0 / 12_000.0 + 210.0) / 1_020.0).abs() < 1e-12);
    assert!((rates[11] - rates[1]).abs() < 1e-12 && rates[0] > rates[11] && rates[11] > rates[6] * 5.0, "{rates:?}");
}

#[test]
fn a_friend_without_a_history_is_the_segment_and_lots_are_as_many_as_asked() {
    let mut segment = [0.05; SLOTS];
    segment[10] = 0.25;
    let habits = Habits::new(&segment, 50.0, &Tally::default()).unwrap();
    let allowed: Vec<usize> = (5..11).collect();
    let (mut lots, mut best) = (0, 0);
    for seed in 0..4_000 {
        match habits.choose(&allowed, 0.1, seed).unwrap() {
            When::Lot(slot) => {
                lots += 1;
                assert!(allowed.contains(&slot));
            }
            When::Habit(slot) => best += u32::from(slot == 10),
        }
    }
    assert!((330..470).contains(&lots) && best > 3_400, "{lots} {best}");
}

#[test]
fn learning_slots_beats_one_fixed_hour() {
    let allowed: Vec<usize> = (4..11).collect();
    let (mut learned, mut fixed, mut lot) = (0.0, 0.0, 0.0);
    for person in 0..300_u64 {
        let mut rng = ChaCha8Rng::seed_from_u64(person);
        let favourite = rng.random_range(4..11);
        let rate = |slot: usize| if slot == favourite { 0.35 } else { 0.08 };
        let mut own = Tally::default();
        for message in 0..100_u64 {
            let habits = Habits::new(&[0.12; SLOTS], 8.0, &own).unwrap();
            let when = habits.choose(&allowed, 0.1, person * 1_000 + message).unwrap();
            let slot = when.slot();
            own.sends[slot] += 1.0;
            own.hits[slot] += f64::from(u8::from(rng.random::<f64>() < rate(slot)));
            learned += rate(slot);
            fixed += rate(9);
            lot += rate(allowed[rng.random_range(0..allowed.len())]);
        }
    }
    eprintln!("answers to 30,000 messages: learned slots {learned:.0}, one hour for all {fixed:.0}, any hour {lot:.0}");
    assert!(learned > 1.2 * fixed && learned > 1.2 * lot, "{learned} {fixed} {lot}");
}
