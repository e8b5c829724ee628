//! Channel access tokens: one source per channel, made anew when its secret or token changes.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use line::client::{AccessToken, CallError, Client};
use line::token::TokenSource;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use super::Channel;
use crate::clock::Clock;
use crate::ids::ChannelId;

/// Token sources of all channels. Cheap to clone.
#[derive(Clone)]
pub struct Tokens {
    clock: Clock,
    sources: Arc<RwLock<HashMap<ChannelId, Known>>>,
}

/// A source and the fingerprint of the secrets it was made from.
type Known = ([u8; 32], Arc<TokenSource>);

impl Tokens {
    /// No source yet. A token's life is LINE's, so it is counted in domain time.
    pub fn new(clock: Clock) -> Self {
        Self { clock, sources: Arc::default() }
    }

    /// The channel's source.
    pub fn source(&self, channel: &Channel) -> Arc<TokenSource> {
        let mark = fingerprint(channel);
        if let Some((known, source)) = self.sources.read().unwrap_or_else(PoisonError::into_inner).get(&channel.id)
            && *known == mark
        {
            return source.clone();
        }
        let source = Arc::new(make(channel));
        self.sources.write().unwrap_or_else(PoisonError::into_inner).insert(channel.id, (mark, source.clone()));
        source
    }

    /// A token that holds now.
    ///
    /// # Errors
    /// LINE's refusal to issue one.
    pub async fn token(&self, client: &Client, channel: &Channel) -> Result<AccessToken, CallError> {
        self.source(channel).token(client, self.clock.now_ms()).await
    }
}

fn make(channel: &Channel) -> TokenSource {
    let long_lived = channel.token.as_ref().and_then(|token| AccessToken::new(token.expose_secret()).ok());
    match (long_lived, channel.secrets.first()) {
        (Some(token), _) => TokenSource::LongLived(token),
        (None, Some(secret)) => TokenSource::stateless(channel.line_channel_id.clone(), secret.clone()),
        (None, None) => TokenSource::stateless(channel.line_channel_id.clone(), String::new().into()),
    }
}

fn fingerprint(channel: &Channel) -> [u8; 32] {
    let mut digest = Sha256::new();
    for secret in channel.secrets.iter().take(1).chain(channel.token.as_ref()) {
        digest.update(secret.expose_secret().as_bytes());
        digest.update([0]);
    }
    digest.finalize().into()
}
