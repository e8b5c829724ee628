//! Adding to a day's figures, in the transaction that writes what they count.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use store::{Insert, Tx, params};
use uuid::Uuid;

use super::{Day, day_of};
use crate::Result;
use crate::delivery::CauseKind;
use crate::ids::{ChannelId, ContactId, WorkspaceId};

/// What is counted by the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// 友だち追加: people who became friends, for the first time or not after a block.
    Added,
    /// Friends of whom a file or LINE's list told: nobody came that day.
    Imported,
    /// ブロック.
    Blocked,
    /// ブロック解除.
    Unblocked,
    /// Change of 有効友だち; the days' sum is what stands in `friend_counts`.
    Friends,
    /// Change of those who block.
    Blocks,
    /// Messages LINE took and counts, by recipient.
    Paid,
    /// Messages LINE took as replies.
    Free,
    /// LINE refused them for good.
    Failed,
    /// Not sent, for a reason of ours.
    Refused,
    /// Nobody knows.
    Unknown,
    /// Openings of links by people we know.
    Clicks,
    /// People who opened a link that day, each once.
    Clickers,
    /// Openings of which nobody knows whose.
    Visits,
}
crate::column::column_words!(Metric {
    Added => "added", Imported => "imported", Blocked => "blocked", Unblocked => "unblocked", Friends => "friends",
    Blocks => "blocks", Paid => "paid", Free => "free", Failed => "failed", Refused => "refused", Unknown => "unknown",
    Clicks => "clicks", Clickers => "clickers", Visits => "visits",
});

/// What a send was, as staff know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SendKind {
    /// 一斉配信.
    Broadcast,
    /// シナリオ配信.
    Journey,
    /// 自動応答.
    Rule,
    /// 個別トーク.
    Chat,
    /// API, tests, notices to staff.
    Other,
}
crate::column::column_words!(SendKind {
    Broadcast => "broadcast", Journey => "journey", Rule => "rule", Chat => "chat", Other => "other",
});

impl From<CauseKind> for SendKind {
    fn from(cause: CauseKind) -> Self {
        match cause {
            CauseKind::Broadcast => Self::Broadcast,
            CauseKind::Journey => Self::Journey,
            CauseKind::Rule => Self::Rule,
            CauseKind::Chat => Self::Chat,
            CauseKind::Api | CauseKind::Test => Self::Other,
        }
    }
}

type Key = (WorkspaceId, ChannelId, Metric, Option<SendKind>);

/// What a transaction adds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<Key, i64>);

const FIGURES: Insert = Insert {
    table: "figures",
    columns: &["workspace_id", "day", "channel_id", "metric", "kind", "count"],
    conflict: "ON CONFLICT (workspace_id, day, channel_id, metric, kind) DO UPDATE SET count = figures.count + excluded.count",
};
const CLICK_DAYS: Insert = Insert {
    table: "click_days",
    columns: &["workspace_id", "day", "channel_id", "contact_id"],
    conflict: "ON CONFLICT (workspace_id, day, channel_id, contact_id) DO NOTHING",
};
const ZONES: &str = "SELECT workspace_id, zone FROM workspaces WHERE workspace_id = ANY($1)";
const CHANNELS_OF: &str = "SELECT id, channel_id FROM broadcasts WHERE workspace_id = $1 AND id = ANY($2)
    UNION ALL SELECT id, channel_id FROM journeys WHERE workspace_id = $1 AND id = ANY($2)
    UNION ALL SELECT id, channel_id FROM rules WHERE workspace_id = $1 AND id = ANY($2) AND channel_id IS NOT NULL";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[ZONES, CHANNELS_OF];

impl Tally {
    /// Counts `n` more.
    pub fn add(&mut self, (workspace, channel): (WorkspaceId, ChannelId), metric: Metric, n: i64) {
        self.count((workspace, channel, metric, None), n);
    }

    /// Counts `n` more recipients of one kind of send.
    pub fn sent(&mut self, (workspace, channel): (WorkspaceId, ChannelId), metric: Metric, kind: SendKind, n: i64) {
        self.count((workspace, channel, metric, Some(kind)), n);
    }

    fn count(&mut self, key: Key, n: i64) {
        if n != 0 {
            *self.0.entry(key).or_default() += n;
        }
    }

    /// Writes what was counted as of the day of `now`. Comes last in a transaction: other nodes add to the same rows.
    ///
    /// # Errors
    /// The database's.
    pub fn write(self, tx: &mut Tx<'_>, now: i64) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let days = days(tx, self.0.keys().map(|key| key.0), now)?;
        // In the order of the table's key, so that two nodes never wait for each other's rows.
        let row = |((workspace, channel, metric, kind), n): (Key, i64)| {
            let day = days.get(&workspace).copied().unwrap_or(Day(0));
            params![workspace, day.0, channel, metric, kind.map_or("", SendKind::as_str), n]
        };
        tx.insert_many(&FIGURES, self.0.into_iter().map(row))?;
        Ok(())
    }
}

/// Today in each of these workspaces.
fn days(tx: &mut Tx<'_>, workspaces: impl Iterator<Item = WorkspaceId>, now: i64) -> Result<BTreeMap<WorkspaceId, Day>> {
    let mut ids: Vec<Uuid> = workspaces.map(|workspace| workspace.0).collect();
    ids.dedup();
    let zones = tx.query(ZONES, &params![ids], |row| Ok((row.get::<WorkspaceId>(0)?, row.get::<String>(1)?)))?;
    Ok(zones.into_iter().map(|(id, zone)| (id, day_of(now, &TimeZone::get(&zone).unwrap_or(TimeZone::UTC)))).collect())
}

/// Counts openings of links: `(what had sent it, who)`; nobody for those of which nobody knows whose.
///
/// # Errors
/// The database's.
pub fn clicked(tx: &mut Tx<'_>, workspace: WorkspaceId, openings: &[(Uuid, Option<ContactId>, i64)], now: i64) -> Result<()> {
    if openings.is_empty() {
        return Ok(());
    }
    let mut causes: Vec<Uuid> = openings.iter().map(|(cause, ..)| *cause).filter(|cause| !cause.is_nil()).collect();
    causes.sort_unstable();
    causes.dedup();
    let channels: BTreeMap<Uuid, ChannelId> =
        tx.query(CHANNELS_OF, &params![workspace, causes], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect();
    let mut tally = Tally::default();
    let mut people: BTreeMap<ChannelId, Vec<ContactId>> = BTreeMap::new();
    for (cause, contact, n) in openings {
        let channel = channels.get(cause).copied().unwrap_or(ChannelId::nil());
        tally.add((workspace, channel), if contact.is_some() { Metric::Clicks } else { Metric::Visits }, *n);
        people.entry(channel).or_default().extend(contact);
    }
    let today = days(tx, [workspace].into_iter(), now)?.get(&workspace).copied().unwrap_or(Day(0));
    for (channel, mut contacts) in people {
        contacts.sort_unstable();
        contacts.dedup();
        let new = tx.insert_many(&CLICK_DAYS, contacts.iter().map(|contact| params![workspace, today.0, channel, contact]))?;
        tally.add((workspace, channel), Metric::Clickers, i64::try_from(new).unwrap_or(0));
    }
    tally.write(tx, now)
}
