//! Imagemaps, templates and flex messages.

use super::{URL, check, flex, flex_with, how_many, longest, not_empty, paths, put, tap, template, with};
use line::validate::Unit;
use serde_json::{Value, json};

#[test]
fn imagemaps() {
    let area = json!({"x": 0, "y": 0, "width": 1, "height": 1});
    let action = json!({"type": "uri", "linkUri": URL, "area": area});
    let map = json!({"type": "imagemap", "baseUrl": URL, "altText": "a",
        "baseSize": {"width": 1040, "height": 1}, "actions": [action],
        "video": {"originalContentUrl": URL, "previewImageUrl": URL, "area": area,
                  "externalLink": {"linkUri": URL, "label": "l"}}});
    assert_eq!(check(&map), []);
    longest(&map, "altText", Unit::Utf16, 1_500);
    how_many(&map, "actions", &action, 0, 50);
    longest(&map, "actions[0].label", Unit::Utf16, 100);
    longest(&map, "video.externalLink.label", Unit::Utf16, 30);
    let of = |kind: Value| with(map.clone(), json!({"actions": [with(json!({"area": area}), kind)]}));
    longest(&of(json!({"type": "message", "text": "t"})), "actions[0].text", Unit::Utf16, 400);
    longest(&of(json!({"type": "clipboard", "clipboardText": "t"})), "actions[0].clipboardText", Unit::Utf16, 1_000);
    let broken = |path: &str, value: Value| {
        let mut json = map.clone();
        put(&mut json, path, value);
        assert_eq!(paths(&json), [format!("messages[0].{path}")]);
    };
    broken("baseSize.width", json!(1039));
    broken("baseSize.width", json!(1041));
    broken("baseSize.height", json!(0));
    broken("actions[0].area.x", json!(-1));
    broken("actions[0].area.width", json!(0));
    broken("actions[0].linkUri", json!(format!("{URL}{}", "a".repeat(1_000))));
}

#[test]
fn buttons_templates() {
    let buttons = template(json!({"type": "buttons", "text": "t", "actions": [tap()]}));
    assert_eq!(check(&buttons), []);
    longest(&buttons, "template.text", Unit::Grapheme, 160);
    not_empty(&buttons, "template.text");
    longest(&buttons, "template.title", Unit::Grapheme, 40);
    how_many(&buttons, "template.actions", &tap(), 1, 4);
    for part in [json!({"title": "T"}), json!({"thumbnailImageUrl": URL})] {
        let mut with_part = buttons.clone();
        with_part["template"] = with(buttons["template"].clone(), part);
        longest(&with_part, "template.text", Unit::Grapheme, 60);
    }
    let label = "template.actions[0].label";
    longest(&buttons, label, Unit::Grapheme, 20);
    let mut without = buttons.clone();
    without["template"]["actions"][0].as_object_mut().unwrap().remove("label");
    assert_eq!(paths(&without), [format!("messages[0].{label}")]);
    let mut color = buttons.clone();
    color["template"]["imageBackgroundColor"] = "#fff".into();
    assert_eq!(paths(&color), ["messages[0].template.imageBackgroundColor"]);
}

#[test]
fn confirm_templates() {
    for (count, fits) in [(1, false), (2, true), (3, false)] {
        let confirm = template(json!({"type": "confirm", "text": "t", "actions": vec![tap(); count]}));
        assert_eq!(check(&confirm).is_empty(), fits, "{count}");
    }
}

#[test]
fn carousel_templates() {
    let column = json!({"text": "t", "actions": [tap()]});
    let carousel = template(json!({"type": "carousel", "columns": [column]}));
    how_many(&carousel, "template.columns", &column, 1, 10);
    how_many(&carousel, "template.columns[0].actions", &tap(), 1, 3);
    longest(&carousel, "template.columns[0].text", Unit::Grapheme, 120);
    longest(&carousel, "template.columns[0].title", Unit::Grapheme, 40);
    let titled = with(column.clone(), json!({"title": "T"}));
    let carousel = template(json!({"type": "carousel", "columns": [titled]}));
    longest(&carousel, "template.columns[0].text", Unit::Grapheme, 60);
    for odd in [
        titled,
        with(column.clone(), json!({"thumbnailImageUrl": URL})),
        with(column.clone(), json!({"actions": [tap(), tap()]})),
    ] {
        let uneven = template(json!({"type": "carousel", "columns": [column, odd]}));
        assert_eq!(paths(&uneven), ["messages[0].template.columns[1]"]);
    }
}

#[test]
fn image_carousel_templates() {
    let column = json!({"imageUrl": URL, "action": {"type": "uri", "uri": URL}});
    let carousel = template(json!({"type": "image_carousel", "columns": [column]}));
    assert_eq!(check(&carousel), []);
    how_many(&carousel, "template.columns", &column, 1, 10);
    longest(&carousel, "template.columns[0].action.label", Unit::Grapheme, 12);
}

#[test]
fn flex_bubbles_and_carousels() {
    let bubble = json!({"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": []}});
    how_many(&flex(json!({"type": "carousel", "contents": [bubble]})), "contents.contents", &bubble, 1, 12);
    assert_eq!(paths(&flex(json!({"type": "bubble"}))), ["messages[0].contents"]);
    let sizes = json!({"type": "carousel", "contents": [bubble, with(bubble.clone(), json!({"size": "nano"}))]});
    assert_eq!(paths(&flex(sizes)), ["messages[0].contents.contents[1].size"]);
    let nested = json!({"type": "carousel", "contents": [{"type": "carousel", "contents": [bubble]}]});
    assert_eq!(paths(&flex(nested)), ["messages[0].contents.contents[0].type"]);
    let text = json!({"type": "bubble", "body": {"type": "text", "text": "t"}});
    assert_eq!(paths(&flex(text)), ["messages[0].contents.body.type"]);
}

#[test]
fn bytes_of_bubbles_and_carousels() {
    let filled = |bytes: usize| {
        let bubble = |text: String| {
            json!({"type": "bubble", "body": {"type": "box", "layout": "vertical",
                   "contents": [{"type": "text", "text": text}]}})
        };
        let empty = bubble("".into()).to_string().len();
        bubble("x".repeat(bytes - empty))
    };
    assert_eq!(filled(30_000).to_string().len(), 30_000);
    assert_eq!(check(&flex(filled(30_000))), []);
    assert_eq!(paths(&flex(filled(30_001))), ["messages[0].contents"]);
    let carousel = |last: usize| json!({"type": "carousel", "contents": [filled(20_000), filled(20_000), filled(last)]});
    let rest = 50_000 - (carousel(9_000).to_string().len() - 9_000);
    assert_eq!(check(&flex(carousel(rest))), []);
    assert_eq!(paths(&flex(carousel(rest + 1))), ["messages[0].contents"]);
}

#[test]
fn flex_videos() {
    let video = json!({"type": "video", "url": URL, "previewUrl": URL,
        "altContent": {"type": "image", "url": URL}, "action": {"type": "uri", "uri": URL}});
    let bubble = |size: &str| json!({"type": "bubble", "size": size, "hero": video});
    for size in ["kilo", "mega", "giga"] {
        assert_eq!(check(&flex(bubble(size))), []);
    }
    for size in ["nano", "micro", "deca", "hecto"] {
        assert_eq!(paths(&flex(bubble(size))), ["messages[0].contents.hero"]);
    }
    let carousel = json!({"type": "carousel", "contents": [bubble("mega")]});
    assert_eq!(paths(&flex(carousel)), ["messages[0].contents.contents[0].hero"]);
    assert_eq!(paths(&flex_with(video.clone())), ["messages[0].contents.body.contents[0].type"]);
    let mut tapped = bubble("mega");
    tapped["hero"]["action"] = tap();
    assert_eq!(paths(&flex(tapped)), ["messages[0].contents.hero.action.type"]);
}

#[test]
fn flex_components() {
    let button = flex_with(json!({"type": "button", "action": tap()}));
    longest(&button, "contents.body.contents[0].action.label", Unit::Grapheme, 40);
    not_empty(&button, "contents.body.contents[0].action.label");
    let image = flex_with(json!({"type": "image", "url": URL, "action": {"type": "uri", "uri": URL}}));
    assert_eq!(check(&image), []);
    longest(&image, "contents.body.contents[0].action.label", Unit::Grapheme, 40);
    let at = "messages[0].contents.body.contents[0]";
    assert_eq!(paths(&flex_with(json!({"type": "text"}))), [format!("{at}.text")]);
    assert_eq!(paths(&flex_with(json!({"type": "text", "text": ""}))), [format!("{at}.text")]);
    assert_eq!(check(&flex_with(json!({"type": "text", "contents": [{"type": "span", "text": "s"}]}))), []);
    assert_eq!(check(&flex_with(json!({"type": "icon", "url": URL, "size": "3xl"}))), []);
    for (component, field) in [
        (json!({"type": "span", "text": "s"}), "type"),
        (json!({"type": "text", "text": "t", "color": "red"}), "color"),
        (json!({"type": "text", "text": "t", "wrap": "true"}), "wrap"),
        (json!({"type": "text", "text": "t", "lineSpacing": "sm"}), "lineSpacing"),
        (json!({"type": "text", "text": "t", "maxLines": -1}), "maxLines"),
        (json!({"type": "image", "url": URL, "aspectRatio": "1:4"}), "aspectRatio"),
        (json!({"type": "image", "url": "http://a"}), "url"),
        (json!({"type": "box", "layout": "vertical"}), "contents"),
        (
            json!({"type": "box", "layout": "baseline", "contents": [{"type": "button", "action": {"type": "uri", "label": "l", "uri": URL}}]}),
            "contents[0].type",
        ),
        (json!({"type": "box", "layout": "vertical", "contents": [], "borderWidth": "xs"}), "borderWidth"),
        (
            json!({"type": "box", "layout": "vertical", "contents": [], "background": {"type": "linearGradient", "angle": "360deg", "startColor": "#000000", "endColor": "#000000"}}),
            "background.angle",
        ),
    ] {
        assert_eq!(paths(&flex_with(component.clone())), [format!("{at}.{field}")], "{component}");
    }
    let image = json!({"type": "image", "url": URL, "animated": true});
    for (count, fits) in [(10, true), (11, false)] {
        let contents =
            json!({"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": vec![image.clone(); count]}});
        assert_eq!(check(&flex(contents)).is_empty(), fits, "{count}");
    }
}
