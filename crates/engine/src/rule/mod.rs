//! Rules (自動応答): when this message, postback or follow comes, run these actions. Exactly one rule answers.

mod check;
pub mod db;
mod decide;
mod hours;
mod shadow;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::contact::import::Start;
use crate::event::{Event, EventKind};
use crate::ids::{ChannelId, LinkId, RuleId};

pub use crate::text::fold;
pub use check::{MAX_ACTIONS, MAX_PATTERN, MAX_WORD, MAX_WORDS, action_problems};
pub use decide::{Rules, Verdict, Why};
pub use hours::{ClockTime, Hours, Range, Side, Weekday};
pub use shadow::{Shadow, shadows};

/// One automatic answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Id.
    #[schema(value_type = uuid::Uuid)]
    pub id: RuleId,
    /// Only on this account; `None`: on all.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub channel: Option<ChannelId>,
    /// As staff named it.
    pub name: String,
    /// When.
    pub trigger: Trigger,
    /// Only at these hours.
    #[serde(default)]
    pub hours: Option<Hours>,
    /// What then, in order.
    pub actions: Vec<Action>,
    /// Of several rules that match, the largest answers; of equals the older. `any_message` always comes last.
    #[serde(default)]
    pub priority: i64,
    /// Whether it answers at all.
    pub enabled: bool,
}

/// What a rule waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "on", rename_all = "snake_case", deny_unknown_fields)]
pub enum Trigger {
    /// あいさつ: added the account for the first time.
    Follow {},
    /// Came back after a block.
    Unblock {},
    /// Wrote a text with one of these words.
    Keyword {
        /// How words are compared.
        mode: KeywordMode,
        /// Any one of them is enough.
        words: Vec<String>,
    },
    /// Tapped a button.
    Postback {
        /// How `data` is compared; case and width matter.
        mode: DataMode,
        /// The button's data.
        data: String,
    },
    /// Sent something of these kinds.
    Message {
        /// text, image, video, audio, file, location, sticker.
        kinds: Vec<MessageKind>,
    },
    /// Wrote or sent anything no other rule answers.
    AnyMessage {},
    /// Clicked a tracked link; `None`: any.
    Click {
        /// Which.
        #[serde(default)]
        #[schema(value_type = Option<uuid::Uuid>)]
        link: Option<LinkId>,
    },
    /// The account was invited to a group or room.
    Join {},
    /// Came near a beacon; `None`: any.
    Beacon {
        /// LINE's hardware id.
        #[serde(default)]
        hwid: Option<String>,
    },
    /// Watched a video to its end; `None`: any.
    VideoComplete {
        /// The message's tracking id.
        #[serde(default)]
        tracking_id: Option<String>,
    },
    /// ID連携 succeeded.
    AccountLink {},
    /// LINE membership joined, left or renewed.
    Membership {
        /// joined, left, renewed.
        action: String,
    },
}

/// How keywords are compared: always after folding (width, case, kana, spaces), see [`fold`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeywordMode {
    /// The whole text is the word.
    Exact,
    /// The text holds the word.
    Contains,
    /// Regular expression (RE2 syntax: no look-around, no back references) searched in the folded text. Katakana in the
    /// pattern means hiragana, case does not matter.
    Regex,
}

/// How postback data is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DataMode {
    /// The same.
    Exact,
    /// Begins with.
    Prefix,
}

/// Kinds of messages a person can send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// テキスト.
    Text,
    /// 画像.
    Image,
    /// 動画.
    Video,
    /// 音声.
    Audio,
    /// ファイル.
    File,
    /// 位置情報.
    Location,
    /// スタンプ.
    Sticker,
}
crate::column::column_words!(MessageKind {
    Text => "text", Image => "image", Video => "video", Audio => "audio", File => "file", Location => "location", Sticker => "sticker",
});

/// What of an event rules look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incoming<'a> {
    /// Added the account.
    Follow,
    /// Unblocked it.
    Unblock,
    /// Sent a message of LINE's `kind`; `text` is '' for other kinds than text.
    Message {
        /// LINE's type.
        kind: &'a str,
        /// The text.
        text: &'a str,
    },
    /// Tapped a button.
    Postback(&'a str),
    /// Clicked.
    Click(LinkId),
    /// Was invited to a group.
    Join,
    /// Came near a beacon.
    Beacon(&'a str),
    /// Watched a video.
    VideoComplete(&'a str),
    /// Linked the accounts.
    AccountLink,
    /// Membership joined, left or renewed.
    Membership(&'a str),
}

impl<'a> Incoming<'a> {
    /// The event as rules see it; `None` when no rule can wait for its kind.
    pub fn of(event: &'a Event) -> Option<Self> {
        Some(match &event.payload.kind {
            EventKind::Follow { unblocked: false } => Self::Follow,
            EventKind::Follow { unblocked: true } => Self::Unblock,
            imported if imported.befriends_to(Start::Greeting) => Self::Follow,
            EventKind::Message { message } => Self::Message { kind: &message.kind, text: &message.text },
            EventKind::Postback { data, .. } => Self::Postback(data),
            EventKind::Click { link, .. } => Self::Click(*link),
            EventKind::Join => Self::Join,
            EventKind::Beacon { hwid, .. } => Self::Beacon(hwid),
            EventKind::VideoComplete { tracking_id } => Self::VideoComplete(tracking_id),
            EventKind::AccountLink { ok: true, .. } => Self::AccountLink,
            EventKind::Membership { action, .. } => Self::Membership(action),
            _ => return None,
        })
    }
}
