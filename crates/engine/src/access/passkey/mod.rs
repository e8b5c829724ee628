//! パスキー (WebAuthn): a key pair that a person's device keeps and opens by finger, face or PIN. It is two factors in one, so
//! it opens the door alone, and counts as a second step. Several per person, with names; times are machine times.

pub mod db;
pub mod decide;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};
use store::{Store, Tx};

use super::db::Act;
use super::second;
use super::secret::{self, Secret};
use crate::error::{Error, Result};
use crate::ids::{PasskeyId, UserId};
use crate::workspace::{Vault, text};
use decide::{Asked, Owner, Refused, Signed, Site};

/// How long a browser may take to answer (WebAuthn §15.1 recommends 5 to 10 minutes).
const CHALLENGE_MS: i64 = 5 * 60_000;
/// Passkeys of a person at most.
pub const MOST: usize = 20;
/// Characters of a name.
const NAME: usize = 60;

/// A passkey as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// Id.
    pub id: PasskeyId,
    /// As the person named it.
    pub name: String,
    /// The admin's host it is good for.
    pub host: String,
    /// Machine ms.
    pub created_at: i64,
    /// Machine ms.
    pub used_at: Option<i64>,
}

/// A passkey as it is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Whose.
    pub user: UserId,
    /// Which.
    pub id: PasskeyId,
    /// As the person named it.
    pub name: String,
    /// JSON of the library.
    pub credential: String,
}

/// A browser's answer.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The token given out with the question.
    pub challenge: String,
    /// What the browser answered, binary values in base64url.
    pub credential: Value,
}

/// Why a passkey was not taken.
#[derive(Debug)]
pub enum Problem {
    /// Nobody asked, it was answered already, or it took too long.
    Stale,
    /// No such passkey: removed, or of another installation.
    Unknown,
    /// The answer does not hold; whose passkey it claims to be, if any.
    Refused(Refused, Option<Stored>),
    /// The database's.
    Store(Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        let refused = |message: &str| Self::conflict("passkey_refused", message);
        match problem {
            Problem::Store(error) => error,
            Problem::Stale => refused("時間が切れたか、すでに使われました。もう一度お試しください。"),
            Problem::Unknown => {
                refused("このパスキーは登録されていません。ほかの方法でログインし、古いパスキーは端末から削除してください。")
            }
            Problem::Refused(Refused::NotKept, _) => refused(
                "この端末やセキュリティキーにはパスキーを保存できませんでした。別の端末か、パスワードアプリで試してください。",
            ),
            Problem::Refused(Refused::Copied, _) => refused(
                "このパスキーは複製されているおそれがあるため、使えません。ほかの方法でログインし、このパスキーを削除してください。",
            ),
            Problem::Refused(Refused::Wrong | Refused::Unreadable, _) => {
                refused("パスキーを確認できませんでした。管理画面のいつものアドレスを開いて、もう一度お試しください。")
            }
        }
    }
}

/// Keeps what a browser is asked; the answer names it by the secret.
fn keep(tx: &mut Tx<'_>, secret: &Secret, user: Option<UserId>, asked: &Asked, machine_ms: i64) -> Result<()> {
    db::ask(tx, &secret.hash(), user, &asked.state, machine_ms)
}

/// Asks whoever is at the door for a signature of one of their passkeys.
///
/// # Errors
/// The database's.
pub fn ask(tx: &mut Tx<'_>, secret: &Secret, asked: &Asked, machine_ms: i64) -> Result<()> {
    keep(tx, secret, None, asked, machine_ms)
}

/// Asks a person for a new passkey; their others are named, so that no device registers twice.
///
/// # Errors
/// `Conflict` when they have too many.
pub fn ask_new(tx: &mut Tx<'_>, site: &Site, secret: &Secret, owner: Owner<'_>, machine_ms: i64) -> Result<Asked> {
    let user = UserId(owner.id);
    let known = db::credential_ids(tx, user)?;
    if known.len() >= MOST {
        return Err(Error::conflict("conflict", format!("パスキーは{MOST}個まで登録できます。使わないものを削除してください。")));
    }
    let asked = decide::ask_new(site, owner, known)?;
    keep(tx, secret, Some(user), &asked, machine_ms)?;
    Ok(asked)
}

async fn take(store: &Store, shown: &str, machine_ms: i64) -> std::result::Result<(Option<UserId>, String), Problem> {
    let hash = secret::hash(shown);
    store.write(move |tx| db::take(tx, &hash, machine_ms)).await?.ok_or(Problem::Stale)
}

/// Who signed. The challenge is used up whatever comes of it, and the passkey's count goes on.
///
/// # Errors
/// See [`Problem`].
pub async fn prove(store: &Store, site: &Site, answered: Answered, machine_ms: i64) -> std::result::Result<Stored, Problem> {
    let (None, state) = take(store, &answered.challenge, machine_ms).await? else { return Err(Problem::Stale) };
    let signed = Signed::read(answered.credential).map_err(|why| Problem::Refused(why, None))?;
    let credential_id = signed.credential_id().to_vec();
    let stored = store.read(move |tx| db::by_credential(tx, &credential_id)).await?.ok_or(Problem::Unknown)?;
    let checked = decide::check_signed(site, &state, &signed, (&stored.credential, stored.user.0));
    let checked = match checked {
        Ok(checked) => checked,
        Err(why) => return Err(Problem::Refused(why, Some(stored))),
    };
    let of = stored.clone();
    let noted = store.write(move |tx| db::note_use(tx, &of, &checked.credential, checked.counter, machine_ms)).await?;
    if noted { Ok(stored) } else { Err(Problem::Refused(Refused::Copied, Some(stored))) }
}

/// What a new passkey comes with.
#[derive(Clone, Debug)]
pub struct NewPasskey {
    /// Whose.
    pub user: UserId,
    /// As the person names it.
    pub name: String,
    /// The browser's answer.
    pub answered: Answered,
    /// The session that goes on.
    pub session: [u8; 32],
    /// Recovery codes, given out when it is the first second step.
    pub codes: Vec<String>,
}

/// Keeps a new passkey. As a first second step it brings recovery codes (`true`), and all other sessions of the person end.
///
/// # Errors
/// `passkey_refused`; `Bad` for a name.
pub async fn register(
    store: &Store,
    (site, vault): (&Site, &Vault),
    act: Act,
    new: NewPasskey,
    machine_ms: i64,
) -> Result<(Passkey, bool)> {
    text("name", &new.name, NAME)?;
    let (Some(user), state) = take(store, &new.answered.challenge, machine_ms).await? else { return Err(Problem::Stale.into()) };
    if user != new.user {
        return Err(Problem::Stale.into());
    }
    let checked = decide::check_new(site, &state, new.answered.credential.clone());
    let checked = checked.map_err(|why| Problem::Refused(why, None))?;
    let (vault, host) = (vault.clone(), site.host.clone());
    let kept = store.write(move |tx| {
        let name = text("name", &new.name, NAME)?.to_owned();
        let id = PasskeyId::new(machine_ms);
        let row = db::New {
            user,
            id,
            credential_id: checked.credential_id.clone(),
            credential: checked.credential.clone(),
            counter: checked.counter,
            name: name.clone(),
            host: host.clone(),
        };
        second::db::lock(tx, user)?;
        let first = !second::is_on(tx, user)?;
        if !db::insert(tx, &row, machine_ms)? {
            return Err(Error::conflict("conflict", "この端末のパスキーは、すでに登録されています。"));
        }
        if first {
            second::give_codes(tx, &vault, user, &new.codes)?;
            super::db::end_sessions(tx, user, &new.session)?;
        }
        act.note(tx, "user.passkey_add", user.0, &json!({ "name": name }))?;
        Ok((db::find(tx, user, id)?, first))
    });
    kept.await
}

/// Names a passkey anew.
///
/// # Errors
/// [`Error::NotFound`]; `Bad` for the name.
pub fn rename(tx: &mut Tx<'_>, act: &Act, user: UserId, id: PasskeyId, name: &str) -> Result<Passkey> {
    let name = text("name", name, NAME)?;
    let old = db::find(tx, user, id)?;
    if old.name != name {
        db::rename(tx, user, id, name)?;
        act.note(tx, "user.passkey_rename", user.0, &json!({ "name": name }))?;
    }
    db::find(tx, user, id)
}

/// Removes a passkey. With the last second step the recovery codes go too.
///
/// # Errors
/// [`Error::NotFound`]; `Conflict` when it is the last second step and the workspace asks one of everybody.
pub fn remove(tx: &mut Tx<'_>, act: &Act, user: UserId, id: PasskeyId) -> Result<()> {
    let passkey = db::find(tx, user, id)?;
    db::delete(tx, user, id)?;
    second::settle(tx, act, user)?;
    act.note(tx, "user.passkey_remove", user.0, &json!({ "name": passkey.name }))
}

/// A passkey that may have been copied was shown: worth a line in the audit log.
///
/// # Errors
/// The database's.
pub fn note_copied(tx: &mut Tx<'_>, stored: &Stored, at: i64) -> Result<()> {
    let Some(desk) = super::db::desks(tx, stored.user)?.into_iter().next() else { return Ok(()) };
    let act = Act { workspace: desk.workspace, actor: super::Actor::User(stored.user), at };
    act.note(tx, "session.passkey_refused", stored.user.0, &json!({ "name": stored.name }))
}
