//! The values of variables for one reader at one moment.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::RenderError;
use super::field::Code;
use super::format::{self, Format};
use super::render::Source;
use super::variable::{Shift, Variable, What};
use crate::contact::{AttributeValue, Contact};
use crate::link::{Target, Track};
use crate::segment::{data_at, instant};
use crate::workspace::AttributeType;

/// What variables read.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    contact: Option<&'a Contact>,
    channel: &'a str,
    context: &'a Map<String, Value>,
    now: i64,
    zone: &'a TimeZone,
    track: Track<'a>,
}

impl<'a> Values<'a> {
    /// For one contact: `channel` is the account's name as customers know it, `context` the event's data.
    pub const fn of(
        contact: &'a Contact,
        channel: &'a str,
        context: &'a Map<String, Value>,
        now: i64,
        zone: &'a TimeZone,
    ) -> Self {
        Self { contact: Some(contact), channel, context, now, zone, track: Track::PLAIN }
    }

    /// For everybody alike: personal variables have only their fallback.
    pub const fn shared(channel: &'a str, context: &'a Map<String, Value>, now: i64, zone: &'a TimeZone) -> Self {
        Self { contact: None, channel, context, now, zone, track: Track::PLAIN }
    }

    /// With links written so; as the shop wrote them when nothing is said.
    pub const fn tracked(self, track: Track<'a>) -> Self {
        Self { track, ..self }
    }

    /// Whether there is a value.
    pub(super) fn has(&self, variable: &Variable) -> bool {
        self.value(variable, &mut String::new()).is_some()
    }

    /// Whether links stand as the shop wrote them.
    pub(super) const fn is_plain(&self) -> bool {
        self.track.is_plain()
    }

    /// Writes the value; `None` when there is none (or it cannot be read as the format wants).
    fn value(&self, variable: &Variable, out: &mut String) -> Option<()> {
        match &variable.what {
            What::Name => text(self.contact?.display_name.as_deref()?, out),
            What::Channel => text(self.channel, out),
            What::Day(shift) => {
                let at = shift.from(self.zone.to_datetime(instant(self.now)));
                self.date(variable, at, format::month_day, out)
            }
            What::Now => self.date(variable, self.zone.to_datetime(instant(self.now)), format::time, out),
            What::Attribute(id, ty) => self.attribute(variable, *ty, self.contact?.attributes.get(id)?, out),
            What::Event(path) => self.event(variable, data_at(self.context, path)?, out),
            What::Gone => None,
        }
    }

    fn date(&self, variable: &Variable, at: DateTime, plain: fn(DateTime, &mut String), out: &mut String) -> Option<()> {
        match &variable.format {
            Some(Format::Date(tokens)) => format::date(tokens, at, out),
            Some(Format::Grouped) => return None,
            None => plain(at, out),
        }
        Some(())
    }

    fn attribute(&self, variable: &Variable, ty: AttributeType, value: &AttributeValue, out: &mut String) -> Option<()> {
        match ty {
            AttributeType::Date => {
                let date: jiff::civil::Date = value.text.parse().ok()?;
                self.date(variable, date.at(0, 0, 0, 0), format::full_day, out)
            }
            AttributeType::Datetime => {
                let at: jiff::Timestamp = value.text.parse().ok()?;
                self.date(variable, self.zone.to_datetime(at), format::day_and_time, out)
            }
            AttributeType::Number if variable.format.is_some() => format::grouped(&value.text, out),
            AttributeType::Yesno => text(if value.text == "1" { "はい" } else { "いいえ" }, out),
            AttributeType::Text | AttributeType::Number | AttributeType::Choice => text(&value.text, out),
        }
    }

    fn event(&self, variable: &Variable, value: &Value, out: &mut String) -> Option<()> {
        match &variable.format {
            Some(Format::Date(tokens)) => {
                let (at, has_time) = self.moment(value)?;
                let wants_time = variable.format.as_ref().is_some_and(|f| f.kind() == format::Kind::Time);
                if wants_time && !has_time {
                    return None;
                }
                format::date(tokens, at, out);
                Some(())
            }
            Some(Format::Grouped) => match value {
                Value::Number(number) => format::grouped(&number.to_string(), out),
                Value::String(number) => format::grouped(number, out),
                _ => None,
            },
            None => match value {
                Value::String(value) => text(value, out),
                Value::Number(number) => text(&number.to_string(), out),
                Value::Bool(yes) => text(if *yes { "はい" } else { "いいえ" }, out),
                Value::Null | Value::Array(_) | Value::Object(_) => None,
            },
        }
    }

    /// Event data as a moment, and whether it has a time of day: RFC 3339, `2026-12-24T18:00`, `2026-12-24`, Unix ms.
    fn moment(&self, value: &Value) -> Option<(DateTime, bool)> {
        let local = |at: jiff::Timestamp| (self.zone.to_datetime(at), true);
        match value {
            Value::Number(ms) => Some(local(instant(ms.as_i64()?))),
            Value::String(text) => {
                let text = text.trim();
                if let Ok(at) = text.parse::<jiff::Timestamp>() {
                    return Some(local(at));
                }
                if let Ok(date) = text.replace('/', "-").parse::<jiff::civil::Date>()
                    && !text.contains(':')
                {
                    return Some((date.at(0, 0, 0, 0), false));
                }
                text.parse::<DateTime>().ok().map(|at| (at, true))
            }
            _ => None,
        }
    }
}

impl Source for Values<'_> {
    fn write(&self, variable: &Variable, _: Option<Code>, out: &mut String) -> Result<(), RenderError> {
        let start = out.len();
        if self.value(variable, out).is_some() {
            return Ok(());
        }
        out.truncate(start);
        match &variable.fallback {
            Some(fallback) => out.push_str(fallback),
            None => return Err(RenderError::Missing { variable: variable.name.clone() }),
        }
        Ok(())
    }

    fn link(&self, target: &Target, out: &mut String) {
        self.track.write(target, out);
    }
}

/// Values to look at: what is missing is seen, and stops nothing.
pub(super) struct Shown<'a>(pub Values<'a>);

impl Source for Shown<'_> {
    fn write(&self, variable: &Variable, whole_url: Option<Code>, out: &mut String) -> Result<(), RenderError> {
        match self.0.write(variable, whole_url, out) {
            Err(RenderError::Missing { .. }) => {
                out.push_str(if whole_url.is_some() { "https://example.com/" } else { "…" });
                Ok(())
            }
            written => written,
        }
    }

    fn link(&self, target: &Target, out: &mut String) {
        self.0.link(target, out);
    }
}

/// Copies a value, without control characters but line ends; blank is missing.
fn text(value: &str, out: &mut String) -> Option<()> {
    if value.trim().is_empty() {
        return None;
    }
    // All controls of Unicode are below U+00A0: one byte below 0x20, 0x7f, or 0xc2 0x80–0x9f.
    if value.bytes().any(|b| b < 0x20 || b == 0x7f || b == 0xc2) {
        out.extend(value.chars().filter(|c| *c == '\n' || !c.is_control()));
    } else {
        out.push_str(value);
    }
    Some(())
}

impl Shift {
    fn from(self, at: DateTime) -> DateTime {
        // At most four digits were read, well inside what a Span holds.
        at.saturating_add(jiff::Span::new().months(self.months).days(self.days))
    }
}
