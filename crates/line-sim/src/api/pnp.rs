//! LINE notification messages: to telephone numbers.

use crate::answer::Answer;
use crate::api::send::{Key, SendBody, enter};
use crate::call::Call;
use crate::check::message::Target;
use crate::check::{At, Check, Count};
use crate::json::Json;
use crate::ledger::{Extras, Recipient, To, Via};
use crate::people::Person;
use crate::reply::Talk;
use crate::route::Route;
use crate::sync::Lock;
use crate::webhook::events::{Reply, build};
use crate::world::World;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

pub const ROUTES: &[Route] =
    &[Route::post("/bot/pnp/push", "pnp", push), Route::post("/v2/bot/message/pnp/templated/push", "pnp_templated", templated)];

/// When the `delivery` event follows, on the simulator's clock.
const DELIVERY_MS: i64 = 1_000;

/// People by the hash of their number, made when first asked for.
#[derive(Default)]
pub struct PhoneBook(Lock<HashMap<[u8; 32], Person>>);

impl PhoneBook {
    fn find(&self, world: &World, hash: &[u8; 32]) -> Option<Person> {
        let fits = |person: &Person| Sha256::digest(world.people.profile(*person).phone.as_bytes())[..] == hash[..];
        let mut book = self.0.lock();
        if let Some(person) = book.get(hash).copied().filter(fits) {
            return Some(person);
        }
        // Numbers change and people come: build anew, once per stranger.
        *book = (0..world.people.count())
            .map(|person| (Sha256::digest(world.people.profile(person).phone.as_bytes()).into(), person))
            .collect();
        book.get(hash).copied()
    }
}

fn recipient(call: &Call, to: Option<&str>) -> Result<Person, Answer> {
    let digest = to.filter(|text| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));
    let mut hash = [0u8; 32];
    if digest.is_none_or(|text| hex::decode_to_slice(text, &mut hash).is_err()) {
        return Err(Answer::invalid_one("The value must be a valid SHA-256 digest.", "to"));
    }
    let failed = || Answer::error(422, "Failed to send messages");
    let person = crate::sync::aside(|| call.world.phone_book.find(call.world, &hash)).ok_or_else(failed)?;
    let profile = call.world.people.profile(person);
    if profile.deleted || !profile.consent { Err(failed()) } else { Ok(person) }
}

fn delivery_tag(call: &Call) -> Result<Option<String>, Answer> {
    match call.header("x-line-delivery-tag") {
        Some(tag) if (16..=100).contains(&tag.len()) => Ok(Some(tag.to_owned())),
        Some(_) => Err(Answer::error(400, "The delivery tag has 16 to 100 characters")),
        None => Ok(None),
    }
}

fn plan_delivery(call: &Call, data: String) {
    let (world, channel) = (call.world.clone(), call.channel().clone());
    let job = move || {
        let more = json!({ "delivery": { "data": data } });
        let event = build(&world, &channel, &Talk::Person(0), Value::Null, "delivery", Reply::None, more);
        channel.outbox.send(&world, &channel, event);
    };
    call.world.plan(call.now_ms + DELIVERY_MS, Box::new(job));
}

fn push(call: &Call) -> Answer {
    try_push(call).unwrap_or_else(|answer| answer)
}

fn try_push(call: &Call) -> Result<Answer, Answer> {
    let json = call.json()?;
    let to = json.text("to");
    let checked = SendBody::parse(call)?.check(call, Target::Person)?;
    let mut check = Check::default();
    for (i, message) in json.list("messages").unwrap_or_default().iter().enumerate() {
        if matches!(message.text("type"), Some("image" | "video" | "audio")) {
            check.fail(&At::root("messages").index(i).field("type"), "Not available for notification messages");
        }
    }
    check.verdict()?;
    let tag = delivery_tag(call)?;
    let person = recipient(call, to)?;
    enter(call, Via::Pnp, To::One(Recipient::delivered(person)), checked, Key::None);
    plan_delivery(call, tag.unwrap_or_else(|| to.unwrap_or_default().to_owned()));
    Ok(Answer::empty())
}

fn templated(call: &Call) -> Answer {
    try_templated(call).unwrap_or_else(|answer| answer)
}

fn try_templated(call: &Call) -> Result<Answer, Answer> {
    let json = call.json()?;
    let mut check = Check::default();
    let root = At::root("");
    let key = check.text(&json, &root, "templateKey", 100, Count::Utf16).unwrap_or_default().to_owned();
    let mut lines = vec![format!("【お知らせ】{key}")];
    if let Some(body) = check.object(&json, &root, "body") {
        template_body(&mut check, body, &root.field("body"), &mut lines);
    }
    check.verdict()?;
    let tag = delivery_tag(call)?;
    let to = json.text("to");
    let person = recipient(call, to)?;
    // The phone shows what LINE makes of the template: a text of its parts.
    let text = json!([{ "type": "text", "text": lines.join("\n") }]).to_string();
    let checked = crate::api::send::Checked { body: &text, bubbles: 1, extras: Extras::default() };
    enter(call, Via::Pnp, To::One(Recipient::delivered(person)), checked, Key::None);
    plan_delivery(call, tag.unwrap_or_else(|| to.unwrap_or_default().to_owned()));
    Ok(Answer::accepted())
}

fn template_body(check: &mut Check, body: &Json, at: &At, lines: &mut Vec<String>) {
    if let Some(item) = body.get("emphasizedItem") {
        let at = at.field("emphasizedItem");
        check.text(item, &at, "itemKey", 100, Count::Utf16);
        lines.extend(check.text(item, &at, "content", 15, Count::Utf16).map(str::to_owned));
    }
    let list = at.field("items");
    for (i, item) in check.optional_list(body, at, "items", 15).iter().enumerate() {
        let at = list.index(i);
        check.text(item, &at, "itemKey", 100, Count::Utf16);
        lines.extend(check.text(item, &at, "content", 300, Count::Utf16).map(str::to_owned));
    }
    let list = at.field("buttons");
    for (i, button) in check.optional_list(body, at, "buttons", 2).iter().enumerate() {
        let at = list.index(i);
        check.text(button, &at, "buttonKey", 100, Count::Utf16);
        check.https(button, &at, "url", 1000);
    }
}
