//! Making workspaces and connecting channels.

use secrecy::{ExposeSecret, SecretString};
use store::{Tx, params};

use super::{Channel, Mode, Vault, db};
use crate::delivery::quota;
use crate::ids::{ChannelId, ProviderId, WorkspaceId};
use crate::{Error, Result};

/// What staff (or the command line) give to connect a LINE account.
#[derive(Clone, Debug)]
pub struct NewChannel {
    /// The provider, or `None` for the workspace's only one (made when there is none).
    pub provider: Option<ProviderId>,
    /// How staff call it.
    pub name: String,
    /// LINE's channel id: digits.
    pub line_channel_id: String,
    /// Channel secret.
    pub secret: SecretString,
    /// Long-lived token, if any.
    pub token: Option<SecretString>,
    /// Full or send-only.
    pub mode: Mode,
}

/// What staff may change of a channel; `None` leaves as it is.
#[derive(Clone, Debug, Default)]
pub struct ChannelEdit {
    /// Name.
    pub name: Option<String>,
    /// Colour.
    pub color: Option<String>,
    /// New secret; the old one stays valid until `drop_old_secret`.
    pub secret: Option<SecretString>,
    /// Ends a rotation.
    pub drop_old_secret: bool,
    /// Long-lived token; `Some(None)` goes back to stateless tokens.
    pub token: Option<Option<SecretString>>,
    /// Full or send-only.
    pub mode: Option<Mode>,
    /// Percent of the quota kept back.
    pub reserve_percent: Option<i64>,
    /// What LINE says of the account: (bot user id, basic id, display name, picture).
    pub bot: Option<(String, String, String, Option<String>)>,
}

/// Makes a workspace.
///
/// # Errors
/// `zone_unknown` for a zone that is not in the tz database.
pub fn add_workspace(tx: &mut Tx, name: &str, zone: &str, now: i64) -> Result<WorkspaceId> {
    let name = text("name", name, 100)?;
    jiff::tz::TimeZone::get(zone)
        .map_err(|_| Error::bad("zone_unknown", "zone", "タイムゾーン名が正しくありません(例: Asia/Tokyo)。"))?;
    let id = WorkspaceId::new(now);
    tx.execute(
        "INSERT INTO workspaces (workspace_id, name, zone, revision, demo, created_at) VALUES ($1, $2, $3, 1, 0, $4)",
        &params![id, name, zone, now],
    )?;
    Ok(id)
}

/// Marks a workspace as a demo: every page shows the デモ banner.
///
/// # Errors
/// The database's.
pub fn mark_demo(tx: &mut Tx, workspace: WorkspaceId) -> Result<()> {
    tx.execute("UPDATE workspaces SET demo = 1 WHERE workspace_id = $1", &params![workspace])?;
    db::bump_revision(tx, workspace)
}

/// All workspaces: (id, name, zone, demo).
///
/// # Errors
/// The database's.
pub fn list_workspaces(tx: &mut Tx) -> Result<Vec<(WorkspaceId, String, String, bool)>> {
    Ok(tx.query("SELECT workspace_id, name, zone, demo FROM workspaces ORDER BY workspace_id", &[], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    })?)
}

/// Connects a LINE account.
///
/// # Errors
/// `channel_id_taken` when the installation has it already; `bad_channel_id`, `bad_secret` for malformed input.
pub fn add_channel(tx: &mut Tx, vault: &Vault, workspace: WorkspaceId, new: &NewChannel, now: i64) -> Result<ChannelId> {
    let name = text("name", &new.name, 50)?;
    if new.line_channel_id.is_empty()
        || new.line_channel_id.len() > 20
        || !new.line_channel_id.bytes().all(|b| b.is_ascii_digit())
    {
        return Err(Error::bad(
            "bad_channel_id",
            "channel_id",
            "チャネルIDは数字だけです。LINE Developersの「チャネル基本設定」で確認してください。",
        ));
    }
    check_secret(&new.secret)?;
    if !db::workspace_exists(tx, workspace)? {
        return Err(Error::NotFound);
    }
    let provider = provider_for(tx, workspace, new.provider, now)?;
    let id = ChannelId::new(now);
    let taken = tx.execute(
        "INSERT INTO channel_directory (channel_id, workspace_id, line_channel_id) VALUES ($1, $2, $3) ON CONFLICT (line_channel_id) DO NOTHING",
        &params![id, workspace, &new.line_channel_id],
    )? == 0;
    if taken {
        return Err(Error::conflict("channel_id_taken", "このチャネルIDはすでに接続されています。"));
    }
    let color = COLORS[usize::try_from(db::count_channels(tx, workspace)?).unwrap_or(0) % COLORS.len()];
    let secret = vault.seal("channels", id.0, new.secret.expose_secret().as_bytes());
    let token = new.token.as_ref().map(|token| vault.seal("channels", id.0, token.expose_secret().as_bytes()));
    tx.execute(
        "INSERT INTO channels (workspace_id, id, provider_id, name, color, line_channel_id, secret, token, mode, reserve_percent, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 10, $10)",
        &params![workspace, id, provider, name, color, &new.line_channel_id, secret, token, new.mode, now],
    )?;
    db::bump_revision(tx, workspace)?;
    Ok(id)
}

const COLORS: [&str; 8] = ["#2f9e44", "#1971c2", "#e8590c", "#9c36b5", "#0c8599", "#c2255c", "#5f3dc4", "#66a80f"];

fn provider_for(tx: &mut Tx, workspace: WorkspaceId, wanted: Option<ProviderId>, now: i64) -> Result<ProviderId> {
    let known: Vec<ProviderId> =
        tx.query("SELECT id FROM providers WHERE workspace_id = $1 ORDER BY id LIMIT 2", &params![workspace], |row| row.get(0))?;
    match (wanted, known.as_slice()) {
        (Some(id), _) => tx
            .query_opt("SELECT id FROM providers WHERE workspace_id = $1 AND id = $2", &params![workspace, id], |row| row.get(0))?
            .ok_or_else(|| Error::bad("provider_unknown", "provider", "そのプロバイダーはありません。")),
        (None, [only]) => Ok(*only),
        (None, []) => {
            let id = ProviderId::new(now);
            tx.execute(
                "INSERT INTO providers (workspace_id, id, name, created_at) VALUES ($1, $2, $3, $4)",
                &params![workspace, id, "プロバイダー", now],
            )?;
            Ok(id)
        }
        (None, _) => Err(Error::bad("provider_needed", "provider", "プロバイダーを選んでください。")),
    }
}

/// Changes a channel.
///
/// # Errors
/// [`Error::NotFound`], or input that can be mended.
pub fn update_channel(tx: &mut Tx, vault: &Vault, workspace: WorkspaceId, id: ChannelId, edit: &ChannelEdit) -> Result<()> {
    if !db::channel_exists(tx, workspace, id)? {
        return Err(Error::NotFound);
    }
    let at = params![workspace, id];
    if let Some(name) = &edit.name {
        let name = text("name", name, 50)?;
        tx.execute("UPDATE channels SET name = $3 WHERE workspace_id = $1 AND id = $2", &params![workspace, id, name])?;
    }
    if let Some(color) = &edit.color {
        tx.execute("UPDATE channels SET color = $3 WHERE workspace_id = $1 AND id = $2", &params![workspace, id, color])?;
    }
    if let Some(secret) = &edit.secret {
        check_secret(secret)?;
        let sealed = vault.seal("channels", id.0, secret.expose_secret().as_bytes());
        tx.execute(
            "UPDATE channels SET old_secret = secret, secret = $3 WHERE workspace_id = $1 AND id = $2",
            &params![workspace, id, sealed],
        )?;
    }
    if edit.drop_old_secret {
        tx.execute("UPDATE channels SET old_secret = NULL WHERE workspace_id = $1 AND id = $2", &at)?;
    }
    if let Some(token) = &edit.token {
        let sealed = token.as_ref().map(|token| vault.seal("channels", id.0, token.expose_secret().as_bytes()));
        tx.execute("UPDATE channels SET token = $3 WHERE workspace_id = $1 AND id = $2", &params![workspace, id, sealed])?;
    }
    if let Some(mode) = edit.mode {
        tx.execute("UPDATE channels SET mode = $3 WHERE workspace_id = $1 AND id = $2", &params![workspace, id, mode])?;
    }
    if let Some(percent) = edit.reserve_percent {
        if !(0..=100).contains(&percent) {
            return Err(Error::bad("out_of_range", "reserve_percent", "0〜100で入力してください。"));
        }
        tx.execute(
            "UPDATE channels SET reserve_percent = $3 WHERE workspace_id = $1 AND id = $2",
            &params![workspace, id, percent],
        )?;
    }
    if let Some((user_id, basic_id, display_name, picture)) = &edit.bot {
        tx.execute(
            "UPDATE channels SET bot_user_id = $3, basic_id = $4, display_name = $5, picture_url = $6 WHERE workspace_id = $1 AND id = $2",
            &params![workspace, id, user_id, basic_id, display_name, picture.as_deref()],
        )?;
    }
    db::bump_revision(tx, workspace)
}

/// 非常停止, since this Unix ms.
///
/// # Errors
/// [`Error::NotFound`].
pub fn stop_channel(tx: &mut Tx, workspace: WorkspaceId, id: ChannelId, since: i64) -> Result<()> {
    set_stopped(tx, workspace, id, Some(since))
}

/// Ends 非常停止. LINE's figures were not read meanwhile: they are looked at now, not at the next regular hour.
///
/// # Errors
/// [`Error::NotFound`].
pub fn release_channel(tx: &mut Tx, workspace: WorkspaceId, id: ChannelId, now: i64) -> Result<()> {
    set_stopped(tx, workspace, id, None)?;
    quota::look_now(tx, workspace, id, now)
}

fn set_stopped(tx: &mut Tx, workspace: WorkspaceId, id: ChannelId, stopped_at: Option<i64>) -> Result<()> {
    let changed = tx.execute(
        "UPDATE channels SET stopped_at = $3 WHERE workspace_id = $1 AND id = $2",
        &params![workspace, id, stopped_at],
    )?;
    if changed == 0 {
        return Err(Error::NotFound);
    }
    db::bump_revision(tx, workspace)
}

/// The channels of a workspace, oldest first.
///
/// # Errors
/// [`Error::WrongKey`].
pub fn list_channels(tx: &mut Tx, vault: &Vault, workspace: WorkspaceId) -> Result<Vec<Channel>> {
    db::load_channels(tx, vault, workspace)
}

fn check_secret(secret: &SecretString) -> Result<()> {
    let secret = secret.expose_secret();
    if secret.len() < 8 || secret.len() > 100 || !secret.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Error::bad(
            "bad_secret",
            "channel_secret",
            "チャネルシークレットの形が正しくありません。LINE Developersの「チャネル基本設定」からそのまま貼り付けてください。",
        ));
    }
    Ok(())
}

/// Trims and bounds a name that staff typed.
pub(crate) fn text<'a>(path: &str, value: &'a str, max_chars: usize) -> Result<&'a str> {
    let value = value.trim();
    if value.is_empty() {
        return Err(Error::bad("required", path, "入力してください。"));
    }
    if value.chars().count() > max_chars {
        return Err(Error::bad("too_long", path, format!("{max_chars}文字以内で入力してください。")));
    }
    if value.chars().any(|c| c.is_control()) {
        return Err(Error::bad("bad_characters", path, "改行や制御文字は使えません。"));
    }
    Ok(value)
}
