//! Walks whose wait is over, in batches like events.

use std::collections::{BTreeMap, HashMap};

use store::{Store, Tx, params};

use super::apply::{Applied, BATCH, finish, load_contacts, unique};
use super::{Outcome, Scene, journeys};
use crate::Result;
use crate::ids::{ContactId, EnrollmentId, WorkspaceId};
use crate::runtime::Held;
use crate::workspace::{Catalog, Catalogs};

/// Walks looked up at once. Some batches only: events that come meanwhile wait for them.
const LOOK_UP: i64 = 4 * BATCH;

/// In the order of their keys, whatever their shards: who was taken in together lies on the same pages.
const DUE: &str = "SELECT workspace_id, id FROM enrollments
    WHERE state = 'active' AND due_at <= $1 AND due_at IS NOT NULL AND shard = ANY($2) ORDER BY due_at, id LIMIT $3";
const STILL_DUE: &str = "SELECT contact_id, id FROM enrollments
    WHERE workspace_id = $1 AND id = ANY($2) AND state = 'active' AND due_at <= $3 AND shard = ANY($4) ORDER BY id";

/// Lets walks that are due on the held shards go on.
///
/// # Errors
/// The database's; a lost lease.
pub async fn apply_due(store: &Store, catalogs: &Catalogs, held: &Held, now: i64) -> Result<Applied> {
    let shards = held.shards.clone();
    // Looked up beside the writer; each batch looks again at what it takes.
    let due: Vec<(WorkspaceId, EnrollmentId)> = store
        .read(move |tx| -> Result<_> {
            Ok(tx.query(DUE, &params![now, &shards, LOOK_UP], |row| Ok((row.get(0)?, row.get(1)?)))?)
        })
        .await?;
    let mut total = Applied::default();
    for batch in due.chunks(usize::try_from(BATCH).unwrap_or(usize::MAX)) {
        let (batch, catalogs, held) = (batch.to_vec(), catalogs.clone(), held.clone());
        total += store
            .write(move |tx| {
                held.check(tx)?;
                let due = still_due(tx, &held, &batch, now)?;
                wake(tx, &catalogs, &due, now)
            })
            .await?;
    }
    Ok(total)
}

fn still_due(
    tx: &mut Tx,
    held: &Held,
    batch: &[(WorkspaceId, EnrollmentId)],
    now: i64,
) -> Result<Vec<(WorkspaceId, ContactId, EnrollmentId)>> {
    let mut wanted: BTreeMap<WorkspaceId, Vec<EnrollmentId>> = BTreeMap::new();
    for (workspace, walk) in batch {
        wanted.entry(*workspace).or_default().push(*walk);
    }
    let mut due = Vec::with_capacity(batch.len());
    for (workspace, walks) in wanted {
        let ids: Vec<uuid::Uuid> = walks.iter().map(|walk| walk.0).collect();
        due.extend(tx.query(STILL_DUE, &params![workspace, ids, now, &held.shards], |row| {
            Ok((workspace, row.get::<ContactId>(0)?, row.get::<EnrollmentId>(1)?))
        })?);
    }
    Ok(due)
}

fn wake(tx: &mut Tx, catalogs: &Catalogs, due: &[(WorkspaceId, ContactId, EnrollmentId)], now: i64) -> Result<Applied> {
    let workspaces: Vec<WorkspaceId> = unique(due.iter().map(|(workspace, _, _)| *workspace));
    let catalogs = catalogs.get_many(tx, &workspaces)?;
    let contacts = load_contacts(tx, &catalogs, due.iter().map(|(workspace, contact, _)| (*workspace, *contact)))?;
    let mut pairs: HashMap<_, _> = contacts.into_iter().map(|(key, contact)| (key, (contact.clone(), contact))).collect();
    let mut out = Outcome::default();
    let nothing = HashMap::new();
    for (workspace, contact, walk) in due {
        let catalog: Option<&std::sync::Arc<Catalog>> = catalogs.get(workspace);
        let Some((catalog, (_, contact))) = catalog.zip(pairs.get_mut(&(*workspace, *contact))) else { continue };
        journeys::wake(&Scene { catalog, now, taken_back: &nothing }, contact, *walk, &mut out);
    }
    finish(tx, pairs, out, due.len(), now)
}
