//! What a cell says.

use std::borrow::Cow;

use jiff::civil::Date;

/// A finite number as people in shops write it: `1234.5`, `-1,234`, `¥1,234`, `1234円`, full-width digits.
pub fn number(text: &str) -> Option<f64> {
    let plain = half_width(text.trim());
    let bare = plain.strip_suffix('円').unwrap_or(&plain).trim_end();
    let (sign, magnitude) = match bare.strip_prefix(['-', '▲', '△']) {
        Some(rest) => (-1.0, rest),
        None => (1.0, bare.strip_prefix('+').unwrap_or(bare)),
    };
    let magnitude = magnitude.strip_prefix(['¥', '\\', '$', '€']).unwrap_or(magnitude);
    if !magnitude.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    let value: f64 = ungrouped(magnitude)?.parse().ok()?;
    value.is_finite().then_some(sign * value)
}

/// The calendar day of a date or a time as it is written, zone and all: `2026-01-31`, `2026/1/31`, `20260131`,
/// `2026年1月31日`, `2026-01-31T23:00:00+09:00`, `2026/01/31 23:00`.
pub fn date(text: &str) -> Option<Date> {
    let plain = half_width(text.trim());
    let day = plain.split(['T', ' ']).next()?;
    if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) {
        return civil(&day[..4], &day[4..6], &day[6..]);
    }
    let mut parts = day.trim_end_matches('日').split(['-', '/', '.', '年', '月']);
    let found = civil(parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() { None } else { found }
}

fn civil(year: &str, month: &str, day: &str) -> Option<Date> {
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Full-width digits and signs as half-width ones.
fn half_width(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let narrow = |letter: char| match letter {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter),
        '￥' => '¥',
        '−' | '‐' => '-',
        '\u{3000}' => ' ',
        other => other,
    };
    Cow::Owned(text.chars().map(narrow).collect())
}

/// Without the commas between thousands; `None` when they stand elsewhere.
fn ungrouped(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains(',') {
        return Some(Cow::Borrowed(text));
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let right = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3) && !fraction.contains(',');
    right.then(|| Cow::Owned(text.replace(',', "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_shops_write_them() {
        let cases = [
            ("12", Some(12.0)),
            (" 1,234.5 ", Some(1234.5)),
            ("-1,234", Some(-1234.0)),
            ("¥1,234", Some(1234.0)),
            ("-¥500", Some(-500.0)),
            ("▲500", Some(-500.0)),
            ("1234円", Some(1234.0)),
            ("１，２３４", Some(1234.0)),
            ("1e3", Some(1000.0)),
            ("1,23", None),
            ("12,345,6", None),
            ("NaN", None),
            ("inf", None),
            ("1e999", None),
            ("", None),
            ("たくさん", None),
            ("--5", None),
        ];
        for (text, value) in cases {
            assert_eq!(number(text), value, "{text}");
        }
    }

    #[test]
    fn dates_as_shops_write_them() {
        let day = Date::constant(2026, 1, 31);
        for text in [
            "2026-01-31",
            "2026/1/31",
            "20260131",
            "2026年1月31日",
            "2026-01-31T23:00:00+09:00",
            "2026/01/31 23:00",
            "２０２６/１/３１",
        ] {
            assert_eq!(date(text), Some(day), "{text}");
        }
        for text in ["2026-02-30", "31/01/2026", "26-1-31", "2026-01", "2026-01-31-1", "yesterday", ""] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
