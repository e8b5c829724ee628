//! SQL of workspaces, channels and the catalog.

use secrecy::SecretString;
use store::{Tx, params};
use uuid::Uuid;

use super::{Channel, Vault};
use crate::ids::{ChannelId, WorkspaceId};
use crate::{Error, Result, reception};

/// Tells every node to reload this workspace's catalog.
pub(crate) fn bump_revision(tx: &mut Tx, workspace: WorkspaceId) -> Result<()> {
    tx.execute("UPDATE workspaces SET revision = revision + 1 WHERE workspace_id = $1", &params![workspace])?;
    Ok(())
}

pub(super) fn workspace_exists(tx: &mut Tx, workspace: WorkspaceId) -> Result<bool> {
    let found: Option<i64> =
        tx.query_opt("SELECT revision FROM workspaces WHERE workspace_id = $1", &params![workspace], |row| row.get(0))?;
    Ok(found.is_some())
}

pub(super) fn channel_exists(tx: &mut Tx, workspace: WorkspaceId, id: ChannelId) -> Result<bool> {
    let found: Option<i64> =
        tx.query_opt("SELECT created_at FROM channels WHERE workspace_id = $1 AND id = $2", &params![workspace, id], |row| {
            row.get(0)
        })?;
    Ok(found.is_some())
}

pub(super) fn count_channels(tx: &mut Tx, workspace: WorkspaceId) -> Result<i64> {
    Ok(tx.query_one("SELECT COUNT(*) FROM channels WHERE workspace_id = $1", &params![workspace], |row| row.get(0))?)
}

/// (workspace, revision) of all workspaces.
pub(super) fn revisions(tx: &mut Tx) -> Result<Vec<(WorkspaceId, i64)>> {
    Ok(tx.query("SELECT workspace_id, revision FROM workspaces", &[], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Revisions of some workspaces.
pub(super) fn revisions_of(tx: &mut Tx, workspaces: &[WorkspaceId]) -> Result<Vec<(WorkspaceId, i64)>> {
    let ids: Vec<Uuid> = workspaces.iter().map(|w| w.0).collect();
    Ok(tx.query("SELECT workspace_id, revision FROM workspaces WHERE workspace_id = ANY($1)", &params![ids], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?)
}

pub(super) fn load_channels(tx: &mut Tx, vault: &Vault, workspace: WorkspaceId) -> Result<Vec<Channel>> {
    let rows = tx.query(
        "SELECT id, provider_id, name, color, line_channel_id, secret, old_secret, token, mode,
                bot_user_id, basic_id, display_name, picture_url, stopped_at, reserve_percent, created_at,
                previous_webhook, forward_url, forward_until, reception_at, followers_task
         FROM channels WHERE workspace_id = $1 ORDER BY id",
        &params![workspace],
        |row| {
            let sealed: (Vec<u8>, Option<Vec<u8>>, Option<Vec<u8>>) = (row.get(5)?, row.get(6)?, row.get(7)?);
            let channel = Channel {
                workspace,
                id: row.get(0)?,
                provider: row.get(1)?,
                name: row.get(2)?,
                color: row.get(3)?,
                line_channel_id: row.get(4)?,
                secrets: Vec::new(),
                token: None,
                mode: row.get(8)?,
                bot_user_id: row.get(9)?,
                basic_id: row.get(10)?,
                display_name: row.get(11)?,
                picture_url: row.get(12)?,
                stopped_at: row.get(13)?,
                reserve_percent: row.get(14)?,
                created_at: row.get(15)?,
                previous_webhook: row.get(16)?,
                forward: reception::db::forward_of(row.get(17)?, row.get(18)?),
                reception_at: row.get(19)?,
                followers_task: row.get(20)?,
            };
            Ok((channel, sealed))
        },
    )?;
    rows.into_iter()
        .map(|(mut channel, (secret, old, token))| {
            channel.secrets.push(open(vault, channel.id, &secret)?);
            if let Some(old) = old {
                channel.secrets.push(open(vault, channel.id, &old)?);
            }
            channel.token = token.map(|token| open(vault, channel.id, &token)).transpose()?;
            Ok(channel)
        })
        .collect()
}

fn open(vault: &Vault, channel: ChannelId, sealed: &[u8]) -> Result<SecretString> {
    let plain = vault.open("channels", channel.0, sealed)?;
    let text = std::str::from_utf8(&plain).map_err(|error| Error::damaged("channels.secret", error))?;
    Ok(SecretString::from(text))
}
