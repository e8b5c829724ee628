//! Texts: LINE emoji that stand at a `$`, and slots that something is put into.

use super::schema::{ANY_TEXT, Family, Kind, Object, Walk, must, no_rules};
use super::{Expected, Problem, Said, SendKind};
use crate::json::Extra;
use serde_json::Value;

const SLOTS: usize = 100;
const OF_ONE_KIND: usize = 20;

/// Every LINE emoji stands where the text has a `$`; positions count UTF-16 units.
pub(super) fn emoji_positions(walk: &mut Walk, message: &Extra) {
    let (Some(text), Some(emojis)) =
        (message.get("text").and_then(Value::as_str), message.get("emojis").and_then(Value::as_array))
    else {
        return;
    };
    let units: Vec<u16> = text.encode_utf16().collect();
    for (number, emoji) in emojis.iter().enumerate() {
        let Some(index) = emoji.get("index").and_then(Value::as_u64) else {
            continue;
        };
        let unit = usize::try_from(index).ok().and_then(|index| units.get(index));
        if unit != Some(&u16::from(b'$')) {
            walk.at_field("emojis", |walk| {
                walk.at_item(number, |walk| {
                    walk.at_field("index", |walk| {
                        walk.rule(
                            "本文の「$」の位置を指定してください（絵文字などは2文字以上に数えます）。",
                            "Must be the position of a $ in the text, in UTF-16 units.",
                        );
                    });
                });
            });
        }
    }
}

pub(super) static SUBSTITUTION: Family = Family { types: &["mention", "emoji"], members: &[&MENTION, &EMOJI], common: &[] };

static MENTION: Object = Object {
    name: "MentionSubstitutionObject",
    fields: &[must("mentionee", Kind::Family(&MENTIONEE))],
    rules: |walk, _| {
        if !matches!(walk.kind, SendKind::Reply | SendKind::Push) {
            walk.rule(
                "メンションはグループへの応答・プッシュでのみ使えます。",
                "Mentions are only for replies and pushes to groups and rooms.",
            );
        }
    },
};

static MENTIONEE: Family = Family {
    types: &["user", "all"],
    members: &[
        &Object { name: "UserMentionTarget", fields: &[must("userId", ANY_TEXT)], rules: no_rules },
        &Object { name: "AllMentionTarget", fields: &[], rules: no_rules },
    ],
    common: &[],
};

static EMOJI: Object = Object {
    name: "EmojiSubstitutionObject",
    fields: &[must("productId", ANY_TEXT), must("emojiId", ANY_TEXT)],
    rules: no_rules,
};

/// What stands in the slots: at most 100, of which 20 mentions and 20 emoji.
pub(super) fn substitution(walk: &mut Walk, value: &Value) {
    let Some(slots) = value.as_object() else {
        return walk.report(Problem::WrongKind(Expected::Object));
    };
    if slots.len() > SLOTS {
        walk.report(Problem::Count { min: 0, max: SLOTS, actual: slots.len() });
    }
    for kind in SUBSTITUTION.types {
        let actual = slots.values().filter(|slot| slot.get("type") == Some(&(*kind).into())).count();
        if actual > OF_ONE_KIND {
            walk.report(Problem::Count { min: 0, max: OF_ONE_KIND, actual });
        }
    }
    for (key, slot) in slots {
        walk.at_field(key, |walk| {
            if !is_key(key) {
                walk.report(Problem::Form(Said {
                    ja: "名前は20文字以内の半角英数字と「_」にしてください。",
                    en: "Names are 1 to 20 of A-Z a-z 0-9 _.",
                }));
            }
            walk.family(slot, &SUBSTITUTION);
        });
    }
}

fn is_key(key: &str) -> bool {
    (1..=20).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Every slot of the text has something to stand in it.
pub(super) fn slots(walk: &mut Walk, message: &Extra) {
    let Some(text) = message.get("text").and_then(Value::as_str) else {
        return;
    };
    let known = message.get("substitution").and_then(Value::as_object);
    walk.at_field("text", |walk| match keys(text) {
        None => walk.rule(
            "{ } の対応が正しくありません。文字として使うときは {{ }} と書いてください。",
            "Braces do not match; write {{ and }} for the characters themselves.",
        ),
        Some(keys) => {
            if keys.iter().any(|key| known.is_none_or(|known| !known.contains_key(*key))) {
                walk.rule("本文の {名前} に対応するsubstitutionがありません。", "A slot in the text has no substitution.");
            }
        }
    });
}

/// The names in the slots; none if the braces do not match.
fn keys(text: &str) -> Option<Vec<&str>> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let tail = &rest[at..];
        if let Some(after) = tail.strip_prefix("{{").or_else(|| tail.strip_prefix("}}")) {
            rest = after;
            continue;
        }
        let (key, after) = tail.strip_prefix('{')?.split_once('}')?;
        if key.contains('{') {
            return None;
        }
        keys.push(key);
        rest = after;
    }
    Some(keys)
}

#[cfg(test)]
mod tests {
    use super::keys;

    #[test]
    fn slots_are_found_and_doubled_braces_are_words() {
        assert_eq!(keys("a {x} b {y_1}"), Some(vec!["x", "y_1"]));
        assert_eq!(keys("{{x}} {{{y}}}"), Some(vec!["y"]));
        assert_eq!(keys("縁"), Some(vec![]));
        for broken in ["{x", "x}", "{a{b}", "{"] {
            assert_eq!(keys(broken), None, "{broken}");
        }
    }
}
