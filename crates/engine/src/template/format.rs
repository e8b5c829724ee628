//! Formats of dates and numbers as Japanese shops write them.

use std::fmt::Write;

use jiff::civil::DateTime;

use crate::rule::Weekday;

/// A format, read once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Of a day or instant.
    Date(Vec<Token>),
    /// `#,##0`.
    Grouped,
}

/// What a format can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Days only.
    Day,
    /// Times of day too.
    Time,
    /// Numbers.
    Number,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Year,
    ShortYear,
    Month,
    Month2,
    Day,
    Day2,
    Weekday,
    WeekdayFull,
    Hour,
    Hour2,
    Hour12,
    HalfDay,
    Minute,
    Minute2,
    Text(String),
}

/// Longest first, so that `yyyy` is not two `yy`.
const TOKENS: &[(&str, Token)] = &[
    ("yyyy", Token::Year),
    ("yy", Token::ShortYear),
    ("MM", Token::Month2),
    ("M", Token::Month),
    ("dd", Token::Day2),
    ("DD", Token::Day2),
    ("d", Token::Day),
    ("D", Token::Day),
    ("曜日", Token::WeekdayFull),
    ("曜", Token::Weekday),
    ("HH", Token::Hour2),
    ("H", Token::Hour),
    ("h", Token::Hour12),
    ("午前", Token::HalfDay),
    ("mm", Token::Minute2),
    ("m", Token::Minute),
];

impl Format {
    /// Reads a format; the error says what is wrong, in Japanese.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("書式がありません".to_owned());
        }
        if text == "#,##0" {
            return Ok(Self::Grouped);
        }
        let mut tokens: Vec<Token> = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if let Some((word, token)) = TOKENS.iter().find(|(word, _)| rest.starts_with(word)) {
                tokens.push(token.clone());
                rest = &rest[word.len()..];
                continue;
            }
            if c.is_ascii_alphabetic() || c == '#' {
                return Err(format!("「{c}」は使えません"));
            }
            match tokens.last_mut() {
                Some(Token::Text(text)) => text.push(c),
                _ => tokens.push(Token::Text(c.to_string())),
            }
            rest = &rest[c.len_utf8()..];
        }
        if tokens.iter().all(|token| matches!(token, Token::Text(_))) {
            return Err("日付の部分(yyyy M d 曜 H mm)がありません".to_owned());
        }
        Ok(Self::Date(tokens))
    }

    /// What it shows.
    pub(super) fn kind(&self) -> Kind {
        let time = |token: &Token| {
            matches!(token, Token::Hour | Token::Hour2 | Token::Hour12 | Token::HalfDay | Token::Minute | Token::Minute2)
        };
        match self {
            Self::Grouped => Kind::Number,
            Self::Date(tokens) if tokens.iter().any(time) => Kind::Time,
            Self::Date(_) => Kind::Day,
        }
    }
}

/// Writes a day or instant.
pub(super) fn date(tokens: &[Token], at: DateTime, out: &mut String) {
    for token in tokens {
        // Writing to a String cannot fail.
        let _ = match token {
            Token::Year => write!(out, "{:04}", at.year()),
            Token::ShortYear => write!(out, "{:02}", at.year().rem_euclid(100)),
            Token::Month => write!(out, "{}", at.month()),
            Token::Month2 => write!(out, "{:02}", at.month()),
            Token::Day => write!(out, "{}", at.day()),
            Token::Day2 => write!(out, "{:02}", at.day()),
            Token::Weekday => write!(out, "{}", Weekday::of(at.date()).kanji()),
            Token::WeekdayFull => write!(out, "{}曜日", Weekday::of(at.date()).kanji()),
            Token::Hour => write!(out, "{}", at.hour()),
            Token::Hour2 => write!(out, "{:02}", at.hour()),
            Token::Hour12 => write!(out, "{}", if at.hour() % 12 == 0 { 12 } else { at.hour() % 12 }),
            Token::HalfDay => write!(out, "{}", if at.hour() < 12 { "午前" } else { "午後" }),
            Token::Minute => write!(out, "{}", at.minute()),
            Token::Minute2 => write!(out, "{:02}", at.minute()),
            Token::Text(text) => out.write_str(text),
        };
    }
}

/// Writes `M月D日`.
pub(super) fn month_day(at: DateTime, out: &mut String) {
    let _ = write!(out, "{}月{}日", at.month(), at.day());
}

/// Writes `yyyy年M月d日`.
pub(super) fn full_day(at: DateTime, out: &mut String) {
    let _ = write!(out, "{}年{}月{}日", at.year(), at.month(), at.day());
}

/// Writes `M月d日 H:mm`.
pub(super) fn day_and_time(at: DateTime, out: &mut String) {
    let _ = write!(out, "{}月{}日 {}:{:02}", at.month(), at.day(), at.hour(), at.minute());
}

/// Writes `H:mm`.
pub(super) fn time(at: DateTime, out: &mut String) {
    let _ = write!(out, "{}:{:02}", at.hour(), at.minute());
}

/// Writes a plain decimal number with its whole part in groups of three; `None` when it is not one.
pub(super) fn grouped(number: &str, out: &mut String) -> Option<()> {
    let number = number.trim();
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, ""), |(whole, fraction)| (whole, fraction));
    let numeric = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !numeric(whole) || !numeric(fraction) {
        return None;
    }
    out.push_str(sign);
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    // 1200.0 is how JSON of some languages writes 1200.
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    Some(())
}
