//! PostgreSQL.
use crate::hint::Switchboard;
use crate::job::Queue;
use crate::stats::Counters;
use crate::tx::Failure;
use crate::*;
use std::sync::Arc;
use std::thread::JoinHandle;

pub(crate) struct PostgresTx<'c>(std::marker::PhantomData<&'c ()>);
pub(crate) struct Opened {
    pub readers: Vec<JoinHandle<()>>,
    pub writers: Vec<JoinHandle<()>>,
    pub switchboard: Switchboard,
}
pub(crate) fn address(url: &str) -> Result<tokio_postgres::Config> {
    url.parse()
        .map_err(|_| Error::Config { reason: "x".into() })
}
pub(crate) fn cell<'r>(_: &'r tokio_postgres::Row, _: usize) -> Option<Cell<'r>> {
    None
}
pub(crate) fn open(
    _: &str,
    _: &Config,
    _: &[Migration],
    _: (&Queue, &Queue, &Arc<Counters>),
) -> Result<Opened> {
    Err(Error::Unsupported("PostgreSQL is not built in yet"))
}
impl PostgresTx<'_> {
    pub(crate) fn now_ms(&self) -> Result<i64, Failure> {
        Err(Failure::statement(Error::Closed))
    }
    pub(crate) fn prepare(&mut self, _: &str) -> Result<(), Failure> {
        Err(Failure::statement(Error::Closed))
    }
    pub(crate) fn execute(&mut self, _: &str, _: &[Value<'_>]) -> Result<u64, Failure> {
        Err(Failure::statement(Error::Closed))
    }
    pub(crate) fn query(
        &mut self,
        _: &str,
        _: &[Value<'_>],
        _: &mut dyn FnMut(&Row<'_>) -> bool,
    ) -> Result<(), Failure> {
        Err(Failure::statement(Error::Closed))
    }
    pub(crate) fn insert_many<R: IntoParams>(
        &mut self,
        _: &Insert,
        _: impl IntoIterator<Item = R>,
    ) -> Result<u64, Failure> {
        Err(Failure::statement(Error::Closed))
    }
    pub(crate) fn execute_many<R: IntoParams>(
        &mut self,
        _: &str,
        _: impl IntoIterator<Item = R>,
    ) -> Result<u64, Failure> {
        Err(Failure::statement(Error::Closed))
    }
}
