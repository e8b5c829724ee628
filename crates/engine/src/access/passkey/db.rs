//! SQL of passkeys. Both tables are global, as users are.

use store::{Row, Tx, params};

use super::{Passkey, Stored};
use crate::error::{Error, Result};
use crate::ids::{PasskeyId, UserId};

const LIST: &str = "SELECT id, name, host, created_at, used_at FROM passkeys WHERE user_id = $1 ORDER BY created_at, id";
const CREDENTIALS: &str = "SELECT credential_id FROM passkeys WHERE user_id = $1";
const BY_CREDENTIAL: &str = "SELECT user_id, id, name, credential FROM passkeys WHERE credential_id = $1";
const INSERT: &str = "INSERT INTO passkeys (user_id, id, credential_id, credential, counter, name, host, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (credential_id) DO NOTHING";
// Only forwards: of two logins with the same count one is refused. Keys that are copied between devices count nothing.
const USE: &str = "UPDATE passkeys SET credential = $3, counter = $4, used_at = $5
  WHERE user_id = $1 AND id = $2 AND (counter < $4 OR counter = 0 AND $4 = 0)";
const RENAME: &str = "UPDATE passkeys SET name = $3 WHERE user_id = $1 AND id = $2";
const DELETE: &str = "DELETE FROM passkeys WHERE user_id = $1 AND id = $2";
const DELETE_ALL: &str = "DELETE FROM passkeys WHERE user_id = $1";
const CHALLENGE: &str = "INSERT INTO passkey_challenges (token_hash, user_id, state, expires_at) VALUES ($1, $2, $3, $4)";
const CHALLENGE_FIND: &str = "SELECT user_id, state FROM passkey_challenges WHERE token_hash = $1 AND expires_at > $2";
const CHALLENGE_TAKE: &str = "DELETE FROM passkey_challenges WHERE token_hash = $1";
const CHALLENGES_PURGE: &str = "DELETE FROM passkey_challenges WHERE expires_at <= $1";

fn passkey(row: &Row<'_>) -> store::Result<Passkey> {
    Ok(Passkey { id: row.get(0)?, name: row.get(1)?, host: row.get(2)?, created_at: row.get(3)?, used_at: row.get(4)? })
}

/// A person's passkeys, the first registered first.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Passkey>> {
    Ok(tx.query(LIST, &params![user], passkey)?)
}

/// One of a person's passkeys.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(tx: &mut Tx<'_>, user: UserId, id: PasskeyId) -> Result<Passkey> {
    list(tx, user)?.into_iter().find(|passkey| passkey.id == id).ok_or(Error::NotFound)
}

/// What the authenticators call a person's passkeys, so that none registers twice.
///
/// # Errors
/// The database's.
pub fn credential_ids(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Vec<u8>>> {
    Ok(tx.query(CREDENTIALS, &params![user], |row| row.get(0))?)
}

/// By the authenticator's name of it.
///
/// # Errors
/// The database's.
pub fn by_credential(tx: &mut Tx<'_>, credential_id: &[u8]) -> Result<Option<Stored>> {
    Ok(tx.query_opt(BY_CREDENTIAL, &params![credential_id], |row| {
        Ok(Stored { user: row.get(0)?, id: row.get(1)?, name: row.get(2)?, credential: row.get(3)? })
    })?)
}

/// A passkey to be kept.
#[derive(Clone, Debug)]
pub(super) struct New {
    pub user: UserId,
    pub id: PasskeyId,
    pub credential_id: Vec<u8>,
    pub credential: String,
    pub counter: i64,
    pub name: String,
    pub host: String,
}

/// Keeps it; false when it is registered already.
pub(super) fn insert(tx: &mut Tx<'_>, new: &New, machine_ms: i64) -> Result<bool> {
    let New { user, id, credential_id, credential, counter, name, host } = new;
    let row = params![*user, *id, credential_id.as_slice(), credential, *counter, name, host, machine_ms];
    Ok(tx.execute(INSERT, &row)? == 1)
}

/// Notes a signature; false when another one with this count or a later one was there first, or the passkey is gone.
pub(super) fn note_use(tx: &mut Tx<'_>, of: &Stored, credential: &str, counter: i64, machine_ms: i64) -> Result<bool> {
    Ok(tx.execute(USE, &params![of.user, of.id, credential, counter, machine_ms])? == 1)
}

pub(super) fn rename(tx: &mut Tx<'_>, user: UserId, id: PasskeyId, name: &str) -> Result<()> {
    tx.execute(RENAME, &params![user, id, name])?;
    Ok(())
}

pub(super) fn delete(tx: &mut Tx<'_>, user: UserId, id: PasskeyId) -> Result<()> {
    tx.execute(DELETE, &params![user, id])?;
    Ok(())
}

/// Forgets all of a person's passkeys.
pub(in crate::access) fn delete_all(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    tx.execute(DELETE_ALL, &params![user])?;
    Ok(())
}

/// Keeps what was asked of a browser, and drops what nobody answered in time.
pub(super) fn ask(tx: &mut Tx<'_>, token_hash: &[u8; 32], user: Option<UserId>, state: &str, now: i64) -> Result<()> {
    tx.execute(CHALLENGES_PURGE, &params![now])?;
    tx.execute(CHALLENGE, &params![token_hash, user, state, now + super::CHALLENGE_MS])?;
    Ok(())
}

/// Takes up what was asked, once: whatever the answer is worth, nobody can try again with it.
pub(super) fn take(tx: &mut Tx<'_>, token_hash: &[u8; 32], now: i64) -> Result<Option<(Option<UserId>, String)>> {
    let asked = tx.query_opt(CHALLENGE_FIND, &params![token_hash, now], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let taken = tx.execute(CHALLENGE_TAKE, &params![token_hash])? == 1;
    Ok(asked.filter(|_| taken))
}
