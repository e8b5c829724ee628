//! Coupons (クーポン) of an account: LINE keeps them, and is asked each time.

use axum::Json;
use axum::extract::State;
use engine::coupon;
use engine::ids::ChannelId;
use futures::{StreamExt as _, stream};
use jiff::tz::TimeZone;
use line::client::{
    AcquisitionCondition, CouponDetail, CouponItem, CouponRequest, CouponReward, DiscountReward, FixedPrice, FreeReward,
    GiftReward, NormalAcquisition, OtherReward, PercentagePrice,
};
use line::validate;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::probe;
use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Code, Problem};
use crate::http::{Body, Created, Ids};

/// Coupons shown of each state; LINE holds up to 5,000 valid ones, a shop a few dozen.
const SHOWN: usize = 100;
/// Coupons asked about at once; LINE allows 200 calls a second.
const AT_ONCE: usize = 8;

/// A coupon as LINE tells of it.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Coupon)]
pub(super) struct CouponView {
    /// LINE's id, which a message carries.
    coupon_id: String,
    title: String,
    state: coupon::State,
    /// Unix ms.
    starts_at: Option<i64>,
    /// Unix ms.
    ends_at: Option<i64>,
    description: Option<String>,
    usage_condition: Option<String>,
    image_url: Option<String>,
}

impl CouponView {
    fn listed(item: CouponItem, state: coupon::State) -> Self {
        let CouponItem { coupon_id, title } = item;
        Self {
            coupon_id,
            title,
            state,
            starts_at: None,
            ends_at: None,
            description: None,
            usage_condition: None,
            image_url: None,
        }
    }

    fn told(self, detail: CouponDetail) -> Self {
        let ms = |seconds: Option<i64>| seconds.map(|seconds| seconds.saturating_mul(1_000));
        Self {
            state: detail.status.as_deref().map_or(self.state, coupon::State::of),
            starts_at: ms(detail.start_timestamp),
            ends_at: ms(detail.end_timestamp),
            description: detail.description.filter(|text| !text.is_empty()),
            usage_condition: detail.usage_condition.filter(|text| !text.is_empty()),
            image_url: detail.image_url,
            ..self
        }
    }
}

/// An account's coupons at this moment.
#[derive(Serialize, ToSchema)]
#[schema(as = Coupons)]
pub(super) struct CouponList {
    /// Running ones first, at most 100 of each state.
    items: Vec<CouponView>,
    /// There are more than are shown.
    has_more: bool,
    /// When LINE was asked, Unix ms.
    asked_at: i64,
}

/// Coupons of an account, asked of LINE now.
#[utoipa::path(get, path = "/channels/{id}/coupons", operation_id = "listCoupons", tag = "channels", params(("id" = Uuid, Path)),
    responses((status = 200, body = CouponList, description = "The coupons")), extensions(("x-permission" = json!("read"))))]
pub(super) async fn list_coupons(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<ChannelId>,
) -> Answer<Json<CouponList>> {
    let token = probe::token_of(&app, &caller, id).await?;
    let line = &app.engine.line;
    let (running, closed) = tokio::join!(line.coupons(&token, &["RUNNING"], None), line.coupons(&token, &["CLOSED"], None));
    let (running, closed) = (running.map_err(probe::refusal)?.value, closed.map_err(probe::refusal)?.value);
    let has_more = running.next.is_some() || closed.next.is_some();
    let listed = |items: Vec<CouponItem>, state| items.into_iter().take(SHOWN).map(move |item| CouponView::listed(item, state));
    let asked = stream::iter(listed(running.items, coupon::State::Running)).map(|coupon| async {
        match line.coupon(&token, &coupon.coupon_id).await {
            Ok(answer) => Ok(coupon.told(answer.value)),
            Err(error) => Err(probe::refusal(error)),
        }
    });
    let asked: Vec<Answer<CouponView>> = asked.buffered(AT_ONCE).collect().await;
    let mut items = asked.into_iter().collect::<Answer<Vec<CouponView>>>()?;
    // Ended while they were asked about: they stand with the others that are over.
    items.sort_by_key(|coupon| coupon.state != coupon::State::Running);
    items.extend(listed(closed.items, coupon::State::Closed));
    Ok(Json(CouponList { items, has_more, asked_at: app.now_ms() }))
}

/// What a coupon gives.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Gives {
    /// 割引: so many yen.
    Amount {
        /// 1 and more.
        yen: i64,
    },
    /// 割引: a share.
    Percent {
        /// 1 to 99.
        percent: u32,
    },
    /// 無料.
    Free,
    /// プレゼント.
    Gift,
    /// その他.
    Others,
}

/// How often one person may use it.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Uses {
    /// Once.
    Once,
    /// Any number of times.
    Any,
}

/// A coupon to be made. It cannot be changed afterwards: LINE knows no such call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCoupon {
    /// 1 to 60 characters.
    title: String,
    /// Unix ms.
    starts_at: i64,
    /// Unix ms.
    ends_at: i64,
    gives: Gives,
    uses: Uses,
    /// At most 1,000 characters.
    #[serde(default)]
    description: String,
    /// At most 100 characters.
    #[serde(default)]
    usage_condition: String,
    /// https; LINE copies it when the coupon is made.
    #[serde(default)]
    image_url: Option<String>,
}

/// In LINE's words.
fn wording(wish: NewCoupon, zone: &TimeZone) -> CouponRequest {
    let some = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let reward: CouponReward = match wish.gives {
        Gives::Amount { yen } => DiscountReward { price_info: Some(FixedPrice::new(yen).into()), ..DiscountReward::new() }.into(),
        Gives::Percent { percent } => {
            DiscountReward { price_info: Some(PercentagePrice::new(percent).into()), ..DiscountReward::new() }.into()
        }
        Gives::Free => FreeReward::new().into(),
        Gives::Gift => GiftReward::new().into(),
        Gives::Others => OtherReward::new().into(),
    };
    let zone = zone.iana_name().unwrap_or("Asia/Tokyo").to_uppercase().replace('/', "_");
    let uses = match wish.uses {
        Uses::Once => 1,
        Uses::Any => -1,
    };
    CouponRequest {
        reward: Some(reward),
        description: some(wish.description),
        usage_condition: some(wish.usage_condition),
        image_url: wish.image_url.and_then(some),
        ..CouponRequest::new(
            wish.title.trim(),
            wish.starts_at.div_euclid(1_000),
            wish.ends_at.div_euclid(1_000),
            zone,
            "UNLISTED",
            uses,
            AcquisitionCondition::from(NormalAcquisition::new()),
        )
    }
}

/// Our name of a field that LINE names otherwise.
fn ours(path: &str) -> &'static str {
    match path.split('.').next().unwrap_or_default() {
        "title" => "title",
        "startTimestamp" => "starts_at",
        "endTimestamp" => "ends_at",
        "description" => "description",
        "usageCondition" => "usage_condition",
        "imageUrl" => "image_url",
        _ => "gives",
    }
}

/// Makes a coupon with LINE. It is shown to nobody before a message carries it.
#[utoipa::path(post, path = "/channels/{id}/coupons", operation_id = "createCoupon", tag = "channels", params(("id" = Uuid, Path)),
    request_body = NewCoupon,
    responses((status = 201, body = CouponView, description = "The coupon")), extensions(("x-permission" = json!("define"))))]
pub(super) async fn create_coupon(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Ids(id): Ids<ChannelId>,
    Body(wish): Body<NewCoupon>,
) -> Answer<Created<CouponView>> {
    let zone = app.catalog(caller.workspace).await?.zone.clone();
    let request = wording(wish, &zone);
    let found = validate::coupon(&serde_json::to_value(&request).unwrap_or_default());
    if !found.is_empty() {
        let problem = Problem::new(Code::Invalid);
        return Err(found.iter().fold(problem, |problem, v| problem.at(ours(&v.path), v.code(), v.ja())));
    }
    let token = probe::token_of(&app, &caller, id).await?;
    let coupon_id = app.engine.line.create_coupon(&token, &request).await.map_err(probe::refusal)?.value;
    let act = app.act(&caller);
    let detail = json!({ "coupon_id": &coupon_id, "title": &request.title });
    app.write(move |tx| act.note(tx, "channel.coupon", id.0, &detail)).await?;
    let item = CouponItem { coupon_id: coupon_id.clone(), title: request.title };
    let made = CouponView::listed(item, coupon::State::Running);
    Ok(Created(match app.engine.line.coupon(&token, &coupon_id).await {
        Ok(answer) => made.told(answer.value),
        // It stands with LINE; the list will tell the rest.
        Err(_) => made,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(gives: Gives) -> NewCoupon {
        NewCoupon {
            title: " 秋の100円引き ".to_owned(),
            starts_at: 1_793_000_000_500,
            ends_at: 1_794_000_000_000,
            gives,
            uses: Uses::Once,
            description: " ".to_owned(),
            usage_condition: "1会計1枚".to_owned(),
            image_url: None,
        }
    }

    #[test]
    fn a_coupon_is_put_in_lines_words() {
        let request = wording(wish(Gives::Amount { yen: 100 }), &TimeZone::get("Asia/Tokyo").unwrap());
        let said = serde_json::to_value(&request).unwrap();
        assert_eq!(
            said,
            json!({
                "title": "秋の100円引き", "startTimestamp": 1_793_000_000, "endTimestamp": 1_794_000_000,
                "timezone": "ASIA_TOKYO", "visibility": "UNLISTED", "maxUseCountPerTicket": 1,
                "acquisitionCondition": {"type": "normal"}, "usageCondition": "1会計1枚",
                "reward": {"type": "discount", "priceInfo": {"type": "fixed", "fixedAmount": 100}},
            })
        );
        assert!(validate::coupon(&said).is_empty());
        for gives in [Gives::Percent { percent: 10 }, Gives::Free, Gives::Gift, Gives::Others] {
            let said = serde_json::to_value(wording(wish(gives), &TimeZone::UTC)).unwrap();
            assert!(validate::coupon(&said).is_empty(), "{said}");
        }
        let wrong = serde_json::to_value(wording(wish(Gives::Percent { percent: 100 }), &TimeZone::UTC)).unwrap();
        assert_eq!(validate::coupon(&wrong).iter().map(|v| ours(&v.path)).collect::<Vec<_>>(), ["gives"]);
    }
}
