//! Who may do what: staff, their roles and sessions, API tokens, and the audit log of what they did.
//!
//! Users and sessions are global, because one person may work for several workspaces; a membership ties both.
//! Session and token secrets are stored as SHA-256 only. Their times are machine times: a simulated clock must
//! not log anybody out.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::column::column_words;
use crate::ids::{AuditId, TokenId, UserId, WorkspaceId};

pub mod audit;
pub mod db;
pub mod decide;
pub mod passkey;
pub mod second;
pub mod secret;
pub mod setup;
pub mod staff;

/// What a member of staff is to a workspace. Ordered: a greater role may all that a lesser one may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks.
    Viewer,
    /// Answers customers.
    Operator,
    /// Designs and sends.
    Marketer,
    /// Connects accounts and appoints staff.
    Owner,
}
column_words!(Role { Viewer => "viewer", Operator => "operator", Marketer => "marketer", Owner => "owner" });

/// What a route asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// To look at everything but staff.
    Read,
    /// To write to a customer in the talk, and to handle talks.
    Talk,
    /// To edit contacts.
    EditContacts,
    /// To report events of the shop.
    SendEvents,
    /// 非常停止.
    StopChannel,
    /// To import contacts.
    Import,
    /// To take contacts out as a file.
    Export,
    /// To change tags, fields, segments, templates, rules, journeys and links.
    Define,
    /// To send to many, and what amounts to it: test sends, enrolments, releasing a stop, replays.
    SendBroadcast,
    /// To change the workspace and its channels.
    Settings,
    /// To appoint staff, issue tokens and read the audit log.
    Staff,
}
column_words!(Permission {
    Read => "read", Talk => "talk", EditContacts => "edit_contacts", SendEvents => "send_events",
    StopChannel => "stop_channel", Import => "import", Export => "export", Define => "define", SendBroadcast => "send_broadcast",
    Settings => "settings", Staff => "staff",
});

/// What an API token is limited to, below its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Scope {
    /// Reading.
    #[serde(rename = "read")]
    Read,
    /// Talks.
    #[serde(rename = "messages:send")]
    MessagesSend,
    /// Contacts and their import.
    #[serde(rename = "contacts:write")]
    ContactsWrite,
    /// Events.
    #[serde(rename = "events:write")]
    EventsWrite,
    /// 非常停止.
    #[serde(rename = "channels:stop")]
    ChannelsStop,
    /// Definitions.
    #[serde(rename = "definitions:write")]
    DefinitionsWrite,
    /// Sending to many.
    #[serde(rename = "broadcasts:send")]
    BroadcastsSend,
    /// Workspace and channels.
    #[serde(rename = "settings:write")]
    SettingsWrite,
    /// Staff, tokens, audit log.
    #[serde(rename = "staff:write")]
    StaffWrite,
}
column_words!(Scope {
    Read => "read", MessagesSend => "messages:send", ContactsWrite => "contacts:write", EventsWrite => "events:write",
    ChannelsStop => "channels:stop", DefinitionsWrite => "definitions:write", BroadcastsSend => "broadcasts:send",
    SettingsWrite => "settings:write", StaffWrite => "staff:write",
});

/// What a caller was granted: a role, and for a token possibly less than the role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The scopes of a token; `None` limits nothing below the role.
    pub scopes: Option<BTreeSet<Scope>>,
}

/// Who did something. Stored in the audit log as `kind:id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A member of staff.
    User(UserId),
    /// An API token.
    Token(TokenId),
    /// Somebody at the server's command line.
    Cli,
    /// Enishi itself.
    System,
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Token(id) => write!(f, "token:{id}"),
            Self::Cli => f.write_str("cli"),
            Self::System => f.write_str("system"),
        }
    }
}

impl std::str::FromStr for Actor {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match text.split_once(':') {
            Some(("user", id)) => id.parse().map(Self::User).map_err(drop),
            Some(("token", id)) => id.parse().map(Self::Token).map_err(drop),
            None if text == "cli" => Ok(Self::Cli),
            None if text == "system" => Ok(Self::System),
            _ => Err(()),
        }
    }
}

/// A person who may log in.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Lower-case address, the login name.
    pub email: String,
    /// Shown name.
    pub name: String,
    /// What is stored in place of the password, see [`Password`].
    pub password: Password,
    /// When the account was disabled, Unix ms.
    pub disabled_at: Option<i64>,
}

/// The stored side of a password: a scheme, and what the scheme needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Password {
    /// A PHC string of Argon2id.
    Hash(String),
    /// Invited and not yet come: SHA-256 of the invitation's secret, and until when it is good (Unix ms).
    Invited {
        /// Lower-case hex.
        secret_hash: String,
        /// Unix ms.
        until: i64,
    },
}

/// A member of a workspace as the staff page lists it.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The person.
    pub id: UserId,
    /// Login name.
    pub email: String,
    /// Shown name.
    pub name: String,
    /// Role here.
    pub role: Role,
    /// Whether the person can log in now.
    pub state: MemberState,
    /// Whether a second step is asked of them at the door.
    pub second_step: bool,
    /// Member since, Unix ms.
    pub created_at: i64,
}

/// Whether a member can log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberState {
    /// Yes.
    Active,
    /// Has not accepted the invitation yet.
    Invited,
    /// No longer.
    Disabled,
}

/// A workspace a person may work in.
#[derive(Clone, Debug, PartialEq)]
pub struct Desk {
    /// Which.
    pub workspace: WorkspaceId,
    /// Its name.
    pub name: String,
    /// The person's role there.
    pub role: Role,
}

/// Whoever showed a good session cookie.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionCaller {
    /// The person.
    pub user: UserId,
    /// Where they work now.
    pub workspace: WorkspaceId,
    /// Their role there.
    pub role: Role,
    /// When the session was last noted as used, machine ms.
    pub seen_at: i64,
    /// The workspace asks a second step of everybody, and this person has none yet.
    pub owes_second_step: bool,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionEntry {
    /// SHA-256 of the cookie's secret.
    pub token_hash: [u8; 32],
    /// The browser's own name for itself.
    pub agent: String,
    /// Machine ms.
    pub created_at: i64,
    /// Machine ms, noted every [`TOUCH_MS`] at most.
    pub seen_at: i64,
}

/// Whoever showed a good API token.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenCaller {
    /// The token.
    pub token: TokenId,
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// What it may.
    pub grant: Grant,
    /// When its use was last noted, machine ms.
    pub used_at: Option<i64>,
}

/// An API token as the list shows it; its secret is known to nobody.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiToken {
    /// Id.
    pub id: TokenId,
    /// What staff call it.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Scopes; empty limits nothing below the role.
    pub scopes: BTreeSet<Scope>,
    /// Issued, Unix ms.
    pub created_at: i64,
    /// Last use (noted every five minutes at most), Unix ms.
    pub used_at: Option<i64>,
    /// Revoked, Unix ms.
    pub revoked_at: Option<i64>,
}

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// Id, in order of time.
    pub id: AuditId,
    /// When, Unix ms.
    pub at: i64,
    /// Who, as `kind:id`.
    pub actor: String,
    /// What was done, e.g. `broadcast.confirm`.
    pub action: String,
    /// To what: an id, or ''.
    pub object: String,
    /// JSON: what changed. Never a secret.
    pub detail: String,
}

/// How long a session lives without use (machine ms).
pub const SESSION_IDLE_MS: i64 = 14 * 24 * 3_600_000;
/// How long an invitation is good (machine ms).
pub const INVITATION_MS: i64 = 7 * 24 * 3_600_000;
/// Uses of sessions and tokens are noted at most this often (machine ms), so that reading does not write.
pub const TOUCH_MS: i64 = 5 * 60_000;
