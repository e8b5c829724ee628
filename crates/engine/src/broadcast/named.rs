//! LINE user ids that stand in an audience name people: they go when the broadcast is over, and when one of them is erased.

use store::{Tx, params};

use super::{Audience, db};
use crate::ids::{BroadcastId, WorkspaceId};
use crate::{Error, Result};

const NAMING: &str = "SELECT id, audience FROM broadcasts
    WHERE workspace_id = $1 AND state NOT IN ('done', 'cancelled') AND audience LIKE '%\"to\":\"line_users\"%' AND audience LIKE $2
    ORDER BY id FOR UPDATE";
const SET: &str = "UPDATE broadcasts SET audience = $3 WHERE workspace_id = $1 AND id = $2";

impl Audience {
    /// As it is kept when the broadcast is over: how many there were stands in `total`.
    pub(super) fn over(self) -> Self {
        match self {
            Self::LineUsers { .. } => Self::LineUsers { user_ids: Vec::new() },
            other => other,
        }
    }
}

/// Takes an erased person's LINE user id out of what is still to be sent.
///
/// # Errors
/// The database's.
pub(crate) fn forget(tx: &mut Tx<'_>, workspace: WorkspaceId, user_id: &str) -> Result<()> {
    let held = tx.query(NAMING, &params![workspace, format!("%\"{user_id}\"%")], |row| {
        Ok((row.get::<BroadcastId>(0)?, row.get::<String>(1)?))
    })?;
    let mut left = Vec::with_capacity(held.len());
    for (id, audience) in held {
        let mut audience = serde_json::from_str(&audience).map_err(|error| Error::damaged("broadcasts.audience", error))?;
        if let Audience::LineUsers { user_ids } = &mut audience {
            user_ids.retain(|one| one != user_id);
        }
        left.push((id, db::written(&audience)));
    }
    tx.execute_many(SET, left.iter().map(|(id, audience)| params![workspace, id, audience.as_str()]))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use store::testing::both;

    use super::*;
    use crate::broadcast::testing::{act, find, input, make, order};
    use crate::broadcast::{BroadcastInput, Command, State};
    use crate::contact::erase::{Tombs, erase};
    use crate::delivery::testing::{PLAIN, World};
    use crate::schema::MIGRATIONS;
    use crate::workspace::Vault;

    const ANNA: &str = "U00000000000000000000000000000001";
    const BEN: &str = "U00000000000000000000000000000002";

    #[tokio::test(flavor = "multi_thread")]
    async fn a_list_of_user_ids_goes_with_the_broadcast_and_with_the_person() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            let person = world.friends(0, 1).await[0];
            world
                .run(
                    "INSERT INTO identities (workspace_id, kind, scope, value, contact_id, created_at)
                     SELECT c.workspace_id, 'line', h.provider_id, 'U00000000000000000000000000000001', c.id, 0
                     FROM contacts c JOIN channels h ON h.workspace_id = c.workspace_id WHERE c.workspace_id = $1",
                )
                .await;
            let (template, _) = world.template(PLAIN).await;
            let to = |ids: &[&str]| Audience::LineUsers { user_ids: ids.iter().map(|id| (*id).to_owned()).collect() };
            let listed = || BroadcastInput { audience: to(&[ANNA, BEN]), ..input(&world, template) };
            let (sent, stopped, draft) =
                (make(&world, listed()).await, make(&world, listed()).await, make(&world, listed()).await);
            order(&world, stopped, Command::Cancel).await.unwrap();
            order(&world, sent, Command::Confirm).await.unwrap();
            world.settle().await;
            let sent = find(&world, sent).await;
            assert_eq!((sent.state, sent.total, sent.audience), (State::Done, 1, to(&[])));
            assert_eq!(find(&world, stopped).await.audience, to(&[]));
            assert_eq!(find(&world, draft).await.audience, to(&[ANNA, BEN]));
            let (act, tombs) = (act(&world), Tombs::of(&Vault::new([7; 32]), world.workspace));
            world.store.write(move |tx| erase(tx, &act, &tombs, person)).await.unwrap();
            assert_eq!(find(&world, draft).await.audience, to(&[BEN]));
        })
        .await;
    }
}
