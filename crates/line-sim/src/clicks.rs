//! What phones saw and opened: the ground of insight and of message audiences.

use crate::channel::Channel;
use crate::ledger::Sent;
use crate::people::Person;
use crate::room::Entry;
use crate::sync::Lock;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Taps on one address of one bubble.
#[derive(Debug, Clone, Default)]
pub struct Taps {
    pub count: u64,
    pub people: HashSet<Person>,
}

/// Taps by send, bubble and address.
#[derive(Default)]
pub struct Clicks(Lock<HashMap<u64, TapsOfSend>>);

/// By bubble and address.
pub type TapsOfSend = BTreeMap<(u8, String), Taps>;

impl Clicks {
    /// A phone opened an address of a send's bubble.
    pub fn tapped(&self, sent: &Sent, bubble: u8, url: &str, person: Person) {
        let mut clicks = self.0.lock();
        let taps = clicks.entry(sent.seq).or_default().entry((bubble, url.to_owned())).or_default();
        taps.count += 1;
        taps.people.insert(person);
    }

    pub fn of(&self, sent: &Sent) -> TapsOfSend {
        self.0.lock().get(&sent.seq).cloned().unwrap_or_default()
    }

    /// Whoever opened an address of the send; `None` = any address.
    pub fn people(&self, sent: &Sent, url: Option<&str>) -> HashSet<Person> {
        let taps = self.of(sent);
        let of_url = taps.iter().filter(|((_, at), _)| url.is_none_or(|url| url == at));
        of_url.flat_map(|(_, taps)| taps.people.iter().copied()).collect()
    }

    /// Whoever's phone showed the send.
    pub fn viewers(&self, channel: &Channel, sent: &Arc<Sent>) -> HashSet<Person> {
        let saw = |person: &Person| {
            channel.members.with(*person, |member| {
                member.room.as_ref().is_some_and(|room| {
                    let here = room.entries.iter().position(|e| matches!(e, Entry::Out(s) if Arc::ptr_eq(s, sent)));
                    here.is_some_and(|at| room.read_seq >= (at as u64 + 1) * 10)
                })
            })
        };
        let delivered = sent.recipients().iter().filter(|r| r.is_delivered()).map(|r| r.person());
        delivered.filter(saw).collect()
    }

    pub fn clear(&self) {
        self.0.lock().clear();
    }
}
