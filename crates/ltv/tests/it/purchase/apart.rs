//! Wholesale buyers: who stands outside every model, and who does not.

use ltv::purchase::{History, Model, OUTSIDE, Parameters, chance_of_so_many, outside, outside_of};

use super::made_up::{Leaving, histories};

fn buyer(x: u32, t: f64) -> History {
    History::new(x, 0.99 * t, t).expect("a history")
}

/// The tail of the negative binomial against its own terms added up.
#[test]
fn the_chance_is_the_tail_of_the_negative_binomial() {
    let nbd = Parameters::new(Model::Nbd, &[0.385, 12.07]).expect("parameters");
    let bg = Parameters::new(Model::BgNbd, &[0.385, 12.07, 0.8, 2.4]).expect("parameters");
    for (x, t) in [(1, 5.0), (7, 39.0), (29, 39.0), (60, 104.0)] {
        let (q, p) = (12.07 / (12.07 + t), t / (12.07 + t));
        let mut term = f64::powf(q, 0.385);
        let mut below = 0.0;
        for n in 0..x {
            below += term;
            term *= (0.385 + f64::from(n)) / (f64::from(n) + 1.0) * p;
        }
        let found = chance_of_so_many(&nbd, &buyer(x, t));
        assert!((found - (1.0 - below)).abs() < 1e-12, "{x} in {t}: {found} instead of {}", 1.0 - below);
        assert_eq!(found, chance_of_so_many(&bg, &buyer(x, t)));
    }
    assert_eq!(chance_of_so_many(&nbd, &History::NEW), 1.0);
}

#[test]
fn nobody_stands_outside_his_own_model() {
    for (seed, leaving) in [
        (51, Leaving::Never),
        (52, Leaving::AfterRepeats(0.8, 2.4)),
        (53, Leaving::AfterAny(0.9, 1.6)),
        (54, Leaving::Anytime(0.6, 11.7)),
    ] {
        assert_eq!(outside(&histories(30_000, seed, (0.4, 9.0), &leaving)), [0; 0]);
    }
    assert_eq!(outside(&super::histories()), [0; 0], "CDNOW");
}

/// Several are found at once, though each of them alone would make the others look usual.
#[test]
fn wholesale_buyers_are_found_and_keen_customers_are_not() {
    let mut shop = histories(3_000, 55, (0.4, 12.0), &Leaving::AfterRepeats(0.8, 2.4));
    let most = shop.iter().max_by_key(|history| history.x()).copied().expect("customers");
    shop.insert(7, buyer(most.x() + most.x() / 5, most.t()));
    for place in [100, 2_000, 2_500] {
        shop.insert(place, buyer(5_000, 38.9));
    }
    assert_eq!(outside(&shop), [100, 2_000, 2_500]);
}

#[test]
fn known_parameters_tell_of_one_row_alone() {
    let bg = Parameters::new(Model::BgNbd, &[0.243, 4.414, 0.793, 2.426]).expect("parameters");
    assert_eq!(outside_of(&bg, &[buyer(5_000, 38.86)]), [0]);
    assert_eq!(outside_of(&bg, &[buyer(29, 38.86)]), [0; 0]);
    assert!(chance_of_so_many(&bg, &buyer(5_000, 38.86)) < OUTSIDE);
}

#[test]
fn too_few_others_tell_nothing() {
    assert_eq!(outside(&[]), [0; 0]);
    assert_eq!(outside(&[buyer(3, 5.0), buyer(5_000, 5.0)]), [0; 0]);
}
