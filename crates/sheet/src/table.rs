//! A table: a header and rows, each row with its line.

use csv::{ReaderBuilder, StringRecord, Trim};
use jiff::civil::Date;

use crate::fault::{Fault, What};
use crate::{Encoding, cell, decode};

/// The largest whole number that a cell may count: everything below it is exact in floating point.
const LARGEST_COUNT: f64 = 9_007_199_254_740_992.0;

/// A table in memory.
#[derive(Debug)]
pub struct Table {
    header: Vec<String>,
    header_line: u64,
    records: Vec<(u64, StringRecord)>,
}

/// A column that a table has.
#[derive(Clone, Debug)]
pub struct Column {
    name: String,
    at: usize,
}

impl Column {
    /// Its name as the header writes it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A row of a table.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The line on which it begins.
    pub line: u64,
    cells: &'a StringRecord,
}

impl Table {
    /// Reads a table: the first line that is not blank is the header. Commas, or tabs if the header has tabs alone.
    ///
    /// # Errors
    /// Every row that cannot be read as one, or the one fault that makes the file no table.
    pub fn read(bytes: &[u8]) -> Result<Self, Vec<Fault>> {
        let (text, encoding) = decode(bytes);
        if text.trim().is_empty() {
            return Err(vec![Fault::line(1, What::EmptyFile)]);
        }
        if encoding == Encoding::ShiftJis {
            undecodable(&text)?;
        }
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(Trim::All)
            .delimiter(delimiter(&text))
            .from_reader(text.as_bytes());
        let mut lines = Lines::new(&text);
        let mut records = Vec::new();
        let mut record = StringRecord::new();
        // The text is decoded and in memory, so nothing but its end can stop the reader.
        while reader.read_record(&mut record).unwrap_or(false) {
            let byte = record.position().map_or(0, csv::Position::byte);
            let blank = record.iter().all(str::is_empty);
            let line = lines.at(usize::try_from(byte).unwrap_or(usize::MAX));
            if !blank {
                records.push((line, record.clone()));
            }
        }
        Self::check(records)
    }

    fn check(mut records: Vec<(u64, StringRecord)>) -> Result<Self, Vec<Fault>> {
        if records.is_empty() {
            return Err(vec![Fault::line(1, What::EmptyFile)]);
        }
        let (header_line, first) = records.remove(0);
        let header: Vec<String> = first.iter().map(str::to_owned).collect();
        let mut faults: Vec<Fault> = header
            .iter()
            .enumerate()
            .filter(|(at, name)| !name.is_empty() && header[..*at].contains(name))
            .map(|(_, name)| Fault::cell(header_line, name, What::DuplicateColumn))
            .collect();
        if records.is_empty() {
            faults.push(Fault::line(header_line, What::NoRows));
        }
        let width = |(line, record): &(u64, StringRecord)| {
            (record.len() != header.len())
                .then(|| Fault::line(*line, What::Width { expected: header.len(), found: record.len() }))
        };
        faults.extend(records.iter().filter_map(width));
        if faults.is_empty() { Ok(Self { header, header_line, records }) } else { Err(faults) }
    }

    /// The names in the header.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is no row; never so for a table that was read.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// A column that must be there: by its exact name, else without regard to upper and lower case if only one fits.
    ///
    /// # Errors
    /// The header lacks it.
    pub fn column(&self, name: &str) -> Result<Column, Fault> {
        self.column_if(name)
            .ok_or_else(|| Fault::cell(self.header_line, name, What::MissingColumn { found: self.header.clone() }))
    }

    /// A column that may be there, found like [`Table::column`].
    pub fn column_if(&self, name: &str) -> Option<Column> {
        let exact = self.header.iter().position(|found| found == name);
        let at = exact.or_else(|| {
            let mut alike = self.header.iter().enumerate().filter(|(_, found)| found.eq_ignore_ascii_case(name));
            let first = alike.next()?.0;
            alike.next().is_none().then_some(first)
        })?;
        Some(Column { name: self.header[at].clone(), at })
    }

    /// The rows in the order of the file.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        self.records.iter().map(|(line, cells)| Row { line: *line, cells })
    }
}

impl<'a> Row<'a> {
    /// A cell as it is written; blank if it is.
    pub fn text(&self, column: &Column) -> &'a str {
        self.cells.get(column.at).unwrap_or_default()
    }

    /// A cell that must not be blank.
    ///
    /// # Errors
    /// It is blank.
    pub fn filled(&self, column: &Column) -> Result<&'a str, Fault> {
        let text = self.text(column);
        if text.is_empty() { Err(self.fault(column, What::Blank)) } else { Ok(text) }
    }

    /// A finite number; see [`number`](crate::number).
    ///
    /// # Errors
    /// Blank or not a number.
    pub fn number(&self, column: &Column) -> Result<f64, Fault> {
        let text = self.filled(column)?;
        cell::number(text).ok_or_else(|| self.fault(column, What::NotANumber { text: text.to_owned() }))
    }

    /// A whole number from 0.
    ///
    /// # Errors
    /// Blank, not a number, negative or with a fraction.
    pub fn count(&self, column: &Column) -> Result<u64, Fault> {
        let value = self.number(column)?;
        if value.fract() == 0.0 && (0.0..=LARGEST_COUNT).contains(&value) {
            Ok(value as u64)
        } else {
            Err(self.fault(column, What::NotACount { text: self.text(column).to_owned() }))
        }
    }

    /// A calendar day; see [`date`](crate::date).
    ///
    /// # Errors
    /// Blank or not a date.
    pub fn date(&self, column: &Column) -> Result<Date, Fault> {
        let text = self.filled(column)?;
        cell::date(text).ok_or_else(|| self.fault(column, What::NotADate { text: text.to_owned() }))
    }

    fn fault(&self, column: &Column, what: What) -> Fault {
        Fault::cell(self.line, &column.name, what)
    }
}

fn undecodable(text: &str) -> Result<(), Vec<Fault>> {
    let faults: Vec<Fault> = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| line.contains('\u{FFFD}'))
        .map(|(_, line)| Fault::line(line, What::Undecodable))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

fn delimiter(text: &str) -> u8 {
    let header = text.trim_start().lines().next().unwrap_or_default();
    if header.contains('\t') && !header.contains(',') { b'\t' } else { b',' }
}

/// Line numbers of growing places in a text. The reader's own count begins a row at the blank lines before it.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, line: 1 }
    }

    fn at(&mut self, place: usize) -> u64 {
        while let Some(byte) = self.bytes.get(self.at) {
            let line_end = *byte == b'\n' || (*byte == b'\r' && self.bytes.get(self.at + 1) != Some(&b'\n'));
            if self.at >= place && !line_end && *byte != b'\r' {
                break;
            }
            self.line += u64::from(line_end);
            self.at += 1;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<u64> {
        Table::read(text.as_bytes()).map(|table| table.rows().map(|row| row.line).collect()).unwrap_or_default()
    }

    #[test]
    fn rows_know_their_lines() {
        assert_eq!(lines("a,b\n1,2\n3,4\n"), [2, 3]);
        assert_eq!(lines("a,b\r\n1,2\r\n3,4"), [2, 3]);
        assert_eq!(lines("a,b\r1,2\r3,4"), [2, 3]);
        assert_eq!(lines("\n\na,b\n\n1,2\n,\n\n3,4\n"), [5, 8]);
        assert_eq!(lines("a,b\n\"x\ny\",2\n3,4\n"), [2, 4]);
        assert_eq!(lines("a,b\r\n\"x\r\ny\",2\r\n\r\n3,4\r\n"), [2, 5]);
    }

    #[test]
    fn what_is_no_table_says_why() {
        let what = |bytes: &[u8]| Table::read(bytes).map_err(|faults| faults[0].clone()).err();
        assert_eq!(what(b""), Some(Fault::line(1, What::EmptyFile)));
        assert_eq!(what(b" \n,\n"), Some(Fault::line(1, What::EmptyFile)));
        assert_eq!(what(b"a,b\n"), Some(Fault::line(1, What::NoRows)));
        assert_eq!(what(b"a,a\n1,2\n"), Some(Fault::cell(1, "a", What::DuplicateColumn)));
        assert_eq!(what(b"a,b\n1,2\n1,2,3\n"), Some(Fault::line(3, What::Width { expected: 2, found: 3 })));
        assert_eq!(what(b"a,b\n1,2\n\xff\xfe\x81,3\n").map(|fault| fault.what), Some(What::Undecodable));
    }

    #[test]
    fn shift_jis_marks_and_tabs_are_read() {
        let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode("顧客,金額\n田中,1200\n");
        let table = Table::read(&bytes).expect("a table");
        let customer = table.column("顧客").expect("a column");
        assert_eq!(table.rows().map(|row| row.text(&customer)).collect::<Vec<_>>(), ["田中"]);
        let table = Table::read("\u{FEFF}ID\tx\n7\t3\n".as_bytes()).expect("a table");
        assert_eq!(table.header(), ["ID", "x"]);
        assert!(table.column_if("id").is_some());
    }

    #[test]
    fn cells_name_line_and_column() {
        let table = Table::read(b"x,day\n1.5,2026-02-30\n,x\n").expect("a table");
        let (x, day) = (table.column("x").expect("x"), table.column("day").expect("day"));
        let rows: Vec<Row<'_>> = table.rows().collect();
        assert_eq!(rows[0].number(&x), Ok(1.5));
        assert_eq!(rows[0].count(&x), Err(Fault::cell(2, "x", What::NotACount { text: "1.5".into() })));
        assert_eq!(rows[0].date(&day), Err(Fault::cell(2, "day", What::NotADate { text: "2026-02-30".into() })));
        assert_eq!(rows[1].number(&x), Err(Fault::cell(3, "x", What::Blank)));
        assert!(matches!(table.column("T"), Err(Fault { line: 1, what: What::MissingColumn { .. }, .. })));
    }
}
