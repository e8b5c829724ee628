//! Words that should not go out: leftovers of trials, other accounts' names, texts that are missing.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::{Place, Said, What};

/// What belongs to a trial. A lone テスト is left alone: shops sell skin tests and entrance exams.
static LEFTOVER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)[【\[(（<＜「]\s*(?:テスト|test|ﾃｽﾄ|仮|下書き|確認用|サンプル)(?:配信|送信|です|中)?\s*[】\])）>＞」]|テスト(?:配信|送信|メッセージ|です)|ダミー|\bdummy\b|lorem ipsum|サンプルテキスト|ここに(?:文章|テキスト|本文|タイトル|メッセージ)|(?:文章|テキスト|本文)が入ります|あああ+|[〇○●]{2,}(?:様|さま|さん|円|日|月|店)?|[xX×]{3,}|TODO|要確認|後で(?:直す|修正)",
    )
    .expect("a fixed pattern")
});
/// Braces of a variable that were written as characters, or in full width.
static UNFILLED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\{\{[^{}\n]{0,60}\}\}|｛｛?[^｛｝\n]{1,60}｝?｝|\[\[[^\[\]\n]{1,60}\]\]").expect("a fixed pattern")
});

/// Leftovers of trials, and variables nobody fills in.
pub(super) fn leftovers(texts: &[Said<'_>]) -> Vec<Place> {
    let mut places = Vec::new();
    for said in texts {
        places.extend(UNFILLED.find_iter(said.text).map(|found| Place::new(What::Unfilled, said.bubble, found.as_str())));
        places.extend(LEFTOVER.find_iter(said.text).map(|found| Place::new(What::Leftover, said.bubble, found.as_str())));
    }
    places
}

/// Names of other accounts that are not a part of this one's own.
pub(super) fn other_accounts(texts: &[Said<'_>], own: &[String], others: &[String]) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for name in others.iter().map(|name| name.trim()).filter(|name| name.chars().count() >= 2) {
        if own.iter().any(|own| own.contains(name)) {
            continue;
        }
        for said in texts {
            // Where this account's own name stands, which may hold the other's as a part.
            let text = own
                .iter()
                .filter(|own| own.chars().count() >= 2)
                .fold(said.text.to_owned(), |text, own| text.replace(own.as_str(), "\n"));
            let known = places.iter().any(|place| place.bubble == said.bubble && place.text == name);
            if !known && text.contains(name) {
                places.push(Place::new(What::OtherAccount, said.bubble, name));
            }
        }
    }
    places
}

/// Bubbles whose alternative text is missing; `None` when none needs one.
pub(super) fn alt_texts(messages: &Value) -> Option<Vec<Place>> {
    let bubbles = messages.as_array()?.iter().enumerate();
    let mut needing =
        bubbles.filter(|(_, bubble)| matches!(bubble["type"].as_str(), Some("flex" | "template" | "imagemap"))).peekable();
    needing.peek()?;
    let empty = |bubble: &Value| bubble["altText"].as_str().is_none_or(|text| text.trim().is_empty());
    Some(needing.filter(|(_, bubble)| empty(bubble)).map(|(n, _)| Place::new(What::AltMissing, n + 1, "")).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn texts(text: &str) -> Vec<Said<'_>> {
        vec![Said { bubble: 1, text }]
    }

    #[test]
    fn leftovers_are_seen_and_honest_words_are_not() {
        for (text, found) in [
            ("【テスト】新豆が入りました", vec!["【テスト】"]),
            ("【テスト配信】", vec!["【テスト配信】"]),
            ("(仮) 秋のセール", vec!["(仮)"]),
            ("テスト配信です", vec!["テスト配信"]),
            ("ダミー画像", vec!["ダミー"]),
            ("〇〇様、こんにちは", vec!["〇〇様"]),
            ("ここに文章を入れる", vec!["ここに文章"]),
            ("{{name}}さん", vec!["{{name}}"]),
            ("｛｛name｝｝さん", vec!["｛｛name｝｝"]),
            ("肌質テストはこちら", vec![]),
            ("英語の【テスト対策】講座", vec![]),
            ("30%OFF XXLサイズ", vec![]),
            ("○がついた商品", vec![]),
        ] {
            let places = leftovers(&texts(text));
            assert_eq!(places.iter().map(|place| place.text.as_str()).collect::<Vec<_>>(), found, "{text}");
        }
    }

    #[test]
    fn other_accounts_are_named() {
        let (own, others) =
            (["えにし珈琲 本店".to_owned()], ["えにし珈琲 渋谷店".to_owned(), "えにし珈琲".to_owned(), "店".to_owned()]);
        for (text, found) in [("えにし珈琲 渋谷店のお知らせ", 1), ("えにし珈琲 本店のお知らせ", 0), ("えにし珈琲のお知らせ", 0)]
        {
            assert_eq!(other_accounts(&texts(text), &own, &others).len(), found, "{text}");
        }
    }

    #[test]
    fn alternative_texts() {
        assert_eq!(alt_texts(&json!([{"type": "text", "text": "a"}])), None);
        let messages = json!([{"type": "flex", "altText": " "}, {"type": "text"}, {"type": "imagemap", "altText": "地図"}]);
        let found = alt_texts(&messages).unwrap();
        assert_eq!(found.iter().map(|place| place.bubble).collect::<Vec<_>>(), [1]);
    }
}
