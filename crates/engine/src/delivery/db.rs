//! SQL of deliveries, requests and sends. Every statement is a constant in [`STATEMENTS`]; sets in, sets out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use store::{Insert, Row, Tx, params};
use uuid::Uuid;

use super::guard::{Friend, Sends, Subject};
use super::pack::rank;
use super::policy::CapWindow;
use super::{CauseKind, Lane, Reason, ReplyToken, Request, Span};
use crate::Result;
use crate::contact::{AttributeValue, Consent, Contact, ContactKind, FriendState};
use crate::ids::{
    AttributeId, BroadcastId, ChannelId, ContactId, DeliveryId, EventId, RequestId, TemplateVersionId, WorkspaceId,
};

/// A queued delivery as the guard sees it.
#[derive(Clone, Debug)]
pub(crate) struct Claimed {
    pub id: DeliveryId,
    pub shard: i64,
    pub contact: ContactId,
    pub lane: Lane,
    pub cause: Cause,
    pub event: Option<EventId>,
    pub template: Option<TemplateVersionId>,
    pub content: Option<String>,
    pub context: String,
    pub reply: Option<ReplyToken>,
    pub due_at: i64,
    pub not_after: i64,
}

/// What a delivery's links tell of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cause {
    pub kind: CauseKind,
    pub id: Uuid,
}

/// A person as guard and templates see them.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub subject: Subject,
    /// Only what templates read: name and fields.
    pub contact: Contact,
}

macro_rules! claim {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.shard, d.contact_id, d.lane, d.event_id, d.template_version_id, d.content, d.context,
                    d.reply_token, d.reply_until, d.due_at, d.not_after, d.cause_kind, d.cause_id
             FROM deliveries d ",
            $rest
        )
    };
}

/// Channels with anything queued, by hopping over the index from one channel to the next, each with its first due time
/// and its first one after `$1`, for the shards `$2`.
const DUE: &str = "WITH RECURSIVE c (channel_id) AS (
      SELECT * FROM (SELECT channel_id FROM deliveries
        WHERE state = 'queued' AND workspace_id IS NOT NULL ORDER BY channel_id LIMIT 1) f
      UNION ALL
      SELECT (SELECT n.channel_id FROM deliveries n WHERE n.state = 'queued' AND n.channel_id > c.channel_id
              ORDER BY n.channel_id LIMIT 1)
      FROM c WHERE c.channel_id IS NOT NULL
    ), l (lane) AS (VALUES ('transactional'), ('chat'), ('promised'), ('marketing'))
    SELECT c.channel_id, l.lane,
      (SELECT d.due_at FROM deliveries d WHERE d.state = 'queued' AND d.channel_id = c.channel_id AND d.lane = l.lane
         AND d.due_at <= $1 AND d.shard = ANY($2) ORDER BY d.due_at LIMIT 1),
      (SELECT d.due_at FROM deliveries d WHERE d.state = 'queued' AND d.channel_id = c.channel_id AND d.lane = l.lane
         AND d.due_at > $1 AND d.shard = ANY($2) ORDER BY d.due_at LIMIT 1)
    FROM c CROSS JOIN l WHERE c.channel_id IS NOT NULL";
macro_rules! claim_lane {
    ($lane:literal) => {
        concat!(
            "SELECT * FROM ( ",
            claim!("WHERE d.channel_id = $2 AND d.lane = '"),
            $lane,
            "' AND d.state = 'queued' AND d.due_at <= $3 AND d.workspace_id = $1 AND d.shard = ANY($4)
               AND NOT EXISTS (SELECT 1 FROM requests r
                 WHERE r.workspace_id = d.workspace_id AND r.contact_id = d.contact_id AND r.state = 'open')
             ORDER BY d.due_at, d.id LIMIT $5) ",
            $lane
        )
    };
}

/// All lanes in one statement, so in one snapshot: were they asked one by one, a request ending in between would let
/// somebody's marketing overtake what was promised.
const CLAIM: &str = concat!(
    claim_lane!("transactional"),
    " UNION ALL ",
    claim_lane!("chat"),
    " UNION ALL ",
    claim_lane!("promised"),
    " UNION ALL ",
    claim_lane!("marketing")
);
const USED: &str = "SELECT id FROM requests WHERE workspace_id = $1 AND id = ANY($2)";
const CLAIM_COMPANIONS: &str = claim!(
    "WHERE d.workspace_id = $1 AND d.contact_id = ANY($2) AND d.id >= $3 AND d.channel_id = $4 AND d.state = 'queued'
       AND d.due_at <= $5 AND d.reply_token IS NOT NULL"
);
const PEOPLE: &str = "SELECT c.id, c.kind, CASE WHEN EXISTS (SELECT 1 FROM consents k WHERE k.workspace_id = c.workspace_id AND k.contact_id = c.id
        AND k.channel_id = $2 AND k.purpose = 'marketing' AND k.state = 'withdrawn') THEN 'withdrawn' ELSE c.consent END, c.staff, c.display_name, f.user_id, f.state, v.wrote_at, v.mark,
      (SELECT a.at FROM consents a WHERE a.workspace_id = c.workspace_id AND a.contact_id = c.id
        AND a.purpose = 'analysis' AND a.state = 'withdrawn')
    FROM contacts c
    LEFT JOIN friendships f ON f.workspace_id = c.workspace_id AND f.channel_id = $2 AND f.contact_id = c.id
    LEFT JOIN conversations v ON v.workspace_id = c.workspace_id AND v.channel_id = $2 AND v.contact_id = c.id
    WHERE c.workspace_id = $1 AND c.id = ANY($3)";
const SENDS: &str = "SELECT contact_id, SUM(CASE WHEN at >= $3 THEN 1 ELSE 0 END), COUNT(*)
    FROM contact_sends WHERE workspace_id = $1 AND contact_id = ANY($2) AND at >= $4 AND lane = 'marketing'
    GROUP BY contact_id";
const ATTRIBUTES: &str = "SELECT contact_id, attribute_id, text FROM contact_attributes
    WHERE workspace_id = $1 AND contact_id = ANY($2)";
const SENDING: &str =
    "UPDATE deliveries SET state = 'sending', request_id = $3, reason = NULL WHERE workspace_id = $1 AND id = $2";
const REFUSE: &str = "UPDATE deliveries SET state = 'refused', reason = $3, done_at = $4 WHERE workspace_id = $1 AND id = $2";
const POSTPONE: &str = "UPDATE deliveries SET due_at = $3 WHERE workspace_id = $1 AND id = $2";
const DROP_TOKEN: &str = "UPDATE deliveries SET reply_token = NULL, reply_until = NULL WHERE workspace_id = $1 AND id = $2";
const OPEN: &str = "SELECT workspace_id, id, shard, channel_id, endpoint, lane, contact_id, broadcast_id, pos_from, pos_to,
      recipients, quota_month, body, attempts, first_attempt_at, not_after, reply_until
    FROM requests WHERE state = 'open' AND shard = ANY($1)
    ORDER BY first_attempt_at, id";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] =
    &[DUE, CLAIM, CLAIM_COMPANIONS, USED, PEOPLE, SENDS, ATTRIBUTES, SENDING, REFUSE, POSTPONE, DROP_TOKEN, OPEN];

const REQUESTS: Insert = Insert {
    table: "requests",
    columns: &[
        "workspace_id",
        "id",
        "shard",
        "channel_id",
        "endpoint",
        "lane",
        "contact_id",
        "broadcast_id",
        "pos_from",
        "pos_to",
        "recipients",
        "quota_month",
        "body",
        "body_hash",
        "state",
        "attempts",
        "first_attempt_at",
        "next_attempt_at",
        "not_after",
        "reply_until",
        "created_at",
    ],
    conflict: "",
};
const CONTACT_SENDS: Insert = Insert {
    table: "contact_sends",
    columns: &["workspace_id", "contact_id", "at", "request_id", "channel_id", "lane", "broadcast_id", "pos"],
    conflict: "",
};

/// When something of a channel's lane is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    pub channel: ChannelId,
    pub lane: Lane,
    /// The first that is due by now, Unix ms.
    pub now: Option<i64>,
    /// The first after now, Unix ms.
    pub next: Option<i64>,
}

pub(crate) fn due(tx: &mut Tx<'_>, now: i64, shards: &[i64]) -> Result<Vec<Due>> {
    Ok(tx.query(DUE, &params![now, shards], |row| {
        Ok(Due { channel: row.get(0)?, lane: row.get(1)?, now: row.get(2)?, next: row.get(3)? })
    })?)
}

fn claimed(row: &Row<'_>) -> store::Result<Claimed> {
    let reply = match (row.get::<Option<String>>(8)?, row.get::<Option<i64>>(9)?) {
        (Some(token), Some(until)) => Some(ReplyToken { token, until }),
        _ => None,
    };
    Ok(Claimed {
        id: row.get(0)?,
        shard: row.get(1)?,
        contact: row.get(2)?,
        lane: row.get(3)?,
        cause: Cause { kind: row.get(12)?, id: row.get(13)? },
        event: row.get(4)?,
        template: row.get(5)?,
        content: row.get(6)?,
        context: row.get(7)?,
        reply,
        due_at: row.get(10)?,
        not_after: row.get(11)?,
    })
}

/// Due deliveries of one channel whose contact has nothing in flight: the most urgent lane first, the oldest first in it.
pub(crate) fn claim(
    tx: &mut Tx<'_>,
    (workspace, channel): (WorkspaceId, ChannelId),
    now: i64,
    shards: &[i64],
    limit: usize,
) -> Result<Vec<Claimed>> {
    let rows = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut all = tx.query(CLAIM, &params![workspace, channel, now, shards, rows], claimed)?;
    all.sort_by_key(|delivery| (rank(delivery.lane), delivery.due_at, delivery.id));
    all.truncate(limit);
    Ok(all)
}

/// Deliveries that may join the replies of those given: a limited claim can cut an event in two.
pub(crate) fn companions(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    channel: ChannelId,
    of: &[Claimed],
    now: i64,
) -> Result<Vec<Claimed>> {
    let with_reply = || of.iter().filter(|claimed| claimed.reply.is_some());
    let Some(oldest) = with_reply().map(|claimed| claimed.id).min() else { return Ok(Vec::new()) };
    let contacts: Vec<Uuid> = with_reply().map(|claimed| claimed.contact.0).collect();
    Ok(tx.query(CLAIM_COMPANIONS, &params![workspace, contacts, before(oldest), channel, now], claimed)?)
}

/// The first id of the same millisecond (RFC 9562: the leading 48 bits of a UUIDv7 are its time).
fn before(id: DeliveryId) -> DeliveryId {
    DeliveryId(Uuid::from_u128(id.0.as_u128() >> 80 << 80))
}

/// People of one workspace as one channel sees them; erased ones are left out.
pub(crate) fn people(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    channel: ChannelId,
    contacts: &[Uuid],
) -> Result<HashMap<ContactId, Person>> {
    let rows = tx.query(PEOPLE, &params![workspace, channel, contacts], |row| {
        let id: ContactId = row.get(0)?;
        Ok((id, person(row, workspace, id, 1)?))
    })?;
    Ok(rows.into_iter().collect())
}

/// Reads `kind, consent, staff, display_name, user_id, state, wrote_at, mark, analysis withdrawn at` from column `at` on.
pub(crate) fn person(row: &Row<'_>, workspace: WorkspaceId, id: ContactId, at: usize) -> store::Result<Person> {
    let friend = match (row.get::<Option<String>>(at + 4)?, row.get::<Option<FriendState>>(at + 5)?) {
        (Some(user_id), Some(state)) => Some(Friend { user_id, state, wrote_at: row.get(at + 6)? }),
        _ => None,
    };
    let subject = Subject {
        kind: row.get::<ContactKind>(at)?,
        consent: row.get::<Box<str>>(at + 1)?.as_ref() == "granted",
        staff: row.get(at + 2)?,
        friend,
        mark: row.get::<Option<String>>(at + 7)?.unwrap_or_default(),
        excluded: None,
        sends: Sends::default(),
    };
    let contact = Contact {
        workspace,
        id,
        shard: 0,
        kind: subject.kind,
        display_name: row.get(at + 3)?,
        picture_url: None,
        language: None,
        status_message: None,
        profile_at: None,
        memo: String::new(),
        staff: subject.staff,
        consent: subject.consent,
        created_at: 0,
        line_ids: BTreeMap::new(),
        friendships: BTreeMap::new(),
        tags: BTreeSet::new(),
        attributes: BTreeMap::new(),
        enrollments: Vec::new(),
        clicks: Vec::new(),
        talks: BTreeMap::new(),
        consents: BTreeMap::new(),
        analysis: row.get::<Option<i64>>(at + 8)?.map(|at| Consent { granted: false, source: String::new(), at }),
    };
    Ok(Person { subject, contact })
}

/// Fills in how much marketing these people heard lately.
pub(crate) fn add_sends(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    window: CapWindow,
    people: &mut HashMap<ContactId, Person>,
) -> Result<()> {
    let ids: Vec<Uuid> = people.keys().map(|id| id.0).collect();
    let rows = tx.query(SENDS, &params![workspace, ids, window.day_from, window.week_from], |row| {
        Ok((row.get::<ContactId>(0)?, Sends { day: row.get(1)?, week: row.get(2)? }))
    })?;
    for (id, sends) in rows {
        if let Some(person) = people.get_mut(&id) {
            person.subject.sends = sends;
        }
    }
    Ok(())
}

/// Fills in the fields of these people.
pub(crate) fn add_attributes(tx: &mut Tx<'_>, workspace: WorkspaceId, people: &mut HashMap<ContactId, Person>) -> Result<()> {
    let ids: Vec<Uuid> = people.keys().map(|id| id.0).collect();
    let rows = tx.query(ATTRIBUTES, &params![workspace, ids], |row| {
        Ok((row.get::<ContactId>(0)?, row.get::<AttributeId>(1)?, row.get::<String>(2)?))
    })?;
    for (contact, attribute, text) in rows {
        if let Some(person) = people.get_mut(&contact) {
            person.contact.attributes.insert(attribute, AttributeValue { text, number: None });
        }
    }
    Ok(())
}

/// What a fix transaction decided about queued deliveries.
#[derive(Default)]
pub(crate) struct Verdicts {
    pub sending: Vec<(DeliveryId, RequestId)>,
    pub refused: Vec<(DeliveryId, Reason)>,
    pub postponed: Vec<(DeliveryId, i64)>,
    pub tokenless: Vec<DeliveryId>,
}

pub(crate) fn write_verdicts(tx: &mut Tx<'_>, workspace: WorkspaceId, verdicts: &Verdicts, now: i64) -> Result<()> {
    tx.execute_many(SENDING, verdicts.sending.iter().map(|(id, request)| params![workspace, id, request]))?;
    tx.execute_many(REFUSE, verdicts.refused.iter().map(|(id, reason)| params![workspace, id, reason, now]))?;
    tx.execute_many(POSTPONE, verdicts.postponed.iter().map(|(id, due_at)| params![workspace, id, *due_at]))?;
    tx.execute_many(DROP_TOKEN, verdicts.tokenless.iter().map(|id| params![workspace, id]))?;
    Ok(())
}

/// Which of these keys requests bear already.
pub(crate) fn used_keys(tx: &mut Tx<'_>, workspace: WorkspaceId, keys: &[Uuid]) -> Result<Vec<RequestId>> {
    Ok(tx.query(USED, &params![workspace, keys], |row| row.get(0))?)
}

/// Writes requests as open. From the commit on they are owed.
pub(crate) fn insert_requests(tx: &mut Tx<'_>, requests: &[Request], now: i64) -> Result<()> {
    tx.insert_many(
        &REQUESTS,
        requests.iter().map(|request| {
            let (broadcast, from, to) = match request.span {
                Some(span) => (Some(span.broadcast), Some(span.from), Some(span.to)),
                None => (None, None, None),
            };
            let hash: [u8; 32] = Sha256::digest(&request.body).into();
            params![
                request.workspace,
                request.id,
                request.shard,
                request.channel,
                request.endpoint,
                request.lane,
                request.contact,
                broadcast,
                from,
                to,
                request.recipients,
                request.quota_month,
                request.body.as_ref(),
                hash,
                "open",
                request.attempts,
                request.first_attempt_at,
                request.first_attempt_at,
                request.not_after,
                request.reply_until,
                now
            ]
        }),
    )?;
    Ok(())
}

/// One line of `contact_sends`.
pub(crate) struct Send {
    pub contact: ContactId,
    pub request: RequestId,
    pub lane: Lane,
    pub ledger: Option<(BroadcastId, i64)>,
}

pub(crate) fn insert_sends(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId, sends: &[Send], now: i64) -> Result<()> {
    tx.insert_many(
        &CONTACT_SENDS,
        sends.iter().map(|send| {
            let (broadcast, pos) = (send.ledger.map(|ledger| ledger.0), send.ledger.map(|ledger| ledger.1));
            params![workspace, send.contact, now, send.request, channel, send.lane, broadcast, pos]
        }),
    )?;
    Ok(())
}

/// Open requests of these shards, as after a crash: any of them may have been taken.
pub(crate) fn open_requests(tx: &mut Tx<'_>, shards: &[i64]) -> Result<Vec<Request>> {
    Ok(tx.query(OPEN, &params![shards], |row| {
        let span = match (row.get::<Option<BroadcastId>>(7)?, row.get::<Option<i64>>(8)?, row.get::<Option<i64>>(9)?) {
            (Some(broadcast), Some(from), Some(to)) => Some(Span { broadcast, from, to }),
            _ => None,
        };
        Ok(Request {
            workspace: row.get(0)?,
            id: row.get(1)?,
            shard: row.get(2)?,
            channel: row.get(3)?,
            endpoint: row.get(4)?,
            lane: row.get(5)?,
            contact: row.get(6)?,
            span,
            recipients: row.get(10)?,
            quota_month: row.get(11)?,
            body: Bytes::from(row.get::<Option<Vec<u8>>>(12)?.unwrap_or_default()),
            attempts: row.get(13)?,
            doubt: true,
            first_attempt_at: row.get(14)?,
            not_after: row.get(15)?,
            reply_until: row.get(16)?,
        })
    })?)
}
