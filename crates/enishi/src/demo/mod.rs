//! `enishi demo`: a shop with a year behind it. The year is played through webhook → engine → simulator on the virtual
//! clock, so that talk rooms and ledger agree, and ends now.

mod model;
mod shop;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use engine::Engine;
use engine::clock::machine_ms;
use line_sim::{ChannelConfig, Sim};
use serde_json::json;

use crate::config::Config;
use crate::{admin, say, serve};
use model::{DAY, Model};
use shop::Shop;

/// Where the demo listens.
#[derive(Args)]
pub struct DemoArgs {
    /// Port of the shop's admin on 127.0.0.1.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Port of the simulator with the customers' phones.
    #[arg(long, default_value_t = 8090)]
    sim_port: u16,
    /// How many people know the shop.
    #[arg(long, default_value_t = 2_000)]
    people: u32,
    /// Days of history.
    #[arg(long, default_value_t = 365)]
    days: u32,
    /// Decides who they are and what they do.
    #[arg(long, default_value_t = 7)]
    seed: u64,
}

/// The demo's account.
const CHANNEL_ID: &str = "1650000001";
/// Everybody may know it: it opens nothing but the simulator on this machine.
const CHANNEL_SECRET: &str = "de30de30de30de30de30de30de30de30";
/// A long-lived token: short ones would run out again and again on a clock that runs through a year.
const TOKEN: &str = "demo-long-lived-channel-access-token";
/// Printed with the address; the demo listens on this machine only.
const EMAIL: &str = "demo@example.com";
/// Who owns the shop.
const OWNER: &str = "結城 縁";
const PASSWORD: &str = "enishi-demo-2026";

/// Plays the year, then serves both pages until it is asked to stop.
pub async fn run(args: DemoArgs) -> Result<()> {
    let folder = Folder::new()?;
    let start = machine_ms() - i64::from(args.days) * DAY;
    let sim = simulator(&args, start).await?;
    let config = config(&args, &sim, &folder)?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (tell, told) = tokio::sync::oneshot::channel::<(String, Arc<Engine>)>();
    let server = tokio::spawn(async move {
        let stop = async {
            let _ = stopped.await;
        };
        serve::run(&config, stop, |address, engine| drop(tell.send((address.to_owned(), engine.clone())))).await
    });
    let Ok((address, engine)) = told.await else {
        return server.await?.context("the demo's server ended");
    };
    let history = play(&args, &sim, &address, &engine, start);
    tokio::select! {
        played = history => played?,
        () = serve::asked_to_stop() => {
            let _ = stop.send(());
            return server.await?;
        }
    }
    say(format_args!("ready 管理画面 {address} ・お客様の電話 {} ・ログイン {EMAIL} / {PASSWORD}", sim.url()))?;
    serve::asked_to_stop().await;
    let _ = stop.send(());
    let ended = server.await?;
    sim.shutdown();
    ended
}

/// A folder that is gone when the demo ends.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("enishi-demo-{}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| format!("{} を作れません", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn simulator(args: &DemoArgs, start: i64) -> Result<Sim> {
    let listen = SocketAddr::from(([127, 0, 0, 1], args.sim_port));
    let channel = ChannelConfig {
        channel_id: CHANNEL_ID.to_owned(),
        channel_secret: Some(CHANNEL_SECRET.to_owned()),
        name: Some(shop::NAME.to_owned()),
        long_lived_token: Some(TOKEN.to_owned()),
        basic_id: Some("@enishi-demo".to_owned()),
        verified: Some(true),
        quota: Some(Some(30_000)),
        ..ChannelConfig::default()
    };
    let config = line_sim::Config {
        listen,
        users: args.people,
        friends: Some(0),
        channels: vec![channel],
        seed: args.seed,
        now_ms: Some(start),
        flowing: false,
        openapi_dir: None,
        rate_scale: None,
    };
    Sim::start(config).await.with_context(|| format!("{listen} で待ち受けられません(--sim-port で変えられます)"))
}

fn config(args: &DemoArgs, sim: &Sim, folder: &Folder) -> Result<Config> {
    let sim = sim.url();
    Config::with(&[
        ("ENISHI_LISTEN", &format!("127.0.0.1:{}", args.port)),
        ("ENISHI_DATA_DIR", &folder.0.to_string_lossy()),
        ("ENISHI_LINE_API_BASE", &sim),
        ("ENISHI_LINE_DATA_BASE", &sim),
        ("ENISHI_LINE_ACCESS_BASE", &sim),
        ("ENISHI_LINE_RATE_SCALE", "off"),
        ("ENISHI_CLOCK", "sim"),
    ])
}

async fn play(args: &DemoArgs, sim: &Sim, address: &str, engine: &Arc<Engine>, start: i64) -> Result<()> {
    let token = found(engine, start).await?;
    let shop = Shop::open(address, &sim.url(), &token).await?;
    let mut model = Model::new(args.seed, args.people, args.days, start);
    for day in 0..args.days {
        shop.day(&mut model, day).await?;
        if day % 30 == 29 || day + 1 == args.days {
            tracing::info!(target: "enishi", day = day + 1, of = args.days, "the demo's year");
        }
    }
    // The year ends now; from here on the clock runs with the machine's.
    shop.sim("clock", &json!({"advance_to": machine_ms(), "flow": true})).await?;
    Ok(())
}

/// The workspace, its owner and the owner's token.
async fn found(engine: &Engine, now: i64) -> Result<String> {
    let workspace = engine
        .store
        .write(move |tx| -> engine::Result<_> {
            let id = engine::workspace::add_workspace(tx, shop::NAME, "Asia/Tokyo", now)?;
            engine::workspace::mark_demo(tx, id)?;
            Ok(id)
        })
        .await?;
    let owner = admin::set_user(engine, workspace, EMAIL.to_owned(), engine::access::Role::Owner, PASSWORD.to_owned()).await?;
    let id = serde_json::from_value(owner["id"].clone())?;
    engine.store.write(move |tx| engine::access::db::rename_user(tx, id, OWNER)).await?;
    let token = admin::add_token(engine, workspace, "demo".to_owned(), engine::access::Role::Owner).await?;
    engine.catalogs.refresh(&engine.store).await?;
    Ok(token)
}
