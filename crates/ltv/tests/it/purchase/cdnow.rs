//! Maximum likelihood on the CDNOW summary with its two-decimal weeks. References: Fader, Hardie & Lee (2005) for BG/NBD and
//! Pareto/NBD, Fader & Hardie (2013) for Gamma-Gamma, BTYDplus for MBG/NBD; further digits computed independently.

use ltv::purchase::{Grouped, Model, Spend, fit, fit_spend, spend_correlation};

use super::{cdnow, histories, near};

fn fits(model: Model, values: &[f64], log_likelihood: f64) {
    let found = fit(model, &Grouped::new(&histories())).expect("a fit");
    assert!(found.converged && found.at_edge.is_empty(), "{found:?}");
    near(found.log_likelihood, log_likelihood, 1e-5);
    for (found, wanted) in found.parameters.values().iter().zip(values) {
        near(*found, *wanted, 2e-5 * wanted);
    }
}

#[test]
fn bg_nbd() {
    fits(Model::BgNbd, &[0.242_592_9, 4.413_531_6, 0.792_886_1, 2.425_753_3], -9_582.425_561);
}

#[test]
fn mbg_nbd() {
    fits(Model::MbgNbd, &[0.524_838_1, 6.182_993_1, 0.891_356_1, 1.613_999_0], -9_582.132_685);
}

#[test]
fn pareto_nbd() {
    fits(Model::ParetoNbd, &[0.553_275_5, 10.577_612_1, 0.606_213_7, 11.667_914_6], -9_594.973_930);
}

#[test]
fn nbd() {
    fits(Model::Nbd, &[0.384_767_7, 12.072_085_0], -9_763.660_222);
}

#[test]
fn gamma_gamma() {
    let spends: Vec<Spend> = cdnow().iter().filter_map(|customer| customer.spend).collect();
    let found = fit_spend(&spends).expect("a fit");
    assert!(found.converged);
    assert_eq!(found.customers, 946);
    near(found.model.p, 6.248_801_9, 1e-3);
    near(found.model.q, 3.744_589_0, 1e-3);
    near(found.model.v, 15.447_751_4, 3e-3);
    near(found.log_likelihood, -4_055.923_244, 1e-4);
    near(spend_correlation(&spends).expect("a correlation"), 0.114, 5e-4);
}

/// CLVTools quotes them from Fader, Hardie & Lee (2005), on weeks that are not rounded.
#[test]
fn standard_errors_of_pareto_nbd() {
    let found = fit(Model::ParetoNbd, &Grouped::new(&histories())).expect("a fit");
    let errors = found.standard_errors.expect("errors");
    for (found, wanted) in errors.iter().zip([0.047_626_4, 0.842_722_2, 0.187_259_4, 6.210_544_8]) {
        near(*found, wanted, 2e-3 * wanted);
    }
}
