//! What tests of broadcasts share.

use std::collections::{BTreeMap, HashSet};

use uuid::Uuid;

use super::*;
use crate::Result;
use crate::access::Actor;
use crate::access::db::Act;
use crate::delivery::testing::World;

/// A draft to everybody.
pub fn draft() -> Broadcast {
    Broadcast {
        workspace: WorkspaceId(Uuid::from_u128(1)),
        id: BroadcastId(Uuid::from_u128(7)),
        channel_id: ChannelId(Uuid::from_u128(2)),
        name: "春のお知らせ".to_owned(),
        template_id: TemplateId(Uuid::from_u128(3)),
        template_version_id: TemplateVersionId(Uuid::from_u128(4)),
        audience: Audience::All {},
        lane: Lane::Transactional,
        link_mode: LinkMode::Shared,
        method: Method::Ledger,
        category: None,
        send_at: 0,
        not_after: 86_400_000,
        first_percent: None,
        per_10min: None,
        state: State::Draft,
        hold: None,
        wake_at: 0,
        total: 0,
        revision: 1,
        updated_by: "test".to_owned(),
        created_by: "test".to_owned(),
        created_at: 0,
        confirmed_at: None,
        started_at: None,
        done_at: None,
        pace: (None, 0),
    }
}

/// A broadcast of this template to all friends.
pub fn input(world: &World, template_id: TemplateId) -> BroadcastInput {
    BroadcastInput {
        channel_id: world.channel,
        template_id,
        audience: Audience::All {},
        name: None,
        lane: Lane::Marketing,
        send_at: None,
        not_after: None,
        link_mode: LinkMode::Shared,
        method: Method::Ledger,
        category: None,
        first_percent: None,
        per_10min: None,
        revision: None,
    }
}

/// Makes a draft.
pub async fn make(world: &World, input: BroadcastInput) -> BroadcastId {
    let (catalogs, act) = (world.catalogs.clone(), act(world));
    let made = world.store.write(move |tx| {
        let catalog = catalogs.get(tx, act.workspace)?;
        db::create(tx, &act, &catalog, input.clone())
    });
    made.await.unwrap().id
}

/// Staff at the server, now.
pub fn act(world: &World) -> Act {
    Act { workspace: world.workspace, actor: Actor::System, at: world.now() }
}

/// Gives an order.
pub async fn order(world: &World, id: BroadcastId, command: Command) -> Result<Broadcast> {
    let (catalogs, act) = (world.catalogs.clone(), act(world));
    world
        .store
        .write(move |tx| {
            let catalog = catalogs.get(tx, act.workspace)?;
            db::command(tx, &act, &catalog, id, command)
        })
        .await
}

/// Reads it again.
pub async fn find(world: &World, id: BroadcastId) -> Broadcast {
    let workspace = world.workspace;
    world.store.read(move |tx| db::find(tx, workspace, id)).await.unwrap()
}

/// Its numbers.
pub async fn counts_of(world: &World, id: BroadcastId) -> Counts {
    let workspace = world.workspace;
    world.store.read(move |tx| counts(tx, workspace, id)).await.unwrap()
}

/// Everybody a call of the stub was for, each as often as LINE took it.
pub fn heard(world: &World) -> BTreeMap<String, usize> {
    let mut heard = BTreeMap::new();
    let mut keys = HashSet::new();
    for call in world.stub.calls() {
        if keys.insert(call.id) {
            let body: serde_json::Value = serde_json::from_slice(&call.body).unwrap();
            let to = body["to"].as_array().cloned().unwrap_or_else(|| vec![body["to"].clone()]);
            for user in to {
                *heard.entry(user.as_str().unwrap().to_owned()).or_insert(0) += 1;
            }
        }
    }
    heard
}
