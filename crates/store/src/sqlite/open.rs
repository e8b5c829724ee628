//! Opening a file: the lock against a second server, migrations, threads.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::checkpoint::Checkpoints;
use super::gate::Gate;
use super::link::{Link, reading, trouble, writing};
use super::reader;
use super::upkeep::Upkeep;
use super::writer::Writer;
use crate::clock::Clock;
use crate::config::{Config, Dialect};
use crate::job::Queue;
use crate::migrate::{self, Applied, Migration};
use crate::stats::Counters;
use crate::{Error, Result};

/// Each reader has a cache of its own, and memory is promised.
const MOST_READERS: usize = 4;

/// Whether a process is the one server of a file or a command beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tenure {
    Server,
    Guest,
}

/// The threads that serve a file.
pub(crate) struct Opened {
    pub(crate) readers: Vec<JoinHandle<()>>,
    pub(crate) writer: JoinHandle<()>,
}

/// Opens `path`, brings its schema up to date and starts its threads.
pub(crate) fn open(
    path: &Path,
    config: &Config,
    migrations: &[Migration],
    tenure: Tenure,
    (writes, reads, counters): (&Queue, &Queue, &Arc<Counters>),
) -> Result<Opened> {
    let lock = lock(path, tenure)?;
    private_file(path)?;
    let (clock, gate) = (Clock::start(), Gate::default());
    let mut link = writing(path, clock)?;
    match &lock {
        Some(_) => migrate(&mut link, migrations)?,
        None => refuse_pending(&link, migrations)?,
    }
    if tenure == Tenure::Server {
        forget_leases(&link)?;
    }
    let lock = lock.filter(|_| tenure == Tenure::Server);
    let readers = (0..config.readers.clamp(1, MOST_READERS))
        .map(|number| {
            let link = reading(path, clock)?;
            let (queue, gate) = (reads.clone(), gate.clone());
            start(format!("store-read-{number}"), move || reader::serve(link, &queue, &gate))
        })
        .collect::<Result<_>>()?;
    let checkpoints = Checkpoints::start(&mut link, writing(path, clock)?)?;
    let upkeep = Upkeep::new(&link, gate, checkpoints);
    let writer = Writer { link, queue: writes.clone(), counters: Arc::clone(counters), upkeep, _lock: lock };
    let writer = start("store-write".into(), move || writer.serve())?;
    Ok(Opened { readers, writer })
}

/// The lock that only the server holds. `None` for a guest beside a running server.
fn lock(path: &Path, tenure: Tenure) -> Result<Option<File>> {
    let path = lock_path(path);
    let file = |source| Error::File { path: path.clone(), source };
    let lock = OpenOptions::new().create(true).write(true).truncate(false).mode(0o600).open(&path).map_err(file)?;
    match (lock.try_lock(), tenure) {
        (Ok(()), _) => Ok(Some(lock)),
        (Err(TryLockError::WouldBlock), Tenure::Guest) => Ok(None),
        (Err(TryLockError::WouldBlock), Tenure::Server) => Err(Error::AlreadyRunning { path }),
        (Err(TryLockError::Error(source)), _) => Err(file(source)),
    }
}

fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

/// Makes the file readable by its owner only; SQLite gives its companions the same rights.
fn private_file(path: &Path) -> Result<()> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map(drop)
        .map_err(|source| Error::File { path: path.to_owned(), source })
}

fn migrate(link: &mut Link, migrations: &[Migration]) -> Result<()> {
    let own = migrate::own_tables(Dialect::Sqlite)?;
    link.connection.execute_batch(&format!("BEGIN EXCLUSIVE; {own} COMMIT;")).map_err(trouble)?;
    for migration in migrate::pending(&applied(link)?, migrations)? {
        apply(link, migration)?;
        tracing::info!(version = migration.version, name = migration.name, "schema migrated");
    }
    Ok(())
}

fn apply(link: &mut Link, migration: &Migration) -> Result<()> {
    let text = migration.expand(Dialect::Sqlite)?;
    let refuse = |error: rusqlite::Error| Error::Migration { version: migration.version, reason: error.to_string() };
    let steps = link.connection.execute_batch("BEGIN EXCLUSIVE").and_then(|()| {
        link.connection.execute_batch(&text)?;
        let note = (migration.version, migration.name, migration.checksum(), link.clock.now_ms());
        link.connection.execute(migrate::NOTE, note)?;
        link.connection.execute_batch("COMMIT")
    });
    steps.map_err(|error| {
        link.undo();
        refuse(error)
    })
}

/// A command beside a running server never changes the schema under it.
fn refuse_pending(link: &Link, migrations: &[Migration]) -> Result<()> {
    match migrate::pending(&applied(link)?, migrations)?.first() {
        None => Ok(()),
        Some(migration) => Err(Error::Migration {
            version: migration.version,
            reason: "実行中のサーバーが古い版です。停止して更新してください。 / the running server is older than this \
                     command; stop and update it first"
                .into(),
        }),
    }
}

fn applied(link: &Link) -> Result<Vec<Applied>> {
    let mut statement = link.connection.prepare(migrate::NOTED).map_err(trouble)?;
    let rows = statement.query_map((), |row| Ok(Applied { version: row.get(0)?, checksum: row.get(1)? }));
    rows.and_then(Iterator::collect).map_err(trouble)
}

/// Whoever held a lease on this file is gone, for only one server can have it. Else a clock set back between two runs
/// would keep the new one waiting.
fn forget_leases(link: &Link) -> Result<()> {
    link.connection.execute("UPDATE leases SET until_ms = 0 WHERE until_ms <> 0", ()).map(drop).map_err(trouble)
}

pub(super) fn start(name: String, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    thread::Builder::new()
        .name(name)
        .spawn(body)
        .map_err(|error| Error::Unavailable { reason: format!("no thread for the database: {error}") })
}
