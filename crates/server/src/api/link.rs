//! Links (計測リンク).

use axum::Json;
use axum::extract::State;
use engine::ids::{LinkId, WorkspaceId};
use engine::link::count::{self, Figures};
use engine::link::{Link, db};
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
    OpenApiRouter::new().routes(routes!(list_links, create_link)).routes(routes!(get_link, update_link, archive_link))
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
