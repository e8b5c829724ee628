//! Coupons.

use crate::answer::{Answer, Detail};
use crate::api::user::{page, put_next};
use crate::call::Call;
use crate::check::{At, Check, Count};
use crate::json::Json;
use crate::route::Route;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub const ROUTES: &[Route] = &[
    Route::post("/v2/bot/coupon", "coupon_create", create).rate(200, 1),
    Route::get("/v2/bot/coupon", "coupon_list", list).rate(200, 1),
    Route::put("/v2/bot/coupon/{couponId}/close", "coupon_close", close).rate(200, 1),
    Route::get("/v2/bot/coupon/{couponId}", "coupon_get", get).rate(200, 1),
];

const VALID_MAX: usize = 5000;
const STATUSES: [&str; 3] = ["DRAFT", "RUNNING", "CLOSED"];

struct Coupon {
    json: Value,
    ends_s: i64,
    closed: Option<()>,
}

impl Coupon {
    fn status(&self, now_ms: i64) -> &'static str {
        if self.closed.is_some() || now_ms / 1000 >= self.ends_s { "CLOSED" } else { "RUNNING" }
    }
}

/// A channel's coupons.
#[derive(Default)]
pub struct Coupons(BTreeMap<String, Coupon>);

fn create(call: &Call) -> Answer {
    try_create(call).unwrap_or_else(|answer| answer)
}

fn sized(check: &mut Check, json: &Json, at: &At, name: &str, least: usize, most: usize) {
    let length = json.text(name).map_or(0, |text| Count::Utf16.of(text));
    if length < least || length > most {
        check.fail(&at.field(name), format!("Size must be between {least} and {most}"));
    }
}

fn try_create(call: &Call) -> Result<Answer, Answer> {
    let json = call.json()?;
    let mut check = Check::default();
    let root = At::root("");
    sized(&mut check, &json, &root, "title", 1, 60);
    sized(&mut check, &json, &root, "description", 0, 1000);
    sized(&mut check, &json, &root, "usageCondition", 0, 100);
    sized(&mut check, &json, &root, "couponCode", 0, 16);
    check.text(&json, &root, "timezone", 50, Count::Utf16);
    for name in ["imageUrl", "barcodeImageUrl"] {
        check.optional_https(&json, &root, name, 2000);
    }
    let starts = check.int(&json, &root, "startTimestamp", 0, i64::from(u32::MAX)).unwrap_or(0);
    let ends = check.int(&json, &root, "endTimestamp", 0, i64::from(u32::MAX)).unwrap_or(0);
    if ends <= starts {
        check.fail(&root.field("endTimestamp"), "Must be after startTimestamp");
    }
    listed(&mut check, &json, &root, "visibility", &["PUBLIC", "UNLISTED"]);
    if !matches!(json.int("maxUseCountPerTicket"), Some(1 | -1)) {
        check.fail(&root.field("maxUseCountPerTicket"), "Must be one of the following values: [1,-1]");
    }
    acquisition(&mut check, &json, &root);
    reward(&mut check, &json, &root);
    check.verdict()?;
    let mut coupons = call.channel().coupons.lock();
    let valid = coupons.0.values().filter(|coupon| coupon.status(call.now_ms) == "RUNNING").count();
    if valid >= VALID_MAX {
        return Err(Answer::invalid_one("You have too many coupons created.", ""));
    }
    let id = call.world.ids.ulid(call.now_ms).to_string();
    let mut stored = json.to_value();
    stored["couponId"] = json!(id);
    stored["createdTimestamp"] = json!(call.now_ms / 1000);
    stored["maxTicketPerUser"] = json!(1);
    // Amounts have a currency, percentages have none.
    if matches!(stored["reward"]["priceInfo"]["type"].as_str(), Some("fixed" | "explicit")) {
        stored["reward"]["priceInfo"]["currency"] = json!("JPY");
    }
    coupons.0.insert(id.clone(), Coupon { json: stored, ends_s: ends, closed: None });
    Ok(Answer::ok(&json!({ "couponId": id })))
}

/// The coupon endpoints write the values without a space between.
fn listed(check: &mut Check, json: &Json, at: &At, name: &str, values: &[&str]) {
    if json.text(name).is_none_or(|text| !values.contains(&text)) {
        check.fail(&at.field(name), format!("Must be one of the following values: [{}]", values.join(",")));
    }
}

fn acquisition(check: &mut Check, json: &Json, root: &At) {
    let Some(condition) = check.object(json, root, "acquisitionCondition") else { return };
    let at = root.field("acquisitionCondition");
    listed(check, condition, &at, "type", &["normal", "lottery"]);
    if condition.text("type") == Some("lottery") {
        check.int(condition, &at, "lotteryProbability", 1, 99);
        match condition.int("maxAcquireCount") {
            Some(-1 | 1..=999_999) => {}
            _ => check.fail(&at.field("maxAcquireCount"), "Must be between 1 and 999999"),
        }
    }
}

fn reward(check: &mut Check, json: &Json, root: &At) {
    let Some(reward) = check.object(json, root, "reward") else { return };
    let at = root.field("reward");
    listed(check, reward, &at, "type", &["discount", "free", "gift", "cashBack", "others"]);
    let kinds: &[&str] = match reward.text("type") {
        Some("discount") => &["fixed", "percentage", "explicit"],
        Some("cashBack") => &["fixed", "percentage"],
        _ => {
            if reward.get("priceInfo").is_some() {
                check.fail(&at.field("priceInfo"), "Must not be specified");
            }
            return;
        }
    };
    let Some(price) = reward.get("priceInfo") else { return };
    let at = at.field("priceInfo");
    listed(check, price, &at, "type", kinds);
    let fields: [(&str, &[&str]); 3] =
        [("fixed", &["fixedAmount"]), ("percentage", &["percentage"]), ("explicit", &["originalPrice", "priceAfterDiscount"])];
    for (kind, names) in fields {
        for name in names {
            if price.text("type") == Some(kind) {
                let most = if *name == "percentage" { 99 } else { 999_999_999 };
                check.int(price, &at, name, 1, most);
            } else if price.get(name).is_some() {
                check.fail(&at.field(name), "Must not be specified");
            }
        }
    }
}

fn close(call: &Call) -> Answer {
    let refused = |status: u16, text: &str| {
        let detail = Detail { message: text.into(), property: String::new() };
        Answer::details(status, "The request body has 1 error(s)", &[detail])
    };
    match call.channel().coupons.lock().0.get_mut(call.args[0]) {
        None => refused(404, "coupon not found"),
        Some(coupon) if coupon.status(call.now_ms) == "CLOSED" => refused(410, "The coupon has already been closed."),
        Some(coupon) => {
            coupon.closed = Some(());
            Answer::empty()
        }
    }
}

fn get(call: &Call) -> Answer {
    match call.channel().coupons.lock().0.get(call.args[0]) {
        Some(coupon) => {
            let mut view = coupon.json.clone();
            view["status"] = json!(coupon.status(call.now_ms));
            Answer::ok(&view)
        }
        None => Answer::error(404, "coupon not found"),
    }
}

fn list(call: &Call) -> Answer {
    let wanted = call.param("status");
    let wanted: Option<Vec<&str>> = wanted.as_deref().map(|text| text.split(',').collect());
    if wanted.as_ref().is_some_and(|list| list.iter().any(|status| !STATUSES.contains(status))) {
        return Answer::invalid_one("Must be one of the following values: [DRAFT,RUNNING,CLOSED]", "status");
    }
    if call.param("limit").is_some_and(|limit| limit.parse().is_ok_and(|n: u64| n > 100)) {
        return Answer::invalid_one("Must be less than or equal to 100", "limit");
    }
    let coupons = call.channel().coupons.lock();
    let fits = |coupon: &&Coupon| wanted.as_ref().is_none_or(|list| list.contains(&coupon.status(call.now_ms)));
    let found: Vec<Value> = coupons
        .0
        .values()
        .filter(fits)
        .map(|coupon| json!({ "couponId": coupon.json["couponId"], "title": coupon.json["title"] }))
        .collect();
    match page(call, found.len(), 20, 100) {
        Ok((range, next)) => {
            let mut body = json!({ "items": found[range] });
            put_next(&mut body, next);
            Answer::ok(&body)
        }
        Err(answer) => answer,
    }
}
