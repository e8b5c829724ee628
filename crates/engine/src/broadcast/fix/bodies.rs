//! Requests from rows of the ledger: one body for up to 500 recipients, or a body for each.

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::Map;
use store::Tx;

use super::lines::Line;
use super::page::Page;
use super::{Budget, Work};
use crate::Result;
use crate::broadcast::insight;
use crate::delivery::outcome::KEY_LIFE_MS;
use crate::delivery::{self, Endpoint, Person, Reason, Request, Span, quota};
use crate::ids::{ContactId, DeliveryId, RequestId};
use crate::template::Values;

/// Recipients of one multicast (Messaging API reference, "Send multicast message").
pub const MULTICAST: i64 = 500;
/// Where a page of multicasts ends: a group always holds the same positions, so that it has the same key whenever and by
/// whomever it is fixed. Only a pace smaller than a group cuts one.
pub(super) fn whole_multicasts(from: i64, limit: i64, recipients: i64) -> i64 {
    let end = from + recipients;
    let whole = end / MULTICAST * MULTICAST;
    limit.min(if whole > from { whole } else { end })
}

/// LINE counts it under this name.
fn counted(unit: &str) -> line::body::SendOptions<'_> {
    line::body::SendOptions { unit: Some(unit), ..line::body::SendOptions::default() }
}

impl Work<'_> {
    /// Shared body: answers the position up to which the rows are used.
    pub(super) fn multicasts(
        &self,
        shard: i64,
        from: i64,
        lines: &[Line],
        messages: &str,
        budget: &mut Budget,
        page: &mut Page,
    ) -> i64 {
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
    pub(super) fn pushes(
        &self,
        tx: &mut Tx<'_>,
        shard: i64,
        (from, end): (i64, i64),
        mut lines: Vec<Line>,
        budget: &mut Budget,
        page: &mut Page,
    ) -> Result<i64> {
        let busy = self.busy(tx, &lines)?;
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
}
