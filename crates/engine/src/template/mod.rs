//! Templates (テンプレート): LINE messages with variables, in versions.
//!
//! A variable stands in any text a person reads, in URLs and in postback data:
//!
//! | written | says |
//! |---|---|
//! | `{{name}}` | the LINE display name |
//! | `{{name\|お客様}}` | the same, or the fallback when it is not known |
//! | `{{attr.birthday}}`, `{{birthday}}` | a 友だち情報欄 by its key |
//! | `{{event.order_no}}`, `{{event.items.0.name}}` | data of the event that caused the message |
//! | `{{today}}`, `{{today+3d}}`, `{{today-1w}}`, `{{today+1m}}` | a day counted from the sending |
//! | `{{now}}` | the time of sending |
//! | `{{channel.name}}` | the LINE account's name |
//! | `{{today+3d\|format:M月D日(曜)}}` | a date in a format |
//! | `{{event.total\|format:#,##0}}` | a number in groups of three |
//! | `\{{` | the characters `{{` themselves |
//!
//! Parts of a format: `yyyy` `yy` year, `M` `MM` month, `d` `dd` (or `D` `DD`) day, `曜` weekday, `曜日` weekday in full,
//! `H` `HH` hour 0–23, `h` hour 1–12, `午前` 午前/午後, `m` `mm` minute; every other character that is not a Latin letter
//! stands for itself. Without a format: days `M月D日`, date fields `yyyy年M月d日`, instants `M月d日 H:mm`.
//!
//! In `textV2` LINE's own `{slot}`s stay as they are, and braces inside values are escaped for LINE; `\{` and `\}` write a
//! brace the reader sees. In URLs and postback data values are percent-encoded; a variable at the very beginning of a URL is
//! the URL itself. A value that is missing and has no fallback stops the message. A value too long for LINE's limit is cut
//! between characters, with `…`, where a person reads it; anywhere else it stops the message. Emoji indexes count in the text
//! as it is written here, and are moved.
//!
//! Fixed http(s) addresses that a reader opens are links: the `uri` of actions, `linkUri`, and what stands in the text of
//! text messages. They are counted in the length they are sent with, and never cut. An address with a variable in it stays
//! as it is, as do addresses of pictures and films, LINE's own, and our own short ones.

mod compile;
pub mod db;
mod field;
mod format;
#[cfg(test)]
mod links;
mod render;
#[cfg(test)]
mod tests;
mod values;
mod variable;

use crate::delivery::Reason;
use crate::link::{Link, Target, Track};
use crate::problem::Problem;
use crate::vocabulary::Vocabulary;

pub use values::Values;

use field::Spec;
use variable::Variable;

/// One version's messages, ready to be rendered. Immutable.
#[derive(Clone, Debug)]
pub struct Compiled {
    ops: Vec<Op>,
    fields: Vec<Field>,
    variables: Vec<Variable>,
    /// Addresses that readers open, in order of appearance.
    links: Vec<Target>,
    /// LINE emoji whose index is moved.
    marks: usize,
    /// Bytes of everything fixed.
    fixed: usize,
}

/// One stretch of the JSON.
#[derive(Clone, Debug)]
enum Op {
    /// As it stands.
    Fixed(Box<str>),
    /// The inside of a string with variables.
    Field(usize),
    /// The index of a LINE emoji.
    Mark(usize),
    /// Here begins something whose JSON has a size.
    Open,
    /// Here ends the latest such thing, of at most `max` bytes.
    Close { max: usize, path: Box<str> },
}

/// A string with variables.
#[derive(Clone, Debug)]
struct Field {
    pieces: Vec<Piece>,
    spec: Spec,
    path: Box<str>,
    /// Length of what is fixed, as LINE counts this field.
    fixed: usize,
    /// Whether what is fixed alone shows something.
    shows: bool,
}

#[derive(Clone, Debug)]
enum Piece {
    /// Fixed text, escaped for JSON, and its length as LINE counts this field.
    Text(Box<str>, usize),
    /// A variable.
    Variable(usize),
    /// A LINE emoji stands here.
    Mark(usize),
    /// An address that readers open.
    Link(usize),
}

/// Why a message is not said. Nothing broken is ever sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// A variable has no value and no fallback.
    #[error("変数「{variable}」の値がありません。")]
    Missing {
        /// As written, without braces.
        variable: String,
    },
    /// A value does not fit and may not be cut.
    #[error("{path}: LINEの上限({limit})を超えます。")]
    TooLong {
        /// Where.
        path: String,
        /// LINE's limit, as LINE counts this field; bytes for a flex message.
        limit: usize,
    },
    /// Nothing would be shown.
    #[error("{path}: 空になります。")]
    Empty {
        /// Where.
        path: String,
    },
    /// A variable that is a URL does not hold one that LINE takes.
    #[error("{path}: URLとして使えない値です。")]
    BadUrl {
        /// Where.
        path: String,
    },
}

impl RenderError {
    /// Where, or 'messages' where it is about a value alone.
    pub fn path(&self) -> &str {
        match self {
            Self::Missing { .. } => "messages",
            Self::TooLong { path, .. } | Self::Empty { path } | Self::BadUrl { path } => path,
        }
    }

    /// What the guard writes down.
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Missing { .. } => Reason::MissingVariable,
            Self::TooLong { .. } | Self::Empty { .. } | Self::BadUrl { .. } => Reason::Invalid,
        }
    }
}

impl Compiled {
    /// Reads a JSON array of 1–5 LINE messages as staff or a program wrote it.
    ///
    /// # Errors
    /// Everything there is to mend: broken JSON with its position, unknown variables, bad syntax, a variable where none may
    /// stand, LINE's limits.
    pub fn parse(messages_json: &str, words: &dyn Vocabulary) -> Result<Self, Vec<Problem>> {
        compile::compile(messages_json, words, compile::Names::MustExist)
    }

    /// Reads a stored version: a 友だち情報欄 deleted since then is a value that is missing.
    ///
    /// # Errors
    /// Only for what [`Compiled::parse`] never let pass.
    pub fn load(messages_json: &str, words: &dyn Vocabulary) -> Result<Self, Vec<Problem>> {
        compile::compile(messages_json, words, compile::Names::MayBeGone)
    }

    /// The messages for one reader: a JSON array as LINE takes it.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn render(&self, values: &Values<'_>) -> Result<String, RenderError> {
        match self.render_from(values) {
            // Ours can be longer than the shop's own: better said without counting than not said.
            Err(RenderError::TooLong { .. }) if self.has_links() && !values.is_plain() => {
                self.render_from(&values.tracked(Track::PLAIN))
            }
            rendered => rendered,
        }
    }

    /// The messages to look at: where a value is missing `…` stands for it, so that the rest can be read.
    ///
    /// # Errors
    /// See [`RenderError`]; never [`RenderError::Missing`].
    pub fn render_shown(&self, values: &Values<'_>) -> Result<String, RenderError> {
        self.render_from(&values::Shown(*values))
    }

    /// Variables that this reader has no value for, each with what stands there instead (`None`: nothing is sent).
    pub fn gaps<'s>(&'s self, values: &Values<'_>) -> Vec<(&'s str, Option<&'s str>)> {
        let mut gaps: Vec<(&str, Option<&str>)> = Vec::new();
        for variable in self.variables.iter().filter(|variable| variable.is_personal() && !values.has(variable)) {
            let gap = (variable.name.as_str(), variable.fallback.as_deref());
            if !gaps.contains(&gap) {
                gaps.push(gap);
            }
        }
        gaps
    }

    /// Addresses that readers open, as the shop wrote them.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.links.iter().map(Target::url)
    }

    /// Makes known which link each address has; the others are said as they are written.
    pub fn attach<'l>(&mut self, link_of: impl Fn(&str) -> Option<&'l Link>) {
        for target in &mut self.links {
            if let Some(link) = link_of(target.url()) {
                target.attach(link);
            }
        }
    }

    /// Whether readers can be counted by any address in it.
    pub fn has_links(&self) -> bool {
        self.links.iter().any(Target::is_tracked)
    }

    /// Whether two readers at one moment can get different bodies (if not, they can share one multicast).
    pub fn is_personal(&self) -> bool {
        self.variables.iter().any(Variable::is_personal)
    }

    /// The variables, as written, each once, in order of appearance.
    pub fn variables(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for variable in &self.variables {
            if !names.contains(&variable.name.as_str()) {
                names.push(&variable.name);
            }
        }
        names
    }
}

/// One plain text with variables, for values that actions write.
#[derive(Clone, Debug)]
pub struct Phrase {
    parts: Vec<variable::Part>,
}

impl Phrase {
    /// Reads it.
    ///
    /// # Errors
    /// What to mend, without a path.
    pub fn parse(text: &str, words: &dyn Vocabulary) -> Result<Self, Problem> {
        let parts = variable::split(text, variable::Braces::Plain, &[], &|inner| {
            Variable::parse(inner, words, compile::Names::MustExist)
        });
        Ok(Self { parts: parts.map_err(|mistake| mistake.at(""))? })
    }

    /// The text for one contact.
    ///
    /// # Errors
    /// [`RenderError::Missing`].
    pub fn render(&self, values: &Values<'_>) -> Result<String, RenderError> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                variable::Part::Text(text) => out.push_str(text),
                variable::Part::Variable(variable) => render::Source::write(values, variable, None, &mut out)?,
                variable::Part::Link(url) => out.push_str(url),
                variable::Part::Mark(_) => {}
            }
        }
        Ok(out)
    }
}
