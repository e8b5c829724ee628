//! A small map that forgets what was not used for longest.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// Bounded, because filters written by staff make statements without end.
pub(crate) struct Cache<K, V> {
    entries: HashMap<K, (V, u64)>,
    limit: usize,
    uses: u64,
}

impl<K: Hash + Eq + Clone, V> Cache<K, V> {
    pub(crate) fn new(limit: usize) -> Self {
        Self { entries: HashMap::new(), limit, uses: 0 }
    }

    pub(crate) fn get<Q>(&mut self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.uses += 1;
        let entry = self.entries.get_mut(key)?;
        entry.1 = self.uses;
        Some(&entry.0)
    }

    /// Looking for the oldest entry walks over all, which is nothing beside preparing a statement.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        if self.entries.len() >= self.limit {
            let oldest = self.entries.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| key.clone());
            if let Some(oldest) = oldest {
                self.entries.remove(&oldest);
            }
        }
        self.uses += 1;
        self.entries.insert(key, (value, self.uses));
    }
}
