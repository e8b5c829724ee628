//! Audiences: named sets of users that a narrowcast can address (Japan, Thailand, Taiwan).

use super::{AccessToken, Answer, Call, CallError, CallResult, Client, at_most};
use crate::endpoint::{self, Endpoint};
use crate::limits::AUDIENCE_IDS;
use bytes::Bytes;
use hyper::header::HeaderValue;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Separates the parts of an upload. User ids cannot contain it.
const BOUNDARY: &str = "enishi-audience-part-7d1c0f5b2e";

/// An audience.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Audience {
    /// LINE's id.
    pub audience_group_id: i64,
    /// `UPLOAD`, `CLICK`, `IMP`, `CHAT_TAG`, … ; the list grows.
    pub r#type: Option<String>,
    /// Its name.
    pub description: Option<String>,
    /// `IN_PROGRESS`, `READY`, `FAILED`, `EXPIRED`, `INACTIVE`, `ACTIVATING`.
    pub status: Option<String>,
    /// Why it failed.
    pub failed_type: Option<String>,
    /// Users; 0 under 20, except for user ids we uploaded ourselves.
    pub audience_count: Option<i64>,
    /// When it was made, Unix seconds.
    pub created: Option<i64>,
    /// The send it is made of.
    pub request_id: Option<String>,
    /// The link it is made of.
    pub click_url: Option<String>,
    /// Whether it holds advertising ids.
    pub is_ifa_audience: Option<bool>,
    /// `READ` or `READ_WRITE`.
    pub permission: Option<String>,
    /// `OA_MANAGER`, `MESSAGING_API`, …
    pub create_route: Option<String>,
    /// When it ends, Unix seconds: 180 days after its making.
    pub expire_timestamp: Option<i64>,
}

/// An audience with the uploads into it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AudienceDetail {
    /// The audience.
    pub audience_group: Audience,
    /// The last 50 uploads.
    #[serde(default)]
    pub jobs: Vec<AudienceJob>,
    /// Who shares it, for shared ones.
    pub owner: Option<AudienceOwner>,
}

/// An upload into an audience.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AudienceJob {
    /// LINE's id.
    pub audience_group_job_id: i64,
    /// Its name.
    pub description: Option<String>,
    /// `DIFF_ADD`.
    pub r#type: Option<String>,
    /// `QUEUED`, `WORKING`, `FINISHED`, `FAILED`.
    pub job_status: Option<String>,
    /// Why it failed.
    pub failed_type: Option<String>,
    /// Users added.
    pub audience_count: Option<i64>,
    /// When, Unix seconds.
    pub created: Option<i64>,
}

/// Who shares an audience.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AudienceOwner {
    /// Service.
    pub service_type: Option<String>,
    /// Id there.
    pub id: Option<String>,
    /// Name there.
    pub name: Option<String>,
}

/// A page of audiences.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AudiencePage {
    /// Audiences.
    #[serde(default)]
    pub audience_groups: Vec<Audience>,
    /// Whether there are more pages.
    #[serde(default)]
    pub has_next_page: bool,
    /// Audiences in all.
    #[serde(default)]
    pub total_count: i64,
    /// This page, from 1.
    #[serde(default)]
    pub page: i64,
}

/// Which audiences to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct AudienceFilter<'a> {
    /// Name contains this.
    pub description: Option<&'a str>,
    /// In this state.
    pub status: Option<&'a str>,
    /// Made there.
    pub create_route: Option<&'a str>,
}

/// Whose audiences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AudienceSide {
    /// The channel's own.
    Own,
    /// Shared with it by Business Manager.
    Shared,
}

impl AudienceSide {
    fn pick(self, own: Endpoint, shared: Endpoint) -> Endpoint {
        match self {
            Self::Own => own,
            Self::Shared => shared,
        }
    }
}

impl Client {
    /// Makes an audience of up to 10,000 user ids (none is allowed too).
    pub async fn create_audience(&self, token: &AccessToken, description: &str, user_ids: &[&str]) -> CallResult<Audience> {
        at_most("user ids", user_ids.len(), AUDIENCE_IDS)?;
        let body = json!({"description": description, "audiences": members(user_ids)});
        self.get(Call::new(endpoint::AUDIENCE_CREATE).token(token).json(&body)?).await
    }

    /// Adds up to 10,000 user ids. Nobody can be taken out again.
    pub async fn add_to_audience(
        &self,
        token: &AccessToken,
        audience_id: i64,
        upload_description: Option<&str>,
        user_ids: &[&str],
    ) -> CallResult<()> {
        at_most("user ids", user_ids.len(), AUDIENCE_IDS)?;
        let mut body = json!({"audienceGroupId": audience_id, "audiences": members(user_ids)});
        if let Some(description) = upload_description {
            body["uploadDescription"] = description.into();
        }
        self.done(Call::new(endpoint::AUDIENCE_ADD).token(token).json(&body)?).await
    }

    /// Makes an audience of up to 1,500,000 user ids.
    pub async fn create_audience_by_file(
        &self,
        token: &AccessToken,
        description: &str,
        user_ids: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> CallResult<Audience> {
        let fields = [("description", description)];
        let call = self.upload(endpoint::AUDIENCE_CREATE_BY_FILE, &fields, user_ids)?;
        self.get(call.token(token)).await
    }

    /// Adds up to 1,500,000 user ids.
    pub async fn add_to_audience_by_file(
        &self,
        token: &AccessToken,
        audience_id: i64,
        user_ids: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> CallResult<()> {
        let id = audience_id.to_string();
        let fields = [("audienceGroupId", id.as_str())];
        let call = self.upload(endpoint::AUDIENCE_ADD_BY_FILE, &fields, user_ids)?;
        self.done(call.token(token)).await
    }

    fn upload<'a>(
        &self,
        endpoint: Endpoint,
        fields: &[(&str, &str)],
        user_ids: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Call<'a>, CallError> {
        let body =
            multipart(fields, user_ids).ok_or_else(|| CallError::NotMade("an id or description has a line break".into()))?;
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        let content_type = HeaderValue::try_from(content_type).map_err(|error| CallError::NotMade(error.to_string()))?;
        let timeout = Some(self.http.options.upload_timeout);
        Ok(Call { timeout, ..Call::new(endpoint).raw(content_type, body) })
    }

    /// Makes an audience of who tapped a link in a broadcast or narrowcast of the last 60 days.
    pub async fn create_click_audience(
        &self,
        token: &AccessToken,
        description: &str,
        request_id: &str,
        click_url: Option<&str>,
    ) -> CallResult<Audience> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire<'a> {
            description: &'a str,
            request_id: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            click_url: Option<&'a str>,
        }
        let body = Wire { description, request_id, click_url };
        self.get(Call::new(endpoint::AUDIENCE_CREATE_CLICK).token(token).json(&body)?).await
    }

    /// Makes an audience of who saw a broadcast or narrowcast of the last 60 days.
    pub async fn create_impression_audience(
        &self,
        token: &AccessToken,
        description: &str,
        request_id: &str,
    ) -> CallResult<Audience> {
        let body = json!({"description": description, "requestId": request_id});
        self.get(Call::new(endpoint::AUDIENCE_CREATE_IMP).token(token).json(&body)?).await
    }

    /// Renames one: 1 to 120 characters.
    pub async fn rename_audience(&self, token: &AccessToken, audience_id: i64, description: &str) -> CallResult<()> {
        let call = Call::at(endpoint::AUDIENCE_RENAME, &[&audience_id.to_string()])?.token(token);
        self.done(call.json(&json!({"description": description}))?).await
    }

    /// Removes one.
    pub async fn delete_audience(&self, token: &AccessToken, audience_id: i64) -> CallResult<()> {
        let id = audience_id.to_string();
        self.done(Call::at(endpoint::AUDIENCE_DELETE, &[&id])?.token(token)).await
    }

    /// One with its uploads. LINE says 400, not 404, if there is none.
    pub async fn audience(&self, token: &AccessToken, side: AudienceSide, audience_id: i64) -> CallResult<AudienceDetail> {
        let endpoint = side.pick(endpoint::AUDIENCE_GET, endpoint::AUDIENCE_SHARED_GET);
        self.get(Call::at(endpoint, &[&audience_id.to_string()])?.token(token)).await
    }

    /// A page of them, 40 at a time, from page 1.
    pub async fn audiences(
        &self,
        token: &AccessToken,
        side: AudienceSide,
        filter: AudienceFilter<'_>,
        page: u32,
    ) -> CallResult<AudiencePage> {
        let endpoint = side.pick(endpoint::AUDIENCE_LIST, endpoint::AUDIENCE_SHARED_LIST);
        let query = [
            ("page", Some(page.to_string())),
            ("size", Some("40".to_owned())),
            ("description", filter.description.map(str::to_owned)),
            ("status", filter.status.map(str::to_owned)),
            ("createRoute", filter.create_route.map(str::to_owned)),
        ];
        let query: Vec<_> = query.iter().map(|(name, value)| (*name, value.as_deref())).collect();
        let answer: Answer<AudiencePage> = self.get(Call::new(endpoint).token(token).query(&query)).await?;
        Ok(answer)
    }
}

fn members(user_ids: &[&str]) -> Vec<serde_json::Value> {
    user_ids.iter().map(|id| json!({"id": id})).collect()
}

/// RFC 7578. None if a value could break out of its part.
fn multipart(fields: &[(&str, &str)], user_ids: impl IntoIterator<Item = impl AsRef<str>>) -> Option<Bytes> {
    let plain = |text: &str| !text.contains(['\r', '\n']) && !text.contains(BOUNDARY);
    let mut body = String::new();
    for (name, value) in fields {
        if !plain(value) {
            return None;
        }
        body += &format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body += value;
        body += "\r\n";
    }
    body += &format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"ids.txt\"\r\n\
         Content-Type: text/plain\r\n\r\n"
    );
    for id in user_ids {
        if !plain(id.as_ref()) {
            return None;
        }
        body += id.as_ref();
        body += "\n";
    }
    body += &format!("\r\n--{BOUNDARY}--\r\n");
    Some(body.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_ids_is_one_id_per_line() {
        let body = multipart(&[("description", "会員")], ["U1", "U2"]).unwrap();
        let body = std::str::from_utf8(&body).unwrap();
        assert!(body.contains("name=\"description\"\r\n\r\n会員\r\n"));
        assert!(body.contains("Content-Type: text/plain\r\n\r\nU1\nU2\n\r\n--"));
        assert!(body.ends_with(&format!("--{BOUNDARY}--\r\n")));
    }

    #[test]
    fn nothing_breaks_out_of_its_part() {
        assert!(multipart(&[], ["U1\r\n--x"]).is_none());
        assert!(multipart(&[("description", "a\nb")], ["U1"]).is_none());
    }
}
