//! Friends as a CSV, streamed page by page; who took it stands in the audit log before the first line goes.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use engine::contact::export::{Column, Plan};
use engine::contact::list::Filter;
use engine::ids::ContactId;
use futures::stream;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ContactQuery;
use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Code, Problem};
use crate::http::Query;

/// Columns at most.
const COLUMNS_MAX: usize = 100;

/// What is written.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuery {
    /// Keys of columns, separated by commas: line_user_id, display_name, state, friend_since, source, tags, mark, wrote_at,
    /// memo, consent, analysis, created_at, attr.key.
    columns: String,
    /// `utf8` (with a byte order mark, default) or `shift_jis`.
    #[serde(default)]
    #[param(inline)]
    encoding: Encoding,
}

/// How a file is written.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Encoding {
    /// UTF-8 with a byte order mark.
    #[default]
    Utf8,
    /// Shift_JIS.
    ShiftJis,
}

/// Where the stream stands.
struct Walk {
    app: App,
    plan: std::sync::Arc<Plan>,
    filter: Filter,
    workspace: engine::ids::WorkspaceId,
    before: Option<ContactId>,
    begun: bool,
}

/// The friends that a list shows, as a CSV. Cells that a spreadsheet would run as a formula are made words.
#[utoipa::path(get, path = "/contacts/export", operation_id = "exportContacts", tag = "contacts", params(ContactQuery, ExportQuery),
    responses((status = 200, content_type = "text/csv", body = String, description = "The file")), extensions(("x-permission" = json!("export"))))]
pub(super) async fn export_contacts(
    State(app): State<App>,
    Require(caller, ..): Require<can::Export>,
    Query(query): Query<ContactQuery>,
    Query(how): Query<ExportQuery>,
) -> Answer<impl IntoResponse> {
    let catalog = app.catalog(caller.workspace).await?;
    let keys: Vec<&str> = how.columns.split(',').map(str::trim).filter(|key| !key.is_empty()).collect();
    if keys.is_empty() || keys.len() > COLUMNS_MAX {
        return Err(Problem::invalid("columns", "count", format!("列を1〜{COLUMNS_MAX}個選んでください。")));
    }
    let columns = keys.iter().map(|key| Column::read(key, &catalog)).collect::<engine::Result<Vec<_>>>()?;
    let encoding = match how.encoding {
        Encoding::Utf8 => sheet::Encoding::Utf8,
        Encoding::ShiftJis => sheet::Encoding::ShiftJis,
    };
    let wanted = query.wanted()?;
    let plan = Plan { columns, channel: wanted.channel, encoding };
    let (act, detail) = (app.act(&caller), serde_json::json!({ "columns": keys, "narrowed": wanted != Default::default() }));
    let filter = app
        .write(move |tx| {
            let filter = wanted.filter(tx, act.workspace)?;
            act.note(tx, "contact.export", Uuid::nil(), &detail)?;
            Ok(filter)
        })
        .await?;
    let walk = Walk { app, plan: plan.into(), filter, workspace: caller.workspace, before: None, begun: false };
    let charset = match encoding {
        sheet::Encoding::Utf8 => "text/csv; charset=utf-8",
        sheet::Encoding::ShiftJis => "text/csv; charset=shift_jis",
    };
    let headers = [(CONTENT_TYPE, charset), (CONTENT_DISPOSITION, "attachment; filename=\"friends.csv\"")];
    Ok((headers, Body::from_stream(stream::try_unfold(walk, next))))
}

async fn next(mut walk: Walk) -> Result<Option<(Bytes, Walk)>, std::io::Error> {
    if !walk.begun {
        walk.begun = true;
        return Ok(Some((walk.plan.head().into(), walk)));
    }
    let broken = |problem: Problem| std::io::Error::other(problem.code.as_str());
    let catalog = walk.app.catalog(walk.workspace).await.map_err(broken)?;
    let (plan, filter, before, now) = (walk.plan.clone(), walk.filter.clone(), walk.before, walk.app.now_ms());
    let page = walk.app.read(move |tx| plan.page(tx, &catalog, &filter, before, now)).await.map_err(|problem| {
        tracing::warn!(code = Code::as_str(problem.code), "an export broke off");
        broken(problem)
    })?;
    Ok(page.map(|(bytes, last)| {
        walk.before = Some(last);
        (bytes.into(), walk)
    }))
}
