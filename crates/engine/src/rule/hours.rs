//! Opening hours: weekdays and times of day, over midnight too.

use std::fmt;
use std::str::FromStr;

use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::problem::Problem;
use crate::segment::instant;

/// A time of day to the minute, `09:00`; as an end also `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, utoipa::ToSchema)]
#[schema(value_type = String, example = "09:00")]
pub struct ClockTime(u16);

impl ClockTime {
    /// From hour 0–24 and minute 0–59, at most 24:00.
    pub const fn new(hour: u16, minute: u16) -> Option<Self> {
        if minute < 60 && hour * 60 + minute <= 24 * 60 { Some(Self(hour * 60 + minute)) } else { None }
    }

    /// Minutes since midnight, 0–1440.
    pub const fn minutes(self) -> u16 {
        self.0
    }

    /// As a civil time; 24:00 is the last minute's end and has none.
    pub(crate) fn civil(self) -> Option<jiff::civil::Time> {
        jiff::civil::Time::new(i8::try_from(self.0 / 60).ok()?, i8::try_from(self.0 % 60).ok()?, 0, 0).ok()
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for ClockTime {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once(':').filter(|(h, m)| (1..=2).contains(&h.len()) && m.len() == 2);
        let digits = parts.filter(|(h, m)| h.bytes().chain(m.bytes()).all(|b| b.is_ascii_digit()));
        digits
            .and_then(|(h, m)| Self::new(h.parse().ok()?, m.parse().ok()?))
            .ok_or_else(|| format!("「{text}」は時刻として読めません。09:00 の形で入力してください。"))
    }
}

impl Serialize for ClockTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ClockTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// 月.
    Mon,
    /// 火.
    Tue,
    /// 水.
    Wed,
    /// 木.
    Thu,
    /// 金.
    Fri,
    /// 土.
    Sat,
    /// 日.
    Sun,
}

impl Weekday {
    /// The weekday of a civil date.
    pub fn of(date: jiff::civil::Date) -> Self {
        match date.weekday() {
            jiff::civil::Weekday::Monday => Self::Mon,
            jiff::civil::Weekday::Tuesday => Self::Tue,
            jiff::civil::Weekday::Wednesday => Self::Wed,
            jiff::civil::Weekday::Thursday => Self::Thu,
            jiff::civil::Weekday::Friday => Self::Fri,
            jiff::civil::Weekday::Saturday => Self::Sat,
            jiff::civil::Weekday::Sunday => Self::Sun,
        }
    }

    /// 月, 火 …
    pub const fn kanji(self) -> char {
        match self {
            Self::Mon => '月',
            Self::Tue => '火',
            Self::Wed => '水',
            Self::Thu => '木',
            Self::Fri => '金',
            Self::Sat => '土',
            Self::Sun => '日',
        }
    }
}

/// A stretch of the day. `to` before or equal to `from` ends on the next day; it belongs to the day it begins on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// First minute, `18:00`.
    pub from: ClockTime,
    /// First minute after it, `02:00` or `24:00`.
    pub to: ClockTime,
}

/// Inside or outside the hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// While they last.
    #[default]
    Inside,
    /// At all other times (営業時間外).
    Outside,
}

/// When a rule answers, in the workspace's zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Days on which stretches begin; none: every day.
    #[serde(default)]
    pub weekdays: Vec<Weekday>,
    /// Stretches; none: the whole day.
    #[serde(default)]
    pub ranges: Vec<Range>,
    /// Whether the rule answers inside or outside them.
    #[serde(default)]
    pub side: Side,
}

impl Hours {
    /// Whether the rule may answer now.
    pub fn hold(&self, now_ms: i64, zone: &TimeZone) -> bool {
        self.inside(now_ms, zone) == (self.side == Side::Inside)
    }

    fn inside(&self, now_ms: i64, zone: &TimeZone) -> bool {
        let now = zone.to_datetime(instant(now_ms));
        let minute = i32::from(now.hour()) * 60 + i32::from(now.minute());
        let today = self.on(Weekday::of(now.date()));
        let yesterday = now.date().yesterday().is_ok_and(|date| self.on(Weekday::of(date)));
        if self.ranges.is_empty() {
            return today;
        }
        self.ranges.iter().any(|range| {
            let (from, to) = (i32::from(range.from.0), i32::from(range.to.0));
            if from < to {
                today && (from..to).contains(&minute)
            } else {
                (today && minute >= from) || (yesterday && minute < to)
            }
        })
    }

    fn on(&self, weekday: Weekday) -> bool {
        self.weekdays.is_empty() || self.weekdays.contains(&weekday)
    }

    pub(super) fn problems(&self, path: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.ranges.len() > 10 {
            problems.push(Problem::new(format!("{path}.ranges"), "too_many", "時間帯は10個までです。"));
        }
        for (n, range) in self.ranges.iter().enumerate() {
            if range.from.0 == 24 * 60 {
                problems.push(Problem::new(
                    format!("{path}.ranges[{n}].from"),
                    "out_of_range",
                    "始まりは 00:00 から 23:59 です。",
                ));
            }
        }
        problems
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: String =
            if self.weekdays.is_empty() { "毎日".to_owned() } else { self.weekdays.iter().map(|day| day.kanji()).collect() };
        write!(f, "{days}")?;
        for range in &self.ranges {
            write!(f, " {}〜{}", range.from, range.to)?;
        }
        if self.side == Side::Outside { write!(f, " 以外") } else { Ok(()) }
    }
}
