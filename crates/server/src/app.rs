//! What every handler shares.

use std::ops::Deref;
use std::sync::{Arc, Mutex};

use engine::Engine;
use engine::access::db::Act;
use engine::access::decide::{Limit, Limiter};
use engine::ids::WorkspaceId;
use engine::link::count::Visits;
use engine::workspace::Catalog;
use tokio::sync::Semaphore;

use crate::api::channel::FriendCounts;
use crate::auth::{Caller, LoginLimits};
use crate::config::Config;
use crate::error::Problem;
use crate::live::Hub;

/// Requests of one token or session: 1,000 a second, 2,000 at once.
pub(crate) const API_LIMIT: Limit = Limit { burst: 2_000, every_ms: 1 };
/// Callers counted at once.
const API_CALLERS: usize = 50_000;
/// Passwords hashed at once: each takes 19 MiB and some tens of milliseconds of a core.
const HASHES_AT_ONCE: usize = 2;

/// Engine, settings and the server's own counters. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// See [`App`].
pub struct Shared {
    /// The CRM.
    pub engine: Arc<Engine>,
    /// Settings.
    pub config: Config,
    /// Failed logins.
    pub(crate) logins: Mutex<LoginLimits>,
    /// Requests per caller.
    pub(crate) calls: Mutex<Limiter<[u8; 32]>>,
    /// Permits to hash a password.
    pub(crate) hashing: Semaphore,
    /// Permits to decode a picture: each takes hundreds of megabytes at worst.
    pub(crate) drawing: Semaphore,
    /// Visits of links that tell of nobody.
    pub(crate) visits: Visits,
    /// Live pages.
    pub(crate) hub: Hub,
    /// Friends of large accounts.
    pub(crate) friends: FriendCounts,
}

impl Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl App {
    /// Around a running engine.
    pub fn new(engine: Arc<Engine>, config: Config) -> Self {
        let hub = Hub::new(engine.store.clone());
        let visits = Visits::new(engine.store.clone(), engine.clock.clone());
        Self(Arc::new(Shared {
            engine,
            config,
            logins: Mutex::new(LoginLimits::default()),
            calls: Mutex::new(Limiter::new(API_LIMIT, API_CALLERS)),
            hashing: Semaphore::new(HASHES_AT_ONCE),
            drawing: Semaphore::new(1),
            visits,
            hub,
            friends: FriendCounts::default(),
        }))
    }

    /// Whether browsers reach us by https, so that the cookie can be `__Host-` and `Secure`.
    pub fn is_https(&self) -> bool {
        self.engine.settings.public_url.scheme() == "https"
    }

    /// An absolute address of ours.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.engine.settings.public_url.as_str().trim_end_matches('/'))
    }

    /// The workspace's definitions exactly as the database has them.
    ///
    /// # Errors
    /// The database's.
    pub async fn catalog(&self, workspace: WorkspaceId) -> Result<Arc<Catalog>, Problem> {
        let catalogs = self.engine.catalogs.clone();
        self.read(move |tx| catalogs.get(tx, workspace)).await
    }

    /// Domain time, Unix ms.
    pub fn now_ms(&self) -> i64 {
        self.engine.clock.now_ms()
    }

    /// What the audit log writes about this caller now.
    pub fn act(&self, caller: &Caller) -> Act {
        Act { workspace: caller.workspace, actor: caller.actor, at: self.now_ms() }
    }

    /// A read transaction whose failures are problems.
    ///
    /// # Errors
    /// What the closure fails with, or the database's.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnMut(&mut store::Tx<'_>) -> engine::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        Ok(self.engine.store.read(f).await?)
    }

    /// A write transaction whose failures are problems. The closure may run more than once.
    ///
    /// # Errors
    /// What the closure fails with, or the database's.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl FnMut(&mut store::Tx<'_>) -> engine::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        Ok(self.engine.store.write(f).await?)
    }
}
