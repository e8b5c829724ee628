//! Search by name: a folded unigram + bigram index of our own, the same on both stores (田中 must be found).
//!
//! A posting row holds the contacts of one write batch under one term, so that an import of 5,000 names costs some
//! thousand rows instead of fifty thousand. Postings are never corrected: every candidate is verified against
//! `contacts.folded`.

use std::collections::{BTreeMap, BTreeSet};

use store::{Insert, Tx, params};
use uuid::Uuid;

use crate::Result;
use crate::ids::{ContactId, WorkspaceId};

/// The form in which names are compared.
pub fn fold_name(name: &str) -> String {
    crate::rule::fold(name)
}

/// Unigrams and bigrams of a folded text.
pub fn terms(folded: &str) -> BTreeSet<String> {
    let chars: Vec<char> = folded.chars().filter(|c| !c.is_whitespace()).take(100).collect();
    let singles = chars.iter().map(char::to_string);
    let pairs = chars.windows(2).map(|pair| pair.iter().collect());
    singles.chain(pairs).collect()
}

const POSTINGS: Insert =
    Insert { table: "search_postings", columns: &["workspace_id", "term", "chunk", "contacts"], conflict: "" };

/// Adds names to the index.
///
/// # Errors
/// The database's.
pub fn index(tx: &mut Tx, names: &[(WorkspaceId, ContactId, &str)], now: i64) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let mut postings: BTreeMap<(WorkspaceId, String), Vec<u8>> = BTreeMap::new();
    for (workspace, contact, folded) in names {
        for term in terms(folded) {
            postings.entry((*workspace, term)).or_default().extend_from_slice(contact.0.as_bytes());
        }
    }
    let chunk = ContactId::new(now);
    tx.insert_many(
        &POSTINGS,
        postings.iter().map(|((workspace, term), ids)| params![*workspace, term.as_str(), chunk, ids.as_slice()]),
    )?;
    Ok(())
}

/// Contacts that may match a query: the intersection of its terms' postings, newest first. The caller verifies with
/// `folded LIKE`.
///
/// # Errors
/// The database's.
pub fn candidates(tx: &mut Tx, workspace: WorkspaceId, query: &str) -> Result<Vec<Uuid>> {
    let folded = fold_name(query);
    let all = terms(&folded);
    // Bigrams are selective; a single character has only itself.
    let chosen: Vec<&String> = match all.iter().filter(|term| term.chars().count() == 2).collect::<Vec<_>>() {
        pairs if pairs.is_empty() => all.iter().collect(),
        pairs => pairs,
    };
    let mut common: Option<Vec<Uuid>> = None;
    for term in chosen {
        let rows: Vec<Vec<u8>> = tx.query(
            "SELECT contacts FROM search_postings WHERE workspace_id = $1 AND term = $2",
            &params![workspace, term.as_str()],
            |row| row.get(0),
        )?;
        let mut ids: Vec<Uuid> =
            rows.iter().flat_map(|bytes| bytes.chunks_exact(16)).filter_map(|id| Uuid::from_slice(id).ok()).collect();
        // Chunks come in order of their making and so, nearly, do the ids in them.
        ids.sort();
        ids.dedup();
        if let Some(before) = common {
            ids.retain(|id| before.binary_search(id).is_ok());
        }
        common = Some(ids);
    }
    let mut found = common.unwrap_or_default();
    found.reverse();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_unigrams_and_bigrams() {
        let found = terms("田中 a");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["a", "中", "中a", "田", "田中"]);
    }
}
