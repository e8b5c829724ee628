//! Dates as Japanese shops write them, and the weekdays beside them.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use regex::{Captures, Regex};

use super::{Place, Said, What};

/// The day of an instant.
pub(super) fn day(ms: i64, zone: &TimeZone) -> Date {
    Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(zone.clone()).date()
}

const WEEKDAYS: [(char, Weekday); 7] = [
    ('日', Weekday::Sunday),
    ('月', Weekday::Monday),
    ('火', Weekday::Tuesday),
    ('水', Weekday::Wednesday),
    ('木', Weekday::Thursday),
    ('金', Weekday::Friday),
    ('土', Weekday::Saturday),
];

/// `2026年7月12日(金)`, `7月12日 金曜日`, `7/12(金)`, `2026/7/12`, `2026-07-12`. A bare `7/12` may be anything and is none.
static WRITTEN: LazyLock<Regex> = LazyLock::new(|| {
    let weekday = r"(?: ?\( ?(?P<w>[日月火水木金土])(?:曜日?)?(?:・[^()]{1,6})? ?\)| ?(?P<v>[日月火水木金土])曜)";
    let pattern = format!(
        r"(?:(?:(?P<y1>\d{{4}})年 ?)?(?P<m1>\d{{1,2}})月 ?(?P<d1>\d{{1,2}})日{weekday}?|(?P<y2>\d{{4}})[/\-.](?P<m2>\d{{1,2}})[/\-.](?P<d2>\d{{1,2}}){weekday2}?|(?P<m3>\d{{1,2}})/(?P<d3>\d{{1,2}}){weekday3})",
        weekday2 = weekday.replace("<w>", "<w2>").replace("<v>", "<v2>"),
        weekday3 = weekday.replace("<w>", "<w3>").replace("<v>", "<v3>"),
    );
    Regex::new(&pattern).expect("a fixed pattern")
});
/// What follows the first day of a span.
static SPAN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^[^\n]{0,8}?(?:[〜~～\-–—−]|から|より)").expect("a fixed pattern"));

struct Written<'a> {
    bubble: usize,
    /// As it is written, folded to half width.
    text: &'a str,
    date: Date,
    weekday: Option<Weekday>,
    start: usize,
    end: usize,
}

/// Full-width digits and signs as half-width ones.
fn half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '！'..='～' if c != '～' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            _ => c,
        })
        .collect()
}

fn read<'a>(bubble: usize, text: &'a str, sent_on: Date) -> Vec<Written<'a>> {
    let mut found = Vec::new();
    for all in WRITTEN.captures_iter(text) {
        let Some(whole) = all.get(0) else { continue };
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit() || c == '/');
        if digit(text[..whole.start()].chars().next_back()) || digit(text[whole.end()..].chars().next()) {
            continue;
        }
        let Some(date) = date(&all, sent_on) else { continue };
        let weekday = ["w", "v", "w2", "v2", "w3", "v3"].iter().find_map(|name| all.name(name)?.as_str().chars().next());
        let weekday = weekday.and_then(|c| WEEKDAYS.iter().find(|(sign, _)| *sign == c).map(|(_, day)| *day));
        found.push(Written { bubble, text: whole.as_str(), date, weekday, start: whole.start(), end: whole.end() });
    }
    found
}

/// Without a year, the one that comes nearest to the day of sending.
fn date(all: &Captures<'_>, sent_on: Date) -> Option<Date> {
    let number = |names: [&str; 3]| names.iter().find_map(|name| all.name(name)?.as_str().parse::<i16>().ok());
    let (month, day) = (number(["m1", "m2", "m3"])?, number(["d1", "d2", "d3"])?);
    let make = |year: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    if let Some(year) = number(["y1", "y2", "y2"]) {
        return make(year);
    }
    let near = [sent_on.year() - 1, sent_on.year(), sent_on.year() + 1].into_iter().filter_map(make);
    near.min_by_key(|date| distance(sent_on, *date))
}

fn distance(from: Date, to: Date) -> i64 {
    (to.to_zoned(TimeZone::UTC).map_or(0, |at| at.timestamp().as_second())
        - from.to_zoned(TimeZone::UTC).map_or(0, |at| at.timestamp().as_second()))
    .abs()
}

fn each(texts: &[Said<'_>], sent_on: Date, mut look: impl FnMut(&str, &[Written<'_>])) {
    for said in texts {
        let folded = half_width(said.text);
        look(&folded, &read(said.bubble, &folded, sent_on));
    }
}

/// Weekdays that do not fit their dates.
pub(super) fn weekdays(texts: &[Said<'_>], sent_on: Date) -> Vec<Place> {
    let mut places = Vec::new();
    each(texts, sent_on, |_, dates| {
        for one in dates {
            let right = one.date.weekday();
            if one.weekday.is_some_and(|written| written != right) {
                let sign = WEEKDAYS.iter().find(|(_, day)| *day == right).map_or(' ', |(sign, _)| *sign);
                places.push(Place::new(What::WeekdayWrong, one.bubble, one.text).saying(sign));
            }
        }
    });
    places
}

/// Days before the sending, unless a span begins with them that is not over.
pub(super) fn passed(texts: &[Said<'_>], sent_on: Date) -> Vec<Place> {
    let mut places = Vec::new();
    each(texts, sent_on, |text, dates| {
        for (n, one) in dates.iter().enumerate().filter(|(_, one)| one.date < sent_on) {
            let begins = SPAN.is_match(&text[one.end..]);
            let next = dates.get(n + 1).filter(|next| next.start.saturating_sub(one.end) <= 40);
            if begins && next.is_none_or(|next| next.date >= sent_on) {
                continue;
            }
            places.push(Place::new(What::Past, one.bubble, one.text));
        }
    });
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sunday() -> Date {
        Date::constant(2026, 11, 22)
    }

    fn texts(text: &str) -> Vec<Said<'_>> {
        vec![Said { bubble: 1, text }]
    }

    #[test]
    fn weekdays_fit_their_dates() {
        for (text, right) in [
            ("11月22日(日)から", None),
            ("11月22日(土)から", Some("日")),
            ("１１月２３日（月・祝）", None),
            ("１１月２３日（火・祝）", Some("月")),
            ("2026年12月24日 木曜日", None),
            ("2026年12月24日金曜日", Some("木")),
            ("12/24(金)", Some("木")),
            ("12/24（木）", None),
            ("2026/12/24(金)", Some("木")),
            ("2026-12-24 (木)", None),
            // The next January, not the last.
            ("1月5日(火)", None),
            ("1月5日(月)", Some("火")),
            ("2月29日(日)", None),
            ("12月24日 金額は1,000円", None),
            ("112/24(金)まで", None),
        ] {
            let found = weekdays(&texts(text), sunday());
            assert_eq!(found.first().map(|place| place.detail.as_str()), right, "{text}: {found:?}");
        }
    }

    #[test]
    fn days_that_have_passed() {
        for (text, past) in [
            ("11月22日まで", 0),
            ("11月21日まで", 1),
            ("本日(11/21(土))限り", 1),
            ("11月1日〜11月30日", 0),
            ("11月1日(日)~30日", 0),
            ("11月1日から11月20日まで", 2),
            ("2025年12月24日", 1),
            ("7月12日(日)", 1),
            ("1/2の確率", 0),
            ("24/7 営業", 0),
            ("13月40日", 0),
        ] {
            assert_eq!(passed(&texts(text), sunday()).len(), past, "{text}");
        }
    }
}
