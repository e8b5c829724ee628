//! Members, invitations, API tokens and the audit log.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use engine::access::audit::ACTIONS;
use engine::access::db;
use engine::access::secret::Secret;
use engine::access::staff::{self, Invitation, MemberPatch};
use engine::access::{Actor, ApiToken, AuditEntry, Member, MemberState, Permission, Role, Scope};
use engine::clock::machine_ms;
use engine::ids::{AuditId, TokenId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::Answer;
use crate::http::{Body, Created, Done, Ids, Items, Page, PageQuery, Query};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_roles))
        .routes(routes!(list_users))
        .routes(routes!(update_user, remove_user))
        .routes(routes!(invite))
        .routes(routes!(list_tokens, create_token))
        .routes(routes!(revoke_token))
        .routes(routes!(list_audit))
}

/// What one needs for something.
#[derive(Serialize, ToSchema)]
struct RoleNeed {
    permission: Permission,
    /// The least role that has it; greater ones have it too.
    least_role: Role,
}

/// What each role may.
#[utoipa::path(get, path = "/roles", operation_id = "listRoles", tag = "staff",
    responses((status = 200, body = Items<RoleNeed>, description = "Permissions and who has them")), extensions(("x-permission" = json!("read"))))]
async fn list_roles(Require(..): Require<can::Read>) -> Json<Items<RoleNeed>> {
    let need = |permission: &Permission| RoleNeed { permission: *permission, least_role: permission.least_role() };
    Json(Items { items: Permission::ALL.iter().map(need).collect() })
}

/// A member of the workspace.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserView {
    id: Uuid,
    /// Null for callers without the permission `staff`.
    email: Option<String>,
    name: String,
    role: Role,
    state: MemberState,
    /// Whether 2段階認証 is on. Null for callers without the permission `staff`.
    second_step: Option<bool>,
    created_at: i64,
}

impl UserView {
    /// For whoever has the permission `staff`.
    fn whole(member: Member) -> Self {
        let Member { id, email, name, role, state, second_step, created_at } = member;
        Self { id: id.0, email: Some(email), name, role, state, second_step: Some(second_step), created_at }
    }

    /// For everybody else.
    fn of_colleague(member: Member) -> Self {
        // Until somebody says their name, it is their address.
        let name = if member.name == member.email { "(名前未設定)".to_owned() } else { member.name.clone() };
        Self { email: None, name, second_step: None, ..Self::whole(member) }
    }
}

/// Members, for assignees and the staff page.
#[utoipa::path(get, path = "/users", operation_id = "listUsers", tag = "staff",
    responses((status = 200, body = Items<UserView>, description = "Members")), extensions(("x-permission" = json!("read"))))]
async fn list_users(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Items<UserView>>> {
    let view = if caller.grant.permits(Permission::Staff) { UserView::whole } else { UserView::of_colleague };
    let members = app.read(move |tx| db::members(tx, caller.workspace)).await?;
    Ok(Json(Items { items: members.into_iter().map(view).collect() }))
}

/// What to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserPatch {
    #[serde(default)]
    role: Option<Role>,
    /// True ends every session of the person.
    #[serde(default)]
    disabled: Option<bool>,
}

/// Changes role or access of a member.
#[utoipa::path(patch, path = "/users/{id}", operation_id = "updateUser", tag = "staff", request_body = UserPatch, params(("id" = Uuid, Path)),
    responses((status = 200, body = UserView, description = "Changed")), extensions(("x-permission" = json!("staff"))))]
async fn update_user(
    State(app): State<App>,
    Require(caller, ..): Require<can::Staff>,
    Ids(id): Ids<UserId>,
    Body(patch): Body<UserPatch>,
) -> Answer<Json<UserView>> {
    let act = app.act(&caller);
    let patch = MemberPatch { role: patch.role, disabled: patch.disabled };
    let member = app.write(move |tx| staff::update_member(tx, &act, id, patch)).await?;
    Ok(Json(UserView::whole(member)))
}

/// Takes a member out of the workspace.
#[utoipa::path(delete, path = "/users/{id}", operation_id = "removeUser", tag = "staff", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Removed")), extensions(("x-permission" = json!("staff"))))]
async fn remove_user(State(app): State<App>, Require(caller, ..): Require<can::Staff>, Ids(id): Ids<UserId>) -> Answer<Done> {
    let act = app.act(&caller);
    app.write(move |tx| staff::remove_member(tx, &act, id)).await?;
    Ok(Done)
}

/// Who to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "taro@example.com", "role": "operator", "name": "太郎"}))]
struct Invite {
    email: String,
    role: Role,
    #[serde(default)]
    name: String,
}

/// The member, and the link to send them.
#[derive(Serialize, ToSchema)]
struct Invited {
    user: UserView,
    /// Shown once, good for seven days. Null when the person has an account and is a member from now on.
    url: Option<String>,
}

/// Invites a person.
#[utoipa::path(post, path = "/invitations", operation_id = "invite", tag = "staff", request_body = Invite,
    responses((status = 201, body = Invited, description = "Invited")), extensions(("x-permission" = json!("staff"))))]
async fn invite(
    State(app): State<App>,
    Require(caller, ..): Require<can::Staff>,
    Body(invite): Body<Invite>,
) -> Answer<Created<Invited>> {
    let act = app.act(&caller);
    let secret = Secret::draw();
    let invitation = Invitation { email: invite.email, name: invite.name, role: invite.role };
    let shown = secret.reveal().to_owned();
    let (member, must_accept) = app.write(move |tx| staff::invite(tx, &act, &invitation, &secret, machine_ms())).await?;
    let url = must_accept.then(|| app.absolute(&format!("/admin/invite#{}.{shown}", member.id)));
    Ok(Created(Invited { user: UserView::whole(member), url }))
}

/// An API token; its secret is known to nobody.
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
pub struct TokenView {
    id: Uuid,
    name: String,
    role: Role,
    /// Empty: all that the role may.
    scopes: BTreeSet<Scope>,
    created_at: i64,
    used_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl From<ApiToken> for TokenView {
    fn from(token: ApiToken) -> Self {
        let ApiToken { id, name, role, scopes, created_at, used_at, revoked_at } = token;
        Self { id: id.0, name, role, scopes, created_at, used_at, revoked_at }
    }
}

/// API tokens, newest first, revoked ones too.
#[utoipa::path(get, path = "/tokens", operation_id = "listTokens", tag = "staff",
    responses((status = 200, body = Items<TokenView>, description = "Tokens")), extensions(("x-permission" = json!("staff"))))]
async fn list_tokens(State(app): State<App>, Require(caller, ..): Require<can::Staff>) -> Answer<Json<Items<TokenView>>> {
    let tokens = app.read(move |tx| db::tokens(tx, caller.workspace)).await?;
    Ok(Json(Items { items: tokens.into_iter().map(Into::into).collect() }))
}

/// What a token is for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "EC連携", "role": "operator", "scopes": ["events:write", "read"]}))]
struct NewToken {
    name: String,
    role: Role,
    /// Empty: all that the role may.
    #[serde(default)]
    scopes: BTreeSet<Scope>,
}

/// The token, and its secret.
#[derive(Serialize, ToSchema)]
struct NewTokenAnswer {
    token: TokenView,
    /// Shown once.
    secret: String,
}

/// Issues an API token.
#[utoipa::path(post, path = "/tokens", operation_id = "createToken", tag = "staff", request_body = NewToken,
    responses((status = 201, body = NewTokenAnswer, description = "Issued")), extensions(("x-permission" = json!("staff"))))]
async fn create_token(
    State(app): State<App>,
    Require(caller, ..): Require<can::Staff>,
    Body(new): Body<NewToken>,
) -> Answer<Created<NewTokenAnswer>> {
    let act = app.act(&caller);
    let secret = Secret::draw_token();
    let shown = secret.reveal().to_owned();
    let token = app.write(move |tx| staff::issue_token(tx, &act, &new.name, new.role, &new.scopes, &secret)).await?;
    Ok(Created(NewTokenAnswer { token: token.into(), secret: shown }))
}

/// Revokes an API token at once.
#[utoipa::path(delete, path = "/tokens/{id}", operation_id = "revokeToken", tag = "staff", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Revoked")), extensions(("x-permission" = json!("staff"))))]
async fn revoke_token(State(app): State<App>, Require(caller, ..): Require<can::Staff>, Ids(id): Ids<TokenId>) -> Answer<Done> {
    let act = app.act(&caller);
    app.write(move |tx| staff::revoke_token(tx, &act, id)).await?;
    Ok(Done)
}

/// Which lines of the audit log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// `user:<id>`, `token:<id>`, `cli` or `system`.
    #[serde(default)]
    actor: String,
    /// An object's id.
    #[serde(default)]
    object: String,
    /// A kind of object: what stands before the point of an action, as in `broadcast`.
    #[serde(default)]
    thing: String,
    /// Not before, Unix ms.
    #[serde(default)]
    from: Option<i64>,
    /// Before, Unix ms.
    #[serde(default)]
    until: Option<i64>,
}

impl From<AuditQuery> for db::AuditFilter {
    fn from(query: AuditQuery) -> Self {
        let AuditQuery { actor, object, thing, from, until } = query;
        Self { actor, object, thing, from, until }
    }
}

/// One line of the audit log.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
struct AuditView {
    id: Uuid,
    at: i64,
    actor: AuditActor,
    /// What was done.
    #[schema(value_type = AuditAction)]
    action: String,
    /// To what.
    object: String,
    /// What changed.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
}

/// The document names all actions there are, so that the admin's words can be compared with them.
struct AuditAction;

impl PartialSchema for AuditAction {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(ACTIONS.iter().copied())).into()
    }
}

impl ToSchema for AuditAction {}

/// Who did it.
#[derive(Serialize, ToSchema)]
struct AuditActor {
    /// user, token, cli or system.
    kind: String,
    id: Option<String>,
    /// Name now, null when gone.
    name: Option<String>,
}

/// What staff and tokens did, newest first.
#[utoipa::path(get, path = "/audit", operation_id = "listAudit", tag = "staff", params(AuditQuery, PageQuery),
    responses((status = 200, body = Page<AuditView>, description = "A page of the log")), extensions(("x-permission" = json!("staff"))))]
async fn list_audit(
    State(app): State<App>,
    Require(caller, ..): Require<can::Staff>,
    Query(filter): Query<AuditQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<AuditView>>> {
    let (before, limit, filter) = (page.after::<AuditId>()?, page.limit(), db::AuditFilter::from(filter));
    let (entries, names) = app
        .read(move |tx| {
            let entries = db::audit_page(tx, caller.workspace, before, &filter, limit + 1)?;
            Ok((entries, names(tx, caller.workspace)?))
        })
        .await?;
    let page = Page::cut(entries, limit, |entry| entry.id);
    let items = page.items.into_iter().map(|entry| view(entry, &names)).collect();
    Ok(Json(Page { items, next: page.next }))
}

/// Names of staff and tokens, by what the audit log calls them.
pub(super) fn names(tx: &mut store::Tx<'_>, workspace: engine::ids::WorkspaceId) -> engine::Result<BTreeMap<String, String>> {
    let users = db::members(tx, workspace)?.into_iter().map(|member| (Actor::User(member.id).to_string(), member.name));
    let tokens = db::tokens(tx, workspace)?.into_iter().map(|token| (Actor::Token(token.id).to_string(), token.name));
    Ok(users.chain(tokens).collect())
}

fn view(entry: AuditEntry, names: &BTreeMap<String, String>) -> AuditView {
    let (kind, id) = entry.actor.split_once(':').map_or((entry.actor.as_str(), None), |(kind, id)| (kind, Some(id.to_owned())));
    AuditView {
        id: entry.id.0,
        at: entry.at,
        actor: AuditActor { kind: kind.to_owned(), id, name: names.get(&entry.actor).cloned() },
        action: entry.action,
        object: entry.object,
        detail: serde_json::from_str(&entry.detail).unwrap_or_default(),
    }
}
