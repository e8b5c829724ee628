//! What can be wrong with a message, said to people in Japanese and English.

use super::Unit;
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// One thing LINE would refuse, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// Path of the field, such as `messages[0].contents.body.contents[2].action.label`.
    pub path: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// LINE asks for this field.
    Missing,
    /// Another kind of JSON value.
    WrongKind(Expected),
    /// Counts more than it may.
    TooLong {
        /// How it counts.
        unit: Unit,
        /// What it may.
        max: usize,
        /// What it does.
        actual: usize,
    },
    /// Counts less than it must.
    TooShort {
        /// How it counts.
        unit: Unit,
        /// What it must.
        min: usize,
        /// What it does.
        actual: usize,
    },
    /// More or fewer items than allowed.
    Count {
        /// Fewest.
        min: usize,
        /// Most.
        max: usize,
        /// Found.
        actual: usize,
    },
    /// A number out of its range.
    Range {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
    },
    /// More bytes of JSON than allowed.
    TooLarge {
        /// Most.
        max: usize,
        /// Found.
        actual: usize,
    },
    /// None of the words LINE knows.
    NotAmong(&'static [&'static str]),
    /// A `type` that LINE does not know, or that may not stand here.
    Type {
        /// What was found.
        found: String,
        /// What may stand here.
        allowed: &'static [&'static str],
    },
    /// No address, or not one of these schemes, or not percent-encoded.
    Url(&'static [&'static str]),
    /// Not in the form LINE asks for.
    Form(Said),
    /// Against a rule between several fields.
    Rule(Said),
}

/// A kind of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Text.
    Text,
    /// Number.
    Number,
    /// Number without fraction.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// List.
    List,
    /// Object.
    Object,
}

/// One sentence in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// Japanese.
    pub ja: &'static str,
    /// English.
    pub en: &'static str,
}

impl Violation {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self.problem {
            Problem::Missing => "missing",
            Problem::WrongKind(_) => "wrong_kind",
            Problem::TooLong { .. } => "too_long",
            Problem::TooShort { .. } => "too_short",
            Problem::Count { .. } => "count",
            Problem::Range { .. } => "range",
            Problem::TooLarge { .. } => "too_large",
            Problem::NotAmong(_) => "not_among",
            Problem::Type { .. } => "type",
            Problem::Url(_) => "url",
            Problem::Form(_) => "form",
            Problem::Rule(_) => "rule",
        }
    }

    /// The limit that was passed, if it is one number.
    pub fn limit(&self) -> Option<usize> {
        match self.problem {
            Problem::TooLong { max, .. } | Problem::TooLarge { max, .. } => Some(max),
            Problem::TooShort { min, .. } => Some(min),
            Problem::Count { min, max, actual } => Some(if actual < min { min } else { max }),
            _ => None,
        }
    }

    /// For the shop's staff.
    pub fn ja(&self) -> String {
        match &self.problem {
            Problem::Missing => "この項目は必須です。".to_owned(),
            Problem::WrongKind(expected) => format!("{}で指定してください。", expected.ja()),
            Problem::TooLong { unit, max, actual } => {
                format!("{max}文字以内にしてください（現在{actual}文字{}）。", unit.note_ja())
            }
            Problem::TooShort { min: 1, .. } => "空にはできません。".to_owned(),
            Problem::TooShort { min, actual, .. } => {
                format!("{min}文字以上にしてください（現在{actual}文字）。")
            }
            Problem::Count { min, max, actual } if min == max => {
                format!("{max}個にしてください（現在{actual}個）。")
            }
            Problem::Count { min, max, actual } => {
                format!("{min}～{max}個にしてください（現在{actual}個）。")
            }
            Problem::Range { min, max } if *max == f64::MAX => format!("{min}以上にしてください。"),
            Problem::Range { min, max } => format!("{min}～{max}の範囲にしてください。"),
            Problem::TooLarge { max, actual } => {
                format!("JSONを{max}バイト以内にしてください（現在{actual}バイト）。")
            }
            Problem::NotAmong(words) => {
                format!("次のいずれかにしてください: {}。", words.join("、"))
            }
            Problem::Type { found, allowed } => {
                format!("ここでは「{found}」は使えません。使えるもの: {}。", allowed.join("、"))
            }
            Problem::Url(schemes) => format!(
                "{}で始まる正しいURLにしてください。日本語や空白はURLエンコードが必要です。",
                schemes.iter().map(|scheme| format!("{scheme}:")).collect::<Vec<_>>().join("、")
            ),
            Problem::Form(said) | Problem::Rule(said) => said.ja.to_owned(),
        }
    }

    /// For everybody else.
    pub fn en(&self) -> String {
        match &self.problem {
            Problem::Missing => "This field is required.".to_owned(),
            Problem::WrongKind(expected) => format!("Must be {}.", expected.en()),
            Problem::TooLong { unit, max, actual } => {
                format!("At most {max} {} (now {actual}).", unit.name_en())
            }
            Problem::TooShort { min: 1, .. } => "Must not be empty.".to_owned(),
            Problem::TooShort { unit, min, actual } => {
                format!("At least {min} {} (now {actual}).", unit.name_en())
            }
            Problem::Count { min, max, actual } if min == max => {
                format!("Exactly {max} (now {actual}).")
            }
            Problem::Count { min, max, actual } => format!("{min} to {max} (now {actual})."),
            Problem::Range { min, max } if *max == f64::MAX => format!("At least {min}."),
            Problem::Range { min, max } => format!("Between {min} and {max}."),
            Problem::TooLarge { max, actual } => {
                format!("At most {max} bytes of JSON (now {actual}).")
            }
            Problem::NotAmong(words) => format!("One of: {}.", words.join(", ")),
            Problem::Type { found, allowed } => {
                format!("{found:?} cannot stand here. Possible: {}.", allowed.join(", "))
            }
            Problem::Url(schemes) => format!(
                "Must be a percent-encoded address beginning with {}.",
                schemes.iter().map(|scheme| format!("{scheme}:")).collect::<Vec<_>>().join(", ")
            ),
            Problem::Form(said) | Problem::Rule(said) => said.en.to_owned(),
        }
    }
}

impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Violation", 5)?;
        object.serialize_field("path", &self.path)?;
        object.serialize_field("code", self.code())?;
        object.serialize_field("ja", &self.ja())?;
        object.serialize_field("en", &self.en())?;
        object.serialize_field("limit", &self.limit())?;
        object.end()
    }
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} / {}", self.path, self.ja(), self.en())
    }
}

impl Unit {
    fn note_ja(self) -> &'static str {
        match self {
            Self::Utf16 => "、絵文字などは2文字以上に数えます",
            Self::Grapheme => "",
        }
    }

    fn name_en(self) -> &'static str {
        match self {
            Self::Utf16 => "characters (UTF-16 units)",
            Self::Grapheme => "characters",
        }
    }
}

impl Expected {
    fn ja(self) -> &'static str {
        match self {
            Self::Text => "文字列",
            Self::Number => "数値",
            Self::Integer => "整数",
            Self::Boolean => "trueまたはfalse",
            Self::List => "配列",
            Self::Object => "オブジェクト",
        }
    }

    fn en(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "a number",
            Self::Integer => "a whole number",
            Self::Boolean => "true or false",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }
}
