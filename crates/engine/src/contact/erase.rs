//! Erasing a person on request: names and content go, a keyed hash of each name stays against taking them in again by a
//! file. At once goes what says who it was and what could still be sent; the rest goes in chunks, by a task.

use std::collections::BTreeSet;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::json;
use sha2::Sha256;
use store::{Insert, Tx, params};
use uuid::Uuid;

use super::{Identity, merge, search};
use crate::access::db::Act;
use crate::broadcast::named;
use crate::engine::Engine;
use crate::ids::{ContactId, TaskId, WorkspaceId};
use crate::task::{self, NewTask, Task, TaskKind};
use crate::workspace::Vault;
use crate::{Error, Result};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[
    IDENTITIES,
    NAME,
    AMONG,
    UNSENT,
    PENDING,
    EVENTS,
    MESSAGES,
    MEDIA,
    OPEN,
    SENDS,
    BODIES,
    SAID,
    NAMES,
    MERGED_NAMES,
    TASKS,
    POSTINGS,
    POSTING_SET,
    POSTING_DROP,
];

const IDENTITIES: &str = "SELECT kind, scope, value FROM identities WHERE workspace_id = $1 AND contact_id = ANY($2)";
const NAME: &str = "SELECT folded FROM contacts WHERE workspace_id = $1 AND id = $2 FOR UPDATE";
const AMONG: &str = "SELECT hash FROM tombstones WHERE workspace_id = $1 AND hash = $2";
const UNSENT: &str = "UPDATE deliveries SET state = 'refused', reason = 'erased', done_at = $3
  WHERE workspace_id = $1 AND contact_id = ANY($2) AND state = 'queued'";
const PENDING: &str = "DELETE FROM pending WHERE workspace_id = $1 AND contact_id = ANY($2)";
const EVENTS: &str = "DELETE FROM events WHERE workspace_id = $1 AND id IN (
  SELECT e.id FROM events e WHERE e.workspace_id = $1 AND e.contact_id = $2 LIMIT $3)";
/// A picture may have been kept since its file was looked for: what goes says where it lies.
const MESSAGES: &str = "DELETE FROM messages WHERE workspace_id = $1 AND contact_id = $2 AND id IN (
  SELECT m.id FROM messages m WHERE m.workspace_id = $1 AND m.contact_id = $2 LIMIT $3) RETURNING media";
const MEDIA: &str =
    "SELECT media FROM messages WHERE workspace_id = $1 AND contact_id = $2 AND media IS NOT NULL ORDER BY id LIMIT 10000";
const SENDS: &str = "DELETE FROM contact_sends WHERE workspace_id = $1 AND contact_id = $2";
/// Of all that was sent, the broadcasts' pushes and multicasts too.
const BODIES: &str = "UPDATE requests SET body = NULL WHERE workspace_id = $1 AND state <> 'open' AND id IN (
  SELECT d.request_id FROM deliveries d WHERE d.workspace_id = $1 AND d.contact_id = $2 AND d.request_id IS NOT NULL
  UNION SELECT s.request_id FROM contact_sends s WHERE s.workspace_id = $1 AND s.contact_id = $2)";
/// What is on its way still, and keeps its content until it has ended.
const OPEN: &str = "SELECT (SELECT COUNT(*) FROM deliveries d
    WHERE d.workspace_id = $1 AND d.contact_id = $2 AND d.state IN ('queued', 'sending'))
  + (SELECT COUNT(*) FROM contact_sends s JOIN requests r ON r.workspace_id = s.workspace_id AND r.id = s.request_id
    WHERE s.workspace_id = $1 AND s.contact_id = $2 AND r.state = 'open')";
const NAMES: &str = "SELECT id, payload FROM events WHERE workspace_id = $1 AND contact_id = $2 AND id > $3 AND payload LIKE '%display_name%' ORDER BY id LIMIT $4";
const MERGED_NAMES: &str = "SELECT moved FROM merges WHERE workspace_id = $1 AND kept_id = ANY($2)";
const SAID: &str =
    "UPDATE deliveries SET content = NULL, context = '{}', reply_token = NULL WHERE workspace_id = $1 AND contact_id = $2
  AND state NOT IN ('queued', 'sending')";
const TASKS: &str =
    "UPDATE tasks SET payload = '{}', result = NULL WHERE workspace_id = $1 AND state IN ('done', 'failed') AND payload LIKE $2";
const POSTINGS: &str = "SELECT chunk, contacts FROM search_postings WHERE workspace_id = $1 AND term = $2";
const POSTING_SET: &str = "UPDATE search_postings SET contacts = $4 WHERE workspace_id = $1 AND term = $2 AND chunk = $3";
const POSTING_DROP: &str = "DELETE FROM search_postings WHERE workspace_id = $1 AND term = $2 AND chunk = $3";
const TOMBSTONES: Insert = Insert {
    table: "tombstones",
    columns: &["workspace_id", "hash", "at"],
    conflict: "ON CONFLICT (workspace_id, hash) DO NOTHING",
};
/// What is keyed by contact and few.
const AT_ONCE: &[&str] = &[
    "DELETE FROM identities WHERE workspace_id = $1 AND contact_id = ANY($2)",
    "DELETE FROM friendships WHERE workspace_id = $1 AND contact_id = ANY($2)",
    "DELETE FROM contact_tags WHERE workspace_id = $1 AND contact_id = ANY($2)",
    "DELETE FROM contact_attributes WHERE workspace_id = $1 AND contact_id = ANY($2)",
    "DELETE FROM conversations WHERE workspace_id = $1 AND contact_id = ANY($2)",
    "DELETE FROM consents WHERE workspace_id = $1 AND contact_id = ANY($2)",
    "DELETE FROM enrollments WHERE workspace_id = $1 AND contact_id = ANY($2)",
    "DELETE FROM link_clicks WHERE workspace_id = $1 AND contact_id = ANY($2)",
    "DELETE FROM bulk_changes WHERE workspace_id = $1 AND contact_id = ANY($2)",
    "DELETE FROM merges WHERE workspace_id = $1 AND kept_id = ANY($2)",
    "DELETE FROM contacts WHERE workspace_id = $1 AND id = ANY($2)",
];
/// Rows dropped in one transaction.
const CHUNK: i64 = 500;
/// What was on its way is looked at again so much later.
const AGAIN_MS: i64 = 10 * 60 * 1000;

/// Hashes the names of erased people, with a key of the workspace.
#[derive(Clone)]
pub struct Tombs([u8; 32]);

impl Tombs {
    /// Of a workspace.
    pub fn of(vault: &Vault, workspace: WorkspaceId) -> Self {
        Self(vault.derive(&format!("tombstone/{workspace}")))
    }

    fn hash(&self, (kind, scope, value): (&str, Uuid, &str)) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        for part in [kind.as_bytes(), &[0], scope.as_bytes(), &[0], value.as_bytes()] {
            mac.update(part);
        }
        mac.finalize().into_bytes().to_vec()
    }

    /// Which of these names belong to somebody who was erased.
    ///
    /// # Errors
    /// The database's.
    pub fn among(&self, tx: &mut Tx<'_>, workspace: WorkspaceId, names: &[Identity]) -> Result<BTreeSet<Identity>> {
        if tx
            .query_opt("SELECT 1 FROM tombstones WHERE workspace_id = $1 LIMIT 1", &params![workspace], |row| row.get::<i64>(0))?
            .is_none()
        {
            return Ok(BTreeSet::new());
        }
        let mut found = BTreeSet::new();
        // Where nobody was ever erased this is never reached; otherwise each is one look-up on the key.
        for name in names {
            let hash = self.hash(name.key());
            if tx.query_opt(AMONG, &params![workspace, hash], |row| row.get::<Vec<u8>>(0))?.is_some() {
                found.insert(name.clone());
            }
        }
        Ok(found)
    }
}

/// Erases a contact. The audit line says that somebody was erased, and no more.
///
/// # Errors
/// [`Error::NotFound`].
pub fn erase(tx: &mut Tx<'_>, act: &Act, tombs: &Tombs, id: ContactId) -> Result<()> {
    let workspace = act.workspace;
    let folded: String = tx.query_opt(NAME, &params![workspace, id], |row| row.get(0))?.ok_or(Error::NotFound)?;
    let all: Vec<Uuid> = merge::with_merged(tx, workspace, id)?.into_iter().map(|id| id.0).collect();
    let names: Vec<(String, Uuid, String)> =
        tx.query(IDENTITIES, &params![workspace, &all], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    for (_, _, value) in names.iter().filter(|(kind, ..)| kind == "line") {
        named::forget(tx, workspace, value)?;
    }
    let hashes: Vec<Vec<u8>> = names.iter().map(|(kind, scope, value)| tombs.hash((kind, *scope, value))).collect();
    tx.insert_many(&TOMBSTONES, hashes.iter().map(|hash| params![workspace, hash.as_slice(), act.at]))?;
    let merges: Vec<String> = tx.query(MERGED_NAMES, &params![workspace, &all], |row| row.get(0))?;
    let merged = merges.iter().flat_map(|moved| names_in(moved)).map(|name| search::fold_name(&name));
    for name in merged.chain([folded]).collect::<BTreeSet<String>>() {
        forget_name(tx, workspace, &all, &name)?;
    }
    tx.execute(UNSENT, &params![workspace, &all, act.at])?;
    tx.execute(PENDING, &params![workspace, &all])?;
    for sql in AT_ONCE {
        tx.execute(sql, &params![workspace, &all])?;
    }
    let tasks: Vec<NewTask> = all.iter().map(|contact| order(workspace, ContactId(*contact), act.at)).collect();
    task::db::queue(tx, &tasks, act.at)?;
    act.note(tx, "contact.erase", id.0, &json!({}))
}

/// Each time has a key of its own: the next is asked for while this one runs.
fn order(workspace: WorkspaceId, contact: ContactId, due_at: i64) -> NewTask {
    NewTask {
        id: TaskId::new(due_at),
        workspace,
        kind: TaskKind::Erase,
        key: format!("{contact}/{due_at}"),
        payload: json!({ "contact": contact }),
        due_at,
    }
}

/// Takes contacts out of the lists of those whose name holds a term.
fn forget_name(tx: &mut Tx<'_>, workspace: WorkspaceId, ids: &[Uuid], folded: &str) -> Result<()> {
    for term in search::terms(folded) {
        let rows: Vec<(Uuid, Vec<u8>)> = tx.query(POSTINGS, &params![workspace, &term], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for (chunk, contacts) in rows {
            let stays = |one: &&[u8]| !ids.iter().any(|id| *one == id.as_bytes());
            let left: Vec<u8> = contacts.chunks_exact(16).filter(stays).flatten().copied().collect();
            if left.is_empty() {
                tx.execute(POSTING_DROP, &params![workspace, &term, chunk])?;
            } else if left.len() != contacts.len() {
                tx.execute(POSTING_SET, &params![workspace, &term, chunk, left])?;
            }
        }
    }
    Ok(())
}

/// Names that an event gave a person, or that stood when two were made one.
fn names_in(json: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct Named {
        display_name: Option<String>,
        kept_name: Option<String>,
        change: Option<String>,
        name: Option<String>,
        #[serde(default)]
        changes: Vec<Named>,
    }
    fn collect(named: Named, found: &mut Vec<String>) {
        let typed = named.name.filter(|_| named.change.as_deref() == Some("display_name"));
        found.extend(named.display_name.into_iter().chain(named.kept_name).chain(typed));
        named.changes.into_iter().for_each(|one| collect(one, found));
    }
    let mut found = Vec::new();
    if let Ok(named) = serde_json::from_str(json) {
        collect(named, &mut found);
    }
    found
}

#[derive(Deserialize)]
struct Order {
    contact: ContactId,
}

#[derive(Deserialize)]
struct Kept {
    #[serde(default)]
    file: String,
}

/// Drops what is left: files first, then rows in chunks. What is on its way still is looked at again when it has ended.
///
/// # Errors
/// The database's; the task is then tried again.
pub(crate) async fn run(engine: &Arc<Engine>, task: &Task) -> Result<Option<String>> {
    let Order { contact } =
        serde_json::from_value(task.payload.clone()).map_err(|error| Error::damaged("tasks.payload", error))?;
    let workspace = task.workspace;
    let media: Vec<String> = engine
        .store
        .read(move |tx| -> Result<_> { Ok(tx.query(MEDIA, &params![workspace, contact], |row| row.get(0))?) })
        .await?;
    drop_files(engine, workspace, &media).await;
    loop {
        let dropped = engine.store.write_last(move |tx| -> Result<Vec<Option<String>>> {
            Ok(tx.query(MESSAGES, &params![workspace, contact, CHUNK], |row| row.get(0))?)
        });
        let dropped = dropped.await?;
        if dropped.is_empty() {
            break;
        }
        drop_files(engine, workspace, &dropped.into_iter().flatten().collect::<Vec<_>>()).await;
    }
    forget_earlier_names(engine, workspace, contact).await?;
    while engine
        .store
        .write_last(move |tx| -> Result<u64> { Ok(tx.execute(EVENTS, &params![workspace, contact, CHUNK])?) })
        .await?
        > 0
    {}
    let now = engine.clock.now_ms();
    engine.store.write_last(move |tx| drop_sends(tx, workspace, contact, now)).await?;
    Ok(None)
}

async fn drop_files(engine: &Engine, workspace: WorkspaceId, media: &[String]) {
    for Kept { file } in media.iter().filter_map(|json| serde_json::from_str(json).ok()) {
        if file.starts_with(&format!("media/{workspace}/")) && !file.contains("..") {
            let _ = tokio::fs::remove_file(engine.settings.data_dir.join(&file)).await;
        }
    }
}

/// The search index is never corrected when somebody is renamed: what happened tells under which names they stand there.
async fn forget_earlier_names(engine: &Engine, workspace: WorkspaceId, contact: ContactId) -> Result<()> {
    let mut names = BTreeSet::new();
    let mut after = Uuid::nil();
    loop {
        let page = engine.store.read(move |tx| -> Result<Vec<(Uuid, String)>> {
            Ok(tx.query(NAMES, &params![workspace, contact, after, CHUNK], |row| Ok((row.get(0)?, row.get(1)?)))?)
        });
        let page = page.await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        names.extend(page.iter().flat_map(|(_, payload)| names_in(payload)).map(|name| search::fold_name(&name)));
    }
    for name in names {
        engine.store.write_last(move |tx| forget_name(tx, workspace, &[contact.0], &name)).await?;
    }
    Ok(())
}

fn drop_sends(tx: &mut Tx<'_>, workspace: WorkspaceId, contact: ContactId, now: i64) -> Result<()> {
    let key = params![workspace, contact];
    tx.execute(BODIES, &key)?;
    tx.execute(SAID, &key)?;
    tx.execute(TASKS, &params![workspace, format!("%{contact}%")])?;
    if tx.query_one(OPEN, &key, |row| row.get::<i64>(0))? > 0 {
        return task::db::queue(tx, &[order(workspace, contact, now + AGAIN_MS)], now);
    }
    tx.execute(SENDS, &key)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::names_in;

    #[test]
    fn names_are_found_where_they_were_given() {
        let typed = r#"{"kind":"changed","changes":[{"change":"memo","text":"x"},{"change":"display_name","name":"山田"}]}"#;
        let read = r#"{"kind":"changed","changes":[{"change":"profile","display_name":"やまだ","picture_url":null}]}"#;
        let merged =
            r#"{"display_name":"山","kept_name":null,"names":[["line","00000000-0000-0000-0000-000000000000","U"]],"memo":""}"#;
        assert_eq!([typed, read, merged].map(names_in), [["山田"], ["やまだ"], ["山"]]);
        assert!(names_in(r#"{"kind":"custom","name":"order_placed"}"#).is_empty());
    }
}
