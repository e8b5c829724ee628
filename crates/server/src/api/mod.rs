//! `/api/v1`: one module per capability, named as in the engine. Each module lists its routes; the OpenAPI document is
//! made from the same list.

pub mod asset;
pub mod backup;
pub mod broadcast;
pub mod bulk;
pub mod channel;
pub mod contact;
pub mod conversation;
pub mod delivery;
pub mod event;
pub mod import;
pub mod insight;
pub mod journey;
pub mod link;
pub mod notice;
mod passkey;
pub mod rule;
mod second_step;
pub mod segment;
pub mod session;
pub mod setup;
pub mod staff;
pub mod start;
pub mod status;
pub mod tag;
pub mod takeout;
pub mod template;
pub mod workspace;

use axum::Router;
use utoipa::OpenApi as _;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, PathItem, Ref, RefOr, ResponseBuilder, SecurityRequirement};
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::error::{Document, FieldError};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Enishi API",
        description = "顧客との縁を育てるための API。時刻は Unix ミリ秒(入力は RFC 3339 も可)、エラーは RFC 9457。 / Times are Unix ms; inputs also take RFC 3339. Errors are RFC 9457 problem documents.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    components(schemas(Document, FieldError))
)]
struct Base;

/// All routes below `/api/v1`, and the document that describes them.
pub fn routes() -> (Router<App>, OpenApi) {
    let all = OpenApiRouter::new()
        .merge(session::routes())
        .merge(setup::routes())
        .merge(start::routes())
        .merge(second_step::routes())
        .merge(passkey::routes())
        .merge(staff::routes())
        .merge(workspace::routes())
        .merge(channel::routes())
        .merge(contact::routes())
        .merge(import::routes())
        .merge(bulk::routes())
        .merge(takeout::routes())
        .merge(tag::routes())
        .merge(segment::routes())
        .merge(template::routes())
        .merge(asset::routes())
        .merge(broadcast::routes())
        .merge(rule::routes())
        .merge(journey::routes())
        .merge(event::routes())
        .merge(delivery::routes())
        .merge(conversation::routes())
        .merge(link::routes())
        .merge(insight::routes())
        .merge(notice::routes())
        .merge(backup::routes())
        .merge(status::routes());
    let (router, mut document) = OpenApiRouter::with_openapi(Base::openapi()).nest("/api/v1", all).split_for_parts();
    finish(&mut document);
    (router, document)
}

/// What is the same for every operation is written once, here: who may call, and how errors look.
fn finish(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()));
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-enishi"))));
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            let public = operation.extensions.as_ref().is_none_or(|all| !all.contains_key("x-permission"));
            if !public {
                let none: [&str; 0] = [];
                operation.security =
                    Some(vec![SecurityRequirement::new("session", none), SecurityRequirement::new("token", none)]);
            }
            let problem = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
            let response = ResponseBuilder::new().description("Refused").content("application/problem+json", problem).build();
            operation.responses.responses.insert("default".to_owned(), RefOr::T(response));
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().filter_map(Option::as_mut)
}
