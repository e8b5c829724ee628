//! Splicing values between fixed stretches.

use std::fmt::Write;

use unicode_segmentation::UnicodeSegmentation;

use super::field::{Code, Long, Spec};
use super::variable::Variable;
use super::{Compiled, Field, Op, Piece, RenderError};
use crate::link::Target;

/// Where values come from.
pub(super) trait Source {
    /// Appends the value of a variable. `whole_url` is set where the value itself must be a URL.
    fn write(&self, variable: &Variable, whole_url: Option<Code>, out: &mut String) -> Result<(), RenderError>;

    /// Appends the address that stands for a link.
    fn link(&self, target: &Target, out: &mut String);
}

/// Shortest plausible values, to find what LINE refuses whatever the values are.
pub(super) struct Sample;

impl Source for Sample {
    fn write(&self, _: &Variable, whole_url: Option<Code>, out: &mut String) -> Result<(), RenderError> {
        out.push_str(if whole_url.is_some() { "https://example.com/" } else { "1" });
        Ok(())
    }

    fn link(&self, target: &Target, out: &mut String) {
        out.push_str(target.url());
    }
}

/// Bytes of a request kept free for what stands beside the messages: 500 recipients, a token, keys.
const ROOM: usize = 50_000;

/// One value on its way: where it stands in the scratch text, and whether it was cut.
struct Spliced {
    from: usize,
    to: usize,
    len: usize,
    state: Cut,
}

/// What became of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    Whole,
    Shortened,
    /// Half an address leads nowhere.
    Never,
}

impl Compiled {
    pub(super) fn render_from<S: Source>(&self, source: &S) -> Result<String, RenderError> {
        let mut out = String::with_capacity(self.fixed + 64);
        let mut scratch = Scratch { marks: vec![0; self.marks], ..Scratch::default() };
        let mut open = Vec::new();
        for op in &self.ops {
            match op {
                Op::Fixed(text) => out.push_str(text),
                Op::Field(n) => self.field(&self.fields[*n], source, &mut scratch, &mut out)?,
                Op::Mark(n) => {
                    // Writing to a String cannot fail.
                    let _ = write!(out, "{}", scratch.marks[*n]);
                }
                Op::Open => open.push(out.len()),
                Op::Close { max, path } => {
                    let size = out.len() - open.pop().unwrap_or(0);
                    if size > *max {
                        return Err(RenderError::TooLong { path: path.to_string(), limit: *max });
                    }
                }
            }
        }
        if out.len() > line::limits::REQUEST_BYTES - ROOM {
            return Err(RenderError::TooLong { path: "messages".to_owned(), limit: line::limits::REQUEST_BYTES - ROOM });
        }
        Ok(out)
    }

    fn field<S: Source>(&self, field: &Field, source: &S, scratch: &mut Scratch, out: &mut String) -> Result<(), RenderError> {
        scratch.text.clear();
        scratch.values.clear();
        for (n, piece) in field.pieces.iter().enumerate() {
            match piece {
                Piece::Variable(variable) if n == 0 => scratch.value(&self.variables[*variable], source, field, Stands::First)?,
                Piece::Variable(variable) => scratch.value(&self.variables[*variable], source, field, Stands::Later)?,
                Piece::Link(link) => scratch.link(&self.links[*link], source, field),
                Piece::Text(..) | Piece::Mark(_) => {}
            }
        }
        if !field.shows && scratch.text.trim().is_empty() {
            return Err(RenderError::Empty { path: field.path.to_string() });
        }
        let total = field.fixed + scratch.values.iter().map(|value| value.len).sum::<usize>();
        if total > field.spec.max {
            scratch.cut(field, total)?;
        }
        scratch.splice(field, out);
        Ok(())
    }
}

/// Where in its field a variable stands: an address may be one as a whole, or have one in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    First,
    Later,
}

#[derive(Default)]
struct Scratch {
    text: String,
    values: Vec<Spliced>,
    marks: Vec<usize>,
}

impl Scratch {
    fn value<S: Source>(&mut self, variable: &Variable, source: &S, field: &Field, stands: Stands) -> Result<(), RenderError> {
        let from = self.text.len();
        let code = field.spec.code;
        match code {
            Code::Plain | Code::Slots => source.write(variable, None, &mut self.text)?,
            Code::Url(schemes) if stands == Stands::First => {
                source.write(variable, Some(code), &mut self.text)?;
                if !whole_url(&self.text[from..], schemes) {
                    return Err(RenderError::BadUrl { path: field.path.to_string() });
                }
            }
            Code::Url(_) | Code::Data => {
                let mut plain = String::new();
                source.write(variable, None, &mut plain)?;
                percent_into(&plain, &mut self.text);
            }
        }
        let to = self.text.len();
        let len = length(&self.text[from..to], field.spec);
        self.values.push(Spliced { from, to, len, state: Cut::Whole });
        Ok(())
    }

    fn link<S: Source>(&mut self, target: &Target, source: &S, field: &Field) {
        let from = self.text.len();
        source.link(target, &mut self.text);
        let to = self.text.len();
        self.values.push(Spliced { from, to, len: length(&self.text[from..to], field.spec), state: Cut::Never });
    }

    /// Shortens values, the longest first, until the field fits.
    fn cut(&mut self, field: &Field, mut total: usize) -> Result<(), RenderError> {
        let max = field.spec.max;
        let too_long = || RenderError::TooLong { path: field.path.to_string(), limit: max };
        if field.spec.long == Long::Refuse {
            return Err(too_long());
        }
        while total > max {
            let longest = self
                .values
                .iter_mut()
                .filter(|value| value.state == Cut::Whole)
                .max_by_key(|value| value.len)
                .ok_or_else(too_long)?;
            let room = longest.len.saturating_sub(total - max);
            let (keep, len) = shortened(&self.text[longest.from..longest.to], room, field.spec);
            if len < longest.len {
                longest.state = Cut::Shortened;
                total -= longest.len - len;
                longest.to = longest.from + keep;
                longest.len = len;
            } else {
                // Too short to be shortened, and the longest: nothing else helps.
                return Err(too_long());
            }
        }
        Ok(())
    }

    /// Writes the field, remembering where emoji come to stand.
    fn splice(&mut self, field: &Field, out: &mut String) {
        let mut values = self.values.iter();
        let mut at = 0;
        for piece in &field.pieces {
            match piece {
                Piece::Text(text, len) => {
                    out.push_str(text);
                    at += len;
                }
                Piece::Mark(n) => self.marks[*n] = at,
                Piece::Variable(_) | Piece::Link(_) => {
                    let Some(value) = values.next() else { continue };
                    at += value.len;
                    let text = &self.text[value.from..value.to];
                    match field.spec.code {
                        Code::Slots => escape_into(&text.replace('{', "{{").replace('}', "}}"), out),
                        _ => escape_into(text, out),
                    }
                    if value.state == Cut::Shortened {
                        out.push(ELLIPSIS);
                    }
                }
            }
        }
    }
}

/// Stands where something was cut; one unit however LINE counts.
const ELLIPSIS: char = '…';

/// Length of a value as LINE counts it in this field.
fn length(text: &str, spec: Spec) -> usize {
    let braces = if spec.code == Code::Slots { text.bytes().filter(|b| matches!(b, b'{' | b'}')).count() } else { 0 };
    spec.unit.count(text) + braces
}

/// The longest beginning that fits `room` together with the ellipsis, at least one character: its bytes, and the length
/// with the ellipsis.
fn shortened(text: &str, room: usize, spec: Spec) -> (usize, usize) {
    let (mut keep, mut len) = (0, 1);
    for cluster in text.graphemes(true) {
        let more = length(cluster, spec);
        if keep > 0 && len + more > room {
            break;
        }
        keep += cluster.len();
        len += more;
    }
    (keep, len)
}

/// Whether LINE takes the value as a URL: an allowed scheme, ASCII, nothing that must be encoded.
fn whole_url(url: &str, schemes: &[&str]) -> bool {
    let Some((scheme, rest)) = url.split_once(':') else { return false };
    let known = schemes.iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let whole = scheme.eq_ignore_ascii_case("tel") || rest.strip_prefix("//").is_some_and(|rest| !rest.starts_with('/'));
    let plain =
        url.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'));
    known && whole && plain && !rest.trim_matches('/').is_empty() && url::Url::parse(url).is_ok()
}

/// Percent-encodes everything but unreserved characters (RFC 3986 §2.3).
fn percent_into(text: &str, out: &mut String) {
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(b));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{b:02X}");
        }
    }
}

/// Escapes text for the inside of a JSON string (RFC 8259 §7).
pub(super) fn escape_into(text: &str, out: &mut String) {
    let mut start = 0;
    for (at, b) in text.bytes().enumerate() {
        let short = match b {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            8 => "\\b",
            12 => "\\f",
            0..0x20 => "",
            _ => continue,
        };
        out.push_str(&text[start..at]);
        if short.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{b:04x}");
        } else {
            out.push_str(short);
        }
        start = at + 1;
    }
    out.push_str(&text[start..]);
}
