//! How a talk changes. Pure.

use serde::Deserialize;

use super::{Direction, NewMessage};
use crate::contact::{Contact, Talk};
use crate::delivery::ReplyToken;
use crate::event::{Event, Received};
use crate::ids::{ChannelId, DeliveryId};

/// Characters of the newest message shown in the talk list.
const PREVIEW_CHARS: usize = 60;

/// A message came in.
pub fn receive(
    contact: &mut Contact,
    channel: ChannelId,
    event: &Event,
    message: &Received,
    unsent_at: Option<i64>,
) -> NewMessage {
    let talk = contact.talks.entry(channel).or_default();
    talk.unread += 1;
    talk.last_at = talk.last_at.max(event.occurred_at);
    talk.last_text = if unsent_at.is_some() { UNSENT.to_owned() } else { preview(&message.kind, &message.text) };
    talk.waiting_since.get_or_insert(event.occurred_at);
    if let Some(token) = &message.read_token {
        talk.read_token = Some(token.clone());
    }
    NewMessage {
        workspace: contact.workspace,
        contact: contact.id,
        id: event.id.0,
        channel,
        at: event.occurred_at,
        direction: Direction::In,
        line_message_id: Some(message.id.clone()),
        kind: message.kind.clone(),
        text: if unsent_at.is_some() { String::new() } else { message.text.clone() },
        body: if unsent_at.is_some() { "{}".to_owned() } else { message.body.to_string() },
        sender: event.payload.actor.clone(),
        unsent_at,
    }
}

/// What we say, for the talk: a JSON array of messages that goes with a delivery.
pub fn spoken(contact: &Contact, channel: ChannelId, delivery: DeliveryId, messages: String, at: i64) -> NewMessage {
    let first = serde_json::from_str::<Vec<First>>(&messages).ok().and_then(|all| all.into_iter().next()).unwrap_or_default();
    NewMessage {
        workspace: contact.workspace,
        contact: contact.id,
        id: delivery.0,
        channel,
        at,
        direction: Direction::Out,
        line_message_id: None,
        kind: first.kind,
        text: first.text,
        body: messages,
        sender: None,
        unsent_at: None,
    }
}

/// What the talk shows of a message without drawing it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct First {
    #[serde(rename = "type")]
    kind: String,
    text: String,
}

/// What stands in the talk list when the newest message was taken back.
pub const UNSENT: &str = "メッセージの送信を取り消しました";

/// Keeps an unused reply token: staff answer for free while it lives.
pub fn keep_token(talk: &mut Talk, reply: Option<&ReplyToken>) {
    talk.reply = reply.map(|reply| (reply.token.clone(), reply.until));
}

/// We said something: nobody waits any more.
pub fn said(contact: &mut Contact, channel: ChannelId, text: &str, at: i64) {
    let talk = contact.talks.entry(channel).or_default();
    talk.unread = 0;
    talk.waiting_since = None;
    talk.last_at = talk.last_at.max(at);
    talk.last_text = text.chars().take(PREVIEW_CHARS).collect();
}

/// The line of a message in the talk list.
pub fn preview(kind: &str, text: &str) -> String {
    let word = match kind {
        "text" => return text.lines().next().unwrap_or_default().chars().take(PREVIEW_CHARS).collect(),
        "image" => "画像を送信しました",
        "video" => "動画を送信しました",
        "audio" => "音声メッセージを送信しました",
        "file" => "ファイルを送信しました",
        "location" => "位置情報を送信しました",
        "sticker" => "スタンプを送信しました",
        _ => "メッセージを送信しました",
    };
    word.to_owned()
}
