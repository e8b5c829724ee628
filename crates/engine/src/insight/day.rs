//! Days and months of a workspace's zone.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// A calendar day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i64);

/// The day of an instant.
pub fn day_of(at: i64, zone: &TimeZone) -> Day {
    Day::from_date(Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone()).date())
}

impl Day {
    /// From a calendar date.
    pub fn from_date(day: Date) -> Self {
        Self(day.duration_since(date(1970, 1, 1)).as_hours() / 24)
    }

    /// The calendar date; 1970-01-01 for what no calendar has.
    pub fn date(self) -> Date {
        date(1970, 1, 1).checked_add(self.0.clamp(-700_000, 2_900_000).days()).unwrap_or(date(1970, 1, 1))
    }

    /// When it begins in a zone, Unix ms.
    pub fn start(self, zone: &TimeZone) -> i64 {
        self.date().to_zoned(zone.clone()).map_or(self.0 * 86_400_000, |zoned| zoned.timestamp().as_millisecond())
    }

    /// So many days later.
    pub fn plus(self, days: i64) -> Self {
        Self(self.0 + days)
    }

    /// The month it lies in.
    pub fn month(self) -> Month {
        let day = self.date();
        Month(i64::from(day.year()) * 100 + i64::from(day.month()))
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.date().fmt(f)
    }
}

impl std::str::FromStr for Day {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        text.parse::<Date>().map(Self::from_date).map_err(|_| ())
    }
}

/// A calendar month, `yyyymm`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(pub i64);

impl Month {
    /// Its first day.
    pub fn first(self) -> Day {
        let (year, month) = (i16::try_from(self.0 / 100).unwrap_or(1970), i8::try_from(self.0 % 100).unwrap_or(1));
        Day::from_date(Date::new(year, month, 1).unwrap_or(date(1970, 1, 1)))
    }

    /// The first day after it.
    pub fn end(self) -> Day {
        self.after(1).first()
    }

    /// So many months later; negative: earlier.
    pub fn after(self, months: i64) -> Self {
        let n = (self.0 / 100) * 12 + self.0 % 100 - 1 + months;
        Self(n.div_euclid(12) * 100 + n.rem_euclid(12) + 1)
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 100, self.0 % 100)
    }
}

impl std::str::FromStr for Month {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (year, month) = text.split_once('-').ok_or(())?;
        let number = |part: &str, digits| part.parse::<i64>().ok().filter(|n| *n > 0 && part.len() == digits);
        match (number(year, 4), number(month, 2)) {
            (Some(year @ 1970..=9998), Some(month @ 1..=12)) => Ok(Self(year * 100 + month)),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_zone() {
        let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
        let day = day_of(at("2026-11-21T15:00:00Z"), &tokyo);
        assert_eq!(day.to_string(), "2026-11-22");
        assert_eq!(day_of(at("2026-11-21T14:59:59Z"), &tokyo), day.plus(-1));
        assert_eq!(day.start(&tokyo), at("2026-11-21T15:00:00Z"));
        assert_eq!("2026-11-22".parse(), Ok(day));
        assert_eq!(Day::from_date(date(1970, 1, 2)), Day(1));
    }

    #[test]
    fn months_turn() {
        assert_eq!(Month(202_612).after(1), Month(202_701));
        assert_eq!(Month(202_601).after(-1), Month(202_512));
        assert_eq!(Month(202_611).after(-12), Month(202_511));
        assert_eq!(Month(202_602).end().to_string(), "2026-03-01");
        assert_eq!("2026-11".parse(), Ok(Month(202_611)));
        assert_eq!("2026-13".parse::<Month>(), Err(()));
        assert_eq!(Month(202_611).to_string(), "2026-11");
    }
}
