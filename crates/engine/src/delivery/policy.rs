//! What the shop lets itself do to its customers: quiet hours, the frequency cap, standing exclusions, the budget.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use serde::{Deserialize, Serialize};

use super::{Exclusions, Lane};
use crate::{Error, Result};

/// Rules of a workspace, stored as JSON under the setting `policy`. What is left out has its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// 配信しない時間帯.
    pub quiet: QuietHours,
    /// 配信頻度の上限.
    pub cap: Cap,
    /// 常に除外する人.
    pub exclusions: Exclusions,
    /// 販促の予算.
    pub budget: Budget,
}

/// What marketing broadcasts may cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Budget {
    /// Yen without tax in LINE's month, each message at its dearest; `null` for no limit. A broadcast that does not fit
    /// waits before its first message.
    pub yen_per_month: Option<i64>,
}

/// Yen of a budget at most.
const BUDGET_MAX: i64 = 1_000_000_000;

/// A daily span in the workspace's zone in which the named lanes wait. `from` = `until` or no lane switches it off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct QuietHours {
    /// Begins, `HH:MM`.
    #[schema(value_type = String, example = "21:00")]
    pub from: TimeOfDay,
    /// Ends, `HH:MM`; may be on the next day.
    #[schema(value_type = String, example = "08:00")]
    pub until: TimeOfDay,
    /// Who waits.
    pub lanes: BTreeSet<Lane>,
}

/// How many marketing sends one contact gets at most, over all channels of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Cap {
    /// In one calendar day of the workspace's zone; `null` for no limit.
    pub per_day: Option<u32>,
    /// In seven calendar days, today included; `null` for no limit.
    pub per_week: Option<u32>,
}

impl Default for QuietHours {
    fn default() -> Self {
        Self { from: TimeOfDay(21 * 60), until: TimeOfDay(8 * 60), lanes: BTreeSet::from([Lane::Marketing]) }
    }
}

impl Default for Cap {
    fn default() -> Self {
        Self { per_day: Some(1), per_week: Some(4) }
    }
}

/// Minutes since local midnight, 0 … 1439; in JSON `HH:MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

impl TryFrom<String> for TimeOfDay {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("{text:?}: 時刻は HH:MM で指定してください。");
        let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
        let number = |part: &str, below: u16| match part.parse::<u16>() {
            Ok(value) if part.len() == 2 && value < below => Ok(value),
            _ => Err(wrong()),
        };
        Ok(Self(number(hour, 24)? * 60 + number(minute, 60)?))
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        format!("{:02}:{:02}", time.0 / 60, time.0 % 60)
    }
}

/// Since when sends count against the cap, Unix ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapWindow {
    /// Local midnight of today.
    pub day_from: i64,
    /// Local midnight six days before today.
    pub week_from: i64,
}

impl Policy {
    /// Reads the setting as staff or the API give it.
    ///
    /// # Errors
    /// [`Error::Bad`] with the place and what to do.
    pub fn parse(json: &str) -> Result<Self> {
        let policy: Self = serde_json::from_str(json)
            .map_err(|error| Error::bad("policy_invalid", "policy", format!("配信ルールを読み取れません: {error}")))?;
        policy.check()?;
        Ok(policy)
    }

    /// Whether the values make sense together.
    ///
    /// # Errors
    /// [`Error::Bad`] naming the field.
    pub fn check(&self) -> Result<()> {
        if let (Some(day), Some(week)) = (self.cap.per_day, self.cap.per_week)
            && week < day
        {
            return Err(Error::bad("policy_invalid", "cap.per_week", "1週間の上限は1日の上限以上にしてください。"));
        }
        if self.budget.yen_per_month.is_some_and(|yen| !(1..=BUDGET_MAX).contains(&yen)) {
            return Err(Error::bad("policy_invalid", "budget.yen_per_month", "予算は1円以上で入力してください。"));
        }
        self.exclusions.check()
    }

    /// When the quiet hours that hold this lane at `now` end, Unix ms; `None` when nothing holds it.
    pub fn quiet_until(&self, lane: Lane, now: i64, zone: &TimeZone) -> Option<i64> {
        let QuietHours { from, until, lanes } = &self.quiet;
        if from == until || !lanes.contains(&lane) {
            return None;
        }
        let local = local(now, zone)?;
        let minute = TimeOfDay(u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).ok()?);
        let (inside, ends_tomorrow) = if from < until {
            (*from <= minute && minute < *until, false)
        } else {
            (*from <= minute || minute < *until, *from <= minute)
        };
        if !inside {
            return None;
        }
        let day = if ends_tomorrow { local.date().tomorrow().ok()? } else { local.date() };
        let (hour, minute) = (i8::try_from(until.0 / 60).ok()?, i8::try_from(until.0 % 60).ok()?);
        let end = day.at(hour, minute, 0, 0).to_zoned(zone.clone()).ok()?;
        // At a change of the clock the hour may repeat: never answer an instant that has passed.
        Some(end.timestamp().as_millisecond().max(now + 1))
    }

    /// The windows in which the cap counts at `now`.
    pub fn cap_window(&self, now: i64, zone: &TimeZone) -> CapWindow {
        const DAY_MS: i64 = 24 * 60 * 60 * 1000;
        let midnight = |days_back: i64| -> Option<i64> {
            let day = local(now, zone)?.date().checked_sub(days_back.days()).ok()?;
            Some(day.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond())
        };
        CapWindow { day_from: midnight(0).unwrap_or(now - DAY_MS), week_from: midnight(6).unwrap_or(now - 7 * DAY_MS) }
    }
}

fn local(now: i64, zone: &TimeZone) -> Option<Zoned> {
    Some(Timestamp::from_millisecond(now).ok()?.to_zoned(zone.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokyo() -> TimeZone {
        TimeZone::get("Asia/Tokyo").unwrap()
    }

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn quiet_hours_cross_midnight() {
        let policy = Policy::default();
        for (now, end) in [
            ("2026-11-22T20:59:59.999+09:00", None),
            ("2026-11-22T21:00:00+09:00", Some("2026-11-23T08:00:00+09:00")),
            ("2026-11-22T23:59:00+09:00", Some("2026-11-23T08:00:00+09:00")),
            ("2026-11-23T00:00:00+09:00", Some("2026-11-23T08:00:00+09:00")),
            ("2026-11-23T07:59:59+09:00", Some("2026-11-23T08:00:00+09:00")),
            ("2026-11-23T08:00:00+09:00", None),
        ] {
            assert_eq!(policy.quiet_until(Lane::Marketing, at(now), &tokyo()), end.map(at), "{now}");
            assert_eq!(policy.quiet_until(Lane::Chat, at(now), &tokyo()), None);
        }
    }

    #[test]
    fn quiet_hours_within_a_day_and_switched_off() {
        let mut policy = Policy::parse(r#"{"quiet":{"from":"12:00","until":"13:30","lanes":["promised"]}}"#).unwrap();
        let noon = at("2026-11-22T12:10:00+09:00");
        assert_eq!(policy.quiet_until(Lane::Promised, noon, &tokyo()), Some(at("2026-11-22T13:30:00+09:00")));
        assert_eq!(policy.quiet_until(Lane::Marketing, noon, &tokyo()), None);
        policy.quiet.until = policy.quiet.from;
        assert_eq!(policy.quiet_until(Lane::Promised, noon, &tokyo()), None);
    }

    #[test]
    fn quiet_hours_end_in_the_future_when_clocks_go_back() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let policy = Policy::parse(r#"{"quiet":{"from":"00:30","until":"01:30","lanes":["marketing"]}}"#).unwrap();
        // 01:10 for the second time on that night.
        let now = at("2026-11-01T06:10:00Z");
        assert!(policy.quiet_until(Lane::Marketing, now, &zone).unwrap() > now);
    }

    #[test]
    fn cap_counts_calendar_days() {
        let window = Policy::default().cap_window(at("2026-11-22T00:10:00+09:00"), &tokyo());
        assert_eq!(window.day_from, at("2026-11-22T00:00:00+09:00"));
        assert_eq!(window.week_from, at("2026-11-16T00:00:00+09:00"));
    }

    #[test]
    fn bad_policies_name_the_field() {
        for (json, word) in [
            (r#"{"quiet":{"from":"25:00"}}"#, "HH:MM"),
            (r#"{"quiet":{"from":"9:00"}}"#, "HH:MM"),
            (r#"{"cap":{"per_day":3,"per_week":2}}"#, "1週間"),
            (r#"{"caps":{}}"#, "caps"),
            (r#"{"budget":{"yen_per_month":0}}"#, "1円"),
            (r#"{"exclusions":{"waiting_days":91}}"#, "90日"),
            (r#"{"exclusions":{"bought":{"event":"","days":7}}}"#, "イベント"),
            (r#"{"exclusions":{"bought":{"event":"order_placed","days":0}}}"#, "90日"),
            (r#"{"exclusions":{"groups":[{"name":" ","condition":{"is":"staff"}}]}}"#, "名前"),
        ] {
            let error = Policy::parse(json).unwrap_err();
            assert!(error.to_string().contains(word), "{json}: {error}");
        }
        assert_eq!(Policy::parse("{}").unwrap(), Policy::default());
        let json = serde_json::to_string(&Policy::default()).unwrap();
        assert_eq!(Policy::parse(&json).unwrap(), Policy::default());
    }
}
