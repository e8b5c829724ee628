//! Links (計測リンク): a short address of ours that leads to the shop's, and tells who came by which message.
//!
//! `person` links carry a signed reference to the recipient and to what sent it; `shared` links carry nothing, so that
//! one body goes to many.

pub mod db;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac};
use sha2::Sha256;
use url::Url;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::ids::{ContactId, LinkId, WorkspaceId};
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

/// Who clicked, and what had sent the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonRef {
    /// The recipient.
    pub contact: ContactId,
    /// The broadcast, journey, rule …; nil when unknown.
    pub cause: Uuid,
}

/// Signs and checks person references. The signature covers the link, so that a reference fits one link only.
#[derive(Clone)]
pub struct Signer {
    key: [u8; 32],
}

/// Bytes of the signature kept in the address: 80 bits cannot be guessed through a web server.
const MAC_BYTES: usize = 10;

impl Signer {
    /// With the installation's key.
    pub fn new(vault: &Vault) -> Self {
        Self { key: vault.derive("link person reference") }
    }

    /// The value of `p` in a person link.
    pub fn sign(&self, link: LinkId, person: PersonRef) -> String {
        let mut bytes = Vec::with_capacity(32 + MAC_BYTES);
        bytes.extend_from_slice(person.contact.0.as_bytes());
        bytes.extend_from_slice(person.cause.as_bytes());
        let mac = self.mac(link, &bytes);
        bytes.extend_from_slice(&mac[..MAC_BYTES]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads `p`; `None` when it was not signed for this link.
    pub fn verify(&self, link: LinkId, shown: &str) -> Option<PersonRef> {
        let bytes = URL_SAFE_NO_PAD.decode(shown).ok().filter(|bytes| bytes.len() == 32 + MAC_BYTES)?;
        let (said, signature) = bytes.split_at(32);
        let mac = self.mac(link, said);
        if !bool::from(subtle::ConstantTimeEq::ct_eq(&mac[..MAC_BYTES], signature)) {
            return None;
        }
        let contact = Uuid::from_slice(&said[..16]).ok()?;
        let cause = Uuid::from_slice(&said[16..]).ok()?;
        Some(PersonRef { contact: ContactId(contact), cause })
    }

    fn mac(&self, link: LinkId, said: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(link.0.as_bytes());
        mac.update(said);
        mac.finalize().into_bytes().into()
    }
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
    fn references_fit_one_link_and_cannot_be_forged() {
        let signer = Signer::new(&Vault::new([7; 32]));
        let (link, other) = (LinkId::new(1), LinkId::new(2));
        let person = PersonRef { contact: ContactId::new(3), cause: Uuid::from_u128(4) };
        let signed = signer.sign(link, person);
        assert_eq!(signer.verify(link, &signed), Some(person));
        assert_eq!(signer.verify(other, &signed), None);
        let forged = format!("{}A", &signed[..signed.len() - 1]);
        assert!(forged == signed || signer.verify(link, &forged).is_none());
        assert_eq!(signer.verify(link, ""), None);
        assert_eq!(Signer::new(&Vault::new([8; 32])).verify(link, &signed), None);
    }

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
