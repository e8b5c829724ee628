//! One contact's page: identities, the timeline, and why they heard or did not hear of something.

use store::{Tx, params};
use uuid::Uuid;

use crate::Result;
use crate::delivery::{CauseKind, DeliveryState, Lane, Reason};
use crate::ids::{
    AttributeId, BroadcastId, ChannelId, ContactId, DeliveryId, EventId, RequestId, TemplateVersionId, WorkspaceId, shard_of,
};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] =
    &[IDENTITIES, UPDATED, ATTRIBUTE_TIMES, EVENTS, SENDS, DELIVERIES, RECENT_BROADCASTS, SENT, EXCEPTION, RECIPIENT];

const IDENTITIES: &str =
    "SELECT kind, scope, value FROM identities WHERE workspace_id = $1 AND contact_id = $2 ORDER BY created_at, kind, value";
const UPDATED: &str = "SELECT updated_at FROM contacts WHERE workspace_id = $1 AND id = $2";
const ATTRIBUTE_TIMES: &str = "SELECT attribute_id, at FROM contact_attributes WHERE workspace_id = $1 AND contact_id = $2";
const EVENTS: &str = "SELECT id, channel_id, kind, source, occurred_at, payload FROM events
  WHERE workspace_id = $1 AND contact_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
const SENDS: &str = "SELECT s.at, s.request_id, s.channel_id, s.lane, s.broadcast_id, b.name FROM contact_sends s
  JOIN broadcasts b ON b.workspace_id = s.workspace_id AND b.id = s.broadcast_id
  WHERE s.workspace_id = $1 AND s.contact_id = $2 AND s.at <= $3 ORDER BY s.at DESC, s.request_id DESC LIMIT $4";
const DELIVERIES: &str = "SELECT id, channel_id, cause_kind, cause_id, cause_ref, lane, state, reason, template_version_id, created_at, due_at, done_at
  FROM deliveries WHERE workspace_id = $1 AND contact_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4";
const RECENT_BROADCASTS: &str = "SELECT id, name, channel_id, state, lane, total FROM broadcasts
  WHERE workspace_id = $1 AND state <> 'draft' AND ($2 = 0 OR id = $3) ORDER BY id DESC LIMIT 10";
const SENT: &str = "SELECT s.at, r.state, r.error FROM contact_sends s
  JOIN requests r ON r.workspace_id = s.workspace_id AND r.id = s.request_id
  WHERE s.workspace_id = $1 AND s.contact_id = $2 AND s.broadcast_id = $3 ORDER BY s.at DESC LIMIT 1";
const EXCEPTION: &str = "SELECT state, reason, at FROM broadcast_exceptions
  WHERE workspace_id = $1 AND broadcast_id = $2 AND shard = $3 AND contact_id = $4 ORDER BY at DESC LIMIT 1";
const RECIPIENT: &str = "SELECT pos FROM broadcast_recipients WHERE workspace_id = $1 AND broadcast_id = $2 AND shard = $3 AND contact_id = $4 LIMIT 1";

/// (kind, scope, value) of all identities, oldest first.
///
/// # Errors
/// The database's.
pub fn identities(tx: &mut Tx<'_>, workspace: WorkspaceId, contact: ContactId) -> Result<Vec<(String, Uuid, String)>> {
    Ok(tx.query(IDENTITIES, &params![workspace, contact], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
}

/// When the contact last changed, and when each field got its value, Unix ms.
///
/// # Errors
/// The database's.
pub fn times(tx: &mut Tx<'_>, workspace: WorkspaceId, contact: ContactId) -> Result<(i64, Vec<(AttributeId, i64)>)> {
    let key = params![workspace, contact];
    let updated = tx.query_one(UPDATED, &key, |row| row.get(0))?;
    Ok((updated, tx.query(ATTRIBUTE_TIMES, &key, |row| Ok((row.get(0)?, row.get(1)?)))?))
}

/// An event on the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct EventRow {
    /// Id, in order of time.
    pub id: EventId,
    /// On which account.
    pub channel: Option<ChannelId>,
    /// follow, message, …, or the shop's own name.
    pub kind: String,
    /// Where it came in.
    pub source: String,
    /// When, Unix ms.
    pub occurred_at: i64,
    /// JSON as stored; reply tokens are in it and must be left out for show.
    pub payload: String,
}

/// Events of a contact, newest first, below `before`.
///
/// # Errors
/// The database's.
pub fn events(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    contact: ContactId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<EventRow>> {
    let before = before.unwrap_or(Uuid::max());
    Ok(tx.query(EVENTS, &params![workspace, contact, before, limit], |row| {
        Ok(EventRow {
            id: row.get(0)?,
            channel: row.get(1)?,
            kind: row.get(2)?,
            source: row.get(3)?,
            occurred_at: row.get(4)?,
            payload: row.get(5)?,
        })
    })?)
}

/// A broadcast that was sent to a contact.
#[derive(Clone, Debug, PartialEq)]
pub struct BroadcastSend {
    /// When it was fixed, Unix ms.
    pub at: i64,
    /// By which call.
    pub request: RequestId,
    /// From which account.
    pub channel: ChannelId,
    /// 種別.
    pub lane: Lane,
    /// Which.
    pub broadcast: BroadcastId,
    /// Its name.
    pub name: String,
}

/// Broadcasts sent to a contact, newest first, not after `until`.
///
/// # Errors
/// The database's.
pub fn broadcast_sends(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    contact: ContactId,
    until: i64,
    limit: i64,
) -> Result<Vec<BroadcastSend>> {
    Ok(tx.query(SENDS, &params![workspace, contact, until, limit], |row| {
        Ok(BroadcastSend {
            at: row.get(0)?,
            request: row.get(1)?,
            channel: row.get(2)?,
            lane: row.get(3)?,
            broadcast: row.get(4)?,
            name: row.get(5)?,
        })
    })?)
}

/// A delivery on the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryRow {
    /// Id, in order of decision.
    pub id: DeliveryId,
    /// From which account.
    pub channel: ChannelId,
    /// What decided it: kind, id, and the journey's node or ''.
    pub cause: (CauseKind, Uuid, String),
    /// 種別.
    pub lane: Lane,
    /// Where it stands.
    pub state: DeliveryState,
    /// Why it was refused or failed.
    pub reason: Option<Reason>,
    /// Which template's version; `None` for fixed messages.
    pub template_version: Option<TemplateVersionId>,
    /// Decided, Unix ms.
    pub created_at: i64,
    /// Due, Unix ms.
    pub due_at: i64,
    /// Ended, Unix ms.
    pub done_at: Option<i64>,
}

/// Deliveries to a contact, newest first, below `before`.
///
/// # Errors
/// The database's.
pub fn deliveries(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    contact: ContactId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<DeliveryRow>> {
    let before = before.unwrap_or(Uuid::max());
    Ok(tx.query(DELIVERIES, &params![workspace, contact, before, limit], |row| {
        Ok(DeliveryRow {
            id: row.get(0)?,
            channel: row.get(1)?,
            cause: (row.get(2)?, row.get(3)?, row.get(4)?),
            lane: row.get(5)?,
            state: row.get(6)?,
            reason: row.get(7)?,
            template_version: row.get(8)?,
            created_at: row.get(9)?,
            due_at: row.get(10)?,
            done_at: row.get(11)?,
        })
    })?)
}

/// What became of a broadcast for one contact.
#[derive(Clone, Debug, PartialEq)]
pub struct BroadcastFate {
    /// Which.
    pub id: BroadcastId,
    /// Its name.
    pub name: String,
    /// From which account.
    pub channel: ChannelId,
    /// The broadcast's own state.
    pub broadcast_state: String,
    /// For this contact.
    pub fate: Fate,
}

/// See [`BroadcastFate`].
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    /// In a call to LINE, which stands so (open, accepted, failed, unknown).
    Sent {
        /// When it was fixed, Unix ms.
        at: i64,
        /// State of the call.
        state: String,
        /// LINE's error.
        error: Option<String>,
    },
    /// Refused, failed or unknown for this one.
    Exception {
        /// State.
        state: String,
        /// Reason of the closed list.
        reason: String,
        /// When, Unix ms.
        at: i64,
    },
    /// Among the recipients, its turn has not come.
    Waiting,
    /// Not among the recipients.
    NotAddressed,
}

/// What became of the newest ten broadcasts (or of one) for a contact.
///
/// # Errors
/// The database's.
pub fn broadcast_fates(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    contact: ContactId,
    only: Option<BroadcastId>,
) -> Result<Vec<BroadcastFate>> {
    let key = params![workspace, i64::from(only.is_some()), only.map_or(Uuid::nil(), |id| id.0)];
    let broadcasts: Vec<(BroadcastId, String, ChannelId, String)> =
        tx.query(RECENT_BROADCASTS, &key, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let shard = shard_of(workspace, contact);
    // At most ten, each three look-ups on keys.
    broadcasts
        .into_iter()
        .map(|(id, name, channel, broadcast_state)| {
            let fate = fate(tx, workspace, contact, id, shard)?;
            Ok(BroadcastFate { id, name, channel, broadcast_state, fate })
        })
        .collect()
}

fn fate(tx: &mut Tx<'_>, workspace: WorkspaceId, contact: ContactId, id: BroadcastId, shard: i64) -> Result<Fate> {
    let here = params![workspace, id, shard, contact];
    let exception =
        tx.query_opt(EXCEPTION, &here, |row| Ok(Fate::Exception { state: row.get(0)?, reason: row.get(1)?, at: row.get(2)? }))?;
    if let Some(exception) = exception {
        return Ok(exception);
    }
    let sent = tx.query_opt(SENT, &params![workspace, contact, id], |row| {
        Ok(Fate::Sent { at: row.get(0)?, state: row.get(1)?, error: row.get(2)? })
    })?;
    if let Some(sent) = sent {
        return Ok(sent);
    }
    let addressed = tx.query_opt(RECIPIENT, &here, |row| row.get::<i64>(0))?.is_some();
    Ok(if addressed { Fate::Waiting } else { Fate::NotAddressed })
}
