//! Texts that must have a certain form.

use super::Said;
use super::schema::Kind;
use crate::limits;

const fn form(fits: fn(&str) -> bool, ja: &'static str, en: &'static str) -> Kind {
    Kind::Shape { fits, hint: Said { ja, en } }
}

pub(super) const COLOR: Kind = form(is_color, "#RRGGBBまたは#RRGGBBAAにしてください。", "#RRGGBB or #RRGGBBAA.");

pub(super) const RGB: Kind = form(|text| text.len() == 7 && is_color(text), "#RRGGBBにしてください。", "#RRGGBB.");

/// Margins, spaces, offsets, widths, heights, corners.
pub(super) const LENGTH: Kind = form(
    |text| WORDS.contains(&text) || is_pixels(text.trim_start_matches('-')) || is_percent(text),
    "none、xs～xxl、または「10px」「50%」の形にしてください。",
    "none, xs to xxl, or such as 10px or 50%.",
);

pub(super) const FONT_SIZE: Kind = form(
    |text| FONT_WORDS.contains(&text) || is_pixels(text),
    "xxs～5xl、または「14px」の形にしてください。",
    "xxs to 5xl, or such as 14px.",
);

pub(super) const IMAGE_SIZE: Kind = form(
    |text| FONT_WORDS.contains(&text) || text == "full" || is_pixels(text) || is_percent(text),
    "xxs～5xl、full、または「100px」「50%」の形にしてください。",
    "xxs to 5xl, full, or such as 100px or 50%.",
);

pub(super) const BORDER: Kind = form(
    |text| BORDER_WORDS.contains(&text) || is_pixels(text),
    "none、light、normal、medium、semi-bold、bold、または「1px」の形にしてください。",
    "none, light, normal, medium, semi-bold, bold, or such as 1px.",
);

pub(super) const PIXELS: Kind = form(is_pixels, "「10px」の形にしてください。", "Such as 10px.");

pub(super) const PERCENT: Kind = form(is_percent, "「50%」の形にしてください。", "Such as 50%.");

pub(super) const ANGLE: Kind = form(is_angle, "「90deg」の形（0以上360未満）にしてください。", "Such as 90deg, below 360.");

pub(super) const RATIO: Kind = form(
    is_ratio,
    "「横:縦」（各1～100000、縦は横の3倍まで）にしてください。",
    "width:height, each 1 to 100000, at most three times as high as wide.",
);

pub(super) const TRACKING_ID: Kind = form(
    is_tracking_id,
    "100文字以内の半角英数字と記号 -.=,+*()%$&;:@{}!?<>[] にしてください。",
    "At most 100 of A-Z a-z 0-9 and -.=,+*()%$&;:@{}!?<>[].",
);

pub(super) const UNIT_NAME: Kind =
    form(is_unit_name, "30文字以内の半角英数字と「_」にしてください。", "1 to 30 of A-Z a-z 0-9 _.");

pub(super) const ALIAS_ID: Kind =
    form(is_alias_id, "32文字以内の半角小文字・数字・「_」「-」にしてください。", "1 to 32 of a-z 0-9 _ -.");

pub(super) const RESUME_KEY: Kind = form(
    |text| {
        let known = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        (1..=100).contains(&text.len()) && text.bytes().all(known)
    },
    "100文字以内の半角英数字・「_」「-」にしてください。",
    "1 to 100 of A-Z a-z 0-9 _ -.",
);

/// Whether a text can name a rich menu for its tabs.
pub fn is_alias_id(text: &str) -> bool {
    let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    (1..=32).contains(&text.len()) && text.bytes().all(known)
}

const WORDS: &[&str] = &["none", "xs", "sm", "md", "lg", "xl", "xxl"];
const FONT_WORDS: &[&str] = &["xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl"];
const BORDER_WORDS: &[&str] = &["none", "light", "normal", "medium", "semi-bold", "bold"];

/// Whether a text can name an aggregation unit, or tag a coupon.
pub fn is_unit_name(text: &str) -> bool {
    (1..=limits::UNIT_NAME).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_tracking_id(text: &str) -> bool {
    let known = |b: u8| b.is_ascii_alphanumeric() || b"-.=,+*()%$&;:@{}!?<>[]".contains(&b);
    (1..=100).contains(&text.len()) && text.bytes().all(known)
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|hex| matches!(hex.len(), 6 | 8) && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A plain decimal number, without sign or exponent.
fn decimal(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let digits = text.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
    (plain && digits).then(|| text.parse().ok())?
}

fn is_pixels(text: &str) -> bool {
    text.strip_suffix("px").and_then(decimal).is_some()
}

fn is_percent(text: &str) -> bool {
    text.strip_suffix('%').and_then(decimal).is_some()
}

fn is_angle(text: &str) -> bool {
    text.strip_suffix("deg").and_then(decimal).is_some_and(|angle| angle < 360.0)
}

fn is_ratio(text: &str) -> bool {
    let side = |text| decimal(text).filter(|side| (1.0..=100_000.0).contains(side));
    text.split_once(':')
        .and_then(|(width, height)| Some((side(width)?, side(height)?)))
        .is_some_and(|(width, height)| height <= 3.0 * width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (kind, good, bad) in [
            (COLOR, vec!["#00ff00", "#00FF0080"], vec!["#fff", "00ff00", "#gggggg", "#00ff000"]),
            (RGB, vec!["#00ff00"], vec!["#00ff0080"]),
            (PIXELS, vec!["0px", "12.5px"], vec!["px", "12", "-1px", "1e3px", ".px"]),
            (LENGTH, vec!["none", "xxl", "-5px", "50%"], vec!["full", "5", "xxs"]),
            (FONT_SIZE, vec!["xxs", "5xl", "14px"], vec!["full", "none", "50%"]),
            (IMAGE_SIZE, vec!["full", "50%", "1px"], vec!["none", "50"]),
            (BORDER, vec!["semi-bold", "2px"], vec!["xs"]),
            (PERCENT, vec!["50%"], vec!["%", "50"]),
            (ANGLE, vec!["0deg", "359.9deg"], vec!["360deg", "90"]),
            (RATIO, vec!["1:3", "20:13", "1.51:1", "100000:1"], vec!["1:3.1", "0:1", "100001:1", "1", "a:b"]),
            (UNIT_NAME, vec!["a", "A_9", &"x".repeat(30)], vec!["", "a-b", "縁", &"x".repeat(31)]),
            (TRACKING_ID, vec!["a-[1]", &"x".repeat(100)], vec!["", "a b", "a_b", &"x".repeat(101)]),
        ] {
            let Kind::Shape { fits, hint } = kind else { panic!("a form") };
            for text in good {
                assert!(fits(text), "{text} {hint:?}");
            }
            for text in bad {
                assert!(!fits(text), "{text} {hint:?}");
            }
        }
    }
}
