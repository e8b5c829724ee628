//! What LINE counts. Nothing here is about single users: figures under 20 users are withheld, and
//! who opened or tapped is never told.

use super::{AccessToken, Call, CallResult, Client};
use crate::endpoint;
use crate::json::Extra;
use serde::Deserialize;
use serde_json::Value;

/// Messages sent on a day, by road; what LINE's manager sent included.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DeliveryInsight {
    /// `ready`, `unready` or `out_of_service`.
    pub status: String,
    /// Messages by LINE's name of the road: `broadcast`, `apiPush`, `apiReply`, `stepMessage`, …
    #[serde(flatten)]
    pub counts: Extra,
}

impl DeliveryInsight {
    /// Messages by one road, if LINE tells.
    pub fn count(&self, road: &str) -> Option<i64> {
        self.counts.get(road).and_then(Value::as_i64)
    }
}

/// Friends on a day.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FollowerInsight {
    /// `ready`, `unready` or `out_of_service`.
    pub status: String,
    /// Who ever added the account; never falls.
    pub followers: Option<i64>,
    /// Whom LINE can address by attributes.
    pub targeted_reaches: Option<i64>,
    /// Who blocks it now.
    pub blocks: Option<i64>,
}

/// Who the friends are, as LINE estimates; some three days old.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DemographicInsight {
    /// Whether there are figures; it takes 20 addressable friends.
    pub available: bool,
    /// By gender.
    pub genders: Vec<Share>,
    /// By age.
    pub ages: Vec<Share>,
    /// By prefecture.
    pub areas: Vec<Share>,
    /// By operating system.
    pub app_types: Vec<Share>,
    /// By how long they are friends.
    pub subscription_periods: Vec<Share>,
}

/// A share of the friends.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Share {
    /// Of whom; LINE's word.
    #[serde(alias = "gender", alias = "age", alias = "area", alias = "appType")]
    #[serde(alias = "subscriptionPeriod")]
    pub group: String,
    /// In percent.
    pub percentage: f64,
}

/// How a broadcast, a narrowcast or the messages of a unit were received. Figures under 20 users
/// are none. Goes on changing for 14 days.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MessageInsight {
    /// In all.
    pub overview: MessageOverview,
    /// By bubble.
    #[serde(default)]
    pub messages: Vec<BubbleInsight>,
    /// By link.
    #[serde(default)]
    pub clicks: Vec<ClickInsight>,
}

/// In all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MessageOverview {
    /// The send.
    pub request_id: Option<String>,
    /// When it was sent, Unix seconds.
    pub timestamp: Option<i64>,
    /// Messages delivered.
    pub delivered: Option<i64>,
    /// Users who saw a bubble.
    pub unique_impression: Option<i64>,
    /// Users who tapped a link.
    pub unique_click: Option<i64>,
    /// Users who played something.
    pub unique_media_played: Option<i64>,
    /// Users who played it to the end.
    #[serde(rename = "uniqueMediaPlayed100Percent")]
    pub unique_media_played_to_end: Option<i64>,
}

/// One bubble.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BubbleInsight {
    /// Its place in the send, from 1.
    pub seq: i64,
    /// Times seen.
    pub impression: Option<i64>,
    /// Users who saw it.
    pub unique_impression: Option<i64>,
    /// Times played.
    pub media_played: Option<i64>,
    /// Times played to the end.
    #[serde(rename = "mediaPlayed100Percent")]
    pub media_played_to_end: Option<i64>,
    /// The other figures: plays by quarter.
    #[serde(flatten)]
    pub more: Extra,
}

/// One link.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClickInsight {
    /// Place of its bubble, from 1.
    pub seq: i64,
    /// Address.
    pub url: String,
    /// Taps.
    pub click: Option<i64>,
    /// Users who tapped.
    pub unique_click: Option<i64>,
    /// Users of the whole send who tapped.
    pub unique_click_of_request: Option<i64>,
}

/// How a rich menu was used. Under 20 users LINE tells only its id.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MenuInsight {
    /// The menu.
    pub rich_menu_id: String,
    /// First day.
    pub metrics_from: Option<String>,
    /// Last day.
    pub metrics_to: Option<String>,
    /// Times and users it was shown to; by day a list.
    pub impression: Option<Value>,
    /// Taps by area.
    #[serde(default)]
    pub clicks: Vec<Value>,
}

/// The grain of [`Client::menu_insight`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MenuGrain {
    /// Summed: at most 396 days, up to three years back.
    Summary,
    /// By day: at most 99 days.
    Daily,
}

impl Client {
    /// Messages sent on `date` (`yyyyMMdd`, UTC+9), ready about a day later.
    pub async fn delivery_insight(&self, token: &AccessToken, date: &str) -> CallResult<DeliveryInsight> {
        let call = Call::new(endpoint::INSIGHT_DELIVERY).token(token);
        self.get(call.query(&[("date", Some(date))])).await
    }

    /// Friends on `date` (`yyyyMMdd`, UTC+9).
    pub async fn follower_insight(&self, token: &AccessToken, date: &str) -> CallResult<FollowerInsight> {
        let call = Call::new(endpoint::INSIGHT_FOLLOWERS).token(token);
        self.get(call.query(&[("date", Some(date))])).await
    }

    /// Who the friends are.
    pub async fn demographic_insight(&self, token: &AccessToken) -> CallResult<DemographicInsight> {
        self.get(Call::new(endpoint::INSIGHT_DEMOGRAPHIC).token(token)).await
    }

    /// How a broadcast or narrowcast was received, by the request id of its acceptance.
    pub async fn message_insight(&self, token: &AccessToken, request_id: &str) -> CallResult<MessageInsight> {
        let call = Call::new(endpoint::INSIGHT_MESSAGE).token(token);
        self.get(call.query(&[("requestId", Some(request_id))])).await
    }

    /// How the pushes and multicasts of an aggregation unit were received; `from` and `to`
    /// (`yyyyMMdd`, UTC+9) at most 30 days apart.
    pub async fn unit_insight(&self, token: &AccessToken, unit: &str, from: &str, to: &str) -> CallResult<MessageInsight> {
        let query = [("customAggregationUnit", Some(unit)), ("from", Some(from)), ("to", Some(to))];
        self.get(Call::new(endpoint::INSIGHT_UNIT).token(token).query(&query)).await
    }

    /// How a rich menu was used from `from` to `to` (`yyyyMMdd`, UTC+9).
    pub async fn menu_insight(
        &self,
        token: &AccessToken,
        menu_id: &str,
        grain: MenuGrain,
        from: &str,
        to: &str,
    ) -> CallResult<MenuInsight> {
        let endpoint = match grain {
            MenuGrain::Summary => endpoint::INSIGHT_MENU_SUMMARY,
            MenuGrain::Daily => endpoint::INSIGHT_MENU_DAILY,
        };
        let query = [("from", Some(from)), ("to", Some(to))];
        self.get(Call::at(endpoint, &[menu_id])?.token(token).query(&query)).await
    }
}
