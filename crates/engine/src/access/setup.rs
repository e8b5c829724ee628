//! The first owner of an installation: let in by a link that the server prints, once, as long as there is nobody.

use store::{Tx, params};

use super::db::{self, Act};
use super::secret::Secret;
use super::{Actor, Role, decide, staff};
use crate::ids::{UserId, WorkspaceId};
use crate::workspace::add_workspace;
use crate::{Error, Result};

/// How long a link is good (machine time); a restart prints a new one.
const LINK_MS: i64 = 24 * 3_600_000;

/// Whether nobody is there yet.
///
/// # Errors
/// The database's.
pub fn is_open(tx: &mut Tx<'_>) -> Result<bool> {
    let anybody: Option<i64> = tx.query_opt("SELECT created_at FROM users LIMIT 1", &[], |row| row.get(0))?;
    Ok(anybody.is_none())
}

/// Makes a link good, unless somebody is there.
///
/// # Errors
/// The database's.
pub fn offer(tx: &mut Tx<'_>, secret: &Secret, machine_ms: i64) -> Result<bool> {
    if !is_open(tx)? {
        return Ok(false);
    }
    tx.execute("DELETE FROM setup_links WHERE created_at < $1", &params![machine_ms - LINK_MS])?;
    tx.execute("INSERT INTO setup_links (token_hash, created_at) VALUES ($1, $2)", &params![secret.hash().to_vec(), machine_ms])?;
    Ok(true)
}

/// Who comes first, to which shop.
#[derive(Clone, Debug)]
pub struct FirstOwner {
    /// The shop's name.
    pub workspace: String,
    /// Its zone.
    pub zone: String,
    /// The owner's name.
    pub name: String,
    /// Login name.
    pub email: String,
    /// The password, hashed.
    pub phc: String,
}

/// Makes the shop and its owner; all links end.
///
/// # Errors
/// `setup_closed` when the link is wrong, used or too old, or somebody is there; input that can be mended.
pub fn take_up(
    tx: &mut Tx<'_>,
    first: &FirstOwner,
    shown: &[u8; 32],
    now: i64,
    machine_ms: i64,
) -> Result<(WorkspaceId, UserId)> {
    // Two links used at one moment lock each other's row: only one of them finds its own.
    let own = tx.execute(
        "DELETE FROM setup_links WHERE token_hash = $1 AND created_at >= $2",
        &params![shown.to_vec(), machine_ms - LINK_MS],
    )?;
    tx.execute("DELETE FROM setup_links WHERE token_hash <> $1", &params![shown.to_vec()])?;
    if own == 0 || !is_open(tx)? {
        return Err(Error::conflict(
            "setup_closed",
            "このリンクは使えません。期限が切れているか、はじめの設定がもう済んでいます。",
        ));
    }
    if !decide::plausible_email(&decide::fold_email(&first.email)) {
        return Err(Error::bad("email", "email", "メールアドレスの形が正しくありません。"));
    }
    let name = crate::workspace::text("name", &first.name, 100)?;
    let workspace = add_workspace(tx, &first.workspace, &first.zone, now).map_err(|error| match error {
        Error::Bad { code, path, message } if path == "name" => Error::Bad { code, path: "workspace".into(), message },
        other => other,
    })?;
    let act = Act { workspace, actor: Actor::System, at: now };
    let user = staff::add_user(tx, &act, &first.email, Role::Owner, &first.phc)?;
    db::rename_user(tx, user, name)?;
    act.note(tx, "workspace.setup", workspace.0, &serde_json::json!({ "name": first.workspace }))?;
    Ok((workspace, user))
}
