//! Reply, push, multicast, broadcast.

use crate::answer::Answer;
use crate::api::group::Group;
use crate::call::Call;
use crate::channel::Channel;
use crate::check::message::Target;
use crate::check::{At, Check};
use crate::http::violate;
use crate::json::Json;
use crate::ledger::{Draft, Extras, KeySlot, KeyState, Recipient, Sent, To, Via};
use crate::people::{Person, looks_like_user_id};
use crate::reply::Talk;
use crate::room::Entry;
use crate::route::Route;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use uuid::Uuid;

pub const ROUTES: &[Route] = &[
    Route::post("/v2/bot/message/push", "push", push).keyed(),
    Route::post("/v2/bot/message/multicast", "multicast", multicast).keyed().rate(200, 1),
    Route::post("/v2/bot/message/reply", "reply", reply),
    Route::post("/v2/bot/message/broadcast", "broadcast", broadcast).keyed().rate(60, 3600),
];

/// At most this many recipients in a multicast.
const MULTICAST_MAX: usize = 500;

/// A send's body. The messages stay a slice of the request: they are kept as they came.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendBody<'a> {
    #[serde(borrow, default)]
    to: Option<Json<'a>>,
    #[serde(borrow, default)]
    reply_token: Option<Json<'a>>,
    #[serde(borrow, default)]
    pub messages: Option<&'a RawValue>,
    #[serde(borrow, default)]
    notification_disabled: Option<Json<'a>>,
    #[serde(borrow, default)]
    custom_aggregation_units: Option<Json<'a>>,
    #[serde(borrow, default)]
    pub recipient: Option<Json<'a>>,
    #[serde(borrow, default)]
    pub filter: Option<Json<'a>>,
    #[serde(borrow, default)]
    pub limit: Option<Json<'a>>,
}

/// A body whose messages were found good.
pub struct Checked<'a> {
    pub body: &'a str,
    pub bubbles: u8,
    pub extras: Extras,
}

impl<'a> SendBody<'a> {
    pub fn parse(call: &'a Call) -> Result<SendBody<'a>, Answer> {
        serde_json::from_slice(&call.body).map_err(|error| Answer::bad_json(&error))
    }

    /// Checks messages and options.
    pub fn check(&self, call: &Call, target: Target) -> Result<Checked<'a>, Answer> {
        let raw = self.messages.map(RawValue::get).unwrap_or("[]");
        let Ok(Json::List(messages)) = Json::parse(raw.as_bytes()) else {
            return Err(Answer::bad_property("messages"));
        };
        let mut check = Check::default();
        check.messages(&messages, target);
        let mut extras = Extras::default();
        if let Some(Json::Bool(true)) = self.notification_disabled {
            extras.notification_disabled = Some(());
        }
        if let Some(units) = &self.custom_aggregation_units {
            extras.unit = unit(units, &mut check).filter(|unit| call.channel().units.admit(unit, call.now_ms));
        }
        check.verdict()?;
        Ok(Checked { body: raw, bubbles: messages.len() as u8, extras })
    }
}

/// At most one name of 30 letters, digits and underscores.
fn unit(units: &Json, check: &mut Check) -> Option<String> {
    let at = At::root("customAggregationUnits");
    let names = units.as_list().unwrap_or_default();
    if names.len() > 1 {
        check.fail(&at, "Size must be between 0 and 1");
        return None;
    }
    let name = names.first()?.as_str().unwrap_or_default();
    let spelled = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if name.is_empty() || name.len() > 30 || !spelled {
        check.fail(&at.index(0), "Invalid custom aggregation unit");
        return None;
    }
    Some(name.to_owned())
}

/// Where the request's retry key stands.
pub enum Key<'a> {
    None,
    Free(Uuid, KeySlot<'a>),
}

/// Reads `X-Line-Retry-Key`. A key accepted within 24 hours ends the call with 409, whatever the body.
pub fn retry_key<'a>(call: &'a Call) -> Result<Key<'a>, Answer> {
    let Some(text) = call.header("x-line-retry-key") else {
        return Ok(Key::None);
    };
    let Ok(key) = Uuid::try_parse(text) else {
        violate(call.world, call.request_id, call.route.name, "retry_key", format!("not a UUID: {text}"));
        return Err(Answer::error(400, "The retry key is invalid"));
    };
    match call.world.ledger.key(call.channel().index, key, call.now_ms) {
        KeyState::Free(slot) => Ok(Key::Free(key, slot)),
        KeyState::Accepted(first) => Err(already_accepted(call, &first)),
    }
}

fn already_accepted(call: &Call, first: &Sent) -> Answer {
    if first.body_hash[..] != Sha256::digest(&call.body)[..] {
        let detail = format!("{} was accepted with another body as {}", first.retry_key.unwrap_or_default(), first.request_id);
        violate(call.world, call.request_id, call.route.name, "retry_key_other_body", detail);
    }
    let message = "\"message\":\"The retry key is already accepted\"";
    let body = match first.via {
        // Push also tells what was sent: its object without the opening brace.
        Via::Push => format!("{{{message},{}", &first.sent_messages()[1..]),
        _ => format!("{{{message}}}"),
    };
    Answer::new(409, "application/json", body).header("x-line-accepted-request-id", first.request_id.to_string())
}

fn push(call: &Call) -> Answer {
    try_push(call).unwrap_or_else(|answer| answer)
}

fn try_push(call: &Call) -> Result<Answer, Answer> {
    let key = retry_key(call)?;
    let body = SendBody::parse(call)?;
    let to = match &body.to {
        Some(Json::Str(to)) if !to.is_empty() => to.as_ref(),
        Some(_) => return Err(Answer::bad_property("to")),
        None => return Err(Answer::invalid_one("May not be empty", "to")),
    };
    let failed = || Answer::error(400, "Failed to send messages");
    if call.world.faults.plan().refuses("push", to, &call.world.faults.dice) {
        return Err(failed());
    }
    let channel = call.channel();
    if !to.starts_with('U') {
        let checked = body.check(call, Target::Group)?;
        let group = call.world.groups.find(channel, to).ok_or_else(failed)?;
        let sent = to_group(call, Via::Push, &group, checked, key)?;
        return Ok(Answer::new(200, "application/json", sent.sent_messages()));
    }
    if !looks_like_user_id(to) {
        return Err(Answer::bad_property("to"));
    }
    let checked = body.check(call, Target::Person)?;
    let person = call.world.people.find(channel.provider, to).ok_or_else(failed)?;
    let reachable = channel.members.with(person, |m| m.reachable(call.now_ms));
    charge(call, u64::from(reachable))?;
    let recipient = if reachable { Recipient::delivered(person) } else { Recipient::dropped(person) };
    let sent = enter(call, Via::Push, To::One(recipient), checked, key);
    Ok(Answer::new(200, "application/json", sent.sent_messages()))
}

fn multicast(call: &Call) -> Answer {
    try_multicast(call).unwrap_or_else(|answer| answer)
}

fn try_multicast(call: &Call) -> Result<Answer, Answer> {
    let key = retry_key(call)?;
    let body = SendBody::parse(call)?;
    let checked = body.check(call, Target::Person)?;
    let ids = body.to.as_ref().and_then(Json::as_list).unwrap_or_default();
    if ids.is_empty() || ids.len() > MULTICAST_MAX {
        return Err(Answer::invalid_one(&format!("Size must be between 1 and {MULTICAST_MAX}"), "to"));
    }
    let people = recipients(call, ids)?;
    let reach = reach(call, &people);
    charge(call, reach.iter().filter(|r| r.is_delivered()).count() as u64)?;
    enter(call, Via::Multicast, To::Many(reach.into()), checked, key);
    Ok(Answer::empty())
}

fn recipients(call: &Call, ids: &[Json]) -> Result<Vec<Person>, Answer> {
    let plan = call.world.faults.plan();
    let bad = |at: usize| Answer::bad_property(&format!("to[{at}]"));
    let mut people = Vec::with_capacity(ids.len());
    for (at, id) in ids.iter().enumerate() {
        let id = id.as_str().ok_or_else(|| bad(at))?;
        let person = call.world.people.find(call.channel().provider, id).ok_or_else(|| bad(at))?;
        if !plan.is_calm() && plan.refuses("multicast", id, &call.world.faults.dice) {
            return Err(bad(at));
        }
        people.push(person);
    }
    let mut sorted = people.clone();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        violate(call.world, call.request_id, "multicast", "recipient_twice", "the same user stands twice in to".into());
        people = sorted;
        people.dedup();
    }
    Ok(people)
}

/// Who of the people would get a message now.
pub fn reach(call: &Call, people: &[Person]) -> Vec<Recipient> {
    let one = |person: &Person| match call.channel().members.with(*person, |m| m.reachable(call.now_ms)) {
        true => Recipient::delivered(*person),
        false => Recipient::dropped(*person),
    };
    people.iter().map(one).collect()
}

fn broadcast(call: &Call) -> Answer {
    // A million rooms take a while: other calls of this thread go elsewhere meanwhile.
    crate::sync::aside(|| try_broadcast(call)).unwrap_or_else(|answer| answer)
}

fn try_broadcast(call: &Call) -> Result<Answer, Answer> {
    let key = retry_key(call)?;
    let checked = SendBody::parse(call)?.check(call, Target::Person)?;
    let friends = friends(call.channel(), call.now_ms);
    charge(call, friends.len() as u64)?;
    let to = friends.into_iter().map(Recipient::delivered).collect();
    enter(call, Via::Broadcast, To::Many(to), checked, key);
    Ok(Answer::empty())
}

/// Friends who did not block.
pub fn friends(channel: &Channel, now_ms: i64) -> Vec<Person> {
    use crate::channel::Standing;
    channel.members.people(|m| m.standing == Standing::Friend && m.reachable(now_ms))
}

fn reply(call: &Call) -> Answer {
    try_reply(call).unwrap_or_else(|answer| answer)
}

fn try_reply(call: &Call) -> Result<Answer, Answer> {
    let body = SendBody::parse(call)?;
    let token = match &body.reply_token {
        Some(Json::Str(token)) if !token.is_empty() => token.as_ref(),
        Some(_) => return Err(Answer::bad_property("replyToken")),
        None => return Err(Answer::invalid_one("May not be empty", "replyToken")),
    };
    let channel = call.channel();
    let invalid = || Answer::error(400, "Invalid reply token");
    let target = match channel.reply_tokens.peek(token, call.now_ms).ok_or_else(invalid)? {
        Talk::Person(_) => Target::Person,
        Talk::Group(_) => Target::Group,
    };
    // A body with errors leaves the token usable.
    let mut checked = body.check(call, target)?;
    checked.extras.reply_token = Some(token.to_owned());
    let sent = match channel.reply_tokens.spend(token, call.now_ms).ok_or_else(invalid)? {
        Talk::Person(person) => {
            let open = channel.members.with(person, |m| m.standing != crate::channel::Standing::Blocked);
            let recipient = if open { Recipient::delivered(person) } else { Recipient::dropped(person) };
            enter(call, Via::Reply, To::One(recipient), checked, Key::None)
        }
        Talk::Group(id) => {
            let group = call.world.groups.find(channel, &id).ok_or_else(invalid)?;
            to_group(call, Via::Reply, &group, checked, Key::None)?
        }
    };
    Ok(Answer::new(200, "application/json", sent.sent_messages()))
}

/// Takes the recipients from the month's messages.
pub fn charge(call: &Call, recipients: u64) -> Result<(), Answer> {
    let channel = call.channel();
    let limit = channel.settings.read().quota;
    channel.quota.lock().take(recipients, limit, call.now_ms).map_err(|_| Answer::monthly_limit())
}

fn to_group(call: &Call, via: Via, group: &Group, checked: Checked, key: Key) -> Result<Arc<Sent>, Answer> {
    let members = group.members.len() as u32;
    if via != Via::Reply {
        charge(call, u64::from(members))?;
    }
    let sent = book(call, via, To::Group(group.id.as_str().into(), members), checked, key);
    call.world.groups.push(call.world, &group.id, Entry::Out(sent.clone()));
    Ok(sent)
}

/// Books a send and puts it into the rooms of those it reaches.
pub fn enter(call: &Call, via: Via, to: To, checked: Checked, key: Key) -> Arc<Sent> {
    let sent = book(call, via, to, checked, key);
    let channel = call.channel();
    let mut delivered = 0;
    for recipient in sent.recipients().iter().filter(|r| r.is_delivered()) {
        let person = recipient.person();
        let seq = channel.members.with(person, |member| member.room().push(Entry::Out(sent.clone())));
        call.world.tell_room(channel, person, seq);
        delivered += 1;
    }
    call.world.stats.recipients.fetch_add(sent.recipients().len() as u64, Ordering::Relaxed);
    call.world.stats.delivered.fetch_add(delivered, Ordering::Relaxed);
    sent
}

/// Gives a send its place in the ledger and remembers its key.
pub fn book(call: &Call, via: Via, to: To, checked: Checked, key: Key) -> Arc<Sent> {
    let mut extras = checked.extras;
    let (retry_key, slot) = match key {
        Key::None => (None, None),
        Key::Free(key, slot) => (Some(key), Some(slot)),
    };
    let forgotten = slot.as_ref().and_then(|slot| slot.forgotten.clone());
    if forgotten.is_some() {
        extras.duplicate = Some(());
    }
    let sent = call.world.ledger.enter(Draft {
        request_id: call.request_id,
        retry_key,
        via,
        channel: call.channel().index,
        bubbles: checked.bubbles,
        at_ms: call.now_ms,
        body: checked.body.into(),
        body_hash: Sha256::digest(&call.body).into(),
        to,
        extras,
    });
    if let Some(slot) = slot {
        slot.remember(&sent);
    }
    if let Some(forgotten) = forgotten {
        count_duplicates(call, &forgotten, &sent);
    }
    sent
}

/// The key was used before, more than 24 hours ago: whoever got both got the message twice.
fn count_duplicates(call: &Call, first: &Sent, again: &Sent) {
    let delivered = |sent: &Sent| -> std::collections::HashSet<Person> {
        sent.recipients().iter().filter(|r| r.is_delivered()).map(|r| r.person()).collect()
    };
    let twice: Vec<Person> = delivered(first).intersection(&delivered(again)).copied().collect();
    call.world.stats.duplicates.fetch_add(twice.len() as u64, Ordering::Relaxed);
    let mut users = call.world.stats.duplicate_users.lock();
    users.extend(twice.into_iter().map(|person| (again.channel, person)));
}
