//! Taking in lists of friends: a file that staff upload, or what LINE lists of a verified account.
//!
//! Rows are written in sets of a thousand, each set one short transaction, in order of their LINE user ids: the index of
//! identities then grows page by page, instead of changing a thousand far pages for a thousand rows. An import starts no
//! greeting and no journey unless told to (promise 8): then the event row of whom it changed waits to be applied, like any
//! other. The same file twice changes nothing the second time, and starts nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use store::{Insert, Tx, params};

use super::erase::Tombs;
use super::{AttributeValue, Contact, ContactChange, ContactKind, FriendState, Friendship, Identity, db, search};
use crate::engine::Engine;
use crate::event::{EventKind, Payload, ingest};
use crate::ids::{AttributeId, ChannelId, ContactId, EventId, ProviderId, TagId, WorkspaceId, shard_of};
use crate::insight::{self, Origin};
use crate::workspace::{Attribute, AttributeType, Catalog, Channel, add_attribute, add_tag, attribute_value};
use crate::{Error, Result};

/// Rows in one transaction.
const SET: usize = 1_000;

/// One friend to take in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Line of the file, from 1; 0 for lists of LINE.
    pub line: u64,
    /// LINE user id.
    pub user_id: String,
    /// Name, if known.
    pub display_name: Option<String>,
    /// Friend since, Unix ms; `None` leaves the friendship unknown.
    pub friend_since: Option<i64>,
    /// LINE itself says that this person is a friend.
    pub listed: bool,
    /// Tag names.
    pub tags: Vec<String>,
    /// 友だち情報欄: key → what was typed.
    pub attributes: Vec<(String, String)>,
}

impl Row {
    /// A friend whom LINE lists.
    pub fn friend(user_id: String) -> Self {
        Self { user_id, listed: true, ..Self::default() }
    }
}

/// What an import may set off. Nothing, unless told (promise 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// The automatic answer to a follow, for friends whom the import brings.
    Greeting,
    /// Journeys that a follow or a tag starts, for friends and tags that the import brings.
    Journeys,
}
crate::column::column_words!(Start { Greeting => "greeting", Journeys => "journeys" });

/// What an import brought to a contact that something may follow from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", content = "id", rename_all = "snake_case")]
pub enum Brought {
    /// Is a friend of the channel, and was not known as one before.
    Friend,
    /// Has this tag, and had it not before.
    Tag(TagId),
}

/// What became of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Imported {
    /// Contacts made.
    pub created: u64,
    /// Contacts changed.
    pub updated: u64,
    /// Contacts that were already as the file says.
    pub unchanged: u64,
    /// Contacts whose event waits to be applied, because the import was told to start something.
    pub started: u64,
    /// Rows left out: these people asked to be erased.
    pub erased: u64,
}

#[derive(Clone)]
pub(super) struct Set {
    rows: Vec<Row>,
    workspace: WorkspaceId,
    channel: ChannelId,
    provider: ProviderId,
    start: BTreeSet<Start>,
    /// Hashes the names of erased people.
    tombs: Tombs,
}

impl Set {
    /// Rows of one account.
    pub(super) fn of(engine: &Engine, channel: &Channel, rows: Vec<Row>, start: &BTreeSet<Start>) -> Self {
        let (workspace, provider) = (channel.workspace, channel.provider);
        let tombs = Tombs::of(&engine.vault, workspace);
        Self { rows, workspace, channel: channel.id, provider, start: start.clone(), tombs }
    }

    /// The account.
    pub(super) fn channel(&self) -> ChannelId {
        self.channel
    }

    /// Leaves out whoever asked to be erased; tells how many rows.
    pub(super) fn without_erased(&mut self, tx: &mut Tx) -> Result<u64> {
        let names: Vec<Identity> = self.rows.iter().map(|row| Identity::Line(self.provider, row.user_id.clone())).collect();
        let erased = self.tombs.among(tx, self.workspace, &names)?;
        let before = self.rows.len();
        if !erased.is_empty() {
            let provider = self.provider;
            self.rows.retain(|row| !erased.contains(&Identity::Line(provider, row.user_id.clone())));
        }
        Ok(u64::try_from(before - self.rows.len()).unwrap_or(0))
    }

    /// Each person before and after, in order of user ids. Who is new stands in the second part.
    pub(super) fn pairs(&self, tx: &mut Tx, words: &Words, now: i64, load: Load) -> Result<(Vec<Pair>, BTreeSet<ContactId>)> {
        let known = known(tx, self)?;
        let ids: Vec<ContactId> = known.values().copied().collect();
        let mut before = load(tx, self.workspace, &ids)?;
        let mut by_user: BTreeMap<&str, Pair> = BTreeMap::new();
        let mut fresh: BTreeSet<ContactId> = BTreeSet::new();
        for row in &self.rows {
            let (_, contact) = by_user.entry(&row.user_id).or_insert_with(|| {
                let old = known.get(&row.user_id).and_then(|id| before.remove(id));
                let contact = old.unwrap_or_else(|| {
                    let new = empty(self, &row.user_id, now);
                    fresh.insert(new.id);
                    new
                });
                (contact.clone(), contact)
            });
            apply(contact, row, self.channel, words, now)?;
        }
        Ok((by_user.into_values().collect(), fresh))
    }
}

/// A person before and after.
type Pair = (Contact, Contact);

/// How contacts are loaded: to look at, or to change.
pub(super) type Load = fn(&mut Tx, WorkspaceId, &[ContactId]) -> Result<HashMap<ContactId, Contact>>;

/// Writes checked rows. Rows of one person are applied in the order given. What `start` names may follow from them.
///
/// # Errors
/// The database's. Sets already written stay; the import may be repeated.
pub async fn write(
    engine: &Engine,
    channel: &Channel,
    mut rows: Vec<Row>,
    start: &BTreeSet<Start>,
    now: i64,
) -> Result<Imported> {
    let words = Arc::new(prepare(engine, channel.workspace, &rows, now).await?);
    let mut total = Imported::default();
    rows.sort_by(|a, b| a.user_id.cmp(&b.user_id));
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let set = Set::of(engine, channel, rows.by_ref().take(SET).collect(), start);
        let words = words.clone();
        let done = engine.store.write_last(move |tx| write_set(tx, &set, &words, now)).await?;
        total.erased += done.erased;
        total.created += done.created;
        total.updated += done.updated;
        total.unchanged += done.unchanged;
        total.started += done.started;
    }
    if total.started > 0 {
        engine.hints.events.notify_one();
    }
    Ok(total)
}

/// Names and fields of the file, as ids.
pub(super) struct Words {
    pub(super) tags: HashMap<String, TagId>,
    pub(super) attributes: HashMap<String, Attribute>,
}

/// Makes the tags and fields that the file speaks of and the workspace lacks.
async fn prepare(engine: &Engine, workspace: WorkspaceId, rows: &[Row], now: i64) -> Result<Words> {
    let tags: BTreeSet<String> = rows.iter().flat_map(|row| row.tags.iter().cloned()).collect();
    let keys: BTreeSet<String> = rows.iter().flat_map(|row| row.attributes.iter().map(|(key, _)| key.clone())).collect();
    let catalogs = engine.catalogs.clone();
    engine
        .store
        .write(move |tx| {
            let mut words = Words { tags: HashMap::new(), attributes: HashMap::new() };
            for name in &tags {
                words.tags.insert(name.clone(), add_tag(tx, workspace, name, "", now)?);
            }
            let known = catalogs.get(tx, workspace)?;
            for key in &keys {
                words.attributes.insert(key.clone(), field(tx, &known, key, now)?);
            }
            Ok(words)
        })
        .await
}

fn field(tx: &mut Tx, catalog: &Catalog, key: &str, now: i64) -> Result<Attribute> {
    if let Some(known) = catalog.attribute_keys.get(key).and_then(|id| catalog.attributes.get(id)) {
        return Ok(known.clone());
    }
    let mut new = Attribute {
        id: AttributeId::nil(),
        key: key.to_owned(),
        label: key.to_owned(),
        ty: AttributeType::Text,
        options: Vec::new(),
        folder: String::new(),
    };
    new.id = add_attribute(tx, catalog.workspace, &new, now)?;
    Ok(new)
}

const IDENTITIES: Insert = Insert {
    table: "identities",
    columns: &["workspace_id", "kind", "scope", "value", "contact_id", "created_at"],
    conflict: "ON CONFLICT (workspace_id, kind, scope, value) DO NOTHING",
};
const CONTACTS: Insert = Insert {
    table: "contacts",
    columns: &[
        "workspace_id",
        "id",
        "shard",
        "kind",
        "display_name",
        "folded",
        "memo",
        "staff",
        "consent",
        "created_at",
        "updated_at",
    ],
    conflict: "",
};
const EVENTS: Insert = Insert {
    table: "events",
    columns: &["workspace_id", "id", "contact_id", "channel_id", "kind", "source", "occurred_at", "received_at", "payload"],
    conflict: "ON CONFLICT (workspace_id, id) DO NOTHING",
};

fn write_set(tx: &mut Tx, set: &Set, words: &Words, now: i64) -> Result<Imported> {
    let mut set = set.clone();
    let erased = set.without_erased(tx)?;
    let set = &set;
    let (pairs, fresh) = set.pairs(tx, words, now, db::load_locked)?;
    insert_new(tx, set, &pairs, &fresh, now)?;
    // The new ones' own row and search terms are written with it; the rest is a difference like any other.
    let pairs: Vec<(Contact, Contact)> = pairs
        .into_iter()
        .map(|(mut before, after)| {
            if fresh.contains(&after.id) {
                before.display_name.clone_from(&after.display_name);
            }
            (before, after)
        })
        .collect();
    db::save(tx, &pairs, now)?;
    let changed: Vec<&(Contact, Contact)> =
        pairs.iter().filter(|(before, after)| before != after || fresh.contains(&after.id)).collect();
    let started = log(tx, set, (&changed, &fresh), now)?;
    insight::note_friends(tx, &pairs, Origin::Imported, now)?;
    let created = u64::try_from(fresh.len()).unwrap_or(0);
    let changed = u64::try_from(changed.len()).unwrap_or(0);
    let all = u64::try_from(pairs.len()).unwrap_or(0);
    Ok(Imported { created, updated: changed - created, unchanged: all - changed, started, erased })
}

fn known(tx: &mut Tx, set: &Set) -> Result<HashMap<String, ContactId>> {
    let users: Vec<String> = set.rows.iter().map(|row| row.user_id.clone()).collect();
    let rows = tx.query(
        "SELECT value, contact_id FROM identities WHERE workspace_id = $1 AND kind = 'line' AND scope = $2 AND value = ANY($3)",
        &params![set.workspace, set.provider, users],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(rows.into_iter().collect())
}

fn empty(set: &Set, user_id: &str, now: i64) -> Contact {
    let id = ContactId::new(now);
    Contact {
        workspace: set.workspace,
        id,
        shard: shard_of(set.workspace, id),
        kind: ContactKind::Person,
        display_name: None,
        picture_url: None,
        language: None,
        status_message: None,
        profile_at: None,
        memo: String::new(),
        staff: false,
        consent: true,
        created_at: now,
        line_ids: BTreeMap::from([(set.provider.0, user_id.to_owned())]),
        friendships: BTreeMap::new(),
        tags: BTreeSet::new(),
        attributes: BTreeMap::new(),
        enrollments: Vec::new(),
        clicks: Vec::new(),
        talks: BTreeMap::new(),
        consents: BTreeMap::new(),
        analysis: None,
    }
}

fn apply(contact: &mut Contact, row: &Row, channel: ChannelId, words: &Words, now: i64) -> Result<()> {
    if let Some(name) = &row.display_name {
        contact.display_name = Some(name.clone());
    }
    let friendship = contact.friendships.entry(channel).or_insert_with(|| Friendship {
        user_id: row.user_id.clone(),
        state: FriendState::Unknown,
        changed_at: 0,
        friend_since: None,
        source: None,
    });
    // What LINE told by webhook weighs more than a file.
    if friendship.state == FriendState::Unknown && (row.listed || row.friend_since.is_some()) {
        friendship.state = FriendState::Friend;
        friendship.friend_since = row.friend_since.or(friendship.friend_since);
        friendship.changed_at = row.friend_since.unwrap_or(now.min(friendship.changed_at));
    }
    contact.tags.extend(row.tags.iter().filter_map(|name| words.tags.get(name)));
    for (key, typed) in &row.attributes {
        let Some(field) = words.attributes.get(key) else { continue };
        if typed.is_empty() {
            contact.attributes.remove(&field.id);
        } else {
            let value: AttributeValue = attribute_value(field, typed)?;
            contact.attributes.insert(field.id, value);
        }
    }
    Ok(())
}

fn insert_new(tx: &mut Tx, set: &Set, pairs: &[(Contact, Contact)], fresh: &BTreeSet<ContactId>, now: i64) -> Result<()> {
    let new: Vec<(&Contact, String)> = pairs
        .iter()
        .filter(|(_, contact)| fresh.contains(&contact.id))
        .map(|(_, contact)| (contact, search::fold_name(contact.display_name.as_deref().unwrap_or_default())))
        .collect();
    let inserted = tx.insert_many(
        &IDENTITIES,
        new.iter().map(|(contact, _)| {
            let user = contact.line_ids.get(&set.provider.0).map(String::as_str).unwrap_or_default();
            params![set.workspace, "line", set.provider, user, contact.id, now]
        }),
    )?;
    if usize::try_from(inserted).unwrap_or(0) != new.len() {
        return Err(Error::Raced);
    }
    tx.insert_many(
        &CONTACTS,
        new.iter().map(|(contact, folded)| {
            params![
                set.workspace,
                contact.id,
                contact.shard,
                "person",
                contact.display_name.as_deref(),
                folded.as_str(),
                "",
                0,
                "granted",
                now,
                now
            ]
        }),
    )?;
    let names: Vec<(WorkspaceId, ContactId, &str)> = new
        .iter()
        .filter(|(_, folded)| !folded.is_empty())
        .map(|(contact, folded)| (set.workspace, contact.id, folded.as_str()))
        .collect();
    search::index(tx, &names, now)
}

/// One line in the timeline of everybody the import touched; those of whom something follows wait to be applied. Tells
/// how many.
fn log(tx: &mut Tx, set: &Set, (changed, fresh): (&[&(Contact, Contact)], &BTreeSet<ContactId>), now: i64) -> Result<u64> {
    let line = |pair: &&(Contact, Contact)| {
        let (before, after) = *pair;
        let is_named = fresh.contains(&after.id) || before.display_name != after.display_name;
        let name = after.display_name.clone().filter(|_| is_named);
        let brought = brought(set, before, after);
        let waits = !brought.is_empty();
        Ok::<_, Error>((EventId::new(now), after.id, after.shard, waits, payload(set, brought, name)?))
    };
    let lines: Vec<(EventId, ContactId, i64, bool, String)> = changed.iter().map(line).collect::<Result<_>>()?;
    tx.insert_many(
        &EVENTS,
        lines.iter().map(|(id, contact, _, _, payload)| {
            params![set.workspace, id, contact, set.channel, "imported", "import", now, now, payload.as_str()]
        }),
    )?;
    let told = lines.iter().filter(|(.., waits, _)| *waits);
    Ok(tx
        .insert_many(&ingest::NEW_PENDING, told.map(|(id, contact, shard, ..)| params![set.workspace, *shard, contact, id, 0]))?)
}

/// What the event says. The name stands in it, so that whoever asks to be erased is found under it too.
fn payload(set: &Set, brought: Vec<Brought>, name: Option<String>) -> Result<String> {
    let kind = match brought.is_empty() {
        true => EventKind::Changed { changes: name.map(|name| ContactChange::DisplayName { name }).into_iter().collect() },
        false => EventKind::Imported { brought, start: set.start.clone(), display_name: name },
    };
    let payload = Payload { kind, reply: None, standby: false, actor: None };
    serde_json::to_string(&payload).map_err(|error| Error::damaged("event", error))
}

/// What is new about a contact and was told to count. Only a known friend is ever spoken to.
pub(super) fn brought(set: &Set, before: &Contact, after: &Contact) -> Vec<Brought> {
    if set.start.is_empty() || !after.is_friend_of(set.channel) {
        return Vec::new();
    }
    let friend = (!before.is_friend_of(set.channel)).then_some(Brought::Friend);
    let tags = after.tags.difference(&before.tags).copied().map(Brought::Tag);
    friend.into_iter().chain(tags.filter(|_| set.start.contains(&Start::Journeys))).collect()
}
