//! Workspaces (ワークスペース), providers and channels (LINEアカウント), and the catalog of what staff defined.

mod catalog;
pub mod checklist;
mod connect;
pub(crate) mod db;
mod fields;
pub mod provider_check;
pub mod settings;
mod tokens;
pub mod usage;
mod vault;
pub mod view;

pub use catalog::{Catalog, Catalogs};
pub(crate) use connect::text;
pub use connect::{
    ChannelEdit, NewChannel, add_channel, add_workspace, list_channels, list_workspaces, mark_demo, release_channel,
    stop_channel, update_channel,
};
pub use fields::{
    add_attribute, add_tag, attribute_value, delete_attribute, delete_tag, list_attributes, list_tags, rename_tag,
    update_attribute,
};
pub use settings::{Kept, kept, set_setting, setting};
pub use tokens::Tokens;
pub use vault::{Vault, check_key};

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::ids::{AttributeId, ChannelId, ProviderId, TagId, TaskId, WorkspaceId};

/// Whether the channel's webhook comes to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The webhook comes to Enishi.
    Full,
    /// 並走: the webhook comes to Enishi, which hands every body on to another tool.
    Parallel,
    /// 送信のみ: the webhook stays with another tool.
    SendOnly,
}
crate::column::column_words!(Mode { Full => "full", Parallel => "parallel", SendOnly => "send_only" });

impl Mode {
    /// Whether LINE sends its webhooks to us.
    pub const fn receives(self) -> bool {
        matches!(self, Self::Full | Self::Parallel)
    }
}

/// One LINE Official Account. Secrets never print.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Tenant.
    pub workspace: WorkspaceId,
    /// Our id: the webhook path ends with it.
    pub id: ChannelId,
    /// Scope of LINE user ids.
    pub provider: ProviderId,
    /// As staff named it.
    pub name: String,
    /// Its colour on every screen, `#rrggbb`.
    pub color: String,
    /// LINE's channel id.
    pub line_channel_id: String,
    /// Channel secrets: the present one first, during a rotation also the old one.
    pub secrets: Vec<SecretString>,
    /// A long-lived token, when staff gave one; otherwise stateless tokens are issued.
    pub token: Option<SecretString>,
    /// Whether webhooks come here.
    pub mode: Mode,
    /// The account's own LINE user id (`destination` of webhooks).
    pub bot_user_id: Option<String>,
    /// @id.
    pub basic_id: Option<String>,
    /// LINE's display name of the account.
    pub display_name: Option<String>,
    /// Icon.
    pub picture_url: Option<String>,
    /// 非常停止 since, Unix ms.
    pub stopped_at: Option<i64>,
    /// Percent of the quota kept back for transactional and promised.
    pub reserve_percent: i64,
    /// Connected, Unix ms.
    pub created_at: i64,
    /// The webhook address that LINE had before ours.
    pub previous_webhook: Option<String>,
    /// To whom received bodies are handed on.
    pub forward: Option<crate::reception::Forward>,
    /// When staff chose where webhooks go, Unix ms.
    pub reception_at: Option<i64>,
    /// The latest fetch of existing friends.
    pub followers_task: Option<TaskId>,
}

/// A label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Tag {
    /// Id.
    #[schema(value_type = uuid::Uuid)]
    pub id: TagId,
    /// Name, unique in the workspace.
    pub name: String,
    /// Folder, '' for none.
    pub folder: String,
}

/// The type of a 友だち情報欄.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttributeType {
    /// Free text.
    Text,
    /// A decimal number.
    Number,
    /// A day, `yyyy-MM-dd`.
    Date,
    /// An instant, RFC 3339.
    Datetime,
    /// One of the options.
    Choice,
    /// Yes or no.
    Yesno,
}
crate::column::column_words!(AttributeType {
    Text => "text", Number => "number", Date => "date", Datetime => "datetime", Choice => "choice", Yesno => "yesno",
});

/// A typed field of contacts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Attribute {
    /// Id.
    #[schema(value_type = uuid::Uuid)]
    pub id: AttributeId,
    /// Key in templates and files, `[a-z0-9_]`, unique.
    pub key: String,
    /// What staff see.
    pub label: String,
    /// Type.
    #[serde(rename = "type")]
    pub ty: AttributeType,
    /// Options of a choice.
    pub options: Vec<String>,
    /// Folder, '' for none.
    pub folder: String,
}
