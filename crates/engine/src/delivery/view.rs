//! Reading deliveries: those of the outbox and the recipients of broadcasts, as one list.
//!
//! Order: the outbox by id, then the ledgers by broadcast, shard and position. A page ends with a cursor; following the
//! cursors visits everything once, also while sending goes on.

use std::collections::BTreeSet;

use serde::Serialize;
use sha2::{Digest, Sha256};
use store::{Row, Tx, Value, params};
use uuid::Uuid;

use super::exclusion::{Excluded, add_excluded, each};
use super::guard::{Road, Subject, Verdict, Wish, judge};
use super::{CauseKind, DeliveryState, Endpoint, Lane, Reason, RequestState, db};
use crate::broadcast::{Broadcast, Hold, State};
use crate::contact::FriendState;
use crate::ids::{BroadcastId, ChannelId, ContactId, RequestId, WorkspaceId, shard_of};
use crate::workspace::Catalog;
use crate::{Error, Result, broadcast};

/// Rows read from a ledger at once.
const CHUNK: i64 = 1_000;

/// Which deliveries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The rule, journey, broadcast … they come from.
    pub cause: Option<Uuid>,
    /// To whom.
    pub contact: Option<ContactId>,
    /// To whom, by LINE's id on any provider.
    pub line_user_id: Option<String>,
    /// Only in this state.
    pub state: Option<DeliveryState>,
}

/// One message to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DeliveryView {
    /// Its id; for a broadcast's recipient derived from the place in the ledger.
    pub id: Uuid,
    /// To whom.
    #[schema(value_type = Uuid)]
    pub contact_id: ContactId,
    /// To whom in LINE's words.
    pub line_user_id: Option<String>,
    /// Who speaks.
    #[schema(value_type = Uuid)]
    pub channel_id: ChannelId,
    /// What kind of thing caused it.
    pub cause: CauseKind,
    /// Which.
    pub cause_id: Uuid,
    /// Journey node, or ''.
    pub cause_ref: String,
    /// 種別.
    pub lane: Lane,
    /// Where it stands.
    pub state: DeliveryState,
    /// Why it was refused or failed.
    pub reason: Option<Reason>,
    /// By which call.
    pub via: Option<Endpoint>,
    /// Our request: LINE's retry key.
    #[schema(value_type = Option<Uuid>)]
    pub request_id: Option<RequestId>,
    /// LINE's id of the accepted (or last) try.
    pub line_request_id: Option<String>,
    /// Tries made.
    pub attempts: i64,
    /// Decided, Unix ms.
    pub created_at: i64,
    /// Due, Unix ms.
    pub due_at: i64,
    /// Good until, Unix ms.
    pub not_after: i64,
    /// Fixed, Unix ms.
    pub fixed_at: Option<i64>,
    /// Ended, Unix ms.
    pub done_at: Option<i64>,
}

/// A page of deliveries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Page {
    /// Deliveries.
    pub items: Vec<DeliveryView>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
}

/// How far a reading has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cursor {
    Outbox(Uuid),
    /// Behind this place.
    Ledger(BroadcastId, i64, i64),
}

impl Cursor {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let cursor = match (parts.next()?, parts.next()?) {
            ("d", id) => Self::Outbox(id.parse().ok()?),
            ("l", id) => Self::Ledger(id.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?),
            _ => return None,
        };
        parts.next().is_none().then_some(cursor)
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Outbox(id) => write!(f, "d.{id}"),
            Self::Ledger(id, shard, pos) => write!(f, "l.{id}.{shard}.{pos}"),
        }
    }
}

const OUTBOX: &str = "SELECT d.id, d.contact_id, f.user_id, d.channel_id, d.cause_kind, d.cause_id, d.cause_ref, d.lane, d.state,
      d.reason, q.endpoint, q.id, q.line_request_id, q.attempts, d.created_at, d.due_at, d.not_after, q.first_attempt_at, d.done_at
    FROM deliveries d
    LEFT JOIN requests q ON q.workspace_id = d.workspace_id AND q.id = d.request_id
    LEFT JOIN friendships f ON f.workspace_id = d.workspace_id AND f.channel_id = d.channel_id AND f.contact_id = d.contact_id
    WHERE d.workspace_id = $1 AND d.id > $2";
/// The live request of a position is the last one that begins at or before it: live ranges do not overlap.
const LEDGER: &str = "SELECT r.shard, r.pos, r.contact_id, f.user_id, x.state, x.reason, x.at, q.state, q.endpoint, q.id,
      q.line_request_id, q.attempts, q.first_attempt_at, q.done_at
    FROM broadcast_recipients r
    LEFT JOIN broadcast_exceptions x ON x.workspace_id = r.workspace_id AND x.broadcast_id = r.broadcast_id
      AND x.shard = r.shard AND x.pos = r.pos
    LEFT JOIN friendships f ON f.workspace_id = r.workspace_id AND f.channel_id = $3 AND f.contact_id = r.contact_id
    LEFT JOIN requests q ON q.workspace_id = r.workspace_id AND q.id = (
      SELECT n.id FROM requests n WHERE n.workspace_id = r.workspace_id AND n.broadcast_id = r.broadcast_id
        AND n.shard = r.shard AND n.pos_from <= r.pos AND n.state <> 'split' ORDER BY n.pos_from DESC LIMIT 1)
      AND q.pos_to > r.pos
    WHERE r.workspace_id = $1 AND r.broadcast_id = $2 AND (x.state IS NULL OR x.state <> 'moved')";
const LEDGER_PAGE: &str = " AND (r.shard > $4 OR (r.shard = $4 AND r.pos > $5)) ORDER BY r.shard, r.pos LIMIT $6";
const LEDGER_OF: &str = " AND r.shard = $4 AND r.pos = ANY($5) AND r.contact_id = $6 ORDER BY r.shard, r.pos";
const BROADCASTS: &str = "SELECT id FROM broadcasts
    WHERE workspace_id = $1 AND id >= $2 AND method = 'ledger' AND state NOT IN ('draft', 'scheduled') ORDER BY id LIMIT 1";
const CONTACTS_OF: &str = "SELECT i.contact_id FROM providers p
    JOIN identities i ON i.workspace_id = p.workspace_id AND i.kind = 'line' AND i.scope = p.id AND i.value = $2
    WHERE p.workspace_id = $1 ORDER BY i.contact_id";
/// Where a contact stands in ledgers: sent, excepted, or not reached yet.
const PLACES: &str = "SELECT broadcast_id, pos FROM contact_sends
      WHERE workspace_id = $1 AND contact_id = $2 AND broadcast_id IS NOT NULL
    UNION SELECT broadcast_id, pos FROM broadcast_exceptions WHERE workspace_id = $1 AND contact_id = $2
    UNION SELECT r.broadcast_id, r.pos FROM broadcast_shards s
      JOIN broadcast_recipients r ON r.workspace_id = s.workspace_id AND r.broadcast_id = s.broadcast_id AND r.shard = s.shard
        AND r.pos >= s.next_pos
      WHERE s.workspace_id = $1 AND s.shard = $3 AND s.next_pos < s.total AND r.contact_id = $2
    ORDER BY 1, 2";

/// Every statement of this file with a fixed text, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[OUTBOX, BROADCASTS, CONTACTS_OF, PLACES, NEWEST];

/// One page of deliveries behind `cursor`, at most `limit` (1 … 1,000).
///
/// # Errors
/// `bad_cursor`; the database's.
pub fn page(tx: &mut Tx<'_>, workspace: WorkspaceId, filter: &Filter, cursor: Option<&str>, limit: usize) -> Result<Page> {
    let limit = limit.clamp(1, 1_000);
    let cursor = match cursor {
        None => Cursor::Outbox(Uuid::nil()),
        Some(text) => Cursor::parse(text).ok_or_else(|| Error::bad("bad_cursor", "cursor", "cursor が正しくありません。"))?,
    };
    let contacts = contacts(tx, workspace, filter)?;
    if contacts.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Page::default());
    }
    let mut page = Page::default();
    let mut ledger_from = (BroadcastId::nil(), -1, -1);
    match cursor {
        Cursor::Outbox(behind) => {
            page.items = outbox(tx, workspace, filter, contacts.as_deref(), behind, limit)?;
            if page.items.len() == limit {
                page.next = page.items.last().map(|last| Cursor::Outbox(last.id).to_string());
                return Ok(page);
            }
        }
        Cursor::Ledger(broadcast, shard, pos) => ledger_from = (broadcast, shard, pos),
    }
    match contacts {
        Some(contacts) => {
            for contact in contacts {
                let rows = ledger_of_contact(tx, workspace, contact, filter.cause)?;
                let behind = rows.into_iter().filter(|(place, _)| *place > ledger_from);
                page.items.extend(behind.map(|(_, view)| view).filter(|view| fits(filter, view)));
            }
        }
        None => ledgers(tx, workspace, filter, ledger_from, limit, &mut page)?,
    }
    Ok(page)
}

fn fits(filter: &Filter, view: &DeliveryView) -> bool {
    filter.state.is_none_or(|state| view.state == state)
}

fn contacts(tx: &mut Tx<'_>, workspace: WorkspaceId, filter: &Filter) -> Result<Option<Vec<ContactId>>> {
    let Some(user_id) = &filter.line_user_id else { return Ok(filter.contact.map(|contact| vec![contact])) };
    let mut found = tx.query(CONTACTS_OF, &params![workspace, user_id], |row| row.get::<ContactId>(0))?;
    found.retain(|id| filter.contact.is_none_or(|contact| contact == *id));
    Ok(Some(found))
}

fn outbox(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    filter: &Filter,
    contacts: Option<&[ContactId]>,
    behind: Uuid,
    limit: usize,
) -> Result<Vec<DeliveryView>> {
    let mut sql = OUTBOX.to_owned();
    let mut values: Vec<Value<'_>> = Vec::from(params![workspace, behind]);
    let mut add = |text: &str, value: Value<'static>| {
        values.push(value);
        sql.push_str(&text.replace('#', &format!("${}", values.len())));
    };
    if let Some(contacts) = contacts {
        add(" AND d.contact_id = ANY(#)", Value::Ids(contacts.iter().map(|id| id.0).collect()));
    }
    if let Some(cause) = filter.cause {
        add(" AND d.cause_id = #", Value::Id(cause));
    }
    if let Some(state) = filter.state {
        add(" AND d.state = #", state.into());
    }
    add(" ORDER BY d.id LIMIT #", Value::Int(i64::try_from(limit).unwrap_or(1_000)));
    Ok(tx.query(&sql, &values, |row| {
        Ok(DeliveryView {
            id: row.get(0)?,
            contact_id: row.get(1)?,
            line_user_id: row.get(2)?,
            channel_id: row.get(3)?,
            cause: row.get(4)?,
            cause_id: row.get(5)?,
            cause_ref: row.get(6)?,
            lane: row.get(7)?,
            state: row.get(8)?,
            reason: row.get(9)?,
            via: row.get(10)?,
            request_id: row.get(11)?,
            line_request_id: row.get(12)?,
            attempts: row.get::<Option<i64>>(13)?.unwrap_or(0),
            created_at: row.get(14)?,
            due_at: row.get(15)?,
            not_after: row.get(16)?,
            fixed_at: row.get(17)?,
            done_at: row.get(18)?,
        })
    })?)
}

type Place = (BroadcastId, i64, i64);

fn ledgers(tx: &mut Tx<'_>, workspace: WorkspaceId, filter: &Filter, from: Place, limit: usize, page: &mut Page) -> Result<()> {
    let (mut id, mut shard, mut pos) = from;
    loop {
        let wanted = filter.cause.map_or(id.0, |cause| cause.max(id.0));
        let found = tx.query_opt(BROADCASTS, &params![workspace, wanted], |row| row.get::<BroadcastId>(0))?;
        let Some(found) = found.filter(|found| filter.cause.is_none_or(|cause| found.0 == cause)) else { return Ok(()) };
        if found != id {
            (id, shard, pos) = (found, -1, -1);
        }
        let broadcast = broadcast::db::find(tx, workspace, id)?;
        loop {
            let key = params![workspace, id, broadcast.channel_id, shard, pos, CHUNK];
            let rows = tx.query(&format!("{LEDGER}{LEDGER_PAGE}"), &key, |row| recipient(row, &broadcast))?;
            let read = rows.len();
            for (place, view) in rows {
                (_, shard, pos) = place;
                if fits(filter, &view) {
                    page.items.push(view);
                }
                if page.items.len() == limit {
                    page.next = Some(Cursor::Ledger(id, shard, pos).to_string());
                    return Ok(());
                }
            }
            if i64::try_from(read).unwrap_or(0) < CHUNK {
                break;
            }
        }
        if filter.cause.is_some() {
            return Ok(());
        }
        // The next id in the order of UUIDs.
        (id, shard, pos) = (BroadcastId(Uuid::from_u128(id.0.as_u128().saturating_add(1))), -1, -1);
    }
}

fn ledger_of_contact(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    contact: ContactId,
    cause: Option<Uuid>,
) -> Result<Vec<(Place, DeliveryView)>> {
    let shard = shard_of(workspace, contact);
    let places =
        tx.query(PLACES, &params![workspace, contact, shard], |row| Ok((row.get::<BroadcastId>(0)?, row.get::<i64>(1)?)))?;
    let broadcasts: BTreeSet<BroadcastId> =
        places.iter().map(|(id, _)| *id).filter(|id| cause.is_none_or(|cause| id.0 == cause)).collect();
    let mut found = Vec::new();
    for id in broadcasts {
        let broadcast = broadcast::db::find(tx, workspace, id)?;
        let positions: Vec<i64> = places.iter().filter(|(of, _)| *of == id).map(|(_, pos)| *pos).collect();
        let key = params![workspace, id, broadcast.channel_id, shard, positions, contact];
        found.extend(tx.query(&format!("{LEDGER}{LEDGER_OF}"), &key, |row| recipient(row, &broadcast))?);
    }
    Ok(found)
}

fn recipient(row: &Row<'_>, broadcast: &Broadcast) -> store::Result<(Place, DeliveryView)> {
    let (shard, pos): (i64, i64) = (row.get(0)?, row.get(1)?);
    let exception = row.get::<Option<DeliveryState>>(4)?;
    let request = row.get::<Option<RequestState>>(7)?.filter(|_| exception.is_none());
    let (state, reason) = match (exception, request) {
        (Some(state), _) => (state, row.get::<Option<Reason>>(5)?),
        (None, Some(RequestState::Open | RequestState::Split)) => (DeliveryState::Sending, None),
        (None, Some(RequestState::Accepted)) => (DeliveryState::Accepted, None),
        (None, Some(RequestState::Failed)) => (DeliveryState::Failed, Some(Reason::LineRefused)),
        (None, Some(RequestState::Unknown)) => (DeliveryState::Unknown, None),
        (None, None) => unfixed(broadcast),
    };
    let of_request = request.is_some();
    let view = DeliveryView {
        id: place_id(broadcast.id, shard, pos),
        contact_id: row.get(2)?,
        line_user_id: row.get(3)?,
        channel_id: broadcast.channel_id,
        cause: CauseKind::Broadcast,
        cause_id: broadcast.id.0,
        cause_ref: String::new(),
        lane: broadcast.lane,
        state,
        reason,
        via: row.get::<Option<Endpoint>>(8)?.filter(|_| of_request),
        request_id: row.get::<Option<RequestId>>(9)?.filter(|_| of_request),
        line_request_id: row.get::<Option<String>>(10)?.filter(|_| of_request),
        attempts: row.get::<Option<i64>>(11)?.filter(|_| of_request).unwrap_or(0),
        created_at: broadcast.started_at.unwrap_or(broadcast.created_at),
        due_at: broadcast.send_at,
        not_after: broadcast.not_after,
        fixed_at: row.get::<Option<i64>>(12)?.filter(|_| of_request),
        done_at: if exception.is_some() { row.get(6)? } else { row.get::<Option<i64>>(13)?.filter(|_| of_request) },
    };
    Ok(((broadcast.id, shard, pos), view))
}

/// A recipient that no request carries: the broadcast says why.
fn unfixed(broadcast: &Broadcast) -> (DeliveryState, Option<Reason>) {
    match (broadcast.state, broadcast.hold) {
        (State::Cancelled, _) => (DeliveryState::Refused, Some(Reason::Cancelled)),
        (State::Done, _) | (_, Some(Hold::Expired)) => (DeliveryState::Refused, Some(Reason::Expired)),
        _ => (DeliveryState::Queued, None),
    }
}

/// The id of a place in the ledger: the same place has the same id. UUIDv8 (RFC 9562 §5.8) of its hash.
fn place_id(broadcast: BroadcastId, shard: i64, pos: i64) -> Uuid {
    let digest = Sha256::new()
        .chain_update(broadcast.0.as_bytes())
        .chain_update(shard.to_be_bytes())
        .chain_update(pos.to_be_bytes())
        .finalize();
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

// ---- why --------------------------------------------------------------------------------------------------------

/// Why somebody got something, or did not, and what would happen now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Why {
    /// Newest first, at most 200.
    pub deliveries: Vec<Told>,
    /// Per account: what the guard would say at this moment.
    pub now: Vec<Standing>,
}

/// A delivery with its reason in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Told {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: DeliveryView,
    /// One sentence for staff, when it was refused or failed.
    pub because: Option<&'static str>,
}

/// What the guard would say now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Standing {
    /// The account.
    #[schema(value_type = Uuid)]
    pub channel_id: ChannelId,
    /// 友だち状態; `None` without any tie.
    pub friend: Option<FriendState>,
    /// 種別.
    pub lane: Lane,
    /// Why not, if not.
    pub refused: Option<Reason>,
    /// The same in one sentence, with the name of the condition where it is one.
    pub because: Option<String>,
    /// Waits until, Unix ms.
    pub later: Option<i64>,
}

/// Explains.
///
/// # Errors
/// [`Error::NotFound`] for an unknown contact.
pub fn why(tx: &mut Tx<'_>, catalog: &Catalog, contact: ContactId, now: i64) -> Result<Why> {
    let workspace = catalog.workspace;
    let filter = Filter { contact: Some(contact), ..Filter::default() };
    let mut all = outbox_newest(tx, workspace, contact)?;
    all.extend(ledger_of_contact(tx, workspace, contact, filter.cause)?.into_iter().map(|(_, view)| view));
    all.sort_by_key(|view| std::cmp::Reverse((view.done_at.or(view.fixed_at).unwrap_or(view.due_at), view.id)));
    all.truncate(200);
    let told = |delivery: DeliveryView| Told { because: delivery.reason.map(Reason::sentence), delivery };
    let mut standings = Vec::new();
    for channel in catalog.channels.keys() {
        let mut people = db::people(tx, workspace, *channel, &[contact.0])?;
        if people.is_empty() {
            return Err(Error::NotFound);
        }
        db::add_sends(tx, workspace, catalog.policy.cap_window(now, &catalog.zone), &mut people)?;
        add_excluded(tx, catalog, each(&mut people), now)?;
        let subject = people.get(&contact).map(|person| &person.subject);
        for lane in Lane::ALL {
            let wish = Wish { lane: *lane, not_after: i64::MAX, road: Road::Push };
            let (refused, later) = match judge(&catalog.policy, wish, subject, now, &catalog.zone) {
                Verdict::Go => (None, None),
                Verdict::Later(at) => (None, Some(at)),
                Verdict::Refuse(reason) => (Some(reason), None),
            };
            let friend = subject.and_then(|subject| subject.friend.as_ref()).map(|friend| friend.state);
            standings.push(Standing {
                channel_id: *channel,
                friend,
                lane: *lane,
                refused,
                because: refused.map(|reason| standing_sentence(catalog, reason, subject)),
                later,
            });
        }
    }
    Ok(Why { deliveries: all.into_iter().map(told).collect(), now: standings })
}

fn standing_sentence(catalog: &Catalog, reason: Reason, subject: Option<&Subject>) -> String {
    let group = match subject.and_then(|subject| subject.excluded) {
        Some(Excluded::Group(n)) if reason == Reason::ExcludedGroup => catalog.policy.exclusions.groups.get(n),
        _ => None,
    };
    match group {
        Some(group) => format!("除外の条件「{}」に当てはまるため、販促を控えています。", group.name),
        None => reason.sentence().to_owned(),
    }
}

fn outbox_newest(tx: &mut Tx<'_>, workspace: WorkspaceId, contact: ContactId) -> Result<Vec<DeliveryView>> {
    let filter = Filter { contact: Some(contact), ..Filter::default() };
    let ids = tx.query(NEWEST, &params![workspace, contact], |row| row.get::<Uuid>(0))?;
    let Some(oldest) = ids.last() else { return Ok(Vec::new()) };
    let behind = Uuid::from_u128(oldest.as_u128().saturating_sub(1));
    outbox(tx, workspace, &filter, Some(&[contact]), behind, 200)
}

const NEWEST: &str = "SELECT id FROM deliveries WHERE workspace_id = $1 AND contact_id = $2 ORDER BY id DESC LIMIT 200";
