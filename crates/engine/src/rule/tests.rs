use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::vocabulary::testing::Words;

const CHANNEL: ChannelId = ChannelId(Uuid::from_u128(10));
const OTHER: ChannelId = ChannelId(Uuid::from_u128(11));
/// 2026-11-22 18:05 in Tokyo, a Sunday.
const NOW: i64 = 1_795_338_300_000;

fn tokyo() -> TimeZone {
    TimeZone::get("Asia/Tokyo").unwrap()
}

fn rule(n: u128, trigger: Value) -> Rule {
    Rule {
        id: RuleId(Uuid::from_u128(n)),
        channel: None,
        name: format!("ルール{n}"),
        trigger: serde_json::from_value(trigger).unwrap(),
        hours: None,
        actions: vec![Action::Notify { text: "a".into() }],
        priority: 0,
        enabled: true,
    }
}

fn keyword(mode: &str, words: &[&str]) -> Value {
    json!({"on": "keyword", "mode": mode, "words": words})
}

fn text(text: &str) -> Incoming<'_> {
    Incoming::Message { kind: "text", text }
}

fn answers(rules: &Rules, incoming: &Incoming<'_>) -> Option<u128> {
    rules.answer(CHANNEL, incoming, NOW, &tokyo()).map(|rule| rule.id.0.as_u128())
}

#[test]
fn words_match_however_they_are_typed() {
    for (mode, words, written, expected) in [
        ("exact", vec!["予約"], "予約", true),
        ("exact", vec!["ヨヤク"], " よやく　", true),
        ("exact", vec!["ﾖﾔｸ"], "ヨヤク", true),
        ("exact", vec!["ＭＥＮＵ"], "menu", true),
        ("exact", vec!["予約"], "予約したい", false),
        ("exact", vec!["はい", "いいえ"], "イイエ", true),
        ("contains", vec!["営業時間"], "営業 時間を教えて", true),
        ("contains", vec!["コーヒー"], "こ−ひ−ください", true),
        ("contains", vec!["a.c"], "abc", false),
        ("contains", vec!["クーポン"], "くぽん", false),
        ("regex", vec!["^予約[0-9]+$"], "予約１２", true),
        ("regex", vec!["キャンセル|取消"], "ｷｬﾝｾﾙします", true),
        ("regex", vec!["[ァ-ヴ]{3}"], "アイウ", true),
        ("regex", vec!["order-\\d+"], "ＯＲＤＥＲ-12", true),
        ("regex", vec!["^予約$"], "予約したい", false),
    ] {
        let rules = Rules::new(vec![rule(1, keyword(mode, &words))]);
        assert_eq!(answers(&rules, &text(written)).is_some(), expected, "{mode} {words:?} / {written}");
    }
}

#[test]
fn triggers_fit_their_events() {
    let link = LinkId(Uuid::from_u128(5));
    for (trigger, incoming, expected) in [
        (json!({"on": "follow"}), Incoming::Follow, true),
        (json!({"on": "follow"}), Incoming::Unblock, false),
        (json!({"on": "unblock"}), Incoming::Unblock, true),
        (json!({"on": "postback", "mode": "exact", "data": "a=1"}), Incoming::Postback("a=1"), true),
        (json!({"on": "postback", "mode": "exact", "data": "a=1"}), Incoming::Postback("a=12"), false),
        (json!({"on": "postback", "mode": "prefix", "data": "a="}), Incoming::Postback("a=12"), true),
        (json!({"on": "message", "kinds": ["image", "video"]}), Incoming::Message { kind: "image", text: "" }, true),
        (json!({"on": "message", "kinds": ["image"]}), text("image"), false),
        (json!({"on": "any_message"}), Incoming::Message { kind: "sticker", text: "" }, true),
        (json!({"on": "any_message"}), Incoming::Message { kind: "whatever_line_adds", text: "" }, true),
        (json!({"on": "any_message"}), Incoming::Postback("a"), false),
        (json!({"on": "click"}), Incoming::Click(link), true),
        (json!({"on": "click", "link": link}), Incoming::Click(link), true),
        (json!({"on": "click", "link": Uuid::nil()}), Incoming::Click(link), false),
        (json!({"on": "beacon", "hwid": "x"}), Incoming::Beacon("x"), true),
        (json!({"on": "membership", "action": "joined"}), Incoming::Membership("left"), false),
        (json!({"on": "join"}), Incoming::Join, true),
    ] {
        let rules = Rules::new(vec![rule(1, trigger.clone())]);
        assert_eq!(answers(&rules, &incoming).is_some(), expected, "{trigger} / {incoming:?}");
    }
}

#[test]
fn one_rule_answers_in_order() {
    let mut first = rule(1, keyword("contains", &["予約"]));
    first.priority = 5;
    let mut second = rule(2, keyword("exact", &["予約"]));
    second.priority = 10;
    let mut fallback = rule(3, json!({"on": "any_message"}));
    fallback.priority = 100;
    let same = Rule { id: RuleId(Uuid::from_u128(4)), ..first.clone() };
    let rules = Rules::new(vec![fallback.clone(), same.clone(), first.clone(), second.clone()]);
    assert_eq!(rules.list().iter().map(|r| r.id.0.as_u128()).collect::<Vec<_>>(), [2, 1, 4, 3]);
    assert_eq!(answers(&rules, &text("予約")), Some(2));
    assert_eq!(answers(&rules, &text("予約です")), Some(1));
    assert_eq!(answers(&rules, &text("こんにちは")), Some(3), "the fallback comes last whatever its priority");
    second.enabled = false;
    first.channel = Some(OTHER);
    let rules = Rules::new(vec![fallback, same, first, second]);
    assert_eq!(answers(&rules, &text("予約")), Some(4));
}

#[test]
fn every_rule_says_why() {
    let mut off = rule(1, keyword("exact", &["予約"]));
    off.enabled = false;
    let mut elsewhere = rule(2, keyword("exact", &["予約"]));
    elsewhere.channel = Some(OTHER);
    let mut closed = rule(3, keyword("exact", &["予約"]));
    closed.hours =
        Some(serde_json::from_value(json!({"weekdays": ["mon"], "ranges": [{"from": "09:00", "to": "18:00"}]})).unwrap());
    let broken = rule(6, keyword("regex", &["("]));
    let rules = vec![
        off,
        elsewhere,
        closed,
        rule(4, keyword("contains", &["予約"])),
        rule(5, keyword("contains", &["約"])),
        broken,
        rule(7, json!({"on": "follow"})),
    ];
    let rules = Rules::new(rules);
    let verdicts = rules.explain(CHANNEL, &text("予約"), NOW, &tokyo());
    let earlier = Why::Earlier { rule: RuleId(Uuid::from_u128(4)), name: "ルール4".into() };
    let whys: Vec<Why> = verdicts.iter().map(|v| v.why.clone()).collect();
    assert_eq!(whys, [Why::Off, Why::OtherChannel, Why::OutsideHours, Why::Answers, earlier, Why::Broken, Why::NoMatch]);
    assert!(verdicts[2].text.contains("月 09:00〜18:00"), "{}", verdicts[2].text);
    assert_eq!(rules.broken(), [RuleId(Uuid::from_u128(6))]);
    assert_eq!(answers(&rules, &text("予約")), Some(4));
}

#[test]
fn hours_go_over_midnight() {
    // 2026-11-22 is a Sunday.
    for (hours, local, expected) in [
        (json!({}), "2026-11-22T03:00", true),
        (json!({"weekdays": ["sun"]}), "2026-11-22T23:59", true),
        (json!({"weekdays": ["sun"]}), "2026-11-23T00:00", false),
        (json!({"ranges": [{"from": "09:00", "to": "18:00"}]}), "2026-11-22T09:00", true),
        (json!({"ranges": [{"from": "09:00", "to": "18:00"}]}), "2026-11-22T18:00", false),
        (json!({"ranges": [{"from": "09:00", "to": "24:00"}]}), "2026-11-22T23:59", true),
        (json!({"weekdays": ["sun"], "ranges": [{"from": "18:00", "to": "02:00"}]}), "2026-11-23T01:59", true),
        (json!({"weekdays": ["sun"], "ranges": [{"from": "18:00", "to": "02:00"}]}), "2026-11-22T01:59", false),
        (json!({"weekdays": ["sun"], "ranges": [{"from": "18:00", "to": "02:00"}]}), "2026-11-23T18:00", false),
        (json!({"ranges": [{"from": "10:00", "to": "10:00"}]}), "2026-11-22T09:59", true),
        (json!({"ranges": [{"from": "09:00", "to": "18:00"}], "side": "outside"}), "2026-11-22T18:00", true),
        (json!({"weekdays": ["mon"], "side": "outside"}), "2026-11-22T18:00", true),
    ] {
        let parsed: Hours = serde_json::from_value(hours.clone()).unwrap();
        let at = tokyo().to_zoned(format!("{local}:00").parse().unwrap()).unwrap().timestamp().as_millisecond();
        assert_eq!(parsed.hold(at, &tokyo()), expected, "{hours} at {local}");
    }
}

#[test]
fn clock_times_are_read_strictly() {
    for (text, minutes) in [
        ("00:00", Some(0)),
        ("9:05", Some(545)),
        ("24:00", Some(1440)),
        ("24:01", None),
        ("12:60", None),
        ("12", None),
        ("+1:00", None),
        ("1:5", None),
    ] {
        assert_eq!(text.parse::<ClockTime>().ok().map(ClockTime::minutes), minutes, "{text}");
    }
}

#[test]
fn mistakes_have_a_path() {
    let words = Words::default();
    let long = "あ".repeat(101);
    let huge = "(a{50}){50}";
    for (trigger, path, code) in [
        (keyword("exact", &[]), "trigger.words", "empty"),
        (keyword("exact", &["a", " 　"]), "trigger.words[1]", "empty"),
        (keyword("contains", &[&long]), "trigger.words[0]", "too_long"),
        (keyword("regex", &["("]), "trigger.words[0]", "bad_pattern"),
        (keyword("regex", &["(?=a)"]), "trigger.words[0]", "bad_pattern"),
        (keyword("regex", &[&format!("{huge}{huge}{huge}")]), "trigger.words[0]", "bad_pattern"),
        (keyword("regex", &["a*"]), "trigger.words[0]", "matches_all"),
        (keyword("exact", &["a"; 51]), "trigger.words", "too_many"),
        (json!({"on": "postback", "mode": "exact", "data": ""}), "trigger.data", "empty"),
        (json!({"on": "message", "kinds": []}), "trigger.kinds", "empty"),
    ] {
        let problems = rule(1, trigger.clone()).problems(&words);
        assert_eq!(problems.first().map(|p| (p.path.as_str(), p.code)), Some((path, code)), "{trigger}");
    }
    let actions =
        |action: Value| Rule { actions: vec![serde_json::from_value(action).unwrap()], ..rule(1, json!({"on": "follow"})) };
    for (action, path, code) in [
        (json!({"action": "tag_add", "tag": Uuid::nil()}), "actions[0].tag", "unknown_tag"),
        (json!({"action": "attribute", "key": "x", "value": "{{name}}"}), "actions[0].key", "unknown_attribute"),
        (json!({"action": "message", "template": Uuid::nil()}), "actions[0].template", "unknown_template"),
        (json!({"action": "journey_start", "journey": Uuid::nil()}), "actions[0].journey", "unknown_journey"),
        (json!({"action": "webhook", "url": "http://shop.example/"}), "actions[0].url", "bad_url"),
    ] {
        let problems = actions(action.clone()).problems(&words);
        assert_eq!(problems.first().map(|p| (p.path.as_str(), p.code)), Some((path, code)), "{action}");
    }
    assert!(serde_json::from_value::<Trigger>(json!({"on": "follow", "x": 1})).is_err());
}

proptest! {
    /// The compiled sets find what asking each word finds.
    #[test]
    fn sets_agree_with_asking_one_by_one(
        words in prop::collection::vec(prop::collection::vec("[あいアイaA. ]{1,3}", 1..3), 1..6),
        contains in any::<bool>(),
        written in "[あいうアイウａAb. ]{0,6}",
    ) {
        let mode = if contains { "contains" } else { "exact" };
        let rules: Vec<Rule> = words.iter().zip(1..).map(|(words, n)| {
            rule(n, keyword(mode, &words.iter().map(String::as_str).collect::<Vec<_>>()))
        }).collect();
        let folded = fold(&written);
        let expected = words.iter().position(|words| words.iter().map(|w| fold(w)).filter(|w| !w.is_empty()).any(|word| if contains { folded.contains(&word) } else { folded == word }));
        let got = answers(&Rules::new(rules), &text(&written)).map(|n| usize::try_from(n).unwrap() - 1);
        prop_assert_eq!(got, expected);
    }

    /// No pattern or text panics or stops the others.
    #[test]
    fn patterns_are_data(pattern in "\\PC{0,20}", written in "\\PC{0,30}") {
        let rules = Rules::new(vec![rule(1, keyword("regex", &[&pattern])), rule(2, json!({"on": "any_message"}))]);
        prop_assert!(answers(&rules, &text(&written)).is_some());
    }
}
