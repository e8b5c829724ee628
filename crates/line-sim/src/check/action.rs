//! Actions.

use super::{At, Check, Count};
use crate::json::Json;

/// Where an action stands; its label's limit and the allowed kinds depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Template,
    ImageCarousel,
    RichMenu,
    QuickReply,
    FlexButton,
    Flex,
}

const COMMON: [&str; 5] = ["postback", "message", "uri", "datetimepicker", "clipboard"];
const IN_QUICK_REPLY: [&str; 8] =
    ["postback", "message", "uri", "datetimepicker", "camera", "cameraRoll", "location", "clipboard"];
const IN_RICH_MENU: [&str; 6] = ["postback", "message", "uri", "datetimepicker", "richmenuswitch", "clipboard"];

impl Place {
    fn kinds(self) -> &'static [&'static str] {
        match self {
            Place::QuickReply => &IN_QUICK_REPLY,
            Place::RichMenu => &IN_RICH_MENU,
            _ => &COMMON,
        }
    }

    /// Longest label, and whether one must stand there.
    fn label(self) -> (usize, Label) {
        match self {
            Place::ImageCarousel => (12, Label::Optional),
            Place::RichMenu => (20, Label::Optional),
            Place::Template | Place::QuickReply => (20, Label::Required),
            Place::FlexButton => (40, Label::Required),
            Place::Flex => (40, Label::Optional),
        }
    }
}

#[derive(PartialEq, Eq)]
enum Label {
    Required,
    Optional,
}

impl Check {
    /// One action object.
    pub fn action(&mut self, action: &Json, at: &At, place: Place) {
        let Some(kind) = action.text("type") else {
            self.fail(&at.field("type"), "May not be empty");
            return;
        };
        if !place.kinds().contains(&kind) {
            self.one_of(action, at, "type", place.kinds());
            return;
        }
        let (max, label) = place.label();
        match label {
            Label::Required => self.text(action, at, "label", max, Count::Graphemes),
            Label::Optional => self.optional_text(action, at, "label", max, Count::Graphemes),
        };
        match kind {
            "postback" => self.postback(action, at),
            "message" => {
                self.text(action, at, "text", 300, Count::Graphemes);
            }
            "uri" => self.uri(action, at),
            "datetimepicker" => self.datetime(action, at),
            "richmenuswitch" => {
                self.text(action, at, "richMenuAliasId", 32, Count::Utf16);
                self.text(action, at, "data", 300, Count::Utf16);
            }
            "clipboard" => {
                self.text(action, at, "clipboardText", 1000, Count::Utf16);
            }
            _ => {}
        }
    }

    fn postback(&mut self, action: &Json, at: &At) {
        self.text(action, at, "data", 300, Count::Utf16);
        self.optional_text(action, at, "displayText", 300, Count::Graphemes);
        self.optional_text(action, at, "text", 300, Count::Graphemes);
        if action.get("text").is_some() && action.get("displayText").is_some() {
            self.fail(&at.field("text"), "Must not be specified");
        }
        self.one_of(action, at, "inputOption", &["closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"]);
        if self.optional_text(action, at, "fillInText", 300, Count::Graphemes).is_some()
            && action.text("inputOption") != Some("openKeyboard")
        {
            self.fail(&at.field("fillInText"), "Must not be specified");
        }
    }

    fn uri(&mut self, action: &Json, at: &At) {
        if let Some(uri) = self.text(action, at, "uri", 1000, Count::Utf16)
            && !is_action_uri(uri)
        {
            self.fail(&at.field("uri"), "invalid uri");
        }
        if let Some(alt) = action.get("altUri")
            && let Some(desktop) = alt.text("desktop")
            && (!is_action_uri(desktop) || desktop.len() > 1000)
        {
            self.fail(&at.field("altUri").field("desktop"), "invalid uri");
        }
    }

    fn datetime(&mut self, action: &Json, at: &At) {
        self.text(action, at, "data", 300, Count::Utf16);
        let modes = ["date", "time", "datetime"];
        if action.get("mode").is_none() {
            self.fail(&at.field("mode"), "May not be empty");
        }
        self.one_of(action, at, "mode", &modes);
        let mode = action.text("mode").unwrap_or_default();
        let mut ends = [None, None];
        for name in ["initial", "min", "max"] {
            let Some(value) = self.optional_text(action, at, name, 30, Count::Utf16) else {
                continue;
            };
            if modes.contains(&mode) && !is_moment(mode, value) {
                self.fail(&at.field(name), "Invalid date format");
            }
            match name {
                "min" => ends[0] = Some(value),
                "max" => ends[1] = Some(value),
                _ => {}
            }
        }
        if let [Some(min), Some(max)] = ends
            && min >= max
        {
            self.fail(&at.field("max"), "Must be greater than min");
        }
    }
}

/// http, https, line and tel are the schemes an action may open.
fn is_action_uri(uri: &str) -> bool {
    let Ok(url) = url::Url::parse(uri) else {
        return false;
    };
    match url.scheme() {
        "http" | "https" => url.has_host() && !uri.contains(' '),
        "line" | "tel" => uri.len() > url.scheme().len() + 1,
        _ => false,
    }
}

fn is_moment(mode: &str, value: &str) -> bool {
    let value = value.replace('t', "T");
    let (date, time) = match mode {
        "date" => (Some(value.as_str()), None),
        "time" => (None, Some(value.as_str())),
        _ => match value.split_once('T') {
            Some((date, time)) => (Some(date), Some(time)),
            None => return false,
        },
    };
    let date_fits =
        date.is_none_or(|d| d.len() == 10 && d.parse::<jiff::civil::Date>().is_ok_and(|d| (1900..=2100).contains(&d.year())));
    let time_fits = time.is_none_or(|t| t.len() == 5 && t.parse::<jiff::civil::Time>().is_ok());
    date_fits && time_fits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;

    fn complaints(text: &str, place: Place) -> Vec<String> {
        let json = Json::parse(text.as_bytes()).unwrap();
        let mut check = Check::default();
        check.action(&json, &At::root("action"), place);
        check.details.into_iter().map(|d| format!("{}: {}", d.property, d.message)).collect()
    }

    #[test]
    fn kinds_depend_on_the_place() {
        let camera = r#"{"type":"camera","label":"写真"}"#;
        assert!(complaints(camera, Place::QuickReply).is_empty());
        assert_eq!(complaints(camera, Place::Template).len(), 1);
        let switch = r#"{"type":"richmenuswitch","richMenuAliasId":"a","data":"b"}"#;
        assert!(complaints(switch, Place::RichMenu).is_empty());
        assert_eq!(complaints(switch, Place::Flex).len(), 1);
    }

    #[test]
    fn labels_are_counted_in_graphemes() {
        let action = |label: &str| format!(r#"{{"type":"message","label":"{label}","text":"x"}}"#);
        assert!(complaints(&action(&"👨‍👩‍👧".repeat(20)), Place::Template).is_empty());
        assert_eq!(complaints(&action(&"あ".repeat(21)), Place::Template), ["action.label: Length must be between 0 and 20"]);
    }

    #[test]
    fn uris_have_a_known_scheme() {
        for good in ["https://example.jp/a?b=c", "tel:09012345678", "line://nv/camera", "http://example.jp"] {
            assert!(is_action_uri(good), "{good}");
        }
        for bad in ["javascript:alert(1)", "example.jp", "https://", "ftp://example.jp"] {
            assert!(!is_action_uri(bad), "{bad}");
        }
    }

    #[test]
    fn picker_moments_fit_their_mode() {
        assert!(is_moment("date", "2026-12-31") && !is_moment("date", "2026-13-01") && !is_moment("date", "1899-12-31"));
        assert!(is_moment("time", "23:59") && !is_moment("time", "24:00"));
        assert!(is_moment("datetime", "2026-12-31t10:00") && !is_moment("datetime", "2026-12-31"));
    }
}
