//! People and places: profiles, friends, groups, rooms, account link.

use super::{AccessToken, Answer, Call, CallResult, Client, Hosts};
use crate::endpoint::{self, Endpoint};
use serde::Deserialize;
use serde_json::json;

/// A user's profile. To store it takes the user's consent (LINE's development guidelines).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// The user, as this channel's provider knows them.
    pub user_id: String,
    /// Name.
    pub display_name: String,
    /// Picture; `/large` and `/small` behind it give 200 and 51 pixels.
    pub picture_url: Option<String>,
    /// The line below the name.
    pub status_message: Option<String>,
    /// BCP 47, such as `ja`.
    pub language: Option<String>,
}

/// A page of user ids.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserIds {
    /// Users.
    #[serde(alias = "memberIds")]
    pub user_ids: Vec<String>,
    /// Where the next page starts; good for 24 hours.
    pub next: Option<String>,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupSummary {
    /// The group.
    pub group_id: String,
    /// Name.
    pub group_name: String,
    /// Picture.
    pub picture_url: Option<String>,
}

/// A place with several people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// A group by id.
    Group(&'a str),
    /// A multi-person chat by id.
    Room(&'a str),
}

impl<'a> Place<'a> {
    fn id(self) -> &'a str {
        match self {
            Self::Group(id) | Self::Room(id) => id,
        }
    }

    fn pick(self, group: Endpoint, room: Endpoint) -> Endpoint {
        match self {
            Self::Group(_) => group,
            Self::Room(_) => room,
        }
    }
}

impl Client {
    /// A friend's profile. Refused with 404 for who is unknown, blocked us or did not consent.
    pub async fn profile(&self, token: &AccessToken, user_id: &str) -> CallResult<Profile> {
        self.get(Call::at(endpoint::PROFILE, &[user_id])?.token(token)).await
    }

    /// Friends, up to 1,000 at a time. Refused with 403 for accounts that are not verified.
    pub async fn follower_ids(&self, token: &AccessToken, start: Option<&str>) -> CallResult<UserIds> {
        let call = Call::new(endpoint::FOLLOWER_IDS).token(token);
        self.get(call.query(&[("limit", Some("1000")), ("start", start)])).await
    }

    /// A group's name and picture.
    pub async fn group_summary(&self, token: &AccessToken, group_id: &str) -> CallResult<GroupSummary> {
        self.get(Call::at(endpoint::GROUP_SUMMARY, &[group_id])?.token(token)).await
    }

    /// How many people are there, without the account.
    pub async fn member_count(&self, token: &AccessToken, place: Place<'_>) -> CallResult<i64> {
        #[derive(Deserialize)]
        struct Wire {
            count: i64,
        }
        let endpoint = place.pick(endpoint::GROUP_COUNT, endpoint::ROOM_COUNT);
        let answer: Answer<Wire> = self.get(Call::at(endpoint, &[place.id()])?.token(token)).await?;
        Ok(Answer { value: answer.value.count, request_id: answer.request_id })
    }

    /// Who is there, up to 100 at a time. Refused with 403 for accounts that are not verified.
    pub async fn member_ids(&self, token: &AccessToken, place: Place<'_>, start: Option<&str>) -> CallResult<UserIds> {
        let endpoint = place.pick(endpoint::GROUP_MEMBERS, endpoint::ROOM_MEMBERS);
        let call = Call::at(endpoint, &[place.id()])?.token(token);
        self.get(call.query(&[("start", start)])).await
    }

    /// The profile of somebody there, friend or not.
    pub async fn member_profile(&self, token: &AccessToken, place: Place<'_>, user_id: &str) -> CallResult<Profile> {
        let endpoint = place.pick(endpoint::GROUP_MEMBER, endpoint::ROOM_MEMBER);
        self.get(Call::at(endpoint, &[place.id(), user_id])?.token(token)).await
    }

    /// Leaves.
    pub async fn leave(&self, token: &AccessToken, place: Place<'_>) -> CallResult<()> {
        let endpoint = place.pick(endpoint::GROUP_LEAVE, endpoint::ROOM_LEAVE);
        self.done(Call::at(endpoint, &[place.id()])?.token(token)).await
    }

    /// A token for the account link dialog: ten minutes, once.
    pub async fn issue_link_token(&self, token: &AccessToken, user_id: &str) -> CallResult<String> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire {
            link_token: String,
        }
        let call = Call::at(endpoint::LINK_TOKEN, &[user_id])?.token(token).json(&json!({}))?;
        let answer: Answer<Wire> = self.get(call).await?;
        Ok(Answer { value: answer.value.link_token, request_id: answer.request_id })
    }
}

impl Hosts {
    /// Where to send a user after our own login so that LINE links the accounts. The nonce is ours:
    /// 10 to 255 characters, unguessable; it comes back in the webhook.
    pub fn account_link_url(&self, link_token: &str, nonce: &str) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("linkToken", link_token), ("nonce", nonce)])
            .finish();
        format!("{}/dialog/bot/accountLink?{query}", self.access)
    }
}
