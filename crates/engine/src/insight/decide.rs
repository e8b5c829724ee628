//! Adding figures up, and looking ahead. Pure.

use serde::{Deserialize, Serialize};

use super::{Day, Metric, SendKind};

/// What became of messages, by recipient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Sent {
    /// LINE took them and counts them against the month.
    pub paid: i64,
    /// LINE took them as replies.
    pub free: i64,
    /// LINE refused them for good.
    pub failed: i64,
    /// Not sent, for a reason of ours.
    pub refused: i64,
    /// Nobody knows.
    pub unknown: i64,
}

impl Sent {
    fn place(&mut self, metric: Metric) -> Option<&mut i64> {
        match metric {
            Metric::Paid => Some(&mut self.paid),
            Metric::Free => Some(&mut self.free),
            Metric::Failed => Some(&mut self.failed),
            Metric::Refused => Some(&mut self.refused),
            Metric::Unknown => Some(&mut self.unknown),
            _ => None,
        }
    }
}

/// One kind of send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct KindSums {
    /// Which.
    pub kind: SendKind,
    /// What became of them.
    pub sent: Sent,
}

/// What some days added up to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Sums {
    /// 友だち追加.
    pub added: i64,
    /// Friends of whom a file or LINE's list told.
    pub imported: i64,
    /// ブロック.
    pub blocked: i64,
    /// ブロック解除.
    pub unblocked: i64,
    /// Openings of links by people we know.
    pub clicks: i64,
    /// People who opened a link, each once a day.
    pub clickers: i64,
    /// Openings of which nobody knows whose.
    pub visits: i64,
    /// All sends.
    pub sent: Sent,
    /// The same by kind.
    pub by_kind: Vec<KindSums>,
    /// Change of 有効友だち.
    #[serde(default, skip_serializing)]
    #[schema(ignore)]
    pub(crate) friends: i64,
    /// Change of those who block.
    #[serde(default, skip_serializing)]
    #[schema(ignore)]
    pub(crate) blocks: i64,
}

impl Sums {
    /// Adds one figure.
    pub fn add(&mut self, metric: Metric, kind: Option<SendKind>, n: i64) {
        match metric {
            Metric::Added => self.added += n,
            Metric::Imported => self.imported += n,
            Metric::Blocked => self.blocked += n,
            Metric::Unblocked => self.unblocked += n,
            Metric::Friends => self.friends += n,
            Metric::Blocks => self.blocks += n,
            Metric::Clicks => self.clicks += n,
            Metric::Clickers => self.clickers += n,
            Metric::Visits => self.visits += n,
            Metric::Paid | Metric::Free | Metric::Failed | Metric::Refused | Metric::Unknown => self.add_sent(metric, kind, n),
        }
    }

    /// Adds what other days added up to.
    pub fn merge(&mut self, other: &Self) {
        let plain = [
            (Metric::Added, other.added),
            (Metric::Imported, other.imported),
            (Metric::Blocked, other.blocked),
            (Metric::Unblocked, other.unblocked),
            (Metric::Friends, other.friends),
            (Metric::Blocks, other.blocks),
            (Metric::Clicks, other.clicks),
            (Metric::Clickers, other.clickers),
            (Metric::Visits, other.visits),
        ];
        for (metric, n) in plain {
            self.add(metric, None, n);
        }
        for KindSums { kind, sent } in &other.by_kind {
            for (metric, n) in [
                (Metric::Paid, sent.paid),
                (Metric::Free, sent.free),
                (Metric::Failed, sent.failed),
                (Metric::Refused, sent.refused),
                (Metric::Unknown, sent.unknown),
            ] {
                self.add(metric, Some(*kind), n);
            }
        }
    }

    fn add_sent(&mut self, metric: Metric, kind: Option<SendKind>, n: i64) {
        if let Some(place) = self.sent.place(metric) {
            *place += n;
        }
        let kind = kind.unwrap_or(SendKind::Other);
        let at = match self.by_kind.binary_search_by_key(&kind, |sums| sums.kind) {
            Ok(at) => at,
            Err(at) => {
                self.by_kind.insert(at, KindSums { kind, sent: Sent::default() });
                at
            }
        };
        if let Some(place) = self.by_kind[at].sent.place(metric) {
            *place += n;
        }
    }
}

/// Days whose pace tells how the month goes on.
const PACE_DAYS: i64 = 28;

/// How the month goes on at the present pace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Used at the month's end.
    pub at_end: i64,
    /// The first day on which marketing finds nothing left.
    pub runs_out: Option<Day>,
}

/// Looks ahead to the month's end. `paid`: recipients of the last days up to today, the newest last, as far as anything
/// was counted; nothing is foretold from less than a day. `room`: what is left for marketing; `None` for no limit.
pub fn look_ahead(used: i64, room: Option<i64>, paid: &[i64], today: Day) -> Option<Outlook> {
    let days = i64::try_from(paid.len()).ok()?.min(PACE_DAYS);
    if days == 0 {
        return None;
    }
    let sum: i64 = paid.iter().rev().take(usize::try_from(days).ok()?).sum();
    let rest = (today.month().end().0 - today.0 - 1).max(0);
    let runs_out = room.filter(|_| sum > 0).and_then(|room| {
        let lasts = room.max(0) * days / sum;
        (lasts < rest).then(|| today.plus(lasts + 1))
    });
    Some(Outlook { at_end: used + (sum * rest + days / 2) / days, runs_out })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn kinds_add_up_to_all() {
        let mut sums = Sums::default();
        sums.add(Metric::Paid, Some(SendKind::Rule), 2);
        sums.add(Metric::Paid, Some(SendKind::Broadcast), 500);
        sums.add(Metric::Free, Some(SendKind::Rule), 3);
        sums.add(Metric::Refused, Some(SendKind::Broadcast), 7);
        sums.add(Metric::Added, None, 4);
        assert_eq!((sums.sent.paid, sums.sent.free, sums.sent.refused, sums.added), (502, 3, 7, 4));
        let kinds: Vec<SendKind> = sums.by_kind.iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [SendKind::Broadcast, SendKind::Rule]);
        let paid: i64 = sums.by_kind.iter().map(|one| one.sent.paid).sum();
        assert_eq!(paid, sums.sent.paid);
    }

    #[test]
    fn the_pace_goes_on_to_the_months_end() {
        // Eight days are left after the 22nd of November.
        let ahead = look_ahead(1_000, Some(4_000), &[0, 100, 200], day("2026-11-22")).unwrap();
        assert_eq!(ahead, Outlook { at_end: 1_800, runs_out: None });
        let tight = look_ahead(1_000, Some(250), &[100], day("2026-11-22")).unwrap();
        assert_eq!(tight.runs_out, Some(day("2026-11-25")), "two more days fit, the third does not");
        assert_eq!(look_ahead(10, None, &[100], day("2026-11-30")).unwrap().at_end, 10, "nothing is left of the month");
        assert_eq!(look_ahead(10, Some(5), &[0], day("2026-11-22")).unwrap().runs_out, None);
        assert_eq!(look_ahead(10, Some(5), &[], day("2026-11-22")), None);
        let long: Vec<i64> = [vec![9_999; 30], vec![0; 28]].concat();
        assert_eq!(look_ahead(0, None, &long, day("2026-11-01")).unwrap().at_end, 0, "only the last four weeks count");
    }
}
