use std::path::PathBuf;

use jiff::civil::Date;
use ltv::recommend::{
    Affinity, Cosine, Decay, Evaluation, EvaluationError, Figures, Frequency, Judgement, Neighbourhood, Popularity,
};
use serde::Serialize;

use crate::goods::{self, Goods, Summary};
use crate::words;
use crate::{Console, Failure};

/// Fewer baskets than this and a difference of some hundredths is chance.
const FEW_BASKETS: usize = 200;

/// Its arguments.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// CSV (UTF-8 or Shift_JIS) with the columns customer, item, date and optionally quantity; lines with a quantity of 0 or
    /// less are returns and left out
    file: PathBuf,
    /// The first day that is not learnt from (2026-01-31)
    #[arg(long, value_name = "DATE")]
    cut: Date,
    /// Items shown in a list
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    k: u16,
    /// Days before the cut in which popularity is counted
    #[arg(long, default_value_t = 60, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    popular_days: u32,
    /// Half-life of the decayed frequency, in days
    #[arg(long, default_value_t = 90, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..))]
    half_life: u16,
    /// Customers who must have bought both items before they count as similar
    #[arg(long, default_value_t = 3, value_name = "CUSTOMERS")]
    support: u32,
    /// EASE's weight against chance, in customers
    #[cfg(feature = "ease")]
    #[arg(long, default_value_t = 200.0, value_name = "CUSTOMERS")]
    lambda: f64,
    /// EASE takes only so many best sellers: 8 bytes of memory for each pair of them
    #[cfg(feature = "ease")]
    #[arg(long, default_value_t = 5000, value_name = "ITEMS", value_parser = clap::value_parser!(u16).range(1..=20_000))]
    ease_cap: u16,
    /// Today, if it is not the machine's date; dates behind the day after it are faults
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
}

#[derive(Serialize)]
struct Answer {
    file: Summary,
    cut: Date,
    k: usize,
    /// Known customers who came back.
    baskets: usize,
    basket_size: f64,
    repeat_share: f64,
    models: Vec<Row>,
    best: Best,
    gates: Vec<&'static str>,
}

#[derive(Serialize)]
struct Row {
    model: &'static str,
    all: Option<Shown>,
    repeat: Option<Shown>,
    new: Option<Shown>,
}

#[derive(Clone, Copy, Serialize)]
struct Shown {
    baskets: usize,
    recall: f64,
    ndcg: f64,
}

/// The model with the highest recall; popularity where nothing beats it.
#[derive(Serialize)]
struct Best {
    repeat: Option<&'static str>,
    new: Option<&'static str>,
}

pub(super) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<(), Failure> {
    let Goods { log, file } = goods::read(&arguments.file, arguments.today.unwrap_or_else(|| console.today()))?;
    let cut = goods::day(arguments.cut);
    let evaluation = Evaluation::new(&log, cut).map_err(|error| refusal(error, arguments))?;
    let models = judged(arguments, &evaluation, console)?;
    console.json(&Answer {
        file,
        cut: arguments.cut,
        k: arguments.k.into(),
        baskets: evaluation.baskets(),
        basket_size: evaluation.basket_size(),
        repeat_share: evaluation.repeat_share(),
        best: Best { repeat: best(&models, |row| row.repeat), new: best(&models, |row| row.new) },
        gates: gates(&evaluation, &models),
        models,
    })
}

fn judged(arguments: &Arguments, evaluation: &Evaluation, console: &mut Console<'_>) -> Result<Vec<Row>, Failure> {
    let before = evaluation.before();
    let today = goods::day(arguments.cut);
    let popular = Popularity::fit(before, today, arguments.popular_days);
    let neighbourhood = Neighbourhood { support: arguments.support, ..Neighbourhood::default() };
    let frequency = |decay| Frequency { today, decay, popular: &popular };
    let ask = |name, model: &dyn Affinity| row(name, evaluation.judge(model, &popular, arguments.k.into()));

    working("popularity", console);
    let mut rows = vec![ask("popularity", &popular)];
    working("frequency", console);
    rows.push(ask("frequency", &frequency(Decay::None)));
    rows.push(ask("frequency_decayed", &frequency(Decay::HalfLife(arguments.half_life.into()))));
    working("cosine", console);
    rows.push(ask("cosine", &Cosine::fit(before, neighbourhood)));
    #[cfg(feature = "ease")]
    {
        working("ease", console);
        rows.push(ask("ease", &ease(arguments, before)?));
    }
    Ok(rows)
}

fn working(model: &str, console: &mut Console<'_>) {
    console.progress(&words!("{model}: learning and asking …", "{model}: 学習と評価をしています…"));
}

#[cfg(feature = "ease")]
fn ease(arguments: &Arguments, log: &ltv::goods::Log) -> Result<ltv::recommend::Ease, Failure> {
    use ltv::recommend::{Ease, Ridge};
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    Ease::fit(log, Ridge { lambda: arguments.lambda, cap: arguments.ease_cap.into(), threads }).map_err(|_| {
        let lambda = arguments.lambda;
        Failure::Use(words!(
            "--lambda {lambda} gives no model: it must be above 0, best between 50 and 1000",
            "--lambda {lambda} ではモデルを作れません。0より大きい値(目安は50~1000)を指定してください"
        ))
    })
}

fn row(model: &'static str, judgement: Judgement) -> Row {
    let shown = |figures: Option<Figures>| figures.map(|Figures { baskets, recall, ndcg }| Shown { baskets, recall, ndcg });
    Row { model, all: shown(judgement.all), repeat: shown(judgement.repeat), new: shown(judgement.new) }
}

/// Of equals the earlier, so that nothing is preferred to popularity for nothing.
fn best(models: &[Row], of: impl Fn(&Row) -> Option<Shown>) -> Option<&'static str> {
    let recalls = models.iter().filter_map(|row| Some((row.model, of(row)?.recall)));
    recalls.reduce(|best, one| if one.1 > best.1 { one } else { best }).map(|(model, _)| model)
}

fn gates(evaluation: &Evaluation, models: &[Row]) -> Vec<&'static str> {
    let silent = |of: fn(&Row) -> Option<Shown>| models.iter().all(|row| of(row).is_none());
    [
        (evaluation.baskets() < FEW_BASKETS, "few_baskets"),
        (silent(|row| row.repeat), "nothing_bought_again"),
        (silent(|row| row.new), "nothing_bought_anew"),
    ]
    .into_iter()
    .filter_map(|(holds, gate)| holds.then_some(gate))
    .collect()
}

fn refusal(error: EvaluationError, arguments: &Arguments) -> Failure {
    let cut = arguments.cut;
    match error {
        EvaluationError::Empty => Failure::Failed(words!("there is no purchase", "購入がありません")),
        EvaluationError::NothingBefore { first } => {
            let first = goods::date_of(first);
            Failure::Use(words!(
                "--cut {cut}: nothing was bought before it; the first purchase is of {first}",
                "--cut {cut}: それより前の購入がありません(最初の購入は{first})"
            ))
        }
        EvaluationError::NothingAfter { last } => {
            let last = goods::date_of(last);
            Failure::Use(words!(
                "--cut {cut}: nothing was bought from it on; the last purchase is of {last}",
                "--cut {cut}: その日以降の購入がありません(最後の購入は{last})"
            ))
        }
        EvaluationError::NobodyReturned => Failure::Failed(words!(
            "nobody bought both before {cut} and from it on: there is nothing to compare",
            "{cut}の前と以降の両方で購入した顧客がいないため、比べられません"
        )),
    }
}
