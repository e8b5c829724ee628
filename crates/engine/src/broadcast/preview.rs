//! Before the send: who, how many, what it costs, who will be refused and why, how long it takes.
//!
//! The same members and the same guard as the send itself, asked now. Nothing is written.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Map;
use store::{Store, Tx, params};
use uuid::Uuid;

use super::check::{self, Finding, Gap};
use super::overlap::{self, Overlap};
use super::{Broadcast, LinkMode, Method, approval, db, fix, line_call, snapshot};
use crate::Result;
use crate::contact::ContactKind;
use crate::delivery::exclusion::{add_excluded, each};
use crate::delivery::guard::{Road, Verdict, Wish, judge};
use crate::delivery::quota::{self, Quota};
use crate::delivery::{self, Endpoint, Lane, Person, Reason};
use crate::ids::{BroadcastId, ContactId, WorkspaceId};
use crate::link::Track;
use crate::template::{Compiled, Values};
use crate::workspace::{Catalog, Catalogs};

/// What one message costs at most beyond the plan's own, in yen without tax (Standard plan, first tier, since 2023-06).
pub const YEN_PER_MESSAGE: i64 = 3;

/// Recipients drawn by lot to be looked at.
const SAMPLES: usize = 30;

/// What staff see before they confirm.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = BroadcastPreview)]
pub struct Preview {
    /// Names draft, messages and audience as they were looked at, for confirming and approving exactly this.
    pub seen: String,
    /// People in the audience now.
    pub audience: i64,
    /// Of them those who will get it, as things stand.
    pub recipients: i64,
    /// Those who will not, by reason.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub refused: BTreeMap<Reason, i64>,
    /// Recipients drawn by lot; the same ones for the same broadcast as long as its audience is the same.
    pub sample: Vec<Sample>,
    /// Variables that are empty for somebody; `None` when recipients get the same messages.
    pub variables: Option<Finding>,
    /// What else these people get on the day.
    pub overlaps: Vec<Overlap>,
    #[serde(skip)]
    gaps: BTreeMap<Gap, i64>,
    /// Whether every recipient gets a message of his own (push) or all the same (multicast).
    pub personal: bool,
    /// Messages LINE counts.
    pub messages: i64,
    /// The month's limit; `None` when there is none or LINE has not been asked yet.
    pub quota_limit: Option<i64>,
    /// Left of the month afterwards; negative when it does not fit.
    pub quota_after: Option<i64>,
    /// Cost at most, in yen without tax, if all of it is beyond the plan's own messages.
    pub yen_at_most: i64,
    /// Yen left of the month's budget for marketing afterwards; negative when it does not fit, `None` without a budget.
    pub budget_after: Option<i64>,
    /// Calls to LINE.
    pub requests: i64,
    /// How long it takes at LINE's rate or the pace chosen, ms, quiet hours not counted.
    pub duration_ms: i64,
    /// When it would begin after quiet hours, Unix ms; `None` when they do not touch it.
    pub quiet_until: Option<i64>,
    /// The messages for the first of the sample, LINE's JSON; `None` when they cannot be said. Links in it lead on and are
    /// counted nowhere.
    #[schema(value_type = Option<Vec<serde_json::Value>>)]
    pub example: Option<serde_json::Value>,
    /// For LINE's own call: friends Enishi knows of; LINE's own number stands in its console.
    pub known_friends: Option<i64>,
}

/// A recipient drawn by lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = SampleRecipient)]
pub struct Sample {
    /// Who.
    #[schema(value_type = Uuid)]
    pub contact_id: ContactId,
    /// LINE display name, where it is known.
    pub name: Option<String>,
    #[serde(skip)]
    lot: u64,
}

/// A lot that depends on both ids and nothing else (SplitMix64's finaliser).
fn lot(broadcast: BroadcastId, contact: ContactId) -> u64 {
    let folded = |id: Uuid| (id.as_u128() >> 64) as u64 ^ id.as_u128() as u64;
    let mut z = folded(broadcast.0).rotate_left(32) ^ folded(contact.0).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Preview {
    /// Keeps the recipients with the smallest lots, in their order.
    fn draw(&mut self, sample: Sample) {
        let at = self.sample.partition_point(|one| one.lot <= sample.lot);
        if at < SAMPLES {
            self.sample.insert(at, sample);
            self.sample.truncate(SAMPLES);
        }
    }
}

/// Looks at everybody in the audience, in chunks, so that no transaction is long.
///
/// # Errors
/// [`crate::Error::NotFound`]; the database's.
pub async fn preview(
    store: &Store,
    catalogs: &Catalogs,
    (workspace, id): (WorkspaceId, BroadcastId),
    now: i64,
) -> Result<Preview> {
    let mut preview = Preview::default();
    let (mut from, mut begun) = (Uuid::nil(), false);
    while !begun || from != snapshot::COMPLETE {
        let (catalogs, so_far) = (catalogs.clone(), preview.clone());
        (from, preview) = store
            .read(move |tx| {
                let mut preview = so_far.clone();
                let catalog = catalogs.get(tx, workspace)?;
                let broadcast = db::find(tx, workspace, id)?;
                // What changes while we count is not what was looked at.
                if preview.seen.is_empty() {
                    preview.seen = approval::seen(tx, &catalog, &broadcast)?;
                }
                let newest = catalog.templates.get(&broadcast.template_id).copied().unwrap_or(broadcast.template_version_id);
                let template = catalogs.compiled(tx, &catalog, &[newest])?.remove(&newest);
                let look =
                    Look { catalogs: &catalogs, catalog: &catalog, broadcast: &broadcast, template: template.as_deref(), now };
                let next = if broadcast.method == Method::LineBroadcast {
                    known(tx, &broadcast, &mut preview)?
                } else {
                    look.judge_chunk(tx, from, &mut preview)?
                };
                if next == snapshot::COMPLETE {
                    look.sum_up(tx, &mut preview)?;
                }
                Ok::<_, crate::Error>((next, preview))
            })
            .await?;
        begun = true;
    }
    Ok(preview)
}

fn known(tx: &mut Tx<'_>, broadcast: &Broadcast, preview: &mut Preview) -> Result<Uuid> {
    let friends = line_call::known_friends(tx, broadcast)?;
    (preview.audience, preview.recipients, preview.known_friends) = (friends, friends, Some(friends));
    Ok(snapshot::COMPLETE)
}

/// Everything a look needs.
struct Look<'a> {
    catalogs: &'a Catalogs,
    catalog: &'a Catalog,
    broadcast: &'a Broadcast,
    template: Option<&'a Compiled>,
    now: i64,
}

impl Look<'_> {
    fn at(&self) -> i64 {
        self.now.max(self.broadcast.send_at)
    }

    fn is_personal(&self) -> bool {
        let personal = |template: &Compiled| self.broadcast.link_mode.is_personal(self.catalogs.tracker(), template);
        self.broadcast.method == Method::Ledger && self.template.is_some_and(personal)
    }

    /// The next members of the audience, asked what the send itself will ask.
    fn judge_chunk(&self, tx: &mut Tx<'_>, from: Uuid, preview: &mut Preview) -> Result<Uuid> {
        let Self { catalog, broadcast, .. } = *self;
        let (next, members) = snapshot::members(tx, catalog, broadcast, from, self.now)?;
        let ids: Vec<Uuid> = members.iter().map(|(_, contact)| contact.0).collect();
        let mut people = delivery::db::people(tx, broadcast.workspace, broadcast.channel_id, &ids)?;
        if broadcast.lane == Lane::Marketing {
            let window = catalog.policy.cap_window(self.at(), &catalog.zone);
            delivery::db::add_sends(tx, broadcast.workspace, window, &mut people)?;
            add_excluded(tx, catalog, each(&mut people), self.at())?;
        }
        let asking = self.template.filter(|template| template.is_personal());
        if asking.is_some() {
            delivery::db::add_attributes(tx, broadcast.workspace, &mut people)?;
        }
        let mut going: Vec<Uuid> = Vec::new();
        for (_, contact) in members {
            let person = people.get(&contact);
            preview.audience += 1;
            match self.refusal(person).or_else(|| asking.and_then(|template| self.gap(template, person, preview))) {
                Some(reason) => *preview.refused.entry(reason).or_default() += 1,
                None => {
                    preview.recipients += 1;
                    going.push(contact.0);
                    let name = person.and_then(|person| person.contact.display_name.clone());
                    preview.draw(Sample { contact_id: contact, name, lot: lot(broadcast.id, contact) });
                }
            }
        }
        overlap::count(tx, catalog, broadcast, (&going, self.now), &mut preview.overlaps)?;
        Ok(next)
    }

    fn refusal(&self, person: Option<&Person>) -> Option<Reason> {
        let subject = person.map(|person| &person.subject);
        if subject.is_some_and(|subject| subject.kind != ContactKind::Person) {
            return Some(Reason::NotFriend);
        }
        let wish = Wish { lane: self.broadcast.lane, not_after: self.broadcast.not_after, road: Road::Push };
        match judge(&self.catalog.policy, wish, subject, self.at(), &self.catalog.zone) {
            Verdict::Refuse(reason) => Some(reason),
            Verdict::Go | Verdict::Later(_) => None,
        }
    }

    /// Counts what is missing of this person; answers why nothing would be sent.
    fn gap(&self, template: &Compiled, person: Option<&Person>, preview: &mut Preview) -> Option<Reason> {
        let (person, channel) = (person?, self.catalog.channels.get(&self.broadcast.channel_id)?);
        let context = Map::new();
        let values = Values::of(&person.contact, delivery::spoken_name(channel), &context, self.at(), &self.catalog.zone);
        let mut stopped = None;
        for (variable, instead) in template.gaps(&values) {
            if instead.is_none() {
                stopped = Some(Reason::MissingVariable);
            }
            let gap = Gap { variable: variable.to_owned(), instead: instead.map(str::to_owned) };
            *preview.gaps.entry(gap).or_default() += 1;
        }
        stopped
    }

    fn sum_up(&self, tx: &mut Tx<'_>, preview: &mut Preview) -> Result<()> {
        let Self { catalog, broadcast, .. } = *self;
        preview.personal = self.is_personal();
        let varies = broadcast.method == Method::Ledger && self.template.is_some_and(Compiled::is_personal);
        preview.variables = varies.then(|| check::variables(&preview.gaps));
        overlap::name(tx, catalog, broadcast.workspace, &mut preview.overlaps)?;
        preview.messages = preview.recipients;
        preview.yen_at_most = preview.messages * YEN_PER_MESSAGE;
        preview.budget_after = super::budget::left_after(tx, &catalog.policy, broadcast, preview.messages, self.at())?;
        preview.quiet_until = catalog.policy.quiet_until(broadcast.lane, self.at(), &catalog.zone);
        let quota = load_quota(tx, broadcast, self.now)?;
        preview.quota_limit = quota.limited;
        preview.quota_after = quota.limited.map(|limit| limit - quota.line_used - quota.reserved - preview.messages);
        let (endpoint, per_request) = match broadcast.method {
            Method::LineBroadcast => (Endpoint::Broadcast, i64::MAX),
            Method::Ledger if preview.personal => (Endpoint::Push, 1),
            Method::Ledger => (Endpoint::Multicast, fix::MULTICAST),
        };
        preview.requests = preview.recipients / per_request + i64::from(preview.recipients % per_request != 0);
        let interval_us = i64::try_from(endpoint.rate().interval().as_micros()).unwrap_or(0);
        let by_rate = preview.requests * interval_us / 1_000;
        let by_pace = broadcast.per_10min.map_or(0, |n| (preview.recipients - 1).max(0) / n.max(1) * super::pace::PACE_MS);
        preview.duration_ms = by_rate.max(by_pace);
        preview.example = self.example(tx, preview)?;
        Ok(())
    }

    /// The messages for the first of the sample.
    fn example(&self, tx: &mut Tx<'_>, preview: &Preview) -> Result<Option<serde_json::Value>> {
        let Self { catalogs, catalog, broadcast, .. } = *self;
        let (Some(template), Some(channel)) = (self.template, catalog.channels.get(&broadcast.channel_id)) else {
            return Ok(None);
        };
        let (context, name) = (Map::new(), delivery::spoken_name(channel));
        let first: Vec<Uuid> = preview.sample.iter().take(1).map(|one| one.contact_id.0).collect();
        let mut people = delivery::db::people(tx, broadcast.workspace, broadcast.channel_id, &first)?;
        delivery::db::add_attributes(tx, broadcast.workspace, &mut people)?;
        let track = match broadcast.link_mode {
            LinkMode::Person | LinkMode::Shared if catalogs.tracker().is_reachable() => catalogs.tracker().trial(),
            LinkMode::Person | LinkMode::Shared | LinkMode::Direct => Track::direct(broadcast.id.0),
        };
        let utm = catalog.utm.query(broadcast.id.0, &broadcast.name);
        let (at, track) = (self.at(), track.marked(&utm));
        let said = match people.values().next().filter(|_| preview.personal) {
            Some(person) => template.render(&Values::of(&person.contact, name, &context, at, &catalog.zone).tracked(track)),
            None => template.render(&Values::shared(name, &context, at, &catalog.zone).tracked(track)),
        };
        Ok(said.ok().and_then(|messages| serde_json::from_str(&messages).ok()))
    }
}

const QUOTA: &str = "SELECT limited, line_used, reserved FROM quotas WHERE workspace_id = $1 AND channel_id = $2 AND month = $3";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[QUOTA];

/// Without the lock a send takes.
fn load_quota(tx: &mut Tx<'_>, broadcast: &Broadcast, now: i64) -> Result<Quota> {
    let key = params![broadcast.workspace, broadcast.channel_id, quota::month_of(now)];
    let found = tx.query_opt(QUOTA, &key, |row| {
        Ok(Quota { limited: row.get(0)?, line_used: row.get(1)?, reserved: row.get(2)?, exhausted_at: None })
    })?;
    Ok(found.unwrap_or_default())
}
