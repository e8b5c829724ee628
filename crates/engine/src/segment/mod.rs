//! Segments (セグメント): a saved condition over contacts. The same condition chooses an audience (as SQL), a branch of a
//! journey (in memory) and explains itself to staff.
//!
//! Days are calendar days of the workspace's zone. What is not known never fits a comparison: only `missing`, `never`
//! and negations hold for it.

#[cfg(test)]
mod agreement;
mod check;
pub mod db;
mod decide;
mod explain;
mod probe;
mod sql;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::contact::{ContactKind, FriendState};
use crate::ids::{ChannelId, ContactId, JourneyId, LinkId, TagId};
use crate::vocabulary::Vocabulary;

pub use check::{MAX_DEPTH, MAX_LEAVES, MAX_LIST, MAX_PEOPLE, Use};
pub use decide::evaluate;
pub use explain::{Explained, explain};
pub use sql::to_sql;

/// A condition over one contact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// All hold; with none, everybody.
    All {
        /// The parts.
        #[schema(no_recursion)]
        of: Vec<Condition>,
    },
    /// At least one holds; with none, nobody.
    Any {
        /// The parts.
        #[schema(no_recursion)]
        of: Vec<Condition>,
    },
    /// Does not hold.
    Not {
        /// The part.
        #[schema(no_recursion)]
        of: Box<Condition>,
    },
    /// Has the tag.
    Tag {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        tag: TagId,
    },
    /// Does not have the tag.
    NoTag {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        tag: TagId,
    },
    /// A 友だち情報欄.
    Attribute {
        /// The field's key.
        key: String,
        /// What must be true of its value.
        test: Test,
    },
    /// The data of the event that started or moved a journey. Holds in journeys only; in an audience it is never true.
    Event {
        /// Path into the data, `order.total`.
        key: String,
        /// What must be true of the value.
        test: Test,
    },
    /// 友だち状態 on an account; who was never seen there counts as `never`.
    Friend {
        /// The account.
        #[schema(value_type = uuid::Uuid)]
        channel: ChannelId,
        /// One of these.
        states: Vec<FriendState>,
    },
    /// When the present friendship began.
    FriendSince {
        /// The account.
        #[schema(value_type = uuid::Uuid)]
        channel: ChannelId,
        /// When.
        when: When,
    },
    /// When the person last wrote.
    Wrote {
        /// The account.
        #[schema(value_type = uuid::Uuid)]
        channel: ChannelId,
        /// When.
        when: When,
    },
    /// 流入経路.
    Source {
        /// The account.
        #[schema(value_type = uuid::Uuid)]
        channel: ChannelId,
        /// One of these.
        sources: Vec<String>,
    },
    /// The shown name holds this text, folded as in search.
    Name {
        /// The text.
        contains: String,
    },
    /// Where the person is in a シナリオ.
    Journey {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        journey: JourneyId,
        /// The state of a walk.
        state: Walk,
    },
    /// Opened a tracked link, by an address that told who; nothing chosen: any link, whatever sent it, at any time.
    Clicked {
        /// Which link.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<uuid::Uuid>)]
        link: Option<LinkId>,
        /// The broadcast, scenario or rule that had sent it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<uuid::Uuid>,
        /// Last opened today or in the last n days.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        within_days: Option<i32>,
    },
    /// Language of the LINE profile.
    Language {
        /// One of these, e.g. `ja`.
        languages: Vec<String>,
    },
    /// When we first knew of the contact.
    Created {
        /// When.
        when: When,
    },
    /// A person, or a group talk.
    Kind {
        /// Which.
        kind: ContactKind,
    },
    /// Is a member of staff.
    Staff {},
    /// Agreed to be written to.
    Consent {},
    /// One of a list of people.
    Contacts {
        /// Who.
        #[schema(value_type = Vec<uuid::Uuid>)]
        ids: Vec<ContactId>,
    },
}

impl Condition {
    /// Holds for everybody.
    pub const fn everybody() -> Self {
        Self::All { of: Vec::new() }
    }
}

/// What must be true of a value. A test that does not fit the field's type never holds (and is refused when saved).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Test {
    /// Has a value.
    Exists,
    /// Has none.
    Missing,
    /// Is this text (numbers are compared as numbers, yes/no as 1 or 0).
    Equals(String),
    /// Is anything else, or missing.
    Not(String),
    /// Is one of these.
    OneOf(Vec<String>),
    /// Holds this text, letter by letter.
    Contains(String),
    /// Begins with this text.
    Starts(String),
    /// Number, less than.
    Lt(f64),
    /// Number, at most.
    Le(f64),
    /// Number, more than.
    Gt(f64),
    /// Number, at least.
    Ge(f64),
    /// Number from … to …, both included.
    Between {
        /// Least.
        from: f64,
        /// Most.
        to: f64,
    },
    /// Day before this one.
    Before(Day),
    /// This day or later.
    OnOrAfter(Day),
    /// This day.
    On(Day),
    /// Day from today + `from` to today + `to`, both included: yesterday and today are -1 and 0.
    WithinDays {
        /// Days from today.
        from: i32,
        /// Days from today.
        to: i32,
    },
    /// Birthday (month and day of a date, any year) from today + `from` to today + `to`. 29 February counts as the 28th in
    /// common years.
    BirthdayWithin {
        /// Days from today.
        from: i32,
        /// Days from today.
        to: i32,
    },
    /// Month of a date, any year.
    BirthdayMonth(MonthOf),
}

/// A calendar day, `2026-04-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Date)]
pub struct Day(pub Date);

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MonthOf {
    /// The present one.
    This,
    /// The coming one.
    Next,
    /// 1–12.
    Month(i8),
}

/// A moment compared with days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum When {
    /// Never, or not known.
    Never,
    /// Before this day began.
    Before(Day),
    /// Since this day began.
    OnOrAfter(Day),
    /// Today or in the last n days.
    WithinDays(i32),
    /// Longer ago than n days.
    OlderThanDays(i32),
}

/// Where a contact is in a journey. Of ended walks the newest of each key counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Walk {
    /// Was never in it.
    Never,
    /// Is in it now.
    Active,
    /// Came to the end.
    Done,
    /// Reached the goal.
    Goal,
    /// Left it.
    Exited,
    /// Stopped by an error.
    Failed,
    /// Stands on this node now.
    At(String),
}

/// What a condition is judged against besides the contact.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Domain time, Unix ms.
    pub now: i64,
    /// The workspace's zone.
    pub zone: &'a TimeZone,
    /// The shop's fields and names.
    pub words: &'a dyn Vocabulary,
    /// Data of the event, in journeys and rules.
    pub event: Option<&'a serde_json::Map<String, serde_json::Value>>,
}

impl Context<'_> {
    /// Today in the workspace's zone.
    pub fn today(&self) -> Date {
        date_of(self.now, self.zone)
    }
}

/// The calendar day of an instant.
pub(crate) fn date_of(at_ms: i64, zone: &TimeZone) -> Date {
    zone.to_datetime(instant(at_ms)).date()
}

/// An instant of Unix ms, held inside the calendar jiff knows.
pub(crate) fn instant(at_ms: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at_ms).unwrap_or(if at_ms < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX })
}

/// When a day begins, Unix ms. Where a change of the clock skips midnight: the first instant of the day.
pub(crate) fn day_start(date: Date, zone: &TimeZone) -> i64 {
    match zone.to_zoned(date.at(0, 0, 0, 0)) {
        Ok(start) => start.timestamp().as_millisecond(),
        // Only at the ends of the calendar (years -9999 and 9999).
        Err(_) => instant(if date.year() < 0 { i64::MIN } else { i64::MAX }).as_millisecond(),
    }
}

/// `date` + `days`, held inside the calendar.
pub(crate) fn plus_days(date: Date, days: i32) -> Date {
    // Well inside what a Span holds.
    date.saturating_add(jiff::Span::new().days(days.clamp(-1_000_000, 1_000_000)))
}

/// Follows a dotted path into event data; numbers index lists.
pub(crate) fn data_at<'a>(data: &'a serde_json::Map<String, serde_json::Value>, path: &str) -> Option<&'a serde_json::Value> {
    if let Some(value) = data.get(path) {
        return Some(value);
    }
    let mut steps = path.split('.');
    let mut value = data.get(steps.next()?)?;
    for step in steps {
        value = match value {
            serde_json::Value::Object(map) => map.get(step)?,
            serde_json::Value::Array(list) => list.get(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}
