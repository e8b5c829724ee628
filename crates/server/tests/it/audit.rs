//! What staff do to a customer stands in the audit log with what it did, or neither stands.

use std::sync::Arc;

use engine::Error;
use engine::access::Actor;
use engine::access::db::{Act, Note};
use engine::event::ingest::{Incoming, Who};
use engine::event::{EventKind, Payload, Source};
use engine::ids::{ContactId, EventId};
use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn an_edit_and_its_line_are_one() {
    for house in House::on_both().await {
        edit(house).await;
    }
}

async fn edit(house: House) {
    let shop = house.shop("1000").await;
    let contact = house.friend(&shop, "U0123456789abcdef0123456789abcdef").await;
    house.call(&shop.owner, "PATCH", &format!("/api/v1/contacts/{contact}"), json!({"memo": "窓側"})).await.expect(202);
    let lines = async || {
        let log = house.get(&shop.owner, "/api/v1/audit").await.expect(200);
        log["items"].as_array().unwrap().iter().filter(|line| line["action"] == "contact.update").count()
    };
    assert_eq!(lines().await, 1);

    let workspace = shop.workspace;
    let id = EventId::keyed(workspace.0, b"the same request", 1);
    let take = |workspace| {
        let item = Incoming {
            workspace,
            id,
            channel: None,
            who: Who::Contact(contact.parse::<ContactId>().unwrap()),
            source: Source::Staff,
            occurred_at: 1,
            payload: Payload { kind: EventKind::Changed { changes: Vec::new() }, reply: None, standby: false, actor: None },
        };
        let note = Note {
            act: Act { workspace, actor: Actor::Cli, at: 1 },
            action: "contact.update",
            object: item.id.0,
            detail: json!({}),
        };
        house.engine.ingest.take_noted(vec![item], note)
    };
    take(workspace).await.map_err(|error: Arc<Error>| error.to_string()).unwrap();
    assert_eq!(lines().await, 2, "with its event");
    take(workspace).await.map_err(|error: Arc<Error>| error.to_string()).unwrap();
    assert_eq!(lines().await, 2, "a repetition did nothing and says nothing");
    house.close().await;
}

/// Literals of the shape of an action that are none: template variables, paths in bodies and files.
const NO_ACTIONS: &[&str] = &["backup.json", "channel.name", "workspace.json"];

fn sources(folder: &std::path::Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("the sources are here") {
        let path = entry.expect("an entry").path();
        match path.file_name().and_then(|name| name.to_str()).unwrap_or_default() {
            "audit.rs" | "tests.rs" | "testing.rs" | "bench" => {}
            _ if path.is_dir() => sources(&path, found),
            name if name.ends_with(".rs") => {
                let text = std::fs::read_to_string(&path).expect("a source");
                found.push(text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned());
            }
            _ => {}
        }
    }
}

/// Whether the literal that begins at `at` is given to a note of the audit log.
fn is_noted(source: &str, at: usize) -> bool {
    let before = source[..at].trim_end();
    before.strip_suffix(',').is_some_and(|before| before.trim_end().ends_with("tx"))
        && before.rfind(".note(").is_some_and(|note| before.len() - note < 60)
}

#[test]
fn every_action_that_is_written_stands_in_the_list() {
    use engine::access::audit::ACTIONS;
    use std::collections::BTreeSet;

    let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut texts = Vec::new();
    for of in ["engine", "server", "enishi"] {
        sources(&crates.join(of).join("src"), &mut texts);
    }
    let things: BTreeSet<&str> = ACTIONS.iter().filter_map(|action| action.split('.').next()).collect();
    let mut written = BTreeSet::new();
    for text in &texts {
        for (at, _) in text.match_indices('"') {
            let literal = text[at + 1..].split('"').next().unwrap_or_default();
            let Some((thing, verb)) = literal.split_once('.') else { continue };
            let plain = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            if plain(thing) && plain(verb) && (things.contains(thing) || is_noted(text, at)) && !NO_ACTIONS.contains(&literal) {
                written.insert(literal);
            }
        }
    }
    let listed: BTreeSet<&str> = ACTIONS.iter().copied().collect();
    let unlisted: Vec<_> = written.difference(&listed).collect();
    assert!(unlisted.is_empty(), "put into access::audit::ACTIONS and the admin's words: {unlisted:?}");
    let dead: Vec<_> = listed.difference(&written).collect();
    assert!(dead.is_empty(), "nobody writes these: {dead:?}");
    assert!(ACTIONS.is_sorted(), "in order");
}
