//! Opening the database and the engine, for the server and for commands beside it.

use std::sync::Arc;

use anyhow::{Context, Result};
use engine::Engine;
use engine::clock::Clock;
use engine::schema::MIGRATIONS;
use engine::workspace::Vault;
use store::Store;

use crate::config::Config;

/// The engine of a command that runs beside a server or alone; its loops are not started.
pub async fn beside(config: &Config) -> Result<Arc<Engine>> {
    folder(config)?;
    let store = Store::open_shared(&config.store, MIGRATIONS).context("データベースを開けません")?;
    engine(config, store).await
}

/// The engine of the server: the only one on a SQLite file.
pub async fn server(config: &Config) -> Result<Arc<Engine>> {
    folder(config)?;
    let store = Store::open(&config.store, MIGRATIONS).context("データベースを開けません")?;
    engine(config, store).await
}

async fn engine(config: &Config, store: Store) -> Result<Arc<Engine>> {
    let vault = Vault::new(config.key()?);
    Ok(Engine::open(store, Clock::system(), vault, config.settings()).await?)
}

fn folder(config: &Config) -> Result<()> {
    std::fs::create_dir_all(&config.data_dir).with_context(|| format!("{} を作れません", config.data_dir.display()))
}
