//! Message objects.

use super::action::Place;
use super::{At, Check, Count};
use crate::json::Json;

/// Where a message goes, as far as the rules care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Person,
    Group,
    /// The validate endpoints do not know.
    Anyone,
}

const KINDS: [&str; 11] =
    ["text", "textV2", "sticker", "image", "video", "audio", "location", "imagemap", "template", "flex", "coupon"];
const ALT_TEXT_MAX: usize = 1500;

impl Check {
    /// The `messages` of a send: 1 to 5.
    pub fn messages(&mut self, messages: &[Json], target: Target) {
        let list = At::root("messages");
        if messages.is_empty() || messages.len() > 5 {
            self.fail(&list, "Size must be between 1 and 5");
            return;
        }
        for (i, message) in messages.iter().enumerate() {
            self.message(message, &list.index(i), target);
        }
    }

    fn message(&mut self, message: &Json, at: &At, target: Target) {
        match message.text("type") {
            Some("text") => self.text_message(message, at),
            Some("textV2") => self.text_v2(message, at, target),
            Some("sticker") => {
                self.text(message, at, "packageId", 20, Count::Utf16);
                self.text(message, at, "stickerId", 20, Count::Utf16);
                self.quote(message, at);
            }
            Some("image") => {
                self.https(message, at, "originalContentUrl", 2000);
                self.https(message, at, "previewImageUrl", 2000);
            }
            Some("video") => self.video(message, at, target),
            Some("audio") => {
                self.https(message, at, "originalContentUrl", 2000);
                self.int(message, at, "duration", 1, i64::MAX);
            }
            Some("location") => self.location(message, at),
            Some("coupon") => {
                self.text(message, at, "couponId", 100, Count::Utf16);
                self.optional_text(message, at, "deliveryTag", 30, Count::Utf16);
            }
            Some("imagemap") => self.imagemap(message, at),
            Some("template") => {
                self.text(message, at, "altText", ALT_TEXT_MAX, Count::Utf16);
                if let Some(template) = self.object(message, at, "template") {
                    self.template(template, &at.field("template"));
                }
            }
            Some("flex") => {
                self.text(message, at, "altText", ALT_TEXT_MAX, Count::Utf16);
                if let Some(contents) = self.object(message, at, "contents") {
                    self.flex(contents, &at.field("contents"));
                }
            }
            Some(_) => self.one_of(message, at, "type", &KINDS),
            None => self.fail(&at.field("type"), "May not be empty"),
        }
        self.quick_reply(message, at);
        self.sender(message, at);
    }

    fn text_message(&mut self, message: &Json, at: &At) {
        let text = self.text(message, at, "text", 5000, Count::Utf16).unwrap_or_default();
        self.quote(message, at);
        let list = at.field("emojis");
        for (i, emoji) in self.optional_list(message, at, "emojis", 20).iter().enumerate() {
            let at = list.index(i);
            self.text(emoji, &at, "productId", 100, Count::Utf16);
            self.text(emoji, &at, "emojiId", 100, Count::Utf16);
            let dollar = u16::from(b'$');
            let placed = emoji.int("index").and_then(|index| text.encode_utf16().nth(usize::try_from(index).ok()?));
            if placed != Some(dollar) {
                self.fail(&at.field("index"), "The index must point at a $");
            }
        }
    }

    fn text_v2(&mut self, message: &Json, at: &At, target: Target) {
        let text = self.text(message, at, "text", 5000, Count::Utf16).unwrap_or_default();
        self.quote(message, at);
        let no_fields = Vec::new();
        let fields = match message.get("substitution") {
            Some(Json::Map(fields)) => fields,
            _ => &no_fields,
        };
        let map = at.field("substitution");
        if fields.len() > 100 {
            self.fail(&map, "Size must be between 0 and 100");
        }
        let mut counts = [0, 0];
        for (key, value) in fields {
            let at = map.field(key);
            if !is_slot_name(key) {
                self.fail(&at, "Invalid substitution key");
            }
            match value.text("type") {
                Some("emoji") => {
                    counts[0] += 1;
                    self.text(value, &at, "productId", 100, Count::Utf16);
                    self.text(value, &at, "emojiId", 100, Count::Utf16);
                }
                Some("mention") => {
                    counts[1] += 1;
                    if target == Target::Person {
                        self.fail(&at, "Mentions are only available in groups and rooms");
                    }
                    self.mentionee(value, &at);
                }
                _ => self.fail(&at.field("type"), "Must be one of the following values: [mention, emoji]"),
            }
        }
        if counts.iter().any(|count| *count > 20) {
            self.fail(&map, "Size must be between 0 and 20");
        }
        match slots(text) {
            Ok(names) => {
                for name in names.iter().filter(|name| !fields.iter().any(|(key, _)| key == *name)) {
                    self.fail(&at.field("text"), format!("No substitution for {{{name}}}"));
                }
            }
            Err(BadSlots) => self.fail(&at.field("text"), "Unbalanced braces"),
        }
    }

    fn mentionee(&mut self, value: &Json, at: &At) {
        let Some(mentionee) = self.object(value, at, "mentionee") else {
            return;
        };
        let at = at.field("mentionee");
        match mentionee.text("type") {
            Some("all") => {}
            Some("user") => {
                self.text(mentionee, &at, "userId", 33, Count::Utf16);
            }
            _ => self.fail(&at.field("type"), "Must be one of the following values: [user, all]"),
        }
    }

    fn quote(&mut self, message: &Json, at: &At) {
        if let Some(token) = message.text("quoteToken")
            && crate::ledger::quoted_message(token).is_none()
        {
            self.fail(&at.field("quoteToken"), "Invalid quoteToken");
        }
    }

    fn video(&mut self, message: &Json, at: &At, target: Target) {
        self.https(message, at, "originalContentUrl", 2000);
        self.https(message, at, "previewImageUrl", 2000);
        let Some(id) = self.optional_text(message, at, "trackingId", 100, Count::Utf16) else {
            return;
        };
        if target == Target::Group {
            self.fail(&at.field("trackingId"), "Must not be specified");
        }
        if !id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.=,+*()%$&;:@{}!?<>[]".contains(&b)) {
            self.fail(&at.field("trackingId"), "Invalid trackingId");
        }
    }

    fn location(&mut self, message: &Json, at: &At) {
        self.text(message, at, "title", 100, Count::Utf16);
        self.text(message, at, "address", 100, Count::Utf16);
        for (name, most) in [("latitude", 90.0), ("longitude", 180.0)] {
            match message.get(name).and_then(Json::as_f64) {
                Some(value) if value.abs() <= most => {}
                Some(_) => self.fail(&at.field(name), format!("Must be between -{most} and {most}")),
                None => self.fail(&at.field(name), "must be specified"),
            }
        }
    }

    fn imagemap(&mut self, message: &Json, at: &At) {
        self.https(message, at, "baseUrl", 2000);
        self.text(message, at, "altText", ALT_TEXT_MAX, Count::Utf16);
        if let Some(size) = self.object(message, at, "baseSize") {
            let at = at.field("baseSize");
            self.int(size, &at, "width", 1040, 1040);
            self.int(size, &at, "height", 1, i64::from(i32::MAX));
        }
        let list = at.field("actions");
        for (i, action) in self.list(message, at, "actions", 0, 50).iter().enumerate() {
            self.imagemap_action(action, &list.index(i));
        }
        if let Some(video) = message.get("video") {
            let at = at.field("video");
            self.https(video, &at, "originalContentUrl", 2000);
            self.https(video, &at, "previewImageUrl", 2000);
            self.area(video, &at);
            if let Some(link) = video.get("externalLink") {
                let at = at.field("externalLink");
                self.text(link, &at, "linkUri", 1000, Count::Utf16);
                self.text(link, &at, "label", 30, Count::Utf16);
            }
        }
    }

    fn imagemap_action(&mut self, action: &Json, at: &At) {
        self.optional_text(action, at, "label", 100, Count::Utf16);
        match action.text("type") {
            Some("uri") => self.text(action, at, "linkUri", 1000, Count::Utf16),
            Some("message") => self.text(action, at, "text", 400, Count::Utf16),
            Some("clipboard") => self.text(action, at, "clipboardText", 1000, Count::Utf16),
            _ => {
                self.fail(&at.field("type"), "Must be one of the following values: [uri, message, clipboard]");
                return;
            }
        };
        self.area(action, at);
    }

    /// `area {x, y, width, height}` of an imagemap.
    fn area(&mut self, json: &Json, at: &At) {
        let Some(area) = self.object(json, at, "area") else {
            return;
        };
        let at = at.field("area");
        for (name, least) in [("x", 0), ("y", 0), ("width", 1), ("height", 1)] {
            self.int(area, &at, name, least, i64::from(i32::MAX));
        }
    }

    fn quick_reply(&mut self, message: &Json, at: &At) {
        let Some(quick) = message.get("quickReply") else {
            return;
        };
        let at = at.field("quickReply");
        let list = at.field("items");
        for (i, item) in self.list(quick, &at, "items", 1, 13).iter().enumerate() {
            let at = list.index(i);
            if item.text("type").is_some_and(|kind| kind != "action") {
                self.fail(&at.field("type"), "Must be one of the following values: [action]");
            }
            self.optional_https(item, &at, "imageUrl", 2000);
            if let Some(action) = self.object(item, &at, "action") {
                self.action(action, &at.field("action"), Place::QuickReply);
            }
        }
    }

    fn sender(&mut self, message: &Json, at: &At) {
        let Some(sender) = message.get("sender") else {
            return;
        };
        let at = at.field("sender");
        if let Some(name) = self.optional_text(sender, &at, "name", 20, Count::Utf16)
            && name.to_ascii_lowercase().contains("line")
        {
            self.fail(&at.field("name"), "Contains a word that cannot be used");
        }
        self.optional_https(sender, &at, "iconUrl", 2000);
    }
}

struct BadSlots;

/// Names between single braces; doubled braces are literal.
fn slots(text: &str) -> Result<Vec<&str>, BadSlots> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let doubled = rest[at..].starts_with("{{") || rest[at..].starts_with("}}");
        if doubled {
            rest = &rest[at + 2..];
            continue;
        }
        if rest[at..].starts_with('}') {
            return Err(BadSlots);
        }
        let end = rest[at..].find('}').ok_or(BadSlots)? + at;
        let name = &rest[at + 1..end];
        if !is_slot_name(name) {
            return Err(BadSlots);
        }
        names.push(name);
        rest = &rest[end + 1..];
    }
    Ok(names)
}

fn is_slot_name(name: &str) -> bool {
    (1..=20).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
