//! What a simulator is started with.

use crate::channel::{ChatMode, Kind};
use crate::limits::RateScale;
use serde::Deserialize;
use serde_json::Value;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Settings of a whole simulator.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen; port 0 picks a free one.
    pub listen: SocketAddr,
    /// How many people there are, 1 to a few millions.
    pub users: u32,
    /// How many of them are friends of every Messaging channel from the start; `None` = all.
    pub friends: Option<u32>,
    /// Channels that exist from the start. More can be made by `POST /__sim/channels`.
    pub channels: Vec<ChannelConfig>,
    /// Decides people's ids and names, and the faults' dice.
    pub seed: u64,
    /// The clock's first moment, Unix ms; `None` = the machine's time.
    pub now_ms: Option<i64>,
    /// Whether the clock runs with the machine's.
    pub flowing: bool,
    /// Folder of LINE's OpenAPI files; with it every request and answer is checked against them.
    pub openapi_dir: Option<PathBuf>,
    /// Whether rate limits are kept: `1.0` = LINE's own, `None` = lifted.
    pub rate_scale: Option<f64>,
}

/// A variable that is set to nothing says no more than one that is not set.
fn openapi_dir(value: Option<OsString>) -> Option<PathBuf> {
    value.filter(|value| !value.is_empty()).map(PathBuf::from)
}

impl Default for Config {
    fn default() -> Self {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            users: 10,
            friends: Some(0),
            channels: Vec::new(),
            seed: 1,
            now_ms: None,
            flowing: true,
            openapi_dir: openapi_dir(std::env::var_os("LINE_OPENAPI_DIR")),
            rate_scale: Some(1.0),
        }
    }
}

impl Config {
    pub(crate) fn rates(&self) -> RateScale {
        self.rate_scale.map_or(RateScale::Off, RateScale::Times)
    }
}

/// A channel to create, or the fields of one to change. Everything but the id may be left out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelConfig {
    /// The number LINE gave the channel.
    pub channel_id: String,
    /// Signs webhooks and HS256 ID tokens.
    pub channel_secret: Option<String>,
    /// Messaging unless said otherwise; cannot be changed.
    pub kind: Option<Kind>,
    /// Channels of one provider see people under the same ids.
    pub provider: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// `@` and letters.
    pub basic_id: Option<String>,
    /// Icon.
    pub picture_url: Option<String>,
    /// URL of the shop's webhook.
    pub webhook: Option<String>,
    /// The console's "Use webhook" switch.
    pub webhook_active: Option<bool>,
    /// Whether failed webhooks are sent again.
    pub redelivery: Option<bool>,
    /// A verified account may list its followers.
    pub verified: Option<bool>,
    /// A premium account may, too.
    pub premium: Option<bool>,
    /// Messages a month; JSON `null` = no limit.
    #[serde(deserialize_with = "given")]
    pub quota: Option<Option<u64>>,
    /// OA Manager's chat switch.
    pub chat_mode: Option<ChatMode>,
    /// Another module holds the chat: events come in `standby` mode.
    pub standby: Option<bool>,
    /// A long-lived channel access token that is valid from now on.
    pub long_lived_token: Option<String>,
    /// Public JWK that signs assertions for v2.1 tokens, and the key id the console gave it.
    pub assertion_jwk: Option<Value>,
    /// Key id of `assertion_jwk`; defaults to `{channel_id}-key`.
    pub assertion_kid: Option<String>,
    /// The account linked to a Login channel (its `channel_id`).
    pub linked_bot: Option<String>,
    /// Registered `redirect_uri`s of a Login channel; empty = all are taken.
    pub callback_urls: Option<Vec<String>>,
    /// Most events in one webhook request.
    pub batch_max: Option<usize>,
    /// Webhook requests that may be under way at once; events of one person stay in order.
    pub lanes: Option<usize>,
}

fn given<'de, D: serde::Deserializer<'de>>(de: D) -> Result<Option<Option<u64>>, D::Error> {
    Option::deserialize(de).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_named_by_nothing_is_no_folder() {
        assert_eq!(openapi_dir(None), None);
        assert_eq!(openapi_dir(Some(OsString::new())), None);
        assert_eq!(openapi_dir(Some("/x".into())), Some(PathBuf::from("/x")));
    }
}
