//! What the settings pages show and change of a workspace, beside [`super::connect`]: names, providers, figures of channels.

use std::collections::BTreeMap;

use serde_json::json;
use store::{Tx, params};
use uuid::Uuid;

use super::connect::text;
use super::db::bump_revision;
use crate::access::db::Act;
use crate::ids::{AttributeId, ChannelId, ProviderId, TagId, WorkspaceId};
use crate::{Error, Result};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[
    WORKSPACE,
    RENAME,
    PROVIDERS,
    PROVIDER_INSERT,
    FRIENDS,
    QUOTAS,
    NOTES,
    CHANNEL_USED,
    CHANNEL_DELETE,
    DIRECTORY_DELETE,
    NOTES_DELETE,
    QUOTAS_DELETE,
    RATES_DELETE,
    FORWARDS_DELETE,
    TICKS_DELETE,
    CHECKS_DELETE,
    LOGINS_DELETE,
    TAG_COUNTS,
    TAG_TIMES,
    ATTRIBUTE_TIMES,
];

const WORKSPACE: &str = "SELECT name, zone, revision, demo, created_at FROM workspaces WHERE workspace_id = $1";
const RENAME: &str = "UPDATE workspaces SET name = $2, zone = $3 WHERE workspace_id = $1";
const PROVIDERS: &str = "SELECT id, name, created_at FROM providers WHERE workspace_id = $1 ORDER BY id";
const PROVIDER_INSERT: &str = "INSERT INTO providers (workspace_id, id, name, created_at) VALUES ($1, $2, $3, $4)";
const FRIENDS: &str = "SELECT COUNT(*) FROM friendships WHERE workspace_id = $1 AND channel_id = $2 AND state = 'friend'";
const QUOTAS: &str = "SELECT channel_id, limited, line_used, reserved, exhausted_at, checked_at FROM quotas WHERE workspace_id = $1 AND month = $2";
const NOTES: &str =
    "SELECT kind, count, last_at, detail FROM channel_notes WHERE workspace_id = $1 AND channel_id = $2 ORDER BY last_at DESC";
const CHANNEL_USED: &str = "SELECT 1 FROM channels c WHERE c.workspace_id = $1 AND c.id = $2 AND (
    EXISTS (SELECT 1 FROM friendships f WHERE f.workspace_id = $1 AND f.channel_id = $2)
    OR EXISTS (SELECT 1 FROM conversations t WHERE t.workspace_id = $1 AND t.channel_id = $2)
    OR EXISTS (SELECT 1 FROM broadcasts b WHERE b.workspace_id = $1 AND b.channel_id = $2)
    OR EXISTS (SELECT 1 FROM journeys j WHERE j.workspace_id = $1 AND j.channel_id = $2)
    OR EXISTS (SELECT 1 FROM rules r WHERE r.workspace_id = $1 AND r.channel_id = $2))";
const CHANNEL_DELETE: &str = "DELETE FROM channels WHERE workspace_id = $1 AND id = $2";
const DIRECTORY_DELETE: &str = "DELETE FROM channel_directory WHERE workspace_id = $1 AND channel_id = $2";
const NOTES_DELETE: &str = "DELETE FROM channel_notes WHERE workspace_id = $1 AND channel_id = $2";
const QUOTAS_DELETE: &str = "DELETE FROM quotas WHERE workspace_id = $1 AND channel_id = $2";
const RATES_DELETE: &str = "DELETE FROM rates WHERE workspace_id = $1 AND channel_id = $2";
const FORWARDS_DELETE: &str = "DELETE FROM forwards WHERE workspace_id = $1 AND channel_id = $2";
const TICKS_DELETE: &str = "DELETE FROM channel_ticks WHERE workspace_id = $1 AND channel_id = $2";
const CHECKS_DELETE: &str = "DELETE FROM provider_checks WHERE workspace_id = $1 AND channel_id = $2";
const LOGINS_DELETE: &str = "DELETE FROM provider_logins WHERE workspace_id = $1 AND channel_id = $2";
const TAG_COUNTS: &str = "SELECT tag_id, COUNT(*) FROM contact_tags WHERE workspace_id = $1 GROUP BY tag_id";
const TAG_TIMES: &str = "SELECT id, created_at FROM tags WHERE workspace_id = $1";
const ATTRIBUTE_TIMES: &str = "SELECT id, created_at FROM attributes WHERE workspace_id = $1";

/// A workspace's own row.
#[derive(Clone, Debug, PartialEq)]
pub struct Workspace {
    /// Id.
    pub id: WorkspaceId,
    /// The shop's name.
    pub name: String,
    /// IANA zone.
    pub zone: String,
    /// Grows with every change of a definition.
    pub revision: i64,
    /// Shows the デモ banner.
    pub demo: bool,
    /// Unix ms.
    pub created_at: i64,
}

/// The workspace.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find_workspace(tx: &mut Tx<'_>, id: WorkspaceId) -> Result<Workspace> {
    tx.query_opt(WORKSPACE, &params![id], |row| {
        Ok(Workspace {
            id,
            name: row.get(0)?,
            zone: row.get(1)?,
            revision: row.get(2)?,
            demo: row.get(3)?,
            created_at: row.get(4)?,
        })
    })?
    .ok_or(Error::NotFound)
}

/// Changes name and zone; `None` leaves as it is.
///
/// # Errors
/// Input that can be mended.
pub fn update_workspace(tx: &mut Tx<'_>, act: &Act, name: Option<&str>, zone: Option<&str>) -> Result<Workspace> {
    let old = find_workspace(tx, act.workspace)?;
    let name = name.map_or(Ok(old.name.as_str()), |name| text("name", name, 100))?;
    let zone = zone.unwrap_or(&old.zone);
    jiff::tz::TimeZone::get(zone)
        .map_err(|_| Error::bad("zone_unknown", "zone", "タイムゾーン名が正しくありません(例: Asia/Tokyo)。"))?;
    tx.execute(RENAME, &params![act.workspace, name, zone])?;
    bump_revision(tx, act.workspace)?;
    act.note(tx, "workspace.update", act.workspace.0, &json!({ "name": name, "zone": zone }))?;
    find_workspace(tx, act.workspace)
}

/// A LINE provider: the scope of LINE user ids.
#[derive(Clone, Debug, PartialEq)]
pub struct Provider {
    /// Id.
    pub id: ProviderId,
    /// As staff named it.
    pub name: String,
    /// Unix ms.
    pub created_at: i64,
}

/// All providers, oldest first.
///
/// # Errors
/// The database's.
pub fn providers(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Vec<Provider>> {
    Ok(tx.query(PROVIDERS, &params![workspace], |row| {
        Ok(Provider { id: row.get(0)?, name: row.get(1)?, created_at: row.get(2)? })
    })?)
}

/// The provider of that name, made when there is none.
///
/// # Errors
/// Input that can be mended.
pub fn provider_named(tx: &mut Tx<'_>, act: &Act, name: &str) -> Result<ProviderId> {
    let name = text("provider_name", name, 50)?;
    if let Some(known) = providers(tx, act.workspace)?.into_iter().find(|provider| provider.name == name) {
        return Ok(known.id);
    }
    let id = ProviderId::new(act.at);
    tx.execute(PROVIDER_INSERT, &params![act.workspace, id, name, act.at])?;
    act.note(tx, "provider.create", id.0, &json!({ "name": name }))?;
    Ok(id)
}

/// Friends of a channel now.
///
/// # Errors
/// The database's.
pub fn friends(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId) -> Result<i64> {
    Ok(tx.query_one(FRIENDS, &params![workspace, channel], |row| row.get(0))?)
}

/// A channel's quota of one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaRow {
    /// LINE's limit; `None` when there is none or it is not known yet.
    pub limit: Option<i64>,
    /// LINE's figure at `checked_at`.
    pub used: i64,
    /// Fixed by us since.
    pub reserved: i64,
    /// When LINE said the month is used up, Unix ms.
    pub exhausted_at: Option<i64>,
    /// When LINE's figures were read, Unix ms.
    pub checked_at: Option<i64>,
}

/// Quotas of all channels in a month (`yyyymm`, JST).
///
/// # Errors
/// The database's.
pub fn quotas(tx: &mut Tx<'_>, workspace: WorkspaceId, month: i64) -> Result<BTreeMap<ChannelId, QuotaRow>> {
    let rows = tx.query(QUOTAS, &params![workspace, month], |row| {
        let quota = QuotaRow {
            limit: row.get(1)?,
            used: row.get(2)?,
            reserved: row.get(3)?,
            exhausted_at: row.get(4)?,
            checked_at: row.get(5)?,
        };
        Ok((row.get(0)?, quota))
    })?;
    Ok(rows.into_iter().collect())
}

/// An oddity of a channel's webhooks.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelNote {
    /// Which.
    pub kind: String,
    /// How often.
    pub count: i64,
    /// Last seen, Unix ms.
    pub last_at: i64,
    /// The last one's particulars.
    pub detail: String,
}

/// What was odd, the newest first.
///
/// # Errors
/// The database's.
pub fn notes(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId) -> Result<Vec<ChannelNote>> {
    Ok(tx.query(NOTES, &params![workspace, channel], |row| {
        Ok(ChannelNote { kind: row.get(0)?, count: row.get(1)?, last_at: row.get(2)?, detail: row.get(3)? })
    })?)
}

/// Disconnects a channel that was never used.
///
/// # Errors
/// [`Error::NotFound`]; `in_use` once there are friends, talks, definitions or sends.
pub fn delete_channel(tx: &mut Tx<'_>, act: &Act, id: ChannelId) -> Result<()> {
    let key = params![act.workspace, id];
    if tx.query_opt(CHANNEL_USED, &key, |row| row.get::<i64>(0))?.is_some() {
        return Err(Error::conflict(
            "in_use",
            "友だちや配信の記録があるLINEアカウントは削除できません。使わないときは非常停止してください。",
        ));
    }
    if tx.execute(CHANNEL_DELETE, &key)? == 0 {
        return Err(Error::NotFound);
    }
    let rests = [
        DIRECTORY_DELETE,
        NOTES_DELETE,
        QUOTAS_DELETE,
        RATES_DELETE,
        FORWARDS_DELETE,
        TICKS_DELETE,
        CHECKS_DELETE,
        LOGINS_DELETE,
    ];
    for rest in rests {
        tx.execute(rest, &key)?;
    }
    bump_revision(tx, act.workspace)?;
    act.note(tx, "channel.delete", id.0, &json!({}))
}

/// Contacts by tag.
///
/// # Errors
/// The database's.
pub fn tag_counts(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<BTreeMap<TagId, i64>> {
    Ok(tx.query(TAG_COUNTS, &params![workspace], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect())
}

/// When tags and fields were made.
///
/// # Errors
/// The database's.
pub fn made_at(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<BTreeMap<Uuid, i64>> {
    let tags: Vec<(TagId, i64)> = tx.query(TAG_TIMES, &params![workspace], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let fields: Vec<(AttributeId, i64)> = tx.query(ATTRIBUTE_TIMES, &params![workspace], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(tags.into_iter().map(|(id, at)| (id.0, at)).chain(fields.into_iter().map(|(id, at)| (id.0, at))).collect())
}
