//! What a fact means: a light each. Pure.

use serde::Serialize;

use super::health::{Account, Lane};
use crate::ids::ChannelId;

const MINUTE_MS: i64 = 60 * 1000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
const GIGA: i64 = 1 << 30;

/// A traffic light.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HealthLight)]
pub enum Light {
    /// Somebody must act.
    Bad,
    /// Worth a look.
    Care,
    /// Cannot be told here.
    Unknown,
    /// As it should be.
    Good,
}

/// What is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HealthTopic)]
pub enum Topic {
    /// What came in and is not applied.
    Reception,
    /// Work beside the way.
    Tasks,
    /// Messages that are due.
    Outbox,
    /// Events nobody could apply.
    Parked,
    /// Whether LINE is heard; one per account.
    Webhook,
    /// What LINE refused; one per account.
    Failures,
    /// Room on the disk.
    Disk,
    /// The database's log and writer.
    Database,
    /// Clocks of machine, database and LINE.
    Clock,
    /// The newest copy.
    Backup,
}

/// A judged fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = HealthSign)]
pub struct Sign {
    /// What.
    pub topic: Topic,
    /// How it stands.
    pub light: Light,
    /// How many, how many bytes, or how many ms apart, where that is what it says.
    pub n: Option<i64>,
    /// Since or when, Unix ms.
    pub at: Option<i64>,
    /// The account it is about.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub channel_id: Option<ChannelId>,
}

/// What is known.
pub(super) struct Facts<'a> {
    pub now: i64,
    pub disk_free: Option<i64>,
    pub log_bytes: Option<i64>,
    pub lanes: &'a [Lane],
    pub parked: i64,
    /// Machine less database, ms.
    pub clock_off: i64,
    /// Arrival less LINE's own time, at least, ms.
    pub line_lag: Option<i64>,
    pub accounts: &'a [Account],
    pub newest_backup: Option<i64>,
    /// Whether copies are this workspace's to take.
    pub keeps_backups: bool,
    pub waiting_writes: usize,
}

/// All signs, worst first.
pub(super) fn judge(facts: &Facts<'_>) -> Vec<Sign> {
    let mut signs = vec![
        waiting(facts, Topic::Reception, |lane| lane == "reception", (MINUTE_MS, 5 * MINUTE_MS)),
        waiting(facts, Topic::Tasks, |lane| lane == "tasks", (10 * MINUTE_MS, 60 * MINUTE_MS)),
        waiting(facts, Topic::Outbox, |lane| !matches!(lane, "reception" | "tasks"), (5 * MINUTE_MS, 30 * MINUTE_MS)),
        parked(facts),
        disk(facts),
        database(facts),
        clocks(facts),
    ];
    signs.extend(copies(facts));
    signs.extend(facts.accounts.iter().flat_map(|account| [heard(account, facts.now), refused(account, facts.now)]));
    signs.sort_by_key(|sign| (sign.light, sign.topic));
    signs
}

fn sign(topic: Topic, light: Light) -> Sign {
    Sign { topic, light, n: None, at: None, channel_id: None }
}

fn waiting(facts: &Facts<'_>, topic: Topic, is_it: fn(&str) -> bool, (care, bad): (i64, i64)) -> Sign {
    let lanes: Vec<&Lane> = facts.lanes.iter().filter(|lane| is_it(&lane.name)).collect();
    let oldest = lanes.iter().filter_map(|lane| lane.oldest_at).min();
    let light = match oldest.map(|at| facts.now - at) {
        Some(age) if age >= bad => Light::Bad,
        Some(age) if age >= care => Light::Care,
        _ => Light::Good,
    };
    Sign { n: Some(lanes.iter().map(|lane| lane.count).sum()), at: oldest, ..sign(topic, light) }
}

fn parked(facts: &Facts<'_>) -> Sign {
    let light = if facts.parked > 0 { Light::Bad } else { Light::Good };
    Sign { n: Some(facts.parked), ..sign(Topic::Parked, light) }
}

fn disk(facts: &Facts<'_>) -> Sign {
    let light = match facts.disk_free {
        None => Light::Unknown,
        Some(free) if free < GIGA => Light::Bad,
        Some(free) if free < 5 * GIGA => Light::Care,
        Some(_) => Light::Good,
    };
    Sign { n: facts.disk_free, ..sign(Topic::Disk, light) }
}

fn database(facts: &Facts<'_>) -> Sign {
    let light = match facts.log_bytes {
        Some(bytes) if bytes > 4 * GIGA => Light::Bad,
        Some(bytes) if bytes > GIGA => Light::Care,
        _ if facts.waiting_writes > 1_000 => Light::Care,
        _ => Light::Good,
    };
    Sign { n: facts.log_bytes, ..sign(Topic::Database, light) }
}

/// Signed requests and due times hang on the clock. Who is ahead of LINE sees its events old, who is behind sees them
/// from the future; a slow way alone makes them old too.
fn clocks(facts: &Facts<'_>) -> Sign {
    let behind = facts.line_lag.map_or(0, |lag| (-lag).max(0));
    let off = facts.clock_off.abs().max(behind);
    let light = match off {
        60_000.. => Light::Bad,
        5_000.. => Light::Care,
        _ => Light::Good,
    };
    Sign { n: Some(off), ..sign(Topic::Clock, light) }
}

fn copies(facts: &Facts<'_>) -> Option<Sign> {
    if !facts.keeps_backups {
        return Some(sign(Topic::Backup, Light::Unknown));
    }
    let light = match facts.newest_backup.map(|at| facts.now - at) {
        None => Light::Bad,
        Some(age) if age > 2 * DAY_MS => Light::Care,
        Some(_) => Light::Good,
    };
    Some(Sign { at: facts.newest_backup, ..sign(Topic::Backup, light) })
}

fn heard(account: &Account, now: i64) -> Sign {
    let light = match (account.listens, account.heard_at) {
        (false, _) => Light::Unknown,
        (true, None) => Light::Care,
        (true, Some(at)) if now - at > 3 * DAY_MS => Light::Care,
        (true, Some(_)) => Light::Good,
    };
    let count = account.received.iter().sum();
    Sign { n: Some(count), at: account.heard_at, channel_id: Some(account.channel_id), ..sign(Topic::Webhook, light) }
}

fn refused(account: &Account, now: i64) -> Sign {
    let newest = account.failures.first().map(|failure| failure.at);
    let light = match newest {
        Some(at) if now - at <= DAY_MS => Light::Care,
        _ => Light::Good,
    };
    let count = i64::try_from(account.failures.len()).unwrap_or(0);
    Sign { n: Some(count), at: newest, channel_id: Some(account.channel_id), ..sign(Topic::Failures, light) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 100 * DAY_MS;

    fn lane(name: &str, count: i64, age: i64) -> Lane {
        Lane { name: name.into(), count, oldest_at: (count > 0).then_some(NOW - age) }
    }

    fn account(listens: bool, heard: Option<i64>) -> Account {
        let heard_at = heard.map(|age| NOW - age);
        Account {
            channel_id: ChannelId(uuid::Uuid::from_u128(1)),
            listens,
            heard_at,
            received: vec![0; 24],
            failures: Vec::new(),
        }
    }

    fn facts<'a>(lanes: &'a [Lane], accounts: &'a [Account]) -> Facts<'a> {
        Facts {
            now: NOW,
            disk_free: Some(50 * GIGA),
            log_bytes: Some(0),
            lanes,
            parked: 0,
            clock_off: 0,
            line_lag: Some(80),
            accounts,
            newest_backup: Some(NOW - DAY_MS),
            keeps_backups: true,
            waiting_writes: 0,
        }
    }

    fn light(facts: &Facts<'_>, topic: Topic) -> Light {
        judge(facts).into_iter().find(|sign| sign.topic == topic).unwrap().light
    }

    #[test]
    fn a_quiet_house_is_green() {
        let (lanes, accounts) = ([lane("reception", 0, 0)], [account(true, Some(MINUTE_MS))]);
        assert!(judge(&facts(&lanes, &accounts)).iter().all(|sign| sign.light == Light::Good));
    }

    #[test]
    fn what_waits_turns_yellow_then_red() {
        for (age, wanted) in [(0, Light::Good), (MINUTE_MS, Light::Care), (5 * MINUTE_MS, Light::Bad)] {
            let lanes = [lane("reception", 3, age), lane("marketing", 1, 0)];
            let facts = facts(&lanes, &[]);
            assert_eq!((light(&facts, Topic::Reception), light(&facts, Topic::Outbox)), (wanted, Light::Good));
        }
        let lanes = [lane("chat", 1, 30 * MINUTE_MS), lane("marketing", 9, 0)];
        let all = judge(&facts(&lanes, &[]));
        assert_eq!((all[0].topic, all[0].light, all[0].n), (Topic::Outbox, Light::Bad, Some(10)), "the worst comes first");
    }

    #[test]
    fn every_fact_has_its_light() {
        type Change = fn(&mut Facts<'_>);
        let cases: [(Change, Topic, Light); 11] = [
            (|f| f.disk_free = Some(GIGA - 1), Topic::Disk, Light::Bad),
            (|f| f.disk_free = Some(2 * GIGA), Topic::Disk, Light::Care),
            (|f| f.disk_free = None, Topic::Disk, Light::Unknown),
            (|f| f.log_bytes = Some(2 * GIGA), Topic::Database, Light::Care),
            (|f| f.parked = 1, Topic::Parked, Light::Bad),
            (|f| f.clock_off = -70_000, Topic::Clock, Light::Bad),
            (|f| f.line_lag = Some(-6_000), Topic::Clock, Light::Care),
            (|f| f.line_lag = Some(90_000), Topic::Clock, Light::Good),
            (|f| f.newest_backup = None, Topic::Backup, Light::Bad),
            (|f| f.newest_backup = Some(NOW - 2 * DAY_MS - 1), Topic::Backup, Light::Care),
            (|f| f.keeps_backups = false, Topic::Backup, Light::Unknown),
        ];
        for (change, topic, wanted) in cases {
            let mut facts = facts(&[], &[]);
            change(&mut facts);
            assert_eq!(light(&facts, topic), wanted, "{topic:?}");
        }
        for (listens, heard, wanted) in [
            (true, None, Light::Care),
            (true, Some(4 * DAY_MS), Light::Care),
            (true, Some(DAY_MS), Light::Good),
            (false, None, Light::Unknown),
        ] {
            let accounts = [account(listens, heard)];
            assert_eq!(light(&facts(&[], &accounts), Topic::Webhook), wanted);
        }
    }
}
