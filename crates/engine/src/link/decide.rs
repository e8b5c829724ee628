//! Which addresses are links, and what an address becomes without a redirect. Pure.

use std::ops::Range;

use url::Url;

use super::check_url;

/// An address found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its bytes.
    pub range: Range<usize>,
    /// Whether nothing follows: what is put behind the text continues the address.
    pub open: bool,
}

/// The http(s) addresses that stand in a text, as a reader would see them: an address ends at white space, at Japanese,
/// at a bracket it did not open, and does not take the full stop or comma behind it along.
pub fn urls_in(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = next_start(text, from) {
        let raw = start + run(&text[start..]);
        let end = start + text[start..raw].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'']).len();
        if may_track(&text[start..end]) && !goes_on_in_japanese(&text[start..raw], &text[raw..]) {
            found.push(Found { range: start..end, open: raw == text.len() });
        }
        from = raw.max(start + 1);
    }
    found
}

/// Where the next `http://` or `https://` begins that is no tail of another word.
fn next_start(text: &str, mut from: usize) -> Option<usize> {
    loop {
        let scheme_end = from + text.get(from..)?.find("://")?;
        let before = &text.as_bytes()[from..scheme_end];
        let length = ["https", "http"]
            .iter()
            .map(|scheme| scheme.len())
            .find(|length| before.len() >= *length && is_http(&before[before.len() - length..]));
        if let Some(length) = length {
            let start = scheme_end - length;
            if !text[..start].ends_with(|c: char| c.is_ascii_alphanumeric()) {
                return Some(start);
            }
        }
        from = scheme_end + 3;
    }
}

fn is_http(bytes: &[u8]) -> bool {
    bytes.eq_ignore_ascii_case(b"https") || bytes.eq_ignore_ascii_case(b"http")
}

/// How many bytes belong to the address at most. Brackets only in pairs.
fn run(text: &str) -> usize {
    let mut open = 0;
    for (at, b) in text.bytes().enumerate() {
        match b {
            b'(' => open += 1,
            b')' if open > 0 => open -= 1,
            b if b.is_ascii_alphanumeric() || b"-._~:/?#@!$&'*+,;=%".contains(&b) => {}
            _ => return at,
        }
    }
    text.len()
}

/// `https://example.com/` before 商品 may be an address with Japanese in it: led elsewhere, it would be broken.
fn goes_on_in_japanese(url: &str, rest: &str) -> bool {
    let joint = url.ends_with(['/', '=', '-', '_', '%', '+', '&', '?', '#']);
    joint && rest.starts_with(|c: char| !c.is_ascii() && c.is_alphanumeric())
}

/// Whether an address can be a link: one the shop could type as a link, and none of LINE's own, which open the app only
/// when they are opened directly.
pub fn may_track(url: &str) -> bool {
    let Ok(url) = check_url(url) else { return false };
    let host = Url::parse(&url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    host != "lin.ee" && host != "line.me" && !host.ends_with(".line.me")
}

/// LINE's own parameters, which LINE reads off the address that is tapped: they must stand on ours as well
/// (LINE Developers, "Opening the LINE app's in-app browser or an external browser").
pub fn browser_choice(url: &str) -> &'static str {
    let Ok(url) = Url::parse(url) else { return "" };
    url.query_pairs()
        .find_map(|(key, value)| match (&*key, &*value) {
            ("openExternalBrowser", "1") => Some("openExternalBrowser=1"),
            ("openInAppBrowser", "0") => Some("openInAppBrowser=0"),
            _ => None,
        })
        .unwrap_or("")
}

/// Appends the address with the parameters of `utm`, unless it has its own. Query and fragment stay.
pub fn with_utm(url: &str, utm: &str, out: &mut String) {
    let (front, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    let query = front.split_once('?').map(|(_, query)| query);
    out.push_str(front);
    if !query.is_some_and(|query| query.split('&').any(|pair| pair.starts_with("utm_"))) {
        match query {
            None => out.push('?'),
            Some(query) if query.is_empty() || query.ends_with('&') => {}
            Some(_) => out.push('&'),
        }
        out.push_str(utm);
    }
    out.push_str(fragment);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<&str> {
        urls_in(text).into_iter().map(|found| &text[found.range]).collect()
    }

    #[test]
    fn addresses_end_where_a_reader_sees_their_end() {
        let a = "https://example.com/a";
        for text in [
            "https://example.com/a",
            "ご案内 https://example.com/a です",
            "ご案内https://example.com/aです",
            "「https://example.com/a」",
            "(https://example.com/a)",
            "(https://example.com/a)",
            "【https://example.com/a】",
            "<https://example.com/a>",
            "[https://example.com/a]",
            "\"https://example.com/a\"",
            "https://example.com/a。",
            "https://example.com/a、https",
            "https://example.com/a.",
            "https://example.com/a, and",
            "https://example.com/a!?",
            "https://example.com/a)。",
            "(see https://example.com/a).",
            "https://example.com/a\nhttps://",
            "https://example.com/a😀",
            "https://example.com/a{slot}",
            "https://example.com/a\u{3000}次",
        ] {
            assert_eq!(found(text), [a], "{text}");
        }
    }

    #[test]
    fn addresses_are_taken_whole() {
        for url in [
            "https://example.com",
            "http://example.com:8080/x?y=1&z=%E3%81%82#f",
            "HTTPS://EXAMPLE.COM/",
            "https://example.com/wiki/A_(b)",
            "https://example.com/~a/b;c=d,e/@f!$&'*+g",
            "https://example.com/?u=https://other.example/",
        ] {
            assert_eq!(found(&format!("見て {url} ね")), [url]);
        }
        assert_eq!(found("https://a.example/ https://b.example/\nhttps://a.example/").len(), 3);
    }

    #[test]
    fn what_is_no_link() {
        for text in [
            "",
            "example.com",
            "ftp://example.com/",
            "xhttps://example.com/",
            "https://",
            "https:// example.com",
            "https://.",
            "https://user:pass@example.com/",
            "line://nv/",
            "tel:0312345678",
            "mailto:a@example.com",
            "https://line.me/R/ti/p/@a",
            "https://liff.line.me/1-a",
            "https://page.line.me/a",
            "https://lin.ee/a",
            // It may go on, and where it would lead then is not known.
            "https://example.com/商品",
            "https://example.com/?q=縁",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
        assert_eq!(found("https://notline.me/").len(), 1);
    }

    #[test]
    fn an_end_that_may_go_on_is_told() {
        let open = |text| urls_in(text).iter().map(|found| found.open).collect::<Vec<_>>();
        assert_eq!(open("https://example.com/?id="), [true]);
        assert_eq!(open("https://example.com/a."), [true]);
        assert_eq!(open("https://example.com/a "), [false]);
    }

    #[test]
    fn utm_is_added_once_and_nothing_is_lost() {
        let utm = "utm_source=line&utm_medium=message&utm_campaign=00000000-0000-0000-0000-000000000001";
        for (url, said) in [
            ("https://a.example", format!("https://a.example?{utm}")),
            ("https://a.example/b?c=1", format!("https://a.example/b?c=1&{utm}")),
            ("https://a.example/b?", format!("https://a.example/b?{utm}")),
            ("https://a.example/b?c&", format!("https://a.example/b?c&{utm}")),
            ("https://a.example/b?c=1#d?e", format!("https://a.example/b?c=1&{utm}#d?e")),
            ("https://a.example/#utm_source=x", format!("https://a.example/?{utm}#utm_source=x")),
            ("https://a.example/?x=1&utm_source=own#f", "https://a.example/?x=1&utm_source=own#f".to_owned()),
        ] {
            let mut out = String::new();
            with_utm(url, utm, &mut out);
            assert_eq!(out, said);
        }
    }

    #[test]
    fn lines_own_parameters_are_seen() {
        assert_eq!(browser_choice("https://a.example/?x=1&openExternalBrowser=1#y"), "openExternalBrowser=1");
        assert_eq!(browser_choice("https://a.example/?openInAppBrowser=0"), "openInAppBrowser=0");
        assert_eq!(browser_choice("https://a.example/?openExternalBrowser=0"), "");
    }

    proptest! {
        /// Nothing panics; what is found are addresses apart from each other, in order.
        #[test]
        fn any_text_is_read(text in "(https?://|HTTP|:|/|a\\.example|[().,!?#&=%あ商。」 {}\\n😀]|b){0,20}") {
            let mut last = 0;
            for found in urls_in(&text) {
                prop_assert!(found.range.start >= last && found.range.end > found.range.start);
                prop_assert!(may_track(&text[found.range.clone()]));
                last = found.range.end;
            }
        }
    }
}
