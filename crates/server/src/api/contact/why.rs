//! Why somebody got something, or did not.

use axum::Json;
use axum::extract::State;
use engine::contact::view::{BroadcastFate, Fate, broadcast_fates};
use engine::contact::{Enrollment, EnrollmentState, db};
use engine::delivery::Reason;
use engine::delivery::why::{Standing, Told, why};
use engine::ids::{BroadcastId, ContactId};
use engine::workspace::Catalog;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::Answer;
use crate::http::{Ids, Query};

/// About what.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhyQuery {
    /// Only this broadcast, journey or rule.
    #[serde(default)]
    cause: Option<Uuid>,
}

/// Everything that was decided about a contact, in words.
#[derive(Serialize, ToSchema)]
pub(super) struct WhyView {
    contact_id: Uuid,
    /// Newest first.
    deliveries: Vec<Told>,
    /// The newest ten broadcasts (or the one asked for), also those the contact was not addressed by.
    broadcasts: Vec<BroadcastWhy>,
    enrollments: Vec<EnrollmentWhy>,
    /// What the guard would say at this moment, per account and lane.
    now: Vec<Standing>,
}

/// A broadcast and this contact.
#[derive(Serialize, ToSchema)]
struct BroadcastWhy {
    broadcast_id: Uuid,
    name: String,
    channel_id: Uuid,
    /// sent, refused, failed, unknown, waiting, not_addressed.
    state: String,
    reason: Option<String>,
    at: Option<i64>,
    sentence: String,
}

/// A journey and this contact.
#[derive(Serialize, ToSchema)]
struct EnrollmentWhy {
    journey_id: Uuid,
    name: String,
    state: EnrollmentState,
    node: String,
    due_at: Option<i64>,
    reason: Option<String>,
    sentence: String,
}

/// Explains what a contact heard, did not hear, and would hear now.
#[utoipa::path(get, path = "/contacts/{id}/why", operation_id = "contactWhy", tag = "contacts", params(("id" = Uuid, Path), WhyQuery),
    responses((status = 200, body = WhyView, description = "Why")), extensions(("x-permission" = json!("read"))))]
pub(super) async fn contact_why(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<ContactId>,
    Query(query): Query<WhyQuery>,
) -> Answer<Json<WhyView>> {
    let catalog = app.catalog(caller.workspace).await?;
    let (now, only) = (app.now_ms(), query.cause);
    let words = catalog.clone();
    let (contact, mut told, fates) = app
        .read(move |tx| {
            let contact = db::load(tx, words.workspace, &[id])?.remove(&id).ok_or(engine::Error::NotFound)?;
            let told = why(tx, &words, id, now)?;
            Ok((contact, told, broadcast_fates(tx, words.workspace, id, only.map(BroadcastId))?))
        })
        .await?;
    let about = |cause: Uuid| only.is_none_or(|only| only == cause);
    told.deliveries.retain(|told| about(told.delivery.cause_id));
    Ok(Json(WhyView {
        contact_id: id.0,
        deliveries: told.deliveries,
        broadcasts: fates.into_iter().map(broadcast).collect(),
        enrollments: contact
            .enrollments
            .into_iter()
            .filter(|walk| about(walk.journey.0))
            .map(|walk| enrollment(walk, &catalog))
            .collect(),
        now: told.now,
    }))
}

fn broadcast(fate: BroadcastFate) -> BroadcastWhy {
    let (state, reason, at, sentence) = match fate.fate {
        Fate::Sent { at, state, error } => {
            let sentence = match state.as_str() {
                "accepted" => "LINEに届けました。".to_owned(),
                "failed" => format!("LINEが受け付けませんでした。{}", error.unwrap_or_default()),
                "unknown" => "LINEの返事が確認できないため、届いたかどうかわかりません。".to_owned(),
                _ => "送信中です。".to_owned(),
            };
            (if state == "accepted" { "sent".to_owned() } else { state }, None, Some(at), sentence)
        }
        Fate::Exception { state, reason, at } => {
            let sentence =
                reason.parse::<Reason>().map_or_else(|()| "送りませんでした。".to_owned(), |reason| reason.sentence().to_owned());
            (state, Some(reason), Some(at), sentence)
        }
        Fate::Waiting => ("waiting".to_owned(), None, None, "対象に入っていて、順番を待っています。".to_owned()),
        Fate::NotAddressed => {
            ("not_addressed".to_owned(), None, None, "対象者を確定した時点で、条件に当てはまりませんでした。".to_owned())
        }
    };
    BroadcastWhy { broadcast_id: fate.id.0, name: fate.name, channel_id: fate.channel.0, state, reason, at, sentence }
}

fn enrollment(walk: Enrollment, catalog: &Catalog) -> EnrollmentWhy {
    let name =
        catalog.journeys.get(&walk.journey).map_or_else(|| "(削除されたシナリオ)".to_owned(), |journey| journey.name.clone());
    let sentence = match (walk.state, &walk.reason) {
        (EnrollmentState::Active, _) if walk.due_at.is_some() => format!("「{}」で待っています。", walk.node),
        (EnrollmentState::Active, _) => format!("「{}」で出来事を待っています。", walk.node),
        (EnrollmentState::Done, _) => "最後まで進みました。".to_owned(),
        (EnrollmentState::Goal, _) => "目標に達したため終わりました。".to_owned(),
        (EnrollmentState::Exited, Some(reason)) => format!("途中で抜けました({reason})。"),
        (EnrollmentState::Exited, None) => "途中で抜けました。".to_owned(),
        (EnrollmentState::Failed, reason) => format!("エラーで止まりました({})。", reason.as_deref().unwrap_or("不明")),
    };
    EnrollmentWhy {
        journey_id: walk.journey.0,
        name,
        state: walk.state,
        node: walk.node,
        due_at: walk.due_at,
        reason: walk.reason,
        sentence,
    }
}
