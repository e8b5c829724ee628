//! What phones do to an account: add, block, delete, and the smaller events.

use super::refs::{UserRef, channel};
use crate::answer::Answer;
use crate::api::account_link::{LinkError, link};
use crate::call::Call;
use crate::channel::{Channel, Deleted, Standing};
use crate::people::Person;
use crate::reply::Talk;
use crate::room::{Entry, Incoming};
use crate::route::Route;
use crate::signal::Signal;
use crate::webhook::events::{Reply, build};
use crate::webhook::{Event, Outcome};
use crate::world::World;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::oneshot;

pub const ROUTES: &[Route] = &[
    Route::later("POST", "/__sim/follow", "sim", |call| act(call, follow)).own(),
    Route::later("POST", "/__sim/block", "sim", |call| act(call, block)).own(),
    Route::later("POST", "/__sim/unblock", "sim", |call| act(call, follow)).own(),
    Route::later("POST", "/__sim/delete", "sim", |call| act(call, delete)).own(),
    Route::later("POST", "/__sim/unsend", "sim", |call| act(call, unsend)).own(),
    Route::later("POST", "/__sim/videoPlayComplete", "sim", |call| act(call, video_played)).own(),
    Route::later("POST", "/__sim/beacon", "sim", |call| act(call, beacon)).own(),
    Route::later("POST", "/__sim/accountLink", "sim", |call| act(call, account_link)).own(),
    Route::later("POST", "/__sim/membership", "sim", |call| act(call, membership)).own(),
    Route::later("POST", "/__sim/read", "sim", |call| act(call, read)).own(),
];

/// Who acts, where, and how the caller wants to hear of it.
#[derive(Debug, Clone, Deserialize)]
pub struct Actor {
    pub user: Option<UserRef>,
    pub users: Option<Vec<UserRef>>,
    pub count: Option<u32>,
    #[serde(default)]
    pub from: u32,
    pub channel_id: Option<String>,
    #[serde(default)]
    pub wait: bool,
    pub webhook: Option<bool>,
    pub at_ms: Option<i64>,
}

/// One person's act on one channel.
pub struct Act<'a> {
    pub world: &'a Arc<World>,
    pub channel: &'a Arc<Channel>,
    pub person: Person,
    pub body: &'a Value,
}

/// What an act leads to.
#[derive(Default)]
pub struct Done {
    pub event: Option<Event>,
    /// Fields added to the answer.
    pub extra: Option<Value>,
}

/// An act; an error is the answer to the caller.
pub type Doing = fn(&Act) -> Result<Done, Answer>;

/// Runs an act for one person or many, now or at its time.
pub fn act<'a>(call: &'a Call<'a>, doing: Doing) -> BoxFuture<'a, Answer> {
    async move { run(call, doing).await.unwrap_or_else(|answer| answer) }.boxed()
}

async fn run(call: &Call<'_>, doing: Doing) -> Result<Answer, Answer> {
    let actor: Actor = call.read()?;
    let body: Value = call.read()?;
    let channel = channel(call.world, actor.channel_id.as_deref())?;
    let people = who(call.world, &actor)?;
    if let Some(at_ms) = actor.at_ms {
        let (world, silent) = (call.world.clone(), actor.webhook == Some(false));
        let job = move || {
            for person in people {
                let done = doing(&Act { world: &world, channel: &channel, person, body: &body });
                if let Ok(Done { event: Some(event), .. }) = done
                    && !silent
                {
                    channel.outbox.send(&world, &channel, event);
                }
            }
        };
        call.world.plan(at_ms, Box::new(job));
        return Ok(Answer::ok(&json!({ "ok": true, "scheduled_ms": at_ms })));
    }
    let silent = actor.webhook == Some(false);
    let mut waits = Vec::new();
    let mut events = 0;
    let single = actor.user.is_some();
    let mut answer = json!({ "ok": true });
    for (nth, person) in people.into_iter().enumerate() {
        let done = doing(&Act { world: call.world, channel: &channel, person, body: &body })?;
        if single && let (Some(Value::Object(extra)), Value::Object(answer)) = (done.extra, &mut answer) {
            answer.extend(extra);
        }
        if let Some(mut event) = done.event.filter(|_| !silent) {
            events += 1;
            if single {
                answer["event_id"] = json!(event.id);
            }
            if actor.wait {
                let (tell, told) = oneshot::channel();
                event.waiter = Some(tell);
                waits.push(told);
            }
            channel.outbox.send(call.world, &channel, event);
        }
        // A bulk of a million must not keep everybody else off this thread.
        if nth % 256 == 255 {
            tokio::task::yield_now().await;
        }
    }
    if single {
        if let Some(told) = waits.pop() {
            answer["webhook"] = json!(told.await.unwrap_or(Outcome::without_answer("dropped")));
        }
        return Ok(Answer::ok(&answer));
    }
    answer["events"] = json!(events);
    if actor.wait {
        let outcomes = futures::future::join_all(waits).await;
        let delivered = outcomes.iter().filter(|o| o.as_ref().is_ok_and(|o| o.result == "ok")).count();
        answer["delivered"] = json!(delivered);
        answer["failed"] = json!(outcomes.len() - delivered);
    }
    Ok(Answer::ok(&answer))
}

fn who(world: &World, actor: &Actor) -> Result<Vec<Person>, Answer> {
    if let Some(user) = &actor.user {
        return Ok(vec![user.find(world)?]);
    }
    if let Some(users) = &actor.users {
        return users.iter().map(|user| user.find(world)).collect();
    }
    let count = actor.count.ok_or_else(|| Answer::sim_error(400, "give user, users or count"))?;
    let end = actor.from.checked_add(count).filter(|end| *end <= world.people.count());
    let end = end.ok_or_else(|| Answer::sim_error(400, format!("there are only {} users", world.people.count())))?;
    Ok((actor.from..end).collect())
}

impl Act<'_> {
    /// `{"type":"user","userId":…}`.
    pub fn source(&self) -> Value {
        json!({ "type": "user", "userId": self.world.user_id(self.channel, self.person) })
    }

    /// An event of this person in the 1:1 talk.
    pub fn event(&self, kind: &str, reply: Reply, more: Value) -> Event {
        build(self.world, self.channel, &Talk::Person(self.person), self.source(), kind, reply, more)
    }

    /// A mark in the room: joined, blocked.
    pub fn note(&self, kind: &'static str) {
        let entry = Incoming {
            kind,
            id: 0,
            at_ms: self.world.clock.now_ms(),
            from: self.person,
            json: "".into(),
            quote_token: None,
            unsent: None,
            edited: None,
        };
        self.put(entry);
    }

    /// Adds to the 1:1 room.
    pub fn put(&self, incoming: Incoming) {
        let seq = self.channel.members.with(self.person, |m| {
            let room = m.room();
            let seq = room.push(Entry::In(Box::new(incoming)));
            // Whoever writes has seen what stood there.
            room.read_seq = seq;
            seq
        });
        self.world.tell_room(self.channel, self.person, seq);
    }

    fn tell_standing(&self, state: &'static str) {
        let (n, channel_id) = (self.person, self.channel.id.clone());
        self.world.signals.tell(|| Signal::Friendship { n, channel_id, state });
    }

    /// A field of the request that must be a text.
    pub fn text(&self, name: &str) -> Result<&str, Answer> {
        self.body[name].as_str().ok_or_else(|| Answer::sim_error(400, format!("give {name}")))
    }
}

/// Makes the person a friend; answers whether the account had been blocked.
pub fn befriend(world: &World, channel: &Channel, person: Person) -> Result<bool, Answer> {
    let now = world.clock.now_ms();
    channel.members.with(person, |m| {
        if m.deleted == Deleted::Yes {
            return Err(Answer::sim_error(409, "this person deleted the LINE account"));
        }
        let was_blocked = m.standing == Standing::Blocked;
        m.standing = Standing::Friend;
        m.since_ms = now;
        Ok(was_blocked)
    })
}

fn follow(act: &Act) -> Result<Done, Answer> {
    let was_blocked = befriend(act.world, act.channel, act.person)?;
    act.note(if was_blocked { "unblock" } else { "follow" });
    act.tell_standing("friend");
    let event = act.event("follow", Reply::Possible, json!({ "follow": { "isUnblocked": was_blocked } }));
    Ok(Done { event: Some(event), extra: None })
}

fn block(act: &Act) -> Result<Done, Answer> {
    act.channel.members.with(act.person, |m| {
        m.standing = Standing::Blocked;
        // LINE forgets a blocking user's own rich menu only with the account; the link stays.
        m.since_ms = act.world.clock.now_ms();
    });
    act.note("block");
    act.tell_standing("blocked");
    Ok(Done { event: Some(act.event("unfollow", Reply::None, json!({}))), extra: None })
}

fn delete(act: &Act) -> Result<Done, Answer> {
    act.world.people.change(act.person, |profile| profile.deleted = true);
    for channel in act.world.channels() {
        channel.members.with(act.person, |m| m.deleted = Deleted::Yes);
    }
    act.world.signals.tell(|| Signal::Users);
    Ok(Done::default())
}

fn unsend(act: &Act) -> Result<Done, Answer> {
    let text = act.text("message_id")?.to_owned();
    let id: u64 = text.parse().map_err(|_| Answer::sim_error(400, "message_id is a number"))?;
    let group = act.body["group_id"].as_str();
    let take_back = |room: &mut crate::room::Room| {
        room.incoming_mut(id).map(|incoming| {
            incoming.unsent = Some(());
            incoming.json = "{}".into();
        })
    };
    let found = match group {
        Some(group) => act.world.groups.with_room(group, take_back).flatten(),
        None => act.channel.members.with(act.person, |m| take_back(m.room())),
    };
    found.ok_or_else(|| Answer::sim_error(404, "no such message of this person"))?;
    act.world.contents.unsend(id);
    act.world.tell_room(act.channel, act.person, 0);
    let more = json!({ "unsend": { "messageId": text } });
    let event = match group {
        Some(group) => super::say::group_event(act, group, "unsend", Reply::None, more)?,
        None => act.event("unsend", Reply::None, more),
    };
    Ok(Done { event: Some(event), extra: None })
}

fn video_played(act: &Act) -> Result<Done, Answer> {
    let more = json!({ "videoPlayComplete": { "trackingId": act.text("tracking_id")? } });
    Ok(Done { event: Some(act.event("videoPlayComplete", Reply::Possible, more)), extra: None })
}

fn beacon(act: &Act) -> Result<Done, Answer> {
    let mut beacon = json!({ "hwid": act.text("hwid")?, "type": act.body["type"].as_str().unwrap_or("enter") });
    if let Some(dm) = act.body["dm"].as_str() {
        beacon["dm"] = json!(dm);
    }
    Ok(Done { event: Some(act.event("beacon", Reply::Possible, json!({ "beacon": beacon }))), extra: None })
}

fn account_link(act: &Act) -> Result<Done, Answer> {
    let result = act.body["result"].as_str().unwrap_or("ok");
    let event = link(act.world, act.text("link_token")?, act.text("nonce")?, result).map_err(|error| match error {
        LinkError::Token => Answer::sim_error(400, "the link token is unknown, used or expired"),
        LinkError::Nonce => Answer::sim_error(400, "a nonce has 10 to 255 characters"),
    })?;
    Ok(Done { event: Some(event), extra: None })
}

fn membership(act: &Act) -> Result<Done, Answer> {
    let kind = act.body["type"].as_str().filter(|k| ["joined", "left", "renewed"].contains(k));
    let kind = kind.ok_or_else(|| Answer::sim_error(400, "type is joined, left or renewed"))?;
    let id = act.body["membership_id"].as_i64().ok_or_else(|| Answer::sim_error(400, "give membership_id"))?;
    act.channel.memberships.lock().change(act.person, id, kind, act.world.clock.now_ms());
    let more = json!({ "membership": { "type": kind, "membershipId": id } });
    Ok(Done { event: Some(act.event("membership", Reply::Possible, more)), extra: None })
}

fn read(act: &Act) -> Result<Done, Answer> {
    let see = |room: &mut crate::room::Room| room.read_seq = room.last_seq();
    match act.body["group_id"].as_str() {
        Some(group) => {
            act.world.groups.with_room(group, see);
        }
        None => act.channel.members.with(act.person, |m| see(m.room())),
    }
    Ok(Done::default())
}
