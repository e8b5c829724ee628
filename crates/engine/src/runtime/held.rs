//! Which shards this node owns. The database's lease rows decide; the holder stops at ⅔ of their time.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use store::{Dialect, Tx, lease, params};

use crate::engine::Engine;
use crate::ids::{NodeId, SHARDS};
use crate::schema::MIGRATIONS;
use crate::{Error, Result};

/// Life of a lease; a killed node's shards are taken over after it.
pub(super) const TTL: Duration = Duration::from_secs(15);
/// How often leases are renewed.
pub(super) const RENEW: Duration = Duration::from_secs(3);

/// The shards held now, with the fences every apply and fix transaction checks.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// Shard numbers.
    pub shards: Vec<i64>,
    /// (lease name, fence).
    pub leases: Vec<(String, i64)>,
    until: Option<Arc<lease::Held>>,
}

impl Held {
    /// Checks the fences inside a transaction and keeps them until it ends.
    ///
    /// # Errors
    /// [`store::Error::LeaseLost`].
    pub fn check(&self, tx: &mut Tx) -> Result<()> {
        if let Some(until) = &self.until
            && !until.still_mine()
        {
            let name = self.leases.first().map(|(name, _)| name.clone()).unwrap_or_default();
            return Err(Error::Store(store::Error::LeaseLost { name }));
        }
        Ok(lease::check(tx, &self.leases)?)
    }

    /// Whether this node still may act, by its own monotonic clock.
    pub fn still_mine(&self) -> bool {
        !self.shards.is_empty() && self.until.as_ref().is_none_or(|until| until.still_mine())
    }
}

/// The present [`Held`], shared by the loops, and whether this program is too old to hold anything.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    held: Arc<RwLock<Held>>,
    newer: Arc<OnceLock<i64>>,
}

impl Standing {
    /// What is held now; empty when the time is over.
    pub fn now(&self) -> Held {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner).clone();
        if held.still_mine() { held } else { Held::default() }
    }

    /// The schema's version, once a newer program has changed it: this one works on nothing any more.
    pub fn outdated_by(&self) -> Option<i64> {
        self.newer.get().copied()
    }

    pub(super) fn set(&self, held: Held) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = held;
    }

    pub(super) fn retire(&self, newer: i64) {
        self.set(Held::default());
        let _ = self.newer.set(newer);
    }
}

fn shard_names() -> Vec<String> {
    (0..SHARDS).map(|shard| format!("shard/{shard:02}")).collect()
}

fn shard_of_name(name: &str) -> Option<i64> {
    name.strip_prefix("shard/")?.parse().ok()
}

/// SQLite has one server (the file lock says so): what an earlier process held is free at once.
pub(super) async fn free_the_dead(engine: &Engine) -> Result<()> {
    if engine.store.dialect() != Dialect::Sqlite {
        return Ok(());
    }
    engine
        .store
        .write(|tx| {
            tx.execute("UPDATE leases SET until_ms = 0", &[])?;
            Ok(())
        })
        .await
}

/// What a round of renewal found.
pub(super) enum Renewal {
    /// Our shards.
    Held(Held),
    /// The schema has this version, which this program does not know: everything was given back.
    Outdated(i64),
}

/// The schema's newest version this program knows.
fn known_version() -> i64 {
    MIGRATIONS.iter().map(|migration| i64::from(migration.version)).max().unwrap_or(0)
}

/// Renews what is held and takes this node's fair share of what is free; a node older than the schema gives all back.
pub(super) async fn renew(engine: &Engine) -> Result<Renewal> {
    let NodeId(node) = engine.node;
    let asked = Instant::now();
    let ttl = i64::try_from(TTL.as_millis()).unwrap_or(i64::MAX);
    let leases = engine
        .store
        .write_first(move |tx| -> Result<_> {
            let mut held = lease::renew(tx, node, ttl)?;
            let alive = format!("node/{node}");
            if !held.iter().any(|lease| lease.name == alive) {
                held.extend(lease::acquire(tx, std::slice::from_ref(&alive), node, ttl, 1)?);
            }
            let (nodes, version) = look_around(tx)?;
            if version > known_version() {
                lease::release(tx, node)?;
                return Ok(Err(version));
            }
            let share = usize::try_from(SHARDS.div_euclid(nodes.max(1)) + i64::from(SHARDS % nodes.max(1) != 0)).unwrap_or(1);
            let mine = held.iter().filter(|lease| lease.name.starts_with("shard/")).count();
            if mine < share {
                held.extend(lease::acquire(tx, &shard_names(), node, ttl, share - mine)?);
            } else if mine > share {
                // Another node came: give the surplus back, it takes them at its next round.
                let surplus: Vec<String> =
                    held.iter().filter(|l| l.name.starts_with("shard/")).skip(share).map(|l| l.name.clone()).collect();
                tx.execute("UPDATE leases SET until_ms = 0 WHERE owner = $1 AND name = ANY($2)", &params![node, &surplus])?;
                held.retain(|lease| !surplus.contains(&lease.name));
            }
            Ok(Ok(held))
        })
        .await?;
    let leases = match leases {
        Ok(leases) => leases,
        Err(newer) => return Ok(Renewal::Outdated(newer)),
    };
    let shards: Vec<_> = leases.into_iter().filter(|lease| lease.name.starts_with("shard/")).collect();
    Ok(Renewal::Held(Held {
        shards: shards.iter().filter_map(|lease| shard_of_name(&lease.name)).collect(),
        leases: shards.iter().map(|lease| (lease.name.clone(), lease.fence)).collect(),
        until: Some(Arc::new(lease::Held::new(shards, asked, TTL))),
    }))
}

/// How many nodes live, and the schema's version.
fn look_around(tx: &mut Tx<'_>) -> Result<(i64, i64)> {
    let now = tx.now_ms()?;
    let sql =
        "SELECT COUNT(*), (SELECT MAX(version) FROM schema_migrations) FROM leases WHERE name LIKE 'node/%' AND until_ms > $1";
    Ok(tx.query_one(sql, &params![now], |row| Ok((row.get(0)?, row.get::<Option<i64>>(1)?.unwrap_or(0))))?)
}

/// Gives everything back, so that another node goes on at once.
pub(super) async fn release(engine: &Engine) -> Result<()> {
    let NodeId(node) = engine.node;
    engine.standing.set(Held::default());
    engine.store.write_first(move |tx| Ok(lease::release(tx, node).map(|_| ())?)).await
}
