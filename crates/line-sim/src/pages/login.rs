//! LINE Login's authorize page: who are you, do you agree, do you want to be friends.

use super::html::{escape, page};
use crate::answer::Answer;
use crate::api::login::{Authorization, linked_bot};
use crate::call::Call;
use crate::channel::{Channel, Kind, Standing};
use crate::people::Person;
use crate::reply::Talk;
use crate::route::{Auth, Host, Route};
use crate::sim_api::befriend;
use crate::webhook::events::{Reply, build};
use crate::world::World;
use serde_json::json;
use std::sync::Arc;

pub const ROUTES: &[Route] = &[
    Route::get("/oauth2/v2.1/authorize", "authorize", show).host(Host::Access).auth(Auth::Open),
    Route::post("/oauth2/v2.1/authorize", "authorize", decide).host(Host::Access).auth(Auth::Open),
];

const SHOWN: usize = 20;

/// A checked authorization request.
struct Wanted {
    channel: Arc<Channel>,
    redirect_uri: String,
    state: String,
    scope: String,
}

/// `redirect_uri` equals a registered address; an extra query is allowed.
fn is_registered(channel: &Channel, uri: &str) -> bool {
    let settings = channel.settings.read();
    // A channel without any registered address takes all: nothing to set up in a demo.
    settings.callback_urls.is_empty()
        || settings.callback_urls.iter().any(|known| {
            uri == known || uri.strip_prefix(known.as_str()).is_some_and(|rest| rest.starts_with('?') || rest.starts_with('&'))
        })
}

fn wanted(call: &Call) -> Result<Wanted, Answer> {
    let wrong = |text: &str| {
        let body = format!("<h1>400 Bad Request</h1><p>{}</p>", escape(text));
        let mut answer = Answer::html(page("ログイン", &body));
        answer.status = 400;
        answer
    };
    let channel = call.param("client_id").and_then(|id| call.world.channel(&id)).filter(|c| c.kind != Kind::Messaging);
    let channel = channel.ok_or_else(|| wrong("client_id が正しくありません。"))?;
    let redirect_uri = call.param("redirect_uri").filter(|uri| url::Url::parse(uri).is_ok() && is_registered(&channel, uri));
    let redirect_uri = redirect_uri.ok_or_else(|| wrong("redirect_uri がコールバックURLに登録されていません。"))?;
    let state = call.param("state").ok_or_else(|| wrong("state が必要です。"))?;
    let back = |error: &str, text: &str| {
        Err(Answer::redirect(&with_query(&redirect_uri, &[("error", error), ("error_description", text), ("state", &state)])))
    };
    if call.param("response_type").as_deref() != Some("code") {
        return back("UNSUPPORTED_RESPONSE_TYPE", "response_type must be code");
    }
    let scope = call.param("scope").unwrap_or_default();
    if scope.is_empty() || scope.split(' ').any(|one| !["profile", "openid", "email"].contains(&one)) {
        return back("INVALID_SCOPE", "scope is invalid");
    }
    if call.param("code_challenge").is_some() && call.param("code_challenge_method").as_deref() != Some("S256") {
        return back("INVALID_REQUEST", "code_challenge_method must be S256");
    }
    if call.param("prompt").as_deref() == Some("none") && call.param("__user").is_none() {
        return back("LOGIN_REQUIRED", "login required");
    }
    Ok(Wanted { channel, redirect_uri, state, scope })
}

/// An address with more query parameters.
pub fn with_query(base: &str, pairs: &[(&str, &str)]) -> String {
    match url::Url::parse(base) {
        Ok(mut url) => {
            url.query_pairs_mut().extend_pairs(pairs);
            url.into()
        }
        Err(_) => base.to_owned(),
    }
}

/// A list of people to log in as; each leads to `link(n)`.
pub fn picker(world: &World, query: &str, link: &dyn Fn(Person) -> String, hidden: &str) -> String {
    let fits = |person: &Person| {
        let profile = world.people.profile(*person);
        !profile.deleted && (query.is_empty() || profile.name.contains(query) || person.to_string() == query)
    };
    let rows: String = (0..world.people.count())
        .filter(fits)
        .take(SHOWN)
        .map(|person| {
            let name = world.people.profile(person).name;
            let first: String = name.chars().take(1).collect();
            format!(
                "<li><a href=\"{}\"><span class=\"face\">{}</span><span>{}<br><span class=\"soft\">No. {person}</span></span></a></li>",
                escape(&link(person)),
                escape(&first),
                escape(&name),
            )
        })
        .collect();
    format!(
        "<form>{hidden}<input type=\"search\" name=\"__q\" value=\"{}\" placeholder=\"名前または番号でさがす\"></form><ul>{rows}</ul>",
        escape(query)
    )
}

/// The request's parameters as hidden fields, without ours.
fn hidden(query: &str) -> String {
    url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| !name.starts_with("__"))
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(&name), escape(&value)))
        .collect()
}

fn person(call: &Call) -> Option<Person> {
    let user = call.param("__user")?;
    let found = user.parse().ok().or_else(|| call.world.find_anywhere(&user))?;
    (found < call.world.people.count() && !call.world.people.is_deleted(found)).then_some(found)
}

fn show(call: &Call) -> Answer {
    let wanted = match wanted(call) {
        Ok(wanted) => wanted,
        Err(answer) => return answer,
    };
    let service = escape(&wanted.channel.settings.read().name);
    let Some(person) = person(call) else {
        let link = |person: Person| format!("?{}&__user={person}", call.query);
        let list = picker(call.world, &call.param("__q").unwrap_or_default(), &link, &hidden(call.query));
        let body = format!("<h1>ログイン</h1><p class=\"soft\">{service} にどの人としてログインしますか。</p>{list}");
        return Answer::html(page("ログイン", &body));
    };
    Answer::html(page("ログイン", &consent(call, &wanted, person, &service)))
}

fn consent(call: &Call, wanted: &Wanted, person: Person, service: &str) -> String {
    let name = escape(&call.world.people.profile(person).name);
    let grants: String = wanted
        .scope
        .split(' ')
        .map(|scope| match scope {
            "profile" => "<li>プロフィール情報（名前・画像）</li>",
            "email" => "<li>メールアドレス</li>",
            _ => "<li>あなたのユーザー識別子</li>",
        })
        .collect();
    let friend_box = match (linked_bot(call.world, &wanted.channel), call.param("bot_prompt")) {
        (Some(bot), Some(_)) => {
            let bot_name = escape(&bot.settings.read().name);
            format!(
                "<label class=\"row\"><input type=\"checkbox\" name=\"__friend\" value=\"1\">\
                 <span>{bot_name} を友だち追加する</span></label>"
            )
        }
        _ => String::new(),
    };
    format!(
        "<h1>{service}</h1><p>{name} さんとして、次の情報の提供に同意しますか。</p><ul>{grants}</ul>\
         <form method=\"post\" action=\"?{query}\">{friend_box}<button name=\"__answer\" value=\"yes\">許可する</button>\
         <button class=\"plain\" name=\"__answer\" value=\"no\">キャンセル</button></form>",
        query = escape(call.query),
    )
}

fn decide(call: &Call) -> Answer {
    let wanted = match wanted(call) {
        Ok(wanted) => wanted,
        Err(answer) => return answer,
    };
    let Some(person) = person(call) else { return Answer::error(400, "no user chosen") };
    if call.form("__answer").as_deref() != Some("yes") {
        let denied = [
            ("error", "ACCESS_DENIED"),
            ("error_description", "The resource owner denied the request."),
            ("state", &wanted.state),
        ];
        return Answer::redirect(&with_query(&wanted.redirect_uri, &denied));
    }
    let offered = call.param("bot_prompt").and_then(|_| linked_bot(call.world, &wanted.channel));
    let changed = offered.map(|bot| call.form("__friend").is_some() && add_friend(call.world, &bot, person));
    let code = call.world.logins.code(
        call.world,
        Authorization {
            channel: wanted.channel.clone(),
            person,
            scope: wanted.scope,
            nonce: call.param("nonce"),
            redirect_uri: wanted.redirect_uri.clone(),
            challenge: call.param("code_challenge"),
        },
    );
    let mut pairs = vec![("code", code.as_str()), ("state", wanted.state.as_str())];
    if let Some(changed) = changed {
        pairs.push(("friendship_status_changed", if changed { "true" } else { "false" }));
    }
    Answer::redirect(&with_query(&wanted.redirect_uri, &pairs))
}

/// Adds the account as a friend, with its webhook; answers whether that changed anything.
pub fn add_friend(world: &Arc<World>, bot: &Arc<Channel>, person: Person) -> bool {
    if bot.members.with(person, |m| m.standing == Standing::Friend) {
        return false;
    }
    let Ok(was_blocked) = befriend(world, bot, person) else { return false };
    let source = json!({ "type": "user", "userId": world.user_id(bot, person) });
    let more = json!({ "follow": { "isUnblocked": was_blocked } });
    let event = build(world, bot, &Talk::Person(person), source, "follow", Reply::Possible, more);
    bot.outbox.send(world, bot, event);
    true
}
