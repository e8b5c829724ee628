//! Who hears of an approval (お知らせ): whoever may give it, then whoever asked. It stands until the draft goes on.

use store::{Row, Tx, params};

use super::approval::Word;
use crate::access::{Actor, db as access};
use crate::ids::{BroadcastId, UserId, WorkspaceId};
use crate::notice::{ApprovalOf, Cause, Detail, Found, db as notice};
use crate::{Error, Result};

// A draft that was changed since is not asked for any more.
const STANDING: &str =
    "SELECT b.name, b.created_by, b.updated_by, a.state, a.requested_by, a.requested_at, a.decided_by, a.decided_at
    FROM broadcasts b JOIN broadcast_approvals a ON a.workspace_id = b.workspace_id AND a.broadcast_id = b.id
    WHERE b.workspace_id = $1 AND b.id = $2 AND b.state = 'draft' AND a.revision = b.revision";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[STANDING];

struct Standing {
    name: String,
    made_by: [String; 2],
    word: Word,
    requested: (String, i64),
    decided: (Option<String>, Option<i64>),
}

fn standing(row: &Row<'_>) -> store::Result<Standing> {
    Ok(Standing {
        name: row.get(0)?,
        made_by: [row.get(1)?, row.get(2)?],
        word: row.get(3)?,
        requested: (row.get(4)?, row.get(5)?),
        decided: (row.get(6)?, row.get(7)?),
    })
}

/// Says where a broadcast's approval stands now, in the transaction that changed it. Wake the tasks' loop afterwards.
pub(super) fn tell(tx: &mut Tx<'_>, (workspace, id): (WorkspaceId, BroadcastId), now: i64) -> Result<()> {
    let found = match tx.query_opt(STANDING, &params![workspace, id], standing)? {
        Some(standing) => vec![found(tx, workspace, id, standing)?],
        None => Vec::new(),
    };
    notice::settle_approval(tx, (workspace, id), &found, now)
}

fn found(tx: &mut Tx<'_>, workspace: WorkspaceId, id: BroadcastId, standing: Standing) -> Result<Found> {
    let Standing { name, made_by, word, requested: (asker, asked_at), decided: (decider, decided_at) } = standing;
    let (cause, speaker, at) = match word {
        Word::Requested => (Cause::ApprovalAsked, asker.clone(), asked_at),
        Word::Approved => (Cause::ApprovalGiven, decider.unwrap_or_default(), decided_at.unwrap_or(asked_at)),
        Word::Returned => (Cause::ApprovalReturned, decider.unwrap_or_default(), decided_at.unwrap_or(asked_at)),
    };
    let person = access::names_of(tx, workspace, &[&speaker])?.remove(&speaker);
    let asked = word == Word::Requested;
    let approval = ApprovalOf {
        broadcast_id: id,
        broadcast: name,
        person,
        only: if asked { None } else { user_of(&asker) },
        except: if asked {
            [&asker, &made_by[0], &made_by[1]].into_iter().filter_map(|actor| user_of(actor)).collect()
        } else {
            Vec::new()
        },
    };
    let detail = Detail { approval: Some(approval), ..Detail::default() };
    Ok::<_, Error>(Found { cause, object: format!("{id}/{at}"), channel: None, detail })
}

fn user_of(actor: &str) -> Option<UserId> {
    match actor.parse() {
        Ok(Actor::User(id)) => Some(id),
        _ => None,
    }
}
