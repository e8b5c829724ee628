//! Rules (自動応答).

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use engine::action::Action;
use engine::ids::{ChannelId, RuleId};
use engine::rule::{Hours, Incoming, Rule, Rules, Shadow, Trigger, Verdict, Why, db, shadows};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Code, Problem};
use crate::http::{Body, Created, Done, Ids, Items, Time};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_rules, create_rule))
        .routes(routes!(order_rules))
        .routes(routes!(try_rules))
        .routes(routes!(get_rule, update_rule, delete_rule))
}

/// One automatic answer.
#[derive(Serialize, ToSchema)]
#[schema(as = Rule)]
struct RuleView {
    id: Uuid,
    /// Null: on every account.
    channel_id: Option<Uuid>,
    name: String,
    trigger: Trigger,
    hours: Option<Hours>,
    actions: Vec<Action>,
    priority: i64,
    enabled: bool,
    created_at: i64,
    updated_at: i64,
    /// The earlier rule that always answers instead, so that this one never does.
    hidden_by: Option<Shadow>,
}

impl From<db::Stored> for RuleView {
    fn from(stored: db::Stored) -> Self {
        let db::Stored { rule, created_at, updated_at } = stored;
        let Rule { id, channel, name, trigger, hours, actions, priority, enabled } = rule;
        Self {
            id: id.0,
            channel_id: channel.map(|id| id.0),
            name,
            trigger,
            hours,
            actions,
            priority,
            enabled,
            created_at,
            updated_at,
            hidden_by: None,
        }
    }
}

/// Rules in the order they are asked, each with the one that hides it.
fn views(stored: Vec<db::Stored>) -> Vec<RuleView> {
    let rules = Rules::new(stored.iter().map(|stored| stored.rule.clone()).collect());
    let hidden: HashMap<RuleId, Shadow> =
        rules.list().iter().zip(shadows(rules.list())).filter_map(|(rule, by)| Some((rule.id, by?))).collect();
    stored
        .into_iter()
        .map(|stored| {
            let hidden_by = hidden.get(&stored.rule.id).cloned();
            RuleView { hidden_by, ..stored.into() }
        })
        .collect()
}

/// Rules in the order they are asked, those that are off too.
#[utoipa::path(get, path = "/rules", operation_id = "listRules", tag = "rules",
    responses((status = 200, body = Items<RuleView>, description = "Rules")), extensions(("x-permission" = json!("read"))))]
async fn list_rules(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Items<RuleView>>> {
    let rules = app.read(move |tx| db::list(tx, caller.workspace)).await?;
    Ok(Json(Items { items: views(rules) }))
}

/// A rule as staff write it.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "営業時間", "trigger": {"on": "keyword", "mode": "contains", "words": ["営業時間"]}, "actions": [{"action": "notify", "text": "営業時間の質問"}]}))]
struct RuleInput {
    name: String,
    /// Null: on every account.
    #[serde(default)]
    channel_id: Option<Uuid>,
    trigger: Trigger,
    #[serde(default)]
    hours: Option<Hours>,
    actions: Vec<Action>,
    /// The largest is asked first.
    #[serde(default)]
    priority: i64,
    #[serde(default = "yes")]
    enabled: bool,
    /// The `updated_at` this was made from; refused with `edited_meanwhile` when somebody saved since. Left out: writes over.
    #[serde(default)]
    base: Option<i64>,
}

const fn yes() -> bool {
    true
}

impl RuleInput {
    fn rule(self, id: RuleId) -> Rule {
        let Self { name, channel_id, trigger, hours, actions, priority, enabled, base: _ } = self;
        Rule { id, channel: channel_id.map(ChannelId), name, trigger, hours, actions, priority, enabled }
    }
}

/// Makes a rule; it answers at once when it is enabled.
#[utoipa::path(post, path = "/rules", operation_id = "createRule", tag = "rules", request_body = RuleInput,
    responses((status = 201, body = RuleView, description = "Made")), extensions(("x-permission" = json!("define"))))]
async fn create_rule(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Body(input): Body<RuleInput>,
) -> Answer<Created<RuleView>> {
    let (act, catalogs) = (app.act(&caller), app.engine.catalogs.clone());
    let rule = input.rule(RuleId::new(act.at));
    let stored = app
        .write(move |tx| {
            let words = catalogs.get(tx, act.workspace)?;
            db::create(tx, &act, &*words, &rule)
        })
        .await?;
    Ok(Created(stored.into()))
}

/// One rule.
#[utoipa::path(get, path = "/rules/{id}", operation_id = "getRule", tag = "rules", params(("id" = Uuid, Path)),
    responses((status = 200, body = RuleView, description = "The rule")), extensions(("x-permission" = json!("read"))))]
async fn get_rule(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<RuleId>,
) -> Answer<Json<RuleView>> {
    Ok(Json(app.read(move |tx| db::find(tx, caller.workspace, id)).await?.into()))
}

/// Replaces a rule.
#[utoipa::path(put, path = "/rules/{id}", operation_id = "updateRule", tag = "rules", request_body = RuleInput, params(("id" = Uuid, Path)),
    responses((status = 200, body = RuleView, description = "Changed")), extensions(("x-permission" = json!("define"))))]
async fn update_rule(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Ids(id): Ids<RuleId>,
    Body(input): Body<RuleInput>,
) -> Answer<Json<RuleView>> {
    let (act, catalogs) = (app.act(&caller), app.engine.catalogs.clone());
    let base = input.base;
    let rule = input.rule(id);
    let stored = app
        .write(move |tx| {
            let words = catalogs.get(tx, act.workspace)?;
            db::update(tx, &act, &*words, &rule, base)
        })
        .await?;
    Ok(Json(stored.into()))
}

/// Deletes a rule.
#[utoipa::path(delete, path = "/rules/{id}", operation_id = "deleteRule", tag = "rules", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Deleted")), extensions(("x-permission" = json!("define"))))]
async fn delete_rule(State(app): State<App>, Require(caller, ..): Require<can::Define>, Ids(id): Ids<RuleId>) -> Answer<Done> {
    let act = app.act(&caller);
    app.write(move |tx| db::delete(tx, &act, id)).await?;
    Ok(Done)
}

/// The order in which rules are asked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Order {
    /// First is asked first.
    ids: Vec<Uuid>,
}

/// Sets the order.
#[utoipa::path(put, path = "/rules/order", operation_id = "orderRules", tag = "rules", request_body = Order,
    responses((status = 200, body = Items<RuleView>, description = "Rules in their new order")), extensions(("x-permission" = json!("define"))))]
async fn order_rules(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Body(order): Body<Order>,
) -> Answer<Json<Items<RuleView>>> {
    let act = app.act(&caller);
    let ids: Vec<RuleId> = order.ids.into_iter().map(RuleId).collect();
    let rules = app
        .write(move |tx| {
            db::order(tx, &act, &ids)?;
            db::list(tx, act.workspace)
        })
        .await?;
    Ok(Json(Items { items: views(rules) }))
}

/// What might come in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TryQuestion {
    channel_id: Uuid,
    input: TryInput,
    /// When; now by default.
    #[serde(default)]
    at: Option<Time>,
    /// A rule as it is being written: asked as if it were saved.
    #[serde(default)]
    draft: Option<TryDraft>,
}

/// A rule that is not saved yet.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TryDraft {
    /// The rule it will replace; left out: a new one.
    #[serde(default)]
    id: Option<Uuid>,
    rule: RuleInput,
}

/// One thing a customer may do.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum TryInput {
    /// Adds the account.
    Follow {
        /// Comes back after a block.
        #[serde(default)]
        unblocked: bool,
    },
    /// Writes or sends.
    Message {
        /// Words.
        #[serde(default)]
        text: String,
        /// LINE's type, text by default.
        #[serde(default = "text_kind")]
        message_kind: String,
    },
    /// Taps a button.
    Postback {
        /// The button's data.
        data: String,
    },
}

fn text_kind() -> String {
    "text".to_owned()
}

/// Which rule would answer, and why the others would not.
#[derive(Serialize, ToSchema)]
struct TryAnswer {
    /// Null when nobody answers.
    answer: Option<Uuid>,
    actions: Vec<Action>,
    why: Vec<Verdict>,
    /// The earlier rule that always answers instead of the draft.
    hidden_by: Option<Shadow>,
}

/// Tries the rules without doing anything.
#[utoipa::path(post, path = "/rules/try", operation_id = "tryRules", tag = "rules", request_body = TryQuestion,
    responses((status = 200, body = TryAnswer, description = "Who would answer")), extensions(("x-permission" = json!("read"))))]
async fn try_rules(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Body(question): Body<TryQuestion>,
) -> Answer<Json<TryAnswer>> {
    let workspace = caller.workspace;
    let stored = app.read(move |tx| db::list(tx, workspace)).await?;
    let catalog = app.catalog(workspace).await?;
    let channel = ChannelId(question.channel_id);
    if !catalog.channels.contains_key(&channel) {
        return Err(Problem::new(Code::NotFound).at("channel_id", "unknown_channel", "このLINEアカウントはありません。"));
    }
    let mut all: Vec<Rule> = stored.into_iter().map(|stored| stored.rule).collect();
    let draft = question.draft.map(|draft| draft.rule.rule(draft.id.map_or(RuleId(Uuid::max()), RuleId)));
    if let Some(draft) = &draft {
        let problems = draft.problems(&*catalog);
        if !problems.is_empty() {
            return Err(engine::Error::Invalid(problems).into());
        }
        all.retain(|rule| rule.id != draft.id);
        all.push(draft.clone());
    }
    let rules = Rules::new(all);
    let hidden_by = draft.and_then(|draft| {
        let at = rules.list().iter().position(|rule| rule.id == draft.id)?;
        shadows(rules.list()).swap_remove(at)
    });
    let incoming = match &question.input {
        TryInput::Follow { unblocked: false } => Incoming::Follow,
        TryInput::Follow { unblocked: true } => Incoming::Unblock,
        TryInput::Message { text, message_kind } => Incoming::Message { kind: message_kind, text },
        TryInput::Postback { data } => Incoming::Postback(data),
    };
    let at = question.at.map_or_else(|| app.now_ms(), |time| time.0);
    let why = rules.explain(channel, &incoming, at, &catalog.zone);
    let winner = why.iter().find(|verdict| verdict.why == Why::Answers).map(|verdict| verdict.rule);
    let actions = rules.list().iter().find(|rule| Some(rule.id) == winner).map(|rule| rule.actions.clone()).unwrap_or_default();
    Ok(Json(TryAnswer { answer: winner.map(|id| id.0), actions, why, hidden_by }))
}
