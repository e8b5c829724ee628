//! What LINE says of an account: asked when it is connected, checked, or its webhook is set.

use engine::clock::machine_ms;
use engine::ids::ChannelId;
use line::client::{AccessToken, BotInfo, CallError, WebhookEndpoint, WebhookTest};
use line::token::TokenSource;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Caller;
use crate::error::{Answer, Code, Problem};

/// What LINE says of an account now.
#[derive(Serialize, ToSchema)]
pub struct Probe {
    bot: Bot,
    quota: ProbeQuota,
    webhook: Webhook,
}

/// The account as LINE knows it.
#[derive(Serialize, ToSchema)]
struct Bot {
    user_id: String,
    basic_id: String,
    display_name: String,
    picture_url: Option<String>,
    /// `chat`: LINE's own chat is on.
    chat_mode: String,
    mark_as_read_mode: String,
}

/// LINE's figures of the month.
#[derive(Serialize, ToSchema)]
struct ProbeQuota {
    limit: Option<i64>,
    used: i64,
}

/// Where LINE sends webhooks.
#[derive(Serialize, ToSchema)]
struct Webhook {
    endpoint: Option<String>,
    active: bool,
    /// Whether that is our address of this account.
    is_ours: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<Test>,
}

/// LINE's own test of the webhook.
#[derive(Serialize, ToSchema)]
struct Test {
    success: bool,
    status: i64,
    reason: String,
    detail: String,
}

impl Probe {
    pub(super) fn display_name(&self) -> &str {
        &self.bot.display_name
    }

    pub(super) fn chat_mode(&self) -> &str {
        &self.bot.chat_mode
    }

    pub(super) fn endpoint(&self) -> Option<&str> {
        self.webhook.endpoint.as_deref()
    }

    pub(super) const fn webhook_active(&self) -> bool {
        self.webhook.active
    }

    pub(super) const fn is_ours(&self) -> bool {
        self.webhook.is_ours
    }

    pub(super) const fn quota(&self) -> (Option<i64>, i64) {
        (self.quota.limit, self.quota.used)
    }

    pub(super) fn bot_row(&self) -> (String, String, String, Option<String>) {
        let bot = &self.bot;
        (bot.user_id.clone(), bot.basic_id.clone(), bot.display_name.clone(), bot.picture_url.clone())
    }

    pub(super) fn stands_at(&mut self, address: &str) {
        self.webhook.endpoint = Some(address.to_owned());
    }

    pub(super) fn tested(&mut self, test: WebhookTest) {
        let WebhookTest { success, status_code, reason, detail, .. } = test;
        self.webhook.test = Some(Test { success, status: status_code, reason, detail });
    }

    pub(super) fn mark_ours(&mut self, app: &App, id: ChannelId) {
        let ours = address(app, id);
        self.webhook.is_ours = self.webhook.endpoint.as_deref() == Some(ours.as_str());
    }
}

/// Our address of an account's webhooks.
pub(super) fn address(app: &App, id: ChannelId) -> String {
    app.absolute(&format!("/webhook/line/{id}"))
}

/// Gets a token and asks for everything.
pub(super) async fn ask(app: &App, line_channel_id: &str, secret: &SecretString, token: Option<&SecretString>) -> Answer<Probe> {
    let token = token_for(app, line_channel_id, secret, token).await?;
    ask_with(app, &token).await
}

pub(super) async fn ask_with(app: &App, token: &AccessToken) -> Answer<Probe> {
    let line = &app.engine.line;
    let (bot, quota, used, webhook) =
        tokio::join!(line.bot_info(token), line.quota(token), line.quota_consumption(token), line.webhook_endpoint(token));
    let BotInfo { user_id, basic_id, premium_id, display_name, picture_url, chat_mode, mark_as_read_mode } =
        bot.map_err(refusal)?.value;
    let webhook = match webhook {
        Ok(answer) => Some(answer.value),
        // Nothing is set yet.
        Err(CallError::Refused(_)) => None,
        Err(error) => return Err(refusal(error)),
    };
    let (endpoint, active) = webhook.map_or((None, false), |WebhookEndpoint { endpoint, active }| (Some(endpoint), active));
    Ok(Probe {
        bot: Bot { user_id, basic_id: premium_id.unwrap_or(basic_id), display_name, picture_url, chat_mode, mark_as_read_mode },
        quota: ProbeQuota { limit: quota.map_err(refusal)?.value.limit(), used: used.map_err(refusal)?.value.total_usage },
        webhook: Webhook { endpoint: endpoint.filter(|url| !url.is_empty()), active, is_ours: false, test: None },
    })
}

pub(super) async fn token_for(
    app: &App,
    line_channel_id: &str,
    secret: &SecretString,
    token: Option<&SecretString>,
) -> Answer<AccessToken> {
    match token {
        Some(token) => AccessToken::new(token.expose_secret()).map_err(|_| {
            Problem::invalid(
                "access_token",
                "bad_token",
                "アクセストークンの形が正しくありません。LINE Developersからそのまま貼り付けてください。",
            )
        }),
        None => {
            let source = TokenSource::stateless(line_channel_id.trim().to_owned(), secret.clone());
            source.token(&app.engine.line, machine_ms()).await.map_err(refusal)
        }
    }
}

/// A token of a connected account.
pub(super) async fn token_of(app: &App, caller: &Caller, id: ChannelId) -> Answer<AccessToken> {
    let channel = super::stored(app, caller, id).await?;
    token_for(app, &channel.line_channel_id, &channel.secrets[0], channel.token.as_ref()).await
}

/// LINE's refusal as a problem.
pub(super) fn refusal(error: CallError) -> Problem {
    match error {
        CallError::Refused(_) | CallError::TokenInvalid(_) => Problem::new(Code::LineRefused),
        CallError::RateLimited(_) => Problem::new(Code::LineUnreachable)
            .saying("LINEへの問い合わせが多すぎます。1分ほど待ってからもう一度試してください。")
            .after(60),
        CallError::Unavailable(_) | CallError::Unreadable { .. } => {
            tracing::warn!(%error, "LINE could not be asked");
            Problem::new(Code::LineUnreachable).after(5)
        }
        CallError::NotMade(detail) => Problem::new(Code::LineRefused).saying(format!("LINEに問い合わせできない値です: {detail}")),
    }
}
