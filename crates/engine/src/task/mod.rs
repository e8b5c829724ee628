//! Tasks (作業): work that needs I/O of its own. One table, one claim; each kind is declared repeatable, keyed or once.

pub mod db;
mod kinds;
mod line_insight;
mod link_check;
pub(crate) mod outbound;
mod run;
mod shop_call;

pub use db::{Ending, Task};
pub(crate) use kinds::channel;
pub use outbound::Reach;
pub(crate) use run::Trouble;
pub use run::turn;
pub(crate) use shop_call::post;

use serde::{Deserialize, Serialize};

use crate::ids::{TaskId, WorkspaceId};

/// What kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// Reads a LINE profile. Keyed by contact, repeatable.
    Profile,
    /// Downloads a picture, video, sound or file that a customer sent. Keyed by message, repeatable.
    Content,
    /// Links or unlinks a contact's rich menu. Keyed by contact; the newest wins.
    RichMenu,
    /// Calls a URL of the shop, signed. Repeatable (the receiver gets an id to recognise a repetition).
    Webhook,
    /// Reads the month's quota and consumption. Keyed by channel, repeatable; the regular look comes again by itself.
    Quota,
    /// Fetches the ids of existing friends (verified accounts). Keyed by channel, repeatable.
    Followers,
    /// Marks a talk as read in LINE. Keyed by contact, repeatable.
    MarkRead,
    /// Reads a contact file. Once.
    Import,
    /// Hands a webhook body on to the old tool. Repeatable (the receiver knows LINE's events by their ids).
    Forward,
    /// Looks whether an address in a message answers. Keyed by address, repeatable.
    LinkCheck,
    /// Asks LINE what stands with a coupon in a message. Keyed by account and coupon, repeatable.
    CouponCheck,
    /// Reads LINE's figures of a broadcast. Keyed by broadcast, repeatable; comes again until LINE counts no more.
    Insight,
    /// Does one thing to many contacts. Goes on where it stood.
    Bulk,
    /// Drops what an erased contact left. Repeatable.
    Erase,
    /// Writes everything of the workspace into one archive. Repeatable: begun again, it replaces the file.
    Takeout,
    /// Tells one target of one notice. Keyed by both; repeatable where the receiver recognises a repetition.
    Notice,
    /// Copies the whole installation. Repeatable: begun again, it makes another folder.
    Backup,
    /// Looks what staff must hear of, and keeps months that are over. One per workspace, comes again by itself.
    Watch,
}
crate::column::column_words!(TaskKind {
    Profile => "profile", Content => "content", RichMenu => "rich_menu", Webhook => "webhook", Quota => "quota",
    Followers => "followers", MarkRead => "mark_read", Import => "import", Forward => "forward",
    LinkCheck => "link_check", CouponCheck => "coupon_check", Insight => "insight", Bulk => "bulk", Erase => "erase",
    Takeout => "takeout", Backup => "backup", Notice => "notice", Watch => "watch",
});

impl TaskKind {
    /// Whether a second wish under the same key takes the place of an open one, instead of being the same.
    #[must_use]
    pub const fn newest_wins(self) -> bool {
        matches!(self, Self::RichMenu)
    }
}

/// A task to be queued, in the transaction that decided it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewTask {
    /// Its id.
    pub id: TaskId,
    /// Tenant.
    pub workspace: WorkspaceId,
    /// Kind.
    pub kind: TaskKind,
    /// '' or the key: a second open task of the same kind and key is not made ([`TaskKind::newest_wins`]).
    pub key: String,
    /// What the kind needs, as JSON.
    pub payload: serde_json::Value,
    /// From when, Unix ms.
    pub due_at: i64,
}
