//! Reads LINE's figures of a broadcast, again and again until LINE counts no more.

use std::sync::Arc;

use serde::Deserialize;

use super::db::Task;
use super::kinds::{Done, channel, payload};
use super::run::Trouble;
use crate::broadcast::{Method, db, insight};
use crate::engine::Engine;
use crate::ids::BroadcastId;

#[derive(Deserialize)]
struct OfBroadcast {
    broadcast: BroadcastId,
    ended_at: i64,
}

/// One look.
pub(super) async fn read(engine: &Arc<Engine>, task: &Task) -> Done {
    let OfBroadcast { broadcast: id, .. } = payload(task)?;
    let workspace = task.workspace;
    let failed = |error| Trouble::from((task, error));
    let (broadcast, call) = engine
        .store
        .read(move |tx| Ok::<_, crate::Error>((db::find(tx, workspace, id)?, insight::line_request(tx, workspace, id)?)))
        .await
        .map_err(failed)?;
    let (_, token) = channel(engine, task, broadcast.channel_id).await?;
    let now = engine.clock.now_ms();
    let told = match (broadcast.method, call) {
        (Method::LineBroadcast, None) => return Ok(None),
        (Method::LineBroadcast, Some(request)) => engine.line.message_insight(&token, &request).await,
        (Method::Ledger, _) => {
            let (from, to) = insight::days(&broadcast, now);
            engine.line.unit_insight(&token, &insight::unit(id), &from, &to).await
        }
    };
    let told = told.map_err(|error| Trouble::from((task, error)))?.value;
    engine.store.write(move |tx| insight::keep(tx, &broadcast, &told, now)).await.map_err(failed)?;
    Ok(None)
}

/// When it is looked at again; also after a look that failed.
pub(super) fn next_round(task: &Task, now: i64) -> Option<i64> {
    let OfBroadcast { ended_at, .. } = payload(task).ok()?;
    insight::next_look(ended_at, now)
}
