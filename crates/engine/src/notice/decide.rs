//! Which facts are worth a notice. Pure.

use serde::{Deserialize, Serialize};

use super::Cause;
use crate::access::{Grant, Permission};
use crate::backup::Health;
use crate::broadcast::{HeldUp, Hold};
use crate::ids::{BroadcastId, ChannelId, UserId};
use crate::{Error, Result};

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Below this nobody knows what is usual.
const USUAL_DAYS: i64 = 7;
/// Fewer blocks than this on a day are no news, whatever is usual.
const BLOCKS_LEAST: i64 = 10;

/// From when on staff are told, stored as JSON under the setting `notices`. `null` switches a rule off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = NoticeRules)]
pub struct Rules {
    /// No webhook for so many hours although the account has friends.
    pub webhook_silent_hours: Option<u32>,
    /// So many messages of a day failed, or nobody knows of them.
    pub failures: Option<u32>,
    /// So many percent of the month's messages are used.
    pub quota_percent: Option<u32>,
    /// So many times the usual blocks of a day.
    pub blocks_times: Option<u32>,
    /// Work that hangs for so many minutes, or was given up.
    pub stuck_minutes: Option<u32>,
    /// So many events could not be applied.
    pub parked: Option<u32>,
    /// A broadcast that stands still and waits for staff, who did not stop it.
    pub broadcast_held: bool,
    /// The daily copy failed, or there is none of so many days.
    pub backup_days: Option<u32>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            webhook_silent_hours: Some(24),
            failures: Some(10),
            quota_percent: Some(80),
            blocks_times: Some(2),
            stuck_minutes: Some(30),
            parked: Some(1),
            broadcast_held: true,
            backup_days: Some(2),
        }
    }
}

impl Rules {
    /// Whether the numbers make sense.
    ///
    /// # Errors
    /// [`Error::Bad`] naming the field.
    pub fn check(&self) -> Result<()> {
        let all = [
            ("webhook_silent_hours", self.webhook_silent_hours, 1, 720),
            ("failures", self.failures, 1, 1_000_000),
            ("quota_percent", self.quota_percent, 1, 100),
            ("blocks_times", self.blocks_times, 2, 100),
            ("stuck_minutes", self.stuck_minutes, 5, 10_080),
            ("parked", self.parked, 1, 1_000_000),
            ("backup_days", self.backup_days, 1, 30),
        ];
        match all.iter().find(|(_, value, least, most)| value.is_some_and(|value| value < *least || value > *most)) {
            Some((path, _, least, most)) => {
                Err(Error::bad("out_of_range", *path, format!("{least}〜{most}の数で入力してください。")))
            }
            None => Ok(()),
        }
    }
}

/// An account as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Which.
    pub channel: ChannelId,
    /// Its name.
    pub name: String,
    /// Whether LINE sends us its webhooks.
    pub listens: bool,
    /// Since when its webhooks go where they go now, Unix ms.
    pub since: i64,
    /// When it last heard from LINE, Unix ms.
    pub heard_at: Option<i64>,
    /// 有効友だち.
    pub friends: i64,
    /// Messages of today that failed or of which nobody knows.
    pub failed: i64,
    /// Blocks of today.
    pub blocked: i64,
    /// Blocks and days of the time before.
    pub usual: (i64, i64),
    /// LINE's month, its limit and what is used; `None` for no limit.
    pub quota: Option<(i64, i64, i64)>,
}

/// A workspace as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Its accounts.
    pub accounts: Vec<Account>,
    /// Tasks that hang or were given up lately.
    pub stuck: i64,
    /// Events that could not be applied.
    pub parked: i64,
    /// Broadcasts that wait for staff, who did not stop them.
    pub held: Vec<HeldUp>,
    /// The daily copy, where this workspace is to take it.
    pub backup: Option<Health>,
}

/// Figures of a notice: what was measured, what it is measured against, of what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = NoticeDetail)]
pub struct Detail {
    /// Hours without webhook, messages failed or used, blocks, tasks, events, days without a copy.
    pub n: i64,
    /// The month's limit, the usual blocks of a day.
    pub of: i64,
    /// The account's name then.
    pub account: Option<String>,
    /// Of an approval: which broadcast, and between whom.
    #[serde(default)]
    pub approval: Option<ApprovalOf>,
    /// Which broadcast stands still, and why.
    #[serde(default)]
    pub held: Option<HeldOf>,
}

/// What the notice of a broadcast that stands still is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = NoticeHeld)]
pub struct HeldOf {
    /// Which broadcast.
    #[schema(value_type = uuid::Uuid)]
    pub broadcast_id: BroadcastId,
    /// Its name then.
    pub broadcast: String,
    /// Why it waits.
    pub hold: Hold,
}

/// What an approval's notice is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = NoticeApproval)]
pub struct ApprovalOf {
    /// Which broadcast.
    #[schema(value_type = uuid::Uuid)]
    pub broadcast_id: BroadcastId,
    /// Its name then.
    pub broadcast: String,
    /// Who asked, or who answered.
    pub person: Option<String>,
    /// Only this person is told: who asked.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub only: Option<UserId>,
    /// Who cannot give it: who made it, changed it or asked.
    #[schema(value_type = Vec<uuid::Uuid>)]
    pub except: Vec<UserId>,
}

impl Detail {
    /// Whether it concerns this person, who may send to many or not.
    pub fn concerns(&self, user: Option<UserId>, grant: &Grant) -> bool {
        let Some(approval) = &self.approval else { return true };
        let Some(user) = user else { return false };
        match approval.only {
            Some(only) => only == user,
            None => grant.permits(Permission::SendBroadcast) && !approval.except.contains(&user),
        }
    }
}

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What.
    pub cause: Cause,
    /// Which of several: while it stands, it is the same thing.
    pub object: String,
    /// Of which account.
    pub channel: Option<ChannelId>,
    /// Its figures.
    pub detail: Detail,
}

/// Everything worth telling.
pub fn judge(rules: &Rules, facts: &Facts, now: i64) -> Vec<Found> {
    let accounts = facts.accounts.iter().flat_map(|account| of_account(rules, account, now));
    let general = |cause, n: i64, from: Option<u32>| {
        let told = from.is_some_and(|from| n >= i64::from(from).max(1));
        told.then(|| Found { cause, object: String::new(), channel: None, detail: Detail { n, ..Detail::default() } })
    };
    let stuck = general(Cause::Stuck, facts.stuck, rules.stuck_minutes.map(|_| 1));
    let parked = general(Cause::Parked, facts.parked, rules.parked);
    let held = facts.held.iter().filter(|_| rules.broadcast_held).map(held);
    accounts.chain(stuck).chain(parked).chain(held).chain(of_backup(rules, facts.backup, now)).collect()
}

fn held(broadcast: &HeldUp) -> Found {
    let HeldUp { id, name, channel, hold } = broadcast;
    let held = HeldOf { broadcast_id: *id, broadcast: name.clone(), hold: *hold };
    Found {
        cause: Cause::BroadcastHeld,
        object: format!("{id}/{}", hold.as_str()),
        channel: Some(*channel),
        detail: Detail { held: Some(held), ..Detail::default() },
    }
}

/// A copy that failed tells why there is none; that there is none is told where nothing else tells it.
fn of_backup(rules: &Rules, health: Option<Health>, now: i64) -> Option<Found> {
    let (days, health) = rules.backup_days.zip(health)?;
    let none = health.since.map_or(0, |since| (now - since) / DAY_MS);
    let (cause, n) = match () {
        () if health.failed => (Cause::BackupFailed, 0),
        () if none >= i64::from(days) && !health.under_way => (Cause::BackupLate, none),
        () => return None,
    };
    Some(Found { cause, object: String::new(), channel: None, detail: Detail { n, ..Detail::default() } })
}

fn of_account(rules: &Rules, account: &Account, now: i64) -> Vec<Found> {
    let found = |cause, object: String, (n, of)| Found {
        cause,
        object,
        channel: Some(account.channel),
        detail: Detail { n, of, account: Some(account.name.clone()), ..Detail::default() },
    };
    let own = || account.channel.to_string();
    let silent = rules.webhook_silent_hours.and_then(|hours| {
        // What it heard before it was switched off tells nothing of the time since it was switched on.
        let since = account.heard_at.unwrap_or(account.since).max(account.since);
        let silent = (now - since) / HOUR_MS;
        (account.listens && account.friends > 0 && silent >= i64::from(hours))
            .then(|| found(Cause::WebhookSilent, own(), (silent, 0)))
    });
    let failures = rules.failures.filter(|from| account.failed >= i64::from(*from));
    let failures = failures.map(|_| found(Cause::Failures, own(), (account.failed, 0)));
    let quota = rules.quota_percent.zip(account.quota).and_then(|(percent, (month, limit, used))| {
        (limit > 0 && used * 100 >= limit * i64::from(percent))
            .then(|| found(Cause::Quota, format!("{}/{month}", account.channel), (used, limit)))
    });
    let blocks = rules.blocks_times.and_then(|times| {
        let (sum, days) = account.usual;
        let many = days >= USUAL_DAYS && account.blocked >= BLOCKS_LEAST && account.blocked * days >= sum * i64::from(times);
        many.then(|| found(Cause::Blocks, own(), (account.blocked, (sum + days / 2) / days)))
    });
    [silent, failures, quota, blocks].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Account {
        Account {
            channel: ChannelId(uuid::Uuid::from_u128(2)),
            name: "本店".to_owned(),
            listens: true,
            since: 0,
            heard_at: Some(100 * HOUR_MS),
            friends: 5_000,
            failed: 0,
            blocked: 0,
            usual: (28, 28),
            quota: Some((202_611, 1_000, 500)),
        }
    }

    fn causes(account: Account, now: i64) -> Vec<Cause> {
        let facts = Facts { accounts: vec![account], ..Facts::default() };
        judge(&Rules::default(), &facts, now).into_iter().map(|found| found.cause).collect()
    }

    #[test]
    fn a_good_day_tells_nothing() {
        assert_eq!(causes(account(), 101 * HOUR_MS), []);
    }

    #[test]
    fn silence_counts_only_where_something_could_come() {
        let now = 124 * HOUR_MS;
        assert_eq!(causes(account(), now), [Cause::WebhookSilent]);
        assert_eq!(causes(account(), now - 1), []);
        assert_eq!(causes(Account { friends: 0, ..account() }, now), []);
        assert_eq!(causes(Account { listens: false, ..account() }, now), []);
        assert_eq!(causes(Account { heard_at: None, since: now - HOUR_MS, ..account() }, now), [], "just connected");
        assert_eq!(causes(Account { since: now - HOUR_MS, ..account() }, now), [], "just switched on again");
    }

    #[test]
    fn a_broadcast_that_waits_is_told_once_for_each_reason() {
        let held =
            |hold| HeldUp { id: BroadcastId::nil(), name: "春".to_owned(), channel: ChannelId(uuid::Uuid::from_u128(2)), hold };
        let facts = |hold| Facts { held: vec![held(hold)], ..Facts::default() };
        let told = |hold| judge(&Rules::default(), &facts(hold), 0).remove(0);
        assert_eq!(told(Hold::Budget).cause, Cause::BroadcastHeld);
        assert_ne!(told(Hold::Budget).object, told(Hold::Quota).object);
        assert_eq!(judge(&Rules { broadcast_held: false, ..Rules::default() }, &facts(Hold::Budget), 0), []);
    }

    #[test]
    fn a_copy_is_missed_after_two_days_and_one_that_failed_at_once() {
        let told = |health, now| {
            let facts = Facts { backup: Some(health), ..Facts::default() };
            judge(&Rules::default(), &facts, now).pop().map(|found| (found.cause, found.detail.n))
        };
        let health = Health { failed: false, under_way: false, since: Some(0) };
        assert_eq!(told(health, 2 * DAY_MS - 1), None);
        assert_eq!(told(health, 2 * DAY_MS), Some((Cause::BackupLate, 2)));
        assert_eq!(told(Health { under_way: true, ..health }, 2 * DAY_MS), None, "it is being taken");
        assert_eq!(told(Health { since: None, ..health }, 9 * DAY_MS), None, "switched on just now");
        assert_eq!(told(Health { failed: true, ..health }, HOUR_MS), Some((Cause::BackupFailed, 0)));
        assert_eq!(told(Health { failed: true, ..health }, 9 * DAY_MS), Some((Cause::BackupFailed, 0)), "one is enough");
    }

    #[test]
    fn most_of_the_month_is_told_once_a_month() {
        let used = |used| Account { quota: Some((202_611, 1_000, used)), ..account() };
        assert_eq!(causes(used(799), 101 * HOUR_MS), []);
        assert_eq!(causes(used(800), 101 * HOUR_MS), [Cause::Quota]);
        assert_eq!(causes(Account { quota: None, ..account() }, 101 * HOUR_MS), []);
    }

    #[test]
    fn blocks_are_many_against_what_is_usual() {
        let blocked = |blocked, usual| Account { blocked, usual, ..account() };
        assert_eq!(causes(blocked(20, (280, 28)), 101 * HOUR_MS), [Cause::Blocks], "ten a day are usual");
        assert_eq!(causes(blocked(19, (280, 28)), 101 * HOUR_MS), []);
        assert_eq!(causes(blocked(9, (0, 28)), 101 * HOUR_MS), [], "a handful is no news");
        assert_eq!(causes(blocked(500, (0, 3)), 101 * HOUR_MS), [], "nobody knows yet what is usual");
    }

    #[test]
    fn an_approval_concerns_whoever_may_give_it_then_whoever_asked() {
        use crate::access::Role;
        let [one, two, three] = [1, 2, 3].map(|n| UserId(uuid::Uuid::from_u128(n)));
        let of = |only, except: &[UserId]| Detail {
            approval: Some(ApprovalOf {
                broadcast_id: BroadcastId::nil(),
                broadcast: "春".to_owned(),
                person: None,
                only,
                except: except.to_vec(),
            }),
            ..Detail::default()
        };
        let (asked, answered) = (of(None, &[one, two]), of(Some(one), &[]));
        let marketer = Grant::of(Role::Marketer);
        for (user, to_give, to_know) in [(Some(one), false, true), (Some(three), true, false), (None, false, false)] {
            assert_eq!((asked.concerns(user, &marketer), answered.concerns(user, &marketer)), (to_give, to_know), "{user:?}");
        }
        assert!(!asked.concerns(Some(three), &Grant::of(Role::Operator)), "may not send");
        assert!(Detail::default().concerns(None, &Grant::of(Role::Viewer)));
    }

    #[test]
    fn what_is_switched_off_is_not_told() {
        let rules = Rules { failures: None, parked: None, stuck_minutes: None, ..Rules::default() };
        let facts = Facts { accounts: vec![Account { failed: 99, ..account() }], stuck: 3, parked: 7, ..Facts::default() };
        assert_eq!(judge(&rules, &facts, 101 * HOUR_MS), []);
        assert_eq!(judge(&Rules::default(), &facts, 101 * HOUR_MS).len(), 3);
        assert!(Rules { quota_percent: Some(101), ..Rules::default() }.check().is_err());
    }
}
