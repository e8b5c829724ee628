//! Contacts (友だち / 顧客): one person with identities, friendships, tags, attributes, consent.

pub mod columns;
pub mod db;
pub mod erase;
pub mod export;
pub mod file;
pub mod followers;
pub mod foresee;
pub mod import;
pub mod list;
pub mod listed;
pub mod merge;
pub mod person;
pub mod said;
pub mod saved;
pub mod search;
pub mod view;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ids::{
    AttributeId, ChannelId, ContactId, EnrollmentId, JourneyId, JourneyVersionId, LinkId, ProviderId, TagId, UserId, WorkspaceId,
};

/// How a foreign system names a person. LINE user ids are per provider.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Identity {
    /// LINE user id on a provider.
    Line(ProviderId, String),
    /// LINE group id on a channel: the talk is kept as a contact of kind `group`.
    Group(ChannelId, String),
    /// LINE room id on a channel.
    Room(ChannelId, String),
    /// The shop's own customer id.
    Shop(String),
}

impl Identity {
    /// (kind, scope, value): the key in `identities`.
    pub fn key(&self) -> (&'static str, uuid::Uuid, &str) {
        match self {
            Self::Line(provider, id) => ("line", provider.0, id),
            Self::Group(channel, id) => ("group", channel.0, id),
            Self::Room(channel, id) => ("room", channel.0, id),
            Self::Shop(id) => ("shop", uuid::Uuid::nil(), id),
        }
    }
}

/// What a contact row stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    /// A person.
    Person,
    /// A LINE group talk the account was invited to.
    Group,
    /// A LINE multi-person talk.
    Room,
}

/// 友だち状態: what we know of contact × channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FriendState {
    /// Existed before the channel was connected; LINE has not told.
    Unknown,
    /// Never added the account.
    Never,
    /// A friend now.
    Friend,
    /// Blocked (or removed) the account.
    Blocked,
    /// The LINE account is gone.
    Deleted,
}

/// What a person said about one purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Agreed, or withdrew.
    pub granted: bool,
    /// How we know: the word of an event's source.
    pub source: String,
    /// When, Unix ms.
    pub at: i64,
}

/// What a person agrees to, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// 販促のお知らせ.
    Marketing,
    /// 行動の分析: who opened what is written down with the person's name, and used for what they hear.
    Analysis,
}
crate::column::column_words!(Purpose { Marketing => "marketing", Analysis => "analysis" });

/// One friendship.
#[derive(Clone, Debug, PartialEq)]
pub struct Friendship {
    /// LINE user id as this channel's provider knows it.
    pub user_id: String,
    /// The state.
    pub state: FriendState,
    /// LINE's timestamp of the event that decided the state (largest wins), Unix ms.
    pub changed_at: i64,
    /// When the present friendship began.
    pub friend_since: Option<i64>,
    /// Where the friend came from.
    pub source: Option<String>,
}

/// A value of a 友だち情報欄.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributeValue {
    /// Canonical text: what is shown and compared for equality.
    pub text: String,
    /// Numbers; dates as days since 1970-01-01; datetimes as ms: what order compares.
    pub number: Option<f64>,
}

/// The handling state and unread count of one talk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Talk {
    /// Messages staff have not seen.
    pub unread: i64,
    /// 対応マーク.
    pub mark: String,
    /// Who takes care.
    pub assignee: Option<UserId>,
    /// Unix ms of the newest message; 0 before the first.
    pub last_at: i64,
    /// First line of the newest message.
    pub last_text: String,
    /// Since when the customer waits for an answer.
    pub waiting_since: Option<i64>,
    /// The newest unused reply token and how long it is good (Unix ms).
    pub reply: Option<(String, i64)>,
    /// LINE's token to mark the talk as read.
    pub read_token: Option<String>,
    /// When the person last wrote or tapped (a non-friend may be pushed for 7 days).
    pub wrote_at: Option<i64>,
}

/// State of one walk through a journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnrollmentState {
    /// Walking or waiting.
    Active,
    /// Came to the end.
    Done,
    /// Reached the goal.
    Goal,
    /// Left by an exit, by staff or by block.
    Exited,
    /// Stopped by an error that is shown.
    Failed,
}

/// One contact's walk.
#[derive(Clone, Debug, PartialEq)]
pub struct Enrollment {
    /// Its id.
    pub id: EnrollmentId,
    /// The journey.
    pub journey: JourneyId,
    /// The published graph it walks on.
    pub version: JourneyVersionId,
    /// '' or what it is about (an order, a cart).
    pub key: String,
    /// Its state.
    pub state: EnrollmentState,
    /// The node it stands on.
    pub node: String,
    /// When it goes on, Unix ms; None while it waits for an event or has ended.
    pub due_at: Option<i64>,
    /// Nodes visited so far (bounded against loops).
    pub steps: i64,
    /// Values from the trigger, for conditions and variables.
    pub context: serde_json::Map<String, serde_json::Value>,
    /// Why it ended.
    pub reason: Option<String>,
    /// When it began, Unix ms.
    pub entered_at: i64,
}

/// All that decisions may know of one contact. Loaded in sets, changed in memory, written back by difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    /// Tenant.
    pub workspace: WorkspaceId,
    /// Id.
    pub id: ContactId,
    /// Shard, see [`crate::ids::shard_of`].
    pub shard: i64,
    /// Person or group talk.
    pub kind: ContactKind,
    /// LINE display name or what staff entered.
    pub display_name: Option<String>,
    /// Picture URL from the profile.
    pub picture_url: Option<String>,
    /// BCP 47 language from the profile.
    pub language: Option<String>,
    /// LINE's status message.
    pub status_message: Option<String>,
    /// When LINE's profile was last read, Unix ms.
    pub profile_at: Option<i64>,
    /// Staff's memo.
    pub memo: String,
    /// A member of staff: excluded from marketing.
    pub staff: bool,
    /// Agreed to be written to (marketing), on any account.
    pub consent: bool,
    /// What the person said about marketing, per account; the nil account stands for all of them.
    pub consents: BTreeMap<ChannelId, Consent>,
    /// What the person said about [`Purpose::Analysis`]; `None`: nothing.
    pub analysis: Option<Consent>,
    /// Created, Unix ms.
    pub created_at: i64,
    /// LINE's names of the contact: user id by provider, group or room id by channel.
    pub line_ids: BTreeMap<uuid::Uuid, String>,
    /// Per channel.
    pub friendships: BTreeMap<ChannelId, Friendship>,
    /// Labels.
    pub tags: BTreeSet<TagId>,
    /// Fields.
    pub attributes: BTreeMap<AttributeId, AttributeValue>,
    /// Walks: all active ones and the newest ended one per journey and key.
    pub enrollments: Vec<Enrollment>,
    /// Talks per channel.
    pub talks: BTreeMap<ChannelId, Talk>,
    /// Links opened, the last time of each link and sender. Loaded only where a condition may ask for it.
    pub clicks: Vec<Opened>,
}

/// A person opened a link that something had sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Which.
    pub link: LinkId,
    /// What had sent it; nil when unknown.
    pub cause: uuid::Uuid,
    /// The last time, Unix ms.
    pub last_at: i64,
}

impl Contact {
    /// Whether what this person opens may be written down with their name: until they say no.
    pub fn is_analysed(&self) -> bool {
        self.analysis.as_ref().is_none_or(|said| said.granted)
    }

    /// Whether the contact is known as a friend of this channel.
    pub fn is_friend_of(&self, channel: ChannelId) -> bool {
        self.friendships.get(&channel).is_some_and(|friendship| friendship.state == FriendState::Friend)
    }

    /// Where a message on this channel is addressed: the user, group or room id LINE knows there.
    pub fn talk_id(&self, channel: &crate::workspace::Channel) -> Option<&str> {
        let scope = match self.kind {
            ContactKind::Person => channel.provider.0,
            ContactKind::Group | ContactKind::Room => channel.id.0,
        };
        self.line_ids.get(&scope).map(String::as_str)
    }
}

/// A wish to change a contact, by staff, import, API or action. Always arrives as an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum ContactChange {
    /// Adds a tag.
    TagAdd {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        tag: TagId,
    },
    /// Removes a tag.
    TagRemove {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        tag: TagId,
    },
    /// Sets a field; `None` clears it.
    Attribute {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        attribute: AttributeId,
        /// Text as staff type it; checked against the field's type before it becomes an event.
        value: Option<String>,
    },
    /// Sets the memo.
    Memo {
        /// Text.
        text: String,
    },
    /// Sets the shown name.
    DisplayName {
        /// Name.
        name: String,
    },
    /// Marks as a member of staff (excluded from marketing).
    Staff {
        /// Whether.
        staff: bool,
    },
    /// Gives or withdraws consent to marketing.
    Consent {
        /// Whether.
        granted: bool,
        /// On this account only; on all of them when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<uuid::Uuid>)]
        channel: Option<ChannelId>,
    },
    /// Gives or withdraws consent to [`Purpose::Analysis`].
    Analysis {
        /// Whether.
        granted: bool,
    },
    /// LINE's profile was read.
    Profile {
        /// Display name.
        display_name: String,
        /// Picture.
        picture_url: Option<String>,
        /// Language.
        language: Option<String>,
        /// Status message.
        status_message: Option<String>,
    },
    /// 対応マーク of a talk.
    Mark {
        /// The channel.
        #[schema(value_type = uuid::Uuid)]
        channel: ChannelId,
        /// The mark's name; '' clears.
        mark: String,
    },
    /// Who takes care of a talk.
    Assign {
        /// The channel.
        #[schema(value_type = uuid::Uuid)]
        channel: ChannelId,
        /// The member of staff.
        #[schema(value_type = Option<uuid::Uuid>)]
        user: Option<UserId>,
    },
    /// Staff have read the talk.
    Read {
        /// The channel.
        #[schema(value_type = uuid::Uuid)]
        channel: ChannelId,
    },
}

crate::column::column_words!(ContactKind { Person => "person", Group => "group", Room => "room" });
crate::column::column_words!(FriendState {
    Unknown => "unknown", Never => "never", Friend => "friend", Blocked => "blocked", Deleted => "deleted",
});
crate::column::column_words!(EnrollmentState {
    Active => "active", Done => "done", Goal => "goal", Exited => "exited", Failed => "failed",
});
