//! Whether a coupon can still be used when it arrives.

use serde::Serialize;

use super::Told;

/// Where a coupon stands with LINE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CouponState)]
pub enum State {
    /// Can be got, from its first day on.
    Running,
    /// Made in LINE Official Account Manager and not published.
    Draft,
    /// Ended.
    Closed,
    /// This account has none with this id.
    Unknown,
}
crate::column::column_words!(State { Running => "running", Draft => "draft", Closed => "closed", Unknown => "unknown" });

impl State {
    /// From LINE's word. A word LINE adds later is no reason to stop a message.
    pub fn of(word: &str) -> Self {
        match word {
            "CLOSED" => Self::Closed,
            "DRAFT" => Self::Draft,
            _ => Self::Running,
        }
    }
}

/// How a coupon fits a moment of sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It can be used.
    Good,
    /// Not before this moment, Unix ms.
    NotYet(i64),
    /// Over; since when, Unix ms, where that is known.
    Over(Option<i64>),
    /// LINE would refuse the message.
    Unknown,
}

/// Looks at a coupon as it will stand at `at`, Unix ms.
pub fn fit(told: Told, at: i64) -> Fit {
    match told {
        Told { state: State::Unknown | State::Draft, .. } => Fit::Unknown,
        Told { state: State::Closed, ends_at, .. } => Fit::Over(ends_at),
        Told { ends_at: Some(end), .. } if end <= at => Fit::Over(Some(end)),
        Told { starts_at: Some(start), .. } if start > at => Fit::NotYet(start),
        Told { .. } => Fit::Good,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coupon_is_looked_at_as_it_stands_when_it_arrives() {
        let told = |word, starts_at, ends_at| Told { state: State::of(word), starts_at, ends_at };
        for (told, at, expected) in [
            (told("RUNNING", Some(10), Some(20)), 10, Fit::Good),
            (told("RUNNING", Some(10), Some(20)), 9, Fit::NotYet(10)),
            (told("RUNNING", Some(10), Some(20)), 20, Fit::Over(Some(20))),
            (told("CLOSED", Some(10), Some(20)), 15, Fit::Over(Some(20))),
            (told("CLOSED", None, None), 15, Fit::Over(None)),
            (told("RUNNING", None, None), 15, Fit::Good),
            (told("DRAFT", None, None), 15, Fit::Unknown),
            (Told { state: State::Unknown, starts_at: None, ends_at: None }, 15, Fit::Unknown),
        ] {
            assert_eq!(fit(told, at), expected, "{told:?} at {at}");
        }
    }
}
