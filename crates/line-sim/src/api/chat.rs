//! Loading animation and read marks.

use crate::answer::Answer;
use crate::call::Call;
use crate::check::{At, Check};
use crate::json::Json;
use crate::people::{Person, looks_like_user_id, mix};
use crate::route::Route;
use crate::signal::Signal;

pub const ROUTES: &[Route] = &[
    Route::post("/v2/bot/chat/loading/start", "loading", loading).rate(100, 1),
    Route::post("/v2/bot/chat/markAsRead", "mark_as_read", mark_by_token),
    Route::post("/v2/bot/message/markAsRead", "mark_as_read", mark_by_user),
];

fn loading(call: &Call) -> Answer {
    try_loading(call).unwrap_or_else(|answer| answer)
}

fn try_loading(call: &Call) -> Result<Answer, Answer> {
    let json = call.json()?;
    let mut check = Check::default();
    let root = At::root("");
    let seconds = json.int("loadingSeconds").unwrap_or(20);
    if !(5..=60).contains(&seconds) {
        check.fail(&root.field("loadingSeconds"), "Must be between 5 and 60");
    }
    if seconds % 5 != 0 {
        check.fail(&root.field("loadingSeconds"), "must be a multiple of five");
    }
    let id = json.text("chatId").unwrap_or_default();
    if !looks_like_user_id(id) {
        let text = "Only user id is acceptable, please confirm if there are any group/room ids or illegal ids.";
        check.fail(&root.field("chatId"), text);
    }
    check.verdict()?;
    let channel = call.channel();
    if let Some(person) = call.world.people.find(channel.provider, id) {
        let until_ms = call.now_ms + seconds * 1000;
        let shown = channel.members.with(person, |member| {
            let reachable = member.reachable(call.now_ms);
            if reachable {
                member.room().loading_until_ms = until_ms;
            }
            reachable
        });
        if shown {
            call.world.signals.tell(|| Signal::Loading { n: person, channel_id: channel.id.clone(), until_ms });
        }
    }
    Ok(Answer::accepted())
}

/// The token by which a message received can be marked as read: it names channel, sender and message.
pub fn mark_as_read_token(channel: u16, sender: Person, message_id: u64) -> String {
    let proof = mix(message_id ^ u64::from(channel) << 48 ^ u64::from(sender) << 8);
    format!("r{proof:016x}-{sender:x}-{message_id:x}")
}

fn marked_message(channel: u16, token: &str) -> Option<(Person, u64)> {
    let mut parts = token.rsplitn(3, '-');
    let id = u64::from_str_radix(parts.next()?, 16).ok()?;
    let sender = Person::from_str_radix(parts.next()?, 16).ok()?;
    (mark_as_read_token(channel, sender, id) == token).then_some((sender, id))
}

fn mark_by_token(call: &Call) -> Answer {
    let json = match call.json() {
        Ok(json) => json,
        Err(answer) => return answer,
    };
    let channel = call.channel();
    let Some((sender, id)) = json.text("markAsReadToken").and_then(|token| marked_message(channel.index, token)) else {
        let text = "Invalid markAsReadToken. Tokens must be used by the bot that received them via Webhook.";
        return Answer::error(400, text);
    };
    let seq = channel.members.with(sender, |member| {
        let room = member.room();
        if let Some(seq) = room.seq_of(id) {
            room.bot_read_seq = room.bot_read_seq.max(seq);
        }
        room.bot_read_seq
    });
    call.world.tell_room(channel, sender, seq);
    Answer::empty()
}

fn mark_by_user(call: &Call) -> Answer {
    let json = match call.json() {
        Ok(json) => json,
        Err(answer) => return answer,
    };
    let channel = call.channel();
    let id = json.get("chat").and_then(|chat| Json::text(chat, "userId")).unwrap_or_default();
    match call.world.people.find(channel.provider, id) {
        Some(person) => {
            let seq = channel.members.with(person, |member| {
                let room = member.room();
                room.bot_read_seq = room.last_seq();
                room.bot_read_seq
            });
            call.world.tell_room(channel, person, seq);
            Answer::empty()
        }
        None => Answer::bad_property("chat.userId"),
    }
}
