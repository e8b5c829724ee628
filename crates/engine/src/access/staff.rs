//! What owners do with staff and tokens: each one transaction with its line in the audit log.

use std::collections::BTreeSet;

use serde_json::json;
use store::Tx;

use super::db::{self, Act};
use super::secret::Secret;
use super::{ApiToken, Desk, INVITATION_MS, Member, Password, Role, Scope, User, decide};
use crate::error::{Error, Result};
use crate::ids::{TokenId, UserId, WorkspaceId};

/// Who is invited as what.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// As typed.
    pub email: String,
    /// Shown until the person says otherwise.
    pub name: String,
    /// The role they will have.
    pub role: Role,
}

/// Invites a person. `true` when they must accept with `secret` (a `<user id>.<secret>` pair is what they get);
/// `false` when they have an account already and are a member from now on.
///
/// # Errors
/// `Bad` for an address that cannot be one, `Conflict` when they are a member already.
pub fn invite(tx: &mut Tx<'_>, act: &Act, invitation: &Invitation, secret: &Secret, machine_ms: i64) -> Result<(Member, bool)> {
    let email = decide::fold_email(&invitation.email);
    if !decide::plausible_email(&email) {
        return Err(Error::bad("email", "email", "メールアドレスの形が正しくありません。"));
    }
    let known = db::user_by_email(tx, &email)?;
    let fresh = Password::Invited { secret_hash: hex::encode(secret.hash()), until: machine_ms + INVITATION_MS };
    let (id, must_accept) = match known {
        Some(user) if matches!(user.password, Password::Invited { .. }) => {
            // A second workspace must not get a link that opens the first one's door.
            if db::desks(tx, user.id)?.iter().any(|desk| desk.workspace != act.workspace) {
                return Err(Error::conflict(
                    "conflict",
                    "この方は別のワークスペースに招待されています。そちらに参加したあとで招待してください。",
                ));
            }
            db::set_password(tx, user.id, &fresh)?;
            (user.id, true)
        }
        Some(user) => (user.id, false),
        None => {
            let name = if invitation.name.trim().is_empty() { email.clone() } else { invitation.name.trim().to_owned() };
            let user = User { id: UserId::new(act.at), email: email.clone(), name, password: fresh, disabled_at: None };
            if !db::insert_user(tx, &user, act.at)? {
                return Err(Error::Raced);
            }
            (user.id, true)
        }
    };
    let joined = db::insert_member(tx, act.workspace, id, invitation.role, act.at)?;
    let member = db::find_member(tx, act.workspace, id)?;
    // Inviting again somebody who has not come yet renews the link.
    if !joined && !must_accept {
        return Err(Error::conflict("conflict", "この方はすでにメンバーです。"));
    }
    act.note(tx, "user.invite", id.0, &json!({ "email": email, "role": invitation.role }))?;
    Ok((member, must_accept))
}

/// Takes up an invitation: name and password are the person's own now.
///
/// # Errors
/// `Conflict` with code `invitation_invalid` when the link is wrong, used or too old.
pub fn accept(tx: &mut Tx<'_>, id: UserId, secret_hash: &[u8; 32], name: &str, phc: &str, machine_ms: i64) -> Result<Vec<Desk>> {
    let user = db::user_by_id(tx, id)?;
    let good = user.is_some_and(|user| match &user.password {
        Password::Invited { secret_hash: stored, until } => {
            user.disabled_at.is_none() && *until > machine_ms && *stored == hex::encode(secret_hash)
        }
        Password::Hash(_) => false,
    });
    if !good {
        return Err(Error::conflict(
            "invitation_invalid",
            "招待の期限が切れているか、すでに使われています。もう一度招待してもらってください。",
        ));
    }
    db::set_password(tx, id, &Password::Hash(phc.to_owned()))?;
    if !name.trim().is_empty() {
        db::rename_user(tx, id, name.trim())?;
    }
    db::desks(tx, id)
}

/// Adds a person with a password to a workspace, as the command line does; a known person gets the password and role.
pub fn add_user(tx: &mut Tx<'_>, act: &Act, email: &str, role: Role, phc: &str) -> Result<UserId> {
    let email = decide::fold_email(email);
    if !decide::plausible_email(&email) {
        return Err(Error::bad("email", "email", "メールアドレスの形が正しくありません。"));
    }
    let id = match db::user_by_email(tx, &email)? {
        Some(user) => {
            db::set_password(tx, user.id, &Password::Hash(phc.to_owned()))?;
            user.id
        }
        None => {
            let password = Password::Hash(phc.to_owned());
            let user = User { id: UserId::new(act.at), email: email.clone(), name: email.clone(), password, disabled_at: None };
            db::insert_user(tx, &user, act.at)?;
            user.id
        }
    };
    if !db::insert_member(tx, act.workspace, id, role, act.at)? {
        db::set_role(tx, act.workspace, id, role)?;
    }
    act.note(tx, "user.add", id.0, &json!({ "email": email, "role": role }))?;
    Ok(id)
}

/// What to change about a member.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemberPatch {
    /// A new role.
    pub role: Option<Role>,
    /// Disable or enable the account.
    pub disabled: Option<bool>,
}

/// Changes a member. Disabling ends every session of the person.
///
/// # Errors
/// `NotFound`; `Conflict` with `last_owner` when nobody could appoint staff any more; `Conflict` with `conflict` when
/// somebody who works elsewhere too would be disabled there as well.
pub fn update_member(tx: &mut Tx<'_>, act: &Act, id: UserId, patch: MemberPatch) -> Result<Member> {
    let member = db::find_member(tx, act.workspace, id)?;
    let steps_down = member.role == Role::Owner && patch.role.is_some_and(|role| role != Role::Owner);
    if steps_down || patch.disabled == Some(true) {
        keep_an_owner(tx, act.workspace, id)?;
    }
    if let Some(role) = patch.role {
        db::set_role(tx, act.workspace, id, role)?;
    }
    if let Some(disabled) = patch.disabled {
        if db::desks(tx, id)?.len() > 1 {
            return Err(Error::conflict(
                "conflict",
                "ほかのワークスペースでも働いている方は停止できません。このワークスペースから外してください。",
            ));
        }
        db::set_disabled(tx, id, disabled.then_some(act.at))?;
        if disabled {
            db::end_sessions(tx, id, &[0; 32])?;
        }
    }
    act.note(tx, "user.update", id.0, &json!({ "role": patch.role, "disabled": patch.disabled }))?;
    db::find_member(tx, act.workspace, id)
}

/// Removes a member from the workspace; the person stays known to others.
///
/// # Errors
/// `NotFound`, `Conflict` with `last_owner`.
pub fn remove_member(tx: &mut Tx<'_>, act: &Act, id: UserId) -> Result<()> {
    let member = db::find_member(tx, act.workspace, id)?;
    if member.role == Role::Owner {
        keep_an_owner(tx, act.workspace, id)?;
    }
    db::delete_member(tx, act.workspace, id)?;
    crate::notice::db::delete_of(tx, act.workspace, id)?;
    db::delete_unused_user(tx, id)?;
    act.note(tx, "user.remove", id.0, &json!({ "email": member.email }))
}

fn keep_an_owner(tx: &mut Tx<'_>, workspace: WorkspaceId, leaving: UserId) -> Result<()> {
    let owners = db::lock_owners(tx, workspace)?;
    if owners.iter().any(|owner| *owner != leaving) || !owners.contains(&leaving) {
        return Ok(());
    }
    Err(Error::conflict("last_owner", "オーナーがいなくなります。先にほかの方をオーナーにしてください。"))
}

/// Issues an API token for `secret`.
///
/// # Errors
/// `Bad` when the name is empty or too long.
pub fn issue_token(
    tx: &mut Tx<'_>,
    act: &Act,
    name: &str,
    role: Role,
    scopes: &BTreeSet<Scope>,
    secret: &Secret,
) -> Result<ApiToken> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Error::bad("length", "name", "名前を1〜100文字で入力してください。"));
    }
    let token = ApiToken {
        id: TokenId::new(act.at),
        name: name.to_owned(),
        role,
        scopes: scopes.clone(),
        created_at: act.at,
        used_at: None,
        revoked_at: None,
    };
    db::insert_token(tx, act.workspace, &token, &secret.hash())?;
    act.note(tx, "token.create", token.id.0, &json!({ "name": name, "role": role, "scopes": scopes }))?;
    Ok(token)
}

/// Revokes an API token.
///
/// # Errors
/// `NotFound` when there is none or it is revoked already.
pub fn revoke_token(tx: &mut Tx<'_>, act: &Act, id: TokenId) -> Result<()> {
    db::revoke_token(tx, act.workspace, id, act.at)?;
    act.note(tx, "token.revoke", id.0, &json!({}))
}
