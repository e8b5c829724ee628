//! `enishi recommend`: what somebody may want next.

mod evaluate;

use crate::{Console, Failure};

/// Its subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Asks every model for the next baskets of known customers, and says which one is worth its place.
    ///
    /// Models learn from the days before the cut and are asked for what each known customer bought on their first day from
    /// the cut on. Recall: share of the basket that stands among the k shown. NDCG: the same, weighted by place
    /// (1/log2(place + 1)) and divided by the best possible. "repeat" counts and shows only items the customer had bought
    /// before, "new" only others; two questions, two lists. Popularity fills up lists that are too short.
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
