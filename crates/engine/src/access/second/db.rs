//! SQL of the second step. Both tables are global, as users are.

use store::{Insert, Tx, params};

use super::SecondStep;
use crate::error::Result;
use crate::ids::UserId;

const FIND: &str = "SELECT secret, confirmed_at, last_step FROM second_steps WHERE user_id = $1";
const PUT: &str = "INSERT INTO second_steps (user_id, secret, confirmed_at, last_step, created_at) VALUES ($1, $2, NULL, 0, $3)
  ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at
  WHERE second_steps.confirmed_at IS NULL";
const CONFIRM: &str = "UPDATE second_steps SET confirmed_at = $2 WHERE user_id = $1 AND confirmed_at IS NULL";
// Only forwards: of two logins with the same code one is refused.
const TAKE_STEP: &str = "UPDATE second_steps SET last_step = $2 WHERE user_id = $1 AND last_step < $2";
const ANY: &str = "SELECT user_id FROM second_steps WHERE user_id = $1 AND confirmed_at IS NOT NULL
  UNION ALL SELECT user_id FROM passkeys WHERE user_id = $1 LIMIT 1";
const LOCK: &str = "SELECT id FROM users WHERE id = $1 FOR UPDATE";
const DELETE: &str = "DELETE FROM second_steps WHERE user_id = $1";
const CODES: Insert = Insert { table: "recovery_codes", columns: &["user_id", "code_hash"], conflict: "" };
const CODES_DELETE: &str = "DELETE FROM recovery_codes WHERE user_id = $1";
const CODE_USE: &str = "UPDATE recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL";
const CODES_LEFT: &str = "SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL";

/// The person's second step, confirmed or not.
pub fn find(tx: &mut Tx<'_>, user: UserId) -> Result<Option<SecondStep>> {
    Ok(tx.query_opt(FIND, &params![user], |row| {
        Ok(SecondStep { sealed: row.get(0)?, confirmed_at: row.get(1)?, last_step: row.get(2)? })
    })?)
}

/// Keeps a key that is not confirmed yet; false when the person has a confirmed one.
pub fn put(tx: &mut Tx<'_>, user: UserId, sealed: &[u8], machine_ms: i64) -> Result<bool> {
    Ok(tx.execute(PUT, &params![user, sealed, machine_ms])? == 1)
}

/// From now on the code is asked for; false when it is already.
pub fn confirm(tx: &mut Tx<'_>, user: UserId, machine_ms: i64) -> Result<bool> {
    Ok(tx.execute(CONFIRM, &params![user, machine_ms])? == 1)
}

/// Uses up the codes until `step`; false when that is done already.
pub fn take_step(tx: &mut Tx<'_>, user: UserId, step: i64) -> Result<bool> {
    Ok(tx.execute(TAKE_STEP, &params![user, step])? == 1)
}

/// Until the transaction ends nobody else adds or removes a second step of this person: each sees what the other did.
pub fn lock(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    tx.query_opt(LOCK, &params![user], |row| row.get::<UserId>(0))?;
    Ok(())
}

/// Whether the person has a second step of any kind.
pub fn any(tx: &mut Tx<'_>, user: UserId) -> Result<bool> {
    Ok(tx.query_opt(ANY, &params![user], |row| row.get::<UserId>(0))?.is_some())
}

/// Forgets the phone's key.
pub fn delete(tx: &mut Tx<'_>, user: UserId) -> Result<()> {
    tx.execute(DELETE, &params![user])?;
    Ok(())
}

/// Recovery codes from now on; earlier ones are void.
pub fn replace_codes(tx: &mut Tx<'_>, user: UserId, hashes: &[[u8; 32]]) -> Result<()> {
    tx.execute(CODES_DELETE, &params![user])?;
    tx.insert_many(&CODES, hashes.iter().map(|hash| params![user, hash]))?;
    Ok(())
}

/// Uses a recovery code up; false when there is none like it.
pub fn use_code(tx: &mut Tx<'_>, user: UserId, hash: &[u8; 32], machine_ms: i64) -> Result<bool> {
    Ok(tx.execute(CODE_USE, &params![user, hash, machine_ms])? == 1)
}

/// Recovery codes not used yet.
pub fn codes_left(tx: &mut Tx<'_>, user: UserId) -> Result<i64> {
    Ok(tx.query_one(CODES_LEFT, &params![user], |row| row.get(0))?)
}
