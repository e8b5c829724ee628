//! The analyst's command line: files in, JSON out, the mathematics in `ltv`. The binary only hands over its arguments.
//!
//! A command reads its files with [`input::Input`] (every fault with its line), computes with `ltv`, and answers through the
//! [`Console`]. What it says in words it says as [`Words`], in English and in Japanese.

pub mod console;
pub mod experiment;
pub mod failure;
pub mod goods;
pub mod input;
pub mod ltv;
pub mod recommend;
pub mod replenish;
pub mod transactions;
pub mod uplift;
pub mod words;

use std::process::ExitCode;

pub use console::Console;
pub use failure::Failure;
pub use words::{Language, Words};

/// What an analyst can ask. The binary flattens these into its own subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Lifetime value: fit, predict, back-test, describe.
    #[command(subcommand)]
    Ltv(ltv::Command),
    /// What a message caused, against those left alone.
    #[command(subcommand)]
    Experiment(experiment::Command),
    /// Whom a message moves.
    #[command(subcommand)]
    Uplift(uplift::Command),
    /// What somebody may want next.
    #[command(subcommand)]
    Recommend(recommend::Command),
    /// When somebody needs the same thing again.
    #[command(subcommand)]
    Replenish(replenish::Command),
}

/// Runs a command on this process's streams, in the language of its environment. Exit code 0, 1 (failed) or 2 (wrong use).
pub fn main(command: &Command) -> ExitCode {
    let mut console = Console::process(Language::of_environment());
    match run(command, &mut console) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            console.refuse(&failure);
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Runs a command.
///
/// # Errors
/// What was wrong, in words and with lines.
pub fn run(command: &Command, console: &mut Console<'_>) -> Result<(), Failure> {
    match command {
        Command::Ltv(command) => ltv::run(command, console),
        Command::Experiment(command) => experiment::run(command, console),
        Command::Uplift(command) => uplift::run(command, console),
        Command::Recommend(command) => recommend::run(command, console),
        Command::Replenish(command) => replenish::run(command, console),
    }
}
