//! Secrets that callers show: session tokens, API tokens, invitations. 256 random bits; only the SHA-256 is stored,
//! which needs no salt or stretching because the secret cannot be guessed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// What an API token begins with, so that leaked ones can be searched for.
pub const TOKEN_PREFIX: &str = "eni_";

/// A secret just drawn. Does not print itself.
pub struct Secret(String);

impl Secret {
    /// For a session cookie or an invitation.
    pub fn draw() -> Self {
        Self(URL_SAFE_NO_PAD.encode(random_32()))
    }

    /// For an API token.
    pub fn draw_token() -> Self {
        Self(format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(random_32())))
    }

    /// What is shown once to whom it belongs.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored.
    pub fn hash(&self) -> [u8; 32] {
        hash(&self.0)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The stored form of a secret somebody shows.
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[expect(clippy::disallowed_methods, reason = "the one place where secrets are drawn; the operating system's generator")]
pub(super) fn random_32() -> [u8; 32] {
    rand::random()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_do_not_print() {
        let (a, b) = (Secret::draw_token(), Secret::draw_token());
        assert_ne!(a.reveal(), b.reveal());
        assert_eq!(a.reveal().len(), 4 + 43);
        assert_eq!(hash(a.reveal()), a.hash());
        assert!(!format!("{a:?}").contains(a.reveal()));
    }
}
