use std::path::PathBuf;

use jiff::civil::Date;
use ltv::goods::Log;
use ltv::replenish::{
    Bin, Due, Evaluation, EvaluationError, Hazard, HazardError, Naive, Pair, Rate, Rhythm, Rule, Shares, Switch, auc,
    average_precision, calibration,
};
use serde::Serialize;

use crate::goods::{self, Goods, Summary};
use crate::words;
use crate::{Console, Failure};

/// Fewer repeat purchases than this within the horizon and an AUC is chance to a hundredth or two.
const FEW_REPEATS: usize = 200;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// CSV (UTF-8 or Shift_JIS) with the columns customer, item, date and optionally quantity; lines with a quantity of 0 or
    /// less are returns and left out
    file: PathBuf,
    /// The first day that is not learnt from (2026-01-31)
    #[arg(long, value_name = "DATE")]
    cut: Date,
    /// Days to look ahead, the cut included
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=728))]
    horizon: u16,
    /// Whether n packs last n times as long as one
    #[arg(long, value_enum, default_value_t = Packs::Auto)]
    packs: Packs,
    /// Finished intervals an item needs before anybody is reminded of it
    #[arg(long, default_value_t = 30, value_name = "N")]
    intervals: u32,
    /// Today, if it is not the machine's date; dates behind the day after it are faults
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
}

/// What a quantity means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Packs {
    /// Whichever makes the intervals before the cut more regular
    Auto,
    /// n packs last n times as long
    Stretch,
    /// A purchase is a purchase
    Ignore,
}

impl Packs {
    fn in_log(self, log: &Log, cut: i32) -> ltv::replenish::Packs {
        match self {
            Self::Auto => ltv::replenish::Packs::of_log(log, cut),
            Self::Stretch => ltv::replenish::Packs::Stretch,
            Self::Ignore => ltv::replenish::Packs::Ignore,
        }
    }
}

#[derive(Serialize)]
struct Answer {
    file: Summary,
    cut: Date,
    horizon_days: u16,
    packs: &'static str,
    pairs: usize,
    bought_again: usize,
    base_rate: f64,
    naive: Vec<Scored>,
    models: Vec<Modelled>,
    windows: Vec<Windowed>,
    fitted: Fitted,
    items: Items,
    /// By average precision.
    best: &'static str,
    beats_naive: bool,
    gates: Vec<&'static str>,
}

#[derive(Serialize)]
struct Scored {
    score: &'static str,
    auc: Option<f64>,
    average_precision: Option<f64>,
}

#[derive(Serialize)]
struct Modelled {
    model: &'static str,
    auc: Option<f64>,
    average_precision: Option<f64>,
    mean_predicted: f64,
    calibration: Vec<Tenth>,
}

#[derive(Serialize)]
struct Tenth {
    pairs: usize,
    predicted: f64,
    observed: f64,
}

#[derive(Serialize)]
struct Windowed {
    model: &'static str,
    due_pairs: usize,
    due_bought_again: f64,
    other_pairs: usize,
    other_bought_again: f64,
}

/// What the models say of the shop.
#[derive(Serialize)]
struct Fitted {
    /// Repeat purchases per day and pack.
    rate_per_day: f64,
    rate_shape: f64,
    rate_item_shape: f64,
    /// Median days a pack lasts with those who buy again.
    median_interval_days: f64,
    /// Standard deviations of ln(days).
    spread_within_pairs: f64,
    spread_between_customers: f64,
    spread_between_items: f64,
}

/// Items by what their switch says.
#[derive(Default, Serialize)]
struct Items {
    on: usize,
    few_intervals: usize,
    rarely_repeated: usize,
}

/// Everything learnt from the days before the cut.
struct Learnt {
    rate: Rate,
    rhythm: Rhythm,
    shares: Shares,
    hazard: Result<Hazard, HazardError>,
}

pub(super) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<(), Failure> {
    let Goods { log, file } = goods::read(&arguments.file, arguments.today.unwrap_or_else(|| console.today()))?;
    let cut = goods::day(arguments.cut);
    let packs = arguments.packs.in_log(&log, cut);
    let evaluation = Evaluation::new(&log, cut, arguments.horizon.into(), packs).map_err(|error| refusal(error, arguments))?;
    console.progress(&words!("learning …", "学習しています…"));
    let learnt = learn(arguments, &evaluation, packs)?;
    let naive = naive(&evaluation, &learnt.shares);
    let models = models(&learnt, &evaluation, arguments.horizon.into());
    let bought_again = evaluation.bought().iter().filter(|bought| **bought).count();
    let best = best(&naive, &models);
    console.json(&Answer {
        file,
        cut: arguments.cut,
        horizon_days: arguments.horizon,
        packs: match packs {
            ltv::replenish::Packs::Stretch => "stretch",
            ltv::replenish::Packs::Ignore => "ignore",
        },
        pairs: evaluation.pairs().len(),
        bought_again,
        base_rate: evaluation.base_rate(),
        windows: windows(&learnt, &evaluation),
        fitted: fitted(&learnt.rate, &learnt.rhythm),
        items: switched(&evaluation, &learnt.shares),
        gates: gates(bought_again, learnt.hazard.as_ref().err(), &best),
        best: best.score,
        beats_naive: best.kind == Kind::Model,
        naive,
        models,
    })
}

fn learn(arguments: &Arguments, evaluation: &Evaluation, packs: ltv::replenish::Packs) -> Result<Learnt, Failure> {
    let (pairs, before) = (evaluation.pairs(), evaluation.before());
    let unrepeated = |_| {
        let cut = arguments.cut;
        Failure::Failed(words!(
            "before {cut} nobody bought the same item twice: there is no interval to learn from",
            "{cut}より前に同じ商品を2回買った顧客がいないため、間隔を学習できません"
        ))
    };
    Ok(Learnt {
        rate: Rate::fit(pairs, before.items()).map_err(unrepeated)?,
        rhythm: Rhythm::fit(pairs, before.items()).map_err(unrepeated)?,
        shares: Shares::fit(pairs, before.items(), Rule { intervals: arguments.intervals, ..Rule::default() }),
        hazard: Hazard::fit(before, goods::day(arguments.cut), arguments.horizon.into(), packs),
    })
}

fn models(learnt: &Learnt, evaluation: &Evaluation, horizon: f64) -> Vec<Modelled> {
    let mut models = vec![modelled("poisson_gamma", evaluation, |pair| learnt.rate.probability(pair, horizon))];
    if let Ok(hazard) = &learnt.hazard {
        models.push(modelled("hazard", evaluation, |pair| hazard.probability(pair, horizon)));
    }
    models
}

fn windows(learnt: &Learnt, evaluation: &Evaluation) -> Vec<Windowed> {
    let on = |pair: &Pair| learnt.shares.switch(pair.item) == Switch::On;
    vec![
        windowed("poisson_gamma", evaluation.due(|pair| on(pair).then(|| learnt.rate.window(pair)))),
        windowed("rhythm", evaluation.due(|pair| on(pair).then(|| learnt.rhythm.window(pair)))),
    ]
}

fn naive(evaluation: &Evaluation, shares: &Shares) -> Vec<Scored> {
    let names = [
        ("recency", Naive::Recency),
        ("count", Naive::Count),
        ("customer_rate", Naive::CustomerRate),
        ("item_share", Naive::ItemShare),
    ];
    names
        .into_iter()
        .map(|(score, naive)| {
            let (scores, bought) = (evaluation.naive(naive, shares), evaluation.bought());
            Scored { score, auc: auc(&scores, bought), average_precision: average_precision(&scores, bought) }
        })
        .collect()
}

fn modelled(model: &'static str, evaluation: &Evaluation, probability: impl Fn(&Pair) -> f64) -> Modelled {
    let predicted: Vec<f64> = evaluation.pairs().iter().map(probability).collect();
    let bought = evaluation.bought();
    let tenth = |Bin { size, predicted, observed }| Tenth { pairs: size, predicted, observed };
    Modelled {
        model,
        auc: auc(&predicted, bought),
        average_precision: average_precision(&predicted, bought),
        mean_predicted: predicted.iter().sum::<f64>() / predicted.len().max(1) as f64,
        calibration: calibration(&predicted, bought, 10).into_iter().map(tenth).collect(),
    }
}

fn windowed(model: &'static str, due: Due) -> Windowed {
    Windowed {
        model,
        due_pairs: due.due,
        due_bought_again: due.due_bought,
        other_pairs: due.rest,
        other_bought_again: due.rest_bought,
    }
}

fn fitted(rate: &Rate, rhythm: &Rhythm) -> Fitted {
    let [spread_within_pairs, spread_between_customers, spread_between_items] = rhythm.spreads();
    Fitted {
        rate_per_day: rate.shop(),
        rate_shape: rate.shape(),
        rate_item_shape: rate.item_shape(),
        median_interval_days: rhythm.shop(),
        spread_within_pairs,
        spread_between_customers,
        spread_between_items,
    }
}

fn switched(evaluation: &Evaluation, shares: &Shares) -> Items {
    let mut sold: Vec<u32> = evaluation.pairs().iter().map(|pair| pair.item).collect();
    sold.sort_unstable();
    sold.dedup();
    let mut items = Items::default();
    for item in sold {
        match shares.switch(item) {
            Switch::On => items.on += 1,
            Switch::FewIntervals { .. } => items.few_intervals += 1,
            Switch::RarelyRepeated { .. } => items.rarely_repeated += 1,
        }
    }
    items
}

/// What ranks best.
struct Best {
    score: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Naive,
    Model,
}

/// The highest average precision, naive scores first, so that no model is preferred for nothing.
fn best(naive: &[Scored], models: &[Modelled]) -> Best {
    let naive = naive.iter().map(|one| (one.average_precision, Best { score: one.score, kind: Kind::Naive }));
    let models = models.iter().map(|one| (one.average_precision, Best { score: one.model, kind: Kind::Model }));
    let best = naive.chain(models).reduce(|best, one| if one.0 > best.0 { one } else { best });
    best.map_or(Best { score: "none", kind: Kind::Naive }, |(_, best)| best)
}

fn gates(bought_again: usize, hazard: Option<&HazardError>, best: &Best) -> Vec<&'static str> {
    let hazard = hazard.map(|error| match error {
        HazardError::NoRepeat => "hazard_window_too_short",
        HazardError::NothingHappened => "hazard_nothing_happened",
    });
    let few = (bought_again < FEW_REPEATS).then_some("few_repeats");
    let worse = (best.kind == Kind::Naive).then_some("worse_than_naive");
    [few, hazard, worse].into_iter().flatten().collect()
}

fn refusal(error: EvaluationError, arguments: &Arguments) -> Failure {
    let (cut, horizon) = (arguments.cut, arguments.horizon);
    match error {
        EvaluationError::Empty => Failure::Failed(words!("there is no purchase", "購入がありません")),
        EvaluationError::NothingBefore { first } => {
            let first = goods::date_of(first);
            Failure::Use(words!(
                "--cut {cut}: nothing was bought before it; the first purchase is of {first}",
                "--cut {cut}: それより前の購入がありません(最初の購入は{first})"
            ))
        }
        EvaluationError::TooShort { last, needed } => {
            let (last, needed) = (goods::date_of(last), goods::date_of(needed));
            Failure::Use(words!(
                "--cut {cut} --horizon {horizon}: the horizon ends on {needed}, but the last purchase is of {last}",
                "--cut {cut} --horizon {horizon}: 期間の終わりは{needed}ですが、最後の購入は{last}です"
            ))
        }
        EvaluationError::NothingAgain => Failure::Failed(words!(
            "within {horizon} days from {cut} nobody bought the same item again: there is nothing to tell apart",
            "{cut}から{horizon}日間に同じ商品を再び買った顧客がいないため、評価できません"
        )),
        EvaluationError::NoHorizon => Failure::Use(words!("--horizon must be 1 or more", "--horizon は1以上にしてください")),
    }
}
