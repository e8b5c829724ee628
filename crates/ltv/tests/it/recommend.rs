//! Recommendation: definitions by hand, laws, and planted tastes found again.

use ltv::{
    goods::{Line, Log, LogError},
    recommend::{
        Affinity, Cosine, Decay, Evaluation, EvaluationError, Frequency, Good, Guards, Neighbourhood, Popularity, Refusal,
        Scored, Stock, blocks, ndcg, recall, top,
    },
    synth::goods::{Made, Shelves},
};
use proptest::prelude::*;

fn line(customer: u32, item: u32, day: i32) -> Line {
    Line { customer, item, day, packs: 1 }
}

fn log(lines: &[(u32, u32, i32)]) -> Log {
    let lines: Vec<_> = lines.iter().map(|&(customer, item, day)| line(customer, item, day)).collect();
    let customers = lines.iter().map(|line| line.customer as usize + 1).max().unwrap_or(0);
    let items = lines.iter().map(|line| line.item as usize + 1).max().unwrap_or(0);
    Log::new(lines, customers, items).unwrap()
}

fn list(items: &[u32]) -> Vec<Scored> {
    items.iter().zip((0..items.len()).rev()).map(|(&item, score)| Scored { item, score: score as f64 }).collect()
}

fn numbers(list: &[Scored]) -> Vec<u32> {
    list.iter().map(|scored| scored.item).collect()
}

/// 40 tastes of 10 items, half of what is bought is of one's taste.
fn tasteful() -> Shelves {
    Shelves { customers: 2000, days: 720, staples: Vec::new(), groups: 40, group_size: 10, visits: 6.0, loyalty: 0.5 }
}

/// Knows each customer's taste, and nobody can know more: within it all items are as likely.
struct Knowing<'a>(&'a Made, &'a Shelves);

impl Affinity for Knowing<'_> {
    fn scores(&self, history: &[Line]) -> Vec<Scored> {
        let taste = self.0.tastes[history[0].customer as usize];
        let own = (0..400).filter(|&item| self.1.group(item) == Some(taste));
        own.map(|item| Scored { item, score: 1.0 }).collect()
    }
}

#[test]
fn a_log_adds_up_a_day_and_refuses_what_is_not_a_purchase() {
    let twice = Log::new(vec![line(0, 0, 3), Line { packs: 4, ..line(0, 0, 3) }], 1, 1).unwrap();
    assert_eq!(twice.lines(), [Line { packs: 5, ..line(0, 0, 3) }]);
    assert_eq!(Log::new(vec![line(0, 0, 1), line(1, 0, 1)], 1, 1), Err(LogError::Customer { position: 1 }));
    assert_eq!(Log::new(vec![line(0, 9, 1)], 1, 1), Err(LogError::Item { position: 0 }));
    assert_eq!(Log::new(vec![Line { packs: 0, ..line(0, 0, 1) }], 1, 1), Err(LogError::NoPacks { position: 0 }));
}

#[test]
fn recall_and_ndcg_by_hand() {
    let shown = list(&[5, 3, 8]);
    assert_eq!(recall(&shown, &[3, 4, 8, 9]), 0.5);
    let hits = 1.0 / 3_f64.log2() + 1.0 / 4_f64.log2();
    let ideal = 1.0 + 1.0 / 3_f64.log2() + 1.0 / 4_f64.log2();
    assert!((ndcg(&shown, &[3, 4, 8, 9], 3) - hits / ideal).abs() < 1e-15);
    assert_eq!(ndcg(&list(&[3, 4]), &[3, 4], 10), 1.0);
    assert_eq!((recall(&shown, &[]), ndcg(&shown, &[], 3), ndcg(&[], &[1], 0)), (0.0, 0.0, 0.0));
}

#[test]
fn frequency_counts_days_and_what_sells_only_parts_equals() {
    // Item 2 sells best, item 3 next, item 0 was bought twice.
    let log = log(&[(0, 0, 0), (0, 0, 1), (0, 1, 90), (0, 2, 10), (0, 3, 90), (1, 2, 95), (2, 2, 95), (1, 3, 95)]);
    let popular = Popularity::fit(&log, 100, 20);
    let frequency = |decay| Frequency { today: 100, decay, popular: &popular };
    assert_eq!(numbers(&top(frequency(Decay::None).scores(log.of(0)), 4)), [0, 2, 3, 1]);
    let decayed = frequency(Decay::HalfLife(10.0)).scores(log.of(0));
    assert_eq!(numbers(&top(decayed.clone(), 4)), [3, 1, 2, 0]);
    let two_of_three_customers = 2.0 / 3.0;
    assert!((decayed[3].score - 0.5 - two_of_three_customers).abs() < 1e-15, "a half-life ago, sold to two: {decayed:?}");
}

#[test]
fn cosine_by_hand() {
    // Item 0: customers 0 1 2 3. Item 1: customers 0 1 2. Item 2: customer 3.
    let log = log(&[(0, 0, 1), (1, 0, 1), (2, 0, 1), (3, 0, 1), (0, 1, 1), (1, 1, 2), (2, 1, 1), (2, 1, 9), (3, 2, 1)]);
    let cosine = Cosine::fit(&log, Neighbourhood::default());
    assert_eq!(cosine.neighbours(0), [Scored { item: 1, score: 3.0 / 12_f64.sqrt() }]);
    assert_eq!(cosine.neighbours(2), [], "one common customer is chance");
    let loose = Cosine::fit(&log, Neighbourhood { keep: 1, support: 1 });
    assert_eq!(numbers(loose.neighbours(0)), [1], "only the nearest is kept");
    assert_eq!(loose.neighbours(7), []);
    // Item 2 keeps item 0 and may be recommended for it; item 0 keeps only item 1 and is never recommended for item 2.
    assert_eq!(loose.scores(&[line(0, 0, 1)]), [Scored { item: 1, score: 3.0 / 12_f64.sqrt() }, Scored { item: 2, score: 0.5 }]);
    assert_eq!(loose.scores(&[line(0, 2, 1)]), []);
}

#[test]
fn popularity_counts_customers_of_the_window_once() {
    let log = log(&[(0, 0, 1), (0, 1, 50), (0, 1, 60), (1, 1, 99), (1, 0, 100)]);
    let popular = Popularity::fit(&log, 100, 50);
    assert_eq!((popular.customers(0), popular.customers(1), popular.customers(9)), (0, 2, 0));
}

#[test]
fn guards_say_why() {
    let good = Good::default();
    let shirt = Good { group: Some(7), rest_days: 100, ..good };
    let goods = [Good { stock: Stock::Out, ..good }, shirt, shirt, good, Good { rest_days: 30, ..good }];
    let guards = Guards { goods: &goods, today: 200 };
    let bought = log(&[(0, 4, 190), (0, 3, 199)]);
    let choice = guards.choose(list(&[0, 1, 2, 4, 3, 8]), bought.of(0), 3);
    assert_eq!(numbers(&choice.offered), [1, 3, 8]);
    assert_eq!(
        choice.refused,
        [(0, Refusal::OutOfStock), (2, Refusal::SameGroup { of: 1 }), (4, Refusal::Resting { until: 220 })]
    );
    let owner_of_a_variant = log(&[(0, 2, 150)]);
    let choice = guards.choose(list(&[1]), owner_of_a_variant.of(0), 3);
    assert_eq!(choice.refused, [(1, Refusal::Resting { until: 250 })], "another colour rests too");
    assert!(guards.choose(list(&[3]), &[], 0).offered.is_empty());
}

#[test]
fn silence_is_filled_with_the_category_then_with_best_sellers() {
    // Item 3 sells best; items 0, 1 and 2 are of category 5, of which the customer has 0.
    let log = log(&[(0, 0, 1), (1, 1, 1), (1, 3, 1), (2, 3, 1), (2, 1, 2), (3, 3, 1), (3, 2, 1)]);
    let near = Good { category: Some(5), ..Good::default() };
    let goods = [near, near, near, Good::default()];
    let nothing = Cosine::fit(&log, Neighbourhood { keep: 50, support: 99 });
    let popular = Popularity::fit(&log, 10, 60);
    let again = Frequency { today: 10, decay: Decay::None, popular: &popular };
    let offer = blocks(&again, &nothing, &popular, &Guards { goods: &goods, today: 10 }, log.of(0), 3);
    assert_eq!((numbers(&offer.again), numbers(&offer.new)), (vec![0], vec![1, 2, 3]));
}

#[test]
fn what_cannot_be_evaluated_is_named() {
    let error = |lines: &[(u32, u32, i32)], cut| Evaluation::new(&log(lines), cut).err();
    assert_eq!(error(&[], 5), Some(EvaluationError::Empty));
    assert_eq!(error(&[(0, 0, 7)], 5), Some(EvaluationError::NothingBefore { first: 7 }));
    assert_eq!(error(&[(0, 0, 3)], 5), Some(EvaluationError::NothingAfter { last: 3 }));
    assert_eq!(error(&[(0, 0, 3), (1, 0, 7)], 5), Some(EvaluationError::NobodyReturned));
}

#[test]
fn the_evaluation_splits_repeat_from_new() {
    // Customer 0 had items 0 and 1 and takes 0, 2 and 3; the basket of a later day does not count.
    let log = log(&[(0, 0, 1), (0, 1, 1), (0, 1, 2), (1, 2, 2), (0, 0, 10), (0, 2, 10), (0, 3, 10), (0, 1, 11)]);
    let evaluation = Evaluation::new(&log, 5).unwrap();
    assert_eq!((evaluation.baskets(), evaluation.basket_size()), (1, 3.0));
    assert!((evaluation.repeat_share() - 1.0 / 3.0).abs() < 1e-15);
    let popular = Popularity::fit(evaluation.before(), 5, 60);
    let judged = evaluation.judge(&Frequency { today: 5, decay: Decay::None, popular: &popular }, &popular, 1);
    assert_eq!(judged.repeat.unwrap().recall, 0.0, "item 1 was bought more often, and it was the other");
    assert_eq!(judged.new.unwrap().recall, 0.5, "filled with the best seller among the new");
}

#[test]
fn planted_tastes_are_found_and_popularity_is_beaten() {
    let shop = tasteful();
    let made = shop.make(7);
    let evaluation = Evaluation::new(&made.log, 540).unwrap();
    let popular = Popularity::fit(evaluation.before(), 540, 60);
    let cosine = Cosine::fit(evaluation.before(), Neighbourhood::default());
    let (mut same, mut all) = (0, 0);
    for item in 0..400 {
        for near in cosine.neighbours(item).iter().take(5) {
            all += 1;
            same += usize::from(shop.group(item) == shop.group(near.item));
        }
    }
    assert!(f64::from(same as u32) > 0.98 * f64::from(all as u32), "{same} of {all} nearest are of the same taste");
    let new = |model: &dyn Affinity| evaluation.judge(model, &popular, 10).new.unwrap().recall;
    let (cosine, popular, best) = (new(&cosine), new(&popular), new(&Knowing(&made, &shop)));
    assert!(cosine > 0.88 * best && popular < 0.1 * best, "cosine {cosine}, popularity {popular}, the truth {best}");
}

#[test]
fn pure_chance_gives_nothing_to_find() {
    let made = Shelves { loyalty: 0.0, ..tasteful() }.make(8);
    let evaluation = Evaluation::new(&made.log, 540).unwrap();
    let popular = Popularity::fit(evaluation.before(), 540, 60);
    let cosine = Cosine::fit(evaluation.before(), Neighbourhood::default());
    let recall = evaluation.judge(&cosine, &popular, 10).new.unwrap().recall;
    assert!((recall - 10.0 / 400.0).abs() < 0.015, "ten of four hundred at random are {}, found {recall}", 10.0 / 400.0);
}

#[cfg(feature = "ease")]
mod ease {
    use ltv::recommend::{Ease, EaseError, Ridge};

    use super::*;

    /// A small model's weights, straight from the definition: P by Gauss-Jordan, B = -P_ij / P_jj.
    fn by_hand(log: &Log, lambda: f64) -> Vec<Vec<f64>> {
        let n = log.items();
        let mut a = vec![vec![0.0; 2 * n]; n];
        for customer in log.customers() {
            let owned: std::collections::BTreeSet<_> = log.of(customer).iter().map(|line| line.item as usize).collect();
            for &i in &owned {
                owned.iter().for_each(|&j| a[i][j] += 1.0);
            }
        }
        for (i, row) in a.iter_mut().enumerate() {
            row[i] += lambda;
            row[n + i] = 1.0;
        }
        for pivot in 0..n {
            let scale = a[pivot][pivot];
            a[pivot].iter_mut().for_each(|value| *value /= scale);
            let pivot_row = a[pivot].clone();
            for (_, row) in a.iter_mut().enumerate().filter(|(i, _)| *i != pivot) {
                let factor = row[pivot];
                row.iter_mut().zip(&pivot_row).for_each(|(value, from)| *value -= factor * from);
            }
        }
        (0..n).map(|i| (0..n).map(|j| if i == j { 0.0 } else { -a[i][n + j] / a[j][n + j] }).collect()).collect()
    }

    #[test]
    fn weights_are_those_of_the_definition() {
        // 150 items: three tiles, the last one padded.
        let made = Shelves { customers: 400, groups: 15, ..tasteful() }.make(3);
        let expected = by_hand(&made.log, 20.0);
        for threads in [1, 2] {
            let ease = Ease::fit(&made.log, Ridge { lambda: 20.0, cap: 5000, threads }).unwrap();
            for i in 0..150 {
                for j in 0..150 {
                    let (found, wanted) = (ease.weight(i, j), expected[i as usize][j as usize]);
                    assert!((found - wanted).abs() < 1e-7, "B({i},{j}) is {found}, not {wanted}");
                }
            }
        }
    }

    #[test]
    fn threads_do_not_change_a_bit() {
        let log = Shelves { customers: 300, ..tasteful() }.make(5).log;
        let fit = |threads| Ease::fit(&log, Ridge { threads, ..Ridge::default() }).unwrap();
        assert!(fit(1) == fit(3) && fit(0) == fit(2));
    }

    #[test]
    fn the_cap_keeps_the_best_sellers() {
        let log = log(&[(0, 0, 1), (1, 2, 1), (2, 2, 1), (3, 1, 1), (4, 1, 1), (4, 2, 1)]);
        let ease = Ease::fit(&log, Ridge { lambda: 1.0, cap: 2, threads: 2 }).unwrap();
        assert_eq!(ease.items(), [2, 1]);
        assert_eq!((ease.weight(0, 2), ease.weight(2, 99)), (0.0, 0.0));
        assert!(ease.weight(1, 2) > 0.0);
        assert_eq!(Ease::fit(&Log::default(), Ridge::default()).unwrap().items(), []);
    }

    #[test]
    fn a_weight_without_an_inverse_is_refused() {
        let log = log(&[(0, 0, 1)]);
        for lambda in [0.0, -3.0, f64::INFINITY] {
            assert_eq!(Ease::fit(&log, Ridge { lambda, ..Ridge::default() }), Err(EaseError::Lambda(lambda)));
        }
        assert!(matches!(Ease::fit(&log, Ridge { lambda: f64::NAN, ..Ridge::default() }), Err(EaseError::Lambda(_))));
        // 1 + 1e-300 is 1: the third customer's two items have equal columns.
        let twins = super::log(&[(0, 0, 1), (0, 1, 1)]);
        assert_eq!(Ease::fit(&twins, Ridge { lambda: 1e-300, ..Ridge::default() }), Err(EaseError::Singular));
    }

    #[test]
    fn planted_tastes_are_found() {
        let shop = tasteful();
        let made = shop.make(7);
        let evaluation = Evaluation::new(&made.log, 540).unwrap();
        let popular = Popularity::fit(evaluation.before(), 540, 60);
        let ease = Ease::fit(evaluation.before(), Ridge::default()).unwrap();
        let new = |model: &dyn Affinity| evaluation.judge(model, &popular, 10).new.unwrap().recall;
        let (ease, best) = (new(&ease), new(&Knowing(&made, &shop)));
        assert!(ease > 0.88 * best, "EASE finds {ease}, the truth {best}");
    }
}

fn any_log() -> impl Strategy<Value = Log> {
    prop::collection::vec((0_u32..12, 0_u32..9, -40_i32..40), 0..120).prop_map(|lines| {
        let lines = lines.into_iter().map(|(customer, item, day)| line(customer, item, day)).collect();
        Log::new(lines, 12, 9).unwrap()
    })
}

proptest! {
    #[test]
    fn similarity_is_symmetric_and_at_most_one(log in any_log()) {
        let cosine = Cosine::fit(&log, Neighbourhood { keep: 99, support: 1 });
        for item in 0..9 {
            for near in cosine.neighbours(item) {
                prop_assert!(near.score > 0.0 && near.score <= 1.0 + 1e-12);
                let back = cosine.neighbours(near.item).iter().find(|other| other.item == item).unwrap();
                prop_assert_eq!(back.score, near.score);
            }
        }
    }

    #[test]
    fn figures_lie_between_nothing_and_all(log in any_log(), cut in -40_i32..40, k in 0_usize..12) {
        let Ok(evaluation) = Evaluation::new(&log, cut) else { return Ok(()) };
        let popular = Popularity::fit(evaluation.before(), cut, 60);
        let frequency = Frequency { today: cut, decay: Decay::HalfLife(30.0), popular: &popular };
        let judged = evaluation.judge(&frequency, &popular, k);
        for figures in [judged.all, judged.repeat, judged.new].into_iter().flatten() {
            prop_assert!((0.0..=1.0).contains(&figures.recall) && (0.0..=1.0 + 1e-12).contains(&figures.ndcg));
        }
        if k >= 9 {
            prop_assert!(judged.repeat.is_none_or(|figures| figures.recall == 1.0), "a list as long as the shop has it all");
        }
    }

    #[test]
    fn blocks_never_share_an_item_nor_a_group(log in any_log(), groups in prop::collection::vec(prop::option::of(0_u32..3), 9)) {
        let goods: Vec<Good> = groups.into_iter().map(|group| Good { group, ..Good::default() }).collect();
        let guards = Guards { goods: &goods, today: 40 };
        let cosine = Cosine::fit(&log, Neighbourhood { keep: 50, support: 1 });
        let popular = Popularity::fit(&log, 40, 60);
        let frequency = Frequency { today: 40, decay: Decay::None, popular: &popular };
        for customer in log.customers() {
            let offer = blocks(&frequency, &cosine, &popular, &guards, log.of(customer), 4);
            let owned = |item: u32| log.of(customer).iter().any(|line| line.item == item);
            prop_assert!(offer.again.iter().all(|scored| owned(scored.item)));
            prop_assert!(offer.new.iter().all(|scored| !owned(scored.item)));
            for block in [&offer.again, &offer.new] {
                let mut groups: Vec<_> = block.iter().filter_map(|scored| goods[scored.item as usize].group).collect();
                let shown = groups.len();
                groups.sort_unstable();
                groups.dedup();
                prop_assert_eq!(groups.len(), shown);
            }
        }
    }
}
