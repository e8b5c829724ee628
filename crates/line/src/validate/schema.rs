//! The language the tables are written in, and the walk that compares JSON with them.

use super::action::{Place, action};
use super::text::substitution;
use super::{Expected, Problem, Said, SendKind, Unit, Violation};
use crate::json::Extra;
use serde_json::Value;

/// An object as LINE documents it.
pub(super) struct Object {
    /// Its name in LINE's OpenAPI files, by which a test compares the two.
    pub name: &'static str,
    pub fields: &'static [Field],
    /// Rules between several fields.
    pub rules: fn(&mut Walk, &Extra),
}

/// Objects told apart by `type`.
pub(super) struct Family {
    pub types: &'static [&'static str],
    /// In the order of `types`.
    pub members: &'static [&'static Object],
    /// Fields every member has.
    pub common: &'static [Field],
}

pub(super) struct Field {
    pub name: &'static str,
    pub required: bool,
    pub kind: Kind,
}

pub(super) enum Kind {
    Text {
        unit: Unit,
        min: usize,
        max: usize,
    },
    Url {
        max: usize,
        schemes: &'static [&'static str],
    },
    Word(&'static [&'static str]),
    Shape {
        fits: fn(&str) -> bool,
        hint: Said,
    },
    Whole {
        min: i64,
        max: i64,
    },
    Number {
        min: f64,
        max: f64,
    },
    Flag,
    List {
        min: usize,
        max: usize,
        of: &'static Kind,
    },
    Object(&'static Object),
    Family(&'static Family),
    Action(Place),
    /// What stands in the slots of a text.
    Slots,
    /// What the rules of its object look at.
    Ruled,
}

pub(super) const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, required: true, kind }
}

pub(super) const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, required: false, kind }
}

/// Up to `max` UTF-16 units, perhaps none.
pub(super) const fn utf16(max: usize) -> Kind {
    Kind::Text { unit: Unit::Utf16, min: 0, max }
}

/// 1 to `max` UTF-16 units.
pub(super) const fn some_utf16(max: usize) -> Kind {
    Kind::Text { unit: Unit::Utf16, min: 1, max }
}

/// Up to `max` grapheme clusters, perhaps none.
pub(super) const fn graphemes(max: usize) -> Kind {
    Kind::Text { unit: Unit::Grapheme, min: 0, max }
}

/// 1 to `max` grapheme clusters.
pub(super) const fn some_graphemes(max: usize) -> Kind {
    Kind::Text { unit: Unit::Grapheme, min: 1, max }
}

/// Something without a documented limit, but not nothing.
pub(super) const ANY_TEXT: Kind = Kind::Text { unit: Unit::Utf16, min: 1, max: usize::MAX };

pub(super) const HTTPS: Kind = Kind::Url { max: 2_000, schemes: &["https"] };

pub(super) const LINK: Kind = Kind::Url { max: 1_000, schemes: &["https", "http", "line", "tel"] };

pub(super) const fn list(min: usize, max: usize, of: &'static Kind) -> Kind {
    Kind::List { min, max, of }
}

/// Where LINE names no limit; larger numbers make no sense for pixels, shares or milliseconds.
const WHOLE_MAX: i64 = u32::MAX as i64;

pub(super) const fn whole(min: i64) -> Kind {
    Kind::Whole { min, max: WHOLE_MAX }
}

pub(super) fn no_rules(_: &mut Walk, _: &Extra) {}

/// Where the walk stands and what it found.
pub(super) struct Walk {
    pub kind: SendKind,
    pub path: String,
    pub found: Vec<Violation>,
}

impl Walk {
    pub fn new(kind: SendKind, root: &str) -> Self {
        Self { kind, path: root.to_owned(), found: Vec::new() }
    }

    pub fn report(&mut self, problem: Problem) {
        self.found.push(Violation { path: self.path.clone(), problem });
    }

    pub fn rule(&mut self, ja: &'static str, en: &'static str) {
        self.report(Problem::Rule(Said { ja, en }));
    }

    /// Goes into a field and comes back.
    pub fn at_field(&mut self, name: &str, step: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        step(self);
        self.path.truncate(length);
    }

    /// Goes into an item and comes back.
    pub fn at_item(&mut self, index: usize, step: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(&format!("[{index}]"));
        step(self);
        self.path.truncate(length);
    }

    pub fn value(&mut self, value: &Value, kind: &Kind) {
        match kind {
            Kind::Text { unit, min, max } => self.text(value, *unit, *min, *max),
            Kind::Url { max, schemes } => self.url(value, *max, schemes),
            Kind::Word(words) => match value.as_str() {
                Some(word) if words.contains(&word) => {}
                Some(_) => self.report(Problem::NotAmong(words)),
                None => self.report(Problem::WrongKind(Expected::Text)),
            },
            Kind::Shape { fits, hint } => match value.as_str() {
                Some(text) if fits(text) => {}
                Some(_) => self.report(Problem::Form(*hint)),
                None => self.report(Problem::WrongKind(Expected::Text)),
            },
            Kind::Whole { min, max } => match value.as_i64() {
                Some(number) if (*min..=*max).contains(&number) => {}
                Some(_) => self.range(*min, *max),
                None => self.report(Problem::WrongKind(Expected::Integer)),
            },
            Kind::Number { min, max } => match value.as_f64() {
                Some(number) if (*min..=*max).contains(&number) => {}
                Some(_) => self.report(Problem::Range { min: *min, max: *max }),
                None => self.report(Problem::WrongKind(Expected::Number)),
            },
            Kind::Flag if value.is_boolean() => {}
            Kind::Flag => self.report(Problem::WrongKind(Expected::Boolean)),
            Kind::List { min, max, of } => self.list(value, *min, *max, of),
            Kind::Object(object) => self.object(value, object),
            Kind::Family(family) => self.family(value, family),
            Kind::Action(place) => action(self, value, *place),
            Kind::Slots => substitution(self, value),
            Kind::Ruled => {}
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "the limits are far below 2^52")]
    fn range(&mut self, min: i64, max: i64) {
        let max = if max == WHOLE_MAX { f64::MAX } else { max as f64 };
        self.report(Problem::Range { min: min as f64, max });
    }

    pub fn text(&mut self, value: &Value, unit: Unit, min: usize, max: usize) {
        let Some(text) = value.as_str() else {
            return self.report(Problem::WrongKind(Expected::Text));
        };
        let actual = unit.count(text);
        if actual > max {
            self.report(Problem::TooLong { unit, max, actual });
        } else if actual < min {
            self.report(Problem::TooShort { unit, min, actual });
        }
    }

    fn url(&mut self, value: &Value, max: usize, schemes: &'static [&'static str]) {
        self.text(value, Unit::Utf16, 1, max);
        if value.as_str().is_some_and(|text| !text.is_empty() && !is_url(text, schemes)) {
            self.report(Problem::Url(schemes));
        }
    }

    fn list(&mut self, value: &Value, min: usize, max: usize, of: &Kind) {
        let Some(items) = value.as_array() else {
            return self.report(Problem::WrongKind(Expected::List));
        };
        if !(min..=max).contains(&items.len()) {
            self.report(Problem::Count { min, max, actual: items.len() });
        }
        for (index, item) in items.iter().enumerate() {
            self.at_item(index, |walk| walk.value(item, of));
        }
    }

    pub fn object(&mut self, value: &Value, object: &Object) {
        let Some(fields) = value.as_object() else {
            return self.report(Problem::WrongKind(Expected::Object));
        };
        self.fields(fields, object.fields);
        (object.rules)(self, fields);
    }

    pub fn fields(&mut self, found: &Extra, fields: &[Field]) {
        for field in fields {
            match found.get(field.name) {
                Some(value) if !value.is_null() => {
                    self.at_field(field.name, |walk| walk.value(value, &field.kind));
                }
                _ if field.required => {
                    self.at_field(field.name, |walk| walk.report(Problem::Missing));
                }
                _ => {}
            }
        }
    }

    pub fn family(&mut self, value: &Value, family: &Family) {
        if let Some(member) = self.type_of(value, family.types) {
            if let Some(fields) = value.as_object() {
                self.fields(fields, family.common);
            }
            self.object(value, family.members[member]);
        }
    }

    /// The place of the object's type among the allowed ones; reports if there is none.
    pub fn type_of(&mut self, value: &Value, allowed: &'static [&'static str]) -> Option<usize> {
        let Some(fields) = value.as_object() else {
            self.report(Problem::WrongKind(Expected::Object));
            return None;
        };
        let problem = match fields.get("type") {
            None | Some(Value::Null) => Problem::Missing,
            Some(Value::String(found)) => match allowed.iter().position(|word| word == found) {
                Some(place) => return Some(place),
                None => Problem::Type { found: found.clone(), allowed },
            },
            Some(_) => Problem::WrongKind(Expected::Text),
        };
        self.at_field("type", |walk| walk.report(problem));
        None
    }
}

/// A percent-encoded address of one of these schemes. What stands behind the scheme is left to
/// LINE, which refuses what it cannot open.
/// Also an address of this machine without TLS where LINE wants https: there is no certificate for it, and beside the
/// simulator it is what customers reach. LINE itself refuses it with a clear answer.
fn is_url(text: &str, schemes: &[&str]) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let known = schemes.iter().any(|known| scheme.eq_ignore_ascii_case(known)) || is_on_this_machine(text);
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    let whole = if scheme.eq_ignore_ascii_case("tel") {
        !rest.is_empty()
    } else {
        rest.strip_prefix("//").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
    };
    known && plain && whole
}

fn is_on_this_machine(text: &str) -> bool {
    let hosts = ["127.0.0.1", "localhost", "[::1]"];
    let rest = text.strip_prefix("http://").unwrap_or("");
    hosts.iter().any(|host| rest.strip_prefix(host).is_some_and(|rest| rest.starts_with([':', '/'])))
}
