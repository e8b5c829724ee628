//! Counting: clicks of people we know, written with the events that tell of them, and visits that tell of nobody.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use store::{Insert, Store, Tx, params};
use uuid::Uuid;

use crate::clock::Clock;
use crate::ids::{ContactId, LinkId, WorkspaceId};
use crate::{Result, insight};

const CLICKS: Insert = Insert {
    table: "link_clicks",
    columns: &["workspace_id", "cause_id", "link_id", "contact_id", "first_at", "last_at", "count"],
    conflict: "ON CONFLICT (workspace_id, cause_id, link_id, contact_id) DO UPDATE SET
      first_at = CASE WHEN excluded.first_at < link_clicks.first_at THEN excluded.first_at ELSE link_clicks.first_at END,
      last_at = CASE WHEN excluded.last_at > link_clicks.last_at THEN excluded.last_at ELSE link_clicks.last_at END,
      count = link_clicks.count + excluded.count",
};
const VISITS: Insert = Insert {
    table: "link_visits",
    columns: &["workspace_id", "link_id", "cause_id", "day", "kind", "count"],
    conflict: "ON CONFLICT (workspace_id, link_id, cause_id, day, kind) DO UPDATE SET count = link_visits.count + excluded.count",
};
const CLICKS_OF_CAUSE: &str = "SELECT COUNT(DISTINCT contact_id), CAST(COALESCE(SUM(count), 0) AS BIGINT) FROM link_clicks
    WHERE workspace_id = $1 AND cause_id = $2";
const VISITS_OF_CAUSE: &str = "SELECT kind, CAST(SUM(count) AS BIGINT) FROM link_visits
    WHERE workspace_id = $1 AND cause_id = $2 GROUP BY kind";
const CLICKS_OF_LINKS: &str = "SELECT link_id, COUNT(DISTINCT contact_id), CAST(SUM(count) AS BIGINT) FROM link_clicks
    WHERE workspace_id = $1 AND link_id = ANY($2) GROUP BY link_id";
const VISITS_OF_LINKS: &str = "SELECT link_id, kind, CAST(SUM(count) AS BIGINT) FROM link_visits
    WHERE workspace_id = $1 AND link_id = ANY($2) GROUP BY link_id, kind";

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[CLICKS_OF_CAUSE, VISITS_OF_CAUSE, CLICKS_OF_LINKS, VISITS_OF_LINKS];

/// A person opened a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Click {
    /// Tenant.
    pub workspace: WorkspaceId,
    /// What had sent it; nil when unknown.
    pub cause: Uuid,
    /// Which.
    pub link: LinkId,
    /// Who.
    pub contact: ContactId,
    /// When, Unix ms.
    pub at: i64,
}

/// The key of a row of `link_clicks`.
type Key = (WorkspaceId, Uuid, LinkId, ContactId);

/// Writes clicks. Several of one person become one row, for a statement must not bring a key twice; rows go in key order,
/// so that two nodes never wait for each other's.
///
/// # Errors
/// The database's.
pub fn record(tx: &mut Tx<'_>, clicks: &[Click], now: i64) -> Result<()> {
    let mut rows: BTreeMap<Key, (i64, i64, i64)> = BTreeMap::new();
    for click in clicks {
        let row = rows.entry((click.workspace, click.cause, click.link, click.contact)).or_insert((click.at, click.at, 0));
        *row = (row.0.min(click.at), row.1.max(click.at), row.2 + 1);
    }
    let row =
        |((workspace, cause, link, contact), (first, last, count))| params![workspace, cause, link, contact, first, last, count];
    tx.insert_many(&CLICKS, rows.into_iter().map(row))?;
    let mut openings: BTreeMap<WorkspaceId, Vec<(Uuid, Option<ContactId>, i64)>> = BTreeMap::new();
    for click in clicks {
        openings.entry(click.workspace).or_default().push((click.cause, Some(click.contact), 1));
    }
    openings.iter().try_for_each(|(workspace, openings)| insight::clicked(tx, *workspace, openings, now))
}

/// What became of links.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = LinkFigures)]
pub struct Figures {
    /// People who opened one.
    pub people: i64,
    /// How often they did.
    pub clicks: i64,
    /// Openings of which nobody knows whose: shared links, links passed on without a reference.
    pub unknown: i64,
    /// Robots and apps that looked ahead; no person did.
    pub prefetch: i64,
}

impl Figures {
    fn add(&mut self, kind: &str, count: i64) {
        match kind {
            "prefetch" => self.prefetch += count,
            _ => self.unknown += count,
        }
    }
}

/// Of everything that one broadcast, journey or rule sent.
///
/// # Errors
/// The database's.
pub fn of_cause(tx: &mut Tx<'_>, workspace: WorkspaceId, cause: Uuid) -> Result<Figures> {
    let (people, clicks) = tx.query_one(CLICKS_OF_CAUSE, &params![workspace, cause], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut figures = Figures { people, clicks, ..Figures::default() };
    for (kind, count) in
        tx.query(VISITS_OF_CAUSE, &params![workspace, cause], |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?)))?
    {
        figures.add(&kind, count);
    }
    Ok(figures)
}

/// Of each of these links, whatever sent it.
///
/// # Errors
/// The database's.
pub fn of_links(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    links: impl IntoIterator<Item = LinkId>,
) -> Result<HashMap<LinkId, Figures>> {
    let ids: Vec<Uuid> = links.into_iter().map(|link| link.0).collect();
    let mut figures: HashMap<LinkId, Figures> = HashMap::new();
    for (link, people, clicks) in
        tx.query(CLICKS_OF_LINKS, &params![workspace, &ids], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
    {
        figures.insert(link, Figures { people, clicks, ..Figures::default() });
    }
    for (link, kind, count) in tx.query(VISITS_OF_LINKS, &params![workspace, &ids], |row| {
        Ok((row.get::<LinkId>(0)?, row.get::<String>(1)?, row.get::<i64>(2)?))
    })? {
        figures.entry(link).or_default().add(&kind, count);
    }
    Ok(figures)
}

/// A visit that tells of nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Visit {
    /// Tenant.
    pub workspace: WorkspaceId,
    /// Which link.
    pub link: LinkId,
    /// What had sent it; nil when unknown.
    pub cause: Uuid,
    /// The day, counted from 1970-01-01 in UTC.
    pub day: i64,
    /// Why nobody.
    pub kind: VisitKind,
}

/// Why a visit tells of nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VisitKind {
    /// The address did not say who.
    Unknown,
    /// A robot, or an app that looks ahead.
    Prefetch,
}
crate::column::column_words!(VisitKind { Unknown => "unknown", Prefetch => "prefetch" });

/// A day in ms, for [`Visit::day`].
pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Counts visits beside the answer. While one write runs, what comes gathers for the next; nobody waits for it. What is
/// not written when the process dies is lost: these are figures, no promises.
#[derive(Clone)]
pub struct Visits {
    store: Store,
    clock: Clock,
    gathered: Arc<Mutex<Gathered>>,
}

#[derive(Default)]
struct Gathered {
    counts: BTreeMap<Visit, i64>,
    writing: bool,
}

/// Different counters that may wait; links and causes are signed or in the database, so more are never seen.
const GATHERED_MAX: usize = 50_000;

impl Visits {
    /// Into this store.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, gathered: Arc::default() }
    }

    /// Counts one. Must be called on the runtime.
    pub fn count(&self, visit: Visit) {
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        if gathered.counts.len() >= GATHERED_MAX && !gathered.counts.contains_key(&visit) {
            metrics::counter!("link_visits_dropped").increment(1);
            return;
        }
        *gathered.counts.entry(visit).or_default() += 1;
        if !gathered.writing {
            gathered.writing = true;
            tokio::spawn(self.clone().write_all());
        }
    }

    async fn write_all(self) {
        while let Some(counts) = self.take() {
            let now = self.clock.now_ms();
            let written = self.store.write(move |tx| write(tx, &counts, now)).await;
            if let Err(error) = written {
                tracing::warn!(%error, "visits of links were not counted");
            }
        }
    }

    fn take(&self) -> Option<BTreeMap<Visit, i64>> {
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = std::mem::take(&mut gathered.counts);
        gathered.writing = !counts.is_empty();
        gathered.writing.then_some(counts)
    }
}

fn write(tx: &mut Tx<'_>, counts: &BTreeMap<Visit, i64>, now: i64) -> Result<()> {
    let row = |(visit, count): (&Visit, &i64)| params![visit.workspace, visit.link, visit.cause, visit.day, visit.kind, *count];
    tx.insert_many(&VISITS, counts.iter().map(row))?;
    let mut openings: BTreeMap<WorkspaceId, Vec<(Uuid, Option<ContactId>, i64)>> = BTreeMap::new();
    for (visit, count) in counts.iter().filter(|(visit, _)| visit.kind == VisitKind::Unknown) {
        openings.entry(visit.workspace).or_default().push((visit.cause, None, *count));
    }
    openings.iter().try_for_each(|(workspace, openings)| insight::clicked(tx, *workspace, openings, now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::MIGRATIONS;
    use store::testing::both;

    fn click(cause: u128, link: u128, contact: u128, at: i64) -> Click {
        let id = Uuid::from_u128;
        Click { workspace: WorkspaceId(id(1)), cause: id(cause), link: LinkId(id(link)), contact: ContactId(id(contact)), at }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn clicks_of_one_person_are_one_row() {
        both(MIGRATIONS, async |_, store| {
            let workspace = WorkspaceId(Uuid::from_u128(1));
            let first = [click(5, 7, 9, 30), click(5, 7, 9, 10), click(5, 8, 9, 10), click(6, 7, 9, 10)];
            store.write(move |tx| record(tx, &first, 40)).await.unwrap();
            store.write(move |tx| record(tx, &[click(5, 7, 9, 20), click(5, 7, 10, 40)], 40)).await.unwrap();
            let (cause, links, row) = store
                .read(move |tx| {
                    let links = of_links(tx, workspace, [7, 8, 99].map(|n| LinkId(Uuid::from_u128(n))))?;
                    let row: (i64, i64, i64) = tx.query_one(
                        "SELECT first_at, last_at, count FROM link_clicks
                         WHERE workspace_id = $1 AND cause_id = $2 AND link_id = $3 AND contact_id = $4",
                        &params![workspace, Uuid::from_u128(5), Uuid::from_u128(7), Uuid::from_u128(9)],
                        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                    )?;
                    Ok::<_, crate::Error>((of_cause(tx, workspace, Uuid::from_u128(5))?, links, row))
                })
                .await
                .unwrap();
            assert_eq!(row, (10, 30, 3));
            assert_eq!(cause, Figures { people: 2, clicks: 5, ..Figures::default() });
            assert_eq!(links[&LinkId(Uuid::from_u128(7))], Figures { people: 2, clicks: 5, ..Figures::default() });
            assert_eq!(links[&LinkId(Uuid::from_u128(8))].clicks, 1);
            assert_eq!(links.len(), 2);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn visits_are_gathered_and_none_is_lost() {
        both(MIGRATIONS, async |_, store| {
            let visits = Visits::new(store.clone(), Clock::frozen(0));
            let id = Uuid::from_u128;
            let visit = |day, kind| Visit { workspace: WorkspaceId(id(1)), link: LinkId(id(7)), cause: id(5), day, kind };
            for n in 0..300 {
                visits.count(visit(n % 3, if n % 10 == 0 { VisitKind::Prefetch } else { VisitKind::Unknown }));
            }
            while visits.gathered.lock().unwrap().writing {
                tokio::task::yield_now().await;
            }
            let figures = store.read(move |tx| of_cause(tx, WorkspaceId(id(1)), id(5))).await.unwrap();
            assert_eq!(figures, Figures { people: 0, clicks: 0, unknown: 270, prefetch: 30 });
        })
        .await;
    }
}
