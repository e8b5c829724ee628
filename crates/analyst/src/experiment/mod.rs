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
    ///
    /// A is held back, B is sent to. JSON: `difference` (B − A per customer, in the outcome's unit; with --relative as a share of
    /// A's mean), `ci` (lower and upper end), `p_value` (two-sided), `std_error`, `scale`, `method`, `alpha`, `arms` (`n`, `mean`,
    /// `std_dev`).
    Compare(compare::Compare),
    /// A table with one row per customer: every arm against the control.
    ///
    /// Customers count in the arm they were dealt to, whether or not a message arrived (intention to treat). JSON: `control`,
    /// `valid` (false: customers are missing from an arm, trust no figure), `arms` (`arm`, `n`, `mean`, `std_dev`, `not_zero`),
    /// `split` (`chi_square`, `p_value`, `broken`; with --share), `winsorised` (`low`, `high`), `comparisons` (`arm`, `difference`
    /// and `ci` in the outcome's unit per customer, `std_error`, `p_value`, `p_value_holm` where several arms are compared,
    /// `relative` as a share of the control's mean or null where that is not clearly above 0, `cuped` with --covariate),
    /// `cautions`.
    Analyse(analyse::Analyse),
    /// How large an effect can be seen, how many customers it takes, how many more and how many days.
    ///
    /// Give --n for the smallest effect that so many customers show, --effect for the customers it takes, both for how many more,
    /// --per-day for the days. JSON: `detectable` (in the outcome's unit per customer), `detectable_relative` (share of the
    /// baseline), `n_needed` (both arms), `more` (customers still to come), `days`, `verdict` (with --so-far: helps, harms, does not
    /// matter, open, out of reach).
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
    /// # Errors
    /// An argument outside what it may be, by its name.
    fn check(self) -> Result<(), Failure> {
        words::share("--alpha", self.alpha)?;
        self.sequential.map_or(Ok(()), |tuned_for| words::positive("--sequential", tuned_for))
    }

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
