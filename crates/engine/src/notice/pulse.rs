//! When accounts last heard from LINE. A webhook costs a look into memory; the database hears of it once a minute.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use store::Store;

use super::facts;
use crate::ids::ChannelId;
use crate::workspace::Channel;

/// So long an account's beat is kept in memory alone, ms.
const KEEP_MS: i64 = 60 * 1000;

/// The accounts' last beats. Cheap to clone.
#[derive(Clone)]
pub struct Pulses {
    store: Store,
    written: Arc<RwLock<HashMap<ChannelId, AtomicI64>>>,
}

impl Pulses {
    /// Into this store.
    pub fn new(store: Store) -> Self {
        Self { store, written: Arc::default() }
    }

    /// A signed webhook came. Nobody waits for it to be written. Must be called on the runtime.
    pub fn beat(&self, channel: &Channel, now: i64) {
        if !self.is_news(channel.id, now) {
            return;
        }
        let (store, workspace, id) = (self.store.clone(), channel.workspace, channel.id);
        tokio::spawn(async move {
            let written = store.write(move |tx| facts::pulse(tx, workspace, id, now)).await;
            if let Err(error) = written {
                tracing::warn!(%error, channel = %id, "when LINE was last heard was not written");
            }
        });
    }

    fn is_news(&self, channel: ChannelId, now: i64) -> bool {
        let claim = |last: &AtomicI64| {
            let before = last.load(Ordering::Relaxed);
            now - before >= KEEP_MS && last.compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        };
        if let Some(last) = self.written.read().unwrap_or_else(PoisonError::into_inner).get(&channel) {
            return claim(last);
        }
        let mut written = self.written.write().unwrap_or_else(PoisonError::into_inner);
        claim(written.entry(channel).or_insert(AtomicI64::new(i64::MIN / 2)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::MIGRATIONS;

    #[tokio::test(flavor = "multi_thread")]
    async fn an_account_is_written_once_a_minute() {
        store::testing::both(MIGRATIONS, async |_, store| {
            let pulses = Pulses::new(store.clone());
            let [one, other] = [1, 2].map(|n| ChannelId(uuid::Uuid::from_u128(n)));
            let news = [(one, 0), (one, 59_999), (other, 59_999), (one, 60_000), (one, 60_001)];
            assert_eq!(news.map(|(channel, now)| pulses.is_news(channel, now)), [true, false, true, true, false]);
        })
        .await;
    }
}
