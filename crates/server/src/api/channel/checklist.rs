//! What only people can switch at LINE, ticked off by hand.

use axum::Json;
use axum::extract::State;
use engine::ids::ChannelId;
use engine::workspace::checklist::{self, Item, Tick};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::{Caller, Require, can};
use crate::error::Answer;
use crate::http::{Body, Ids, Items};

/// A thing that was ticked off.
#[derive(Serialize, ToSchema)]
#[schema(as = Tick)]
pub(super) struct TickView {
    item: Item,
    at: i64,
    /// Who; null when it was no member of staff.
    name: Option<String>,
}

impl From<Tick> for TickView {
    fn from(tick: Tick) -> Self {
        Self { item: tick.item, at: tick.at, name: tick.name }
    }
}

async fn all(app: &App, caller: &Caller, id: ChannelId) -> Answer<Json<Items<TickView>>> {
    super::stored(app, caller, id).await?;
    let workspace = caller.workspace;
    let ticks = app.read(move |tx| checklist::ticks(tx, workspace, id)).await?;
    Ok(Json(Items { items: ticks.into_iter().map(TickView::from).collect() }))
}

/// What is ticked off.
#[utoipa::path(get, path = "/channels/{id}/ticks", operation_id = "listTicks", tag = "channels", params(("id" = Uuid, Path)),
    responses((status = 200, body = Items<TickView>, description = "Ticks")), extensions(("x-permission" = json!("read"))))]
pub(super) async fn list_ticks(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<ChannelId>,
) -> Answer<Json<Items<TickView>>> {
    all(&app, &caller, id).await
}

/// What to tick off, or to take back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetTick {
    item: Item,
    ticked: bool,
}

/// Ticks an item off, or takes the tick back.
#[utoipa::path(put, path = "/channels/{id}/ticks", operation_id = "setTick", tag = "channels", request_body = SetTick, params(("id" = Uuid, Path)),
    responses((status = 200, body = Items<TickView>, description = "Ticks now")), extensions(("x-permission" = json!("settings"))))]
pub(super) async fn set_tick(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Ids(id): Ids<ChannelId>,
    Body(SetTick { item, ticked }): Body<SetTick>,
) -> Answer<Json<Items<TickView>>> {
    let act = app.act(&caller);
    app.write(move |tx| match ticked {
        true => checklist::tick(tx, &act, id, item),
        false => checklist::untick(tx, &act, id, item),
    })
    .await?;
    all(&app, &caller, id).await
}
