//! Reply tokens: one use, one minute.

use crate::people::Person;
use crate::sync::Lock;
use std::collections::{HashMap, VecDeque};

/// Guaranteed life after receipt (Messaging API reference, reply token).
const LIFE_MS: i64 = 60_000;
/// A redelivered event's token works again for a minute unless the event is older than this.
const OLDEST_MS: i64 = 20 * 60_000;

/// Whom a reply would answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Talk {
    Person(Person),
    Group(String),
}

struct Token {
    talk: Talk,
    event_ms: i64,
    delivered_ms: i64,
}

#[derive(Default)]
struct Store {
    live: HashMap<Box<str>, Token>,
    /// Oldest first, to forget them.
    order: VecDeque<(i64, Box<str>)>,
}

/// A channel's live tokens.
#[derive(Default)]
pub struct ReplyTokens(Lock<Store>);

impl ReplyTokens {
    /// Enters a token of an event that is about to be delivered.
    pub fn issue(&self, token: &str, talk: Talk, event_ms: i64) {
        let mut store = self.0.lock();
        while let Some((at, _)) = store.order.front() {
            if event_ms - at <= OLDEST_MS + LIFE_MS {
                break;
            }
            if let Some((_, old)) = store.order.pop_front() {
                store.live.remove(&old);
            }
        }
        store.live.insert(token.into(), Token { talk, event_ms, delivered_ms: event_ms });
        store.order.push_back((event_ms, token.into()));
    }

    /// The event was delivered (again).
    pub fn delivered(&self, token: &str, now_ms: i64) {
        if let Some(token) = self.0.lock().live.get_mut(token)
            && now_ms - token.event_ms <= OLDEST_MS
        {
            token.delivered_ms = now_ms;
        }
    }

    /// Looks a token up without using it.
    pub fn peek(&self, token: &str, now_ms: i64) -> Option<Talk> {
        let store = self.0.lock();
        let found = store.live.get(token)?;
        (now_ms - found.delivered_ms <= LIFE_MS).then(|| found.talk.clone())
    }

    /// Uses a token up.
    pub fn spend(&self, token: &str, now_ms: i64) -> Option<Talk> {
        let mut store = self.0.lock();
        let found = store.live.get(token)?;
        if now_ms - found.delivered_ms > LIFE_MS {
            return None;
        }
        store.live.remove(token).map(|found| found.talk)
    }

    pub fn clear(&self) {
        *self.0.lock() = Store::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_used_once_and_within_a_minute() {
        let tokens = ReplyTokens::default();
        tokens.issue("a", Talk::Person(1), 0);
        tokens.issue("b", Talk::Person(2), 0);
        assert_eq!(tokens.spend("a", 60_000), Some(Talk::Person(1)));
        assert_eq!(tokens.spend("a", 60_000), None);
        assert_eq!(tokens.spend("b", 60_001), None);
    }

    #[test]
    fn redelivery_gives_another_minute_for_twenty_minutes() {
        let tokens = ReplyTokens::default();
        tokens.issue("a", Talk::Person(1), 0);
        tokens.delivered("a", 19 * 60_000);
        assert!(tokens.peek("a", 20 * 60_000).is_some());
        tokens.issue("b", Talk::Person(1), 0);
        tokens.delivered("b", 21 * 60_000);
        assert!(tokens.peek("b", 21 * 60_000).is_none());
    }
}
