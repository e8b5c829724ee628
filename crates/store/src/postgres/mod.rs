//! PostgreSQL: worker threads, each driving a connection of its own, so that transactions are synchronous here too.

mod address;
mod bind;
mod error;
mod link;
mod listen;
mod migrate;
mod outage;
mod tls;
mod tx;
mod upkeep;
mod worker;

use std::sync::Arc;
use std::thread::{self, JoinHandle};

pub(crate) use address::address;
pub(crate) use bind::cell;
pub(crate) use tx::PostgresTx;

use crate::config::Config;
use crate::hint::Switchboard;
use crate::job::Queue;
use crate::migrate::Migration;
use crate::stats::Counters;
use crate::{Error, Result};
use link::Link;
use outage::Outage;
use upkeep::Upkeep;
use worker::{Access, Worker};

/// The threads that serve a database.
pub(crate) struct Opened {
    pub(crate) readers: Vec<JoinHandle<()>>,
    pub(crate) writers: Vec<JoinHandle<()>>,
    pub(crate) switchboard: Switchboard,
}

/// Brings the schema up to date and starts the threads. Only the first of them connects now, the others when needed.
pub(crate) fn open(
    url: &str,
    config: &Config,
    migrations: &[Migration],
    served: (&Queue, &Queue, &Arc<Counters>),
) -> Result<Opened> {
    // On a thread of its own, because the caller may be inside an asynchronous runtime, where no other can be driven.
    thread::scope(|scope| {
        let opening = scope.spawn(|| open_here(url, config, migrations, served));
        opening.join().unwrap_or(Err(Error::Panicked))
    })
}

fn open_here(
    url: &str,
    config: &Config,
    migrations: &[Migration],
    (writes, reads, counters): (&Queue, &Queue, &Arc<Counters>),
) -> Result<Opened> {
    let (address, outage) = (Arc::new(address(url)?), Arc::new(Outage::default()));
    let mut first = Link::new(Arc::clone(&address), Arc::clone(&outage))?;
    migrate::migrate(&mut first, migrations)?;
    let upkeep = Arc::new(Upkeep::new());
    let workers = |access: Access, count: usize, queue: &Queue| -> Result<Vec<JoinHandle<()>>> {
        (0..count.max(1))
            .map(|number| {
                let link = Link::new(Arc::clone(&address), Arc::clone(&outage))?;
                let worker =
                    Worker { link, access, queue: queue.clone(), counters: Arc::clone(counters), upkeep: Arc::clone(&upkeep) };
                start(format!("store-{}-{number}", access.name()), move || worker.serve())
            })
            .collect()
    };
    let writers = workers(Access::Write, config.writers, writes)?;
    let readers = workers(Access::Read, config.readers, reads)?;
    let switchboard = listen::start(address)?;
    Ok(Opened { readers, writers, switchboard })
}

fn start(name: String, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    thread::Builder::new()
        .name(name)
        .spawn(body)
        .map_err(|error| Error::Unavailable { reason: format!("no thread for the database: {error}") })
}
