//! Bodies of sends, fixed before the call so that a repeat is the same bytes.
//!
//! Messages come as the text of a JSON array: from [`messages`], or rendered by the caller. They
//! are copied once, never parsed.

use crate::json::{object, tagged};
use crate::message::Message;
use bytes::Bytes;
use serde::Serialize;

/// How a message is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SendOptions<'a> {
    /// Arrives without sound.
    pub notification_disabled: bool,
    /// Aggregation unit for [`unit_insight`](crate::client::Client::unit_insight): at most 30 of
    /// `A-Za-z0-9_`; push and multicast only.
    pub unit: Option<&'a str>,
}

/// Messages as the text of a JSON array.
pub fn messages(messages: &[Message]) -> Vec<u8> {
    json(messages)
}

/// A reply to an event.
pub fn reply(reply_token: &str, messages: &[u8], options: SendOptions<'_>) -> Bytes {
    Writer::new(messages).field("replyToken", reply_token).messages(messages).options(SendOptions { unit: None, ..options })
}

/// A push to a user, group or room; also a notification message to a hashed number.
pub fn push(to: &str, messages: &[u8], options: SendOptions<'_>) -> Bytes {
    Writer::new(messages).field("to", to).messages(messages).options(options)
}

/// A multicast to up to 500 users.
pub fn multicast<T: AsRef<str>>(to: &[T], messages: &[u8], options: SendOptions<'_>) -> Bytes {
    let to: Vec<&str> = to.iter().map(AsRef::as_ref).collect();
    Writer::with_room(messages.len() + to.len() * 37).field("to", &to).messages(messages).options(options)
}

/// A broadcast to all friends.
pub fn broadcast(messages: &[u8], options: SendOptions<'_>) -> Bytes {
    Writer::new(messages).messages(messages).options(SendOptions { unit: None, ..options })
}

/// A narrowcast to friends LINE selects.
pub fn narrowcast(messages: &[u8], to: &Narrowcast, options: SendOptions<'_>) -> Bytes {
    let mut writer = Writer::new(messages).messages(messages);
    if let Some(recipient) = &to.recipient {
        writer = writer.field("recipient", recipient);
    }
    if let Some(demographic) = &to.demographic {
        writer = writer.field("filter", &serde_json::json!({"demographic": demographic}));
    }
    if let Some(limit) = &to.limit {
        writer = writer.field("limit", limit);
    }
    writer.options(SendOptions { unit: None, ..options })
}

/// Messages to be checked by LINE.
pub fn validate(messages: &[u8]) -> Bytes {
    Writer::new(messages).messages(messages).options(SendOptions::default())
}

/// Whom a narrowcast addresses; nothing said means all friends.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Narrowcast {
    /// By audience or earlier send.
    pub recipient: Option<Recipient>,
    /// By what LINE believes of users. It takes 100 friends LINE knows.
    pub demographic: Option<Demographic>,
    /// How many.
    pub limit: Option<NarrowcastLimit>,
}

object! {
    /// How many a narrowcast may reach.
    NarrowcastLimit {
    } ? {
        /// At most so many, at random.
        max: u64,
        /// As many as the month's quota still allows.
        up_to_remaining_quota: bool,
        /// None at all rather than fewer than meant; only with `up_to_remaining_quota`.
        forbid_partial_delivery: bool,
    }

    /// Several, joined.
    RecipientOperator {
    } ? {
        /// All of these.
        and: Vec<Recipient>,
        /// Any of these.
        or: Vec<Recipient>,
        /// Not this.
        not: Box<Recipient>,
    }

    /// An audience that is ready.
    AudienceRecipient {
        /// Its id.
        audience_group_id: i64,
    }

    /// Whom an earlier narrowcast reached.
    RedeliveryRecipient {
        /// Its request id, at most 14 days old.
        request_id: String,
    }

    /// Several, joined.
    DemographicOperator {
    } ? {
        /// All of these.
        and: Vec<Demographic>,
        /// Any of these.
        or: Vec<Demographic>,
        /// Not this.
        not: Box<Demographic>,
    }

    /// One of these words.
    OneOf {
        /// LINE's words.
        one_of: Vec<String>,
    }

    /// From, and below.
    Range {
    } ? {
        /// From this on.
        gte: String,
        /// Below this.
        lt: String,
    }
}

tagged! {
    /// By audience or earlier send; at most ten in all.
    Recipient {
        /// Several, joined.
        "operator" => Operator(RecipientOperator),
        /// An audience.
        "audience" => Audience(AudienceRecipient),
        /// An earlier send.
        "redelivery" => Redelivery(RedeliveryRecipient),
    }
}

/// By what LINE believes of users; at most ten in all.
#[derive(Clone, Debug, PartialEq, Serialize, serde::Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Demographic {
    /// Several, joined.
    Operator(DemographicOperator),
    /// `male`, `female`.
    Gender(OneOf),
    /// `age_15`, `age_20`, … `age_70`.
    Age(Range),
    /// `ios`, `android`.
    AppType(OneOf),
    /// `jp_01` … `jp_47`, and Taiwan's and Thailand's.
    Area(OneOf),
    /// `day_7`, `day_30`, `day_90`, `day_180`, `day_365`.
    SubscriptionPeriod(Range),
}

struct Writer(Vec<u8>);

impl Writer {
    fn new(messages: &[u8]) -> Self {
        Self::with_room(messages.len())
    }

    fn with_room(bytes: usize) -> Self {
        let mut text = Vec::with_capacity(bytes + 160);
        text.push(b'{');
        Self(text)
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(b',');
        }
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    fn field(mut self, name: &str, value: &(impl Serialize + ?Sized)) -> Self {
        self.name(name);
        self.0.append(&mut json(value));
        self
    }

    fn messages(mut self, messages: &[u8]) -> Self {
        self.name("messages");
        self.0.extend_from_slice(messages);
        self
    }

    fn options(self, options: SendOptions<'_>) -> Bytes {
        let mut writer = self;
        if options.notification_disabled {
            writer = writer.field("notificationDisabled", &true);
        }
        if let Some(unit) = options.unit {
            writer = writer.field("customAggregationUnits", &[unit]);
        }
        writer.0.push(b'}');
        writer.0.into()
    }
}

fn json(value: &(impl Serialize + ?Sized)) -> Vec<u8> {
    serde_json::to_vec(value).expect("these types have text keys and no failing fields, all that JSON asks for")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn parsed(body: &Bytes) -> Value {
        serde_json::from_slice(body).unwrap()
    }

    #[test]
    fn bodies_hold_what_was_given_and_nothing_else() {
        let text = messages(&[Message::text("a\"b\n縁")]);
        let said = json!([{"type": "text", "text": "a\"b\n縁"}]);
        let quiet = SendOptions { notification_disabled: true, unit: Some("spring") };
        assert_eq!(parsed(&push("U\"1", &text, SendOptions::default())), json!({"to": "U\"1", "messages": said}));
        assert_eq!(
            parsed(&multicast(&["U1", "U2"], &text, quiet)),
            json!({"to": ["U1", "U2"], "messages": said, "notificationDisabled": true,
                   "customAggregationUnits": ["spring"]})
        );
        assert_eq!(parsed(&reply("r", &text, quiet)), json!({"replyToken": "r", "messages": said, "notificationDisabled": true}));
        assert_eq!(parsed(&broadcast(&text, quiet)), json!({"messages": said, "notificationDisabled": true}));
        assert_eq!(parsed(&validate(&text)), json!({"messages": said}));
    }

    #[test]
    fn a_narrowcast_names_whom_it_addresses() {
        let to = Narrowcast {
            recipient: Some(AudienceRecipient::new(5).into()),
            demographic: Some(Demographic::Gender(OneOf::new(vec!["female".to_owned()]))),
            limit: Some(NarrowcastLimit { max: Some(100), ..NarrowcastLimit::new() }),
        };
        assert_eq!(
            parsed(&narrowcast(b"[]", &to, SendOptions::default())),
            json!({"messages": [], "recipient": {"type": "audience", "audienceGroupId": 5},
                   "filter": {"demographic": {"type": "gender", "oneOf": ["female"]}},
                   "limit": {"max": 100}})
        );
        let all = narrowcast(b"[]", &Narrowcast::default(), SendOptions::default());
        assert_eq!(parsed(&all), json!({"messages": []}));
    }
}
