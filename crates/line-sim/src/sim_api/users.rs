//! The people: listed, made, changed.

use super::refs::{channel, user_in_path};
use crate::answer::Answer;
use crate::call::Call;
use crate::channel::{Channel, Standing};
use crate::people::Person;
use crate::route::Route;
use crate::signal::Signal;
use crate::world::World;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

pub const ROUTES: &[Route] = &[
    Route::get("/__sim/users", "sim", list).own(),
    Route::get("/__sim/users.ndjson", "sim", ndjson).own(),
    Route::post("/__sim/users", "sim", create).own(),
    Route::get("/__sim/users/{user}", "sim", one).own(),
    Route::post("/__sim/users/{user}", "sim", change).own(),
];

const SHOWN_MAX: usize = 1000;

/// A person as the phone page sees them.
pub fn view(world: &World, person: Person) -> Value {
    let profile = world.people.profile(person);
    let names = world.provider_names();
    let ids: Map<String, Value> =
        names.iter().enumerate().map(|(at, name)| (name.clone(), json!(world.people.id(at as u16, person)))).collect();
    let channels: Vec<Value> = world.channels().iter().filter(|c| c.is_messaging()).map(|c| standing(world, c, person)).collect();
    let mut user = json!({
        "n": person, "name": profile.name, "picture_url": profile.picture_url, "language": profile.language,
        "consent": profile.consent, "deleted": profile.deleted, "phone": profile.phone, "email": profile.email,
        "ids": ids, "channels": channels,
    });
    if let Some(status) = profile.status_message {
        user["status_message"] = json!(status);
    }
    user
}

fn standing(world: &World, channel: &Channel, person: Person) -> Value {
    let (state, since, wrote) = channel.members.with(person, |m| (m.standing, m.since_ms, m.wrote_ms));
    let mut view = json!({ "channel_id": channel.id, "state": state, "user_id": world.user_id(channel, person) });
    for (name, ms) in [("since_ms", since), ("wrote_ms", wrote)] {
        if ms > 0 {
            view[name] = json!(ms);
        }
    }
    view
}

fn wanted_standing(text: &str) -> Result<Standing, Answer> {
    serde_json::from_value(json!(text)).map_err(|_| Answer::sim_error(400, "state is friend, blocked or never"))
}

/// People who match the query's filters, in order of their number, starting at `from`.
fn matching<'a>(call: &'a Call, from: Person) -> Result<impl Iterator<Item = Person> + 'a, Answer> {
    let world = call.world;
    let state = call.param("state").map(|text| wanted_standing(&text)).transpose()?;
    let channel = match (&state, call.param("channel_id")) {
        (None, None) => None,
        (_, id) => Some(channel(world, id.as_deref())?),
    };
    let query = call.param("q");
    let by_id = query.as_deref().and_then(|q| world.find_anywhere(q).or_else(|| q.parse().ok()));
    Ok((from..world.people.count()).filter(move |person| {
        let standing_fits = match (&channel, state) {
            (Some(channel), Some(state)) => channel.members.with(*person, |m| m.standing == state),
            _ => true,
        };
        let query_fits = match (&query, by_id) {
            (_, Some(found)) => found == *person,
            (Some(text), None) => world.people.profile(*person).name.contains(text.as_str()),
            (None, None) => true,
        };
        standing_fits && query_fits
    }))
}

fn list(call: &Call) -> Answer {
    let limit = call.param("limit").and_then(|l| l.parse().ok()).unwrap_or(50).clamp(1, SHOWN_MAX);
    let from = call.param("cursor").and_then(|c| c.parse().ok()).unwrap_or(0);
    let found: Vec<Person> = match matching(call, from) {
        Ok(people) => people.take(limit + 1).collect(),
        Err(answer) => return answer,
    };
    let next = found.get(limit).map(u32::to_string);
    let users: Vec<Value> = found.iter().take(limit).map(|person| view(call.world, *person)).collect();
    Answer::ok(&json!({ "users": users, "next": next, "total": call.world.people.count() }))
}

fn ndjson(call: &Call) -> Answer {
    let channel = match channel(call.world, call.param("channel_id").as_deref()) {
        Ok(channel) => channel,
        Err(answer) => return answer,
    };
    let state = match call.param("state").map(|text| wanted_standing(&text)).transpose() {
        Ok(state) => state,
        Err(answer) => return answer,
    };
    let world = call.world.clone();
    let (chunks, out) = mpsc::channel::<Bytes>(4);
    tokio::task::spawn_blocking(move || {
        let mut buffer = Vec::new();
        for person in 0..world.people.count() {
            let standing = channel.members.with(person, |m| m.standing);
            if state.is_some_and(|wanted| wanted != standing) {
                continue;
            }
            let name = world.people.profile(person).name;
            let line = json!({ "n": person, "user_id": world.user_id(&channel, person), "name": name, "state": standing });
            buffer.extend_from_slice(line.to_string().as_bytes());
            buffer.push(b'\n');
            if buffer.len() > 64 * 1024 && chunks.blocking_send(std::mem::take(&mut buffer).into()).is_err() {
                return;
            }
        }
        // The reader may have left.
        let _ = chunks.blocking_send(buffer.into());
    });
    Answer::stream("application/x-ndjson", out)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    name: Option<String>,
    picture_url: Option<String>,
    status_message: Option<String>,
    language: Option<String>,
    consent: Option<bool>,
    phone: Option<String>,
    email: Option<String>,
    count: Option<u32>,
    state: Option<String>,
    channel_id: Option<String>,
}

impl Wanted {
    fn changes_profile(&self) -> bool {
        self.name.is_some()
            || self.picture_url.is_some()
            || self.status_message.is_some()
            || self.language.is_some()
            || self.consent.is_some()
            || self.phone.is_some()
            || self.email.is_some()
    }

    fn apply(&self, world: &World, person: Person) -> Result<(), Answer> {
        if self.changes_profile() {
            world.people.change(person, |profile| {
                for (slot, value) in [
                    (&mut profile.name, &self.name),
                    (&mut profile.picture_url, &self.picture_url),
                    (&mut profile.language, &self.language),
                    (&mut profile.phone, &self.phone),
                    (&mut profile.email, &self.email),
                ] {
                    if let Some(value) = value {
                        slot.clone_from(value);
                    }
                }
                if self.status_message.is_some() {
                    profile.status_message.clone_from(&self.status_message);
                }
                profile.consent = self.consent.unwrap_or(profile.consent);
            });
        }
        if let Some(state) = &self.state {
            let state = wanted_standing(state)?;
            let now = world.clock.now_ms();
            channel(world, self.channel_id.as_deref())?.members.with(person, |m| {
                m.standing = state;
                m.since_ms = now;
            });
        }
        Ok(())
    }
}

/// Room for this many people; numbers have 31 bits.
const PEOPLE_MAX: u32 = 10_000_000;

fn create(call: &Call) -> Answer {
    let wanted: Wanted = match call.read() {
        Ok(wanted) => wanted,
        Err(answer) => return answer,
    };
    let world = call.world;
    let count = wanted.count.unwrap_or(1);
    if count == 0 || count > PEOPLE_MAX - world.people.count().min(PEOPLE_MAX) {
        return Answer::sim_error(400, format!("count is 1 or more, and all in all at most {PEOPLE_MAX}"));
    }
    let first = world.people.add(count);
    for person in first..first + count {
        if let Err(answer) = wanted.apply(world, person) {
            return answer;
        }
    }
    world.signals.tell(|| Signal::Users);
    let users: Vec<Value> = (first..first + count).take(SHOWN_MAX).map(|person| view(world, person)).collect();
    Answer::ok(&json!({ "users": users, "first": first, "count": count }))
}

fn one(call: &Call) -> Answer {
    match user_in_path(call) {
        Ok(person) => Answer::ok(&view(call.world, person)),
        Err(answer) => answer,
    }
}

fn change(call: &Call) -> Answer {
    let changed = user_in_path(call).and_then(|person| {
        call.read::<Wanted>()?.apply(call.world, person)?;
        Ok(person)
    });
    match changed {
        Ok(person) => {
            call.world.signals.tell(|| Signal::Users);
            Answer::ok(&view(call.world, person))
        }
        Err(answer) => answer,
    }
}
