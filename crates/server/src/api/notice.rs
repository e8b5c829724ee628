//! Notices to staff (お知らせ): what is told, whom, and what was told.

use axum::Json;
use axum::extract::State;
use engine::ids::{NoticeId, TargetId};
use engine::notice::db::{self, Desk};
use engine::notice::{Notice, Rules, Target, TargetInput};
use engine::task::Reach;
use engine::workspace::{Kept, kept, settings};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::Answer;
use crate::http::{Accepted, Body, Change, Created, Done, Ids, Items, Page, PageQuery, Query};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_notices))
        .routes(routes!(open_notices))
        .routes(routes!(get_notice_rules, set_notice_rules))
        .routes(routes!(list_targets, create_target))
        .routes(routes!(update_target, delete_target))
        .routes(routes!(test_target))
}

/// What was found and who was told, newest first.
#[utoipa::path(get, path = "/notices", operation_id = "listNotices", tag = "notices", params(PageQuery),
    responses((status = 200, body = Page<Notice>, description = "A page of notices")), extensions(("x-permission" = json!("read"))))]
async fn list_notices(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<Notice>>> {
    let (before, limit) = (page.after::<NoticeId>()?, page.limit());
    let notices = app.read(move |tx| db::page(tx, caller.workspace, before, limit + 1)).await?;
    Ok(Json(Page::cut(notices, limit, |notice| notice.id)))
}

/// What goes on now and needs the caller: of approvals those they may give, and answers to what they asked.
#[utoipa::path(get, path = "/notices/open", operation_id = "openNotices", tag = "notices",
    responses((status = 200, body = Items<Notice>, description = "What is not over")), extensions(("x-permission" = json!("read"))))]
async fn open_notices(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Items<Notice>>> {
    let mut items = app.read(move |tx| db::open(tx, caller.workspace)).await?;
    items.retain(|notice| notice.detail.concerns(caller.user(), &caller.grant));
    Ok(Json(Items { items }))
}

/// From when on staff are told.
#[utoipa::path(get, path = "/settings/notices", operation_id = "getNoticeRules", tag = "notices",
    responses((status = 200, body = Kept<Rules>, description = "The rules")), extensions(("x-permission" = json!("read"))))]
async fn get_notice_rules(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Kept<Rules>>> {
    Ok(Json(app.read(move |tx| kept(tx, caller.workspace, "notices")).await?))
}

/// Sets from when on staff are told; what is left out has its default, null is off.
#[utoipa::path(put, path = "/settings/notices", operation_id = "setNoticeRules", tag = "notices", request_body = Change<Rules>,
    responses((status = 200, body = Kept<Rules>, description = "Set")), extensions(("x-permission" = json!("settings"))))]
async fn set_notice_rules(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Change { value: rules, base }: Change<Rules>,
) -> Answer<Json<Kept<Rules>>> {
    rules.check()?;
    let act = app.act(&caller);
    let kept = app.write(move |tx| settings::save(tx, &act, ("notices", "workspace.notices"), rules.clone(), base)).await?;
    Ok(Json(kept))
}

/// Whom to tell, and which roads are there.
#[derive(Serialize, ToSchema)]
struct NoticeTargets {
    items: Vec<Target>,
    /// Whether a mail server is set up.
    mail_ready: bool,
}

/// Whom to tell. Addresses are not shown again.
#[utoipa::path(get, path = "/notice-targets", operation_id = "listNoticeTargets", tag = "notices",
    responses((status = 200, body = NoticeTargets, description = "Targets")), extensions(("x-permission" = json!("settings"))))]
async fn list_targets(State(app): State<App>, Require(caller, ..): Require<can::Settings>) -> Answer<Json<NoticeTargets>> {
    let items = app.read(move |tx| db::targets(tx, caller.workspace)).await?;
    Ok(Json(NoticeTargets { items, mail_ready: app.engine.settings.mail.is_some() }))
}

/// Adds somebody to tell.
#[utoipa::path(post, path = "/notice-targets", operation_id = "createNoticeTarget", tag = "notices", request_body = TargetInput,
    responses((status = 201, body = Target, description = "Added")), extensions(("x-permission" = json!("settings"))))]
async fn create_target(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Body(new): Body<TargetInput>,
) -> Answer<Created<Target>> {
    let (act, catalog, vault) = (app.act(&caller), app.catalog(caller.workspace).await?, app.engine.vault.clone());
    let reach = Reach::of(&app.engine.settings);
    let target = app.write(move |tx| db::create(tx, &act, Desk { catalog: &catalog, vault: &vault, reach }, &new)).await?;
    Ok(Created(target))
}

/// Changes somebody to tell; an address that is left out stays.
#[utoipa::path(put, path = "/notice-targets/{id}", operation_id = "updateNoticeTarget", tag = "notices", request_body = TargetInput, params(("id" = Uuid, Path)),
    responses((status = 200, body = Target, description = "Changed")), extensions(("x-permission" = json!("settings"))))]
async fn update_target(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Ids(id): Ids<TargetId>,
    Body(new): Body<TargetInput>,
) -> Answer<Json<Target>> {
    let (act, catalog, vault) = (app.act(&caller), app.catalog(caller.workspace).await?, app.engine.vault.clone());
    let reach = Reach::of(&app.engine.settings);
    let target = app.write(move |tx| db::update(tx, &act, Desk { catalog: &catalog, vault: &vault, reach }, id, &new)).await?;
    Ok(Json(target))
}

/// Tells somebody nothing any more.
#[utoipa::path(delete, path = "/notice-targets/{id}", operation_id = "deleteNoticeTarget", tag = "notices", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Deleted")), extensions(("x-permission" = json!("settings"))))]
async fn delete_target(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Ids(id): Ids<TargetId>,
) -> Answer<Done> {
    let act = app.act(&caller);
    app.write(move |tx| db::delete(tx, &act, id)).await?;
    Ok(Done)
}

/// Tells somebody that this is a test. By LINE it costs a message.
#[utoipa::path(post, path = "/notice-targets/{id}/test", operation_id = "testNoticeTarget", tag = "notices", params(("id" = Uuid, Path)),
    responses((status = 202, body = Target, description = "On its way; how it went stands in `test`")), extensions(("x-permission" = json!("settings"))))]
async fn test_target(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Ids(id): Ids<TargetId>,
) -> Answer<Accepted<Target>> {
    let act = app.act(&caller);
    let target = app.write(move |tx| db::test(tx, &act, id)).await?;
    app.engine.hints.tasks.notify_one();
    Ok(Accepted(target))
}
