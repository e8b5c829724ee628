//! Budgets, offers, tariffs and the part that goes by lot.

use ltv::uplift::{Candidate, Fault, Limit, Offer, Picked, Prospect, Step, Tariff, allot, curve, cut, explore};
use proptest::collection::vec;
use proptest::prelude::*;

const FREE: Limit = Limit { used: 0, budget: f64::INFINITY, messages: u64::MAX };

fn steps(prices: &[(u64, f64)]) -> Tariff {
    Tariff::new(prices.iter().map(|&(from, price)| Step { from, price }).collect()).unwrap()
}

fn candidates(gains: &[f64]) -> Vec<Candidate> {
    gains.iter().map(|&gain| Candidate { gain, waited: 0.0 }).collect()
}

/// Σ(gain − cost) of the best allotment there is.
fn best_by_trying(customers: &[Vec<Offer>], budget: f64) -> f64 {
    let Some((first, rest)) = customers.split_first() else { return 0.0 };
    let skipped = best_by_trying(rest, budget);
    first
        .iter()
        .filter(|offer| offer.cost <= budget)
        .map(|offer| offer.gain - offer.cost + best_by_trying(rest, budget - offer.cost))
        .fold(skipped, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn an_allotment_keeps_its_promise_about_the_best(
        customers in vec(vec((-20.0..100.0, 0_u8..30), 0..4), 0..7), budget in 0.0..120.0,
    ) {
        let customers: Vec<Vec<Offer>> = customers
            .into_iter()
            .map(|offers| offers.into_iter().map(|(gain, cost)| Offer { gain, cost: f64::from(cost) }).collect())
            .collect();
        let found = allot(&customers, budget).unwrap();
        let taken = |pick: &dyn Fn(&Offer) -> f64| -> f64 {
            customers.iter().zip(&found.chosen).filter_map(|(offers, at)| Some(pick(&offers[(*at)?]))).sum()
        };
        prop_assert!((taken(&|offer| offer.gain - offer.cost) - found.profit).abs() < 1e-9);
        prop_assert!((taken(&|offer| offer.cost) - found.cost).abs() < 1e-9 && found.cost <= budget + 1e-9);
        let best = best_by_trying(&customers, budget);
        prop_assert!(found.profit <= best + 1e-9 && best <= found.profit + found.gap + 1e-9, "{:?} {}", found, best);
        let rich = allot(&customers, f64::INFINITY).unwrap();
        prop_assert!((rich.profit - best_by_trying(&customers, 1e12)).abs() < 1e-9 && rich.multiplier == 0.0 && rich.gap == 0.0);
    }

    #[test]
    fn a_cut_is_the_best_number_under_any_tariff(
        gains in vec(-10.0..30.0, 0..40), prices in vec(0.0..20.0, 1..4), used in 0_u64..30, budget in 0.0..300.0, messages in 0_u64..40,
    ) {
        let tariff = steps(&prices.iter().enumerate().map(|(i, &price)| (i as u64 * 12, price)).collect::<Vec<_>>());
        let limit = Limit { used, budget, messages };
        let found = cut(&candidates(&gains), &tariff, limit).unwrap();
        let mut sorted = gains.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let best = (0..=sorted.len())
            .filter(|&n| n as u64 <= messages && tariff.cost(used, n as u64) <= budget)
            .map(|n| sorted[..n].iter().sum::<f64>() - tariff.cost(used, n as u64))
            .fold(0.0, f64::max);
        prop_assert!((found.profit() - best).abs() < 1e-9, "{} {}", found.profit(), best);
        prop_assert!(found.cost <= budget && found.chosen.len() as u64 <= messages);
        let top = curve(&candidates(&gains), &tariff, used, gains.len().max(1)).unwrap();
        prop_assert_eq!(top.len(), gains.len() + 1);
    }

    #[test]
    fn a_tariff_is_paid_step_by_step(prices in vec(0.0..9.0, 1..5), used in 0_u64..50, more in 0_u64..50) {
        let tariff = steps(&prices.iter().enumerate().map(|(i, &price)| (i as u64 * 10, price)).collect::<Vec<_>>());
        let one_by_one: f64 = (used..used + more).map(|message| prices[(message / 10).min(prices.len() as u64 - 1) as usize]).sum();
        prop_assert!((tariff.cost(used, more) - one_by_one).abs() < 1e-9);
    }

    #[test]
    fn the_lot_keeps_the_number_and_takes_nobody_twice(all in 0_usize..200, messages in 0_usize..250, learning in 0.0..=1.0, seed: u64) {
        let ranked: Vec<usize> = (0..all).rev().collect();
        let plan = explore(&ranked, messages, learning, seed).unwrap();
        let mut sent: Vec<usize> = plan.send.iter().map(|(at, _)| *at).collect();
        sent.sort_unstable();
        sent.dedup();
        prop_assert_eq!(sent.len(), messages.min(all));
        let by_lot = plan.send.iter().filter(|(_, why)| *why == Picked::Lot).count();
        prop_assert_eq!(by_lot, (messages.min(all) as f64 * learning).round() as usize);
        prop_assert!((0.0..=1.0).contains(&plan.lot_probability));
        prop_assert_eq!(explore(&ranked, messages, learning, seed).unwrap(), plan);
    }
}

#[test]
fn whoever_waited_longest_goes_first_among_equals() {
    let waits = [1.0, 9.0, 5.0].map(|waited| Candidate { gain: 10.0, waited });
    let one = Limit { messages: 2, ..FREE };
    assert_eq!(cut(&waits, &Tariff::flat(3.0).unwrap(), one).unwrap().chosen, [1, 2]);
}

#[test]
fn a_second_hill_behind_a_valley_is_found() {
    // The first messages cost more than they bring, but the volume makes all later ones cheap.
    let gains = vec![4.0; 100];
    let tariff = steps(&[(0, 5.0), (20, 1.0)]);
    assert_eq!(cut(&candidates(&gains), &tariff, FREE).unwrap().chosen.len(), 100);
    let stopped = cut(&candidates(&gains), &tariff, Limit { budget: 90.0, ..FREE }).unwrap();
    assert!(stopped.chosen.is_empty() && stopped.profit() == 0.0);
}

#[test]
fn the_reference_example_breaks_even_at_a_third_of_a_percent() {
    let friend = Prospect { margin: 1_500.0, uplift: 0.01, block: 0.001, residual: 2_000.0 };
    assert!((friend.break_even(3.0).unwrap() - 5.0 / 1_500.0).abs() < 1e-15);
    assert!((friend.score(3.0) - 10.0).abs() < 1e-12);
}

#[test]
fn what_makes_no_sense_is_named() {
    assert_eq!(Tariff::new(vec![]), Err(Fault::StepsOutOfOrder));
    assert_eq!(Tariff::new(vec![Step { from: 5, price: 1.0 }]), Err(Fault::StepsOutOfOrder));
    assert_eq!(Tariff::flat(-1.0), Err(Fault::Negative { value: -1.0 }));
    assert_eq!(cut(&candidates(&[f64::NAN]), &Tariff::flat(1.0).unwrap(), FREE), Err(Fault::NotFinite));
    assert_eq!(allot(&[vec![Offer { gain: 1.0, cost: -1.0 }]], 5.0), Err(Fault::Negative { value: -1.0 }));
    assert_eq!(explore(&[1, 2], 1, 1.5, 0), Err(Fault::NotAShare { value: 1.5 }));
}
