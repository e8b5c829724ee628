//! `enishi ltv predict`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use ltv::purchase::{GammaGamma, Gate, Model, Parameters, Score, Severity, score};
use serde::{Deserialize, Serialize};

use super::customers::{self, Customers};
use super::fit::{Fitted, of_customers, spending};
use super::left_out;
use super::model::{self, ModelName};
use super::said;
use crate::failure::{Failure, Fault};
use crate::input;
use crate::words;
use crate::{Console, Words};

/// What to predict.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The model.
    #[arg(long)]
    model: ModelName,
    /// Customers as CSV, with the columns of `enishi ltv fit`. With zbar the expected value is given too. `-` is standard input.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// How far to look ahead, in weeks.
    #[arg(long, value_name = "WEEKS")]
    horizon: f64,
    /// Parameters: the JSON of `enishi ltv fit`. Left out: they are fitted to the input.
    #[arg(long, value_name = "FILE")]
    params: Option<PathBuf>,
    /// Also between how many purchases this share of the predictive probability lies, 0.8 for four fifths.
    #[arg(long, value_name = "LEVEL")]
    interval: Option<f64>,
    /// How rows are written.
    #[arg(long, default_value = "jsonl")]
    format: Format,
    #[command(flatten)]
    left_out: left_out::Limit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// An object of JSON a line.
    Jsonl,
    /// CSV with a header.
    Csv,
}

/// What `fit` has written, as far as it is needed.
#[derive(Debug, Deserialize)]
struct Written {
    model: String,
    params: BTreeMap<String, f64>,
    gamma_gamma: Option<WrittenSpend>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct WrittenSpend {
    p: f64,
    q: f64,
    v: f64,
}

/// What rows are made with.
struct Basis {
    parameters: Parameters,
    spend: Option<GammaGamma>,
    /// Whether P(alive) may be shown.
    dropout: Dropout,
}

/// The rows that are written, and what they are made with.
struct Rows<'a> {
    args: &'a Args,
    customers: &'a Customers,
    basis: &'a Basis,
    /// Places of the customers for whom no model holds, ascending.
    outside: &'a [usize],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Dropout {
    Known,
    NotIdentifiable,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    id: &'a str,
    p_alive: Option<f64>,
    expected_purchases: f64,
    p_buy: Option<f64>,
    expected_value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purchases_low: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purchases_high: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<&'static str>,
}

pub fn run(args: &Args, console: &mut Console<'_>) -> Result<(), Failure> {
    check(args)?;
    let customers = customers::read(&args.input)?;
    customers.say_twice(console);
    let (basis, outside) = match &args.params {
        Some(path) => {
            let basis = written(path, args.model.into())?;
            let outside = args.left_out.places_beside(&basis.parameters, &customers, console)?;
            (basis, outside)
        }
        None => {
            let outside = args.left_out.places(&customers, console)?;
            (fitted(args, &customers.without(&outside), console)?, outside)
        }
    };
    if basis.spend.is_none() {
        console.progress(&words!(
            "no expected value: what customers spend is not known (column zbar, or parameters of --gamma-gamma)",
            "購入単価が分からないため(「zbar」列、または --gamma-gamma のパラメーター)、予測金額はありません"
        ));
    }
    let scores = score(&basis.parameters, &customers.histories, args.horizon);
    Rows { args, customers: &customers, basis: &basis, outside: &outside }.write(&scores, console)
}

fn check(args: &Args) -> Result<(), Failure> {
    let weeks = args.horizon;
    if !weeks.is_finite() || weeks <= 0.0 || weeks > 5_200.0 {
        return Err(Failure::Use(words!(
            "--horizon {weeks}: weeks above 0, at most 5,200",
            "--horizon {weeks}: 0より大きく5,200以下の週数を指定してください"
        )));
    }
    match args.interval {
        Some(level) if !(level > 0.0 && level < 1.0) => Err(Failure::Use(words!(
            "--interval {level}: a share between 0 and 1",
            "--interval {level}: 0と1の間の値を指定してください"
        ))),
        _ => Ok(()),
    }
}

/// Fits to the input; what a gate forbids is not said.
fn fitted(args: &Args, customers: &Customers, console: &mut Console<'_>) -> Result<Basis, Failure> {
    let Fitted { fit, gates, nbd } = of_customers(args.model.into(), customers, &args.input)?;
    refuse(&gates, &args.input, customers)?;
    for gate in &gates {
        console.progress(&customers.words(gate));
    }
    let no_dropout = gates.iter().any(|gate| gate.severity() == Severity::NoDropout);
    let spend = fitted_spend(args, customers, console);
    Ok(match no_dropout {
        true => Basis { parameters: nbd.parameters, spend, dropout: Dropout::NotIdentifiable },
        false => Basis { parameters: fit.parameters, spend, dropout: Dropout::Known },
    })
}

/// What customers spend; said why it is not known where the column is there.
fn fitted_spend(args: &Args, customers: &Customers, console: &mut Console<'_>) -> Option<GammaGamma> {
    customers.spends.as_ref()?;
    match spending(customers, &args.input) {
        Ok(found) => {
            found.gates.iter().for_each(|gate| console.progress(&said::words(gate)));
            found.gates.is_empty().then_some(found.fit.model)
        }
        Err(failure) => {
            console.refuse(&failure);
            None
        }
    }
}

fn refuse(gates: &[Gate], path: &Path, customers: &Customers) -> Result<(), Failure> {
    let refused: Vec<Words> = gates.iter().filter(|gate| gate.severity() == Severity::Refuse).map(said::words).collect();
    if refused.is_empty() {
        return Ok(());
    }
    let hint = words!(
        "nothing is predicted; with parameters from more data (--params) it can be",
        "予測は行いません。より多くのデータから推定したパラメーター(--params)があれば予測できます"
    );
    let fault = |words| Fault::line(customers.last_line(), words);
    Err(Failure::faults(path, refused.into_iter().chain([hint]).map(fault)))
}

fn written(path: &Path, model: Model) -> Result<Basis, Failure> {
    let bytes = input::bytes(path)?;
    let written: Written = serde_json::from_slice(&bytes).map_err(|error| {
        let line = u64::try_from(error.line()).unwrap_or(1);
        Failure::fault(
            path,
            Fault::line(line, words!("not the JSON of `ltv fit`: {error}", "`ltv fit` のJSONではありません: {error}")),
        )
    })?;
    let fault = |words| Failure::fault(path, Fault::line(1, words));
    if written.model != model::name(model) {
        let (found, wanted) = (&written.model, model::name(model));
        return Err(fault(words!("parameters of {found}, not of {wanted}", "{wanted} ではなく {found} のパラメーターです")));
    }
    let values: Vec<f64> = model.names().iter().filter_map(|name| written.params.get(*name).copied()).collect();
    let parameters = Parameters::new(model, &values).ok_or_else(|| {
        let names = model.names().join(", ");
        fault(words!("params needs {names}, each above 0", "params に {names}(いずれも0より大きい値)が必要です"))
    })?;
    let spend = written.gamma_gamma.map(|WrittenSpend { p, q, v }| GammaGamma { p, q, v });
    if spend.is_some_and(|GammaGamma { p, q, v }| !(p > 0.0 && q > 1.0 && v > 0.0)) {
        return Err(fault(words!(
            "gamma_gamma needs p and v above 0 and q above 1",
            "gamma_gamma には0より大きい p, v と1より大きい q が必要です"
        )));
    }
    Ok(Basis { parameters, spend, dropout: Dropout::Known })
}

impl<'a> Rows<'a> {
    fn write(&self, scores: &[Score], console: &mut Console<'_>) -> Result<(), Failure> {
        if self.args.format == Format::Csv {
            let interval = if self.args.interval.is_some() { ",purchases_low,purchases_high" } else { "" };
            let flag = if self.outside.is_empty() { "" } else { ",flag" };
            console.line(&format!("id,p_alive,expected_purchases,p_buy,expected_value{interval}{flag}"))?;
        }
        for (at, score) in scores.iter().enumerate() {
            let line = if self.outside.binary_search(&at).is_ok() { self.apart(at) } else { self.line(score, at) };
            match self.args.format {
                Format::Jsonl => console.json_line(&line)?,
                Format::Csv => console.raw_line(&self.csv(&line))?,
            }
            if at % 100_000 == 99_999 {
                let done = at + 1;
                console.progress(&words!("{done} customers written", "{done}人分を書き出しました"));
            }
        }
        console.flush()
    }

    fn line(&self, score: &Score, at: usize) -> Line<'a> {
        let Self { args, customers, basis, .. } = self;
        let spend = customers.spends.as_ref().and_then(|spends| spends.get(at).copied().flatten());
        // With parameters from elsewhere and no column zbar, a repeater's own spend is not known: nothing is said of his money.
        let unknown = customers.spends.is_none() && customers.histories[at].x() > 0;
        let money = basis.spend.filter(|_| !unknown).and_then(|model| model.expected(spend.as_ref()));
        let history = &customers.histories[at];
        let interval = args.interval.map(|level| basis.parameters.process().interval(history, args.horizon, level));
        Line {
            id: &customers.ids[at],
            p_alive: (basis.dropout == Dropout::Known).then_some(score.p_alive),
            expected_purchases: score.expected_purchases,
            p_buy: Some(score.p_buys),
            expected_value: money.map(|money| money * score.expected_purchases),
            purchases_low: interval.map(|(low, _)| low),
            purchases_high: interval.map(|(_, high)| high),
            flag: None,
        }
    }

    /// A customer for whom no model holds: x/T, as if everything went on, and nothing that only a model knows.
    fn apart(&self, at: usize) -> Line<'a> {
        let history = &self.customers.histories[at];
        Line {
            id: &self.customers.ids[at],
            p_alive: None,
            expected_purchases: f64::from(history.x()) / history.t() * self.args.horizon,
            p_buy: None,
            expected_value: None,
            purchases_low: None,
            purchases_high: None,
            flag: Some(self.args.left_out.flag()),
        }
    }

    fn csv(&self, line: &Line<'_>) -> String {
        let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        let count = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
        let id = if line.id.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", line.id.replace('"', "\"\""))
        } else {
            line.id.to_owned()
        };
        let (alive, buys, value) = (number(line.p_alive), number(line.p_buy), number(line.expected_value));
        let mut text = format!("{id},{alive},{},{buys},{value}", line.expected_purchases);
        if self.args.interval.is_some() {
            text.push_str(&format!(",{},{}", count(line.purchases_low), count(line.purchases_high)));
        }
        if !self.outside.is_empty() {
            text.push_str(&format!(",{}", line.flag.unwrap_or_default()));
        }
        text
    }
}
