//! SQL of contacts: loaded in sets, written back by difference.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use store::{Insert, Tx, params};
use uuid::Uuid;

use super::{AttributeValue, Consent, Contact, Enrollment, Friendship, Opened, Purpose, Talk, search};
use crate::ids::{ChannelId, ContactId, WorkspaceId};
use crate::{Error, Result};

/// Loads contacts to look at them, with all that decisions need. Unknown ids are left out.
///
/// # Errors
/// The database's; [`Error::Damaged`].
pub fn load(tx: &mut Tx, workspace: WorkspaceId, ids: &[ContactId]) -> Result<HashMap<ContactId, Contact>> {
    let mut contacts = load_with(tx, workspace, ids, ROWS)?;
    load_clicks(tx, workspace, &mut contacts)?;
    Ok(contacts)
}

/// Adds what these contacts opened, for conditions that ask for it.
///
/// # Errors
/// The database's.
pub fn load_clicks(tx: &mut Tx, workspace: WorkspaceId, contacts: &mut HashMap<ContactId, Contact>) -> Result<()> {
    let ids: Vec<Uuid> = contacts.keys().map(|id| id.0).collect();
    let rows = tx.query(
        "SELECT contact_id, link_id, cause_id, last_at FROM link_clicks WHERE workspace_id = $1 AND contact_id = ANY($2)",
        &params![workspace, ids],
        |row| Ok((row.get::<ContactId>(0)?, Opened { link: row.get(1)?, cause: row.get(2)?, last_at: row.get(3)? })),
    )?;
    for (contact, opened) in rows {
        if let Some(contact) = contacts.get_mut(&contact) {
            contact.clicks.push(opened);
        }
    }
    Ok(())
}

/// Loads contacts to change them, without what they opened: nobody else changes them until the transaction ends. Rows are
/// locked in key order.
///
/// # Errors
/// The database's; [`Error::Damaged`].
pub fn load_locked(tx: &mut Tx, workspace: WorkspaceId, ids: &[ContactId]) -> Result<HashMap<ContactId, Contact>> {
    load_with(tx, workspace, ids, &format!("{ROWS} ORDER BY id FOR UPDATE"))
}

const ROWS: &str =
    "SELECT id, shard, kind, display_name, picture_url, language, status_message, profile_at, memo, staff, consent, created_at
     FROM contacts WHERE workspace_id = $1 AND id = ANY($2)";

fn load_with(tx: &mut Tx, workspace: WorkspaceId, ids: &[ContactId], rows: &str) -> Result<HashMap<ContactId, Contact>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let key = params![workspace, &ids];
    let mut contacts: HashMap<ContactId, Contact> = tx
        .query(rows, &key, |row| {
            Ok(Contact {
                workspace,
                id: row.get(0)?,
                shard: row.get(1)?,
                kind: row.get(2)?,
                display_name: row.get(3)?,
                picture_url: row.get(4)?,
                language: row.get(5)?,
                status_message: row.get(6)?,
                profile_at: row.get(7)?,
                memo: row.get(8)?,
                staff: row.get(9)?,
                consent: row.get::<String>(10)? == "granted",
                created_at: row.get(11)?,
                line_ids: BTreeMap::new(),
                friendships: BTreeMap::new(),
                tags: BTreeSet::new(),
                attributes: BTreeMap::new(),
                enrollments: Vec::new(),
                clicks: Vec::new(),
                talks: BTreeMap::new(),
                consents: BTreeMap::new(),
                analysis: None,
            })
        })?
        .into_iter()
        .map(|contact| (contact.id, contact))
        .collect();
    load_line_ids(tx, &key, &mut contacts)?;
    load_friendships(tx, &key, &mut contacts)?;
    load_tags(tx, &key, &mut contacts)?;
    load_attributes(tx, &key, &mut contacts)?;
    load_enrollments(tx, &key, &mut contacts)?;
    load_talks(tx, &key, &mut contacts)?;
    load_consents(tx, &key, &mut contacts)?;
    Ok(contacts)
}

type Key<'a> = [store::Value<'a>; 2];
type Contacts = HashMap<ContactId, Contact>;

fn load_line_ids(tx: &mut Tx, key: &Key, contacts: &mut Contacts) -> Result<()> {
    let rows = tx.query(
        "SELECT contact_id, scope, value FROM identities
         WHERE workspace_id = $1 AND contact_id = ANY($2) AND kind IN ('line', 'group', 'room')",
        key,
        |row| Ok((row.get::<ContactId>(0)?, row.get(1)?, row.get(2)?)),
    )?;
    for (contact, scope, value) in rows {
        if let Some(contact) = contacts.get_mut(&contact) {
            contact.line_ids.insert(scope, value);
        }
    }
    Ok(())
}

fn load_friendships(tx: &mut Tx, key: &Key, contacts: &mut Contacts) -> Result<()> {
    let rows = tx.query(
        "SELECT contact_id, channel_id, user_id, state, changed_at, friend_since, source
         FROM friendships WHERE workspace_id = $1 AND contact_id = ANY($2)",
        key,
        |row| {
            let friendship = Friendship {
                user_id: row.get(2)?,
                state: row.get(3)?,
                changed_at: row.get(4)?,
                friend_since: row.get(5)?,
                source: row.get(6)?,
            };
            Ok((row.get::<ContactId>(0)?, row.get(1)?, friendship))
        },
    )?;
    for (contact, channel, friendship) in rows {
        if let Some(contact) = contacts.get_mut(&contact) {
            contact.friendships.insert(channel, friendship);
        }
    }
    Ok(())
}

fn load_tags(tx: &mut Tx, key: &Key, contacts: &mut Contacts) -> Result<()> {
    let rows =
        tx.query("SELECT contact_id, tag_id FROM contact_tags WHERE workspace_id = $1 AND contact_id = ANY($2)", key, |row| {
            Ok((row.get::<ContactId>(0)?, row.get(1)?))
        })?;
    for (contact, tag) in rows {
        if let Some(contact) = contacts.get_mut(&contact) {
            contact.tags.insert(tag);
        }
    }
    Ok(())
}

fn load_attributes(tx: &mut Tx, key: &Key, contacts: &mut Contacts) -> Result<()> {
    let rows = tx.query(
        "SELECT contact_id, attribute_id, text, number FROM contact_attributes WHERE workspace_id = $1 AND contact_id = ANY($2)",
        key,
        |row| Ok((row.get::<ContactId>(0)?, row.get(1)?, AttributeValue { text: row.get(2)?, number: row.get(3)? })),
    )?;
    for (contact, attribute, value) in rows {
        if let Some(contact) = contacts.get_mut(&contact) {
            contact.attributes.insert(attribute, value);
        }
    }
    Ok(())
}

fn load_enrollments(tx: &mut Tx, key: &Key, contacts: &mut Contacts) -> Result<()> {
    let rows = tx.query(
        "SELECT contact_id, id, journey_id, version_id, key, state, node, due_at, steps, context, reason, entered_at
         FROM enrollments WHERE workspace_id = $1 AND contact_id = ANY($2) ORDER BY id",
        key,
        |row| {
            let context: String = row.get(9)?;
            let enrollment = Enrollment {
                id: row.get(1)?,
                journey: row.get(2)?,
                version: row.get(3)?,
                key: row.get(4)?,
                state: row.get(5)?,
                node: row.get(6)?,
                due_at: row.get(7)?,
                steps: row.get(8)?,
                context: serde_json::Map::new(),
                reason: row.get(10)?,
                entered_at: row.get(11)?,
            };
            Ok((row.get::<ContactId>(0)?, context, enrollment))
        },
    )?;
    for (contact, context, mut enrollment) in rows {
        if let Some(contact) = contacts.get_mut(&contact) {
            enrollment.context = serde_json::from_str(&context).map_err(|error| Error::damaged("enrollments.context", error))?;
            contact.enrollments.push(enrollment);
        }
    }
    Ok(())
}

fn load_talks(tx: &mut Tx, key: &Key, contacts: &mut Contacts) -> Result<()> {
    let rows = tx.query(
        "SELECT contact_id, channel_id, unread, mark, assignee, last_at, last_text, waiting_since, reply_token, reply_until, read_token,
                wrote_at
         FROM conversations WHERE workspace_id = $1 AND contact_id = ANY($2)",
        key,
        |row| {
            let token: Option<String> = row.get(8)?;
            let until: Option<i64> = row.get(9)?;
            let talk = Talk {
                unread: row.get(2)?,
                mark: row.get(3)?,
                assignee: row.get(4)?,
                last_at: row.get(5)?,
                last_text: row.get(6)?,
                waiting_since: row.get(7)?,
                reply: token.zip(until),
                read_token: row.get(10)?,
                wrote_at: row.get(11)?,
            };
            Ok((row.get::<ContactId>(0)?, row.get(1)?, talk))
        },
    )?;
    for (contact, channel, talk) in rows {
        if let Some(contact) = contacts.get_mut(&contact) {
            contact.talks.insert(channel, talk);
        }
    }
    Ok(())
}

fn load_consents(tx: &mut Tx, key: &Key, contacts: &mut Contacts) -> Result<()> {
    let rows = tx.query(
        "SELECT contact_id, channel_id, state, source, at, purpose FROM consents
         WHERE workspace_id = $1 AND contact_id = ANY($2)",
        key,
        |row| {
            let consent = Consent { granted: row.get::<String>(2)? == "granted", source: row.get(3)?, at: row.get(4)? };
            Ok((row.get::<ContactId>(0)?, row.get(1)?, consent, row.get::<Purpose>(5)?))
        },
    )?;
    for (contact, channel, consent, purpose) in rows {
        let Some(contact) = contacts.get_mut(&contact) else { continue };
        match purpose {
            Purpose::Marketing => drop(contact.consents.insert(channel, consent)),
            Purpose::Analysis => contact.analysis = Some(consent),
        }
    }
    Ok(())
}

const CONSENTS: Insert = Insert {
    table: "consents",
    columns: &["workspace_id", "contact_id", "channel_id", "purpose", "state", "source", "at"],
    conflict: "ON CONFLICT (workspace_id, contact_id, channel_id, purpose)
               DO UPDATE SET state = excluded.state, source = excluded.source, at = excluded.at",
};
const FRIENDSHIPS: Insert = Insert {
    table: "friendships",
    columns: &["workspace_id", "channel_id", "contact_id", "shard", "user_id", "state", "changed_at", "friend_since", "source"],
    conflict:
        "ON CONFLICT (workspace_id, channel_id, contact_id) DO UPDATE SET user_id = excluded.user_id, state = excluded.state,
               changed_at = excluded.changed_at, friend_since = excluded.friend_since, source = excluded.source",
};
const TAGS: Insert = Insert {
    table: "contact_tags",
    columns: &["workspace_id", "contact_id", "tag_id", "at"],
    conflict: "ON CONFLICT (workspace_id, contact_id, tag_id) DO NOTHING",
};
const ATTRIBUTES: Insert = Insert {
    table: "contact_attributes",
    columns: &["workspace_id", "contact_id", "attribute_id", "text", "number", "at"],
    conflict: "ON CONFLICT (workspace_id, contact_id, attribute_id) DO UPDATE SET text = excluded.text, number = excluded.number, at = excluded.at",
};
const ENROLLMENTS: Insert = Insert {
    table: "enrollments",
    columns: &[
        "workspace_id",
        "id",
        "shard",
        "journey_id",
        "version_id",
        "contact_id",
        "key",
        "state",
        "node",
        "due_at",
        "steps",
        "context",
        "reason",
        "entered_at",
        "updated_at",
    ],
    conflict:
        "ON CONFLICT (workspace_id, id) DO UPDATE SET state = excluded.state, node = excluded.node, due_at = excluded.due_at,
               steps = excluded.steps, context = excluded.context, reason = excluded.reason, updated_at = excluded.updated_at",
};
const TALKS: Insert = Insert {
    table: "conversations",
    columns: &[
        "workspace_id",
        "channel_id",
        "contact_id",
        "unread",
        "mark",
        "assignee",
        "last_at",
        "last_text",
        "waiting_since",
        "reply_token",
        "reply_until",
        "read_token",
        "wrote_at",
    ],
    conflict: "ON CONFLICT (workspace_id, channel_id, contact_id) DO UPDATE SET unread = excluded.unread, mark = excluded.mark,
               assignee = excluded.assignee, last_at = excluded.last_at, last_text = excluded.last_text,
               waiting_since = excluded.waiting_since, reply_token = excluded.reply_token, reply_until = excluded.reply_until,
               read_token = excluded.read_token, wrote_at = excluded.wrote_at",
};

/// Writes what changed between each pair (before, after).
///
/// # Errors
/// The database's.
pub fn save(tx: &mut Tx, pairs: &[(Contact, Contact)], now: i64) -> Result<()> {
    save_rows(tx, pairs, now)?;
    let after = || pairs.iter();
    tx.insert_many(
        &FRIENDSHIPS,
        after().flat_map(|(before, after)| {
            after.friendships.iter().filter(|(id, friendship)| before.friendships.get(id) != Some(friendship)).map(
                |(channel, f)| {
                    params![
                        after.workspace,
                        channel,
                        after.id,
                        after.shard,
                        f.user_id.as_str(),
                        f.state,
                        f.changed_at,
                        f.friend_since,
                        f.source.as_deref()
                    ]
                },
            )
        }),
    )?;
    tx.insert_many(
        &TAGS,
        after().flat_map(|(before, after)| {
            after.tags.difference(&before.tags).map(|tag| params![after.workspace, after.id, tag, now])
        }),
    )?;
    tx.execute_many(
        "DELETE FROM contact_tags WHERE workspace_id = $1 AND contact_id = $2 AND tag_id = $3",
        after()
            .flat_map(|(before, after)| before.tags.difference(&after.tags).map(|tag| params![after.workspace, after.id, tag])),
    )?;
    tx.insert_many(
        &ATTRIBUTES,
        after().flat_map(|(before, after)| {
            after
                .attributes
                .iter()
                .filter(|(id, value)| before.attributes.get(id) != Some(value))
                .map(|(id, value)| params![after.workspace, after.id, id, value.text.as_str(), value.number, now])
        }),
    )?;
    tx.execute_many(
        "DELETE FROM contact_attributes WHERE workspace_id = $1 AND contact_id = $2 AND attribute_id = $3",
        after().flat_map(|(before, after)| {
            before
                .attributes
                .keys()
                .filter(|id| !after.attributes.contains_key(id))
                .map(|id| params![after.workspace, after.id, id])
        }),
    )?;
    save_enrollments(tx, pairs, now)?;
    tx.insert_many(
        &CONSENTS,
        after().flat_map(|(before, after)| {
            let marketing = after.consents.iter().filter(|(id, said)| before.consents.get(id) != Some(said));
            let marketing = marketing.map(|(channel, said)| (*channel, Purpose::Marketing, said));
            let analysis = after.analysis.iter().filter(|said| before.analysis.as_ref() != Some(said));
            let analysis = analysis.map(|said| (ChannelId::nil(), Purpose::Analysis, said));
            marketing.chain(analysis).map(|(channel, purpose, said)| {
                let state = if said.granted { "granted" } else { "withdrawn" };
                params![after.workspace, after.id, channel, purpose, state, said.source.as_str(), said.at]
            })
        }),
    )?;
    tx.insert_many(
        &TALKS,
        after().flat_map(|(before, after)| {
            after.talks.iter().filter(|(id, talk)| before.talks.get(id) != Some(talk)).map(|(channel, talk)| {
                let (token, until) = match &talk.reply {
                    Some((token, until)) => (Some(token.as_str()), Some(*until)),
                    None => (None, None),
                };
                params![
                    after.workspace,
                    channel,
                    after.id,
                    talk.unread,
                    talk.mark.as_str(),
                    talk.assignee,
                    talk.last_at,
                    talk.last_text.as_str(),
                    talk.waiting_since,
                    token,
                    until,
                    talk.read_token.as_deref(),
                    talk.wrote_at
                ]
            })
        }),
    )?;
    Ok(())
}

fn save_rows(tx: &mut Tx, pairs: &[(Contact, Contact)], now: i64) -> Result<()> {
    let changed: Vec<&(Contact, Contact)> = pairs.iter().filter(|(before, after)| row_differs(before, after)).collect();
    let folded: Vec<String> =
        changed.iter().map(|(_, after)| search::fold_name(after.display_name.as_deref().unwrap_or_default())).collect();
    tx.execute_many(
        "UPDATE contacts SET display_name = $3, folded = $4, picture_url = $5, language = $6, status_message = $7, profile_at = $8,
                memo = $9, staff = $10, consent = $11, updated_at = $12
         WHERE workspace_id = $1 AND id = $2",
        changed.iter().zip(&folded).map(|((_, after), folded)| {
            params![
                after.workspace, after.id, after.display_name.as_deref(), folded.as_str(), after.picture_url.as_deref(),
                after.language.as_deref(), after.status_message.as_deref(), after.profile_at, after.memo.as_str(), after.staff,
                if after.consent { "granted" } else { "withdrawn" }, now
            ]
        }),
    )?;
    let renamed: Vec<(WorkspaceId, ContactId, &str)> = changed
        .iter()
        .zip(&folded)
        .filter(|((before, after), _)| before.display_name != after.display_name)
        .map(|((_, after), folded)| (after.workspace, after.id, folded.as_str()))
        .collect();
    search::index(tx, &renamed, now)
}

fn row_differs(before: &Contact, after: &Contact) -> bool {
    (&before.display_name, &before.picture_url, &before.language, &before.status_message, before.profile_at)
        != (&after.display_name, &after.picture_url, &after.language, &after.status_message, after.profile_at)
        || (&before.memo, before.staff, before.consent) != (&after.memo, after.staff, after.consent)
}

fn save_enrollments(tx: &mut Tx, pairs: &[(Contact, Contact)], now: i64) -> Result<()> {
    let changed: Vec<(&Contact, &Enrollment, String)> = pairs
        .iter()
        .flat_map(|(before, after)| {
            after
                .enrollments
                .iter()
                .filter(|e| before.enrollments.iter().find(|old| old.id == e.id) != Some(e))
                .map(move |e| (after, e))
        })
        .map(|(contact, enrollment)| {
            let context =
                serde_json::to_string(&enrollment.context).map_err(|error| Error::damaged("enrollments.context", error))?;
            Ok((contact, enrollment, context))
        })
        .collect::<Result<_>>()?;
    tx.insert_many(
        &ENROLLMENTS,
        changed.iter().map(|(contact, e, context)| {
            params![
                contact.workspace,
                e.id,
                contact.shard,
                e.journey,
                e.version,
                contact.id,
                e.key.as_str(),
                e.state,
                e.node.as_str(),
                e.due_at,
                e.steps,
                context.as_str(),
                e.reason.as_deref(),
                e.entered_at,
                now
            ]
        }),
    )?;
    Ok(())
}
