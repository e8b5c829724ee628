//! Writing down what LINE answered: many results, one transaction.
//!
//! What LINE took is written by whoever learnt it. Everything that lets a message go again under a new key is written
//! only under the fences of our shards: a node that slept past its lease must not queue again what its successor has
//! sent. Such results wait until the shard is known to be ours or lost.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use store::{Insert, Store, Tx, params};
use tokio::sync::{Notify, mpsc};
use uuid::Uuid;

use super::dispatch::{Dispatcher, Parked};
use super::outcome::Decision;
use super::request::Done;
use super::{CauseKind, Endpoint, Lane, Reason, Request, db, quota};
use crate::ids::{ChannelId, TaskId, WorkspaceId};
use crate::insight::{Metric, SendKind, Tally};
use crate::runtime::Held;
use crate::task::{NewTask, TaskKind};
use crate::{Result, broadcast, crash, task};

/// Results in one transaction at most.
const BATCH: usize = 512;

/// What the recorder works with.
#[derive(Clone)]
pub(super) struct Recorder {
    pub store: Store,
    pub dispatcher: Dispatcher,
    /// The newest standing the loops gave.
    pub held: Arc<RwLock<Held>>,
    /// Contacts are free again, requests have room again.
    pub wake: [Arc<Notify>; 2],
}

/// What became of a batch.
#[derive(Default)]
struct Written {
    /// Results that may be forgotten.
    done: Vec<Done>,
    /// Open, waiting for LINE's month.
    parked: Vec<Done>,
    /// Tried again by the dispatcher already.
    again: usize,
    /// Not written: the shard's fence is in doubt.
    deferred: Vec<Done>,
    /// In place of refused ones.
    fresh: Vec<Request>,
    /// For the day's figures.
    tally: Tally,
}

impl Recorder {
    /// Runs until the dispatcher is gone.
    pub(super) async fn run(self, mut results: mpsc::UnboundedReceiver<Done>) {
        let mut batch = Vec::new();
        while results.recv_many(&mut batch, BATCH).await > 0 {
            let mut waiting: Vec<Done> = std::mem::take(&mut batch);
            while !waiting.is_empty() {
                waiting = self.record(waiting).await;
                if !waiting.is_empty() {
                    // The loops learn of a lost shard within seconds; what LINE took meanwhile must not wait behind.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    let room = BATCH.saturating_sub(waiting.len());
                    while waiting.len() < room
                        && let Ok(next) = results.try_recv()
                    {
                        waiting.push(next);
                    }
                }
            }
        }
    }

    /// Writes a batch; answers with what has to wait.
    async fn record(&self, batch: Vec<Done>) -> Vec<Done> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner).clone();
        let batch = Arc::new(batch);
        let (given, standing) = (batch.clone(), held.clone());
        let written = self.store.write(move |tx| write(tx, &given, &standing)).await;
        match written {
            Ok(written) => {
                if written.fresh.iter().any(|request| request.span.is_some()) {
                    crash::point("split");
                }
                self.settle(written)
            }
            Err(error) => {
                tracing::warn!(%error, results = batch.len(), "LINE's answers could not be written yet");
                Arc::unwrap_or_clone(batch)
            }
        }
    }

    fn settle(&self, written: Written) -> Vec<Done> {
        // The new ones first, so that work never looks finished in between.
        self.dispatcher.take(written.fresh);
        for done in &written.done {
            self.dispatcher.forget(&done.request);
        }
        for done in written.parked {
            self.dispatcher.park(done.request, Parked::Quota);
            self.dispatcher.unbusy();
        }
        for _ in 0..written.again {
            self.dispatcher.unbusy();
        }
        self.wake.iter().for_each(|loops| loops.notify_one());
        let (wait, lost): (Vec<Done>, Vec<Done>) =
            written.deferred.into_iter().partition(|done| self.dispatcher.is_ours(done.request.shard));
        for done in lost {
            // Another node owns it now and asks LINE again with the same key.
            crash::point("lease_lost");
            self.dispatcher.forget(&done.request);
        }
        wait
    }
}

const OPEN_OF: &str =
    "SELECT id FROM requests WHERE workspace_id = $1 AND id = ANY($2) AND state = 'open' ORDER BY id FOR UPDATE";
const END: &str = "UPDATE requests SET state = $3, attempts = $4, status = $5, error = $6, line_request_id = $7, done_at = $8
    WHERE workspace_id = $1 AND id = $2 AND state = 'open'";
const NOTE: &str = "UPDATE requests SET attempts = $3, status = $4, error = $5
    WHERE workspace_id = $1 AND id = $2 AND state = 'open'";
const HOLD: &str = "UPDATE requests SET attempts = $3, status = $4, error = $5, next_attempt_at = $6
    WHERE workspace_id = $1 AND id = $2 AND state = 'open'";
const DELIVERIES: &str = "UPDATE deliveries SET state = $3, reason = $4, done_at = $5
    WHERE workspace_id = $1 AND request_id = ANY($2) AND state = 'sending'";
const QUEUE_AGAIN: &str = "UPDATE deliveries SET state = 'queued', request_id = NULL, reply_token = NULL, reply_until = NULL
    WHERE workspace_id = $1 AND request_id = ANY($2) AND state = 'sending'";
const UNSEND: &str = "DELETE FROM contact_sends WHERE workspace_id = $1 AND contact_id = $2 AND at = $3 AND request_id = $4";
const CONVERSATIONS: &str = "SELECT DISTINCT contact_id FROM deliveries WHERE workspace_id = $1 AND request_id = ANY($2)";
const CAUSES: &str = "SELECT request_id, cause_kind, cause_id FROM deliveries WHERE workspace_id = $1 AND request_id = ANY($2)";
const NOTICE: &str = "INSERT INTO channel_notes (workspace_id, channel_id, kind, count, last_at, detail)
    VALUES ($1, $2, 'monthly_limit', 1, $3, $4)
    ON CONFLICT (workspace_id, channel_id, kind)
    DO UPDATE SET count = channel_notes.count + 1, last_at = excluded.last_at, detail = excluded.detail";
const CHANGES: Insert = Insert { table: "changes", columns: &["workspace_id", "kind", "object_id", "at"], conflict: "" };

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[OPEN_OF, END, NOTE, HOLD, DELIVERIES, QUEUE_AGAIN, UNSEND, CONVERSATIONS, CAUSES, NOTICE];

/// Whether a result may be written without a fence: it tells what happened and lets nothing go again.
fn is_history(decision: &Decision) -> bool {
    matches!(decision, Decision::Accepted { .. } | Decision::Again { .. })
}

fn write(tx: &mut Tx<'_>, batch: &[Done], held: &Held) -> Result<Written> {
    let fenced = match held.check(tx) {
        Ok(()) => true,
        Err(crate::Error::Store(store::Error::LeaseLost { .. })) => false,
        Err(error) => return Err(error),
    };
    let mut written = Written::default();
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<&Done>> = BTreeMap::new();
    for done in batch {
        if is_history(&done.decision) || (fenced && held.shards.contains(&done.request.shard)) {
            by_workspace.entry(done.request.workspace).or_default().push(done);
        } else {
            written.deferred.push(done.clone());
        }
    }
    for (workspace, results) in by_workspace {
        let ids: Vec<Uuid> = results.iter().map(|done| done.request.id.0).collect();
        let open = tx.query(OPEN_OF, &params![workspace, ids], |row| row.get::<Uuid>(0))?;
        let open: HashSet<Uuid> = open.into_iter().collect();
        let mut page =
            Page { workspace, written: &mut written, ended: BTreeMap::new(), changes: BTreeSet::new(), quota: BTreeMap::new() };
        for done in results {
            match open.contains(&done.request.id.0) {
                true => page.one(tx, done)?,
                false => page.ended_already(done),
            }
        }
        page.finish(tx)?;
    }
    // Figures last: other nodes add to the same rows.
    let at = batch.iter().map(|done| done.at).max().unwrap_or(0);
    std::mem::take(&mut written.tally).write(tx, at)?;
    Ok(written)
}

/// How the deliveries of requests end, for one statement each.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Accepted,
    Failed(Reason),
    Refused(Reason),
    Unknown,
    Queued,
}

/// One workspace's part of a batch.
struct Page<'a> {
    workspace: WorkspaceId,
    written: &'a mut Written,
    ended: BTreeMap<End, Vec<Done>>,
    changes: BTreeSet<(&'static str, Uuid)>,
    quota: BTreeMap<(ChannelId, i64), i64>,
}

impl Page<'_> {
    /// Somebody has written its end; a repeat under way finds that out by itself.
    fn ended_already(&mut self, done: &Done) {
        match done.decision {
            Decision::Again { .. } => self.written.again += 1,
            _ => self.written.done.push(done.clone()),
        }
    }

    fn one(&mut self, tx: &mut Tx<'_>, done: &Done) -> Result<()> {
        match &done.decision {
            Decision::Again { .. } => {
                self.note(tx, done)?;
                self.written.again += 1;
                return Ok(());
            }
            Decision::Accepted { .. } => self.end(End::Accepted, done),
            Decision::Failed(reason) => self.end(End::Failed(*reason), done),
            Decision::Refused(reason) => self.end(End::Refused(*reason), done),
            Decision::Unknown => self.end(End::Unknown, done),
            Decision::Requeue if done.request.span.is_some() => self.replace(tx, done, vec![done.request.rekeyed(done.at)])?,
            Decision::Requeue => self.end(End::Queued, done),
            Decision::Hold { doubt } => {
                self.exhausted(tx, done)?;
                if done.request.span.is_some() || *doubt || done.request.endpoint == Endpoint::Broadcast {
                    self.hold(tx, done)?;
                    return Ok(());
                }
                // Certainly not taken: it waits in the outbox, where the guard looks at it again.
                self.end(End::Queued, done);
            }
            Decision::Split(cut) => match broadcast::ledger::split(tx, &done.request, *cut, done.at)? {
                Some(parts) => self.replace(tx, done, parts)?,
                None => self.end(End::Failed(Reason::LineRefused), done),
            },
        }
        self.written.done.push(done.clone());
        Ok(())
    }

    fn end(&mut self, end: End, done: &Done) {
        if matches!(end, End::Failed(_) | End::Refused(_) | End::Queued) {
            self.give_back(&done.request, done.request.recipients);
        }
        self.ended.entry(end).or_default().push(done.clone());
    }

    fn note(&self, tx: &mut Tx<'_>, done: &Done) -> Result<()> {
        let Done { request, said, .. } = done;
        tx.execute(NOTE, &params![self.workspace, request.id, request.attempts, said.status, said.error.as_str()])?;
        Ok(())
    }

    /// The month is full by LINE's word: marketing pauses, staff are told, LINE's figures are asked for.
    fn exhausted(&mut self, tx: &mut Tx<'_>, done: &Done) -> Result<()> {
        let (workspace, channel, now) = (self.workspace, done.request.channel, done.at);
        if !self.changes.insert(("channel", channel.0)) {
            return Ok(());
        }
        // Broadcasts before quotas, as fixing locks them.
        broadcast::ledger::pause_for_quota(tx, workspace, channel, now)?;
        quota::exhaust(tx, workspace, channel, quota::month_of(now), now)?;
        tx.execute(NOTICE, &params![workspace, channel, now, done.said.error.as_str()])?;
        let look = NewTask {
            id: TaskId::new(now),
            workspace,
            kind: TaskKind::Quota,
            key: channel.to_string(),
            payload: serde_json::json!({ "channel": channel }),
            due_at: now + super::fix::QUOTA_WAIT_MS,
        };
        task::db::queue(tx, &[look], now)?;
        Ok(())
    }

    fn hold(&mut self, tx: &mut Tx<'_>, done: &Done) -> Result<()> {
        let Done { request, said, at, .. } = done;
        let next = (at + super::fix::QUOTA_WAIT_MS).min(request.not_after + 1);
        tx.execute(HOLD, &params![self.workspace, request.id, request.attempts, said.status, said.error.as_str(), next])?;
        self.written.parked.push(done.clone());
        Ok(())
    }

    /// A definite refusal: the old key is dead, others take its place.
    fn replace(&mut self, tx: &mut Tx<'_>, done: &Done, parts: Vec<Request>) -> Result<()> {
        let carried: i64 = parts.iter().map(|request| request.recipients).sum();
        self.tell(Metric::Failed, SendKind::Broadcast, &done.request, done.request.recipients - carried);
        self.close(tx, std::slice::from_ref(done), "split")?;
        db::insert_requests(tx, &parts, done.at)?;
        self.give_back(&done.request, done.request.recipients - carried);
        if let Some(span) = done.request.span {
            self.changes.insert(("broadcast", span.broadcast.0));
        }
        self.written.fresh.extend(parts);
        Ok(())
    }

    fn tell(&mut self, metric: Metric, kind: SendKind, request: &Request, recipients: i64) {
        self.written.tally.sent((self.workspace, request.channel), metric, kind, recipients);
    }

    fn give_back(&mut self, request: &Request, recipients: i64) {
        if request.quota_month != 0 {
            *self.quota.entry((request.channel, request.quota_month)).or_default() -= recipients;
        }
    }

    fn close(&self, tx: &mut Tx<'_>, results: &[Done], state: &str) -> Result<()> {
        tx.execute_many(
            END,
            results.iter().map(|done| {
                let Done { request, said, at, .. } = done;
                let (error, id) = match &done.decision {
                    Decision::Accepted { line_request_id, inferred } => {
                        (inferred.then_some("inferred from the used reply token"), line_request_id.as_deref())
                    }
                    _ => (Some(said.error.as_str()).filter(|error| !error.is_empty()), said.line_request_id.as_deref()),
                };
                params![self.workspace, request.id, state, request.attempts, said.status, error, id, *at]
            }),
        )?;
        Ok(())
    }

    fn finish(mut self, tx: &mut Tx<'_>) -> Result<()> {
        // Quotas before the ledger's shards, as fixing locks them.
        for ((channel, month), recipients) in std::mem::take(&mut self.quota) {
            quota::reserve(tx, self.workspace, channel, month, recipients)?;
        }
        for (end, results) in std::mem::take(&mut self.ended) {
            let state = match end {
                End::Accepted => "accepted",
                End::Failed(_) | End::Refused(_) | End::Queued => "failed",
                End::Unknown => "unknown",
            };
            self.close(tx, &results, state)?;
            let (ledger, outbox): (Vec<Done>, Vec<Done>) = results.into_iter().partition(|done| done.request.span.is_some());
            self.end_ledger(tx, end, &ledger)?;
            self.end_outbox(tx, end, &outbox)?;
        }
        let at = self.written.done.last().or(self.written.parked.last()).map_or(0, |done| done.at);
        tx.insert_many(&CHANGES, self.changes.iter().map(|(kind, id)| params![self.workspace, *kind, *id, at]))?;
        Ok(())
    }

    fn end_outbox(&mut self, tx: &mut Tx<'_>, end: End, results: &[Done]) -> Result<()> {
        let Some(last) = results.last() else { return Ok(()) };
        let ids: Vec<Uuid> = results.iter().map(|done| done.request.id.0).collect();
        let kinds = self.note_changes(tx, results, &ids)?;
        for request in results.iter().map(|done| &done.request) {
            if let Some(metric) = metric_of(end, request) {
                let kind = kinds.get(&request.id.0).copied().unwrap_or(SendKind::Other);
                self.tell(metric, kind, request, request.recipients);
            }
        }
        let (state, reason) = match end {
            End::Accepted => ("accepted", None),
            End::Failed(reason) => ("failed", Some(reason)),
            End::Refused(reason) => ("refused", Some(reason)),
            End::Unknown => ("unknown", None),
            End::Queued => {
                tx.execute(QUEUE_AGAIN, &params![self.workspace, &ids])?;
                return self.unsend(tx, results);
            }
        };
        tx.execute(DELIVERIES, &params![self.workspace, &ids, state, reason, last.at])?;
        match end {
            End::Failed(_) | End::Refused(_) => self.unsend(tx, results),
            _ => Ok(()),
        }
    }

    /// What the customer did not hear does not count against the cap.
    fn unsend(&self, tx: &mut Tx<'_>, results: &[Done]) -> Result<()> {
        let gone = results.iter().filter_map(|done| Some((done.request.contact?, &done.request)));
        tx.execute_many(UNSEND, gone.map(|(contact, r)| params![self.workspace, contact, r.first_attempt_at, r.id]))?;
        Ok(())
    }

    fn end_ledger(&mut self, tx: &mut Tx<'_>, end: End, results: &[Done]) -> Result<()> {
        let requests: Vec<&Request> = results.iter().map(|done| &done.request).collect();
        let at = results.last().map_or(0, |done| done.at);
        match end {
            End::Accepted => broadcast::ledger::count(tx, &requests, broadcast::ledger::Counter::Accepted)?,
            End::Unknown => broadcast::ledger::count(tx, &requests, broadcast::ledger::Counter::Unknown)?,
            End::Failed(reason) => broadcast::ledger::except(tx, &requests, ("failed", reason), at)?,
            End::Refused(reason) => broadcast::ledger::except(tx, &requests, ("refused", reason), at)?,
            End::Queued => {}
        }
        for request in requests {
            if let Some(metric) = metric_of(end, request) {
                self.tell(metric, SendKind::Broadcast, request, request.recipients);
            }
            if let Some(span) = request.span {
                self.changes.insert(("broadcast", span.broadcast.0));
            }
        }
        Ok(())
    }

    /// Pages that show these deliveries: the talk of who was answered, the シナリオ. Answers what each request says, as
    /// staff know it.
    fn note_changes(&mut self, tx: &mut Tx<'_>, results: &[Done], ids: &[Uuid]) -> Result<HashMap<Uuid, SendKind>> {
        let talks: Vec<Uuid> =
            results.iter().filter(|done| done.request.lane == Lane::Chat).map(|done| done.request.id.0).collect();
        if !talks.is_empty() {
            let contacts = tx.query(CONVERSATIONS, &params![self.workspace, talks], |row| row.get::<Uuid>(0))?;
            self.changes.extend(contacts.into_iter().map(|contact| ("conversation", contact)));
        }
        let causes = tx.query(CAUSES, &params![self.workspace, ids], |row| {
            Ok((row.get::<Uuid>(0)?, row.get::<CauseKind>(1)?, row.get::<Uuid>(2)?))
        })?;
        let journeys = causes.iter().filter(|(_, kind, _)| *kind == CauseKind::Journey);
        self.changes.extend(journeys.map(|(.., journey)| ("journey", *journey)));
        let mut kinds: HashMap<Uuid, SendKind> = HashMap::new();
        for (request, kind, _) in causes {
            let kind = SendKind::from(kind);
            kinds.entry(request).and_modify(|known| *known = kind.min(*known)).or_insert(kind);
        }
        Ok(kinds)
    }
}

/// What the end of a request counts as; nothing while it goes again.
fn metric_of(end: End, request: &Request) -> Option<Metric> {
    match end {
        End::Accepted if request.quota_month != 0 => Some(Metric::Paid),
        End::Accepted => Some(Metric::Free),
        End::Failed(_) => Some(Metric::Failed),
        End::Refused(_) => Some(Metric::Refused),
        End::Unknown => Some(Metric::Unknown),
        End::Queued => None,
    }
}
