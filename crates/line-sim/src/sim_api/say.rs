//! What phones say.

use super::acts::{Act, Done, act};
use crate::answer::Answer;
use crate::api::chat::mark_as_read_token;
use crate::api::content::{Content, FileKind};
use crate::channel::Channel;
use crate::ledger::quote_token;
use crate::people::Person;
use crate::reply::Talk;
use crate::room::{Entry, Incoming};
use crate::route::Route;
use crate::webhook::Event;
use crate::webhook::events::{Reply, build};
use crate::world::World;
use base64::Engine;
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub const ROUTES: &[Route] = &[
    Route::later("POST", "/__sim/say", "sim", |call| act(call, say)).own(),
    Route::later("POST", "/__sim/edit", "sim", |call| act(call, edit)).own(),
];

fn say(act: &Act) -> Result<Done, Answer> {
    let id = act.world.ledger.message_ids(1);
    let spoken = message(act, id)?;
    speak(act, id, spoken)
}

/// Says something for a person without a phone's request: what a LIFF page sends.
pub fn speak_as(world: &Arc<World>, channel: &Arc<Channel>, person: Person, body: &Value) {
    let act = Act { world, channel, person, body };
    if let Ok(Done { event: Some(event), .. }) = say(&act) {
        channel.outbox.send(world, channel, event);
    }
}

/// Puts a message into the talk and makes its event.
pub fn speak(act: &Act, id: u64, spoken: Map<String, Value>) -> Result<Done, Answer> {
    let now = act.world.clock.now_ms();
    let group = act.body["group_id"].as_str();
    let incoming = Incoming {
        kind: "message",
        id,
        at_ms: now,
        from: act.person,
        json: serde_json::to_string(&spoken).unwrap_or_default().into(),
        quote_token: spoken.get("quoteToken").and_then(Value::as_str).map(Into::into),
        unsent: None,
        edited: None,
    };
    let more = json!({ "message": spoken });
    let event = match group {
        Some(group) => {
            let event = group_event(act, group, "message", Reply::Possible, more)?;
            act.world.groups.push(act.world, group, Entry::In(Box::new(incoming)));
            event
        }
        None => {
            act.channel.members.with(act.person, |m| m.wrote_ms = now);
            act.put(incoming);
            act.event("message", Reply::Possible, more)
        }
    };
    Ok(Done { event: Some(event), extra: Some(json!({ "message_id": id.to_string() })) })
}

/// An event in a group the person and the account are in.
pub fn group_event(act: &Act, group_id: &str, kind: &str, reply: Reply, more: Value) -> Result<Event, Answer> {
    let group = act.world.groups.get(group_id).ok_or_else(|| Answer::sim_error(404, "no such group"))?;
    if !group.members.contains(&act.person) {
        return Err(Answer::sim_error(409, "this person is not in the group"));
    }
    let name = group.kind.name();
    let mut source = json!({ "type": name });
    source[format!("{name}Id")] = json!(group.id);
    // In groups only message events tell who, and only of those who agreed.
    if matches!(kind, "message" | "messageEdited" | "unsend" | "postback") && act.world.people.profile(act.person).consent {
        source["userId"] = json!(act.world.user_id(act.channel, act.person));
    }
    Ok(build(act.world, act.channel, &Talk::Group(group.id), source, kind, reply, more))
}

/// The message object as the webhook shows it.
fn message(act: &Act, id: u64) -> Result<Map<String, Value>, Answer> {
    let body = act.body;
    let mut message = Map::new();
    let kinds = ["text", "sticker", "image", "video", "audio", "file", "location"];
    let given = kinds.iter().find(|kind| !body[**kind].is_null());
    let kind = *given.ok_or_else(|| Answer::sim_error(400, "say text, sticker, image, video, audio, file or location"))?;
    message.insert("type".into(), json!(kind));
    message.insert("id".into(), json!(id.to_string()));
    let given = &body[kind];
    match kind {
        "text" => text(body, &mut message)?,
        "sticker" => sticker(given, &mut message)?,
        "location" => location(given, &mut message)?,
        _ => file(act, kind, given, id, &mut message)?,
    }
    if matches!(kind, "text" | "sticker" | "image" | "video") {
        message.insert("quoteToken".into(), json!(quote_token(id)));
    }
    if let Some(quoted) = body["quoted_message_id"].as_str()
        && matches!(kind, "text" | "sticker")
    {
        message.insert("quotedMessageId".into(), json!(quoted));
    }
    let token = mark_as_read_token(act.channel.index, act.person, id);
    message.insert("markAsReadToken".into(), json!(token));
    Ok(message)
}

/// A plain text message of a person.
pub fn text_message(act: &Act, id: u64, text: &str) -> Map<String, Value> {
    let mut message = Map::new();
    message.insert("type".into(), json!("text"));
    message.insert("id".into(), json!(id.to_string()));
    message.insert("text".into(), json!(text));
    message.insert("quoteToken".into(), json!(quote_token(id)));
    message.insert("markAsReadToken".into(), json!(mark_as_read_token(act.channel.index, act.person, id)));
    message
}

fn text(body: &Value, message: &mut Map<String, Value>) -> Result<(), Answer> {
    let text = body["text"].as_str().filter(|t| !t.is_empty());
    message.insert("text".into(), json!(text.ok_or_else(|| Answer::sim_error(400, "text is a non-empty string"))?));
    if body["emojis"].is_array() {
        message.insert("emojis".into(), body["emojis"].clone());
    }
    if body["mentions"].is_array() {
        message.insert("mention".into(), json!({ "mentionees": body["mentions"] }));
    }
    Ok(())
}

fn sticker(given: &Value, message: &mut Map<String, Value>) -> Result<(), Answer> {
    for name in ["packageId", "stickerId"] {
        let value = match &given[name] {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => {
                return Err(Answer::sim_error(400, "a sticker has packageId and stickerId"));
            }
        };
        message.insert(name.into(), json!(value));
    }
    let resource = given["stickerResourceType"].as_str().unwrap_or("STATIC");
    message.insert("stickerResourceType".into(), json!(resource));
    for name in ["keywords", "text"] {
        if !given[name].is_null() {
            message.insert(name.into(), given[name].clone());
        }
    }
    Ok(())
}

fn location(given: &Value, message: &mut Map<String, Value>) -> Result<(), Answer> {
    for name in ["latitude", "longitude"] {
        if !given[name].is_number() {
            return Err(Answer::sim_error(400, "a location has latitude and longitude"));
        }
        message.insert(name.into(), given[name].clone());
    }
    for name in ["title", "address"] {
        if given[name].is_string() {
            message.insert(name.into(), given[name].clone());
        }
    }
    Ok(())
}

fn file(act: &Act, kind: &str, given: &Value, id: u64, message: &mut Map<String, Value>) -> Result<(), Answer> {
    let (kind_of, default_mime) = match kind {
        "image" => (FileKind::Image, "image/jpeg"),
        "video" => (FileKind::Video, "video/mp4"),
        "audio" => (FileKind::Audio, "audio/x-m4a"),
        _ => (FileKind::File, "application/octet-stream"),
    };
    if let Some(url) = given["external_url"].as_str() {
        let provider = json!({ "type": "external", "originalContentUrl": url, "previewImageUrl": url });
        message.insert("contentProvider".into(), provider);
    } else {
        let data = given["data_base64"].as_str().unwrap_or_default();
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(data)
            .map_err(|_| Answer::sim_error(400, "data_base64 is not base64"))?;
        if kind == "file" {
            message.insert("fileSize".into(), json!(bytes.len()));
        } else {
            message.insert("contentProvider".into(), json!({ "type": "line" }));
        }
        let mime = known_mime(given["mime"].as_str()).unwrap_or(default_mime);
        let content =
            Content { kind: kind_of, mime, bytes: bytes.into(), sent_ms: act.world.clock.now_ms(), channel: act.channel.index };
        act.world.contents.put(id, content);
    }
    match kind {
        "file" => {
            message.insert("fileName".into(), json!(given["fileName"].as_str().unwrap_or("file.bin")));
        }
        "video" | "audio" => {
            message.insert("duration".into(), json!(given["duration"].as_i64().unwrap_or(5000)));
        }
        _ => {
            if !act.body["image_set"].is_null() {
                message.insert("imageSet".into(), act.body["image_set"].clone());
            }
        }
    }
    Ok(())
}

fn known_mime(given: Option<&str>) -> Option<&'static str> {
    let known =
        ["image/jpeg", "image/png", "image/gif", "video/mp4", "audio/x-m4a", "audio/mpeg", "application/pdf", "text/plain"];
    known.into_iter().find(|mime| Some(*mime) == given)
}

fn edit(act: &Act) -> Result<Done, Answer> {
    let group = act.text("group_id")?;
    let id: u64 = act.text("message_id")?.parse().map_err(|_| Answer::sim_error(400, "message_id is a number"))?;
    let text = act.text("text")?;
    let edited = act.world.groups.with_room(group, |room| {
        let incoming = room.incoming_mut(id).filter(|incoming| incoming.from == act.person)?;
        let mut message: Map<String, Value> = serde_json::from_str(&incoming.json).ok()?;
        if message.get("type").and_then(Value::as_str) != Some("text") {
            return None;
        }
        message.insert("text".into(), json!(text));
        // An edit brings a new quote token and no read mark.
        message.insert("quoteToken".into(), json!(quote_token(act.world.ledger.message_ids(1))));
        message.remove("markAsReadToken");
        incoming.json = serde_json::to_string(&message).ok()?.into();
        incoming.edited = Some(());
        Some(message)
    });
    let message = edited.flatten().ok_or_else(|| Answer::sim_error(404, "no such text of this person in the group"))?;
    let event = group_event(act, group, "messageEdited", Reply::Possible, json!({ "message": message }))?;
    Ok(Done { event: Some(event), extra: None })
}
