//! A shop's transactions as days and customers, one currency at a time.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;

use crate::failure::{Failure, Fault};
use crate::transactions::{self, Transaction};
use crate::words;
use crate::{Console, Words};

/// Day 0.
const EPOCH: Date = Date::constant(1970, 1, 1);

/// A customer's entries as (day number, money).
pub type Entries = Vec<(i32, f64)>;

/// One currency's part of a log.
pub struct Log {
    /// Its code; blank if the file names none.
    pub currency: String,
    /// Every customer's entries, customers in the order of their names.
    pub customers: Vec<Entries>,
    /// Their names, and the line on which each stands first.
    pub names: Vec<(String, u64)>,
    /// Lines with money given back.
    pub refunds: usize,
    /// The first line.
    pub first_line: u64,
    /// The day of the last entry.
    pub last_day: i32,
}

/// A date's number.
pub fn day(date: Date) -> i32 {
    date.duration_since(EPOCH).as_hours().div_euclid(24) as i32
}

/// A number's date.
pub fn date(day: i32) -> Date {
    use jiff::ToSpan;
    EPOCH.saturating_add(i64::from(day).days())
}

/// Reads a log and parts it by currency, in the order of their codes.
///
/// # Errors
/// The file cannot be read or has rows with faults.
pub fn read(path: &Path, console: &mut Console<'_>) -> Result<Vec<Log>, Failure> {
    let all = transactions::read(path, console.today())?;
    let count = all.len();
    console.progress(&words!("transactions read: {count}", "取引{count}件を読み込みました"));
    let mut parts: BTreeMap<String, Vec<Transaction>> = BTreeMap::new();
    for one in all {
        parts.entry(one.currency.clone()).or_default().push(one);
    }
    Ok(parts.into_iter().map(|(currency, part)| log(currency, &part)).collect())
}

fn log(currency: String, part: &[Transaction]) -> Log {
    let mut customers: BTreeMap<&str, (u64, Entries)> = BTreeMap::new();
    for one in part {
        let (_, entries) = customers.entry(&one.customer).or_insert_with(|| (one.line, Vec::new()));
        entries.push((day(one.date), one.amount));
    }
    Log {
        currency,
        names: customers.iter().map(|(name, (line, _))| ((*name).to_owned(), *line)).collect(),
        customers: customers.into_values().map(|(_, entries)| entries).collect(),
        refunds: part.iter().filter(|one| one.amount < 0.0).count(),
        first_line: part.iter().map(|one| one.line).min().unwrap_or(1),
        last_day: part.iter().map(|one| day(one.date)).max().unwrap_or(0),
    }
}

/// The one log that is meant: the only one, or that of a currency.
///
/// # Errors
/// There are several and none was named, or not the one that was.
pub fn only(mut logs: Vec<Log>, wanted: Option<&str>, path: &Path) -> Result<Log, Failure> {
    let codes = logs.iter().map(|log| log.shown().to_owned()).collect::<Vec<_>>().join(", ");
    let second = logs.iter().map(|log| log.first_line).max().unwrap_or(1);
    let refuse = |line, words: Words| Err(Failure::fault(path, Fault::cell(line, "currency", words)));
    match wanted {
        Some(code) => match logs.iter().position(|log| log.currency.eq_ignore_ascii_case(code)) {
            Some(place) => Ok(logs.swap_remove(place)),
            None => refuse(
                1,
                words!("no entry in {code}; the file has: {codes}", "{code} の取引がありません。ファイルの通貨: {codes}"),
            ),
        },
        None if logs.len() > 1 => refuse(
            second,
            words!(
                "a second currency begins here ({codes}); amounts are not added across currencies: choose one with --currency",
                "ここで別の通貨になります({codes})。通貨の異なる金額は合算しません。--currency で1つ選んでください"
            ),
        ),
        None => logs.pop().ok_or_else(|| Failure::fault(path, Fault::line(1, words!("there are no orders", "注文がありません")))),
    }
}

impl Log {
    /// The currency as it is shown.
    pub fn shown(&self) -> &str {
        if self.currency.is_empty() { "unnamed" } else { &self.currency }
    }

    /// Says how refunds are counted, if there are any.
    pub fn say_refunds(&self, console: &mut Console<'_>) {
        let count = self.refunds;
        if count > 0 {
            console.progress(&words!(
                "{count} negative lines: taken off the same customer's day; a day with nothing left is no purchase",
                "マイナスの行が{count}件あります。同じ顧客の同じ日の金額から差し引き、残額のない日は購入と数えません"
            ));
        }
    }

    /// Refuses a log in which nobody bought anything.
    ///
    /// # Errors
    /// No entry is above 0.
    pub fn with_orders(self, path: &Path) -> Result<Self, Failure> {
        if self.customers.iter().flatten().any(|(_, money)| *money > 0.0) {
            return Ok(self);
        }
        let words = words!("there are no orders: no amount is above 0", "注文がありません(0より大きい金額がありません)");
        Err(Failure::fault(path, Fault::cell(self.first_line, "amount", words)))
    }
}
