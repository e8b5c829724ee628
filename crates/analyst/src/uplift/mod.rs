//! `enishi uplift`: whom a message moves.

mod evaluate;
mod words;

use crate::{Console, Failure};

/// Its subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Learns whom a message moves on one half of a randomised campaign and judges it on the other.
    ///
    /// One row per customer, features as they were before the campaign. JSON: `learner`, `base`, `split` (`rule`, `train`, `test`,
    /// `left_out`), `arms` (`control` and `treated` with `n` and `mean`, all rows), `effect` (`difference` treated − control in the
    /// outcome's unit per customer, `std_error`, `ci`, `p_value`, `in_test`), `qini` (`coefficient`, its 95 % `ci` by bootstrap,
    /// `share_of_best`, `definition`), `auuc` (`value`, `random`: what a random order gets, `definition`), `uplift` (`share`, `uplift`:
    /// treated − control among the first 10…100 % of the testing half by score), `gate` (`open`, `refusals`, `cautions`).
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
