//! Groups and multi-person rooms.

use crate::answer::Answer;
use crate::api::user::{page, put_next, short_profile};
use crate::call::Call;
use crate::channel::Channel;
use crate::people::Person;
use crate::room::{Entry, Room};
use crate::route::Route;
use crate::signal::Signal;
use crate::sync::Lock;
use crate::world::World;
use serde_json::json;
use std::collections::BTreeMap;

pub const ROUTES: &[Route] = &[
    Route::get("/v2/bot/group/{groupId}/summary", "group_summary", summary),
    Route::get("/v2/bot/group/{groupId}/members/count", "group_count", |call| count(call, GroupKind::Group)),
    Route::get("/v2/bot/group/{groupId}/members/ids", "group_members", |call| members(call, GroupKind::Group)),
    Route::get("/v2/bot/group/{groupId}/member/{userId}", "group_member", |call| member(call, GroupKind::Group)),
    Route::post("/v2/bot/group/{groupId}/leave", "group_leave", |call| leave(call, GroupKind::Group)),
    Route::get("/v2/bot/room/{roomId}/members/count", "room_count", |call| count(call, GroupKind::Room)),
    Route::get("/v2/bot/room/{roomId}/members/ids", "room_members", |call| members(call, GroupKind::Room)),
    Route::get("/v2/bot/room/{roomId}/member/{userId}", "room_member", |call| member(call, GroupKind::Room)),
    Route::post("/v2/bot/room/{roomId}/leave", "room_leave", |call| leave(call, GroupKind::Room)),
];

/// LINE's two kinds of talk among several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroupKind {
    Group,
    Room,
}

impl GroupKind {
    pub fn name(self) -> &'static str {
        match self {
            GroupKind::Group => "group",
            GroupKind::Room => "room",
        }
    }
}

/// A group as others see it.
#[derive(Debug, Clone)]
pub struct Group {
    pub id: String,
    pub kind: GroupKind,
    pub name: String,
    pub members: Vec<Person>,
    /// Index of the account in it; there can be only one.
    pub channel: Option<u16>,
}

struct Slot {
    group: Group,
    room: Room,
}

/// All groups by id.
#[derive(Default)]
pub struct Groups(Lock<BTreeMap<String, Slot>>);

impl Groups {
    pub fn create(&self, group: Group) {
        self.0.lock().insert(group.id.clone(), Slot { group, room: Room::default() });
    }

    pub fn get(&self, id: &str) -> Option<Group> {
        self.0.lock().get(id).map(|slot| slot.group.clone())
    }

    pub fn all(&self) -> Vec<Group> {
        self.0.lock().values().map(|slot| slot.group.clone()).collect()
    }

    /// A group the account is in.
    pub fn find(&self, channel: &Channel, id: &str) -> Option<Group> {
        self.get(id).filter(|group| group.channel == Some(channel.index))
    }

    pub fn change(&self, id: &str, change: impl FnOnce(&mut Group)) {
        if let Some(slot) = self.0.lock().get_mut(id) {
            change(&mut slot.group);
        }
    }

    /// Looks into a group's talk.
    pub fn with_room<T>(&self, id: &str, look: impl FnOnce(&mut Room) -> T) -> Option<T> {
        self.0.lock().get_mut(id).map(|slot| look(&mut slot.room))
    }

    /// Adds to a group's talk and tells its phones.
    pub fn push(&self, world: &World, id: &str, entry: Entry) {
        let Some(seq) = self.with_room(id, |room| room.push(entry)) else {
            return;
        };
        let Some(group) = self.get(id) else { return };
        let Some(channel) = group.channel.and_then(|index| world.channel_at(index)) else {
            return;
        };
        for person in group.members {
            world.signals.tell(|| Signal::Room {
                n: Some(person),
                user_id: world.user_id(&channel, person),
                channel_id: channel.id.clone(),
                group_id: Some(id.to_owned()),
                seq,
            });
        }
    }

    pub fn clear(&self) {
        self.0.lock().clear();
    }
}

/// The group of the path, if the account is in it.
fn here(call: &Call, kind: GroupKind) -> Result<Group, Answer> {
    let id = call.args[0];
    let first = match kind {
        GroupKind::Group => 'C',
        GroupKind::Room => 'R',
    };
    if !id.starts_with(first) {
        return Err(Answer::bad_parameter(&format!("{}Id", kind.name())));
    }
    call.world.groups.find(call.channel(), id).filter(|g| g.kind == kind).ok_or_else(Answer::not_found)
}

fn summary(call: &Call) -> Answer {
    match here(call, GroupKind::Group) {
        Ok(group) => Answer::ok(&json!({
            "groupId": group.id,
            "groupName": group.name,
            "pictureUrl": format!("https://profile.line-scdn.net/sim/group/{}", group.id),
        })),
        Err(answer) => answer,
    }
}

fn count(call: &Call, kind: GroupKind) -> Answer {
    match here(call, kind) {
        Ok(group) => Answer::ok(&json!({ "count": group.members.len() })),
        Err(answer) => answer,
    }
}

fn members(call: &Call, kind: GroupKind) -> Answer {
    if !call.channel().is_certified() {
        return Answer::forbidden();
    }
    let listed = here(call, kind).and_then(|group| Ok((page(call, group.members.len(), 100, 100)?, group)));
    match listed {
        Ok(((range, next), group)) => {
            let ids: Vec<String> = group.members[range].iter().map(|p| call.world.user_id(call.channel(), *p)).collect();
            let mut body = json!({ "memberIds": ids });
            put_next(&mut body, next);
            Answer::ok(&body)
        }
        Err(answer) => answer,
    }
}

fn member(call: &Call, kind: GroupKind) -> Answer {
    let id = call.args[1];
    match here(call, kind) {
        Ok(group) => match call.world.people.find(call.channel().provider, id) {
            Some(person) if group.members.contains(&person) => Answer::ok(&short_profile(id, &call.world.people.profile(person))),
            _ => Answer::not_found(),
        },
        Err(answer) => answer,
    }
}

fn leave(call: &Call, kind: GroupKind) -> Answer {
    match here(call, kind) {
        Ok(group) => {
            call.world.groups.change(&group.id, |group| group.channel = None);
            Answer::empty()
        }
        Err(answer) => answer,
    }
}
