//! What the talk pages show.

use store::{Row, Tx, params};
use uuid::Uuid;

use crate::ids::{ChannelId, ContactId, UserId, WorkspaceId};
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
    "SELECT m.id, m.at, m.direction, m.kind, m.text, m.body, m.sender, m.media, m.unsent_at, m.edited_at, d.state, d.reason
  FROM messages m LEFT JOIN deliveries d ON d.workspace_id = m.workspace_id AND d.id = m.id
  WHERE m.workspace_id = $1 AND m.contact_id = $2 AND m.channel_id = $3 AND m.id < $4 ORDER BY m.id DESC LIMIT $5";
const MESSAGE: &str =
    "SELECT m.id, m.at, m.direction, m.kind, m.text, m.body, m.sender, m.media, m.unsent_at, m.edited_at, NULL, NULL
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

/// One message of a talk.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
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
}

fn message(row: &Row<'_>) -> store::Result<Message> {
    let (state, reason): (Option<String>, Option<String>) = (row.get(10)?, row.get(11)?);
    Ok(Message {
        id: row.get(0)?,
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
    })
}

/// Messages of a talk, newest first, below `before`.
///
/// # Errors
/// The database's.
pub fn messages(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    channel: ChannelId,
    contact: ContactId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Message>> {
    let before = before.unwrap_or(Uuid::max());
    Ok(tx.query(MESSAGES, &params![workspace, contact, channel, before, limit], message)?)
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
