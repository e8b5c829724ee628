//! Fixing from the ledger: the next recipients of the shards we hold become requests, in one transaction.
//!
//! One body for all goes by multicast, at most 500 recipients of one shard; a personal one goes to each by push. The
//! facts the guard asks come joined with the ledger's rows; contacts stand in id order within a shard, so that neighbours
//! in the ledger are neighbours in every index touched.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Map;
use store::{Insert, Tx, params};
use uuid::Uuid;

use super::db::{self, Shard};
use super::pace::{Pace, allowance};
use super::{Broadcast, Hold, State, budget, decide, insight};
use crate::Result;
use crate::contact::ContactKind;
use crate::delivery::exclusion::add_excluded;
use crate::delivery::guard::{Friend, Road, Sends, Verdict, Wish, judge};
use crate::delivery::outcome::KEY_LIFE_MS;
use crate::delivery::quota::{self, Quota};
use crate::delivery::{self, Endpoint, Lane, Person, Reason, Request, Span};
use crate::ids::{BroadcastId, ContactId, DeliveryId, RequestId, WorkspaceId};
use crate::insight::{Metric, SendKind, Tally};
use crate::link::Tracker;
use crate::notice::watch;
use crate::runtime::Held;
use crate::template::{Compiled, Values};
use crate::workspace::{Catalog, Catalogs, Channel};

/// Recipients of one multicast (Messaging API reference, "Send multicast message").
pub const MULTICAST: i64 = 500;
/// Recipients in one transaction at most, so that it stays below 50 ms: shared bodies, personal bodies.
const BATCH: (i64, i64) = (4_000, 400);

/// What one transaction did.
#[derive(Debug, Default)]
pub(super) struct Fixed {
    pub requests: Vec<Request>,
    /// Recipients fixed or excepted, or a change of the broadcast itself.
    pub worked: usize,
}

/// Under what conditions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub workspace: WorkspaceId,
    pub id: BroadcastId,
    pub now: i64,
    /// Requests that may be fixed ahead, by multicast and by push.
    pub room: (usize, usize),
}

/// A row of the ledger with what the guard asks.
struct Line {
    pos: i64,
    contact: ContactId,
    person: Option<Person>,
}

impl Line {
    fn friend(&self) -> Option<&Friend> {
        self.person.as_ref()?.subject.friend.as_ref()
    }
}

/// Where a page of multicasts ends: a group always holds the same positions, so that it has the same key whenever and by
/// whomever it is fixed. Only a pace smaller than a group cuts one.
fn whole_multicasts(from: i64, limit: i64, recipients: i64) -> i64 {
    let end = from + recipients;
    let whole = end / MULTICAST * MULTICAST;
    limit.min(if whole > from { whole } else { end })
}

const LINES: &str =
    "SELECT r.pos, r.contact_id, c.kind, CASE WHEN EXISTS (SELECT 1 FROM consents k WHERE k.workspace_id = c.workspace_id AND k.contact_id = c.id
        AND k.channel_id = $4 AND k.purpose = 'marketing' AND k.state = 'withdrawn') THEN 'withdrawn' ELSE c.consent END, c.staff, c.display_name, f.user_id, f.state, v.wrote_at, v.mark,
      (SELECT a.at FROM consents a WHERE a.workspace_id = c.workspace_id AND a.contact_id = c.id
        AND a.purpose = 'analysis' AND a.state = 'withdrawn')
    FROM broadcast_recipients r
    LEFT JOIN contacts c ON c.workspace_id = r.workspace_id AND c.id = r.contact_id
    LEFT JOIN friendships f ON f.workspace_id = r.workspace_id AND f.channel_id = $4 AND f.contact_id = r.contact_id
    LEFT JOIN conversations v ON v.workspace_id = r.workspace_id AND v.channel_id = $4 AND v.contact_id = r.contact_id
    WHERE r.workspace_id = $1 AND r.broadcast_id = $2 AND r.shard = $3 AND r.pos >= $5 AND r.pos < $6 ORDER BY r.pos";
const HEARD: &str = "SELECT s.contact_id, SUM(CASE WHEN s.at >= $6 THEN 1 ELSE 0 END), COUNT(*)
    FROM broadcast_recipients r
    JOIN contact_sends s ON s.workspace_id = r.workspace_id AND s.contact_id = r.contact_id AND s.at >= $7 AND s.lane = 'marketing'
    WHERE r.workspace_id = $1 AND r.broadcast_id = $2 AND r.shard = $3 AND r.pos >= $4 AND r.pos < $5
    GROUP BY s.contact_id";
const BUSY: &str = "SELECT contact_id FROM requests WHERE workspace_id = $1 AND contact_id = ANY($2) AND state = 'open'";
const SENDS: &str = "INSERT INTO contact_sends (workspace_id, contact_id, at, request_id, channel_id, lane, broadcast_id, pos)
    SELECT q.workspace_id, r.contact_id, q.first_attempt_at, q.id, q.channel_id, q.lane, q.broadcast_id, r.pos
    FROM requests q
    JOIN broadcast_recipients r ON r.workspace_id = q.workspace_id AND r.broadcast_id = q.broadcast_id AND r.shard = q.shard
      AND r.pos >= q.pos_from AND r.pos < q.pos_to
    WHERE q.workspace_id = $1 AND q.id = ANY($2)
      AND NOT EXISTS (SELECT 1 FROM broadcast_exceptions x WHERE x.workspace_id = r.workspace_id
        AND x.broadcast_id = r.broadcast_id AND x.shard = r.shard AND x.pos = r.pos)
    ORDER BY r.contact_id";
const ADVANCE: &str = "UPDATE broadcast_shards SET next_pos = $4 WHERE workspace_id = $1 AND broadcast_id = $2 AND shard = $3";
const EXCEPTIONS: Insert = Insert {
    table: "broadcast_exceptions",
    columns: &["workspace_id", "broadcast_id", "shard", "pos", "contact_id", "state", "reason", "at"],
    conflict: "",
};
const DELIVERIES: Insert = Insert {
    table: "deliveries",
    columns: &[
        "workspace_id",
        "id",
        "shard",
        "contact_id",
        "channel_id",
        "lane",
        "cause_kind",
        "cause_id",
        "cause_ref",
        "template_version_id",
        "context",
        "due_at",
        "not_after",
        "state",
        "created_at",
    ],
    conflict: "",
};

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[LINES, HEARD, BUSY, SENDS, ADVANCE];

/// Fixes the next recipients, or finds out why not.
pub(super) fn fix(tx: &mut Tx<'_>, catalogs: &Catalogs, held: &Held, order: Order) -> Result<Fixed> {
    held.check(tx)?;
    let broadcast = db::lock(tx, order.workspace, order.id)?;
    let catalog = catalogs.get(tx, order.workspace)?;
    let channel = catalog.channels.get(&broadcast.channel_id);
    let Some(channel) = channel.filter(|channel| channel.stopped_at.is_none()) else { return Ok(Fixed::default()) };
    if broadcast.state != State::Sending || broadcast.hold == Some(Hold::Expired) {
        return Ok(Fixed::default());
    }
    let shards = db::shards(tx, order.workspace, order.id)?;
    let left: i64 = shards.iter().map(|shard| shard.total - shard.next_pos).sum();
    if left == 0 {
        return Ok(Fixed::default());
    }
    if order.now > broadcast.not_after {
        return hold(tx, broadcast, Hold::Expired, None, order.now);
    }
    if let Some(end) = catalog.policy.quiet_until(broadcast.lane, order.now, &catalog.zone) {
        return match end > broadcast.not_after {
            true => hold(tx, broadcast, Hold::Expired, None, order.now),
            false => hold(tx, broadcast, Hold::Quiet, Some(end), order.now),
        };
    }
    let total: i64 = shards.iter().map(|shard| shard.total).sum();
    if left == total && over_budget(tx, &catalog.policy, &broadcast, total, order.now)? {
        return hold(tx, broadcast, Hold::Budget, None, order.now);
    }
    let compiled = catalogs.compiled(tx, &catalog, &[broadcast.template_version_id])?;
    let Some(template) = compiled.get(&broadcast.template_version_id) else {
        return hold(tx, broadcast, Hold::Template, None, order.now);
    };
    let tracker = catalogs.tracker();
    let work = Work { catalog: &catalog, channel, tracker, template: template.clone(), order, broadcast };
    work.run(tx, held, &shards)
}

/// Whether a broadcast that has not begun would cost more than is left of the month's budget.
pub(super) fn over_budget(
    tx: &mut Tx<'_>,
    policy: &delivery::Policy,
    broadcast: &Broadcast,
    messages: i64,
    now: i64,
) -> Result<bool> {
    let starts = broadcast.started_at.unwrap_or(now);
    Ok(budget::left_after(tx, policy, broadcast, messages, starts)?.is_some_and(|left| left < 0))
}

/// LINE counts it under this name.
fn counted(unit: &str) -> line::body::SendOptions<'_> {
    line::body::SendOptions { unit: Some(unit), ..line::body::SendOptions::default() }
}

/// Makes the broadcast wait: until an instant, for staff, or for its end.
fn hold(tx: &mut Tx<'_>, broadcast: Broadcast, hold: Hold, until: Option<i64>, now: i64) -> Result<Fixed> {
    let state = match hold {
        Hold::FirstPercent | Hold::Quota | Hold::Template | Hold::Staff | Hold::Budget => State::Paused,
        Hold::Quiet | Hold::Pace | Hold::Expired => State::Sending,
    };
    if hold.is_unasked() {
        watch::hurry(tx, broadcast.workspace, now)?;
    }
    db::save(tx, &Broadcast { state, hold: Some(hold), wake_at: until.unwrap_or(broadcast.wake_at), ..broadcast }, now)?;
    Ok(Fixed { worked: 1, ..Fixed::default() })
}

struct Work<'a> {
    catalog: &'a Catalog,
    channel: &'a Channel,
    tracker: &'a Tracker,
    template: Arc<Compiled>,
    order: Order,
    broadcast: Broadcast,
}

/// What is written at the end.
#[derive(Default)]
struct Page {
    requests: Vec<Request>,
    exceptions: Vec<(i64, i64, ContactId, &'static str, Option<Reason>)>,
    moved: Vec<(i64, i64, ContactId)>,
    advanced: Vec<(i64, i64)>,
}

/// How much may still be fixed in this transaction.
struct Budget {
    requests: usize,
    recipients: i64,
    quota: i64,
}

impl Work<'_> {
    fn is_personal(&self) -> bool {
        self.broadcast.link_mode.is_personal(self.tracker, &self.template)
    }

    fn run(mut self, tx: &mut Tx<'_>, held: &Held, shards: &[Shard]) -> Result<Fixed> {
        let (now, personal) = (self.order.now, self.is_personal());
        let month = quota::month_of(now);
        let quota = quota::load(tx, self.order.workspace, self.channel.id, month)?;
        let quota_left = self.quota_left(quota);
        if quota_left == 0 {
            return hold(tx, self.broadcast, Hold::Quota, None, now);
        }
        let fixed: i64 = shards.iter().map(|shard| shard.next_pos).sum();
        let mut batch = if personal { BATCH.1 } else { BATCH.0 };
        if let Some(per_10min) = self.broadcast.per_10min {
            let window = self.broadcast.pace.0.map(|from| Pace { from, base: self.broadcast.pace.1 });
            let (pace, left) = allowance(per_10min, window, fixed, now);
            self.broadcast.pace = (Some(pace.from), pace.base);
            if left == 0 {
                let until = pace.from + super::pace::PACE_MS;
                return hold(tx, self.broadcast, Hold::Pace, Some(until), now);
            }
            batch = batch.min(left);
        }
        let shared = if personal { None } else { Some(self.shared_messages()) };
        let shared = match shared.transpose() {
            Ok(shared) => shared,
            Err(()) => return hold(tx, self.broadcast, Hold::Template, None, now),
        };
        let mut budget = Budget {
            requests: if personal { self.order.room.1 } else { self.order.room.0 },
            recipients: batch,
            quota: quota_left,
        };
        let totals: Vec<i64> = shards.iter().map(|shard| shard.total).collect();
        let limits = shards
            .iter()
            .enumerate()
            .map(|(index, shard)| (shard, decide::limit_of(&totals, index, self.broadcast.first_percent)));
        let mut limits: Vec<(&Shard, i64)> = limits.collect();
        // Shards go side by side: at the same position they hold neighbours, whose rows lie on the same pages.
        limits.sort_by_key(|(shard, _)| shard.next_pos);
        if limits.iter().all(|(shard, limit)| shard.next_pos >= *limit) {
            return hold(tx, self.broadcast, Hold::FirstPercent, None, now);
        }
        let mut page = Page::default();
        for (shard, limit) in
            limits.into_iter().filter(|(shard, limit)| held.shards.contains(&shard.shard) && shard.next_pos < *limit)
        {
            let cut_off = shared.is_some() && budget.recipients < MULTICAST && !page.requests.is_empty();
            if budget.requests == 0 || budget.recipients <= 0 || budget.quota <= 0 || cut_off {
                break;
            }
            self.shard(tx, shard, limit, shared.as_deref(), &mut budget, &mut page)?;
        }
        self.write(tx, page, month)
    }

    /// Recipients LINE's month still has room for. Other lanes than marketing stop only at LINE's own word.
    fn quota_left(&self, quota: Quota) -> i64 {
        match self.broadcast.lane {
            Lane::Marketing => quota.left_for_marketing(self.channel.reserve_percent).unwrap_or(i64::MAX),
            _ if quota.exhausted_at.is_some() => 0,
            _ => i64::MAX,
        }
    }

    fn utm(&self) -> String {
        self.catalog.utm.query(self.broadcast.id.0, &self.broadcast.name)
    }

    fn shared_messages(&self) -> Result<String, ()> {
        let context = Map::new();
        let values = Values::shared(delivery::spoken_name(self.channel), &context, self.order.now, &self.catalog.zone);
        let utm = self.utm();
        let track = self.broadcast.link_mode.track(self.tracker, None, self.broadcast.id.0).marked(&utm);
        let values = values.tracked(track);
        self.template
            .render(&values)
            .map_err(|error| tracing::error!(broadcast = %self.broadcast.id, %error, "the template cannot be said"))
    }

    /// One shard's next rows.
    fn shard(
        &self,
        tx: &mut Tx<'_>,
        shard: &Shard,
        limit: i64,
        shared: Option<&str>,
        budget: &mut Budget,
        page: &mut Page,
    ) -> Result<()> {
        let to = match shared {
            Some(_) => whole_multicasts(shard.next_pos, limit, budget.recipients.min(MULTICAST)),
            None => limit.min(shard.next_pos + budget.recipients),
        };
        let lines = self.lines(tx, shard.shard, shard.next_pos, to)?;
        let next = match shared {
            Some(messages) => self.multicasts(shard.shard, shard.next_pos, &lines, messages, budget, page),
            None => self.pushes(tx, shard.shard, (shard.next_pos, to), lines, budget, page)?,
        };
        budget.recipients -= next - shard.next_pos;
        page.advanced.push((shard.shard, next));
        Ok(())
    }

    fn lines(&self, tx: &mut Tx<'_>, shard: i64, from: i64, to: i64) -> Result<Vec<Line>> {
        let Order { workspace, id, now, .. } = self.order;
        let mut lines = tx.query(LINES, &params![workspace, id, shard, self.channel.id, from, to], |row| {
            let contact: ContactId = row.get(1)?;
            let known = row.get::<Option<ContactKind>>(2)?.is_some();
            let person = if known { Some(delivery::db::person(row, workspace, contact, 2)?) } else { None };
            Ok(Line { pos: row.get(0)?, contact, person })
        })?;
        if self.broadcast.lane == Lane::Marketing {
            let people = lines.iter_mut().filter_map(|line| Some((line.contact, line.person.as_mut()?)));
            add_excluded(tx, self.catalog, people, now)?;
        }
        let cap = &self.catalog.policy.cap;
        if self.broadcast.lane == Lane::Marketing && (cap.per_day.is_some() || cap.per_week.is_some()) {
            let window = self.catalog.policy.cap_window(now, &self.catalog.zone);
            let heard = tx.query(HEARD, &params![workspace, id, shard, from, to, window.day_from, window.week_from], |row| {
                Ok((row.get::<ContactId>(0)?, Sends { day: row.get(1)?, week: row.get(2)? }))
            })?;
            let heard: HashMap<ContactId, Sends> = heard.into_iter().collect();
            for line in lines.iter_mut().filter(|_| !heard.is_empty()) {
                if let (Some(person), Some(sends)) = (&mut line.person, heard.get(&line.contact)) {
                    person.subject.sends = *sends;
                }
            }
        }
        Ok(lines)
    }

    /// `None`: goes. Quiet hours were asked for the whole broadcast.
    fn refusal(&self, line: &Line) -> Option<Reason> {
        let wish = Wish { lane: self.broadcast.lane, not_after: self.broadcast.not_after, road: Road::Push };
        let subject = line.person.as_ref().map(|person| &person.subject);
        if subject.is_some_and(|subject| subject.kind != ContactKind::Person) {
            return Some(Reason::NotFriend);
        }
        match judge(&self.catalog.policy, wish, subject, self.order.now, &self.catalog.zone) {
            Verdict::Refuse(reason) => Some(reason),
            Verdict::Go | Verdict::Later(_) => None,
        }
    }

    /// Shared body: answers the position up to which the rows are used.
    fn multicasts(&self, shard: i64, from: i64, lines: &[Line], messages: &str, budget: &mut Budget, page: &mut Page) -> i64 {
        let mut next = from;
        for group in lines.chunk_by(|a, b| a.pos / MULTICAST == b.pos / MULTICAST) {
            if budget.requests == 0 || budget.quota <= 0 {
                break;
            }
            let (begin, mut to) = (next, Vec::with_capacity(group.len()));
            for line in group {
                if budget.quota <= 0 {
                    break;
                }
                next = line.pos + 1;
                match (self.refusal(line), line.friend()) {
                    (Some(reason), _) => page.exceptions.push((shard, line.pos, line.contact, "refused", Some(reason))),
                    (None, Some(friend)) => {
                        to.push(friend.user_id.as_str());
                        budget.quota -= 1;
                    }
                    (None, None) => {}
                }
            }
            if !to.is_empty() {
                self.multicast(shard, (begin, next), &to, messages, page);
                budget.requests -= 1;
            }
        }
        next
    }

    fn multicast(&self, shard: i64, span: (i64, i64), to: &[&str], messages: &str, page: &mut Page) {
        let body = line::body::multicast(to, messages.as_bytes(), counted(&insight::unit(self.broadcast.id)));
        let id = RequestId::to_recipients(self.broadcast.id, (shard, span.0), to);
        page.requests.push(self.request(id, shard, span, to.len(), body));
    }

    /// A body for each.
    fn pushes(
        &self,
        tx: &mut Tx<'_>,
        shard: i64,
        (from, end): (i64, i64),
        mut lines: Vec<Line>,
        budget: &mut Budget,
        page: &mut Page,
    ) -> Result<i64> {
        let ids: Vec<Uuid> = lines.iter().map(|line| line.contact.0).collect();
        let busy: HashSet<ContactId> =
            tx.query(BUSY, &params![self.order.workspace, &ids], |row| row.get(0))?.into_iter().collect();
        let mut people: HashMap<ContactId, Person> =
            lines.iter_mut().filter_map(|line| Some((line.contact, line.person.take()?))).collect();
        delivery::db::add_attributes(tx, self.order.workspace, &mut people)?;
        let mut next = from;
        for mut line in lines {
            if budget.requests == 0 || budget.quota <= 0 {
                return Ok(next);
            }
            next = line.pos + 1;
            line.person = people.remove(&line.contact);
            if let Some(reason) = self.refusal(&line) {
                page.exceptions.push((shard, line.pos, line.contact, "refused", Some(reason)));
            } else if busy.contains(&line.contact) {
                // Another message to this person is under way: this one waits its turn in the outbox.
                page.exceptions.push((shard, line.pos, line.contact, "moved", None));
                page.moved.push((shard, line.pos, line.contact));
            } else {
                match self.push_body(&line) {
                    Ok(body) => {
                        let delivery = DeliveryId::of_recipient(self.broadcast.id, (shard, line.pos), line.contact);
                        let request = self.request(RequestId::carrying(&[delivery]), shard, (line.pos, next), 1, body);
                        page.requests.push(Request { endpoint: Endpoint::Push, contact: Some(line.contact), ..request });
                        budget.requests -= 1;
                        budget.quota -= 1;
                    }
                    Err(reason) => page.exceptions.push((shard, line.pos, line.contact, "refused", Some(reason))),
                }
            }
        }
        Ok(end)
    }

    fn push_body(&self, line: &Line) -> Result<Bytes, Reason> {
        let person = line.person.as_ref().ok_or(Reason::Erased)?;
        let friend = person.subject.friend.as_ref().ok_or(Reason::NotFriend)?;
        let context = Map::new();
        let name = delivery::spoken_name(self.channel);
        let values = Values::of(&person.contact, name, &context, self.order.now, &self.catalog.zone);
        let track = self.broadcast.link_mode.track(self.tracker, Some(&person.contact), self.broadcast.id.0);
        let utm = self.utm();
        let track = track.marked(&utm);
        let messages = self.template.render(&values.tracked(track)).map_err(|error| error.reason())?;
        Ok(line::body::push(&friend.user_id, messages.as_bytes(), counted(&insight::unit(self.broadcast.id))))
    }

    /// A multicast to the recipients from `from` up to `to`.
    fn request(&self, id: RequestId, shard: i64, (from, to): (i64, i64), recipients: usize, body: Bytes) -> Request {
        let now = self.order.now;
        Request {
            workspace: self.order.workspace,
            id,
            shard,
            channel: self.channel.id,
            endpoint: Endpoint::Multicast,
            lane: self.broadcast.lane,
            contact: None,
            span: Some(Span { broadcast: self.broadcast.id, from, to }),
            recipients: i64::try_from(recipients).unwrap_or(i64::MAX),
            quota_month: quota::month_of(now),
            body,
            attempts: 0,
            doubt: false,
            first_attempt_at: now,
            not_after: self.broadcast.not_after.min(now + KEY_LIFE_MS),
            reply_until: None,
        }
    }

    fn write(self, tx: &mut Tx<'_>, page: Page, month: i64) -> Result<Fixed> {
        let Order { workspace, id, now, .. } = self.order;
        let before: i64 = page.requests.iter().map(|request| request.recipients).sum();
        tx.insert_many(
            &EXCEPTIONS,
            page.exceptions.iter().map(|(shard, pos, contact, state, reason)| {
                params![workspace, id, *shard, *pos, contact, *state, reason.map_or("", Reason::as_str), now]
            }),
        )?;
        tx.insert_many(
            &DELIVERIES,
            page.moved.iter().map(|(shard, pos, contact)| {
                params![
                    workspace,
                    DeliveryId::of_recipient(id, (*shard, *pos), *contact),
                    *shard,
                    contact,
                    self.channel.id,
                    self.broadcast.lane,
                    "broadcast",
                    id,
                    "",
                    self.broadcast.template_version_id,
                    "{}",
                    now,
                    self.broadcast.not_after,
                    "queued",
                    now
                ]
            }),
        )?;
        delivery::db::insert_requests(tx, &page.requests, now)?;
        let ids: Vec<Uuid> = page.requests.iter().map(|request| request.id.0).collect();
        if !ids.is_empty() {
            tx.execute(SENDS, &params![workspace, ids])?;
        }
        tx.execute_many(ADVANCE, page.advanced.iter().map(|(shard, next)| params![workspace, id, *shard, *next]))?;
        quota::reserve(tx, workspace, self.channel.id, month, before)?;
        // A wait is over, or the pace's window has moved.
        if self.broadcast.hold.is_some() || self.broadcast.per_10min.is_some() {
            db::save(tx, &Broadcast { hold: None, wake_at: now.min(self.broadcast.wake_at), ..self.broadcast }, now)?;
        }
        let refused = page.exceptions.iter().filter(|(.., state, _)| *state == "refused").count();
        let mut tally = Tally::default();
        let refused = i64::try_from(refused).unwrap_or(i64::MAX);
        tally.sent((workspace, self.channel.id), Metric::Refused, SendKind::Broadcast, refused);
        tally.write(tx, now)?;
        let worked = page.requests.len() + page.exceptions.len();
        Ok(Fixed { requests: page.requests, worked })
    }
}
