use jiff::tz::TimeZone;
use line::validate::{SendKind, Unit, validate_json};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::contact::AttributeValue;
use crate::vocabulary::testing::{Words, somebody};
use crate::workspace::AttributeType;

/// 2026-11-22 18:05 in Tokyo, a Sunday.
const NOW: i64 = 1_795_338_300_000;

fn words() -> Words {
    Words::of(&[
        ("birthday", AttributeType::Date),
        ("points", AttributeType::Number),
        ("visit", AttributeType::Datetime),
        ("member", AttributeType::Yesno),
        ("size", AttributeType::Choice),
    ])
}

fn zone() -> TimeZone {
    TimeZone::get("Asia/Tokyo").unwrap()
}

pub(super) fn compile(messages: &Value) -> Compiled {
    Compiled::parse(&messages.to_string(), &words()).unwrap()
}

fn problems(messages: &Value) -> Vec<(String, &'static str)> {
    let problems = Compiled::parse(&messages.to_string(), &words()).map(drop).unwrap_err();
    problems.into_iter().map(|p| (p.path, p.code)).collect()
}

pub(super) fn text(text: &str) -> Value {
    json!([{"type": "text", "text": text}])
}

pub(super) fn hanako() -> crate::contact::Contact {
    let mut contact = somebody(1);
    contact.display_name = Some("花子\"\\😀".into());
    let words = words();
    for (key, text, number) in [
        ("birthday", "1990-02-03", Some(7338.0)),
        ("points", "1234567", Some(1_234_567.0)),
        ("visit", "2026-12-24T01:30:00Z", None),
        ("member", "1", Some(1.0)),
        ("size", "M", None),
    ] {
        contact.attributes.insert(words.attributes[key].id, AttributeValue { text: text.into(), number });
    }
    contact
}

/// The text of a single text message.
pub(super) fn said_by(messages: &Value) -> String {
    messages[0]["text"].as_str().unwrap().to_owned()
}

fn data() -> Map<String, Value> {
    json!({
        "order_no": "A-1", "total": 12800, "rate": 1200.50, "paid": true, "note": "", "nothing": null, "list": [],
        "items": [{"name": "緑茶"}], "ships": "2026-12-01", "at": "2026-12-01T09:05:00+09:00", "url": "https://shop.example/o/1", "bad_url": "javascript:alert(1)",
    })
    .as_object()
    .unwrap()
    .clone()
}

fn render(messages: &Value) -> Result<Value, RenderError> {
    let (contact, data, zone) = (hanako(), data(), zone());
    let rendered = compile(messages).render(&Values::of(&contact, "縁茶屋", &data, NOW, &zone))?;
    Ok(serde_json::from_str(&rendered).unwrap())
}

fn said(source: &str) -> Result<String, RenderError> {
    render(&text(source)).map(|messages| messages[0]["text"].as_str().unwrap().to_owned())
}

#[test]
fn variables_say_what_they_mean() {
    for (source, expected) in [
        ("{{name}}さん", "花子\"\\😀さん"),
        ("{{ name }}さん", "花子\"\\😀さん"),
        ("{{name|お客様}}様", "花子\"\\😀様"),
        ("{{channel.name}}です", "縁茶屋です"),
        ("{{birthday}}", "1990年2月3日"),
        ("{{attr.birthday|format:M月D日}}", "2月3日"),
        ("{{attr.birthday|format:M月d日(曜)|お誕生日}}", "2月3日(土)"),
        ("{{attr.birthday|お誕生日|format:yy/MM/dd 曜日}}", "90/02/03 土曜日"),
        ("{{points}}点", "1234567点"),
        ("{{points|format:#,##0}}点", "1,234,567点"),
        ("{{visit}}", "12月24日 10:30"),
        ("{{visit|format:午前h時m分}}", "午前10時30分"),
        ("{{member}}", "はい"),
        ("{{size}}サイズ", "Mサイズ"),
        ("{{today}}", "11月22日"),
        ("{{today+3d}}〜{{today-1w}}", "11月25日〜11月15日"),
        ("{{today+1m|format:yyyy年M月d日(曜)}}", "2026年12月22日(火)"),
        ("{{now}}", "18:05"),
        ("{{event.order_no}}", "A-1"),
        ("{{event.items.0.name}}", "緑茶"),
        ("{{event.total|format:#,##0}}円", "12,800円"),
        ("{{event.rate|format:#,##0}}", "1,200.5"),
        ("{{event.paid}}", "はい"),
        ("{{event.ships|format:M月D日(曜)}}", "12月1日(火)"),
        ("{{event.at|format:H:mm}}", "9:05"),
        ("{{event.note|なし}}", "なし"),
        ("[{{event.none|}}]", "[]"),
        ("\\{{name}} {x}", "{{name}} {x}"),
    ] {
        assert_eq!(said(source).as_deref(), Ok(expected), "{source}");
    }
}

#[test]
fn what_is_missing_stops_the_message() {
    for variable in [
        "event.none",
        "event.note",
        "event.nothing",
        "event.list",
        "event.items.5.name",
        "event.order_no|format:M月D日",
        "event.ships|format:H:mm",
    ] {
        let name = variable.split('|').next().unwrap();
        assert_eq!(said(&format!("a {{{{{variable}}}}} b")), Err(RenderError::Missing { variable: name.into() }), "{variable}");
    }
    assert_eq!(said("{{event.note|}}"), Err(RenderError::Empty { path: "messages[0].text".into() }));
}

#[test]
fn a_blank_name_is_no_name() {
    let compiled = compile(&text("{{name|お客様}}、こんにちは"));
    let (data, zone) = (data(), zone());
    for name in [None, Some(""), Some(" \u{3000}")] {
        let mut contact = hanako();
        contact.display_name = name.map(str::to_owned);
        let rendered = compiled.render(&Values::of(&contact, "", &data, NOW, &zone)).unwrap();
        assert_eq!(rendered, r#"[{"text":"お客様、こんにちは","type":"text"}]"#);
    }
    assert!(compiled.render(&Values::shared("", &data, NOW, &zone)).unwrap().contains("お客様"));
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (messages, path, code) in [
        (text("{{nothing}}"), "messages[0].text", "unknown_variable"),
        (text("{{attr.nothing|x}}"), "messages[0].text", "unknown_variable"),
        (text("{{name"), "messages[0].text", "unclosed_variable"),
        (text("{{}}"), "messages[0].text", "bad_variable"),
        (text("{{ {name} }}"), "messages[0].text", "bad_variable"),
        (text("{{name|a|b}}"), "messages[0].text", "bad_variable"),
        (text("{{today+3}}"), "messages[0].text", "bad_variable"),
        (text("{{today+x}}"), "messages[0].text", "bad_variable"),
        (text("{{todayx}}"), "messages[0].text", "bad_variable"),
        (text("{{name|format:M月}}"), "messages[0].text", "bad_format"),
        (text("{{today|format:}}"), "messages[0].text", "bad_format"),
        (text("{{today|format:xyz}}"), "messages[0].text", "bad_format"),
        (text("{{today|format:H:mm}}"), "messages[0].text", "bad_format"),
        (text("{{points|format:M月}}"), "messages[0].text", "bad_format"),
        (text(""), "messages[0].text", "too_short"),
        (text(&"あ".repeat(5001)), "messages[0].text", "too_long"),
        (text(&format!("{}{{{{name}}}}", "あ".repeat(5000))), "messages[0].text", "too_long"),
        (json!([{"type": "sticker", "packageId": "{{name}}", "stickerId": "1"}]), "messages[0].packageId", "no_variable_here"),
        (
            json!([{"type": "text", "text": "a", "quickReply": {"items": [{"type": "action", "action": {"type": "message", "label": "{{x}}", "text": "a"}}]}}]),
            "messages[0].quickReply.items[0].action.label",
            "unknown_variable",
        ),
        (
            json!([{"type": "text", "text": "a$b", "emojis": [{"index": 0, "productId": "p", "emojiId": "e"}]}]),
            "messages[0].emojis[0].index",
            "rule",
        ),
        (
            json!([{"type": "text", "text": "{{name}}$b", "emojis": [{"index": 0, "productId": "p", "emojiId": "e"}]}]),
            "messages[0].text",
            "bad_emoji_index",
        ),
        (json!([]), "messages", "bad_size"),
        (json!({"type": "text"}), "messages", "bad_shape"),
        (json!([{"type": "unknown"}]), "messages[0].type", "type"),
    ] {
        assert_eq!(problems(&messages).first(), Some(&(path.to_owned(), code)), "{messages}");
    }
    let broken = Compiled::parse("[{\n  \"type\": }]", &words()).map(drop).unwrap_err();
    assert!(broken[0].message.contains("2行目"), "{broken:?}");
}

#[test]
fn a_deleted_field_is_a_missing_value_in_stored_versions() {
    let json = text("{{attr.gone|そのうち}}に").to_string();
    assert!(Compiled::parse(&json, &words()).is_err());
    let (contact, data, zone) = (hanako(), data(), zone());
    let rendered = Compiled::load(&json, &words()).unwrap().render(&Values::of(&contact, "", &data, NOW, &zone));
    assert!(rendered.unwrap().contains("そのうちに"));
}

#[test]
fn emoji_indexes_follow_their_dollar() {
    let rendered = render(&json!([{
        "type": "text", "text": "$ {{name}}様 $5 \\{{ $!",
        "emojis": [
            {"index": 0, "productId": "p", "emojiId": "1"},
            {"index": 19, "productId": "p", "emojiId": "2"},
        ],
    }]))
    .unwrap();
    let message = &rendered[0];
    assert_eq!(message["text"], "$ 花子\"\\😀様 $5 {{ $!");
    let units: Vec<u16> = message["text"].as_str().unwrap().encode_utf16().collect();
    let indexes: Vec<usize> =
        message["emojis"].as_array().unwrap().iter().map(|e| usize::try_from(e["index"].as_u64().unwrap()).unwrap()).collect();
    assert_eq!(indexes, [0, 16]);
    assert!(indexes.iter().all(|index| units[*index] == u16::from(b'$')));
    assert_eq!(message["emojis"][1]["emojiId"], "2");
}

#[test]
fn slots_of_text_v2_stay_and_values_are_escaped() {
    let mut contact = hanako();
    contact.display_name = Some("{user}".into());
    let (data, zone) = (data(), zone());
    let messages = json!([{"type": "textV2", "text": "{smile} {{name}} \\{x\\} \\{{", "substitution": {"smile": {"type": "emoji", "productId": "p", "emojiId": "e"}}}]);
    let rendered = compile(&messages).render(&Values::of(&contact, "", &data, NOW, &zone)).unwrap();
    let rendered: Value = serde_json::from_str(&rendered).unwrap();
    assert_eq!(rendered[0]["text"], "{smile} {{user}} {{x}} {{{{");
    assert_eq!(validate_json(&rendered, SendKind::Push), []);
}

#[test]
fn urls_and_data_are_encoded() {
    let action = |action: Value| json!([{"type": "template", "altText": "a", "template": {"type": "confirm", "text": "t", "actions": [action.clone(), action]}}]);
    let uri = |uri: &str| action(json!({"type": "uri", "label": "l", "uri": uri}));
    let rendered = render(&uri("https://shop.example/?n={{name}}&o={{event.order_no}}")).unwrap();
    assert_eq!(
        rendered[0]["template"]["actions"][0]["uri"],
        "https://shop.example/?n=%E8%8A%B1%E5%AD%90%22%5C%F0%9F%98%80&o=A-1"
    );
    let rendered = render(&uri("{{event.url}}?a=1")).unwrap();
    assert_eq!(rendered[0]["template"]["actions"][0]["uri"], "https://shop.example/o/1?a=1");
    let path = "messages[0].template.actions[0].uri".to_owned();
    assert_eq!(render(&uri("{{event.bad_url}}")), Err(RenderError::BadUrl { path: path.clone() }));
    assert_eq!(render(&uri("{{event.order_no}}")), Err(RenderError::BadUrl { path }));
    let rendered = render(&action(json!({"type": "postback", "label": "l", "data": "a=1&n={{name|x&y=2}}"}))).unwrap();
    assert_eq!(rendered[0]["template"]["actions"][0]["data"], "a=1&n=%E8%8A%B1%E5%AD%90%22%5C%F0%9F%98%80");
}

#[test]
fn what_is_too_long_is_cut_between_characters_or_refused() {
    let family = "👨‍👩‍👧‍👦";
    let mut contact = hanako();
    let (data, zone) = (data(), zone());
    let mut render = |name: &str, messages: Value| {
        contact.display_name = Some(name.to_owned());
        compile(&messages)
            .render(&Values::of(&contact, "", &data, NOW, &zone))
            .map(|json| serde_json::from_str::<Value>(&json).unwrap())
    };
    let rendered = render(&family.repeat(1000), text(&format!("{{{{name}}}}{}", "あ".repeat(4980)))).unwrap();
    assert_eq!(rendered[0]["text"], format!("{family}…{}", "あ".repeat(4980)));
    let refused = render(&family.repeat(1000), text(&format!("{{{{name}}}}{}", "あ".repeat(4990))));
    assert_eq!(refused, Err(RenderError::TooLong { path: "messages[0].text".into(), limit: 5000 }));
    let button = |text: &str| json!([{"type": "text", "text": "a", "quickReply": {"items": [{"type": "action", "action": {"type": "message", "label": "{{name}}", "text": text}}]}}]);
    let rendered = render(&family.repeat(30), button("x")).unwrap();
    assert_eq!(rendered[0]["quickReply"]["items"][0]["action"]["label"], format!("{}…", family.repeat(19)));
    assert!(matches!(render(&"あ".repeat(301), button("{{name}}")), Err(RenderError::TooLong { limit: 300, .. })));
    let two = render(&"あ".repeat(4000), text("{{name}}/{{name}}")).unwrap();
    let two = two[0]["text"].as_str().unwrap();
    assert_eq!(Unit::Utf16.count(two), 5000);
    assert!(two.starts_with(&"あ".repeat(4000)) && two.ends_with("あ…"), "one is cut, and no more than needed");
}

#[test]
fn a_bubble_that_grows_too_big_is_refused() {
    let long = "あ".repeat(4900);
    let bubble = json!({"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": "{{name}}"}, {"type": "text", "text": "{{name}}"}, {"type": "text", "text": "{{name|x}}"}]}});
    let messages = json!([{"type": "flex", "altText": "{{name|お知らせ}}", "contents": bubble}]);
    let mut contact = hanako();
    contact.display_name = Some(long);
    let (data, zone) = (data(), zone());
    let refused = compile(&messages).render(&Values::of(&contact, "", &data, NOW, &zone));
    assert_eq!(refused, Err(RenderError::TooLong { path: "messages[0].contents".into(), limit: line::limits::BUBBLE_BYTES }));
}

#[test]
fn who_gets_the_same_body_is_known() {
    for (source, personal) in [
        ("こんにちは", false),
        ("{{today}}{{now}}{{channel.name}}", false),
        ("{{name|あなた}}", true),
        ("{{birthday|x}}", true),
        ("{{event.x|x}}", true),
    ] {
        assert_eq!(compile(&text(source)).is_personal(), personal, "{source}");
    }
    assert_eq!(compile(&text("{{name|a}}{{name}}{{event.order_no}}")).variables(), ["name", "event.order_no"]);
}

#[test]
fn a_phrase_is_one_text() {
    let (contact, data, zone) = (hanako(), data(), zone());
    let values = Values::of(&contact, "", &data, NOW, &zone);
    assert_eq!(Phrase::parse("{{today|format:yyyy-MM-dd}}", &words()).unwrap().render(&values).as_deref(), Ok("2026-11-22"));
    assert_eq!(
        Phrase::parse("{{event.none}}", &words()).unwrap().render(&values),
        Err(RenderError::Missing { variable: "event.none".into() })
    );
    assert_eq!(Phrase::parse("{{nope}}", &words()).unwrap_err().code, "unknown_variable");
}

/// Messages with a variable in every place that takes one.
fn everything() -> Vec<Value> {
    let v = "{{event.a}}";
    let url = "https://shop.example/?q={{event.a}}";
    let postback = json!({"type": "postback", "label": v, "data": v, "displayText": v});
    let bubble = json!({"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": [
        {"type": "text", "text": v}, {"type": "text", "contents": [{"type": "span", "text": v}]}, {"type": "image", "url": url},
        {"type": "button", "action": {"type": "uri", "label": v, "uri": url, "altUri": {"desktop": url}}}]}});
    vec![
        json!({"type": "text", "text": format!("あ{v}い$う{v}$"), "emojis": [{"index": 13, "productId": "p", "emojiId": "e"}, {"index": 26, "productId": "p", "emojiId": "e"}],
            "sender": {"name": v, "iconUrl": url}, "quickReply": {"items": [{"type": "action", "imageUrl": url, "action": {"type": "message", "label": v, "text": v}}, {"type": "action", "action": {"type": "clipboard", "label": "c", "clipboardText": v}}]}}),
        json!({"type": "textV2", "text": format!("{{e}}{v}{{e}}"), "substitution": {"e": {"type": "emoji", "productId": "p", "emojiId": "e"}}}),
        json!({"type": "image", "originalContentUrl": url, "previewImageUrl": url}),
        json!({"type": "location", "title": v, "address": v, "latitude": 35.0, "longitude": 135.5}),
        json!({"type": "imagemap", "baseUrl": url, "altText": v, "baseSize": {"width": 1040, "height": 1040}, "actions": [
            {"type": "uri", "linkUri": url, "label": v, "area": {"x": 0, "y": 0, "width": 1, "height": 1}},
            {"type": "message", "text": v, "area": {"x": 0, "y": 0, "width": 1, "height": 1}}]}),
        json!({"type": "template", "altText": v, "template": {"type": "buttons", "title": v, "text": v, "actions": [postback]}}),
        json!({"type": "template", "altText": v, "template": {"type": "buttons", "text": v, "actions": [postback]}}),
        json!({"type": "template", "altText": v, "template": {"type": "confirm", "text": v, "actions": [postback, postback]}}),
        json!({"type": "template", "altText": v, "template": {"type": "carousel", "columns": [{"text": v, "actions": [postback]}, {"text": v, "actions": [postback]}]}}),
        json!({"type": "template", "altText": v, "template": {"type": "image_carousel", "columns": [{"imageUrl": url, "action": {"type": "uri", "label": v, "uri": url}}]}}),
        json!({"type": "flex", "altText": v, "contents": bubble}),
        json!({"type": "flex", "altText": v, "contents": {"type": "carousel", "contents": [bubble, bubble, bubble]}}),
    ]
}

#[test]
fn every_place_takes_a_short_value() {
    let data = json!({"a": "緑茶"}).as_object().unwrap().clone();
    for message in everything() {
        let rendered = compile(&json!([message])).render(&Values::shared("", &data, NOW, &zone())).unwrap();
        let rendered: Value = serde_json::from_str(&rendered).unwrap();
        assert_eq!(validate_json(&rendered, SendKind::Push), [], "{rendered}");
        assert!(!rendered.to_string().contains("{{event"), "{rendered}");
    }
}

fn any_value() -> impl Strategy<Value = String> {
    let cluster = prop::sample::select(vec![
        "a",
        "縁",
        "𠮷",
        "😀",
        "👨‍👩‍👧‍👦",
        "🇯🇵",
        "か\u{3099}",
        "\"",
        "\\",
        "\n",
        "{",
        "}",
        "$",
        "\u{301}",
        "\u{200d}",
        "&",
        "%",
        "\u{7}",
        " ",
    ]);
    (prop::collection::vec(cluster, 0..12), prop::sample::select(vec![1usize, 1, 3, 30, 400, 3000]))
        .prop_map(|(clusters, times)| clusters.concat().repeat(times))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever the value is: LINE takes the message, or it is an error.
    #[test]
    fn rendered_messages_keep_the_limits(value in any_value(), which in 0..everything().len()) {
        let compiled = compile(&json!([everything()[which]]));
        let data = json!({"a": value}).as_object().unwrap().clone();
        if let Ok(rendered) = compiled.render(&Values::shared("", &data, NOW, &zone())) {
            let rendered: Value = serde_json::from_str(&rendered).unwrap();
            prop_assert_eq!(validate_json(&rendered, SendKind::Push), [], "{}", rendered);
        }
    }

    /// Nothing typed by staff panics, and what compiles renders as itself or not at all.
    #[test]
    fn any_text_is_read(source in "(\\{\\{|\\}\\}|\\\\|\\||name|today|[+-]3d|format:|M月|\\$|あ|😀| ){0,12}") {
        if let Ok(compiled) = Compiled::parse(&text(&source).to_string(), &words()) {
            let (contact, data, zone) = (hanako(), data(), zone());
            if let Ok(rendered) = compiled.render(&Values::of(&contact, "", &data, NOW, &zone)) {
                let rendered: Value = serde_json::from_str(&rendered).unwrap();
                if compiled.variables().is_empty() {
                    prop_assert_eq!(rendered[0]["text"].as_str().unwrap(), source.replace("\\{{", "{{"));
                }
            }
        }
    }
}
