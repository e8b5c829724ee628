//! Passwords: Argon2id, the scheme's name and costs kept in the stored string (PHC), raised at login when they change.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::app::App;
use crate::error::{Answer, Code, Problem};

/// Costs of OWASP's password storage cheat sheet for Argon2id: 19 MiB, two passes, one lane.
fn scheme() -> Argon2<'static> {
    // The costs are constants within the allowed ranges, so the default is never taken.
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes a new password. Takes tens of milliseconds of a core: call it on a blocking thread.
///
/// # Errors
/// Only when the operating system has no randomness.
pub fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    scheme().hash_password(password.as_bytes()).map(|hash: PasswordHash| hash.to_string())
}

/// What a password check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Wrong, or nothing to compare with.
    Wrong,
    /// Right.
    Right,
    /// Right, but the stored string is of older costs: hash again.
    RightButOld,
}

/// Compares a password with the stored string; with `None` it takes as long and is wrong, so that nobody learns
/// which accounts exist.
pub fn check(password: &str, stored: Option<&str>) -> Check {
    static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody has this password").unwrap_or_default());
    let Ok(parsed) = PasswordHash::new(stored.unwrap_or(&NOBODY)) else { return Check::Wrong };
    let right = scheme().verify_password(password.as_bytes(), &parsed).is_ok() && stored.is_some();
    match right {
        false => Check::Wrong,
        true if is_current(&parsed) => Check::Right,
        true => Check::RightButOld,
    }
}

fn is_current(hash: &PasswordHash) -> bool {
    let wanted = scheme();
    hash.algorithm == Algorithm::Argon2id.ident()
        && Params::try_from(hash).is_ok_and(|params| {
            let now = wanted.params();
            (params.m_cost(), params.t_cost(), params.p_cost()) == (now.m_cost(), now.t_cost(), now.p_cost())
        })
}

/// [`hash`] off the async threads, few at a time.
///
/// # Errors
/// `unavailable` when too many wait.
pub async fn hash_apart(app: &App, password: String) -> Answer<String> {
    apart(app, move || hash(&password)).await?.map_err(|error| {
        tracing::error!(%error, "a password could not be hashed");
        Problem::new(Code::Internal)
    })
}

/// [`check`] off the async threads, few at a time.
///
/// # Errors
/// `unavailable` when too many wait.
pub async fn check_apart(app: &App, password: String, stored: Option<String>) -> Answer<Check> {
    apart(app, move || check(&password, stored.as_deref())).await
}

async fn apart<T: Send + 'static>(app: &App, work: impl FnOnce() -> T + Send + 'static) -> Answer<T> {
    let busy = || Problem::new(Code::Unavailable).after(5);
    let permit = tokio::time::timeout(std::time::Duration::from_secs(5), app.hashing.acquire()).await;
    let _permit = permit.map_err(|_| busy())?.map_err(|_| busy())?;
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::new(Code::Internal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_wrong_old() {
        let stored = hash("correct horse").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(check("correct horse", Some(&stored)), Check::Right);
        assert_eq!(check("wrong horse", Some(&stored)), Check::Wrong);
        assert_eq!(check("nobody has this password", None), Check::Wrong);
        assert_eq!(check("x", Some("invited$ab$1")), Check::Wrong);
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let old: PasswordHash = cheap.hash_password(b"correct horse").unwrap();
        assert_eq!(check("correct horse", Some(&old.to_string())), Check::RightButOld);
    }
}
