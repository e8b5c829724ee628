//! Secrets at rest: XChaCha20-Poly1305 with a key id in front and table + row as associated data (design.md §4).

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use store::{Store, params};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{Error, Result};

/// Seals and opens secrets with the installation's key.
#[derive(Clone)]
pub struct Vault {
    key: Zeroizing<[u8; 32]>,
    key_id: [u8; 4],
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

const NONCE: usize = 24;

impl Vault {
    /// A vault over the 32-byte master key.
    pub fn new(key: [u8; 32]) -> Self {
        let digest = Sha256::digest(key);
        Self { key: Zeroizing::new(key), key_id: [digest[0], digest[1], digest[2], digest[3]] }
    }

    /// Seals `secret` for one row of one table: key id ‖ nonce ‖ ciphertext.
    pub fn seal(&self, table: &str, row: Uuid, secret: &[u8]) -> Vec<u8> {
        let nonce = random_nonce();
        let aad = aad(table, row);
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: &aad })
            .expect("XChaCha20-Poly1305 refuses only messages of 256 GiB");
        [&self.key_id[..], &nonce[..], &sealed[..]].concat()
    }

    /// Opens what [`Vault::seal`] made for the same row.
    ///
    /// # Errors
    /// [`Error::WrongKey`] when key, row or bytes differ.
    pub fn open(&self, table: &str, row: Uuid, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let (key_id, rest) = sealed.split_at_checked(4).ok_or(Error::WrongKey)?;
        let (nonce, body) = rest.split_at_checked(NONCE).ok_or(Error::WrongKey)?;
        if key_id != self.key_id {
            return Err(Error::WrongKey);
        }
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| Error::WrongKey)?;
        let aad = aad(table, row);
        self.cipher()
            .decrypt(&XNonce::from(nonce), Payload { msg: body, aad: &aad })
            .map(Zeroizing::new)
            .map_err(|_| Error::WrongKey)
    }

    /// A key for another purpose (signing links, hashing look-ups), derived by HMAC-SHA256 over its name.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        use hmac::{Hmac, KeyInit as _, Mac};
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key[..]).expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        mac.finalize().into_bytes().into()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.key).into())
    }
}

fn aad(table: &str, row: Uuid) -> Vec<u8> {
    [table.as_bytes(), &[0], row.as_bytes()].concat()
}

#[expect(clippy::disallowed_methods, reason = "a nonce of an AEAD must be random; it decides nothing")]
fn random_nonce() -> [u8; NONCE] {
    rand::random()
}

/// Refuses to run with a key that is not the one this database was made with; remembers it the first time.
///
/// # Errors
/// [`Error::WrongKey`], or the database's.
pub async fn check_key(store: &Store, vault: &Vault) -> Result<()> {
    let vault = vault.clone();
    store
        .write(move |tx| {
            let nil = Uuid::nil();
            let stored: Option<String> =
                tx.query_opt("SELECT value FROM settings WHERE workspace_id = $1 AND key = 'key_check'", &params![nil], |row| {
                    row.get(0)
                })?;
            match stored {
                Some(text) => {
                    let sealed = hex::decode(text).map_err(|_| Error::WrongKey)?;
                    vault.open("settings", nil, &sealed).map(|_| ())
                }
                None => {
                    let sealed = hex::encode(vault.seal("settings", nil, b"enishi"));
                    tx.execute(
                        "INSERT INTO settings (workspace_id, key, value) VALUES ($1, 'key_check', $2)",
                        &params![nil, sealed],
                    )?;
                    Ok(())
                }
            }
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_same_key_table_and_row() {
        let vault = Vault::new([7; 32]);
        let row = Uuid::from_u128(1);
        let sealed = vault.seal("channels", row, b"secret");
        assert_eq!(&vault.open("channels", row, &sealed).unwrap()[..], b"secret");
        assert!(vault.open("channels", Uuid::from_u128(2), &sealed).is_err());
        assert!(vault.open("tags", row, &sealed).is_err());
        assert!(Vault::new([8; 32]).open("channels", row, &sealed).is_err());
        assert!(vault.open("channels", row, b"x").is_err());
    }
}
