//! Deliveries (配信): the outbox and the ledgers of broadcasts, as one list.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use engine::delivery::DeliveryState;
use engine::delivery::view::{DeliveryView, Filter, Page as Found, page};
use engine::ids::{ContactId, WorkspaceId};
use futures::stream;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Code, Problem};
use crate::http::{Page, PageQuery, Query};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_deliveries)).routes(routes!(export_deliveries))
}

/// Deliveries of one line in an export; each is a transaction of its own, so that an export of a million holds nobody up.
const EXPORT_CHUNK: usize = 1_000;

/// Which deliveries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DeliveryQuery {
    /// The rule, journey, broadcast … they come from.
    #[serde(default)]
    cause: Option<Uuid>,
    #[serde(default)]
    contact: Option<Uuid>,
    /// LINE's id of the person on any provider.
    #[serde(default)]
    line_user_id: Option<String>,
    #[serde(default)]
    state: Option<DeliveryState>,
}

impl From<DeliveryQuery> for Filter {
    fn from(query: DeliveryQuery) -> Self {
        Self { cause: query.cause, contact: query.contact.map(ContactId), line_user_id: query.line_user_id, state: query.state }
    }
}

/// Deliveries: the outbox oldest first, then the recipients of broadcasts.
#[utoipa::path(get, path = "/deliveries", operation_id = "listDeliveries", tag = "deliveries", params(DeliveryQuery, PageQuery),
    responses((status = 200, body = Page<DeliveryView>, description = "A page of deliveries")), extensions(("x-permission" = json!("read"))))]
async fn list_deliveries(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Query(query): Query<DeliveryQuery>,
    Query(asked): Query<PageQuery>,
) -> Answer<Json<Page<DeliveryView>>> {
    let limit = usize::try_from(asked.limit()).unwrap_or(50);
    let found = read(&app, caller.workspace, query.into(), asked.cursor, limit).await?;
    Ok(Json(Page { items: found.items, next: found.next }))
}

async fn read(app: &App, workspace: WorkspaceId, filter: Filter, cursor: Option<String>, limit: usize) -> Answer<Found> {
    let read = app.engine.store.read(move |tx| page(tx, workspace, &filter, cursor.as_deref(), limit)).await;
    read.map_err(|error| match error {
        engine::Error::Bad { code: "bad_cursor", .. } => Problem::new(Code::BadCursor),
        other => other.into(),
    })
}

/// All of them, one JSON object per line.
#[utoipa::path(get, path = "/deliveries.ndjson", operation_id = "exportDeliveries", tag = "deliveries", params(DeliveryQuery),
    responses((status = 200, content_type = "application/x-ndjson", body = String, description = "One delivery per line")), extensions(("x-permission" = json!("read"))))]
async fn export_deliveries(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Query(query): Query<DeliveryQuery>,
) -> Answer<Response> {
    let (workspace, filter) = (caller.workspace, Filter::from(query));
    // The first page is read before the answer begins, so that a refusal is still a refusal.
    let first = read(&app, workspace, filter.clone(), None, EXPORT_CHUNK).await?;
    let pages = stream::try_unfold(Some(first), move |found| {
        let (app, filter) = (app.clone(), filter.clone());
        async move {
            let Some(found) = found else { return Ok(None) };
            let lines = lines(&found.items);
            let next = match found.next {
                Some(cursor) => Some(
                    read(&app, workspace, filter, Some(cursor), EXPORT_CHUNK)
                        .await
                        .map_err(|_| std::io::Error::other("the export broke off"))?,
                ),
                None => None,
            };
            Ok::<_, std::io::Error>(Some((lines, next)))
        }
    });
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(pages)).into_response())
}

fn lines(items: &[DeliveryView]) -> Bytes {
    let mut text = Vec::with_capacity(items.len() * 400);
    for item in items {
        // A struct of plain fields always serialises.
        let _ = serde_json::to_writer(&mut text, item);
        text.push(b'\n');
    }
    text.into()
}
