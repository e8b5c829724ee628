//! Before the send: who, how many, what it costs, who will be refused and why, how long it takes.
//!
//! The same members and the same guard as the send itself, asked now. Nothing is written.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Map;
use store::{Store, Tx, params};
use uuid::Uuid;

use super::{Broadcast, LinkMode, Method, db, fix, line_call, snapshot};
use crate::Result;
use crate::contact::ContactKind;
use crate::delivery::guard::{Road, Verdict, Wish, judge};
use crate::delivery::quota::{self, Quota};
use crate::delivery::{self, Endpoint, Lane, Reason};
use crate::ids::{BroadcastId, ContactId, WorkspaceId};
use crate::link::Track;
use crate::template::Values;
use crate::workspace::{Catalog, Catalogs};

/// What one message costs at most beyond the plan's own, in yen without tax (Standard plan, first tier, since 2023-06).
pub const YEN_PER_MESSAGE: i64 = 3;

/// A member of the audience shown as a sample.
const SAMPLES: usize = 5;

/// What staff see before they confirm.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Preview {
    /// People in the audience now.
    pub audience: i64,
    /// Of them those who will get it, as things stand.
    pub recipients: i64,
    /// Those who will not, by reason.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub refused: BTreeMap<Reason, i64>,
    /// The first of those who will get it.
    #[schema(value_type = Vec<Uuid>)]
    pub sample: Vec<ContactId>,
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
    /// Calls to LINE.
    pub requests: i64,
    /// How long it takes at LINE's rate or the pace chosen, ms, quiet hours not counted.
    pub duration_ms: i64,
    /// When it would begin after quiet hours, Unix ms; `None` when they do not touch it.
    pub quiet_until: Option<i64>,
    /// The messages for the first recipient, LINE's JSON; `None` when they cannot be said. Links in it lead on and are
    /// counted nowhere.
    #[schema(value_type = Option<Vec<serde_json::Value>>)]
    pub example: Option<serde_json::Value>,
    /// For LINE's own call: friends Enishi knows of; LINE's own number stands in its console.
    pub known_friends: Option<i64>,
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
                let next = if broadcast.method == Method::LineBroadcast {
                    known(tx, &broadcast, &mut preview)?
                } else {
                    judge_chunk(tx, &catalog, &broadcast, from, now, &mut preview)?
                };
                if next == snapshot::COMPLETE {
                    sum_up(tx, &catalogs, &catalog, &broadcast, now, &mut preview)?;
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

fn judge_chunk(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    broadcast: &Broadcast,
    from: Uuid,
    now: i64,
    preview: &mut Preview,
) -> Result<Uuid> {
    let (next, members) = snapshot::members(tx, catalog, broadcast, from, now)?;
    let ids: Vec<Uuid> = members.iter().map(|(_, contact)| contact.0).collect();
    let mut people = delivery::db::people(tx, broadcast.workspace, broadcast.channel_id, &ids)?;
    let at = now.max(broadcast.send_at);
    if broadcast.lane == Lane::Marketing {
        delivery::db::add_sends(tx, broadcast.workspace, catalog.policy.cap_window(at, &catalog.zone), &mut people)?;
    }
    let wish = Wish { lane: broadcast.lane, not_after: broadcast.not_after, road: Road::Push };
    for (_, contact) in members {
        let subject = people.get(&contact).map(|person| &person.subject);
        let group = subject.is_some_and(|subject| subject.kind != ContactKind::Person);
        preview.audience += 1;
        match judge(&catalog.policy, wish, subject, at, &catalog.zone) {
            _ if group => *preview.refused.entry(Reason::NotFriend).or_default() += 1,
            Verdict::Refuse(reason) => *preview.refused.entry(reason).or_default() += 1,
            Verdict::Go | Verdict::Later(_) => {
                preview.recipients += 1;
                if preview.sample.len() < SAMPLES {
                    preview.sample.push(contact);
                }
            }
        }
    }
    Ok(next)
}

fn sum_up(
    tx: &mut Tx<'_>,
    catalogs: &Catalogs,
    catalog: &Catalog,
    broadcast: &Broadcast,
    now: i64,
    preview: &mut Preview,
) -> Result<()> {
    let newest = catalog.templates.get(&broadcast.template_id).copied().unwrap_or(broadcast.template_version_id);
    let compiled = catalogs.compiled(tx, catalog, &[newest])?;
    let template = compiled.get(&newest);
    let at = now.max(broadcast.send_at);
    preview.personal = broadcast.method == Method::Ledger
        && template.is_some_and(|template| broadcast.link_mode.is_personal(catalogs.tracker(), template));
    preview.messages = preview.recipients;
    preview.yen_at_most = preview.messages * YEN_PER_MESSAGE;
    preview.quiet_until = catalog.policy.quiet_until(broadcast.lane, at, &catalog.zone);
    let quota = load_quota(tx, broadcast, now)?;
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
    if let (Some(template), Some(channel)) = (template, catalog.channels.get(&broadcast.channel_id)) {
        let (context, name) = (Map::new(), delivery::spoken_name(channel));
        let first: Vec<Uuid> = preview.sample.iter().take(1).map(|id| id.0).collect();
        let mut people = delivery::db::people(tx, broadcast.workspace, broadcast.channel_id, &first)?;
        delivery::db::add_attributes(tx, broadcast.workspace, &mut people)?;
        let track = match broadcast.link_mode {
            LinkMode::Person | LinkMode::Shared if catalogs.tracker().is_reachable() => catalogs.tracker().trial(),
            LinkMode::Person | LinkMode::Shared | LinkMode::Direct => Track::direct(broadcast.id.0),
        };
        let said = match people.values().next().filter(|_| preview.personal) {
            Some(person) => template.render(&Values::of(&person.contact, name, &context, at, &catalog.zone).tracked(track)),
            None => template.render(&Values::shared(name, &context, at, &catalog.zone).tracked(track)),
        };
        preview.example = said.ok().and_then(|messages| serde_json::from_str(&messages).ok());
    }
    Ok(())
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
