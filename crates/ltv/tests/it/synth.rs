//! Made-up customers have the means their parameters promise.

use ltv::synth::{Campaign, Fault, Lift, Process, Season, Sent, Shop, Spend, Town, YEAR_WEEKS};

const CDNOW_SPEND: Spend = Spend { p: 6.25, q: 3.74, v: 15.44 };

fn shop(process: Process) -> Shop {
    Shop { process, spend: CDNOW_SPEND, season: Season::NONE, entry_weeks: 0.0, end: 78.0 }
}

/// Mean and standard error.
fn mean(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (n, sum, squares) = values.fold((0.0, 0.0, 0.0), |(n, sum, squares), v| (n + 1.0, sum + v, squares + v * v));
    (sum / n, ((squares / n - (sum / n) * (sum / n)) / n).sqrt())
}

fn close(found: (f64, f64), wanted: f64) {
    assert!((found.0 - wanted).abs() <= 4.0 * found.1, "{} ± {} instead of {wanted}", found.0, found.1);
}

fn repeats(process: Process, weeks: f64) -> (f64, f64) {
    mean(shop(process).customers(7, 50_000).unwrap().map(|c| f64::from(c.summary(weeks).unwrap().x)))
}

#[test]
fn purchases_have_the_published_means() {
    // E[X(32)] = 1.0437 and E[X(78)] = 1.8576 at CDNOW's parameters: Hardie's sheet for BG/NBD (through lifetimes' tests).
    let bg = Process::BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
    close(repeats(bg, 32.0), 1.0437);
    close(repeats(bg, 78.0), 1.8576);
    close(repeats(Process::Nbd { r: 0.385, alpha: 12.072 }, 39.0), 0.385 * 39.0 / 12.072);
    // E[X(t)] = rβ/(α(s−1)) · (1 − (β/(β+t))^(s−1)), Schmittlein, Morrison and Colombo 1987.
    let (r, alpha, s, beta): (f64, f64, f64, f64) = (0.553, 10.578, 0.606, 11.669);
    let wanted = r * beta / (alpha * (s - 1.0)) * (1.0 - (beta / (beta + 39.0)).powf(s - 1.0));
    close(repeats(Process::ParetoNbd { r, alpha, s, beta }, 39.0), wanted);
}

#[test]
fn a_share_of_a_leaves_after_the_first_purchase_in_mbg_alone() {
    let left_at_once = |process| mean(shop(process).customers(3, 50_000).unwrap().map(|c| f64::from(c.left == 0.0)));
    let (r, alpha, a, b) = (0.525, 6.183, 0.891, 1.614);
    close(left_at_once(Process::MbgNbd { r, alpha, a, b }), a / (a + b));
    assert_eq!(left_at_once(Process::BgNbd { r, alpha, a, b }).0, 0.0);
}

#[test]
fn orders_are_worth_what_gamma_gamma_says() {
    let orders = mean(shop(Process::Nbd { r: 1.0, alpha: 20.0 }).customers(5, 100_000).unwrap().map(|c| c.orders[0].amount));
    close(orders, 6.25 * 15.44 / 2.74);
}

#[test]
fn the_season_moves_purchases_and_keeps_their_number() {
    let wave = Season { swing: 0.6, peak: 10.0 };
    let year = Shop { season: wave, end: YEAR_WEEKS, ..shop(Process::Nbd { r: 2.0, alpha: 10.0 }) };
    let count = |from: f64, until: f64| mean(year.customers(11, 40_000).unwrap().map(|c| c.bought(from, until) as f64));
    close(count(0.0, YEAR_WEEKS), 0.2 * YEAR_WEEKS);
    // The half year around the peak holds 1/2 + swing/π of it.
    let quarter = YEAR_WEEKS / 4.0;
    let around = count(0.0, 10.0 + quarter).0 + count(10.0 + 3.0 * quarter, YEAR_WEEKS).0;
    assert!((around / (0.2 * YEAR_WEEKS) - (0.5 + 0.6 / std::f64::consts::PI)).abs() < 0.005, "{around}");
}

#[test]
fn a_customer_depends_on_seed_and_number_alone() {
    let shop = shop(Process::BgNbd { r: 0.8, alpha: 4.0, a: 0.8, b: 2.4 });
    let all: Vec<_> = shop.customers(42, 100).unwrap().collect();
    assert_eq!(shop.customer(42, 77).unwrap(), all[77]);
    assert_ne!(shop.customer(43, 77).unwrap(), all[77]);
    for customer in &all {
        assert!(customer.orders.windows(2).all(|pair| pair[0].week <= pair[1].week));
        let summary = customer.summary(78.0).unwrap();
        assert!(summary.t_x <= summary.age && summary.mean_spend.is_some() == (summary.x > 0));
    }
}

#[test]
fn absurd_parameters_are_named_and_extreme_ones_end() {
    let wrong = shop(Process::BgNbd { r: 0.2, alpha: 4.0, a: f64::NAN, b: 2.0 });
    assert!(matches!(wrong.customer(1, 1), Err(Fault::NotPositive { name: "a", .. })));
    let hasty = shop(Process::Nbd { r: 1e9, alpha: 1e-9 });
    assert_eq!(hasty.customer(1, 1).unwrap().orders.len(), ltv::synth::MOST_ORDERS);
    let still = shop(Process::Nbd { r: 1e-9, alpha: 1e9 });
    assert_eq!(still.customer(1, 1).unwrap().orders.len(), 1);
}

const TOWN: Town = Town {
    base: 0.03,
    lift: Lift::Lapsing(0.03),
    block: 0.002,
    margin: 1500.0,
    residual: 2000.0,
    season: Season { swing: 0.3, peak: 50.0 },
};

#[test]
fn friends_answer_as_often_as_their_probabilities_say() {
    let campaign = Campaign { id: 1, week: 20 };
    let friends: Vec<_> = TOWN.friends(9, campaign.week, 100_000).unwrap().collect();
    for arm in [Sent::No, Sent::Yes] {
        let world = arm as usize;
        let answers: Vec<_> = friends.iter().map(|f| (f, f.answer(4, campaign, arm))).collect();
        let surplus = |of: &dyn Fn(&(&ltv::synth::Friend, ltv::synth::Outcome)) -> f64| mean(answers.iter().map(of));
        close(surplus(&|(f, o)| f64::from(o.bought) - f.buys[world]), 0.0);
        close(surplus(&|(f, o)| o.margin - f.margin * f.buys[world]), 0.0);
        close(surplus(&|(f, o)| f64::from(o.blocked) - f.blocks[world]), 0.0);
        close(surplus(&|(f, o)| f64::from(o.clicked) - world as f64 * f.clicks), 0.0);
    }
}

#[test]
fn without_a_lift_nobody_buys_because_of_the_message() {
    let town = Town { lift: Lift::Nobody, ..TOWN };
    let campaign = Campaign { id: 2, week: 0 };
    for friend in town.friends(1, 0, 1_000).unwrap() {
        let bought = |arm| friend.answer(1, campaign, arm).bought;
        assert_eq!(bought(Sent::No), bought(Sent::Yes));
        assert!(friend.true_gain() < 0.0, "a message without effect still costs blocks");
    }
}
