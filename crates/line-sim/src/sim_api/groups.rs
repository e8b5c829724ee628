//! Groups: made, joined, left.

use super::acts::Actor;
use super::refs::{UserRef, channel};
use crate::answer::Answer;
use crate::api::group::{Group, GroupKind};
use crate::call::Call;
use crate::channel::Channel;
use crate::reply::Talk;
use crate::route::Route;
use crate::webhook::events::{Reply, build};
use crate::webhook::{Event, Outcome};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::oneshot;

pub const ROUTES: &[Route] = &[
    Route::get("/__sim/groups", "sim", list).own(),
    Route::later("POST", "/__sim/groups", "sim", |call| answering(call, Move::Create)).own(),
    Route::later("POST", "/__sim/join", "sim", |call| answering(call, Move::Join)).own(),
    Route::later("POST", "/__sim/leave", "sim", |call| answering(call, Move::Leave)).own(),
];

#[derive(Clone, Copy)]
enum Move {
    Create,
    Join,
    Leave,
}

#[derive(Deserialize)]
struct Wanted {
    kind: Option<GroupKind>,
    name: Option<String>,
    #[serde(default)]
    members: Vec<UserRef>,
    group_id: Option<String>,
}

fn list(call: &Call) -> Answer {
    let view = |group: Group| {
        let channel = group.channel.and_then(|index| call.world.channel_at(index));
        json!({
            "group_id": group.id, "kind": group.kind, "name": group.name, "members": group.members,
            "channel_id": channel.map(|c| c.id.clone()),
        })
    };
    Answer::ok(&json!({ "groups": call.world.groups.all().into_iter().map(view).collect::<Vec<_>>() }))
}

fn answering<'a>(call: &'a Call<'a>, what: Move) -> BoxFuture<'a, Answer> {
    async move { run(call, what).await.unwrap_or_else(|answer| answer) }.boxed()
}

async fn run(call: &Call<'_>, what: Move) -> Result<Answer, Answer> {
    let actor: Actor = call.read()?;
    let wanted: Wanted = call.read()?;
    let (group_id, event) = match what {
        Move::Create => create(call, &actor, wanted)?,
        Move::Join => enter(call, &actor, wanted)?,
        Move::Leave => leave(call, &actor, wanted)?,
    };
    let mut answer = json!({ "ok": true, "group_id": group_id });
    if let Some((channel, mut event)) = event {
        answer["event_id"] = json!(event.id);
        let (tell, told) = oneshot::channel();
        event.waiter = actor.wait.then_some(tell);
        channel.outbox.send(call.world, &channel, event);
        if actor.wait {
            answer["webhook"] = json!(told.await.unwrap_or(Outcome::without_answer("dropped")));
        }
    }
    Ok(Answer::ok(&answer))
}

type Moved = (String, Option<(Arc<Channel>, Event)>);

fn create(call: &Call, actor: &Actor, wanted: Wanted) -> Result<Moved, Answer> {
    let kind = wanted.kind.unwrap_or(GroupKind::Group);
    let first = match kind {
        GroupKind::Group => 'C',
        GroupKind::Room => 'R',
    };
    let id = format!("{first}{}", call.world.ids.hex());
    let members = wanted.members.iter().map(|user| user.find(call.world)).collect::<Result<Vec<_>, _>>()?;
    let name = wanted.name.unwrap_or_else(|| "グループ".into());
    call.world.groups.create(Group { id: id.clone(), kind, name, members, channel: None });
    match &actor.channel_id {
        Some(channel_id) => bot_joins(call, id, channel_id),
        None => Ok((id, None)),
    }
}

fn find(call: &Call, wanted: &Wanted) -> Result<Group, Answer> {
    let id = wanted.group_id.as_deref().ok_or_else(|| Answer::sim_error(400, "give group_id"))?;
    call.world.groups.get(id).ok_or_else(|| Answer::sim_error(404, "no such group"))
}

fn enter(call: &Call, actor: &Actor, wanted: Wanted) -> Result<Moved, Answer> {
    let group = find(call, &wanted)?;
    match (&actor.user, &actor.channel_id) {
        (Some(user), _) => {
            let person = user.find(call.world)?;
            call.world.groups.change(&group.id, |group| {
                if !group.members.contains(&person) {
                    group.members.push(person);
                }
            });
            Ok(member_event(call, &group, "memberJoined", "joined", person))
        }
        (None, Some(channel_id)) => bot_joins(call, group.id, channel_id),
        (None, None) => Err(Answer::sim_error(400, "give user or channel_id")),
    }
}

fn leave(call: &Call, actor: &Actor, wanted: Wanted) -> Result<Moved, Answer> {
    let group = find(call, &wanted)?;
    if let Some(user) = &actor.user {
        let person = user.find(call.world)?;
        call.world.groups.change(&group.id, |group| group.members.retain(|member| *member != person));
        return Ok(member_event(call, &group, "memberLeft", "left", person));
    }
    let event = group_event(call, &group, "leave", Reply::None, json!({}));
    call.world.groups.change(&group.id, |group| group.channel = None);
    Ok((group.id, event))
}

fn bot_joins(call: &Call, group_id: String, channel_id: &str) -> Result<Moved, Answer> {
    let channel = channel(call.world, Some(channel_id))?;
    call.world.groups.change(&group_id, |group| group.channel = Some(channel.index));
    let group = call.world.groups.get(&group_id).ok_or_else(|| Answer::sim_error(404, "no such group"))?;
    let event = group_event(call, &group, "join", Reply::Possible, json!({}));
    Ok((group_id, event))
}

fn member_event(call: &Call, group: &Group, kind: &str, key: &str, person: u32) -> Moved {
    let provider = group.channel.and_then(|index| call.world.channel_at(index)).map_or(0, |c| c.provider);
    let source = json!({ "type": "user", "userId": call.world.people.id(provider, person) });
    let mut more = json!({});
    more[key] = json!({ "members": [source] });
    let reply = if key == "joined" { Reply::Possible } else { Reply::None };
    (group.id.clone(), group_event(call, group, kind, reply, more))
}

/// An event for the account in the group, if there is one.
fn group_event(call: &Call, group: &Group, kind: &str, reply: Reply, more: Value) -> Option<(Arc<Channel>, Event)> {
    let channel = call.world.channel_at(group.channel?)?;
    let name = group.kind.name();
    let mut source = json!({ "type": name });
    source[format!("{name}Id")] = json!(group.id);
    let event = build(call.world, &channel, &Talk::Group(group.id.clone()), source, kind, reply, more);
    Some((channel, event))
}
