//! A LINE Platform on your laptop: same endpoints, rules, errors, webhooks, and phones in the browser.
//!
//! Start one with [`Sim::start`]; everything else is done over HTTP: LINE's own paths as LINE documents
//! them, and the phones, the clock and the faults under `/__sim/`.

mod answer;
mod api;
mod barrier;
mod call;
mod channel;
mod check;
mod clicks;
mod clock;
mod config;
mod conformance;
mod dice;
mod faults;
mod http;
mod idtoken;
mod json;
mod ledger;
mod limits;
mod pages;
mod people;
mod reply;
mod room;
mod route;
mod signal;
mod sim_api;
mod stats;
mod sync;
mod token;
mod webhook;
mod world;

pub use channel::{ChatMode, Kind};
pub use config::{ChannelConfig, Config};
pub use webhook::sign;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use world::World;

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken or not ours.
    #[error("cannot listen on {addr}")]
    Listen {
        /// What was asked for.
        addr: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// The HTTP client could not be made.
    #[error("cannot make the HTTP client that delivers webhooks")]
    Client(#[source] reqwest::Error),
    /// The folder is unreadable or holds something else.
    #[error("cannot read LINE's OpenAPI files: {0}")]
    OpenApi(String),
}

/// A running simulator. Dropping it stops it.
pub struct Sim {
    addr: SocketAddr,
    world: Arc<World>,
}

impl Sim {
    /// Starts a simulator on the current tokio runtime.
    ///
    /// # Errors
    /// When the address is taken, or the OpenAPI folder cannot be read.
    pub async fn start(config: Config) -> Result<Sim, StartError> {
        let listen_at = config.listen;
        let listener =
            tokio::net::TcpListener::bind(listen_at).await.map_err(|source| StartError::Listen { addr: listen_at, source })?;
        let addr = listener.local_addr().map_err(|source| StartError::Listen { addr: listen_at, source })?;
        let conformance = conformance::Conformance::load(config.openapi_dir.as_deref()).map_err(StartError::OpenApi)?;
        let channels = config.channels.clone();
        let routes = route::Routes::new(&[api::ROUTES, sim_api::ROUTES, pages::ROUTES].concat());
        let world = Arc::new(World::new(config, routes, client()?, conformance));
        for channel in channels {
            world.set_channel(channel);
        }
        tokio::spawn(http::listen(world.clone(), listener));
        tokio::spawn(tick(world.clone()));
        Ok(Sim { addr, world })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The base URL: `http://127.0.0.1:8090`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Creates or changes a channel, like `POST /__sim/channels`.
    pub fn set_channel(&self, channel: ChannelConfig) {
        self.world.set_channel(channel);
    }

    /// Stops: open connections are closed, nothing is delivered any more.
    pub fn shutdown(self) {}
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.world.shutdown.send_replace(());
    }
}

fn client() -> Result<reqwest::Client, StartError> {
    // Refused when the process has chosen its provider already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(64)
        .build()
        .map_err(StartError::Client)
}

/// Fires what becomes due while no advance does so.
async fn tick(world: Arc<World>) {
    let mut shutdown = world.shutdown.subscribe();
    loop {
        if !world.barrier.advancing() {
            world.clock.fire_due();
        }
        let wait = world.clock.wait_for_next().unwrap_or(Duration::from_secs(3600));
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = world.planned.notified() => {}
            _ = shutdown.changed() => return,
        }
    }
}
