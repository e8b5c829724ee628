//! What can be wrong with a table before anybody asks what it means.

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line in the file, from 1; the line on which the row begins.
    pub line: u64,
    /// The column's name, where the fault is a cell's.
    pub column: Option<String>,
    /// What is wrong.
    pub what: What,
}

impl Fault {
    /// A fault of a whole line.
    pub fn line(line: u64, what: What) -> Self {
        Self { line, column: None, what }
    }

    /// A fault of a cell.
    pub fn cell(line: u64, column: &str, what: What) -> Self {
        Self { line, column: Some(column.to_owned()), what }
    }
}

/// The kinds of fault. Words are the caller's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The file holds nothing but blank space.
    EmptyFile,
    /// There is a header and no row below it.
    NoRows,
    /// Bytes that are neither UTF-8 nor Shift_JIS.
    Undecodable,
    /// A column that must be there is not; with those that are.
    MissingColumn {
        /// What the header holds.
        found: Vec<String>,
    },
    /// Two columns of one name.
    DuplicateColumn,
    /// A row with another number of cells than the header.
    Width {
        /// Cells in the header.
        expected: usize,
        /// Cells in the row.
        found: usize,
    },
    /// A cell that must not be blank.
    Blank,
    /// Not a number, or not a finite one.
    NotANumber {
        /// The cell.
        text: String,
    },
    /// Not a whole number from 0 to 2^53.
    NotACount {
        /// The cell.
        text: String,
    },
    /// Not a date.
    NotADate {
        /// The cell.
        text: String,
    },
}
