//! A channel: its settings, and each person's relation to it.

use crate::api::audience::Audiences;
use crate::api::coupon::Coupons;
use crate::api::liff::LiffApps;
use crate::api::membership::Memberships;
use crate::api::narrowcast::Narrowcasts;
use crate::api::quota::Units;
use crate::api::richmenu::RichMenus;
use crate::clock::jst_month;
use crate::limits::Buckets;
use crate::people::Person;
use crate::reply::ReplyTokens;
use crate::room::Room;
use crate::sync::{Lock, Shared};
use crate::webhook::Outbox;
use serde::{Deserialize, Serialize};

/// Whoever wrote to an account within this time may be pushed without being a friend
/// (Messaging API reference, push message).
pub const WROTE_RECENTLY_MS: i64 = 7 * 86_400_000;
const SHARDS: usize = 64;

/// What kind of channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A LINE Official Account.
    Messaging,
    /// LINE Login; LIFF apps hang on it.
    Login,
    /// A LINE MINI App.
    Miniapp,
}

/// A person's standing with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    #[default]
    Never,
    Friend,
    Blocked,
}

/// One person × one channel. Kept small: there are a million.
#[derive(Debug, Default)]
pub struct Member {
    pub room: Option<Box<Room>>,
    pub since_ms: i64,
    /// Last message of the person in the 1:1 talk; 0 = never.
    pub wrote_ms: i64,
    /// Linked rich menu's number; 0 = none.
    pub menu: u32,
    pub standing: Standing,
    pub deleted: Deleted,
}

/// Whether the LINE account behind a member is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deleted {
    #[default]
    No,
    Yes,
}

impl Member {
    /// Whether a push would reach the room.
    pub fn reachable(&self, now_ms: i64) -> bool {
        let wrote = self.wrote_ms > 0 && now_ms - self.wrote_ms < WROTE_RECENTLY_MS;
        self.deleted == Deleted::No
            && match self.standing {
                Standing::Friend => true,
                Standing::Never => wrote,
                Standing::Blocked => false,
            }
    }

    pub fn room(&mut self) -> &mut Room {
        self.room.get_or_insert_with(Box::default)
    }
}

/// All members, in shards by person.
pub struct Members {
    shards: Vec<Lock<Vec<Member>>>,
}

impl Members {
    /// `people` members of whom the first `friends` are friends since `now_ms`.
    pub fn new(people: u32, friends: u32, now_ms: i64) -> Members {
        let shard = |at: usize| {
            let len = (people as usize + SHARDS - 1 - at) / SHARDS;
            let member = |slot: usize| match slot * SHARDS + at < friends as usize {
                true => Member { standing: Standing::Friend, since_ms: now_ms, ..Member::default() },
                false => Member::default(),
            };
            Lock::new((0..len).map(member).collect())
        };
        Members { shards: (0..SHARDS).map(shard).collect() }
    }

    /// Looks at or changes one member. A person nobody has met yet is met now.
    pub fn with<T>(&self, person: Person, look: impl FnOnce(&mut Member) -> T) -> T {
        let mut shard = self.shards[person as usize % SHARDS].lock();
        let slot = person as usize / SHARDS;
        if shard.len() <= slot {
            shard.resize_with(slot + 1, Member::default);
        }
        look(&mut shard[slot])
    }

    /// Visits all members, shard by shard.
    pub fn each(&self, mut visit: impl FnMut(Person, &mut Member)) {
        for (at, shard) in self.shards.iter().enumerate() {
            for (slot, member) in shard.lock().iter_mut().enumerate() {
                visit((slot * SHARDS + at) as Person, member);
            }
        }
    }

    /// People of a standing, in order of their number.
    pub fn people(&self, wanted: impl Fn(&Member) -> bool) -> Vec<Person> {
        let mut found = Vec::new();
        self.each(|person, member| {
            if wanted(member) {
                found.push(person);
            }
        });
        found.sort_unstable();
        found
    }

    pub fn count(&self, standing: Standing) -> usize {
        let mut count = 0;
        self.each(|_, m| count += usize::from(m.standing == standing && m.deleted == Deleted::No));
        count
    }
}

/// What can be changed about a channel while it runs.
#[derive(Debug, Clone)]
pub struct Settings {
    pub name: String,
    pub basic_id: String,
    pub picture_url: Option<String>,
    pub secret: String,
    pub verified: bool,
    pub premium: bool,
    pub webhook: Option<String>,
    pub webhook_active: bool,
    pub redelivery: bool,
    pub chat_mode: ChatMode,
    pub standby: bool,
    /// Messages a month; `None` = no limit.
    pub quota: Option<u64>,
    pub assertion_keys: Vec<(String, serde_json::Value)>,
    pub linked_bot: Option<String>,
    pub callback_urls: Vec<String>,
    pub batch_max: usize,
}

/// OA Manager's switch between chat and bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChatMode {
    /// Answers come from the API only.
    Bot,
    /// Staff may chat in OA Manager.
    Chat,
}

/// The month's messages.
#[derive(Debug, Default)]
pub struct Quota {
    month: (i64, i64),
    pub used: u64,
    /// Held by narrowcasts that are starting.
    pub reserved: u64,
}

impl Quota {
    fn roll(&mut self, now_ms: i64) {
        if now_ms < self.month.0 || now_ms >= self.month.1 {
            self.month = jst_month(now_ms);
            self.used = 0;
        }
    }

    /// This month's messages so far.
    pub fn used(&mut self, now_ms: i64) -> u64 {
        self.roll(now_ms);
        self.used
    }

    /// Takes `count` messages from the month if they fit.
    pub fn take(&mut self, count: u64, limit: Option<u64>, now_ms: i64) -> Result<(), OverQuota> {
        self.roll(now_ms);
        if limit.is_some_and(|limit| self.used + self.reserved + count > limit) {
            return Err(OverQuota);
        }
        self.used += count;
        Ok(())
    }

    /// Holds messages for a narrowcast that is starting.
    pub fn reserve(&mut self, count: u64, limit: Option<u64>, now_ms: i64) -> Result<(), OverQuota> {
        self.take(count, limit, now_ms)?;
        self.used -= count;
        self.reserved += count;
        Ok(())
    }

    /// Turns a reservation into what was really sent.
    pub fn settle(&mut self, reserved: u64, sent: u64, now_ms: i64) {
        self.roll(now_ms);
        self.reserved = self.reserved.saturating_sub(reserved);
        self.used += sent;
    }

    /// What is left of the month; `None` = no limit.
    pub fn left(&mut self, limit: Option<u64>, now_ms: i64) -> Option<u64> {
        self.roll(now_ms);
        limit.map(|limit| limit.saturating_sub(self.used + self.reserved))
    }
}

/// The monthly limit would be exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverQuota;

/// A channel and all that hangs on it.
pub struct Channel {
    pub id: String,
    pub index: u16,
    pub kind: Kind,
    pub provider: u16,
    pub provider_name: String,
    pub bot_user_id: String,
    pub settings: Shared<Settings>,
    pub members: Members,
    pub quota: Lock<Quota>,
    pub units: Units,
    pub buckets: Buckets,
    pub reply_tokens: ReplyTokens,
    pub outbox: Outbox,
    pub menus: Lock<RichMenus>,
    pub audiences: Lock<Audiences>,
    pub coupons: Lock<Coupons>,
    pub narrowcasts: Lock<Narrowcasts>,
    pub liff: Lock<LiffApps>,
    pub memberships: Lock<Memberships>,
}

impl Channel {
    /// Whether followers' ids and group members may be listed.
    pub fn is_certified(&self) -> bool {
        let settings = self.settings.read();
        settings.verified || settings.premium
    }

    pub fn secret(&self) -> String {
        self.settings.read().secret.clone()
    }

    pub fn is_messaging(&self) -> bool {
        self.kind == Kind::Messaging
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_laid_out_so_that_the_first_are_friends() {
        let members = Members::new(1000, 130, 5);
        assert_eq!(members.people(|m| m.standing == Standing::Friend), (0..130).collect::<Vec<_>>());
        assert_eq!(members.with(2000, |m| m.standing), Standing::Never);
    }

    #[test]
    fn the_quota_starts_anew_with_the_month() {
        let mut quota = Quota::default();
        let november = "2026-11-30T14:59:59Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
        assert_eq!(quota.take(10, Some(10), november), Ok(()));
        assert_eq!(quota.take(1, Some(10), november), Err(OverQuota));
        assert_eq!(quota.take(1, Some(10), november + 1000), Ok(()));
    }
}
