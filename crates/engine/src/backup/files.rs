//! Copies on the disk: written beside their place, checked, named at the end.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde::{Deserialize, Serialize};
use store::Store;

use crate::{Error, Result};

/// The leaf that says what a copy is; a folder without it is none of ours.
const ABOUT: &str = "backup.json";
const DATABASE: &str = "enishi.db";
/// Copies listed at most.
const LISTED: usize = 200;

/// How far a copy is: pages of the database.
#[derive(Debug, Default)]
pub struct Progress {
    /// Done.
    pub done: AtomicU64,
    /// Of so many.
    pub total: AtomicU64,
}

/// A copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Backup {
    /// Its folder's name.
    pub name: String,
    /// When it was begun, Unix ms.
    pub made_at: i64,
    /// Bytes of database and media.
    pub bytes: u64,
    /// Media files in it.
    pub media_files: u64,
    /// The copied database was read through and is whole.
    pub checked: bool,
}

fn trouble(error: io::Error) -> Error {
    Error::conflict("conflict", format!("バックアップを書き込めませんでした: {error}"))
}

/// Copies a running installation into the new folder `to`, and reads the copied database through. What an earlier try
/// left half done is replaced; there is no folder `to` before everything is in it. The key is not copied.
///
/// # Errors
/// The store's (`Unsupported` on PostgreSQL), the disk's; `to` exists.
pub async fn write(store: &Store, data: &Path, to: &Path, now: i64, progress: Arc<Progress>) -> Result<Backup> {
    let part = to.with_extension("part");
    let name = to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if to.exists() {
        return Err(Error::conflict("conflict", format!("{} はすでにあります。", to.display())));
    }
    // Not there is what it should be.
    let _ = fs::remove_dir_all(&part);
    fs::create_dir_all(&part).map_err(trouble)?;
    let made = match database(store, &part, progress).await {
        Ok(bytes) => media(data, &part).await.map(|(files, media)| (bytes + media, files)),
        Err(error) => Err(error),
    };
    let finished = made.and_then(|(bytes, media_files)| {
        let backup = Backup { name, made_at: now, bytes, media_files, checked: true };
        fs::write(part.join(ABOUT), serde_json::to_vec_pretty(&backup).unwrap_or_default()).map_err(trouble)?;
        fs::rename(&part, to).map_err(trouble)?;
        Ok(backup)
    });
    if finished.is_err() {
        let _ = fs::remove_dir_all(&part);
    }
    finished
}

async fn database(store: &Store, part: &Path, progress: Arc<Progress>) -> Result<u64> {
    let file = part.join(DATABASE);
    let told = move |done: u64, total: u64| {
        progress.done.store(done, Relaxed);
        progress.total.store(total, Relaxed);
    };
    store.backup(&file, told).await?;
    Ok(fs::metadata(&file).map_err(trouble)?.len())
}

async fn media(data: &Path, part: &Path) -> Result<(u64, u64)> {
    let (from, to) = (data.join("media"), part.join("media"));
    let copied = tokio::task::spawn_blocking(move || copy_tree(&from, &to));
    copied.await.map_err(|_| Error::conflict("conflict", "the copy was broken off"))?.map_err(trouble)
}

/// Copies a folder with all that is in it: files, and their bytes. A folder that is not there has none.
///
/// # Errors
/// The disk's.
pub fn copy_tree(from: &Path, to: &Path) -> io::Result<(u64, u64)> {
    let (mut files, mut bytes) = (0, 0);
    let mut folders: Vec<(PathBuf, PathBuf)> = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = folders.pop() {
        let Ok(entries) = fs::read_dir(&from) else { continue };
        fs::create_dir_all(&to)?;
        for entry in entries {
            let entry = entry?;
            let target = to.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push((entry.path(), target));
            } else {
                bytes += fs::copy(entry.path(), &target)
                    .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", entry.path().display())))?;
                files += 1;
            }
        }
    }
    Ok((files, bytes))
}

/// Copies in this folder, newest first.
pub fn list(folder: &Path) -> Vec<Backup> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let about = |path: PathBuf| -> Option<Backup> {
        let text = fs::read(path.join(ABOUT)).ok()?;
        let name = path.file_name()?.to_string_lossy().into_owned();
        Some(Backup { name, ..serde_json::from_slice(&text).ok()? })
    };
    let whole = |path: &PathBuf| path.extension().is_none();
    let mut found: Vec<Backup> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(whole).filter_map(about).collect();
    found.sort_by(|a, b| (b.made_at, &b.name).cmp(&(a.made_at, &a.name)));
    found.truncate(LISTED);
    found
}

/// Drops all but the newest.
pub(super) fn prune(folder: &Path, keep: usize) {
    for old in list(folder).into_iter().skip(keep.max(1)) {
        if let Err(error) = fs::remove_dir_all(folder.join(&old.name)) {
            tracing::warn!(%error, backup = %old.name, "an old backup could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use store::Dialect;
    use store::testing::both;

    use super::*;
    use crate::schema::MIGRATIONS;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_copy_is_whole_or_not_there_and_old_ones_go() {
        both(MIGRATIONS, async |_, store| {
            let home = tempfile::tempdir().unwrap();
            let backups = home.path().join("backups");
            fs::create_dir_all(home.path().join("media/shop")).unwrap();
            fs::write(home.path().join("media/shop/a.png"), b"1234").unwrap();
            let progress = Arc::new(Progress::default());
            let make = async |name: &str, now: i64| write(&store, home.path(), &backups.join(name), now, progress.clone()).await;
            if store.dialect() == Dialect::Postgres {
                assert!(make("20261122-030000", 1).await.unwrap_err().to_string().contains("pg_dump"));
                assert!(list(&backups).is_empty());
                assert!(fs::read_dir(&backups).unwrap().next().is_none(), "nothing half done is left");
                return;
            }
            let first = make("20261122-030000", 1).await.unwrap();
            assert_eq!((first.media_files, first.checked), (1, true));
            assert!(first.bytes > 4 && progress.total.load(Relaxed) > 0);
            assert_eq!(fs::read(backups.join("20261122-030000/media/shop/a.png")).unwrap(), b"1234");
            assert!(make("20261122-030000", 1).await.is_err(), "nothing is written over");
            make("20261123-030000", 2).await.unwrap();
            fs::create_dir_all(backups.join("somebody-elses")).unwrap();
            prune(&backups, 1);
            assert_eq!(list(&backups).iter().map(|one| one.made_at).collect::<Vec<_>>(), [2]);
            assert!(backups.join("somebody-elses").exists());
        })
        .await;
    }
}
