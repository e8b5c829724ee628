//! How LINE counts characters.

use unicode_segmentation::UnicodeSegmentation;

/// What counts as one (Messaging API documentation, "Character counting in a text").
///
/// A LINE emoji counts as its stand-in text, which LINE does not publish: a text with many of them
/// can still be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// UTF-16 code units: 𠮷 and most emoji count two. The rule where nothing else is said.
    Utf16,
    /// Grapheme clusters: what a reader sees as one. For labels, titles and words on buttons.
    Grapheme,
}

impl Unit {
    /// The length of a text.
    pub fn count(self, text: &str) -> usize {
        if text.is_ascii() && !text.contains('\r') {
            return text.len();
        }
        match self {
            Self::Utf16 => text.encode_utf16().count(),
            Self::Grapheme => text.graphemes(true).count(),
        }
    }

    /// The longest beginning of a text that counts at most `max`. What a reader sees as one is
    /// never cut, not even where single code units would still fit.
    pub fn cut(self, text: &str, max: usize) -> &str {
        let mut used = 0;
        for (at, cluster) in text.grapheme_indices(true) {
            used += match self {
                Self::Utf16 => cluster.encode_utf16().count(),
                Self::Grapheme => 1,
            };
            if used > max {
                return &text[..at];
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_ways_differ_where_they_should() {
        for (text, utf16, graphemes) in [
            ("", 0, 0),
            ("abc", 3, 3),
            ("縁", 1, 1),
            ("𠮷野家", 4, 3),
            ("😀", 2, 1),
            ("👨‍👩‍👧‍👦", 11, 1),
            ("🇯🇵", 4, 1),
            ("か\u{3099}", 2, 1),
            ("e\u{301}", 2, 1),
            ("葛\u{E0100}", 3, 1),
            ("a\r\nb", 4, 3),
        ] {
            assert_eq!(Unit::Utf16.count(text), utf16, "{text:?}");
            assert_eq!(Unit::Grapheme.count(text), graphemes, "{text:?}");
        }
    }

    #[test]
    fn a_cut_never_goes_through_a_character() {
        assert_eq!(Unit::Utf16.cut("a😀b", 2), "a");
        assert_eq!(Unit::Utf16.cut("a😀b", 3), "a😀");
        assert_eq!(Unit::Utf16.cut("👨‍👩‍👧‍👦", 10), "");
        assert_eq!(Unit::Grapheme.cut("👨‍👩‍👧‍👦か\u{3099}x", 2), "👨‍👩‍👧‍👦か\u{3099}");
        assert_eq!(Unit::Grapheme.cut("ab", 5), "ab");
    }
}
