//! `enishi replenish`: when somebody needs the same thing again.

mod evaluate;

use crate::{Console, Failure};

/// Its subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Asks every model who buys the same item again within the horizon, and says whether it beats naive scores.
    ///
    /// Models learn from the days before the cut; every customer and item bought until then is a pair, and the question is
    /// whether it is bought again on the days from the cut on. AUC: 0.5 is chance. Average precision: the base rate is
    /// chance. Calibration: pairs in ten equal parts by what was foretold, beside what came. Windows: of the
    /// items that are switched on, the pairs whose window (the quartiles of the interval) and the horizon overlap are due; what
    /// share of them was bought again, and of the others.
    Evaluate(evaluate::Arguments),
}

/// Runs one.
///
/// # Errors
/// What was wrong, in words and with lines.
pub fn run(command: &Command, console: &mut Console<'_>) -> Result<(), Failure> {
    match command {
        Command::Evaluate(arguments) => evaluate::run(arguments, console),
    }
}
