//! Coupons: whether they can still be used when the message arrives.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::{Place, What};
use crate::coupon::{Fit, Told, fit};

/// The coupons of a message: the bubble (from 1), and LINE's id.
pub(super) fn carried(messages: &Value) -> Vec<(usize, String)> {
    let bubbles = messages.as_array().into_iter().flatten().enumerate();
    let coupon = |(n, bubble): (usize, &Value)| match (bubble["type"].as_str(), bubble["couponId"].as_str()) {
        (Some("coupon"), Some(id)) => Some((n + 1, id.to_owned())),
        _ => None,
    };
    bubbles.filter_map(coupon).collect()
}

/// Coupons that cannot be used at `at`, or of which LINE has not told yet.
pub(super) fn unfit(carried: &[(usize, String)], known: &HashMap<String, Told>, at: i64, zone: &TimeZone) -> Vec<Place> {
    let day = |ms: i64| {
        let date = Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(zone.clone());
        date.strftime("%Y年%-m月%-d日 %-H:%M").to_string()
    };
    let look = |(bubble, id): &(usize, String)| {
        let place = |what| Place::new(what, *bubble, id.as_str());
        match known.get(id).map(|told| fit(*told, at)) {
            None => Some(place(What::CouponWaiting)),
            Some(Fit::Good) => None,
            Some(Fit::NotYet(from)) => Some(place(What::CouponNotYet).saying(day(from))),
            Some(Fit::Over(Some(end))) if end <= at => Some(place(What::CouponExpired).saying(day(end))),
            Some(Fit::Over(_)) => Some(place(What::CouponClosed)),
            Some(Fit::Unknown) => Some(place(What::CouponUnknown)),
        }
    };
    carried.iter().filter_map(look).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::coupon::State;

    #[test]
    fn coupons_that_cannot_be_used_are_named() {
        let messages = json!([
            {"type": "text", "text": "couponId"},
            {"type": "coupon", "couponId": "good"}, {"type": "coupon", "couponId": "over"},
            {"type": "coupon", "couponId": "ended"}, {"type": "coupon", "couponId": "new"}, {"type": "coupon", "couponId": "none"},
        ]);
        let told = |state, ends_at| Told { state, starts_at: None, ends_at };
        let known: HashMap<String, Told> = [
            ("good", told(State::Running, Some(2_000_000))),
            ("over", told(State::Running, Some(500_000))),
            ("ended", told(State::Closed, Some(2_000_000))),
            ("none", told(State::Unknown, None)),
        ]
        .map(|(id, told)| (id.to_owned(), told))
        .into();
        let places = unfit(&carried(&messages), &known, 1_000_000, &TimeZone::UTC);
        assert_eq!(
            places.iter().map(|place| (place.bubble, place.what, place.detail.as_str())).collect::<Vec<_>>(),
            [
                (3, What::CouponExpired, "1970年1月1日 0:08"),
                (4, What::CouponClosed, ""),
                (5, What::CouponWaiting, ""),
                (6, What::CouponUnknown, ""),
            ]
        );
    }
}
