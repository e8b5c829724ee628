//! Fixing: due deliveries of one channel become requests, in one transaction under the fences of their shards.
//!
//! Claim → load in sets → judge, render, pack (pure) → write in sets. What is committed here is owed to LINE: from then on
//! only the request counts, not the facts it was judged by. The instant of fixing stands as `first_attempt_at`, although
//! the first try comes up to two seconds later: an earlier instant only makes us give a key up sooner.

use std::collections::{BTreeMap, HashMap, HashSet};

use store::Tx;
use uuid::Uuid;

use super::body::Bubbles;
use super::db::{self, Claimed, Person, Send, Verdicts};
use super::exclusion::{add_excluded, each};
use super::guard::{Road, Verdict, Wish, judge};
use super::outcome::KEY_LIFE_MS;
use super::pack::{self, Item, Packet, is_alive, next_packet};
use super::quota::{self, Quota, Room};
use super::{Endpoint, Lane, Reason, Request, render};
use crate::Result;
use crate::conversation::{self, NewMessage};
use crate::ids::{ChannelId, ContactId, RequestId, WorkspaceId};
use crate::insight::{Metric, SendKind, Tally};
use crate::runtime::Held;
use crate::workspace::{Catalog, Catalogs, Channel};

/// Deliveries in one transaction at most: keeps it below 50 ms.
pub(super) const BATCH: usize = 400;
/// What waits for LINE's month looks again after so long, ms.
pub(crate) const QUOTA_WAIT_MS: i64 = 10 * 60 * 1000;

/// One turn for one channel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub workspace: WorkspaceId,
    pub channel: ChannelId,
    pub now: i64,
    /// Requests that may be fixed ahead.
    pub room: usize,
}

/// What a transaction fixed.
#[derive(Debug, Default)]
pub(super) struct Fixed {
    /// For the dispatcher.
    pub requests: Vec<Request>,
    /// Deliveries whose state changed.
    pub worked: usize,
}

/// Claims, judges and fixes. Nothing of it is done when a fence is lost.
pub(super) fn fix(tx: &mut Tx<'_>, catalogs: &Catalogs, held: &Held, order: Order) -> Result<Fixed> {
    held.check(tx)?;
    let catalog = catalogs.get(tx, order.workspace)?;
    let Some(channel) = catalog.channels.get(&order.channel).filter(|channel| channel.stopped_at.is_none()) else {
        return Ok(Fixed::default());
    };
    let claimed = claim(tx, held, order)?;
    if claimed.is_empty() {
        return Ok(Fixed::default());
    }
    let mut batch = Batch::load(tx, catalogs, &catalog, channel, claimed, order.now)?;
    batch.decide();
    batch.write(tx)?;
    Ok(Fixed { worked: batch.worked(), requests: batch.requests })
}

fn claim(tx: &mut Tx<'_>, held: &Held, order: Order) -> Result<Vec<Claimed>> {
    let limit = order.room.min(BATCH);
    let mut claimed = db::claim(tx, (order.workspace, order.channel), order.now, &held.shards, limit)?;
    if claimed.len() == limit {
        let known: HashSet<_> = claimed.iter().map(|delivery| delivery.id).collect();
        let more = db::companions(tx, order.workspace, order.channel, &claimed, order.now)?;
        claimed.extend(more.into_iter().filter(|delivery| !known.contains(&delivery.id)));
    }
    Ok(claimed)
}

/// Everything one decision needs and what it decided.
struct Batch<'a> {
    catalog: &'a Catalog,
    channel: &'a Channel,
    now: i64,
    claimed: Vec<Claimed>,
    people: HashMap<ContactId, Person>,
    voice: render::Voice,
    quota: Quota,
    verdicts: Verdicts,
    requests: Vec<Request>,
    sends: Vec<Send>,
    /// What templates said, for the talks.
    spoken: Vec<NewMessage>,
    reserved: i64,
}

impl<'a> Batch<'a> {
    fn load(
        tx: &mut Tx<'_>,
        catalogs: &Catalogs,
        catalog: &'a Catalog,
        channel: &'a Channel,
        claimed: Vec<Claimed>,
        now: i64,
    ) -> Result<Self> {
        let workspace = catalog.workspace;
        let contacts: HashSet<Uuid> = claimed.iter().map(|delivery| delivery.contact.0).collect();
        let contacts: Vec<Uuid> = contacts.into_iter().collect();
        let mut people = db::people(tx, workspace, channel.id, &contacts)?;
        if claimed.iter().any(|delivery| delivery.lane == Lane::Marketing) {
            db::add_sends(tx, workspace, catalog.policy.cap_window(now, &catalog.zone), &mut people)?;
            add_excluded(tx, catalog, each(&mut people), now)?;
        }
        let voice = render::Voice::load(tx, catalogs, catalog, &claimed)?;
        if voice.needs_attributes() {
            db::add_attributes(tx, workspace, &mut people)?;
        }
        let quota = quota::load(tx, workspace, channel.id, quota::month_of(now))?;
        Ok(Self {
            catalog,
            channel,
            now,
            claimed,
            people,
            voice,
            quota,
            verdicts: Verdicts::default(),
            requests: Vec::new(),
            sends: Vec::new(),
            spoken: Vec::new(),
            reserved: 0,
        })
    }

    fn worked(&self) -> usize {
        self.verdicts.sending.len() + self.verdicts.refused.len() + self.verdicts.postponed.len()
    }

    fn decide(&mut self) {
        let mut by_contact: BTreeMap<ContactId, Vec<usize>> = BTreeMap::new();
        for (index, delivery) in self.claimed.iter().enumerate() {
            by_contact.entry(delivery.contact).or_default().push(index);
        }
        // Who is told something urgent takes from the month first.
        let urgency = |indexes: &[usize]| indexes.iter().map(|index| pack::rank(self.claimed[*index].lane)).min();
        let mut contacts: Vec<(ContactId, Vec<usize>)> = by_contact.into_iter().collect();
        contacts.sort_by_key(|(_, indexes)| urgency(indexes));
        for (contact, indexes) in contacts {
            let ready: Vec<(usize, Bubbles)> =
                indexes.into_iter().filter_map(|index| Some((index, self.judge_and_render(index)?))).collect();
            self.pack(contact, &ready);
        }
    }

    /// The rendered messages of a delivery that may go now; otherwise notes the verdict.
    fn judge_and_render(&mut self, index: usize) -> Option<Bubbles> {
        let delivery = &self.claimed[index];
        let alive = delivery.reply.as_ref().is_some_and(|reply| is_alive(reply, self.now));
        let road = if alive { Road::Reply } else { Road::Push };
        let wish = Wish { lane: delivery.lane, not_after: delivery.not_after, road };
        let person = self.people.get(&delivery.contact);
        let subject = person.map(|person| &person.subject);
        match judge(&self.catalog.policy, wish, subject, self.now, &self.catalog.zone) {
            Verdict::Later(at) => self.verdicts.postponed.push((delivery.id, at)),
            Verdict::Refuse(reason) => self.verdicts.refused.push((delivery.id, reason)),
            Verdict::Go => match self.voice.say((self.catalog, self.channel), delivery, person?, self.now) {
                Ok(bubbles) => return Some(bubbles),
                Err(reason) => self.verdicts.refused.push((delivery.id, reason)),
            },
        }
        None
    }

    fn pack(&mut self, contact: ContactId, ready: &[(usize, Bubbles)]) {
        let items: Vec<Item<'_>> = ready
            .iter()
            .map(|(index, bubbles)| {
                let Claimed { id, lane, due_at, event, reply, .. } = &self.claimed[*index];
                Item { id: *id, lane: *lane, due_at: *due_at, event: *event, reply: reply.as_ref(), bubbles: bubbles.count }
            })
            .collect();
        let Some(packet) = next_packet(&items, self.now) else { return };
        let lane = packet.items.iter().map(|item| items[*item].lane).min_by_key(|lane| pack::rank(*lane));
        let Some(lane) = lane else { return };
        if packet.reply.is_none() && !self.has_quota(lane) {
            self.without_quota(&packet, ready);
            return;
        }
        self.emit(contact, lane, &packet, ready);
    }

    fn has_quota(&self, lane: Lane) -> bool {
        let quota = Quota { reserved: self.quota.reserved + self.reserved, ..self.quota };
        quota.room(lane, 1, self.channel.reserve_percent) == Room::Fits
    }

    /// By LINE's word it waits as long as it is good, by our own estimate it is refused: marketing only.
    fn without_quota(&mut self, packet: &Packet, ready: &[(usize, Bubbles)]) {
        let again = self.now + QUOTA_WAIT_MS;
        for item in &packet.items {
            let delivery = &self.claimed[ready[*item].0];
            if self.quota.exhausted_at.is_some() && again <= delivery.not_after {
                self.verdicts.postponed.push((delivery.id, again));
            } else {
                self.verdicts.refused.push((delivery.id, Reason::Quota));
            }
        }
    }

    fn emit(&mut self, contact: ContactId, lane: Lane, packet: &Packet, ready: &[(usize, Bubbles)]) {
        let chosen: Vec<&Claimed> = packet.items.iter().map(|item| &self.claimed[ready[*item].0]).collect();
        let messages = Bubbles::join(packet.items.iter().map(|item| &ready[*item].1));
        let person = self.people.get(&contact);
        let friend = person.and_then(|person| person.subject.friend.as_ref());
        let spoken = packet.items.iter().map(|item| &ready[*item]).filter(|(index, _)| self.claimed[*index].content.is_none());
        self.spoken.extend(person.into_iter().flat_map(|person| {
            spoken.clone().map(|(index, bubbles)| {
                let delivery = self.claimed[*index].id;
                conversation::decide::spoken(&person.contact, self.channel.id, delivery, Bubbles::join([bubbles]), self.now)
            })
        }));
        let (Some(friend), Some(first)) = (friend, chosen.first()) else { return };
        let options = line::body::SendOptions::default();
        let body = match &packet.reply {
            Some(reply) => line::body::reply(&reply.token, messages.as_bytes(), options),
            None => line::body::push(&friend.user_id, messages.as_bytes(), options),
        };
        let endpoint = if packet.reply.is_some() { Endpoint::Reply } else { Endpoint::Push };
        let id = match endpoint {
            // LINE knows no retry key for replies; the token itself is good once.
            Endpoint::Reply => RequestId::new(self.now),
            _ => RequestId::carrying(&chosen.iter().map(|delivery| delivery.id).collect::<Vec<_>>()),
        };
        let request = Request {
            workspace: self.catalog.workspace,
            id,
            shard: first.shard,
            channel: self.channel.id,
            endpoint,
            lane,
            contact: Some(contact),
            span: None,
            recipients: 1,
            quota_month: if endpoint.is_counted() { quota::month_of(self.now) } else { 0 },
            body,
            attempts: 0,
            doubt: false,
            first_attempt_at: self.now,
            // What joins is as good as its most patient part: all of it passed the guard now.
            not_after: chosen.iter().map(|delivery| delivery.not_after).max().unwrap_or(self.now).min(self.now + KEY_LIFE_MS),
            reply_until: packet.reply.as_ref().map(|reply| reply.until),
        };
        // The cap counts a send as marketing when any part of it is.
        let heard_as = chosen.iter().map(|delivery| delivery.lane).max().unwrap_or(lane);
        self.verdicts.sending.extend(chosen.iter().map(|delivery| (delivery.id, request.id)));
        self.sends.push(Send { contact, request: request.id, lane: heard_as, ledger: None });
        self.reserved += i64::from(endpoint.is_counted());
        self.requests.push(request);
        if let Some(reply) = &packet.reply {
            // The token is spent: what did not fit goes by push.
            let left = ready.iter().enumerate().filter(|(item, _)| !packet.items.contains(item));
            let left = left.map(|(_, (index, _))| &self.claimed[*index]);
            self.verdicts.tokenless.extend(left.filter(|d| d.reply.as_ref() == Some(reply)).map(|d| d.id));
        }
    }

    /// What LINE refused for good goes again under a new key.
    fn renew_keys(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let keys: Vec<Uuid> = self.requests.iter().map(|request| request.id.0).collect();
        let used = db::used_keys(tx, self.catalog.workspace, &keys)?;
        for old in used {
            let new = RequestId::new(self.now);
            self.requests.iter_mut().filter(|request| request.id == old).for_each(|request| request.id = new);
            self.sends.iter_mut().filter(|send| send.request == old).for_each(|send| send.request = new);
            self.verdicts.sending.iter_mut().filter(|(_, request)| *request == old).for_each(|(_, request)| *request = new);
        }
        Ok(())
    }

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        self.renew_keys(tx)?;
        let (workspace, channel) = (self.catalog.workspace, self.channel.id);
        db::write_verdicts(tx, workspace, &self.verdicts, self.now)?;
        db::insert_requests(tx, &self.requests, self.now)?;
        db::insert_sends(tx, workspace, channel, &self.sends, self.now)?;
        conversation::db::insert(tx, &self.spoken)?;
        quota::reserve(tx, workspace, channel, quota::month_of(self.now), self.reserved)?;
        self.refusals().write(tx, self.now)
    }

    fn refusals(&self) -> Tally {
        let refused: HashSet<_> = self.verdicts.refused.iter().map(|(id, _)| *id).collect();
        let mut tally = Tally::default();
        for delivery in self.claimed.iter().filter(|delivery| refused.contains(&delivery.id)) {
            let kind = SendKind::from(delivery.cause.kind);
            tally.sent((self.catalog.workspace, self.channel.id), Metric::Refused, kind, 1);
        }
        tally
    }
}
