//! The people behind the phones: names, ids per provider, who is gone.

use crate::sync::Shared;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};

/// A person's number. All state about people is keyed by it.
pub type Person = u32;

/// Everybody. A person's LINE ids are computed, not stored: a million of them cost nothing.
pub struct People {
    seed: u64,
    count: AtomicU32,
    /// Only those who differ from what their number makes of them.
    custom: Shared<HashMap<Person, Profile>>,
}

/// What others may see of a person, and what LINE knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub name: String,
    pub picture_url: String,
    pub status_message: Option<String>,
    pub language: String,
    /// Agreed that accounts may get the profile.
    pub consent: bool,
    pub deleted: bool,
    /// E.164, for notification messages.
    pub phone: String,
    pub email: String,
}

const FAMILY: [&str; 40] = [
    "佐藤",
    "鈴木",
    "高橋",
    "田中",
    "伊藤",
    "渡辺",
    "山本",
    "中村",
    "小林",
    "加藤",
    "吉田",
    "山田",
    "佐々木",
    "山口",
    "松本",
    "井上",
    "木村",
    "林",
    "斎藤",
    "清水",
    "山崎",
    "森",
    "池田",
    "橋本",
    "阿部",
    "石川",
    "山下",
    "中島",
    "石井",
    "小川",
    "前田",
    "岡田",
    "長谷川",
    "藤田",
    "近藤",
    "後藤",
    "村上",
    "遠藤",
    "青木",
    "坂本",
];
const GIVEN: [&str; 40] = [
    "花子",
    "美咲",
    "陽菜",
    "結衣",
    "さくら",
    "葵",
    "凛",
    "愛",
    "優子",
    "真由美",
    "恵子",
    "由美",
    "直美",
    "彩",
    "千尋",
    "麻衣",
    "香織",
    "智子",
    "明美",
    "舞",
    "太郎",
    "翔",
    "大輔",
    "健太",
    "拓也",
    "誠",
    "浩",
    "陸",
    "蓮",
    "悠斗",
    "湊",
    "隼人",
    "和也",
    "直樹",
    "剛",
    "亮",
    "健一",
    "修",
    "翼",
    "学",
];

impl People {
    pub fn new(seed: u64, count: u32) -> People {
        People { seed, count: AtomicU32::new(count), custom: Shared::default() }
    }

    pub fn count(&self) -> u32 {
        self.count.load(Ordering::Acquire)
    }

    /// Adds people; answers the first new number.
    pub fn add(&self, count: u32) -> Person {
        self.count.fetch_add(count, Ordering::AcqRel)
    }

    /// The person's id at a provider.
    pub fn id(&self, provider: u16, person: Person) -> String {
        let low = mix(u64::from(person) ^ self.key(provider));
        let high = mix(low ^ !self.key(provider));
        let mut text = String::with_capacity(33);
        text.push('U');
        let mut digits = [0u8; 32];
        let bytes = [high.to_be_bytes(), low.to_be_bytes()].concat();
        if hex::encode_to_slice(bytes, &mut digits).is_ok() {
            text.push_str(std::str::from_utf8(&digits).unwrap_or_default());
        }
        text
    }

    /// Who bears this id at the provider.
    pub fn find(&self, provider: u16, id: &str) -> Option<Person> {
        let digits = id.strip_prefix('U')?;
        let mut bytes = [0u8; 16];
        hex::decode_to_slice(digits, &mut bytes).ok()?;
        if digits.bytes().any(|b| b.is_ascii_uppercase()) {
            return None;
        }
        let high = u64::from_be_bytes(bytes[..8].try_into().ok()?);
        let low = u64::from_be_bytes(bytes[8..].try_into().ok()?);
        if mix(low ^ !self.key(provider)) != high {
            return None;
        }
        let person = u32::try_from(unmix(low) ^ self.key(provider)).ok()?;
        (person < self.count()).then_some(person)
    }

    fn key(&self, provider: u16) -> u64 {
        mix(self.seed ^ (u64::from(provider) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub fn profile(&self, person: Person) -> Profile {
        self.custom.read().get(&person).cloned().unwrap_or_else(|| self.born(person))
    }

    fn born(&self, person: Person) -> Profile {
        let dice = mix(u64::from(person) ^ self.seed.rotate_left(17));
        let family = FAMILY[(dice % 40) as usize];
        let given = GIVEN[(dice >> 8) as usize % 40];
        Profile {
            name: format!("{family} {given}"),
            picture_url: format!("https://profile.line-scdn.net/sim/{person}"),
            status_message: None,
            language: "ja".into(),
            consent: true,
            deleted: false,
            phone: format!("+8190{person:08}"),
            email: format!("user{person}@example.jp"),
        }
    }

    /// Changes what is known of a person.
    pub fn change(&self, person: Person, change: impl FnOnce(&mut Profile)) {
        let mut custom = self.custom.write();
        let profile = custom.entry(person).or_insert_with(|| self.born(person));
        change(profile);
    }

    /// Whether accounts may get the person's profile.
    pub fn consents(&self, person: Person) -> bool {
        self.custom.read().get(&person).is_none_or(|p| p.consent)
    }

    pub fn is_deleted(&self, person: Person) -> bool {
        self.custom.read().get(&person).is_some_and(|p| p.deleted)
    }

    /// Brings deleted accounts back, for a reset.
    pub fn revive(&self) {
        for profile in self.custom.write().values_mut() {
            profile.deleted = false;
        }
    }
}

/// splitmix64's finaliser: a bijection on 64 bits.
pub fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// [`mix`] backwards.
fn unmix(mut z: u64) -> u64 {
    z = (z ^ (z >> 31) ^ (z >> 62)).wrapping_mul(0x3196_42b2_d24d_8ec3);
    z = (z ^ (z >> 27) ^ (z >> 54)).wrapping_mul(0x96de_1b17_3f11_9089);
    z ^ (z >> 30) ^ (z >> 60)
}

/// Whether a text has the form of a user id (`U` and 32 hexadecimal digits).
pub fn looks_like_user_id(text: &str) -> bool {
    text.len() == 33 && text.starts_with('U') && text[1..].bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_lead_back_to_the_person_and_only_at_their_provider() {
        let people = People::new(7, 1000);
        for person in [0, 1, 999] {
            let id = people.id(0, person);
            assert!(looks_like_user_id(&id));
            assert_eq!(people.find(0, &id), Some(person));
            assert_eq!(people.find(1, &id), None);
        }
        assert_eq!(people.find(0, &people.id(0, 1000)), None, "not born yet");
        assert_eq!(people.find(0, "U00000000000000000000000000000000"), None);
        assert_eq!(people.find(0, &format!("U{}", "あ".repeat(10))), None);
    }

    #[test]
    fn mixing_is_reversible() {
        for z in [0, 1, u64::MAX, 0x1234_5678_9abc_def0] {
            assert_eq!(unmix(mix(z)), z);
        }
    }
}
