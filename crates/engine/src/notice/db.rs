//! SQL of notices: targets, what was found, who was told.

use std::collections::BTreeMap;

use serde_json::json;
use store::{Insert, Row, Tx, params};
use url::Url;
use uuid::Uuid;

use super::{Cause, Detail, Found, Notice, Road, SendState, Target, TargetInput, Told};
use crate::access::db::Act;
use crate::access::{self, Grant, MemberState, Role};
use crate::ids::{BroadcastId, NoticeId, TargetId, TaskId, UserId, WorkspaceId};
use crate::task::{self, NewTask, Reach, TaskKind};
use crate::workspace::{Catalog, Vault};
use crate::{Error, Result};

/// Targets of a workspace at most.
const TARGETS_MAX: i64 = 20;

const TARGETS: &str = "SELECT id, road, name, channel_id, contact_id, shown, causes, paused_at, user_id FROM notice_targets
    WHERE workspace_id = $1 ORDER BY id";
const COUNT: &str = "SELECT COUNT(*) FROM notice_targets WHERE workspace_id = $1";
const INSERT: &str = "INSERT INTO notice_targets (workspace_id, id, road, name, channel_id, contact_id, address, shown, causes,
      paused_at, created_at, user_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const UPDATE: &str =
    "UPDATE notice_targets SET road = $3, name = $4, channel_id = $5, contact_id = $6, causes = $7, paused_at = $8, user_id = $9
    WHERE workspace_id = $1 AND id = $2";
const READDRESS: &str = "UPDATE notice_targets SET address = $3, shown = $4 WHERE workspace_id = $1 AND id = $2";
const DELETE: &str = "DELETE FROM notice_targets WHERE workspace_id = $1 AND id = $2";
const DELETE_OF: &str = "DELETE FROM notice_targets WHERE workspace_id = $1 AND user_id = $2";
const FORGET: &str = "DELETE FROM notice_sends WHERE workspace_id = $1 AND target_id = $2 AND notice_id = $3";
const ADDRESS: &str = "SELECT address FROM notice_targets WHERE workspace_id = $1 AND id = $2";
const IS_STAFF: &str = "SELECT staff FROM contacts WHERE workspace_id = $1 AND id = $2";
const OPEN: &str = "SELECT id, cause, object FROM notices WHERE workspace_id = $1 AND over_at IS NULL";
const OVER: &str = "UPDATE notices SET over_at = $3 WHERE workspace_id = $1 AND id = $2 AND over_at IS NULL";
const FIND: &str = "SELECT id, cause, channel_id, detail, began_at, over_at FROM notices WHERE workspace_id = $1 AND id = $2";
const PAGE: &str = "SELECT id, cause, channel_id, detail, began_at, over_at FROM notices
    WHERE workspace_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
const OPEN_NOW: &str = "SELECT id, cause, channel_id, detail, began_at, over_at FROM notices
    WHERE workspace_id = $1 AND over_at IS NULL ORDER BY id DESC LIMIT 100";
const TOLD: &str =
    "SELECT notice_id, target_id, state, error, at FROM notice_sends WHERE workspace_id = $1 AND notice_id = ANY($2)";
const TELL: &str = "INSERT INTO notice_sends (workspace_id, notice_id, target_id, state, error, at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (workspace_id, notice_id, target_id) DO UPDATE SET state = excluded.state, error = excluded.error, at = excluded.at";
const NOTICES: Insert = Insert {
    table: "notices",
    columns: &["workspace_id", "id", "cause", "object", "channel_id", "detail", "began_at"],
    conflict: "ON CONFLICT (workspace_id, cause, object) WHERE over_at IS NULL DO NOTHING",
};
const CHANGED: &str = "INSERT INTO changes (workspace_id, kind, object_id, at) VALUES ($1, 'notice', $2, $3)";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[
    TARGETS, COUNT, INSERT, UPDATE, READDRESS, DELETE, DELETE_OF, FORGET, ADDRESS, IS_STAFF, OPEN, OVER, FIND, PAGE, OPEN_NOW,
    TOLD, TELL, CHANGED,
];

/// What checking and sealing a target takes.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The workspace's accounts.
    pub catalog: &'a Catalog,
    /// Seals addresses.
    pub vault: &'a Vault,
    /// Which addresses may be called.
    pub reach: Reach,
}

// ---- targets ------------------------------------------------------------------------------------------------------

/// Whom to tell, in the order they were made.
///
/// # Errors
/// The database's.
pub fn targets(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Vec<Target>> {
    let rows = tx.query(TARGETS, &params![workspace], |row| {
        let causes: String = row.get(6)?;
        let target = Target {
            id: row.get(0)?,
            road: row.get(1)?,
            name: row.get(2)?,
            channel_id: row.get(3)?,
            contact_id: row.get(4)?,
            shown: row.get(5)?,
            causes: Vec::new(),
            paused_at: row.get(7)?,
            user_id: row.get(8)?,
            test: None,
        };
        Ok((target, causes))
    })?;
    let mut tests = told(tx, workspace, &[NoticeId::nil()])?.remove(&NoticeId::nil()).unwrap_or_default();
    rows.into_iter()
        .map(|(target, causes)| {
            let causes = serde_json::from_str(&causes).map_err(|error| Error::damaged("notice_targets.causes", error))?;
            let test = tests.iter().position(|told| told.target_id == target.id).map(|at| tests.swap_remove(at));
            Ok(Target { causes, test, ..target })
        })
        .collect()
}

/// One target.
///
/// # Errors
/// [`Error::NotFound`].
pub fn target(tx: &mut Tx<'_>, workspace: WorkspaceId, id: TargetId) -> Result<Target> {
    targets(tx, workspace)?.into_iter().find(|target| target.id == id).ok_or(Error::NotFound)
}

/// What may be seen of an address, when it is one.
fn shown(road: Road, address: &str, reach: Reach) -> Result<String> {
    let bad = |message: &str| Err(Error::bad("bad_address", "address", message));
    match road {
        Road::Line => Ok(String::new()),
        Road::Mail => match access::decide::plausible_email(&address.to_lowercase()) {
            true => Ok(address.to_owned()),
            false => bad("メールアドレスを確認してください。"),
        },
        Road::Slack | Road::Webhook => {
            let Ok(url) = Url::parse(address) else { return bad("https:// で始まるURLを入力してください。") };
            if !task::outbound::is_allowed(&url, reach) {
                return bad("https の公開アドレスだけが使えます。");
            }
            // The path of Slack's address is its password.
            Ok(format!("{}://{}/…", url.scheme(), url.host_str().unwrap_or_default()))
        }
    }
}

fn checked(tx: &mut Tx<'_>, catalog: &Catalog, input: &TargetInput) -> Result<()> {
    if input.name.trim().is_empty() || input.name.chars().count() > 100 {
        return Err(Error::bad("bad_name", "name", "名前を1〜100文字で入力してください。"));
    }
    if let Some(user) = input.user_id {
        let member = access::db::find_member(tx, catalog.workspace, user);
        member.map_err(|_| Error::bad("unknown", "user_id", "このスタッフはいません。"))?;
    }
    if input.road != Road::Line {
        return Ok(());
    }
    if input.channel_id.is_none_or(|id| !catalog.channels.contains_key(&id)) {
        return Err(Error::bad("required", "channel_id", "送るLINEアカウントを選んでください。"));
    }
    let contact = input.contact_id.ok_or_else(|| Error::bad("required", "contact_id", "受け取るスタッフを選んでください。"))?;
    // Nothing of the shop's troubles ever goes to a customer by a slip of the hand.
    match tx.query_opt(IS_STAFF, &params![catalog.workspace, contact], |row| row.get::<bool>(0))? {
        Some(true) => Ok(()),
        Some(false) => Err(Error::bad(
            "not_staff",
            "contact_id",
            "「スタッフ」の印が付いた友だちだけを選べます。友だちの画面で印を付けてください。",
        )),
        None => Err(Error::bad("unknown", "contact_id", "この友だちはいません。")),
    }
}

fn readdress(tx: &mut Tx<'_>, desk: Desk<'_>, id: TargetId, input: &TargetInput) -> Result<()> {
    let Some(address) = input.address.as_deref().map(str::trim).filter(|_| input.road != Road::Line) else { return Ok(()) };
    let sealed = desk.vault.seal("notice_targets", id.0, address.as_bytes());
    tx.execute(READDRESS, &params![desk.catalog.workspace, id, sealed, shown(input.road, address, desk.reach)?])?;
    Ok(())
}

/// Makes a target.
///
/// # Errors
/// Input that can be mended.
pub fn create(tx: &mut Tx<'_>, act: &Act, desk: Desk<'_>, input: &TargetInput) -> Result<Target> {
    checked(tx, desk.catalog, input)?;
    if input.road != Road::Line && input.address.as_deref().is_none_or(|address| address.trim().is_empty()) {
        return Err(Error::bad("required", "address", "送り先を入力してください。"));
    }
    if tx.query_one(COUNT, &params![act.workspace], |row| row.get::<i64>(0))? >= TARGETS_MAX {
        return Err(Error::conflict("too_many", format!("通知先は{TARGETS_MAX}件までです。使わないものを削除してください。")));
    }
    let id = TargetId::new(act.at);
    let paused = input.paused.then_some(act.at);
    let row = params![
        act.workspace,
        id,
        input.road,
        input.name.trim(),
        input.channel_id,
        input.contact_id,
        None::<Vec<u8>>,
        "",
        json!(input.causes).to_string(),
        paused,
        act.at,
        input.user_id
    ];
    tx.execute(INSERT, &row)?;
    readdress(tx, desk, id, input)?;
    act.note(tx, "notice_target.create", id.0, &json!({ "name": input.name, "road": input.road }))?;
    target(tx, act.workspace, id)
}

/// Changes a target; its road stays.
///
/// # Errors
/// [`Error::NotFound`]; input that can be mended.
pub fn update(tx: &mut Tx<'_>, act: &Act, desk: Desk<'_>, id: TargetId, input: &TargetInput) -> Result<Target> {
    let old = target(tx, act.workspace, id)?;
    if old.road != input.road {
        return Err(Error::bad("fixed", "road", "送り方は変えられません。新しく追加してください。"));
    }
    checked(tx, desk.catalog, input)?;
    let paused = input.paused.then(|| old.paused_at.unwrap_or(act.at));
    let causes = json!(input.causes).to_string();
    let row = params![
        act.workspace,
        id,
        input.road,
        input.name.trim(),
        input.channel_id,
        input.contact_id,
        causes,
        paused,
        input.user_id
    ];
    tx.execute(UPDATE, &row)?;
    readdress(tx, desk, id, input)?;
    act.note(tx, "notice_target.update", id.0, &json!({ "name": input.name, "paused": input.paused }))?;
    target(tx, act.workspace, id)
}

/// Deletes a target.
///
/// # Errors
/// [`Error::NotFound`].
pub fn delete(tx: &mut Tx<'_>, act: &Act, id: TargetId) -> Result<()> {
    if tx.execute(DELETE, &params![act.workspace, id])? == 0 {
        return Err(Error::NotFound);
    }
    tx.execute(FORGET, &params![act.workspace, id, NoticeId::nil()])?;
    act.note(tx, "notice_target.delete", id.0, &json!({}))
}

/// Who leaves the shop hears of nothing more.
///
/// # Errors
/// The database's.
pub(crate) fn delete_of(tx: &mut Tx<'_>, workspace: WorkspaceId, user: UserId) -> Result<()> {
    tx.execute(DELETE_OF, &params![workspace, user])?;
    Ok(())
}

/// The sealed address of a target.
pub(super) fn address(tx: &mut Tx<'_>, workspace: WorkspaceId, id: TargetId) -> Result<Vec<u8>> {
    let found = tx.query_opt(ADDRESS, &params![workspace, id], |row| row.get::<Option<Vec<u8>>>(0))?;
    found.flatten().ok_or(Error::NotFound)
}

/// Whether a target may still hear of a notice – nothing but a test, when there is none – at the moment it is told: people
/// leave, and lose their mark or their role, between what is found and what is sent. What is in the way is said.
///
/// # Errors
/// The database's.
pub(super) fn still_hears(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    target: &Target,
    notice: Option<&Notice>,
) -> Result<std::result::Result<(), &'static str>> {
    if let Some(user) = target.user_id {
        let member = access::db::members(tx, workspace)?.into_iter().find(|one| one.id == user);
        let Some(member) = member.filter(|one| one.state == MemberState::Active) else {
            return Ok(Err("この通知先のスタッフは、いまはログインできません。"));
        };
        let own = notice.filter(|notice| notice.cause.is_of_approval());
        if own.is_some_and(|notice| !notice.detail.concerns(Some(user), &Grant::of(member.role))) {
            return Ok(Err("この通知先のスタッフには、もう承認に関わる権限がありません。"));
        }
    }
    if let Some(contact) = target.contact_id.filter(|_| target.road == Road::Line)
        && tx.query_opt(IS_STAFF, &params![workspace, contact], |row| row.get::<bool>(0))? != Some(true)
    {
        return Ok(Err("「スタッフ」の印が外れているため送りません。友だちの画面で印を付け直すか、通知先を変えてください。"));
    }
    Ok(Ok(()))
}

/// Tells a target something made up, to see whether it works.
///
/// # Errors
/// [`Error::NotFound`].
pub fn test(tx: &mut Tx<'_>, act: &Act, id: TargetId) -> Result<Target> {
    target(tx, act.workspace, id)?;
    queue(tx, act.workspace, NoticeId::nil(), &[id], act.at)?;
    act.note(tx, "notice_target.test", id.0, &json!({}))?;
    target(tx, act.workspace, id)
}

// ---- what was found -------------------------------------------------------------------------------------------------

fn notice(row: &Row<'_>) -> store::Result<(Notice, String)> {
    let notice = Notice {
        id: row.get(0)?,
        cause: row.get(1)?,
        channel_id: row.get(2)?,
        detail: Detail::default(),
        began_at: row.get(4)?,
        over_at: row.get(5)?,
        told: Vec::new(),
    };
    Ok((notice, row.get(3)?))
}

fn whole(tx: &mut Tx<'_>, workspace: WorkspaceId, rows: Vec<(Notice, String)>) -> Result<Vec<Notice>> {
    let ids: Vec<NoticeId> = rows.iter().map(|(notice, _)| notice.id).collect();
    let mut told = told(tx, workspace, &ids)?;
    rows.into_iter()
        .map(|(notice, detail)| {
            let detail = serde_json::from_str(&detail).map_err(|error| Error::damaged("notices.detail", error))?;
            let told = told.remove(&notice.id).unwrap_or_default();
            Ok(Notice { detail, told, ..notice })
        })
        .collect()
}

fn told(tx: &mut Tx<'_>, workspace: WorkspaceId, ids: &[NoticeId]) -> Result<BTreeMap<NoticeId, Vec<Told>>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = tx.query(TOLD, &params![workspace, ids], |row| {
        let told = Told { target_id: row.get(1)?, state: row.get(2)?, error: row.get(3)?, at: row.get(4)? };
        Ok((row.get::<NoticeId>(0)?, told))
    })?;
    let mut by: BTreeMap<NoticeId, Vec<Told>> = BTreeMap::new();
    for (id, told) in rows {
        by.entry(id).or_default().push(told);
    }
    Ok(by)
}

/// One notice.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(tx: &mut Tx<'_>, workspace: WorkspaceId, id: NoticeId) -> Result<Notice> {
    let row = tx.query_opt(FIND, &params![workspace, id], notice)?.ok_or(Error::NotFound)?;
    whole(tx, workspace, vec![row])?.pop().ok_or(Error::NotFound)
}

/// Newest first, behind `before`.
///
/// # Errors
/// The database's.
pub fn page(tx: &mut Tx<'_>, workspace: WorkspaceId, before: Option<NoticeId>, limit: i64) -> Result<Vec<Notice>> {
    let before = before.map_or(Uuid::max(), |id| id.0);
    let rows = tx.query(PAGE, &params![workspace, before, limit], notice)?;
    whole(tx, workspace, rows)
}

/// What goes on now, newest first.
///
/// # Errors
/// The database's.
pub fn open(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Vec<Notice>> {
    let rows = tx.query(OPEN_NOW, &params![workspace], notice)?;
    whole(tx, workspace, rows)
}

/// Writes what the regular look found: what is new begins and is told, what is gone is over.
pub(crate) fn reconcile(tx: &mut Tx<'_>, workspace: WorkspaceId, found: &[Found], now: i64) -> Result<()> {
    settle(tx, workspace, |cause, _| !cause.is_of_approval(), found, now)
}

/// Writes what stands of one broadcast's approval.
pub(crate) fn settle_approval(
    tx: &mut Tx<'_>,
    (workspace, broadcast): (WorkspaceId, BroadcastId),
    found: &[Found],
    now: i64,
) -> Result<()> {
    let own = broadcast.to_string();
    settle(tx, workspace, |cause, object| cause.is_of_approval() && object.starts_with(&own), found, now)
}

/// `looked` tells which open notices the finding says anything of.
fn settle(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    looked: impl Fn(Cause, &str) -> bool,
    found: &[Found],
    now: i64,
) -> Result<()> {
    let mut open =
        tx.query(OPEN, &params![workspace], |row| Ok((row.get::<NoticeId>(0)?, row.get::<Cause>(1)?, row.get::<String>(2)?)))?;
    open.retain(|(_, cause, object)| looked(*cause, object));
    let stands = |cause: Cause, object: &str| found.iter().any(|one| one.cause == cause && one.object == object);
    let gone: Vec<NoticeId> = open.iter().filter(|(_, cause, object)| !stands(*cause, object)).map(|(id, ..)| *id).collect();
    let known = |one: &&Found| !open.iter().any(|(_, cause, object)| one.cause == *cause && one.object == *object);
    let new: Vec<(NoticeId, &Found)> = found.iter().filter(known).map(|one| (NoticeId::new(now), one)).collect();
    tx.execute_many(OVER, gone.iter().map(|id| params![workspace, *id, now]))?;
    let details: Vec<String> = new.iter().map(|(_, one)| json!(one.detail).to_string()).collect();
    tx.insert_many(
        &NOTICES,
        new.iter().zip(&details).map(|((id, one), detail)| {
            params![workspace, *id, one.cause, one.object.as_str(), one.channel, detail.as_str(), now]
        }),
    )?;
    if new.is_empty() && gone.is_empty() {
        return Ok(());
    }
    let (targets, roles) = (targets(tx, workspace)?, roles(tx, workspace, &new)?);
    for (id, one) in &new {
        let ids: Vec<TargetId> = targets.iter().filter(|target| wants(target, one, &roles)).map(|target| target.id).collect();
        queue(tx, workspace, *id, &ids, now)?;
    }
    tx.execute(CHANGED, &params![workspace, workspace, now])?;
    Ok(())
}

/// Who may do what, as far as anything that was found asks for it.
fn roles(tx: &mut Tx<'_>, workspace: WorkspaceId, new: &[(NoticeId, &Found)]) -> Result<BTreeMap<UserId, Role>> {
    if !new.iter().any(|(_, one)| one.cause.is_of_approval()) {
        return Ok(BTreeMap::new());
    }
    let members = access::db::members(tx, workspace)?;
    Ok(members.into_iter().filter(|one| one.state == MemberState::Active).map(|one| (one.id, one.role)).collect())
}

/// Whether a target is told: it listens, and what is somebody's own hears only of what concerns them.
fn wants(target: &Target, one: &Found, roles: &BTreeMap<UserId, Role>) -> bool {
    let listens = target.paused_at.is_none() && (target.causes.is_empty() || target.causes.contains(&one.cause));
    let Some(user) = target.user_id.filter(|_| one.cause.is_of_approval()) else { return listens };
    listens && roles.get(&user).is_some_and(|role| one.detail.concerns(Some(user), &Grant::of(*role)))
}

fn queue(tx: &mut Tx<'_>, workspace: WorkspaceId, notice: NoticeId, targets: &[TargetId], now: i64) -> Result<()> {
    tx.execute_many(
        TELL,
        targets.iter().map(|target| params![workspace, notice, *target, SendState::Queued, None::<&str>, now]),
    )?;
    let tasks = targets.iter().map(|target| NewTask {
        id: TaskId::new(now),
        workspace,
        kind: TaskKind::Notice,
        key: format!("{notice}/{target}"),
        payload: json!({ "notice": notice, "target": target }),
        due_at: now,
    });
    task::db::queue(tx, &tasks.collect::<Vec<_>>(), now)
}

/// Writes how telling went.
pub(super) fn record(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    (notice, target): (NoticeId, TargetId),
    outcome: Result<(), &str>,
    now: i64,
) -> Result<()> {
    let (state, error) = match outcome {
        Ok(()) => (SendState::Sent, None),
        Err(why) => (SendState::Failed, Some(why.chars().take(300).collect::<String>())),
    };
    tx.execute(TELL, &params![workspace, notice, target, state, error.as_deref(), now])?;
    tx.execute(CHANGED, &params![workspace, workspace, now])?;
    Ok(())
}
