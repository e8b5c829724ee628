//! Whether a LINE Login channel belongs to the account's provider. LINE's user ids are per provider: with a channel of
//! another provider nobody who logs in would be found among the friends, and nothing could be mended afterwards.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use store::{Tx, params};

use super::Vault;
use crate::access::db::Act;
use crate::access::secret::Secret;
use crate::ids::{ChannelId, WorkspaceId};
use crate::{Error, Result};

/// A login must be finished within this time.
const LOGIN_MS: i64 = 10 * 60_000;
/// `vault` purpose.
const SEALED: &str = "provider_logins";

/// What a login showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ProviderVerdict)]
pub enum Verdict {
    /// The account knows the person by the id that the login gave.
    Same,
    /// It does not.
    Different,
}
crate::column::column_words!(Verdict { Same => "same", Different => "different" });

/// The latest check of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderCheck {
    /// The LINE Login channel.
    pub login_channel_id: String,
    /// What it showed.
    pub verdict: Verdict,
    /// When, Unix ms.
    pub at: i64,
}

/// A login that was begun.
pub struct Login {
    /// Account that is checked.
    pub channel: ChannelId,
    /// LINE Login channel.
    pub login_channel_id: String,
    /// Its secret.
    pub secret: SecretString,
    /// Comes back with the code.
    pub state: String,
    /// Comes back inside the ID token.
    pub nonce: String,
    /// The secret half of PKCE.
    pub verifier: String,
}

#[derive(Serialize, Deserialize)]
struct Secrets {
    secret: String,
    nonce: String,
    verifier: String,
}

/// Begins a login. Old ones of the workspace are dropped.
///
/// # Errors
/// [`Error::NotFound`]; `bad_channel_id`.
pub fn begin(
    tx: &mut Tx<'_>,
    vault: &Vault,
    act: &Act,
    channel: ChannelId,
    login_channel_id: &str,
    secret: &SecretString,
) -> Result<Login> {
    if !super::db::channel_exists(tx, act.workspace, channel)? {
        return Err(Error::NotFound);
    }
    let id = login_channel_id.trim();
    if id.is_empty() || id.len() > 20 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::bad("bad_channel_id", "login_channel_id", "LINEログインのチャネルIDは数字だけです。"));
    }
    tx.execute(
        "DELETE FROM provider_logins WHERE workspace_id = $1 AND begun_at < $2",
        &params![act.workspace, act.at - LOGIN_MS],
    )?;
    let login = Login {
        channel,
        login_channel_id: id.to_owned(),
        secret: secret.clone(),
        state: Secret::draw().reveal().to_owned(),
        nonce: Secret::draw().reveal().to_owned(),
        verifier: Secret::draw().reveal().to_owned(),
    };
    let secrets =
        Secrets { secret: secret.expose_secret().to_owned(), nonce: login.nonce.clone(), verifier: login.verifier.clone() };
    let plain = serde_json::to_vec(&secrets).map_err(|error| Error::damaged("provider_logins.secrets", error))?;
    tx.execute(
        "INSERT INTO provider_logins (workspace_id, state, channel_id, login_channel_id, secrets, actor, begun_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &params![
            act.workspace,
            login.state.as_str(),
            channel,
            login.login_channel_id.as_str(),
            vault.seal(SEALED, channel.0, &plain),
            act.actor.to_string(),
            act.at
        ],
    )?;
    Ok(login)
}

/// Takes a login that the same person began up again; it is gone afterwards.
///
/// # Errors
/// `login_expired` when there is none.
pub fn take_up(tx: &mut Tx<'_>, vault: &Vault, act: &Act, state: &str) -> Result<Login> {
    let row: Option<(ChannelId, String, Vec<u8>)> = tx.query_opt(
        "DELETE FROM provider_logins WHERE workspace_id = $1 AND state = $2 AND actor = $3 AND begun_at >= $4
         RETURNING channel_id, login_channel_id, secrets",
        &params![act.workspace, state, act.actor.to_string(), act.at - LOGIN_MS],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let (channel, login_channel_id, sealed) = row.ok_or_else(|| {
        Error::conflict("login_expired", "ログインの確認は10分以内に終えてください。もう一度はじめからお試しください。")
    })?;
    let plain = vault.open(SEALED, channel.0, &sealed)?;
    let Secrets { secret, nonce, verifier } =
        serde_json::from_slice(&plain).map_err(|error| Error::damaged("provider_logins.secrets", error))?;
    Ok(Login { channel, login_channel_id, secret: secret.into(), state: state.to_owned(), nonce, verifier })
}

/// Whether the channel knows somebody by this LINE user id.
///
/// # Errors
/// The database's.
pub fn is_known(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId, user_id: &str) -> Result<bool> {
    let found: Option<i64> = tx.query_opt(
        "SELECT f.changed_at FROM channels c
         JOIN identities i ON i.workspace_id = c.workspace_id AND i.kind = 'line' AND i.scope = c.provider_id AND i.value = $3
         JOIN friendships f ON f.workspace_id = c.workspace_id AND f.channel_id = c.id AND f.contact_id = i.contact_id
         WHERE c.workspace_id = $1 AND c.id = $2",
        &params![workspace, channel, user_id],
        |row| row.get(0),
    )?;
    Ok(found.is_some())
}

/// Keeps what a login showed.
///
/// # Errors
/// The database's.
pub fn keep(tx: &mut Tx<'_>, act: &Act, channel: ChannelId, login_channel_id: &str, verdict: Verdict) -> Result<()> {
    tx.execute(
        "INSERT INTO provider_checks (workspace_id, channel_id, login_channel_id, verdict, at, actor) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (workspace_id, channel_id) DO UPDATE SET login_channel_id = excluded.login_channel_id,
           verdict = excluded.verdict, at = excluded.at, actor = excluded.actor",
        &params![act.workspace, channel, login_channel_id, verdict, act.at, act.actor.to_string()],
    )?;
    let detail = serde_json::json!({ "login_channel_id": login_channel_id, "verdict": verdict });
    act.note(tx, "channel.provider_check", channel.0, &detail)
}

/// The latest checks, by channel.
///
/// # Errors
/// The database's.
pub fn checks(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Vec<(ChannelId, ProviderCheck)>> {
    Ok(tx.query(
        "SELECT channel_id, login_channel_id, verdict, at FROM provider_checks WHERE workspace_id = $1",
        &params![workspace],
        |row| Ok((row.get(0)?, ProviderCheck { login_channel_id: row.get(1)?, verdict: row.get(2)?, at: row.get(3)? })),
    )?)
}
