//! SQL of broadcasts: making, changing, commands, the shards of the ledger.

use std::collections::HashMap;

use serde_json::json;
use store::{Insert, Row, Tx, params};
use uuid::Uuid;

pub use super::counts::counts;
use super::decide::{self, Command, Snapshot, WINDOW_MS};
pub use super::ledger::{Shard, shards};
use super::snapshot::COMPLETE;
use super::{Audience, Broadcast, BroadcastInput, Hold, LinkMode, Method, State, again, approval_notice, insight};
use crate::access::db::Act;
use crate::ids::{BroadcastId, ChannelId, WorkspaceId};
use crate::notice::watch;
use crate::problem::Problem;
use crate::workspace::Catalog;
use crate::{Error, Result};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT workspace_id, id, channel_id, name, template_id, template_version_id, audience, lane, link_mode, method,
                    send_at, not_after, first_percent, per_10min, state, hold, wake_at, total, created_by, created_at,
                    confirmed_at, started_at, done_at, pace_from, pace_base, revision, updated_by, category
             FROM broadcasts ",
            $rest
        )
    };
}

const FIND: &str = select!("WHERE workspace_id = $1 AND id = $2");
const LOCK: &str = select!("WHERE workspace_id = $1 AND id = $2 FOR UPDATE");
const PAGE: &str = select!(
    "WHERE workspace_id = $1 AND id < $2 AND state = ANY($3) AND ($4 = '' OR name LIKE $4 ESCAPE '\\')
      AND channel_id BETWEEN $6 AND $7 ORDER BY id DESC LIMIT $5"
);
const OPEN: &str =
    select!("WHERE state IN ('scheduled', 'snapshotting', 'sending') AND wake_at <= $1 ORDER BY wake_at, id LIMIT 200");
const NEXT: &str = "SELECT MIN(wake_at) FROM broadcasts
    WHERE state IN ('scheduled', 'snapshotting', 'sending') AND wake_at > $1 AND workspace_id IS NOT NULL";
const LINK_MODES: &str = "SELECT id, link_mode, name FROM broadcasts WHERE workspace_id = $1 AND id = ANY($2)";
const DELETE: &str = "DELETE FROM broadcasts WHERE workspace_id = $1 AND id = $2 AND state = 'draft'";
const WRITE: &str = "UPDATE broadcasts SET channel_id = $3, name = $4, template_id = $5, template_version_id = $6, audience = $7,
      lane = $8, link_mode = $9, method = $10, send_at = $11, not_after = $12, first_percent = $13, per_10min = $14,
      state = $15, hold = $16, wake_at = $17, pace_from = $18, pace_base = $19, total = $20, confirmed_at = $21,
      started_at = $22, done_at = $23, updated_at = $24, revision = $25, updated_by = $26, category = $27
    WHERE workspace_id = $1 AND id = $2";
const BROADCASTS: Insert = Insert {
    table: "broadcasts",
    columns: &[
        "workspace_id",
        "id",
        "channel_id",
        "name",
        "template_id",
        "template_version_id",
        "audience",
        "lane",
        "link_mode",
        "method",
        "send_at",
        "not_after",
        "first_percent",
        "per_10min",
        "state",
        "hold",
        "wake_at",
        "pace_from",
        "pace_base",
        "total",
        "created_by",
        "created_at",
        "confirmed_at",
        "started_at",
        "done_at",
        "updated_at",
        "revision",
        "updated_by",
        "category",
    ],
    conflict: "",
};
const CANCEL_MOVED: &str = "UPDATE deliveries SET state = 'refused', reason = 'cancelled', done_at = $3
    WHERE workspace_id = $1 AND cause_id = $2 AND cause_kind = 'broadcast' AND state = 'queued'";
const CHANGED: &str = "INSERT INTO changes (workspace_id, kind, object_id, at) VALUES ($1, 'broadcast', $2, $3)";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[FIND, LOCK, PAGE, OPEN, NEXT, LINK_MODES, DELETE, WRITE, CANCEL_MOVED, CHANGED];

type Stored = (Broadcast, String);

fn stored(row: &Row<'_>) -> store::Result<Stored> {
    let broadcast = Broadcast {
        workspace: row.get(0)?,
        id: row.get(1)?,
        channel_id: row.get(2)?,
        name: row.get(3)?,
        template_id: row.get(4)?,
        template_version_id: row.get(5)?,
        audience: Audience::All {},
        lane: row.get(7)?,
        link_mode: row.get(8)?,
        method: row.get(9)?,
        send_at: row.get(10)?,
        not_after: row.get(11)?,
        first_percent: row.get(12)?,
        per_10min: row.get(13)?,
        state: row.get(14)?,
        hold: row.get(15)?,
        wake_at: row.get(16)?,
        total: row.get(17)?,
        created_by: row.get(18)?,
        created_at: row.get(19)?,
        confirmed_at: row.get(20)?,
        started_at: row.get(21)?,
        done_at: row.get(22)?,
        pace: (row.get(23)?, row.get(24)?),
        revision: row.get(25)?,
        updated_by: row.get(26)?,
        category: row.get(27)?,
    };
    Ok((broadcast, row.get(6)?))
}

/// An audience as its column has it.
pub(super) fn written(audience: &Audience) -> String {
    json!(audience).to_string()
}

fn whole((broadcast, audience): Stored) -> Result<Broadcast> {
    let audience = serde_json::from_str(&audience).map_err(|error| Error::damaged("broadcasts.audience", error))?;
    Ok(Broadcast { audience, ..broadcast })
}

/// One broadcast.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(tx: &mut Tx<'_>, workspace: WorkspaceId, id: BroadcastId) -> Result<Broadcast> {
    tx.query_opt(FIND, &params![workspace, id], stored)?.map_or(Err(Error::NotFound), whole)
}

pub(super) fn lock(tx: &mut Tx<'_>, workspace: WorkspaceId, id: BroadcastId) -> Result<Broadcast> {
    tx.query_opt(LOCK, &params![workspace, id], stored)?.map_or(Err(Error::NotFound), whole)
}

/// Which broadcasts a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// In one of these states; none: in any.
    pub states: Vec<State>,
    /// From this account; none: from any.
    pub channel: Option<ChannelId>,
    /// Part of the name.
    pub q: String,
}

/// Newest first, behind `before`.
///
/// # Errors
/// The database's.
pub fn page(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    filter: &Filter,
    before: Option<BroadcastId>,
    limit: i64,
) -> Result<Vec<Broadcast>> {
    let before = before.map_or(Uuid::max(), |id| id.0);
    let states = if filter.states.is_empty() { State::ALL } else { &filter.states };
    let states: Vec<String> = states.iter().map(State::to_string).collect();
    let channels = filter.channel.map_or((Uuid::nil(), Uuid::max()), |channel| (channel.0, channel.0));
    let q = if filter.q.is_empty() { String::new() } else { crate::workspace::usage::holding(&filter.q) };
    tx.query(PAGE, &params![workspace, before, states, q, limit, channels.0, channels.1], stored)?
        .into_iter()
        .map(whole)
        .collect()
}

/// Broadcasts with a step due now, of all workspaces, and when the next step of any other is.
pub(super) fn due(tx: &mut Tx<'_>, now: i64) -> Result<(Vec<Broadcast>, Option<i64>)> {
    let open = tx.query(OPEN, &params![now], stored)?.into_iter().map(whole).collect::<Result<_>>()?;
    Ok((open, tx.query_one(NEXT, &params![now], |row| row.get(0))?))
}

/// What the links of these broadcasts tell, and their names.
pub(crate) fn link_modes(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    ids: impl IntoIterator<Item = BroadcastId>,
) -> Result<HashMap<BroadcastId, (LinkMode, String)>> {
    let ids: Vec<Uuid> = ids.into_iter().map(|id| id.0).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let read = |row: &Row<'_>| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)));
    Ok(tx.query(LINK_MODES, &params![workspace, ids], read)?.into_iter().collect())
}

/// Tells the live pages.
pub(super) fn note_change(tx: &mut Tx<'_>, workspace: WorkspaceId, id: BroadcastId, now: i64) -> Result<()> {
    tx.execute(CHANGED, &params![workspace, id, now])?;
    Ok(())
}

// ---- staff ------------------------------------------------------------------------------------------------------

fn checked(tx: &mut Tx<'_>, workspace: WorkspaceId, catalog: &Catalog, input: &BroadcastInput, now: i64) -> Result<()> {
    let mut problems = decide::problems(input, now);
    if !catalog.channels.contains_key(&input.channel_id) {
        problems.push(Problem::new("channel_id", "unknown", "このLINEアカウントはありません。"));
    }
    if !catalog.templates.contains_key(&input.template_id) {
        problems.push(Problem::new("template_id", "unknown", "このテンプレートはありません。"));
    }
    if let Audience::Condition { condition } = &input.audience {
        problems.extend(condition.problems("audience.condition", crate::segment::Use::Audience, catalog));
    }
    if let Audience::Reached { broadcast } | Audience::Missed { broadcast } = &input.audience {
        match find(tx, workspace, *broadcast) {
            Ok(source) if source.channel_id != input.channel_id || source.method == Method::LineBroadcast => {
                problems.push(Problem::new(
                    "audience.broadcast",
                    "bad_value",
                    "同じLINEアカウントの、Enishiから送った一斉配信を選んでください。",
                ))
            }
            Ok(_) => {}
            Err(Error::NotFound) => {
                problems.push(Problem::new("audience.broadcast", "unknown", "もとの一斉配信が見つかりません。"));
            }
            Err(error) => return Err(error),
        }
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    again::refuse_third(tx, workspace, &input.audience)
}

fn filled(broadcast: Broadcast, catalog: &Catalog, input: BroadcastInput, now: i64) -> Broadcast {
    let send_at = input.send_at.unwrap_or(now).max(now);
    let version = catalog.templates.get(&input.template_id).copied().unwrap_or(broadcast.template_version_id);
    Broadcast {
        channel_id: input.channel_id,
        name: input.name.unwrap_or(broadcast.name),
        template_id: input.template_id,
        template_version_id: version,
        audience: input.audience,
        lane: input.lane,
        link_mode: input.link_mode,
        method: input.method,
        category: input.category,
        send_at,
        not_after: input.not_after.unwrap_or(send_at + WINDOW_MS),
        first_percent: input.first_percent,
        per_10min: input.per_10min,
        wake_at: send_at,
        ..broadcast
    }
}

/// Makes a draft.
///
/// # Errors
/// Everything there is to mend.
pub fn create(tx: &mut Tx<'_>, act: &Act, catalog: &Catalog, input: BroadcastInput) -> Result<Broadcast> {
    checked(tx, act.workspace, catalog, &input, act.at)?;
    let blank = Broadcast {
        workspace: act.workspace,
        id: BroadcastId::new(act.at),
        channel_id: input.channel_id,
        name: "一斉配信".to_owned(),
        template_id: input.template_id,
        template_version_id: crate::ids::TemplateVersionId::nil(),
        audience: Audience::All {},
        lane: input.lane,
        link_mode: input.link_mode,
        method: input.method,
        category: input.category,
        send_at: act.at,
        not_after: act.at,
        first_percent: None,
        per_10min: None,
        state: State::Draft,
        hold: None,
        wake_at: act.at,
        total: 0,
        revision: 1,
        updated_by: act.actor.to_string(),
        created_by: act.actor.to_string(),
        created_at: act.at,
        confirmed_at: None,
        started_at: None,
        done_at: None,
        pace: (None, 0),
    };
    let broadcast = filled(blank, catalog, input, act.at);
    insert(tx, &broadcast)?;
    act.note(tx, "broadcast.create", broadcast.id.0, &json!({ "name": broadcast.name }))?;
    Ok(broadcast)
}

pub(super) fn insert(tx: &mut Tx<'_>, b: &Broadcast) -> Result<()> {
    let audience = written(&b.audience);
    let row = params![
        b.workspace,
        b.id,
        b.channel_id,
        b.name.as_str(),
        b.template_id,
        b.template_version_id,
        audience,
        b.lane,
        b.link_mode,
        b.method,
        b.send_at,
        b.not_after,
        b.first_percent,
        b.per_10min,
        b.state,
        b.hold,
        b.wake_at,
        b.pace.0,
        b.pace.1,
        b.total,
        b.created_by.as_str(),
        b.created_at,
        b.confirmed_at,
        b.started_at,
        b.done_at,
        b.created_at,
        b.revision,
        b.updated_by.as_str(),
        b.category
    ];
    tx.insert_many(&BROADCASTS, [row])?;
    Ok(())
}

pub(super) fn save(tx: &mut Tx<'_>, b: &Broadcast, now: i64) -> Result<()> {
    let audience = written(&b.audience);
    let row = params![
        b.workspace,
        b.id,
        b.channel_id,
        b.name.as_str(),
        b.template_id,
        b.template_version_id,
        audience,
        b.lane,
        b.link_mode,
        b.method,
        b.send_at,
        b.not_after,
        b.first_percent,
        b.per_10min,
        b.state,
        b.hold,
        b.wake_at,
        b.pace.0,
        b.pace.1,
        b.total,
        b.confirmed_at,
        b.started_at,
        b.done_at,
        now,
        b.revision,
        b.updated_by.as_str(),
        b.category
    ];
    tx.execute(WRITE, &row)?;
    Ok(())
}

/// Changes a draft.
///
/// # Errors
/// [`Error::NotFound`], `broadcast_state` when it is no draft any more, everything there is to mend.
pub fn update(tx: &mut Tx<'_>, act: &Act, catalog: &Catalog, id: BroadcastId, input: BroadcastInput) -> Result<Broadcast> {
    let broadcast = lock(tx, act.workspace, id)?;
    if broadcast.state != State::Draft {
        return Err(Error::conflict("broadcast_state", "確定した一斉配信は変更できません。"));
    }
    if input.revision.is_some_and(|seen| seen != broadcast.revision) {
        return Err(Error::conflict("edited_meanwhile", "ほかの人が先にこの下書きを変更しました。"));
    }
    checked(tx, act.workspace, catalog, &input, act.at)?;
    let wish = (input.send_at, input.not_after);
    let next = filled(broadcast.clone(), catalog, input, act.at);
    // Looked at again and saved as it was: what was approved stays approved.
    if decide::is_same(&broadcast, &next, wish, act.at) {
        return Ok(broadcast);
    }
    let broadcast = next;
    let broadcast = Broadcast { revision: broadcast.revision + 1, updated_by: act.actor.to_string(), ..broadcast };
    save(tx, &broadcast, act.at)?;
    approval_notice::tell(tx, (act.workspace, id), act.at)?;
    act.note(tx, "broadcast.update", id.0, &json!({ "name": broadcast.name }))?;
    Ok(broadcast)
}

/// Deletes a draft.
///
/// # Errors
/// [`Error::NotFound`]; `broadcast_state` when it is no draft any more.
pub fn delete(tx: &mut Tx<'_>, act: &Act, id: BroadcastId) -> Result<()> {
    let broadcast = lock(tx, act.workspace, id)?;
    if tx.execute(DELETE, &params![act.workspace, id])? == 0 {
        return Err(Error::conflict("broadcast_state", "確定した一斉配信は削除できません。"));
    }
    approval_notice::tell(tx, (act.workspace, id), act.at)?;
    act.note(tx, "broadcast.delete", id.0, &json!({ "name": broadcast.name }))
}

/// Carries out what staff order. Confirming takes the newest version of the template; a confirmed broadcast whose time
/// has passed goes at once. Wake the broadcasts' loop afterwards.
///
/// # Errors
/// [`Error::NotFound`], `broadcast_state`, `broadcast_expired`, `already_resent`.
pub fn command(tx: &mut Tx<'_>, act: &Act, catalog: &Catalog, id: BroadcastId, order: Command) -> Result<Broadcast> {
    let broadcast = lock(tx, act.workspace, id)?;
    let (state, hold) = decide::command(&broadcast, how_far(tx, &broadcast)?, order, act.at)?;
    let waited = broadcast.hold.is_some_and(Hold::is_unasked);
    let mut next = Broadcast { state, hold, ..broadcast };
    match order {
        Command::Confirm => {
            again::claim(tx, act.workspace, &next.audience)?;
            let version = catalog.templates.get(&next.template_id);
            next.template_version_id =
                *version.ok_or_else(|| Error::bad("unknown", "template_id", "このテンプレートはありません。"))?;
            next.confirmed_at = Some(act.at);
            next.send_at = next.send_at.max(act.at);
            next.wake_at = next.send_at;
        }
        Command::Resume => {
            if broadcast_hold_was_first_percent(&next, tx)? {
                next.first_percent = None;
            }
            next.wake_at = act.at.max(next.send_at);
            next.pace = (None, 0);
        }
        Command::Cancel => {
            next.done_at = Some(act.at);
            next.audience = next.audience.over();
            if next.started_at.is_some() {
                insight::queue(tx, &next, act.at)?;
            }
            tx.execute(CANCEL_MOVED, &params![act.workspace, id, act.at])?;
        }
        Command::Pause => {}
    }
    save(tx, &next, act.at)?;
    if waited {
        watch::hurry(tx, act.workspace, act.at)?;
    }
    if order == Command::Confirm {
        approval_notice::tell(tx, (act.workspace, id), act.at)?;
    }
    let verb = match order {
        Command::Confirm => "broadcast.confirm",
        Command::Pause => "broadcast.pause",
        Command::Resume => "broadcast.resume",
        Command::Cancel => "broadcast.cancel",
    };
    act.note(tx, verb, id.0, &json!({ "name": next.name }))?;
    Ok(next)
}

/// Whether the first percent are all fixed, so that going on means the rest.
fn broadcast_hold_was_first_percent(broadcast: &Broadcast, tx: &mut Tx<'_>) -> Result<bool> {
    let shards = shards(tx, broadcast.workspace, broadcast.id)?;
    let totals: Vec<i64> = shards.iter().map(|shard| shard.total).collect();
    let through = |(index, shard): (usize, &Shard)| shard.next_pos >= decide::limit_of(&totals, index, broadcast.first_percent);
    Ok(broadcast.first_percent.is_some() && !shards.is_empty() && shards.iter().enumerate().all(through))
}

fn how_far(tx: &mut Tx<'_>, broadcast: &Broadcast) -> Result<Snapshot> {
    let shards = shards(tx, broadcast.workspace, broadcast.id)?;
    Ok(match () {
        () if shards.is_empty() && broadcast.started_at.is_some() && broadcast.method == Method::LineBroadcast => {
            Snapshot::Complete
        }
        () if shards.is_empty() => Snapshot::None,
        () if shards.iter().all(|shard| shard.cursor == Some(COMPLETE)) => Snapshot::Complete,
        () => Snapshot::Partial,
    })
}
