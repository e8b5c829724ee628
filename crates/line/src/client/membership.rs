//! Paid memberships (Japan only).

use super::{AccessToken, Answer, Call, CallResult, Client, UserIds};
use crate::endpoint;
use serde::Deserialize;

/// A plan.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MembershipPlan {
    /// LINE's id.
    pub membership_id: i64,
    /// Title.
    pub title: String,
    /// Words.
    pub description: String,
    /// What members get; at most five.
    pub benefits: Vec<String>,
    /// Price of a month.
    pub price: f64,
    /// Its currency.
    pub currency: String,
    /// Members now; not told with a subscription.
    pub member_count: Option<i64>,
    /// Most members; none for no limit.
    pub member_limit: Option<i64>,
    /// Whether it is bought inside the app.
    pub is_in_app_purchase: Option<bool>,
    /// Whether users see it.
    pub is_published: Option<bool>,
}

/// A user's part in a plan.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Subscription {
    /// The plan.
    pub membership: MembershipPlan,
    /// The user's part.
    pub user: Member,
}

/// A member.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Member number.
    pub membership_no: i64,
    /// Since when, Unix seconds.
    pub joined_time: i64,
    /// `yyyy-MM-dd`.
    pub next_billing_date: String,
    /// Months paid.
    pub total_subscription_months: i64,
}

impl Client {
    /// A user's memberships; refused with 404 if there are none.
    pub async fn memberships_of(&self, token: &AccessToken, user_id: &str) -> CallResult<Vec<Subscription>> {
        #[derive(Deserialize)]
        struct Wire {
            subscriptions: Vec<Subscription>,
        }
        let call = Call::at(endpoint::MEMBERSHIP_OF_USER, &[user_id])?.token(token);
        let answer: Answer<Wire> = self.get(call).await?;
        Ok(Answer { value: answer.value.subscriptions, request_id: answer.request_id })
    }

    /// The account's plans; refused with 404 if there are none.
    pub async fn membership_plans(&self, token: &AccessToken) -> CallResult<Vec<MembershipPlan>> {
        #[derive(Deserialize)]
        struct Wire {
            memberships: Vec<MembershipPlan>,
        }
        let call = Call::new(endpoint::MEMBERSHIP_LIST).token(token);
        let answer: Answer<Wire> = self.get(call).await?;
        Ok(Answer { value: answer.value.memberships, request_id: answer.request_id })
    }

    /// Who is in a plan, up to 1,000 at a time.
    pub async fn membership_users(&self, token: &AccessToken, membership_id: i64, start: Option<&str>) -> CallResult<UserIds> {
        let call = Call::at(endpoint::MEMBERSHIP_USERS, &[&membership_id.to_string()])?;
        let query = [("limit", Some("1000")), ("start", start)];
        self.get(call.token(token).query(&query)).await
    }
}
