//! All routes together, and the loop that serves them.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{CACHE_CONTROL, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use engine::Engine;
use tokio::net::TcpListener;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::app::App;
use crate::config::Config;
use crate::error::{Code, render};
use crate::idempotency::idempotency;
use crate::{api, asset, link, log, ops, pages, webhook};

/// How long a request may take until its answer begins.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The same where a file is sent: 200 MB over a shop's line.
const UPLOAD_LIMIT: Duration = Duration::from_secs(15 * 60);

/// A list of 50,000 contacts fits; imports have a limit of their own.
const BODY_MAX: usize = 4 * 1024 * 1024;

/// The HTTP side of one process.
pub struct Server;

impl Server {
    /// Every route over a running engine.
    #[expect(clippy::new_ret_no_self, reason = "the server is its router")]
    pub fn new(engine: Arc<Engine>, config: Config) -> Router {
        let app = App::new(engine, config);
        let https = app.is_https();
        let (api, document) = api::routes();
        let api = api
            .route("/api/v1/openapi.json", axum::routing::get(|| async move { axum::Json(document) }))
            .route_layer(middleware::from_fn_with_state(app.clone(), idempotency))
            .route_layer(middleware::from_fn(time_limit))
            .layer(DefaultBodyLimit::max(BODY_MAX))
            .layer(SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static("no-store")))
            .layer(CompressionLayer::new());
        let rest = api
            .merge(ops::routes())
            .merge(link::routes())
            .merge(asset::routes())
            .merge(pages::routes())
            .fallback(|| async { Code::NotFound })
            .layer(
                ServiceBuilder::new()
                    .layer(middleware::from_fn(log::log))
                    .layer(middleware::from_fn(render))
                    .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| Code::Internal.into_response()))
                    .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
                    .layer(header(X_FRAME_OPTIONS, "DENY"))
                    .layer(header(REFERRER_POLICY, "same-origin"))
                    .layer(header(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
                    .layer(header(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"))
                    .option_layer(https.then(|| header(STRICT_TRANSPORT_SECURITY, "max-age=31536000"))),
            );
        rest.merge(webhook::routes()).with_state(app)
    }
}

fn header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

async fn time_limit(request: Request, next: Next) -> Response {
    let limit = if asset::is_upload(&request) { UPLOAD_LIMIT } else { TIME_LIMIT };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Code::Timeout.into_response(),
    }
}

/// Serves until `shutdown` completes, then lets open requests finish for at most eight seconds; live pages are cut.
///
/// # Errors
/// The listener's.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (stopped, stopping) = tokio::sync::oneshot::channel();
    let serving =
        axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).with_graceful_shutdown(async move {
            shutdown.await;
            let _ = stopped.send(());
        });
    tokio::select! {
        result = serving => result,
        () = async { let _ = stopping.await; tokio::time::sleep(Duration::from_secs(8)).await } => Ok(()),
    }
}
