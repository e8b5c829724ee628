//! A newer version takes the database over while this one runs.

use engine::schema::MIGRATIONS;
use serde_json::{Value, json};
use store::{Store, Tx, params};

use crate::world::{BOTH, Setup, World};

async fn write(store: &Store, sql: &'static str) {
    store.write(move |tx: &mut Tx<'_>| tx.execute(sql, &params![]).map(drop)).await.expect("written");
}

async fn count(store: &Store, sql: &'static str) -> i64 {
    store.read(move |tx: &mut Tx<'_>| tx.query_one(sql, &params![], |row| row.get(0))).await.expect("read")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_server_stops_and_what_came_meanwhile_is_the_newer_ones() {
    for on in BOTH {
        let Some(mut world) = World::with(on, Setup { users: 2, ..Setup::default() }).await else { continue };
        let greeting = world.template("ようこそ").await;
        let rule = json!({"name": "あいさつ", "trigger": {"on": "follow"}, "enabled": true,
            "actions": [{"action": "message", "template": greeting}]});
        world.post("rules", rule).await;
        world.idle().await;
        assert_eq!(world.fetch("/readyz").await.0, 200, "{on:?}");

        let beside = Store::open_shared(world.ground.config(), MIGRATIONS).expect("it opens");
        write(&beside, "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (9999, 'newer', '', 0)").await;
        world.until("it is not ready any more", async || world.fetch("/readyz").await.0 == 503).await;
        let ready: Value = serde_json::from_slice(&world.fetch("/readyz").await.2).expect("JSON");
        assert!(ready["message"].as_str().is_some_and(|said| said.contains("新しい版に入れ替えて")), "{on:?}: {ready}");
        let held = "SELECT COUNT(*) FROM leases WHERE owner IS NOT NULL";
        world.until("its leases are free", async || count(&beside, held).await == 0).await;

        // What comes is taken in and left for the newer one: events as well as tasks.
        world.sim("follow", json!({"user": 1, "wait": true})).await;
        let look = format!("channels/{}", world.channel);
        world.post(&format!("{look}/stop"), json!({})).await;
        world.post(&format!("{look}/release"), json!({})).await;
        tokio::time::sleep(std::time::Duration::from_secs(4)).await;
        assert_eq!(count(&beside, "SELECT COUNT(*) FROM pending").await, 1, "{on:?}");
        assert_eq!(count(&beside, "SELECT COUNT(*) FROM tasks WHERE key LIKE 'now/%' AND state = 'queued'").await, 1, "{on:?}");
        assert_eq!(count(&beside, held).await, 0, "{on:?}: nothing is taken again");
        assert!(world.heard(1).await.is_empty(), "{on:?}");

        world.kill();
        write(&beside, "DELETE FROM schema_migrations WHERE version = 9999").await;
        beside.close().await;
        world.start_server(&[]).await;
        world.idle().await;
        assert_eq!(world.heard(1).await, ["ようこそ"], "{on:?}: by whoever knows the schema");
    }
}
