//! SQL of rules.

use serde_json::json;
use store::{Row, Tx, params};

use super::Rule;
use crate::access::db::Act;
use crate::ids::{ChannelId, RuleId, WorkspaceId};
use crate::vocabulary::Vocabulary;
use crate::workspace::db::bump_revision;
use crate::{Error, Result};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[LIST, FIND, INSERT, UPDATE, DELETE, PRIORITY];

const LIST: &str = "SELECT id, channel_id, name, trigger, hours, actions, priority, enabled, created_at, updated_at FROM rules
  WHERE workspace_id = $1 ORDER BY priority DESC, id";
const FIND: &str = "SELECT id, channel_id, name, trigger, hours, actions, priority, enabled, created_at, updated_at FROM rules
  WHERE workspace_id = $1 AND id = $2";
const INSERT: &str =
    "INSERT INTO rules (workspace_id, id, channel_id, name, trigger, hours, actions, priority, enabled, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)";
const UPDATE: &str = "UPDATE rules SET channel_id = $3, name = $4, trigger = $5, hours = $6, actions = $7, priority = $8, enabled = $9, updated_at = $10
  WHERE workspace_id = $1 AND id = $2 AND updated_at = $11";
const DELETE: &str = "DELETE FROM rules WHERE workspace_id = $1 AND id = $2";
const PRIORITY: &str = "UPDATE rules SET priority = $3, updated_at = $4 WHERE workspace_id = $1 AND id = $2";

/// A rule and when it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The rule.
    pub rule: Rule,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms.
    pub updated_at: i64,
}

struct Raw {
    id: RuleId,
    channel: Option<ChannelId>,
    name: String,
    trigger: String,
    hours: Option<String>,
    actions: String,
    priority: i64,
    enabled: bool,
    created_at: i64,
    updated_at: i64,
}

fn raw(row: &Row<'_>) -> store::Result<Raw> {
    Ok(Raw {
        id: row.get(0)?,
        channel: row.get(1)?,
        name: row.get(2)?,
        trigger: row.get(3)?,
        hours: row.get(4)?,
        actions: row.get(5)?,
        priority: row.get(6)?,
        enabled: row.get(7)?,
        created_at: row.get(8)?,
        updated_at: row.get(9)?,
    })
}

fn stored(raw: Raw) -> Result<Stored> {
    let damaged = |error| Error::damaged("rules", error);
    let rule = Rule {
        id: raw.id,
        channel: raw.channel,
        name: raw.name,
        trigger: serde_json::from_str(&raw.trigger).map_err(damaged)?,
        hours: raw.hours.as_deref().map(serde_json::from_str).transpose().map_err(damaged)?,
        actions: serde_json::from_str(&raw.actions).map_err(damaged)?,
        priority: raw.priority,
        enabled: raw.enabled,
    };
    Ok(Stored { rule, created_at: raw.created_at, updated_at: raw.updated_at })
}

/// All rules, those that are off too, in the order they are asked.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Vec<Stored>> {
    tx.query(LIST, &params![workspace], raw)?.into_iter().map(stored).collect()
}

/// One rule.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(tx: &mut Tx<'_>, workspace: WorkspaceId, id: RuleId) -> Result<Stored> {
    tx.query_opt(FIND, &params![workspace, id], raw)?.map_or(Err(Error::NotFound), stored)
}

/// Rules of a workspace at most: all are asked for every message.
pub const MAX_RULES: usize = 1_000;

/// Saves a new rule under its id.
///
/// # Errors
/// Everything there is to mend; `too_many`.
pub fn create(tx: &mut Tx<'_>, act: &Act, words: &dyn Vocabulary, rule: &Rule) -> Result<Stored> {
    check(rule, words)?;
    if list(tx, act.workspace)?.len() >= MAX_RULES {
        return Err(Error::bad("too_many", "", format!("自動応答は{MAX_RULES}件までです。")));
    }
    let (trigger, hours, actions) = texts(rule);
    tx.execute(
        INSERT,
        &params![
            act.workspace,
            rule.id,
            rule.channel,
            rule.name.trim(),
            trigger,
            hours,
            actions,
            rule.priority,
            rule.enabled,
            act.at
        ],
    )?;
    bump_revision(tx, act.workspace)?;
    act.note(tx, "rule.create", rule.id.0, &json!({ "name": rule.name }))?;
    find(tx, act.workspace, rule.id)
}

/// Replaces a rule. `base` is the [`Stored::updated_at`] it was begun from; without it whatever stands there is replaced.
///
/// # Errors
/// [`Error::NotFound`], `edited_meanwhile`, everything there is to mend.
pub fn update(tx: &mut Tx<'_>, act: &Act, words: &dyn Vocabulary, rule: &Rule, base: Option<i64>) -> Result<Stored> {
    let old = find(tx, act.workspace, rule.id)?;
    let meanwhile = || Error::conflict("edited_meanwhile", "ほかの人が先にこの自動応答を保存しました。");
    if base.is_some_and(|base| base != old.updated_at) {
        return Err(meanwhile());
    }
    check(rule, words)?;
    let (trigger, hours, actions) = texts(rule);
    let changed = tx.execute(
        UPDATE,
        &params![
            act.workspace,
            rule.id,
            rule.channel,
            rule.name.trim(),
            trigger,
            hours,
            actions,
            rule.priority,
            rule.enabled,
            // Two changes within one millisecond are two changes.
            act.at.max(old.updated_at + 1),
            old.updated_at
        ],
    )?;
    if changed == 0 {
        return Err(meanwhile());
    }
    bump_revision(tx, act.workspace)?;
    act.note(tx, "rule.update", rule.id.0, &json!({ "name": rule.name, "enabled": rule.enabled }))?;
    find(tx, act.workspace, rule.id)
}

/// Deletes a rule.
///
/// # Errors
/// [`Error::NotFound`].
pub fn delete(tx: &mut Tx<'_>, act: &Act, id: RuleId) -> Result<()> {
    let stored = find(tx, act.workspace, id)?;
    tx.execute(DELETE, &params![act.workspace, id])?;
    bump_revision(tx, act.workspace)?;
    act.note(tx, "rule.delete", id.0, &json!({ "name": stored.rule.name }))
}

/// Sets the order: the first is asked first. Rules not named keep their priority.
///
/// # Errors
/// [`Error::NotFound`] when one of them is not a rule of this workspace.
pub fn order(tx: &mut Tx<'_>, act: &Act, ids: &[RuleId]) -> Result<()> {
    let top = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let rows = (1..=top).rev().zip(ids).map(|(priority, id)| params![act.workspace, *id, priority, act.at]);
    let changed = tx.execute_many(PRIORITY, rows)?;
    if usize::try_from(changed).unwrap_or(0) != ids.len() {
        return Err(Error::NotFound);
    }
    bump_revision(tx, act.workspace)?;
    act.note(tx, "rule.order", uuid::Uuid::nil(), &json!({ "ids": ids }))
}

fn check(rule: &Rule, words: &dyn Vocabulary) -> Result<()> {
    let problems = rule.problems(words);
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

fn texts(rule: &Rule) -> (String, Option<String>, String) {
    (json!(rule.trigger).to_string(), rule.hours.as_ref().map(|hours| json!(hours).to_string()), json!(rule.actions).to_string())
}
