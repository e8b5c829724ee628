//! Channel access tokens by channel id and secret.

use super::{AccessToken, Answer, BadToken, Call, CallError, CallResult, Client};
use crate::endpoint::{self, Endpoint};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// A channel access token as it was issued.
#[derive(Debug, Clone)]
pub struct IssuedToken {
    /// The token.
    pub token: AccessToken,
    /// Seconds it holds from now.
    pub expires_in: i64,
}

/// What LINE knows of a channel access token.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TokenInfo {
    /// The channel it belongs to.
    pub client_id: String,
    /// Seconds it still holds.
    pub expires_in: i64,
    /// What it allows.
    pub scope: Option<String>,
}

impl Client {
    /// A stateless channel token: 15 minutes, any number of them, cannot be revoked.
    pub async fn issue_stateless_token(&self, channel_id: &str, channel_secret: &SecretString) -> CallResult<IssuedToken> {
        self.issue(endpoint::TOKEN_STATELESS, channel_id, channel_secret).await
    }

    /// A short-lived channel token: 30 days; a channel has at most 30, a new one ends the oldest.
    pub async fn issue_short_lived_token(&self, channel_id: &str, channel_secret: &SecretString) -> CallResult<IssuedToken> {
        self.issue(endpoint::TOKEN_SHORT, channel_id, channel_secret).await
    }

    async fn issue(&self, endpoint: Endpoint, channel_id: &str, channel_secret: &SecretString) -> CallResult<IssuedToken> {
        #[derive(Deserialize)]
        struct Wire {
            access_token: String,
            expires_in: i64,
        }
        let call = Call::new(endpoint).form(&[
            ("grant_type", "client_credentials"),
            ("client_id", channel_id),
            ("client_secret", channel_secret.expose_secret()),
        ]);
        let Answer { value: Wire { access_token, expires_in }, request_id } = self.get(call).await?;
        match AccessToken::new(&access_token) {
            Ok(token) => Ok(Answer { value: IssuedToken { token, expires_in }, request_id }),
            Err(BadToken) => Err(CallError::Unreadable { problem: BadToken.to_string(), request_id }),
        }
    }

    /// What LINE knows of a short- or long-lived channel token.
    pub async fn token_info(&self, token: &AccessToken) -> CallResult<TokenInfo> {
        let call = Call::new(endpoint::TOKEN_VERIFY);
        self.get(call.form(&[("access_token", token.secret())])).await
    }

    /// Ends a short- or long-lived channel token.
    pub async fn revoke_token(&self, token: &AccessToken) -> CallResult<()> {
        let call = Call::new(endpoint::TOKEN_REVOKE);
        self.done(call.form(&[("access_token", token.secret())])).await
    }
}
