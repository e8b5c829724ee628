//! One request on its way through an endpoint.

use crate::answer::Answer;
use crate::channel::Channel;
use crate::json::Json;
use crate::route::{Args, Route};
use crate::token::Grant;
use crate::world::World;
use bytes::Bytes;
use hyper::HeaderMap;
use std::sync::Arc;
use uuid::Uuid;

/// What an endpoint may look at.
pub struct Call<'a> {
    pub world: &'a Arc<World>,
    pub route: &'a Route,
    /// The token that opened the endpoint; `None` on open ones.
    pub grant: Option<Arc<Grant>>,
    pub args: Args<'a>,
    pub query: &'a str,
    pub headers: &'a HeaderMap,
    pub body: Bytes,
    /// The simulator's clock when the request was accepted.
    pub now_ms: i64,
    pub request_id: Uuid,
}

impl Call<'_> {
    /// The channel of the token. Routes with [`crate::route::Auth::Open`] must not ask.
    pub fn channel(&self) -> &Arc<Channel> {
        match &self.grant {
            Some(grant) => &grant.channel,
            None => unreachable!("the router lets nobody in here without a token"),
        }
    }

    /// A query parameter, percent-decoded. An empty value counts as absent.
    pub fn param(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.into_owned())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON object, or LINE's complaint.
    pub fn json(&self) -> Result<Json<'_>, Answer> {
        match Json::parse(&self.body) {
            Ok(tree) if tree.is_map() => Ok(tree),
            Ok(_) => Err(Answer::error(400, "The request body could not be parsed as JSON (line: 1, column: 1)")),
            Err(error) => Err(Answer::bad_json(&error)),
        }
    }

    /// The body into a type, for the simulator's own API.
    pub fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, Answer> {
        let body: &[u8] = if self.body.is_empty() { b"{}" } else { &self.body };
        serde_json::from_slice(body).map_err(|error| Answer::sim_error(400, error.to_string()))
    }

    /// A form field (`application/x-www-form-urlencoded`).
    pub fn form(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(&self.body).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}
