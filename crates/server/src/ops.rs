//! `/healthz`, `/readyz`, `/metrics`.

use std::net::SocketAddr;
use std::sync::OnceLock;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use engine::access::Permission;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use store::params;

use crate::app::App;
use crate::auth::caller;
use crate::error::Code;

/// The routes.
pub fn routes() -> Router<App> {
    Router::new().route("/healthz", get(|| async { "ok" })).route("/readyz", get(ready)).route("/metrics", get(metrics))
}

/// Installs the process's metrics recorder once and answers its handle for [`crate::Config::metrics`].
pub fn install_metrics() -> Option<PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE.get_or_init(|| PrometheusBuilder::new().install_recorder().ok()).clone()
}

/// Ready when the database answers a read and no newer version has taken it over.
async fn ready(State(app): State<App>) -> Response {
    if app.engine.standing.outdated_by().is_some() {
        let body = serde_json::json!({ "ready": false, "database": true, "reason": "outdated", "message": OUTDATED });
        return (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response();
    }
    let answers = app.read(|tx| Ok(tx.query_one("SELECT 1", &params![], |row| row.get::<i64>(0))?)).await.is_ok();
    let status = if answers { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(serde_json::json!({ "ready": answers, "database": answers }))).into_response()
}

const OUTDATED: &str = "新しい版の Enishi がデータベースを更新したため、このサーバーは配信をやめています。新しい版に入れ替えてください。 / \
     a newer version has updated the database and this server has stopped sending; replace it by the newer version";

/// Counters for Prometheus: to callers on this machine who came by no proxy, else to whoever may change settings.
async fn metrics(State(app): State<App>, request: Request) -> Response {
    let Some(handle) = &app.config.metrics else { return Code::NotFound.into_response() };
    let (mut parts, _) = request.into_parts();
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().is_some_and(|info| info.0.ip().to_canonical().is_loopback());
    let forwarded = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"]
        .iter()
        .any(|name| parts.headers.contains_key(*name));
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    let local_name = ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|name| host.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')));
    if !(peer && !forwarded && local_name) {
        match caller(&mut parts, &app).await {
            Ok(caller) if caller.grant.permits(Permission::Settings) => {}
            Ok(_) => return Code::Forbidden.into_response(),
            Err(problem) => return problem.into_response(),
        }
    }
    handle.run_upkeep();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render()).into_response()
}

impl IntoResponse for Code {
    fn into_response(self) -> Response {
        crate::error::Problem::new(self).into_response()
    }
}
