//! Conversations (個別トーク): what customers write, unread, mark, assignee, waiting time.

pub mod db;
pub mod decide;
pub mod view;

use crate::delivery::ReplyToken;
use crate::ids::{ChannelId, ContactId, EventId, WorkspaceId};

/// A message that came in, as it is kept for the talk page.
#[derive(Clone, Debug, PartialEq)]
pub struct NewMessage {
    /// Tenant.
    pub workspace: WorkspaceId,
    /// Whose talk.
    pub contact: ContactId,
    /// The event it came with.
    pub id: EventId,
    /// On which account.
    pub channel: ChannelId,
    /// When, Unix ms.
    pub at: i64,
    /// LINE's message id.
    pub line_message_id: String,
    /// text, image, …
    pub kind: String,
    /// Words, '' when taken back.
    pub text: String,
    /// LINE's message object as JSON.
    pub body: String,
    /// In a group: who wrote.
    pub sender: Option<String>,
    /// Taken back before it reached us.
    pub unsent_at: Option<i64>,
}

/// A message that was taken back or edited.
#[derive(Clone, Debug, PartialEq)]
pub enum Amendment {
    /// Text and media are erased.
    Unsent {
        /// Tenant.
        workspace: WorkspaceId,
        /// LINE's message id.
        line_message_id: String,
        /// When, Unix ms.
        at: i64,
    },
    /// The words changed; the largest timestamp wins.
    Edited {
        /// Tenant.
        workspace: WorkspaceId,
        /// LINE's message id.
        line_message_id: String,
        /// The new words.
        text: String,
        /// When, Unix ms.
        at: i64,
    },
}

/// The newest unused reply token of a talk, if it still lives at `now`.
pub(crate) fn living(reply: Option<&(String, i64)>, now: i64) -> Option<ReplyToken> {
    reply.filter(|(_, until)| *until > now).map(|(token, until)| ReplyToken { token: token.clone(), until: *until })
}
