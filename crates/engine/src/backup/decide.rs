//! When a copy is due, and what it is called. Pure.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::insight::day_of;
use crate::{Error, Result};

const HOUR_MS: i64 = 60 * 60 * 1000;

/// The daily round, stored as JSON under the setting `backups`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = BackupSchedule)]
pub struct Schedule {
    /// Every day at this hour of the workspace's zone, 0–23; `null` for never.
    pub hour: Option<u8>,
    /// How many copies are kept, 1–60.
    pub keep: u32,
}

impl Default for Schedule {
    fn default() -> Self {
        Self { hour: None, keep: 7 }
    }
}

impl Schedule {
    /// Whether the values are within their limits.
    ///
    /// # Errors
    /// [`Error::Bad`] naming the field.
    pub fn check(&self) -> Result<()> {
        if self.hour.is_some_and(|hour| hour > 23) {
            return Err(Error::bad("schedule_invalid", "hour", "時刻は0時〜23時で選んでください。"));
        }
        if !(1..=60).contains(&self.keep) {
            return Err(Error::bad("schedule_invalid", "keep", "残す数は1〜60で入力してください。"));
        }
        Ok(())
    }
}

/// Whether today's copy is to be begun: its hour has come, and none was made since.
pub fn is_due(schedule: &Schedule, newest: Option<i64>, now: i64, zone: &TimeZone) -> bool {
    let Some(hour) = schedule.hour else { return false };
    let at = day_of(now, zone).start(zone) + i64::from(hour) * HOUR_MS;
    now >= at && newest.is_none_or(|made| made < at)
}

/// How the daily copy fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// The latest could not be made.
    pub failed: bool,
    /// One is waited for or being made.
    pub under_way: bool,
    /// When the newest was made, or else the first was asked for, Unix ms.
    pub since: Option<i64>,
}

impl Health {
    /// From the newest copy on the disk, whether the latest that was asked for was made and when it was asked for, and
    /// when one was asked for that nothing is known of yet.
    pub(super) fn of(newest: Option<i64>, latest: Option<(bool, i64)>, waiting: Option<i64>, now: i64) -> Self {
        // One that was made since, by the command line, is as good.
        let failed = latest.is_some_and(|(made, asked)| !made && newest.is_none_or(|newest| newest < asked));
        let under_way = waiting.is_some_and(|asked| now - asked < HOUR_MS);
        Self { failed, under_way, since: newest.or(latest.map(|(_, asked)| asked)).or(waiting) }
    }
}

/// The folder of a copy made at this instant.
pub(super) fn name_of(at: i64, zone: &TimeZone) -> String {
    let instant = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    instant.to_zoned(zone.clone()).strftime("%Y%m%d-%H%M%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokyo() -> TimeZone {
        TimeZone::get("Asia/Tokyo").unwrap()
    }

    fn at(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn once_a_day_from_its_hour_on() {
        let daily = Schedule { hour: Some(3), keep: 7 };
        let early = at("2026-11-22T02:59:00+09:00");
        let late = at("2026-11-22T09:00:00+09:00");
        assert!(!is_due(&daily, None, early, &tokyo()));
        assert!(is_due(&daily, None, late, &tokyo()));
        assert!(is_due(&daily, Some(at("2026-11-22T02:00:00+09:00")), late, &tokyo()), "one from before the hour");
        assert!(!is_due(&daily, Some(at("2026-11-22T03:00:01+09:00")), late, &tokyo()));
        assert!(!is_due(&Schedule::default(), None, late, &tokyo()));
    }

    #[test]
    fn a_copy_that_failed_is_known_until_there_is_another() {
        let failed = |newest, latest| Health::of(newest, latest, None, 10 * HOUR_MS).failed;
        assert!(!failed(None, None));
        assert!(failed(None, Some((false, HOUR_MS))) && failed(Some(0), Some((false, HOUR_MS))));
        assert!(!failed(Some(2 * HOUR_MS), Some((false, HOUR_MS))), "made by hand since");
        assert!(!failed(Some(HOUR_MS), Some((true, HOUR_MS))));
        let waits = |asked| Health::of(None, None, Some(asked), 10 * HOUR_MS);
        assert_eq!((waits(10 * HOUR_MS).under_way, waits(0).under_way, waits(0).since), (true, false, Some(0)));
    }

    #[test]
    fn limits_and_names() {
        assert!(Schedule::default().check().is_ok());
        assert!(Schedule { hour: Some(24), keep: 7 }.check().is_err());
        assert!(Schedule { hour: None, keep: 0 }.check().is_err());
        assert_eq!(name_of(at("2026-11-22T03:04:05+09:00"), &tokyo()), "20261122-030405");
    }
}
