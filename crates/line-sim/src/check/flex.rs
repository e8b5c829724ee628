//! Flex messages: structure, sizes, colours, and where each component may stand.

use super::action::Place;
use super::{At, Check, Count};
use crate::json::Json;

/// A bubble's JSON may have 30 KB, a carousel's 50 KB, and a carousel 12 bubbles.
const BUBBLE_MAX: usize = 30 * 1024;
const CAROUSEL_MAX: usize = 50 * 1024;
const BUBBLES_MAX: usize = 12;
/// Deeper nesting than any real message; keeps a hostile body from exhausting the stack.
const DEPTH_MAX: usize = 30;

const SIZES: [&str; 7] = ["nano", "micro", "deca", "hecto", "kilo", "mega", "giga"];
const SPACES: [&str; 7] = ["none", "xs", "sm", "md", "lg", "xl", "xxl"];
const TEXT_SIZES: [&str; 11] = ["xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl", "full"];
const ALIGN: [&str; 3] = ["start", "end", "center"];
const GRAVITY: [&str; 3] = ["top", "bottom", "center"];

impl Check {
    /// The `contents` of a flex message.
    pub fn flex(&mut self, contents: &Json, at: &At) {
        match contents.text("type") {
            Some("bubble") => self.bubble(contents, at, Host::Single),
            Some("carousel") => {
                if contents.encoded_len() > CAROUSEL_MAX {
                    self.fail(at, "The size of the carousel must be at most 50 KB");
                }
                let bubbles = self.list(contents, at, "contents", 1, BUBBLES_MAX);
                let list = at.field("contents");
                let size = |bubble: &Json| bubble.text("size").unwrap_or("mega").to_owned();
                for (i, bubble) in bubbles.iter().enumerate() {
                    self.bubble(bubble, &list.index(i), Host::Carousel);
                    if size(bubble) != size(&bubbles[0]) {
                        self.fail(&list.index(i).field("size"), "All bubbles must have the same size");
                    }
                }
            }
            Some(_) => self.one_of(contents, at, "type", &["bubble", "carousel"]),
            None => self.fail(&at.field("type"), "May not be empty"),
        }
    }

    fn bubble(&mut self, bubble: &Json, at: &At, host: Host) {
        if bubble.text("type") != Some("bubble") {
            self.fail(&at.field("type"), "Must be one of the following values: [bubble]");
            return;
        }
        if bubble.encoded_len() > BUBBLE_MAX {
            self.fail(at, "The size of the bubble must be at most 30 KB");
        }
        self.one_of(bubble, at, "size", &SIZES);
        self.one_of(bubble, at, "direction", &["ltr", "rtl"]);
        for name in ["header", "body", "footer"] {
            if let Some(part) = bubble.get(name) {
                let at = at.field(name);
                if part.text("type") == Some("box") {
                    self.component(part, &at, Parent::Column, 0);
                } else {
                    self.fail(&at.field("type"), "Must be one of the following values: [box]");
                }
            }
        }
        if let Some(hero) = bubble.get("hero") {
            self.hero(bubble, hero, &at.field("hero"), host);
        }
        if let Some(action) = bubble.get("action") {
            self.action(action, &at.field("action"), Place::Flex);
        }
        if let Some(styles) = bubble.get("styles") {
            let at = at.field("styles");
            for name in ["header", "hero", "body", "footer"] {
                if let Some(style) = styles.get(name) {
                    self.colors(style, &at.field(name), &["backgroundColor", "separatorColor"]);
                }
            }
        }
    }

    fn hero(&mut self, bubble: &Json, hero: &Json, at: &At, host: Host) {
        match hero.text("type") {
            Some("video") => {
                let wide = matches!(bubble.text("size").unwrap_or("mega"), "kilo" | "mega" | "giga");
                if host == Host::Carousel || !wide {
                    self.fail(&at.field("type"), "A video stands only in the hero of a kilo, mega or giga bubble");
                }
                self.https(hero, at, "url", 2000);
                self.https(hero, at, "previewUrl", 2000);
                self.ratio(hero, at);
                if let Some(alt) = self.object(hero, at, "altContent") {
                    self.component(alt, &at.field("altContent"), Parent::Column, 0);
                }
                if let Some(action) = hero.get("action") {
                    if action.text("type") == Some("uri") {
                        self.action(action, &at.field("action"), Place::Flex);
                    } else {
                        self.fail(&at.field("action").field("type"), "Must be one of the following values: [uri]");
                    }
                }
            }
            Some("box" | "image") => self.component(hero, at, Parent::Column, 0),
            _ => self.fail(&at.field("type"), "Must be one of the following values: [box, image, video]"),
        }
    }

    fn component(&mut self, component: &Json, at: &At, parent: Parent, depth: usize) {
        if depth > DEPTH_MAX {
            self.fail(at, "Too deeply nested");
            return;
        }
        let Some(kind) = component.text("type") else {
            self.fail(&at.field("type"), "May not be empty");
            return;
        };
        if !parent.children().contains(&kind) {
            self.one_of(component, at, "type", parent.children());
            return;
        }
        self.placing(component, at);
        match kind {
            "box" => self.flex_box(component, at, depth),
            "button" => {
                self.one_of(component, at, "height", &["sm", "md"]);
                self.one_of(component, at, "style", &["primary", "secondary", "link"]);
                self.colors(component, at, &["color"]);
                if let Some(action) = self.object(component, at, "action") {
                    self.action(action, &at.field("action"), Place::FlexButton);
                }
            }
            "image" => {
                self.https(component, at, "url", 2000);
                self.dimension(component, at, "size", &TEXT_SIZES);
                self.one_of(component, at, "aspectMode", &["cover", "fit"]);
                self.colors(component, at, &["backgroundColor"]);
                self.ratio(component, at);
                self.tappable(component, at);
            }
            "icon" => {
                self.https(component, at, "url", 2000);
                self.dimension(component, at, "size", &TEXT_SIZES);
                self.ratio(component, at);
            }
            "text" => self.flex_text(component, at),
            "separator" => self.colors(component, at, &["color"]),
            _ => {}
        }
    }

    fn flex_box(&mut self, component: &Json, at: &At, depth: usize) {
        let parent = match component.text("layout") {
            Some("baseline") => Parent::Baseline,
            Some("horizontal" | "vertical") => Parent::Column,
            Some(_) => {
                self.one_of(component, at, "layout", &["horizontal", "vertical", "baseline"]);
                return;
            }
            None => {
                self.fail(&at.field("layout"), "May not be empty");
                return;
            }
        };
        self.dimension(component, at, "spacing", &SPACES);
        for name in ["paddingAll", "paddingTop", "paddingBottom", "paddingStart", "paddingEnd"] {
            self.dimension(component, at, name, &SPACES);
        }
        self.dimension(component, at, "cornerRadius", &SPACES);
        self.dimension(component, at, "borderWidth", &["none", "light", "normal", "medium", "semi-bold", "bold"]);
        for name in ["width", "maxWidth", "height", "maxHeight"] {
            self.dimension(component, at, name, &[]);
        }
        self.colors(component, at, &["backgroundColor", "borderColor"]);
        let justify = ["flex-start", "center", "flex-end", "space-between", "space-around", "space-evenly"];
        self.one_of(component, at, "justifyContent", &justify);
        self.one_of(component, at, "alignItems", &["flex-start", "center", "flex-end"]);
        self.background(component, at);
        self.tappable(component, at);
        let Some(children) = component.list("contents") else {
            self.fail(&at.field("contents"), "May not be null");
            return;
        };
        let list = at.field("contents");
        for (i, child) in children.iter().enumerate() {
            self.component(child, &list.index(i), parent, depth + 1);
        }
    }

    fn background(&mut self, component: &Json, at: &At) {
        let Some(background) = component.get("background") else {
            return;
        };
        let at = at.field("background");
        if background.text("type") != Some("linearGradient") {
            self.fail(&at.field("type"), "Must be one of the following values: [linearGradient]");
            return;
        }
        self.text(background, &at, "angle", 20, Count::Utf16);
        for name in ["startColor", "endColor"] {
            if background.get(name).is_none() {
                self.fail(&at.field(name), "May not be empty");
            }
        }
        self.colors(background, &at, &["startColor", "endColor", "centerColor"]);
    }

    fn flex_text(&mut self, component: &Json, at: &At) {
        let spans = component.list("contents").unwrap_or_default();
        if spans.is_empty() {
            self.text(component, at, "text", 2000, Count::Utf16);
        }
        let list = at.field("contents");
        for (i, span) in spans.iter().enumerate() {
            let at = list.index(i);
            if span.text("type") != Some("span") {
                self.fail(&at.field("type"), "Must be one of the following values: [span]");
            }
            self.lettering(span, &at);
        }
        self.lettering(component, at);
        if component.get("maxLines").is_some() {
            self.int(component, at, "maxLines", 0, i64::from(i32::MAX));
        }
        self.dimension(component, at, "lineSpacing", &[]);
        self.tappable(component, at);
    }

    fn lettering(&mut self, json: &Json, at: &At) {
        self.dimension(json, at, "size", &TEXT_SIZES);
        self.one_of(json, at, "weight", &["regular", "bold"]);
        self.one_of(json, at, "style", &["normal", "italic"]);
        self.one_of(json, at, "decoration", &["none", "underline", "line-through"]);
        self.colors(json, at, &["color"]);
    }

    fn tappable(&mut self, component: &Json, at: &At) {
        if let Some(action) = component.get("action") {
            self.action(action, &at.field("action"), Place::Flex);
        }
    }

    /// What every component may say about its place.
    fn placing(&mut self, component: &Json, at: &At) {
        self.one_of(component, at, "position", &["relative", "absolute"]);
        self.one_of(component, at, "align", &ALIGN);
        self.one_of(component, at, "gravity", &GRAVITY);
        for name in ["margin", "offsetTop", "offsetBottom", "offsetStart", "offsetEnd"] {
            self.dimension(component, at, name, &SPACES);
        }
    }

    fn colors(&mut self, json: &Json, at: &At, names: &[&str]) {
        for name in names {
            if let Some(value) = json.get(name)
                && !value.as_str().is_some_and(is_color)
            {
                self.fail(&at.field(name), "invalid property");
            }
        }
    }

    /// Pixels, percent, or a keyword.
    fn dimension(&mut self, json: &Json, at: &At, name: &str, keywords: &[&str]) {
        let Some(value) = json.get(name) else { return };
        let number = |text: &str, unit: &str| text.strip_suffix(unit).is_some_and(|n| n.parse::<f64>().is_ok());
        let fits = value.as_str().is_some_and(|t| keywords.contains(&t) || number(t, "px") || number(t, "%"));
        if !fits {
            self.fail(&at.field(name), "invalid property");
        }
    }

    fn ratio(&mut self, json: &Json, at: &At) {
        let Some(text) = json.text("aspectRatio") else {
            return;
        };
        let side = |t: &str| t.parse::<f64>().ok().filter(|n| (1.0..=100_000.0).contains(n));
        let fits = text.split_once(':').is_some_and(|(w, h)| match (side(w), side(h)) {
            (Some(w), Some(h)) => h <= 3.0 * w,
            _ => false,
        });
        if !fits {
            self.fail(&at.field("aspectRatio"), "invalid property");
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Host {
    Single,
    Carousel,
}

#[derive(Clone, Copy)]
enum Parent {
    Column,
    Baseline,
}

impl Parent {
    fn children(self) -> &'static [&'static str] {
        match self {
            Parent::Column => &["box", "button", "image", "text", "separator", "filler"],
            Parent::Baseline => &["icon", "text", "filler"],
        }
    }
}

/// `#RRGGBB` or `#RRGGBBAA`.
pub fn is_color(text: &str) -> bool {
    matches!(text.len(), 7 | 9) && text.starts_with('#') && text[1..].bytes().all(|b| b.is_ascii_hexdigit())
}
