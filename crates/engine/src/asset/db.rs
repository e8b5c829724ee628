//! SQL of assets.

use store::{Row, Tx, params};
use uuid::Uuid;

use super::{Asset, Format, Kind};
use crate::error::{Error, Result};
use crate::ids::{AssetId, WorkspaceId};
use crate::workspace::usage::holding;

const BY_ID: &str = "SELECT id, key, name, folder, format, bytes, width, height, duration_ms, preview, created_at, archived_at
  FROM assets WHERE workspace_id = $1 AND id = $2";
const PAGE: &str = "SELECT id, key, name, folder, format, bytes, width, height, duration_ms, preview, created_at, archived_at
  FROM assets WHERE workspace_id = $1 AND id < $2 AND archived_at IS NULL AND ($3 = '' OR kind = $3)
  AND ($4 = '' OR name LIKE $5 ESCAPE '\\' OR folder LIKE $5 ESCAPE '\\') ORDER BY id DESC LIMIT $6";
const INSERT: &str = "INSERT INTO assets (workspace_id, id, key, kind, name, folder, format, bytes, width, height, duration_ms,
  preview, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const CHANGE: &str =
    "UPDATE assets SET name = $3, folder = $4, duration_ms = $5, preview = $6 WHERE workspace_id = $1 AND id = $2";
const ARCHIVE: &str = "UPDATE assets SET archived_at = $3 WHERE workspace_id = $1 AND id = $2 AND archived_at IS NULL";

/// Longest name, characters.
const NAME_MAX: usize = 100;

fn asset(row: &Row<'_>) -> store::Result<Asset> {
    let size: (Option<i64>, Option<i64>) = (row.get(6)?, row.get(7)?);
    Ok(Asset {
        id: row.get(0)?,
        key: row.get(1)?,
        name: row.get(2)?,
        folder: row.get(3)?,
        format: row.get(4)?,
        bytes: row.get(5)?,
        size: size.0.zip(size.1),
        duration_ms: row.get(8)?,
        preview: row.get(9)?,
        created_at: row.get(10)?,
        archived_at: row.get(11)?,
    })
}

/// By id.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(tx: &mut Tx<'_>, workspace: WorkspaceId, id: AssetId) -> Result<Asset> {
    tx.query_opt(BY_ID, &params![workspace, id], asset)?.ok_or(Error::NotFound)
}

/// Which assets.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these.
    pub kind: Option<Kind>,
    /// Part of a name or folder; '' for all.
    pub text: String,
}

/// A page of those not put away, newest first, below `before`.
///
/// # Errors
/// The database's.
pub fn page(tx: &mut Tx<'_>, workspace: WorkspaceId, filter: &Filter, before: Option<AssetId>, limit: i64) -> Result<Vec<Asset>> {
    let before = before.map_or(Uuid::max(), |id| id.0);
    let kind = filter.kind.map_or("", Kind::name);
    let text = filter.text.trim();
    Ok(tx.query(PAGE, &params![workspace, before, kind, text, holding(text), limit], asset)?)
}

/// Adds one whose files are kept already.
///
/// # Errors
/// `too_long`; the database's.
pub fn add(tx: &mut Tx<'_>, workspace: WorkspaceId, asset: &Asset) -> Result<()> {
    check_names(asset)?;
    let (width, height) = asset.size.unzip();
    tx.execute(
        INSERT,
        &params![
            workspace,
            asset.id,
            asset.key.as_str(),
            asset.format.kind().name(),
            asset.name.as_str(),
            asset.folder.as_str(),
            asset.format.ending(),
            asset.bytes,
            width,
            height,
            asset.duration_ms,
            asset.preview.map(Format::ending),
            asset.created_at
        ],
    )?;
    Ok(())
}

/// Writes name, folder, length and preview.
///
/// # Errors
/// `too_long`; [`Error::NotFound`].
pub fn change(tx: &mut Tx<'_>, workspace: WorkspaceId, asset: &Asset) -> Result<()> {
    check_names(asset)?;
    let preview = asset.preview.map(Format::ending);
    let changed = tx
        .execute(CHANGE, &params![workspace, asset.id, asset.name.as_str(), asset.folder.as_str(), asset.duration_ms, preview])?;
    if changed == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Puts it away; pictures, films and sounds stay on disk, for messages that name them.
///
/// # Errors
/// [`Error::NotFound`].
pub fn archive(tx: &mut Tx<'_>, workspace: WorkspaceId, id: AssetId, now: i64) -> Result<Asset> {
    let asset = find(tx, workspace, id)?;
    tx.execute(ARCHIVE, &params![workspace, id, now])?;
    Ok(asset)
}

fn check_names(asset: &Asset) -> Result<()> {
    for (path, text) in [("name", &asset.name), ("folder", &asset.folder)] {
        if text.chars().count() > NAME_MAX {
            return Err(Error::bad("too_long", path, format!("{NAME_MAX}文字以内にしてください。")));
        }
    }
    Ok(())
}
