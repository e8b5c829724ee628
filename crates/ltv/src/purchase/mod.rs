//! How customers buy and stay away: fitted, judged, predicted.
//!
//! Without a contract nobody says that he leaves; the models infer it from how long a customer has been silent for his own
//! rhythm. [`Grouped`] counts equal histories, [`fit`] finds a [`Model`]'s [`Parameters`], [`Process`] answers questions about a
//! customer.

mod backtest;
mod beta_geometric;
mod fit;
mod gamma_gamma;
pub mod gate;
mod history;
mod nbd;
mod optimise;
mod outside;
mod pareto;
mod process;
mod quadrature;
mod sbg;
mod score;
mod sum;

pub use backtest::{Backtest, Contestant, Method, backtest};
pub use beta_geometric::{BgNbd, MbgNbd};
pub use fit::{Fit, FitFault, Model, Parameters, fit, log_likelihood};
pub use gamma_gamma::{GammaGamma, Spend, SpendFault, SpendFit, fit_spend, spend_correlation};
pub use gate::{Gate, Severity};
pub use history::{Grouped, History, HistoryFault, Summary, summarise};
pub use nbd::Nbd;
pub use outside::{OUTSIDE, chance_of_so_many, outside, outside_of};
pub use pareto::ParetoNbd;
pub use process::{Horizon, Process};
pub use sbg::{Retention, RetentionFault, RetentionFit, Sbg, fit_retention};
pub use score::{Score, score};
