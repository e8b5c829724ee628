//! The tables of messages, quick replies, imagemaps and templates (Messaging API reference,
//! "Message objects").

use super::action::Place;
use super::flex::CONTAINER;
use super::form::{RGB, TRACKING_ID, UNIT_NAME};
use super::schema::{
    ANY_TEXT, Family, Field, HTTPS, Kind, LINK, Object, Walk, list, may, must, no_rules, some_graphemes, some_utf16, utf16, whole,
};
use super::text::{emoji_positions, slots};
use super::{Problem, SendKind, Unit};
use crate::json::Extra;
use serde_json::Value;

pub(super) static MESSAGES: Kind = list(1, crate::limits::MESSAGES_PER_SEND, &Kind::Family(&MESSAGE));

pub(super) static MESSAGE: Family = Family {
    types: &["text", "textV2", "sticker", "image", "video", "audio", "location", "coupon", "imagemap", "template", "flex"],
    members: &[&TEXT, &TEXT_V2, &STICKER, &IMAGE, &VIDEO, &AUDIO, &LOCATION, &COUPON, &IMAGEMAP, &TEMPLATE_MESSAGE, &FLEX],
    common: &[may("quickReply", Kind::Object(&QUICK_REPLY)), may("sender", Kind::Object(&SENDER))],
};

const ALT_TEXT: Field = must("altText", some_utf16(1_500));

static TEXT: Object = Object {
    name: "TextMessage",
    fields: &[must("text", some_utf16(5_000)), may("emojis", list(0, 20, &Kind::Object(&EMOJI))), may("quoteToken", ANY_TEXT)],
    rules: emoji_positions,
};

pub(super) static EMOJI: Object = Object {
    name: "Emoji",
    fields: &[must("index", whole(0)), must("productId", ANY_TEXT), must("emojiId", ANY_TEXT)],
    rules: no_rules,
};

static TEXT_V2: Object = Object {
    name: "TextMessageV2",
    fields: &[must("text", some_utf16(5_000)), may("substitution", Kind::Slots), may("quoteToken", ANY_TEXT)],
    rules: slots,
};

static STICKER: Object = Object {
    name: "StickerMessage",
    fields: &[must("packageId", ANY_TEXT), must("stickerId", ANY_TEXT), may("quoteToken", ANY_TEXT)],
    rules: no_rules,
};

static IMAGE: Object = Object {
    name: "ImageMessage",
    fields: &[must("originalContentUrl", HTTPS), must("previewImageUrl", HTTPS)],
    rules: no_media_in_notifications,
};

static VIDEO: Object = Object {
    name: "VideoMessage",
    fields: &[must("originalContentUrl", HTTPS), must("previewImageUrl", HTTPS), may("trackingId", TRACKING_ID)],
    rules: no_media_in_notifications,
};

static AUDIO: Object = Object {
    name: "AudioMessage",
    fields: &[must("originalContentUrl", HTTPS), must("duration", whole(1))],
    rules: no_media_in_notifications,
};

/// LINE notification messages of free form take no picture, video or sound.
fn no_media_in_notifications(walk: &mut Walk, _: &Extra) {
    if walk.kind == SendKind::Notification {
        walk.rule(
            "LINE通知メッセージでは画像・動画・音声は送れません。",
            "Notification messages cannot carry pictures, video or sound.",
        );
    }
}

static LOCATION: Object = Object {
    name: "LocationMessage",
    fields: &[
        must("title", some_utf16(100)),
        must("address", some_utf16(100)),
        must("latitude", Kind::Number { min: -90.0, max: 90.0 }),
        must("longitude", Kind::Number { min: -180.0, max: 180.0 }),
    ],
    rules: no_rules,
};

static COUPON: Object =
    Object { name: "CouponMessage", fields: &[must("couponId", ANY_TEXT), may("deliveryTag", UNIT_NAME)], rules: no_rules };

static FLEX: Object = Object {
    name: "FlexMessage",
    fields: &[ALT_TEXT, must("contents", Kind::Family(&CONTAINER))],
    rules: super::flex::few_animations,
};

static QUICK_REPLY: Object =
    Object { name: "QuickReply", fields: &[must("items", list(1, 13, &Kind::Object(&QUICK_REPLY_ITEM)))], rules: no_rules };

static QUICK_REPLY_ITEM: Object = Object {
    name: "QuickReplyItem",
    fields: &[must("type", Kind::Word(&["action"])), may("imageUrl", HTTPS), must("action", Kind::Action(Place::QuickReply))],
    rules: no_rules,
};

static SENDER: Object = Object { name: "Sender", fields: &[may("name", utf16(20)), may("iconUrl", HTTPS)], rules: no_rules };

// Imagemap.

static IMAGEMAP: Object = Object {
    name: "ImagemapMessage",
    fields: &[
        must("baseUrl", HTTPS),
        ALT_TEXT,
        must("baseSize", Kind::Object(&BASE_SIZE)),
        must("actions", list(0, 50, &Kind::Family(&IMAGEMAP_ACTION))),
        may("video", Kind::Object(&IMAGEMAP_VIDEO)),
    ],
    rules: no_rules,
};

static BASE_SIZE: Object = Object {
    name: "ImagemapBaseSize",
    fields: &[must("width", Kind::Whole { min: 1_040, max: 1_040 }), must("height", whole(1))],
    rules: no_rules,
};

pub(super) static AREA: Object = Object {
    name: "ImagemapArea",
    fields: &[must("x", whole(0)), must("y", whole(0)), must("width", whole(1)), must("height", whole(1))],
    rules: no_rules,
};

const AREA_FIELD: Field = must("area", Kind::Object(&AREA));

static IMAGEMAP_ACTION: Family = Family {
    types: &["uri", "message", "clipboard"],
    members: &[&IMAGEMAP_URI, &IMAGEMAP_MESSAGE, &IMAGEMAP_CLIPBOARD],
    common: &[may("label", utf16(100)), AREA_FIELD],
};

static IMAGEMAP_URI: Object = Object { name: "URIImagemapAction", fields: &[must("linkUri", LINK)], rules: no_rules };

static IMAGEMAP_MESSAGE: Object =
    Object { name: "MessageImagemapAction", fields: &[must("text", some_utf16(400))], rules: no_rules };

static IMAGEMAP_CLIPBOARD: Object =
    Object { name: "ClipboardImagemapAction", fields: &[must("clipboardText", some_utf16(1_000))], rules: no_rules };

static IMAGEMAP_VIDEO: Object = Object {
    name: "ImagemapVideo",
    fields: &[
        must("originalContentUrl", HTTPS),
        must("previewImageUrl", HTTPS),
        AREA_FIELD,
        may("externalLink", Kind::Object(&EXTERNAL_LINK)),
    ],
    rules: no_rules,
};

static EXTERNAL_LINK: Object =
    Object { name: "ImagemapExternalLink", fields: &[must("linkUri", LINK), must("label", some_utf16(30))], rules: no_rules };

// Templates.

static TEMPLATE_MESSAGE: Object =
    Object { name: "TemplateMessage", fields: &[ALT_TEXT, must("template", Kind::Family(&TEMPLATE))], rules: no_rules };

static TEMPLATE: Family = Family {
    types: &["buttons", "confirm", "carousel", "image_carousel"],
    members: &[&BUTTONS, &CONFIRM, &CAROUSEL, &IMAGE_CAROUSEL],
    common: &[],
};

const BUTTON: Kind = Kind::Action(Place::Template);
const DEFAULT_ACTION: Field = may("defaultAction", Kind::Action(Place::TemplateDefault));
const ASPECT_RATIO: Field = may("imageAspectRatio", Kind::Word(&["rectangle", "square"]));
const IMAGE_SIZE: Field = may("imageSize", Kind::Word(&["cover", "contain"]));
const IMAGE_BACKGROUND: Field = may("imageBackgroundColor", RGB);

const BUTTONS_TEXT: usize = 160;
const COLUMN_TEXT: usize = 120;

static BUTTONS: Object = Object {
    name: "ButtonsTemplate",
    fields: &[
        may("thumbnailImageUrl", HTTPS),
        ASPECT_RATIO,
        IMAGE_SIZE,
        IMAGE_BACKGROUND,
        may("title", super::schema::graphemes(40)),
        must("text", some_graphemes(BUTTONS_TEXT)),
        DEFAULT_ACTION,
        must("actions", list(1, 4, &BUTTON)),
    ],
    rules: |walk, fields| short_below_a_picture(walk, fields, BUTTONS_TEXT),
};

static CONFIRM: Object = Object {
    name: "ConfirmTemplate",
    fields: &[must("text", some_graphemes(240)), must("actions", list(2, 2, &BUTTON))],
    rules: no_rules,
};

static CAROUSEL: Object = Object {
    name: "CarouselTemplate",
    fields: &[must("columns", list(1, 10, &Kind::Object(&COLUMN))), ASPECT_RATIO, IMAGE_SIZE],
    rules: equal_columns,
};

static COLUMN: Object = Object {
    name: "CarouselColumn",
    fields: &[
        may("thumbnailImageUrl", HTTPS),
        IMAGE_BACKGROUND,
        may("title", super::schema::graphemes(40)),
        must("text", some_graphemes(COLUMN_TEXT)),
        DEFAULT_ACTION,
        must("actions", list(1, 3, &BUTTON)),
    ],
    rules: |walk, fields| short_below_a_picture(walk, fields, COLUMN_TEXT),
};

static IMAGE_CAROUSEL: Object = Object {
    name: "ImageCarouselTemplate",
    fields: &[must("columns", list(1, 10, &Kind::Object(&IMAGE_COLUMN)))],
    rules: no_rules,
};

static IMAGE_COLUMN: Object = Object {
    name: "ImageCarouselColumn",
    fields: &[must("imageUrl", HTTPS), must("action", Kind::Action(Place::ImageCarousel))],
    rules: no_rules,
};

/// Below a picture or title there is room for 60 characters only. Above the `usual` limit it is
/// reported already.
fn short_below_a_picture(walk: &mut Walk, fields: &Extra, usual: usize) {
    const SHORT: usize = 60;
    let actual = fields.get("text").and_then(Value::as_str).map_or(0, |t| Unit::Grapheme.count(t));
    let below = has(fields, "thumbnailImageUrl") || has(fields, "title");
    if below && (SHORT + 1..=usual).contains(&actual) {
        walk.at_field("text", |walk| {
            walk.report(Problem::TooLong { unit: Unit::Grapheme, max: SHORT, actual });
        });
    }
}

/// All columns of a carousel have the same parts.
fn equal_columns(walk: &mut Walk, fields: &Extra) {
    let Some(columns) = fields.get("columns").and_then(Value::as_array) else {
        return;
    };
    let shape = |column: &Value| {
        let column = column.as_object()?;
        let actions = column.get("actions").and_then(Value::as_array).map(Vec::len);
        Some((has(column, "thumbnailImageUrl"), has(column, "title"), actions))
    };
    let Some(first) = columns.first().map(shape) else {
        return;
    };
    for (index, column) in columns.iter().enumerate() {
        if shape(column) != first {
            walk.at_field("columns", |walk| {
                walk.at_item(index, |walk| {
                    walk.rule(
                        "すべてのカラムで、画像の有無・タイトルの有無・ボタンの数をそろえてください。",
                        "All columns need the same parts: picture, title and number of actions.",
                    );
                });
            });
        }
    }
}

fn has(fields: &Extra, name: &str) -> bool {
    fields.get(name).is_some_and(|value| !value.is_null())
}
