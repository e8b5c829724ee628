//! The table of rich menus.

use super::action::Place;
use super::messages::AREA;
use super::schema::{Kind, Object, graphemes, list, must, no_rules, whole};
use serde_json::Value;

pub(super) static RICH_MENU: Object = Object {
    name: "RichMenuRequest",
    fields: &[
        must("size", Kind::Object(&SIZE)),
        must("selected", Kind::Flag),
        must("name", graphemes(300)),
        must("chatBarText", graphemes(14)),
        must("areas", list(0, 20, &Kind::Object(&MENU_AREA))),
    ],
    rules: no_rules,
};

static SIZE: Object = Object {
    name: "RichMenuSize",
    fields: &[must("width", Kind::Whole { min: 800, max: 2_500 }), must("height", whole(250))],
    rules: |walk, size| {
        let side = |name| size.get(name).and_then(Value::as_f64);
        if let (Some(width), Some(height)) = (side("width"), side("height"))
            && width < 1.45 * height
        {
            walk.rule("横幅は高さの1.45倍以上にしてください。", "The width must be at least 1.45 times the height.");
        }
    },
};

static MENU_AREA: Object = Object {
    name: "RichMenuArea",
    fields: &[must("bounds", Kind::Object(&AREA)), must("action", Kind::Action(Place::RichMenu))],
    rules: no_rules,
};
