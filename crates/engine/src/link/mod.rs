//! Links (計測リンク): a short address of ours that leads to the shop's, and tells who came by which message.
//!
//! A template's fixed http(s) addresses that a customer opens are found when it is compiled ([`decide`]), get their rows
//! when it is saved ([`db`]), and are written when it is rendered ([`Track`]): `?p=` with a signed reference to the
//! recipient and to what sent it, `?c=` with the signed sender alone, so that one body goes to many, or the shop's own
//! address with utm parameters. An address with variables in it stays as it is: who reads it could be told by it anyway,
//! and a row for each value would be without end.

pub mod base_test;
pub mod count;
pub mod db;
pub mod decide;
mod sign;
mod track;
pub mod utm;

pub use sign::{PersonRef, Signer};
pub use track::{Target, Track, Tracker};
pub use utm::UtmRule;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac};
use sha2::Sha256;
use url::Url;

use crate::error::{Error, Result};
use crate::ids::{LinkId, WorkspaceId};
use crate::workspace::Vault;

/// A tracked link.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// Id.
    pub id: LinkId,
    /// What stands in the short address, unique in the installation.
    pub code: String,
    /// Where it leads.
    pub url: String,
    /// What staff call it.
    pub name: String,
    /// Made, Unix ms.
    pub created_at: i64,
    /// Put away, Unix ms; it still leads on.
    pub archived_at: Option<i64>,
}

/// A link's code is derived from workspace and address: the same address has the same code, and no randomness is needed.
/// `salt` counts up in the unheard-of case that another address has the code.
pub fn code(vault: &Vault, workspace: WorkspaceId, url: &str, salt: u8) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&vault.derive("link code")).expect("HMAC takes keys of any length");
    mac.update(workspace.0.as_bytes());
    mac.update(&[salt]);
    mac.update(url.as_bytes());
    URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..9])
}

/// Checks an address that staff typed: http or https, with a host, without a password in it.
///
/// # Errors
/// `bad_url` or `too_long`.
pub fn check_url(typed: &str) -> Result<String> {
    let wrong = || Error::bad("bad_url", "url", "https:// から始まるアドレスを入力してください。");
    let url = Url::parse(typed.trim()).map_err(|_| wrong())?;
    let plain = url.username().is_empty() && url.password().is_none();
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() || !plain {
        return Err(wrong());
    }
    let text = url.to_string();
    if text.len() > 1_000 {
        return Err(Error::bad("too_long", "url", "アドレスは1000文字以内にしてください。"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(check_url(" https://example.com ").unwrap(), "https://example.com/");
        for bad in ["javascript:alert(1)", "example.com", "ftp://example.com", "https://user:pass@example.com/", ""] {
            assert!(check_url(bad).is_err(), "{bad}");
        }
        let vault = Vault::new([7; 32]);
        let workspace = WorkspaceId::nil();
        assert_eq!(code(&vault, workspace, "https://a/", 0), code(&vault, workspace, "https://a/", 0));
        assert_ne!(code(&vault, workspace, "https://a/", 0), code(&vault, workspace, "https://a/", 1));
    }
}
