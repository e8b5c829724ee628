//! Why a command could not answer.

use std::path::{Path, PathBuf};

use crate::words;
use crate::words::{Language, Words};

/// So many faults of a file are shown; the others are counted.
const SHOWN: usize = 20;

/// Why a command could not answer.
#[derive(Clone, Debug)]
pub enum Failure {
    /// Arguments that contradict each other or stand outside what they may be: exit code 2.
    Use(Words),
    /// A file whose content cannot be used: exit code 1.
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, by line.
        faults: Vec<Fault>,
    },
    /// Anything else: exit code 1.
    Failed(Words),
}

/// A fault of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line in the file, from 1.
    pub line: u64,
    /// The column, where the fault is a cell's.
    pub column: Option<String>,
    /// What is wrong.
    pub words: Words,
}

impl Fault {
    /// A fault of a line.
    pub fn line(line: u64, words: Words) -> Self {
        Self { line, column: None, words }
    }

    /// A fault of a cell.
    pub fn cell(line: u64, column: &str, words: Words) -> Self {
        Self { line, column: Some(column.to_owned()), words }
    }

    fn say(&self, language: Language) -> String {
        let said = self.words.in_language(language);
        match (&self.column, language) {
            (None, Language::English) => format!("line {}: {said}", self.line),
            (None, Language::Japanese) => format!("{}行目: {said}", self.line),
            (Some(column), Language::English) => format!("line {}, column {column}: {said}", self.line),
            (Some(column), Language::Japanese) => format!("{}行目「{column}」列: {said}", self.line),
        }
    }
}

impl From<sheet::Fault> for Fault {
    fn from(fault: sheet::Fault) -> Self {
        Self { line: fault.line, column: fault.column, words: of_sheet(fault.what) }
    }
}

fn of_sheet(what: sheet::What) -> Words {
    use sheet::What;
    match what {
        What::EmptyFile => words!("the file is empty", "ファイルにデータがありません"),
        What::NoRows => words!("there is no row below the header", "見出し行の下にデータがありません"),
        What::Undecodable => words!("the text is neither UTF-8 nor Shift_JIS", "文字コードがUTF-8でもShift_JISでもありません"),
        What::MissingColumn { found } => {
            let found = found.join(", ");
            words!("the column is missing; the file has: {found}", "この列がありません。ファイルの列: {found}")
        }
        What::DuplicateColumn => words!("two columns have this name", "同じ名前の列が2つあります"),
        What::Width { expected, found } => {
            words!("cells: {found}; the header has {expected}", "{found}列ですが、見出しは{expected}列です")
        }
        What::Blank => words!("the cell is blank", "空欄です"),
        What::NotANumber { text } => words!("\"{text}\" is not a number", "「{text}」は数値ではありません"),
        What::NotACount { text } => {
            words!("\"{text}\" is not a whole number from 0", "「{text}」は0以上の整数ではありません")
        }
        What::NotADate { text } => {
            words!("\"{text}\" is not a date (2026-01-31)", "「{text}」は日付ではありません(例: 2026-01-31)")
        }
    }
}

impl Failure {
    /// A file with one fault.
    pub fn fault(path: &Path, fault: impl Into<Fault>) -> Self {
        Self::File { path: path.to_owned(), faults: vec![fault.into()] }
    }

    /// A file with several.
    pub fn faults(path: &Path, faults: impl IntoIterator<Item = impl Into<Fault>>) -> Self {
        Self::File { path: path.to_owned(), faults: faults.into_iter().map(Into::into).collect() }
    }

    /// 1, or 2 for wrong use.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Use(_) => 2,
            Self::File { .. } | Self::Failed(_) => 1,
        }
    }

    /// The lines to say.
    pub fn say(&self, language: Language) -> Vec<String> {
        match self {
            Self::Use(words) | Self::Failed(words) => vec![words.in_language(language).to_owned()],
            Self::File { path, faults } => {
                let said = |fault: &Fault| format!("{}: {}", path.display(), fault.say(language));
                let mut lines: Vec<String> = faults.iter().take(SHOWN).map(said).collect();
                if let Some(more) = faults.len().checked_sub(SHOWN).filter(|more| *more > 0) {
                    let words = words!("and {more} more", "ほか{more}件");
                    lines.push(format!("{}: {}", path.display(), words.in_language(language)));
                }
                lines
            }
        }
    }
}
