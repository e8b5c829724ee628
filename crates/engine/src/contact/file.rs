//! Contact files (CSV, NDJSON) read and checked: every fault with its line, before anything is written.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::import::Row;
use crate::workspace::{Catalog, attribute_value};

/// Longest display name taken.
const NAME_MAX: usize = 100;
/// Faults reported at most; more are counted.
pub const FAULTS_MAX: usize = 1_000;

/// What to do with a file that has faults. The user chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnFault {
    /// Nothing is taken in.
    #[default]
    Nothing,
    /// The good rows are taken in.
    GoodRows,
}

/// How the file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Comma-separated with a header line; UTF-8 (with or without BOM) or Shift_JIS.
    Csv,
    /// One JSON object per line.
    Ndjson,
}

/// One thing to mend in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Fault {
    /// Line of the file, from 1.
    pub line: u64,
    /// Column, or '' for the whole line.
    pub column: String,
    /// What to do, in Japanese.
    pub message: String,
}

/// A file read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Good rows, in order.
    pub rows: Vec<Row>,
    /// The first faults.
    pub faults: Vec<Fault>,
    /// All faults, also those not listed.
    pub fault_count: u64,
    /// Faults listed at most.
    most: usize,
}

impl Default for Sheet {
    fn default() -> Self {
        Self { rows: Vec::new(), faults: Vec::new(), fault_count: 0, most: FAULTS_MAX }
    }
}

impl Sheet {
    fn fault(&mut self, line: u64, column: &str, message: impl Into<String>) {
        self.fault_count += 1;
        if self.faults.len() < self.most {
            self.faults.push(Fault { line, column: column.to_owned(), message: message.into() });
        }
    }
}

/// The format of a file by its first character.
pub fn guess(bytes: &[u8]) -> Format {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match start.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(b'{') => Format::Ndjson,
        _ => Format::Csv,
    }
}

/// Reads and checks a whole file. `columns` says what each column of a CSV means (see [`super::columns`]), '' for none
/// of ours; without it the header must.
pub fn read(bytes: &[u8], format: Format, columns: Option<&[String]>, catalog: &Catalog) -> Sheet {
    read_up_to(FAULTS_MAX, bytes, format, columns, catalog)
}

fn read_up_to(most: usize, bytes: &[u8], format: Format, columns: Option<&[String]>, catalog: &Catalog) -> Sheet {
    let text = lines(bytes);
    let mut sheet = Sheet { most, ..Sheet::default() };
    match format {
        Format::Csv => read_csv(&text, columns, catalog, &mut sheet),
        Format::Ndjson => read_ndjson(&text, catalog, &mut sheet),
    }
    if sheet.rows.is_empty() && sheet.fault_count == 0 {
        sheet.fault(1, "", "ファイルにデータがありません。");
    }
    sheet
}

/// The text with plain line ends: the reader counts the lines of a file from Windows one too low.
fn lines(bytes: &[u8]) -> String {
    sheet::decode(bytes).0.replace("\r\n", "\n")
}

/// The wrong rows of a CSV as a CSV of their own: line, what to mend, and the row as it was. For Excel: UTF-8 with BOM.
pub fn wrong_rows(bytes: &[u8], columns: Option<&[String]>, catalog: &Catalog) -> Vec<u8> {
    let read = read_up_to(usize::MAX, bytes, Format::Csv, columns, catalog);
    let mut wrong: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for fault in read.faults {
        let at = if fault.column.is_empty() { String::new() } else { format!("{}: ", fault.column) };
        wrong.entry(fault.line).or_default().push(format!("{at}{}", fault.message));
    }
    let text = lines(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(true).from_reader(text.as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    let mut out = String::from("\u{feff}");
    let mut write = |first: [&str; 2], cells: &csv::StringRecord| {
        out.push_str(&sheet::line(first.into_iter().chain(cells)));
    };
    write(["行", "理由"], &header);
    if let Some(reasons) = wrong.get(&1) {
        write(["1", &reasons.join(" ")], &header);
    }
    for record in reader.records().flatten() {
        let line = record.position().map_or(0, csv::Position::line);
        if let Some(reasons) = wrong.get(&line) {
            write([&line.to_string(), &reasons.join(" ")], &record);
        }
    }
    out.into_bytes()
}

fn read_csv(text: &str, columns: Option<&[String]>, catalog: &Catalog, sheet: &mut Sheet) {
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(true).from_reader(text.as_bytes());
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(|name| name.trim().to_owned()).collect(),
        Err(error) => return sheet.fault(1, "", format!("見出し行を読めません: {error}")),
    };
    let header = match columns {
        Some(columns) if columns.len() != header.len() => {
            return sheet.fault(1, "", format!("列の数が合いません(見出しは{}列)。", header.len()));
        }
        Some(columns) => columns.to_vec(),
        None => header,
    };
    if !check_header(&header, sheet) {
        return;
    }
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                sheet.fault(line, "", format!("この行を読めません: {error}"));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if record.len() > header.len() {
            sheet.fault(line, "", format!("列が多すぎます(見出しは{}列、この行は{}列)。", header.len(), record.len()));
            continue;
        }
        let cells = header.iter().map(String::as_str).zip(record.iter());
        take(line, cells, catalog, sheet);
    }
}

fn check_header(header: &[String], sheet: &mut Sheet) -> bool {
    let mut seen = HashSet::new();
    for name in header.iter().filter(|name| !name.is_empty()) {
        let known =
            matches!(name.as_str(), "line_user_id" | "display_name" | "friend_since" | "tags") || name.starts_with("attr.");
        if !known {
            sheet.fault(
                1,
                name,
                format!("「{name}」という列はありません。使える列: line_user_id, display_name, friend_since, tags, attr.◯◯"),
            );
        }
        if !seen.insert(name) {
            sheet.fault(1, name, format!("「{name}」の列が2つあります。"));
        }
    }
    if !seen.contains(&"line_user_id".to_owned()) {
        sheet.fault(1, "line_user_id", "line_user_id の列がありません。1行目に見出しを入れてください。");
    }
    sheet.fault_count == 0
}

fn read_ndjson(text: &str, catalog: &Catalog, sheet: &mut Sheet) {
    for (line, content) in (1u64..).zip(text.trim_start_matches('\u{feff}').lines()) {
        if content.trim().is_empty() {
            continue;
        }
        let object = match serde_json::from_str::<Value>(content) {
            Ok(Value::Object(object)) => object,
            Ok(_) => {
                sheet.fault(line, "", "1行に1つのJSONオブジェクトを書いてください。");
                continue;
            }
            Err(error) => {
                sheet.fault(line, "", format!("JSONとして読めません: {error}"));
                continue;
            }
        };
        let cells: Vec<(String, String)> = object.iter().flat_map(|(key, value)| flatten(key, value)).collect();
        let unknown = cells.iter().find(|(key, _)| {
            !matches!(key.as_str(), "line_user_id" | "display_name" | "friend_since" | "tags") && !key.starts_with("attr.")
        });
        if let Some((key, _)) = unknown {
            sheet.fault(line, key, format!("「{key}」という項目はありません。"));
            continue;
        }
        take(line, cells.iter().map(|(key, value)| (key.as_str(), value.as_str())), catalog, sheet);
    }
}

/// `"tags": ["a","b"]` and `"attr": {"k": v}` as the cells a CSV would have.
fn flatten(key: &str, value: &Value) -> Vec<(String, String)> {
    match (key, value) {
        ("attr", Value::Object(fields)) => fields.iter().map(|(name, value)| (format!("attr.{name}"), plain(value))).collect(),
        (_, Value::Array(items)) => vec![(key.to_owned(), items.iter().map(plain).collect::<Vec<_>>().join("|"))],
        _ => vec![(key.to_owned(), plain(value))],
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(yes) => u8::from(*yes).to_string(),
        other => other.to_string(),
    }
}

fn take<'a>(line: u64, cells: impl Iterator<Item = (&'a str, &'a str)>, catalog: &Catalog, sheet: &mut Sheet) {
    let before = sheet.fault_count;
    let mut row = Row { line, ..Row::default() };
    for (column, cell) in cells {
        let cell = sheet::unguarded(cell.trim());
        match column {
            "line_user_id" => cell.clone_into(&mut row.user_id),
            "display_name" if cell.is_empty() => {}
            "display_name" if cell.chars().count() > NAME_MAX => {
                sheet.fault(line, column, format!("名前は{NAME_MAX}文字以内です。"))
            }
            "display_name" => row.display_name = Some(cell.to_owned()),
            "friend_since" if cell.is_empty() => {}
            "friend_since" => match instant(cell, &catalog.zone) {
                Some(at) => row.friend_since = Some(at),
                None => sheet.fault(line, column, format!("日時として読めません: {}(例: 2026-04-01 10:30)", cut(cell))),
            },
            "" => {}
            "tags" => row.tags = names(cell, catalog).map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
            _ => attribute(line, column, cell, catalog, &mut row, sheet),
        }
    }
    if let Some(long) = row.tags.iter().find(|tag| tag.chars().count() > 50) {
        let message = format!("タグは50文字以内です: {}", cut(long));
        sheet.fault(line, "tags", message);
    }
    if !is_user_id(&row.user_id) {
        sheet.fault(line, "line_user_id", format!("LINEのユーザーIDではありません(Uと32桁の英数字): {}", cut(&row.user_id)));
    }
    if sheet.fault_count == before {
        sheet.rows.push(row);
    }
}

/// The tags of a cell: between `|` as our own files have it; else between `;` or `、`, unless that is the name of one tag.
fn names<'c>(cell: &'c str, catalog: &Catalog) -> impl Iterator<Item = &'c str> {
    let between: &[char] = match () {
        () if cell.contains('|') => &['|'],
        () if cell.contains([';', '、']) && catalog.tags.values().any(|tag| tag.name == cell) => &[],
        () => &[';', '、'],
    };
    cell.split(between)
}

fn attribute(line: u64, column: &str, cell: &str, catalog: &Catalog, row: &mut Row, sheet: &mut Sheet) {
    let Some(key) = column.strip_prefix("attr.") else { return };
    let shape =
        !key.is_empty() && key.len() <= 40 && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !shape {
        return sheet.fault(line, column, "attr. の後は半角の英小文字・数字・_ です。");
    }
    let known = catalog.attribute_keys.get(key).and_then(|id| catalog.attributes.get(id));
    if let (Some(field), false) = (known, cell.is_empty())
        && let Err(error) = attribute_value(field, cell)
    {
        return sheet.fault(line, column, error.to_string());
    }
    row.attributes.push((key.to_owned(), cell.to_owned()));
}

/// `U` and 32 hexadecimal digits (LINE's documented form).
pub fn is_user_id(text: &str) -> bool {
    text.len() == 33 && text.starts_with('U') && text[1..].bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn instant(text: &str, zone: &TimeZone) -> Option<i64> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(at.as_millisecond());
    }
    let plain = text.replace('/', "-");
    let civil = plain.parse::<DateTime>().ok().or_else(|| plain.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0)));
    civil?.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp().as_millisecond())
}

fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}
