//! `enishi serve`.

use anyhow::{Context, Result};
use engine::{Engine, runtime};
use std::future::Future;
use std::sync::Arc;
use tokio::net::TcpListener;

use crate::config::{ClockSource, Config};
use crate::open;

/// Runs the server until `stop` completes. `ready` is told the address once requests are answered.
pub async fn run(
    config: &Config,
    stop: impl Future<Output = ()> + Send + 'static,
    ready: impl FnOnce(&str, &Arc<Engine>),
) -> Result<()> {
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("{} で待ち受けられません(ほかのプログラムが使っていないか確認してください)", config.listen))?;
    let engine = open::server(config).await?;
    if config.clock == ClockSource::Sim {
        let http = reqwest::Client::builder().no_proxy().build()?;
        let follower = runtime::Follower::join(engine.clone(), &config.api_base, http).await?;
        tokio::spawn(follower.run());
    }
    let loops = runtime::start(engine.clone()).await?;
    let http = server::Config { trusted_proxies: config.trusted_proxies.clone(), metrics: server::install_metrics() };
    let router = server::Server::new(engine.clone(), http);
    let address = format!("http://{}", listener.local_addr()?);
    ready(&address, &engine);
    server::serve(listener, router, stop).await?;
    loops.shut_down().await;
    engine.store.clone().close().await;
    Ok(())
}

/// Completes at SIGTERM or Ctrl-C.
pub async fn asked_to_stop() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(error) => {
            tracing::error!(%error, "SIGTERM cannot be heard");
            return std::future::pending().await;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
