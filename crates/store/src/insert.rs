//! Multi-row inserts.

use std::fmt::Write;

/// A multi-row insert, usually a `const`.
///
/// On PostgreSQL one call must not bring the same conflict key twice when `conflict` updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Insert {
    /// Table name.
    pub table: &'static str,
    /// Columns in the order of each row's parameters.
    pub columns: &'static [&'static str],
    /// Empty, or `ON CONFLICT (…) DO NOTHING`, or `ON CONFLICT (…) DO UPDATE SET a = excluded.a`.
    pub conflict: &'static str,
}

impl Insert {
    /// `INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT …`: one row.
    pub fn single(&self) -> String {
        let mut sql = self.head();
        sql.push_str(" VALUES (");
        for number in 1..=self.columns.len() {
            let comma = if number == 1 { "" } else { ", " };
            // Writing to a String cannot fail.
            let _ = write!(sql, "{comma}${number}");
        }
        sql.push_str(") ");
        sql.push_str(self.conflict);
        sql
    }

    /// `INSERT INTO t (a, b) SELECT * FROM UNNEST($1::int8[], $2::text[]) ON CONFLICT …`: one array per column.
    pub(crate) fn unnest(&self, types: &[String]) -> String {
        let mut sql = self.head();
        sql.push_str(" SELECT * FROM UNNEST(");
        for (index, name) in types.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            let _ = write!(sql, "{comma}${}::{name}[]", index + 1);
        }
        sql.push_str(") ");
        sql.push_str(self.conflict);
        sql
    }

    fn head(&self) -> String {
        format!("INSERT INTO {} ({})", self.table, self.columns.join(", "))
    }
}
