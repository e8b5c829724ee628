//! The kinds of events and how each is read.

use super::content::{Beacon, LinkResult, MessageContent, Postback};
use super::{Source, WireEvent, lenient};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// What happened, by LINE's `type`.
#[derive(Debug, Clone, PartialEq)]
pub enum EventKind {
    /// A user wrote, or sent something.
    Message(MessageContent),
    /// A text in a group was changed: same message id, new words. Events may come out of order;
    /// the largest timestamp tells the present wording.
    MessageEdited(MessageContent),
    /// A user took a message back; what we hold of it has to go.
    Unsend {
        /// The message taken back.
        message_id: String,
    },
    /// A user added the account as a friend or unblocked it. Carries no route or parameter.
    Follow {
        /// They had blocked the account before (not fully reliable, says LINE).
        is_unblocked: bool,
    },
    /// A user blocked the account.
    Unfollow,
    /// The account joined a group or room.
    Join,
    /// The account was removed from a group or room, or the place was closed.
    Leave,
    /// Users joined a group or room the account is in.
    MemberJoined {
        /// Who.
        members: Vec<Source>,
    },
    /// Users left a group or room the account is in.
    MemberLeft {
        /// Who.
        members: Vec<Source>,
    },
    /// A user tapped something that carries data.
    Postback(Postback),
    /// A user saw a video with a tracking id to its end; may repeat.
    VideoPlayComplete {
        /// The id given in the video message.
        tracking_id: String,
    },
    /// A user came near a LINE Beacon.
    Beacon(Beacon),
    /// A user went through the account link dialog.
    AccountLink {
        /// Whether LINE could link.
        result: LinkResult,
        /// The nonce our login page gave to the dialog.
        nonce: String,
    },
    /// A user's paid membership changed.
    Membership {
        /// In which way.
        change: MembershipChange,
        /// The plan.
        membership_id: i64,
    },
    /// A module channel was attached to or detached from the account.
    Module(ChannelModule),
    /// This module channel got hold of the chat.
    Activated {
        /// Until when, Unix milliseconds.
        expire_at: Option<i64>,
    },
    /// This module channel lost hold of the chat.
    Deactivated,
    /// The account was suspended.
    BotSuspended,
    /// The account works again.
    BotResumed,
    /// A LINE notification message (PNP) arrived.
    Delivery {
        /// The delivery tag of the request, or the hashed number.
        data: String,
    },
    /// A kind newer than this crate, or one that does not have the documented form.
    Unknown {
        /// LINE's `type`; empty if there is none.
        event_type: String,
        /// Why a known type could not be read; none when the type itself is new.
        problem: Option<String>,
    },
}

/// What became of a membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MembershipChange {
    /// Bought.
    Joined,
    /// Ended.
    Left,
    /// Paid again.
    Renewed,
    /// A value newer than this crate.
    Other(String),
}

/// A module channel came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelModule {
    /// Attached.
    Attached {
        /// User id of the account.
        bot_id: String,
        /// What it may do.
        scopes: Vec<String>,
    },
    /// Detached.
    Detached {
        /// User id of the account.
        bot_id: String,
        /// `bot_deleted` or another word.
        reason: String,
    },
}

impl EventKind {
    /// LINE's word for this kind.
    pub fn event_type(&self) -> &str {
        match self {
            Self::Message(_) => "message",
            Self::MessageEdited(_) => "messageEdited",
            Self::Unsend { .. } => "unsend",
            Self::Follow { .. } => "follow",
            Self::Unfollow => "unfollow",
            Self::Join => "join",
            Self::Leave => "leave",
            Self::MemberJoined { .. } => "memberJoined",
            Self::MemberLeft { .. } => "memberLeft",
            Self::Postback(_) => "postback",
            Self::VideoPlayComplete { .. } => "videoPlayComplete",
            Self::Beacon(_) => "beacon",
            Self::AccountLink { .. } => "accountLink",
            Self::Membership { .. } => "membership",
            Self::Module(_) => "module",
            Self::Activated { .. } => "activated",
            Self::Deactivated => "deactivated",
            Self::BotSuspended => "botSuspended",
            Self::BotResumed => "botResumed",
            Self::Delivery { .. } => "delivery",
            Self::Unknown { event_type, .. } => event_type,
        }
    }

    pub(super) fn read(wire: &WireEvent<'_>) -> Self {
        let event_type: String = lenient(wire.kind).unwrap_or_default();
        match Self::read_as(&event_type, wire) {
            Ok(Some(kind)) => kind,
            Ok(None) => Self::Unknown { event_type, problem: None },
            Err(error) => Self::Unknown { event_type, problem: Some(error.to_string()) },
        }
    }

    fn read_as(event_type: &str, wire: &WireEvent<'_>) -> Result<Option<Self>, serde_json::Error> {
        Ok(Some(match event_type {
            "message" => Self::Message(MessageContent::read(required(wire.message, "message")?)?),
            "messageEdited" => Self::MessageEdited(MessageContent::read(required(wire.message, "message")?)?),
            "unsend" => {
                let Unsend { message_id } = part(wire.unsend, "unsend")?;
                Self::Unsend { message_id }
            }
            "follow" => Self::Follow { is_unblocked: lenient::<Follow>(wire.follow).is_some_and(|f| f.is_unblocked) },
            "unfollow" => Self::Unfollow,
            "join" => Self::Join,
            "leave" => Self::Leave,
            "memberJoined" => {
                let Members { members } = part(wire.joined, "joined")?;
                Self::MemberJoined { members }
            }
            "memberLeft" => {
                let Members { members } = part(wire.left, "left")?;
                Self::MemberLeft { members }
            }
            "postback" => Self::Postback(part(wire.postback, "postback")?),
            "videoPlayComplete" => {
                let Video { tracking_id } = part(wire.video_play_complete, "videoPlayComplete")?;
                Self::VideoPlayComplete { tracking_id }
            }
            "beacon" => Self::Beacon(part(wire.beacon, "beacon")?),
            "accountLink" => {
                let Link { result, nonce } = part(wire.link, "link")?;
                Self::AccountLink { result, nonce }
            }
            "membership" => membership(part(wire.membership, "membership")?),
            "module" => match part(wire.module, "module")? {
                Module::Attached { bot_id, scopes } => Self::Module(ChannelModule::Attached { bot_id, scopes }),
                Module::Detached { bot_id, reason } => Self::Module(ChannelModule::Detached { bot_id, reason }),
            },
            "activated" => Self::Activated { expire_at: lenient::<ChatControl>(wire.chat_control).map(|c| c.expire_at) },
            "deactivated" => Self::Deactivated,
            "botSuspended" => Self::BotSuspended,
            "botResumed" => Self::BotResumed,
            "delivery" => {
                let Delivery { data } = part(wire.delivery, "delivery")?;
                Self::Delivery { data }
            }
            _ => return Ok(None),
        }))
    }
}

fn membership(wire: Membership) -> EventKind {
    EventKind::Membership {
        change: match wire.r#type.as_str() {
            "joined" => MembershipChange::Joined,
            "left" => MembershipChange::Left,
            "renewed" => MembershipChange::Renewed,
            _ => MembershipChange::Other(wire.r#type),
        },
        membership_id: wire.membership_id,
    }
}

fn required<'a>(raw: Option<&'a RawValue>, name: &'static str) -> Result<&'a RawValue, serde_json::Error> {
    raw.ok_or_else(|| serde::de::Error::missing_field(name))
}

fn part<T: DeserializeOwned>(raw: Option<&RawValue>, name: &'static str) -> Result<T, serde_json::Error> {
    serde_json::from_str(required(raw, name)?.get())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Unsend {
    message_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Follow {
    is_unblocked: bool,
}

#[derive(Deserialize)]
struct Members {
    members: Vec<Source>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Video {
    tracking_id: String,
}

#[derive(Deserialize)]
struct Link {
    result: LinkResult,
    nonce: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Membership {
    r#type: String,
    membership_id: i64,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Module {
    Attached { bot_id: String, scopes: Vec<String> },
    Detached { bot_id: String, reason: String },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChatControl {
    expire_at: i64,
}

#[derive(Deserialize)]
struct Delivery {
    data: String,
}
