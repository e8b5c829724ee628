//! Customers' summaries: `x`, `t_x`, `T`, optional `zbar`, `ID`.

use std::collections::HashMap;
use std::path::Path;

use ltv::purchase::{Gate, History, Spend};
use sheet::{Column, Row};

use super::said;
use crate::failure::{Failure, Fault};
use crate::input::Input;
use crate::words;
use crate::{Console, Words};

/// So many repeated names are said.
const SHOWN: usize = 20;

/// Customers of a file, in its order.
pub struct Customers {
    /// Their names: `ID`, or the number of the row.
    pub ids: Vec<String>,
    /// Their histories.
    pub histories: Vec<History>,
    /// What repeaters spent; `None` without the column.
    pub spends: Option<Vec<Option<Spend>>>,
    /// The line of each.
    pub lines: Vec<u64>,
}

struct Columns {
    id: Option<Column>,
    x: Column,
    t_x: Column,
    t: Column,
    zbar: Option<Column>,
}

struct One {
    id: Option<String>,
    history: History,
    spend: Option<Spend>,
}

/// Reads a file.
///
/// # Errors
/// The file cannot be read, lacks a column, or has rows with faults.
pub fn read(path: &Path) -> Result<Customers, Failure> {
    let input = Input::read(path)?;
    let [x, t_x, t] = input.columns(["x", "t_x", "T"])?;
    let columns = Columns { id: input.table.column_if("ID"), x, t_x, t, zbar: input.table.column_if("zbar") };
    let ones = input.rows(|row| one(row, &columns))?;
    let lines: Vec<u64> = input.table.rows().map(|row| row.line).collect();
    let id = |(number, one): (usize, &One)| one.id.clone().unwrap_or_else(|| (number + 1).to_string());
    Ok(Customers {
        ids: ones.iter().enumerate().map(id).collect(),
        histories: ones.iter().map(|one| one.history).collect(),
        spends: columns.zbar.map(|_| ones.iter().map(|one| one.spend).collect()),
        lines,
    })
}

fn one(row: Row<'_>, columns: &Columns) -> Result<One, Fault> {
    let x = u32::try_from(row.count(&columns.x)?)
        .map_err(|_| Fault::cell(row.line, columns.x.name(), words!("too many purchases", "購入回数が大きすぎます")))?;
    let history = History::new(x, row.number(&columns.t_x)?, row.number(&columns.t)?)
        .map_err(|fault| Fault::line(row.line, said::of_history(fault)))?;
    let spend = match &columns.zbar {
        Some(zbar) if x > 0 => Some(spend(row, x, zbar)?),
        _ => None,
    };
    Ok(One { id: columns.id.as_ref().map(|id| row.text(id).to_owned()).filter(|id| !id.is_empty()), history, spend })
}

fn spend(row: Row<'_>, x: u32, zbar: &Column) -> Result<Spend, Fault> {
    let z = row.number(zbar)?;
    Spend::new(x, z).ok_or_else(|| {
        let statement = words!(
            "{z} for {x} repeat purchases: the mean must be above 0; take refunds off first, and leave out days with nothing left",
            "リピート購入{x}回の平均額が{z}です。返金を差し引き、金額が残らない日を除いた、0より大きい値にしてください"
        );
        Fault::cell(row.line, zbar.name(), statement)
    })
}

impl Customers {
    /// What is known of repeaters' spend.
    ///
    /// # Errors
    /// The file has no such column.
    pub fn known_spends(&self, path: &Path) -> Result<Vec<Spend>, Failure> {
        let words = || {
            words!(
                "the column zbar is missing: mean money of a repeat purchase",
                "リピート購入の平均額を示す「zbar」列がありません"
            )
        };
        let spends = self.spends.as_ref().ok_or_else(|| Failure::fault(path, Fault::line(1, words())))?;
        Ok(spends.iter().flatten().copied().collect())
    }

    /// Says which names stand twice: each row is a customer, so somebody would count twice.
    pub fn say_twice(&self, console: &mut Console<'_>) {
        let mut seen = HashMap::new();
        let twice = |(id, line)| seen.insert(id, line).map(|before| (id, line, before));
        for (id, line, before) in self.ids.iter().zip(&self.lines).filter_map(twice).take(SHOWN) {
            console.progress(&words!(
                "line {line}: ID {id} stands on line {before} already; each row counts as a customer",
                "{line}行目: ID {id} は{before}行目にもあります。1行を1人の顧客として数えます"
            ));
        }
    }

    /// A gate in words, with the line where one customer is meant.
    pub fn words(&self, gate: &Gate) -> Words {
        let most = self.histories.iter().zip(0..).max_by_key(|(history, _)| history.x());
        let (Gate::OneCustomerDominates { .. }, Some((_, at))) = (gate, most) else { return said::words(gate) };
        let (line, id, Words { english, japanese }) = (self.lines[at], &self.ids[at], said::words(gate));
        words!("line {line}, ID {id}: {english}", "{line}行目(ID {id}): {japanese}")
    }

    /// All but those at some places (ascending).
    pub fn without(&self, places: &[usize]) -> Self {
        let kept: Vec<usize> = (0..self.ids.len()).filter(|at| places.binary_search(at).is_err()).collect();
        Self {
            ids: kept.iter().map(|at| self.ids[*at].clone()).collect(),
            histories: kept.iter().map(|at| self.histories[*at]).collect(),
            spends: self.spends.as_ref().map(|spends| kept.iter().map(|at| spends[*at]).collect()),
            lines: kept.iter().map(|at| self.lines[*at]).collect(),
        }
    }

    /// The line at which somebody looks for what is wrong with the whole file: its last.
    pub fn last_line(&self) -> u64 {
        self.lines.last().copied().unwrap_or(1)
    }
}
