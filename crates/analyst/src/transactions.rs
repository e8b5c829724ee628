//! Orders and refunds as shops export them: customer, date, amount, and a currency where there are several.

use std::path::Path;

use jiff::ToSpan;
use jiff::civil::Date;
use sheet::{Column, Row};

use crate::failure::{Failure, Fault};
use crate::input::Input;
use crate::words;

/// One line of a shop's log.
#[derive(Clone, Debug, PartialEq)]
pub struct Transaction {
    /// The line in the file.
    pub line: u64,
    /// Who, as the file calls them.
    pub customer: String,
    /// The calendar day.
    pub date: Date,
    /// Money; negative for a refund.
    pub amount: f64,
    /// The currency's code; blank where the file names none.
    pub currency: String,
}

/// Reads `customer`, `date`, `amount` and, if there, `currency`, in the order of the file.
///
/// # Errors
/// The file cannot be read, lacks a column, or has rows with faults; among them days after `today`.
pub fn read(path: &Path, today: Date) -> Result<Vec<Transaction>, Failure> {
    let input = Input::read(path)?;
    let [customer, date, amount] = input.columns(["customer", "date", "amount"])?;
    let currency = input.table.column_if("currency");
    input.rows(|row| {
        let found = transaction(row, &customer, &date, &amount, currency.as_ref())?;
        not_after(&row, &date, found.date, today)?;
        Ok(found)
    })
}

/// Refuses a day in the future. One day is let pass: it is tomorrow somewhere.
///
/// # Errors
/// The day is later.
pub fn not_after(row: &Row<'_>, column: &Column, date: Date, today: Date) -> Result<(), Fault> {
    if date <= today.saturating_add(1.day()) {
        return Ok(());
    }
    Err(Fault::cell(row.line, column.name(), words!("{date} is in the future", "{date} は未来の日付です")))
}

fn transaction(
    row: Row<'_>,
    customer: &Column,
    date: &Column,
    amount: &Column,
    currency: Option<&Column>,
) -> Result<Transaction, Fault> {
    Ok(Transaction {
        line: row.line,
        customer: row.filled(customer)?.to_owned(),
        date: row.date(date)?,
        amount: row.number(amount)?,
        currency: currency.map_or("", |column| row.text(column)).to_ascii_uppercase(),
    })
}
