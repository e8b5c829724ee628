//! Codes of the second step: time-based ones (RFC 6238 over RFC 4226, SHA-1, six digits, 30 s, which every phone app
//! knows) and recovery codes. Pure.

use ring::hmac;

/// How long a code stands, s (RFC 6238 §4.1, the default).
const STEP_S: i64 = 30;
/// Steps before and after the present one whose codes are taken too: clocks differ, people type slowly (§5.2).
const SKEW: i64 = 1;
/// Bytes of the shared key (RFC 4226 §4 R6 recommends 160 bits).
pub const KEY_BYTES: usize = 20;
/// Recovery codes that are given out together.
pub const RECOVERY_CODES: usize = 10;
/// Letters of a recovery code: 50 bits.
const RECOVERY_LETTERS: usize = 10;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What somebody typed as second step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Six digits.
    Code(u32),
    /// A recovery code, folded.
    Recovery(String),
    /// Neither.
    Nonsense,
}

/// Reads what was typed: spaces and hyphens are for the eye, and Japanese keyboards write full-width digits.
pub fn read(typed: &str) -> Typed {
    use unicode_normalization::UnicodeNormalization as _;
    let folded: String =
        typed.chars().take(64).nfkc().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    if folded.len() == 6 && folded.bytes().all(|byte| byte.is_ascii_digit()) {
        return folded.parse().map_or(Typed::Nonsense, Typed::Code);
    }
    if folded.len() == RECOVERY_LETTERS && folded.bytes().all(|byte| BASE32.contains(&byte)) {
        return Typed::Recovery(folded);
    }
    Typed::Nonsense
}

/// The step in which `code` is good at `now_ms` (Unix ms) and which is later than `last_step`: a code is taken once.
pub fn step_of(key: &[u8], code: u32, now_ms: i64, last_step: i64) -> Option<i64> {
    let now = now_ms.div_euclid(STEP_S * 1_000);
    (now - SKEW..=now + SKEW).find(|step| *step > last_step && code_at(key, *step) == code)
}

/// What the phone shows at an instant (Unix ms).
pub fn code_now(key: &[u8], now_ms: i64) -> String {
    format!("{:06}", code_at(key, now_ms.div_euclid(STEP_S * 1_000)))
}

/// The code of one step (RFC 4226 §5.3).
fn code_at(key: &[u8], step: i64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let at = usize::from(bytes[bytes.len() - 1] & 0x0f);
    let four = [bytes[at] & 0x7f, bytes[at + 1], bytes[at + 2], bytes[at + 3]];
    u32::from_be_bytes(four) % 1_000_000
}

/// Base32 without padding (RFC 4648 §6), as phone apps want the key.
pub fn base32(bytes: &[u8]) -> String {
    let bits = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect::<Vec<_>>();
    let letter = |five: &[u8]| {
        let value = five.iter().fold(0, |value, bit| value << 1 | usize::from(*bit)) << (5 - five.len());
        char::from(BASE32[value])
    };
    bits.chunks(5).map(letter).collect()
}

/// A recovery code out of random bytes, in two halves for the eye.
pub fn recovery_code(random: &[u8; 32]) -> String {
    let letters = base32(random);
    let half = RECOVERY_LETTERS / 2;
    format!("{}-{}", &letters[..half], &letters[half..RECOVERY_LETTERS])
}

/// What the phone app reads from the square: <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>.
pub fn key_uri(key: &str, email: &str) -> String {
    let account: String = url::form_urlencoded::byte_serialize(email.as_bytes()).collect();
    format!("otpauth://totp/Enishi:{account}?secret={key}&issuer=Enishi")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_of_the_rfcs() {
        // RFC 4226 appendix D.
        let codes = [755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489];
        for (step, code) in (0..).zip(codes) {
            assert_eq!(code_at(KEY, step), code, "step {step}");
        }
        // RFC 6238 appendix B, the last six of eight digits.
        for (second, code) in [(59, 287_082), (1_111_111_109, 81_804), (2_000_000_000, 279_037), (20_000_000_000, 353_130)] {
            assert_eq!(step_of(KEY, code, second * 1_000, 0), Some(second / 30), "{second}");
        }
    }

    #[test]
    fn a_code_is_good_for_its_neighbours_and_once() {
        let now = 1_000 * 30_000;
        for (step, good) in [(998, false), (999, true), (1_000, true), (1_001, true), (1_002, false)] {
            let code = code_at(KEY, step);
            assert_eq!(step_of(KEY, code, now, 0), good.then_some(step), "step {step}");
            assert_eq!(step_of(KEY, code, now, step), None, "a second time");
        }
    }

    #[test]
    fn base32_of_the_rfc() {
        for (bytes, text) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn typing() {
        assert_eq!(read(" 123 456 "), Typed::Code(123_456));
        assert_eq!(read("０００００７"), Typed::Code(7));
        assert_eq!(read("abcde-fgh23"), Typed::Recovery("ABCDEFGH23".into()));
        for nonsense in ["", "12345", "1234567", "abcde-fgh01", "あいうえおか"] {
            assert_eq!(read(nonsense), Typed::Nonsense, "{nonsense}");
        }
        let code = recovery_code(&[0xa5; 32]);
        assert_eq!((code.len(), matches!(read(&code), Typed::Recovery(_))), (11, true));
    }

    #[test]
    fn the_address_names_account_and_issuer() {
        assert_eq!(key_uri("ABC", "a+b@example.com"), "otpauth://totp/Enishi:a%2Bb%40example.com?secret=ABC&issuer=Enishi");
    }
}
