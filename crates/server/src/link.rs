//! `GET /l/{code}`: leads to the shop's address and tells the engine who came by which message.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use engine::contact::said::is_analysed;
use engine::event::ingest::{Incoming, Who};
use engine::event::{EventKind, Payload, Source};
use engine::ids::{EventId, WorkspaceId};
use engine::link::count::{self, DAY_MS, VisitKind};
use engine::link::{Link, PersonRef, Signer, base_test, db, decide, utm};
use engine::workspace::Catalog;
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;

/// The route. HEAD is answered too, and is no click.
pub fn routes() -> Router<App> {
    Router::new().route("/l/{code}", get(follow))
}

#[derive(Clone, Deserialize)]
struct Shown {
    /// Who was meant, and what sent it.
    #[serde(default)]
    p: Option<String>,
    /// What sent it to everybody alike.
    #[serde(default)]
    c: Option<String>,
    /// A look at the message by staff: counted nowhere.
    #[serde(default)]
    t: Option<String>,
}

impl Shown {
    fn reference(&self, signer: &Signer, link: &Link) -> Reference {
        let person = self.p.as_deref().and_then(|p| signer.verify(link.id, p));
        let cause = || self.c.as_deref().and_then(|c| signer.verify_cause(link.id, c)).unwrap_or_default();
        person.map_or_else(|| Reference::Cause(cause()), Reference::Person)
    }
}

/// What an address says of its reader. What was not signed by us says nothing.
#[derive(Clone, Copy)]
enum Reference {
    Person(PersonRef),
    /// Nil when unknown.
    Cause(Uuid),
}

impl Reference {
    const fn cause(self) -> Uuid {
        match self {
            Self::Person(PersonRef { cause, .. }) | Self::Cause(cause) => cause,
        }
    }
}

async fn follow(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(shown): Query<Shown>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let (signer, catalogs) = (app.engine.catalogs.tracker().signer().clone(), app.engine.catalogs.clone());
    let asked = shown.clone();
    let found = app
        .read(move |tx| {
            let Some((workspace, link)) = db::by_code(tx, &code)? else { return Ok(None) };
            let reference = match asked.reference(&signer, &link) {
                // An address that was sent before they said no to being analysed.
                Reference::Person(person) if !is_analysed(tx, workspace, person.contact)? => Reference::Cause(person.cause),
                reference => reference,
            };
            let address = match catalogs.cached(workspace).filter(|catalog| catalog.utm.on) {
                Some(catalog) => marked(tx, &catalog, &link, reference.cause())?,
                None => link.url.clone(),
            };
            Ok(Some((workspace, link, reference, address)))
        })
        .await;
    let (workspace, link, reference, address) = match found {
        Ok(Some(found)) => found,
        Ok(None) => {
            let mark = [(HeaderName::from_static(base_test::MARK), "none")];
            return (StatusCode::NOT_FOUND, mark, "このリンクはありません。 / No such link.").into_response();
        }
        Err(problem) => return problem.into_response(),
    };
    let visit = visit(&method, &headers);
    metrics::counter!("link_visits", "visit" => visit.name()).increment(1);
    if shown.t.is_none() {
        count(&app, workspace, &link, visit, reference);
    }
    redirect(&address)
}

/// The address with the marks of the shop's rule.
fn marked(tx: &mut store::Tx<'_>, catalog: &Catalog, link: &Link, cause: Uuid) -> engine::Result<String> {
    let query = catalog.utm.query(cause, &utm::name_of(tx, catalog, cause)?);
    let mut address = String::with_capacity(link.url.len() + query.len() + 1);
    decide::with_utm(&link.url, &query, &mut address);
    Ok(address)
}

/// What kind of visit it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visit {
    Click,
    /// A browser or messenger looks ahead; no person asked for it.
    Prefetch,
    Head,
}

impl Visit {
    const fn name(self) -> &'static str {
        match self {
            Self::Click => "click",
            Self::Prefetch => "prefetch",
            Self::Head => "head",
        }
    }
}

fn visit(method: &Method, headers: &HeaderMap) -> Visit {
    let says = |name: &str, word: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.to_ascii_lowercase().contains(word))
    };
    if method == Method::HEAD {
        return Visit::Head;
    }
    let ahead =
        says("sec-purpose", "prefetch") || says("purpose", "prefetch") || says("purpose", "preview") || says("x-moz", "prefetch");
    // LINE's own preview fetcher, and others that draw a card of the page.
    let robot = ["bot", "crawler", "spider", "facebookexternalhit", "line-poker"].iter().any(|word| says("user-agent", word));
    if ahead || robot { Visit::Prefetch } else { Visit::Click }
}

/// Beside the answer: whoever clicked must not wait for our database.
fn count(app: &App, workspace: WorkspaceId, link: &Link, visit: Visit, reference: Reference) {
    let (kind, cause) = match (visit, reference) {
        (Visit::Click, Reference::Person(person)) => return report(app, workspace, link, person),
        (Visit::Click, Reference::Cause(cause)) => (VisitKind::Unknown, cause),
        (Visit::Prefetch | Visit::Head, Reference::Person(PersonRef { cause, .. }) | Reference::Cause(cause)) => {
            (VisitKind::Prefetch, cause)
        }
    };
    let day = app.now_ms().div_euclid(DAY_MS);
    app.visits.count(count::Visit { workspace, link: link.id, cause, day, kind });
}

fn report(app: &App, workspace: WorkspaceId, link: &Link, person: PersonRef) {
    let now = app.now_ms();
    let kind = EventKind::Click { link: link.id, cause: (!person.cause.is_nil()).then_some(person.cause) };
    let event = Incoming {
        workspace,
        id: EventId::new(now),
        channel: None,
        who: Who::Contact(person.contact),
        source: Source::Link,
        occurred_at: now,
        payload: Payload { kind, reply: None, standby: false, actor: None },
    };
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = app.engine.ingest.take(vec![event]).await {
            tracing::warn!(%error, "a click was not stored");
        }
    });
}

fn redirect(url: &str) -> Response {
    const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
    let Ok(location) = HeaderValue::from_str(url) else { return StatusCode::NOT_FOUND.into_response() };
    let headers = [
        (LOCATION, location),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // The signed reference must not travel on to other sites.
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (ROBOTS, HeaderValue::from_static("noindex")),
    ];
    (StatusCode::FOUND, headers).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_people_click() {
        let none = HeaderMap::new();
        assert_eq!(visit(&Method::GET, &none), Visit::Click);
        assert_eq!(visit(&Method::HEAD, &none), Visit::Head);
        for (name, value) in [
            ("sec-purpose", "prefetch;prerender"),
            ("purpose", "preview"),
            ("user-agent", "facebookexternalhit/1.1;line-poker/1.0"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            assert_eq!(visit(&Method::GET, &headers), Visit::Prefetch, "{name}");
        }
    }
}
