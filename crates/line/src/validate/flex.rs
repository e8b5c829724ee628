//! The tables of flex messages (Messaging API reference, "Flex Message").

use super::Problem;
use super::action::Place;
use super::form::{ANGLE, BORDER, COLOR, FONT_SIZE as SIZE, IMAGE_SIZE, LENGTH, PERCENT, PIXELS, RATIO as ASPECT};
use super::schema::{ANY_TEXT, Family, Field, HTTPS, Kind, Object, Walk, list, may, must, no_rules, utf16, whole};
use crate::json::Extra;
use crate::limits;
use serde_json::Value;

pub(super) static CONTAINER: Family = Family { types: &["bubble", "carousel"], members: &[&BUBBLE, &CAROUSEL], common: &[] };

const SIZES: &[&str] = &["nano", "micro", "deca", "hecto", "kilo", "mega", "giga"];

static BUBBLE: Object = Object {
    name: "FlexBubble",
    fields: &[
        may("size", Kind::Word(SIZES)),
        may("direction", Kind::Word(&["ltr", "rtl"])),
        may("header", Kind::Family(&ONLY_BOX)),
        may("hero", Kind::Family(&HERO)),
        may("body", Kind::Family(&ONLY_BOX)),
        may("footer", Kind::Family(&ONLY_BOX)),
        may("styles", Kind::Object(&STYLES)),
        may("action", TAP),
    ],
    rules: bubble,
};

static CAROUSEL: Object =
    Object { name: "FlexCarousel", fields: &[must("contents", list(1, 12, &Kind::Family(&ONLY_BUBBLE)))], rules: carousel };

static ONLY_BUBBLE: Family = Family { types: &["bubble"], members: &[&BUBBLE], common: &[] };
static ONLY_BOX: Family = Family { types: &["box"], members: &[&BOX], common: &[] };
static HERO: Family = Family { types: &["box", "image", "video"], members: &[&BOX, &IMAGE, &VIDEO], common: &[] };
static BOX_OR_IMAGE: Family = Family { types: &["box", "image"], members: &[&BOX, &IMAGE], common: &[] };
pub(super) static IN_BOX: Family = Family {
    types: &["box", "button", "image", "text", "separator", "filler"],
    members: &[&BOX, &BUTTON, &IMAGE, &TEXT, &SEPARATOR, &FILLER],
    common: &[],
};
pub(super) static IN_BASELINE: Family =
    Family { types: &["icon", "text", "filler"], members: &[&ICON, &TEXT, &FILLER], common: &[] };
static ONLY_SPAN: Family = Family { types: &["span"], members: &[&SPAN], common: &[] };
static BACKGROUND: Family = Family { types: &["linearGradient"], members: &[&GRADIENT], common: &[] };

static STYLES: Object = Object {
    name: "FlexBubbleStyles",
    fields: &[
        may("header", Kind::Object(&STYLE)),
        may("hero", Kind::Object(&STYLE)),
        may("body", Kind::Object(&STYLE)),
        may("footer", Kind::Object(&STYLE)),
    ],
    rules: no_rules,
};

static STYLE: Object = Object {
    name: "FlexBlockStyle",
    fields: &[may("backgroundColor", COLOR), may("separator", Kind::Flag), may("separatorColor", COLOR)],
    rules: no_rules,
};

const TAP: Kind = Kind::Action(Place::Flex);
const FLEX: Field = may("flex", whole(0));
const MARGIN: Field = may("margin", LENGTH);
const POSITION: Field = may("position", Kind::Word(&["relative", "absolute"]));
const OFFSET_TOP: Field = may("offsetTop", LENGTH);
const OFFSET_BOTTOM: Field = may("offsetBottom", LENGTH);
const OFFSET_START: Field = may("offsetStart", LENGTH);
const OFFSET_END: Field = may("offsetEnd", LENGTH);
const GRAVITY: Field = may("gravity", Kind::Word(&["top", "bottom", "center"]));
const ALIGN: Field = may("align", Kind::Word(&["start", "end", "center"]));
const ADJUST: Field = may("adjustMode", Kind::Word(&["shrink-to-fit"]));
const SCALING: Field = may("scaling", Kind::Flag);
const ACTION: Field = may("action", TAP);
const FONT_SIZE: Field = may("size", SIZE);
const FONT_COLOR: Field = may("color", COLOR);
const WEIGHT: Field = may("weight", Kind::Word(&["regular", "bold"]));
const STYLE_WORD: Field = may("style", Kind::Word(&["normal", "italic"]));
const DECORATION: Field = may("decoration", Kind::Word(&["none", "underline", "line-through"]));
const RATIO: Field = may("aspectRatio", ASPECT);

static BOX: Object = Object {
    name: "FlexBox",
    fields: &[
        must("layout", Kind::Word(&["horizontal", "vertical", "baseline"])),
        // What may stand in it depends on the layout.
        must("contents", list(0, usize::MAX, &Kind::Ruled)),
        FLEX,
        may("spacing", LENGTH),
        MARGIN,
        may("width", LENGTH),
        may("maxWidth", LENGTH),
        may("height", LENGTH),
        may("maxHeight", LENGTH),
        may("paddingAll", LENGTH),
        may("paddingTop", LENGTH),
        may("paddingBottom", LENGTH),
        may("paddingStart", LENGTH),
        may("paddingEnd", LENGTH),
        POSITION,
        OFFSET_TOP,
        OFFSET_BOTTOM,
        OFFSET_START,
        OFFSET_END,
        may("backgroundColor", COLOR),
        may("borderColor", COLOR),
        may("borderWidth", BORDER),
        may("cornerRadius", LENGTH),
        may("justifyContent", Kind::Word(JUSTIFY)),
        may("alignItems", Kind::Word(&["center", "flex-start", "flex-end"])),
        may("background", Kind::Family(&BACKGROUND)),
        ACTION,
    ],
    rules: |walk, fields| {
        let baseline = fields.get("layout").and_then(Value::as_str) == Some("baseline");
        let family = if baseline { &IN_BASELINE } else { &IN_BOX };
        for (index, part) in parts(fields).enumerate() {
            walk.at_field("contents", |walk| walk.at_item(index, |walk| walk.family(part, family)));
        }
    },
};

const JUSTIFY: &[&str] = &["center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"];

static GRADIENT: Object = Object {
    name: "FlexBoxLinearGradient",
    fields: &[
        must("angle", ANGLE),
        must("startColor", COLOR),
        must("endColor", COLOR),
        may("centerColor", COLOR),
        may("centerPosition", PERCENT),
    ],
    rules: no_rules,
};

static BUTTON: Object = Object {
    name: "FlexButton",
    fields: &[
        must("action", Kind::Action(Place::FlexButton)),
        FLEX,
        MARGIN,
        POSITION,
        OFFSET_TOP,
        OFFSET_BOTTOM,
        OFFSET_START,
        OFFSET_END,
        may("height", Kind::Word(&["sm", "md"])),
        may("style", Kind::Word(&["primary", "secondary", "link"])),
        FONT_COLOR,
        GRAVITY,
        ADJUST,
        SCALING,
    ],
    rules: no_rules,
};

static IMAGE: Object = Object {
    name: "FlexImage",
    fields: &[
        must("url", HTTPS),
        FLEX,
        MARGIN,
        POSITION,
        OFFSET_TOP,
        OFFSET_BOTTOM,
        OFFSET_START,
        OFFSET_END,
        ALIGN,
        GRAVITY,
        may("size", IMAGE_SIZE),
        RATIO,
        may("aspectMode", Kind::Word(&["cover", "fit"])),
        may("backgroundColor", COLOR),
        may("animated", Kind::Flag),
        ACTION,
    ],
    rules: no_rules,
};

static VIDEO: Object = Object {
    name: "FlexVideo",
    fields: &[
        must("url", HTTPS),
        must("previewUrl", HTTPS),
        must("altContent", Kind::Family(&BOX_OR_IMAGE)),
        RATIO,
        may("action", Kind::Action(Place::FlexVideo)),
    ],
    rules: no_rules,
};

static ICON: Object = Object {
    name: "FlexIcon",
    fields: &[
        must("url", HTTPS),
        MARGIN,
        POSITION,
        OFFSET_TOP,
        OFFSET_BOTTOM,
        OFFSET_START,
        OFFSET_END,
        FONT_SIZE,
        RATIO,
        SCALING,
    ],
    rules: no_rules,
};

static TEXT: Object = Object {
    name: "FlexText",
    fields: &[
        may("text", utf16(usize::MAX)),
        may("contents", list(0, usize::MAX, &Kind::Family(&ONLY_SPAN))),
        FLEX,
        MARGIN,
        POSITION,
        OFFSET_TOP,
        OFFSET_BOTTOM,
        OFFSET_START,
        OFFSET_END,
        FONT_SIZE,
        ALIGN,
        GRAVITY,
        FONT_COLOR,
        WEIGHT,
        STYLE_WORD,
        DECORATION,
        may("wrap", Kind::Flag),
        may("lineSpacing", PIXELS),
        may("maxLines", whole(0)),
        ADJUST,
        SCALING,
        ACTION,
    ],
    rules: |walk, fields| {
        let words = fields.get("text").and_then(Value::as_str).is_some_and(|text| !text.is_empty());
        if !words && parts(fields).next().is_none() {
            walk.at_field("text", |walk| {
                walk.rule("文字、またはcontents（span）が必要です。", "Words, or spans in contents, are needed.");
            });
        }
    },
};

static SPAN: Object = Object {
    name: "FlexSpan",
    fields: &[may("text", ANY_TEXT), FONT_SIZE, FONT_COLOR, WEIGHT, STYLE_WORD, DECORATION],
    rules: no_rules,
};

static SEPARATOR: Object = Object { name: "FlexSeparator", fields: &[MARGIN, may("color", COLOR)], rules: no_rules };

static FILLER: Object = Object { name: "FlexFiller", fields: &[FLEX], rules: no_rules };

// Rules between several fields.

fn parts(fields: &Extra) -> impl Iterator<Item = &Value> {
    fields.get("contents").and_then(Value::as_array).into_iter().flatten()
}

fn json_bytes(fields: &Extra) -> usize {
    serde_json::to_string(fields).map_or(0, |text| text.len())
}

fn bubble(walk: &mut Walk, fields: &Extra) {
    if ["header", "hero", "body", "footer"].iter().all(|block| !fields.contains_key(*block)) {
        walk.rule(
            "header、hero、body、footerのうち1つ以上が必要です。",
            "At least one of header, hero, body and footer is needed.",
        );
    }
    let size = fields.get("size").and_then(Value::as_str).unwrap_or("mega");
    let video = fields.get("hero").and_then(|hero| hero.get("type")) == Some(&"video".into());
    if video && !["kilo", "mega", "giga"].contains(&size) {
        walk.at_field("hero", |walk| {
            walk.rule(
                "動画はsizeがkilo、mega、gigaのバブルでのみ使えます。",
                "A video needs a bubble of size kilo, mega or giga.",
            );
        });
    }
    let actual = json_bytes(fields);
    if actual > limits::BUBBLE_BYTES {
        walk.report(Problem::TooLarge { max: limits::BUBBLE_BYTES, actual });
    }
}

fn carousel(walk: &mut Walk, fields: &Extra) {
    let size = |bubble: &Value| bubble.get("size").and_then(Value::as_str).unwrap_or("mega").to_owned();
    let first = parts(fields).next().map(size);
    for (index, bubble) in parts(fields).enumerate() {
        walk.at_field("contents", |walk| {
            walk.at_item(index, |walk| {
                if Some(size(bubble)) != first {
                    walk.at_field("size", |walk| {
                        walk.rule(
                            "カルーセル内のバブルは同じsizeにしてください。",
                            "All bubbles of a carousel need the same size.",
                        );
                    });
                }
                if bubble.get("hero").and_then(|hero| hero.get("type")) == Some(&"video".into()) {
                    walk.at_field("hero", |walk| {
                        walk.rule("カルーセルでは動画は使えません。", "A carousel cannot hold a video.");
                    });
                }
            });
        });
    }
    let actual = json_bytes(fields);
    if actual > limits::CAROUSEL_BYTES {
        walk.report(Problem::TooLarge { max: limits::CAROUSEL_BYTES, actual });
    }
}

/// At most ten animated pictures in one message.
pub(super) fn few_animations(walk: &mut Walk, message: &Extra) {
    fn animated(value: &Value) -> usize {
        match value {
            Value::Array(items) => items.iter().map(animated).sum(),
            Value::Object(fields) => {
                let own = fields.get("animated") == Some(&Value::Bool(true));
                usize::from(own) + fields.values().map(animated).sum::<usize>()
            }
            _ => 0,
        }
    }
    let actual = message.get("contents").map_or(0, animated);
    if actual > limits::ANIMATED_IMAGES {
        walk.at_field("contents", |walk| {
            walk.report(Problem::Count { min: 0, max: limits::ANIMATED_IMAGES, actual });
        });
    }
}
