//! The checks of a passkey's registration and signature, which the library makes, and what they mean for staff. No I/O; the
//! challenges are drawn by the library.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::{Host, Url};
use uuid::Uuid;
use webauthn_rs::prelude as web;
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::{Error, Result};

/// Why browsers offer no passkeys at the admin's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PasskeysBlocked)]
pub enum Blocked {
    /// Reached without https from another machine (WebAuthn §1: secure contexts only).
    NotHttps,
    /// Reached by a number: a passkey belongs to a name (WebAuthn §5.1.2, the effective domain must be a valid domain).
    IpAddress,
}

/// What checks passkeys at an address.
#[derive(Clone, Debug)]
pub struct Site {
    /// The host passkeys belong to (relying party id).
    pub host: String,
    checks: Webauthn,
}

/// The checks of the admin's own address.
///
/// # Errors
/// Why there can be none.
pub fn site(public_url: &Url) -> std::result::Result<Site, Blocked> {
    let Some(Host::Domain(host)) = public_url.host() else { return Err(Blocked::IpAddress) };
    let local = host == "localhost" || host.ends_with(".localhost");
    if public_url.scheme() != "https" && !local {
        return Err(Blocked::NotHttps);
    }
    let checks = WebauthnBuilder::new(host, public_url).and_then(|builder| builder.rp_name("Enishi").build());
    let checks = checks.map_err(|_| Blocked::IpAddress)?;
    Ok(Site { host: host.to_owned(), checks })
}

/// What the browser is asked, and what its answer is checked against.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `publicKey` of the browser's call, binary values in base64url.
    pub options: Value,
    /// To be kept until the answer.
    pub state: String,
}

fn damaged(error: &impl std::fmt::Display) -> Error {
    Error::damaged("passkeys", error.to_string())
}

fn json_of(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| damaged(&error))
}

/// Who registers a passkey, as the browser shows it.
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// Id.
    pub id: Uuid,
    /// Login name.
    pub email: &'a str,
    /// Shown name.
    pub name: &'a str,
}

/// Asks for a new passkey, one the device keeps: at the door nobody has to type who they are.
///
/// # Errors
/// The library's.
pub fn ask_new(site: &Site, owner: Owner<'_>, known: Vec<Vec<u8>>) -> Result<Asked> {
    let begun = site.checks.start_passkey_registration(owner.id, owner.email, owner.name, Some(known));
    let (challenge, state) = begun.map_err(|error| damaged(&error))?;
    let mut options = serde_json::to_value(&challenge.public_key).map_err(|error| damaged(&error))?;
    let selection = json!({ "residentKey": "required", "requireResidentKey": true, "userVerification": "required" });
    options["authenticatorSelection"] = selection;
    Ok(Asked { options, state: json_of(&state)? })
}

/// Asks for a signature of any passkey of this site.
///
/// # Errors
/// The library's.
pub fn ask_any(site: &Site) -> Result<Asked> {
    let begun = site.checks.start_discoverable_authentication();
    let (challenge, state) = begun.map_err(|error| damaged(&error))?;
    let options = serde_json::to_value(&challenge.public_key).map_err(|error| damaged(&error))?;
    Ok(Asked { options, state: json_of(&state)? })
}

/// A passkey that passed.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The authenticator's name of it.
    pub credential_id: Vec<u8>,
    /// To be stored.
    pub credential: String,
    /// Signatures so far, as far as the authenticator counts.
    pub counter: i64,
}

/// Why an answer was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Not an answer at all.
    Unreadable,
    /// Signature, challenge, origin or person do not fit.
    Wrong,
    /// The count went back: somebody may have a copy.
    Copied,
    /// The device keeps no passkeys.
    NotKept,
}

/// Checks a new passkey.
///
/// # Errors
/// See [`Refused`].
pub fn check_new(site: &Site, state: &str, answer: Value) -> std::result::Result<Checked, Refused> {
    let kept = answer.pointer("/clientExtensionResults/credProps/rk").and_then(Value::as_bool);
    let answer: web::RegisterPublicKeyCredential = serde_json::from_value(answer).map_err(|_| Refused::Unreadable)?;
    let state: web::PasskeyRegistration = serde_json::from_str(state).map_err(|_| Refused::Wrong)?;
    let passkey = site.checks.finish_passkey_registration(&answer, &state).map_err(|error| refused(&error))?;
    if kept == Some(false) {
        return Err(Refused::NotKept);
    }
    checked(&passkey, counter_of(&passkey))
}

fn checked(passkey: &web::Passkey, counter: i64) -> std::result::Result<Checked, Refused> {
    let credential = serde_json::to_string(passkey).map_err(|_| Refused::Wrong)?;
    Ok(Checked { credential_id: passkey.cred_id().to_vec(), credential, counter })
}

/// The library shows the first count only in what it stores.
fn counter_of(passkey: &web::Passkey) -> i64 {
    let stored = serde_json::to_value(passkey).unwrap_or_default();
    stored.pointer("/cred/counter").and_then(Value::as_i64).unwrap_or(0)
}

fn refused(error: &web::WebauthnError) -> Refused {
    tracing::info!(%error, "a passkey was refused");
    match error {
        web::WebauthnError::CredentialPossibleCompromise => Refused::Copied,
        _ => Refused::Wrong,
    }
}

/// A signature as the browser answered it.
#[derive(Clone, Debug)]
pub struct Signed(web::PublicKeyCredential);

impl Signed {
    /// Reads it.
    ///
    /// # Errors
    /// [`Refused::Unreadable`].
    pub fn read(answer: Value) -> std::result::Result<Self, Refused> {
        serde_json::from_value(answer).map(Self).map_err(|_| Refused::Unreadable)
    }

    /// Which passkey it claims to be of.
    pub fn credential_id(&self) -> &[u8] {
        self.0.get_credential_id()
    }
}

/// Checks a signature of the passkey stored as `credential`, which is `owner`'s.
///
/// # Errors
/// See [`Refused`].
pub fn check_signed(
    site: &Site,
    state: &str,
    signed: &Signed,
    (credential, owner): (&str, Uuid),
) -> std::result::Result<Checked, Refused> {
    let state: web::DiscoverableAuthentication = serde_json::from_str(state).map_err(|_| Refused::Wrong)?;
    let mut passkey: web::Passkey = serde_json::from_str(credential).map_err(|_| Refused::Wrong)?;
    let (claimed, _) = site.checks.identify_discoverable_authentication(&signed.0).map_err(|error| refused(&error))?;
    if claimed != owner {
        return Err(Refused::Wrong);
    }
    let result = site.checks.finish_discoverable_authentication_v2(&signed.0, state, &passkey);
    let result = result.map_err(|error| refused(&error))?;
    passkey.update_credential(&result);
    checked(&passkey, i64::from(result.counter()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_browsers_offer_passkeys() {
        let of = |url: &str| site(&url.parse().unwrap()).map(|site| site.host);
        assert_eq!(of("https://enishi.example.com/").as_deref(), Ok("enishi.example.com"));
        assert_eq!(of("https://enishi.example.com:8443/").as_deref(), Ok("enishi.example.com"));
        assert_eq!(of("http://localhost:8080/").as_deref(), Ok("localhost"));
        assert_eq!(of("http://enishi.example.com/"), Err(Blocked::NotHttps));
        assert_eq!(of("http://localhost.example.com/"), Err(Blocked::NotHttps));
        assert_eq!(of("https://192.0.2.7/"), Err(Blocked::IpAddress));
        assert_eq!(of("http://127.0.0.1:8080/"), Err(Blocked::IpAddress));
        assert_eq!(of("https://[2001:db8::1]/"), Err(Blocked::IpAddress));
    }
}
