//! Parameters found again in made-up customers, and what cannot be found said so.

use ltv::purchase::gate::{Gate, gates};
use ltv::purchase::{Grouped, History, Model, Severity, fit};

use super::made_up::{Leaving, histories};

fn recovers(model: Model, wanted: &[f64], customers: &[History]) {
    let found = fit(model, &Grouped::new(customers)).expect("a fit");
    let errors = found.standard_errors.clone().expect("errors");
    for ((value, wanted), error) in found.parameters.values().iter().zip(wanted).zip(errors) {
        assert!((value - wanted).abs() < 3.5 * error, "{value} instead of {wanted} ± {error}: {found:?}");
        assert!(error < 0.25 * wanted, "{found:?}");
    }
}

#[test]
fn bg_nbd() {
    recovers(Model::BgNbd, &[0.25, 4.4, 0.8, 2.4], &histories(100_000, 1, (0.25, 4.4), &Leaving::AfterRepeats(0.8, 2.4)));
}

#[test]
fn mbg_nbd() {
    recovers(Model::MbgNbd, &[0.52, 6.2, 0.9, 1.6], &histories(100_000, 2, (0.52, 6.2), &Leaving::AfterAny(0.9, 1.6)));
}

#[test]
fn pareto_nbd() {
    recovers(Model::ParetoNbd, &[0.55, 10.6, 0.6, 11.7], &histories(30_000, 3, (0.55, 10.6), &Leaving::Anytime(0.6, 11.7)));
}

#[test]
fn nbd() {
    recovers(Model::Nbd, &[0.4, 12.0], &histories(30_000, 4, (0.4, 12.0), &Leaving::Never));
}

/// The likelihood ratio is 6 only by chance in data without dropout: five seeds, three models.
#[test]
fn nobody_leaves_and_the_gate_says_so() {
    for seed in 10..15 {
        let data = Grouped::new(&histories(4_000, seed, (0.7, 8.0), &Leaving::Never));
        let nbd = fit(Model::Nbd, &data).expect("a fit");
        for model in [Model::BgNbd, Model::MbgNbd, Model::ParetoNbd] {
            let found = fit(model, &data).expect("a fit");
            let failed = gates(&found, &nbd, &data);
            let said = failed.iter().any(|gate| matches!(gate, Gate::DropoutNotIdentifiable { .. }));
            assert!(said, "{model:?}, seed {seed}: {failed:?} {found:?}");
            assert!(found.parameters.values().iter().all(|value| value.is_finite()), "{found:?}");
            assert!(found.log_likelihood > nbd.log_likelihood - 0.5, "{model:?} fell behind what it contains: {found:?}");
        }
    }
}

#[test]
fn somebody_leaves_and_no_gate_is_in_the_way() {
    let data = Grouped::new(&histories(4_000, 20, (0.55, 10.6), &Leaving::Anytime(0.6, 11.7)));
    let nbd = fit(Model::Nbd, &data).expect("a fit");
    for model in [Model::BgNbd, Model::MbgNbd, Model::ParetoNbd] {
        let failed = gates(&fit(model, &data).expect("a fit"), &nbd, &data);
        assert!(failed.iter().all(|gate| gate.severity() == Severity::Caution), "{model:?}: {failed:?}");
    }
}

#[test]
fn little_data_is_named() {
    let data = Grouped::new(&histories(100, 30, (0.2, 8.0), &Leaving::AfterRepeats(0.8, 2.4)));
    let nbd = fit(Model::Nbd, &data).expect("a fit");
    let failed = gates(&nbd, &nbd, &data);
    assert!(failed.contains(&Gate::TooFewCustomers { found: 100 }), "{failed:?}");
    assert!(failed.iter().any(|gate| matches!(gate, Gate::TooFewRepeaters { .. })), "{failed:?}");
}

/// Rows thinned for a start give the same maximum to the last digits that matter; any order of rows the very same.
#[test]
fn order_and_cores_change_nothing() {
    let mut customers = histories(100_000, 40, (0.25, 4.4), &Leaving::AfterRepeats(0.8, 2.4));
    let first = fit(Model::BgNbd, &Grouped::new(&customers)).expect("a fit");
    customers.reverse();
    let again = fit(Model::BgNbd, &Grouped::new(&customers)).expect("a fit");
    assert_eq!(first.log_likelihood.to_bits(), again.log_likelihood.to_bits());
    assert_eq!(first.parameters, again.parameters);
}
