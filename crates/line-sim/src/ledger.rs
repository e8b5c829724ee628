//! Every accepted send, once, in order; and the memory of retry keys.

use crate::people::{Person, mix};
use crate::sync::Lock;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use uuid::Uuid;

/// LINE remembers a retry key for 24 hours (Messaging API reference, "Retry failed API requests").
const KEY_LIFE_MS: i64 = 24 * 3_600_000;
const SHARDS: usize = 64;

/// How a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    Reply,
    Push,
    Multicast,
    Broadcast,
    Narrowcast,
    Pnp,
}

impl Via {
    pub fn name(self) -> &'static str {
        match self {
            Via::Reply => "reply",
            Via::Push => "push",
            Via::Multicast => "multicast",
            Via::Broadcast => "broadcast",
            Via::Narrowcast => "narrowcast",
            Via::Pnp => "pnp",
        }
    }
}

/// One recipient: the person, and whether the message was put into the room. Packed, because a
/// broadcast has a million of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipient(u32);

const DROPPED: u32 = 1 << 31;

impl Recipient {
    pub fn delivered(person: Person) -> Recipient {
        Recipient(person)
    }
    /// Accepted by LINE, then silently not delivered: blocked, deleted, or no friend.
    pub fn dropped(person: Person) -> Recipient {
        Recipient(person | DROPPED)
    }
    pub fn person(self) -> Person {
        self.0 & !DROPPED
    }
    pub fn is_delivered(self) -> bool {
        self.0 & DROPPED == 0
    }
}

/// Whom a send went to.
#[derive(Debug, Clone)]
pub enum To {
    One(Recipient),
    Many(Box<[Recipient]>),
    /// A group or room id, and how many members it had.
    Group(Box<str>, u32),
}

/// How the caller was answered; the faults may hide an accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Answered {
    Ok = 0,
    Error = 1,
    Dropped = 2,
}

/// An accepted send. Its body is kept here and nowhere else.
#[derive(Debug)]
pub struct Sent {
    pub seq: u64,
    pub request_id: Uuid,
    pub retry_key: Option<Uuid>,
    pub via: Via,
    /// Index of the channel.
    pub channel: u16,
    pub bubbles: u8,
    pub at_ms: i64,
    pub first_message_id: u64,
    /// The JSON list of messages exactly as received.
    pub body: Box<str>,
    pub body_hash: [u8; 32],
    pub to: To,
    pub extras: Option<Box<Extras>>,
    answered: AtomicU8,
}

/// What few sends have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extras {
    pub unit: Option<String>,
    pub reply_token: Option<String>,
    pub notification_disabled: Option<()>,
    /// The same key was accepted before and forgotten since.
    pub duplicate: Option<()>,
}

/// What a send is made of, before it gets its place in the order.
pub struct Draft {
    pub request_id: Uuid,
    pub retry_key: Option<Uuid>,
    pub via: Via,
    pub channel: u16,
    pub bubbles: u8,
    pub at_ms: i64,
    pub body: Box<str>,
    pub body_hash: [u8; 32],
    pub to: To,
    pub extras: Extras,
}

impl Sent {
    /// The messages as a list.
    pub fn messages(&self) -> Vec<Value> {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    pub fn set_answered(&self, answered: Answered) {
        self.answered.store(answered as u8, Ordering::Relaxed);
    }

    pub fn answered(&self) -> &'static str {
        match self.answered.load(Ordering::Relaxed) {
            0 => "ok",
            1 => "error",
            _ => "dropped",
        }
    }

    pub fn is_duplicate(&self) -> bool {
        self.extras.as_ref().is_some_and(|e| e.duplicate.is_some())
    }

    pub fn recipients(&self) -> &[Recipient] {
        match &self.to {
            To::One(one) => std::slice::from_ref(one),
            To::Many(many) => many,
            To::Group(..) => &[],
        }
    }

    /// Room items, one per bubble.
    pub fn items(&self, first_seq: u64) -> Vec<Value> {
        self.messages().into_iter().enumerate().map(|(at, message)| self.item(first_seq, at as u64, message)).collect()
    }

    fn item(&self, first_seq: u64, at: u64, message: Value) -> Value {
        let id = self.first_message_id + at;
        let mut item = Map::new();
        item.insert("seq".into(), json!(first_seq + at));
        item.insert("id".into(), json!(id.to_string()));
        item.insert("direction".into(), json!("out"));
        item.insert("at_ms".into(), json!(self.at_ms));
        item.insert("kind".into(), json!("message"));
        item.insert("via".into(), json!(self.via.name()));
        item.insert("request_id".into(), json!(self.request_id));
        if let Some(key) = self.retry_key {
            item.insert("retry_key".into(), json!(key));
        }
        if self.extras.as_ref().is_some_and(|e| e.notification_disabled.is_some()) {
            item.insert("notification_disabled".into(), json!(true));
        }
        if has_quote_token(&message) {
            item.insert("quote_token".into(), json!(quote_token(id)));
        }
        item.insert("message".into(), message);
        Value::Object(item)
    }

    /// `sentMessages` of reply and push.
    pub fn sent_messages(&self) -> String {
        let mut out = String::with_capacity(24 + 120 * usize::from(self.bubbles));
        out.push_str("{\"sentMessages\":[");
        let single_text = self.bubbles == 1 && self.body.starts_with("[{\"type\":\"text\"");
        let messages = if single_text { Vec::new() } else { self.messages() };
        for at in 0..u64::from(self.bubbles) {
            let id = self.first_message_id + at;
            if at > 0 {
                out.push(',');
            }
            out.push_str("{\"id\":\"");
            out.push_str(&id.to_string());
            if single_text || messages.get(at as usize).is_some_and(has_quote_token) {
                out.push_str("\",\"quoteToken\":\"");
                out.push_str(&quote_token(id));
            }
            out.push_str("\"}");
        }
        out.push_str("]}");
        out
    }
}

/// Sent audio, location and imagemap bubbles cannot be quoted.
fn has_quote_token(message: &Value) -> bool {
    let kind = message["type"].as_str().unwrap_or_default();
    matches!(kind, "text" | "textV2" | "sticker" | "image" | "video" | "template" | "flex")
}

/// An opaque token that names a message.
pub fn quote_token(message_id: u64) -> String {
    format!("q{:016x}{:016x}_{message_id:x}", mix(message_id), mix(!message_id))
}

/// The message a quote token names; `None` for a token nobody issued.
pub fn quoted_message(token: &str) -> Option<u64> {
    let id = u64::from_str_radix(token.split_once('_')?.1, 16).ok()?;
    (quote_token(id) == token).then_some(id)
}

/// Sends by channel and retry key.
type Keys = HashMap<(u16, Uuid), Arc<Sent>>;

/// The log of accepted sends and the retry keys.
pub struct Ledger {
    log: Lock<Vec<Arc<Sent>>>,
    keys: Vec<Lock<Keys>>,
    next_message_id: AtomicU64,
}

/// Message ids are numbers of 18 digits.
const MESSAGE_ID_BASE: u64 = 500_000_000_000_000_000;

/// What a retry key says about a request.
pub enum KeyState<'a> {
    /// Within 24 hours: answer 409 with the first request's id.
    Accepted(Arc<Sent>),
    /// Not known. The slot stays locked until the send is entered, so that two at once cannot both win.
    Free(KeySlot<'a>),
}

/// The place of a key about to be remembered.
pub struct KeySlot<'a> {
    shard: std::sync::MutexGuard<'a, Keys>,
    key: (u16, Uuid),
    /// The same key was accepted before, more than 24 hours ago.
    pub forgotten: Option<Arc<Sent>>,
}

impl KeySlot<'_> {
    pub fn remember(mut self, sent: &Arc<Sent>) {
        self.shard.insert(self.key, sent.clone());
    }
}

impl Ledger {
    /// An empty ledger. Message ids go on from the machine's time, so that a server that outlives
    /// this process does not meet an id twice.
    pub fn starting_at(machine_ms: i64) -> Ledger {
        Ledger {
            log: Lock::default(),
            keys: (0..SHARDS).map(|_| Lock::default()).collect(),
            next_message_id: AtomicU64::new(MESSAGE_ID_BASE + machine_ms.max(0) as u64 * 10_000),
        }
    }

    /// Looks a retry key up.
    pub fn key(&self, channel: u16, key: Uuid, now_ms: i64) -> KeyState<'_> {
        let shard = self.keys[(mix(key.as_u128() as u64) % SHARDS as u64) as usize].lock();
        let forgotten = match shard.get(&(channel, key)) {
            Some(sent) if now_ms - sent.at_ms < KEY_LIFE_MS => {
                return KeyState::Accepted(sent.clone());
            }
            old => old.cloned(),
        };
        KeyState::Free(KeySlot { shard, key: (channel, key), forgotten })
    }

    pub fn message_ids(&self, count: u64) -> u64 {
        self.next_message_id.fetch_add(count, Ordering::Relaxed)
    }

    /// Gives a draft its place in the order.
    pub fn enter(&self, draft: Draft) -> Arc<Sent> {
        let first_message_id = self.message_ids(u64::from(draft.bubbles));
        let extras = (draft.extras != Extras::default()).then(|| Box::new(draft.extras));
        let mut log = self.log.lock();
        let sent = Arc::new(Sent {
            seq: log.len() as u64 + 1,
            request_id: draft.request_id,
            retry_key: draft.retry_key,
            via: draft.via,
            channel: draft.channel,
            bubbles: draft.bubbles,
            at_ms: draft.at_ms,
            first_message_id,
            body: draft.body,
            body_hash: draft.body_hash,
            to: draft.to,
            extras,
            answered: AtomicU8::new(Answered::Ok as u8),
        });
        log.push(sent.clone());
        sent
    }

    pub fn len(&self) -> usize {
        self.log.lock().len()
    }

    /// A slice of the log: sends with `seq > after`, at most `limit`.
    pub fn after(&self, after: u64, limit: usize) -> Vec<Arc<Sent>> {
        let log = self.log.lock();
        let from = (after as usize).min(log.len());
        log[from..(from + limit).min(log.len())].to_vec()
    }

    pub fn by_request(&self, request_id: Uuid) -> Option<Arc<Sent>> {
        self.log.lock().iter().rev().find(|sent| sent.request_id == request_id).cloned()
    }

    pub fn clear(&self) {
        self.log.lock().clear();
        for shard in &self.keys {
            shard.lock().clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quote_tokens_name_their_message() {
        assert_eq!(quoted_message(&quote_token(570_000_000_000_000_001)), Some(570_000_000_000_000_001));
        assert_eq!(quoted_message("q0_1"), None);
    }

    #[test]
    fn recipients_pack_delivery_beside_the_person() {
        assert!(Recipient::delivered(999_999).is_delivered());
        assert!(!Recipient::dropped(999_999).is_delivered());
        assert_eq!(Recipient::dropped(999_999).person(), 999_999);
    }
}
