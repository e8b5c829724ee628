//! From JSON to stretches that render without a tree.

use line::validate::{SendKind, validate_json};
use serde_json::{Map, Value};

use super::field::{Code, Opens, Place, Spec};
use super::render::{Sample, escape_into};
use super::variable::{Braces, Mistake, Part, Variable, split};
use super::{Compiled, Field, Op, Piece};
use crate::link::{Target, decide};
use crate::problem::Problem;
use crate::vocabulary::Vocabulary;

/// How a field that the shop does not have is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// As a mistake.
    MustExist,
    /// As a value that is missing.
    MayBeGone,
}

/// The longest definition that is read, in bytes.
const MAX_BYTES: usize = 512 * 1024;

pub(super) fn compile(json: &str, words: &dyn Vocabulary, names: Names) -> Result<Compiled, Vec<Problem>> {
    let one = |code, message: String| Err(vec![Problem::new("messages", code, message)]);
    if json.len() > MAX_BYTES {
        return one("too_long", format!("テンプレートは{}KBまでです。", MAX_BYTES / 1024));
    }
    let value: Value = match serde_json::from_str(json) {
        Ok(value) => value,
        Err(error) => {
            return one("bad_json", format!("JSONとして読めません({}行目{}文字目): {error}", error.line(), error.column()));
        }
    };
    let Value::Array(messages) = value else {
        return one("bad_shape", "メッセージの配列([ … ])にしてください。".to_owned());
    };
    if !(1..=5).contains(&messages.len()) {
        return one("bad_size", "メッセージは1〜5個です。".to_owned());
    }
    let mut writer = Writer::new(words, names);
    writer.fixed.push('[');
    for (n, message) in messages.iter().enumerate() {
        if n > 0 {
            writer.fixed.push(',');
        }
        writer.value(message, Place::Message, &format!("messages[{n}]"));
    }
    writer.fixed.push(']');
    writer.flush();
    if !writer.problems.is_empty() {
        return Err(writer.problems);
    }
    let Writer { ops, fields, variables, links, marks, .. } = writer;
    let fixed = ops.iter().map(|op| if let Op::Fixed(text) = op { text.len() } else { 64 }).sum::<usize>() + links.len() * 128;
    let compiled = Compiled { ops, fields, variables, links, marks, fixed };
    check(&compiled)?;
    Ok(compiled)
}

/// What LINE will refuse whatever the values are, found on a sample of the shortest values that can be.
fn check(compiled: &Compiled) -> Result<(), Vec<Problem>> {
    let sample =
        compiled.render_from(&Sample).map_err(|error| vec![Problem::new(error.path(), "too_long", error.to_string())])?;
    let found = match serde_json::from_str(&sample) {
        // The widest road: what may not go by multicast is found when a send is planned.
        Ok(value) => validate_json(&value, SendKind::Push),
        Err(error) => return Err(vec![Problem::new("messages", "bad_json", error.to_string())]),
    };
    if found.is_empty() { Ok(()) } else { Err(found.iter().map(|v| Problem::new(v.path.clone(), v.code(), v.ja())).collect()) }
}

struct Writer<'a> {
    words: &'a dyn Vocabulary,
    names: Names,
    ops: Vec<Op>,
    fixed: String,
    fields: Vec<Field>,
    variables: Vec<Variable>,
    links: Vec<Target>,
    marks: usize,
    problems: Vec<Problem>,
}

impl<'a> Writer<'a> {
    fn new(words: &'a dyn Vocabulary, names: Names) -> Self {
        Self {
            words,
            names,
            ops: Vec::new(),
            fixed: String::new(),
            fields: Vec::new(),
            variables: Vec::new(),
            links: Vec::new(),
            marks: 0,
            problems: Vec::new(),
        }
    }

    fn flush(&mut self) {
        if !self.fixed.is_empty() {
            self.ops.push(Op::Fixed(std::mem::take(&mut self.fixed).into_boxed_str()));
        }
    }

    fn op(&mut self, op: Op) {
        self.flush();
        self.ops.push(op);
    }

    fn value(&mut self, value: &Value, place: Place, path: &str) {
        match value {
            Value::Object(object) => self.object(object, place, path),
            Value::Array(list) => {
                self.fixed.push('[');
                for (n, item) in list.iter().enumerate() {
                    if n > 0 {
                        self.fixed.push(',');
                    }
                    self.value(item, place, &format!("{path}[{n}]"));
                }
                self.fixed.push(']');
            }
            Value::String(text) => self.text(text, None, &[], path),
            Value::Null | Value::Bool(_) | Value::Number(_) => self.fixed.push_str(&value.to_string()),
        }
    }

    fn object(&mut self, object: &Map<String, Value>, place: Place, path: &str) {
        let size = place.size(object);
        if size.is_some() {
            self.op(Op::Open);
        }
        self.fixed.push('{');
        // LINE emoji count from the text, so the text is written first.
        let emojis = if place == Place::Message { emoji_indexes(object) } else { Vec::new() };
        let first_mark = self.marks;
        let mut comma = "";
        let mut keys: Vec<&String> = object.keys().collect();
        keys.sort_by_key(|key| *key != "text");
        for key in keys {
            let Some(value) = object.get(key) else { continue };
            self.fixed.push_str(comma);
            comma = ",";
            self.quoted(key);
            self.fixed.push(':');
            let path = format!("{path}.{key}");
            match value {
                Value::String(text) if key == "text" && !emojis.is_empty() => {
                    self.text(text, place.spec(key, object), &emojis, &path)
                }
                Value::String(text) => self.text(text, place.spec(key, object), &[], &path),
                Value::Array(list) if key == "emojis" && !emojis.is_empty() && self.marks > first_mark => {
                    self.emojis(list, first_mark, &path)
                }
                _ => self.value(value, place.under(key, object), &path),
            }
        }
        self.fixed.push('}');
        if let Some(max) = size {
            self.op(Op::Close { max, path: path.into() });
        }
    }

    /// The emoji of a text whose marks begin at `first`: their indexes are written from where the marks come to stand.
    fn emojis(&mut self, list: &[Value], first: usize, path: &str) {
        self.fixed.push('[');
        for (n, emoji) in list.iter().enumerate() {
            self.fixed.push_str(if n > 0 { ",{\"index\":" } else { "{\"index\":" });
            self.op(Op::Mark(first + n));
            for (key, value) in emoji.as_object().into_iter().flatten().filter(|(key, _)| *key != "index") {
                self.fixed.push(',');
                self.quoted(key);
                self.fixed.push(':');
                self.value(value, Place::Other, &format!("{path}[{n}].{key}"));
            }
            self.fixed.push('}');
        }
        self.fixed.push(']');
    }

    fn quoted(&mut self, text: &str) {
        self.fixed.push('"');
        escape_into(text, &mut self.fixed);
        self.fixed.push('"');
    }

    fn text(&mut self, text: &str, spec: Option<Spec>, emojis: &[usize], path: &str) {
        let braces = match spec {
            Some(Spec { code: Code::Slots, .. }) => Braces::Slots,
            _ => Braces::Plain,
        };
        let varies = text.contains("{{") || (braces == Braces::Slots && (text.contains("\\{") || text.contains("\\}")));
        let opens = spec.map_or(Opens::Nothing, |spec| spec.opens);
        if !varies && !opens_any(text, opens) {
            return self.quoted(text);
        }
        let (words, names) = (self.words, self.names);
        let read = |inner: &str| match spec {
            Some(_) => Variable::parse(inner, words, names),
            None => {
                Err(Mistake::new("no_variable_here", "ここに変数は使えません。文字として使うときは「\\{{」と書いてください。"))
            }
        };
        match (split(text, braces, emojis, &read).map(|parts| with_links(parts, opens)), spec) {
            (Err(mistake), _) => self.problems.push(mistake.at(path)),
            (Ok(parts), Some(spec)) if parts.iter().any(|part| !matches!(part, Part::Text(_))) || !emojis.is_empty() => {
                self.fixed.push('"');
                let field = self.field(parts, spec, path);
                self.fields.push(field);
                self.op(Op::Field(self.fields.len() - 1));
                self.fixed.push('"');
                self.marks += emojis.len();
            }
            (Ok(parts), _) => {
                let whole: String =
                    parts.iter().map(|part| if let Part::Text(text) = part { text.as_str() } else { "" }).collect();
                self.quoted(&whole);
            }
        }
    }

    fn field(&mut self, parts: Vec<Part>, spec: Spec, path: &str) -> Field {
        let mut field = Field { pieces: Vec::with_capacity(parts.len()), spec, path: path.into(), fixed: 0, shows: false };
        for part in parts {
            field.pieces.push(match part {
                Part::Text(text) => {
                    let len = spec.unit.count(&text);
                    field.fixed += len;
                    field.shows |= !text.trim().is_empty();
                    let mut escaped = String::with_capacity(text.len());
                    escape_into(&text, &mut escaped);
                    Piece::Text(escaped.into_boxed_str(), len)
                }
                Part::Mark(n) => Piece::Mark(self.marks + n),
                Part::Variable(variable) => {
                    self.variables.push(variable);
                    Piece::Variable(self.variables.len() - 1)
                }
                Part::Link(url) => {
                    field.shows = true;
                    self.links.push(Target::new(&url));
                    Piece::Link(self.links.len() - 1)
                }
            });
        }
        field
    }
}

fn opens_any(text: &str, opens: Opens) -> bool {
    match opens {
        Opens::Nothing => false,
        Opens::Whole => decide::may_track(text),
        Opens::Within => !decide::urls_in(text).is_empty(),
    }
}

/// Takes addresses out of what is fixed. One that a variable continues is none: nobody knows where it will lead.
fn with_links(parts: Vec<Part>, opens: Opens) -> Vec<Part> {
    match (opens, parts.as_slice()) {
        (Opens::Nothing, _) => parts,
        (Opens::Whole, [Part::Text(text)]) if decide::may_track(text) => vec![Part::Link(text.clone())],
        (Opens::Whole, _) => parts,
        (Opens::Within, _) => {
            let ends = |next: &Part| if matches!(next, Part::Variable(_)) { TextEnd::GoesOn } else { TextEnd::Fixed };
            let ends: Vec<TextEnd> = parts.iter().skip(1).map(ends).chain([TextEnd::Fixed]).collect();
            let cut = |(part, end)| match part {
                Part::Text(text) => links_within(&text, end),
                other => vec![other],
            };
            parts.into_iter().zip(ends).flat_map(cut).collect()
        }
    }
}

/// What stands behind a fixed text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TextEnd {
    /// Nothing, or something else that is fixed.
    Fixed,
    /// A variable: an address at the end may become a longer one.
    GoesOn,
}

fn links_within(text: &str, end: TextEnd) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut from = 0;
    for found in decide::urls_in(text).into_iter().filter(|found| !(found.open && end == TextEnd::GoesOn)) {
        if found.range.start > from {
            parts.push(Part::Text(text[from..found.range.start].to_owned()));
        }
        from = found.range.end;
        parts.push(Part::Link(text[found.range].to_owned()));
    }
    if from < text.len() {
        parts.push(Part::Text(text[from..].to_owned()));
    }
    parts
}

/// Indexes of LINE emoji in a text message, when all of them are whole numbers (what else stands there, LINE's rules refuse).
fn emoji_indexes(object: &Map<String, Value>) -> Vec<usize> {
    let list =
        object.get("emojis").and_then(Value::as_array).filter(|_| object.get("type").and_then(Value::as_str) == Some("text"));
    let indexes: Option<Vec<usize>> = list
        .into_iter()
        .flatten()
        .map(|emoji| emoji.get("index").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok()))
        .collect();
    indexes.unwrap_or_default()
}
