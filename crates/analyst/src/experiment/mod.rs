//! `enishi experiment`: what a message caused, against those left alone.

mod analyse;
mod compare;
mod power;
mod words;

use clap::Args;
use ltv::experiment::{Answer, Looks};
use serde::Serialize;

use crate::{Console, Failure, Words};

/// Its subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Two arms from their sums: the difference of means, B − A, with its interval.
    Compare(compare::Compare),
    /// A table with one row per customer: every arm against the control.
    Analyse(analyse::Analyse),
    /// How large an effect can be seen, how many customers it takes, how many more and how many days.
    Power(power::Power),
}

/// Runs one.
///
/// # Errors
/// What was wrong, in words and with lines.
pub fn run(command: &Command, console: &mut Console<'_>) -> Result<(), Failure> {
    match command {
        Command::Compare(command) => compare::run(command, console),
        Command::Analyse(command) => analyse::run(command, console),
        Command::Power(command) => power::run(command, console),
    }
}

/// Why an experiment has no answer, in words.
pub(crate) fn said(fault: ltv::experiment::Fault) -> Words {
    words::of(fault)
}

/// How sure, and how often one looks.
#[derive(Args, Clone, Copy, Debug)]
struct Certainty {
    /// Chance of a false alarm that is accepted; the interval's coverage is 1 − alpha.
    #[arg(long, default_value_t = 0.05, value_name = "SHARE")]
    alpha: f64,
    /// Always-valid interval (asymptotic confidence sequence): may be looked at every day. N is the number of customers in
    /// both arms at which it is narrowest (5000 if nothing is planned).
    #[arg(long, value_name = "N")]
    sequential: Option<f64>,
}

impl Certainty {
    fn looks(self) -> Looks {
        self.sequential.map_or(Looks::Once, |tuned_for| Looks::Any { tuned_for })
    }

    fn method(self) -> &'static str {
        if self.sequential.is_some() { "always-valid (asymptotic confidence sequence)" } else { "fixed (Welch)" }
    }
}

/// A difference as it is written.
#[derive(Serialize)]
struct Difference {
    /// Second arm − first, in the outcome's unit or as a share of the first.
    difference: f64,
    std_error: f64,
    ci: [f64; 2],
    p_value: f64,
}

impl From<Answer> for Difference {
    fn from(answer: Answer) -> Self {
        Self { difference: answer.value, std_error: answer.std_error, ci: [answer.low, answer.high], p_value: answer.p_value }
    }
}
