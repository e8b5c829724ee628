//! あてはめ: what a changed policy would have done to the marketing of the last days. Read from the ledger, writes nothing.
//!
//! Told is what the ledger can tell: caps and quiet hours as they would have worked send by send, purchases by the events
//! of that time, staff, marks and conditions as they stand today. Who waited for an answer then is not kept.

use std::collections::{HashMap, HashSet, VecDeque};

use jiff::tz::TimeZone;
use serde::Serialize;
use store::{Store, Tx, params};
use uuid::Uuid;

use super::{Cap, Lane, Policy, exclusion};
use crate::ids::{ContactId, WorkspaceId};
use crate::workspace::{Catalog, Catalogs};
use crate::{Result, insight};

/// Days looked back.
pub const DAYS: i64 = 30;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Sends read in one transaction.
const CHUNK: i64 = 5_000;
/// Sends read at most; beyond it the answer says that it tells of a part.
const READ_MAX: i64 = 400_000;

/// What would have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = PolicyRehearsal)]
pub struct Rehearsal {
    /// Days looked back.
    pub days: i64,
    /// Marketing messages that went out.
    pub sent: i64,
    /// People who got them.
    pub people: i64,
    /// Of the messages those the exclusions would have stopped.
    pub excluded: i64,
    /// Those the caps would have stopped.
    pub capped: i64,
    /// Those that would have waited until the quiet hours were over.
    pub waited: i64,
    /// Whether all sends were looked at; otherwise those to a part of the people.
    pub complete: bool,
}

const SENDS: &str = "SELECT contact_id, at FROM contact_sends
    WHERE workspace_id = $1 AND (contact_id > $2 OR (contact_id = $2 AND at > $3)) AND at >= $4 AND lane = 'marketing'
    ORDER BY contact_id, at LIMIT $5";
const HELD: &str = "SELECT c.id FROM contacts c WHERE c.workspace_id = $1 AND c.id = ANY($2) AND ((c.staff = 1 AND $3 = 1)
      OR EXISTS (SELECT 1 FROM conversations v WHERE v.workspace_id = c.workspace_id AND v.contact_id = c.id AND v.mark = ANY($4)))";
const BOUGHT: &str = "SELECT contact_id, occurred_at FROM events
    WHERE workspace_id = $1 AND source = 'api' AND kind = $2 AND contact_id = ANY($3) AND occurred_at >= $4";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[SENDS, HELD, BOUGHT];

/// Applies `policy` to the last days.
///
/// # Errors
/// The database's.
pub async fn rehearse(store: &Store, catalogs: &Catalogs, workspace: WorkspaceId, policy: Policy, now: i64) -> Result<Rehearsal> {
    let mut told = Rehearsal { days: DAYS, complete: true, ..Rehearsal::default() };
    let (mut place, mut read) = ((Uuid::nil(), i64::MIN), 0);
    let policy = std::sync::Arc::new(policy);
    // The last person of a page may go on in the next.
    let mut open: Vec<(ContactId, i64)> = Vec::new();
    loop {
        let (catalogs, policy, rest) = (catalogs.clone(), policy.clone(), open.clone());
        let (rows, page) = store
            .read(move |tx| {
                let catalog = catalogs.get(tx, workspace)?;
                let rows = sends(tx, workspace, place, since(now, &catalog.zone))?;
                let whole = whole_people(rest.iter().copied().chain(rows.iter().copied()).collect(), rows.len());
                let told = page(tx, &catalog, &policy, &whole.0, now)?;
                Ok::<_, crate::Error>((rows.len(), (told, whole.1, rows.last().copied())))
            })
            .await?;
        let (page, rest, last) = page;
        told.add(page);
        open = rest;
        read += i64::try_from(rows).unwrap_or(0);
        match last {
            Some((contact, at)) if rows == usize::try_from(CHUNK).unwrap_or(0) => place = (contact.0, at),
            _ => return Ok(told),
        }
        if read >= READ_MAX {
            told.complete = false;
            return Ok(told);
        }
    }
}

/// A week before the days looked at: the cap counts what came before.
fn since(now: i64, zone: &TimeZone) -> i64 {
    insight::day_of(now - DAYS * DAY_MS, zone).plus(-6).start(zone)
}

fn sends(tx: &mut Tx<'_>, workspace: WorkspaceId, (contact, at): (Uuid, i64), since: i64) -> Result<Vec<(ContactId, i64)>> {
    Ok(tx.query(SENDS, &params![workspace, contact, at, since, CHUNK], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

type Sends = Vec<(ContactId, i64)>;

/// Splits off the last person of a full page.
fn whole_people(rows: Sends, read: usize) -> (Sends, Sends) {
    let full = read == usize::try_from(CHUNK).unwrap_or(0);
    let Some(last) = rows.last().map(|row| row.0).filter(|_| full) else { return (rows, Vec::new()) };
    let cut = rows.partition_point(|row| row.0 < last);
    let mut whole = rows;
    let rest = whole.split_off(cut);
    (whole, rest)
}

/// What is known of the people of a page.
#[derive(Default)]
struct Known {
    excluded: HashSet<ContactId>,
    bought: HashMap<ContactId, Vec<i64>>,
}

fn page(tx: &mut Tx<'_>, catalog: &Catalog, policy: &Policy, sends: &[(ContactId, i64)], now: i64) -> Result<Rehearsal> {
    let mut ids: Vec<Uuid> = sends.iter().map(|send| send.0.0).collect();
    ids.dedup();
    if ids.is_empty() {
        return Ok(Rehearsal::default());
    }
    let known = known(tx, catalog, policy, &ids, now)?;
    let mut told = Rehearsal::default();
    for theirs in sends.chunk_by(|a, b| a.0 == b.0) {
        let times: Vec<i64> = theirs.iter().map(|send| send.1).collect();
        told.add(person(policy, &catalog.zone, &known, theirs[0].0, &times, now));
    }
    Ok(told)
}

fn known(tx: &mut Tx<'_>, catalog: &Catalog, policy: &Policy, ids: &[Uuid], now: i64) -> Result<Known> {
    let workspace = catalog.workspace;
    let exclusions = &policy.exclusions;
    let marks: Vec<String> = exclusions.marks.iter().cloned().collect();
    let held = tx.query(HELD, &params![workspace, ids, exclusions.staff, &marks], |row| row.get(0))?;
    let mut known = Known { excluded: held.into_iter().collect(), ..Known::default() };
    known.excluded.extend(exclusion::members(tx, catalog, &exclusions.groups, ids, now)?.into_keys());
    if let Some(bought) = &exclusions.bought {
        let from = now - (DAYS + i64::from(bought.days)) * DAY_MS;
        let rows = tx.query(BOUGHT, &params![workspace, bought.event.as_str(), ids, from], |row| {
            Ok((row.get::<ContactId>(0)?, row.get::<i64>(1)?))
        })?;
        for (contact, at) in rows {
            known.bought.entry(contact).or_default().push(at);
        }
    }
    Ok(known)
}

/// One person's sends, oldest first. What is stopped counts against no cap.
fn person(policy: &Policy, zone: &TimeZone, known: &Known, id: ContactId, times: &[i64], now: i64) -> Rehearsal {
    let from = now - DAYS * DAY_MS;
    let bought = known.bought.get(&id).map_or(&[][..], Vec::as_slice);
    let bought_ms = policy.exclusions.bought.as_ref().map_or(0, |bought| i64::from(bought.days) * DAY_MS);
    let mut kept: VecDeque<i64> = VecDeque::new();
    let mut told = Rehearsal::default();
    for at in times.iter().copied().filter(|at| *at <= now) {
        let mut here = Rehearsal { sent: 1, ..Rehearsal::default() };
        if known.excluded.contains(&id) || bought.iter().any(|when| *when <= at && at - when <= bought_ms) {
            here.excluded = 1;
        } else {
            // Who is told in the quiet hours is told when they end, and counts on that day.
            let quiet = policy.quiet_until(Lane::Marketing, at, zone);
            let told_at = quiet.unwrap_or(at);
            if is_full(&policy.cap, &mut kept, policy, told_at, zone) {
                here.capped = 1;
            } else {
                here.waited = i64::from(quiet.is_some());
                kept.push_back(told_at);
            }
        }
        if at >= from {
            told.add(here);
        }
    }
    told.people = i64::from(told.sent > 0);
    told
}

fn is_full(cap: &Cap, kept: &mut VecDeque<i64>, policy: &Policy, at: i64, zone: &TimeZone) -> bool {
    if cap.per_day.is_none() && cap.per_week.is_none() || kept.is_empty() {
        return false;
    }
    let window = policy.cap_window(at, zone);
    while kept.front().is_some_and(|first| *first < window.week_from) {
        kept.pop_front();
    }
    let count = |from: i64| kept.iter().filter(|kept| **kept >= from).count();
    let full = |limit: Option<u32>, from: i64| limit.is_some_and(|limit| count(from) >= limit as usize);
    full(cap.per_day, window.day_from) || full(cap.per_week, window.week_from)
}

impl Rehearsal {
    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.people += other.people;
        self.excluded += other.excluded;
        self.capped += other.capped;
        self.waited += other.waited;
    }
}

#[cfg(test)]
mod tests {
    use store::testing::both;

    use super::*;
    use crate::delivery::exclusion::{ExcludedGroup, JustBought};
    use crate::delivery::testing::{NOON, World, wish};
    use crate::schema::MIGRATIONS;
    use crate::segment::Condition;

    const HOUR: i64 = 60 * 60 * 1000;

    fn tokyo() -> TimeZone {
        TimeZone::get("Asia/Tokyo").unwrap()
    }

    fn policy(json: serde_json::Value) -> Policy {
        serde_json::from_value(json).unwrap()
    }

    fn told(policy: &Policy, known: &Known, hours_ago: &[i64]) -> Rehearsal {
        let times: Vec<i64> = hours_ago.iter().map(|hours| NOON - hours * HOUR).collect();
        person(policy, &tokyo(), known, ContactId(Uuid::from_u128(1)), &times, NOON)
    }

    #[test]
    fn caps_count_what_they_let_through() {
        let two = policy(serde_json::json!({ "cap": { "per_day": 1, "per_week": 2 } }));
        let none = Known::default();
        // Three on one day: the first goes. Then one a day: the week is full after the second.
        let all = told(&two, &none, &[99, 98, 97, 72, 48, 24]);
        assert_eq!((all.sent, all.people, all.capped), (6, 1, 4));
        // What was told before the 30 days fills the week's cap, and is not counted itself.
        let edge = told(&two, &none, &[30 * 24 + 26, 30 * 24 + 2, 30 * 24 - 20]);
        assert_eq!((edge.sent, edge.capped), (1, 1));
        let open = policy(serde_json::json!({ "cap": { "per_day": null, "per_week": null } }));
        assert_eq!(told(&open, &none, &[99, 98, 97]).capped, 0);
    }

    #[test]
    fn quiet_hours_make_wait_and_purchases_stop() {
        let rules = serde_json::json!({ "cap": { "per_day": null, "per_week": null },
            "exclusions": { "bought": { "event": "order_placed", "days": 2 } } });
        let rules = policy(rules);
        let none = Known::default();
        // 22:00 and 07:00 wait, noon goes.
        let all = told(&rules, &none, &[38, 29, 24]);
        assert_eq!((all.sent, all.waited, all.excluded), (3, 2, 0));
        let id = ContactId(Uuid::from_u128(1));
        let known = Known { bought: [(id, vec![NOON - 73 * HOUR])].into(), ..Known::default() };
        assert_eq!(told(&rules, &known, &[74, 72, 26, 24]).excluded, 2, "after it, and for two days");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_ledger_is_read_as_it_stands() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            let people = world.friends(0, 20).await;
            world.queue(people.iter().map(|id| wish(*id, Lane::Marketing, "縁")).collect()).await;
            world.queue(people.iter().map(|id| wish(*id, Lane::Chat, "返事")).collect()).await;
            world.settle().await;
            world.run("UPDATE contacts SET staff = 1 WHERE workspace_id = $1 AND display_name = '客3'").await;
            let ask = async |policy: Policy| {
                rehearse(&world.store, &world.catalogs, world.workspace, policy, world.now() + HOUR).await.unwrap()
            };
            let plain = ask(Policy::default()).await;
            assert_eq!((plain.sent, plain.people, plain.excluded, plain.complete), (20, 20, 1, true));
            let mut changed = Policy::default();
            changed.exclusions.bought = Some(JustBought { event: "order_placed".into(), days: 7 });
            changed.exclusions.groups = vec![ExcludedGroup {
                name: "二人".into(),
                condition: Condition::Contacts { ids: people[4..6].to_vec() },
            }];
            changed.exclusions.staff = false;
            assert_eq!(ask(changed.clone()).await.excluded, 2);
            world.run("INSERT INTO events (workspace_id, id, contact_id, kind, source, occurred_at, received_at, payload)
                SELECT workspace_id, id, id, 'order_placed', 'api', created_at, created_at, '{}' FROM contacts
                WHERE workspace_id = $1 AND display_name = '客7'").await;
            world.run("UPDATE events SET occurred_at = (SELECT MIN(at) - 1 FROM contact_sends WHERE workspace_id = $1) WHERE workspace_id = $1").await;
            assert_eq!(ask(changed).await.excluded, 3);
        })
        .await;
    }
}
