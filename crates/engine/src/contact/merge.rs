//! Two contacts that staff found to be one person: the names, ties and talks of one move to the other, its history stays
//! where it is and is read along. All that moved is written down, so that it can be split again. Never done by itself.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Tx, params};
use uuid::Uuid;

use super::said::{Said, joined, parted, since};
use super::{AttributeValue, Contact, ContactKind, EnrollmentState, db, listed, search};
use crate::access::db::Act;
use crate::ids::{AttributeId, ChannelId, ContactId, EnrollmentId, MergeId, TagId, WorkspaceId, shard_of};
use crate::{Error, Result};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] =
    &[MERGED, FIND, WENT, INSERT, DELETE, REMAKE, GONE, SAVED_NAMES, MOVE_NAMES, OPEN, CHANNELS, UNSAID, WAITING, WAITING_ON];

const MERGED: &str = "SELECT id, kept_id, gone_id, at FROM merges WHERE workspace_id = $1 AND kept_id = ANY($2) ORDER BY id";
const FIND: &str = "SELECT kept_id, gone_id, moved, at FROM merges WHERE workspace_id = $1 AND id = $2 FOR UPDATE";
const WENT: &str = "SELECT gone_id, kept_id FROM merges WHERE workspace_id = $1 AND gone_id = ANY($2)";
const INSERT: &str =
    "INSERT INTO merges (workspace_id, id, kept_id, gone_id, moved, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const DELETE: &str = "DELETE FROM merges WHERE workspace_id = $1 AND id = $2";
const REMAKE: &str =
    "INSERT INTO contacts (workspace_id, id, shard, kind, display_name, folded, picture_url, language, status_message,
    profile_at, memo, staff, consent, created_at, updated_at)
  VALUES ($1, $2, $3, 'person', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const GONE: &str = "DELETE FROM contacts WHERE workspace_id = $1 AND id = $2";
const SAVED_NAMES: &str = "SELECT kind, scope, value FROM identities WHERE workspace_id = $1 AND contact_id = $2";
const MOVE_NAMES: &str =
    "UPDATE identities SET contact_id = $5 WHERE workspace_id = $1 AND kind = $2 AND scope = $3 AND value = $4";
/// Accounts on which these names are known.
const CHANNELS: &str = "SELECT id FROM channels WHERE workspace_id = $1 AND provider_id = ANY($2)";
const UNSAID: &str = "DELETE FROM consents WHERE workspace_id = $1 AND contact_id = ANY($2) AND purpose = 'marketing'";
const OPEN: &str = "SELECT COUNT(*) FROM requests WHERE workspace_id = $1 AND contact_id = ANY($2) AND state = 'open'";

/// What stands with an account and moves with the LINE id: `$3` the contact it goes to, `$4` its shard, `$5` the accounts.
const TIES: &[&str] = &[
    "UPDATE friendships SET contact_id = $3, shard = $4 WHERE workspace_id = $1 AND contact_id = $2 AND channel_id = ANY($5)",
    "UPDATE deliveries SET contact_id = $3, shard = $4 WHERE workspace_id = $1 AND contact_id = $2 AND channel_id = ANY($5) AND state = 'queued'",
];
/// The same without a shard of its own.
const TALKS: &[&str] = &[
    // A mark that staff put where no talk is gives way to the talk.
    "DELETE FROM conversations WHERE workspace_id = $1 AND contact_id = $3 AND channel_id = ANY($4) AND EXISTS (
       SELECT 1 FROM conversations o WHERE o.workspace_id = $1 AND o.contact_id = $2 AND o.channel_id = conversations.channel_id)",
    "UPDATE conversations SET contact_id = $3 WHERE workspace_id = $1 AND contact_id = $2 AND channel_id = ANY($4)",
    "UPDATE messages SET contact_id = $3 WHERE workspace_id = $1 AND contact_id = $2 AND channel_id = ANY($4)",
    "UPDATE contact_sends SET contact_id = $3 WHERE workspace_id = $1 AND contact_id = $2 AND channel_id = ANY($4)",
    "UPDATE notice_targets SET contact_id = $3 WHERE workspace_id = $1 AND contact_id = $2 AND channel_id = ANY($4)",
];
const WALKS: &str =
    "UPDATE enrollments SET contact_id = $3, shard = $4 WHERE workspace_id = $1 AND contact_id = $2 AND id = ANY($5)";
const WAITING: &str = "UPDATE pending SET contact_id = $3, shard = $4 WHERE workspace_id = $1 AND contact_id = $2";
/// Of those that wait for the one who stays: what came for the other before, and what came on the other's accounts since.
const WAITING_ON: &str = "UPDATE pending SET contact_id = $3, shard = $4 WHERE workspace_id = $1 AND contact_id = $2 AND EXISTS (
  SELECT 1 FROM events e WHERE e.workspace_id = pending.workspace_id AND e.id = pending.event_id
    AND (e.contact_id = $3 OR e.channel_id = ANY($5)))";

/// Depth to which merges of merged contacts are followed.
const DEPTH: usize = 5;

/// A contact that went into another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merged {
    /// Names the merge, for splitting.
    pub id: MergeId,
    /// Into whom.
    pub kept: ContactId,
    /// Whose history is read along.
    pub gone: ContactId,
    /// Unix ms.
    pub at: i64,
}

/// What moved, as it stood.
#[derive(Debug, Serialize, Deserialize)]
struct Moved {
    display_name: Option<String>,
    picture_url: Option<String>,
    language: Option<String>,
    status_message: Option<String>,
    profile_at: Option<i64>,
    memo: String,
    staff: bool,
    consent: bool,
    created_at: i64,
    names: Vec<(String, Uuid, String)>,
    channels: Vec<ChannelId>,
    walks: Vec<EnrollmentId>,
    tags: BTreeSet<TagId>,
    attributes: BTreeMap<AttributeId, (String, Option<f64>)>,
    /// What the kept one got by it and had not before.
    new_tags: BTreeSet<TagId>,
    new_attributes: BTreeSet<AttributeId>,
    /// What the kept one's memo was.
    kept_memo: String,
    kept_name: Option<String>,
    kept_consent: bool,
    /// What each had said; `None` in what was written down before this was kept.
    #[serde(default)]
    said: Option<BothSaid>,
    /// Whether the kept one was staff; `None` likewise.
    #[serde(default)]
    kept_staff: Option<bool>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct BothSaid {
    kept: Said,
    gone: Said,
}

/// Those that went into this contact, oldest first, also by way of others.
///
/// # Errors
/// The database's.
pub fn merged(tx: &mut Tx<'_>, workspace: WorkspaceId, id: ContactId) -> Result<Vec<Merged>> {
    merged_into(tx, workspace, &[id])
}

/// Those that went into any of these, also by way of others.
///
/// # Errors
/// The database's.
pub(crate) fn merged_into(tx: &mut Tx<'_>, workspace: WorkspaceId, ids: &[ContactId]) -> Result<Vec<Merged>> {
    let mut all: Vec<Merged> = Vec::new();
    let mut look: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    for _ in 0..DEPTH {
        if look.is_empty() {
            break;
        }
        let found = tx.query(MERGED, &params![workspace, &look], |row| {
            Ok(Merged { id: row.get(0)?, kept: row.get(1)?, gone: row.get(2)?, at: row.get(3)? })
        })?;
        look = found.iter().map(|merged| merged.gone.0).collect();
        all.extend(found);
    }
    Ok(all)
}

/// The contact and those that went into it.
///
/// # Errors
/// The database's.
pub fn with_merged(tx: &mut Tx<'_>, workspace: WorkspaceId, id: ContactId) -> Result<Vec<ContactId>> {
    Ok([id].into_iter().chain(merged(tx, workspace, id)?.into_iter().map(|merged| merged.gone)).collect())
}

/// Of these, those that went into another, and where they are now: `(gone, kept)`.
///
/// # Errors
/// The database's.
pub(crate) fn gone_into(tx: &mut Tx<'_>, workspace: WorkspaceId, ids: &[ContactId]) -> Result<BTreeMap<ContactId, ContactId>> {
    let asked: BTreeSet<ContactId> = ids.iter().copied().collect();
    let mut now: BTreeMap<ContactId, ContactId> = BTreeMap::new();
    let mut look: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    for _ in 0..DEPTH {
        if look.is_empty() {
            break;
        }
        let found: BTreeMap<ContactId, ContactId> =
            tx.query(WENT, &params![workspace, &look], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect();
        for kept in now.values_mut() {
            *kept = found.get(kept).copied().unwrap_or(*kept);
        }
        look = found.values().map(|kept| kept.0).collect();
        now.extend(found.into_iter().filter(|(gone, _)| asked.contains(gone)));
    }
    Ok(now)
}

fn both(tx: &mut Tx<'_>, workspace: WorkspaceId, kept: ContactId, gone: ContactId) -> Result<(Contact, Contact)> {
    let mut loaded = db::load_locked(tx, workspace, &[kept, gone])?;
    let pair = loaded.remove(&kept).zip(loaded.remove(&gone));
    pair.filter(|_| kept != gone).ok_or(Error::NotFound)
}

/// Makes two contacts one. `kept` keeps its own values; what it lacks it gets.
///
/// # Errors
/// [`Error::NotFound`]; `conflict` when both have a LINE account at one provider, or something is just being sent.
pub fn merge(tx: &mut Tx<'_>, act: &Act, kept: ContactId, gone: ContactId) -> Result<MergeId> {
    let workspace = act.workspace;
    let (before, other) = both(tx, workspace, kept, gone)?;
    refuse(tx, &before, &other)?;
    let mut after = before.clone();
    let moved = take_over(tx, &mut after, &other)?;
    let channels: Vec<Uuid> = moved.channels.iter().map(|id| id.0).collect();
    move_ties(tx, (&other, kept), &channels, &moved.walks)?;
    tx.execute(WAITING, &params![workspace, other.id, kept, after.shard])?;
    listed::rename(tx, (&other, &after), &channels)?;
    for (kind, scope, value) in &moved.names {
        tx.execute(MOVE_NAMES, &params![workspace, kind, scope, value, kept])?;
    }
    drop_rest(tx, &other, &moved)?;
    tx.execute(UNSAID, &params![workspace, vec![kept.0, gone.0]])?;
    db::save(tx, &[(unsaid(before), after)], act.at)?;
    let id = MergeId::new(act.at);
    let json = serde_json::to_string(&moved).map_err(|error| Error::damaged("merges.moved", error))?;
    tx.execute(INSERT, &params![workspace, id, kept, gone, json, act.actor.to_string(), act.at])?;
    act.note(tx, "contact.merge", kept.0, &json!({ "gone": gone }))?;
    Ok(id)
}

fn refuse(tx: &mut Tx<'_>, kept: &Contact, gone: &Contact) -> Result<()> {
    if kept.kind != ContactKind::Person || gone.kind != ContactKind::Person {
        return Err(Error::conflict("conflict", "グループのトークはまとめられません。"));
    }
    if kept.line_ids.keys().any(|provider| gone.line_ids.contains_key(provider)) {
        return Err(Error::conflict(
            "conflict",
            "どちらも同じプロバイダーのLINEアカウントを持っているため、まとめられません。別の人か、LINEを作り直した方です。",
        ));
    }
    let open: i64 = tx.query_one(OPEN, &params![kept.workspace, vec![kept.id.0, gone.id.0]], |row| row.get(0))?;
    if open > 0 {
        return Err(Error::conflict("conflict", "いまメッセージを送っているところです。少し待ってからやり直してください。"));
    }
    Ok(())
}

/// What the kept one gets, and a note of how things stood.
fn take_over(tx: &mut Tx<'_>, kept: &mut Contact, gone: &Contact) -> Result<Moved> {
    let names = tx.query(SAVED_NAMES, &params![gone.workspace, gone.id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let providers: Vec<Uuid> = gone.line_ids.keys().copied().collect();
    let known: Vec<ChannelId> = tx.query(CHANNELS, &params![gone.workspace, providers], |row| row.get(0))?;
    let walking = |walk: &&super::Enrollment| {
        let same =
            |own: &super::Enrollment| own.state == EnrollmentState::Active && own.journey == walk.journey && own.key == walk.key;
        walk.state == EnrollmentState::Active && !kept.enrollments.iter().any(same)
    };
    let moved = Moved {
        display_name: gone.display_name.clone(),
        picture_url: gone.picture_url.clone(),
        language: gone.language.clone(),
        status_message: gone.status_message.clone(),
        profile_at: gone.profile_at,
        memo: gone.memo.clone(),
        staff: gone.staff,
        consent: gone.consent,
        created_at: gone.created_at,
        names,
        channels: gone
            .friendships
            .keys()
            .chain(gone.talks.keys())
            .copied()
            .chain(known)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect(),
        walks: gone.enrollments.iter().filter(walking).map(|walk| walk.id).collect(),
        tags: gone.tags.clone(),
        attributes: gone.attributes.iter().map(|(id, value)| (*id, (value.text.clone(), value.number))).collect(),
        new_tags: gone.tags.difference(&kept.tags).copied().collect(),
        new_attributes: gone.attributes.keys().filter(|id| !kept.attributes.contains_key(id)).copied().collect(),
        kept_memo: kept.memo.clone(),
        kept_name: kept.display_name.clone(),
        kept_consent: kept.consent,
        said: Some(BothSaid { kept: kept.consents.clone(), gone: gone.consents.clone() }),
        kept_staff: Some(kept.staff),
    };
    kept.tags.extend(&moved.new_tags);
    kept.attributes.extend(moved.new_attributes.iter().map(|id| (*id, gone.attributes[id].clone())));
    if kept.display_name.is_none() {
        kept.display_name.clone_from(&gone.display_name);
    }
    if !gone.memo.is_empty() {
        kept.memo = [kept.memo.as_str(), gone.memo.as_str()].join("\n").trim().to_owned();
    }
    // Who said no once, said no.
    kept.consent &= gone.consent;
    // This no stays also when they are split again: it does no harm.
    if !gone.is_analysed() {
        kept.analysis.clone_from(&gone.analysis);
    }
    kept.consents = joined(&kept.consents, &gone.consents);
    kept.staff |= gone.staff;
    Ok(moved)
}

/// As if it had said nothing: all it says is then written.
fn unsaid(contact: Contact) -> Contact {
    Contact { consents: Said::new(), ..contact }
}

fn move_ties(tx: &mut Tx<'_>, (from, to): (&Contact, ContactId), channels: &[Uuid], walks: &[EnrollmentId]) -> Result<()> {
    let (workspace, shard) = (from.workspace, shard_of(from.workspace, to));
    let walks: Vec<Uuid> = walks.iter().map(|id| id.0).collect();
    for sql in TIES {
        tx.execute(sql, &params![workspace, from.id, to, shard, channels])?;
    }
    for sql in TALKS {
        tx.execute(sql, &params![workspace, from.id, to, channels])?;
    }
    tx.execute(WALKS, &params![workspace, from.id, to, shard, walks])?;
    Ok(())
}

/// What is written down goes: the row, its labels and values. Walks that the kept one is on itself end.
fn drop_rest(tx: &mut Tx<'_>, gone: &Contact, moved: &Moved) -> Result<()> {
    let mut bare = Contact { tags: BTreeSet::new(), attributes: BTreeMap::new(), ..gone.clone() };
    for walk in
        bare.enrollments.iter_mut().filter(|walk| walk.state == EnrollmentState::Active && !moved.walks.contains(&walk.id))
    {
        walk.state = EnrollmentState::Exited;
        walk.due_at = None;
        walk.reason = Some("merged".to_owned());
    }
    db::save(tx, &[(gone.clone(), bare)], gone.created_at)?;
    tx.execute(GONE, &params![gone.workspace, gone.id])?;
    Ok(())
}

/// Splits again what one merge joined: names, ties and talks go back, with the values of then.
///
/// # Errors
/// [`Error::NotFound`]; `conflict` when the kept one has itself gone into another.
pub fn split(tx: &mut Tx<'_>, act: &Act, kept: ContactId, id: MergeId) -> Result<ContactId> {
    let workspace = act.workspace;
    let found: Option<(ContactId, ContactId, String, i64)> =
        tx.query_opt(FIND, &params![workspace, id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let (owner, gone, json, at) = found.filter(|(owner, ..)| *owner == kept).ok_or(Error::NotFound)?;
    let moved: Moved = serde_json::from_str(&json).map_err(|error| Error::damaged("merges.moved", error))?;
    let before = db::load_locked(tx, workspace, &[owner])?.remove(&owner).ok_or(Error::NotFound)?;
    let made = remake(tx, act, gone, (&moved, moved.consent && before.consent))?;
    let then = moved.said.clone().unwrap_or_else(|| then_said(&before, &made, (&moved.channels, at)));
    let (own, other) = parted(&before.consents, (&then.kept, &then.gone), &moved.channels);
    let after = Contact { consents: own, ..without(&before, &moved, &then) };
    let channels: Vec<Uuid> = moved.channels.iter().map(|id| id.0).collect();
    move_ties(tx, (&before, gone), &channels, &moved.walks)?;
    listed::rename(tx, (&before, &made), &channels)?;
    tx.execute(WAITING_ON, &params![workspace, owner, gone, made.shard, &channels])?;
    for (kind, scope, value) in &moved.names {
        tx.execute(MOVE_NAMES, &params![workspace, kind, scope, value, gone])?;
    }
    let labelled = Contact {
        tags: moved.tags.clone(),
        attributes: moved
            .attributes
            .iter()
            .map(|(id, (text, number))| (*id, AttributeValue { text: text.clone(), number: *number }))
            .collect(),
        consents: other,
        analysis: if before.is_analysed() { made.analysis.clone() } else { before.analysis.clone() },
        ..made.clone()
    };
    tx.execute(UNSAID, &params![workspace, vec![owner.0, gone.0]])?;
    db::save(tx, &[(unsaid(before), after), (unsaid(made), labelled)], act.at)?;
    tx.execute(DELETE, &params![workspace, id])?;
    act.note(tx, "contact.split", kept.0, &json!({ "gone": gone }))?;
    Ok(gone)
}

/// What each had said when they were made one, for a merge that did not write it down: all that is older, by account.
fn then_said(kept: &Contact, gone: &Contact, (moved, at): (&[ChannelId], i64)) -> BothSaid {
    let older = kept.consents.iter().filter(|(_, word)| word.at < at).map(|(id, word)| (*id, word.clone()));
    let (theirs, own): (Said, Said) = older.partition(|(id, _)| moved.contains(id));
    BothSaid { kept: own, gone: theirs.into_iter().chain(gone.consents.clone()).collect() }
}

/// The kept one without what it got and nobody has touched since.
fn without(kept: &Contact, moved: &Moved, then: &BothSaid) -> Contact {
    let mut after = kept.clone();
    after.tags.retain(|tag| !moved.new_tags.contains(tag));
    after.attributes.retain(|id, value| {
        !(moved.new_attributes.contains(id) && moved.attributes.get(id).is_some_and(|(text, _)| *text == value.text))
    });
    if after.memo == [moved.kept_memo.as_str(), moved.memo.as_str()].join("\n").trim() {
        after.memo.clone_from(&moved.kept_memo);
    }
    if moved.kept_name.is_none() && after.display_name == moved.display_name {
        after.display_name = None;
    }
    // Who has said no again meanwhile has said it for themselves.
    let again = since(&kept.consents, &then.kept, &then.gone).values().any(|word| !word.granted);
    after.consent |= moved.kept_consent && !moved.consent && !again;
    if moved.staff && moved.kept_staff == Some(false) {
        after.staff = false;
    }
    after
}

/// The row of the one that comes back.
fn remake(tx: &mut Tx<'_>, act: &Act, id: ContactId, (moved, consent): (&Moved, bool)) -> Result<Contact> {
    let (workspace, shard) = (act.workspace, shard_of(act.workspace, id));
    let folded = search::fold_name(moved.display_name.as_deref().unwrap_or_default());
    let consent = if consent { "granted" } else { "withdrawn" };
    tx.execute(
        REMAKE,
        &params![
            workspace,
            id,
            shard,
            moved.display_name.as_deref(),
            folded.as_str(),
            moved.picture_url.as_deref(),
            moved.language.as_deref(),
            moved.status_message.as_deref(),
            moved.profile_at,
            moved.memo.as_str(),
            moved.staff,
            consent,
            moved.created_at,
            act.at
        ],
    )?;
    search::index(tx, &[(workspace, id, folded.as_str())], act.at)?;
    db::load_locked(tx, workspace, &[id])?.remove(&id).ok_or(Error::NotFound)
}
