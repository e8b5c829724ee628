//! Logs of goods as shops export them: customer, item, date and, if there, quantity.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use ltv::goods::{Line, Log};
use serde::Serialize;
use sheet::{Column, Row};

use crate::failure::{Failure, Fault};
use crate::input::Input;
use crate::transactions::not_after;
use crate::words;

/// Day 0 of the logs.
const EPOCH: Date = date(1970, 1, 1);
/// A shop that sells nothing for longer than this has not stood still: a date is wrong.
const LONGEST_PAUSE: i32 = 400;

/// A log and what a reader should know of the file.
#[derive(Clone, Debug)]
pub struct Goods {
    /// The purchases. Customers and items are numbered in the order of their names, so the order of the file does not matter.
    pub log: Log,
    /// What the file held.
    pub file: Summary,
}

/// What a file held.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Purchases: a customer's item on a day.
    pub purchases: usize,
    /// Different customers.
    pub customers: usize,
    /// Different items.
    pub items: usize,
    /// The first day.
    pub first_day: Date,
    /// The last day.
    pub last_day: Date,
    /// Lines with a quantity of 0 or less: returns, of which nobody runs out. They take back no purchase.
    pub returns_left_out: usize,
    /// The first of those lines.
    pub first_return_line: Option<u64>,
}

struct Sale {
    line: u64,
    customer: String,
    item: String,
    day: i32,
    packs: Option<u32>,
}

/// The number of a day in a log.
pub fn day(date: Date) -> i32 {
    (date - EPOCH).get_days()
}

/// The day of a number in a log.
pub fn date_of(day: i32) -> Date {
    EPOCH.saturating_add(day.days())
}

/// Reads `customer`, `item`, `date` and, if there, `quantity`. Days in the future are faults, as in transactions.
///
/// # Errors
/// The file cannot be read, lacks a column, has rows with faults, or holds no purchase.
pub fn read(path: &Path, today: Date) -> Result<Goods, Failure> {
    let input = Input::read(path)?;
    let [customer, item, date] = input.columns(["customer", "item", "date"])?;
    let quantity = input.table.column_if("quantity");
    let sales = input.rows(|row| sale(row, [&customer, &item, &date], quantity.as_ref(), today))?;
    let (sold, returned): (Vec<Sale>, Vec<Sale>) = sales.into_iter().partition(|sale| sale.packs.is_some());
    if let Some(fault) = stray(&sold, date.name()) {
        return Err(Failure::fault(path, fault));
    }
    let (log, customers, items) = numbered(&sold)?;
    let (Some((first, last)), purchases) = (log.days(), log.lines().len()) else {
        let fault = Fault::line(
            returned.first().map_or(1, |sale| sale.line),
            words!("all lines are returns: there is no purchase", "すべて返品の行で、購入がありません"),
        );
        return Err(Failure::fault(path, fault));
    };
    let file = Summary {
        purchases,
        customers,
        items,
        first_day: date_of(first),
        last_day: date_of(last),
        returns_left_out: returned.len(),
        first_return_line: returned.first().map(|sale| sale.line),
    };
    Ok(Goods { log, file })
}

fn sale(row: Row<'_>, names: [&Column; 3], quantity: Option<&Column>, today: Date) -> Result<Sale, Fault> {
    let [customer, item, date] = names;
    let when = row.date(date)?;
    not_after(&row, date, when, today)?;
    Ok(Sale {
        line: row.line,
        customer: row.filled(customer)?.to_owned(),
        item: row.filled(item)?.to_owned(),
        day: day(when),
        packs: quantity.map_or(Ok(Some(1)), |column| packs(&row, column))?,
    })
}

/// How many were bought; nothing of a return.
fn packs(row: &Row<'_>, quantity: &Column) -> Result<Option<u32>, Fault> {
    let value = row.number(quantity)?;
    if value <= 0.0 {
        return Ok(None);
    }
    if value.fract() != 0.0 || value > f64::from(u32::MAX) {
        let text = row.text(quantity);
        let words = words!("\"{text}\" is not a whole number of packs", "「{text}」は個数(整数)ではありません");
        return Err(Fault::cell(row.line, quantity.name(), words));
    }
    Ok(Some(value as u32))
}

/// A date with more than a year of silence between it and the others: on the side where fewer purchases stand.
fn stray(sold: &[Sale], column: &str) -> Option<Fault> {
    let mut by_day: Vec<&Sale> = sold.iter().collect();
    by_day.sort_by_key(|sale| (sale.day, sale.line));
    let pause = (1..by_day.len()).find(|&at| by_day[at].day.saturating_sub(by_day[at - 1].day) > LONGEST_PAUSE)?;
    let sale = if pause <= by_day.len() / 2 { by_day[pause - 1] } else { by_day[pause] };
    let days = by_day[pause].day.saturating_sub(by_day[pause - 1].day);
    let when = date_of(sale.day);
    let words = words!(
        "{when} stands alone, {days} days from the other purchases: a wrong date?",
        "{when}はほかの購入から{days}日離れています。日付の誤りではありませんか"
    );
    Some(Fault::cell(sale.line, column, words))
}

fn numbered(sold: &[Sale]) -> Result<(Log, usize, usize), Failure> {
    let customers = numbers(sold.iter().map(|sale| sale.customer.as_str()));
    let items = numbers(sold.iter().map(|sale| sale.item.as_str()));
    let lines = sold.iter().filter_map(|sale| {
        let (customer, item) = (*customers.get(sale.customer.as_str())?, *items.get(sale.item.as_str())?);
        Some(Line { customer, item, day: sale.day, packs: sale.packs? })
    });
    let log = Log::new(lines.collect(), customers.len(), items.len());
    let log = log.map_err(|error| Failure::Failed(words!("the log is broken: {error}", "購入履歴を読み取れません: {error}")))?;
    Ok((log, customers.len(), items.len()))
}

fn numbers<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, u32> {
    let mut numbers: BTreeMap<&str, u32> = names.map(|name| (name, 0)).collect();
    numbers.values_mut().zip(0..).for_each(|(number, next)| *number = next);
    numbers
}
