//! ID tokens: HS256 by the channel secret (web login), ES256 by our key (LIFF).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Why an ID token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdTokenError {
    Malformed,
    Signature,
}

/// The platform's ES256 key.
pub struct Signer {
    key: SigningKey,
    kid: String,
}

impl Signer {
    /// A key derived from the seed: the same simulator signs with the same key after a restart.
    pub fn new(seed: u64) -> Signer {
        let mut round = 0u64;
        let key = loop {
            let bytes = Sha256::digest([seed.to_be_bytes(), round.to_be_bytes()].concat());
            // All but a vanishing share of 256-bit numbers are keys.
            match SigningKey::from_slice(&bytes) {
                Ok(key) => break key,
                Err(_) => round += 1,
            }
        };
        let point = key.verifying_key().to_encoded_point(true);
        let kid = hex::encode(&Sha256::digest(point.as_bytes())[..16]);
        Signer { key, kid }
    }

    pub fn es256(&self, claims: &Value) -> String {
        let signed = unsigned(&json!({ "alg": "ES256", "typ": "JWT", "kid": self.kid }), claims);
        let signature: Signature = self.key.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }

    pub fn hs256(secret: &str, claims: &Value) -> String {
        let signed = unsigned(&json!({ "alg": "HS256", "typ": "JWT" }), claims);
        let signature = hmac(secret, &signed).finalize().into_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The claims of a token we or the channel signed.
    pub fn open(&self, token: &str, secret: Option<&str>) -> Result<Value, IdTokenError> {
        let (signed, signature) = token.rsplit_once('.').ok_or(IdTokenError::Malformed)?;
        let (head, body) = signed.split_once('.').ok_or(IdTokenError::Malformed)?;
        let head: Value = decode(head)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| IdTokenError::Malformed)?;
        let holds = match head["alg"].as_str() {
            Some("ES256") => Signature::from_slice(&signature)
                .is_ok_and(|signature| self.key.verifying_key().verify(signed.as_bytes(), &signature).is_ok()),
            Some("HS256") => secret.is_some_and(|secret| hmac(secret, signed).verify_slice(&signature).is_ok()),
            _ => false,
        };
        if holds { decode(body) } else { Err(IdTokenError::Signature) }
    }

    /// The public key as a JSON Web Key Set.
    pub fn jwks(&self) -> Value {
        let point = self.key.verifying_key().to_encoded_point(false);
        let coordinate = |bytes: Option<&p256::FieldBytes>| bytes.map(|b| URL_SAFE_NO_PAD.encode(b)).unwrap_or_default();
        json!({ "keys": [{
            "kty": "EC", "alg": "ES256", "use": "sig", "kid": self.kid, "crv": "P-256",
            "x": coordinate(point.x()), "y": coordinate(point.y()),
        }] })
    }
}

fn unsigned(head: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(head), part(claims))
}

fn hmac(secret: &str, signed: &str) -> Hmac<Sha256> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { unreachable!("HMAC takes keys of any length") };
    mac.update(signed.as_bytes());
    mac
}

fn decode(part: &str) -> Result<Value, IdTokenError> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| IdTokenError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| IdTokenError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_open_with_their_own_key_only() {
        let signer = Signer::new(1);
        let claims = json!({ "sub": "U1" });
        assert_eq!(signer.open(&signer.es256(&claims), None), Ok(claims.clone()));
        assert_eq!(Signer::new(2).open(&signer.es256(&claims), None), Err(IdTokenError::Signature));
        let web = Signer::hs256("secret", &claims);
        assert_eq!(signer.open(&web, Some("secret")), Ok(claims));
        assert_eq!(signer.open(&web, Some("other")), Err(IdTokenError::Signature));
        assert_eq!(signer.open("a.b", None), Err(IdTokenError::Malformed));
    }
}
