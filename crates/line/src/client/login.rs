//! LINE Login v2.1: from the login page to a user who is proven.

use super::{AccessToken, Answer, BadToken, Call, CallError, CallResult, Client, Hosts};
use crate::endpoint;
use crate::id_token::{Claims, Jwks};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

/// The secret half of PKCE (RFC 7636): keep it from the login page's address to the token call.
#[derive(Clone)]
pub struct PkceVerifier(SecretString);

impl PkceVerifier {
    /// From 32 random bytes, drawn by the caller.
    pub fn from_random(random: &[u8; 32]) -> Self {
        Self(SecretString::from(URL_SAFE_NO_PAD.encode(random)))
    }

    /// The verifier as it was stored.
    pub fn from_stored(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// The public half: SHA-256, in base64url.
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.expose_secret().as_bytes()))
    }

    /// The verifier to store.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Whether the login page offers to add the linked account as a friend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BotPrompt {
    /// A box within the consent page.
    Normal,
    /// A page of its own after consent.
    Aggressive,
}

/// A visit to LINE's login page.
#[derive(Clone)]
pub struct Authorize<'a> {
    /// The LINE Login channel.
    pub channel_id: &'a str,
    /// One of the channel's registered callbacks; a query may differ.
    pub redirect_uri: &'a str,
    /// Ours, unguessable, once: comes back with the code.
    pub state: &'a str,
    /// `profile`, `openid`, `email`.
    pub scopes: &'a [&'a str],
    /// Ours, once: comes back inside the ID token.
    pub nonce: Option<&'a str>,
    /// Binds the code to who asked for it.
    pub pkce: Option<&'a PkceVerifier>,
    /// Offer to add the account as a friend.
    pub bot_prompt: Option<BotPrompt>,
    /// `consent`, `none` or `login`.
    pub prompt: Option<&'a str>,
    /// After a failed automatic login: ask the user instead.
    pub disable_auto_login: bool,
}

impl Hosts {
    /// The address of the login page.
    pub fn authorize_url(&self, visit: &Authorize<'_>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", visit.channel_id)
            .append_pair("redirect_uri", visit.redirect_uri)
            .append_pair("state", visit.state)
            .append_pair("scope", &visit.scopes.join(" "));
        if let Some(nonce) = visit.nonce {
            query.append_pair("nonce", nonce);
        }
        if let Some(pkce) = visit.pkce {
            query.append_pair("code_challenge", &pkce.challenge());
            query.append_pair("code_challenge_method", "S256");
        }
        if let Some(bot_prompt) = visit.bot_prompt {
            let word = match bot_prompt {
                BotPrompt::Normal => "normal",
                BotPrompt::Aggressive => "aggressive",
            };
            query.append_pair("bot_prompt", word);
        }
        if let Some(prompt) = visit.prompt {
            query.append_pair("prompt", prompt);
        }
        if visit.disable_auto_login {
            query.append_pair("disable_auto_login", "true");
        }
        format!("{}/oauth2/v2.1/authorize?{}", self.access, query.finish())
    }
}

/// What a code or refresh token was changed into.
#[derive(Debug, Clone)]
pub struct LoginTokens {
    /// The user's access token; 30 days.
    pub access_token: AccessToken,
    /// Seconds it holds.
    pub expires_in: i64,
    /// For a new access token; 90 days, not extended by use.
    pub refresh_token: SecretString,
    /// Who the user is; with scope `openid`, and only for a code.
    pub id_token: Option<SecretString>,
    /// What the user allowed; never lists `email`.
    pub scope: String,
}

/// What LINE knows of a user's access token.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct UserTokenInfo {
    /// What it allows.
    #[serde(default)]
    pub scope: String,
    /// The channel it was issued to: compare it with your own before believing the token.
    pub client_id: String,
    /// Seconds it still holds.
    pub expires_in: i64,
}

/// The user by OpenID.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct UserInfo {
    /// User id.
    pub sub: String,
    /// Name, with scope `profile`.
    pub name: Option<String>,
    /// Picture, with scope `profile`.
    pub picture: Option<String>,
}

/// The user by profile.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoginProfile {
    /// User id, as the channel's provider knows them.
    pub user_id: String,
    /// Name.
    pub display_name: String,
    /// Picture.
    pub picture_url: Option<String>,
    /// The line below the name.
    pub status_message: Option<String>,
}

/// A LINE Login or MINI App channel.
#[derive(Clone)]
pub struct LoginChannel {
    /// Its id: also the digits before `-` in its LIFF ids.
    pub id: String,
    /// Its secret.
    pub secret: SecretString,
}

#[derive(Deserialize)]
struct WireTokens {
    access_token: String,
    expires_in: i64,
    refresh_token: String,
    id_token: Option<String>,
    #[serde(default)]
    scope: String,
}

impl LoginTokens {
    fn from_wire(answer: Answer<WireTokens>) -> CallResult<Self> {
        let Answer { value, request_id } = answer;
        let Ok(access_token) = AccessToken::new(&value.access_token) else {
            return Err(CallError::Unreadable { problem: BadToken.to_string(), request_id });
        };
        let tokens = Self {
            access_token,
            expires_in: value.expires_in,
            refresh_token: value.refresh_token.into(),
            id_token: value.id_token.map(Into::into),
            scope: value.scope,
        };
        Ok(Answer { value: tokens, request_id })
    }
}

impl Client {
    /// Changes the code of a callback (ten minutes, once) into tokens.
    pub async fn login_tokens(
        &self,
        channel: &LoginChannel,
        code: &str,
        redirect_uri: &str,
        pkce: Option<&PkceVerifier>,
    ) -> CallResult<LoginTokens> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("client_id", channel.id.as_str()),
            ("client_secret", channel.secret.expose_secret()),
        ];
        if let Some(pkce) = pkce {
            form.push(("code_verifier", pkce.expose()));
        }
        LoginTokens::from_wire(self.get(Call::new(endpoint::LOGIN_TOKEN).form(&form)).await?)
    }

    /// A new access token for a refresh token.
    pub async fn refresh_login(&self, channel: &LoginChannel, refresh_token: &SecretString) -> CallResult<LoginTokens> {
        let call = Call::new(endpoint::LOGIN_TOKEN).form(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.expose_secret()),
            ("client_id", &channel.id),
            ("client_secret", channel.secret.expose_secret()),
        ]);
        LoginTokens::from_wire(self.get(call).await?)
    }

    /// What LINE knows of a user's access token. It proves nothing until `client_id` is compared
    /// with the own channel's id.
    pub async fn user_token_info(&self, token: &AccessToken) -> CallResult<UserTokenInfo> {
        let call = Call::new(endpoint::LOGIN_VERIFY_ACCESS);
        self.get(call.query(&[("access_token", Some(token.secret()))])).await
    }

    /// Lets LINE check an ID token. [`id_token::verify`](crate::id_token::verify) does the same
    /// without a call.
    pub async fn verify_id_token(&self, channel_id: &str, id_token: &str, nonce: Option<&str>) -> CallResult<Claims> {
        let mut form = vec![("id_token", id_token), ("client_id", channel_id)];
        if let Some(nonce) = nonce {
            form.push(("nonce", nonce));
        }
        self.get(Call::new(endpoint::LOGIN_VERIFY_ID).form(&form)).await
    }

    /// The public keys of ES256 ID tokens, to be kept for some hours.
    pub async fn login_keys(&self) -> CallResult<Jwks> {
        self.get(Call::new(endpoint::LOGIN_CERTS)).await
    }

    /// The user by OpenID, with a user's token of scope `openid`.
    pub async fn userinfo(&self, token: &AccessToken) -> CallResult<UserInfo> {
        self.get(Call::new(endpoint::LOGIN_USERINFO).token(token)).await
    }

    /// The user by profile, with a user's token of scope `profile`.
    pub async fn login_profile(&self, token: &AccessToken) -> CallResult<LoginProfile> {
        self.get(Call::new(endpoint::LOGIN_PROFILE).token(token)).await
    }

    /// Is the user a friend of the account linked to the login channel, and not blocking it?
    pub async fn friendship(&self, token: &AccessToken) -> CallResult<bool> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire {
            friend_flag: bool,
        }
        let answer: Answer<Wire> = self.get(Call::new(endpoint::LOGIN_FRIENDSHIP).token(token)).await?;
        Ok(Answer { value: answer.value.friend_flag, request_id: answer.request_id })
    }

    /// Ends a user's access token.
    pub async fn revoke_login(&self, channel: &LoginChannel, user_token: &AccessToken) -> CallResult<()> {
        let call = Call::new(endpoint::LOGIN_REVOKE).form(&[
            ("access_token", user_token.secret()),
            ("client_id", &channel.id),
            ("client_secret", channel.secret.expose_secret()),
        ]);
        self.done(call).await
    }

    /// Gives up all a user allowed; to be called when the user leaves the service. Takes a token of
    /// the login channel itself.
    pub async fn deauthorize(&self, channel_token: &AccessToken, user_token: &AccessToken) -> CallResult<()> {
        let body = json!({"userAccessToken": user_token.secret()});
        self.done(Call::new(endpoint::LOGIN_DEAUTHORIZE).token(channel_token).json(&body)?).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_the_example_of_rfc_7636() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned();
        let challenge = PkceVerifier::from_stored(verifier).challenge();
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a_drawn_verifier_has_the_length_line_asks_for() {
        let verifier = PkceVerifier::from_random(&[7; 32]);
        assert!((43..=128).contains(&verifier.expose().len()));
    }

    #[test]
    fn the_login_page_gets_what_was_asked() {
        let pkce = PkceVerifier::from_random(&[7; 32]);
        let visit = Authorize {
            channel_id: "1234567890",
            redirect_uri: "https://shop.example/cb?x=1",
            state: "s t",
            scopes: &["openid", "profile"],
            nonce: Some("n"),
            pkce: Some(&pkce),
            bot_prompt: Some(BotPrompt::Aggressive),
            prompt: None,
            disable_auto_login: true,
        };
        let address: url::Url = Hosts::line().authorize_url(&visit).parse().unwrap();
        assert_eq!(address.host_str(), Some("access.line.me"));
        let query: std::collections::HashMap<_, _> = address.query_pairs().collect();
        assert_eq!(query["redirect_uri"], "https://shop.example/cb?x=1");
        assert_eq!(query["scope"], "openid profile");
        assert_eq!(query["state"], "s t");
        assert_eq!(query["code_challenge"], pkce.challenge());
        assert_eq!(query["code_challenge_method"], "S256");
        assert_eq!(query["bot_prompt"], "aggressive");
        assert_eq!(query["disable_auto_login"], "true");
        assert!(!query.contains_key("prompt"));
    }
}
