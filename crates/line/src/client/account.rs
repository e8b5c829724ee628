//! The account itself: quota, counts, webhook address, loading dots, read marks.

use super::{AccessToken, Call, CallError, CallResult, Client, at_most};
use crate::endpoint::{self, Endpoint};
use crate::limits::WEBHOOK_URL;
use serde::Deserialize;
use serde_json::json;

/// How many messages this month allows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Quota {
    /// `limited` or `none`.
    pub r#type: String,
    /// Free messages plus the additional ones the owner allows; only when limited.
    pub value: Option<i64>,
}

impl Quota {
    /// The limit, if there is one.
    pub fn limit(&self) -> Option<i64> {
        (self.r#type == "limited").then_some(self.value).flatten()
    }
}

/// How many of them were used; an estimate that includes what LINE's manager sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consumption {
    /// Messages, counted by recipient.
    pub total_usage: i64,
}

/// Messages sent by API on a day.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SentCount {
    /// `ready`, `unready` (usually until the next day) or `out_of_service`.
    pub status: String,
    /// The count, when ready.
    pub success: Option<i64>,
}

/// The road of a count of [`Client::sent_count`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentBy {
    /// Reply.
    Reply,
    /// Push.
    Push,
    /// Multicast.
    Multicast,
    /// Broadcast.
    Broadcast,
    /// Notification messages of free form.
    Notification,
    /// Notification messages by template.
    TemplatedNotification,
}

impl SentBy {
    fn endpoint(self) -> Endpoint {
        match self {
            Self::Reply => endpoint::SENT_REPLY,
            Self::Push => endpoint::SENT_PUSH,
            Self::Multicast => endpoint::SENT_MULTICAST,
            Self::Broadcast => endpoint::SENT_BROADCAST,
            Self::Notification => endpoint::SENT_PNP,
            Self::TemplatedNotification => endpoint::SENT_PNP_TEMPLATED,
        }
    }
}

/// How many aggregation units this month has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnitCount {
    /// At most 1,000; later ones are ignored by LINE without a word.
    pub num_of_custom_aggregation_units: i64,
}

/// Names of aggregation units.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnitNames {
    /// Names.
    pub custom_aggregation_units: Vec<String>,
    /// Where the next page starts.
    pub next: Option<String>,
}

/// The account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BotInfo {
    /// Its user id: `destination` of its webhooks.
    pub user_id: String,
    /// `@…` as given by LINE.
    pub basic_id: String,
    /// `@…` as bought.
    pub premium_id: Option<String>,
    /// Name.
    pub display_name: String,
    /// Picture.
    pub picture_url: Option<String>,
    /// `chat` (staff answer in LINE's manager) or `bot`.
    pub chat_mode: String,
    /// `auto` or `manual`.
    pub mark_as_read_mode: String,
}

/// Where webhooks go.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WebhookEndpoint {
    /// Address.
    pub endpoint: String,
    /// Whether "Use webhook" is on; only LINE's console can switch it.
    pub active: bool,
}

/// What LINE saw when it tried the webhook.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookTest {
    /// Whether it worked.
    #[serde(default)]
    pub success: bool,
    /// When, ISO 8601.
    pub timestamp: String,
    /// HTTP status; 0 or less without an answer.
    pub status_code: i64,
    /// `OK`, `COULD_NOT_CONNECT`, `REQUEST_TIMEOUT`, `ERROR_STATUS_CODE`, `UNCLASSIFIED`.
    pub reason: String,
    /// More.
    pub detail: String,
}

impl Client {
    /// How many messages this month allows.
    pub async fn quota(&self, token: &AccessToken) -> CallResult<Quota> {
        self.get(Call::new(endpoint::QUOTA).token(token)).await
    }

    /// How many were used; an estimate.
    pub async fn quota_consumption(&self, token: &AccessToken) -> CallResult<Consumption> {
        self.get(Call::new(endpoint::QUOTA_CONSUMPTION).token(token)).await
    }

    /// Messages sent by API on `date` (`yyyyMMdd`, UTC+9).
    pub async fn sent_count(&self, token: &AccessToken, by: SentBy, date: &str) -> CallResult<SentCount> {
        self.get(Call::new(by.endpoint()).token(token).query(&[("date", Some(date))])).await
    }

    /// How many aggregation units this month has.
    pub async fn unit_count(&self, token: &AccessToken) -> CallResult<UnitCount> {
        self.get(Call::new(endpoint::UNIT_COUNT).token(token)).await
    }

    /// Their names, 100 at a time.
    pub async fn unit_names(&self, token: &AccessToken, start: Option<&str>) -> CallResult<UnitNames> {
        self.get(Call::new(endpoint::UNIT_NAMES).token(token).query(&[("start", start)])).await
    }

    /// The account.
    pub async fn bot_info(&self, token: &AccessToken) -> CallResult<BotInfo> {
        self.get(Call::new(endpoint::BOT_INFO).token(token)).await
    }

    /// Shows waiting dots to a user who has the talk open: 5 to 60 seconds in steps of five, or
    /// until the next message.
    pub async fn start_loading(&self, token: &AccessToken, user_id: &str, seconds: u32) -> CallResult<()> {
        if !(5..=60).contains(&seconds) || !seconds.is_multiple_of(5) {
            let problem = format!("{seconds} s of waiting dots; LINE takes 5, 10, … 60");
            return Err(CallError::NotMade(problem));
        }
        let body = json!({"chatId": user_id, "loadingSeconds": seconds});
        self.done(Call::new(endpoint::LOADING_START).token(token).json(&body)?).await
    }

    /// Marks a message and all earlier ones of its chat as read.
    pub async fn mark_as_read(&self, token: &AccessToken, mark_as_read_token: &str) -> CallResult<()> {
        let body = json!({"markAsReadToken": mark_as_read_token});
        self.done(Call::new(endpoint::MARK_AS_READ).token(token).json(&body)?).await
    }

    /// Where webhooks go; refused with 404 when nothing is set.
    pub async fn webhook_endpoint(&self, token: &AccessToken) -> CallResult<WebhookEndpoint> {
        self.get(Call::new(endpoint::GET_WEBHOOK).token(token)).await
    }

    /// Says where webhooks go: https, at most 500 characters; in force within about a minute.
    pub async fn set_webhook_endpoint(&self, token: &AccessToken, url: &str) -> CallResult<()> {
        at_most("characters of an address", url.len(), WEBHOOK_URL)?;
        let body = json!({"endpoint": url});
        self.done(Call::new(endpoint::SET_WEBHOOK).token(token).json(&body)?).await
    }

    /// Lets LINE send an empty webhook to the set address, or to another one.
    pub async fn test_webhook_endpoint(&self, token: &AccessToken, url: Option<&str>) -> CallResult<WebhookTest> {
        let body = match url {
            Some(url) => json!({"endpoint": url}),
            None => json!({}),
        };
        self.get(Call::new(endpoint::TEST_WEBHOOK).token(token).json(&body)?).await
    }
}
