//! はじめに: how far each account is on its way to the first greeting.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use engine::contact::followers::{self, FetchState};
use engine::ids::{ChannelId, RuleId};
use engine::rule::{Rule, Trigger};
use engine::workspace::checklist::{self, Item};
use engine::workspace::provider_check::{self, Verdict};
use engine::workspace::{Catalog, Channel, set_setting, setting};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Caller, Require, can};
use crate::error::Answer;
use crate::http::Body;

/// Where the choice to put the list away is kept.
const SETTING: &str = "start";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_start, put_start))
}

/// The whole list.
#[derive(Serialize, ToSchema)]
#[schema(as = StartList)]
struct Start {
    /// Staff put the list away.
    put_away: bool,
    /// By account, oldest first.
    channels: Vec<ChannelStart>,
}

/// How far an account is.
#[derive(Serialize, ToSchema)]
struct ChannelStart {
    channel_id: Uuid,
    /// Whether staff chose where webhooks go.
    reception: bool,
    /// What the provider check showed; null: not done.
    provider: Option<Verdict>,
    /// Ticked off by hand, of `ticks_all`.
    ticks: usize,
    ticks_all: usize,
    /// The fetch of existing friends.
    friends: FetchState,
    /// The rule that greets new friends; null: none that is on.
    greeting: Option<Uuid>,
    /// False for 送信のみ, where nobody's joining is told to us.
    can_greet: bool,
    /// Nothing is left that should be done.
    finished: bool,
}

impl ChannelStart {
    fn new(channel: &Channel, ticks: usize, provider: Option<Verdict>, friends: FetchState, greeting: Option<RuleId>) -> Self {
        let (reception, ticks_all, can_greet) = (channel.reception_at.is_some(), Item::ALL.len(), channel.mode.receives());
        let looked = !matches!(friends, FetchState::None | FetchState::Running);
        let finished = reception && ticks == ticks_all && looked && (greeting.is_some() || !can_greet);
        Self {
            channel_id: channel.id.0,
            reception,
            provider,
            ticks,
            ticks_all,
            friends,
            greeting: greeting.map(|id| id.0),
            can_greet,
            finished,
        }
    }
}

/// The rule that answers when somebody becomes a friend.
fn greeting(catalog: &Catalog, channel: ChannelId) -> Option<RuleId> {
    let mut rules = catalog.rules.iter();
    let greets = |rule: &&Rule| matches!(rule.trigger, Trigger::Follow {}) && rule.channel.is_none_or(|only| only == channel);
    rules.find(greets).map(|rule| rule.id)
}

async fn look(app: &App, caller: &Caller) -> Answer<Json<Start>> {
    let (workspace, catalogs) = (caller.workspace, app.engine.catalogs.clone());
    let start = app
        .read(move |tx| {
            let catalog = catalogs.get(tx, workspace)?;
            let mut verdicts: BTreeMap<ChannelId, Verdict> =
                provider_check::checks(tx, workspace)?.into_iter().map(|(id, check)| (id, check.verdict)).collect();
            let mut channels = Vec::new();
            for channel in catalog.channels.values() {
                let ticks = checklist::ticks(tx, workspace, channel.id)?.len();
                let friends = followers::view(tx, workspace, channel.id)?.state;
                let greets = greeting(&catalog, channel.id);
                channels.push(ChannelStart::new(channel, ticks, verdicts.remove(&channel.id), friends, greets));
            }
            let put_away = setting(tx, workspace, SETTING)?.is_some_and(|json| json.contains("\"put_away\":true"));
            Ok(Start { put_away, channels })
        })
        .await?;
    Ok(Json(start))
}

/// How far each account is on its way to the first greeting.
#[utoipa::path(get, path = "/start", operation_id = "getStart", tag = "workspace",
    responses((status = 200, body = Start, description = "The list")), extensions(("x-permission" = json!("read"))))]
async fn get_start(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Start>> {
    look(&app, &caller).await
}

/// Whether the list is shown.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PutAway {
    put_away: bool,
}

/// Puts the list away, or takes it out again.
#[utoipa::path(put, path = "/start", operation_id = "putStart", tag = "workspace", request_body = PutAway,
    responses((status = 200, body = Start, description = "The list")), extensions(("x-permission" = json!("settings"))))]
async fn put_start(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Body(put): Body<PutAway>,
) -> Answer<Json<Start>> {
    let act = app.act(&caller);
    app.write(move |tx| {
        let json = serde_json::json!({ "put_away": put.put_away });
        set_setting(tx, act.workspace, SETTING, &json.to_string())?;
        act.note(tx, "workspace.start", act.workspace.0, &json)
    })
    .await?;
    look(&app, &caller).await
}
