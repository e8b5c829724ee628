//! What staff may do with a broadcast, and how far it may go. Pure.

use super::{Broadcast, BroadcastInput, Hold, State};
use crate::problem::Problem;
use crate::{Error, Result};

/// How long a broadcast may go when nobody says otherwise, ms.
pub const WINDOW_MS: i64 = 24 * 60 * 60 * 1000;
/// No window is longer, ms: a forgotten broadcast must not surprise anybody a month later.
const MAX_WINDOW_MS: i64 = 7 * WINDOW_MS;

/// What staff can order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// 配信を確定.
    Confirm,
    /// 一時停止.
    Pause,
    /// 再開, also after the first percent.
    Resume,
    /// 中止.
    Cancel,
}

/// How far the snapshot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Snapshot {
    /// Not begun.
    None,
    /// Some shards are not complete.
    Partial,
    /// Complete.
    Complete,
}

/// Where a command leads; the hold that comes with it.
///
/// # Errors
/// `broadcast_state` when the state does not allow it, `broadcast_expired` when its last moment has passed.
pub fn command(broadcast: &Broadcast, snapshot: Snapshot, command: Command, now: i64) -> Result<(State, Option<Hold>)> {
    use State::{Cancelled, Done, Draft, Paused, Scheduled, Sending, Snapshotting};
    let expired = now > broadcast.not_after;
    match (command, broadcast.state) {
        (Command::Confirm, Draft) if expired => Err(too_late()),
        (Command::Confirm, Draft) => Ok((Scheduled, None)),
        (Command::Pause, Scheduled | Snapshotting | Sending) => Ok((Paused, Some(Hold::Staff))),
        (Command::Resume, Paused) if expired => Err(too_late()),
        (Command::Resume, Paused) => Ok(match snapshot {
            Snapshot::None => (Scheduled, None),
            Snapshot::Partial => (Snapshotting, None),
            Snapshot::Complete => (Sending, None),
        }),
        (Command::Cancel, Draft | Scheduled | Snapshotting | Sending | Paused) => Ok((Cancelled, None)),
        (_, state) => Err(Error::conflict(
            "broadcast_state",
            match state {
                Draft => "下書きです。先に配信を確定してください。",
                Scheduled | Snapshotting | Sending => "すでに確定しています。",
                Paused => "一時停止中です。",
                Done => "すでに完了しています。",
                Cancelled => "すでに中止されています。",
            },
        )),
    }
}

fn too_late() -> Error {
    Error::conflict("broadcast_expired", "配信の期限を過ぎています。新しい一斉配信を作ってください。")
}

/// What is wrong with an input on its face.
pub fn problems(input: &BroadcastInput, now: i64) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut wrong = |path: &str, message: &str| problems.push(Problem::new(path, "bad_value", message));
    let send_at = input.send_at.unwrap_or(now).max(now);
    if let Some(not_after) = input.not_after {
        if not_after <= send_at {
            wrong("not_after", "配信の期限は、配信日時より後にしてください。");
        } else if not_after - send_at > MAX_WINDOW_MS {
            wrong("not_after", "配信の期限は、配信日時から7日以内にしてください。");
        }
    }
    if input.first_percent.is_some_and(|percent| !(1..=99).contains(&percent)) {
        wrong("first_percent", "先行配信の割合は1〜99にしてください。");
    }
    if input.per_10min.is_some_and(|count| count < 1) {
        wrong("per_10min", "10分あたりの人数は1以上にしてください。");
    }
    let listed = match &input.audience {
        super::Audience::Contacts { contacts } => contacts.len(),
        super::Audience::LineUsers { user_ids } => user_ids.len(),
        _ => 0,
    };
    if listed > super::MAX_LISTED {
        wrong("audience", "一覧で指定できるのは50,000人までです。タグを付けて指定してください。");
    }
    if input.method == super::Method::LineBroadcast {
        if input.audience != (super::Audience::All {}) {
            wrong("audience", "LINEの全員配信では対象者を絞り込めません。");
        }
        if input.first_percent.is_some() || input.per_10min.is_some() {
            wrong("method", "LINEの全員配信では先行配信や分割配信はできません。");
        }
        if input.link_mode == super::LinkMode::Person {
            wrong("link_mode", "LINEの全員配信では一人ひとりのリンクは使えません。");
        }
    }
    problems
}

/// Whether a draft that is saved again is what it was. "At once" (`wish.0` is none or has passed) is the same wish an hour
/// later, as long as its last moment has not come.
pub fn is_same(stored: &Broadcast, next: &Broadcast, wish: (Option<i64>, Option<i64>), now: i64) -> bool {
    let at_once = wish.0.is_none_or(|at| at <= now) && stored.send_at <= now && now < stored.not_after;
    let until = wish.1.unwrap_or(stored.send_at + WINDOW_MS);
    let times = (stored.send_at, stored.not_after, stored.wake_at);
    let (send_at, not_after, wake_at) =
        if at_once && until == stored.not_after { times } else { (next.send_at, next.not_after, next.wake_at) };
    *stored == Broadcast { send_at, not_after, wake_at, ..next.clone() }
}

/// Position up to which a shard may be fixed now: everything, or its part of the first percent. Shards are a random
/// cut of the audience, so whole shards first make a fair sample. `totals` by shard in order, `index` the shard's place.
pub fn limit_of(totals: &[i64], index: usize, first_percent: Option<i64>) -> i64 {
    let own = totals.get(index).copied().unwrap_or(0);
    let Some(percent) = first_percent else { return own };
    let all: i64 = totals.iter().sum();
    let wanted = (all * percent + 99) / 100;
    let before: i64 = totals.iter().take(index).sum();
    (wanted - before).clamp(0, own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broadcast::testing::draft;
    use proptest::prelude::*;

    #[test]
    fn every_state_takes_only_its_commands() {
        use State::{Cancelled, Done, Draft, Paused, Scheduled, Sending, Snapshotting};
        let table: [(State, [Option<State>; 4]); 7] = [
            (Draft, [Some(Scheduled), None, None, Some(Cancelled)]),
            (Scheduled, [None, Some(Paused), None, Some(Cancelled)]),
            (Snapshotting, [None, Some(Paused), None, Some(Cancelled)]),
            (Sending, [None, Some(Paused), None, Some(Cancelled)]),
            (Paused, [None, None, Some(Sending), Some(Cancelled)]),
            (Done, [None; 4]),
            (Cancelled, [None; 4]),
        ];
        let commands = [Command::Confirm, Command::Pause, Command::Resume, Command::Cancel];
        for (state, wanted) in table {
            let broadcast = Broadcast { state, ..draft() };
            for (command_given, next) in commands.into_iter().zip(wanted) {
                let got = command(&broadcast, Snapshot::Complete, command_given, 0).ok().map(|(state, _)| state);
                assert_eq!(got, next, "{state} {command_given:?}");
            }
        }
    }

    #[test]
    fn resume_goes_on_where_it_was() {
        let paused = Broadcast { state: State::Paused, ..draft() };
        for (snapshot, state) in
            [(Snapshot::None, State::Scheduled), (Snapshot::Partial, State::Snapshotting), (Snapshot::Complete, State::Sending)]
        {
            assert_eq!(command(&paused, snapshot, Command::Resume, 0).unwrap(), (state, None));
        }
        let late = paused.not_after + 1;
        assert!(command(&paused, Snapshot::Complete, Command::Resume, late).is_err());
        assert!(command(&paused, Snapshot::Complete, Command::Cancel, late).is_ok());
    }

    #[test]
    fn a_draft_saved_as_it_was_is_the_same() {
        let stored = Broadcast { send_at: 1_000, wake_at: 1_000, not_after: 1_000 + WINDOW_MS, ..draft() };
        let at = |send_at: i64| Broadcast { send_at, wake_at: send_at, not_after: send_at + WINDOW_MS, ..stored.clone() };
        let hour = 3_600_000;
        assert!(is_same(&stored, &at(hour), (None, None), hour), "at once, an hour later");
        assert!(!is_same(&stored, &at(2 * hour), (Some(2 * hour), None), hour), "later instead of at once");
        assert!(!is_same(&stored, &at(2 * WINDOW_MS), (None, None), 2 * WINDOW_MS), "its last moment has passed");
        assert!(!is_same(&stored, &Broadcast { name: "別".into(), ..at(hour) }, (None, None), hour));
        let rewritten = crate::ids::TemplateVersionId::nil();
        assert!(!is_same(&stored, &Broadcast { template_version_id: rewritten, ..at(hour) }, (None, None), hour));
        let planned = at(5 * hour);
        assert!(is_same(&planned, &planned, (Some(5 * hour), None), hour));
    }

    proptest! {
        /// The first percent is exactly its share, rounded up, whatever the shards hold.
        #[test]
        fn first_percent_sums(totals in prop::collection::vec(0i64..1000, 1..33), percent in 1i64..100) {
            let all: i64 = totals.iter().sum();
            let first: i64 = (0..totals.len()).map(|index| limit_of(&totals, index, Some(percent))).sum();
            prop_assert_eq!(first, (all * percent + 99) / 100);
            let rest: i64 = (0..totals.len()).map(|index| limit_of(&totals, index, None)).sum();
            prop_assert_eq!(rest, all);
        }
    }
}
