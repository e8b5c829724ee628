//! Who sees which rich menu: default, links, bulk links, batches.

use crate::answer::{Answer, Detail};
use crate::api::richmenu::RichMenus;
use crate::call::Call;
use crate::channel::Standing;
use crate::clock::rfc3339;
use crate::json::Json;
use crate::people::{Person, looks_like_user_id};
use crate::route::Route;
use crate::signal::Signal;
use serde_json::json;
use std::collections::BTreeSet;

pub const ROUTES: &[Route] = &[
    Route::post("/v2/bot/user/all/richmenu/{richMenuId}", "richmenu_default", default_set),
    Route::get("/v2/bot/user/all/richmenu", "richmenu_default", default_get),
    Route::delete("/v2/bot/user/all/richmenu", "richmenu_default", default_clear),
    Route::post("/v2/bot/user/{userId}/richmenu/{richMenuId}", "richmenu_link", link),
    Route::get("/v2/bot/user/{userId}/richmenu", "richmenu_of_user", of_user),
    Route::delete("/v2/bot/user/{userId}/richmenu", "richmenu_unlink", unlink),
    Route::post("/v2/bot/richmenu/bulk/link", "richmenu_bulk_link", bulk_link),
    Route::post("/v2/bot/richmenu/bulk/unlink", "richmenu_bulk_unlink", bulk_unlink),
    Route::post("/v2/bot/richmenu/batch", "richmenu_batch", batch).rate(3, 3600),
    Route::post("/v2/bot/richmenu/validate/batch", "richmenu_batch_validate", batch_validate),
    Route::get("/v2/bot/richmenu/progress/batch", "richmenu_batch_progress", progress).rate(100, 3600),
];

const BULK_MAX: usize = 500;
const OPERATIONS_MAX: usize = 1000;
/// LINE says "within seconds"; a batch's life is 14 days.
const BULK_DELAY_MS: i64 = 1_000;
const BATCH_DELAY_MS: i64 = 2_000;
const BATCH_LIFE_MS: i64 = 14 * 86_400_000;

fn no_image() -> Answer {
    Answer::error_bare_details(400, "must upload richmenu image before applying it to user")
}

fn usable(menus: &RichMenus, id: &str) -> Result<u32, Answer> {
    let number = menus.number(id).ok_or_else(|| Answer::error_bare_details(404, "richmenu not found"))?;
    if menus.has_image(id) { Ok(number) } else { Err(no_image()) }
}

fn tell(call: &Call, n: Option<Person>) {
    let channel_id = call.channel().id.clone();
    call.world.signals.tell(|| Signal::Richmenu { channel_id, n });
}

fn default_set(call: &Call) -> Answer {
    let mut menus = call.channel().menus.lock();
    match usable(&menus, call.args[0]) {
        Ok(_) => {
            menus.default = Some(call.args[0].to_owned());
            drop(menus);
            tell(call, None);
            Answer::empty()
        }
        Err(answer) => answer,
    }
}

fn default_get(call: &Call) -> Answer {
    match &call.channel().menus.lock().default {
        Some(id) => Answer::ok(&json!({ "richMenuId": id })),
        None => Answer::error_bare_details(404, "no default richmenu"),
    }
}

fn default_clear(call: &Call) -> Answer {
    call.channel().menus.lock().default = None;
    tell(call, None);
    Answer::empty()
}

/// The person of the path. Whoever is no friend is known, too: the call succeeds and does nothing.
fn person(call: &Call) -> Result<Person, Answer> {
    let id = call.args[0];
    if !looks_like_user_id(id) {
        return Err(Answer::bad_parameter("userId"));
    }
    call.world.people.find(call.channel().provider, id).ok_or_else(|| Answer::bad_parameter("userId"))
}

fn set_menu(call: &Call, person: Person, number: u32) {
    let changed = call.channel().members.with(person, |m| {
        let friend = m.standing != Standing::Never || m.wrote_ms > 0;
        if friend {
            m.menu = number;
        }
        friend
    });
    if changed {
        tell(call, Some(person));
    }
}

fn link(call: &Call) -> Answer {
    let number = usable(&call.channel().menus.lock(), call.args[1]);
    match person(call).and_then(|person| Ok((person, number?))) {
        Ok((person, number)) => {
            set_menu(call, person, number);
            Answer::empty()
        }
        Err(answer) => answer,
    }
}

fn of_user(call: &Call) -> Answer {
    let none = || Answer::error_bare_details(404, "the user has no richmenu");
    match person(call) {
        Ok(person) => {
            let number = call.channel().members.with(person, |m| m.menu);
            let id = call.channel().menus.lock().id(number);
            id.map_or_else(none, |id| Answer::ok(&json!({ "richMenuId": id })))
        }
        Err(answer) => answer,
    }
}

fn unlink(call: &Call) -> Answer {
    match person(call) {
        Ok(person) => {
            set_menu(call, person, 0);
            Answer::empty()
        }
        Err(answer) => answer,
    }
}

fn bulk_people(call: &Call, json: &Json) -> Result<Vec<Person>, Answer> {
    let ids = json.list("userIds").unwrap_or_default();
    if ids.is_empty() || ids.len() > BULK_MAX {
        return Err(Answer::invalid_one(&format!("Size must be between 1 and {BULK_MAX}"), "userIds"));
    }
    let find = |(at, id): (usize, &Json)| {
        let id = id.as_str().filter(|id| looks_like_user_id(id));
        id.map(|id| call.world.people.find(call.channel().provider, id))
            .ok_or_else(|| Answer::bad_property(&format!("'userIds[{at}]'")))
    };
    let found: Result<Vec<Option<Person>>, Answer> = ids.iter().enumerate().map(find).collect();
    Ok(found?.into_iter().flatten().collect())
}

fn later(call: &Call, delay_ms: i64, people: Vec<Person>, number: u32) {
    let channel = call.channel().clone();
    let world = call.world.clone();
    let job = move || {
        for person in people {
            channel.members.with(person, |m| {
                if m.standing != Standing::Never || m.wrote_ms > 0 {
                    m.menu = number;
                }
            });
        }
        world.signals.tell(|| Signal::Richmenu { channel_id: channel.id.clone(), n: None });
    };
    call.world.plan(call.now_ms + delay_ms, Box::new(job));
}

fn bulk_link(call: &Call) -> Answer {
    try_bulk_link(call).unwrap_or_else(|answer| answer)
}

fn try_bulk_link(call: &Call) -> Result<Answer, Answer> {
    let json = call.json()?;
    let id = json.text("richMenuId").ok_or_else(|| Answer::error(400, "invalid richMenuId"))?;
    if !id.starts_with("richmenu-") {
        return Err(Answer::error(400, "invalid richMenuId"));
    }
    let people = bulk_people(call, &json)?;
    let number = usable(&call.channel().menus.lock(), id)?;
    later(call, BULK_DELAY_MS, people, number);
    Ok(Answer::accepted())
}

fn bulk_unlink(call: &Call) -> Answer {
    let people = call.json().and_then(|json| bulk_people(call, &json));
    match people {
        Ok(people) => {
            later(call, BULK_DELAY_MS, people, 0);
            Answer::accepted()
        }
        Err(answer) => answer,
    }
}

/// One operation of a batch: whose menu becomes which; number 0 is none.
enum Operation {
    Move { from: u32, to: u32 },
    UnlinkAll,
}

fn operations(call: &Call, json: &Json) -> Result<Vec<Operation>, Answer> {
    let list = json.list("operations").unwrap_or_default();
    if list.is_empty() || list.len() > OPERATIONS_MAX {
        return Err(Answer::invalid_one(&format!("Size must be between 1 and {OPERATIONS_MAX}"), "operations"));
    }
    let menus = call.channel().menus.lock();
    let mut details = Vec::new();
    let mut fail = |message: String, property: &str| details.push(Detail { message, property: property.to_owned() });
    let mut froms = BTreeSet::new();
    let mut made = Vec::new();
    for (at, operation) in list.iter().enumerate() {
        let number = |name: &str, fail: &mut dyn FnMut(String, &str)| {
            let found = operation.text(name).and_then(|id| menus.number(id));
            if found.is_none() {
                fail("invalid richMenuId".into(), &format!("operations[{at}].{name}"));
            }
            found.unwrap_or(0)
        };
        let kind = operation.text("type");
        match kind {
            Some("link" | "unlink") => {
                let from = number("from", &mut fail);
                let to = if kind == Some("link") { number("to", &mut fail) } else { 0 };
                if from > 0 && !froms.insert(from) {
                    let id = operation.text("from").unwrap_or_default();
                    fail(format!("from richmenu ({id}) is duplicated"), "operations[].from");
                }
                made.push(Operation::Move { from, to });
            }
            Some("unlinkAll") if list.len() == 1 => made.push(Operation::UnlinkAll),
            Some("unlinkAll") => fail("'unlinkAll' type can't be combined with other type".into(), "operations"),
            _ => fail("Must be one of the following values: [link, unlink, unlinkAll]".into(), &format!("operations[{at}].type")),
        }
    }
    if details.is_empty() { Ok(made) } else { Err(Answer::invalid(&details)) }
}

fn batch(call: &Call) -> Answer {
    try_batch(call).unwrap_or_else(|answer| answer)
}

fn try_batch(call: &Call) -> Result<Answer, Answer> {
    let json = call.json()?;
    let made = operations(call, &json)?;
    let channel = call.channel();
    if let Some(key) = json.text("resumeRequestKey") {
        let spelled = key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        if !(1..=100).contains(&key.len()) || !spelled {
            return Err(Answer::invalid_one("Invalid resumeRequestKey", "resumeRequestKey"));
        }
        channel.menus.lock().resume_keys.insert(key.to_owned(), call.now_ms);
    }
    let done_ms = call.now_ms + BATCH_DELAY_MS;
    channel.menus.lock().batches.insert(call.request_id.to_string(), (call.now_ms, done_ms));
    let (world, target) = (call.world.clone(), channel.clone());
    let job = move || {
        // Everybody is moved once, from where they stood: A→B and B→C do not chain.
        target.members.each(|_, member| {
            let moved = made.iter().find_map(|operation| match operation {
                Operation::Move { from, to } => (member.menu == *from).then_some(*to),
                Operation::UnlinkAll => Some(0),
            });
            member.menu = moved.unwrap_or(member.menu);
        });
        world.signals.tell(|| Signal::Richmenu { channel_id: target.id.clone(), n: None });
    };
    call.world.plan(done_ms, Box::new(job));
    Ok(Answer::accepted())
}

fn batch_validate(call: &Call) -> Answer {
    try_batch_validate(call).unwrap_or_else(|answer| answer)
}

fn try_batch_validate(call: &Call) -> Result<Answer, Answer> {
    let json = call.json()?;
    let menus = call.channel().menus.lock();
    for operation in json.list("operations").unwrap_or_default() {
        for name in ["from", "to"] {
            let Some(id) = operation.text(name) else {
                continue;
            };
            if id.starts_with("richmenu-") && !menus.has(id) {
                return Err(Answer::error(404, &format!("Richmenu ({id}) is not found")));
            }
            if name == "to" && menus.has(id) && !menus.has_image(id) {
                return Err(Answer::error(400, &format!("'to' richmenu ({id}) must have image but it doesn't")));
            }
        }
    }
    drop(menus);
    operations(call, &json).map(|_| Answer::empty())
}

fn progress(call: &Call) -> Answer {
    let Some(id) = call.param("requestId") else {
        return Answer::bad_parameter("requestId");
    };
    let menus = call.channel().menus.lock();
    match menus.batches.get(&id) {
        Some((accepted, done)) if call.now_ms - accepted < BATCH_LIFE_MS => {
            let mut body = json!({ "phase": "ongoing", "acceptedTime": rfc3339(*accepted) });
            if call.now_ms >= *done {
                body["phase"] = json!("succeeded");
                body["completedTime"] = json!(rfc3339(*done));
            }
            Answer::ok(&body)
        }
        _ => Answer::not_found(),
    }
}
