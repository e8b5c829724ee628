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
