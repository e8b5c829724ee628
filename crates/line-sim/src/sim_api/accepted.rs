//! The ledger of accepted sends.

use crate::answer::Answer;
use crate::call::Call;
use crate::ledger::{Sent, To};
use crate::route::Route;
use crate::world::World;
use bytes::Bytes;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use tokio::sync::mpsc;

pub const ROUTES: &[Route] =
    &[Route::get("/__sim/accepted.ndjson", "sim", ndjson).own(), Route::get("/__sim/accepted/{requestId}", "sim", one).own()];

const CHUNK: usize = 64 * 1024;
const SLICE: usize = 256;

/// Which sends, and how they are written.
struct Wanted {
    by_recipient: Option<()>,
    without_messages: Option<()>,
    channel: Option<u16>,
    endpoint: Option<String>,
    after: u64,
}

fn ndjson(call: &Call) -> Answer {
    let channel = match call.param("channel_id").map(|id| call.world.channel(&id).ok_or(id)) {
        None => None,
        Some(Ok(channel)) => Some(channel.index),
        Some(Err(id)) => return Answer::sim_error(404, format!("no channel {id}")),
    };
    let wanted = Wanted {
        by_recipient: (call.param("by").as_deref() == Some("recipient")).then_some(()),
        without_messages: (call.param("messages").as_deref() == Some("false")).then_some(()),
        channel,
        endpoint: call.param("endpoint"),
        after: call.param("after").and_then(|seq| seq.parse().ok()).unwrap_or(0),
    };
    let (chunks, out) = mpsc::channel(4);
    let world = call.world.clone();
    tokio::task::spawn_blocking(move || write_all(&world, &wanted, &chunks));
    Answer::stream("application/x-ndjson", out)
}

fn write_all(world: &World, wanted: &Wanted, chunks: &mpsc::Sender<Bytes>) {
    let mut after = wanted.after;
    let mut buffer = Vec::with_capacity(CHUNK + 4096);
    loop {
        let slice = world.ledger.after(after, SLICE);
        let Some(last) = slice.last() else { break };
        after = last.seq;
        for sent in &slice {
            let other_channel = wanted.channel.is_some_and(|channel| channel != sent.channel);
            let other_endpoint = wanted.endpoint.as_deref().is_some_and(|name| name != sent.via.name());
            if other_channel || other_endpoint {
                continue;
            }
            if wanted.by_recipient.is_none() {
                write_line(&mut buffer, &view(world, sent, wanted));
            }
            for line in wanted.by_recipient.iter().flat_map(|()| lines(world, sent, wanted)) {
                write_line(&mut buffer, &line);
                if buffer.len() >= CHUNK && chunks.blocking_send(std::mem::take(&mut buffer).into()).is_err() {
                    return;
                }
            }
            if buffer.len() >= CHUNK && chunks.blocking_send(std::mem::take(&mut buffer).into()).is_err() {
                return;
            }
        }
    }
    if !buffer.is_empty() {
        // The reader may have left.
        let _ = chunks.blocking_send(buffer.into());
    }
}

fn write_line(buffer: &mut Vec<u8>, line: &Map<String, Value>) {
    // Writing into memory does not fail.
    let _ = serde_json::to_writer(&mut *buffer, line);
    buffer.push(b'\n');
}

fn head(world: &World, sent: &Sent, wanted: &Wanted) -> Map<String, Value> {
    let mut line = Map::new();
    let channel = world.channel_at(sent.channel);
    line.insert("seq".into(), json!(sent.seq));
    line.insert("request_id".into(), json!(sent.request_id));
    line.insert("retry_key".into(), json!(sent.retry_key));
    line.insert("endpoint".into(), json!(sent.via.name()));
    line.insert("channel_id".into(), json!(channel.map(|c| c.id.clone())));
    line.insert("body_sha256".into(), json!(hex::encode(sent.body_hash)));
    line.insert("at_ms".into(), json!(sent.at_ms));
    line.insert("answered".into(), json!(sent.answered()));
    line.insert("duplicate".into(), json!(sent.is_duplicate()));
    if let Some(extras) = &sent.extras {
        if let Some(unit) = &extras.unit {
            line.insert("unit".into(), json!(unit));
        }
        if let Some(token) = &extras.reply_token {
            line.insert("reply_token".into(), json!(token));
        }
    }
    if wanted.without_messages.is_none() {
        let messages: Value = serde_json::from_str::<&RawValue>(&sent.body)
            .ok()
            .and_then(|raw| serde_json::from_str(raw.get()).ok())
            .unwrap_or_default();
        line.insert("messages".into(), messages);
    }
    line
}

/// One line for the whole send.
fn view(world: &World, sent: &Arc<Sent>, wanted: &Wanted) -> Map<String, Value> {
    let mut line = head(world, sent, wanted);
    let provider = world.channel_at(sent.channel).map_or(0, |c| c.provider);
    let (ids, count, delivered): (Vec<String>, usize, usize) = match &sent.to {
        To::Group(id, members) => (vec![id.to_string()], *members as usize, *members as usize),
        _ => {
            let recipients = sent.recipients();
            let ids = recipients.iter().map(|r| world.people.id(provider, r.person())).collect();
            (ids, recipients.len(), recipients.iter().filter(|r| r.is_delivered()).count())
        }
    };
    line.insert("recipients".into(), json!(ids));
    line.insert("recipient_count".into(), json!(count));
    line.insert("delivered_count".into(), json!(delivered));
    line
}

/// One line per recipient.
fn lines<'a>(world: &'a World, sent: &'a Arc<Sent>, wanted: &Wanted) -> Box<dyn Iterator<Item = Map<String, Value>> + 'a> {
    let head = head(world, sent, wanted);
    if let To::Group(id, _) = &sent.to {
        let mut line = head;
        line.insert("to".into(), json!(id));
        line.insert("n".into(), Value::Null);
        line.insert("delivered".into(), json!(true));
        return Box::new(std::iter::once(line));
    }
    let provider = world.channel_at(sent.channel).map_or(0, |c| c.provider);
    Box::new(sent.recipients().iter().map(move |recipient| {
        let mut line = head.clone();
        line.insert("to".into(), json!(world.people.id(provider, recipient.person())));
        line.insert("n".into(), json!(recipient.person()));
        line.insert("delivered".into(), json!(recipient.is_delivered()));
        line
    }))
}

fn one(call: &Call) -> Answer {
    let sent = uuid::Uuid::try_parse(call.args[0]).ok().and_then(|id| call.world.ledger.by_request(id));
    let wanted = Wanted { by_recipient: None, without_messages: None, channel: None, endpoint: None, after: 0 };
    match sent {
        Some(sent) => Answer::ok(&view(call.world, &sent, &wanted)),
        None => Answer::sim_error(404, "no accepted send has this request id"),
    }
}
