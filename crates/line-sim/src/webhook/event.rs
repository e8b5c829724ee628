//! Events as LINE writes them.

use crate::channel::Channel;
use crate::reply::Talk;
use crate::world::World;
use serde::Serialize;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

/// What became of an event's first delivery.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Outcome {
    pub status: Option<u16>,
    pub result: &'static str,
    pub attempts: u32,
    pub ms: u64,
}

impl Outcome {
    pub fn without_answer(result: &'static str) -> Outcome {
        Outcome { status: None, result, attempts: 1, ms: 0 }
    }
}

/// An event on its way.
#[derive(Debug)]
pub struct Event {
    pub id: String,
    /// Index of the channel it belongs to.
    pub channel: u16,
    /// Events of one lane key leave in order.
    pub lane: u64,
    /// The event's JSON fields without braces and without `deliveryContext`.
    pub fields: String,
    pub reply_token: Option<String>,
    /// Deliveries so far.
    pub attempts: u32,
    pub waiter: Option<oneshot::Sender<Outcome>>,
}

impl Event {
    /// The event as it stands in the body.
    pub fn write(&self, body: &mut String) {
        body.push('{');
        body.push_str(&self.fields);
        body.push_str(",\"deliveryContext\":{\"isRedelivery\":");
        body.push_str(if self.attempts > 0 { "true" } else { "false" });
        body.push_str("}}");
    }

    /// The same event for another delivery.
    pub fn copy(&self) -> Event {
        Event {
            id: self.id.clone(),
            channel: self.channel,
            lane: self.lane,
            fields: self.fields.clone(),
            reply_token: self.reply_token.clone(),
            attempts: self.attempts,
            waiter: None,
        }
    }
}

/// Builders of events, one per kind of thing a phone does.
pub mod events {
    use super::*;

    /// Whether an event can be replied to.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Reply {
        Possible,
        None,
    }

    /// Builds an event and issues its reply token.
    pub fn build(world: &World, channel: &Channel, talk: &Talk, source: Value, kind: &str, reply: Reply, more: Value) -> Event {
        let now = world.clock.now_ms();
        let id = world.ids.ulid(now).to_string();
        let standby = channel.settings.read().standby;
        let mut fields = Map::new();
        fields.insert("type".into(), json!(kind));
        if let Value::Object(more) = more {
            fields.extend(more);
        }
        fields.insert("webhookEventId".into(), json!(id));
        fields.insert("timestamp".into(), json!(now));
        if !source.is_null() {
            fields.insert("source".into(), source);
        }
        let reply_token = (reply == Reply::Possible && !standby).then(|| world.ids.hex());
        if let Some(token) = &reply_token {
            channel.reply_tokens.issue(token, talk.clone(), now);
            fields.insert("replyToken".into(), json!(token));
        }
        fields.insert("mode".into(), json!(if standby { "standby" } else { "active" }));
        let text = serde_json::to_string(&fields).unwrap_or_default();
        let lane = match talk {
            Talk::Person(person) => u64::from(*person),
            Talk::Group(id) => id.bytes().fold(7, |hash: u64, b| hash.wrapping_mul(31).wrapping_add(u64::from(b))),
        };
        let inner = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).unwrap_or(&text).to_owned();
        Event { id, channel: channel.index, lane, fields: inner, reply_token, attempts: 0, waiter: None }
    }
}
