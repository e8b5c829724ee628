//! Access tokens: what each kind is worth and for how long.

use crate::channel::Channel;
use crate::people::Person;
use crate::sync::Shared;
use std::collections::HashMap;
use std::sync::Arc;

/// 30 valid tokens per channel, for v2.1 and short-lived ones each (Channel access tokens).
pub const VALID_MAX: usize = 30;
pub const STATELESS_LIFE_S: i64 = 900;
pub const SHORT_LIFE_S: i64 = 30 * 86_400;
pub const USER_LIFE_S: i64 = 30 * 86_400;
/// A LIFF app's user token lives 12 hours.
pub const LIFF_LIFE_S: i64 = 12 * 3_600;

/// The kinds of access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Asked for with a signed assertion; has a key id.
    Assertion,
    Stateless,
    ShortLived,
    LongLived,
    /// A person's, from LINE Login or LIFF.
    User,
}

/// What a token opens.
pub struct Grant {
    pub kind: TokenKind,
    pub channel: Arc<Channel>,
    pub expires_ms: i64,
    pub person: Option<Person>,
    pub scope: String,
    pub key_id: Option<String>,
    /// Order of issue.
    pub serial: u64,
}

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenError {
    Unknown,
    Expired,
}

/// All tokens.
#[derive(Default)]
pub struct Tokens {
    grants: Shared<HashMap<Box<str>, Arc<Grant>>>,
}

impl Tokens {
    pub fn find(&self, token: &str, now_ms: i64) -> Result<Arc<Grant>, TokenError> {
        let grant = self.grants.read().get(token).cloned().ok_or(TokenError::Unknown)?;
        if grant.expires_ms <= now_ms { Err(TokenError::Expired) } else { Ok(grant) }
    }

    /// Enters a token. The oldest short-lived one gives way to the 31st; a stateless one is dropped
    /// once expired, since nobody can revoke it and servers issue them endlessly.
    pub fn enter(&self, token: &str, grant: Grant, now_ms: i64) {
        let mut grants = self.grants.write();
        match grant.kind {
            TokenKind::Stateless => grants.retain(|_, g| g.kind != TokenKind::Stateless || g.expires_ms > now_ms),
            TokenKind::ShortLived => {
                let mut valid: Vec<(u64, Box<str>)> = grants
                    .iter()
                    .filter(|(_, g)| same(g, &grant) && g.expires_ms > now_ms)
                    .map(|(token, g)| (g.serial, token.clone()))
                    .collect();
                valid.sort();
                for (_, oldest) in valid.iter().take((valid.len() + 1).saturating_sub(VALID_MAX)) {
                    grants.remove(oldest);
                }
            }
            _ => {}
        }
        grants.insert(token.into(), Arc::new(grant));
    }

    /// Valid tokens of a kind in a channel.
    pub fn valid(&self, channel: &Channel, kind: TokenKind, now_ms: i64) -> Vec<Arc<Grant>> {
        let grants = self.grants.read();
        let live = |g: &&Arc<Grant>| g.channel.index == channel.index && g.kind == kind && g.expires_ms > now_ms;
        grants.values().filter(live).cloned().collect()
    }

    pub fn revoke(&self, token: &str) {
        self.grants.write().remove(token);
    }

    /// Takes back every user token of a person in a channel's service.
    pub fn revoke_person(&self, channel: &Channel, person: Person) {
        let theirs = |g: &Grant| g.channel.index == channel.index && g.person == Some(person);
        self.grants.write().retain(|_, g| !theirs(g));
    }

    /// Removes all but the long-lived ones, which belong to the configuration.
    pub fn clear(&self) {
        self.grants.write().retain(|_, g| g.kind == TokenKind::LongLived);
    }
}

fn same(a: &Grant, b: &Grant) -> bool {
    a.kind == b.kind && a.channel.index == b.channel.index
}
