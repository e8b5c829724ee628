//! Friends from before Enishi: fetched where LINE lists them, and how many LINE itself counts.

use axum::Json;
use axum::extract::State;
use engine::contact::followers::{self, FriendFetch};
use engine::delivery::quota::yesterday;
use engine::ids::ChannelId;
use serde::Serialize;
use utoipa::ToSchema;

use super::probe;
use crate::app::App;
use crate::auth::{Caller, Require, can};
use crate::error::Answer;
use crate::http::Ids;

async fn view(app: &App, caller: &Caller, id: ChannelId) -> Answer<Json<FriendFetch>> {
    let workspace = caller.workspace;
    app.read(move |tx| followers::view(tx, workspace, id)).await.map(Json)
}

/// How the latest fetch of existing friends stands.
#[utoipa::path(get, path = "/channels/{id}/followers", operation_id = "getFollowers", tag = "channels", params(("id" = Uuid, Path)),
    responses((status = 200, body = FriendFetch, description = "The fetch")), extensions(("x-permission" = json!("read"))))]
pub(super) async fn get_followers(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<ChannelId>,
) -> Answer<Json<FriendFetch>> {
    view(&app, &caller, id).await
}

/// Fetches existing friends, where LINE lists them. Starts no greeting and no journey.
#[utoipa::path(post, path = "/channels/{id}/followers", operation_id = "fetchFollowers", tag = "channels", params(("id" = Uuid, Path)),
    responses((status = 200, body = FriendFetch, description = "Under way")), extensions(("x-permission" = json!("settings"))))]
pub(super) async fn fetch_followers(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Ids(id): Ids<ChannelId>,
) -> Answer<Json<FriendFetch>> {
    let act = app.act(&caller);
    app.write(move |tx| followers::start(tx, &act, id)).await?;
    app.engine.hints.tasks.notify_one();
    view(&app, &caller, id).await
}

/// Stops a fetch; what was fetched stays.
#[utoipa::path(delete, path = "/channels/{id}/followers", operation_id = "stopFollowers", tag = "channels", params(("id" = Uuid, Path)),
    responses((status = 200, body = FriendFetch, description = "Stopped")), extensions(("x-permission" = json!("settings"))))]
pub(super) async fn stop_followers(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Ids(id): Ids<ChannelId>,
) -> Answer<Json<FriendFetch>> {
    let act = app.act(&caller);
    app.write(move |tx| followers::stop(tx, &act, id)).await?;
    view(&app, &caller, id).await
}

/// What LINE counts.
#[derive(Serialize, ToSchema)]
pub(super) struct LineFriends {
    /// Who ever added the account and did not block it, as of the end of `day`; null when LINE has no figure.
    friends: Option<i64>,
    blocks: Option<i64>,
    /// `yyyyMMdd`, Japan.
    day: String,
}

/// How many friends LINE counts, as of yesterday.
#[utoipa::path(get, path = "/channels/{id}/line-friends", operation_id = "lineFriends", tag = "channels", params(("id" = Uuid, Path)),
    responses((status = 200, body = LineFriends, description = "LINE's figures")), extensions(("x-permission" = json!("read"))))]
pub(super) async fn line_friends(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<ChannelId>,
) -> Answer<Json<LineFriends>> {
    let channel = super::stored(&app, &caller, id).await?;
    let token = probe::token_for(&app, &channel.line_channel_id, &channel.secrets[0], channel.token.as_ref()).await?;
    let day = yesterday(app.now_ms());
    let insight = app.engine.line.follower_insight(&token, &day).await.map_err(probe::refusal)?.value;
    let friends = insight.followers.map(|all| all - insight.blocks.unwrap_or(0));
    Ok(Json(LineFriends { friends, blocks: insight.blocks, day }))
}
