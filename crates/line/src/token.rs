//! Where a channel's access token comes from: kept as it is, or issued and renewed by itself.

use crate::client::{AccessToken, CallError, Client};
use secrecy::SecretString;
use std::sync::RwLock;
use tokio::sync::Mutex;

/// Renewed this long before its end (milliseconds), out of the 15 minutes a stateless token holds.
const RENEW_AHEAD: i64 = 3 * 60 * 1_000;

/// Not used any more this long before its end (milliseconds): the call itself takes time, and two
/// clocks differ.
const LAST_MOMENT: i64 = 30 * 1_000;

/// A channel's access token, whenever it is needed.
pub enum TokenSource {
    /// From LINE's console, without end. When LINE refuses it, somebody has to give a new one.
    LongLived(AccessToken),
    /// Issued from channel id and secret, 15 minutes each.
    Stateless(Box<Stateless>),
}

/// Issues stateless tokens, one at a time, ahead of need.
pub struct Stateless {
    channel_id: String,
    channel_secret: SecretString,
    current: RwLock<Option<Held>>,
    /// Held by who issues; the others wait or go on with the old token.
    issuing: Mutex<()>,
}

#[derive(Clone)]
struct Held {
    token: AccessToken,
    /// Unix milliseconds.
    ends: i64,
}

impl TokenSource {
    /// Issues by itself.
    pub fn stateless(channel_id: String, channel_secret: SecretString) -> Self {
        Self::Stateless(Box::new(Stateless { channel_id, channel_secret, current: RwLock::new(None), issuing: Mutex::new(()) }))
    }

    /// A token that holds at `now` (Unix milliseconds of the machine). Many may ask at once: one
    /// call is made. While the old token still holds, nobody waits for the new one but who fetches
    /// it, and a failure to fetch it does no harm yet.
    pub async fn token(&self, client: &Client, now: i64) -> Result<AccessToken, CallError> {
        match self {
            Self::LongLived(token) => Ok(token.clone()),
            Self::Stateless(source) => source.token(client, now).await,
        }
    }

    /// LINE refused this token (401): the next call of [`token`](Self::token) brings another, if
    /// another can be had. Returns whether it can.
    pub fn invalidate(&self, refused: &AccessToken) -> bool {
        match self {
            Self::LongLived(_) => false,
            Self::Stateless(source) => {
                let mut current = write(&source.current);
                // By now another task may hold a good one.
                if current.as_ref().is_some_and(|held| held.token == *refused) {
                    *current = None;
                }
                true
            }
        }
    }
}

impl Stateless {
    async fn token(&self, client: &Client, now: i64) -> Result<AccessToken, CallError> {
        let usable = match self.held(now, LAST_MOMENT) {
            Some(held) if held.ends - now > RENEW_AHEAD => return Ok(held.token),
            usable => usable,
        };
        let Some(usable) = usable else {
            let _alone = self.issuing.lock().await;
            // Who held the lock before us may have brought one.
            return match self.held(now, LAST_MOMENT) {
                Some(held) => Ok(held.token),
                None => self.issue(client, now).await,
            };
        };
        let Ok(_alone) = self.issuing.try_lock() else {
            return Ok(usable.token);
        };
        if let Some(held) = self.held(now, RENEW_AHEAD) {
            return Ok(held.token);
        }
        self.issue(client, now).await.or_else(|error| {
            tracing::warn!(%error, "the channel token could not be renewed; the old one still holds");
            Ok(usable.token)
        })
    }

    fn held(&self, now: i64, ahead: i64) -> Option<Held> {
        let current = self.current.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        current.as_ref().filter(|held| held.ends - now > ahead).cloned()
    }

    async fn issue(&self, client: &Client, now: i64) -> Result<AccessToken, CallError> {
        let issued = client.issue_stateless_token(&self.channel_id, &self.channel_secret).await?.value;
        let ends = now.saturating_add(issued.expires_in.saturating_mul(1_000));
        *write(&self.current) = Some(Held { token: issued.token.clone(), ends });
        Ok(issued.token)
    }
}

/// A panic elsewhere leaves the value whole: it is only ever replaced.
fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(|poisoned| poisoned.into_inner())
}
