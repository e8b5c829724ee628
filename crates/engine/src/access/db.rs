//! SQL of access. `users` and `sessions` are global tables; `api_tokens` is looked up by hash without a workspace.

use std::collections::{BTreeMap, BTreeSet};

use store::{Insert, Row, Tx, params};
use uuid::Uuid;

use super::{
    Actor, ApiToken, AuditEntry, Desk, Grant, Member, MemberState, Password, Role, Scope, SessionCaller, SessionEntry,
    TokenCaller, User,
};
use crate::error::{Error, Result};
use crate::ids::{AuditId, TokenId, UserId, WorkspaceId};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[
    USER_BY_EMAIL,
    USER_BY_ID,
    USER_INSERT,
    USER_RENAME,
    USER_PASSWORD,
    USER_DISABLE,
    USER_DELETE_UNUSED,
    MEMBERS,
    MEMBER,
    NAMES,
    MEMBER_INSERT,
    MEMBER_ROLE,
    MEMBER_DELETE,
    OTHER_OWNERS,
    DESKS,
    SESSION_INSERT,
    SESSION_CALLER,
    SESSION_TOUCH,
    SESSION_SWITCH,
    SESSION_DELETE,
    SESSIONS_END,
    SESSIONS_END_HERE,
    SESSIONS,
    SESSIONS_PURGE,
    TOKEN_INSERT,
    TOKEN_CALLER,
    TOKEN_TOUCH,
    TOKENS,
    TOKEN_REVOKE,
    AUDIT_PAGE,
];

const USER_BY_EMAIL: &str = "SELECT id, email, name, password, disabled_at FROM users WHERE email = $1";
const USER_BY_ID: &str = "SELECT id, email, name, password, disabled_at FROM users WHERE id = $1";
const USER_INSERT: &str =
    "INSERT INTO users (id, email, name, password, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (email) DO NOTHING";
const USER_RENAME: &str = "UPDATE users SET name = $2 WHERE id = $1";
const USER_PASSWORD: &str = "UPDATE users SET password = $2 WHERE id = $1";
const USER_DISABLE: &str = "UPDATE users SET disabled_at = $2 WHERE id = $1";
const USER_DELETE_UNUSED: &str =
    "DELETE FROM users WHERE id = $1 AND password LIKE 'invited$%' AND NOT EXISTS (SELECT 1 FROM memberships WHERE user_id = $1)";

const MEMBERS: &str = "SELECT u.id, u.email, u.name, m.role, u.password, u.disabled_at, m.created_at,
    COALESCE(f.confirmed_at, (SELECT MIN(k.created_at) FROM passkeys k WHERE k.user_id = m.user_id))
  FROM memberships m JOIN users u ON u.id = m.user_id LEFT JOIN second_steps f ON f.user_id = m.user_id WHERE m.workspace_id = $1 ORDER BY u.email";
const MEMBER: &str = "SELECT u.id, u.email, u.name, m.role, u.password, u.disabled_at, m.created_at,
    COALESCE(f.confirmed_at, (SELECT MIN(k.created_at) FROM passkeys k WHERE k.user_id = m.user_id))
  FROM memberships m JOIN users u ON u.id = m.user_id LEFT JOIN second_steps f ON f.user_id = m.user_id WHERE m.workspace_id = $1 AND m.user_id = $2";
const NAMES: &str = "SELECT u.id, u.name, u.email FROM memberships m JOIN users u ON u.id = m.user_id
  WHERE m.workspace_id = $1 AND m.user_id = ANY($2)";
const MEMBER_INSERT: &str = "INSERT INTO memberships (workspace_id, user_id, role, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id, user_id) DO NOTHING";
const MEMBER_ROLE: &str = "UPDATE memberships SET role = $3 WHERE workspace_id = $1 AND user_id = $2";
const MEMBER_DELETE: &str = "DELETE FROM memberships WHERE workspace_id = $1 AND user_id = $2";
// Locked, so that two owners cannot remove each other at the same moment.
const OTHER_OWNERS: &str = "SELECT m.user_id FROM memberships m JOIN users u ON u.id = m.user_id
  WHERE m.workspace_id = $1 AND m.role = 'owner' AND u.disabled_at IS NULL AND u.password NOT LIKE 'invited$%'
  ORDER BY m.user_id FOR UPDATE";
const DESKS: &str =
    "SELECT m.workspace_id, w.name, m.role FROM memberships m JOIN workspaces w ON w.workspace_id = m.workspace_id
  WHERE m.user_id = $1 ORDER BY w.name, m.workspace_id";

const SESSION_INSERT: &str = "INSERT INTO sessions (token_hash, user_id, workspace_id, agent, created_at, seen_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $5, $6)";
const SESSION_CALLER: &str = "SELECT s.user_id, s.workspace_id, m.role, s.seen_at, g.value,
    COALESCE(f.confirmed_at, (SELECT MIN(k.created_at) FROM passkeys k WHERE k.user_id = s.user_id)) FROM sessions s
  JOIN users u ON u.id = s.user_id JOIN memberships m ON m.workspace_id = s.workspace_id AND m.user_id = s.user_id
  LEFT JOIN settings g ON g.workspace_id = s.workspace_id AND g.key = 'second_step'
  LEFT JOIN second_steps f ON f.user_id = s.user_id
  WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.disabled_at IS NULL";
const SESSION_TOUCH: &str = "UPDATE sessions SET seen_at = $2, expires_at = $3 WHERE token_hash = $1 AND seen_at < $2";
const SESSION_SWITCH: &str = "UPDATE sessions SET workspace_id = $2 WHERE token_hash = $1
  AND EXISTS (SELECT 1 FROM memberships m WHERE m.workspace_id = $2 AND m.user_id = sessions.user_id)";
const SESSION_DELETE: &str = "DELETE FROM sessions WHERE token_hash = $1";
const SESSIONS_END: &str = "DELETE FROM sessions WHERE user_id = $1 AND token_hash <> $2";
const SESSIONS_END_HERE: &str = "DELETE FROM sessions WHERE workspace_id = $1 AND user_id = $2";
const SESSIONS: &str = "SELECT token_hash, agent, created_at, seen_at FROM sessions
  WHERE user_id = $1 AND expires_at > $2 ORDER BY seen_at DESC, token_hash LIMIT 100";
const SESSIONS_PURGE: &str = "DELETE FROM sessions WHERE user_id = $1 AND expires_at <= $2";

const TOKEN_INSERT: &str =
    "INSERT INTO api_tokens (token_hash, workspace_id, id, name, role, scopes, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
const TOKEN_CALLER: &str =
    "SELECT id, workspace_id, role, scopes, used_at FROM api_tokens WHERE token_hash = $1 AND revoked_at IS NULL";
const TOKEN_TOUCH: &str = "UPDATE api_tokens SET used_at = $2 WHERE token_hash = $1";
const TOKENS: &str =
    "SELECT id, name, role, scopes, created_at, used_at, revoked_at FROM api_tokens WHERE workspace_id = $1 ORDER BY id DESC";
const TOKEN_REVOKE: &str = "UPDATE api_tokens SET revoked_at = $3 WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL";

const AUDIT: Insert =
    Insert { table: "audit", columns: &["workspace_id", "id", "at", "actor", "action", "object", "detail"], conflict: "" };
const CHANGES: Insert = Insert { table: "changes", columns: &["workspace_id", "kind", "object_id", "at"], conflict: "" };
const AUDIT_PAGE: &str = "SELECT id, at, actor, action, object, detail FROM audit
  WHERE workspace_id = $1 AND id < $2 AND id >= $3 AND ($4 = '' OR actor = $4) AND ($5 = '' OR object = $5)
    AND ($6 = '' OR action LIKE $6) ORDER BY id DESC LIMIT $7";

// ---- users ------------------------------------------------------------------------------------------------------

fn user(row: &Row<'_>) -> store::Result<User> {
    Ok(User {
        id: row.get(0)?,
        email: row.get(1)?,
        name: row.get(2)?,
        password: Password::parse(&row.get::<String>(3)?),
        disabled_at: row.get(4)?,
    })
}

/// By folded address.
pub fn user_by_email(tx: &mut Tx<'_>, email: &str) -> Result<Option<User>> {
    Ok(tx.query_opt(USER_BY_EMAIL, &params![email], user)?)
}

/// By id.
pub fn user_by_id(tx: &mut Tx<'_>, id: UserId) -> Result<Option<User>> {
    Ok(tx.query_opt(USER_BY_ID, &params![id], user)?)
}

/// Adds a person; false when the address is taken.
pub fn insert_user(tx: &mut Tx<'_>, user: &User, now_ms: i64) -> Result<bool> {
    let stored = user.password.stored();
    Ok(tx.execute(USER_INSERT, &params![user.id, &user.email, &user.name, stored, now_ms])? == 1)
}

/// Sets the shown name.
pub fn rename_user(tx: &mut Tx<'_>, id: UserId, name: &str) -> Result<()> {
    tx.execute(USER_RENAME, &params![id, name])?;
    Ok(())
}

/// Replaces the stored password.
pub fn set_password(tx: &mut Tx<'_>, id: UserId, password: &Password) -> Result<()> {
    tx.execute(USER_PASSWORD, &params![id, password.stored()])?;
    Ok(())
}

/// Disables at an instant, or enables with `None`.
pub fn set_disabled(tx: &mut Tx<'_>, id: UserId, at: Option<i64>) -> Result<()> {
    tx.execute(USER_DISABLE, &params![id, at])?;
    Ok(())
}

/// Removes a person who was invited, never came, and belongs to no workspace any more.
pub fn delete_unused_user(tx: &mut Tx<'_>, id: UserId) -> Result<()> {
    tx.execute(USER_DELETE_UNUSED, &params![id])?;
    Ok(())
}

// ---- memberships ------------------------------------------------------------------------------------------------

fn member(row: &Row<'_>) -> store::Result<Member> {
    let invited = matches!(Password::parse(&row.get::<String>(4)?), Password::Invited { .. });
    let state = match row.get::<Option<i64>>(5)? {
        Some(_) => MemberState::Disabled,
        None if invited => MemberState::Invited,
        None => MemberState::Active,
    };
    let second_step = row.get::<Option<i64>>(7)?.is_some();
    let created_at = row.get(6)?;
    Ok(Member { id: row.get(0)?, email: row.get(1)?, name: row.get(2)?, role: row.get(3)?, state, second_step, created_at })
}

/// All members of a workspace by address.
pub fn members(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Vec<Member>> {
    Ok(tx.query(MEMBERS, &params![workspace], member)?)
}

/// Names of these actors (`user:<id>`) as colleagues see them; programs and people who have left have none.
pub fn names_of(tx: &mut Tx<'_>, workspace: WorkspaceId, actors: &[&str]) -> Result<BTreeMap<String, String>> {
    let user = |actor: &&str| match actor.parse() {
        Ok(Actor::User(id)) => Some(id.0),
        _ => None,
    };
    let ids: Vec<Uuid> = actors.iter().filter_map(user).collect();
    let rows = tx.query(NAMES, &params![workspace, ids], |row| {
        Ok((row.get::<UserId>(0)?, row.get::<String>(1)?, row.get::<String>(2)?))
    })?;
    let shown = |(id, name, email): (UserId, String, String)| {
        (Actor::User(id).to_string(), if name.trim().is_empty() { email } else { name })
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// One member.
pub fn find_member(tx: &mut Tx<'_>, workspace: WorkspaceId, id: UserId) -> Result<Member> {
    tx.query_opt(MEMBER, &params![workspace, id], member)?.ok_or(Error::NotFound)
}

/// Makes a person a member; false when they are one already.
pub fn insert_member(tx: &mut Tx<'_>, workspace: WorkspaceId, id: UserId, role: Role, now_ms: i64) -> Result<bool> {
    Ok(tx.execute(MEMBER_INSERT, &params![workspace, id, role, now_ms])? == 1)
}

/// Changes a role.
pub fn set_role(tx: &mut Tx<'_>, workspace: WorkspaceId, id: UserId, role: Role) -> Result<()> {
    tx.execute(MEMBER_ROLE, &params![workspace, id, role])?;
    Ok(())
}

/// Ends a membership and the sessions that stand in this workspace.
pub fn delete_member(tx: &mut Tx<'_>, workspace: WorkspaceId, id: UserId) -> Result<()> {
    tx.execute(MEMBER_DELETE, &params![workspace, id])?;
    tx.execute(SESSIONS_END_HERE, &params![workspace, id])?;
    Ok(())
}

/// Owners who can log in, locked until the transaction ends.
pub fn lock_owners(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Vec<UserId>> {
    Ok(tx.query(OTHER_OWNERS, &params![workspace], |row| row.get(0))?)
}

/// Where a person may work.
pub fn desks(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Desk>> {
    Ok(tx.query(DESKS, &params![user], |row| Ok(Desk { workspace: row.get(0)?, name: row.get(1)?, role: row.get(2)? }))?)
}

// ---- sessions ---------------------------------------------------------------------------------------------------

/// A session to be stored.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// SHA-256 of the cookie's secret.
    pub token_hash: [u8; 32],
    /// Whose.
    pub user: UserId,
    /// Where it begins.
    pub workspace: WorkspaceId,
    /// Browser, for the list of devices.
    pub agent: String,
    /// Machine ms.
    pub now_ms: i64,
}

/// Stores a session and drops the person's expired ones.
pub fn insert_session(tx: &mut Tx<'_>, session: &NewSession) -> Result<()> {
    tx.execute(SESSIONS_PURGE, &params![session.user, session.now_ms])?;
    let expires = session.now_ms + super::SESSION_IDLE_MS;
    tx.execute(
        SESSION_INSERT,
        &params![&session.token_hash, session.user, session.workspace, &session.agent, session.now_ms, expires],
    )?;
    Ok(())
}

/// Who shows this session, unless it has expired, the person is disabled or no longer a member.
pub fn session_caller(tx: &mut Tx<'_>, token_hash: &[u8; 32], now_ms: i64) -> Result<Option<SessionCaller>> {
    Ok(tx.query_opt(SESSION_CALLER, &params![token_hash, now_ms], |row| {
        let demanded = row.get::<Option<String>>(4)?.as_deref() == Some("all");
        let owes_second_step = demanded && row.get::<Option<i64>>(5)?.is_none();
        Ok(SessionCaller { user: row.get(0)?, workspace: row.get(1)?, role: row.get(2)?, seen_at: row.get(3)?, owes_second_step })
    })?)
}

/// Notes a use and prolongs the session.
pub fn touch_session(tx: &mut Tx<'_>, token_hash: &[u8; 32], now_ms: i64) -> Result<()> {
    tx.execute(SESSION_TOUCH, &params![token_hash, now_ms, now_ms + super::SESSION_IDLE_MS])?;
    Ok(())
}

/// Moves a session to another workspace of the same person.
pub fn switch_session(tx: &mut Tx<'_>, token_hash: &[u8; 32], workspace: WorkspaceId) -> Result<()> {
    match tx.execute(SESSION_SWITCH, &params![token_hash, workspace])? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// Ends one session.
pub fn delete_session(tx: &mut Tx<'_>, token_hash: &[u8; 32]) -> Result<()> {
    tx.execute(SESSION_DELETE, &params![token_hash])?;
    Ok(())
}

/// Ends all sessions of a person but one (all zeros: none is spared).
pub fn end_sessions(tx: &mut Tx<'_>, user: UserId, spare: &[u8; 32]) -> Result<()> {
    tx.execute(SESSIONS_END, &params![user, spare])?;
    Ok(())
}

/// Where a person is logged in, the last used first; a hundred at most.
pub fn sessions(tx: &mut Tx<'_>, user: UserId, now_ms: i64) -> Result<Vec<SessionEntry>> {
    Ok(tx.query(SESSIONS, &params![user, now_ms], |row| {
        let token_hash = row.get::<Vec<u8>>(0)?.try_into().unwrap_or([0; 32]);
        Ok(SessionEntry { token_hash, agent: row.get(1)?, created_at: row.get(2)?, seen_at: row.get(3)? })
    })?)
}

// ---- API tokens -------------------------------------------------------------------------------------------------

fn scopes(text: &str) -> BTreeSet<Scope> {
    text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

/// Stores a token.
pub fn insert_token(tx: &mut Tx<'_>, workspace: WorkspaceId, token: &ApiToken, token_hash: &[u8; 32]) -> Result<()> {
    let words = token.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ");
    tx.execute(TOKEN_INSERT, &params![token_hash, workspace, token.id, &token.name, token.role, words, token.created_at])?;
    Ok(())
}

/// Who shows this token, unless it was revoked.
pub fn token_caller(tx: &mut Tx<'_>, token_hash: &[u8; 32]) -> Result<Option<TokenCaller>> {
    Ok(tx.query_opt(TOKEN_CALLER, &params![token_hash], |row| {
        let grant = Grant::of_token(row.get(2)?, scopes(&row.get::<String>(3)?));
        Ok(TokenCaller { token: row.get(0)?, workspace: row.get(1)?, grant, used_at: row.get(4)? })
    })?)
}

/// Notes a use.
pub fn touch_token(tx: &mut Tx<'_>, token_hash: &[u8; 32], now_ms: i64) -> Result<()> {
    tx.execute(TOKEN_TOUCH, &params![token_hash, now_ms])?;
    Ok(())
}

/// All tokens, newest first.
pub fn tokens(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Vec<ApiToken>> {
    Ok(tx.query(TOKENS, &params![workspace], |row| {
        Ok(ApiToken {
            id: row.get(0)?,
            name: row.get(1)?,
            role: row.get(2)?,
            scopes: scopes(&row.get::<String>(3)?),
            created_at: row.get(4)?,
            used_at: row.get(5)?,
            revoked_at: row.get(6)?,
        })
    })?)
}

/// Revokes a token; revoking twice is [`Error::NotFound`].
pub fn revoke_token(tx: &mut Tx<'_>, workspace: WorkspaceId, id: TokenId, now_ms: i64) -> Result<()> {
    match tx.execute(TOKEN_REVOKE, &params![workspace, id, now_ms])? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

// ---- audit ------------------------------------------------------------------------------------------------------

/// What is written down about one act of staff.
#[derive(Clone, Debug)]
pub struct Act {
    /// Where.
    pub workspace: WorkspaceId,
    /// Who.
    pub actor: Actor,
    /// When, domain ms.
    pub at: i64,
}

impl Act {
    /// Adds a line to the audit log, and tells the live pages, in the transaction of the act itself.
    /// `action` is `kind.verb`, as in `tag.create`; `detail` never holds a secret.
    ///
    /// # Errors
    /// The database's.
    pub fn note(&self, tx: &mut Tx<'_>, action: &'static str, object: Uuid, detail: &serde_json::Value) -> Result<()> {
        note_all(tx, &[&Note { act: self.clone(), action, object, detail: detail.clone() }])
    }
}

/// A line of the audit log that is still to be written, see [`Act::note`].
#[derive(Clone, Debug)]
pub struct Note {
    /// Who did it, when.
    pub act: Act,
    /// `kind.verb`.
    pub action: &'static str,
    /// What it was done to.
    pub object: Uuid,
    /// More of it; never a secret.
    pub detail: serde_json::Value,
}

/// Adds lines to the audit log, and tells the live pages.
///
/// # Errors
/// The database's.
pub fn note_all(tx: &mut Tx<'_>, notes: &[&Note]) -> Result<()> {
    tx.insert_many(
        &AUDIT,
        notes.iter().map(|Note { act, action, object, detail }| {
            let (actor, object) = (act.actor.to_string(), object.to_string());
            params![act.workspace, AuditId::new(act.at), act.at, actor, *action, object, detail.to_string()]
        }),
    )?;
    tx.insert_many(
        &CHANGES,
        notes.iter().map(|Note { act, action, object, .. }| {
            let kind = action.split('.').next().unwrap_or(action);
            params![act.workspace, kind, *object, act.at]
        }),
    )?;
    Ok(())
}

/// Which lines of the audit log; '' and `None` filter nothing.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// As stored: `user:<id>` and so on.
    pub actor: String,
    /// An object's id.
    pub object: String,
    /// What stands before the point of an action.
    pub thing: String,
    /// Not before, domain ms.
    pub from: Option<i64>,
    /// Before, domain ms.
    pub until: Option<i64>,
}

/// The least id of an instant: ids begin with their time (RFC 9562 §5.7), so a span of time is a span of the key.
fn least_id(at: i64) -> Uuid {
    Uuid::from_u128(u128::from(u64::try_from(at).unwrap_or(0)) << 80)
}

/// A page of the audit log, newest first, below `before`.
pub fn audit_page(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    before: Option<AuditId>,
    filter: &AuditFilter,
    limit: i64,
) -> Result<Vec<AuditEntry>> {
    let until = filter.until.map_or(Uuid::max(), least_id);
    let before = before.map_or(until, |id| id.0.min(until));
    let from = filter.from.map_or(Uuid::nil(), least_id);
    let AuditFilter { actor, object, thing, .. } = filter;
    let action = if thing.is_empty() { String::new() } else { format!("{}.%", thing.replace(['%', '_', '\\'], "")) };
    Ok(tx.query(AUDIT_PAGE, &params![workspace, before, from, actor, object, action, limit], |row| {
        Ok(AuditEntry {
            id: row.get(0)?,
            at: row.get(1)?,
            actor: row.get(2)?,
            action: row.get(3)?,
            object: row.get(4)?,
            detail: row.get(5)?,
        })
    })?)
}
