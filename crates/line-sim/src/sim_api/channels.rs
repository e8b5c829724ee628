//! Channels: listed, made, changed.

use crate::answer::Answer;
use crate::call::Call;
use crate::channel::{Channel, Kind, Standing};
use crate::config::ChannelConfig;
use crate::route::Route;
use serde_json::{Value, json};

pub const ROUTES: &[Route] =
    &[Route::get("/__sim/channels", "sim", list).own(), Route::post("/__sim/channels", "sim", set).own()];

/// A channel without its secrets.
pub fn view(channel: &Channel, now_ms: i64) -> Value {
    let settings = channel.settings.read().clone();
    let mut view = json!({
        "channel_id": channel.id, "kind": channel.kind, "provider": channel.provider_name, "name": settings.name,
        "basic_id": settings.basic_id, "bot_user_id": channel.bot_user_id, "verified": settings.verified,
        "premium": settings.premium, "webhook": settings.webhook, "webhook_active": settings.webhook_active,
        "redelivery": settings.redelivery, "chat_mode": settings.chat_mode, "quota": settings.quota,
        "used": channel.quota.lock().used(now_ms), "standby": settings.standby, "linked_bot": settings.linked_bot,
        "callback_urls": settings.callback_urls,
    });
    if let Some(url) = settings.picture_url {
        view["picture_url"] = json!(url);
    }
    view
}

/// [`view`] with the counts, which look at every member.
fn counted(channel: &Channel, now_ms: i64) -> Value {
    let mut view = view(channel, now_ms);
    view["friends"] = json!(channel.members.count(Standing::Friend));
    view["blocked"] = json!(channel.members.count(Standing::Blocked));
    view
}

/// All channels with their counts.
pub fn all(call: &Call) -> Vec<Value> {
    call.world.channels().iter().map(|channel| counted(channel, call.world.clock.now_ms())).collect()
}

fn list(call: &Call) -> Answer {
    Answer::ok(&json!({ "channels": all(call) }))
}

fn set(call: &Call) -> Answer {
    let wanted: ChannelConfig = match call.read() {
        Ok(wanted) => wanted,
        Err(answer) => return answer,
    };
    if wanted.channel_id.is_empty() {
        return Answer::sim_error(400, "give channel_id");
    }
    let known = call.world.channel(&wanted.channel_id);
    if known.is_none() && wanted.channel_secret.is_none() {
        return Answer::sim_error(400, "a new channel needs channel_secret");
    }
    if let Some(known) = &known {
        let other_kind = wanted.kind.is_some_and(|kind: Kind| kind != known.kind);
        let other_provider = wanted.provider.as_ref().is_some_and(|name| *name != known.provider_name);
        if other_kind || other_provider {
            return Answer::sim_error(409, "a channel's kind and provider cannot be changed");
        }
    }
    Answer::ok(&counted(&call.world.set_channel(wanted), call.world.clock.now_ms()))
}
