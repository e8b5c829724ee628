//! Conversations (個別トーク): what customers write, unread, mark, assignee, waiting time.

pub mod db;
pub mod decide;
pub mod said;
pub mod view;

use uuid::Uuid;

use crate::delivery::ReplyToken;
use crate::ids::{ChannelId, ContactId, WorkspaceId};

/// Who speaks to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The customer to us.
    In,
    /// We to the customer.
    Out,
}

/// A message as it is kept for the talk page. A broadcast's stand in its ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct NewMessage {
    /// Tenant.
    pub workspace: WorkspaceId,
    /// Whose talk.
    pub contact: ContactId,
    /// The event it came with, or the delivery it goes with.
    pub id: Uuid,
    /// On which account.
    pub channel: ChannelId,
    /// When, Unix ms.
    pub at: i64,
    /// Who speaks.
    pub direction: Direction,
    /// LINE's message id, inward.
    pub line_message_id: Option<String>,
    /// text, image, …
    pub kind: String,
    /// Words, '' when taken back.
    pub text: String,
    /// LINE's message object as JSON; outward an array of them.
    pub body: String,
    /// In a group: who wrote. Outward: who of the staff.
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
