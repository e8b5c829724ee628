//! `Idempotency-Key` on POSTs that send or cost money: the same request again gets the first answer again, for 24 hours.
//!
//! A row is reserved before the handler runs and filled with its answer after; two at once get `idempotency_running`.

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header::CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use engine::clock::machine_ms;
use engine::ids::{EventId, WorkspaceId};
use engine::notice::watch::ANSWER_MS;
use sha2::{Digest, Sha256};
use store::{Tx, params};

use crate::app::App;
use crate::auth::caller;
use crate::error::{Answer, Code, Problem};

/// Routes that honour the header. None of them answers a secret, since answers are kept.
pub const PATHS: &[&str] = &[
    "/api/v1/bulks",
    "/api/v1/contacts/import",
    "/api/v1/templates/{id}/test",
    "/api/v1/broadcasts",
    "/api/v1/broadcasts/{id}/confirm",
    "/api/v1/broadcasts/{id}/test",
    "/api/v1/journeys/{id}/enroll",
    "/api/v1/events",
    "/api/v1/channels/{id}/coupons",
    "/api/v1/notice-targets/{id}/test",
    "/api/v1/conversations/{channel_id}/{contact_id}/messages",
];

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// After this the first request is given up for dead (its server was killed), and a repetition may run.
const RUNNING_MS: i64 = 60_000;
/// Answers up to this size are kept whole.
const ANSWER_MAX: usize = 1024 * 1024;
const BODY_MAX: usize = 64 * 1024 * 1024;

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[PURGE, RESERVE, READ, TAKE_OVER, FINISH, RELEASE];

const PURGE: &str = "DELETE FROM idempotency WHERE workspace_id = $1 AND key = $2 AND at < $3";
// While it runs, `body` holds the domain time of the first try.
const RESERVE: &str = "INSERT INTO idempotency (workspace_id, key, request_hash, status, body, at) VALUES ($1, $2, $3, 0, $5, $4)
  ON CONFLICT (workspace_id, key) DO NOTHING";
const READ: &str = "SELECT request_hash, status, body, at FROM idempotency WHERE workspace_id = $1 AND key = $2 FOR UPDATE";
const TAKE_OVER: &str = "UPDATE idempotency SET at = $3 WHERE workspace_id = $1 AND key = $2";
const FINISH: &str = "UPDATE idempotency SET status = $3, body = $4, at = $5 WHERE workspace_id = $1 AND key = $2";
const RELEASE: &str = "DELETE FROM idempotency WHERE workspace_id = $1 AND key = $2 AND status = 0";

/// Marks a request that may be a second try after a crash: ids derived from it are the same both times.
#[derive(Clone, Debug)]
pub struct Stamp {
    key: String,
    /// Domain time of the first try, Unix ms.
    pub at: i64,
}

impl Stamp {
    /// The id of the `index`-th event of this request.
    pub fn event(&self, workspace: WorkspaceId, index: usize) -> EventId {
        EventId::keyed(workspace.0, format!("idempotency\0{}\0{index}", self.key).as_bytes(), self.at)
    }
}

enum Reserved {
    /// Run it, as if at this domain time.
    Ours(i64),
    /// It ran: this was the answer.
    Ran(u16, String),
}

/// Middleware over the API.
pub async fn idempotency(State(app): State<App>, request: Request, next: Next) -> Response {
    let marked = request.method() == Method::POST
        && request.headers().contains_key(KEY)
        && request.extensions().get::<MatchedPath>().is_some_and(|path| PATHS.contains(&path.as_str()));
    if !marked {
        return next.run(request).await;
    }
    once(&app, request, next).await.unwrap_or_else(IntoResponse::into_response)
}

async fn once(app: &App, request: Request, next: Next) -> Answer<Response> {
    let (mut parts, body) = request.into_parts();
    let caller = caller(&mut parts, app).await?;
    let key = parts.headers.get(KEY).and_then(|key| key.to_str().ok()).filter(|key| (1..=200).contains(&key.len()));
    let key = key.ok_or_else(|| {
        Problem::new(Code::BadRequest).at("Idempotency-Key", "length", "1〜200文字の英数字・記号で指定してください。")
    })?;
    let key = key.to_owned();
    let bytes = axum::body::to_bytes(body, BODY_MAX).await.map_err(|_| Problem::new(Code::TooLarge))?;
    let hash: [u8; 32] = Sha256::new()
        .chain_update(parts.uri.to_string())
        .chain_update([0])
        .chain_update(caller.actor.to_string())
        .chain_update([0])
        .chain_update(&bytes)
        .finalize()
        .into();
    let workspace = caller.workspace;
    match reserve(app, workspace, &key, hash).await? {
        Reserved::Ran(status, body) => Ok(replay(status, body)),
        Reserved::Ours(at) => {
            parts.extensions.insert(Stamp { key: key.clone(), at });
            let app = app.clone();
            // Apart from the connection: a caller who hangs up must not leave the row half done.
            let ran = tokio::spawn(async move {
                let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
                keep(&app, workspace, key, response).await
            });
            ran.await.unwrap_or_else(|_| Err(Code::Internal.into()))
        }
    }
}

async fn reserve(app: &App, workspace: WorkspaceId, key: &str, hash: [u8; 32]) -> Answer<Reserved> {
    let key = key.to_owned();
    let (now, first_at) = (machine_ms(), app.now_ms());
    app.write(move |tx| look(tx, workspace, &key, &hash, now, first_at)).await?
}

fn look(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    key: &str,
    hash: &[u8; 32],
    now: i64,
    first_at: i64,
) -> engine::Result<Answer<Reserved>> {
    tx.execute(PURGE, &params![workspace, key, now - ANSWER_MS])?;
    if tx.execute(RESERVE, &params![workspace, key, hash, now, first_at.to_string()])? == 1 {
        return Ok(Ok(Reserved::Ours(first_at)));
    }
    let (known, status, body, at) = tx.query_one(READ, &params![workspace, key], |row| {
        Ok((row.get::<[u8; 32]>(0)?, row.get::<u16>(1)?, row.get::<String>(2)?, row.get::<i64>(3)?))
    })?;
    Ok(match status {
        _ if known != *hash => Err(Code::IdempotencyMismatch.into()),
        0 if at > now - RUNNING_MS => Err(Problem::new(Code::IdempotencyRunning).after(1)),
        0 => {
            tx.execute(TAKE_OVER, &params![workspace, key, now])?;
            Ok(Reserved::Ours(body.parse().unwrap_or(first_at)))
        }
        status => Ok(Reserved::Ran(status, body)),
    })
}

/// Keeps a good answer; what was refused or failed changed nothing and may be tried again.
async fn keep(app: &App, workspace: WorkspaceId, key: String, response: Response) -> Answer<Response> {
    let status = response.status();
    if !status.is_success() {
        app.write(move |tx| Ok(tx.execute(RELEASE, &params![workspace, &key])?)).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, ANSWER_MAX).await.map_err(|_| Problem::new(Code::Internal))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    app.write(move |tx| Ok(tx.execute(FINISH, &params![workspace, &key, i64::from(status.as_u16()), &text, machine_ms()])?))
        .await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn replay(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let headers = [(CONTENT_TYPE, HeaderValue::from_static("application/json")), (REPLAYED, HeaderValue::from_static("true"))];
    (status, headers, body).into_response()
}
