//! Profiles, followers, the account itself.

use crate::answer::Answer;
use crate::call::Call;
use crate::channel::{ChatMode, Deleted, Standing};
use crate::people::{Person, Profile, looks_like_user_id};
use crate::route::Route;
use base64::Engine;
use serde_json::{Value, json};
use std::ops::Range;

pub const ROUTES: &[Route] = &[
    Route::get("/v2/bot/profile/{userId}", "profile", profile),
    Route::get("/v2/bot/followers/ids", "followers", followers),
    Route::get("/v2/bot/info", "bot_info", info),
];

/// A page token lives for a day.
const NEXT_LIFE_MS: i64 = 24 * 3_600_000;

fn profile(call: &Call) -> Answer {
    let id = call.args[0];
    if !looks_like_user_id(id) {
        return Answer::bad_parameter("userId");
    }
    let channel = call.channel();
    let Some(person) = call.world.people.find(channel.provider, id) else {
        return Answer::not_found();
    };
    // Friends, and whoever wrote without being one; never those who block.
    let visible = channel.members.with(person, |m| {
        m.deleted == Deleted::No && (m.standing == Standing::Friend || (m.standing == Standing::Never && m.wrote_ms > 0))
    });
    let profile = call.world.people.profile(person);
    if !visible || !profile.consent || profile.deleted {
        return Answer::not_found();
    }
    let mut body = short_profile(id, &profile);
    body["language"] = json!(profile.language);
    if let Some(status) = profile.status_message {
        body["statusMessage"] = json!(status);
    }
    Answer::ok(&body)
}

/// What groups, too, tell of a member.
pub fn short_profile(id: &str, profile: &Profile) -> Value {
    let mut body = json!({ "userId": id, "displayName": profile.name });
    if !profile.picture_url.is_empty() {
        body["pictureUrl"] = json!(profile.picture_url);
    }
    body
}

fn followers(call: &Call) -> Answer {
    if call.channel().is_certified() { list_followers(call).unwrap_or_else(|answer| answer) } else { Answer::forbidden() }
}

/// Pages go by people's numbers, so that each looks only at its own part of a million.
fn list_followers(call: &Call) -> Result<Answer, Answer> {
    let channel = call.channel();
    let everybody = call.world.people.count();
    let limit = limit(call, 300, 1000)?;
    let mut ids = Vec::with_capacity(limit);
    let mut next = None;
    for person in start(call, everybody as usize)? as Person..everybody {
        let friend = channel.members.with(person, |m| m.standing == Standing::Friend && m.deleted == Deleted::No);
        if !friend || !call.world.people.consents(person) {
            continue;
        }
        if ids.len() == limit {
            next = Some(write_next(person as usize, call));
            break;
        }
        ids.push(call.world.user_id(channel, person));
    }
    let mut body = json!({ "userIds": ids });
    put_next(&mut body, next);
    Ok(Answer::ok(&body))
}

fn info(call: &Call) -> Answer {
    let channel = call.channel();
    let settings = channel.settings.read();
    let mut body = json!({
        "userId": channel.bot_user_id,
        "basicId": settings.basic_id,
        "displayName": settings.name,
        "chatMode": settings.chat_mode,
        "markAsReadMode": if settings.chat_mode == ChatMode::Chat { "manual" } else { "auto" },
    });
    if let Some(url) = &settings.picture_url {
        body["pictureUrl"] = json!(url);
    }
    Answer::ok(&body)
}

/// The asked page of a list of `len` items: its range, and the token of the next page.
pub fn page(call: &Call, len: usize, default: usize, max: usize) -> Result<(Range<usize>, Option<String>), Answer> {
    let limit = limit(call, default, max)?;
    let start = start(call, len)?;
    let end = (start + limit).min(len);
    let next = (end < len).then(|| write_next(end, call));
    Ok((start..end, next))
}

fn limit(call: &Call, default: usize, max: usize) -> Result<usize, Answer> {
    match call.param("limit") {
        None => Ok(default),
        Some(text) => {
            let limit = text.parse().ok().filter(|limit| (1..=max).contains(limit));
            limit.ok_or_else(|| Answer::bad_parameter("limit"))
        }
    }
}

/// Where the page begins.
fn start(call: &Call, len: usize) -> Result<usize, Answer> {
    match call.param("start") {
        None => Ok(0),
        Some(token) => read_next(&token, call).filter(|at| *at <= len).ok_or_else(|| Answer::error(400, "Invalid start param")),
    }
}

pub fn put_next(body: &mut Value, next: Option<String>) {
    if let Some(next) = next {
        body["next"] = json!(next);
    }
}

fn write_next(at: usize, call: &Call) -> String {
    let text = format!("{}:{at}:{}", call.route.path, call.now_ms);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

fn read_next(token: &str, call: &Call) -> Option<usize> {
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let mut parts = text.rsplitn(3, ':');
    let issued: i64 = parts.next()?.parse().ok()?;
    let at = parts.next()?.parse().ok()?;
    let fits = parts.next()? == call.route.path && call.now_ms - issued < NEXT_LIFE_MS;
    fits.then_some(at)
}
