//! Signed references in addresses: who was meant, and what sent it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::ids::{ContactId, LinkId};
use crate::workspace::Vault;

/// Who clicked, and what had sent the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonRef {
    /// The recipient.
    pub contact: ContactId,
    /// The broadcast, journey, rule …; nil when unknown.
    pub cause: Uuid,
}

/// Signs and checks references. The signature covers the link, so that a reference fits one link only. It depends on
/// nothing else: a message rendered again has the same bytes.
#[derive(Clone)]
pub struct Signer {
    /// Keyed; a copy of it signs.
    mac: Hmac<Sha256>,
}

/// Bytes of the signature kept in the address: 80 bits cannot be guessed through a web server.
const MAC_BYTES: usize = 10;
/// Characters of Base64 that hold a person, and a cause alone.
const PERSON_CHARS: usize = (32 + MAC_BYTES) * 8 / 6;
const CAUSE_CHARS: usize = ((16 + MAC_BYTES) * 8).div_ceil(6);

impl Signer {
    /// With the installation's key.
    pub fn new(vault: &Vault) -> Self {
        let key = vault.derive("link person reference");
        Self { mac: Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length") }
    }

    /// Appends the value of `p` in a person link.
    pub fn sign(&self, link: LinkId, person: PersonRef, out: &mut String) {
        let mut bytes = [0; 32 + MAC_BYTES];
        bytes[..16].copy_from_slice(person.contact.0.as_bytes());
        bytes[16..32].copy_from_slice(person.cause.as_bytes());
        self.seal(link, &mut bytes, 32);
        URL_SAFE_NO_PAD.encode_string(bytes, out);
    }

    /// Appends the value of `c` in a shared link.
    pub fn sign_cause(&self, link: LinkId, cause: Uuid, out: &mut String) {
        let mut bytes = [0; 16 + MAC_BYTES];
        bytes[..16].copy_from_slice(cause.as_bytes());
        self.seal(link, &mut bytes, 16);
        URL_SAFE_NO_PAD.encode_string(bytes, out);
    }

    /// Reads `p`; `None` when it was not signed for this link. What stands behind it is let pass: LINE's clients take
    /// letters that follow an address in a text for a part of it.
    pub fn verify(&self, link: LinkId, shown: &str) -> Option<PersonRef> {
        let said: [u8; 32] = self.open::<{ 32 + MAC_BYTES }>(link, shown.get(..PERSON_CHARS)?)?[..32].try_into().ok()?;
        let contact = Uuid::from_slice(&said[..16]).ok()?;
        let cause = Uuid::from_slice(&said[16..]).ok()?;
        Some(PersonRef { contact: ContactId(contact), cause })
    }

    /// Reads `c`, like [`Signer::verify`].
    pub fn verify_cause(&self, link: LinkId, shown: &str) -> Option<Uuid> {
        let bytes = self.open::<{ 16 + MAC_BYTES }>(link, shown.get(..CAUSE_CHARS)?)?;
        Uuid::from_slice(&bytes[..16]).ok()
    }

    fn seal(&self, link: LinkId, bytes: &mut [u8], said: usize) {
        let (said, signature) = bytes.split_at_mut(said);
        signature.copy_from_slice(&self.mac(link, said)[..MAC_BYTES]);
    }

    fn open<const N: usize>(&self, link: LinkId, shown: &str) -> Option<[u8; N]> {
        let bytes: [u8; N] = URL_SAFE_NO_PAD.decode(shown).ok()?.try_into().ok()?;
        let (said, signature) = bytes.split_at(N - MAC_BYTES);
        let mac = self.mac(link, said);
        bool::from(subtle::ConstantTimeEq::ct_eq(&mac[..MAC_BYTES], signature)).then_some(bytes)
    }

    /// A person and a cause alone differ in length, so that neither passes for the other.
    fn mac(&self, link: LinkId, said: &[u8]) -> [u8; 32] {
        let mut mac = self.mac.clone();
        mac.update(link.0.as_bytes());
        mac.update(said);
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(key: u8) -> Signer {
        Signer::new(&Vault::new([key; 32]))
    }

    fn signed(link: LinkId, person: PersonRef) -> String {
        let mut out = String::new();
        signer(7).sign(link, person, &mut out);
        out
    }

    #[test]
    fn references_fit_one_link_and_cannot_be_forged() {
        let (link, other) = (LinkId::new(1), LinkId::new(2));
        let person = PersonRef { contact: ContactId::new(3), cause: Uuid::from_u128(4) };
        let signed = signed(link, person);
        assert_eq!(signed.len(), PERSON_CHARS);
        assert_eq!(signer(7).verify(link, &signed), Some(person));
        assert_eq!(signer(7).verify(other, &signed), None);
        for at in 0..signed.len() {
            let mut forged = signed.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(signer(7).verify(link, &forged), None, "{forged}");
        }
        for bad in ["", "あ", &signed[..40]] {
            assert_eq!(signer(7).verify(link, bad), None);
        }
        assert_eq!(signer(8).verify(link, &signed), None);
        assert_eq!(signer(7).verify_cause(link, &signed), None, "a person passes for no cause");
    }

    #[test]
    fn letters_behind_a_reference_are_let_pass() {
        let link = LinkId::new(1);
        let person = PersonRef { contact: ContactId::new(3), cause: Uuid::nil() };
        assert_eq!(signer(7).verify(link, &format!("{}をご覧ください", signed(link, person))), Some(person));
    }

    #[test]
    fn a_cause_alone_is_signed_for_one_link() {
        let (link, cause) = (LinkId::new(1), Uuid::from_u128(4));
        let mut signed = String::new();
        signer(7).sign_cause(link, cause, &mut signed);
        assert_eq!(signed.len(), CAUSE_CHARS);
        assert_eq!(signer(7).verify_cause(link, &signed), Some(cause));
        assert_eq!(signer(7).verify_cause(LinkId::new(2), &signed), None);
        assert_eq!(signer(8).verify_cause(link, &signed), None);
    }
}
