//! `enishi uplift`: whom a message moves.

mod evaluate;
mod words;

use crate::{Console, Failure};

/// Its subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Learns whom a message moves on one half of a randomised campaign and judges it on the other.
    Evaluate(evaluate::Evaluate),
}

/// Runs one.
///
/// # Errors
/// What was wrong, in words and with lines.
pub fn run(command: &Command, console: &mut Console<'_>) -> Result<(), Failure> {
    match command {
        Command::Evaluate(command) => evaluate::run(command, console),
    }
}
