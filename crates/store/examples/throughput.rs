//! Single-row writes per second from many tasks, each answered only after its COMMIT.
//!
//! `cargo run --release -p store --example throughput -- [seconds] [tasks] [postgres://…]`

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use store::{Config, Error, Migration, Store, params};
use uuid::Uuid;

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "events",
    sql: "CREATE TABLE events (id {id} NOT NULL PRIMARY KEY, contact {int} NOT NULL, body {text} NOT NULL) {strict rowless};",
}];

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let seconds: u64 = arguments.next().map_or(Ok(10), |text| text.parse())?;
    let tasks: u64 = arguments.next().map_or(Ok(64), |text| text.parse())?;
    let folder = std::env::temp_dir().join(format!("store-throughput-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let config = match arguments.next() {
        Some(url) => Config::postgres(&url)?,
        None => Config::sqlite(folder.join("throughput.db")),
    };
    let store = Store::open(&config, MIGRATIONS)?;
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let began = Instant::now();
    let writers: Vec<_> =
        (0..tasks).map(|task| tokio::spawn(write(store.clone(), task, Arc::clone(&stop), Arc::clone(&done)))).collect();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    stop.store(true, Relaxed);
    for writer in writers {
        writer.await??;
    }
    let took = began.elapsed().as_secs_f64();
    let written = done.load(Relaxed);
    let stats = store.stats();
    let line = format!("{written} writes in {took:.1} s: {:.0}/s from {tasks} tasks\n{stats:#?}\n", written as f64 / took);
    store.close().await;
    std::fs::remove_dir_all(&folder)?;
    std::io::Write::write_all(&mut std::io::stdout(), line.as_bytes())?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "ids as the edge makes them")]
async fn write(store: Store, task: u64, stop: Arc<AtomicBool>, done: Arc<AtomicU64>) -> Result<(), Error> {
    while !stop.load(Relaxed) {
        let id = Uuid::now_v7();
        store
            .write(move |tx| {
                tx.execute(
                    "INSERT INTO events (id, contact, body) VALUES ($1, $2, $3)",
                    &params![id, task as i64, r#"{"type":"message","text":"こんにちは"}"#],
                )
            })
            .await?;
        done.fetch_add(1, Relaxed);
    }
    Ok(())
}
