//! LIFF apps of a Login or MINI App channel.

use crate::answer::Answer;
use crate::call::Call;
use crate::channel::Channel;
use crate::check::{At, Check, Count, is_https};
use crate::json::Json;
use crate::route::{Auth, Route};
use crate::world::World;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

pub const ROUTES: &[Route] = &[
    Route::post("/liff/v1/apps", "liff_create", create).auth(Auth::Login),
    Route::get("/liff/v1/apps", "liff_list", list).auth(Auth::Login),
    Route::put("/liff/v1/apps/{liffId}", "liff_update", update).auth(Auth::Login),
    Route::delete("/liff/v1/apps/{liffId}", "liff_delete", delete).auth(Auth::Login),
];

const APPS_MAX: usize = 30;

/// A channel's apps by LIFF id.
#[derive(Default)]
pub struct LiffApps(BTreeMap<String, Value>);

/// The app and its channel.
pub fn find(world: &World, liff_id: &str) -> Option<(Arc<Channel>, Value)> {
    let channel = world.channel(liff_id.split_once('-')?.0)?;
    let app = channel.liff.lock().0.get(liff_id).cloned()?;
    Some((channel, app))
}

/// HTTPS without fragment; plain HTTP is let through to this very machine.
fn is_endpoint(text: &str) -> bool {
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"].iter().any(|start| text.starts_with(start));
    (is_https(text) || local && url::Url::parse(text).is_ok()) && !text.contains('#')
}

fn check_app(json: &Json, at: &At, check: &mut Check) {
    if let Some(view) = json.get("view") {
        let at = at.field("view");
        check.one_of(view, &at, "type", &["compact", "tall", "full"]);
        if view.get("url").is_some() && !view.text("url").is_some_and(is_endpoint) {
            check.fail(&at.field("url"), "Must be a valid HTTPS URL");
        }
    }
    if let Some(text) = check.optional_text(json, at, "description", 1000, Count::Utf16)
        && text.to_ascii_lowercase().contains("line")
    {
        check.fail(&at.field("description"), "Contains a word that cannot be used");
    }
    check.one_of(json, at, "permanentLinkPattern", &["concat"]);
    check.one_of(json, at, "botPrompt", &["normal", "aggressive", "none"]);
    let scopes = ["openid", "email", "profile", "chat_message.write"];
    let list = at.field("scope");
    for (i, scope) in json.list("scope").unwrap_or_default().iter().enumerate() {
        if scope.as_str().is_none_or(|scope| !scopes.contains(&scope)) {
            check.fail(&list.index(i), format!("Must be one of the following values: [{}]", scopes.join(", ")));
        }
    }
}

fn create(call: &Call) -> Answer {
    try_create(call).unwrap_or_else(|answer| answer)
}

fn try_create(call: &Call) -> Result<Answer, Answer> {
    let json = call.json()?;
    let mut check = Check::default();
    let root = At::root("");
    if let Some(view) = check.object(&json, &root, "view") {
        for name in ["type", "url"] {
            check.text(view, &root.field("view"), name, 2000, Count::Utf16);
        }
    }
    check_app(&json, &root, &mut check);
    check.verdict()?;
    let mut apps = call.channel().liff.lock();
    if apps.0.len() >= APPS_MAX {
        return Err(Answer::error(400, "The maximum number of LIFF apps has already been added"));
    }
    let suffix: String = call.world.ids.hex().chars().take(8).collect();
    let id = format!("{}-{suffix}", call.channel().id);
    let mut app = json.to_value();
    app["liffId"] = json!(id);
    for (name, default) in [
        ("permanentLinkPattern", json!("concat")),
        ("scope", json!(["profile", "chat_message.write"])),
        ("botPrompt", json!("none")),
        ("features", json!({ "qrCode": false })),
    ] {
        if app[name].is_null() {
            app[name] = default;
        }
    }
    apps.0.insert(id.clone(), app);
    Ok(Answer::ok(&json!({ "liffId": id })))
}

fn list(call: &Call) -> Answer {
    let apps = call.channel().liff.lock();
    if apps.0.is_empty() {
        return Answer::error(404, "not found");
    }
    Answer::ok(&json!({ "apps": apps.0.values().collect::<Vec<_>>() }))
}

fn update(call: &Call) -> Answer {
    try_update(call).unwrap_or_else(|answer| answer)
}

fn try_update(call: &Call) -> Result<Answer, Answer> {
    let json = call.json()?;
    let mut check = Check::default();
    check_app(&json, &At::root(""), &mut check);
    check.verdict()?;
    let mut apps = call.channel().liff.lock();
    let app = apps.0.get_mut(call.args[0]).ok_or_else(|| Answer::error(404, "not found"))?;
    merge(app, json.to_value());
    Ok(Answer::bare(200))
}

/// Given fields replace the present ones, objects field by field.
fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

fn delete(call: &Call) -> Answer {
    match call.channel().liff.lock().0.remove(call.args[0]) {
        Some(_) => Answer::bare(200),
        None => Answer::error(404, "not found"),
    }
}
