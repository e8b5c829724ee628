//! Descriptions of small logs that can be checked by hand.

use ltv::describe::{
    Customer, Entry, Factor, Group, Observation, Rfm, Window, cohorts, contributions, factors, rfm, second_order, survival,
};
use proptest::prelude::*;

fn customer(entries: &[(i32, f64)]) -> Customer {
    Customer::new(entries.iter().map(|&(day, money)| Entry { day, money }).collect())
}

#[track_caller]
fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-9 * wanted.abs().max(1.0), "{found} instead of {wanted}");
}

#[test]
fn refunds_are_taken_off_their_day_or_kept_apart() {
    let one = customer(&[(5, 100.0), (5, -100.0), (9, 50.0), (9, -20.0), (12, -10.0)]);
    assert_eq!(one.purchases(), [Entry { day: 9, money: 30.0 }]);
    assert_eq!(one.refunds(), [Entry { day: 12, money: -10.0 }]);
    assert_eq!(one.net(), 20.0);
}

/// Freireich's remission times of 6-MP (1963), the textbook example: S(6) .857, S(10) .753, S(22) .538, S(23) .448.
#[test]
fn kaplan_and_meier() {
    use Observation::{Happened, NotYet};
    let times = [
        Happened(6.0),
        Happened(6.0),
        Happened(6.0),
        NotYet(6.0),
        Happened(7.0),
        NotYet(9.0),
        Happened(10.0),
        NotYet(10.0),
        NotYet(11.0),
        Happened(13.0),
        Happened(16.0),
        NotYet(17.0),
        NotYet(19.0),
        NotYet(20.0),
        Happened(22.0),
        Happened(23.0),
        NotYet(25.0),
        NotYet(32.0),
        NotYet(32.0),
        NotYet(34.0),
        NotYet(35.0),
    ];
    let found = survival(&times, 1.96);
    for (time, wanted) in [(6.0, 0.857), (7.5, 0.807), (10.0, 0.753), (13.0, 0.690), (16.0, 0.627), (22.0, 0.538), (30.0, 0.448)]
    {
        let step = found.at(time).expect("a step");
        assert!((step.survival - wanted).abs() < 6e-4, "{time}: {}", step.survival);
        assert!(step.low < step.survival && step.survival < step.high);
    }
    assert!(found.at(5.0).is_none());
    assert_eq!(found.median(), Some(23.0));
    let ten = found.at(10.0).expect("a step");
    assert!((ten.low - 0.503).abs() < 2e-3 && (ten.high - 0.889).abs() < 2e-3, "{ten:?}");
    let all = survival(&[Happened(1.0), Happened(2.0), Happened(f64::NAN)], 1.96);
    assert_eq!(all.steps.last().map(|step| (step.survival, step.low, step.high)), Some((0.0, 0.0, 0.0)));
}

#[test]
fn second_orders_count_who_has_had_the_time() {
    let shop = [customer(&[(0, 1.0), (10, 1.0)]), customer(&[(0, 1.0)]), customer(&[(95, 1.0)]), customer(&[(3, -1.0)])];
    let found = second_order(&shop, 100, 1.96).expect("orders");
    assert_eq!((found.customers, found.repeated), (3, 1));
    near(found.plain_rate, 1.0 / 3.0);
    // Whoever came on day 95 is under observation for 5 days only: two are at risk on day 10.
    let (rate, low, high) = found.within(30.0).expect("observed");
    near(rate, 0.5);
    assert!(low < rate && rate < high);
    assert!(found.within(200.0).is_none(), "beyond what was observed");
    assert!(second_order(&[], 100, 1.96).is_none());
}

#[test]
fn cohorts_follow_first_purchases() {
    let shop = [customer(&[(0, 10.0), (35, 20.0), (36, 5.0)]), customer(&[(31, 7.0), (65, -2.0)]), customer(&[(500, 1.0)])];
    let found = cohorts(&shop, |day| day.div_euclid(30), 2);
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].period, found[0].customers), (0, 1));
    assert_eq!(found[0].active, [1, 1, 0]);
    assert_eq!(found[0].money, [10.0, 25.0, 0.0]);
    assert_eq!(found[1].active, [1, 0]);
    assert_eq!(found[1].money, [7.0, -2.0]);
}

#[test]
fn value_has_four_factors() {
    let shop = [
        customer(&[(0, 100.0), (200, 100.0), (400, 100.0), (800, 50.0)]),
        customer(&[(10, 100.0), (500, 200.0), (600, -50.0)]),
        customer(&[(20, 100.0)]),
    ];
    let window = Window { from: 365, to: 729 };
    let found = factors(&shop, window, 0.3).expect("buyers");
    assert_eq!((found.buyers, found.orders, found.gross, found.refunded), (2, 2, 300.0, 50.0));
    near(found.order_value, 125.0);
    near(found.frequency, 1.0);
    near(found.retention.expect("buyers before"), 2.0 / 3.0);
    near(found.lifetime.expect("a lifetime"), 3.0);
    near(found.lifetime_value().expect("value"), 125.0 * 0.3 * 3.0);
    let first = factors(&shop, window.before(), 0.3).expect("buyers");
    assert_eq!(first.lifetime, None, "nothing is known of the year before");
    let parts = contributions(&first, &found).expect("parts");
    assert_eq!(parts.len(), 3);
    near(parts.iter().map(|part| part.money).sum(), found.value_per_year() - first.value_per_year());
    assert!(factors(&shop, Window { from: 900, to: 999 }, 0.3).is_none());
}

proptest! {
    #[test]
    fn contributions_add_up(old in prop::array::uniform4(0.01..100.0_f64), new in prop::array::uniform4(0.01..100.0_f64)) {
        let shop = [customer(&[(0, 1.0)])];
        let blank = factors(&shop, Window { from: 0, to: 364 }, 1.0).expect("buyers");
        let with = |[order_value, margin, frequency, lifetime]: [f64; 4]| ltv::describe::Factors {
            order_value, margin, frequency, lifetime: Some(lifetime), ..blank
        };
        let (old, new) = (with(old), with(new));
        let parts = contributions(&old, &new).expect("parts");
        let change = new.lifetime_value().unwrap_or(0.0) - old.lifetime_value().unwrap_or(0.0);
        let sum: f64 = parts.iter().map(|part| part.money).sum();
        prop_assert!((sum - change).abs() <= 1e-9 * (change.abs() + new.value_per_year() * 100.0));
        let still = contributions(&old, &old).expect("parts");
        prop_assert!(still.iter().all(|part| part.money == 0.0));
        prop_assert!(parts.iter().any(|part| part.factor == Factor::Lifetime));
    }
}

#[test]
fn groups_have_shopifys_names() {
    let shop: Vec<Rfm> = (0..100)
        .map(|at| {
            let at = f64::from(at);
            Rfm {
                recency: 4.0 * at,
                frequency: if at < 20.0 {
                    10.0
                } else if at < 40.0 {
                    3.0
                } else {
                    1.0
                },
                money: 1_000.0 - at,
            }
        })
        .collect();
    let found = rfm(&shop);
    assert_eq!((found[0].recency, found[0].frequency, found[0].money), (5, 5, 5));
    assert_eq!(found[0].group, Group::Champions);
    assert_eq!(found[99].group, Group::Dormant);
    assert_eq!((found[99].recency, found[99].frequency, found[99].money), (1, 1, 1));
    let equal = [Rfm { recency: 3.0, frequency: 1.0, money: 5.0 }; 4];
    let same = rfm(&equal);
    assert!(same.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(rfm(&[]), []);
    assert_eq!(rfm(&[Rfm { recency: 3.0, frequency: 0.0, money: 0.0 }])[0].group, Group::Prospects);
}
