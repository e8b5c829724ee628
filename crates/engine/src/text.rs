//! One way to compare what people write: for keywords, for search, for names.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Folds text so that what reads the same compares the same.
///
/// NFKC (half-width kana, full-width letters, ①), lower case, katakana to hiragana, the dashes people type for a long
/// vowel to `ー`, the variants of family-name characters (髙 高, 﨑 崎, 邊 辺 …), invisible characters dropped, runs of
/// spaces to one, and no space beside a Japanese character (山田　太郎 = 山田太郎). Folding twice changes nothing.
pub fn fold(text: &str) -> String {
    let mut long = Long { before: None };
    if text.chars().all(settled) {
        return Spaces::collapse(text.chars().map(|c| long.next(plain(c.to_ascii_lowercase()))));
    }
    // Lower case and name variants may bring back what NFKC would join, hence once more at the end if needed.
    let lowered: String = nfkc(text).chars().filter(|c| !invisible(*c)).flat_map(char::to_lowercase).map(plain).collect();
    let vowels: String = nfkc(&lowered).chars().map(|c| long.next(plain(c))).collect();
    Spaces::collapse(vowels.chars())
}

/// Characters that NFKC leaves alone wherever they stand: most messages are made of nothing else.
fn settled(c: char) -> bool {
    matches!(c, ' '..='~' | '\n' | '\t' | '、' | '。' | '「' | '」' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' | '一'..='鿿')
}

fn nfkc(text: &str) -> Cow<'_, str> {
    match is_nfkc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        IsNormalized::No | IsNormalized::Maybe => Cow::Owned(text.nfkc().collect()),
    }
}

/// Controls, joiners, direction marks, variation selectors and tags: seen by nobody, in the way of comparing.
fn invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Hiragana for katakana, and one form of each family-name character.
pub fn plain(c: char) -> char {
    match c {
        'ァ'..='ヶ' | 'ヽ' | 'ヾ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        '髙' => '高',
        '﨑' | '碕' => '崎',
        '𠮷' => '吉',
        '濱' | '濵' => '浜',
        '邊' | '邉' => '辺',
        '齋' => '斎',
        '齊' => '斉',
        '澤' => '沢',
        '廣' => '広',
        '櫻' => '桜',
        '眞' => '真',
        '惠' => '恵',
        '德' => '徳',
        '瀨' => '瀬',
        '黑' => '黒',
        '凜' => '凛',
        '榮' => '栄',
        '國' => '国',
        '嶋' | '嶌' => '島',
        _ => c,
    }
}

/// Turns a dash after kana into the long-vowel mark: コ−ヒ− and コーヒー are one word.
struct Long {
    before: Option<char>,
}

impl Long {
    fn next(&mut self, c: char) -> char {
        let kana = self.before.is_some_and(|b| matches!(b, 'ぁ'..='ゖ' | 'ー'));
        let c = match c {
            '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '─' | '━' if kana => 'ー',
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
            _ => c,
        };
        self.before = Some(c);
        c
    }
}

/// Keeps a space only between two characters of a script that writes spaces.
struct Spaces;

impl Spaces {
    fn collapse(chars: impl Iterator<Item = char>) -> String {
        let mut out = String::with_capacity(chars.size_hint().0);
        let mut gap = false;
        let mut before = None;
        for c in chars {
            if c.is_whitespace() {
                gap = true;
                continue;
            }
            if gap && before.is_some_and(|b| !japanese(b)) && !japanese(c) {
                out.push(' ');
            }
            out.push(c);
            (gap, before) = (false, Some(c));
        }
        out
    }
}

/// Kana, kanji and Japanese punctuation.
fn japanese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_reads_the_same_folds_the_same() {
        for (a, b) in [
            ("ヨヤク", "よやく"),
            ("ﾖﾔｸ", "よやく"),
            ("ｶﾞｷﾞｸﾞ", "がぎぐ"),
            ("　予約 したい　", "予約したい"),
            ("ＡＢＣ　ｄｅｆ", "abc def"),
            ("Gift\t  CARD", "gift card"),
            ("コ−ヒ-", "コーヒー"),
            ("ヴァイオリン", "ゔぁいおりん"),
            ("髙橋", "高橋"),
            ("渡邉", "渡辺"),
            ("山﨑　太郎", "山崎太郎"),
            ("①番", "1番"),
            ("は\u{3099}ら", "ばら"),
            ("a\u{200b}b", "ab"),
            ("❤\u{fe0f}", "❤"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} / {b}");
        }
    }

    #[test]
    fn what_differs_stays_apart() {
        for (a, b) in [
            ("びよういん", "びょういん"),
            ("はは", "ばば"),
            ("03-1234", "031234"),
            ("gift card", "giftcard"),
            ("おばさん", "おばあさん"),
        ] {
            assert_ne!(fold(a), fold(b), "{a} / {b}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text: String) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn the_short_way_is_the_long_way(text in "[ -~あ-んァ-ヶー亜-熙、。髙 ]{0,20}") {
            // An invisible character leads round the short way and leaves no trace.
            prop_assert_eq!(fold(&text), fold(&format!("{text}\u{200b}")));
        }
    }
}
