//! What one transaction of fixing writes.

use store::{Insert, Tx, params};
use uuid::Uuid;

use super::{Fixed, Order, Work};
use crate::Result;
use crate::broadcast::{Broadcast, db};
use crate::delivery::{self, Reason, Request, quota};
use crate::ids::{ContactId, DeliveryId};
use crate::insight::{Metric, SendKind, Tally};

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[SENDS, ADVANCE];

const SENDS: &str = "INSERT INTO contact_sends (workspace_id, contact_id, at, request_id, channel_id, lane, broadcast_id, pos)
    SELECT q.workspace_id, r.contact_id, q.first_attempt_at, q.id, q.channel_id, q.lane, q.broadcast_id, r.pos
    FROM requests q
    JOIN broadcast_recipients r ON r.workspace_id = q.workspace_id AND r.broadcast_id = q.broadcast_id AND r.shard = q.shard
      AND r.pos >= q.pos_from AND r.pos < q.pos_to
    WHERE q.workspace_id = $1 AND q.id = ANY($2)
      AND NOT EXISTS (SELECT 1 FROM broadcast_exceptions x WHERE x.workspace_id = r.workspace_id
        AND x.broadcast_id = r.broadcast_id AND x.shard = r.shard AND x.pos = r.pos)
    ORDER BY r.contact_id";
const ADVANCE: &str = "UPDATE broadcast_shards SET next_pos = $4 WHERE workspace_id = $1 AND broadcast_id = $2 AND shard = $3";
const EXCEPTIONS: Insert = Insert {
    table: "broadcast_exceptions",
    columns: &["workspace_id", "broadcast_id", "shard", "pos", "contact_id", "state", "reason", "at"],
    conflict: "",
};
const DELIVERIES: Insert = Insert {
    table: "deliveries",
    columns: &[
        "workspace_id",
        "id",
        "shard",
        "contact_id",
        "channel_id",
        "lane",
        "cause_kind",
        "cause_id",
        "cause_ref",
        "template_version_id",
        "context",
        "due_at",
        "not_after",
        "state",
        "created_at",
    ],
    conflict: "",
};

/// What is written at the end.
#[derive(Default)]
pub(super) struct Page {
    pub requests: Vec<Request>,
    pub exceptions: Vec<(i64, i64, ContactId, &'static str, Option<Reason>)>,
    pub moved: Vec<(i64, i64, ContactId)>,
    pub advanced: Vec<(i64, i64)>,
}

impl Work<'_> {
    pub(super) fn write(self, tx: &mut Tx<'_>, page: Page, month: i64) -> Result<Fixed> {
        let Order { workspace, id, now, .. } = self.order;
        let before: i64 = page.requests.iter().map(|request| request.recipients).sum();
        tx.insert_many(
            &EXCEPTIONS,
            page.exceptions.iter().map(|(shard, pos, contact, state, reason)| {
                params![workspace, id, *shard, *pos, contact, *state, reason.map_or("", Reason::as_str), now]
            }),
        )?;
        tx.insert_many(
            &DELIVERIES,
            page.moved.iter().map(|(shard, pos, contact)| {
                params![
                    workspace,
                    DeliveryId::of_recipient(id, (*shard, *pos), *contact),
                    *shard,
                    contact,
                    self.channel.id,
                    self.broadcast.lane,
                    "broadcast",
                    id,
                    "",
                    self.broadcast.template_version_id,
                    "{}",
                    now,
                    self.broadcast.not_after,
                    "queued",
                    now
                ]
            }),
        )?;
        delivery::db::insert_requests(tx, &page.requests, now)?;
        let ids: Vec<Uuid> = page.requests.iter().map(|request| request.id.0).collect();
        if !ids.is_empty() {
            tx.execute(SENDS, &params![workspace, ids])?;
        }
        tx.execute_many(ADVANCE, page.advanced.iter().map(|(shard, next)| params![workspace, id, *shard, *next]))?;
        quota::reserve(tx, workspace, self.channel.id, month, before)?;
        // A wait is over, or the pace's window has moved.
        if self.broadcast.hold.is_some() || self.broadcast.per_10min.is_some() {
            db::save(tx, &Broadcast { hold: None, wake_at: now.min(self.broadcast.wake_at), ..self.broadcast }, now)?;
        }
        let refused = page.exceptions.iter().filter(|(.., state, _)| *state == "refused").count();
        let mut tally = Tally::default();
        let refused = i64::try_from(refused).unwrap_or(i64::MAX);
        tally.sent((workspace, self.channel.id), Metric::Refused, SendKind::Broadcast, refused);
        tally.write(tx, now)?;
        let worked = page.requests.len() + page.exceptions.len();
        Ok(Fixed { requests: page.requests, worked })
    }
}
