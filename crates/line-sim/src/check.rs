//! What LINE accepts inside a body: lengths, shapes, allowed values; with the path of each complaint.

pub mod action;
pub mod flex;
pub mod message;
pub mod template;

use crate::answer::{Answer, Detail};
use crate::json::Json;
use std::fmt;
use unicode_segmentation::UnicodeSegmentation;

/// A place in a body, written out only when there is something to complain about.
#[derive(Clone, Copy)]
pub struct At<'a> {
    up: Option<&'a At<'a>>,
    part: Part<'a>,
}

#[derive(Clone, Copy)]
enum Part<'a> {
    Field(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    pub const fn root(name: &'a str) -> At<'a> {
        At { up: None, part: Part::Field(name) }
    }
    pub const fn field(&'a self, name: &'a str) -> At<'a> {
        At { up: Some(self), part: Part::Field(name) }
    }
    pub const fn index(&'a self, index: usize) -> At<'a> {
        At { up: Some(self), part: Part::Index(index) }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if let Some(up) = self.up {
            write!(f, "{up}")?;
        }
        match self.part {
            Part::Field(name) if self.up.is_none_or(|up| up.is_empty()) => f.write_str(name),
            Part::Field(name) => write!(f, ".{name}"),
            Part::Index(index) => write!(f, "[{index}]"),
        }
    }
}

impl At<'_> {
    fn is_empty(&self) -> bool {
        self.up.is_none() && matches!(self.part, Part::Field(""))
    }
}

/// How LINE counts a text (Messaging API, "Character counting in a text").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    Utf16,
    Graphemes,
}

impl Count {
    pub fn of(self, text: &str) -> usize {
        match self {
            // Bytes bound both counts from above: most texts need no second look.
            Count::Utf16 => text.encode_utf16().count(),
            Count::Graphemes => text.graphemes(true).count(),
        }
    }

    fn exceeds(self, text: &str, max: usize) -> bool {
        text.len() > max && self.of(text) > max
    }
}

/// Collects complaints.
#[derive(Default)]
pub struct Check {
    pub details: Vec<Detail>,
}

impl Check {
    pub fn fail(&mut self, at: &At, message: impl Into<String>) {
        self.details.push(Detail { message: message.into(), property: at.to_string() });
    }

    /// The error answer, if there was anything to complain about.
    pub fn verdict(self) -> Result<(), Answer> {
        if self.details.is_empty() { Ok(()) } else { Err(Answer::invalid(&self.details)) }
    }

    /// A text that must be there and not be empty.
    pub fn text<'j>(&mut self, json: &'j Json, at: &At, name: &str, max: usize, count: Count) -> Option<&'j str> {
        match json.text(name) {
            Some(text) if !text.is_empty() => {
                self.length(text, &at.field(name), max, count);
                Some(text)
            }
            _ => {
                self.fail(&at.field(name), "May not be empty");
                None
            }
        }
    }

    /// A text that may be absent.
    pub fn optional_text<'j>(&mut self, json: &'j Json, at: &At, name: &str, max: usize, count: Count) -> Option<&'j str> {
        let value = json.get(name)?;
        let Some(text) = value.as_str() else {
            self.fail(&at.field(name), "Must be a string");
            return None;
        };
        self.length(text, &at.field(name), max, count);
        Some(text)
    }

    pub fn length(&mut self, text: &str, at: &At, max: usize, count: Count) {
        if count.exceeds(text, max) {
            self.fail(at, format!("Length must be between 0 and {max}"));
        }
    }

    /// A list with a bounded number of items; an absent one counts as too small.
    pub fn list<'j, 'b>(&mut self, json: &'j Json<'b>, at: &At, name: &str, min: usize, max: usize) -> &'j [Json<'b>] {
        let items = json.list(name).unwrap_or_default();
        if items.len() < min || items.len() > max {
            self.fail(&at.field(name), format!("Size must be between {min} and {max}"));
            return &[];
        }
        items
    }

    /// A list that may be absent.
    pub fn optional_list<'j, 'b>(&mut self, json: &'j Json<'b>, at: &At, name: &str, max: usize) -> &'j [Json<'b>] {
        if json.get(name).is_none() { &[] } else { self.list(json, at, name, 0, max) }
    }

    /// A value out of a closed list, if present.
    pub fn one_of(&mut self, json: &Json, at: &At, name: &str, values: &[&str]) {
        if let Some(value) = json.get(name)
            && value.as_str().is_none_or(|text| !values.contains(&text))
        {
            self.fail(&at.field(name), format!("Must be one of the following values: [{}]", values.join(", ")));
        }
    }

    /// An HTTPS address.
    pub fn https(&mut self, json: &Json, at: &At, name: &str, max: usize) {
        if let Some(text) = self.text(json, at, name, max, Count::Utf16)
            && !is_https(text)
        {
            self.fail(&at.field(name), "Must be a valid HTTPS URL");
        }
    }

    pub fn optional_https(&mut self, json: &Json, at: &At, name: &str, max: usize) {
        if json.get(name).is_some() {
            self.https(json, at, name, max);
        }
    }

    /// A whole number in a range.
    pub fn int(&mut self, json: &Json, at: &At, name: &str, min: i64, max: i64) -> Option<i64> {
        let Some(value) = json.int(name) else {
            self.fail(&at.field(name), "must be specified");
            return None;
        };
        if value < min || value > max {
            self.fail(&at.field(name), format!("Must be between {min} and {max}"));
        }
        Some(value)
    }

    /// An object that must be there.
    pub fn object<'j, 'b>(&mut self, json: &'j Json<'b>, at: &At, name: &str) -> Option<&'j Json<'b>> {
        let found = json.get(name).filter(|value| value.is_map());
        if found.is_none() {
            self.fail(&at.field(name), "May not be null");
        }
        found
    }
}

/// `https://` with a host, percent-encoded. A server beside the simulator has no certificate: on this machine `http://` will do.
pub fn is_https(text: &str) -> bool {
    let served = |url: url::Url| match url.scheme() {
        "https" => url.has_host(),
        "http" => matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")),
        _ => false,
    };
    text.is_ascii() && !text.contains(' ') && url::Url::parse(text).is_ok_and(served)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_line_writes_it() {
        let root = At::root("messages");
        let first = root.index(0);
        assert_eq!(first.field("text").to_string(), "messages[0].text");
        let empty = At::root("");
        assert_eq!(empty.field("size").to_string(), "size");
    }

    #[test]
    fn units_are_counted_as_line_counts() {
        assert_eq!(Count::Utf16.of("𠮷👨‍👩‍👧"), 2 + 8);
        assert_eq!(Count::Graphemes.of("𠮷👨‍👩‍👧"), 2);
    }
}
