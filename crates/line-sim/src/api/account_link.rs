//! Account link: the shop's token, and LINE's dialog.

use crate::answer::Answer;
use crate::call::Call;
use crate::people::{Person, looks_like_user_id};
use crate::reply::Talk;
use crate::route::{Auth, Host, Route};
use crate::sync::Lock;
use crate::webhook::Event;
use crate::webhook::events::{Reply, build};
use crate::world::World;
use serde_json::{Value, json};
use std::collections::HashMap;

pub const ROUTES: &[Route] = &[
    Route::post("/v2/bot/user/{userId}/linkToken", "link_token", issue),
    Route::get("/dialog/bot/accountLink", "link_dialog", dialog).host(Host::Access).auth(Auth::Open).unlimited(),
];

const LIFE_MS: i64 = 10 * 60_000;

/// Live link tokens: who, which channel, until when.
#[derive(Default)]
pub struct LinkTokens(Lock<HashMap<String, (u16, Person, i64)>>);

impl LinkTokens {
    pub fn clear(&self) {
        self.0.lock().clear();
    }
    fn spend(&self, token: &str, now_ms: i64) -> Option<(u16, Person)> {
        let (channel, person, until) = self.0.lock().remove(token)?;
        (now_ms < until).then_some((channel, person))
    }
}

fn issue(call: &Call) -> Answer {
    let id = call.args[0];
    if !looks_like_user_id(id) {
        return Answer::bad_parameter("userId");
    }
    match call.world.people.find(call.channel().provider, id) {
        Some(person) => {
            let token = call.world.ids.hex();
            let entry = (call.channel().index, person, call.now_ms + LIFE_MS);
            call.world.link_tokens.0.lock().insert(token.clone(), entry);
            Answer::ok(&json!({ "linkToken": token }))
        }
        None => Answer::not_found(),
    }
}

/// Why the dialog shows an error in place of linking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkError {
    Token,
    Nonce,
}

/// Completes a link as the dialog does: the webhook goes out.
pub fn link(world: &World, token: &str, nonce: &str, result: &str) -> Result<Event, LinkError> {
    if !(10..=255).contains(&nonce.len()) {
        return Err(LinkError::Nonce);
    }
    let (index, person) = world.link_tokens.spend(token, world.clock.now_ms()).ok_or(LinkError::Token)?;
    let channel = world.channel_at(index).ok_or(LinkError::Token)?;
    let more = json!({ "link": { "result": result, "nonce": nonce } });
    // A failed link tells neither who nor how to answer.
    let (source, reply) = match result {
        "ok" => (json!({ "type": "user", "userId": world.user_id(&channel, person) }), Reply::Possible),
        _ => (Value::Null, Reply::None),
    };
    Ok(build(world, &channel, &Talk::Person(person), source, "accountLink", reply, more))
}

fn dialog(call: &Call) -> Answer {
    let (Some(token), Some(nonce)) = (call.param("linkToken"), call.param("nonce")) else {
        return page("リンクに必要な情報が足りません。");
    };
    match link(call.world, &token, &nonce, "ok") {
        Ok(event) => {
            if let Some(channel) = call.world.channel_at(event.channel) {
                channel.outbox.send(call.world, &channel, event);
            }
            page("アカウント連携が完了しました。トークに戻ってください。")
        }
        Err(LinkError::Token) => page("このリンクは期限切れか、すでに使われています。"),
        Err(LinkError::Nonce) => page("nonce は10〜255文字で指定してください。"),
    }
}

fn page(text: &str) -> Answer {
    Answer::html(crate::pages::html::page("アカウント連携", &format!("<p>{}</p>", crate::pages::html::escape(text))))
}
