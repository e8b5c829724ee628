use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::contact::{AttributeValue, Contact, Enrollment, EnrollmentState, Friendship};
use crate::ids::{EnrollmentId, JourneyVersionId};
use crate::vocabulary::testing::{Words, somebody};
use crate::workspace::AttributeType;

/// 2026-02-28 23:30 in Tokyo; a Saturday, and not a leap year.
pub(super) const NOW: i64 = 1_772_289_000_000;
pub(super) const CHANNEL: ChannelId = ChannelId(Uuid::from_u128(10));
pub(super) const TAG: TagId = TagId(Uuid::from_u128(20));
pub(super) const JOURNEY: JourneyId = JourneyId(Uuid::from_u128(30));

pub(super) fn words() -> Words {
    let mut words = Words::of(&[
        ("size", AttributeType::Text),
        ("points", AttributeType::Number),
        ("birthday", AttributeType::Date),
        ("visit", AttributeType::Datetime),
        ("member", AttributeType::Yesno),
    ]);
    words.tags.insert(TAG, "VIP".into());
    words.tags.insert(TagId(Uuid::from_u128(21)), "新規".into());
    words.channels.insert(CHANNEL, "縁茶屋".into());
    words.channels.insert(ChannelId(Uuid::from_u128(11)), "二号店".into());
    words.journeys.insert(JOURNEY, "あいさつ".into());
    words
}

pub(super) fn zone() -> TimeZone {
    TimeZone::get("Asia/Tokyo").unwrap()
}

/// Millisecond of a local moment.
fn at(local: &str) -> i64 {
    let zone = zone();
    let local: jiff::civil::DateTime = local.parse().unwrap();
    zone.to_zoned(local).unwrap().timestamp().as_millisecond()
}

fn set(contact: &mut Contact, key: &str, text: &str, number: Option<f64>) {
    contact.attributes.insert(words().attributes[key].id, AttributeValue { text: text.into(), number });
}

fn date(contact: &mut Contact, key: &str, text: &str) {
    set(contact, key, text, Some(probe::day_number(text.parse().unwrap())));
}

fn hanako() -> Contact {
    let mut contact = somebody(100);
    contact.display_name = Some("ヤマダ　ハナコ".into());
    contact.language = Some("ja".into());
    contact.created_at = at("2026-02-01T00:00:00");
    contact.tags.insert(TAG);
    set(&mut contact, "size", "L サイズ", None);
    set(&mut contact, "points", "120", Some(120.0));
    date(&mut contact, "birthday", "1992-02-29");
    #[expect(clippy::cast_precision_loss, reason = "small enough")]
    set(&mut contact, "visit", "", Some(at("2026-02-28T00:00:00") as f64));
    set(&mut contact, "member", "1", Some(1.0));
    contact.friendships.insert(
        CHANNEL,
        Friendship {
            user_id: "U1".into(),
            state: FriendState::Friend,
            changed_at: 1,
            friend_since: Some(at("2026-01-29T00:00:00")),
            source: Some("店頭QR".into()),
        },
    );
    contact
}

fn walk(n: u128, state: EnrollmentState, key: &str, node: &str) -> Enrollment {
    Enrollment {
        id: EnrollmentId(Uuid::from_u128(n)),
        journey: JOURNEY,
        version: JourneyVersionId::nil(),
        key: key.into(),
        state,
        node: node.into(),
        due_at: None,
        steps: 0,
        context: serde_json::Map::new(),
        reason: None,
        entered_at: 0,
    }
}

fn holds(contact: &Contact, condition: &Value, event: Option<&Value>) -> bool {
    let (zone, words) = (zone(), words());
    let used = if event.is_some() { Use::Event } else { Use::Audience };
    let condition = Condition::read(condition, "", used, &words).unwrap_or_else(|problems| panic!("{condition}: {problems:?}"));
    let context = Context { now: NOW, zone: &zone, words: &words, event: event.and_then(Value::as_object) };
    evaluate(&condition, contact, &context)
}

#[test]
fn conditions_hold_as_they_read() {
    let mut contact = hanako();
    contact.enrollments = vec![
        walk(1, EnrollmentState::Goal, "", "n1"),
        walk(2, EnrollmentState::Done, "", "n1"),
        walk(3, EnrollmentState::Exited, "order-2", "n1"),
        walk(4, EnrollmentState::Active, "order-3", "n2"),
    ];
    let attr = |key: &str, test: Value| json!({"is": "attribute", "key": key, "test": test});
    let journey = |state: Value| json!({"is": "journey", "journey": JOURNEY, "state": state});
    let friend = |channel: u128, states: &[&str]| json!({"is": "friend", "channel": Uuid::from_u128(channel), "states": states});
    for (condition, expected) in [
        (json!({"is": "all", "of": []}), true),
        (json!({"is": "any", "of": []}), false),
        (json!({"is": "tag", "tag": TAG}), true),
        (json!({"is": "no_tag", "tag": TAG}), false),
        (json!({"is": "not", "of": {"is": "tag", "tag": TAG}}), false),
        (json!({"is": "all", "of": [{"is": "tag", "tag": TAG}, {"is": "staff"}]}), false),
        (json!({"is": "any", "of": [{"is": "tag", "tag": TAG}, {"is": "staff"}]}), true),
        (json!({"is": "consent"}), true),
        (json!({"is": "kind", "kind": "person"}), true),
        (attr("size", json!({"equals": "L サイズ"})), true),
        (attr("size", json!({"not": "L サイズ"})), false),
        (attr("size", json!({"contains": "サイ"})), true),
        (attr("size", json!({"contains": "さい"})), false),
        (attr("size", json!({"starts": "L"})), true),
        (attr("size", json!({"starts": "l"})), false),
        (attr("size", json!({"one_of": ["M", "L サイズ"]})), true),
        (attr("size", json!("exists")), true),
        (attr("size", json!("missing")), false),
        (attr("points", json!({"equals": "120.0"})), true),
        (attr("points", json!({"not": "1,20"})), false),
        (attr("points", json!({"ge": 120})), true),
        (attr("points", json!({"gt": 120})), false),
        (attr("points", json!({"lt": 120.5})), true),
        (attr("points", json!({"le": 119.9})), false),
        (attr("points", json!({"between": {"from": 100, "to": 120}})), true),
        (attr("birthday", json!({"before": "1992-03-01"})), true),
        (attr("birthday", json!({"before": "1992-02-29"})), false),
        (attr("birthday", json!({"on_or_after": "1992-02-29"})), true),
        (attr("birthday", json!({"on": "1992-02-29"})), true),
        (attr("birthday", json!({"birthday_month": "this"})), true),
        (attr("birthday", json!({"birthday_month": "next"})), false),
        (attr("birthday", json!({"birthday_month": {"month": 2}})), true),
        (attr("birthday", json!({"birthday_within": {"from": 0, "to": 0}})), true),
        (attr("birthday", json!({"birthday_within": {"from": 1, "to": 30}})), false),
        (attr("birthday", json!({"birthday_within": {"from": -10, "to": -1}})), false),
        (attr("visit", json!({"on": "2026-02-28"})), true),
        (attr("visit", json!({"within_days": {"from": 0, "to": 0}})), true),
        (attr("visit", json!({"within_days": {"from": -3, "to": -1}})), false),
        (attr("member", json!({"equals": "1"})), true),
        (friend(10, &["friend"]), true),
        (friend(10, &["never", "blocked"]), false),
        (friend(11, &["never"]), true),
        (friend(11, &["friend", "unknown"]), false),
        (json!({"is": "friend_since", "channel": CHANNEL, "when": {"within_days": 30}}), true),
        (json!({"is": "friend_since", "channel": CHANNEL, "when": {"within_days": 29}}), false),
        (json!({"is": "friend_since", "channel": CHANNEL, "when": {"older_than_days": 29}}), true),
        (json!({"is": "friend_since", "channel": CHANNEL, "when": {"before": "2026-01-29"}}), false),
        (json!({"is": "friend_since", "channel": CHANNEL, "when": {"on_or_after": "2026-01-29"}}), true),
        (json!({"is": "wrote", "channel": CHANNEL, "when": "never"}), true),
        (json!({"is": "wrote", "channel": CHANNEL, "when": {"older_than_days": 1}}), false),
        (json!({"is": "source", "channel": CHANNEL, "sources": ["店頭QR"]}), true),
        (json!({"is": "source", "channel": Uuid::from_u128(11), "sources": ["店頭QR"]}), false),
        (json!({"is": "name", "contains": "やまだはな"}), true),
        (json!({"is": "name", "contains": "山田"}), false),
        (json!({"is": "language", "languages": ["en", "ja"]}), true),
        (json!({"is": "created", "when": {"before": "2026-02-01"}}), false),
        (json!({"is": "contacts", "ids": [contact.id]}), true),
        (journey(json!("never")), false),
        (journey(json!("active")), true),
        (journey(json!("done")), true),
        (journey(json!("goal")), false),
        (journey(json!("exited")), true),
        (journey(json!({"at": "n2"})), true),
        (journey(json!({"at": "n1"})), false),
    ] {
        assert_eq!(holds(&contact, &condition, None), expected, "{condition}");
    }
}

#[test]
fn the_unknown_fits_no_comparison() {
    let nobody = somebody(1);
    for test in [json!({"lt": 5}), json!({"ge": 5})] {
        assert!(!holds(&nobody, &json!({"is": "attribute", "key": "points", "test": test}), None));
    }
    assert!(holds(&nobody, &json!({"is": "attribute", "key": "points", "test": {"not": "5"}}), None));
    assert!(!holds(&nobody, &json!({"is": "language", "languages": ["ja"]}), None));
    assert!(holds(&nobody, &json!({"is": "friend_since", "channel": CHANNEL, "when": "never"}), None));
}

#[test]
fn event_data_is_judged_by_its_kind() {
    let event = json!({"total": 5000, "price": "1200", "when": "2026-02-28T14:00:00Z", "customer": {"rank": "gold"}, "items": [1], "gone": null, "first": true});
    let nobody = somebody(1);
    for (key, test, expected) in [
        ("total", json!({"ge": 5000}), true),
        ("total", json!({"equals": "5000"}), true),
        ("price", json!({"lt": 1300}), true),
        ("when", json!({"on": "2026-02-28"}), true),
        ("when", json!({"within_days": {"from": 0, "to": 1}}), true),
        ("customer.rank", json!({"one_of": ["gold"]}), true),
        ("items.0", json!({"equals": "1"}), true),
        ("items", json!("exists"), true),
        ("gone", json!("missing"), true),
        ("first", json!({"equals": "1"}), true),
        ("nothing", json!({"equals": "1"}), false),
        ("nothing", json!({"not": "1"}), true),
        ("customer.rank", json!({"ge": 1}), false),
    ] {
        let condition = json!({"is": "event", "key": key, "test": test});
        assert_eq!(holds(&nobody, &condition, Some(&event)), expected, "{condition}");
    }
}

#[test]
fn mistakes_have_a_path() {
    let words = words();
    let deep = (0..7).fold(json!({"is": "staff"}), |part, _| json!({"is": "not", "of": part}));
    let wide = json!({"is": "any", "of": vec![json!({"is": "staff"}); 101]});
    for (condition, path, code) in [
        (json!({"is": "all", "of": [{"is": "staff"}, {"is": "tag", "tag": Uuid::nil()}]}), "c.of[1].tag", "unknown_tag"),
        (json!({"is": "all", "of": [{"is": "not", "of": {"is": "tag"}}]}), "c.of[0].of", "bad_shape"),
        (json!({"is": "all", "of": [{"is": "tag", "tag": TAG, "x": 1}]}), "c.of[0]", "bad_shape"),
        (json!({"is": "staff", "x": 1}), "c", "bad_shape"),
        (json!({"is": "all", "of": [], "x": 1}), "c", "bad_shape"),
        (json!({"is": "nothing"}), "c", "bad_shape"),
        (json!(5), "c", "bad_shape"),
        (json!({"is": "attribute", "key": "x", "test": "exists"}), "c.key", "unknown_attribute"),
        (json!({"is": "attribute", "key": "size", "test": {"lt": 5}}), "c.test", "wrong_type"),
        (json!({"is": "attribute", "key": "points", "test": {"equals": "abc"}}), "c.test", "wrong_type"),
        (json!({"is": "attribute", "key": "visit", "test": {"birthday_month": "this"}}), "c.test", "wrong_type"),
        (json!({"is": "attribute", "key": "birthday", "test": {"birthday_month": {"month": 13}}}), "c.test", "out_of_range"),
        (json!({"is": "attribute", "key": "birthday", "test": {"within_days": {"from": 3, "to": 1}}}), "c.test", "out_of_range"),
        (json!({"is": "attribute", "key": "birthday", "test": {"before": "2026-02-30"}}), "c", "bad_shape"),
        (json!({"is": "attribute", "key": "size", "test": {"one_of": []}}), "c.test", "empty"),
        (json!({"is": "attribute", "key": "size", "test": {"contains": "a\u{0}"}}), "c.test", "bad_text"),
        (json!({"is": "friend", "channel": Uuid::nil(), "states": ["friend"]}), "c.channel", "unknown_channel"),
        (json!({"is": "wrote", "channel": CHANNEL, "when": {"within_days": -1}}), "c.when", "out_of_range"),
        (json!({"is": "name", "contains": "\u{200b}"}), "c.contains", "empty"),
        (json!({"is": "event", "key": "total", "test": "exists"}), "c", "no_event"),
        (json!({"is": "contacts", "ids": []}), "c.ids", "empty"),
        (deep, "c.of.of.of.of.of.of", "too_deep"),
        (wide, "c", "too_many"),
    ] {
        let problems = Condition::read(&condition, "c", Use::Audience, &words).unwrap_err();
        assert_eq!((problems[0].path.as_str(), problems[0].code), (path, code), "{condition}: {problems:?}");
    }
    let two = json!({"is": "any", "of": [{"is": "tag", "tag": Uuid::nil()}, {"is": "bad"}, {"is": "worse"}]});
    assert_eq!(Condition::read(&two, "c", Use::Audience, &words).unwrap_err().len(), 2, "all mistakes of shape at once");
}

#[test]
fn every_condition_survives_json() {
    for condition in [
        Condition::everybody(),
        Condition::Attribute { key: "a".into(), test: Test::Before(Day("2026-01-01".parse().unwrap())) },
        Condition::Attribute { key: "a".into(), test: Test::BirthdayMonth(MonthOf::Month(3)) },
        Condition::Journey { journey: JOURNEY, state: Walk::At("n".into()) },
        Condition::Not { of: Box::new(Condition::Consent {}) },
    ] {
        let json = serde_json::to_string(&condition).unwrap();
        assert_eq!(serde_json::from_str::<Condition>(&json).unwrap(), condition, "{json}");
    }
}

#[test]
fn explanations_read_as_sentences() {
    let (zone, words) = (zone(), words());
    let context = Context { now: NOW, zone: &zone, words: &words, event: None };
    let condition = Condition::All {
        of: vec![
            Condition::Tag { tag: TAG },
            Condition::Not { of: Box::new(Condition::Attribute { key: "points".into(), test: Test::Ge(500.0) }) },
            Condition::Friend { channel: CHANNEL, states: vec![FriendState::Blocked] },
            Condition::Wrote { channel: CHANNEL, when: When::WithinDays(7) },
        ],
    };
    let explained = explain(&condition, &hanako(), &context);
    assert_eq!(
        explained.to_string(),
        "✗ 次のすべてに当てはまる\n  ✓ タグ「VIP」がついている\n  ✓ 次に当てはまらない\n    ✗ 「points欄」が500以上(120)\n  \
         ✗ 縁茶屋での友だち状態がブロック中(友だち)\n  ✗ 縁茶屋に最後に話しかけたのが7日以内(記録なし)\n"
    );
}

#[test]
fn days_begin_where_the_clock_says() {
    // Midnight of this day does not exist in Beirut (2026-03-29, clocks go from 0:00 to 1:00).
    let beirut = TimeZone::get("Asia/Beirut").unwrap();
    let start = day_start("2026-03-29".parse().unwrap(), &beirut);
    assert_eq!(date_of(start, &beirut), "2026-03-29".parse().unwrap());
    assert_eq!(date_of(start - 1, &beirut), "2026-03-28".parse().unwrap());
}

#[test]
fn unknown_fields_never_hold() {
    let (zone, words) = (zone(), Words { attributes: BTreeMap::new(), ..words() });
    let context = Context { now: NOW, zone: &zone, words: &words, event: None };
    let condition = Condition::Attribute { key: "size".into(), test: Test::Missing };
    assert!(!evaluate(&condition, &hanako(), &context));
    assert_eq!(to_sql(&condition, &context, 1), ("1 = 0".to_owned(), vec![]));
}
