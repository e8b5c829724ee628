//! Talk rooms: what stands in them, in order.

use crate::ledger::Sent;
use crate::people::Person;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Bubbles of one request share an entry; their numbers follow each other within ten.
const SEQ_STEP: u64 = 10;

/// One thing that happened in a room. A send is held by reference: its body exists once however many
/// rooms it stands in.
#[derive(Debug, Clone)]
pub enum Entry {
    Out(Arc<Sent>),
    In(Box<Incoming>),
}

/// What a phone did.
#[derive(Debug, Clone)]
pub struct Incoming {
    pub kind: &'static str,
    pub id: u64,
    pub at_ms: i64,
    pub from: Person,
    /// The message as LINE's webhook shows it, or `{"data":…}` of a postback; empty for the rest.
    pub json: Box<str>,
    pub quote_token: Option<Box<str>>,
    pub unsent: Option<()>,
    pub edited: Option<()>,
}

/// A room between a person and an account, or a group's.
#[derive(Debug, Default)]
pub struct Room {
    pub entries: Vec<Entry>,
    /// Last item the phone has seen.
    pub read_seq: u64,
    /// Last item of the phone the account has marked as read.
    pub bot_read_seq: u64,
    pub loading_until_ms: i64,
}

impl Room {
    /// Adds an entry; answers the number of its last item.
    pub fn push(&mut self, entry: Entry) -> u64 {
        // Two are the usual case of a broadcast; a growth by doubling starts at four.
        if self.entries.capacity() == 0 {
            self.entries.reserve_exact(2);
        }
        self.loading_until_ms = 0;
        self.entries.push(entry);
        self.last_seq()
    }

    /// Number of the newest item; 0 in an empty room.
    pub fn last_seq(&self) -> u64 {
        match self.entries.last() {
            None => 0,
            Some(entry) => first_seq(self.entries.len() - 1) + entry.bubbles().saturating_sub(1),
        }
    }

    /// How many items of the account the phone has not seen.
    pub fn unread(&self) -> u64 {
        let outgoing = |(at, entry): (usize, &Entry)| match entry {
            Entry::Out(_) => (first_seq(at) + entry.bubbles() - 1).saturating_sub(self.read_seq.max(first_seq(at) - 1)),
            Entry::In(_) => 0,
        };
        self.entries.iter().enumerate().map(outgoing).sum()
    }

    /// The incoming message with this id.
    pub fn incoming_mut(&mut self, id: u64) -> Option<&mut Incoming> {
        self.entries.iter_mut().find_map(|entry| match entry {
            Entry::In(incoming) if incoming.id == id && incoming.kind == "message" => Some(incoming.as_mut()),
            _ => None,
        })
    }

    /// A message by id as JSON: what a tap refers to.
    pub fn message(&self, id: u64) -> Option<Value> {
        self.entries.iter().find_map(|entry| match entry {
            Entry::Out(sent) => {
                let at = id.checked_sub(sent.first_message_id)?;
                (at < u64::from(sent.bubbles)).then(|| sent.messages().get(at as usize).cloned()).flatten()
            }
            Entry::In(incoming) => (incoming.id == id).then(|| serde_json::from_str(&incoming.json).ok()).flatten(),
        })
    }

    /// The send, and which of its bubbles, that a message id names.
    pub fn sent(&self, id: u64) -> Option<(Arc<Sent>, u8)> {
        self.entries.iter().find_map(|entry| match entry {
            Entry::Out(sent) => {
                let at = id.checked_sub(sent.first_message_id)?;
                (at < u64::from(sent.bubbles)).then(|| (sent.clone(), at as u8))
            }
            Entry::In(_) => None,
        })
    }

    /// Items after `after_seq`, newest last, at most `limit` of the newest. `name_of` turns a person
    /// into the id this room's account knows.
    pub fn items(&self, after_seq: u64, limit: usize, name_of: &dyn Fn(Person) -> String) -> Vec<Value> {
        let mut items = Vec::new();
        for (at, entry) in self.entries.iter().enumerate().rev() {
            let seq = first_seq(at);
            if seq + entry.bubbles() <= after_seq + 1 || items.len() >= limit {
                break;
            }
            let mut bubbles = match entry {
                Entry::Out(sent) => sent.items(seq),
                Entry::In(incoming) => vec![self.incoming_item(incoming, seq, name_of)],
            };
            bubbles.retain(|item| item["seq"].as_u64() > Some(after_seq));
            items.extend(bubbles.into_iter().rev());
        }
        items.truncate(limit);
        items.reverse();
        items
    }

    fn incoming_item(&self, incoming: &Incoming, seq: u64, name_of: &dyn Fn(Person) -> String) -> Value {
        let mut item = Map::new();
        item.insert("seq".into(), json!(seq));
        item.insert("id".into(), json!(incoming.id.to_string()));
        item.insert("direction".into(), json!("in"));
        item.insert("from".into(), json!(name_of(incoming.from)));
        item.insert("at_ms".into(), json!(incoming.at_ms));
        item.insert("kind".into(), json!(incoming.kind));
        let body: Value = serde_json::from_str(&incoming.json).unwrap_or_default();
        match incoming.kind {
            "message" => {
                item.insert("message".into(), body);
            }
            "postback" => {
                item.insert("data".into(), body["data"].clone());
            }
            _ => {}
        }
        if let Some(token) = &incoming.quote_token {
            item.insert("quote_token".into(), json!(token));
        }
        for (name, set) in [("unsent", incoming.unsent), ("edited", incoming.edited)] {
            if set.is_some() {
                item.insert(name.into(), json!(true));
            }
        }
        if self.bot_read_seq >= seq {
            item.insert("read_by_bot".into(), json!(true));
        }
        Value::Object(item)
    }

    /// Seq of the incoming message `id`.
    pub fn seq_of(&self, id: u64) -> Option<u64> {
        let here = |entry: &Entry| matches!(entry, Entry::In(incoming) if incoming.id == id);
        self.entries.iter().position(here).map(first_seq)
    }
}

impl Entry {
    fn bubbles(&self) -> u64 {
        match self {
            Entry::Out(sent) => u64::from(sent.bubbles),
            Entry::In(_) => 1,
        }
    }
}

fn first_seq(at: usize) -> u64 {
    (at as u64 + 1) * SEQ_STEP
}

/// One line for a talk list, in Japanese as the LINE app words it.
pub fn preview(message: &Value) -> String {
    let alt = || message["altText"].as_str().unwrap_or_default().to_owned();
    match message["type"].as_str().unwrap_or_default() {
        "text" | "textV2" => message["text"].as_str().unwrap_or_default().chars().take(60).collect(),
        "sticker" => "スタンプを送信しました".into(),
        "image" => "写真を送信しました".into(),
        "video" => "動画を送信しました".into(),
        "audio" => "ボイスメッセージを送信しました".into(),
        "file" => "ファイルを送信しました".into(),
        "location" => "位置情報を送信しました".into(),
        "coupon" => "クーポンを送信しました".into(),
        _ => alt(),
    }
}
