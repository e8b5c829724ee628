//! The store: where closures are handed over and answers awaited.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::config::{Config, Dialect, Url};
use crate::hint::{Hints, Switchboard};
use crate::job::{Closure, Lane, Queue};
use crate::migrate::Migration;
use crate::sqlite::{self, Tenure};
use crate::stats::{Counters, Stats};
use crate::tx::Tx;
use crate::{Error, Result, backup, postgres};

/// A database. Clones share it; when the last one is dropped, what is queued is still done.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    dialect: Dialect,
    file: Option<PathBuf>,
    writes: Queue,
    reads: Queue,
    places: Places,
    counters: Arc<Counters>,
    switchboard: Switchboard,
    threads: Mutex<Threads>,
}

/// Size of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footprint {
    /// Bytes.
    pub bytes: i64,
    /// Bytes of SQLite's log that are not written back yet; `None` on PostgreSQL, which keeps its own for many databases.
    pub log: Option<i64>,
}

/// Places in the queues. The first lane has its own, so that it never waits behind ordinary writes.
struct Places {
    first: Arc<Semaphore>,
    ordinary: Arc<Semaphore>,
    last: Arc<Semaphore>,
    reads: Arc<Semaphore>,
}

#[derive(Default)]
struct Threads {
    readers: Vec<JoinHandle<()>>,
    writers: Vec<JoinHandle<()>>,
}

impl Store {
    /// Opens the database as its server: migrates it, refuses a second server on one SQLite file. Blocks.
    ///
    /// # Errors
    /// [`Error::AlreadyRunning`], [`Error::Migration`], [`Error::Unavailable`], [`Error::Config`].
    pub fn open(config: &Config, migrations: &[Migration]) -> Result<Self> {
        Self::open_as(Tenure::Server, config, migrations)
    }

    /// Opens the database for a command that may run beside a server. It migrates only when no server runs. Blocks.
    ///
    /// # Errors
    /// As [`Store::open`], without [`Error::AlreadyRunning`]; [`Error::Migration`] when the running server is older.
    pub fn open_shared(config: &Config, migrations: &[Migration]) -> Result<Self> {
        Self::open_as(Tenure::Guest, config, migrations)
    }

    fn open_as(tenure: Tenure, config: &Config, migrations: &[Migration]) -> Result<Self> {
        let (writes, reads, counters) = (Queue::new(), Queue::new(), Arc::new(Counters::default()));
        let served = (&writes, &reads, &counters);
        let (dialect, file, threads, switchboard) = match &config.url {
            Url::Sqlite { path } => {
                let opened = sqlite::open(path, config, migrations, tenure, served)?;
                let threads = Threads { readers: opened.readers, writers: vec![opened.writer] };
                (Dialect::Sqlite, Some(path.clone()), threads, Switchboard::local())
            }
            Url::Postgres { url } => {
                let opened = postgres::open(url, config, migrations, served)?;
                let threads = Threads { readers: opened.readers, writers: opened.writers };
                (Dialect::Postgres, None, threads, opened.switchboard)
            }
        };
        let places = |count: usize| Arc::new(Semaphore::new(count.clamp(1, Semaphore::MAX_PERMITS)));
        let places = Places {
            first: places(config.queue),
            ordinary: places(config.queue),
            last: places(config.queue),
            reads: places(config.queue),
        };
        let threads = Mutex::new(threads);
        Ok(Self(Arc::new(Inner { dialect, file, writes, reads, places, counters, switchboard, threads })))
    }

    /// Which engine this is.
    pub fn dialect(&self) -> Dialect {
        self.0.dialect
    }

    /// Runs `f` in a read-only transaction: one snapshot on SQLite, READ COMMITTED on PostgreSQL. `f` may run more than
    /// once.
    ///
    /// # Errors
    /// What `f` returns, or what kept it from running.
    pub async fn read<T, E>(&self, f: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let place = place(&self.0.places.reads).await?;
        let (job, answer) = Closure::boxed(f, place);
        self.0.reads.push(Lane::Ordinary, job).map_err(|_| Error::Closed)?;
        wait(answer).await
    }

    /// Runs `f` in a write transaction and answers after COMMIT. `f` may run more than once, and once queued it runs
    /// even when this future is dropped.
    ///
    /// # Errors
    /// What `f` returns (its writes are undone then), or what kept its writes from being kept.
    pub async fn write<T, E>(&self, f: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let place = place(&self.0.places.ordinary).await?;
        self.write_in(Lane::Ordinary, place, f).await
    }

    /// As [`Store::write`], before all ordinary writes that wait. For what somebody waits for: webhooks, chat.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_first<T, E>(&self, f: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let place = place(&self.0.places.first).await?;
        self.write_in(Lane::First, place, f).await
    }

    /// As [`Store::write`], behind all other writes that wait, but for 50 ms at most: for long work in many steps that
    /// nobody sits and waits for.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write_last<T, E>(&self, f: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let place = place(&self.0.places.last).await?;
        self.write_in(Lane::Last, place, f).await
    }

    async fn write_in<T, E>(
        &self,
        lane: Lane,
        place: OwnedSemaphorePermit,
        f: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (job, answer) = Closure::boxed(f, place);
        self.0.writes.push(lane, job).map_err(|_| Error::Closed)?;
        wait(answer).await
    }

    /// Writes a consistent copy of a SQLite database to the file `to`, which must not exist, while writers go on, and reads
    /// the copy through. `told` hears on the way how many pages of how many are done.
    ///
    /// # Errors
    /// [`Error::Unsupported`] on PostgreSQL (use `pg_dump`), [`Error::File`], [`Error::DiskFull`], [`Error::Corrupt`].
    pub async fn backup(&self, to: &Path, told: impl Fn(u64, u64) + Send + 'static) -> Result<()> {
        let Some(from) = self.0.file.clone() else {
            return Err(Error::Unsupported(
                "PostgreSQL のバックアップには pg_dump を使ってください。 / back PostgreSQL up with pg_dump",
            ));
        };
        let to = to.to_owned();
        tokio::task::spawn_blocking(move || backup::copy(&from, &to, told)).await.unwrap_or(Err(Error::Panicked))
    }

    /// Says to all subscribers, also those of other nodes on PostgreSQL, that there is something new on `channel`.
    /// A hint: it may be lost or merged with others. Call it after the write has been answered.
    pub fn notify(&self, channel: &str) {
        self.0.switchboard.notify(channel);
    }

    /// Listens to [`Store::notify`] from now on.
    pub fn subscribe(&self) -> Hints {
        self.0.switchboard.subscribe()
    }

    /// How large the database is.
    ///
    /// # Errors
    /// [`Error::File`]; the database's.
    pub async fn footprint(&self) -> Result<Footprint> {
        let Some(file) = self.0.file.clone() else {
            let size = "SELECT pg_database_size(current_database())";
            return self.read(move |tx| tx.query_one(size, &[], |row| Ok(Footprint { bytes: row.get(0)?, log: None }))).await;
        };
        let size = |path: &Path| std::fs::metadata(path).map(|about| i64::try_from(about.len()).unwrap_or(i64::MAX));
        let bytes = size(&file).map_err(|source| Error::File { path: file.clone(), source })?;
        let mut log = file.into_os_string();
        log.push("-wal");
        // None stands there while nothing is written.
        Ok(Footprint { bytes, log: Some(size(Path::new(&log)).unwrap_or(0)) })
    }

    /// Counters since opening and the present length of the queues.
    pub fn stats(&self) -> Stats {
        let (first, ordinary) = self.0.reads.len();
        self.0.counters.snapshot(self.0.writes.len(), first + ordinary)
    }

    /// Takes no more closures, does those that wait, leaves the file tidy, and returns when all that is done.
    pub async fn close(self) {
        let inner = Arc::clone(&self.0);
        // Joining threads blocks, and the last reader must be gone before the write-ahead log can be emptied.
        let closing = tokio::task::spawn_blocking(move || inner.close()).await;
        if let Err(error) = closing {
            tracing::error!(%error, "closing the store");
        }
    }
}

impl Inner {
    fn close(&self) {
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        self.reads.close();
        join(threads.readers);
        self.writes.close();
        join(threads.writers);
        self.switchboard.close();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The threads finish what waits and end by themselves; nobody can be made to wait in a drop.
        self.reads.close();
        self.writes.close();
        self.switchboard.close();
    }
}

fn join(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        if thread.join().is_err() {
            tracing::error!("a database thread panicked");
        }
    }
}

async fn place(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit> {
    Arc::clone(places).acquire_owned().await.map_err(|_| Error::Closed)
}

async fn wait<T, E: From<Error>>(answer: oneshot::Receiver<Result<T, E>>) -> Result<T, E> {
    // The other side goes away unanswered only when its thread has died.
    answer.await.unwrap_or_else(|_| Err(Error::Closed.into()))
}
