//! The database away, its disk full, the clock set back: nothing lost, nothing doubled.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{BOTH, Clock, Ground, Setup, World};

const FRIENDS: u32 = 600;
const HOUR: i64 = 3_600_000;

/// A shop in the middle of a personalised broadcast, 50 a second, with LINE losing some answers.
async fn at_work(ground: Ground) -> (World, String) {
    let env = vec![("ENISHI_LINE_RATE_SCALE", "0.025".to_owned())];
    let world = World::upon(ground, Setup { users: FRIENDS, friends: FRIENDS, env, ..Setup::default() }).await;
    world.import_friends().await;
    let rules = json!([{"endpoint": "push", "kind": "drop_after", "probability": 0.03}]);
    world.sim("faults", json!({"latency": {"fixed_ms": 50}, "rules": rules})).await;
    let template = world.template("{{name|お客様}}さん、こんにちは").await;
    let broadcast = world.broadcast(&template, json!({"to": "all"})).await;
    world.until_accepted(20).await;
    (world, broadcast)
}

/// Customers write until LINE has seen so many webhooks fail; how many messages they wrote.
async fn write_until_failing(world: &World, failures: i64) -> i64 {
    let mut wrote = 0;
    while world.stats().await["webhooks"]["failed"].as_i64() < Some(failures) {
        assert!(wrote < 100_000, "the trouble never came");
        let users: Vec<i64> = (0..20).map(|n| (wrote + n) % i64::from(FRIENDS)).collect();
        let text = "あ".repeat(400);
        world.sim("say", json!({"users": users, "text": text})).await;
        wrote += 20;
        world
            .until("webhooks are answered", async || {
                let webhooks = &world.stats().await["webhooks"];
                webhooks["queued"] == 0 && webhooks["in_flight"] == 0
            })
            .await;
    }
    let accepted = world.stats().await["accepted"].as_i64();
    assert!(accepted < Some(i64::from(FRIENDS)), "the broadcast was under way when the trouble came");
    wrote
}

/// Every message of a customer is in the books once, every friend was told once.
async fn assert_whole(world: &World, broadcast: &str, wrote: i64) {
    world.webhooks_settled().await;
    world.until("the broadcast is done", async || world.get(&format!("broadcasts/{broadcast}")).await["state"] == "done").await;
    world.idle().await;
    assert_eq!(world.count("SELECT COUNT(*) FROM events WHERE kind = 'message'").await, wrote, "webhooks in the books");
    assert_eq!(world.count("SELECT COUNT(*) FROM messages WHERE direction = 'in'").await, wrote, "messages in the talks");
    assert_eq!(world.get("status").await["parked"], json!(0));
    let told = world.told().await;
    let twice: Vec<_> = told.iter().filter(|(_, times)| **times != 1).take(5).collect();
    assert!(twice.is_empty(), "told twice: {twice:?}");
    assert_eq!(told.len(), FRIENDS as usize, "everybody was told");
    world.assert_books_agree().await;
    world.assert_decent().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_away_for_thirty_seconds() {
    let Some(ground) = Ground::cluster() else { return };
    let (mut world, broadcast) = at_work(ground).await;
    let Ground::Cluster(cluster, _) = &world.ground else { unreachable!("it was made above") };
    cluster.kill();
    let wrote = write_until_failing(&world, 40).await;
    // Longer than a lease: the length of the outage is what is tried here.
    tokio::time::sleep(Duration::from_secs(30)).await;
    cluster.start_again();
    assert!(!world.servers[0].ended(), "the server waits for its database");
    assert_whole(&world, &broadcast, wrote).await;
}

/// A small file system in memory, as only root may mount it.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=96m", "tmpfs"]).arg(folder.path()).output();
        if mounted.is_ok_and(|mount| mount.status.success()) {
            return Some(Self(folder));
        }
        eprintln!("SKIPPED: a full disk needs a file system of its own, and mounting one needs root");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        let mut filler = std::fs::File::create(self.path().join("filler")).expect("a file");
        let zeros = vec![0u8; 1 << 16];
        for size in [1 << 16, 1 << 12, 1] {
            while std::io::Write::write_all(&mut filler, &zeros[..size]).is_ok() {}
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.path().join("filler")).expect("the filler goes");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the server of a failed test may still hold files.
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_is_full_while_webhooks_come_and_messages_go() {
    let Some(disk) = SmallDisk::new() else { return };
    let (mut world, broadcast) = at_work(Ground::folder(disk.path())).await;
    disk.fill();
    let wrote = write_until_failing(&world, 40).await;
    assert!(!world.servers[0].ended(), "the server waits for room");
    disk.free();
    let more = i64::from(FRIENDS);
    world.sim("say", json!({"count": FRIENDS, "text": "空きができました"})).await;
    assert_whole(&world, &broadcast, wrote + more).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_is_set_back_an_hour() {
    for on in BOTH {
        let env = vec![("ENISHI_LINE_RATE_SCALE", "0.05".to_owned())];
        let setup = Setup { users: 200, friends: 200, clock: Clock::Sim, env };
        let Some(world) = World::with(on, setup).await else { continue };
        world.import_friends().await;
        world
            .sim(
                "faults",
                json!({"latency": {"fixed_ms": 50}, "rules": [{"endpoint": "push", "kind": "drop_after", "probability": 0.05}]}),
            )
            .await;
        let step = world.template("{{name|お客様}}さん、2時間たちました").await;
        let journey = json!({"name": "2時間後", "channel_id": world.channel, "trigger": {"on": "hand"}, "nodes": [
            {"do": "wait", "until": {"after": {"hours": 2}}},
            {"do": "message", "template": step, "lane": "promised"}]});
        let journey = world.post("journeys", journey).await["id"].as_str().expect("an id").to_owned();
        world.post(&format!("journeys/{journey}/publish"), json!({})).await;
        world.post(&format!("journeys/{journey}/enroll"), json!({"contact_ids": world.contact_ids().await})).await;
        let news = world.template("{{name|お客様}}さん、こんにちは").await;
        world.broadcast(&news, json!({"to": "all"})).await;
        world.until_accepted(20).await;
        let now: Value = serde_json::from_str(&world.sim_get("clock").await).expect("a clock");
        world.sim("clock", json!({"set": now["now_ms"].as_i64().expect("a time") - HOUR})).await;
        assert!(world.stats().await["accepted"].as_i64() < Some(200), "{on:?}: while sending");
        world.sim("say", json!({"count": 200, "text": "こんにちは"})).await;
        world.webhooks_settled().await;
        world.idle().await;
        world.advance_ms(4 * HOUR).await;
        world.idle().await;
        let told = world.told().await;
        let twice: Vec<_> = told.iter().filter(|(_, times)| **times != 1).take(5).collect();
        assert!(twice.is_empty(), "{on:?}: told twice: {twice:?}");
        assert_eq!(told.len(), 400, "{on:?}: everybody heard both");
        assert_eq!(world.count("SELECT COUNT(*) FROM messages WHERE direction = 'in'").await, 200, "{on:?}");
        world.assert_books_agree().await;
    }
}
