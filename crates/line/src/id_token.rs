//! ID tokens of LINE Login: who is this user, proven without a call.
//!
//! LINE signs with the channel secret (HS256) for logins by web page, and with a key pair (ES256)
//! for LIFF and apps (LINE Login reference, "Verify ID token"). Which of the two must hold is said
//! by the caller, who knows where the token came from. The token's own `alg` is only compared:
//! were it believed, somebody could sign with a public key as if it were the secret.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde::Deserialize;
use subtle::ConstantTimeEq;

/// How far our clock and LINE's may differ, in seconds.
const LEEWAY: i64 = 30;

/// Who issues LINE's ID tokens.
pub const ISSUER: &str = "https://access.line.me";

/// What the token must be signed with.
pub enum Key<'a> {
    /// Login by web page: HS256 under this channel secret.
    ChannelSecret(&'a [u8]),
    /// LIFF or app: ES256 under one of these keys.
    Published(&'a Jwks),
}

/// What the token must say.
pub struct Expect<'a> {
    /// [`ISSUER`], or the simulator's.
    pub issuer: &'a str,
    /// The id of our LINE Login or MINI App channel.
    pub channel_id: &'a str,
    /// The nonce we gave to the login page, if we gave one.
    pub nonce: Option<&'a str>,
    /// Now, Unix seconds.
    pub now: i64,
}

/// What a proven token says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Claims {
    /// Issuer.
    pub iss: String,
    /// User id; equals that of the Messaging API if both channels have one provider.
    pub sub: String,
    /// Channel id.
    pub aud: String,
    /// Until when, Unix seconds.
    pub exp: i64,
    /// Since when, Unix seconds.
    pub iat: i64,
    /// When the user logged in, Unix seconds.
    pub auth_time: Option<i64>,
    /// Our nonce.
    pub nonce: Option<String>,
    /// How: `pwd`, `lineautologin`, `lineqr`, `linesso`, `mfa`.
    #[serde(default)]
    pub amr: Vec<String>,
    /// Name.
    pub name: Option<String>,
    /// Picture.
    pub picture: Option<String>,
    /// Mail address, if the user allowed it.
    pub email: Option<String>,
}

/// LINE's public keys (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Jwks {
    /// Keys.
    pub keys: Vec<Jwk>,
}

/// One public key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Jwk {
    /// Kind; `EC` here.
    pub kty: String,
    /// Curve; `P-256` here.
    pub crv: Option<String>,
    /// Its id.
    pub kid: Option<String>,
    /// First coordinate, base64url.
    pub x: Option<String>,
    /// Second coordinate, base64url.
    pub y: Option<String>,
}

/// Why a token is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    /// Not a signed token in three parts.
    #[error("this is not an ID token")]
    Malformed,
    /// Signed in another way than this channel's kind asks for.
    #[error("the ID token is signed with {found}, not with {expected}")]
    WrongAlgorithm {
        /// As the caller asked.
        expected: &'static str,
        /// As the token claims.
        found: String,
    },
    /// The key is not among those we have; fetch them again, once.
    #[error("the ID token is signed with a key we do not have: {0:?}")]
    UnknownKey(Option<String>),
    /// The signature is of somebody else, or the token was changed.
    #[error("the ID token's signature does not fit")]
    BadSignature,
    /// From another issuer.
    #[error("the ID token is from another issuer")]
    WrongIssuer,
    /// For another channel.
    #[error("the ID token is for another channel")]
    WrongAudience,
    /// Too old.
    #[error("the ID token has expired")]
    Expired,
    /// From the future: a clock is wrong.
    #[error("the ID token was issued in the future; is this machine's clock right?")]
    NotYet,
    /// Another login's.
    #[error("the ID token belongs to another login (nonce)")]
    WrongNonce,
}

/// Believes a token or says why not. Signature first, then what it says.
pub fn verify(token: &str, key: Key<'_>, expect: &Expect<'_>) -> Result<Claims, IdTokenError> {
    #[derive(Deserialize)]
    struct Header {
        alg: String,
        kid: Option<String>,
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(IdTokenError::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(IdTokenError::Malformed)?;
    let header: Header = part(header)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| IdTokenError::Malformed)?;
    let expected = match key {
        Key::ChannelSecret(_) => "HS256",
        Key::Published(_) => "ES256",
    };
    if header.alg != expected {
        return Err(IdTokenError::WrongAlgorithm { expected, found: header.alg });
    }
    let fits = match key {
        Key::ChannelSecret(secret) => crate::signature::digest(secret, signed.as_bytes()).ct_eq(&signature[..]).into(),
        Key::Published(keys) => {
            let point = keys.point(header.kid.as_deref())?;
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed.as_bytes(), &signature).is_ok()
        }
    };
    if !fits {
        return Err(IdTokenError::BadSignature);
    }
    check(part(payload)?, expect)
}

fn check(claims: Claims, expect: &Expect<'_>) -> Result<Claims, IdTokenError> {
    if claims.iss != expect.issuer {
        return Err(IdTokenError::WrongIssuer);
    }
    if claims.aud != expect.channel_id {
        return Err(IdTokenError::WrongAudience);
    }
    if claims.exp.saturating_add(LEEWAY) <= expect.now {
        return Err(IdTokenError::Expired);
    }
    if claims.iat.saturating_sub(LEEWAY) > expect.now {
        return Err(IdTokenError::NotYet);
    }
    if expect.nonce.is_some() && claims.nonce.as_deref() != expect.nonce {
        return Err(IdTokenError::WrongNonce);
    }
    Ok(claims)
}

fn part<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, IdTokenError> {
    let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| IdTokenError::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| IdTokenError::Malformed)
}

impl Jwks {
    /// The key as an uncompressed point (SEC 1, 2.3.3).
    fn point(&self, kid: Option<&str>) -> Result<Vec<u8>, IdTokenError> {
        let unknown = || IdTokenError::UnknownKey(kid.map(str::to_owned));
        let key = self
            .keys
            .iter()
            .find(|key| kid.is_some() && key.kid.as_deref() == kid && key.kty == "EC" && key.crv.as_deref() == Some("P-256"))
            .ok_or_else(unknown)?;
        let mut point = vec![4];
        for coordinate in [&key.x, &key.y] {
            let text = coordinate.as_deref().ok_or_else(unknown)?;
            let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| unknown())?;
            if bytes.len() != 32 {
                return Err(unknown());
            }
            point.extend(bytes);
        }
        Ok(point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use serde_json::{Value, json};

    const NOW: i64 = 1_800_000_000;
    const SECRET: &[u8] = b"the channel secret";

    fn expect() -> Expect<'static> {
        Expect { issuer: ISSUER, channel_id: "1234567890", nonce: Some("n"), now: NOW }
    }

    fn claims() -> Value {
        json!({"iss": ISSUER, "sub": "U1", "aud": "1234567890", "exp": NOW + 3600, "iat": NOW,
               "nonce": "n", "amr": ["linesso"], "name": "縁"})
    }

    fn head_and_body(header: &Value, claims: &Value) -> String {
        format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    fn hs256(header: &Value, claims: &Value, secret: &[u8]) -> String {
        let signed = head_and_body(header, claims);
        let signature = crate::signature::digest(secret, signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    struct Pair(EcdsaKeyPair);

    impl Pair {
        fn new() -> Self {
            let random = SystemRandom::new();
            let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
            Self(EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap())
        }

        fn jwks(&self, kid: &str) -> Jwks {
            let point = self.0.public_key().as_ref();
            Jwks {
                keys: vec![Jwk {
                    kty: "EC".into(),
                    crv: Some("P-256".into()),
                    kid: Some(kid.into()),
                    x: Some(URL_SAFE_NO_PAD.encode(&point[1..33])),
                    y: Some(URL_SAFE_NO_PAD.encode(&point[33..])),
                }],
            }
        }

        fn sign(&self, header: &Value, claims: &Value) -> String {
            let signed = head_and_body(header, claims);
            let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
        }
    }

    #[test]
    fn a_web_login_is_proven_by_the_channel_secret() {
        let token = hs256(&json!({"alg": "HS256", "typ": "JWT"}), &claims(), SECRET);
        let proven = verify(&token, Key::ChannelSecret(SECRET), &expect()).unwrap();
        assert_eq!((proven.sub.as_str(), proven.name.as_deref()), ("U1", Some("縁")));
        assert_eq!(verify(&token, Key::ChannelSecret(b"another"), &expect()), Err(IdTokenError::BadSignature));
    }

    #[test]
    fn a_liff_login_is_proven_by_the_published_keys() {
        let pair = Pair::new();
        let token = pair.sign(&json!({"alg": "ES256", "kid": "k1"}), &claims());
        let keys = pair.jwks("k1");
        assert_eq!(verify(&token, Key::Published(&keys), &expect()).unwrap().sub, "U1");
        assert_eq!(verify(&token, Key::Published(&pair.jwks("k2")), &expect()), Err(IdTokenError::UnknownKey(Some("k1".into()))));
        assert_eq!(verify(&token, Key::Published(&Pair::new().jwks("k1")), &expect()), Err(IdTokenError::BadSignature));
    }

    #[test]
    fn the_token_does_not_choose_its_own_proof() {
        let pair = Pair::new();
        let keys = pair.jwks("k1");
        // Signed with the public key as if it were a secret.
        let point = keys.point(Some("k1")).unwrap();
        let forged = hs256(&json!({"alg": "HS256", "kid": "k1"}), &claims(), &point);
        assert!(matches!(
            verify(&forged, Key::Published(&keys), &expect()),
            Err(IdTokenError::WrongAlgorithm { expected: "ES256", .. })
        ));
        let unsigned = format!("{}.", head_and_body(&json!({"alg": "none"}), &claims()));
        for key in [Key::Published(&keys), Key::ChannelSecret(SECRET)] {
            assert!(matches!(verify(&unsigned, key, &expect()), Err(IdTokenError::WrongAlgorithm { .. })));
        }
        let liff = pair.sign(&json!({"alg": "ES256", "kid": "k1"}), &claims());
        assert!(matches!(
            verify(&liff, Key::ChannelSecret(SECRET), &expect()),
            Err(IdTokenError::WrongAlgorithm { expected: "HS256", .. })
        ));
    }

    #[test]
    fn every_claim_is_checked() {
        let refused = |field: &str, value: Value| {
            let mut claims = claims();
            claims[field] = value;
            let token = hs256(&json!({"alg": "HS256"}), &claims, SECRET);
            verify(&token, Key::ChannelSecret(SECRET), &expect()).unwrap_err()
        };
        assert_eq!(refused("iss", json!("https://evil.example")), IdTokenError::WrongIssuer);
        assert_eq!(refused("aud", json!("1")), IdTokenError::WrongAudience);
        assert_eq!(refused("exp", json!(NOW - LEEWAY)), IdTokenError::Expired);
        assert_eq!(refused("iat", json!(NOW + LEEWAY + 1)), IdTokenError::NotYet);
        assert_eq!(refused("nonce", json!("m")), IdTokenError::WrongNonce);
        assert_eq!(refused("nonce", Value::Null), IdTokenError::WrongNonce);
        assert_eq!(refused("sub", json!(5)), IdTokenError::Malformed);
    }

    #[test]
    fn noise_is_no_token() {
        for noise in ["", "a", "a.b", "a.b.c", "..", "e30.e30.e30"] {
            assert!(verify(noise, Key::ChannelSecret(SECRET), &expect()).is_err(), "{noise}");
        }
    }
}
