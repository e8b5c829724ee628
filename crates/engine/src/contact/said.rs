//! What two people said about being written to, joined when they are made one and parted when they are split.

use std::collections::BTreeMap;

use store::{Tx, params};

use super::{Consent, merge};
use crate::Result;
use crate::ids::{ChannelId, ContactId, WorkspaceId};

const NOT_ANALYSED: &str = "SELECT at FROM consents
    WHERE workspace_id = $1 AND contact_id = $2 AND purpose = 'analysis' AND state = 'withdrawn'";

/// Whether what this person does may be looked at; who went into another is asked as that one.
///
/// # Errors
/// The database's.
pub fn is_analysed(tx: &mut Tx<'_>, workspace: WorkspaceId, id: ContactId) -> Result<bool> {
    let now = merge::gone_into(tx, workspace, &[id])?.get(&id).copied().unwrap_or(id);
    Ok(tx.query_opt(NOT_ANALYSED, &params![workspace, now], |row| row.get::<i64>(0))?.is_none())
}

/// What a person said, per account; the nil account stands for all of them.
pub type Said = BTreeMap<ChannelId, Consent>;

/// Of two words on one account the no stands; of two that agree the later one.
pub fn joined(kept: &Said, gone: &Said) -> Said {
    let mut all = kept.clone();
    for (channel, word) in gone {
        let weaker = all.get(channel).is_some_and(|own| (own.granted, -own.at) <= (word.granted, -word.at));
        if !weaker {
            all.insert(*channel, word.clone());
        }
    }
    all
}

/// What was said while they were one.
pub fn since(now: &Said, kept: &Said, gone: &Said) -> Said {
    let then = joined(kept, gone);
    now.iter().filter(|(channel, word)| then.get(channel) != Some(word)).map(|(channel, word)| (*channel, word.clone())).collect()
}

/// Gives each back what was theirs. What was said since goes with its account, a no to all of them to both.
pub fn parted(now: &Said, (kept, gone): (&Said, &Said), moved: &[ChannelId]) -> (Said, Said) {
    let (mut own, mut other) = (kept.clone(), gone.clone());
    for (channel, word) in since(now, kept, gone) {
        let goes = if channel.0.is_nil() { !word.granted } else { moved.contains(&channel) };
        let stays = channel.0.is_nil() || !moved.contains(&channel) || own.contains_key(&channel);
        if goes {
            other.insert(channel, word.clone());
        }
        if stays {
            own.insert(channel, word);
        }
    }
    (own, other)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: ChannelId = ChannelId::nil();

    fn account(n: u128) -> ChannelId {
        ChannelId(uuid::Uuid::from_u128(n))
    }

    fn said(words: &[(ChannelId, bool, i64)]) -> Said {
        words.iter().map(|(id, granted, at)| (*id, Consent { granted: *granted, source: "staff".to_owned(), at: *at })).collect()
    }

    #[test]
    fn the_no_stands() {
        let (yes, no) = (said(&[(ALL, true, 9)]), said(&[(ALL, false, 1)]));
        assert_eq!(joined(&yes, &no), no);
        assert_eq!(joined(&no, &yes), no);
        assert_eq!(joined(&said(&[(ALL, true, 1)]), &yes), yes, "the later of two that agree");
    }

    #[test]
    fn a_split_undoes_a_merge() {
        let (kept, gone) = (said(&[(account(1), true, 1)]), said(&[(account(1), false, 2), (ALL, true, 3)]));
        assert_eq!(parted(&joined(&kept, &gone), (&kept, &gone), &[account(1)]), (kept, gone));
    }

    #[test]
    fn a_new_word_goes_with_its_account_and_a_no_to_all_with_both() {
        let (kept, gone) = (said(&[(account(1), true, 1)]), Said::new());
        let now = said(&[(account(1), false, 5), (account(2), false, 6), (ALL, false, 7)]);
        let (own, other) = parted(&now, (&kept, &gone), &[account(2)]);
        assert_eq!(own, said(&[(account(1), false, 5), (ALL, false, 7)]));
        assert_eq!(other, said(&[(account(2), false, 6), (ALL, false, 7)]));
        let (own, other) = parted(&said(&[(ALL, true, 7)]), (&kept, &said(&[(ALL, false, 2)])), &[]);
        assert!(own[&ALL].granted && !other[&ALL].granted, "a yes is nobody else's");
    }
}
