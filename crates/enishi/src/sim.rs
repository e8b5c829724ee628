//! `enishi sim`.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use clap::Args;
use line_sim::{ChannelConfig, Config, Sim};

use crate::say;

/// What the simulator is started with.
#[derive(Args)]
pub struct SimArgs {
    /// Port on 127.0.0.1.
    #[arg(long, default_value_t = 8090)]
    port: u16,
    /// How many people there are.
    #[arg(long, default_value_t = 10)]
    users: u32,
    /// How many of them are friends from the start.
    #[arg(long, default_value_t = 0)]
    friends: u32,
    /// Channel id of the account.
    #[arg(long, default_value = "1650000001")]
    channel_id: String,
    /// Its secret.
    #[arg(long, default_value = "00000000000000000000000000000001")]
    channel_secret: String,
    /// Where its webhooks go.
    #[arg(long)]
    webhook: Option<String>,
    /// Decides people and dice.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs the simulator until it is asked to stop. Prints `ready URL`.
pub async fn run(args: SimArgs) -> Result<()> {
    let listen = SocketAddr::from(([127, 0, 0, 1], args.port));
    let channel = ChannelConfig {
        channel_id: args.channel_id,
        channel_secret: Some(args.channel_secret),
        name: Some("お店".to_owned()),
        webhook: args.webhook,
        verified: Some(true),
        ..ChannelConfig::default()
    };
    let config = Config {
        listen,
        users: args.users,
        friends: Some(args.friends),
        channels: vec![channel],
        seed: args.seed,
        ..Config::default()
    };
    let sim = Sim::start(config).await.with_context(|| format!("{listen} で待ち受けられません"))?;
    say(format_args!("ready {}", sim.url()))?;
    crate::serve::asked_to_stop().await;
    sim.shutdown();
    Ok(())
}
