//! The loop's side of the outbox: fixing what is due, a start, a takeover, a stop.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures::future::BoxFuture;
use line::client::{Client, Doubt, NoAnswer, Outcome};
use store::Store;
use tokio::sync::{Mutex, MutexGuard, mpsc};

use super::dispatch::{Dispatcher, Key, Outlet};
use super::fix::{self, Fixed, Order};
use super::results::Recorder;
use super::{Endpoint, Request, db, quota};
use crate::clock::Clock;
use crate::engine::{Hints, RateScale, Settings};
use crate::ids::{ChannelId, WorkspaceId};
use crate::runtime::{Held, Turn};
use crate::workspace::{Catalogs, Tokens};
use crate::{Error, Result, crash};

/// How long a stop waits for calls on the wire.
const DRAIN: Duration = Duration::from_secs(8);

/// The outbox's way to LINE. Cheap to clone.
#[derive(Clone)]
pub struct Delivery {
    store: Store,
    clock: Clock,
    catalogs: Catalogs,
    dispatcher: Dispatcher,
    held: Arc<RwLock<Held>>,
    /// One fix transaction of this node at a time: the outbox and the broadcasts read the same caps.
    fixing: Arc<Mutex<()>>,
    /// Set when a commit's fate is unknown: requests may stand in the database that memory does not know.
    reload: Arc<AtomicBool>,
}

impl Delivery {
    /// Starts the dispatcher and the recorder of results.
    pub fn new(
        store: &Store,
        clock: &Clock,
        catalogs: &Catalogs,
        tokens: &Tokens,
        line: &Arc<Client>,
        settings: &Settings,
        hints: &Hints,
    ) -> Self {
        let outlet = Arc::new(LineOutlet { line: line.clone(), catalogs: catalogs.clone(), tokens: tokens.clone() });
        Self::with_outlet(store, clock, catalogs, outlet, settings.rate_scale, hints)
    }

    /// The same with another way out.
    pub fn with_outlet(
        store: &Store,
        clock: &Clock,
        catalogs: &Catalogs,
        outlet: Arc<dyn Outlet>,
        scale: RateScale,
        hints: &Hints,
    ) -> Self {
        let (results, inbox) = mpsc::unbounded_channel();
        let dispatcher = Dispatcher::new(clock.clone(), store.clone(), outlet, scale, results);
        let held = Arc::new(RwLock::new(Held::default()));
        let wake = [hints.outbox.clone(), hints.broadcasts.clone()];
        let recorder = Recorder { store: store.clone(), dispatcher: dispatcher.clone(), held: held.clone(), wake };
        tokio::spawn(recorder.run(inbox));
        Self {
            store: store.clone(),
            clock: clock.clone(),
            catalogs: catalogs.clone(),
            dispatcher,
            held,
            fixing: Arc::default(),
            reload: Arc::default(),
        }
    }

    /// Shards that became ours: their open requests go on with the same keys. Each of them may have been taken already.
    ///
    /// # Errors
    /// The database's.
    pub async fn take_over(&self, came: &Held) -> Result<()> {
        self.dispatcher.own(&came.shards);
        self.load_open(came.shards.clone()).await
    }

    /// Shards that are ours no more.
    pub fn drop_shards(&self, gone: &[i64]) {
        self.dispatcher.disown(gone);
    }

    /// Fixes due deliveries, as far as LINE's rate has room within two seconds, and hands them to the dispatcher.
    ///
    /// # Errors
    /// The database's; a lost lease.
    pub async fn fix_due(&self, held: &Held, now: i64) -> Result<Turn> {
        self.stand(held);
        if held.shards.is_empty() {
            return Ok(Turn::default());
        }
        self.recover(held).await?;
        self.look_at_parked(now).await?;
        let shards = held.shards.clone();
        let due = self.store.read(move |tx| db::due(tx, now, &shards)).await?;
        let mut turn = Turn { worked: 0, next_due: due.iter().filter_map(|due| due.next).min() };
        let mut channels: Vec<ChannelId> = due.iter().filter(|due| due.now.is_some()).map(|due| due.channel).collect();
        channels.dedup();
        for channel in channels {
            if let Some(order) = self.order(channel, held, now) {
                let fixed = self.fix(held, order).await?;
                turn.worked += fixed.worked;
                self.hand_over(fixed.requests);
            }
        }
        Ok(turn)
    }

    fn order(&self, channel: ChannelId, held: &Held, now: i64) -> Option<Order> {
        let known = self.catalogs.channel(channel).filter(|channel| channel.stopped_at.is_none())?;
        let room = self.room(known.workspace, channel, Endpoint::Push, held);
        (room > 0).then_some(Order { workspace: known.workspace, channel, now, room })
    }

    async fn fix(&self, held: &Held, order: Order) -> Result<Fixed> {
        let (catalogs, standing) = (self.catalogs.clone(), held.clone());
        let _alone = self.fixing.lock().await;
        let fixed = self.store.write(move |tx| fix::fix(tx, &catalogs, &standing, order)).await;
        self.note_fate(fixed)
    }

    /// Requests queued, pausing, on the wire, or answered and not recorded.
    pub fn in_flight(&self) -> usize {
        self.dispatcher.in_flight()
    }

    /// Makes no more calls and waits for those on the wire, at most 8 s. What was not called stays open in the database.
    pub async fn drain(&self) {
        self.dispatcher.drain(DRAIN).await;
    }

    // ---- for broadcasts, which fix from their own ledger --------------------------------------------------------

    /// Held while a fix transaction runs.
    pub(crate) async fn fixing(&self) -> MutexGuard<'_, ()> {
        self.fixing.lock().await
    }

    /// How many requests more may be fixed for this channel and endpoint.
    pub(crate) fn room(&self, workspace: WorkspaceId, channel: ChannelId, endpoint: Endpoint, held: &Held) -> usize {
        let key: Key = (workspace, channel, endpoint);
        self.dispatcher.room(key, held.shards.len())
    }

    /// Takes over requests that were just committed.
    pub(crate) fn hand_over(&self, requests: Vec<Request>) {
        if !requests.is_empty() {
            crash::point("fixed");
            self.dispatcher.take(requests);
        }
    }

    /// Notes when nobody knows whether a fix was committed: the next turn looks.
    pub(crate) fn note_fate<T>(&self, fixed: Result<T>) -> Result<T> {
        if matches!(fixed, Err(Error::Store(store::Error::CommitUnknown { .. }))) {
            self.reload.store(true, Ordering::Release);
        }
        fixed
    }

    // ---- -------------------------------------------------------------------------------------------------------

    fn stand(&self, held: &Held) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = held.clone();
    }

    async fn recover(&self, held: &Held) -> Result<()> {
        if self.reload.swap(false, Ordering::AcqRel) {
            let loaded = self.load_open(held.shards.clone()).await;
            if loaded.is_err() {
                self.reload.store(true, Ordering::Release);
            }
            loaded?;
        }
        Ok(())
    }

    async fn load_open(&self, shards: Vec<i64>) -> Result<()> {
        let open = self.store.read(move |tx| db::open_requests(tx, &shards)).await?;
        if !open.is_empty() {
            tracing::info!(requests = open.len(), "asking LINE again about requests whose answer is not recorded");
        }
        self.dispatcher.take(open);
        Ok(())
    }

    /// Lets go what waited for a stop to be lifted or for LINE's month.
    async fn look_at_parked(&self, now: i64) -> Result<()> {
        let waiting = self.dispatcher.waiting_for_quota();
        let month = quota::month_of(now);
        let open: Vec<ChannelId> = if waiting.is_empty() {
            Vec::new()
        } else {
            self.store.read(move |tx| quota::not_exhausted(tx, &waiting, month)).await?
        };
        self.dispatcher.unpark(self.clock.now_ms(), |request| open.contains(&request.channel));
        Ok(())
    }
}

/// LINE itself (or the simulator, by its address).
struct LineOutlet {
    line: Arc<Client>,
    catalogs: Catalogs,
    tokens: Tokens,
}

impl Outlet for LineOutlet {
    fn send<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let not_sent = |why: String| Outcome::RepeatSameKey(Doubt::NoAnswer(NoAnswer::NotSent(why)));
            let Some(channel) = self.catalogs.channel(request.channel) else {
                return not_sent("the channel is not loaded".to_owned());
            };
            let token = match self.tokens.token(&self.line, &channel).await {
                Ok(token) => token,
                Err(error) => return not_sent(format!("no channel token: {error}")),
            };
            let (key, body) = (request.key(), request.body.clone());
            let outcome = match request.endpoint {
                Endpoint::Reply => self.line.reply_raw(&token, body).await,
                Endpoint::Push => self.line.push_raw(&token, key, body).await,
                Endpoint::Multicast => self.line.multicast_raw(&token, key, body).await,
                Endpoint::Broadcast => self.line.broadcast_raw(&token, key, body).await,
            };
            if matches!(outcome, Outcome::TokenInvalid(_)) && !self.tokens.source(&channel).invalidate(&token) {
                tracing::warn!(channel = %channel.id, "LINE refuses the long-lived channel token; a new one is needed");
            }
            outcome
        })
    }

    fn is_stopped(&self, channel: ChannelId) -> bool {
        self.catalogs.channel(channel).is_none_or(|channel| channel.stopped_at.is_some())
    }
}
