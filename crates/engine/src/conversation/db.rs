//! SQL of conversations.

use std::collections::HashMap;

use store::{Insert, Tx, params};

use super::{Amendment, Direction, NewMessage};
use crate::Result;
use crate::ids::WorkspaceId;

const MESSAGES: Insert = Insert {
    table: "messages",
    columns: &[
        "workspace_id",
        "contact_id",
        "id",
        "channel_id",
        "at",
        "direction",
        "line_message_id",
        "kind",
        "text",
        "body",
        "sender",
        "unsent_at",
    ],
    conflict: "ON CONFLICT (workspace_id, contact_id, id) DO NOTHING",
};

/// Keeps messages of talks.
///
/// # Errors
/// The database's.
pub fn insert(tx: &mut Tx, messages: &[NewMessage]) -> Result<()> {
    tx.insert_many(
        &MESSAGES,
        messages.iter().map(|m| {
            params![
                m.workspace,
                m.contact,
                m.id,
                m.channel,
                m.at,
                match m.direction {
                    Direction::In => "in",
                    Direction::Out => "out",
                },
                m.line_message_id.as_deref(),
                m.kind.as_str(),
                m.text.as_str(),
                m.body.as_str(),
                m.sender.as_deref(),
                m.unsent_at
            ]
        }),
    )?;
    Ok(())
}

/// Erases what was taken back — also in the event log — and applies edits.
///
/// # Errors
/// The database's.
pub fn amend(tx: &mut Tx, amendments: &[Amendment]) -> Result<()> {
    let unsent = || {
        amendments.iter().filter_map(|amendment| match amendment {
            Amendment::Unsent { workspace, line_message_id, at } => Some(params![*workspace, line_message_id.as_str(), *at]),
            Amendment::Edited { .. } => None,
        })
    };
    tx.execute_many(
        "UPDATE events SET payload = '{\"kind\":\"other\",\"line_type\":\"unsent\",\"raw\":null}'
         WHERE workspace_id = $1 AND $3 >= 0
           AND id IN (SELECT id FROM messages WHERE workspace_id = $1 AND line_message_id = $2)",
        unsent(),
    )?;
    tx.execute_many(
        "UPDATE messages SET text = '', body = '{}', media = NULL, unsent_at = $3 WHERE workspace_id = $1 AND line_message_id = $2",
        unsent(),
    )?;
    tx.execute_many(
        "UPDATE messages SET text = $3, edited_at = $4
         WHERE workspace_id = $1 AND line_message_id = $2 AND unsent_at IS NULL AND (edited_at IS NULL OR edited_at < $4)",
        amendments.iter().filter_map(|amendment| match amendment {
            Amendment::Edited { workspace, line_message_id, text, at } => {
                Some(params![*workspace, line_message_id.as_str(), text.as_str(), *at])
            }
            Amendment::Unsent { .. } => None,
        }),
    )?;
    Ok(())
}

/// Unsend events that came before their message: LINE's message id → when it was taken back.
///
/// # Errors
/// The database's.
pub fn taken_back(tx: &mut Tx, workspace: WorkspaceId, line_message_ids: Vec<String>) -> Result<HashMap<String, i64>> {
    if line_message_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = tx.query(
        "SELECT key, at FROM unsent WHERE workspace_id = $1 AND key = ANY($2)",
        &params![workspace, line_message_ids],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(rows.into_iter().collect())
}

/// Remembers which messages were taken back, for those that are still to come.
///
/// # Errors
/// The database's.
pub fn remember_unsent(tx: &mut Tx, amendments: &[Amendment]) -> Result<()> {
    const UNSENT: Insert = Insert {
        table: "unsent",
        columns: &["workspace_id", "key", "at"],
        conflict: "ON CONFLICT (workspace_id, key) DO NOTHING",
    };
    tx.insert_many(
        &UNSENT,
        amendments.iter().filter_map(|amendment| match amendment {
            Amendment::Unsent { workspace, line_message_id, at } => Some(params![*workspace, line_message_id.as_str(), *at]),
            Amendment::Edited { .. } => None,
        }),
    )?;
    Ok(())
}
