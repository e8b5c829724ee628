//! Files that commands read.

use std::io::Read;
use std::path::{Path, PathBuf};

use sheet::{Column, Row, Table};

use crate::failure::{Failure, Fault};
use crate::words;

/// A table and the file it came from.
#[derive(Debug)]
pub struct Input {
    /// The file, for messages.
    pub path: PathBuf,
    /// Its content.
    pub table: Table,
}

/// The bytes of a file; `-` is standard input.
///
/// # Errors
/// It cannot be read.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(path).map(|content| bytes = content)
    };
    match read {
        Ok(()) => Ok(bytes),
        Err(error) => {
            let path = path.display();
            Err(Failure::Failed(words!("{path} cannot be read: {error}", "{path} を読めません: {error}")))
        }
    }
}

impl Input {
    /// Reads a table.
    ///
    /// # Errors
    /// The file cannot be read, or is no table.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let table = Table::read(&bytes(path)?).map_err(|faults| Failure::faults(path, faults))?;
        Ok(Self { path: path.to_owned(), table })
    }

    /// A column that must be there.
    ///
    /// # Errors
    /// It is not.
    pub fn column(&self, name: &str) -> Result<Column, Failure> {
        self.table.column(name).map_err(|fault| Failure::fault(&self.path, fault))
    }

    /// Several columns that must be there.
    ///
    /// # Errors
    /// Every one that is not.
    pub fn columns<const N: usize>(&self, names: [&str; N]) -> Result<[Column; N], Failure> {
        let found = names.map(|name| self.table.column(name));
        let missing: Vec<sheet::Fault> = found.iter().filter_map(|column| column.clone().err()).collect();
        let columns: Vec<Column> = found.into_iter().flatten().collect();
        columns.try_into().map_err(|_| Failure::faults(&self.path, missing))
    }

    /// Every row read by `read`, in order.
    ///
    /// # Errors
    /// The faults of all rows that could not be.
    pub fn rows<T>(&self, mut read: impl FnMut(Row<'_>) -> Result<T, Fault>) -> Result<Vec<T>, Failure> {
        let mut values = Vec::with_capacity(self.table.len());
        let mut faults = Vec::new();
        for row in self.table.rows() {
            match read(row) {
                Ok(value) => values.push(value),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(values) } else { Err(Failure::faults(&self.path, faults)) }
    }
}
