//! SQL of tasks: queue, claim, finish.

use std::collections::BTreeMap;

use store::{Insert, Tx, params};

use super::{NewTask, TaskKind};
use crate::ids::{NodeId, TaskId, WorkspaceId};
use crate::{Error, Result};

/// A claimed task.
#[derive(Clone, Debug)]
pub struct Task {
    /// Tenant.
    pub workspace: WorkspaceId,
    /// Id.
    pub id: TaskId,
    /// Kind.
    pub kind: TaskKind,
    /// Try number, from 1.
    pub attempts: i64,
    /// What the kind needs.
    pub payload: serde_json::Value,
}

const TASKS: Insert = Insert {
    table: "tasks",
    columns: &["workspace_id", "id", "kind", "key", "state", "due_at", "attempts", "payload", "progress", "total", "created_at"],
    conflict: "ON CONFLICT (workspace_id, kind, key) WHERE key <> '' AND state IN ('queued', 'running') DO NOTHING",
};
/// Where the newest wish wins: one that waits takes it over, one that runs goes again with it.
const LATEST: Insert = Insert {
    conflict: "ON CONFLICT (workspace_id, kind, key) WHERE key <> '' AND state IN ('queued', 'running')
      DO UPDATE SET payload = excluded.payload, attempts = 0",
    ..TASKS
};

/// Queues tasks in the transaction that decided them; of several with one key the first, or the newest where it wins.
///
/// # Errors
/// The database's.
pub fn queue(tx: &mut Tx, tasks: &[NewTask], now: i64) -> Result<()> {
    let (latest, first): (Vec<_>, Vec<_>) = tasks.iter().partition(|task| task.kind.newest_wins());
    // A statement may change a row once.
    let latest: BTreeMap<_, _> = latest.into_iter().map(|task| ((task.workspace, task.kind, &task.key), task)).collect();
    insert(tx, &TASKS, &first, now)?;
    insert(tx, &LATEST, &latest.into_values().collect::<Vec<_>>(), now)
}

fn insert(tx: &mut Tx, table: &Insert, tasks: &[&NewTask], now: i64) -> Result<()> {
    tx.insert_many(
        table,
        tasks.iter().map(|task| {
            params![
                task.workspace,
                task.id,
                task.kind,
                task.key.as_str(),
                "queued",
                task.due_at,
                0,
                task.payload.to_string(),
                0,
                0,
                now
            ]
        }),
    )?;
    Ok(())
}

/// Takes up to `limit` due tasks for this node, none of the kinds in `full`; those whose node died are taken again.
///
/// # Errors
/// The database's.
pub fn claim(tx: &mut Tx, node: NodeId, now: i64, full: &[TaskKind], limit: i64) -> Result<Vec<Task>> {
    let machine = tx.now_ms()?;
    let rows = tx.query(
        "UPDATE tasks SET state = 'running', owner = $1, lease_until = $2, attempts = attempts + 1
         WHERE (workspace_id, id) IN (
           SELECT workspace_id, id FROM tasks
           WHERE due_at <= $3 AND (state = 'queued' OR (state = 'running' AND lease_until < $4)) AND kind <> ALL($6)
           ORDER BY due_at LIMIT $5 FOR UPDATE SKIP LOCKED)
         RETURNING workspace_id, id, kind, attempts, payload",
        &params![node, machine + super::run::LEASE_MS, now, machine, limit, words(full)],
        |row| {
            let payload: String = row.get(4)?;
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, payload))
        },
    )?;
    rows.into_iter()
        .map(|(workspace, id, kind, attempts, payload)| {
            let payload = serde_json::from_str(&payload).map_err(|error| Error::damaged("tasks.payload", error))?;
            Ok(Task { workspace, id, kind, attempts, payload })
        })
        .collect()
}

fn words(kinds: &[TaskKind]) -> Vec<String> {
    kinds.iter().map(TaskKind::to_string).collect()
}

/// When the next task is due that is of none of the kinds in `full`.
///
/// # Errors
/// The database's.
pub fn next_due(tx: &mut Tx, full: &[TaskKind]) -> Result<Option<i64>> {
    let sql = "SELECT MIN(due_at) FROM tasks WHERE state = 'queued' AND workspace_id IS NOT NULL AND kind <> ALL($1)";
    Ok(tx.query_one(sql, &params![words(full)], |row| row.get(0))?)
}

/// What became of a task.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// Done, with a result for whoever asks.
    Done(Option<String>),
    /// Again at this instant of the domain clock, because of this.
    Again(i64, String),
    /// Given up, because of this.
    Failed(String),
    /// This round is over, well or (with the reason) not; the next one begins at this instant of the domain clock.
    Next(i64, Option<String>),
}

/// Records the ending; only the node that holds the task may, and not after staff stopped it.
///
/// # Errors
/// The database's.
pub fn finish(tx: &mut Tx, task: &Task, node: NodeId, ending: &Ending, now: i64) -> Result<()> {
    let key: [store::Value; 3] = params![task.workspace, task.id, node];
    let is_over = matches!(ending, Ending::Done(_) | Ending::Failed(_));
    if is_over && task.kind.newest_wins() && wished_anew(tx, task, node, now)? {
        return Ok(());
    }
    match ending {
        Ending::Done(result) => tx.execute(
            "UPDATE tasks SET state = 'done', result = $4, error = NULL, done_at = $5 WHERE workspace_id = $1 AND id = $2 AND owner = $3 AND state = 'running'",
            &[&key[..], &params![result.as_deref(), now]].concat(),
        )?,
        Ending::Again(at, error) => tx.execute(
            "UPDATE tasks SET state = 'queued', due_at = $4, error = $5 WHERE workspace_id = $1 AND id = $2 AND owner = $3 AND state = 'running'",
            &[&key[..], &params![*at, error.as_str()]].concat(),
        )?,
        Ending::Next(at, error) => tx.execute(
            "UPDATE tasks SET state = 'queued', due_at = $4, error = $5, attempts = 0 WHERE workspace_id = $1 AND id = $2 AND owner = $3 AND state = 'running'",
            &[&key[..], &params![*at, error.as_deref()]].concat(),
        )?,
        Ending::Failed(error) => tx.execute(
            "UPDATE tasks SET state = 'failed', error = $4, done_at = $5 WHERE workspace_id = $1 AND id = $2 AND owner = $3 AND state = 'running'",
            &[&key[..], &params![error.as_str(), now]].concat(),
        )?,
    };
    Ok(())
}

/// Goes again where something newer was wished for while it ran.
fn wished_anew(tx: &mut Tx, task: &Task, node: NodeId, now: i64) -> Result<bool> {
    let again = tx.execute(
        "UPDATE tasks SET state = 'queued', due_at = $4, attempts = 0, error = NULL
         WHERE workspace_id = $1 AND id = $2 AND owner = $3 AND state = 'running' AND payload <> $5",
        &params![task.workspace, task.id, node, now, task.payload.to_string()],
    )?;
    Ok(again == 1)
}

/// Shows how far a long task is.
///
/// # Errors
/// The database's.
pub fn progress(tx: &mut Tx, workspace: WorkspaceId, id: TaskId, done: i64, total: i64) -> Result<()> {
    tx.execute(
        "UPDATE tasks SET progress = $3, total = $4 WHERE workspace_id = $1 AND id = $2",
        &params![workspace, id, done, total],
    )?;
    Ok(())
}

/// What the next piece of a long task begins with.
///
/// # Errors
/// The database's.
pub fn go_on(tx: &mut Tx, workspace: WorkspaceId, id: TaskId, payload: &serde_json::Value) -> Result<()> {
    tx.execute(
        "UPDATE tasks SET payload = $3 WHERE workspace_id = $1 AND id = $2",
        &params![workspace, id, payload.to_string()],
    )?;
    Ok(())
}

/// Shows how far a long task is and renews its time; false when another node has taken it meanwhile.
///
/// # Errors
/// The database's.
pub fn keep(tx: &mut Tx, task: &Task, node: NodeId, done: i64, total: i64) -> Result<bool> {
    let until = tx.now_ms()? + super::run::LEASE_MS;
    let kept = tx.execute(
        "UPDATE tasks SET progress = $4, total = $5, lease_until = $6 WHERE workspace_id = $1 AND id = $2 AND owner = $3 AND state = 'running'",
        &params![task.workspace, task.id, node, done, total, until],
    )?;
    Ok(kept == 1)
}

#[cfg(test)]
mod tests {
    use store::testing::both;

    use super::*;
    use crate::schema::MIGRATIONS;

    #[tokio::test]
    async fn of_menus_the_newest_wins_whether_it_waits_or_runs() {
        both(MIGRATIONS, async |_, store| {
            let (workspace, node) = (WorkspaceId::new(1), NodeId::new(1));
            let menu = |n: i64| NewTask {
                id: TaskId::new(n),
                workspace,
                kind: TaskKind::RichMenu,
                key: "channel/contact".to_owned(),
                payload: serde_json::json!({ "rich_menu_id": n }),
                due_at: 1,
            };
            let queue_all = async |wishes: Vec<i64>| {
                let tasks: Vec<_> = wishes.into_iter().map(menu).collect();
                store.write(move |tx| queue(tx, &tasks, 1)).await.unwrap();
            };
            let claim_one = async || {
                let mut tasks = store.write(move |tx| claim(tx, node, 1, &[], 9)).await.unwrap();
                assert!(tasks.len() < 2, "{tasks:?}");
                tasks.pop()
            };
            let done = async |task: Task| {
                store.write(move |tx| finish(tx, &task, node, &Ending::Done(None), 1)).await.unwrap();
            };
            queue_all(vec![1, 2]).await;
            queue_all(vec![3]).await;
            let third = claim_one().await.expect("one for all three");
            assert_eq!(third.payload["rich_menu_id"], 3);
            queue_all(vec![4]).await;
            done(third).await;
            let fourth = claim_one().await.expect("wished for while the third ran");
            assert_eq!((&fourth.payload["rich_menu_id"], fourth.attempts), (&serde_json::json!(4), 1));
            done(fourth).await;
            assert!(claim_one().await.is_none());
        })
        .await;
    }

    #[tokio::test]
    async fn a_full_kind_leaves_its_turn_to_the_others() {
        both(MIGRATIONS, async |_, store| {
            let workspace = WorkspaceId::new(1);
            let task = |kind, due_at| NewTask {
                id: TaskId::new(due_at),
                workspace,
                kind,
                key: String::new(),
                payload: serde_json::json!({}),
                due_at,
            };
            let mut tasks: Vec<NewTask> = (1..=40).map(|at| task(TaskKind::Forward, at)).collect();
            tasks.push(task(TaskKind::Profile, 50));
            store.write(move |tx| queue(tx, &tasks, 0)).await.unwrap();
            let kinds = async |full: &'static [TaskKind]| {
                let node = NodeId::new(2);
                let claimed = store.write(move |tx| claim(tx, node, 100, full, 16)).await.unwrap();
                claimed.into_iter().map(|task| task.kind).collect::<Vec<_>>()
            };
            assert_eq!(kinds(&[]).await, [TaskKind::Forward; 16]);
            let full: &[TaskKind] = &[TaskKind::Forward];
            assert_eq!(store.read(move |tx| next_due(tx, full)).await.unwrap(), Some(50));
            assert_eq!(kinds(full).await, [TaskKind::Profile]);
            assert_eq!(store.read(move |tx| next_due(tx, full)).await.unwrap(), None, "the loop rests until a place is free");
            assert_eq!(kinds(&[]).await, [TaskKind::Forward; 16]);
        })
        .await;
    }
}
