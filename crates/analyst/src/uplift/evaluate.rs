//! `enishi uplift evaluate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ltv::experiment::{Looks, Moments, difference};
use ltv::uplift::{Arm, Base, Fault as Refused, Gate, Learner, Ranking, Trial, UpliftModel, judge};
use serde::Serialize;
use sheet::{Column, Row};

use super::words;
use crate::failure::Fault;
use crate::input::Input;
use crate::words as say;
use crate::{Console, Failure, Words};

const QINI: &str = "area between q and the line of a random order: integral over f in [0,1] of q(f) - f*q(1), trapezoids, equal \
scores as one group; q(f) = (Yt - Yc*Nt/Nc)/(all treated), Yt alone while Nc = 0, Yt and Yc outcomes and Nt and Nc customers among the first f of all by \
score; in the outcome's unit per customer";
const SHARE_OF_BEST: &str = "coefficient divided by that of the order which puts treated customers by falling and control \
customers by rising outcome (scikit-uplift's qini_auc_score)";
const AUUC: &str = "integral over f in [0,1] of f*(Yt/Nt - Yc/Nc) among the first f of all by score (0 while an arm is empty), \
trapezoids; in the outcome's unit per customer; a random order gets half the effect";

/// Its arguments.
#[derive(Args, Debug)]
pub struct Evaluate {
    /// CSV with a header (UTF-8 or Shift_JIS), one row per customer; - for standard input.
    file: PathBuf,
    /// Column of the arm: 1 treated (sent to), 0 control (held back).
    #[arg(long, value_name = "COL")]
    treatment: String,
    /// Column of the outcome per customer.
    #[arg(long, value_name = "COL")]
    outcome: String,
    /// Columns of numbers known before the campaign.
    #[arg(long, value_name = "A,B,C", value_delimiter = ',', required = true)]
    features: Vec<String>,
    /// How rows are parted into those that teach and those that test.
    #[arg(long, value_enum, default_value_t = SplitRule::OddEven)]
    split: SplitRule,
    /// T: a model per arm. X: each arm's customers against the other arm's model. The same with linear bases.
    #[arg(long, value_enum, default_value_t = LearnerName::T)]
    learner: LearnerName,
    /// The regression below: linear, or logistic for outcomes between 0 and 1.
    #[arg(long, value_enum, default_value_t = BaseName::Linear)]
    base: BaseName,
    /// Name of the treated arm, where the column holds names; rows of other arms are left out.
    #[arg(long, value_name = "ARM", requires = "control")]
    treated: Option<String>,
    /// Name of the control arm.
    #[arg(long, value_name = "ARM", requires = "treated")]
    control: Option<String>,
    /// Seed of the resamples behind the gate's interval.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SplitRule {
    /// Rows 1, 3, 5… below the header teach, rows 2, 4, 6… test.
    OddEven,
    /// The other way round.
    EvenOdd,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LearnerName {
    T,
    X,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum BaseName {
    Linear,
    Logistic,
}

#[derive(Serialize)]
struct Report {
    learner: &'static str,
    base: &'static str,
    split: SplitReport,
    arms: Arms,
    effect: Effect,
    qini: Qini,
    auuc: Auuc,
    uplift: Vec<At>,
    gate: GateReport,
}

#[derive(Serialize)]
struct SplitReport {
    rule: &'static str,
    train: usize,
    test: usize,
    left_out: usize,
}

#[derive(Serialize)]
struct Arms {
    control: Mean,
    treated: Mean,
}

#[derive(Serialize)]
struct Mean {
    n: u64,
    mean: f64,
}

#[derive(Serialize)]
struct Effect {
    difference: f64,
    std_error: f64,
    ci: [f64; 2],
    p_value: f64,
    in_test: f64,
}

#[derive(Serialize)]
struct Qini {
    coefficient: f64,
    ci: [f64; 2],
    share_of_best: Option<f64>,
    definition: &'static str,
    share_of_best_definition: &'static str,
}

#[derive(Serialize)]
struct Auuc {
    value: f64,
    random: f64,
    definition: &'static str,
}

#[derive(Serialize)]
struct At {
    share: f64,
    uplift: Option<f64>,
}

#[derive(Serialize)]
struct GateReport {
    open: bool,
    refusals: Vec<Reason>,
    cautions: Vec<Reason>,
}

#[derive(Serialize)]
struct Reason {
    reason: &'static str,
    words: String,
}

struct Read {
    train: Trial,
    test: Trial,
    arms: [Moments; 2],
    left_out: usize,
}

pub(super) fn run(command: &Evaluate, console: &mut Console<'_>) -> Result<(), Failure> {
    let read = read(command)?;
    let refused = |fault| Failure::fault(&command.file, Fault::cell(1, &command.treatment, words::of(fault)));
    let model = UpliftModel::fit(&read.train, command.learner.into(), command.base.into()).map_err(refused)?;
    console.progress(&say!("learned; judging by resampling", "学習が終わりました。再抽出で検証しています"));
    let scores: Vec<f64> = read.test.iter().map(|(features, ..)| model.uplift(features)).collect();
    let ranking = Ranking::new(&read.test, &scores).map_err(refused)?;
    let gate = judge(&ranking, command.seed);
    console.json(&Report {
        learner: command.learner.name(),
        base: command.base.name(),
        split: SplitReport {
            rule: command.split.rule(),
            train: read.train.len(),
            test: read.test.len(),
            left_out: read.left_out,
        },
        effect: effect(&read, &ranking)?,
        arms: Arms { control: mean(&read.arms[0]), treated: mean(&read.arms[1]) },
        auuc: Auuc { value: ranking.auuc(), random: 0.5 * ranking.effect(), definition: AUUC },
        uplift: (1..=10)
            .map(|tenth| f64::from(tenth) / 10.0)
            .map(|share| At { share, uplift: ranking.uplift_at(share) })
            .collect(),
        qini: Qini {
            coefficient: gate.qini,
            ci: [gate.low, gate.high],
            share_of_best: ranking.qini_share_of_best(),
            definition: QINI,
            share_of_best_definition: SHARE_OF_BEST,
        },
        gate: said(&gate, console),
    })
}

fn read(command: &Evaluate) -> Result<Read, Failure> {
    let input = Input::read(&command.file)?;
    let [treatment, outcome] = input.columns([&command.treatment, &command.outcome])?;
    let features = command.features.iter().map(|name| input.column(name.trim())).collect::<Result<Vec<Column>, _>>()?;
    let rows = input.rows(|row| {
        let Some(arm) = arm(command, row, &treatment)? else { return Ok(None) };
        let values = features.iter().map(|column| row.number(column)).collect::<Result<Vec<f64>, _>>()?;
        Ok(Some((arm, values, outcome_of(command, row, &outcome)?)))
    })?;
    let mut read = Read { train: Trial::default(), test: Trial::default(), arms: [Moments::default(); 2], left_out: 0 };
    for (at, row) in rows.into_iter().enumerate() {
        let Some((arm, features, outcome)) = row else {
            read.left_out += 1;
            continue;
        };
        read.arms[usize::from(arm == Arm::Sent)].push(outcome);
        let half = if command.split.teaches(at) { &mut read.train } else { &mut read.test };
        half.push(&features, arm, outcome).map_err(|fault| Failure::Failed(words::of(fault)))?;
    }
    Ok(read)
}

fn outcome_of(command: &Evaluate, row: Row<'_>, column: &Column) -> Result<f64, Fault> {
    let value = row.number(column)?;
    match command.base {
        BaseName::Logistic if !(0.0..=1.0).contains(&value) => {
            Err(Fault::cell(row.line, column.name(), words::of(Refused::NotARate)))
        }
        _ => Ok(value),
    }
}

fn arm(command: &Evaluate, row: Row<'_>, column: &Column) -> Result<Option<Arm>, Fault> {
    let text = row.filled(column)?;
    if let (Some(treated), Some(control)) = (&command.treated, &command.control) {
        return Ok(if text == treated {
            Some(Arm::Sent)
        } else if text == control {
            Some(Arm::Held)
        } else {
            None
        });
    }
    match sheet::number(text) {
        Some(1.0) => Ok(Some(Arm::Sent)),
        Some(0.0) => Ok(Some(Arm::Held)),
        _ => {
            let words = say!(
                "\"{text}\" is neither 0 nor 1; name the arms with --treated and --control",
                "「{text}」は0でも1でもありません。群の名前は --treated と --control で指定できます"
            );
            Err(Fault::cell(row.line, column.name(), words))
        }
    }
}

fn effect(read: &Read, ranking: &Ranking) -> Result<Effect, Failure> {
    let answer = read.arms[0]
        .level()
        .and_then(|control| difference(&control, &read.arms[1].level()?))
        .and_then(|estimate| estimate.answer(Looks::Once, 0.05))
        .map_err(|fault| Failure::Failed(crate::experiment::said(fault)))?;
    Ok(Effect {
        difference: answer.value,
        std_error: answer.std_error,
        ci: [answer.low, answer.high],
        p_value: answer.p_value,
        in_test: ranking.effect(),
    })
}

fn mean(arm: &Moments) -> Mean {
    Mean { n: arm.n(), mean: arm.mean() }
}

fn said(gate: &Gate, console: &Console<'_>) -> GateReport {
    let reason =
        |(reason, words): (&'static str, Words)| Reason { reason, words: words.in_language(console.language()).to_owned() };
    GateReport {
        open: gate.open(),
        refusals: gate.refusals.iter().map(|&refusal| reason(words::refusal(refusal))).collect(),
        cautions: gate.cautions.iter().map(|&caution| reason(words::caution(caution))).collect(),
    }
}

impl SplitRule {
    /// `at` counts from 0.
    fn teaches(self, at: usize) -> bool {
        matches!((self, at % 2), (Self::OddEven, 0) | (Self::EvenOdd, 1))
    }

    fn rule(self) -> &'static str {
        match self {
            Self::OddEven => "rows 1, 3, 5... below the header teach, rows 2, 4, 6... test",
            Self::EvenOdd => "rows 2, 4, 6... below the header teach, rows 1, 3, 5... test",
        }
    }
}

impl LearnerName {
    fn name(self) -> &'static str {
        match self {
            Self::T => "t",
            Self::X => "x",
        }
    }
}

impl From<LearnerName> for Learner {
    fn from(name: LearnerName) -> Self {
        match name {
            LearnerName::T => Self::T,
            LearnerName::X => Self::X,
        }
    }
}

impl BaseName {
    fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Logistic => "logistic",
        }
    }
}

impl From<BaseName> for Base {
    fn from(name: BaseName) -> Self {
        match name {
            BaseName::Linear => Self::Linear,
            BaseName::Logistic => Self::Logistic,
        }
    }
}
