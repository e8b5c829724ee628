//! The server: one port, every host.

use crate::answer::{Answer, Payload};
use crate::call::Call;
use crate::channel::Kind;
use crate::faults::{FaultKind, Hit};
use crate::ledger::Answered;
use crate::pages;
use crate::route::{Auth, Found, Host, RetryKey, Run};
use crate::stats::Violation;
use crate::token::{Grant, TokenError, TokenKind};
use crate::world::World;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::net::TcpListener;
use uuid::Uuid;

/// The connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("connection dropped on purpose")]
struct Dropped;

/// Accepts connections until shutdown.
pub async fn listen(world: Arc<World>, listener: TcpListener) {
    let mut shutdown = world.shutdown.subscribe();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                // Out of descriptors, or the peer left already: the next accept may do.
                Err(_) => { tokio::task::yield_now().await; continue }
            },
            _ = shutdown.changed() => return,
        };
        // Small answers must not wait for more to send.
        let _ = stream.set_nodelay(true);
        let world = world.clone();
        tokio::spawn(async move {
            let mut shutdown = world.shutdown.subscribe();
            let service = service_fn(move |request| serve(world.clone(), request));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::select! {
                // A broken connection is the peer's affair, or ours on purpose.
                _ = connection => {}
                _ = shutdown.changed() => {}
            }
        });
    }
}

async fn serve(world: Arc<World>, request: Request<Incoming>) -> Result<Response<Outgoing>, Dropped> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    match world.routes.find(parts.method.as_str(), path) {
        Found::Route(index, args) => {
            let route = world.routes.at(index);
            let open = (route.host != Host::Sim).then(|| world.barrier.open_call());
            let request_id = world.ids.uuid();
            let body = match read(body, &parts.headers, route.body_max).await {
                Ok(body) => body,
                Err(answer) => return Ok(respond(answer, request_id)),
            };
            let call = Call {
                world: &world,
                route,
                grant: None,
                args,
                query: parts.uri.query().unwrap_or_default(),
                headers: &parts.headers,
                body,
                now_ms: 0,
                request_id,
            };
            let answer = match (route.host, route.auth) {
                (Host::Sim, _) => run(&call).await.header("access-control-allow-origin", "*"),
                // The LIFF SDK calls these from the shop's pages.
                (_, Auth::User) => line(&world, index, call, &parts).await?.header("access-control-allow-origin", "*"),
                _ => line(&world, index, call, &parts).await?,
            };
            drop(open);
            Ok(respond(answer, request_id))
        }
        found => Ok(respond(elsewhere(&world, &parts, found), world.ids.uuid())),
    }
}

/// Pages, preflights, and paths that do not exist.
fn elsewhere(world: &World, parts: &Parts, found: Found) -> Answer {
    let path = parts.uri.path();
    if parts.method == hyper::Method::OPTIONS {
        return Answer::bare(204)
            .header("access-control-allow-origin", "*")
            .header("access-control-allow-methods", "GET, POST, DELETE")
            .header("access-control-allow-headers", "content-type, authorization");
    }
    if let Some(page) = pages::phone::page(path) {
        return page;
    }
    if path.starts_with("/__sim/") {
        return Answer::sim_error(404, format!("no such path: {} {path}", parts.method));
    }
    violate(world, world.ids.uuid(), "unknown", "path", format!("{} {path}", parts.method));
    match found {
        Found::OtherMethod => Answer::error(405, "Method not allowed"),
        _ => Answer::not_found(),
    }
}

/// One call to LINE: faults, token, rate, endpoint, faults.
async fn line(world: &Arc<World>, index: usize, mut call: Call<'_>, parts: &Parts) -> Result<Answer, Dropped> {
    let route = call.route;
    let plan = world.faults.plan();
    let (mut after, mut hit) = (None, None);
    if !plan.is_calm() {
        if let Some((before, later)) = plan.waits(route.name, &world.faults.dice) {
            tokio::time::sleep(before).await;
            after = Some(later);
        }
        hit = plan.strike(route.name, &world.faults.dice);
    }
    call.now_ms = world.clock.now_ms();
    let answer = match before_accept(hit)? {
        Some(answer) => answer,
        None => match admit(world, index, &mut call, plan.rates) {
            Ok(()) => run(&call).await,
            Err(answer) => answer,
        },
    };
    world.stats.answered(index, answer.status);
    world.conformance.check(&call, parts, &answer);
    let answer = after_accept(world, hit, &call, answer).await;
    if let Some(after) = after {
        tokio::time::sleep(after).await;
    }
    answer
}

fn before_accept(hit: Option<Hit>) -> Result<Option<Answer>, Dropped> {
    let Some(hit) = hit else { return Ok(None) };
    match hit.kind {
        FaultKind::ErrorBefore => Ok(Some(Answer::error(hit.status, "Internal server error"))),
        FaultKind::DropBefore => Err(Dropped),
        FaultKind::RateLimited => Ok(Some(Answer::rate_limited())),
        FaultKind::MonthlyLimit => Ok(Some(Answer::monthly_limit())),
        FaultKind::Unauthorized => Ok(Some(Answer::unauthorized("invalid token"))),
        FaultKind::ErrorAfter | FaultKind::DropAfter | FaultKind::Hang | FaultKind::Refuse => Ok(None),
    }
}

async fn after_accept(world: &World, hit: Option<Hit>, call: &Call<'_>, answer: Answer) -> Result<Answer, Dropped> {
    let mark = |answered| {
        if answer.status < 300
            && let Some(sent) = world.ledger.by_request(call.request_id)
        {
            sent.set_answered(answered);
        }
    };
    match hit.map(|hit| (hit.kind, hit.status)) {
        Some((FaultKind::ErrorAfter, status)) => {
            mark(Answered::Error);
            Ok(Answer::error(status, "Internal server error"))
        }
        Some((FaultKind::DropAfter, _)) => {
            mark(Answered::Dropped);
            Err(Dropped)
        }
        Some((FaultKind::Hang, _)) => {
            mark(Answered::Dropped);
            std::future::pending::<()>().await;
            Err(Dropped)
        }
        _ => Ok(answer),
    }
}

async fn run(call: &Call<'_>) -> Answer {
    match call.route.run {
        Run::Now(run) => run(call),
        Run::Later(run) => run(call).await,
    }
}

/// Host, token and rate.
fn admit(world: &World, index: usize, call: &mut Call, rates: crate::limits::RateScale) -> Result<(), Answer> {
    let route = call.route;
    if let Some(host) = call.headers.get("host").and_then(|h| h.to_str().ok())
        && named_host(host).is_some_and(|named| named != route.host)
    {
        violate(world, call.request_id, route.name, "host", format!("{} on {host}", route.path));
        return Err(Answer::not_found());
    }
    if route.auth != Auth::Open {
        call.grant = Some(authorize(world, call)?);
    }
    if let Some(kind) = unsupported(call) {
        return Err(Answer::error(415, &format!("The content type, {kind}, is not supported")));
    }
    if route.retry_key == RetryKey::Refused && route.host != Host::Access && call.headers.contains_key("x-line-retry-key") {
        violate(world, call.request_id, route.name, "retry_key", "sent to an endpoint that takes none".into());
        return Err(Answer::error(400, "The retry key is not supported for this endpoint"));
    }
    if let (Some(rate), Some(grant)) = (route.rate, &call.grant)
        && !grant.channel.buckets.take(index, rate, rates, world.clock.pace_us())
    {
        return Err(Answer::rate_limited());
    }
    Ok(())
}

/// The content type of a body that should be JSON and does not say so.
fn unsupported<'c>(call: &'c Call) -> Option<&'c str> {
    let takes_json = call.route.host == Host::Api && matches!(call.route.auth, Auth::Bot | Auth::Login);
    if !takes_json || call.body.is_empty() {
        return None;
    }
    let kind = call.header("content-type").unwrap_or("none");
    (!kind.starts_with("application/json")).then_some(kind)
}

/// LINE's host kind by name, where the name tells one.
fn named_host(host: &str) -> Option<Host> {
    let kinds = [("api-data.", Host::Data), ("api.", Host::Api), ("access.", Host::Access)];
    kinds.iter().find(|(prefix, _)| host.starts_with(prefix)).map(|(_, kind)| *kind)
}

fn authorize(world: &World, call: &Call) -> Result<Arc<Grant>, Answer> {
    let wrong = |rule: &'static str, reason: &str| {
        violate(world, call.request_id, call.route.name, rule, reason.to_owned());
        Answer::unauthorized(reason)
    };
    let Some(header) = call.header("authorization") else {
        return Err(wrong("auth_missing", "missing authorization header"));
    };
    let Some(token) = header.strip_prefix("Bearer ") else {
        return Err(wrong("auth_format", "the authorization header must be 'Bearer {token}'"));
    };
    // An expired or unknown token is ordinary life, not a broken rule.
    let grant = world.tokens.find(token, call.now_ms).map_err(|error| match error {
        TokenError::Unknown => Answer::unauthorized("invalid token"),
        TokenError::Expired => Answer::unauthorized("the access token expired"),
    })?;
    let fits = match call.route.auth {
        Auth::Bot => grant.kind != TokenKind::User && grant.channel.kind == Kind::Messaging,
        Auth::Login => grant.kind != TokenKind::User && grant.channel.kind != Kind::Messaging,
        Auth::User => grant.kind == TokenKind::User,
        Auth::Open => true,
    };
    if fits { Ok(grant) } else { Err(wrong("auth_kind", "invalid token")) }
}

/// Notes that a request broke a rule.
pub fn violate(world: &World, request_id: Uuid, endpoint: &str, rule: &'static str, detail: String) {
    world.stats.violation(Violation { at_ms: world.clock.now_ms(), request_id, endpoint: endpoint.into(), rule, detail });
}

async fn read(mut body: Incoming, headers: &HeaderMap, max: usize) -> Result<Bytes, Answer> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let announced = headers.get("content-length").and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|len| len > max) {
        return Err(too_large(body).await);
    }
    // Most bodies come in one piece: take it as it is.
    let first = match body.frame().await {
        Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
        Some(Err(_)) => return Err(Answer::bare(400)),
        None => return Ok(Bytes::new()),
    };
    if announced == Some(first.len()) || body.is_end_stream() {
        return if first.len() > max { Err(too_large(body).await) } else { Ok(first) };
    }
    let mut whole = BytesMut::from(first);
    while let Some(frame) = body.frame().await {
        let more = frame.map_err(|_| Answer::bare(400))?.into_data().unwrap_or_default();
        if whole.len() + more.len() > max {
            return Err(too_large(body).await);
        }
        whole.extend_from_slice(&more);
    }
    Ok(whole.freeze())
}

/// What is still read of a body that is too large, in bytes.
const DRAINED: usize = 32 * 1024 * 1024;

/// Reads on, for a client that still writes would see a broken connection instead of the answer.
async fn too_large(mut body: Incoming) -> Answer {
    let mut left = DRAINED;
    while left > 0
        && let Some(Ok(frame)) = body.frame().await
    {
        left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
    }
    Answer::error(413, "Request entity too large")
}

fn respond(answer: Answer, request_id: Uuid) -> Response<Outgoing> {
    let mut response = Response::new(match answer.payload {
        Payload::Full(bytes) => Outgoing::Full(Some(bytes)),
        Payload::Stream(chunks) => Outgoing::Stream(chunks),
    });
    *response.status_mut() = hyper::StatusCode::from_u16(answer.status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static(answer.content_type));
    let mut id = Uuid::encode_buffer();
    if let Ok(id) = HeaderValue::from_str(request_id.hyphenated().encode_lower(&mut id)) {
        headers.insert("x-line-request-id", id);
    }
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// A body on its way out.
enum Outgoing {
    Full(Option<Bytes>),
    Stream(tokio::sync::mpsc::Receiver<Bytes>),
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Dropped;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Dropped>>> {
        let chunk = match &mut *self {
            Outgoing::Full(bytes) => bytes.take(),
            Outgoing::Stream(chunks) => ready!(chunks.poll_recv(cx)),
        };
        Poll::Ready(chunk.map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Outgoing::Full(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            Outgoing::Stream(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Outgoing::Full(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Outgoing::Stream(_) => SizeHint::default(),
        }
    }
}
