//! A finger on something: buttons, quick replies, rich menus, imagemaps.

use super::acts::{Act, Done, act};
use super::say::{group_event, speak, text_message};
use crate::answer::Answer;
use crate::room::{Entry, Incoming, Room};
use crate::route::Route;
use crate::signal::Signal;
use crate::webhook::Event;
use crate::webhook::events::Reply;
use serde_json::{Value, json};

pub const ROUTES: &[Route] = &[Route::later("POST", "/__sim/tap", "sim", |call| act(call, tap)).own()];

fn tap(act: &Act) -> Result<Done, Answer> {
    let action = find_action(act)?;
    perform(act, &action)
}

/// The action under the finger.
fn find_action(act: &Act) -> Result<Value, Answer> {
    let body = act.body;
    if body["action"].is_object() {
        return Ok(body["action"].clone());
    }
    if let Some(data) = body["data"].as_str() {
        return Ok(json!({ "type": "postback", "data": data }));
    }
    if body["rich_menu"].is_object() {
        return menu_action(act, &body["rich_menu"]);
    }
    let id = act.text("message_id")?.parse().map_err(|_| Answer::sim_error(400, "message_id is a number"))?;
    let find = |room: &mut Room| room.message(id);
    let message = match body["group_id"].as_str() {
        Some(group) => act.world.groups.with_room(group, find).flatten(),
        None => act.channel.members.with(act.person, |m| m.room.as_deref_mut().and_then(find)),
    };
    let message = message.ok_or_else(|| Answer::sim_error(404, "no such message in this room"))?;
    let path = match body["quick_reply"].as_u64() {
        Some(item) => format!("quickReply.items[{item}].action"),
        None => act.text("path")?.to_owned(),
    };
    let action = pointer(&path).and_then(|pointer| message.pointer(&pointer)).filter(|action| action.is_object());
    action.cloned().ok_or_else(|| Answer::sim_error(400, format!("the message holds no action at {path}")))
}

/// `a.b[2].c` as JSON pointer.
fn pointer(path: &str) -> Option<String> {
    let mut pointer = String::new();
    for part in path.split('.') {
        let (name, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
        if !name.is_empty() {
            pointer.push('/');
            pointer.push_str(name);
        }
        while let Some(inner) = rest.strip_prefix('[') {
            let (index, after) = inner.split_once(']')?;
            pointer.push('/');
            pointer.push_str(index);
            rest = after;
        }
    }
    Some(pointer)
}

fn menu_action(act: &Act, wanted: &Value) -> Result<Value, Answer> {
    let menus = act.channel.menus.lock();
    let (id, _) = menus.shown(act.channel, act.person).ok_or_else(|| Answer::sim_error(404, "this person sees no rich menu"))?;
    let menu = menus.json(&id);
    let areas = menu["areas"].as_array().cloned().unwrap_or_default();
    let hit = |area: &Value| {
        let bounds = |name: &str| area["bounds"][name].as_f64().unwrap_or(0.0);
        let within = |at: Option<f64>, start: f64, length: f64| at.is_some_and(|at| at >= start && at < start + length);
        within(wanted["x"].as_f64(), bounds("x"), bounds("width")) && within(wanted["y"].as_f64(), bounds("y"), bounds("height"))
    };
    let area = match wanted["area"].as_u64() {
        Some(index) => areas.get(index as usize),
        None => areas.iter().find(|area| hit(area)),
    };
    area.map(|area| area["action"].clone()).ok_or_else(|| Answer::sim_error(404, "no area there"))
}

fn perform(act: &Act, action: &Value) -> Result<Done, Answer> {
    let text = |name: &str| action[name].as_str();
    match text("type").unwrap_or_default() {
        "postback" => postback(act, action),
        "message" => say(act, text("text").unwrap_or_default(), json!({ "type": "say", "text": text("text") })),
        "uri" => Ok(open(act, text("uri").or(text("linkUri")).unwrap_or_default())),
        "clipboard" => Ok(only(json!({ "type": "copy", "text": text("clipboardText") }))),
        "camera" => Ok(only(json!({ "type": "camera" }))),
        "cameraRoll" => Ok(only(json!({ "type": "camera_roll" }))),
        "location" => Ok(only(json!({ "type": "location" }))),
        "datetimepicker" => picker(act, action),
        "richmenuswitch" => switch(act, action),
        other => Err(Answer::sim_error(400, format!("no phone can do {other:?}"))),
    }
}

/// Something the phone does by itself.
fn only(what: Value) -> Done {
    Done { event: None, extra: Some(json!({ "do": what })) }
}

fn open(act: &Act, url: &str) -> Done {
    let id = act.body["message_id"].as_str().and_then(|id| id.parse().ok());
    let sent = id.and_then(|id| act.channel.members.with(act.person, |m| m.room.as_ref().and_then(|r| r.sent(id))));
    if let Some((sent, bubble)) = sent {
        act.world.clicks.tapped(&sent, bubble, url, act.person);
    }
    only(json!({ "type": "open", "url": url }))
}

fn say(act: &Act, text: &str, what: Value) -> Result<Done, Answer> {
    let id = act.world.ledger.message_ids(1);
    let done = speak(act, id, text_message(act, id, text))?;
    Ok(Done { extra: Some(json!({ "do": what, "message_id": id.to_string() })), ..done })
}

fn postback(act: &Act, action: &Value) -> Result<Done, Answer> {
    let data = action["data"].as_str().unwrap_or_default();
    let mut also = Vec::new();
    if let Some(shown) = action["displayText"].as_str() {
        // Shown as the person's words, but no message event.
        let id = act.world.ledger.message_ids(1);
        let spoken = text_message(act, id, shown);
        let json = serde_json::to_string(&spoken).unwrap_or_default();
        enter(act, "message", id, json);
        also.push(json!({ "type": "say", "text": shown }));
    }
    enter(act, "postback", 0, json!({ "data": data }).to_string());
    let mut what = match action["inputOption"].as_str() {
        Some("openKeyboard") => match action["fillInText"].as_str() {
            Some(text) => json!({ "type": "fill", "text": text, "keyboard": true }),
            None => json!({ "type": "keyboard" }),
        },
        Some("openVoice") => json!({ "type": "voice" }),
        Some("openRichMenu") => json!({ "type": "rich_menu", "open": true }),
        Some("closeRichMenu") => json!({ "type": "rich_menu", "open": false }),
        _ => json!({ "type": "none" }),
    };
    if what["type"] == "none" && !also.is_empty() {
        what = also.remove(0);
    }
    let event = event(act, json!({ "postback": { "data": data } }))?;
    // The deprecated `text` is a real message besides.
    if let Some(text) = action["text"].as_str() {
        let spoken = say(act, text, Value::Null)?;
        if let Some(spoken) = spoken.event {
            act.channel.outbox.send(act.world, act.channel, spoken);
        }
    }
    Ok(Done { event: Some(event), extra: Some(json!({ "do": what, "also": also })) })
}

fn picker(act: &Act, action: &Value) -> Result<Done, Answer> {
    let mode = action["mode"].as_str().unwrap_or("date");
    let Some(picked) = act.body["params"][mode].as_str() else {
        let mut what = json!({ "type": "picker", "mode": mode, "data": action["data"] });
        for name in ["initial", "max", "min"] {
            if !action[name].is_null() {
                what[name] = action[name].clone();
            }
        }
        return Ok(only(what));
    };
    let mut params = json!({});
    params[mode] = json!(picked);
    let data = action["data"].as_str().unwrap_or_default();
    enter(act, "postback", 0, json!({ "data": data }).to_string());
    let event = event(act, json!({ "postback": { "data": data, "params": params } }))?;
    Ok(Done { event: Some(event), extra: Some(json!({ "do": { "type": "none" } })) })
}

fn switch(act: &Act, action: &Value) -> Result<Done, Answer> {
    let alias = action["richMenuAliasId"].as_str().unwrap_or_default();
    let outcome = act.channel.menus.lock().switch(act.channel, act.person, alias);
    let (status, menu_id) = match &outcome {
        Ok(id) => ("SUCCESS", Some(id.clone())),
        Err(status) => (*status, None),
    };
    let mut params = json!({ "status": status });
    if menu_id.is_some() {
        params["newRichMenuAliasId"] = json!(alias);
        let (n, channel_id) = (act.person, act.channel.id.clone());
        act.world.signals.tell(|| Signal::Richmenu { channel_id, n: Some(n) });
    }
    let data = action["data"].as_str().unwrap_or_default();
    let event = event(act, json!({ "postback": { "data": data, "params": params } }))?;
    let what = json!({ "type": "switch", "rich_menu_id": menu_id, "alias": alias });
    Ok(Done { event: Some(event), extra: Some(json!({ "do": what })) })
}

fn event(act: &Act, more: Value) -> Result<Event, Answer> {
    match act.body["group_id"].as_str() {
        Some(group) => group_event(act, group, "postback", Reply::Possible, more),
        None => Ok(act.event("postback", Reply::Possible, more)),
    }
}

fn enter(act: &Act, kind: &'static str, id: u64, json: String) {
    let at_ms = act.world.clock.now_ms();
    let incoming =
        Incoming { kind, id, at_ms, from: act.person, json: json.into(), quote_token: None, unsent: None, edited: None };
    match act.body["group_id"].as_str() {
        Some(group) => act.world.groups.push(act.world, group, Entry::In(Box::new(incoming))),
        None => act.put(incoming),
    }
}
