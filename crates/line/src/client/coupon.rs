//! Coupons. Not editable once made; pictures are copied by LINE at that time.

use super::{AccessToken, Answer, Call, CallResult, Client};
use crate::endpoint;
use crate::json::{object, tagged};
use serde::Deserialize;

object! {
    /// A coupon to be made; LINE keeps at most 5,000 valid ones.
    CouponRequest {
        /// 1 to 60 UTF-16 units.
        title: String,
        /// From when, Unix seconds.
        start_timestamp: i64,
        /// Until when, Unix seconds.
        end_timestamp: i64,
        /// LINE's word for a zone, such as `ASIA_TOKYO`.
        timezone: String,
        /// `PUBLIC` or `UNLISTED`.
        visibility: String,
        /// 1, or -1 for any number of uses.
        max_use_count_per_ticket: i32,
        /// How it is got.
        acquisition_condition: AcquisitionCondition,
    } ? {
        /// What it gives.
        reward: CouponReward,
        /// At most 1,000 UTF-16 units.
        description: String,
        /// At most 100 UTF-16 units.
        usage_condition: String,
        /// Picture.
        image_url: String,
        /// Picture of a bar code.
        barcode_image_url: String,
        /// At most 16 UTF-16 units.
        coupon_code: String,
    }

    /// Everybody who taps gets it.
    NormalAcquisition {}

    /// A draw decides.
    LotteryAcquisition {
        /// Chance in percent, 1 to 99.
        lottery_probability: u32,
        /// 1 to 999,999 winners, or -1 for no limit.
        max_acquire_count: i32,
    }

    /// For who brought a friend; made in LINE's manager only.
    ReferralAcquisition {}

    /// Some money off.
    DiscountReward {
    } ? {
        /// How much.
        price_info: PriceInfo,
    }

    /// Some money back.
    CashBackReward {
    } ? {
        /// How much.
        price_info: PriceInfo,
    }

    /// Something free of charge.
    FreeReward {}

    /// A present.
    GiftReward {}

    /// Something else.
    OtherReward {}

    /// A fixed sum.
    FixedPrice {
        /// In the currency's smallest unit.
        fixed_amount: i64,
    } ? {
        /// In answers only.
        currency: String,
    }

    /// A share.
    PercentagePrice {
        /// 1 to 99.
        percentage: u32,
    } ? {
        /// In answers only.
        currency: String,
    }

    /// From one price to another; discounts only.
    ExplicitPrice {
        /// Before.
        original_price: i64,
        /// After.
        price_after_discount: i64,
    } ? {
        /// In answers only.
        currency: String,
    }

    /// A coupon as LINE tells of it.
    CouponDetail {
    } ? {
        /// LINE's id.
        coupon_id: String,
        /// Title.
        title: String,
        /// `DRAFT`, `RUNNING` or `CLOSED`.
        status: String,
        /// From when, Unix seconds.
        start_timestamp: i64,
        /// Until when, Unix seconds.
        end_timestamp: i64,
        /// When it was made, Unix seconds.
        created_timestamp: i64,
        /// LINE's word for a zone.
        timezone: String,
        /// `PUBLIC` or `UNLISTED`.
        visibility: String,
        /// Uses of one ticket; -1 for any number.
        max_use_count_per_ticket: i64,
        /// Tickets one user may hold.
        max_ticket_per_user: i64,
        /// Tickets in all.
        max_acquire_count: i64,
        /// How it is got.
        acquisition_condition: AcquisitionCondition,
        /// What it gives.
        reward: CouponReward,
        /// Words.
        description: String,
        /// Conditions of use.
        usage_condition: String,
        /// Picture.
        image_url: String,
        /// Picture of a bar code.
        barcode_image_url: String,
        /// Code.
        coupon_code: String,
    }
}

tagged! {
    /// How a coupon is got.
    AcquisitionCondition {
        /// By a tap.
        "normal" => Normal(NormalAcquisition),
        /// By a draw.
        "lottery" => Lottery(LotteryAcquisition),
        /// By bringing a friend.
        "referral" => Referral(ReferralAcquisition),
    }
}

tagged! {
    /// What a coupon gives.
    CouponReward {
        /// Money off.
        "discount" => Discount(DiscountReward),
        /// Something free.
        "free" => Free(FreeReward),
        /// A present.
        "gift" => Gift(GiftReward),
        /// Money back.
        "cashBack" => CashBack(CashBackReward),
        /// Something else.
        "others" => Others(OtherReward),
    }
}

tagged! {
    /// How much.
    PriceInfo {
        /// A sum.
        "fixed" => Fixed(FixedPrice),
        /// A share.
        "percentage" => Percentage(PercentagePrice),
        /// From one price to another.
        "explicit" => Explicit(ExplicitPrice),
    }
}

/// A page of coupons.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CouponPage {
    /// Coupons.
    pub items: Vec<CouponItem>,
    /// Where the next page starts.
    pub next: Option<String>,
}

/// A coupon in a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CouponItem {
    /// LINE's id.
    pub coupon_id: String,
    /// Title.
    pub title: String,
}

impl Client {
    /// Makes a coupon and gives its id.
    pub async fn create_coupon(&self, token: &AccessToken, coupon: &CouponRequest) -> CallResult<String> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire {
            coupon_id: String,
        }
        let call = Call::new(endpoint::COUPON_CREATE).token(token).json(coupon)?;
        let answer: Answer<Wire> = self.get(call).await?;
        Ok(Answer { value: answer.value.coupon_id, request_id: answer.request_id })
    }

    /// Ends a coupon; refused with 410 if it has ended.
    pub async fn close_coupon(&self, token: &AccessToken, coupon_id: &str) -> CallResult<()> {
        self.done(Call::at(endpoint::COUPON_CLOSE, &[coupon_id])?.token(token)).await
    }

    /// Coupons of these states (`DRAFT`, `RUNNING`, `CLOSED`; none for all), 100 at a time.
    pub async fn coupons(&self, token: &AccessToken, states: &[&str], start: Option<&str>) -> CallResult<CouponPage> {
        let states = (!states.is_empty()).then(|| states.join(","));
        let query = [("status", states.as_deref()), ("limit", Some("100")), ("start", start)];
        self.get(Call::new(endpoint::COUPON_LIST).token(token).query(&query)).await
    }

    /// One coupon.
    pub async fn coupon(&self, token: &AccessToken, coupon_id: &str) -> CallResult<CouponDetail> {
        self.get(Call::at(endpoint::COUPON_GET, &[coupon_id])?.token(token)).await
    }
}
