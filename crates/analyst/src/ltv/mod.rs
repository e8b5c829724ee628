//! `enishi ltv`: fit, predict, back-test, describe.

mod backtest;
mod customers;
mod describe;
mod fit;
mod left_out;
mod log;
mod model;
mod predict;
mod said;

use crate::{Console, Failure};

/// Its subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Fit a purchase model to customers' summaries. Prints JSON.
    ///
    /// JSON: `model`, `n` (customers fitted), `params` and `std_errors` by the literature's names (alpha and beta in weeks),
    /// `log_likelihood`, `gates` (what forbids the model or a part of it: `gate`, `forbids`, `statement`), `cautions`, `left_out`
    /// (customers for whom no model holds: `line`, `id`, `x`, `T`, `statement`) and, with --gamma-gamma, `gamma_gamma` (`p`, `q`, `v` in
    /// the file's money, `std_errors`, `log_likelihood`, `n`, `population_mean`, `correlation`, `gates`).
    Fit(fit::Args),
    /// Predict what each customer will buy. Prints a row per customer.
    ///
    /// Rows: `id`, `p_alive` (null where nothing shows that customers leave), `expected_purchases` within the horizon, `p_buy` (at
    /// least one), `expected_value` in the file's money (null without zbar), with --interval `purchases_low` and `purchases_high`.
    /// `flag` is `outside_model` for a customer for whom no model holds (a wholesale buyer), `left_out` for one over
    /// --leave-out-over: `expected_purchases` is then x/T x horizon and everything else null. In CSV null is blank, and the column `flag` stands only where a row has one.
    Predict(predict::Args),
    /// Fit on the past and judge by what came after, every model beside x/T. Prints JSON.
    ///
    /// JSON: `currency`, `calibration_end`, `end`, `holdout_weeks`, `customers` (judged), `left_out` (customers for whom no model
    /// holds: `line`, `customer`, `statement`), `actual` (`purchases`: purchase days, `value`, `best_decile_value` in the file's money),
    /// `models` (each `model`, `total_purchases`, `total_error` as a share, `mae` in purchase days per customer, `auc`, `top_decile_value`
    /// in money, `verdict`, `gates`, `cautions`), `recommended`, `statement`.
    Backtest(backtest::Args),
    /// What happened: decomposition of lifetime value, RFM groups, cohorts, second orders. Prints JSON.
    ///
    /// JSON: `until` and, for each of `currencies`, `currency`, `customers`, `orders` (purchase days), `gross` and `refunded` (money),
    /// `decomposition` (the factors of `before` and `after`, the `change` of lifetime value or value per year and the `contributions` to
    /// it, in money per buyer), `rfm` (`group` by Shopify's names, `customers`, `share`, `money`), `cohorts` by month of the first purchase
    /// (`active` customers and `money` by month), `f2` (second orders: `plain_rate`, `within` days with 95 % `ci`, `median_days`).
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
