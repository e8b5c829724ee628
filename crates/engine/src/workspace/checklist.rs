//! What must be switched where only people can: LINE Official Account Manager and LINE Developers. Ticked off by hand,
//! with who and when.

use serde::{Deserialize, Serialize};
use store::{Tx, params};

use crate::access::db::Act;
use crate::ids::{ChannelId, WorkspaceId};
use crate::{Error, Result};

/// One thing that LINE tells to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ChecklistItem)]
pub enum Item {
    /// Webhookの再送 is on.
    Redelivery,
    /// LINE's own あいさつメッセージ is off.
    LineGreeting,
    /// LINE's own 応答メッセージ is off.
    LineAutoReply,
    /// プロフィール shows hours, address, contact.
    Profile,
    /// VOOM is as the shop wants it.
    Voom,
}
crate::column::column_words!(Item {
    Redelivery => "redelivery", LineGreeting => "line_greeting", LineAutoReply => "line_auto_reply",
    Profile => "profile", Voom => "voom",
});

/// A tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// What.
    pub item: Item,
    /// When, Unix ms.
    pub at: i64,
    /// Who, as in the audit log.
    pub actor: String,
    /// Their name, for people.
    pub name: Option<String>,
}

/// Ticks of a channel.
///
/// # Errors
/// The database's.
pub fn ticks(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId) -> Result<Vec<Tick>> {
    let rows: Vec<(Option<Item>, i64, String)> = tx.query(
        "SELECT item, at, actor FROM channel_ticks WHERE workspace_id = $1 AND channel_id = $2",
        &params![workspace, channel],
        |row| Ok((row.get::<String>(0)?.parse().ok(), row.get(1)?, row.get(2)?)),
    )?;
    // An item of a later version is not ours to show.
    rows.into_iter()
        .filter_map(|(item, at, actor)| item.map(|item| (item, at, actor)))
        .map(|(item, at, actor)| Ok(Tick { item, at, name: name_of(tx, &actor)?, actor }))
        .collect()
}

/// At most five ticks a channel, so at most five look-ups.
fn name_of(tx: &mut Tx<'_>, actor: &str) -> Result<Option<String>> {
    match actor.parse() {
        Ok(crate::access::Actor::User(id)) => Ok(crate::access::db::user_by_id(tx, id)?.map(|user| user.name)),
        _ => Ok(None),
    }
}

/// Ticks an item off.
///
/// # Errors
/// [`Error::NotFound`] for a channel that is not there.
pub fn tick(tx: &mut Tx<'_>, act: &Act, channel: ChannelId, item: Item) -> Result<()> {
    if !super::db::channel_exists(tx, act.workspace, channel)? {
        return Err(Error::NotFound);
    }
    tx.execute(
        "INSERT INTO channel_ticks (workspace_id, channel_id, item, at, actor) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_id, channel_id, item) DO UPDATE SET at = excluded.at, actor = excluded.actor",
        &params![act.workspace, channel, item, act.at, act.actor.to_string()],
    )?;
    act.note(tx, "channel.tick", channel.0, &serde_json::json!({ "item": item }))
}

/// Takes a tick back.
///
/// # Errors
/// [`Error::NotFound`] for a channel that is not there.
pub fn untick(tx: &mut Tx<'_>, act: &Act, channel: ChannelId, item: Item) -> Result<()> {
    if !super::db::channel_exists(tx, act.workspace, channel)? {
        return Err(Error::NotFound);
    }
    tx.execute(
        "DELETE FROM channel_ticks WHERE workspace_id = $1 AND channel_id = $2 AND item = $3",
        &params![act.workspace, channel, item],
    )?;
    act.note(tx, "channel.untick", channel.0, &serde_json::json!({ "item": item }))
}
