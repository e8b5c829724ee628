//! Links (計測リンク).

use axum::Json;
use axum::extract::State;
use engine::ids::{LinkId, WorkspaceId};
use engine::link::count::{self, Figures};
use engine::link::{Link, UtmRule, base_test, db, utm};
use engine::task::Reach;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::Answer;
use crate::http::{Body, Created, Done, Ids, Page, PageQuery, Query};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_links, create_link))
        .routes(routes!(get_link, update_link, archive_link))
        .routes(routes!(get_link_settings, set_utm))
        .routes(routes!(test_link_base))
}

/// A tracked link.
#[derive(Serialize, ToSchema)]
#[schema(as = Link)]
struct LinkView {
    id: Uuid,
    code: String,
    /// Where it leads.
    url: String,
    name: String,
    /// What stands in messages.
    short_url: String,
    created_at: i64,
    archived_at: Option<i64>,
    /// Who opened it, whatever sent it.
    figures: Figures,
}

impl LinkView {
    fn new(app: &App, link: Link, figures: Figures) -> Self {
        let short_url = app.absolute(&format!("/l/{}", link.code));
        let Link { id, code, url, name, created_at, archived_at } = link;
        Self { id: id.0, code, url, name, short_url, created_at, archived_at, figures }
    }
}

/// Links, newest first.
#[utoipa::path(get, path = "/links", operation_id = "listLinks", tag = "links", params(PageQuery),
    responses((status = 200, body = Page<LinkView>, description = "A page of links")), extensions(("x-permission" = json!("read"))))]
async fn list_links(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<LinkView>>> {
    let (before, limit) = (page.after::<LinkId>()?, page.limit());
    let (links, figures) = app
        .read(move |tx| {
            let links = db::page(tx, caller.workspace, before, limit + 1)?;
            let figures = count::of_links(tx, caller.workspace, links.iter().map(|link| link.id))?;
            Ok((links, figures))
        })
        .await?;
    let view = |link: Link| {
        let figures = figures.get(&link.id).copied().unwrap_or_default();
        LinkView::new(&app, link, figures)
    };
    Ok(Json(Page::cut(links, limit, |link| link.id).map(view)))
}

fn with_figures(tx: &mut store::Tx<'_>, workspace: WorkspaceId, link: Link) -> engine::Result<(Link, Figures)> {
    let figures = count::of_links(tx, workspace, [link.id])?.remove(&link.id).unwrap_or_default();
    Ok((link, figures))
}

/// One link.
#[utoipa::path(get, path = "/links/{id}", operation_id = "getLink", tag = "links", params(("id" = Uuid, Path)),
    responses((status = 200, body = LinkView, description = "The link")), extensions(("x-permission" = json!("read"))))]
async fn get_link(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<LinkId>,
) -> Answer<Json<LinkView>> {
    let workspace = caller.workspace;
    let (link, figures) = app
        .read(move |tx| {
            let link = db::find(tx, workspace, id)?;
            with_figures(tx, workspace, link)
        })
        .await?;
    Ok(Json(LinkView::new(&app, link, figures)))
}

/// Where a link leads.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"url": "https://shop.example.com/sale", "name": "秋のセール"}))]
struct NewLink {
    url: String,
    #[serde(default)]
    name: String,
}

/// Makes a link, or answers the one that leads there already.
#[utoipa::path(post, path = "/links", operation_id = "createLink", tag = "links", request_body = NewLink,
    responses((status = 201, body = LinkView, description = "The link")), extensions(("x-permission" = json!("define"))))]
async fn create_link(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Body(new): Body<NewLink>,
) -> Answer<Created<LinkView>> {
    let (act, vault) = (app.act(&caller), app.engine.vault.clone());
    let (link, figures) = app
        .write(move |tx| {
            let link = db::find_or_create(tx, &vault, act.workspace, &new.url, &new.name, act.at)?;
            act.note(tx, "link.create", link.id.0, &serde_json::json!({ "url": link.url }))?;
            with_figures(tx, act.workspace, link)
        })
        .await?;
    Ok(Created(LinkView::new(&app, link, figures)))
}

/// What to change; the address stays, since it stands in messages already sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkPatch {
    name: String,
}

/// Renames a link.
#[utoipa::path(patch, path = "/links/{id}", operation_id = "updateLink", tag = "links", request_body = LinkPatch, params(("id" = Uuid, Path)),
    responses((status = 200, body = LinkView, description = "Changed")), extensions(("x-permission" = json!("define"))))]
async fn update_link(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Ids(id): Ids<LinkId>,
    Body(patch): Body<LinkPatch>,
) -> Answer<Json<LinkView>> {
    let act = app.act(&caller);
    let (link, figures) = app
        .write(move |tx| {
            db::rename(tx, act.workspace, id, &patch.name)?;
            act.note(tx, "link.update", id.0, &serde_json::json!({ "name": patch.name }))?;
            let link = db::find(tx, act.workspace, id)?;
            with_figures(tx, act.workspace, link)
        })
        .await?;
    Ok(Json(LinkView::new(&app, link, figures)))
}

/// Puts a link away; addresses already sent lead on.
#[utoipa::path(delete, path = "/links/{id}", operation_id = "archiveLink", tag = "links", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Put away")), extensions(("x-permission" = json!("define"))))]
async fn archive_link(State(app): State<App>, Require(caller, ..): Require<can::Define>, Ids(id): Ids<LinkId>) -> Answer<Done> {
    let act = app.act(&caller);
    app.write(move |tx| {
        db::archive(tx, act.workspace, id, act.at)?;
        act.note(tx, "link.archive", id.0, &serde_json::json!({}))
    })
    .await?;
    Ok(Done)
}

/// How links begin, and the marks they carry.
#[derive(Serialize, ToSchema)]
struct LinkSettings {
    /// Where tracked links begin; null while nobody has said where customers reach us: links stay the shop's own.
    base: Option<String>,
    utm: UtmRule,
}

/// Where tracked links begin, and the utm rule.
#[utoipa::path(get, path = "/settings/links", operation_id = "getLinkSettings", tag = "links",
    responses((status = 200, body = LinkSettings, description = "The settings")), extensions(("x-permission" = json!("read"))))]
async fn get_link_settings(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<LinkSettings>> {
    let base = app.engine.settings.link_base.as_ref().map(|base| base.join("l/").unwrap_or_else(|_| base.clone()).to_string());
    Ok(Json(LinkSettings { base, utm: app.catalog(caller.workspace).await?.utm.clone() }))
}

/// Sets the utm rule; what is left out has its default.
#[utoipa::path(put, path = "/settings/links", operation_id = "setUtm", tag = "links", request_body = UtmRule,
    responses((status = 200, body = UtmRule, description = "Set")), extensions(("x-permission" = json!("settings"))))]
async fn set_utm(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Body(rule): Body<UtmRule>,
) -> Answer<Json<UtmRule>> {
    let act = app.act(&caller);
    let stored = rule.clone();
    app.write(move |tx| utm::set(tx, &act, &stored)).await?;
    Ok(Json(rule))
}

/// What our own address answered when the server called it.
#[derive(Serialize, ToSchema)]
struct LinkBaseTest {
    /// `ours`: this server. `other`: something else answers there. `nobody`: no answer. `unset`: no address is set.
    result: &'static str,
    /// The status, if there was an answer.
    status: Option<u16>,
}

/// Calls the address that links begin with, from the server itself.
#[utoipa::path(post, path = "/settings/links/test", operation_id = "testLinkBase", tag = "links",
    responses((status = 200, body = LinkBaseTest, description = "What it answered")), extensions(("x-permission" = json!("settings"))))]
async fn test_link_base(State(app): State<App>, Require(..): Require<can::Settings>) -> Answer<Json<LinkBaseTest>> {
    let Some(base) = &app.engine.settings.link_base else {
        return Ok(Json(LinkBaseTest { result: "unset", status: None }));
    };
    let answer = base_test::call(base, Reach::of(&app.engine.settings)).await;
    Ok(Json(match answer {
        Some((status, true)) => LinkBaseTest { result: "ours", status: Some(status) },
        Some((status, false)) => LinkBaseTest { result: "other", status: Some(status) },
        None => LinkBaseTest { result: "nobody", status: None },
    }))
}
