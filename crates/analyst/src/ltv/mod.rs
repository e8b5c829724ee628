//! `enishi ltv`: fit, predict, back-test, describe.

mod backtest;
mod customers;
mod describe;
mod fit;
mod log;
mod model;
mod predict;
mod said;

use crate::{Console, Failure};

/// Its subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Fit a purchase model to customers' summaries. Prints JSON.
    Fit(fit::Args),
    /// Predict what each customer will buy. Prints a row per customer.
    Predict(predict::Args),
    /// Fit on the past and judge by what came after, every model beside x/T. Prints JSON.
    Backtest(backtest::Args),
    /// What happened: decomposition of lifetime value, RFM groups, cohorts, second orders. Prints JSON.
    Describe(describe::Args),
}

/// Runs one.
///
/// # Errors
/// What was wrong, in words and with lines.
pub fn run(command: &Command, console: &mut Console<'_>) -> Result<(), Failure> {
    match command {
        Command::Fit(args) => fit::run(args, console),
        Command::Predict(args) => predict::run(args, console),
        Command::Backtest(args) => backtest::run(args, console),
        Command::Describe(args) => describe::run(args, console),
    }
}
