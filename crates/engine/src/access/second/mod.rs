//! 2段階認証: a code from the person's phone beside the password or a passkey, recovery codes for the day the phone is lost,
//! and whether a workspace asks it of everybody. Times are machine times, as the phone's clock is real.

pub mod db;
pub mod decide;

use serde_json::json;
use store::Tx;
use uuid::Uuid;

use super::Actor;
use super::db::Act;
use super::secret;
use crate::error::{Error, Result};
use crate::ids::{UserId, WorkspaceId};
use crate::workspace::{Vault, set_setting, setting};
use decide::Typed;

/// The setting that asks a second step of every member; its value is `all` or absent.
pub const REQUIRED: &str = "second_step";

/// A person's second step as stored.
#[derive(Clone, PartialEq)]
pub struct SecondStep {
    /// The shared key, sealed.
    pub sealed: Vec<u8>,
    /// Asked for since, machine ms; `None` while it is being set up.
    pub confirmed_at: Option<i64>,
    /// Step of the last code taken.
    pub last_step: i64,
}

/// What proved the second step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The person has none.
    NotAsked,
    /// A code from the phone.
    Code,
    /// A recovery code, now used up.
    Recovery,
    /// A passkey, which is both steps in one.
    Passkey,
}

/// A key for a phone, random; what is stored is sealed.
pub fn draw_key() -> [u8; decide::KEY_BYTES] {
    let mut key = [0; decide::KEY_BYTES];
    key.copy_from_slice(&secret::random_32()[..decide::KEY_BYTES]);
    key
}

/// Recovery codes to be shown once.
pub fn draw_codes() -> Vec<String> {
    (0..decide::RECOVERY_CODES).map(|_| decide::recovery_code(&secret::random_32())).collect()
}

/// 50 bits could be tried out by whoever stole the database alone, so the hash needs the installation's key too.
fn code_hash(vault: &Vault, folded: &str) -> [u8; 32] {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&vault.derive("recovery codes")).expect("HMAC takes keys of any length");
    mac.update(folded.as_bytes());
    mac.finalize().into_bytes().into()
}

fn hashes(vault: &Vault, codes: &[String]) -> Vec<[u8; 32]> {
    let folded = codes.iter().filter_map(|code| match decide::read(code) {
        Typed::Recovery(folded) => Some(folded),
        _ => None,
    });
    folded.map(|code| code_hash(vault, &code)).collect()
}

/// Begins: keeps `key` until a code proves that the phone has it too.
///
/// # Errors
/// `Conflict` when the person has a second step already.
pub fn begin(tx: &mut Tx<'_>, vault: &Vault, user: UserId, key: &[u8], machine_ms: i64) -> Result<()> {
    let sealed = vault.seal("second_steps", user.0, key);
    if db::put(tx, user, &sealed, machine_ms)? {
        return Ok(());
    }
    Err(Error::conflict("conflict", "2段階認証はすでに使っています。変えるときは、いちど解除してください。"))
}

/// The first code: from now on it is asked for, `codes` are the recovery codes, and all other sessions of the person end.
///
/// # Errors
/// `Bad` when the code does not fit, `Conflict` when nothing was begun.
pub fn confirm(tx: &mut Tx<'_>, act: &Act, vault: &Vault, user: UserId, first: &First<'_>) -> Result<()> {
    db::lock(tx, user)?;
    let begun = db::find(tx, user)?.filter(|step| step.confirmed_at.is_none());
    let Some(begun) = begun else {
        return Err(Error::conflict("conflict", "設定が途中で変わりました。はじめからやり直してください。"));
    };
    if !proves_code(tx, vault, user, &begun, first.typed, first.machine_ms)? {
        return Err(Error::bad("code", "code", "コードが違います。アプリにいま出ている6桁を入力してください。"));
    }
    db::confirm(tx, user, first.machine_ms)?;
    give_codes(tx, vault, user, first.codes)?;
    super::db::end_sessions(tx, user, first.session)?;
    act.note(tx, "user.second_step_on", user.0, &json!({}))
}

/// What the first code comes with.
pub struct First<'a> {
    /// As typed.
    pub typed: &'a str,
    /// Recovery codes to be shown.
    pub codes: &'a [String],
    /// The session that goes on.
    pub session: &'a [u8; 32],
    /// Machine ms.
    pub machine_ms: i64,
}

fn proves_code(tx: &mut Tx<'_>, vault: &Vault, user: UserId, step: &SecondStep, typed: &str, now: i64) -> Result<bool> {
    let Typed::Code(code) = decide::read(typed) else { return Ok(false) };
    let key = vault.open("second_steps", user.0, &step.sealed)?;
    match decide::step_of(&key, code, now, step.last_step) {
        Some(taken) => db::take_step(tx, user, taken),
        None => Ok(false),
    }
}

/// Whether the person has a second step that is asked for: a code from the phone, or a passkey.
///
/// # Errors
/// The database's.
pub fn is_on(tx: &mut Tx<'_>, user: UserId) -> Result<bool> {
    db::any(tx, user)
}

/// Whether the person's phone shows codes.
///
/// # Errors
/// The database's.
pub fn has_code(tx: &mut Tx<'_>, user: UserId) -> Result<bool> {
    Ok(db::find(tx, user)?.is_some_and(|step| step.confirmed_at.is_some()))
}

/// Checks and uses up what was typed; `None` when it is wrong.
///
/// # Errors
/// The database's, [`Error::WrongKey`].
pub fn prove(tx: &mut Tx<'_>, vault: &Vault, user: UserId, typed: &str, machine_ms: i64) -> Result<Option<Proof>> {
    if !is_on(tx, user)? {
        return Ok(Some(Proof::NotAsked));
    }
    if let Typed::Recovery(folded) = decide::read(typed) {
        let used = db::use_code(tx, user, &code_hash(vault, &folded), machine_ms)?;
        return Ok(used.then_some(Proof::Recovery));
    }
    let Some(step) = db::find(tx, user)?.filter(|step| step.confirmed_at.is_some()) else { return Ok(None) };
    Ok(proves_code(tx, vault, user, &step, typed, machine_ms)?.then_some(Proof::Code))
}

/// Gives out recovery codes; earlier ones are void.
pub(super) fn give_codes(tx: &mut Tx<'_>, vault: &Vault, user: UserId, codes: &[String]) -> Result<()> {
    db::replace_codes(tx, user, &hashes(vault, codes))
}

/// Recovery codes anew; the old ones are void.
///
/// # Errors
/// `Conflict` when the person has no second step.
pub fn renew_codes(tx: &mut Tx<'_>, act: &Act, vault: &Vault, user: UserId, codes: &[String]) -> Result<()> {
    if !is_on(tx, user)? {
        return Err(Error::conflict("conflict", "2段階認証を使っていません。"));
    }
    give_codes(tx, vault, user, codes)?;
    act.note(tx, "user.recovery_codes", user.0, &json!({}))
}

/// The person's phone is not asked any more.
///
/// # Errors
/// `Conflict` when nothing else is left and the workspace asks a second step of everybody.
pub fn remove(tx: &mut Tx<'_>, act: &Act, user: UserId) -> Result<()> {
    db::delete(tx, user)?;
    settle(tx, act, user)?;
    act.note(tx, "user.second_step_off", user.0, &json!({}))
}

/// After one second step was removed: recovery codes without any would open nothing.
///
/// # Errors
/// `Conflict` when none is left and the workspace asks one of everybody.
pub(super) fn settle(tx: &mut Tx<'_>, act: &Act, user: UserId) -> Result<()> {
    db::lock(tx, user)?;
    if is_on(tx, user)? {
        return Ok(());
    }
    if is_required(tx, act.workspace)? {
        return Err(Error::conflict(
            "conflict",
            "このお店では全員に2段階認証が必要です。先に、別のパスキーか認証アプリを登録してください。",
        ));
    }
    db::replace_codes(tx, user, &[])
}

/// An owner lets a colleague begin anew who lost phone and recovery codes. Ends the colleague's sessions.
///
/// # Errors
/// `NotFound` when they are no member, `Conflict` when they work elsewhere too: that door is not this owner's.
pub fn reset(tx: &mut Tx<'_>, act: &Act, user: UserId) -> Result<()> {
    if act.actor == Actor::User(user) {
        return Err(Error::conflict("conflict", "ご自分の2段階認証は、「ログインと安全」から確認コードを入れて変えてください。"));
    }
    let member = super::db::find_member(tx, act.workspace, user)?;
    if super::db::desks(tx, user)?.len() > 1 {
        return Err(Error::conflict(
            "conflict",
            "ほかのワークスペースでも働いている方の2段階認証は、ここではリセットできません。サーバーの管理者に頼んでください。",
        ));
    }
    forget(tx, act, user, &member.name)
}

/// As [`reset`], for whoever may write to the database anyway: the command line, when the last owner's phone is gone.
///
/// # Errors
/// `NotFound` when they are no member.
pub fn reset_by_hand(tx: &mut Tx<'_>, act: &Act, email: &str) -> Result<UserId> {
    let user = super::db::user_by_email(tx, &super::decide::fold_email(email))?.ok_or(Error::NotFound)?;
    super::db::find_member(tx, act.workspace, user.id)?;
    forget(tx, act, user.id, &user.name)?;
    Ok(user.id)
}

fn forget(tx: &mut Tx<'_>, act: &Act, user: UserId, name: &str) -> Result<()> {
    db::delete(tx, user)?;
    db::replace_codes(tx, user, &[])?;
    super::passkey::db::delete_all(tx, user)?;
    super::db::end_sessions(tx, user, &[0; 32])?;
    act.note(tx, "user.second_step_reset", user.0, &json!({ "name": name }))
}

/// Whether every member must have one.
///
/// # Errors
/// The database's.
pub fn is_required(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<bool> {
    Ok(setting(tx, workspace, REQUIRED)?.as_deref() == Some("all"))
}

/// Who must have a second step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Demand {
    /// Everybody: who has none can do nothing else before.
    All,
    /// Whoever wants.
    Nobody,
}

/// Sets who must have one.
///
/// # Errors
/// `Conflict` when the person who asks it of everybody has none.
pub fn demand(tx: &mut Tx<'_>, act: &Act, demand: Demand, by: Option<UserId>) -> Result<()> {
    let own = by.map(|user| is_on(tx, user)).transpose()?;
    if demand == Demand::All && own == Some(false) {
        return Err(Error::conflict("conflict", "先に、ご自身の2段階認証を設定してください。"));
    }
    let value = if demand == Demand::All { "all" } else { "" };
    set_setting(tx, act.workspace, REQUIRED, value)?;
    act.note(tx, "workspace.second_step", act.workspace.0, &json!({ "demand": demand }))
}

/// A session as its list shows it: the first half of the hash names it, which opens nothing.
pub fn session_id(token_hash: &[u8; 32]) -> Uuid {
    let mut half = [0; 16];
    half.copy_from_slice(&token_hash[..16]);
    Uuid::from_bytes(half)
}
