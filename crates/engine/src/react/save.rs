//! Writing a batch of decisions.

use store::{Insert, Tx, params};
use uuid::Uuid;

use super::Outcome;
use crate::contact::{self, Contact};
use crate::conversation;
use crate::delivery::Content;
use crate::insight::{self, Origin};
use crate::{Error, Result, journey, link, task};

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
        "event_id",
        "template_version_id",
        "content",
        "context",
        "reply_token",
        "reply_until",
        "due_at",
        "not_after",
        "state",
        "created_at",
    ],
    conflict: "",
};
const CHANGES: Insert = Insert { table: "changes", columns: &["workspace_id", "kind", "object_id", "at"], conflict: "" };

/// Writes contacts by difference and everything that was decided.
pub(super) fn write(tx: &mut Tx, pairs: &[(Contact, Contact)], mut out: Outcome, now: i64) -> Result<()> {
    contact::db::save(tx, pairs, now)?;
    conversation::db::insert(tx, &out.messages)?;
    conversation::db::amend(tx, &out.amendments)?;
    conversation::db::remember_unsent(tx, &out.amendments)?;
    journey::figures::record(tx, &out.steps)?;
    write_deliveries(tx, &out, now)?;
    task::db::queue(tx, &out.tasks, now)?;
    // Answers that waited for the name go at once, now that it is known.
    tx.execute_many(
        "UPDATE deliveries SET due_at = $3 WHERE workspace_id = $1 AND contact_id = $2 AND state = 'queued' AND due_at > $3 AND due_at <= $4
         AND event_id IS NOT NULL",
        out.named.iter().map(|(workspace, contact)| params![*workspace, *contact, now, now + 1_500]),
    )?;
    out.changes.sort_unstable();
    out.changes.dedup();
    tx.insert_many(&CHANGES, out.changes.iter().map(|(workspace, kind, id)| params![*workspace, *kind, *id, now]))?;
    // Figures last: other nodes add to the same rows.
    insight::note_friends(tx, pairs, Origin::Happened, now)?;
    link::count::record(tx, &out.clicks, now)
}

fn write_deliveries(tx: &mut Tx, out: &Outcome, now: i64) -> Result<()> {
    let contexts: Vec<String> = out
        .deliveries
        .iter()
        .map(|delivery| serde_json::to_string(&delivery.context).map_err(|error| Error::damaged("deliveries.context", error)))
        .collect::<Result<_>>()?;
    tx.insert_many(
        &DELIVERIES,
        out.deliveries.iter().zip(&contexts).map(|(d, context)| {
            let (version, content): (Option<Uuid>, Option<&str>) = match &d.content {
                Content::Template(version) => (Some(version.0), None),
                Content::Fixed(json) => (None, Some(json.as_str())),
            };
            let (token, until) = match &d.reply {
                Some(reply) => (Some(reply.token.as_str()), Some(reply.until)),
                None => (None, None),
            };
            params![
                d.workspace,
                d.id,
                d.shard,
                d.contact,
                d.channel,
                d.lane,
                d.cause.kind,
                d.cause.id,
                d.cause.node.as_str(),
                d.event,
                version,
                content,
                context.as_str(),
                token,
                until,
                d.due_at,
                d.not_after,
                "queued",
                now
            ]
        }),
    )?;
    Ok(())
}
