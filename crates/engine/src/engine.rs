//! The engine's parts, put together once by the binary (or a test) and handed to everything.

use std::path::PathBuf;
use std::sync::Arc;

use store::Store;
use tokio::sync::Notify;

use crate::Result;
use crate::broadcast::Broadcasts;
use crate::clock::Clock;
use crate::delivery::Delivery;
use crate::event::ingest::Ingest;
use crate::ids::NodeId;
use crate::notice::{Mail, Pulses};
use crate::runtime::Standing;
use crate::workspace::{Catalogs, Tokens, Vault};

/// How fast LINE's limits are taken (`ENISHI_LINE_RATE_SCALE`, loopback hosts only).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RateScale {
    /// LINE's limits times this factor.
    Factor(f64),
    /// No pacing.
    Off,
}

/// What the engine is told from outside.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where customers reach us: media, pages.
    pub public_url: url::Url,
    /// Where tracked links begin; `None` while nobody has said where customers reach us: links stay the shop's own.
    pub link_base: Option<url::Url>,
    /// Media and other files.
    pub data_dir: PathBuf,
    /// Where the master key is kept, for staff to know: a variable's or a file's name, never the key.
    pub key_place: String,
    /// LINE's hosts.
    pub hosts: line::client::Hosts,
    /// Pacing.
    pub rate_scale: RateScale,
    /// How mail leaves; `None` when nobody has said.
    pub mail: Option<Mail>,
}

/// Wakes the loops of this process. Only hints: polling alone is correct.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// Events wait.
    pub events: Arc<Notify>,
    /// The outbox has something due, or a contact's request came back.
    pub outbox: Arc<Notify>,
    /// A broadcast was confirmed, resumed, or has room.
    pub broadcasts: Arc<Notify>,
    /// A task waits.
    pub tasks: Arc<Notify>,
}

/// Everything a capability may need. Shared as `Arc<Engine>`.
pub struct Engine {
    /// The database.
    pub store: Store,
    /// Domain time.
    pub clock: Clock,
    /// Secrets at rest.
    pub vault: Vault,
    /// LINE.
    pub line: Arc<line::client::Client>,
    /// Channel access tokens.
    pub tokens: Tokens,
    /// Definitions in memory.
    pub catalogs: Catalogs,
    /// The door for events.
    pub ingest: Ingest,
    /// When accounts last heard from LINE.
    pub pulses: Pulses,
    /// Wakes loops.
    pub hints: Hints,
    /// The outbox's way to LINE.
    pub delivery: Delivery,
    /// 一斉配信.
    pub broadcasts: Broadcasts,
    /// From outside.
    pub settings: Settings,
    /// This process among the nodes.
    pub node: NodeId,
    /// Which shards this node holds, and until when.
    pub standing: Standing,
}

fn http(settings: &Settings) -> Result<line::client::Client> {
    let pool =
        line::client::Http::new(line::client::HttpOptions::default()).map_err(|error| crate::Error::Line(error.to_string()))?;
    Ok(line::client::Client::new(settings.hosts.clone(), pool))
}

impl Engine {
    /// Puts the parts together and starts the event batcher; [`crate::runtime::start`] starts the loops.
    ///
    /// # Errors
    /// [`crate::Error::WrongKey`] when the key does not open this database.
    pub async fn open(store: Store, clock: Clock, vault: Vault, settings: Settings) -> Result<Arc<Self>> {
        crate::workspace::check_key(&store, &vault).await?;
        let hints = Hints::default();
        let catalogs = Catalogs::new(vault.clone(), settings.link_base.as_ref());
        catalogs.refresh(&store).await?;
        let line = Arc::new(http(&settings)?);
        let ingest = Ingest::start(store.clone(), clock.clone(), hints.events.clone());
        let tokens = Tokens::new(clock.clone());
        let pulses = Pulses::new(store.clone());
        let delivery = Delivery::new(&store, &clock, &catalogs, &tokens, &line, &settings, &hints);
        let broadcasts = Broadcasts::new(&store, &catalogs, &delivery, &hints);
        let node = NodeId::new(crate::clock::machine_ms());
        Ok(Arc::new(Self {
            store,
            clock,
            vault,
            line,
            tokens,
            catalogs,
            ingest,
            pulses,
            hints,
            delivery,
            broadcasts,
            settings,
            node,
            standing: Standing::default(),
        }))
    }
}
