//! LIFF permanent links: open the app's page with the tokens its SDK reads.

use super::html::{escape, page};
use super::login::{add_friend, picker};
use crate::answer::Answer;
use crate::api::liff::find;
use crate::api::login::{liff_tokens, linked_bot};
use crate::call::Call;
use crate::channel::{Channel, Standing};
use crate::people::Person;
use crate::route::Route;
use crate::sim_api::speak_as;
use crate::world::World;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

pub const ROUTES: &[Route] = &[
    Route::get("/liff/edge/2/sdk.js", "sim", sdk).own(),
    Route::post("/liff/edge/2/send", "sim", send).own(),
    Route::get("/liff/{liffId}", "sim", open).own(),
    Route::get("/liff/{liffId}/{a}", "sim", open).own(),
    Route::get("/liff/{liffId}/{a}/{b}", "sim", open).own(),
    Route::get("/liff/{liffId}/{a}/{b}/{c}", "sim", open).own(),
    Route::get("/liff/{liffId}/{a}/{b}/{c}/{d}", "sim", open).own(),
];

/// The `liff` object for pages under test: same calls, answered by this simulator.
fn sdk(_: &Call) -> Answer {
    Answer::new(200, "text/javascript; charset=utf-8", include_str!("sdk.js")).header("cache-control", "no-cache")
}

fn open(call: &Call) -> Answer {
    let liff_id = call.args[0];
    let Some((channel, app)) = find(call.world, liff_id) else {
        let mut answer = Answer::html(page("LIFF", "<h1>404</h1><p>このLIFFアプリは見つかりません。</p>"));
        answer.status = 404;
        return answer;
    };
    let user = call.param("__user");
    let person = user.and_then(|user| user.parse().ok().or_else(|| call.world.find_anywhere(&user)));
    let Some(person) = person.filter(|n| *n < call.world.people.count()) else {
        let link = |person: Person| format!("?{}&__user={person}", call.query);
        let list = picker(call.world, &call.param("__q").unwrap_or_default(), &link, &hidden(call.query));
        let body = format!("<h1>LIFFを開く</h1><p class=\"soft\">どの人として開きますか。</p>{list}");
        return Answer::html(page("LIFF", &body));
    };
    if let Some(prompt) = friend_prompt(call, &channel, &app, person) {
        return prompt;
    }
    Answer::redirect(&target(call, &channel, &app, person))
}

fn hidden(query: &str) -> String {
    url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name != "__q" && name != "__user")
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(&name), escape(&value)))
        .collect()
}

/// With `botPrompt` the first opening asks whether to add the account.
fn friend_prompt(call: &Call, channel: &Channel, app: &Value, person: Person) -> Option<Answer> {
    let prompts = app["botPrompt"].as_str().is_some_and(|prompt| prompt != "none");
    let bot = linked_bot(call.world, channel).filter(|_| prompts)?;
    if bot.members.with(person, |m| m.standing == Standing::Friend) {
        return None;
    }
    match call.param("__friend").as_deref() {
        Some("1") => {
            add_friend(call.world, &bot, person);
            None
        }
        Some(_) => None,
        None => {
            let name = escape(&bot.settings.read().name);
            let link = |answer: &str| escape(&format!("?{}&__friend={answer}", call.query));
            let body = format!(
                "<h1>友だち追加</h1><p>{name} を友だち追加しますか。</p>\
                 <a href=\"{}\"><button>追加する</button></a><a href=\"{}\"><button class=\"plain\">あとで</button></a>",
                link("1"),
                link("0"),
            );
            Some(Answer::html(page("友だち追加", &body)))
        }
    }
}

/// The endpoint URL with `liff.state` for what stood behind the LIFF id, tokens in the fragment.
fn target(call: &Call, channel: &Arc<Channel>, app: &Value, person: Person) -> String {
    let scope: Vec<&str> = app["scope"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let (access, id_token) = liff_tokens(call.world, channel, person, &scope.join(" "));
    let path: String = call.args[1..].iter().filter(|part| !part.is_empty()).map(|part| format!("/{part}")).collect();
    let query: Vec<String> =
        call.query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("__")).map(str::to_owned).collect();
    let mut state = path;
    if !query.is_empty() {
        state.push('?');
        state.push_str(&query.join("&"));
    }
    let endpoint = app["view"]["url"].as_str().unwrap_or_default();
    let Ok(mut url) = url::Url::parse(endpoint) else { return endpoint.to_owned() };
    if !state.is_empty() {
        url.query_pairs_mut().append_pair("liff.state", &state);
    }
    let mut fragment = url::form_urlencoded::Serializer::new(String::new());
    fragment.append_pair("access_token", &access);
    if let Some(id_token) = &id_token {
        fragment.append_pair("id_token", id_token);
    }
    fragment.append_pair("liff_id", call.args[0]);
    fragment.append_pair("user_id", &call.world.user_id(channel, person));
    fragment.append_pair("view", app["view"]["type"].as_str().unwrap_or("full"));
    if let Some(talk) = call.param("__channel") {
        fragment.append_pair("talk", &talk);
    }
    url.set_fragment(Some(&fragment.finish()));
    url.into()
}

#[derive(Deserialize)]
struct Spoken {
    access_token: String,
    talk: Option<String>,
    messages: Vec<Value>,
}

/// `liff.sendMessages`: the person says it in the talk the app was opened from.
fn send(call: &Call) -> Answer {
    try_send(call).unwrap_or_else(|answer| answer)
}

fn try_send(call: &Call) -> Result<Answer, Answer> {
    let spoken: Spoken = call.read()?;
    let forbidden = |text: &str| Answer::error(403, text);
    let now = call.world.clock.now_ms();
    let grant = call.world.tokens.find(&spoken.access_token, now).map_err(|_| Answer::unauthorized("invalid token"))?;
    let person = grant.person.ok_or_else(|| forbidden("not a user token"))?;
    if !grant.scope.split(' ').any(|scope| scope == "chat_message.write") {
        return Err(forbidden("user doesn't grant required permissions yet"));
    }
    if spoken.messages.is_empty() || spoken.messages.len() > 5 {
        return Err(Answer::invalid_one("Size must be between 1 and 5", "messages"));
    }
    let talk = spoken.talk.as_deref().and_then(|id| call.world.channel(id));
    let talk = talk.ok_or_else(|| forbidden("the app was not opened from a talk"))?;
    for message in &spoken.messages {
        say(call.world, &talk, person, message);
    }
    Ok(Answer::empty())
}

/// Texts and stickers reach the account as messages; templates and flex bring no webhook.
fn say(world: &Arc<World>, talk: &Arc<Channel>, person: Person, message: &Value) {
    let body = match message["type"].as_str() {
        Some("text") => json!({ "text": message["text"] }),
        Some("sticker") => json!({ "sticker": message }),
        Some("location") => json!({ "location": message }),
        Some(kind @ ("image" | "video" | "audio")) => {
            json!({ kind: { "external_url": message["originalContentUrl"] } })
        }
        _ => return,
    };
    speak_as(world, talk, person, &body);
}
