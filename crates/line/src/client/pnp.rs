//! LINE notification messages (PNP): to a phone number, friend or not. They take no retry key, so
//! an ambiguous end must not be repeated: at most once.

use super::{AccessToken, Call, Client, JSON, Outcome};
use crate::endpoint::{self, Endpoint};
use crate::json::object;
use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use sha2::{Digest, Sha256};
use std::fmt::Write;

const DELIVERY_TAG: HeaderName = HeaderName::from_static("x-line-delivery-tag");

object! {
    /// A notification message by template.
    TemplatedNotification {
        /// [`phone_hash`] of the number.
        to: String,
        /// Such as `shipment_completed_ja`.
        template_key: String,
        /// What stands in it.
        body: TemplatedBody,
    }

    /// What stands in a template.
    TemplatedBody {
    } ? {
        /// What stands out.
        emphasized_item: TemplatedItem,
        /// Up to 15 lines, at most 300 characters each.
        items: Vec<TemplatedItem>,
        /// Up to two.
        buttons: Vec<TemplatedButton>,
    }

    /// A line.
    TemplatedItem {
        /// LINE's key.
        item_key: String,
        /// Words.
        content: String,
    }

    /// A button.
    TemplatedButton {
        /// LINE's key.
        button_key: String,
        /// Address; at most 1,000 characters.
        url: String,
    }
}

/// The name under which LINE knows a phone number: SHA-256 of E.164 (`+819012345678`), in
/// lowercase hexadecimal. None if the text is not a number in that form.
pub fn phone_hash(e164: &str) -> Option<String> {
    let digits = e164.strip_prefix('+')?;
    let usual = (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    usual.then(|| {
        Sha256::digest(e164.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    })
}

/// The tag that comes back in the `delivery` event: 16 to 100 visible characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryTag(HeaderValue);

impl DeliveryTag {
    /// None if it has not the form LINE asks for.
    pub fn new(tag: &str) -> Option<Self> {
        let fits = (16..=100).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| HeaderValue::from_str(tag).ok().map(Self)).flatten()
    }
}

impl Client {
    /// Sends a notification message of free form: a body of [`body::push`](crate::body::push) to a
    /// [`phone_hash`]. 422 (refused for good) means no such user, or one who does not want it.
    pub async fn push_notification(&self, token: &AccessToken, body: Bytes, tag: Option<&DeliveryTag>) -> Outcome {
        self.notify(endpoint::PNP_PUSH, token, body, tag).await
    }

    /// Sends a notification message by template.
    pub async fn push_templated_notification(&self, token: &AccessToken, body: Bytes, tag: Option<&DeliveryTag>) -> Outcome {
        self.notify(endpoint::PNP_TEMPLATED_PUSH, token, body, tag).await
    }

    async fn notify(&self, endpoint: Endpoint, token: &AccessToken, body: Bytes, tag: Option<&DeliveryTag>) -> Outcome {
        let call = Call::new(endpoint).token(token).raw(JSON, body);
        let extra_header = tag.map(|tag| (DELIVERY_TAG, tag.0.clone()));
        self.send_call(Call { extra_header, ..call }).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_hashed_in_e164_only() {
        let hash = phone_hash("+818000001234").unwrap();
        assert_eq!(hash.len(), 64);
        assert!(hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
        for bad in ["08000001234", "+81-80-0000-1234", "+0810000000", "+81", ""] {
            assert_eq!(phone_hash(bad), None, "{bad}");
        }
    }

    #[test]
    fn tags_have_16_to_100_characters() {
        assert!(DeliveryTag::new(&"a".repeat(15)).is_none());
        assert!(DeliveryTag::new(&"a".repeat(16)).is_some());
        assert!(DeliveryTag::new(&"a".repeat(100)).is_some());
        assert!(DeliveryTag::new(&"a".repeat(101)).is_none());
        assert!(DeliveryTag::new("tag\nwith a line of its own").is_none());
    }
}
