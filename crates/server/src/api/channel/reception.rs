//! Where an account's webhooks go: 送信のみ, 並走, 切替 and 元に戻す.

use axum::Json;
use axum::extract::State;
use engine::access::db::Act;
use engine::ids::{ChannelId, TaskId};
use engine::reception::db::{Figures, Forwarded, figures, page, take_back, write_plan};
use engine::reception::{self, AtLine, Plan, State as ForwardState, Wish};
use engine::workspace::{Channel, Mode};
use line::client::{AccessToken, CallError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::ChannelView;
use super::probe::{self, Probe};
use crate::app::App;
use crate::auth::{Caller, Require, can};
use crate::error::{Answer, Code, Problem};
use crate::http::{Accepted, Body, Ids, Page, PageQuery, Query};

/// Figures of the log are of this time.
const DAY_MS: i64 = 86_400_000;

/// Where webhooks shall go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reception {
    /// `send_only` 送信のみ, `parallel` 並走, `full` 切替 (default).
    #[serde(default = "switched")]
    mode: Mode,
    /// 並走: the old tool's address; by default the one that LINE has today.
    #[serde(default)]
    forward_url: Option<String>,
}

const fn switched() -> Mode {
    Mode::Full
}

/// How it stands now.
#[derive(Serialize, ToSchema)]
pub(super) struct Received {
    channel: ChannelView,
    probe: Probe,
    /// False when LINE's test did not reach us: then nothing was changed, here and at LINE.
    changed: bool,
}

/// Chooses where webhooks go. Our address is tried by LINE before it is set there; the old one is kept.
#[utoipa::path(put, path = "/channels/{id}/webhook", operation_id = "setWebhook", tag = "channels", request_body = Reception, params(("id" = Uuid, Path)),
    responses((status = 200, body = Received, description = "Chosen, or left as it was because our address did not answer")), extensions(("x-permission" = json!("settings"))))]
pub(super) async fn set_webhook(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Ids(id): Ids<ChannelId>,
    Body(wanted): Body<Reception>,
) -> Answer<Json<Received>> {
    let wish = match wanted.mode {
        Mode::Full => Wish::Full,
        Mode::Parallel => Wish::Parallel(wanted.forward_url),
        Mode::SendOnly => Wish::SendOnly,
    };
    let way = Way::open(&app, &caller, id).await?;
    let plan = reception::plan(way.at_line(), wish, app.now_ms())?;
    way.go(&app, &caller, plan).await.map(Json)
}

/// 元に戻す: the address that stood at LINE before ours stands there again.
#[utoipa::path(post, path = "/channels/{id}/webhook/restore", operation_id = "restoreWebhook", tag = "channels", params(("id" = Uuid, Path)),
    responses((status = 200, body = Received, description = "As before")), extensions(("x-permission" = json!("settings"))))]
pub(super) async fn restore_webhook(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Ids(id): Ids<ChannelId>,
) -> Answer<Json<Received>> {
    let way = Way::open(&app, &caller, id).await?;
    let plan = reception::restore(way.at_line(), app.now_ms())?;
    way.go(&app, &caller, plan).await.map(Json)
}

/// An account, and what LINE has of it now.
struct Way {
    channel: Channel,
    token: AccessToken,
    ours: String,
    probe: Probe,
}

impl Way {
    async fn open(app: &App, caller: &Caller, id: ChannelId) -> Answer<Self> {
        let channel = super::stored(app, caller, id).await?;
        let token = probe::token_for(app, &channel.line_channel_id, &channel.secrets[0], channel.token.as_ref()).await?;
        let mut probe = probe::ask_with(app, &token).await?;
        probe.mark_ours(app, id);
        Ok(Self { channel, token, ours: probe::address(app, id), probe })
    }

    fn at_line(&self) -> AtLine<'_> {
        AtLine { ours: &self.ours, now: self.probe.endpoint(), previous: self.channel.previous_webhook.as_deref() }
    }

    /// Tries, writes down, tells LINE – in this order: what LINE sends from then on must find its way, and an address
    /// that does not answer never gets there.
    async fn go(mut self, app: &App, caller: &Caller, plan: Plan) -> Answer<Received> {
        if let Some(forward) = plan.forward.as_ref().filter(|_| plan.mode == Mode::Parallel) {
            reception::check_address(&app.engine, &forward.url)?;
        }
        if plan.mode.receives() {
            let test = app.engine.line.test_webhook_endpoint(&self.token, Some(&self.ours)).await;
            let test = test.map_err(|error| refused(error, &self.ours))?.value;
            let reached = test.success;
            self.probe.tested(test);
            if !reached {
                let channel = super::one(app, caller, self.channel.id).await?;
                return Ok(Received { channel, probe: self.probe, changed: false });
            }
        }
        let act = app.act(caller);
        self.write(app, &act, &plan).await?;
        if let Some(address) = &plan.set {
            if let Err(error) = app.engine.line.set_webhook_endpoint(&self.token, address).await {
                let stands = self.stands(app, &error, address).await;
                // As long as nobody knows where LINE sends, what comes must be received.
                if stands == Some(false) || (stands.is_none() && !plan.mode.receives()) {
                    self.take_back(app, &act).await?;
                }
                if stands != Some(true) {
                    return Err(refused(error, address));
                }
            }
            self.probe.stands_at(address);
            self.probe.mark_ours(app, self.channel.id);
        }
        Ok(Received { channel: super::one(app, caller, self.channel.id).await?, probe: self.probe, changed: true })
    }

    /// Whether the address stands at LINE although the call that set it failed: an answer may be lost on its way.
    /// `None` when LINE does not say.
    async fn stands(&self, app: &App, error: &CallError, address: &str) -> Option<bool> {
        if matches!(error, CallError::Refused(_)) {
            return Some(false);
        }
        let read = app.engine.line.webhook_endpoint(&self.token).await.ok()?;
        Some(read.value.endpoint == address)
    }

    async fn write(&self, app: &App, act: &Act, plan: &Plan) -> Answer<()> {
        let (act, id, plan) = (act.clone(), self.channel.id, plan.clone());
        app.write(move |tx| write_plan(tx, &act, id, &plan)).await?;
        Ok(app.engine.catalogs.refresh(&app.engine.store).await?)
    }

    async fn take_back(&self, app: &App, act: &Act) -> Answer<()> {
        let (act, before) = (act.clone(), self.channel.clone());
        app.write(move |tx| take_back(tx, &act, &before)).await?;
        Ok(app.engine.catalogs.refresh(&app.engine.store).await?)
    }
}

fn refused(error: CallError, address: &str) -> Problem {
    match error {
        CallError::Refused(_) => Problem::new(Code::LineRefused).saying(format!(
            "LINEがWebhook URLを受け付けませんでした({address})。https:// で始まり、外から届くアドレスか確認してください。"
        )),
        other => probe::refusal(other),
    }
}

/// A body that was handed on to the old tool.
#[derive(Serialize, ToSchema)]
#[schema(as = Forward)]
pub(super) struct ForwardView {
    id: Uuid,
    received_at: i64,
    /// How many events it holds.
    events: i64,
    /// To whom.
    url: String,
    state: ForwardState,
    attempts: i64,
    /// HTTP status of the last answer.
    status: Option<i64>,
    /// Why it was not taken.
    error: Option<String>,
    /// The last try.
    done_at: Option<i64>,
}

impl From<Forwarded> for ForwardView {
    fn from(row: Forwarded) -> Self {
        let Forwarded { id, received_at, events, url, state, attempts, status, error, done_at } = row;
        Self { id: id.0, received_at, events, url, state, attempts, status, error, done_at }
    }
}

/// The log of what was handed on.
#[derive(Serialize, ToSchema)]
pub(super) struct ForwardLog {
    /// Of the last 24 hours, a thousand at most.
    figures: Figures,
    items: Vec<ForwardView>,
    next: Option<String>,
}

/// What was handed on to the old tool in the last seven days, the newest first.
#[utoipa::path(get, path = "/channels/{id}/forwards", operation_id = "listForwards", tag = "channels", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = ForwardLog, description = "A page of the log")), extensions(("x-permission" = json!("read"))))]
pub(super) async fn list_forwards(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<ChannelId>,
    Query(query): Query<PageQuery>,
) -> Answer<Json<ForwardLog>> {
    super::stored(&app, &caller, id).await?;
    let (before, limit) = (query.after::<(i64, TaskId)>()?, query.limit());
    let since = app.now_ms() - DAY_MS;
    let (rows, figures) = app
        .read(move |tx| Ok((page(tx, caller.workspace, id, before, limit + 1)?, figures(tx, caller.workspace, id, since)?)))
        .await?;
    let Page { items, next } = Page::cut(rows, limit, |row| (row.received_at, row.id)).map(ForwardView::from);
    Ok(Json(ForwardLog { figures, items, next }))
}

/// How many are sent again.
#[derive(Serialize, ToSchema)]
pub(super) struct Retried {
    retried: usize,
}

/// Sends again what the old tool did not take.
#[utoipa::path(post, path = "/channels/{id}/forwards/retry", operation_id = "retryForwards", tag = "channels", params(("id" = Uuid, Path)),
    responses((status = 202, body = Retried, description = "Sent again in a moment")), extensions(("x-permission" = json!("settings"))))]
pub(super) async fn retry_forwards(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Ids(id): Ids<ChannelId>,
) -> Answer<Accepted<Retried>> {
    super::stored(&app, &caller, id).await?;
    let act = app.act(&caller);
    let retried = app
        .write(move |tx| {
            let retried = reception::retry_failed(tx, act.workspace, id, act.at)?;
            act.note(tx, "channel.retry_forwards", id.0, &serde_json::json!({ "count": retried }))?;
            Ok(retried)
        })
        .await?;
    app.engine.hints.tasks.notify_one();
    Ok(Accepted(Retried { retried }))
}
