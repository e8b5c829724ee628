//! The syntax of `{{…}}`.

use line::validate::Unit;

use super::compile::Names;
use super::format::{Format, Kind};
use crate::ids::AttributeId;
use crate::problem::Problem;
use crate::vocabulary::Vocabulary;
use crate::workspace::AttributeType;

/// A variable as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Variable {
    /// Its name, without fallback and format.
    pub name: String,
    pub what: What,
    pub format: Option<Format>,
    pub fallback: Option<String>,
}

/// What it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The display name.
    Name,
    /// The account's name.
    Channel,
    /// Today, shifted.
    Day(Shift),
    /// The time of sending.
    Now,
    /// A field.
    Attribute(AttributeId, AttributeType),
    /// A path into the event's data.
    Event(String),
    /// A field that was deleted.
    Gone,
}

/// A number of days and months.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shift {
    pub days: i32,
    pub months: i32,
}

/// A stretch of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// As the reader sees it (textV2: as LINE reads it).
    Text(String),
    Variable(Variable),
    /// The n-th LINE emoji stands on the `$` that follows.
    Mark(usize),
    /// An address that a reader opens.
    Link(String),
}

/// What went wrong, to be put at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub code: &'static str,
    pub message: String,
}

impl Mistake {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(super) fn at(self, path: &str) -> Problem {
        Problem::new(path, self.code, self.message)
    }
}

/// How braces of the text itself are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Braces {
    /// They are characters.
    Plain,
    /// LINE reads `{key}` as a slot and `{{` as a brace (textV2).
    Slots,
}

/// The longest `{{…}}` that is read, in bytes.
const MAX_INNER: usize = 1_000;

/// Splits a text into what is fixed and what varies. `marks` are the UTF-16 indexes of LINE emoji in `text`; each must
/// stand on a `$`.
pub(super) fn split(
    text: &str,
    braces: Braces,
    marks: &[usize],
    read: &dyn Fn(&str) -> Result<Variable, Mistake>,
) -> Result<Vec<Part>, Mistake> {
    let mut parts = Vec::new();
    let mut fixed = String::new();
    let mut met = 0;
    let (mut rest, mut at) = (text, 0);
    while let Some(c) = rest.chars().next() {
        let mut step = c.len_utf8();
        if c == '$'
            && let Some(mark) = marks.iter().position(|index| *index == at)
        {
            flush(&mut fixed, &mut parts);
            parts.push(Part::Mark(mark));
            fixed.push('$');
            met += 1;
        } else if rest.starts_with("\\{{") {
            fixed.push_str(if braces == Braces::Slots { "{{{{" } else { "{{" });
            step = 3;
        } else if braces == Braces::Slots && (rest.starts_with("\\{") || rest.starts_with("\\}")) {
            fixed.push_str(if rest.starts_with("\\{") { "{{" } else { "}}" });
            step = 2;
        } else if let Some(inside) = rest.strip_prefix("{{") {
            let end = inside.find("}}").filter(|end| *end <= MAX_INNER);
            let inner = end.and_then(|end| inside.get(..end)).ok_or_else(|| {
                Mistake::new(
                    "unclosed_variable",
                    format!(
                        "{}文字目の「{{{{」が「}}}}」で閉じられていません。文字として使うときは「\\{{{{」と書いてください。",
                        at + 1
                    ),
                )
            })?;
            flush(&mut fixed, &mut parts);
            parts.push(Part::Variable(read(inner)?));
            step = inner.len() + 4;
        } else {
            fixed.push(c);
        }
        at += Unit::Utf16.count(&rest[..step]);
        rest = &rest[step..];
    }
    flush(&mut fixed, &mut parts);
    if met < marks.len() {
        return Err(Mistake::new("bad_emoji_index", "emojis の index は本文の「$」の位置を指してください。"));
    }
    Ok(parts)
}

fn flush(fixed: &mut String, parts: &mut Vec<Part>) {
    if !fixed.is_empty() {
        parts.push(Part::Text(std::mem::take(fixed)));
    }
}

impl Variable {
    /// Reads what stands between the braces.
    pub(super) fn parse(inner: &str, words: &dyn Vocabulary, names: Names) -> Result<Self, Mistake> {
        let mut pieces = inner.split('|');
        let name = pieces.next().unwrap_or_default().trim().to_owned();
        if name.contains(['{', '}']) {
            return Err(Mistake::new("bad_variable", format!("変数「{name}」の中に「{{」や「}}」は使えません。")));
        }
        let what = What::parse(&name, words, names)?;
        let mut this = Self { name, what, format: None, fallback: None };
        for piece in pieces {
            match piece.trim().strip_prefix("format:") {
                Some(format) if this.format.is_none() => this.format = Some(this.read_format(format.trim())?),
                None if this.fallback.is_none() => this.fallback = Some(piece.trim().to_owned()),
                _ => {
                    return Err(Mistake::new(
                        "bad_variable",
                        format!("変数「{}」に同じ指定が2つあります。「|」は書式と代わりの言葉に1つずつです。", this.name),
                    ));
                }
            }
        }
        Ok(this)
    }

    fn read_format(&self, format: &str) -> Result<Format, Mistake> {
        let format = Format::parse(format)
            .map_err(|why| Mistake::new("bad_format", format!("変数「{}」の書式「{format}」は使えません: {why}", self.name)))?;
        let fits = match (&self.what, format.kind()) {
            (What::Event(_) | What::Gone, _) => true,
            (What::Day(_) | What::Attribute(_, AttributeType::Date), kind) => kind == Kind::Day,
            (What::Now | What::Attribute(_, AttributeType::Datetime), kind) => kind != Kind::Number,
            (What::Attribute(_, AttributeType::Number), kind) => kind == Kind::Number,
            (What::Name | What::Channel | What::Attribute(..), _) => false,
        };
        if fits {
            Ok(format)
        } else {
            Err(Mistake::new("bad_format", format!("変数「{}」にこの書式は使えません。", self.name)))
        }
    }

    /// Whether two readers can see different values.
    pub(super) const fn is_personal(&self) -> bool {
        !matches!(self.what, What::Channel | What::Day(_) | What::Now)
    }
}

impl What {
    fn parse(name: &str, words: &dyn Vocabulary, names: Names) -> Result<Self, Mistake> {
        let unknown = || Mistake::new("unknown_variable", format!("「{{{{{name}}}}}」という変数はありません。"));
        match name {
            "" => {
                return Err(Mistake::new(
                    "bad_variable",
                    "変数の名前がありません。文字として使うときは「\\{{」と書いてください。",
                ));
            }
            "name" => return Ok(Self::Name),
            "channel.name" => return Ok(Self::Channel),
            "today" => return Ok(Self::Day(Shift::default())),
            "now" => return Ok(Self::Now),
            _ => {}
        }
        if let Some(shift) = name.strip_prefix("today") {
            return Shift::parse(shift).map(Self::Day).ok_or_else(|| {
                Mistake::new(
                    "bad_variable",
                    format!(
                        "「{{{{{name}}}}}」は読めません。今日からの日付は {{{{today+3d}}}}(日)、+1w(週)、+1m(か月)と書きます。"
                    ),
                )
            });
        }
        if let Some(path) = name.strip_prefix("event.") {
            let good = !path.is_empty() && path.split('.').all(|step| !step.is_empty());
            return if good { Ok(Self::Event(path.to_owned())) } else { Err(unknown()) };
        }
        match (words.attribute(name.strip_prefix("attr.").unwrap_or(name)), names) {
            (Some(field), _) => Ok(Self::Attribute(field.id, field.ty)),
            (None, Names::MayBeGone) => Ok(Self::Gone),
            (None, Names::MustExist) => Err(unknown()),
        }
    }
}

impl Shift {
    /// `+3d`, `-2w`, `+1m`.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let (sign, digits) = match number.split_at_checked(1)? {
            ("+", digits) => (1, digits),
            ("-", digits) => (-1, digits),
            _ => return None,
        };
        if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let n = sign * digits.parse::<i32>().ok()?;
        match unit {
            "d" => Some(Self { days: n, months: 0 }),
            "w" => Some(Self { days: n * 7, months: 0 }),
            "m" => Some(Self { days: 0, months: n }),
            _ => None,
        }
    }
}
