//! LINE's webhook events translated into ours. Pure.

use line::webhook::{self, ContentBody, EventKind as Line, MessageContent, Mode, Payload as Webhook};
use serde_json::{Value, json};

use super::ingest::{Incoming, Who};
use super::{EventKind, Payload, Received, Source};
use crate::contact::Identity;
use crate::delivery::ReplyToken;
use crate::ids::EventId;
use crate::workspace::Channel;

/// LINE guarantees a reply token for one minute after receipt; we stop at 50 s (promise 6).
pub const REPLY_LIFE_MS: i64 = 50_000;

/// Something about a webhook that doctor tells the shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// `destination`, `event_id` or `unreadable`.
    pub kind: &'static str,
    /// What was seen.
    pub detail: String,
}

/// Translates a signed webhook body.
pub fn translate(channel: &Channel, body: &Webhook, received_at: i64) -> (Vec<Incoming>, Vec<Oddity>) {
    let mut oddities = Vec::new();
    if let (Some(own), Some(destination)) = (&channel.bot_user_id, &body.destination)
        && own != destination
    {
        oddities.push(Oddity { kind: "destination", detail: destination.clone() });
    }
    let incoming = body.events.iter().map(|event| one(channel, event, received_at, &mut oddities)).collect();
    (incoming, oddities)
}

fn one(channel: &Channel, event: &webhook::Event, received_at: i64, oddities: &mut Vec<Oddity>) -> Incoming {
    let occurred_at = event.timestamp.unwrap_or(received_at);
    let key = match event.webhook_event_id.as_deref() {
        Some(id) => {
            if !is_ulid(id) {
                oddities.push(Oddity { kind: "event_id", detail: id.chars().take(60).collect() });
            }
            id.as_bytes()
        }
        None => event.raw.get().as_bytes(),
    };
    let kind = kind(event, oddities);
    // Without LINE's timestamp the key alone must decide, or a repetition would be a new event.
    let id = EventId::keyed(channel.id.0, key, event.timestamp.unwrap_or(0));
    let active = event.mode == Mode::Active;
    Incoming {
        workspace: channel.workspace,
        id,
        channel: Some(channel.id),
        who: who(channel, event),
        source: Source::Line,
        occurred_at,
        payload: Payload {
            kind,
            reply: event
                .reply_token
                .as_ref()
                .filter(|_| active)
                .map(|token| ReplyToken { token: token.clone(), until: received_at + REPLY_LIFE_MS }),
            standby: !active,
            actor: match &event.source {
                Some(webhook::Source::Group { user_id, .. } | webhook::Source::Room { user_id, .. }) => user_id.clone(),
                _ => None,
            },
        },
    }
}

fn who(channel: &Channel, event: &webhook::Event) -> Who {
    match &event.source {
        Some(webhook::Source::User { user_id: Some(user) }) => Who::Identity(Identity::Line(channel.provider, user.clone())),
        Some(webhook::Source::Group { group_id, .. }) => Who::Identity(Identity::Group(channel.id, group_id.clone())),
        Some(webhook::Source::Room { room_id, .. }) => Who::Identity(Identity::Room(channel.id, room_id.clone())),
        _ => Who::Nobody,
    }
}

fn kind(event: &webhook::Event, oddities: &mut Vec<Oddity>) -> EventKind {
    match &event.kind {
        Line::Message(content) => EventKind::Message { message: received(content, event) },
        Line::MessageEdited(content) => EventKind::Edited { message: received(content, event) },
        Line::Unsend { message_id } => EventKind::Unsend { message_id: message_id.clone() },
        Line::Follow { is_unblocked } => EventKind::Follow { unblocked: *is_unblocked },
        Line::Unfollow => EventKind::Unfollow,
        Line::Join => EventKind::Join,
        Line::Leave => EventKind::Leave,
        Line::MemberJoined { members } => EventKind::Members { joined: true, user_ids: user_ids(members) },
        Line::MemberLeft { members } => EventKind::Members { joined: false, user_ids: user_ids(members) },
        Line::Postback(postback) => EventKind::Postback {
            data: postback.data.clone(),
            params: postback.params.as_ref().and_then(|_| raw(event).pointer("/postback/params").cloned()),
        },
        Line::VideoPlayComplete { tracking_id } => EventKind::VideoComplete { tracking_id: tracking_id.clone() },
        Line::Beacon(beacon) => EventKind::Beacon {
            hwid: beacon.hwid.clone(),
            action: raw(event).pointer("/beacon/type").and_then(Value::as_str).unwrap_or_default().to_owned(),
        },
        Line::AccountLink { result, nonce } => {
            EventKind::AccountLink { ok: *result == webhook::LinkResult::Ok, nonce: nonce.clone() }
        }
        Line::Membership { membership_id, .. } => EventKind::Membership {
            action: raw(event).pointer("/membership/type").and_then(Value::as_str).unwrap_or_default().to_owned(),
            membership_id: membership_id.to_string(),
        },
        Line::Unknown { event_type, problem } => {
            if let Some(problem) = problem {
                oddities.push(Oddity { kind: "unreadable", detail: format!("{event_type}: {problem}") });
            }
            EventKind::Other { line_type: event_type.clone(), raw: raw(event) }
        }
        other => EventKind::Other { line_type: other.event_type().to_owned(), raw: raw(event) },
    }
}

fn received(content: &MessageContent, event: &webhook::Event) -> Received {
    // The shape staff see: LINE's own message object without its one-use tokens.
    let body = match &content.body {
        ContentBody::Text { emojis, mentions, .. } if emojis.is_empty() && mentions.is_empty() => json!({"type": "text"}),
        _ => {
            let mut body = raw(event).get_mut("message").map(Value::take).unwrap_or(Value::Null);
            if let Some(object) = body.as_object_mut() {
                object.remove("markAsReadToken");
                object.remove("text");
            }
            body
        }
    };
    let kind = match &content.body {
        ContentBody::Text { .. } => "text",
        ContentBody::Image { .. } => "image",
        ContentBody::Video { .. } => "video",
        ContentBody::Audio { .. } => "audio",
        ContentBody::File { .. } => "file",
        ContentBody::Location { .. } => "location",
        ContentBody::Sticker(_) => "sticker",
        ContentBody::Unknown { content_type } => content_type,
    };
    Received {
        id: content.id.clone(),
        kind: kind.to_owned(),
        text: content.text().unwrap_or_default().to_owned(),
        body,
        read_token: content.mark_as_read_token.clone(),
        media: content.has_content(),
    }
}

fn raw(event: &webhook::Event) -> Value {
    serde_json::from_str(event.raw.get()).unwrap_or(Value::Null)
}

fn user_ids(members: &[webhook::Source]) -> Vec<String> {
    members.iter().filter_map(|member| member.user_id().map(str::to_owned)).collect()
}

fn is_ulid(id: &str) -> bool {
    id.len() == 26 && id.bytes().all(|b| b.is_ascii_alphanumeric())
}
