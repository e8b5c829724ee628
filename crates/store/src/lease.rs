//! Leases: who does a duty, until when, and under which fence.
//!
//! Time is the database's. A fence grows at every change of hands, and whoever writes under a lease calls [`check`] in
//! the same transaction: rows it has read are share-locked and cannot change hands before that transaction ends. A holder stops by its
//! own monotonic clock at ⅔ of the time ([`Held::still_mine`]), so that in the ordinary course two never even try.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::row::Row;
use crate::{Error, Insert, Result, Tx, params};

/// A lease as the database has it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lease {
    /// What is leased.
    pub name: String,
    /// Grows by one at every change of hands.
    pub fence: i64,
    /// Unix milliseconds of the database's clock.
    pub until_ms: i64,
}

const ROWS: Insert =
    Insert { table: "leases", columns: &["name", "fence", "until_ms"], conflict: "ON CONFLICT (name) DO NOTHING" };

const KNOWN: &str = "SELECT name FROM leases WHERE name = ANY($1)";

/// A row that somebody else takes or checks at this moment is skipped. FOR UPDATE is the one lock that waits for
/// [`CHECK`]'s, while a renewal (an UPDATE of no key column) passes it.
const FREE: &str = "SELECT name FROM leases WHERE name = ANY($1) AND (owner IS NULL OR until_ms <= $2) \
     ORDER BY name LIMIT $3 FOR UPDATE SKIP LOCKED";

const TAKE: &str = "UPDATE leases SET owner = $1, fence = fence + 1, until_ms = $2 WHERE name = ANY($3) \
     RETURNING name, fence, until_ms";

const RENEW: &str = "UPDATE leases SET until_ms = $1 WHERE owner = $2 AND until_ms > $3 \
     RETURNING name, fence, until_ms";

const RELEASE: &str = "UPDATE leases SET owner = NULL, until_ms = 0 WHERE owner = $1";

const CHECK: &str = "SELECT name, fence FROM leases WHERE name = ANY($1) AND owner IS NOT NULL ORDER BY name FOR KEY SHARE";

/// Takes at most `max` of the `names` that are free or have expired, for `ttl_ms` milliseconds.
///
/// # Errors
/// Those of the statements.
pub fn acquire(tx: &mut Tx<'_>, names: &[String], owner: Uuid, ttl_ms: i64, max: usize) -> Result<Vec<Lease>> {
    add_missing(tx, names)?;
    let now = tx.now_ms()?;
    let max = i64::try_from(max).unwrap_or(i64::MAX);
    let free = tx.query(FREE, &params![names, now, max], |row| row.get::<String>(0))?;
    if free.is_empty() {
        return Ok(Vec::new());
    }
    let mut taken = tx.query(TAKE, &params![owner, now.saturating_add(ttl_ms), &free], lease)?;
    taken.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(taken)
}

fn add_missing(tx: &mut Tx<'_>, names: &[String]) -> Result<()> {
    let known = tx.query(KNOWN, &params![names], |row| row.get::<String>(0))?;
    let mut missing: Vec<&String> = names.iter().filter(|name| !known.contains(name)).collect();
    missing.sort();
    tx.insert_many(&ROWS, missing.into_iter().map(|name| params![name, 0, 0])).map(drop)
}

/// Prolongs all leases of `owner` that have not expired and returns them; what is missing there is lost.
///
/// # Errors
/// Those of the statement.
pub fn renew(tx: &mut Tx<'_>, owner: Uuid, ttl_ms: i64) -> Result<Vec<Lease>> {
    let now = tx.now_ms()?;
    let mut renewed = tx.query(RENEW, &params![now.saturating_add(ttl_ms), owner, now], lease)?;
    renewed.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(renewed)
}

/// Gives all leases of `owner` back; returns how many.
///
/// # Errors
/// Those of the statement.
pub fn release(tx: &mut Tx<'_>, owner: Uuid) -> Result<u64> {
    tx.execute(RELEASE, &params![owner])
}

/// Makes sure that all these leases still have these fences, and keeps it so until the transaction ends.
///
/// # Errors
/// [`Error::LeaseLost`] with the first that has changed hands.
pub fn check(tx: &mut Tx<'_>, held: &[(String, i64)]) -> Result<()> {
    let names: Vec<String> = held.iter().map(|(name, _)| name.clone()).collect();
    let fences: HashMap<String, i64> =
        tx.query(CHECK, &params![names], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect();
    match held.iter().find(|(name, fence)| fences.get(name) != Some(fence)) {
        None => Ok(()),
        Some((name, _)) => Err(Error::LeaseLost { name: name.clone() }),
    }
}

fn lease(row: &Row<'_>) -> Result<Lease> {
    Ok(Lease { name: row.get(0)?, fence: row.get(1)?, until_ms: row.get(2)? })
}

/// Leases as their holder sees them, by its own monotonic clock.
#[derive(Debug, Clone)]
pub struct Held {
    leases: Vec<Lease>,
    asked: Instant,
    ttl: Duration,
}

impl Held {
    /// `asked` is the moment before the request to acquire or renew was made, so that time on the way counts against
    /// the holder.
    pub fn new(leases: Vec<Lease>, asked: Instant, ttl: Duration) -> Self {
        Self { leases, asked, ttl }
    }

    /// Whether the holder may go on. Ends at ⅔ of the time.
    pub fn still_mine(&self) -> bool {
        self.asked.elapsed() < self.ttl * 2 / 3
    }

    /// What is held.
    pub fn leases(&self) -> &[Lease] {
        &self.leases
    }

    /// Name and fence of one lease, for [`check`].
    pub fn fence(&self, name: &str) -> Option<(String, i64)> {
        self.leases.iter().find(|lease| lease.name == name).map(|lease| (lease.name.clone(), lease.fence))
    }
}
