//! Settings: what a workspace keeps as JSON under a key, and how often it was saved.

use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{Tx, params};

use super::db;
use crate::access::db::Act;
use crate::ids::WorkspaceId;
use crate::{Error, Result};

const FIND: &str = "SELECT value, revision FROM settings WHERE workspace_id = $1 AND key = $2";
const WRITE: &str = "INSERT INTO settings (workspace_id, key, value, revision) VALUES ($1, $2, $3, 1)
  ON CONFLICT (workspace_id, key) DO UPDATE SET value = excluded.value, revision = settings.revision + 1";

/// What is kept, and the revision it stands at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Kept<T> {
    /// What was set; its default while nobody has set anything.
    #[serde(flatten)]
    pub value: T,
    /// Grows with every save. A save that names it is refused when somebody else has saved since.
    pub revision: i64,
}

fn find(tx: &mut Tx<'_>, workspace: WorkspaceId, key: &str) -> Result<Option<(String, i64)>> {
    Ok(tx.query_opt(FIND, &params![workspace, key], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Reads a setting's JSON.
///
/// # Errors
/// The database's.
pub fn setting(tx: &mut Tx<'_>, workspace: WorkspaceId, key: &str) -> Result<Option<String>> {
    Ok(find(tx, workspace, key)?.map(|(json, _)| json))
}

/// Reads a setting with its revision.
///
/// # Errors
/// The database's; [`Error::Damaged`].
pub fn kept<T: DeserializeOwned + Default>(tx: &mut Tx<'_>, workspace: WorkspaceId, key: &str) -> Result<Kept<T>> {
    let Some((json, revision)) = find(tx, workspace, key)? else { return Ok(Kept::default()) };
    let value = serde_json::from_str(&json).map_err(|error| Error::damaged("settings", format!("{key}: {error}")))?;
    Ok(Kept { value, revision })
}

/// Writes a setting's JSON over whatever stands there.
///
/// # Errors
/// The database's.
pub fn set_setting(tx: &mut Tx<'_>, workspace: WorkspaceId, key: &str, json: &str) -> Result<()> {
    tx.execute(WRITE, &params![workspace, key, json])?;
    db::bump_revision(tx, workspace)
}

/// Sets what `action` (a word of the audit log) names, over the [`Kept::revision`] it was begun from; without one over
/// whatever stands there.
///
/// # Errors
/// `edited_meanwhile`; the database's.
pub fn save<T: Serialize>(
    tx: &mut Tx<'_>,
    act: &Act,
    (key, action): (&str, &'static str),
    value: T,
    base: Option<i64>,
) -> Result<Kept<T>> {
    let json = serde_json::to_value(&value).map_err(|error| Error::damaged("settings", format!("{key}: {error}")))?;
    // Takes the workspace's row: of two who save, the second sees what the first has saved.
    db::bump_revision(tx, act.workspace)?;
    let now = find(tx, act.workspace, key)?.map_or(0, |(_, revision)| revision);
    if base.is_some_and(|base| base != now) {
        return Err(Error::conflict("edited_meanwhile", "ほかの人が先にこの設定を保存しました。"));
    }
    tx.execute(WRITE, &params![act.workspace, key, json.to_string()])?;
    act.note(tx, action, act.workspace.0, &json)?;
    Ok(Kept { value, revision: now + 1 })
}
