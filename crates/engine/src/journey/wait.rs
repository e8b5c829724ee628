//! When a wait is over. All arithmetic is in the workspace's zone; where clocks are put forward, a time that does not exist
//! is the same moment after the gap, and one that exists twice is the first.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{DateWait, Instead, Repeat, Span, Wait};
use crate::contact::Contact;
use crate::rule::{ClockTime, Weekday};
use crate::segment::{Context, date_of, instant, plus_days};
use crate::workspace::AttributeType;

/// What comes of arriving at a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// At this instant, Unix ms, later than now.
    At(i64),
    /// Only an event can end it.
    Open,
    /// Over already.
    Now,
    /// The moment is past or unknown: do this.
    Instead(Instead, &'static str),
}

impl Wait {
    /// When a walk that arrives now goes on.
    pub(super) fn due(&self, contact: &Contact, context: &Context<'_>) -> Due {
        let (now, zone) = (context.now, context.zone);
        match self {
            Self::After(span) => later(span.from(now, zone), now),
            Self::Clock(at) => Due::At(next_clock(*at, now, zone)),
            Self::Weekday { days, at } => match next_weekday(days, *at, now, zone) {
                Some(due) => Due::At(due),
                None => Due::Instead(Instead::Skip, "no_weekday"),
            },
            Self::Date(wait) => wait.due(contact, context),
            Self::Day { date, at, if_past } => match moment(date.0, *at, zone) {
                due if due > now => Due::At(due),
                _ => Due::Instead(*if_past, "date_past"),
            },
            Self::Event { timeout: Some(span), .. } => later(span.from(now, zone), now),
            Self::Event { timeout: None, .. } => Due::Open,
        }
    }
}

fn later(due: i64, now: i64) -> Due {
    if due > now { Due::At(due) } else { Due::Now }
}

/// A day and time of day as Unix ms; 24:00 is the next midnight.
pub(super) fn moment(date: Date, at: ClockTime, zone: &TimeZone) -> i64 {
    let civil = match at.civil() {
        Some(time) => date.to_datetime(time),
        None => plus_days(date, 1).at(0, 0, 0, 0),
    };
    match zone.to_zoned(civil) {
        Ok(zoned) => zoned.timestamp().as_millisecond(),
        // Only at the ends of the calendar.
        Err(_) => jiff::Timestamp::MAX.as_millisecond(),
    }
}

fn next_clock(at: ClockTime, now: i64, zone: &TimeZone) -> i64 {
    first_after(now, zone, |_| true, at).unwrap_or(now)
}

fn next_weekday(days: &[Weekday], at: ClockTime, now: i64, zone: &TimeZone) -> Option<i64> {
    first_after(now, zone, |date| days.contains(&Weekday::of(date)), at)
}

/// The first `at` after now on a day that fits. Yesterday is asked too, for its 24:00; eight days on, for a week and a day
/// that clocks skipped.
fn first_after(now: i64, zone: &TimeZone, fits: impl Fn(Date) -> bool, at: ClockTime) -> Option<i64> {
    let today = date_of(now, zone);
    (-1..=8).map(|n| plus_days(today, n)).filter(|date| fits(*date)).map(|date| moment(date, at, zone)).find(|due| *due > now)
}

impl Span {
    /// The instant this long after `from_ms`: calendar days first, then hours and minutes on the clock that ticks.
    pub(super) fn from(self, from_ms: i64, zone: &TimeZone) -> i64 {
        let days = i32::try_from(self.days).unwrap_or(i32::MAX);
        let start = zone.to_datetime(instant(from_ms));
        if let Some(at) = self.at {
            let due = moment(plus_days(start.date(), days), at, zone).saturating_add(self.ticks());
            return if due > from_ms {
                due
            } else {
                moment(plus_days(start.date(), days.saturating_add(1)), at, zone).saturating_add(self.ticks())
            };
        }
        let base = if days == 0 {
            from_ms
        } else {
            let civil = plus_days(start.date(), days).to_datetime(start.time());
            zone.to_zoned(civil).map_or(i64::MAX, |zoned| zoned.timestamp().as_millisecond())
        };
        base.saturating_add(self.ticks())
    }

    fn ticks(self) -> i64 {
        i64::from(self.hours) * 3_600_000 + i64::from(self.minutes) * 60_000
    }

    /// Whether it is no time at all.
    pub(super) fn is_empty(self) -> bool {
        self.days == 0 && self.hours == 0 && self.minutes == 0 && self.at.is_none()
    }
}

impl DateWait {
    fn due(&self, contact: &Contact, context: &Context<'_>) -> Due {
        let Some(date) = self.date(contact, context) else { return Due::Instead(self.if_missing, "date_missing") };
        let zone = context.zone;
        let due = match self.repeat {
            Repeat::Once => Some(moment(plus_days(date, self.days), self.at, zone)).filter(|due| *due > context.now),
            Repeat::Yearly => {
                // Days before or after may fall into a neighbouring year.
                let year = context.today().year();
                let years = (year - 2)..=(year + 3);
                years
                    .filter_map(|year| in_year(date, year))
                    .map(|day| moment(plus_days(day, self.days), self.at, zone))
                    .find(|due| *due > context.now)
            }
        };
        due.map_or(Due::Instead(self.if_past, "date_past"), Due::At)
    }

    fn date(&self, contact: &Contact, context: &Context<'_>) -> Option<Date> {
        let field = context.words.attribute(&self.attribute)?;
        let value = contact.attributes.get(&field.id)?;
        match field.ty {
            AttributeType::Datetime => {
                let at: jiff::Timestamp = value.text.parse().ok()?;
                Some(date_of(at.as_millisecond(), context.zone))
            }
            _ => value.text.parse().ok(),
        }
    }
}

/// The same month and day in another year.
fn in_year(date: Date, year: i16) -> Option<Date> {
    Date::new(year, date.month(), date.day()).or_else(|_| Date::new(year, date.month(), 28)).ok()
}
