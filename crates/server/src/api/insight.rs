//! Insight: ダッシュボード, 配信カレンダー, 月次レポート.

use axum::Json;
use axum::extract::State;
use engine::ids::ChannelId;
use engine::insight::calendar::{Calendar, DAYS_MAX, calendar};
use engine::insight::dashboard::{Dashboard, dashboard};
use engine::insight::report::{self, Report, ReportLine};
use engine::insight::{Day, Month};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Code, Problem};
use crate::http::{Body, Ids, Items, Query};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_dashboard))
        .routes(routes!(get_calendar))
        .routes(routes!(list_reports))
        .routes(routes!(get_report))
        .routes(routes!(comment_report))
}

/// Which days.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DashboardQuery {
    /// How many days up to today (1–92, default 30).
    #[serde(default)]
    days: Option<i64>,
    /// One account; all when left out.
    #[serde(default)]
    channel_id: Option<Uuid>,
}

/// Days that can be asked for: a quarter.
const DASHBOARD_MAX: i64 = 92;

/// Friends, sends and clicks by the day, compared with the days before, and where the month stands.
#[utoipa::path(get, path = "/insight/dashboard", operation_id = "getDashboard", tag = "insight", params(DashboardQuery),
    responses((status = 200, body = Dashboard, description = "The figures")), extensions(("x-permission" = json!("read"))))]
async fn get_dashboard(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Query(query): Query<DashboardQuery>,
) -> Answer<Json<Dashboard>> {
    let (catalog, now) = (app.catalog(caller.workspace).await?, app.now_ms());
    let days = query.days.unwrap_or(30).clamp(1, DASHBOARD_MAX);
    let channel = query.channel_id.map(ChannelId);
    Ok(Json(app.read(move |tx| dashboard(tx, &catalog, channel, days, now)).await?))
}

/// Between which days.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CalendarQuery {
    /// First day, `yyyy-MM-dd` in the workspace's zone.
    from: String,
    /// The day after the last one; 62 days at most.
    to: String,
    /// One account; all when left out.
    #[serde(default)]
    channel_id: Option<Uuid>,
}

/// Broadcasts that went or will go, steps of シナリオ that are due or went, by the day.
#[utoipa::path(get, path = "/insight/calendar", operation_id = "getCalendar", tag = "insight", params(CalendarQuery),
    responses((status = 200, body = Calendar, description = "The days")), extensions(("x-permission" = json!("read"))))]
async fn get_calendar(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Query(query): Query<CalendarQuery>,
) -> Answer<Json<Calendar>> {
    let day = |path: &'static str, text: &str| {
        text.parse::<Day>()
            .map_err(|()| Problem::new(Code::BadRequest).at(path, "date", "日付は 2026-11-22 の形で指定してください。"))
    };
    let (from, to) = (day("from", &query.from)?, day("to", &query.to)?);
    if to <= from || to > from.plus(DAYS_MAX) {
        return Err(Problem::new(Code::BadRequest).at("to", "range", format!("{DAYS_MAX}日以内の期間を指定してください。")));
    }
    let (catalog, now) = (app.catalog(caller.workspace).await?, app.now_ms());
    let channel = query.channel_id.map(ChannelId);
    Ok(Json(app.read(move |tx| calendar(tx, &catalog, channel, (from, to), now)).await?))
}

/// Months there is a report of, newest first; the first goes on.
#[utoipa::path(get, path = "/reports", operation_id = "listReports", tag = "insight",
    responses((status = 200, body = Items<ReportLine>, description = "Months")), extensions(("x-permission" = json!("read"))))]
async fn list_reports(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Items<ReportLine>>> {
    let (catalog, now) = (app.catalog(caller.workspace).await?, app.now_ms());
    let items = app.read(move |tx| report::list(tx, &catalog, now)).await?;
    Ok(Json(Items { items }))
}

fn month(text: &str) -> Answer<Month> {
    text.parse().map_err(|()| Code::NotFound.into())
}

/// One month: as it was when it ended, or as it stands now.
#[utoipa::path(get, path = "/reports/{month}", operation_id = "getReport", tag = "insight", params(("month" = String, Path)),
    responses((status = 200, body = Report, description = "The report")), extensions(("x-permission" = json!("read"))))]
async fn get_report(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(text): Ids<String>,
) -> Answer<Json<Report>> {
    let (catalog, now, month) = (app.catalog(caller.workspace).await?, app.now_ms(), month(&text)?);
    Ok(Json(app.read(move |tx| report::find(tx, &catalog, month, now)).await?))
}

/// What staff say of a month.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReportComment {
    /// Up to 4,000 characters; empty deletes it.
    comment: String,
}

/// Writes the comment of a month.
#[utoipa::path(put, path = "/reports/{month}/comment", operation_id = "commentReport", tag = "insight", request_body = ReportComment, params(("month" = String, Path)),
    responses((status = 200, body = Report, description = "Written")), extensions(("x-permission" = json!("define"))))]
async fn comment_report(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Ids(text): Ids<String>,
    Body(new): Body<ReportComment>,
) -> Answer<Json<Report>> {
    let (act, catalog, month) = (app.act(&caller), app.catalog(caller.workspace).await?, month(&text)?);
    Ok(Json(app.write(move |tx| report::comment(tx, &act, &catalog, month, &new.comment)).await?))
}
