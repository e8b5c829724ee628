//! Every documented limit, one below, at and one above, counted both ways.

mod layouts;
mod requests;

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
