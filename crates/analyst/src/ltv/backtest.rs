//! `enishi ltv backtest`.

use std::path::PathBuf;

use jiff::civil::Date;
use ltv::purchase::{Backtest, Contestant, Method, Severity, backtest, summarise};
use serde::Serialize;

use super::log::{self, Log};
use super::model;
use super::said::{self, Failed};
use crate::failure::{Failure, Fault};
use crate::words;
use crate::{Console, Language, Words};

/// What to test.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Transactions as CSV: customer, date (2026-01-31), amount (negative for a refund), optional currency. `-` is standard input.
    #[arg(long, value_name = "TRANSACTIONS")]
    input: PathBuf,
    /// The last day that models may see; what comes after judges them.
    #[arg(long, value_name = "DATE")]
    calibration_end: Date,
    /// The last day that counts; left out: that of the last transaction.
    #[arg(long, value_name = "DATE")]
    end: Option<Date>,
    /// The currency, where there are several.
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
}

#[derive(Debug, Serialize)]
struct Answer {
    currency: String,
    calibration_end: Date,
    end: Date,
    holdout_weeks: f64,
    customers: usize,
    left_out: Vec<LeftOut>,
    actual: Actual,
    models: Vec<Row>,
    recommended: &'static str,
    statement: String,
}

/// A customer for whom no model holds.
#[derive(Debug, Serialize)]
struct LeftOut {
    line: u64,
    customer: String,
    statement: String,
}

#[derive(Debug, Serialize)]
struct Actual {
    purchases: f64,
    value: f64,
    best_decile_value: f64,
}

#[derive(Debug, Serialize)]
struct Row {
    model: &'static str,
    total_purchases: f64,
    total_error: Option<f64>,
    mae: f64,
    auc: Option<f64>,
    top_decile_value: f64,
    verdict: &'static str,
    gates: Vec<Failed>,
    cautions: Vec<Failed>,
}

pub fn run(args: &Args, console: &mut Console<'_>) -> Result<(), Failure> {
    let logs = log::read(&args.input, console)?;
    let log = log::only(logs, args.currency.as_deref(), &args.input)?.with_orders(&args.input)?;
    log.say_refunds(console);
    let (start, end) = window(args, &log)?;
    console.progress(&words!("fitting every model", "各モデルを推定しています"));
    let found = backtest(&log.customers, start, end)
        .map_err(|fault| Failure::fault(&args.input, Fault::line(log.first_line, said::of_fit(fault))))?;
    for place in &found.outside {
        let (line, Words { english, japanese }) = (log.names[*place].1, apart(*place, &log, start));
        console.progress(&words!("line {line}: {english}", "{line}行目: {japanese}"));
    }
    let answer = answer(&found, &log, (start, end), console.language());
    console.json(&answer)
}

fn window(args: &Args, log: &Log) -> Result<(i32, i32), Failure> {
    let start = log::day(args.calibration_end);
    let end = args.end.map_or(log.last_day, log::day);
    if end <= start {
        let (start, end) = (args.calibration_end, log::date(end));
        return Err(Failure::Use(words!(
            "--calibration-end {start} leaves nothing to judge by: the last day is {end}",
            "--calibration-end {start} より後の期間がありません(最終日 {end})"
        )));
    }
    Ok((start, end))
}

/// The method that may be used: of those that no gate refuses the one with the smallest error, else x/T.
fn recommended(found: &Backtest) -> &'static str {
    let standing = found.contestants.iter().filter(|contestant| contestant.method != Method::Naive && contestant.stands());
    standing
        .min_by(|left, right| left.mean_absolute_error.total_cmp(&right.mean_absolute_error))
        .map_or("naive", |contestant| model::method(contestant.method))
}

fn answer(found: &Backtest, log: &Log, (start, end): (i32, i32), language: Language) -> Answer {
    let recommended = recommended(found);
    let statement = if recommended == "naive" {
        words!(
            "no model may be used: go by x/T, or by RFM groups alone",
            "使えるモデルがありません。x/T またはRFMグループだけをお使いください"
        )
    } else {
        words!(
            "{recommended} may be used: it beats x/T on what came after",
            "{recommended} を使えます(その後の実績で x/T を上回りました)"
        )
    };
    Answer {
        currency: log.shown().to_owned(),
        calibration_end: log::date(start),
        end: log::date(end),
        holdout_weeks: f64::from(end - start) / 7.0,
        customers: found.customers,
        left_out: found.outside.iter().map(|place| left_out(*place, log, start, language)).collect(),
        actual: Actual { purchases: found.purchases, value: found.value, best_decile_value: found.best_decile_value },
        models: found.contestants.iter().map(|contestant| row(contestant, found, language)).collect(),
        recommended,
        statement: statement.in_language(language).to_owned(),
    }
}

fn left_out(place: usize, log: &Log, start: i32, language: Language) -> LeftOut {
    let (customer, line) = log.names[place].clone();
    LeftOut { line, statement: apart(place, log, start).in_language(language).to_owned(), customer }
}

/// What is said of a customer for whom no model holds.
fn apart(place: usize, log: &Log, start: i32) -> Words {
    let customer = &log.names[place].0;
    let days = summarise(&log.customers[place], start).map_or(0, |known| known.history.x() + 1);
    words!(
        "{customer} bought on {days} days, far more than a model of the other customers allows (a wholesale buyer, the shop's own \
         account?): no model holds for this customer, who is left out of every figure; treat them apart",
        "{customer} の購入日は{days}日と、ほかの顧客からは説明できない多さです(卸売や自社の注文ではありませんか)。モデルは当てはまらない\
         ため、すべての数値から除外しました。別に扱ってください"
    )
}

fn row(contestant: &Contestant, found: &Backtest, language: Language) -> Row {
    let (gates, cautions) = said::failed(&contestant.gates, language, said::words);
    Row {
        model: model::method(contestant.method),
        total_purchases: contestant.total,
        total_error: (found.purchases > 0.0).then(|| contestant.total / found.purchases - 1.0),
        mae: contestant.mean_absolute_error,
        auc: contestant.auc,
        top_decile_value: contestant.top_decile_value,
        verdict: verdict(contestant),
        gates,
        cautions,
    }
}

fn verdict(contestant: &Contestant) -> &'static str {
    let forbids = |severity| contestant.gates.iter().any(|gate| gate.severity() == severity);
    match () {
        () if contestant.method == Method::Naive => "baseline",
        () if forbids(Severity::Refuse) => "refused",
        () if forbids(Severity::NoDropout) => "no_dropout",
        () => "accepted",
    }
}
