//! How often intervals hold, on made-up friends whose truth is known: 500 fixed seeds each.

use ltv::experiment::assign::{Split, bucket};
use ltv::experiment::{
    Answer, Design, Looks, Moments, PairMoments, RatioMoments, SEQUENTIAL_TUNED_FOR, Study, adjust, difference, pool, relative,
    studies,
};
use ltv::synth::{Campaign, Lift, Season, Sent, Town};

const SEEDS: u64 = 500;
const PRICE: f64 = 3.0;

const TOWN: Town = Town {
    base: 0.04,
    lift: Lift::Lapsing(0.03),
    block: 0.002,
    margin: 1_500.0,
    residual: 2_000.0,
    season: Season { swing: 0.3, peak: 50.0 },
};

/// What is true of one campaign's friends, yen per friend.
struct Truth {
    gain: f64,
    untouched: f64,
}

/// Dealt by the hash, one campaign, profit per friend: (held back, sent to) with the profit expected without a message as
/// covariate.
fn campaign(town: Town, seed: u64, id: u64, count: u64, first_arm: u16) -> ([PairMoments; 2], Truth) {
    let split = Split::new(&[first_arm, 10_000 - first_arm]).unwrap();
    let (salt, name) = (seed.to_string(), id.to_string());
    let mut arms = [PairMoments::default(); 2];
    let (mut gain, mut untouched) = (Moments::default(), Moments::default());
    for friend in town.friends(seed.wrapping_mul(1_000).wrapping_add(id), 10, count).unwrap() {
        let arm = split.arm(bucket(&salt, &name, &friend.id.to_string()));
        let sent = if arm == 1 { Sent::Yes } else { Sent::No };
        let outcome = friend.answer(seed, Campaign { id, week: 10 }, sent);
        arms[arm].push(outcome.profit(&friend, sent, PRICE), friend.margin * friend.buys[0]);
        gain.push(friend.true_gain() - PRICE);
        untouched.push(friend.margin * friend.buys[0] - friend.residual * friend.blocks[0]);
    }
    (arms, Truth { gain: gain.mean(), untouched: untouched.mean() })
}

fn covers(answer: &Answer, truth: f64) -> bool {
    answer.low <= truth && truth <= answer.high
}

const ANY: Looks = Looks::Any { tuned_for: SEQUENTIAL_TUNED_FOR };

#[test]
fn incremental_profit_lies_in_its_interval_as_often_as_promised() {
    let mut held = [0_u64; 4];
    let mut left = Moments::default();
    for seed in 0..SEEDS {
        let (arms, truth) = campaign(TOWN, seed, 1, 4_000, 5_000);
        let [a, b] = arms.map(|arm| arm.first.level().unwrap());
        let cuped = adjust(&arms).unwrap();
        let plain = difference(&a, &b).unwrap();
        let adjusted = difference(&cuped.levels[0], &cuped.levels[1]).unwrap();
        let share = relative(&a, &b).unwrap();
        let asked = [
            (plain, Looks::Once, truth.gain),
            (adjusted, Looks::Once, truth.gain),
            (share, Looks::Once, truth.gain / truth.untouched),
            (plain, ANY, truth.gain),
        ];
        for (held, (estimate, looks, truth)) in held.iter_mut().zip(asked) {
            *held += u64::from(covers(&estimate.answer(looks, 0.05).unwrap(), truth));
        }
        left.push(adjusted.variance / plain.variance);
    }
    eprintln!("covered of {SEEDS} (fixed, CUPED, relative, always valid): {held:?}; variance left by CUPED {:.3}", left.mean());
    assert!(held.iter().all(|&held| held >= SEEDS * 93 / 100), "{held:?}");
}

#[test]
fn looking_every_day_deceives_the_fixed_interval_and_not_the_sequence() {
    let town = Town { lift: Lift::Nobody, block: 0.0, ..TOWN };
    let (mut fixed, mut sequence) = (0_u64, 0_u64);
    for seed in 0..SEEDS {
        let mut arms = [PairMoments::default(); 2];
        let (mut cried, mut proved) = (false, false);
        for day in 0..28 {
            let (today, _) = campaign(town, seed, day, 100, 5_000);
            arms = [arms[0].merged(&today[0]), arms[1].merged(&today[1])];
            // The message's price is known, not measured.
            let Ok(estimate) = difference(&arms[0].first.level().unwrap(), &arms[1].first.level().unwrap()) else { continue };
            let estimate = ltv::experiment::Estimate { value: estimate.value + PRICE, ..estimate };
            cried |= estimate.answer(Looks::Once, 0.05).unwrap().p_value < 0.05;
            proved |= estimate.answer(ANY, 0.05).unwrap().p_value < 0.05;
        }
        fixed += u64::from(cried);
        sequence += u64::from(proved);
    }
    eprintln!("A/A, 28 looks, false alarms of {SEEDS}: fixed {fixed}, sequence {sequence}");
    assert!(sequence <= SEEDS * 5 / 100 && fixed > SEEDS * 15 / 100, "{sequence} {fixed}");
}

#[test]
fn many_small_campaigns_pool_without_pulling_to_those_nobody_bought_in() {
    let (mut own, mut shared) = ((0_u64, Moments::default()), (0_u64, Moments::default()));
    let mut truth = Moments::default();
    for seed in 0..SEEDS {
        let arms: Vec<_> = (0..8).map(|id| campaign(TOWN, seed, id, 400, 2_000)).collect();
        let pairs: Vec<_> = arms.iter().map(|([a, b], _)| (a.first, b.first)).collect();
        let by_own: Vec<Study> = pairs
            .iter()
            .map(|(a, b)| difference(&a.level().unwrap(), &b.level().unwrap()).unwrap())
            .map(|estimate| Study { effect: estimate.value, variance: estimate.variance })
            .collect();
        let gain = arms.iter().map(|(_, truth)| truth.gain).sum::<f64>() / 8.0;
        truth.push(gain);
        for (tally, studies) in [(&mut own, by_own), (&mut shared, studies(&pairs).unwrap())] {
            let pooled = pool(&studies, 0.05).unwrap();
            tally.0 += u64::from(pooled.low <= gain && gain <= pooled.high);
            tally.1.push(pooled.effect - gain);
        }
    }
    eprintln!(
        "8 campaigns of 400, gain {:.2} yen: own spread covers {} (bias {:+.2}), shared spread covers {} (bias {:+.2}) of {SEEDS}",
        truth.mean(),
        own.0,
        own.1.mean(),
        shared.0,
        shared.1.mean()
    );
    assert!(shared.0 >= SEEDS * 93 / 100 && own.0 + 20 < shared.0);
    assert!(own.1.mean().abs() > 4.0 * shared.1.mean().abs());
}

#[test]
fn a_design_sees_its_effect_as_often_as_it_says() {
    let town = Town { lift: Lift::Same(0.02), block: 0.0, ..TOWN };
    let rate = town.friends(1, 10, 100_000).unwrap().map(|f| f.buys[0]).collect::<Moments>().mean();
    for (looks, most) in [(Looks::Once, 0.86), (ANY, 0.95)] {
        let design = Design::of_rate(rate + 0.01, 0.5, 0.05, 0.8, looks).unwrap();
        let n = design.needed(0.02).unwrap().unwrap();
        let seen = (0..150).filter(|&seed| {
            let mut arms = [Moments::default(); 2];
            for friend in town.friends(seed, 10, n).unwrap() {
                let sent = if friend.id % 2 == 1 { Sent::Yes } else { Sent::No };
                let bought = friend.answer(seed, Campaign { id: 1, week: 10 }, sent).bought;
                arms[sent as usize].push(f64::from(u8::from(bought)));
            }
            let [a, b] = arms.map(|arm| arm.level().unwrap());
            difference(&a, &b).unwrap().answer(looks, 0.05).unwrap().low > 0.0
        });
        let power = seen.count() as f64 / 150.0;
        eprintln!("{looks:?}: {n} customers, seen in {power}");
        assert!(power > 0.72 && power < most, "{looks:?} {n} {power}");
    }
}

#[test]
fn margin_per_order_lies_in_its_interval_as_often_as_promised() {
    let seeds = 300;
    let mut held = 0;
    for seed in 0..seeds {
        let mut arms = [RatioMoments::default(); 2];
        let mut truth = [(0.0, 0.0); 2];
        for friend in TOWN.friends(5_000 + seed, 10, 4_000).unwrap() {
            let sent = if friend.id % 2 == 1 { Sent::Yes } else { Sent::No };
            let answer = friend.answer(seed, Campaign { id: 1, week: 10 }, sent);
            arms[sent as usize].0.push(answer.margin, f64::from(u8::from(answer.bought)));
            for (truth, buys) in truth.iter_mut().zip(friend.buys) {
                *truth = (truth.0 + friend.margin * buys, truth.1 + buys);
            }
        }
        let [a, b] = arms.map(|arm| arm.level().unwrap());
        let answer = difference(&a, &b).unwrap().answer(Looks::Once, 0.05).unwrap();
        held += u64::from(covers(&answer, truth[1].0 / truth[1].1 - truth[0].0 / truth[0].1));
    }
    eprintln!("margin per order: covered {held} of {seeds}");
    assert!(held >= seeds * 93 / 100, "{held}");
}
