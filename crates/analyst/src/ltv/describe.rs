//! `enishi ltv describe`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;
use ltv::describe::{
    Cohort, Contribution, Customer, Entry, Factor, Factors, Group, Rfm, SecondOrder, Window, cohorts, contributions, factors,
    rfm, second_order,
};
use serde::Serialize;

use super::log::{self, Log};
use crate::Console;
use crate::failure::Failure;
use crate::words;

/// What to describe.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Transactions as CSV: customer, date (2026-01-31), amount (negative for a refund), optional currency. `-` is standard input.
    #[arg(long, value_name = "TRANSACTIONS")]
    input: PathBuf,
    /// The last day that counts; left out: that of the last transaction.
    #[arg(long, value_name = "DATE")]
    end: Option<Date>,
    /// Days of the two periods that are compared.
    #[arg(long, value_name = "DAYS", default_value_t = 365, value_parser = clap::value_parser!(u16).range(1..=3650))]
    period_days: u16,
    /// Share of money that is margin, 0.3 for 30 %.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    margin: f64,
    /// Share of money that was margin in the earlier period; left out: as --margin.
    #[arg(long, value_name = "SHARE")]
    margin_before: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Answer {
    until: Date,
    currencies: Vec<OfCurrency>,
}

#[derive(Debug, Serialize)]
struct OfCurrency {
    currency: String,
    customers: usize,
    orders: usize,
    gross: f64,
    refunded: f64,
    decomposition: Decomposition,
    rfm: Vec<GroupRow>,
    cohorts: Vec<CohortRow>,
    f2: Option<F2>,
}

#[derive(Debug, Serialize)]
struct Decomposition {
    before: Option<FactorRow>,
    after: Option<FactorRow>,
    /// `lifetime_value`, or `value_per_year` where a lifetime is missing.
    of: &'static str,
    change: Option<f64>,
    contributions: Option<BTreeMap<&'static str, f64>>,
}

#[derive(Debug, Serialize)]
struct FactorRow {
    from: Date,
    to: Date,
    buyers: usize,
    orders: usize,
    gross: f64,
    refunded: f64,
    order_value: f64,
    margin: f64,
    frequency_per_year: f64,
    retention: Option<f64>,
    lifetime_years: Option<f64>,
    value_per_year: f64,
    lifetime_value: Option<f64>,
}

#[derive(Debug, Serialize)]
struct GroupRow {
    group: &'static str,
    customers: usize,
    share: f64,
    money: f64,
}

#[derive(Debug, Serialize)]
struct CohortRow {
    month: String,
    customers: usize,
    active: Vec<usize>,
    money: Vec<f64>,
}

#[derive(Debug, Serialize)]
struct F2 {
    customers: usize,
    repeated: usize,
    plain_rate: f64,
    within: Vec<Within>,
    median_days: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Within {
    days: u16,
    rate: Option<f64>,
    ci: Option<[f64; 2]>,
}

/// The normal quantile of 95 % intervals.
const Z: f64 = 1.959_963_984_540_054;

pub fn run(args: &Args, console: &mut Console<'_>) -> Result<(), Failure> {
    check(args)?;
    let logs = log::read(&args.input, console)?;
    let end = args.end.map(log::day).or_else(|| logs.iter().map(|log| log.last_day).max()).unwrap_or_default();
    let mut currencies = Vec::new();
    for log in logs {
        let log = log.with_orders(&args.input)?;
        log.say_refunds(console);
        currencies.push(of_currency(&log, args, end));
    }
    console.json(&Answer { until: log::date(end), currencies })
}

fn check(args: &Args) -> Result<(), Failure> {
    let share = |value: f64| value > 0.0 && value <= 1.0;
    match [Some(args.margin), args.margin_before].into_iter().flatten().find(|value| !share(*value)) {
        Some(wrong) => Err(Failure::Use(words!(
            "--margin {wrong}: a share above 0, at most 1",
            "--margin {wrong}: 0より大きく1以下の割合を指定してください"
        ))),
        None => Ok(()),
    }
}

fn of_currency(log: &Log, args: &Args, end: i32) -> OfCurrency {
    let customer = |entries: &Vec<(i32, f64)>| {
        Customer::new(entries.iter().filter(|(day, _)| *day <= end).map(|&(day, money)| Entry { day, money }).collect())
    };
    let customers: Vec<Customer> = log.customers.iter().map(customer).collect();
    let buyers: Vec<&Customer> = customers.iter().filter(|customer| !customer.purchases().is_empty()).collect();
    let money = |of: fn(&Customer) -> &[Entry]| -> f64 { customers.iter().flat_map(of).map(|entry| entry.money).sum() };
    OfCurrency {
        currency: log.shown().to_owned(),
        customers: buyers.len(),
        orders: buyers.iter().map(|customer| customer.purchases().len()).sum(),
        gross: money(Customer::purchases),
        refunded: 0.0 - money(Customer::refunds),
        decomposition: decomposition(&customers, args, end),
        rfm: groups(&buyers, end),
        cohorts: cohorts(&customers, month, month(end)).into_iter().map(cohort).collect(),
        f2: second_order(&customers, end, Z).map(|second| f2(&second)),
    }
}

fn decomposition(customers: &[Customer], args: &Args, end: i32) -> Decomposition {
    let after = Window { from: end - i32::from(args.period_days) + 1, to: end };
    let before = after.before();
    let old = factors(customers, before, args.margin_before.unwrap_or(args.margin));
    let new = factors(customers, after, args.margin);
    let lifetimes = old.and_then(|old| old.lifetime).is_some() && new.and_then(|new| new.lifetime).is_some();
    let value = |factors: Factors| if lifetimes { factors.lifetime_value() } else { Some(factors.value_per_year()) };
    let parts = old.zip(new).and_then(|(old, new)| contributions(&old, &new));
    Decomposition {
        of: if lifetimes { "lifetime_value" } else { "value_per_year" },
        change: old.zip(new).and_then(|(old, new)| Some(value(new)? - value(old)?)),
        contributions: parts
            .map(|parts| parts.iter().map(|Contribution { factor, money }| (factor_name(*factor), *money)).collect()),
        before: old.map(|factors| factor_row(&factors, before)),
        after: new.map(|factors| factor_row(&factors, after)),
    }
}

fn factor_row(factors: &Factors, window: Window) -> FactorRow {
    FactorRow {
        from: log::date(window.from),
        to: log::date(window.to),
        buyers: factors.buyers,
        orders: factors.orders,
        gross: factors.gross,
        refunded: factors.refunded,
        order_value: factors.order_value,
        margin: factors.margin,
        frequency_per_year: factors.frequency,
        retention: factors.retention,
        lifetime_years: factors.lifetime,
        value_per_year: factors.value_per_year(),
        lifetime_value: factors.lifetime_value(),
    }
}

fn factor_name(factor: Factor) -> &'static str {
    match factor {
        Factor::OrderValue => "order_value",
        Factor::Margin => "margin",
        Factor::Frequency => "frequency",
        Factor::Lifetime => "lifetime",
    }
}

fn groups(buyers: &[&Customer], end: i32) -> Vec<GroupRow> {
    let seen = |customer: &&Customer| Rfm {
        recency: f64::from(end - customer.purchases().last().map_or(end, |last| last.day)),
        frequency: customer.purchases().len() as f64,
        money: customer.net(),
    };
    let scored = rfm(&buyers.iter().map(seen).collect::<Vec<_>>());
    let mut rows: BTreeMap<Group, (usize, f64)> = BTreeMap::new();
    for (customer, scored) in buyers.iter().zip(scored) {
        let row = rows.entry(scored.group).or_default();
        *row = (row.0 + 1, row.1 + customer.net());
    }
    let share = |customers: usize| customers as f64 / buyers.len().max(1) as f64;
    let row = |(group, (customers, money))| GroupRow { group: group_name(group), customers, share: share(customers), money };
    rows.into_iter().map(row).collect()
}

/// Shopify's names.
fn group_name(group: Group) -> &'static str {
    match group {
        Group::Active => "ACTIVE",
        Group::AlmostLost => "ALMOST_LOST",
        Group::AtRisk => "AT_RISK",
        Group::Champions => "CHAMPIONS",
        Group::Dormant => "DORMANT",
        Group::Loyal => "LOYAL",
        Group::NeedsAttention => "NEEDS_ATTENTION",
        Group::New => "NEW",
        Group::PreviouslyLoyal => "PREVIOUSLY_LOYAL",
        Group::Promising => "PROMISING",
        Group::Prospects => "PROSPECTS",
    }
}

/// A day's month as a number that counts up by one.
fn month(day: i32) -> i32 {
    let date = log::date(day);
    i32::from(date.year()) * 12 + i32::from(date.month()) - 1
}

fn cohort(cohort: Cohort) -> CohortRow {
    let (year, month) = (cohort.period.div_euclid(12), cohort.period.rem_euclid(12) + 1);
    CohortRow { month: format!("{year:04}-{month:02}"), customers: cohort.customers, active: cohort.active, money: cohort.money }
}

fn f2(second: &SecondOrder) -> F2 {
    let within = |days: u16| {
        let found = second.within(f64::from(days));
        Within { days, rate: found.map(|(rate, ..)| rate), ci: found.map(|(_, low, high)| [low, high]) }
    };
    F2 {
        customers: second.customers,
        repeated: second.repeated,
        plain_rate: second.plain_rate,
        within: Vec::from([30, 60, 90, 180, 365].map(within)),
        median_days: second.waiting.median(),
    }
}
