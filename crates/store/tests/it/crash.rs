//! Nobody is answered before COMMIT: what a killed process had acknowledged is there afterwards.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use store::testing::{Database, PrivateCluster};
use store::{Config, Error, Store};
use uuid::Uuid;

use crate::common::{MIGRATIONS, add, id, names};

const FILE: &str = "STORE_TEST_CRASH_FILE";

/// Not a test by itself: the process that gets killed. It prints each id once its write has been answered.
#[test]
#[ignore = "run by a_killed_process_has_kept_what_it_acknowledged"]
fn child() {
    let Ok(file) = std::env::var(FILE) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = Store::open(&Config::sqlite(file), MIGRATIONS).unwrap();
        let mut writers: Vec<_> = (0..16)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move {
                    loop {
                        let id = id();
                        store.write::<_, Error>(move |tx| add(tx, id, &id.to_string())).await.unwrap();
                        let line = format!("\nacknowledged {id}\n");
                        std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                    }
                })
            })
            .collect();
        // They never end by themselves.
        writers.remove(0).await.unwrap();
    });
}

#[tokio::test]
async fn a_killed_process_has_kept_what_it_acknowledged() {
    let database = Database::sqlite();
    let file = database.folder().unwrap().join("enishi.db");
    for enough in [1, 300, 5_000] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::child", "--exact", "--ignored", "--nocapture"])
            .env(FILE, &file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged: Vec<String> = Vec::new();
        let mut note = |line: String| {
            if let Some(id) = line.strip_prefix("acknowledged ").filter(|id| Uuid::parse_str(id).is_ok()) {
                acknowledged.push(id.to_owned());
            }
            acknowledged.len()
        };
        while note(lines.next().expect("the child writes on").unwrap()) < enough {}
        // SIGKILL. What it managed to say before counts as well.
        child.kill().unwrap();
        for line in lines.map_while(Result::ok) {
            note(line);
        }
        child.wait().unwrap();
        let store = database.open(MIGRATIONS);
        let kept = names(&store).await;
        assert!(acknowledged.len() >= enough);
        assert!(acknowledged.iter().all(|id| kept.binary_search(id).is_ok()), "an acknowledged row is missing");
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_has_kept_what_was_acknowledged() {
    let Some(cluster) = PrivateCluster::start() else {
        return;
    };
    let store = Store::open(&Config::postgres(&cluster.url()).unwrap(), MIGRATIONS).unwrap();
    let acknowledged: Arc<Mutex<Vec<String>>> = Arc::default();
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let (store, acknowledged) = (store.clone(), Arc::clone(&acknowledged));
            tokio::spawn(async move {
                loop {
                    let id = id();
                    match store.write::<_, Error>(move |tx| add(tx, id, &id.to_string())).await {
                        Ok(_) => acknowledged.lock().unwrap().push(id.to_string()),
                        Err(error) => return error,
                    }
                }
            })
        })
        .collect();
    while acknowledged.lock().unwrap().len() < 500 {
        tokio::task::yield_now().await;
    }
    cluster.kill();
    for writer in writers {
        let error = writer.await.unwrap();
        assert!(matches!(error, Error::Unavailable { .. } | Error::CommitUnknown { .. }), "{error}");
    }
    cluster.start_again();
    let again = Store::open(&Config::postgres(&cluster.url()).unwrap(), MIGRATIONS).unwrap();
    let kept = names(&again).await;
    assert!(acknowledged.lock().unwrap().iter().all(|id| kept.binary_search(id).is_ok()));
}
