//! LINE accounts: connecting, looking after, stopping.

mod check;
mod checklist;
mod coupon;
mod followers;
mod friends;
mod menu;
mod probe;
mod provider;
mod reception;

pub(crate) use friends::FriendCounts;

use axum::Json;
use axum::extract::State;
use engine::ids::{ChannelId, ProviderId};
use engine::workspace::view::{self, QuotaRow};
use engine::workspace::{
    Channel, ChannelEdit, Mode, NewChannel, add_channel, list_channels as load_channels, release_channel as release_one,
    stop_channel as stop_one, update_channel as edit_channel,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Caller, Require, can};
use crate::error::{Answer, Code, Problem};
use crate::http::{Body, Created, Done, Ids, Items, present};

use probe::Probe;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_channels, connect_channel))
        .routes(routes!(get_channel, update_channel, delete_channel))
        .routes(routes!(rotate_secret))
        .routes(routes!(drop_old_secret))
        .routes(routes!(stop_channel))
        .routes(routes!(release_channel))
        .routes(routes!(stop_all_channels))
        .routes(routes!(check::check_channel))
        .routes(routes!(reception::set_webhook))
        .routes(routes!(reception::restore_webhook))
        .routes(routes!(reception::list_forwards))
        .routes(routes!(reception::retry_forwards))
        .routes(routes!(checklist::list_ticks, checklist::set_tick))
        .routes(routes!(provider::get_provider_check, provider::begin_provider_check))
        .routes(routes!(provider::finish_provider_check))
        .routes(routes!(followers::get_followers, followers::fetch_followers, followers::stop_followers))
        .routes(routes!(followers::line_friends))
        .routes(routes!(coupon::list_coupons, coupon::create_coupon))
        .routes(routes!(menu::list_rich_menus))
}

/// One LINE Official Account.
#[derive(Serialize, ToSchema)]
#[schema(as = Channel)]
pub struct ChannelView {
    id: Uuid,
    provider_id: Uuid,
    name: String,
    /// `#rrggbb`.
    color: String,
    line_channel_id: String,
    mode: Mode,
    /// When staff chose where webhooks go; null: not yet.
    reception_at: Option<i64>,
    /// Where LINE sent webhooks before us.
    previous_webhook: Option<String>,
    /// 並走: to whom received bodies are handed on.
    forward_url: Option<String>,
    bot_user_id: Option<String>,
    basic_id: Option<String>,
    display_name: Option<String>,
    picture_url: Option<String>,
    /// 非常停止 since.
    stopped_at: Option<i64>,
    /// Percent of the quota kept back for transactional and promised.
    reserve_percent: i64,
    /// A rotation is under way: both secrets are good.
    has_old_secret: bool,
    webhook_path: String,
    webhook_url: String,
    add_friend_url: Option<String>,
    friends: i64,
    quota: Option<QuotaView>,
    created_at: i64,
}

/// LINE's quota of the running month.
#[derive(Serialize, ToSchema)]
#[schema(as = Quota)]
struct QuotaView {
    /// yyyymm, JST.
    month: i64,
    /// Null when there is none or it is not known yet.
    limit: Option<i64>,
    /// LINE's figure when it was read.
    used: i64,
    /// Fixed by us since.
    reserved: i64,
    checked_at: Option<i64>,
    exhausted_at: Option<i64>,
}

impl ChannelView {
    fn new(app: &App, channel: &Channel, friends: i64, month: i64, quota: Option<QuotaRow>) -> Self {
        let webhook_path = format!("/webhook/line/{}", channel.id);
        Self {
            id: channel.id.0,
            provider_id: channel.provider.0,
            name: channel.name.clone(),
            color: channel.color.clone(),
            line_channel_id: channel.line_channel_id.clone(),
            mode: channel.mode,
            reception_at: channel.reception_at,
            previous_webhook: channel.previous_webhook.clone(),
            forward_url: channel.forward.as_ref().filter(|forward| forward.until.is_none()).map(|forward| forward.url.clone()),
            bot_user_id: channel.bot_user_id.clone(),
            basic_id: channel.basic_id.clone(),
            display_name: channel.display_name.clone(),
            picture_url: channel.picture_url.clone(),
            stopped_at: channel.stopped_at,
            reserve_percent: channel.reserve_percent,
            has_old_secret: channel.secrets.len() > 1,
            webhook_url: app.absolute(&webhook_path),
            webhook_path,
            add_friend_url: channel.basic_id.as_ref().map(|id| format!("https://line.me/R/ti/p/{id}")),
            friends,
            quota: quota.map(|row| QuotaView {
                month,
                limit: row.limit,
                used: row.used,
                reserved: row.reserved,
                checked_at: row.checked_at,
                exhausted_at: row.exhausted_at,
            }),
            created_at: channel.created_at,
        }
    }
}

/// Channels of the workspace, or the one asked for.
async fn views(app: &App, caller: &Caller, only: Option<ChannelId>) -> Answer<Vec<ChannelView>> {
    let (workspace, vault) = (caller.workspace, app.engine.vault.clone());
    let month = engine::delivery::quota::month_of(app.now_ms());
    let counter = app.clone();
    let (channels, friends, quotas) = app
        .read(move |tx| {
            let mut channels = load_channels(tx, &vault, workspace)?;
            channels.retain(|channel| only.is_none_or(|id| channel.id == id));
            let friends = channels
                .iter()
                .map(|channel| counter.friends.of(tx, workspace, channel.id))
                .collect::<engine::Result<Vec<_>>>()?;
            Ok((channels, friends, view::quotas(tx, workspace, month)?))
        })
        .await?;
    Ok(channels
        .iter()
        .zip(friends)
        .map(|(channel, friends)| ChannelView::new(app, channel, friends, month, quotas.get(&channel.id).copied()))
        .collect())
}

async fn one(app: &App, caller: &Caller, id: ChannelId) -> Answer<ChannelView> {
    views(app, caller, Some(id)).await?.pop().ok_or_else(|| Code::NotFound.into())
}

/// The channel with its secrets, exactly as stored.
async fn stored(app: &App, caller: &Caller, id: ChannelId) -> Answer<Channel> {
    let (workspace, vault) = (caller.workspace, app.engine.vault.clone());
    let channels = app.read(move |tx| load_channels(tx, &vault, workspace)).await?;
    channels.into_iter().find(|channel| channel.id == id).ok_or_else(|| Code::NotFound.into())
}

/// LINE accounts, oldest first.
#[utoipa::path(get, path = "/channels", operation_id = "listChannels", tag = "channels",
    responses((status = 200, body = Items<ChannelView>, description = "Accounts")), extensions(("x-permission" = json!("read"))))]
async fn list_channels(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Items<ChannelView>>> {
    Ok(Json(Items { items: views(&app, &caller, None).await? }))
}

/// One LINE account.
#[utoipa::path(get, path = "/channels/{id}", operation_id = "getChannel", tag = "channels", params(("id" = Uuid, Path)),
    responses((status = 200, body = ChannelView, description = "The account")), extensions(("x-permission" = json!("read"))))]
async fn get_channel(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<ChannelId>,
) -> Answer<Json<ChannelView>> {
    one(&app, &caller, id).await.map(Json)
}

/// What LINE Developers shows of the channel.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"line_channel_id": "1655000000", "secret": "8c570fa6dd201bb328f1c1eac23a96d8", "name": "本店"}))]
struct Connect {
    /// チャネルID.
    line_channel_id: String,
    /// チャネルシークレット.
    #[schema(value_type = String)]
    secret: SecretString,
    /// By default LINE's display name.
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    provider_id: Option<Uuid>,
    /// Finds or makes the provider by name.
    #[serde(default)]
    provider_name: Option<String>,
    /// A long-lived token; without one, tokens are issued by themselves.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    access_token: Option<SecretString>,
    /// By default what changes nothing: `send_only` where LINE sends webhooks elsewhere today, else `full`.
    #[serde(default)]
    mode: Option<Mode>,
    #[serde(default)]
    color: Option<String>,
}

/// The account, and what LINE said of it.
#[derive(Serialize, ToSchema)]
struct Connected {
    channel: ChannelView,
    probe: Probe,
}

/// Connects a LINE account: LINE is asked first, so that a wrong secret is told at once.
#[utoipa::path(post, path = "/channels", operation_id = "connectChannel", tag = "channels", request_body = Connect,
    responses((status = 201, body = Connected, description = "Connected")), extensions(("x-permission" = json!("settings"))))]
async fn connect_channel(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Body(new): Body<Connect>,
) -> Answer<Created<Connected>> {
    let color = new.color.as_deref().map(check_color).transpose()?;
    if new.mode == Some(Mode::Parallel) {
        return Err(Problem::invalid("mode", "later", "並走は、接続したあとで「受信のしかた」から選んでください。"));
    }
    let mut probe = probe::ask(&app, &new.line_channel_id, &new.secret, new.access_token.as_ref()).await?;
    // Whatever stands at LINE today is another's: it is kept, and left alone.
    let elsewhere = probe.endpoint().map(str::to_owned);
    let by_default = if elsewhere.is_some() { Mode::SendOnly } else { Mode::Full };
    let act = app.act(&caller);
    let vault = app.engine.vault.clone();
    let bot = probe.bot_row();
    let provider_name = new.provider_name.clone();
    let draft = NewChannel {
        provider: new.provider_id.map(ProviderId),
        name: new.name.clone().unwrap_or_else(|| probe.display_name().to_owned()),
        line_channel_id: new.line_channel_id.trim().to_owned(),
        secret: new.secret.clone(),
        token: new.access_token.clone(),
        mode: new.mode.unwrap_or(by_default),
    };
    let id = app
        .write(move |tx| {
            let mut draft = draft.clone();
            if let Some(name) = &provider_name {
                draft.provider = Some(view::provider_named(tx, &act, name)?);
            }
            let id = add_channel(tx, &vault, act.workspace, &draft, act.at)?;
            let edit = ChannelEdit { bot: Some(bot.clone()), color: color.clone(), ..ChannelEdit::default() };
            edit_channel(tx, &vault, act.workspace, id, &edit)?;
            if let Some(elsewhere) = &elsewhere {
                engine::reception::db::remember(tx, act.workspace, id, elsewhere)?;
            }
            act.note(
                tx,
                "channel.connect",
                id.0,
                &serde_json::json!({ "line_channel_id": draft.line_channel_id, "mode": draft.mode }),
            )?;
            Ok(id)
        })
        .await?;
    app.engine.catalogs.refresh(&app.engine.store).await?;
    probe.mark_ours(&app, id);
    Ok(Created(Connected { channel: one(&app, &caller, id).await?, probe }))
}

fn check_color(color: &str) -> Answer<String> {
    let good = color.len() == 7 && color.starts_with('#') && color[1..].bytes().all(|b| b.is_ascii_hexdigit());
    if good {
        Ok(color.to_ascii_lowercase())
    } else {
        Err(Problem::invalid("color", "bad_color", "色は #2f9e44 の形で指定してください。"))
    }
}

/// What to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChannelPatch {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    color: Option<String>,
    /// 0–100.
    #[serde(default)]
    reserve_percent: Option<i64>,
}

async fn change(
    app: &App,
    caller: &Caller,
    id: ChannelId,
    edit: ChannelEdit,
    action: &'static str,
    detail: serde_json::Value,
) -> Answer<ChannelView> {
    let act = app.act(caller);
    let vault = app.engine.vault.clone();
    app.write(move |tx| {
        edit_channel(tx, &vault, act.workspace, id, &edit)?;
        act.note(tx, action, id.0, &detail)
    })
    .await?;
    app.engine.catalogs.refresh(&app.engine.store).await?;
    one(app, caller, id).await
}

/// Changes how staff see and use the account.
#[utoipa::path(patch, path = "/channels/{id}", operation_id = "updateChannel", tag = "channels", request_body = ChannelPatch, params(("id" = Uuid, Path)),
    responses((status = 200, body = ChannelView, description = "Changed")), extensions(("x-permission" = json!("settings"))))]
async fn update_channel(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Ids(id): Ids<ChannelId>,
    Body(patch): Body<ChannelPatch>,
) -> Answer<Json<ChannelView>> {
    let detail = serde_json::json!({ "name": patch.name, "color": patch.color, "reserve_percent": patch.reserve_percent });
    let color = patch.color.as_deref().map(check_color).transpose()?;
    let edit = ChannelEdit { name: patch.name, color, reserve_percent: patch.reserve_percent, ..ChannelEdit::default() };
    change(&app, &caller, id, edit, "channel.update", detail).await.map(Json)
}

/// The new secret that LINE Developers shows after a reissue.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSecret {
    #[schema(value_type = String)]
    secret: SecretString,
    /// Null goes back to tokens that are issued by themselves; absent leaves as it is.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    access_token: Option<Option<SecretString>>,
}

/// Begins a rotation: webhooks signed with the old secret are still good.
#[utoipa::path(put, path = "/channels/{id}/secret", operation_id = "rotateSecret", tag = "channels", request_body = NewSecret, params(("id" = Uuid, Path)),
    responses((status = 200, body = ChannelView, description = "Both secrets are good now")), extensions(("x-permission" = json!("settings"))))]
async fn rotate_secret(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Ids(id): Ids<ChannelId>,
    Body(new): Body<NewSecret>,
) -> Answer<Json<ChannelView>> {
    let channel = stored(&app, &caller, id).await?;
    let token = new.access_token.clone().unwrap_or_else(|| channel.token.clone());
    probe::ask(&app, &channel.line_channel_id, &new.secret, token.as_ref()).await?;
    let edit = ChannelEdit { secret: Some(new.secret), token: new.access_token, ..ChannelEdit::default() };
    change(&app, &caller, id, edit, "channel.rotate_secret", serde_json::json!({})).await.map(Json)
}

/// Ends a rotation.
#[utoipa::path(delete, path = "/channels/{id}/secret/old", operation_id = "dropOldSecret", tag = "channels", params(("id" = Uuid, Path)),
    responses((status = 200, body = ChannelView, description = "Only the new secret is good now")), extensions(("x-permission" = json!("settings"))))]
async fn drop_old_secret(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Ids(id): Ids<ChannelId>,
) -> Answer<Json<ChannelView>> {
    let edit = ChannelEdit { drop_old_secret: true, ..ChannelEdit::default() };
    change(&app, &caller, id, edit, "channel.drop_old_secret", serde_json::json!({})).await.map(Json)
}

async fn stop(app: &App, caller: &Caller, ids: Vec<ChannelId>, since: i64) -> Answer<()> {
    let act = app.act(caller);
    app.write(move |tx| {
        for id in &ids {
            stop_one(tx, act.workspace, *id, since)?;
            act.note(tx, "channel.stop", id.0, &serde_json::json!({}))?;
        }
        Ok(())
    })
    .await?;
    // This node stops now; others within half a second.
    Ok(app.engine.catalogs.refresh(&app.engine.store).await?)
}

/// 非常停止: every broadcast, journey, request and retry of this account halts at once.
#[utoipa::path(post, path = "/channels/{id}/stop", operation_id = "stopChannel", tag = "channels", params(("id" = Uuid, Path)),
    responses((status = 200, body = ChannelView, description = "Stopped")), extensions(("x-permission" = json!("stop_channel"))))]
async fn stop_channel(
    State(app): State<App>,
    Require(caller, ..): Require<can::StopChannel>,
    Ids(id): Ids<ChannelId>,
) -> Answer<Json<ChannelView>> {
    // Stopping twice keeps the first moment.
    let since = stored(&app, &caller, id).await?.stopped_at.unwrap_or_else(|| app.now_ms());
    stop(&app, &caller, vec![id], since).await?;
    one(&app, &caller, id).await.map(Json)
}

/// Ends 非常停止.
#[utoipa::path(post, path = "/channels/{id}/release", operation_id = "releaseChannel", tag = "channels", params(("id" = Uuid, Path)),
    responses((status = 200, body = ChannelView, description = "Released")), extensions(("x-permission" = json!("send_broadcast"))))]
async fn release_channel(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendBroadcast>,
    Ids(id): Ids<ChannelId>,
) -> Answer<Json<ChannelView>> {
    let act = app.act(&caller);
    app.write(move |tx| {
        release_one(tx, act.workspace, id, act.at)?;
        act.note(tx, "channel.release", id.0, &serde_json::json!({}))
    })
    .await?;
    app.engine.catalogs.refresh(&app.engine.store).await?;
    app.engine.hints.tasks.notify_one();
    one(&app, &caller, id).await.map(Json)
}

/// 非常停止 of every account of the workspace.
#[utoipa::path(post, path = "/channels/stop", operation_id = "stopAllChannels", tag = "channels",
    responses((status = 200, body = Items<ChannelView>, description = "Stopped")), extensions(("x-permission" = json!("stop_channel"))))]
async fn stop_all_channels(
    State(app): State<App>,
    Require(caller, ..): Require<can::StopChannel>,
) -> Answer<Json<Items<ChannelView>>> {
    let (workspace, vault) = (caller.workspace, app.engine.vault.clone());
    let channels = app.read(move |tx| load_channels(tx, &vault, workspace)).await?;
    let running = channels.iter().filter(|channel| channel.stopped_at.is_none()).map(|channel| channel.id).collect();
    stop(&app, &caller, running, app.now_ms()).await?;
    Ok(Json(Items { items: views(&app, &caller, None).await? }))
}

/// Disconnects an account that was never used.
#[utoipa::path(delete, path = "/channels/{id}", operation_id = "deleteChannel", tag = "channels", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Disconnected")), extensions(("x-permission" = json!("settings"))))]
async fn delete_channel(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Ids(id): Ids<ChannelId>,
) -> Answer<Done> {
    let act = app.act(&caller);
    app.write(move |tx| view::delete_channel(tx, &act, id)).await?;
    app.engine.catalogs.refresh(&app.engine.store).await?;
    Ok(Done)
}
