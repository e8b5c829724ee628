//! Every documented limit, one below, at and one above, counted both ways.

use line::message::{Message, Text};
use line::validate::{self, Problem, SendKind, Unit, Violation, validate, validate_json};
use serde_json::{Value, json};

const URL: &str = "https://shop.example/a";

fn check(message: &Value) -> Vec<Violation> {
    validate_json(&json!([message]), SendKind::Push)
}

fn paths(message: &Value) -> Vec<String> {
    check(message).into_iter().map(|found| found.path).collect()
}

/// Puts a value at a path such as `a.b[0].c`.
fn put(json: &mut Value, path: &str, value: Value) {
    let pointer = format!("/{}", path.replace("].", "/").replace(['.', '['], "/").replace(']', ""));
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = json.pointer_mut(parent).unwrap_or_else(|| panic!("{path}"));
    match parent {
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        other => other[name] = value,
    }
}

/// Texts that count exactly `length`, of the most awkward letters.
fn texts(unit: Unit, length: usize) -> Vec<String> {
    let mut texts = vec!["a".repeat(length), "縁".repeat(length)];
    match unit {
        Unit::Utf16 => {
            for wide in ["𠮷", "😀"] {
                texts.push(wide.repeat(length / 2) + &"a".repeat(length % 2));
            }
            texts.push("か\u{3099}".repeat(length / 2) + &"a".repeat(length % 2));
        }
        Unit::Grapheme => {
            for one in ["𠮷", "👨‍👩‍👧‍👦", "か\u{3099}", "🇯🇵"] {
                texts.push(one.repeat(length));
            }
        }
    }
    texts
}

/// A text of `max` is taken and one of `max + 1` is not, and only that field is named.
fn longest(message: &Value, path: &str, unit: Unit, max: usize) {
    for (length, fits) in [(max, true), (max + 1, false)] {
        for text in texts(unit, length) {
            assert_eq!(unit.count(&text), length);
            let mut json = message.clone();
            put(&mut json, path, text.clone().into());
            let found = check(&json);
            if fits {
                assert_eq!(found, [], "{path} {length}");
            } else {
                let [found] = &found[..] else { panic!("{path} {length}: {found:?}") };
                assert_eq!(found.path, format!("messages[0].{path}"));
                assert_eq!(found.problem, Problem::TooLong { unit, max, actual: length });
                assert_eq!(found.limit(), Some(max));
            }
        }
    }
}

/// An empty text is refused.
fn not_empty(message: &Value, path: &str) {
    let mut json = message.clone();
    put(&mut json, path, "".into());
    assert_eq!(paths(&json), [format!("messages[0].{path}")], "{path}");
}

/// `min` and `max` items are taken, one fewer and one more are not.
fn how_many(message: &Value, path: &str, item: &Value, min: usize, max: usize) {
    for count in [min.saturating_sub(1), min, max, max + 1] {
        let mut json = message.clone();
        put(&mut json, path, vec![item.clone(); count].into());
        let found: Vec<_> = check(&json)
            .into_iter()
            .filter(|found| matches!(found.problem, Problem::Count { .. }))
            .map(|found| found.path)
            .collect();
        let fits = (min..=max).contains(&count);
        let expected = if fits { vec![] } else { vec![format!("messages[0].{path}")] };
        assert_eq!(found, expected, "{path} {count}");
    }
}

fn text() -> Value {
    json!({"type": "text", "text": "a"})
}

fn tap() -> Value {
    json!({"type": "message", "label": "l", "text": "t"})
}

fn with(mut message: Value, more: Value) -> Value {
    message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    message
}

fn template(template: Value) -> Value {
    json!({"type": "template", "altText": "a", "template": template})
}

fn flex(contents: Value) -> Value {
    json!({"type": "flex", "altText": "a", "contents": contents})
}

fn flex_with(component: Value) -> Value {
    let layout = if component["type"] == "icon" { "baseline" } else { "vertical" };
    flex(json!({"type": "bubble", "body": {"type": "box", "layout": layout, "contents": [component]}}))
}

#[test]
fn one_to_five_messages() {
    for (count, fits) in [(0, false), (1, true), (5, true), (6, false)] {
        let found = validate_json(&vec![text(); count].into(), SendKind::Broadcast);
        assert_eq!(found.is_empty(), fits, "{count}");
    }
    assert_eq!(validate(&[], SendKind::Push)[0].path, "messages");
    assert_eq!(validate_json(&json!({"type": "text"}), SendKind::Push)[0].path, "messages");
}

#[test]
fn texts_of_messages() {
    longest(&text(), "text", Unit::Utf16, 5_000);
    not_empty(&text(), "text");
    let v2 = json!({"type": "textV2", "text": "a"});
    longest(&v2, "text", Unit::Utf16, 5_000);
    let place = json!({"type": "location", "title": "t", "address": "a", "latitude": 0, "longitude": 0});
    longest(&place, "title", Unit::Utf16, 100);
    longest(&place, "address", Unit::Utf16, 100);
    longest(&with(text(), json!({"sender": {"name": "n"}})), "sender.name", Unit::Utf16, 20);
    longest(&flex_with(json!({"type": "separator"})), "altText", Unit::Utf16, 1_500);
    let confirm = template(json!({"type": "confirm", "text": "t", "actions": [tap(), tap()]}));
    longest(&confirm, "altText", Unit::Utf16, 1_500);
    longest(&confirm, "template.text", Unit::Grapheme, 240);
}

#[test]
fn numbers_in_their_ranges() {
    let place = |latitude: f64, longitude: f64| {
        paths(&json!({"type": "location", "title": "t", "address": "a", "latitude": latitude, "longitude": longitude}))
    };
    assert_eq!(place(90.0, -180.0), [""; 0]);
    assert_eq!(place(90.1, -180.1), ["messages[0].latitude", "messages[0].longitude"]);
    let audio = |duration: Value| paths(&json!({"type": "audio", "originalContentUrl": URL, "duration": duration}));
    assert_eq!(audio(json!(1)), [""; 0]);
    for bad in [json!(0), json!(-1), json!(1.5), json!("1")] {
        assert_eq!(audio(bad), ["messages[0].duration"]);
    }
}

#[test]
fn addresses() {
    let image = |url: &str| paths(&json!({"type": "image", "originalContentUrl": url, "previewImageUrl": URL}));
    let of = |length: usize| format!("{URL}{}", "a".repeat(length - URL.len()));
    assert_eq!(image(&of(2_000)), [""; 0]);
    assert_eq!(image("https://[::1]/?q=%E7%B8%81#f"), [""; 0]);
    let long = of(2_001);
    for bad in ["", "http://shop.example", "https://", "https:///x", "https://shop.example/縁", "https://a b", "shop", &long] {
        assert_eq!(image(bad), ["messages[0].originalContentUrl"], "{bad}");
    }
    let tracking =
        |id: &str| paths(&json!({"type": "video", "originalContentUrl": URL, "previewImageUrl": URL, "trackingId": id}));
    assert_eq!(tracking(&"x".repeat(100)), [""; 0]);
    assert_eq!(tracking(&"x".repeat(101)), ["messages[0].trackingId"]);
    let button = |uri: &str| {
        let item = json!({"type": "action", "action": {"type": "uri", "label": "l", "uri": uri}});
        paths(&with(text(), json!({"quickReply": {"items": [item]}})))
    };
    let max = format!("tel:{}", "0".repeat(996));
    for good in ["tel:0312345678", "line://nv/camera", "http://a", "HTTPS://a", &max] {
        assert_eq!(button(good), [""; 0], "{good}");
    }
    let over = format!("{max}0");
    for bad in ["tel:", "ftp://a", "javascript:alert(1)", "mailto:a@b", &over] {
        assert_eq!(button(bad), ["messages[0].quickReply.items[0].action.uri"], "{bad}");
    }
}

#[test]
fn emoji_stand_at_a_dollar() {
    let emoji = |index: usize| json!({"index": index, "productId": "p", "emojiId": "1"});
    let message = json!({"type": "text", "text": "😀$a$", "emojis": [emoji(2), emoji(4)]});
    assert_eq!(check(&message), []);
    for wrong in [1, 3, 5, 99] {
        let message = json!({"type": "text", "text": "😀$a$", "emojis": [emoji(2), emoji(wrong)]});
        assert_eq!(paths(&message), ["messages[0].emojis[1].index"], "{wrong}");
    }
    let many = json!({"type": "text", "text": "$", "emojis": []});
    how_many(&many, "emojis", &emoji(0), 0, 20);
}

#[test]
fn slots_of_a_text() {
    let slots = |text: &str, substitution: Value| paths(&json!({"type": "textV2", "text": text, "substitution": substitution}));
    let emoji = json!({"type": "emoji", "productId": "p", "emojiId": "1"});
    let mention = json!({"type": "mention", "mentionee": {"type": "all"}});
    assert_eq!(slots("{a} {{b}}", json!({"a": emoji})), [""; 0]);
    assert_eq!(slots("{a}", json!({})), ["messages[0].text"]);
    assert_eq!(slots("{a", json!({"a": emoji})), ["messages[0].text"]);
    assert_eq!(slots("x", json!({"a": {"type": "emoji"}})).len(), 2);
    let name = |length: usize| "n".repeat(length);
    assert_eq!(slots("x", json!({name(20): emoji})), [""; 0]);
    for bad in [name(21), String::new(), "a-b".into(), "名".into()] {
        assert_eq!(slots("x", json!({&bad: emoji})).len(), 1, "{bad}");
    }
    let many = |count: usize, kind: &Value| -> Value {
        (0..count).map(|n| (format!("k{n}"), kind.clone())).collect::<serde_json::Map<_, _>>().into()
    };
    for kind in [&emoji, &mention] {
        assert_eq!(slots("x", many(20, kind)), [""; 0]);
        assert_eq!(slots("x", many(21, kind)), ["messages[0].substitution"]);
    }
    // 101 slots are too many of a kind, too.
    assert_eq!(slots("x", many(101, &emoji)).len(), 2);
    let message = json!([{"type": "textV2", "text": "{m}", "substitution": {"m": mention}}]);
    assert_eq!(validate_json(&message, SendKind::Reply), []);
    for kind in [SendKind::Multicast, SendKind::Narrowcast, SendKind::Broadcast] {
        assert_eq!(validate_json(&message, kind)[0].path, "messages[0].substitution.m");
    }
}

#[test]
fn coupons() {
    let coupon = |tag: &str| paths(&json!({"type": "coupon", "couponId": "01J", "deliveryTag": tag}));
    assert_eq!(coupon(&"x".repeat(30)), [""; 0]);
    for bad in ["x".repeat(31), String::new(), "a-b".into()] {
        assert_eq!(coupon(&bad), ["messages[0].deliveryTag"]);
    }
    assert_eq!(paths(&json!({"type": "coupon"})), ["messages[0].couponId"]);
}

#[test]
fn quick_replies() {
    let item = json!({"type": "action", "action": tap()});
    let message = with(text(), json!({"quickReply": {"items": [item]}}));
    how_many(&message, "quickReply.items", &item, 1, 13);
    longest(&message, "quickReply.items[0].action.label", Unit::Grapheme, 20);
    not_empty(&message, "quickReply.items[0].action.label");
    let one = |action: Value| paths(&with(text(), json!({"quickReply": {"items": [{"type": "action", "action": action}]}})));
    for kind in ["camera", "cameraRoll", "location"] {
        assert_eq!(one(json!({"type": kind, "label": "l"})), [""; 0]);
        let button = template(json!({"type": "confirm", "text": "t", "actions": [tap(), {"type": kind, "label": "l"}]}));
        assert_eq!(paths(&button), ["messages[0].template.actions[1].type"]);
    }
    let switch = json!({"type": "richmenuswitch", "label": "l", "richMenuAliasId": "a", "data": "d"});
    assert_eq!(one(switch), ["messages[0].quickReply.items[0].action.type"]);
    let desktop = json!({"type": "uri", "label": "l", "uri": URL, "altUri": {"desktop": URL}});
    assert_eq!(one(desktop), ["messages[0].quickReply.items[0].action.altUri"]);
}

#[test]
fn actions() {
    let message = |action: Value| {
        let action = with(json!({"label": "l"}), action);
        template(json!({"type": "confirm", "text": "t", "actions": [action, tap()]}))
    };
    let at = |name: &str| format!("template.actions[0].{name}");
    let postback = message(json!({"type": "postback", "data": "d", "inputOption": "openKeyboard", "fillInText": "f"}));
    longest(&postback, &at("data"), Unit::Utf16, 300);
    not_empty(&postback, &at("data"));
    longest(&postback, &at("displayText"), Unit::Grapheme, 300);
    longest(&postback, &at("text"), Unit::Grapheme, 300);
    longest(&postback, &at("fillInText"), Unit::Grapheme, 300);
    longest(&postback, &at("label"), Unit::Grapheme, 20);
    longest(&message(json!({"type": "message", "text": "t"})), &at("text"), Unit::Grapheme, 300);
    let clipboard = message(json!({"type": "clipboard", "clipboardText": "c"}));
    longest(&clipboard, &at("clipboardText"), Unit::Utf16, 1_000);
    not_empty(&clipboard, &at("clipboardText"));

    let action = |json| paths(&message(json));
    let here = "messages[0].template.actions[0]";
    assert_eq!(action(json!({"type": "postback", "data": "d", "text": "t", "displayText": "d"})), [here]);
    assert_eq!(action(json!({"type": "postback", "data": "d", "fillInText": "t"})), [here]);
    assert_eq!(action(json!({"type": "postback", "data": "d", "inputOption": "x"})), [format!("{here}.inputOption")]);
    let picker = |mode: &str, more: Value| action(with(json!({"type": "datetimepicker", "data": "d", "mode": mode}), more));
    assert_eq!(picker("date", json!({"initial": "2026-01-02", "min": "2026-01-01", "max": "2026-01-03"})), [""; 0]);
    assert_eq!(picker("datetime", json!({"min": "1900-01-01T00:00", "max": "2100-12-31t23:59"})), [""; 0]);
    assert_eq!(picker("time", json!({"min": "25:00"})), [format!("{here}.min")]);
    assert_eq!(picker("date", json!({"max": "2101-01-01"})), [format!("{here}.max")]);
    for order in [
        json!({"min": "10:00", "max": "10:00"}),
        json!({"min": "10:01", "max": "10:00"}),
        json!({"initial": "09:59", "min": "10:00"}),
        json!({"initial": "10:01", "max": "10:00"}),
    ] {
        assert_eq!(picker("time", order.clone()), [here], "{order}");
    }
    assert_eq!(action(json!({"type": "fly"})), [format!("{here}.type")]);
}

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

#[test]
fn the_path_leads_to_the_field() {
    let deep = flex(json!({"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": [
        {"type": "separator"}, {"type": "separator"},
        {"type": "button", "action": {"type": "postback", "data": "d", "label": "x".repeat(41)}}
    ]}}));
    let [found] = &check(&deep)[..] else { panic!() };
    assert_eq!(found.path, "messages[0].contents.body.contents[2].action.label");
    let shown = serde_json::to_value(found).unwrap();
    assert_eq!(shown["code"], "too_long");
    assert_eq!(shown["limit"], 40);
    assert_eq!(shown["ja"], "40文字以内にしてください（現在41文字）。");
    assert_eq!(shown["en"], "At most 40 characters (now 41).");
}

#[test]
fn all_problems_are_told_at_once() {
    let found = paths(&json!({"type": "image"}));
    assert_eq!(found, ["messages[0].originalContentUrl", "messages[0].previewImageUrl"]);
    let two = json!([{"type": "hologram"}, {"text": "a"}, 5]);
    let found: Vec<_> = validate_json(&two, SendKind::Push).into_iter().map(|v| v.path).collect();
    assert_eq!(found, ["messages[0].type", "messages[1].type", "messages[2]"]);
    assert!(validate::parse(&two, SendKind::Push).is_err());
    let good = validate::parse(&json!([{"type": "text", "text": "a", "new": 1}]), SendKind::Push);
    let mut text = Text::new("a");
    text.extra.insert("new".into(), 1.into());
    assert_eq!(good, Ok(vec![Message::from(line::message::Body::from(text))]));
}

#[test]
fn notification_messages_carry_no_media() {
    let image = json!([{"type": "image", "originalContentUrl": URL, "previewImageUrl": URL}]);
    assert_eq!(validate_json(&image, SendKind::Push), []);
    assert_eq!(validate_json(&image, SendKind::Notification)[0].path, "messages[0]");
}

#[test]
fn two_megabytes_in_all() {
    let message = |filling: usize| json!([{"type": "text", "text": "a", "unknown": "x".repeat(filling)}]);
    let around = message(0).to_string().len();
    assert_eq!(validate_json(&message(2_000_000 - around), SendKind::Push), []);
    assert_eq!(validate_json(&message(2_000_001 - around), SendKind::Push)[0].code(), "too_large");
}

#[test]
fn rich_menus() {
    let action = json!({"type": "richmenuswitch", "richMenuAliasId": "a", "data": "d"});
    let area = json!({"bounds": {"x": 0, "y": 0, "width": 1, "height": 1}, "action": action});
    let menu = json!({"size": {"width": 2500, "height": 1686}, "selected": false, "name": "n",
                      "chatBarText": "メニュー", "areas": [area]});
    let paths = |path: &str, value: Value| -> Vec<String> {
        let mut json = menu.clone();
        put(&mut json, path, value);
        validate::rich_menu(&json).into_iter().map(|found| found.path).collect()
    };
    let none = [""; 0];
    assert_eq!(validate::rich_menu(&menu), []);
    for (path, max) in [("name", 300), ("chatBarText", 14), ("areas[0].action.label", 20)] {
        for text in texts(Unit::Grapheme, max) {
            assert_eq!(paths(path, text.into()), none);
        }
        for text in texts(Unit::Grapheme, max + 1) {
            assert_eq!(paths(path, text.into()), [path]);
        }
    }
    assert_eq!(paths("areas", vec![area.clone(); 20].into()), none);
    assert_eq!(paths("areas", vec![area; 21].into()), ["areas"]);
    for (width, height, expected) in [
        (800, 250, None),
        (799, 250, Some("size.width")),
        (2500, 1724, None),
        (2500, 1725, Some("size")),
        (2501, 1686, Some("size.width")),
        (800, 249, Some("size.height")),
    ] {
        let found = paths("size", json!({"width": width, "height": height}));
        assert_eq!(found.first().map(String::as_str), expected, "{width}x{height}");
    }
}

#[test]
fn coupons_to_be_made() {
    let coupon = serde_json::to_value(crate::calls::coupon()).unwrap();
    let found = |path: &str, value: Value| -> Vec<String> {
        let mut json = coupon.clone();
        put(&mut json, path, value);
        validate::coupon(&json).into_iter().map(|found| found.path).collect()
    };
    assert_eq!(validate::coupon(&coupon), []);
    for (path, max) in [("title", 60), ("description", 1_000), ("usageCondition", 100), ("couponCode", 16)] {
        for text in texts(Unit::Utf16, max) {
            assert_eq!(found(path, text.into()), [""; 0], "{path}");
        }
        for text in texts(Unit::Utf16, max + 1) {
            assert_eq!(found(path, text.into()), [path]);
        }
    }
    assert_eq!(found("title", "".into()), ["title"]);
    for (path, good, bad) in [
        ("acquisitionCondition.lotteryProbability", vec![1, 99], vec![0, 100]),
        ("acquisitionCondition.maxAcquireCount", vec![-1, 1, 999_999], vec![-2, 0, 1_000_000]),
        ("maxUseCountPerTicket", vec![-1, 1], vec![-2, 0, 2]),
        ("endTimestamp", vec![2], vec![1, 0, -1]),
    ] {
        for number in good {
            assert_eq!(found(path, number.into()), [""; 0], "{path} {number}");
        }
        for number in bad {
            assert!(found(path, number.into()).contains(&path.to_owned()), "{path} {number}");
        }
    }
    let price = |kind: &str, price: Value| found("reward", json!({"type": kind, "priceInfo": price}));
    let share = |percentage: i64| json!({"type": "percentage", "percentage": percentage});
    let explicit = json!({"type": "explicit", "originalPrice": 2, "priceAfterDiscount": 1});
    assert_eq!(price("discount", share(99)), [""; 0]);
    assert_eq!(price("discount", share(100)), ["reward.priceInfo.percentage"]);
    assert_eq!(price("discount", explicit.clone()), [""; 0]);
    assert_eq!(price("cashBack", explicit), ["reward.priceInfo.type"]);
    assert_eq!(price("gift", share(1)), ["reward.priceInfo"]);
    assert_eq!(found("reward", json!({"type": "free"})), [""; 0]);
}

#[test]
fn batches_of_rich_menus() {
    let found = |operations: Value, key: &str| -> Vec<String> {
        let json = json!({"operations": operations, "resumeRequestKey": key});
        validate::rich_menu_batch(&json).into_iter().map(|found| found.path).collect()
    };
    let many =
        |count: usize| -> Value { (0..count).map(|n| json!({"type": "unlink", "from": format!("richmenu-{n}")})).collect() };
    assert_eq!(found(many(1_000), &"k".repeat(100)), [""; 0]);
    assert_eq!(found(many(1_001), "k"), ["operations"]);
    assert_eq!(found(many(0), "k"), ["operations"]);
    assert_eq!(found(many(1), &"k".repeat(101)), ["resumeRequestKey"]);
    assert_eq!(found(many(1), "a.b"), ["resumeRequestKey"]);
    assert_eq!(found(json!([{"type": "unlinkAll"}]), "k"), [""; 0]);
    assert_eq!(found(json!([{"type": "unlinkAll"}, {"type": "unlink", "from": "a"}]), "k"), ["operations"]);
    let twice = json!([{"type": "link", "from": "a", "to": "b"}, {"type": "unlink", "from": "a"}]);
    assert_eq!(found(twice, "k"), ["operations[1].from"]);
    assert!(validate::is_alias_id(&"a".repeat(32)) && validate::is_alias_id("tab-1_b"));
    for bad in ["", "A", "縁", &"a".repeat(33)] {
        assert!(!validate::is_alias_id(bad), "{bad}");
    }
}

#[test]
fn whom_a_narrowcast_addresses() {
    let found = |json: Value| -> Vec<String> { validate::narrowcast(&json).into_iter().map(|found| found.path).collect() };
    let audience = json!({"type": "audience", "audienceGroupId": 1});
    let any = |count: usize| json!({"type": "operator", "or": vec![audience.clone(); count], "not": audience});
    assert_eq!(found(json!({"recipient": any(9)})), [""; 0]);
    assert_eq!(found(json!({"recipient": any(10)})), ["recipient"]);
    let gender = json!({"type": "gender", "oneOf": ["male"]});
    let all = |count: usize| json!({"demographic": {"type": "operator", "and": vec![gender.clone(); count]}});
    assert_eq!(found(json!({"filter": all(10)})), [""; 0]);
    assert_eq!(found(json!({"filter": all(11)})), ["filter"]);
    assert_eq!(found(json!({"limit": {"max": 1}})), [""; 0]);
    assert_eq!(found(json!({"limit": {"max": 0}})), ["limit.max"]);
    assert_eq!(found(json!({"limit": {"forbidPartialDelivery": true}})), ["limit.forbidPartialDelivery"]);
    assert_eq!(found(json!({"limit": {"forbidPartialDelivery": true, "upToRemainingQuota": true}})), [""; 0]);
}
