//! The guard: may this be said to this person now? Pure; asked just before a request is fixed.

use jiff::tz::TimeZone;

use super::exclusion::Excluded;
use super::{Lane, Policy, Reason};
use crate::contact::{ContactKind, FriendState};

/// A non-friend who wrote in the 1:1 talk may be pushed for so long (Messaging API reference, "Send push message").
pub const NON_FRIEND_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// What the guard may know of a person, loaded in sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Person or group talk.
    pub kind: ContactKind,
    /// Agreed to marketing.
    pub consent: bool,
    /// One of the shop's staff.
    pub staff: bool,
    /// On the channel that speaks; `None` when LINE knows no tie of this person to it.
    pub friend: Option<Friend>,
    /// 対応マーク of the talk, '' for none.
    pub mark: String,
    /// By the shop's exclusions.
    pub excluded: Option<Excluded>,
    /// Marketing sends that count against the cap.
    pub sends: Sends,
}

/// The tie to the channel that speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Friend {
    /// LINE's id of the person (or group) for this channel.
    pub user_id: String,
    /// State.
    pub state: FriendState,
    /// Last wrote in the 1:1 talk, Unix ms.
    pub wrote_at: Option<i64>,
}

/// Marketing sends to this contact in the windows of the cap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sends {
    /// Today.
    pub day: u32,
    /// In seven days, today included.
    pub week: u32,
}

/// What is to be said, as far as the guard cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// 種別.
    pub lane: Lane,
    /// Good until, Unix ms.
    pub not_after: i64,
    /// How it would go.
    pub road: Road,
}

/// How a message can reach the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Road {
    /// By the reply token of an event: free, and proof that the person just wrote or tapped.
    Reply,
    /// By push or multicast.
    Push,
}

/// What the guard says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Now.
    Go,
    /// Not before this Unix millisecond.
    Later(i64),
    /// Never.
    Refuse(Reason),
}

/// Judges one wish. `subject` is `None` when the contact was erased.
///
/// Holds for every lane: gone, blocked, no tie, too late. Marketing alone is touched by consent, exclusions and cap;
/// quiet hours by the lanes the policy names. Stopped channels and quota are not asked here: they concern a channel, not
/// a person (see `fix`).
pub fn judge(policy: &Policy, wish: Wish, subject: Option<&Subject>, now: i64, zone: &TimeZone) -> Verdict {
    let Some(subject) = subject else { return Verdict::Refuse(Reason::Erased) };
    if let Some(reason) = unreachable(wish, subject, now) {
        return Verdict::Refuse(reason);
    }
    if now > wish.not_after {
        return Verdict::Refuse(Reason::Expired);
    }
    if wish.lane == Lane::Marketing
        && let Some(reason) = unwanted(policy, subject)
    {
        return Verdict::Refuse(reason);
    }
    match policy.quiet_until(wish.lane, now, zone) {
        None => Verdict::Go,
        Some(end) if end > wish.not_after => Verdict::Refuse(Reason::Expired),
        Some(end) => Verdict::Later(end),
    }
}

/// Whether LINE would bring it to nobody.
///
/// `unknown` is let through: before a channel was connected its friends are not known one by one, LINE drops a push to a
/// non-friend without a word and does not count it (Messaging API reference, "Send push message"; LINE Official Account
/// pricing).
fn unreachable(wish: Wish, subject: &Subject, now: i64) -> Option<Reason> {
    let Some(friend) = &subject.friend else { return Some(Reason::NotFriend) };
    match friend.state {
        FriendState::Deleted => Some(Reason::Deleted),
        FriendState::Blocked => Some(Reason::Blocked),
        FriendState::Friend | FriendState::Unknown => None,
        FriendState::Never if wish.road == Road::Reply || subject.kind != ContactKind::Person => None,
        FriendState::Never => {
            let wrote_lately = friend.wrote_at.is_some_and(|at| now - at < NON_FRIEND_MS);
            (!wrote_lately || wish.lane == Lane::Marketing).then_some(Reason::NotFriend)
        }
    }
}

/// Whether marketing to this person must not be.
fn unwanted(policy: &Policy, subject: &Subject) -> Option<Reason> {
    let full = |limit: Option<u32>, sends: u32| limit.is_some_and(|limit| sends >= limit);
    if !subject.consent {
        Some(Reason::NoConsent)
    } else if policy.exclusions.staff && subject.staff {
        Some(Reason::ExcludedStaff)
    } else if policy.exclusions.marks.contains(&subject.mark) {
        Some(Reason::ExcludedComplaint)
    } else if let Some(excluded) = subject.excluded {
        Some(excluded.reason())
    } else if full(policy.cap.per_day, subject.sends.day) || full(policy.cap.per_week, subject.sends.week) {
        Some(Reason::Cap)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    fn noon() -> i64 {
        at("2026-11-22T12:00:00+09:00")
    }

    fn friend(state: FriendState) -> Subject {
        Subject {
            kind: ContactKind::Person,
            consent: true,
            staff: false,
            friend: Some(Friend { user_id: "U1".into(), state, wrote_at: None }),
            mark: String::new(),
            excluded: None,
            sends: Sends::default(),
        }
    }

    fn wish(lane: Lane) -> Wish {
        Wish { lane, not_after: noon() + 86_400_000, road: Road::Push }
    }

    fn ask(wish: Wish, subject: &Subject, now: i64) -> Verdict {
        judge(&Policy::default(), wish, Some(subject), now, &TimeZone::get("Asia/Tokyo").unwrap())
    }

    #[test]
    fn states_of_friendship() {
        use FriendState::{Blocked, Deleted, Never, Unknown};
        for lane in Lane::ALL {
            for (state, verdict) in [
                (FriendState::Friend, Verdict::Go),
                (Unknown, Verdict::Go),
                (Never, Verdict::Refuse(Reason::NotFriend)),
                (Blocked, Verdict::Refuse(Reason::Blocked)),
                (Deleted, Verdict::Refuse(Reason::Deleted)),
            ] {
                assert_eq!(ask(wish(*lane), &friend(state), noon()), verdict, "{lane} {state}");
            }
        }
        let stranger = Subject { friend: None, ..friend(Never) };
        assert_eq!(ask(wish(Lane::Chat), &stranger, noon()), Verdict::Refuse(Reason::NotFriend));
        let zone = TimeZone::UTC;
        assert_eq!(judge(&Policy::default(), wish(Lane::Chat), None, noon(), &zone), Verdict::Refuse(Reason::Erased));
    }

    #[test]
    fn a_non_friend_who_wrote_may_be_pushed_for_seven_days() {
        let mut subject = friend(FriendState::Never);
        subject.friend.as_mut().unwrap().wrote_at = Some(noon() - NON_FRIEND_MS + 1);
        assert_eq!(ask(wish(Lane::Chat), &subject, noon()), Verdict::Go);
        assert_eq!(ask(wish(Lane::Promised), &subject, noon()), Verdict::Go);
        assert_eq!(ask(wish(Lane::Marketing), &subject, noon()), Verdict::Refuse(Reason::NotFriend));
        assert_eq!(ask(wish(Lane::Chat), &subject, noon() + 1), Verdict::Refuse(Reason::NotFriend));
        let reply = Wish { road: Road::Reply, ..wish(Lane::Promised) };
        assert_eq!(ask(reply, &friend(FriendState::Never), noon()), Verdict::Go);
    }

    #[test]
    fn marketing_alone_is_held_back() {
        type Change = fn(&mut Subject);
        let cases: [(Change, Reason); 8] = [
            (|s| s.consent = false, Reason::NoConsent),
            (|s| s.staff = true, Reason::ExcludedStaff),
            (|s| s.mark = "クレーム".into(), Reason::ExcludedComplaint),
            (|s| s.excluded = Some(Excluded::Waiting), Reason::ExcludedWaiting),
            (|s| s.excluded = Some(Excluded::Bought), Reason::ExcludedBought),
            (|s| s.excluded = Some(Excluded::Group(0)), Reason::ExcludedGroup),
            (|s| s.sends = Sends { day: 1, week: 1 }, Reason::Cap),
            (|s| s.sends = Sends { day: 0, week: 4 }, Reason::Cap),
        ];
        for (change, reason) in cases {
            let mut subject = friend(FriendState::Friend);
            change(&mut subject);
            assert_eq!(ask(wish(Lane::Marketing), &subject, noon()), Verdict::Refuse(reason));
            for lane in [Lane::Transactional, Lane::Chat, Lane::Promised] {
                assert_eq!(ask(wish(lane), &subject, noon()), Verdict::Go, "{lane} {reason}");
            }
        }
    }

    #[test]
    fn quiet_hours_wait_or_end_it() {
        let night = at("2026-11-22T23:00:00+09:00");
        let morning = at("2026-11-23T08:00:00+09:00");
        let subject = friend(FriendState::Friend);
        assert_eq!(ask(wish(Lane::Marketing), &subject, night), Verdict::Later(morning));
        assert_eq!(ask(wish(Lane::Transactional), &subject, night), Verdict::Go);
        let short = Wish { not_after: morning - 1, ..wish(Lane::Marketing) };
        assert_eq!(ask(short, &subject, night), Verdict::Refuse(Reason::Expired));
    }

    #[test]
    fn late_is_worse_than_never() {
        let subject = friend(FriendState::Friend);
        let late = Wish { not_after: noon() - 1, ..wish(Lane::Chat) };
        assert_eq!(ask(late, &subject, noon()), Verdict::Refuse(Reason::Expired));
        assert_eq!(ask(Wish { not_after: noon(), ..late }, &subject, noon()), Verdict::Go);
    }
}
