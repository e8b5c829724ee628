//! A thread that reads: each closure sees one snapshot.

use super::error::failure;
use super::gate::Gate;
use super::link::Link;
use super::tx::SqliteTx;
use crate::job::{Job, Queue};
use crate::tx::{Engine, Tx};

/// Serves the queue until it is closed and empty.
pub(super) fn serve(mut link: Link, queue: &Queue, gate: &Gate) {
    while let Some(job) = queue.pop() {
        read(&mut link, gate, job);
    }
}

fn read(link: &mut Link, gate: &Gate, mut job: Box<dyn Job>) {
    let pass = gate.enter();
    if let Err(error) = link.control("BEGIN") {
        return job.answer(Some(failure(error, "BEGIN").error));
    }
    job.run(&mut Tx::new(Engine::Sqlite(SqliteTx::new(link))));
    link.undo();
    drop(pass);
    job.answer(None);
}
