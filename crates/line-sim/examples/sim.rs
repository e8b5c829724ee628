//! A simulator to try by hand: `cargo run -p line-sim --example sim -- --port 8090 --users 20 --webhook URL`.

use line_sim::{ChannelConfig, Config, Sim};
use std::net::SocketAddr;

fn argument(name: &str) -> Option<String> {
    let mut args = std::env::args().skip_while(|arg| *arg != name);
    args.nth(1)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = argument("--port").map_or(Ok(8090), |port| port.parse())?;
    let channel = ChannelConfig {
        channel_id: argument("--channel-id").unwrap_or_else(|| "1000000001".into()),
        channel_secret: Some(argument("--channel-secret").unwrap_or_else(|| "secret".into())),
        long_lived_token: argument("--token"),
        webhook: argument("--webhook"),
        ..ChannelConfig::default()
    };
    let config = Config {
        listen: SocketAddr::from(([127, 0, 0, 1], port)),
        users: argument("--users").map_or(Ok(20), |users| users.parse())?,
        friends: argument("--friends").map(|friends| friends.parse()).transpose()?,
        channels: vec![channel],
        ..Config::default()
    };
    let sim = Sim::start(config).await?;
    tracing_subscriber::fmt().init();
    tracing::info!("ready {}", sim.url());
    tokio::signal::ctrl_c().await?;
    sim.shutdown();
    Ok(())
}
