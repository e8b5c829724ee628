//! Live pages: the id-only change log, followed once per process and handed to every open page of the workspace.
//!
//! Rows of the log may become visible out of the order of their ids (PostgreSQL draws an id before the commit), so the
//! follower reads again what is younger than [`SETTLE`] and hands on only what it has not seen.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use engine::ids::WorkspaceId;
use futures::{Stream, StreamExt, stream};
use serde::Serialize;
use store::{Row, Store, params};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use uuid::Uuid;

use crate::app::App;

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[HIGHEST, SINCE, MISSED];

// The follower reads for all workspaces at once; each page gets its own workspace's rows only.
const HIGHEST: &str = "SELECT COALESCE(MAX(id), 0) FROM changes";
const SINCE: &str = "SELECT id, workspace_id, kind, object_id FROM changes WHERE id > $1 ORDER BY id LIMIT $2";
const MISSED: &str =
    "SELECT id, workspace_id, kind, object_id FROM changes WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $3";

/// At most four answers a second per page, and one query a quarter second per process.
const TICK: Duration = Duration::from_millis(250);
/// After this long no transaction is left that drew a smaller id.
const SETTLE: Duration = Duration::from_secs(5);
/// Rows read at once; beyond it pages are told to read everything again.
const BATCH: i64 = 2_000;
/// Changes a returning page may have missed.
const MISSED_MAX: i64 = 500;
/// A page connects again after this, so that an ended session or changed role does not listen on.
const LIFE: Duration = Duration::from_secs(10 * 60);

/// One line of the log.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    id: i64,
    workspace: WorkspaceId,
    kind: String,
    object: Uuid,
}

fn change(row: &Row<'_>) -> store::Result<Change> {
    Ok(Change { id: row.get(0)?, workspace: row.get(1)?, kind: row.get(2)?, object: row.get(3)? })
}

/// What the follower hands on.
#[derive(Clone, Debug)]
enum News {
    Changes(Arc<Vec<Change>>),
    /// Too much happened to name it.
    Resync(i64),
}

/// Hands the log to the pages. The follower runs while somebody listens.
pub struct Hub {
    store: Store,
    news: RwLock<Option<broadcast::WeakSender<News>>>,
}

impl Hub {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, news: RwLock::new(None) }
    }

    fn listen(&self) -> broadcast::Receiver<News> {
        let mut slot = self.news.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = slot.as_ref().and_then(broadcast::WeakSender::upgrade)
            && sender.receiver_count() > 0
        {
            return sender.subscribe();
        }
        let (sender, receiver) = broadcast::channel(64);
        *slot = Some(sender.downgrade());
        tokio::spawn(follow(self.store.clone(), sender));
        receiver
    }
}

/// Which rows were handed on, and up to where the log need not be read again.
struct Progress {
    /// Every row up to here has settled.
    floor: i64,
    /// Rows above it, and when each was first seen.
    seen: BTreeMap<i64, Instant>,
}

impl Progress {
    /// The rows not seen before. Moves the floor past those first seen longer than [`SETTLE`] ago.
    fn fresh(&mut self, rows: Vec<Change>, now: Instant) -> Vec<Change> {
        let fresh = rows.into_iter().filter(|row| match self.seen.entry(row.id) {
            // The first sighting counts, or a row read again would never settle.
            Entry::Occupied(_) => false,
            Entry::Vacant(slot) => {
                slot.insert(now);
                true
            }
        });
        let fresh = fresh.collect();
        while let Some(first) = self.seen.first_entry().filter(|first| *first.get() + SETTLE <= now) {
            self.floor = *first.key();
            first.remove();
        }
        fresh
    }
}

/// Reads the log until nobody listens.
async fn follow(store: Store, news: broadcast::Sender<News>) {
    let mut progress: Option<Progress> = None;
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while news.receiver_count() > 0 {
        ticks.tick().await;
        // While the database is away pages simply hear nothing.
        let Some(known) = &mut progress else {
            progress = highest(&store).await.ok().map(|floor| Progress { floor, seen: BTreeMap::new() });
            continue;
        };
        let Ok(rows) = since(&store, known.floor).await else { continue };
        if rows.len() < usize::try_from(BATCH).unwrap_or(usize::MAX) {
            let fresh = known.fresh(rows, Instant::now());
            if !fresh.is_empty() {
                let _ = news.send(News::Changes(Arc::new(fresh)));
            }
        } else if let Ok(top) = highest(&store).await {
            *known = Progress { floor: top, seen: BTreeMap::new() };
            let _ = news.send(News::Resync(top));
        }
    }
}

async fn highest(store: &Store) -> engine::Result<i64> {
    store.read(|tx| Ok(tx.query_one(HIGHEST, &params![], |row| row.get(0))?)).await
}

async fn since(store: &Store, floor: i64) -> engine::Result<Vec<Change>> {
    store.read(move |tx| Ok(tx.query(SINCE, &params![floor, BATCH], change)?)).await
}

#[derive(Serialize)]
struct Named<'a> {
    kind: &'a str,
    id: Uuid,
}

/// One SSE message about what changed in `workspace`, or none.
fn message<'a>(changes: impl Iterator<Item = &'a Change>, workspace: WorkspaceId) -> Option<Event> {
    let mut last = 0;
    let mut named: BTreeSet<(&str, Uuid)> = BTreeSet::new();
    for change in changes.filter(|change| change.workspace == workspace) {
        last = last.max(change.id);
        named.insert((&change.kind, change.object));
    }
    if named.is_empty() {
        return None;
    }
    let changes: Vec<Named<'_>> = named.into_iter().map(|(kind, id)| Named { kind, id }).collect();
    let data = serde_json::json!({ "changes": changes }).to_string();
    Some(Event::default().event("changes").id(last.to_string()).data(data))
}

fn resync(id: i64) -> Event {
    Event::default().event("resync").id(id.to_string()).data("{}")
}

/// The stream of one page. `after` is where it left off.
pub(crate) async fn stream(
    app: &App,
    workspace: WorkspaceId,
    after: Option<i64>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    // Listening begins before the past is read: what happens in between comes twice rather than never.
    let news = BroadcastStream::new(app.hub.listen());
    let first = match after {
        Some(after) => missed(app, workspace, after).await,
        None => None,
    };
    let later = news.filter_map(move |news| async move {
        match news {
            Ok(News::Changes(changes)) => message(changes.iter(), workspace),
            Ok(News::Resync(id)) => Some(resync(id)),
            // The page was too slow for its queue.
            Err(_) => Some(resync(0)),
        }
    });
    let opening = stream::iter([Some(Event::default().comment("open").retry(Duration::from_secs(2))), first])
        .filter_map(|event| async { event });
    let events = opening.chain(later).map(Ok).take_until(tokio::time::sleep(LIFE));
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)).text("ping"))
}

async fn missed(app: &App, workspace: WorkspaceId, after: i64) -> Option<Event> {
    let rows = app.read(move |tx| Ok(tx.query(MISSED, &params![workspace, after, MISSED_MAX], change)?)).await;
    match rows {
        Ok(rows) if rows.len() < usize::try_from(MISSED_MAX).unwrap_or(usize::MAX) => message(rows.iter(), workspace),
        _ => Some(resync(after)),
    }
}

/// Where a page left off: the header browsers send, or `after` in the query.
pub(crate) fn last_event_id(headers: &HeaderMap, query: Option<i64>) -> Option<i64> {
    headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|id| id.parse().ok()).or(query)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64) -> Change {
        Change { id, workspace: WorkspaceId::nil(), kind: "tag".into(), object: Uuid::nil() }
    }

    #[test]
    fn rows_come_once_and_settle_though_they_are_read_again() {
        let (mut progress, start) = (Progress { floor: 0, seen: BTreeMap::new() }, Instant::now());
        assert_eq!(progress.fresh(vec![row(1), row(3)], start), [row(1), row(3)]);
        // A smaller id that was committed later still comes.
        let later = start + SETTLE / 2;
        assert_eq!(progress.fresh(vec![row(1), row(2), row(3)], later), [row(2)]);
        assert_eq!(progress.floor, 0);
        assert_eq!(progress.fresh(vec![row(1), row(2), row(3)], start + SETTLE), []);
        assert_eq!(progress.floor, 1, "2 is younger, so the log is read from there again");
        assert_eq!(progress.fresh(vec![row(2), row(3)], later + SETTLE), []);
        assert_eq!((progress.floor, progress.seen.len()), (3, 0));
    }
}
