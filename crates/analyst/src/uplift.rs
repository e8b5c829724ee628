//! `enishi uplift`: whom a message moves.

use crate::{Console, Failure};

/// Its subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {}

/// Runs one.
///
/// # Errors
/// What was wrong, in words and with lines.
pub fn run(command: &Command, _console: &mut Console<'_>) -> Result<(), Failure> {
    match *command {}
}
