//! What cannot be.

use ltv::purchase::{
    FitFault, Grouped, History, HistoryFault, Model, Parameters, Retention, RetentionFault, Spend, SpendFault, fit, fit_spend,
};

fn fits(histories: &[(u32, f64, f64)]) -> Result<Vec<f64>, FitFault> {
    let histories: Vec<History> = histories.iter().map(|&(x, t_x, t)| History::new(x, t_x, t).expect("a history")).collect();
    fit(Model::MbgNbd, &Grouped::new(&histories)).map(|fit| fit.parameters.values())
}

#[test]
fn histories() {
    assert_eq!(History::new(1, 5.0, 4.0), Err(HistoryFault::LastAfterEnd));
    assert_eq!(History::new(0, 1.0, 4.0), Err(HistoryFault::TimeWithoutPurchase));
    assert_eq!(History::new(1, 0.0, 4.0), Err(HistoryFault::PurchaseWithoutTime));
    for wrong in [f64::NAN, f64::INFINITY, -1.0] {
        assert_eq!(History::new(1, wrong, 4.0), Err(HistoryFault::NotATime));
        assert_eq!(History::new(1, 1.0, wrong), Err(HistoryFault::NotATime));
    }
}

#[test]
fn fits_of_next_to_nothing() {
    assert_eq!(fits(&[]), Err(FitFault::NoCustomers));
    assert_eq!(fits(&[(3, 2.0, 5.0)]), Err(FitFault::OneCustomer));
    assert_eq!(fits(&[(0, 0.0, 5.0), (0, 0.0, 7.0)]), Err(FitFault::NoRepeatPurchases));
    assert_eq!(fits(&[(0, 0.0, 0.0), (0, 0.0, 0.0)]), Err(FitFault::NoTime));
    for model in Model::ALL {
        let two = [History::new(3, 2.0, 5.0).expect("a history"), History::new(5_000, 4.9, 5.0).expect("a history")];
        let found = fit(model, &Grouped::new(&two)).expect("a fit");
        assert!(found.log_likelihood.is_finite() && found.parameters.values().iter().all(|value| value.is_finite()), "{found:?}");
    }
}

#[test]
fn parameters() {
    assert!(Parameters::new(Model::Nbd, &[1.0]).is_none());
    assert!(Parameters::new(Model::Nbd, &[1.0, 0.0]).is_none());
    assert!(Parameters::new(Model::Nbd, &[1.0, f64::NAN]).is_none());
    assert!(Parameters::new(Model::Nbd, &[1.0, 2.0]).is_some());
}

#[test]
fn spend() {
    assert!(Spend::new(1, 0.0).is_none() && Spend::new(1, -3.0).is_none() && Spend::new(1, f64::NAN).is_none());
    let one = |z| Spend::new(2, z).expect("spend");
    assert_eq!(fit_spend(&[one(3.0)]).err(), Some(SpendFault::TooFew));
    assert_eq!(fit_spend(&[one(3.0), one(3.0)]).err(), Some(SpendFault::AllEqual));
}

#[test]
fn retention() {
    let fault = |left: &[f64]| Retention::new(left.to_vec()).err();
    assert_eq!(fault(&[5.0]), Some(RetentionFault::TooShort));
    assert_eq!(fault(&[5.0, 6.0]), Some(RetentionFault::Rising));
    assert_eq!(fault(&[5.0, f64::NAN]), Some(RetentionFault::NotACount));
    assert_eq!(fault(&[0.0, 0.0]), Some(RetentionFault::NotACount));
    assert_eq!(fault(&[5.0, 5.0]), Some(RetentionFault::NothingToLearn));
    assert_eq!(fault(&[5.0, 0.0]), Some(RetentionFault::NothingToLearn));
    assert_eq!(fault(&[5.0, 4.0]), None);
}
