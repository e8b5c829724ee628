//! Insight (ダッシュボード, 配信カレンダー, 月次レポート): what the shop's days added up to. Only reads, but for the figures,
//! which are added to in the transactions that write the facts.

pub mod calendar;
pub mod dashboard;
mod day;
mod decide;
mod friends;
pub mod menus;
pub mod report;
mod tally;
#[cfg(test)]
mod tests;

pub use day::{Day, Month, day_of};
pub use decide::{KindSums, Outlook, Sent, Sums};
pub(crate) use friends::correct;
pub use friends::{Origin, drift, note as note_friends};
pub use tally::{Metric, SendKind, Tally, clicked};

/// Every fixed statement of this module, for the test that prepares them on both stores.
pub fn statements() -> Vec<&'static str> {
    let files = [calendar::STATEMENTS, dashboard::STATEMENTS, friends::STATEMENTS, menus::STATEMENTS, report::STATEMENTS];
    [&files.concat()[..], tally::STATEMENTS].concat()
}
