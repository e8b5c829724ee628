//! Logging in and out, and what the caller may.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::response::{AppendHeaders, IntoResponse};
use engine::access::second::Proof;
use engine::access::secret::{self, Secret};
use engine::access::{Actor, Desk, Grant, Password, Permission, Role, User, db, decide, staff};
use engine::clock::machine_ms;
use engine::ids::{UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::second_step::{self, SecondStepView};
use crate::app::App;
use crate::auth::password::{Check, check_apart, hash_apart};
use crate::auth::{AnyCaller, Attempt, Caller, ClientAddress, clear_cookie, client_address, same_site, session_cookie};
use crate::error::{Answer, Code, Problem};
use crate::http::{Body, Done};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(login, me, logout))
        .routes(routes!(switch_workspace))
        .routes(routes!(change_password))
        .routes(routes!(accept_invitation))
}

/// Who calls, where, and what they may.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// `user` or `token`.
    kind: &'static str,
    /// The person, null for a token.
    user: Option<MeUser>,
    /// Role in this workspace.
    role: Role,
    /// All the caller may: pages hide what they may not.
    permissions: Vec<Permission>,
    /// Where they work now.
    workspace: MeWorkspace,
    /// Where else they may work.
    workspaces: Vec<MeDesk>,
    /// The caller's 2段階認証.
    second_step: SecondStepView,
    /// LINE accounts under 非常停止.
    stopped_channels: usize,
    /// Enishi's version.
    version: &'static str,
}

/// A person, to themselves.
#[derive(Serialize, ToSchema)]
struct MeUser {
    id: Uuid,
    email: String,
    name: String,
}

/// The workspace a caller works in.
#[derive(Serialize, ToSchema)]
struct MeWorkspace {
    id: Uuid,
    name: String,
    /// IANA zone.
    zone: String,
    /// Shows the デモ banner.
    demo: bool,
}

/// A workspace a person may switch to.
#[derive(Serialize, ToSchema)]
struct MeDesk {
    id: Uuid,
    name: String,
    role: Role,
}

async fn describe(app: &App, caller: &Caller) -> Answer<Me> {
    let (workspace, actor) = (caller.workspace, caller.actor);
    let own = caller.clone();
    let (row, second_step, user, desks) = app
        .read(move |tx| {
            let row = engine::workspace::view::find_workspace(tx, workspace)?;
            let second_step = second_step::describe(tx, &own)?;
            match actor {
                Actor::User(id) => Ok((row, second_step, db::user_by_id(tx, id)?, db::desks(tx, id)?)),
                _ => Ok((row, second_step, None, Vec::new())),
            }
        })
        .await?;
    let stopped =
        app.engine.catalogs.all_channels().iter().filter(|c| c.workspace == workspace && c.stopped_at.is_some()).count();
    Ok(Me {
        kind: if user.is_some() { "user" } else { "token" },
        user: user.map(|user| MeUser { id: user.id.0, email: user.email, name: user.name }),
        role: caller.grant.role,
        permissions: caller.grant.permissions(),
        workspace: MeWorkspace { id: workspace.0, name: row.name, zone: row.zone, demo: row.demo },
        workspaces: desks.into_iter().map(|desk| MeDesk { id: desk.workspace.0, name: desk.name, role: desk.role }).collect(),
        second_step,
        stopped_channels: stopped,
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// Login name, password, and the code of whoever has a second step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "hanako@example.com", "password": "correct horse battery"}))]
struct Login {
    email: String,
    password: String,
    /// From the phone, or a recovery code; `second_step_needed` asks for it.
    #[serde(default)]
    code: Option<String>,
}

/// Logs in; the session is a cookie.
#[utoipa::path(post, path = "/session", operation_id = "login", tag = "session", request_body = Login,
    responses((status = 200, body = Me, description = "Logged in")))]
async fn login(State(app): State<App>, parts: Parts, Body(login): Body<Login>) -> Answer<impl IntoResponse> {
    same_site(&parts.method, &parts.headers, &app)?;
    let email = decide::fold_email(&login.email);
    let attempt = Attempt::begin(&app, &email, client_address(&parts, &app.config.trusted_proxies))?;
    if login.password.chars().count() > decide::PASSWORD_MAX {
        return Err(Code::LoginFailed.into());
    }
    let user = app.read(move |tx| db::user_by_email(tx, &email)).await?;
    let user = check_user(&app, user, login.password).await?;
    let proof = match second_step::prove(&app, &user, login.code.as_deref()).await {
        // Nobody guessed: the page is only told to ask.
        Err(problem) if problem.code == Code::SecondStepNeeded => {
            attempt.succeeded();
            return Err(problem);
        }
        Err(problem) => {
            if problem.code == Code::SecondStepWrong {
                second_step::note_refusal(&app, user.id).await?;
            }
            return Err(problem);
        }
        Ok(proof) => proof,
    };
    attempt.succeeded();
    enter(&app, user.id, None, proof, &parts.headers).await
}

pub(super) async fn check_user(app: &App, user: Option<User>, password: String) -> Answer<User> {
    let stored = user.as_ref().and_then(|user| match &user.password {
        Password::Hash(phc) if user.disabled_at.is_none() => Some(phc.clone()),
        _ => None,
    });
    let check = check_apart(app, password.clone(), stored).await?;
    let Some(user) = user.filter(|_| check != Check::Wrong) else { return Err(Code::LoginFailed.into()) };
    if check == Check::RightButOld {
        let phc = hash_apart(app, password).await?;
        let id = user.id;
        app.write(move |tx| db::set_password(tx, id, &Password::Hash(phc.clone()))).await?;
    }
    Ok(user)
}

/// Opens a session where the person may work.
pub(super) async fn enter(
    app: &App,
    user: UserId,
    wanted: Option<WorkspaceId>,
    proof: Proof,
    headers: &HeaderMap,
) -> Answer<impl IntoResponse + use<>> {
    let desks = app.read(move |tx| db::desks(tx, user)).await?;
    let desk = choose(&desks, wanted).ok_or_else(|| {
        Problem::new(Code::Forbidden).saying("所属するワークスペースがありません。オーナーに招待してもらってください。")
    })?;
    let agent: String = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("").chars().take(200).collect();
    let secret = Secret::draw();
    let token_hash = secret.hash();
    let session = db::NewSession { token_hash, user, workspace: desk.workspace, agent, now_ms: machine_ms() };
    let caller = Caller {
        actor: Actor::User(user),
        workspace: desk.workspace,
        grant: Grant::of(desk.role),
        secret_hash: token_hash,
        owes_second_step: false,
    };
    let act = app.act(&caller);
    app.write(move |tx| {
        db::insert_session(tx, &session)?;
        act.note(tx, "session.login", user.0, &login_detail(proof))
    })
    .await?;
    let me = describe(app, &caller).await?;
    Ok((AppendHeaders([(SET_COOKIE, session_cookie(app, &secret))]), Json(me)))
}

fn login_detail(proof: Proof) -> serde_json::Value {
    match proof {
        Proof::NotAsked => serde_json::json!({}),
        Proof::Code => serde_json::json!({ "second_step": "code" }),
        Proof::Recovery => serde_json::json!({ "second_step": "recovery_code" }),
        Proof::Passkey => serde_json::json!({ "second_step": "passkey" }),
    }
}

fn choose(desks: &[Desk], wanted: Option<WorkspaceId>) -> Option<&Desk> {
    match wanted {
        Some(workspace) => desks.iter().find(|desk| desk.workspace == workspace),
        None => desks.first(),
    }
}

/// Who calls, and what they may.
#[utoipa::path(get, path = "/session", operation_id = "me", tag = "session",
    responses((status = 200, body = Me, description = "The caller")), extensions(("x-permission" = json!("any"))))]
async fn me(State(app): State<App>, AnyCaller(caller): AnyCaller) -> Answer<Json<Me>> {
    describe(&app, &caller).await.map(Json)
}

/// Ends the session.
#[utoipa::path(delete, path = "/session", operation_id = "logout", tag = "session",
    responses((status = 204, description = "Logged out")), extensions(("x-permission" = json!("any"))))]
async fn logout(State(app): State<App>, AnyCaller(caller): AnyCaller) -> Answer<impl IntoResponse> {
    person(&caller)?;
    app.write(move |tx| db::delete_session(tx, &caller.secret_hash)).await?;
    Ok((AppendHeaders([(SET_COOKIE, clear_cookie(&app))]), Done))
}

/// What only people with a session do.
pub(super) fn person(caller: &Caller) -> Answer<UserId> {
    caller.user().ok_or_else(|| Problem::new(Code::Forbidden).saying("APIトークンではできません。ログインして操作してください。"))
}

/// Where to work next.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Switch {
    workspace_id: Uuid,
}

/// Works in another workspace of the same person.
#[utoipa::path(put, path = "/session/workspace", operation_id = "switchWorkspace", tag = "session", request_body = Switch,
    responses((status = 200, body = Me, description = "Switched")), extensions(("x-permission" = json!("any"))))]
async fn switch_workspace(State(app): State<App>, AnyCaller(caller): AnyCaller, Body(switch): Body<Switch>) -> Answer<Json<Me>> {
    let user = person(&caller)?;
    let wanted = WorkspaceId(switch.workspace_id);
    let hash = caller.secret_hash;
    let desks = app
        .write(move |tx| {
            db::switch_session(tx, &hash, wanted)?;
            db::desks(tx, user)
        })
        .await?;
    let desk = choose(&desks, Some(wanted)).ok_or(Code::NotFound)?;
    let caller = Caller { workspace: wanted, grant: Grant::of(desk.role), ..caller };
    describe(&app, &caller).await.map(Json)
}

/// The old password proves that the person is at the keyboard.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    current: String,
    new: String,
}

/// Changes the password; all other sessions of the person end.
#[utoipa::path(put, path = "/session/password", operation_id = "changePassword", tag = "session", request_body = NewPassword,
    responses((status = 204, description = "Changed")), extensions(("x-permission" = json!("any"))))]
async fn change_password(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    ClientAddress(address): ClientAddress,
    Body(change): Body<NewPassword>,
) -> Answer<Done> {
    let id = person(&caller)?;
    let user = app.read(move |tx| db::user_by_id(tx, id)).await?.ok_or(Code::NotFound)?;
    let attempt = Attempt::begin(&app, &user.email, address)?;
    let email = user.email.clone();
    check_user(&app, Some(user), change.current).await?;
    attempt.succeeded();
    if !decide::password_ok(&change.new, &email) {
        return Err(Code::PasswordWeak.into());
    }
    let phc = hash_apart(&app, change.new).await?;
    let act = app.act(&caller);
    app.write(move |tx| {
        db::set_password(tx, id, &Password::Hash(phc.clone()))?;
        db::end_sessions(tx, id, &caller.secret_hash)?;
        act.note(tx, "user.password", id.0, &serde_json::json!({}))
    })
    .await?;
    Ok(Done)
}

/// The link's token, and what the person chooses.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Accept {
    /// As in the link: `<user id>.<secret>`.
    token: String,
    #[serde(default)]
    name: String,
    password: String,
}

/// Takes up an invitation and logs in.
#[utoipa::path(post, path = "/invitations/accept", operation_id = "acceptInvitation", tag = "staff", request_body = Accept,
    responses((status = 200, body = Me, description = "Joined and logged in")))]
async fn accept_invitation(State(app): State<App>, parts: Parts, Body(accept): Body<Accept>) -> Answer<impl IntoResponse> {
    same_site(&parts.method, &parts.headers, &app)?;
    let (id, shown) = accept.token.split_once('.').ok_or(Code::InvitationInvalid)?;
    let id: UserId = id.parse().map_err(|_| Code::InvitationInvalid)?;
    let shown = secret::hash(shown);
    let attempt = Attempt::begin(&app, &id.to_string(), client_address(&parts, &app.config.trusted_proxies))?;
    let email = app.read(move |tx| db::user_by_id(tx, id)).await?.map(|user| user.email).ok_or(Code::InvitationInvalid)?;
    if !decide::password_ok(&accept.password, &email) {
        return Err(Code::PasswordWeak.into());
    }
    let phc = hash_apart(&app, accept.password).await?;
    let name = accept.name;
    app.write(move |tx| staff::accept(tx, id, &shown, &name, &phc, machine_ms())).await?;
    attempt.succeeded();
    enter(&app, id, None, Proof::NotAsked, &parts.headers).await
}
