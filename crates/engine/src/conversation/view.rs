//! What the talk pages show.

use std::cmp::{Ordering, Reverse};

use serde::{Deserialize, Serialize};
use store::{Row, Tx, params};
use uuid::Uuid;

use super::said;
use crate::ids::{BroadcastId, ChannelId, ContactId, UserId, WorkspaceId, instant_of};
use crate::workspace::Catalogs;
use crate::{Error, Result};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[PAGE, FIND, MESSAGES, MESSAGE, MARKS];

const PAGE: &str =
    "SELECT t.channel_id, t.contact_id, t.unread, t.mark, t.assignee, t.last_at, t.last_text, t.waiting_since, t.reply_until,
    c.display_name, c.picture_url, c.kind
  FROM conversations t JOIN contacts c ON c.workspace_id = t.workspace_id AND c.id = t.contact_id
  WHERE t.workspace_id = $1 AND (t.last_at < $2 OR (t.last_at = $2 AND t.contact_id < $3))
    AND ($4 = 0 OR t.channel_id = $5) AND ($6 = 0 OR t.mark = $7) AND ($8 = 0 OR t.assignee = $9) AND ($10 = 0 OR t.unread > 0)
    AND (t.last_at > 0 OR t.mark <> '' OR t.assignee IS NOT NULL)
  ORDER BY t.last_at DESC, t.contact_id DESC LIMIT $11";
const FIND: &str =
    "SELECT t.channel_id, t.contact_id, t.unread, t.mark, t.assignee, t.last_at, t.last_text, t.waiting_since, t.reply_until,
    c.display_name, c.picture_url, c.kind
  FROM conversations t JOIN contacts c ON c.workspace_id = t.workspace_id AND c.id = t.contact_id
  WHERE t.workspace_id = $1 AND t.channel_id = $2 AND t.contact_id = $3";
const MESSAGES: &str =
    "SELECT m.id, m.at, m.direction, m.kind, m.text, m.body, m.sender, m.media, m.unsent_at, m.edited_at, d.state, d.reason, b.id, b.name
  FROM messages m LEFT JOIN deliveries d ON d.workspace_id = m.workspace_id AND d.id = m.id
  LEFT JOIN broadcasts b ON d.cause_kind = 'broadcast' AND b.workspace_id = d.workspace_id AND b.id = d.cause_id
  WHERE m.workspace_id = $1 AND m.contact_id = $2 AND m.channel_id = $3 AND m.id < $4 ORDER BY m.id DESC LIMIT $5";
const MESSAGE: &str =
    "SELECT m.id, m.at, m.direction, m.kind, m.text, m.body, m.sender, m.media, m.unsent_at, m.edited_at, NULL, NULL, NULL, NULL
  FROM messages m WHERE m.workspace_id = $1 AND m.contact_id = $2 AND m.id = $3";
const MARKS: &str = "SELECT mark, COUNT(*) FROM conversations WHERE workspace_id = $1 AND mark <> '' GROUP BY mark ORDER BY mark";

/// One talk.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    /// On which account.
    pub channel: ChannelId,
    /// With whom.
    pub contact: ContactId,
    /// Messages staff have not seen.
    pub unread: i64,
    /// 対応マーク.
    pub mark: String,
    /// Who takes care.
    pub assignee: Option<UserId>,
    /// Newest message, Unix ms.
    pub last_at: i64,
    /// Its first line.
    pub last_text: String,
    /// Since when the customer waits, Unix ms.
    pub waiting_since: Option<i64>,
    /// Until when an answer is free, Unix ms.
    pub reply_until: Option<i64>,
    /// The contact's name.
    pub display_name: Option<String>,
    /// The contact's picture.
    pub picture_url: Option<String>,
    /// person, group or room.
    pub kind: String,
}

fn conversation(row: &Row<'_>) -> store::Result<Conversation> {
    Ok(Conversation {
        channel: row.get(0)?,
        contact: row.get(1)?,
        unread: row.get(2)?,
        mark: row.get(3)?,
        assignee: row.get(4)?,
        last_at: row.get(5)?,
        last_text: row.get(6)?,
        waiting_since: row.get(7)?,
        reply_until: row.get(8)?,
        display_name: row.get(9)?,
        picture_url: row.get(10)?,
        kind: row.get(11)?,
    })
}

/// Which talks.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// On this account.
    pub channel: Option<ChannelId>,
    /// With this mark.
    pub mark: Option<String>,
    /// Of this member of staff.
    pub assignee: Option<UserId>,
    /// With unread messages.
    pub unread: bool,
}

/// A page, the newest message first, after the talk that stands at `after` (`last_at`, contact).
///
/// # Errors
/// The database's.
pub fn page(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    filter: &Filter,
    after: Option<(i64, ContactId)>,
    limit: i64,
) -> Result<Vec<Conversation>> {
    let (last_at, contact) = after.unwrap_or((i64::MAX, ContactId(Uuid::max())));
    let row = params![
        workspace,
        last_at,
        contact,
        i64::from(filter.channel.is_some()),
        filter.channel.map_or(Uuid::nil(), |id| id.0),
        i64::from(filter.mark.is_some()),
        filter.mark.as_deref().unwrap_or(""),
        i64::from(filter.assignee.is_some()),
        filter.assignee.map_or(Uuid::nil(), |id| id.0),
        i64::from(filter.unread),
        limit
    ];
    Ok(tx.query(PAGE, &row, conversation)?)
}

/// One talk.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId, contact: ContactId) -> Result<Conversation> {
    tx.query_opt(FIND, &params![workspace, channel, contact], conversation)?.ok_or(Error::NotFound)
}

/// Where things of a talk are read from; at one instant they stand in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Stream {
    /// Broadcasts that LINE did not take for this contact.
    Failed,
    /// Broadcasts.
    Broadcast,
    /// What either side said.
    Message,
}

/// The place of a message in its talk: an order over all streams, so that a page ends where the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Unix ms.
    pub at: i64,
    /// Where it is read from.
    pub stream: Stream,
    /// Its id there.
    pub id: Uuid,
}

impl Place {
    /// Behind everything.
    const END: Self = Self { at: i64::MAX, stream: Stream::Message, id: Uuid::max() };

    /// What of a stream stands before this place: everything below this instant and id.
    pub(super) fn bound(self, stream: Stream) -> (i64, Uuid) {
        match stream.cmp(&self.stream) {
            Ordering::Less => (self.at, Uuid::max()),
            Ordering::Equal => (self.at, self.id),
            Ordering::Greater => (self.at, Uuid::nil()),
        }
    }
}

/// One message of a talk.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Where it stands.
    pub place: Place,
    /// The event's or the delivery's id, in order of time.
    pub id: Uuid,
    /// Unix ms.
    pub at: i64,
    /// in or out.
    pub direction: String,
    /// text, image, …
    pub kind: String,
    /// Words.
    pub text: String,
    /// LINE's JSON.
    pub body: String,
    /// In a group: who wrote; outward: who of the staff.
    pub sender: Option<String>,
    /// Where the kept file is.
    pub media: Option<String>,
    /// Taken back, Unix ms.
    pub unsent_at: Option<i64>,
    /// Edited, Unix ms.
    pub edited_at: Option<i64>,
    /// What became of it, outward: state and reason.
    pub delivery: Option<(String, Option<String>)>,
    /// The broadcast that said it, and its name.
    pub broadcast: Option<(BroadcastId, String)>,
}

fn message(row: &Row<'_>) -> store::Result<Message> {
    let (state, reason): (Option<String>, Option<String>) = (row.get(10)?, row.get(11)?);
    let id = row.get(0)?;
    let (broadcast, name): (Option<BroadcastId>, Option<String>) = (row.get(12)?, row.get(13)?);
    Ok(Message {
        place: Place { at: i64::try_from(instant_of(id)).unwrap_or(0), stream: Stream::Message, id },
        id,
        at: row.get(1)?,
        direction: row.get(2)?,
        kind: row.get(3)?,
        text: row.get(4)?,
        body: row.get(5)?,
        sender: row.get(6)?,
        media: row.get(7)?,
        unsent_at: row.get(8)?,
        edited_at: row.get(9)?,
        delivery: state.map(|state| (state, reason)),
        broadcast: broadcast.zip(name),
    })
}

/// Messages of a talk, broadcasts among them, newest first, below `before`.
///
/// # Errors
/// The database's.
pub fn messages(
    tx: &mut Tx<'_>,
    catalogs: &Catalogs,
    workspace: WorkspaceId,
    (channel, contact): (ChannelId, ContactId),
    before: Option<Place>,
    limit: i64,
) -> Result<Vec<Message>> {
    let catalog = catalogs.get(tx, workspace)?;
    let before = before.unwrap_or(Place::END);
    let key = params![workspace, contact, channel, first_behind(before.bound(Stream::Message)), limit];
    let mut messages = tx.query(MESSAGES, &key, message)?;
    messages.extend(said::said(tx, catalogs, &catalog, (channel, contact), before, limit)?);
    messages.sort_by_key(|message| Reverse(message.place));
    messages.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(messages)
}

/// An id of a message begins with its instant, so that one bound holds both.
fn first_behind((at, id): (i64, Uuid)) -> Uuid {
    let instant = u128::try_from(at).unwrap_or(0).min((1 << 48) - 1) << 80;
    if id.is_nil() { Uuid::from_u128(instant) } else { id }
}

/// One message.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find_message(tx: &mut Tx<'_>, workspace: WorkspaceId, contact: ContactId, id: Uuid) -> Result<Message> {
    tx.query_opt(MESSAGE, &params![workspace, contact, id], message)?.ok_or(Error::NotFound)
}

/// The marks in use, and how many talks carry each.
///
/// # Errors
/// The database's.
pub fn marks(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Vec<(String, i64)>> {
    Ok(tx.query(MARKS, &params![workspace], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the statements compare, for every stream.
    fn stands_below(place: Place, before: Place) -> bool {
        let (at, id) = before.bound(place.stream);
        match place.stream {
            Stream::Message => place.id < first_behind((at, id)),
            Stream::Failed | Stream::Broadcast => place.at <= at && (place.at < at || place.id < id),
        }
    }

    #[test]
    fn a_page_begins_where_the_one_before_it_ended_also_at_one_instant() {
        let id = |at: i64, n: u128| Uuid::from_u128((u128::try_from(at).unwrap() << 80) | n);
        let mut places = Vec::new();
        for at in [1_000, 1_001] {
            for n in 1..3 {
                // A broadcast's and a request's id tell another time than that of the sending.
                places.push(Place { at, stream: Stream::Failed, id: id(9_000 - at, n) });
                places.push(Place { at, stream: Stream::Broadcast, id: id(500, n) });
                places.push(Place { at, stream: Stream::Message, id: id(at, n) });
            }
        }
        for before in &places {
            for place in &places {
                assert_eq!(stands_below(*place, *before), place < before, "{place:?} {before:?}");
            }
        }
        assert!(places.iter().all(|place| stands_below(*place, Place::END)));
    }
}
