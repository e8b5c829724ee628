//! Requests that carry no messages.

use super::{put, texts};
use line::validate::{self, Unit};
use serde_json::{Value, json};

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
