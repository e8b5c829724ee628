//! What LINE tells us: the body of a webhook, one event after the other.
//!
//! Parsing is forgiving on purpose, for LINE adds fields, types and values without notice: an
//! event we cannot read becomes [`EventKind::Unknown`] and never spoils its neighbours, and every
//! event keeps its JSON as it came in [`Event::raw`]. Source of all shapes: Messaging API
//! reference, "Webhook Event Objects".

mod content;
mod event;

pub use content::{
    Beacon, BeaconType, ContentBody, ContentProvider, EmojiSpan, ImageSet, LinkResult, Mention, MessageContent, Postback,
    PostbackParams, RichMenuSwitch, Sticker,
};
pub use event::{ChannelModule, EventKind, MembershipChange};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// The body of one webhook request.
#[derive(Debug, Clone)]
pub struct Payload {
    /// User id of the Official Account the events are for.
    pub destination: Option<String>,
    /// In the order LINE sent them; empty when LINE only checks that somebody answers.
    pub events: Vec<Event>,
}

/// The body is not a webhook body at all; nothing of it can be used.
#[derive(Debug, thiserror::Error)]
#[error("the webhook body is not JSON of the form {{\"destination\", \"events\": […]}}: {0}")]
pub struct ParseError(#[from] serde_json::Error);

/// One thing that happened in LINE.
#[derive(Debug, Clone)]
pub struct Event {
    /// Who speaks in the chat at present; in [`Mode::Standby`] the bot keeps silent.
    pub mode: Mode,
    /// When it happened, Unix milliseconds; a redelivery repeats it unchanged.
    pub timestamp: Option<i64>,
    /// Who and where. Missing on a failed account link and on `delivery`.
    pub source: Option<Source>,
    /// ULID; the same on every delivery of this event, so the key against doubles.
    pub webhook_event_id: Option<String>,
    /// LINE tries again because an earlier try was not answered with 2xx.
    pub is_redelivery: bool,
    /// Answers the event free of charge, once, within about a minute.
    pub reply_token: Option<String>,
    /// What happened.
    pub kind: EventKind,
    /// The event exactly as it came, unknown fields and all.
    pub raw: Box<RawValue>,
}

/// Does the bot hold the conversation?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Yes: it may answer.
    Active,
    /// Another module does: do not send.
    Standby,
    /// A value newer than this crate.
    Other(String),
}

/// Where the event comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A talk between one user and the account.
    User {
        /// The user, as this channel's provider knows them.
        user_id: Option<String>,
    },
    /// A group talk.
    Group {
        /// The group.
        group_id: String,
        /// The member, if LINE may tell.
        user_id: Option<String>,
    },
    /// A multi-person chat.
    Room {
        /// The room.
        room_id: String,
        /// The member, if LINE may tell.
        user_id: Option<String>,
    },
    /// A kind of place newer than this crate.
    Other {
        /// LINE's word for it.
        kind: String,
    },
}

impl Source {
    /// The user, if LINE told.
    pub fn user_id(&self) -> Option<&str> {
        match self {
            Self::User { user_id } | Self::Group { user_id, .. } | Self::Room { user_id, .. } => user_id.as_deref(),
            Self::Other { .. } => None,
        }
    }

    /// Where an answer goes: the group, the room or the user.
    pub fn chat_id(&self) -> Option<&str> {
        match self {
            Self::User { user_id } => user_id.as_deref(),
            Self::Group { group_id, .. } => Some(group_id),
            Self::Room { room_id, .. } => Some(room_id),
            Self::Other { .. } => None,
        }
    }
}

impl Payload {
    /// Reads a body whose [signature](crate::signature::verify) was checked.
    pub fn parse(body: &[u8]) -> Result<Self, ParseError> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            #[serde(borrow)]
            destination: Option<&'a RawValue>,
            #[serde(borrow, default)]
            events: Option<Vec<&'a RawValue>>,
        }
        let wire: Wire = serde_json::from_slice(body)?;
        Ok(Self {
            destination: lenient(wire.destination),
            events: wire.events.unwrap_or_default().into_iter().map(Event::read).collect(),
        })
    }
}

/// The fields every event may have, each still unread: one that is broken must not hide the rest.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireEvent<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    mode: Option<&'a RawValue>,
    #[serde(borrow)]
    timestamp: Option<&'a RawValue>,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
    #[serde(borrow)]
    webhook_event_id: Option<&'a RawValue>,
    #[serde(borrow)]
    delivery_context: Option<&'a RawValue>,
    #[serde(borrow)]
    reply_token: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    unsend: Option<&'a RawValue>,
    #[serde(borrow)]
    follow: Option<&'a RawValue>,
    #[serde(borrow)]
    joined: Option<&'a RawValue>,
    #[serde(borrow)]
    left: Option<&'a RawValue>,
    #[serde(borrow)]
    postback: Option<&'a RawValue>,
    #[serde(borrow)]
    video_play_complete: Option<&'a RawValue>,
    #[serde(borrow)]
    beacon: Option<&'a RawValue>,
    #[serde(borrow)]
    link: Option<&'a RawValue>,
    #[serde(borrow)]
    membership: Option<&'a RawValue>,
    #[serde(borrow)]
    module: Option<&'a RawValue>,
    #[serde(borrow)]
    chat_control: Option<&'a RawValue>,
    #[serde(borrow)]
    delivery: Option<&'a RawValue>,
}

impl Event {
    /// Reads one event again from its kept JSON, for example from a log.
    pub fn from_raw(raw: &RawValue) -> Self {
        Self::read(raw)
    }

    fn read(raw: &RawValue) -> Self {
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        struct DeliveryContext {
            is_redelivery: bool,
        }
        let (wire, broken) = match serde_json::from_str::<WireEvent>(raw.get()) {
            Ok(wire) => (wire, None),
            Err(error) => (WireEvent::default(), Some(error.to_string())),
        };
        let kind = match broken {
            Some(problem) => EventKind::Unknown { event_type: String::new(), problem: Some(problem) },
            None => EventKind::read(&wire),
        };
        Self {
            mode: lenient(wire.mode).unwrap_or(Mode::Active),
            timestamp: lenient(wire.timestamp),
            source: lenient(wire.source),
            webhook_event_id: lenient(wire.webhook_event_id),
            is_redelivery: lenient::<DeliveryContext>(wire.delivery_context).unwrap_or_default().is_redelivery,
            reply_token: lenient(wire.reply_token),
            kind,
            raw: raw.to_owned(),
        }
    }

    /// The user behind the event, if LINE told.
    pub fn user_id(&self) -> Option<&str> {
        self.source.as_ref().and_then(Source::user_id)
    }
}

/// Reads a field if it is there and has the expected form.
fn lenient<T: DeserializeOwned>(raw: Option<&RawValue>) -> Option<T> {
    serde_json::from_str(raw?.get()).ok()
}

impl<'de> Deserialize<'de> for Mode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Ok(match word.as_str() {
            "active" => Self::Active,
            "standby" => Self::Standby,
            _ => Self::Other(word),
        })
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire {
            r#type: String,
            user_id: Option<String>,
            group_id: Option<String>,
            room_id: Option<String>,
        }
        let Wire { r#type: kind, user_id, group_id, room_id } = Wire::deserialize(deserializer)?;
        Ok(match (kind.as_str(), group_id, room_id) {
            ("user", ..) => Self::User { user_id },
            ("group", Some(group_id), _) => Self::Group { group_id, user_id },
            ("room", _, Some(room_id)) => Self::Room { room_id, user_id },
            _ => Self::Other { kind },
        })
    }
}
