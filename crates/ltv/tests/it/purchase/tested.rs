//! The back-test on shops whose truth is known.

use ltv::purchase::{Backtest, Gate, Method, Model, backtest, summarise};
use ltv::replenish::auc;

use super::made_up::Draws;

fn row(found: &Backtest, method: Method) -> &ltv::purchase::Contestant {
    found.contestants.iter().find(|contestant| contestant.method == method).expect("a contestant")
}

/// Everybody buys at their own interval, a little early or late, and nobody ever leaves.
fn clockwork(customers: usize) -> Vec<Vec<(i32, f64)>> {
    let mut draws = Draws::new(7);
    let one = |draws: &mut Draws| {
        let interval = 14.0 + 60.0 * draws.uniform();
        let mut day = 90.0 * draws.uniform();
        let mut log = Vec::new();
        while day < 730.0 {
            log.push((day as i32, 20.0 + 30.0 * draws.uniform()));
            day += interval * (0.9 + 0.2 * draws.uniform());
        }
        log
    };
    (0..customers).map(|_| one(&mut draws)).collect()
}

#[test]
fn naive_wins_where_nobody_leaves() {
    let found = backtest(&clockwork(1_000), 500, 729).expect("a back-test");
    let naive = row(&found, Method::Naive);
    for model in Model::ALL {
        let contestant = row(&found, Method::Model(model));
        assert!(contestant.mean_absolute_error >= naive.mean_absolute_error, "{model:?}: {found:?}");
        assert!(!contestant.stands());
        assert!(contestant.gates.iter().any(|gate| matches!(gate, Gate::WorseThanNaive { .. })));
        let unidentified = contestant.gates.iter().any(|gate| matches!(gate, Gate::DropoutNotIdentifiable { .. }));
        assert_eq!(unidentified, model != Model::Nbd, "{model:?}: {:?}", contestant.gates);
    }
    assert!(naive.gates.is_empty());
}

/// A shop as the Pareto/NBD has it.
fn leaving(customers: usize) -> Vec<Vec<(i32, f64)>> {
    let mut draws = Draws::new(8);
    let one = |draws: &mut Draws| {
        let rate = draws.gamma(0.8) / 40.0;
        let until = draws.exponential() / (draws.gamma(0.8) / 80.0);
        let mean = 3_000.0 * (0.5 + draws.uniform());
        let first = 180.0 * draws.uniform();
        let mut log = vec![(first as i32, mean)];
        let mut age = draws.exponential() / rate;
        while age < until && first + age < 730.0 {
            log.push(((first + age) as i32, mean * (0.5 + draws.uniform())));
            age += draws.exponential() / rate;
        }
        log
    };
    (0..customers).map(|_| one(&mut draws)).collect()
}

#[test]
fn models_win_where_customers_leave() {
    let found = backtest(&leaving(4_000), 450, 729).expect("a back-test");
    let naive = row(&found, Method::Naive);
    for model in [Model::BgNbd, Model::MbgNbd, Model::ParetoNbd] {
        let contestant = row(&found, Method::Model(model));
        assert!(contestant.stands(), "{model:?}: {:?}", contestant.gates);
        assert!(contestant.mean_absolute_error < naive.mean_absolute_error);
        assert!((contestant.total / found.purchases - 1.0).abs() < 0.15, "{model:?}: {} {}", contestant.total, found.purchases);
        assert!(contestant.auc > naive.auc);
        assert!(contestant.top_decile_value <= found.best_decile_value);
    }
}

#[test]
fn areas_under_curves() {
    assert_eq!(auc(&[1.0, 2.0, 3.0, 4.0], &[false, false, true, true]), Some(1.0));
    assert_eq!(auc(&[1.0, 1.0, 1.0, 1.0], &[false, true, false, true]), Some(0.5));
    assert_eq!(auc(&[1.0, 2.0, 2.0, 3.0], &[false, true, false, true]), Some(0.875));
    assert_eq!(auc(&[1.0, 2.0], &[true, true]), None);
}

#[test]
fn purchases_of_a_day_are_one() {
    let log = [(10, 100.0), (10, 50.0), (24, 30.0), (24, -30.0), (31, 70.0), (31, -20.0), (45, 80.0), (99, 9.0)];
    let found = summarise(&log, 66).expect("a summary");
    assert_eq!((found.history.x(), found.history.t_x(), found.history.t()), (2, 5.0, 8.0));
    assert_eq!(found.mean_repeat_value, Some(65.0));
    assert_eq!(summarise(&[(10, -5.0)], 66), None);
    assert_eq!(summarise(&[(70, 5.0)], 66), None);
}
