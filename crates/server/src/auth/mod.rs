//! Who calls, and whether they may: sessions by cookie, API tokens by bearer, permission as an extractor.
//!
//! A handler that takes [`Require<can::X>`] cannot run without that permission; a route without one is public.

mod address;
mod can_do;
mod cookie;
mod limit;
pub mod password;

use std::marker::PhantomData;
use std::sync::{Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use engine::access::decide::Limiter;
use engine::access::{Actor, Grant, TOUCH_MS, db, secret};
use engine::clock::machine_ms;
use engine::ids::{UserId, WorkspaceId};

pub use address::{ClientAddress, client_address};
pub use can_do::{Can, can};
pub use cookie::{clear_cookie, session_cookie, shown_session};
pub use limit::{Attempt, ChallengeLimit, LoginLimits, SecondAttempt};

use crate::app::App;
use crate::error::{Answer, Code, Problem};

/// Whoever sent the request, after all checks but the permission's.
#[derive(Clone, Debug)]
pub struct Caller {
    /// For the audit log.
    pub actor: Actor,
    /// Everything they see is of this workspace.
    pub workspace: WorkspaceId,
    /// What they may.
    pub grant: Grant,
    /// SHA-256 of what they showed.
    pub secret_hash: [u8; 32],
    /// Must set up a second step before anything else.
    pub owes_second_step: bool,
}

impl Caller {
    /// The person, unless a token calls.
    pub fn user(&self) -> Option<UserId> {
        match self.actor {
            Actor::User(id) => Some(id),
            _ => None,
        }
    }
}

/// A caller who has the permission `P`.
pub struct Require<P>(pub Caller, pub PhantomData<P>);

impl<P: Can> FromRequestParts<App> for Require<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Answer<Self> {
        let caller = caller(parts, app).await?;
        if caller.owes_second_step {
            return Err(Code::SecondStepRequired.into());
        }
        if !caller.grant.permits(P::PERMISSION) {
            return Err(Problem::new(Code::Forbidden).at("", P::PERMISSION.as_str(), "この操作に必要な権限です。"));
        }
        Ok(Self(caller, PhantomData))
    }
}

/// A caller with any permission at all, as for logging out.
pub struct AnyCaller(pub Caller);

impl FromRequestParts<App> for AnyCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Answer<Self> {
        caller(parts, app).await.map(Self)
    }
}

/// Finds the caller once per request; later extractors get the same answer.
///
/// # Errors
/// `no_session`, `token_invalid`, `cross_site`, `rate_limited`, `unavailable`.
pub async fn caller(parts: &mut Parts, app: &App) -> Answer<Caller> {
    if let Some(known) = parts.extensions.get::<Caller>() {
        return Ok(known.clone());
    }
    let caller = match bearer(&parts.headers) {
        Some(token) => by_token(app, token).await?,
        None => {
            let session = shown_session(&parts.headers, app).ok_or(Code::NoSession)?;
            let caller = by_session(app, &session).await?;
            same_site(&parts.method, &parts.headers, app)?;
            caller
        }
    };
    charge(&app.calls, &caller.secret_hash, machine_ms())?;
    parts.extensions.insert(caller.clone());
    Ok(caller)
}

/// Takes one call from the caller's allowance.
fn charge(calls: &Mutex<Limiter<[u8; 32]>>, caller: &[u8; 32], now_ms: i64) -> Answer<()> {
    let taken = calls.lock().unwrap_or_else(PoisonError::into_inner).take(caller, now_ms);
    taken.map_err(|wait_ms| Problem::new(Code::RateLimited).after(seconds(wait_ms)))
}

/// Whole seconds, at least one.
pub(crate) fn seconds(ms: i64) -> u64 {
    u64::try_from((ms + 999) / 1_000).unwrap_or(1).max(1)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

async fn by_token(app: &App, token: &str) -> Answer<Caller> {
    let hash = secret::hash(token);
    let found = app.read(move |tx| db::token_caller(tx, &hash)).await?.ok_or(Code::TokenInvalid)?;
    let now = machine_ms();
    if found.used_at.is_none_or(|used| used + TOUCH_MS < now) {
        note_use(app, move |tx| db::touch_token(tx, &hash, now));
    }
    Ok(Caller {
        actor: Actor::Token(found.token),
        workspace: found.workspace,
        grant: found.grant,
        secret_hash: hash,
        owes_second_step: false,
    })
}

async fn by_session(app: &App, secret: &str) -> Answer<Caller> {
    let hash = secret::hash(secret);
    let now = machine_ms();
    let found = app.read(move |tx| db::session_caller(tx, &hash, now)).await?.ok_or(Code::NoSession)?;
    if found.seen_at + TOUCH_MS < now {
        note_use(app, move |tx| db::touch_session(tx, &hash, now));
    }
    Ok(Caller {
        actor: Actor::User(found.user),
        workspace: found.workspace,
        grant: Grant::of(found.role),
        secret_hash: hash,
        owes_second_step: found.owes_second_step,
    })
}

/// Beside the request: whether it is written down must not slow or fail it.
fn note_use(app: &App, f: impl FnMut(&mut store::Tx<'_>) -> engine::Result<()> + Send + 'static) {
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(problem) = app.write(f).await {
            tracing::debug!(code = problem.code.as_str(), "a use was not noted");
        }
    });
}

/// Unsafe methods with a cookie must come from our own pages: by `Sec-Fetch-Site`, which pages cannot forge, or where a
/// browser does not send it by `Origin`. A request with neither does not come from a browser's page.
pub(crate) fn same_site(method: &Method, headers: &HeaderMap, app: &App) -> Answer<()> {
    if method.is_safe() {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let ours = match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => is_own_origin(origin, text(HOST.as_str()), app),
        (None, None) => true,
    };
    if ours { Ok(()) } else { Err(Code::CrossSite.into()) }
}

fn is_own_origin(origin: &str, host: Option<&str>, app: &App) -> bool {
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    let public = app.engine.settings.public_url.origin().ascii_serialization();
    authority.is_some() && (authority == host || origin == public)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::API_LIMIT;

    #[test]
    fn a_caller_too_fast_is_told_when_to_come_back() {
        let calls = Mutex::new(Limiter::new(API_LIMIT, 10));
        for _ in 0..API_LIMIT.burst {
            charge(&calls, &[1; 32], 0).unwrap();
        }
        let refused = charge(&calls, &[1; 32], 0).unwrap_err();
        assert_eq!((refused.code, refused.retry_after), (Code::RateLimited, Some(1)));
        charge(&calls, &[2; 32], 0).unwrap();
        charge(&calls, &[1; 32], API_LIMIT.every_ms).unwrap();
    }
}
