//! A test made concrete for one field type, day and zone: what evaluator and SQL both look at, so that they cannot differ
//! in what "within three days" means.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{Context, MonthOf, Test, When, date_of, day_start, plus_days};
use crate::contact::AttributeValue;
use crate::workspace::AttributeType;

/// A concrete question to one value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Probe {
    /// There is a value.
    Exists,
    /// There is none.
    Missing,
    /// The text is this.
    Text(String),
    /// There is none, or it is not what the part asks.
    Not(Box<Probe>),
    /// The text is one of these.
    OneOf(Vec<String>),
    /// The text holds this.
    Contains(String),
    /// The text begins with this.
    Starts(String),
    /// The number lies between.
    Range { low: Option<Edge>, high: Option<Edge> },
    /// `MM-dd` of the date is one of these.
    MonthDays(Vec<String>),
    /// `MM` of the date is this.
    Month(String),
    /// The test does not fit the type.
    Nothing,
}

/// One end of a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Edge {
    /// The end belongs to it.
    Closed(f64),
    /// The end does not.
    Open(f64),
}

/// The longest window of birthdays that is spelled out; longer ones hold for every day of the year.
const YEAR: i32 = 366;

impl Test {
    /// The concrete question for a value of this type.
    pub(super) fn probe(&self, ty: AttributeType, context: &Context<'_>) -> Probe {
        use AttributeType::{Date as Day, Datetime, Number};
        match (self, ty) {
            (Self::Exists, _) => Probe::Exists,
            (Self::Missing, _) => Probe::Missing,
            (Self::Equals(text), Number) => number(text),
            (Self::Equals(text), _) => Probe::Text(text.clone()),
            (Self::Not(text), _) => Probe::Not(Box::new(Self::Equals(text.clone()).probe(ty, context))),
            (Self::OneOf(texts), _) => Probe::OneOf(texts.clone()),
            (Self::Contains(text), _) => Probe::Contains(text.clone()),
            (Self::Starts(text), _) => Probe::Starts(text.clone()),
            (Self::Lt(n), Number) => Probe::Range { low: None, high: Some(Edge::Open(*n)) },
            (Self::Le(n), Number) => Probe::Range { low: None, high: Some(Edge::Closed(*n)) },
            (Self::Gt(n), Number) => Probe::Range { low: Some(Edge::Open(*n)), high: None },
            (Self::Ge(n), Number) => Probe::Range { low: Some(Edge::Closed(*n)), high: None },
            (Self::Between { from, to }, Number) => {
                Probe::Range { low: Some(Edge::Closed(*from)), high: Some(Edge::Closed(*to)) }
            }
            (Self::Before(date), Day | Datetime) => days(None, Some(date.0), ty, context.zone),
            (Self::OnOrAfter(date), Day | Datetime) => days(Some(date.0), None, ty, context.zone),
            (Self::On(date), Day | Datetime) => days(Some(date.0), Some(plus_days(date.0, 1)), ty, context.zone),
            (Self::WithinDays { from, to }, Day | Datetime) => {
                let today = context.today();
                days(Some(plus_days(today, *from)), Some(plus_days(today, to.saturating_add(1))), ty, context.zone)
            }
            (Self::BirthdayWithin { from, to }, Day) => birthdays(context.today(), *from, *to),
            (Self::BirthdayMonth(month), Day) => {
                let month = match month {
                    MonthOf::This => context.today().month(),
                    MonthOf::Next => context.today().month() % 12 + 1,
                    MonthOf::Month(month) => *month,
                };
                Probe::Month(format!("{month:02}"))
            }
            _ => Probe::Nothing,
        }
    }
}

fn number(text: &str) -> Probe {
    match text.trim().replace(',', "").parse::<f64>() {
        Ok(n) if n.is_finite() => Probe::Range { low: Some(Edge::Closed(n)), high: Some(Edge::Closed(n)) },
        _ => Probe::Nothing,
    }
}

/// From the beginning of one day to before another, in the number a field of this type keeps.
fn days(from: Option<Date>, before: Option<Date>, ty: AttributeType, zone: &TimeZone) -> Probe {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of any calendar year are exact in f64")]
    let edge = |date: Date| match ty {
        AttributeType::Datetime => day_start(date, zone) as f64,
        _ => day_number(date),
    };
    Probe::Range { low: from.map(|d| Edge::Closed(edge(d))), high: before.map(|d| Edge::Open(edge(d))) }
}

/// Days since 1970-01-01, as a date field keeps it.
pub(super) fn day_number(date: Date) -> f64 {
    let epoch = Date::constant(1970, 1, 1);
    epoch.until(date).map(|span| f64::from(span.get_days())).unwrap_or(0.0)
}

fn birthdays(today: Date, from: i32, to: i32) -> Probe {
    if to < from {
        return Probe::Nothing;
    }
    if i64::from(to) - i64::from(from) >= i64::from(YEAR) {
        return Probe::Exists;
    }
    let mut list = Vec::new();
    for offset in from..=to {
        let day = plus_days(today, offset);
        list.push(format!("{:02}-{:02}", day.month(), day.day()));
        if day.month() == 2 && day.day() == 28 && !day.in_leap_year() {
            list.push("02-29".to_owned());
        }
    }
    Probe::MonthDays(list)
}

impl Probe {
    /// Whether a value answers it.
    pub(super) fn holds(&self, value: Option<&AttributeValue>) -> bool {
        let text = value.map(|v| v.text.as_str());
        match self {
            Self::Exists => value.is_some(),
            Self::Missing => value.is_none(),
            Self::Not(part) => !part.holds(value),
            Self::Text(wanted) => text == Some(wanted),
            Self::OneOf(wanted) => text.is_some_and(|t| wanted.iter().any(|w| w == t)),
            Self::Contains(part) => !part.is_empty() && text.is_some_and(|t| t.contains(part.as_str())),
            Self::Starts(part) => text.is_some_and(|t| t.starts_with(part.as_str())),
            Self::Range { low, high } => value.and_then(|v| v.number).is_some_and(|n| {
                low.is_none_or(|edge| match edge {
                    Edge::Closed(least) => n >= least,
                    Edge::Open(least) => n > least,
                }) && high.is_none_or(|edge| match edge {
                    Edge::Closed(most) => n <= most,
                    Edge::Open(most) => n < most,
                })
            }),
            Self::MonthDays(list) => text.and_then(|t| t.get(5..10)).is_some_and(|t| list.iter().any(|d| d == t)),
            Self::Month(month) => text.and_then(|t| t.get(5..7)) == Some(month),
            Self::Nothing => false,
        }
    }
}

/// Event data seen as a field of the type the test asks about.
pub(super) fn event_value(value: &serde_json::Value, test: &Test, zone: &TimeZone) -> Option<(AttributeType, AttributeValue)> {
    use serde_json::Value;
    let text = match value {
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
        Value::String(text) => text.clone(),
        Value::Bool(yes) => if *yes { "1" } else { "0" }.to_owned(),
        Value::Number(number) => number.to_string(),
    };
    let number = value.as_f64().or_else(|| text.trim().parse().ok()).filter(|n: &f64| n.is_finite());
    Some(match test {
        Test::Before(_)
        | Test::OnOrAfter(_)
        | Test::On(_)
        | Test::WithinDays { .. }
        | Test::BirthdayWithin { .. }
        | Test::BirthdayMonth(_) => {
            let date = data_date(value, zone)?;
            (AttributeType::Date, AttributeValue { text: date.to_string(), number: Some(day_number(date)) })
        }
        Test::Lt(_) | Test::Le(_) | Test::Gt(_) | Test::Ge(_) | Test::Between { .. } => {
            (AttributeType::Number, AttributeValue { text, number })
        }
        Test::Equals(_) | Test::Not(_) if value.is_number() => (AttributeType::Number, AttributeValue { text, number }),
        _ => (AttributeType::Text, AttributeValue { text, number: None }),
    })
}

/// A day in event data: `2026-12-24`, an RFC 3339 instant, or Unix ms.
pub(crate) fn data_date(value: &serde_json::Value, zone: &TimeZone) -> Option<Date> {
    match value {
        serde_json::Value::String(text) => {
            let text = text.trim();
            match text.parse::<jiff::Timestamp>() {
                Ok(at) => Some(date_of(at.as_millisecond(), zone)),
                Err(_) => text.replace('/', "-").parse::<Date>().ok(),
            }
        }
        serde_json::Value::Number(number) => number.as_i64().map(|at| date_of(at, zone)),
        _ => None,
    }
}

/// A range of instants, or "never".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moments {
    /// There is none.
    Never,
    /// From this instant on.
    From(i64),
    /// Before this instant.
    Until(i64),
}

impl When {
    /// The concrete instants.
    pub(super) fn moments(self, context: &Context<'_>) -> Moments {
        let ago = |days: i32| day_start(plus_days(context.today(), days.saturating_neg()), context.zone);
        match self {
            Self::Never => Moments::Never,
            Self::Before(date) => Moments::Until(day_start(date.0, context.zone)),
            Self::OnOrAfter(date) => Moments::From(day_start(date.0, context.zone)),
            Self::WithinDays(days) => Moments::From(ago(days)),
            Self::OlderThanDays(days) => Moments::Until(ago(days)),
        }
    }
}

impl Moments {
    /// Whether an instant lies in it.
    pub(super) fn hold(self, at: Option<i64>) -> bool {
        match (self, at) {
            (Self::Never, at) => at.is_none(),
            (Self::From(from), Some(at)) => at >= from,
            (Self::Until(until), Some(at)) => at < until,
            _ => false,
        }
    }
}
