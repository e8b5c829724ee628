//! What a journey did: its versions, and figures by step.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use engine::contact::EnrollmentState;
use engine::ids::{JourneyId, JourneyVersionId, LinkId, TemplateId, WorkspaceId};
use engine::journey::figures::{self, Wish};
use engine::journey::{Graph, Step, db};
use engine::link::db as links;
use engine::template::{Compiled, db as templates};
use engine::workspace::Catalog;
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Problem};
use crate::http::{Ids, Items, Query};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(journey_versions)).routes(routes!(journey_version)).routes(routes!(journey_figures))
}

/// One published version.
#[derive(Serialize, ToSchema)]
#[schema(as = JourneyVersion)]
struct VersionView {
    id: Uuid,
    number: i64,
    published_at: i64,
    /// Null for programs.
    published_by: Option<String>,
    /// People who walk on it now.
    active: i64,
}

/// Versions, newest first; the newest hundred.
#[utoipa::path(get, path = "/journeys/{id}/versions", operation_id = "journeyVersions", tag = "journeys", params(("id" = Uuid, Path)),
    responses((status = 200, body = Items<VersionView>, description = "Versions")), extensions(("x-permission" = json!("read"))))]
async fn journey_versions(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<JourneyId>,
) -> Answer<Json<Items<VersionView>>> {
    let workspace = caller.workspace;
    let (versions, names) =
        app.read(move |tx| Ok((db::versions(tx, workspace, id)?, super::super::staff::names(tx, workspace)?))).await?;
    let view = |version: db::Version| VersionView {
        id: version.id.0,
        number: version.number,
        published_at: version.published_at,
        published_by: names.get(&version.published_by).cloned(),
        active: version.active,
    };
    Ok(Json(Items { items: versions.into_iter().map(view).collect() }))
}

/// What a version does.
#[utoipa::path(get, path = "/journeys/{id}/versions/{journey_version}", operation_id = "journeyVersion", tag = "journeys",
    params(("id" = Uuid, Path), ("journey_version" = Uuid, Path)),
    responses((status = 200, body = Graph, description = "The graph")), extensions(("x-permission" = json!("read"))))]
async fn journey_version(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids((id, version)): Ids<(JourneyId, JourneyVersionId)>,
) -> Answer<Json<Graph>> {
    Ok(Json(app.read(move |tx| db::version(tx, caller.workspace, id, version)).await?))
}

/// Of which walks, from when.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FiguresQuery {
    /// Only walks on this version.
    #[serde(default)]
    version: Option<Uuid>,
    /// The last so many days, today among them: 1–400, 30 by default.
    #[serde(default)]
    days: Option<u16>,
}

const MAX_DAYS: u16 = 400;

/// People by state, and what happened at each step.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = JourneyFigures)]
struct Figures {
    active: i64,
    done: i64,
    goal: i64,
    exited: i64,
    failed: i64,
    /// By node.
    nodes: BTreeMap<String, NodeFigures>,
}

/// What happened at one step. Whoever stands or ended there counts whenever they came; the rest is of the period.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = JourneyNodeFigures)]
struct NodeFigures {
    /// Stand here now.
    here: i64,
    /// Ended here.
    ended: i64,
    /// Came here.
    came: i64,
    /// Messages LINE took.
    sent: i64,
    /// Messages that wait or are on their way.
    open: i64,
    /// Messages not sent, for a reason of ours (block, cap, quiet hours …).
    refused: i64,
    /// Messages LINE refused, or of which nobody knows.
    failed: i64,
    /// People who opened a link of this step; null when it has none. Once per link, and of all versions.
    clicked: Option<i64>,
}

/// How many walk, where, and what was sent to them.
#[utoipa::path(get, path = "/journeys/{id}/figures", operation_id = "journeyFigures", tag = "journeys", params(("id" = Uuid, Path), FiguresQuery),
    responses((status = 200, body = Figures, description = "Figures")), extensions(("x-permission" = json!("read"))))]
async fn journey_figures(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<JourneyId>,
    Query(query): Query<FiguresQuery>,
) -> Answer<Json<Figures>> {
    let workspace = caller.workspace;
    let days = query.days.unwrap_or(30);
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(Problem::invalid("days", "out_of_range", format!("1〜{MAX_DAYS}日で指定してください。")));
    }
    let catalog = app.catalog(workspace).await?;
    let version = query.version.map(JourneyVersionId);
    let wish = Wish::last_days(&super::super::segment::context(&catalog, app.now_ms()), days, version);
    let (found, opened) = app
        .read(move |tx| {
            let found = figures::read(tx, workspace, id, wish)?;
            let graph = match version {
                Some(version) => db::version(tx, workspace, id, version)?,
                None => db::find(tx, workspace, id)?.draft,
            };
            let links = links_by_node(tx, &catalog, workspace, &graph)?;
            let opened = figures::opened_by_node(&links, &found.opened);
            Ok((found, opened))
        })
        .await?;
    Ok(Json(Figures::of(found, opened)))
}

/// The tracked links of each message step, as its template has them today; steps without one are left out.
fn links_by_node(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    workspace: WorkspaceId,
    graph: &Graph,
) -> engine::Result<BTreeMap<String, BTreeSet<LinkId>>> {
    let said: Vec<(&str, TemplateId)> = graph
        .nodes
        .iter()
        .filter_map(|node| match node.step {
            Step::Message { template, .. } => Some((node.id.as_str(), template)),
            _ => None,
        })
        .collect();
    let wanted: BTreeSet<TemplateId> = said.iter().map(|(_, template)| *template).collect();
    let mut written: BTreeMap<TemplateId, Vec<String>> = BTreeMap::new();
    for template in templates::find_many(tx, workspace, &wanted)? {
        let addresses = Compiled::parse(&template.messages.to_string(), catalog)
            .map_or_else(|_| Vec::new(), |compiled| compiled.addresses().map(str::to_owned).collect());
        written.insert(template.id, addresses);
    }
    let known = links::by_urls(tx, workspace, written.values().flatten().map(String::as_str))?;
    let of = |template: &TemplateId| -> BTreeSet<LinkId> {
        written.get(template).into_iter().flatten().filter_map(|url| Some(known.get(url)?.id)).collect()
    };
    Ok(said.into_iter().map(|(node, template)| (node.to_owned(), of(&template))).filter(|(_, links)| !links.is_empty()).collect())
}

impl Figures {
    fn of(found: figures::Figures, opened: BTreeMap<String, i64>) -> Self {
        let mut all = Self::default();
        for (state, node, people) in found.people {
            all.stand(state, node, people);
        }
        for (node, came) in found.came {
            all.nodes.entry(node).or_default().came = came;
        }
        for (node, state, messages) in found.said {
            let at = all.nodes.entry(node).or_default();
            *match state.as_str() {
                "accepted" => &mut at.sent,
                "refused" => &mut at.refused,
                "queued" | "sending" => &mut at.open,
                _ => &mut at.failed,
            } += messages;
        }
        for (node, people) in opened {
            all.nodes.entry(node).or_default().clicked = Some(people);
        }
        all
    }

    fn stand(&mut self, state: EnrollmentState, node: String, people: i64) {
        let at = self.nodes.entry(node).or_default();
        match state {
            EnrollmentState::Active => at.here += people,
            _ => at.ended += people,
        }
        *match state {
            EnrollmentState::Active => &mut self.active,
            EnrollmentState::Done => &mut self.done,
            EnrollmentState::Goal => &mut self.goal,
            EnrollmentState::Exited => &mut self.exited,
            EnrollmentState::Failed => &mut self.failed,
        } += people;
    }
}
