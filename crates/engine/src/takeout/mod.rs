//! まるごと書き出し: everything of a workspace as one archive, for leaving. The format stands in the archive's README.txt.

mod db;
mod zip;

pub use db::{STATEMENTS, Takeout, begin, find, list};

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use self::zip::Archive;
use crate::contact::export::{Column, Plan};
use crate::contact::list::Filter;
use crate::engine::Engine;
use crate::ids::{ContactId, TaskId, WorkspaceId};
use crate::task::{Task, db as tasks};
use crate::workspace::Catalog;
use crate::{Error, Result};

const README: &str = include_str!("README.txt");
/// Contacts in one file.
const FILE_CONTACTS: i64 = 100_000;
/// A finished archive is kept so long: it is full of personal data.
pub const KEEP_MS: i64 = 3 * 24 * 3_600_000;

/// Where the archive of a task stands.
pub fn path(engine: &Engine, workspace: WorkspaceId, id: TaskId) -> PathBuf {
    engine.settings.data_dir.join("takeout").join(workspace.to_string()).join(format!("{id}.zip"))
}

/// Removes archives whose time is over, and what a broken one left.
///
/// # Errors
/// The database's.
pub(crate) async fn tidy(engine: &Engine, workspace: WorkspaceId, now: i64) -> Result<()> {
    let folder = engine.settings.data_dir.join("takeout").join(workspace.to_string());
    let Ok(mut entries) = tokio::fs::read_dir(&folder).await else { return Ok(()) };
    let all = engine.store.read(move |tx| list(tx, workspace)).await?;
    let good = |one: &&Takeout| match one.state.as_str() {
        "done" => one.done_at.is_some_and(|at| at + KEEP_MS > now),
        state => state != "failed",
    };
    let good: Vec<String> = all.iter().filter(good).map(|one| one.id.to_string()).collect();
    while let Ok(Some(entry)) = entries.next_entry().await {
        let name = entry.file_name();
        if !good.iter().any(|id| name.to_string_lossy().starts_with(id.as_str())) {
            let _ = tokio::fs::remove_file(entry.path()).await;
        }
    }
    Ok(())
}

fn trouble(error: io::Error) -> Error {
    Error::conflict("conflict", format!("the archive could not be written: {error}"))
}

/// Writes the archive.
///
/// # Errors
/// The database's, or the disk's.
pub(crate) async fn run(engine: &Arc<Engine>, task: &Task) -> Result<Option<String>> {
    let place = path(engine, task.workspace, task.id);
    if let Some(folder) = place.parent() {
        // Older ones are replaced: one copy of everybody's data is enough.
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir_all(folder).map_err(trouble)?;
    }
    let part = place.with_extension("part");
    let mut archive = Archive::create(&part).map_err(trouble)?;
    let (workspace, catalogs) = (task.workspace, engine.catalogs.clone());
    let (catalog, definitions) =
        engine.store.read(move |tx| -> Result<_> { Ok((catalogs.get(tx, workspace)?, db::definitions(tx, workspace)?)) }).await?;
    archive.add("README.txt", README.as_bytes()).map_err(trouble)?;
    archive.add("workspace.json", pretty(&about(&catalog)).as_bytes()).map_err(trouble)?;
    for (name, value) in definitions {
        archive.add(name, pretty(&value).as_bytes()).map_err(trouble)?;
    }
    let contacts = contacts(engine, task, &catalog, &mut archive).await?;
    table(engine, task, &catalog, &mut archive, contacts).await?;
    let size = archive.finish().map_err(trouble)?;
    std::fs::rename(&part, &place).map_err(trouble)?;
    Ok(Some(json!({ "contacts": contacts, "bytes": size }).to_string()))
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn about(catalog: &Catalog) -> Value {
    json!({
        "format": "enishi.takeout.1",
        "name": catalog.name,
        "zone": catalog.zone.iana_name(),
        "policy": catalog.policy,
        "channels": catalog.channels.values().map(|channel| json!({
            "id": channel.id, "provider": channel.provider, "name": channel.name, "line_channel_id": channel.line_channel_id,
            "basic_id": channel.basic_id, "display_name": channel.display_name,
        })).collect::<Vec<_>>(),
    })
}

async fn still_ours(engine: &Engine, task: &Task, done: i64) -> Result<()> {
    let (task, node) = (task.clone(), engine.node);
    if engine.store.write(move |tx| tasks::keep(tx, &task, node, done, 0)).await? { Ok(()) } else { Err(Error::Raced) }
}

async fn contacts(engine: &Engine, task: &Task, catalog: &Arc<Catalog>, archive: &mut Archive) -> Result<i64> {
    let (mut after, mut count) = (Uuid::nil(), 0);
    loop {
        let catalog = catalog.clone();
        let page = engine.store.read(move |tx| db::contacts(tx, &catalog, ContactId(after))).await?;
        let Some((lines, last, n)) = page else { return Ok(count) };
        if count % FILE_CONTACTS == 0 {
            archive.begin(&format!("contacts-{:04}.ndjson", count / FILE_CONTACTS + 1)).map_err(trouble)?;
        }
        archive.write(lines.as_bytes()).map_err(trouble)?;
        after = last.0;
        count += n;
        still_ours(engine, task, count).await?;
    }
}

/// The same people as a table that spreadsheets and other tools read.
async fn table(engine: &Engine, task: &Task, catalog: &Arc<Catalog>, archive: &mut Archive, count: i64) -> Result<()> {
    use Column::{Analysis, Consent, Created, Mark, Memo, Name, Since, Source, State, Tags, UserId, Wrote};
    let mut columns = vec![UserId, Name, State, Since, Source, Tags, Mark, Wrote, Memo, Consent, Analysis, Created];
    columns.extend(catalog.attributes.values().cloned().map(Column::Attribute));
    let plan = Arc::new(Plan { columns, channel: None, encoding: sheet::Encoding::Utf8 });
    archive.add("友だち.csv", &plan.head()).map_err(trouble)?;
    let (mut before, now) = (None, engine.clock.now_ms());
    loop {
        let (plan, catalog) = (plan.clone(), catalog.clone());
        let page = engine.store.read(move |tx| plan.page(tx, &catalog, &Filter::default(), before, now)).await?;
        let Some((lines, last)) = page else { return Ok(()) };
        archive.write(&lines).map_err(trouble)?;
        before = Some(last);
        still_ours(engine, task, count).await?;
    }
}
