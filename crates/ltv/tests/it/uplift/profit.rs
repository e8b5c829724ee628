//! What targeting truly earns, on friends whose answers are known.

use ltv::synth::{Campaign, Friend, Lift, Season, Sent, Town};
use ltv::uplift::{Arm, Base, BlockModel, Candidate, Fault, Learner, Limit, Prospect, Tariff, Trial, UpliftModel, curve, cut};

const TOWN: Town =
    Town { base: 0.04, lift: Lift::Lapsing(0.02), block: 0.006, margin: 1_500.0, residual: 2_000.0, season: Season::NONE };
const PRICE: f64 = 3.0;
const FRIENDS: u64 = 40_000;
const BUDGET: f64 = 30_000.0;

/// What a randomised campaign to other friends of the same kind taught.
struct Learned {
    uplift: UpliftModel,
    block: BlockModel,
    click: UpliftModel,
}

fn learn(seed: u64) -> Learned {
    let (mut bought, mut blocked, mut credited) = (Trial::default(), Trial::default(), Trial::default());
    for friend in TOWN.friends(seed, 0, 80_000).unwrap() {
        let (sent, arm) = if friend.id % 2 == 0 { (Sent::No, Arm::Held) } else { (Sent::Yes, Arm::Sent) };
        let answer = friend.answer(seed, Campaign { id: 1, week: 0 }, sent);
        let of = |yes: bool| f64::from(u8::from(yes));
        bought.push(&friend.features, arm, of(answer.bought)).unwrap();
        blocked.push(&friend.features, arm, of(answer.blocked)).unwrap();
        credited.push(&friend.features, arm, of(answer.clicked && answer.bought)).unwrap();
    }
    Learned {
        uplift: UpliftModel::fit(&bought, Learner::T, Base::Logistic).unwrap(),
        block: BlockModel::fit(&blocked).unwrap(),
        // Nobody who was held back can click: the difference is the rate of orders that the last click is credited with.
        click: UpliftModel::fit(&credited, Learner::T, Base::Linear).unwrap(),
    }
}

fn earned<'a>(friends: impl Iterator<Item = &'a Friend>) -> f64 {
    friends.map(|friend| friend.true_gain() - PRICE).sum()
}

#[test]
fn a_budget_spent_by_uplift_beats_sending_to_all_and_the_last_click() {
    let mut sums = [0.0; 5];
    for seed in 0..5 {
        let learned = learn(100 + seed);
        let friends: Vec<Friend> = TOWN.friends(200 + seed, 0, FRIENDS).unwrap().collect();
        let candidates: Vec<Candidate> = friends
            .iter()
            .map(|friend| Prospect {
                margin: friend.margin,
                uplift: learned.uplift.uplift(&friend.features),
                block: learned.block.caused(&friend.features).unwrap(),
                residual: friend.residual,
            })
            .map(|prospect| Candidate { gain: prospect.gain(), waited: 0.0 })
            .collect();
        let limit = Limit { used: 0, budget: BUDGET, messages: u64::MAX };
        let chosen = cut(&candidates, &Tariff::flat(PRICE).unwrap(), limit).unwrap().chosen;
        let ordered = |key: &dyn Fn(&Friend) -> f64| {
            let mut order: Vec<&Friend> = friends.iter().collect();
            order.sort_by(|a, b| key(b).total_cmp(&key(a)));
            earned(order.into_iter().take(chosen.len()))
        };
        let found = [
            earned(chosen.iter().map(|&at| &friends[at])),
            earned(friends.iter()),
            ordered(&|friend| friend.margin * learned.click.uplift(&friend.features)),
            earned(friends.iter().take(chosen.len())),
            ordered(&|friend| friend.true_gain()),
        ];
        assert!(found[0] > found[1] && found[0] > found[2] && found[0] > found[3], "{seed}: {found:?}");
        sums.iter_mut().zip(found).for_each(|(sum, value)| *sum += value / 5.0);
    }
    eprintln!(
        "true profit in yen, 40,000 friends, 10,000 messages at 3 yen: by uplift {:.0}, to all 40,000 {:.0}, by last click {:.0}, by lot {:.0}, by the truth {:.0}",
        sums[0], sums[1], sums[2], sums[3], sums[4]
    );
    assert!(sums[2] < 0.5 * sums[0] && sums[0] > 0.5 * sums[4]);
}

#[test]
fn a_block_model_finds_what_a_message_causes() {
    let learned = learn(7);
    let friends: Vec<Friend> = TOWN.friends(8, 0, 20_000).unwrap().collect();
    let found: f64 = friends.iter().map(|friend| learned.block.caused(&friend.features).unwrap()).sum();
    let truth: f64 = friends.iter().map(|friend| friend.blocks[1] - friend.blocks[0]).sum();
    assert!((found / truth - 1.0).abs() < 0.25, "{found} {truth}");
    let few: Trial = {
        let mut few = Trial::default();
        (0..1_000)
            .for_each(|i| few.push(&[], if i % 2 == 0 { Arm::Sent } else { Arm::Held }, f64::from(u8::from(i < 50))).unwrap());
        few
    };
    assert_eq!(BlockModel::fit(&few), Err(Fault::TooFewBlocks { seen: 50, needed: 200 }));
}

#[test]
fn the_curve_of_profit_has_its_top_where_the_cut_is() {
    let candidates: Vec<Candidate> = (0..1_000).map(|i| Candidate { gain: 10.0 - f64::from(i) * 0.02, waited: 0.0 }).collect();
    let tariff = Tariff::flat(PRICE).unwrap();
    let points = curve(&candidates, &tariff, 0, 100).unwrap();
    assert_eq!((points.len(), points[0].sent, points[100].sent), (101, 0, 1_000));
    let limit = Limit { used: 0, budget: f64::INFINITY, messages: u64::MAX };
    let best = cut(&candidates, &tariff, limit).unwrap();
    assert_eq!(best.chosen.len(), 350);
    let top = points.iter().map(ltv::uplift::Point::profit).fold(f64::MIN, f64::max);
    assert!((top - best.profit()).abs() < 1e-9);
}
