//! The tables of requests that carry no messages: coupons, rich menu batches, narrowcasts.

use super::Problem;
use super::form::{ALIAS_ID, RESUME_KEY};
use super::schema::{ANY_TEXT, Family, HTTPS, Kind, Object, Walk, list, may, must, no_rules, some_utf16, utf16, whole};
use crate::json::Extra;
use crate::limits;
use serde_json::Value;
use std::collections::HashSet;

// Coupons (Messaging API reference, "Create a coupon").

pub(super) static COUPON: Object = Object {
    name: "CouponCreateRequest",
    fields: &[
        must("title", some_utf16(60)),
        must("startTimestamp", SECONDS),
        must("endTimestamp", SECONDS),
        must("timezone", ANY_TEXT),
        must("visibility", Kind::Word(&["PUBLIC", "UNLISTED"])),
        must("maxUseCountPerTicket", Kind::Whole { min: -1, max: 1 }),
        must("acquisitionCondition", Kind::Family(&ACQUISITION)),
        may("reward", Kind::Family(&REWARD)),
        may("description", utf16(1_000)),
        may("usageCondition", utf16(100)),
        may("imageUrl", HTTPS),
        may("barcodeImageUrl", HTTPS),
        may("couponCode", utf16(16)),
    ],
    rules: |walk, coupon| {
        not_zero(walk, coupon, "maxUseCountPerTicket");
        let time = |name| coupon.get(name).and_then(Value::as_i64);
        if let (Some(start), Some(end)) = (time("startTimestamp"), time("endTimestamp"))
            && start >= end
        {
            walk.at_field("endTimestamp", |walk| {
                walk.rule("終了は開始より後にしてください。", "The end must come after the start.");
            });
        }
    },
};

/// Unix seconds; up to the year 9999.
const SECONDS: Kind = Kind::Whole { min: 0, max: 253_402_300_799 };
const PERCENT: Kind = Kind::Whole { min: 1, max: 99 };

static ACQUISITION: Family = Family {
    types: &["normal", "lottery"],
    members: &[&Object { name: "NormalAcquisitionConditionRequest", fields: &[], rules: no_rules }, &LOTTERY],
    common: &[],
};

static LOTTERY: Object = Object {
    name: "LotteryAcquisitionConditionRequest",
    fields: &[must("lotteryProbability", PERCENT), must("maxAcquireCount", Kind::Whole { min: -1, max: 999_999 })],
    rules: |walk, lottery| not_zero(walk, lottery, "maxAcquireCount"),
};

/// Fields in which -1 means "no limit" and 0 nothing at all.
fn not_zero(walk: &mut Walk, fields: &Extra, name: &str) {
    if fields.get(name).and_then(Value::as_i64) == Some(0) {
        walk.at_field(name, |walk| {
            walk.rule("1以上、または無制限の-1にしてください。", "At least 1, or -1 for no limit.");
        });
    }
}

static REWARD: Family = Family {
    types: &["discount", "cashBack", "free", "gift", "others"],
    members: &[
        &Object { name: "CouponDiscountRewardRequest", fields: &[may("priceInfo", Kind::Family(&DISCOUNT))], rules: no_rules },
        &Object { name: "CouponCashBackRewardRequest", fields: &[may("priceInfo", Kind::Family(&CASH_BACK))], rules: no_rules },
        &Object { name: "CouponFreeRewardRequest", fields: &[], rules: no_price },
        &Object { name: "CouponGiftRewardRequest", fields: &[], rules: no_price },
        &Object { name: "CouponOthersRewardRequest", fields: &[], rules: no_price },
    ],
    common: &[],
};

fn no_price(walk: &mut Walk, reward: &Extra) {
    if reward.contains_key("priceInfo") {
        walk.at_field("priceInfo", |walk| {
            walk.rule("この種類の特典では指定できません。", "Not for this kind of reward.");
        });
    }
}

static DISCOUNT: Family = Family {
    types: &["fixed", "percentage", "explicit"],
    members: &[
        &Object { name: "DiscountFixedPriceInfoRequest", fields: &[must("fixedAmount", whole(1))], rules: no_rules },
        &Object { name: "DiscountPercentagePriceInfoRequest", fields: &[must("percentage", PERCENT)], rules: no_rules },
        &Object {
            name: "DiscountExplicitPriceInfoRequest",
            fields: &[must("originalPrice", whole(1)), must("priceAfterDiscount", whole(0))],
            rules: no_rules,
        },
    ],
    common: &[],
};

static CASH_BACK: Family = Family {
    types: &["fixed", "percentage"],
    members: &[
        &Object { name: "CashBackFixedPriceInfoRequest", fields: &[must("fixedAmount", whole(1))], rules: no_rules },
        &Object { name: "CashBackPercentagePriceInfoRequest", fields: &[must("percentage", PERCENT)], rules: no_rules },
    ],
    common: &[],
};

// Rich menus of many users and their tabs.

pub(super) static BATCH: Object = Object {
    name: "RichMenuBatchRequest",
    fields: &[
        must("operations", list(1, limits::BATCH_OPERATIONS, &Kind::Family(&OPERATION))),
        may("resumeRequestKey", RESUME_KEY),
    ],
    rules: batch,
};

static OPERATION: Family = Family {
    types: &["link", "unlink", "unlinkAll"],
    members: &[
        &Object { name: "RichMenuBatchLinkOperation", fields: &[must("from", ANY_TEXT), must("to", ANY_TEXT)], rules: no_rules },
        &Object { name: "RichMenuBatchUnlinkOperation", fields: &[must("from", ANY_TEXT)], rules: no_rules },
        &Object { name: "RichMenuBatchUnlinkAllOperation", fields: &[], rules: no_rules },
    ],
    common: &[],
};

fn batch(walk: &mut Walk, request: &Extra) {
    let Some(operations) = request.get("operations").and_then(Value::as_array) else { return };
    let all = operations.iter().any(|one| one.get("type") == Some(&"unlinkAll".into()));
    walk.at_field("operations", |walk| {
        if all && operations.len() > 1 {
            walk.rule("unlinkAllは他の操作と組み合わせられません。", "unlinkAll cannot be combined with other operations.");
        }
        let mut seen = HashSet::new();
        for (index, operation) in operations.iter().enumerate() {
            let Some(from) = operation.get("from").and_then(Value::as_str) else { continue };
            if !seen.insert(from) {
                walk.at_item(index, |walk| {
                    walk.at_field("from", |walk| {
                        walk.rule("同じリッチメニューが2回以上指定されています。", "The same rich menu is named twice.");
                    });
                });
            }
        }
    });
}

pub(super) static ALIAS: Object = Object {
    name: "CreateRichMenuAliasRequest",
    fields: &[must("richMenuAliasId", ALIAS_ID), must("richMenuId", ANY_TEXT)],
    rules: no_rules,
};

// Narrowcasts.

pub(super) static NARROWCAST: Object = Object {
    name: "NarrowcastRequest",
    fields: &[may("limit", Kind::Object(&LIMIT))],
    rules: |walk, request| {
        let leaves = |part: Option<&Value>| part.map_or(0, leaves);
        let filter = request.get("filter").and_then(|filter| filter.get("demographic"));
        for (name, part, max) in [
            ("recipient", request.get("recipient"), limits::NARROWCAST_RECIPIENTS),
            ("filter", filter, limits::NARROWCAST_FILTERS),
        ] {
            let actual = leaves(part);
            if actual > max {
                walk.at_field(name, |walk| walk.report(Problem::Count { min: 0, max, actual }));
            }
        }
    },
};

static LIMIT: Object = Object {
    name: "Limit",
    fields: &[may("max", whole(1)), may("upToRemainingQuota", Kind::Flag), may("forbidPartialDelivery", Kind::Flag)],
    rules: |walk, limit| {
        let set = |name| limit.get(name) == Some(&Value::Bool(true));
        if set("forbidPartialDelivery") && !set("upToRemainingQuota") {
            walk.at_field("forbidPartialDelivery", |walk| {
                walk.rule("upToRemainingQuotaと一緒に指定してください。", "Needs upToRemainingQuota.");
            });
        }
    },
};

/// Conditions under all operators.
fn leaves(part: &Value) -> usize {
    if part.get("type") != Some(&"operator".into()) {
        return 1;
    }
    let many = ["and", "or"].iter().filter_map(|name| part.get(name)?.as_array()).flatten();
    many.chain(part.get("not")).map(leaves).sum()
}
