//! Customers made up from known parameters: the truth that the other modules are measured against.
//!
//! [`Shop`] makes purchase histories (who buys when, for how much, until when), [`Town`] makes friends of a LINE account
//! with known answers to a message (who buys because of it, who clicks, who blocks). Everything follows from a seed and the
//! customer's number alone, so any part can be made again, in any order, on any machine.

mod fault;
mod friend;
mod process;
mod shop;
mod stream;

pub use fault::Fault;
pub use friend::{Campaign, FEATURES, Friend, Lift, Outcome, Sent, Town};
pub use process::Process;
pub use shop::{Customer, MOST_ORDERS, Order, Season, Shop, Spend, Summary, YEAR_WEEKS};

pub mod goods;
