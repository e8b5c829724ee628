//! Actions: which may stand where, and how long their labels may be there.

use super::schema::{Field, Kind, LINK, Object, Walk, graphemes, may, must, no_rules, some_graphemes, some_utf16};
use super::{Expected, Problem, Said};
use crate::json::Extra;
use serde_json::Value;

/// Where an action stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    QuickReply,
    /// Buttons of the fixed layouts.
    Template,
    /// A tap beside the buttons, which shows no label.
    TemplateDefault,
    ImageCarousel,
    FlexButton,
    /// Everything else in a flex message, which shows no label.
    Flex,
    FlexVideo,
    RichMenu,
}

const EVERYWHERE: [&str; 5] = ["postback", "message", "uri", "datetimepicker", "clipboard"];
const IN_TALK: &[&str] = &EVERYWHERE;
const IN_QUICK_REPLY: &[&str] =
    &["postback", "message", "uri", "datetimepicker", "clipboard", "camera", "cameraRoll", "location"];
const IN_RICH_MENU: &[&str] = &["postback", "message", "uri", "datetimepicker", "clipboard", "richmenuswitch"];
const ONLY_URI: &[&str] = &["uri"];

impl Place {
    pub fn types(self) -> &'static [&'static str] {
        match self {
            Self::QuickReply => IN_QUICK_REPLY,
            Self::RichMenu => IN_RICH_MENU,
            Self::FlexVideo => ONLY_URI,
            _ => IN_TALK,
        }
    }

    pub const fn label(self) -> &'static [Field] {
        const TWENTY: &[Field] = &[must("label", some_graphemes(20))];
        const TWENTY_OR_NONE: &[Field] = &[may("label", graphemes(20))];
        const TWELVE_OR_NONE: &[Field] = &[may("label", graphemes(12))];
        const FORTY: &[Field] = &[must("label", some_graphemes(40))];
        const FORTY_OR_NONE: &[Field] = &[may("label", graphemes(40))];
        match self {
            Self::QuickReply | Self::Template => TWENTY,
            Self::TemplateDefault | Self::RichMenu => TWENTY_OR_NONE,
            Self::ImageCarousel => TWELVE_OR_NONE,
            Self::FlexButton => FORTY,
            Self::Flex | Self::FlexVideo => FORTY_OR_NONE,
        }
    }
}

/// An action's fields without the label, which depends on where it stands.
pub(super) static ACTIONS: &[(&str, Object)] = &[
    ("postback", POSTBACK),
    ("message", MESSAGE),
    ("uri", URI),
    ("datetimepicker", DATETIME),
    ("camera", CAMERA),
    ("cameraRoll", CAMERA_ROLL),
    ("location", LOCATION),
    ("richmenuswitch", MENU_SWITCH),
    ("clipboard", CLIPBOARD),
];

const POSTBACK: Object = Object {
    name: "PostbackAction",
    fields: &[
        must("data", some_utf16(300)),
        may("displayText", graphemes(300)),
        may("text", graphemes(300)),
        may("inputOption", Kind::Word(&["closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"])),
        may("fillInText", graphemes(300)),
    ],
    rules: |walk, action| {
        if action.contains_key("displayText") && action.contains_key("text") {
            walk.rule("displayTextとtextは同時に指定できません。", "displayText and text cannot be set together.");
        }
        let keyboard = action.get("inputOption").and_then(Value::as_str) == Some("openKeyboard");
        if action.contains_key("fillInText") && !keyboard {
            walk.rule(
                "fillInTextはinputOptionがopenKeyboardのときだけ指定できます。",
                "fillInText needs inputOption openKeyboard.",
            );
        }
    },
};

const MESSAGE: Object = Object { name: "MessageAction", fields: &[must("text", some_graphemes(300))], rules: no_rules };

const URI: Object =
    Object { name: "URIAction", fields: &[must("uri", LINK), may("altUri", Kind::Object(&ALT_URI))], rules: no_rules };

pub(super) static ALT_URI: Object = Object { name: "AltUri", fields: &[must("desktop", LINK)], rules: no_rules };

const DATETIME: Object = Object {
    name: "DatetimePickerAction",
    fields: &[
        must("data", some_utf16(300)),
        must("mode", Kind::Word(&["date", "time", "datetime"])),
        may("initial", some_utf16(16)),
        may("max", some_utf16(16)),
        may("min", some_utf16(16)),
    ],
    rules: picker,
};

const CAMERA: Object = Object { name: "CameraAction", fields: &[], rules: no_rules };
const CAMERA_ROLL: Object = Object { name: "CameraRollAction", fields: &[], rules: no_rules };
const LOCATION: Object = Object { name: "LocationAction", fields: &[], rules: no_rules };

const MENU_SWITCH: Object = Object {
    name: "RichMenuSwitchAction",
    fields: &[must("richMenuAliasId", some_utf16(32)), must("data", some_utf16(300))],
    rules: no_rules,
};

const CLIPBOARD: Object =
    Object { name: "ClipboardAction", fields: &[must("clipboardText", some_utf16(1_000))], rules: no_rules };

pub(super) fn action(walk: &mut Walk, value: &Value, place: Place) {
    let Some(fields) = value.as_object() else {
        return walk.report(Problem::WrongKind(Expected::Object));
    };
    let Some(index) = walk.type_of(value, place.types()) else {
        return;
    };
    let name = place.types()[index];
    walk.fields(fields, place.label());
    if place == Place::QuickReply && fields.contains_key("altUri") {
        walk.at_field("altUri", |walk| {
            walk.rule("クイックリプライでは使えません。", "Not for quick replies.");
        });
    }
    if let Some((_, object)) = ACTIONS.iter().find(|(known, _)| *known == name) {
        walk.object(value, object);
    }
}

/// Times in a picker: in the form of the mode, within 1900–2100, in order.
fn picker(walk: &mut Walk, action: &Extra) {
    let (fits, hint): (fn(&str) -> bool, _) = match action.get("mode").and_then(Value::as_str) {
        Some("date") => (
            is_date,
            Said {
                ja: "1900-01-01～2100-12-31の年-月-日（例: 2026-01-31）にしてください。",
                en: "A date such as 2026-01-31, from 1900-01-01 to 2100-12-31.",
            },
        ),
        Some("time") => (
            is_time,
            Said {
                ja: "00:00～23:59の時:分（例: 09:30）にしてください。", en: "A time such as 09:30, from 00:00 to 23:59."
            },
        ),
        Some("datetime") => (
            is_datetime,
            Said {
                ja: "日付T時刻（例: 2026-01-31T09:30）にしてください。", en: "Date and time such as 2026-01-31T09:30."
            },
        ),
        _ => return,
    };
    for name in ["initial", "max", "min"] {
        if action.get(name).and_then(Value::as_str).is_some_and(|text| !fits(text)) {
            walk.at_field(name, |walk| walk.report(Problem::Form(hint)));
        }
    }
    // The forms order as text does.
    let time = |name| {
        let text = action.get(name).and_then(Value::as_str).filter(|text| fits(text))?;
        Some(text.to_ascii_uppercase())
    };
    let (initial, max, min) = (time("initial"), time("max"), time("min"));
    let ordered = |low: &Option<String>, high: &Option<String>| match (low, high) {
        (Some(low), Some(high)) => low <= high,
        _ => true,
    };
    let strictly = min.is_none() || min != max;
    if !(ordered(&min, &max) && ordered(&min, &initial) && ordered(&initial, &max) && strictly) {
        walk.rule("min < max、min ≤ initial ≤ maxにしてください。", "Keep min < max and min ≤ initial ≤ max.");
    }
}

fn is_date(text: &str) -> bool {
    let part = |range: std::ops::Range<usize>| -> Option<u32> {
        let digits = text.get(range)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let dashes = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
    let (Some(year), Some(month), Some(day)) = (part(0..4), part(5..7), part(8..10)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    };
    dashes && (1900..=2100).contains(&year) && (1..=12).contains(&month) && (1..=days).contains(&day)
}

fn is_time(text: &str) -> bool {
    let digits = |text: &str, below: u32| {
        text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u32>().is_ok_and(|number| number < below)
    };
    text.split_once(':').is_some_and(|(hour, minute)| digits(hour, 24) && digits(minute, 60))
}

fn is_datetime(text: &str) -> bool {
    text.split_once(['T', 't']).is_some_and(|(date, time)| is_date(date) && is_time(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_real_ones() {
        for good in ["1900-01-01", "2024-02-29", "2000-02-29", "2100-12-31"] {
            assert!(is_date(good), "{good}");
        }
        for bad in [
            "1899-12-31",
            "2101-01-01",
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-04-31",
            "2024-1-1",
            "2024/01/01",
            "",
            "+024-01-01",
            "二〇二四-01",
        ] {
            assert!(!is_date(bad), "{bad}");
        }
        for (text, good) in [
            ("00:00", true),
            ("23:59", true),
            ("24:00", false),
            ("9:00", false),
            ("12:60", false),
            ("12", false),
            ("+1:00", false),
        ] {
            assert_eq!(is_time(text), good, "{text}");
        }
        assert!(is_datetime("2024-01-01T00:00") && is_datetime("2024-01-01t23:59"));
        assert!(!is_datetime("2024-01-01 00:00"));
    }
}
