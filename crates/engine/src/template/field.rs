//! Where variables may stand in LINE's messages, and how long the text there may be.
//! Limits: Messaging API reference, "Message objects", "Action objects", "Common properties".

use line::limits;
use line::validate::Unit;
use serde_json::{Map, Value};

/// One place for text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spec {
    /// LINE's limit.
    pub max: usize,
    /// How LINE counts there.
    pub unit: Unit,
    pub long: Long,
    pub code: Code,
    pub opens: Opens,
}

/// What happens to a value that is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Long {
    /// It is cut: a person reads it.
    Cut,
    /// The message is refused: a program reads it.
    Refuse,
}

/// What a reader opens who taps there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opens {
    Nothing,
    /// The whole text, when it is an address.
    Whole,
    /// Addresses that stand in the text: LINE makes them so.
    Within,
}

/// How a value is written there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// As it is.
    Plain,
    /// With braces doubled (textV2).
    Slots,
    /// Percent-encoded; at the beginning a whole URL of these schemes.
    Url(&'static [&'static str]),
    /// Percent-encoded (postback data).
    Data,
}

const fn words(max: usize) -> Spec {
    Spec { max, unit: Unit::Utf16, long: Long::Cut, code: Code::Plain, opens: Opens::Nothing }
}

const fn label(max: usize) -> Spec {
    Spec { max, unit: Unit::Grapheme, long: Long::Cut, code: Code::Plain, opens: Opens::Nothing }
}

const fn exact(max: usize, unit: Unit) -> Spec {
    Spec { max, unit, long: Long::Refuse, code: Code::Plain, opens: Opens::Nothing }
}

const fn link(max: usize) -> Spec {
    let code = Code::Url(&["https", "http", "line", "tel"]);
    Spec { max, unit: Unit::Utf16, long: Long::Refuse, code, opens: Opens::Whole }
}

const fn media() -> Spec {
    Spec { max: 2000, unit: Unit::Utf16, long: Long::Refuse, code: Code::Url(&["https"]), opens: Opens::Nothing }
}

const fn data() -> Spec {
    Spec { max: 300, unit: Unit::Utf16, long: Long::Refuse, code: Code::Data, opens: Opens::Nothing }
}

/// Flex texts have no length of their own, only the bubble's size; a single one is kept to what a text message holds.
const FLEX_TEXT: usize = 5000;

/// Which object of LINE's a JSON object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Message,
    Sender,
    QuickReply,
    Template,
    Column {
        label: usize,
    },
    Action {
        label: usize,
    },
    AltUri,
    Imagemap,
    ImagemapVideo,
    ExternalLink,
    Flex,
    /// Nothing a variable may stand in.
    Other,
}

impl Place {
    /// Which object stands under `key` of an object here.
    pub(super) fn under(self, key: &str, object: &Map<String, Value>) -> Self {
        let kind = kind(object);
        let label = if kind == "image_carousel" { 12 } else { 20 };
        match (self, key) {
            (Self::Message, "sender") => Self::Sender,
            (Self::Message, "quickReply") | (Self::QuickReply, "items") => Self::QuickReply,
            (Self::QuickReply, "action") => Self::Action { label: 20 },
            (Self::Message, "template") => Self::Template,
            (Self::Template, "columns") => Self::Column { label },
            (Self::Template, "actions" | "defaultAction" | "action") => Self::Action { label },
            (Self::Column { label }, "actions" | "defaultAction" | "action") => Self::Action { label },
            (Self::Action { .. }, "altUri") => Self::AltUri,
            (Self::Message, "actions") if kind == "imagemap" => Self::Imagemap,
            (Self::Message, "video") if kind == "imagemap" => Self::ImagemapVideo,
            (Self::ImagemapVideo, "externalLink") => Self::ExternalLink,
            (Self::Message, "contents") if kind == "flex" => Self::Flex,
            (Self::Flex, "action") => Self::Action { label: 40 },
            (Self::Flex, _) => Self::Flex,
            _ => Self::Other,
        }
    }

    /// The text under `key` of an object here, if a variable may stand in it.
    pub(super) fn spec(self, key: &str, object: &Map<String, Value>) -> Option<Spec> {
        let kind = kind(object);
        Some(match (self, key) {
            (Self::Message, "text") if kind == "text" => Spec { opens: Opens::Within, ..words(5000) },
            (Self::Message, "text") if kind == "textV2" => Spec { code: Code::Slots, opens: Opens::Within, ..words(5000) },
            (Self::Message, "altText") => words(1500),
            (Self::Message, "title" | "address") if kind == "location" => words(100),
            (Self::Message, "originalContentUrl" | "previewImageUrl" | "baseUrl") => media(),
            (Self::Sender, "name") => words(20),
            (Self::Sender, "iconUrl") | (Self::QuickReply, "imageUrl") => media(),
            (Self::Template | Self::Column { .. }, "title") => label(40),
            (Self::Template, "text") if kind == "confirm" => label(240),
            (Self::Template, "text") => label(if pictured(object) { 60 } else { 160 }),
            (Self::Column { .. }, "text") => label(if pictured(object) { 60 } else { 120 }),
            (Self::Template | Self::Column { .. }, "thumbnailImageUrl" | "imageUrl") => media(),
            (Self::Action { label: max }, "label") => label(max),
            (Self::Action { .. }, "data") => data(),
            (Self::Action { .. }, "displayText" | "fillInText") => label(300),
            (Self::Action { .. }, "text") => exact(300, Unit::Grapheme),
            (Self::Action { .. }, "uri") | (Self::Imagemap | Self::ExternalLink, "linkUri") => link(1000),
            // On a computer LINE opens this instead of `uri`.
            (Self::AltUri, "desktop") => Spec { opens: Opens::Nothing, ..link(1000) },
            (Self::Action { .. } | Self::Imagemap, "clipboardText") => exact(1000, Unit::Utf16),
            (Self::Imagemap, "text") => exact(400, Unit::Utf16),
            (Self::Imagemap, "label") => words(100),
            (Self::ImagemapVideo, "originalContentUrl" | "previewImageUrl") => media(),
            (Self::ExternalLink, "label") => words(30),
            (Self::Flex, "text") if matches!(kind, "text" | "span") => words(FLEX_TEXT),
            (Self::Flex, "url" | "previewUrl") => media(),
            _ => return None,
        })
    }

    /// The size of the JSON of an object here, in bytes, if LINE limits it.
    pub(super) fn size(self, object: &Map<String, Value>) -> Option<usize> {
        match (self, kind(object)) {
            (Self::Flex, "bubble") => Some(limits::BUBBLE_BYTES),
            (Self::Flex, "carousel") => Some(limits::CAROUSEL_BYTES),
            _ => None,
        }
    }
}

fn kind(object: &Map<String, Value>) -> &str {
    object.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// Whether a template's text is short because a picture or title stands above it.
fn pictured(object: &Map<String, Value>) -> bool {
    ["thumbnailImageUrl", "title"].iter().any(|key| object.get(*key).is_some_and(|value| !value.is_null()))
}
