//! The ledger of broadcasts when two contacts become one or two again: who is listed and not told yet stays listed.

use std::collections::BTreeSet;

use store::{Tx, params};
use uuid::Uuid;

use super::Contact;
use crate::ids::{BroadcastId, ContactId};
use crate::{Error, Result};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[LISTS, PLACES, RENAME];

const LISTS: &str = "SELECT b.id, b.name, s.shard, s.next_pos, s.cursor FROM broadcasts b
  JOIN broadcast_shards s ON s.workspace_id = b.workspace_id AND s.broadcast_id = b.id
  WHERE b.workspace_id = $1 AND b.state IN ('snapshotting', 'sending', 'paused') AND b.channel_id = ANY($2) AND s.shard = ANY($3)";
/// Where these stand, and up to where is told.
const PLACES: &str = "SELECT r.broadcast_id, r.contact_id, r.pos, s.next_pos FROM broadcast_recipients r
  JOIN broadcast_shards s ON s.workspace_id = r.workspace_id AND s.broadcast_id = r.broadcast_id AND s.shard = r.shard
  WHERE r.workspace_id = $1 AND r.broadcast_id = ANY($2) AND r.shard = ANY($3) AND r.contact_id = ANY($4)";
/// Nobody is listed twice.
const RENAME: &str = "UPDATE broadcast_recipients SET contact_id = $6
  WHERE workspace_id = $1 AND broadcast_id = $2 AND shard = $3 AND pos >= $4 AND contact_id = $5 AND NOT EXISTS (
    SELECT 1 FROM broadcast_recipients o WHERE o.workspace_id = $1 AND o.broadcast_id = $2 AND o.shard = $7 AND o.contact_id = $6)";

/// A shard of a running broadcast.
struct List {
    broadcast: BroadcastId,
    name: String,
    shard: i64,
    next: i64,
    seen: Option<Uuid>,
}

/// Puts `to` where `from` is listed on these accounts and not told yet.
///
/// # Errors
/// `conflict` while one of them may still come to be listed, and while both are listed and only one is told: the person
/// would hear it twice, or never.
pub(super) fn rename(tx: &mut Tx<'_>, (from, to): (&Contact, &Contact), channels: &[Uuid]) -> Result<()> {
    let workspace = from.workspace;
    let lists = tx.query(LISTS, &params![workspace, channels, vec![from.shard, to.shard]], |row| {
        Ok(List { broadcast: row.get(0)?, name: row.get(1)?, shard: row.get(2)?, next: row.get(3)?, seen: row.get(4)? })
    })?;
    if let Some(List { name, .. }) = lists.iter().find(|list| list.seen != Some(Uuid::max())) {
        return Err(Error::conflict(
            "conflict",
            format!("一斉配信「{name}」の宛先を確定しているところです。配信が始まるか、中止したあとにやり直してください。"),
        ));
    }
    let half = half_told(tx, (from, to), &lists)?;
    if let Some(List { name, .. }) = lists.iter().find(|list| half.contains(&list.broadcast)) {
        return Err(Error::conflict(
            "conflict",
            format!(
                "一斉配信「{name}」の宛先に、この2人がどちらも入っています。配信が終わるか、中止したあとにやり直してください。"
            ),
        ));
    }
    for List { broadcast, shard, next, .. } in lists {
        tx.execute(RENAME, &params![workspace, broadcast, shard, next, from.id, to.id, to.shard])?;
    }
    Ok(())
}

/// The broadcasts that list both and have told one.
fn half_told(tx: &mut Tx<'_>, (from, to): (&Contact, &Contact), lists: &[List]) -> Result<BTreeSet<BroadcastId>> {
    let broadcasts: BTreeSet<Uuid> = lists.iter().map(|list| list.broadcast.0).collect();
    let broadcasts: Vec<Uuid> = broadcasts.into_iter().collect();
    let key = params![from.workspace, broadcasts, vec![from.shard, to.shard], vec![from.id.0, to.id.0]];
    let places = tx.query(PLACES, &key, |row| {
        Ok((row.get::<BroadcastId>(0)?, row.get::<ContactId>(1)?, row.get::<i64>(2)? < row.get::<i64>(3)?))
    })?;
    let both = |(broadcast, contact, told): &(BroadcastId, ContactId, bool)| {
        let other = |(b, c, t): &(BroadcastId, ContactId, bool)| b == broadcast && c != contact && t != told;
        places.iter().any(other).then_some(*broadcast)
    };
    Ok(places.iter().filter_map(both).collect())
}

#[cfg(test)]
mod tests {
    use store::testing::both;

    use super::*;
    use crate::broadcast::testing::{act, counts_of, heard, input, make, order};
    use crate::broadcast::{Audience, BroadcastInput, Command};
    use crate::contact::merge;
    use crate::delivery::testing::{PLAIN, World, user_id};
    use crate::ids::shard_of;
    use crate::schema::MIGRATIONS;

    async fn without_account(world: &World, contact: ContactId) {
        let workspace = world.workspace;
        let sql = "DELETE FROM friendships WHERE workspace_id = $1 AND contact_id = $2";
        world.store.write(move |tx| tx.execute(sql, &params![workspace, contact])).await.unwrap();
    }

    async fn join(world: &World, kept: ContactId, gone: ContactId) -> Result<()> {
        let act = act(world);
        world.store.write(move |tx| merge::merge(tx, &act, kept, gone).map(drop)).await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_two_that_are_listed_both_or_none_must_be_told() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            let mut people = world.friends(0, 12).await;
            people.sort_by_key(|id| (shard_of(world.workspace, *id), *id));
            // Told first are the first six: the friend of one pair, the other of the next, nobody of the last.
            let pairs = [(people[0], people[11]), (people[10], people[1]), (people[8], people[9])];
            for (_, other) in pairs {
                without_account(&world, other).await;
            }
            let (template, _) = world.template(PLAIN).await;
            let audience = Audience::Contacts { contacts: people.clone() };
            let id = make(&world, BroadcastInput { audience, first_percent: Some(50), ..input(&world, template) }).await;
            order(&world, id, Command::Confirm).await.unwrap();
            world.settle().await;
            assert_eq!(counts_of(&world, id).await.queued, 6);
            for (friend, other) in &pairs[..2] {
                let refused = join(&world, *other, *friend).await;
                assert!(matches!(refused, Err(Error::Conflict { code: "conflict", .. })), "{refused:?}");
            }
            join(&world, pairs[2].1, pairs[2].0).await.unwrap();
            order(&world, id, Command::Resume).await.unwrap();
            world.settle().await;
            let heard = heard(&world);
            assert_eq!(heard.values().filter(|times| **times == 1).count(), 9, "{heard:?}");
            assert!(pairs.iter().all(|(friend, _)| heard.contains_key(&user_id(*friend))));
            for (friend, other) in &pairs[..2] {
                join(&world, *other, *friend).await.unwrap();
            }
        })
        .await;
    }
}
