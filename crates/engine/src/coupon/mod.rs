//! Coupons (クーポン): LINE keeps them; we ask what stands with one before a message carries it.

mod decide;

pub use decide::{Fit, State, fit};

use std::collections::HashMap;
use std::sync::Arc;

use line::client::CallError;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Tx, params};

use crate::Result;
use crate::engine::Engine;
use crate::ids::{ChannelId, TaskId, WorkspaceId};
use crate::task::{self, NewTask, Task, TaskKind, Trouble};

/// How old LINE's word on a coupon may be before it is asked again, ms.
const FRESH_MS: i64 = 10 * 60 * 1_000;

const KEPT: &str = "SELECT coupon_id, state, starts_at, ends_at, checked_at FROM coupon_checks
    WHERE workspace_id = $1 AND channel_id = $2 AND coupon_id = ANY($3)";
const NOTE: &str = "INSERT INTO coupon_checks (workspace_id, channel_id, coupon_id, state, starts_at, ends_at, checked_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (workspace_id, channel_id, coupon_id) DO UPDATE SET state = excluded.state, starts_at = excluded.starts_at,
      ends_at = excluded.ends_at, checked_at = excluded.checked_at";

/// Every statement of this module, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[KEPT, NOTE];

/// What LINE said of a coupon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Where it stands.
    pub state: State,
    /// From when, Unix ms.
    pub starts_at: Option<i64>,
    /// Until when, Unix ms.
    pub ends_at: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct Asked {
    channel: ChannelId,
    coupon: String,
}

/// What is known of these coupons, as far as it is fresh; the others are asked for by tasks.
///
/// # Errors
/// The database's.
pub fn known(
    tx: &mut Tx<'_>,
    (workspace, channel): (WorkspaceId, ChannelId),
    coupons: &[String],
    now: i64,
) -> Result<HashMap<String, Told>> {
    let rows = tx.query(KEPT, &params![workspace, channel, coupons], |row| {
        let told = Told { state: row.get(1)?, starts_at: row.get(2)?, ends_at: row.get(3)? };
        Ok((row.get::<String>(0)?, told, row.get::<i64>(4)?))
    })?;
    let fresh: HashMap<String, Told> =
        rows.into_iter().filter(|(.., at)| now - at < FRESH_MS).map(|(id, told, _)| (id, told)).collect();
    let ask = |coupon: &String| NewTask {
        id: TaskId::new(now),
        workspace,
        kind: TaskKind::CouponCheck,
        key: format!("{channel} {coupon}"),
        payload: json!({ "channel": channel, "coupon": coupon }),
        due_at: now,
    };
    let tasks: Vec<NewTask> = coupons.iter().filter(|coupon| !fresh.contains_key(*coupon)).map(ask).collect();
    task::db::queue(tx, &tasks, now)?;
    Ok(fresh)
}

/// Asks LINE about one coupon and keeps the answer. A coupon that the account does not have is an answer too.
pub(crate) async fn look(engine: &Arc<Engine>, task: &Task) -> Result<Option<String>, Trouble> {
    let Asked { channel, coupon } =
        serde_json::from_value(task.payload.clone()).map_err(|error| Trouble::Never(error.to_string()))?;
    let (_, token) = task::channel(engine, task, channel).await?;
    let told = match engine.line.coupon(&token, &coupon).await {
        Ok(answer) => Told {
            state: State::of(answer.value.status.as_deref().unwrap_or_default()),
            starts_at: answer.value.start_timestamp.map(|seconds| seconds.saturating_mul(1_000)),
            ends_at: answer.value.end_timestamp.map(|seconds| seconds.saturating_mul(1_000)),
        },
        Err(CallError::Refused(refusal)) if refusal.status == 404 => {
            Told { state: State::Unknown, starts_at: None, ends_at: None }
        }
        Err(error) => return Err(Trouble::from((task, error))),
    };
    let (workspace, now) = (task.workspace, engine.clock.now_ms());
    engine
        .store
        .write(move |tx| {
            let Told { state, starts_at, ends_at } = told;
            tx.execute(NOTE, &params![workspace, channel, coupon.as_str(), state, starts_at, ends_at, now])?;
            Ok::<_, crate::Error>(())
        })
        .await
        .map_err(|error| Trouble::from((task, error)))?;
    Ok(None)
}
