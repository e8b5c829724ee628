//! Server-sent events for open phones.

use super::refs::UserRef;
use crate::answer::Answer;
use crate::call::Call;
use crate::people::Person;
use crate::route::Route;
use crate::signal::Signal;
use crate::sim_api::clock;
use crate::world::World;
use bytes::Bytes;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

pub const ROUTES: &[Route] = &[Route::get("/__sim/events", "sim", events).own()];

const PING: Duration = Duration::from_secs(15);
/// Without a user, rooms are told at most this often.
const ROOM_GAP: Duration = Duration::from_millis(50);

/// Whose news a page wants.
struct Listener {
    person: Option<Person>,
    channel_id: Option<String>,
    last_room: Option<Instant>,
}

fn events(call: &Call) -> Answer {
    let person = match call.param("user").map(|user| UserRef::Text(user).find(call.world)).transpose() {
        Ok(person) => person,
        Err(answer) => return answer,
    };
    let listener = Listener { person, channel_id: call.param("channel_id"), last_room: None };
    let (chunks, out) = mpsc::channel(64);
    tokio::spawn(feed(call.world.clone(), listener, chunks));
    Answer::stream("text/event-stream", out).header("cache-control", "no-store")
}

async fn feed(world: Arc<World>, mut listener: Listener, chunks: mpsc::Sender<Bytes>) {
    let mut signals = world.signals.listen();
    let mut shutdown = world.shutdown.subscribe();
    if chunks.send(Bytes::from_static(b": hello\n\n")).await.is_err() {
        return;
    }
    loop {
        let text = tokio::select! {
            signal = signals.recv() => match signal {
                Ok(signal) if listener.wants(&signal) => write(&world, &signal),
                Ok(_) => continue,
                // Too many at once: the page draws everything anew.
                Err(RecvError::Lagged(_)) => write(&world, &Signal::Reset),
                Err(RecvError::Closed) => return,
            },
            () = tokio::time::sleep(PING) => ": ping\n\n".to_owned(),
            () = chunks.closed() => return,
            _ = shutdown.changed() => return,
        };
        if chunks.send(text.into()).await.is_err() {
            return;
        }
    }
}

impl Listener {
    fn wants(&mut self, signal: &Signal) -> bool {
        let (person, channel) = match signal {
            Signal::Clock | Signal::Users | Signal::Channels | Signal::Reset => return true,
            Signal::Room { n, channel_id, .. } | Signal::Richmenu { n, channel_id } => (*n, channel_id),
            Signal::Friendship { n, channel_id, .. } | Signal::Loading { n, channel_id, .. } => (Some(*n), channel_id),
        };
        if self.channel_id.as_ref().is_some_and(|wanted| wanted != channel) {
            return false;
        }
        match self.person {
            Some(wanted) => person.is_none_or(|n| n == wanted),
            None => matches!(signal, Signal::Room { .. }) && self.is_time(),
        }
    }

    fn is_time(&mut self) -> bool {
        let due = self.last_room.is_none_or(|last| last.elapsed() >= ROOM_GAP);
        if due {
            self.last_room = Some(Instant::now());
        }
        due
    }
}

fn write(world: &World, signal: &Signal) -> String {
    let mut data = serde_json::to_value(signal).unwrap_or_default();
    let name = data["event"].as_str().unwrap_or("reset").to_owned();
    if let Value::Object(fields) = &mut data {
        fields.remove("event");
        if fields.get("group_id").is_some_and(Value::is_null) {
            fields.remove("group_id");
        }
    }
    if matches!(signal, Signal::Clock) {
        let view = clock::view(world);
        data = json!({ "now_ms": view["now_ms"], "flowing": view["flowing"], "target_ms": view["target_ms"] });
    }
    format!("event: {name}\ndata: {data}\n\n")
}
