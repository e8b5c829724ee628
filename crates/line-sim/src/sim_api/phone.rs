//! What a phone shows: talks, rooms, rich menus, files.

use super::refs::{channel, user_in_path};
use crate::answer::Answer;
use crate::api::group::Group;
use crate::call::Call;
use crate::channel::{Channel, Standing};
use crate::people::Person;
use crate::room::{Entry, Room, preview};
use crate::route::Route;
use crate::sim_api::channels;
use crate::sim_api::users;
use crate::world::World;
use serde_json::{Value, json};

pub const ROUTES: &[Route] = &[
    Route::get("/__sim/phone/{user}", "sim", talks).own(),
    Route::get("/__sim/rooms/{user}", "sim", rooms).own(),
    Route::get("/__sim/richmenu/{user}", "sim", rich_menu).own(),
    Route::get("/__sim/richmenu-image/{richMenuId}", "sim", rich_menu_image).own(),
    Route::get("/__sim/content/{messageId}", "sim", content).own(),
];

const ITEMS_MAX: usize = 1000;

fn talks(call: &Call) -> Answer {
    let person = match user_in_path(call) {
        Ok(person) => person,
        Err(answer) => return answer,
    };
    let world = call.world;
    let mut talks = Vec::new();
    let mut others = Vec::new();
    for channel in world.channels().iter().filter(|c| c.is_messaging()) {
        let (standing, unread, last) = channel.members.with(person, |m| match &m.room {
            Some(room) => (m.standing, room.unread(), last(room)),
            None => (m.standing, 0, Value::Null),
        });
        if standing == Standing::Never && last.is_null() {
            others.push(channels::view(channel, world.clock.now_ms()));
            continue;
        }
        let settings = channel.settings.read();
        talks.push(json!({
            "channel_id": channel.id, "group_id": null, "name": settings.name, "picture_url": settings.picture_url,
            "state": standing, "unread": unread, "last": last, "muted": false,
        }));
    }
    for group in world.groups.all().into_iter().filter(|g| g.members.contains(&person)) {
        let (unread, last) = world.groups.with_room(&group.id, |room| (room.unread(), last(room))).unwrap_or_default();
        let channel_id = group.channel.and_then(|index| world.channel_at(index)).map(|c| c.id.clone());
        talks.push(json!({
            "channel_id": channel_id, "group_id": group.id, "name": group.name, "picture_url": null,
            "state": group.kind, "unread": unread, "last": last, "muted": false,
        }));
    }
    talks.sort_by_key(|talk| std::cmp::Reverse(talk["last"]["at_ms"].as_i64().unwrap_or(0)));
    Answer::ok(&json!({ "user": users::view(world, person), "talks": talks, "others": others }))
}

/// The newest thing worth a line in the talk list.
fn last(room: &Room) -> Value {
    let Some(entry) = room.entries.last() else {
        return Value::Null;
    };
    match entry {
        Entry::Out(sent) => {
            let text = sent.messages().last().map(preview).unwrap_or_default();
            json!({ "at_ms": sent.at_ms, "text": text, "direction": "out" })
        }
        Entry::In(incoming) => {
            let text = match incoming.kind {
                "message" if incoming.unsent.is_some() => "メッセージの送信を取り消しました".to_owned(),
                "message" => serde_json::from_str(&incoming.json).map(|m: Value| preview(&m)).unwrap_or_default(),
                "follow" | "unblock" => "友だちに追加しました".to_owned(),
                "block" => "ブロックしました".to_owned(),
                _ => String::new(),
            };
            json!({ "at_ms": incoming.at_ms, "text": text, "direction": "in" })
        }
    }
}

fn rooms(call: &Call) -> Answer {
    let after = call.param("after_seq").and_then(|s| s.parse().ok()).unwrap_or(0);
    let limit = call.param("limit").and_then(|l| l.parse().ok()).unwrap_or(ITEMS_MAX).min(ITEMS_MAX);
    if let Some(group) = call.world.groups.get(call.args[0]) {
        let room = group_room(call.world, &group, after, limit);
        return Answer::ok(&json!({ "group_id": group.id, "rooms": [room] }));
    }
    let person = match user_in_path(call) {
        Ok(person) => person,
        Err(answer) => return answer,
    };
    let asked = call.param("channel_id");
    let channels = match &asked {
        Some(id) => match channel(call.world, Some(id)) {
            Ok(channel) => vec![channel],
            Err(answer) => return answer,
        },
        None => call.world.channels(),
    };
    let rooms: Vec<Value> = channels
        .iter()
        .filter(|c| c.is_messaging())
        .filter(|c| asked.is_some() || c.members.with(person, |m| m.room.is_some()))
        .map(|c| room(call.world, c, person, after, limit))
        .collect();
    let user = channels.first().map(|c| call.world.user_id(c, person));
    Answer::ok(&json!({ "user": user, "n": person, "rooms": rooms }))
}

fn room(world: &World, channel: &Channel, person: Person, after: u64, limit: usize) -> Value {
    let name_of = |person| world.user_id(channel, person);
    let now = world.clock.now_ms();
    let mut view = channel.members.with(person, |m| {
        let empty = Room::default();
        let room = m.room.as_deref().unwrap_or(&empty);
        let mut view = json!({
            "channel_id": channel.id, "user_id": name_of(person), "state": m.standing,
            "messages": room.items(after, limit, &name_of), "read_seq": room.read_seq,
        });
        if room.loading_until_ms > now {
            view["loading_until_ms"] = json!(room.loading_until_ms);
        }
        view
    });
    view["rich_menu_id"] = json!(channel.menus.lock().shown(channel, person).map(|(id, _)| id));
    view
}

fn group_room(world: &World, group: &Group, after: u64, limit: usize) -> Value {
    let channel = group.channel.and_then(|index| world.channel_at(index));
    let provider = channel.as_ref().map_or(0, |c| c.provider);
    let name_of = |person| world.people.id(provider, person);
    let members: Vec<Value> =
        group.members.iter().map(|p| json!({ "n": p, "user_id": name_of(*p), "name": world.people.profile(*p).name })).collect();
    let (messages, read_seq) =
        world.groups.with_room(&group.id, |room| (room.items(after, limit, &name_of), room.read_seq)).unwrap_or_default();
    json!({
        "channel_id": channel.map(|c| c.id.clone()), "group_id": group.id, "name": group.name, "state": group.kind,
        "members": members, "messages": messages, "read_seq": read_seq, "rich_menu_id": null,
    })
}

fn rich_menu(call: &Call) -> Answer {
    let found = user_in_path(call).and_then(|p| Ok((p, channel(call.world, call.param("channel_id").as_deref())?)));
    let (person, channel) = match found {
        Ok(found) => found,
        Err(answer) => return answer,
    };
    let menus = channel.menus.lock();
    match menus.shown(&channel, person) {
        Some((id, source)) => Answer::ok(&json!({
            "rich_menu": menus.json(&id), "image_url": format!("/__sim/richmenu-image/{id}"), "source": source,
        })),
        None => Answer::ok(&json!({ "rich_menu": null, "image_url": null, "source": null })),
    }
}

fn rich_menu_image(call: &Call) -> Answer {
    let image = call.world.channels().iter().find_map(|channel| channel.menus.lock().image(call.args[0]));
    match image {
        Some((mime, bytes)) => Answer::new(200, mime, bytes),
        None => Answer::sim_error(404, "no such rich menu image"),
    }
}

fn content(call: &Call) -> Answer {
    match call.args[0].parse().ok().and_then(|id| call.world.contents.get(id)) {
        Some(content) => Answer::new(200, content.mime, content.bytes),
        None => Answer::sim_error(404, "no such file"),
    }
}
