//! Who sent this webhook: the `x-line-signature` header.
//!
//! LINE signs the raw bytes of the body with HMAC-SHA256 under the channel secret and sends the
//! digest in base64 (Messaging API reference, "Signature validation"). Check it before parsing:
//! a body that was parsed and written again has other bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Name of the header that carries the signature; HTTP header names have no case.
pub const HEADER: &str = "x-line-signature";

/// Does `header` sign exactly these bytes under one of the secrets?
///
/// Several secrets are for the time of a rotation, when LINE may still sign with the old one.
/// Every secret is tried and compared in constant time, so that the time taken tells nothing
/// about which one fits or how close a guess was. No secrets, or a header that is not base64,
/// means no.
pub fn verify(secrets: &[impl AsRef<[u8]>], body: &[u8], header: &str) -> bool {
    let Ok(claimed) = STANDARD.decode(header.trim()) else {
        return false;
    };
    secrets
        .iter()
        .map(|secret| digest(secret.as_ref(), body).as_slice().ct_eq(&claimed))
        .fold(subtle::Choice::from(0), |any, fits| any | fits)
        .into()
}

/// The signature LINE would send for this body: for simulators, self-tests and `doctor`.
pub fn sign(secret: &[u8], body: &[u8]) -> String {
    STANDARD.encode(digest(secret, body))
}

pub(crate) fn digest(secret: &[u8], body: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of every length (RFC 2104)");
    mac.update(body);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "8c570fa6dd201bb328f1c1eac23a96d8";
    const BODY: &[u8] = br#"{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}"#;
    const SIGNATURE: &str = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=";

    #[test]
    fn the_published_example_verifies() {
        assert!(verify(&[SECRET], BODY, SIGNATURE));
        assert_eq!(sign(SECRET.as_bytes(), BODY), SIGNATURE);
    }

    #[test]
    fn any_secret_of_a_rotation_fits() {
        assert!(verify(&["new", SECRET], BODY, SIGNATURE));
        assert!(verify(&[SECRET, "new"], BODY, SIGNATURE));
    }

    #[test]
    fn everything_else_is_refused() {
        assert!(!verify(&["other"], BODY, SIGNATURE));
        assert!(!verify(&[] as &[&str], BODY, SIGNATURE));
        assert!(!verify(&[SECRET], &BODY[1..], SIGNATURE));
        for header in ["", "GhRK", "not base64 !", &SIGNATURE[..40], "AAAA"] {
            assert!(!verify(&[SECRET], BODY, header), "{header:?}");
        }
    }

    #[test]
    fn bytes_that_are_not_text_are_signed_as_they_are() {
        let body = [0xff, 0x00, 0xfe];
        assert!(verify(&[b"k"], &body, &sign(b"k", &body)));
    }
}
