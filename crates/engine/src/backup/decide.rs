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
    fn limits_and_names() {
        assert!(Schedule::default().check().is_ok());
        assert!(Schedule { hour: Some(24), keep: 7 }.check().is_err());
        assert!(Schedule { hour: None, keep: 0 }.check().is_err());
        assert_eq!(name_of(at("2026-11-22T03:04:05+09:00"), &tokyo()), "20261122-030405");
    }
}
