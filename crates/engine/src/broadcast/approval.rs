//! Approval by a second person (承認): asked for, given or returned, and bound to exactly what was shown.

use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::{Row, Store, Tx, params};

use super::safety::{ApprovalRule, Safety};
use super::{Audience, Broadcast, Command, State, approval_notice, db, preview};
use crate::access::Actor;
use crate::access::db::Act;
use crate::ids::{BroadcastId, WorkspaceId};
use crate::workspace::{Catalog, Catalogs};
use crate::{Error, Result, segment};

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ApprovalState)]
pub enum Word {
    /// 承認待ち.
    Requested,
    /// 承認済み.
    Approved,
    /// 差し戻し.
    Returned,
}
crate::column::column_words!(Word { Requested => "requested", Approved => "approved", Returned => "returned" });

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = BroadcastApproval)]
pub struct Approval {
    /// Where it stands.
    pub state: Word,
    /// Whether the broadcast is still what it was asked for; after a change it must be asked for again.
    pub current: bool,
    /// Who asked.
    pub requested_by: String,
    /// Unix ms.
    pub requested_at: i64,
    /// Who answered.
    pub decided_by: Option<String>,
    /// Unix ms.
    pub decided_at: Option<i64>,
    /// What they wrote.
    pub comment: String,
}

/// What a second person says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// 承認.
    Approve,
    /// 差し戻し.
    Return,
}

const FIND: &str = "SELECT state, fingerprint, requested_by, requested_at, decided_by, decided_at, comment
    FROM broadcast_approvals WHERE workspace_id = $1 AND broadcast_id = $2";
const REQUEST: &str =
    "INSERT INTO broadcast_approvals (workspace_id, broadcast_id, state, fingerprint, requested_by, requested_at, comment, revision)
    VALUES ($1, $2, 'requested', $3, $4, $5, '', $6)
    ON CONFLICT (workspace_id, broadcast_id) DO UPDATE SET state = 'requested', fingerprint = excluded.fingerprint,
      revision = excluded.revision,
      requested_by = excluded.requested_by, requested_at = excluded.requested_at, decided_by = NULL, decided_at = NULL,
      comment = ''";
const DECIDE: &str = "UPDATE broadcast_approvals SET state = $3, decided_by = $4, decided_at = $5, comment = $6
    WHERE workspace_id = $1 AND broadcast_id = $2";
const WAITING: &str = "SELECT b.id FROM broadcasts b
    JOIN broadcast_approvals a ON a.workspace_id = b.workspace_id AND a.broadcast_id = b.id
    WHERE b.workspace_id = $1 AND b.state = 'draft' AND a.state = 'requested' AND b.id = ANY($2)";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[FIND, REQUEST, DECIDE, WAITING];

type Stored = (Word, [u8; 32], Approval);

fn stored(row: &Row<'_>) -> store::Result<Stored> {
    let state: Word = row.get(0)?;
    let approval = Approval {
        state,
        current: false,
        requested_by: row.get(2)?,
        requested_at: row.get(3)?,
        decided_by: row.get(4)?,
        decided_at: row.get(5)?,
        comment: row.get(6)?,
    };
    Ok((state, row.get(1)?, approval))
}

/// The request of a broadcast, if there ever was one.
///
/// # Errors
/// The database's.
pub fn find(tx: &mut Tx<'_>, catalog: &Catalog, broadcast: &Broadcast) -> Result<Option<Approval>> {
    let Some((_, seen, approval)) = tx.query_opt(FIND, &params![broadcast.workspace, broadcast.id], stored)? else {
        return Ok(None);
    };
    let current = broadcast.state != State::Draft || seen == fingerprint(tx, catalog, broadcast)?;
    Ok(Some(Approval { current, ..approval }))
}

/// Which of these wait for a second person.
///
/// # Errors
/// The database's.
pub fn waiting(tx: &mut Tx<'_>, workspace: WorkspaceId, ids: &[BroadcastId]) -> Result<Vec<BroadcastId>> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    Ok(tx.query(WAITING, &params![workspace, ids], |row| row.get(0))?)
}

/// What is approved: the draft's revision, the template's newest version, and what a saved segment means now.
fn fingerprint(tx: &mut Tx<'_>, catalog: &Catalog, broadcast: &Broadcast) -> Result<[u8; 32]> {
    let version = catalog.templates.get(&broadcast.template_id).copied().unwrap_or(broadcast.template_version_id);
    let mut digest = Sha256::new();
    digest.update(broadcast.revision.to_be_bytes());
    digest.update(version.0.as_bytes());
    if let Audience::Segment { segment } = &broadcast.audience {
        let condition = segment::db::find(tx, broadcast.workspace, *segment)?.condition;
        digest.update(json!(condition).to_string());
    }
    Ok(digest.finalize().into())
}

/// What a person is shown, as a word that another person's change makes another one.
pub(super) fn seen(tx: &mut Tx<'_>, catalog: &Catalog, broadcast: &Broadcast) -> Result<String> {
    Ok(hex::encode(fingerprint(tx, catalog, broadcast)?))
}

/// Refuses what would be done to something else than was looked at. `None`: whatever is there.
///
/// # Errors
/// `edited_meanwhile`; [`Error::NotFound`].
pub fn still(tx: &mut Tx<'_>, catalog: &Catalog, id: BroadcastId, looked_at: Option<&str>) -> Result<()> {
    let Some(looked_at) = looked_at else { return Ok(()) };
    let broadcast = db::lock(tx, catalog.workspace, id)?;
    if broadcast.state == State::Draft && seen(tx, catalog, &broadcast)? != looked_at {
        return Err(Error::conflict(
            "edited_meanwhile",
            "確認の画面を開いたあとに、内容が変わりました。もう一度確かめてください。",
        ));
    }
    Ok(())
}

/// Who had a hand in a draft, or asked, cannot be the second person; nor can a program.
fn may_decide(broadcast: &Broadcast, approval: &Approval, actor: &Actor) -> Result<()> {
    let own = actor.to_string();
    if !matches!(actor, Actor::User(_)) {
        return Err(Error::conflict("approval_person", "承認できるのは、ログインしたスタッフだけです。"));
    }
    if own == broadcast.created_by || own == broadcast.updated_by || own == approval.requested_by {
        return Err(Error::conflict("approval_person", "作った人や直した人は承認できません。ほかのスタッフに頼んでください。"));
    }
    Ok(())
}

/// Asks for a second person's word on the draft as it is.
///
/// # Errors
/// [`Error::NotFound`], `broadcast_state`.
pub fn request(tx: &mut Tx<'_>, act: &Act, catalog: &Catalog, id: BroadcastId) -> Result<Approval> {
    let broadcast = draft(tx, act, id)?;
    let seen = fingerprint(tx, catalog, &broadcast)?;
    tx.execute(REQUEST, &params![act.workspace, id, &seen, act.actor.to_string(), act.at, broadcast.revision])?;
    approval_notice::tell(tx, (act.workspace, id), act.at)?;
    act.note(tx, "broadcast.request_approval", id.0, &json!({ "name": broadcast.name }))?;
    find(tx, catalog, &broadcast)?.ok_or(Error::NotFound)
}

/// Says yes, or sends it back with a comment.
///
/// # Errors
/// [`Error::NotFound`]; `broadcast_state`; `approval_person`; `approval_stale` when it was changed or is not asked for.
pub fn decide(
    tx: &mut Tx<'_>,
    act: &Act,
    catalog: &Catalog,
    id: BroadcastId,
    (decision, comment): (Decision, &str),
) -> Result<Approval> {
    let broadcast = draft(tx, act, id)?;
    let found = find(tx, catalog, &broadcast)?;
    let Some(approval) = found.filter(|one| one.state == Word::Requested && one.current) else {
        return Err(Error::conflict(
            "approval_stale",
            "承認の依頼が取り下げられたか、内容が変わりました。画面を読み込み直してください。",
        ));
    };
    may_decide(&broadcast, &approval, &act.actor)?;
    let comment = comment.trim();
    if comment.chars().count() > 1_000 {
        return Err(Error::bad("too_long", "comment", "コメントは1000文字以内にしてください。"));
    }
    let (word, verb) = match decision {
        Decision::Approve => (Word::Approved, "broadcast.approve"),
        Decision::Return if comment.is_empty() => {
            return Err(Error::bad("required", "comment", "直してほしいところを書いてください。"));
        }
        Decision::Return => (Word::Returned, "broadcast.return"),
    };
    tx.execute(DECIDE, &params![act.workspace, id, word, act.actor.to_string(), act.at, comment])?;
    approval_notice::tell(tx, (act.workspace, id), act.at)?;
    act.note(tx, verb, id.0, &json!({ "name": broadcast.name, "comment": comment }))?;
    find(tx, catalog, &broadcast)?.ok_or(Error::NotFound)
}

fn draft(tx: &mut Tx<'_>, act: &Act, id: BroadcastId) -> Result<Broadcast> {
    let broadcast = db::lock(tx, act.workspace, id)?;
    if broadcast.state != State::Draft {
        return Err(Error::conflict("broadcast_state", "下書きではなくなりました。画面を読み込み直してください。"));
    }
    Ok(broadcast)
}

/// Confirms a draft as it was looked at (see [`still`]); where the shop's rules ask for a second person, only with a word on
/// exactly this draft.
///
/// # Errors
/// `approval_needed`; `edited_meanwhile`; what [`db::command`] refuses.
pub async fn confirm(
    store: &Store,
    catalogs: &Catalogs,
    act: Act,
    (id, looked_at): (BroadcastId, Option<String>),
) -> Result<Broadcast> {
    let workspace = act.workspace;
    let rule = store.read(move |tx| Ok::<_, Error>(Safety::load(tx, workspace)?.approval)).await?;
    let people = match rule {
        // Counted apart, for everybody is looked at.
        ApprovalRule::Above { .. } => preview::preview(store, catalogs, (workspace, id), act.at).await?.recipients,
        ApprovalRule::Off {} | ApprovalRule::Always {} => 0,
    };
    let catalogs = catalogs.clone();
    store
        .write(move |tx| {
            let catalog = catalogs.get(tx, workspace)?;
            still(tx, &catalog, id, looked_at.as_deref())?;
            if rule.asks(people) {
                let broadcast = db::lock(tx, workspace, id)?;
                let approved = |one: &Approval| one.state == Word::Approved && one.current;
                if broadcast.state == State::Draft && !find(tx, &catalog, &broadcast)?.as_ref().is_some_and(approved) {
                    return Err(Error::conflict("approval_needed", "この配信には、ほかのスタッフの承認が必要です。"));
                }
            }
            db::command(tx, &act, &catalog, id, Command::Confirm)
        })
        .await
}

#[cfg(test)]
mod tests {
    use store::testing::both;
    use uuid::Uuid;

    use super::*;
    use crate::access::{Password, Role, User, db as access};
    use crate::broadcast::BroadcastInput;
    use crate::broadcast::testing::{draft, input, make};
    use crate::delivery::testing::{PLAIN, World};
    use crate::ids::{TokenId, UserId};
    use crate::notice::db::Desk;
    use crate::notice::{Cause, Road, TargetInput};
    use crate::schema::MIGRATIONS;
    use crate::task::Reach;
    use crate::workspace::{Vault, set_setting};

    #[test]
    fn who_made_it_cannot_approve_it() {
        let person = |n: u128| Actor::User(UserId(Uuid::from_u128(n)));
        let broadcast = Broadcast { created_by: person(1).to_string(), updated_by: person(2).to_string(), ..draft() };
        let approval = Approval {
            state: Word::Requested,
            current: true,
            requested_by: person(3).to_string(),
            requested_at: 0,
            decided_by: None,
            decided_at: None,
            comment: String::new(),
        };
        for (actor, may) in [
            (person(1), false),
            (person(2), false),
            (person(3), false),
            (person(4), true),
            (Actor::Token(TokenId(Uuid::from_u128(4))), false),
            (Actor::Cli, false),
        ] {
            assert_eq!(may_decide(&broadcast, &approval, &actor).is_ok(), may, "{actor}");
        }
    }

    fn of(world: &World, n: u128) -> Act {
        Act { workspace: world.workspace, actor: Actor::User(UserId(Uuid::from_u128(n))), at: world.now() }
    }

    async fn ask(world: &World, id: BroadcastId) -> Approval {
        let (act, catalogs) = (of(world, 1), world.catalogs.clone());
        let asked = world.store.write(move |tx| {
            let catalog = catalogs.get(tx, act.workspace)?;
            request(tx, &act, &catalog, id)
        });
        asked.await.unwrap()
    }

    async fn answer(world: &World, who: u128, id: BroadcastId, decision: Decision) -> Result<Approval> {
        let (act, catalogs) = (of(world, who), world.catalogs.clone());
        let answered = world.store.write(move |tx| {
            let catalog = catalogs.get(tx, act.workspace)?;
            decide(tx, &act, &catalog, id, (decision, "直して"))
        });
        answered.await
    }

    async fn send(world: &World, id: BroadcastId) -> Result<Broadcast> {
        confirm(&world.store, &world.catalogs, of(world, 1), (id, None)).await
    }

    fn code(result: Result<impl Sized>) -> &'static str {
        match result {
            Err(Error::Conflict { code, .. }) => code,
            Err(other) => panic!("{other}"),
            Ok(_) => "ok",
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_leaves_without_a_second_persons_word_on_exactly_this() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            world.friends(0, 30).await;
            let workspace = world.workspace;
            let rules = |people: i64| json!({"approval": {"when": "above", "people": people}}).to_string();
            let set = rules(29);
            world.store.write(move |tx| set_setting(tx, workspace, super::super::safety::KEY, &set)).await.unwrap();
            world.catalogs.refresh(&world.store).await.unwrap();
            let (template, _) = world.template(PLAIN).await;
            let id = make(&world, input(&world, template)).await;
            assert_eq!(code(send(&world, id).await), "approval_needed");
            assert_eq!(code(answer(&world, 2, id, Decision::Approve).await), "approval_stale", "nobody asked");
            assert!(ask(&world, id).await.current);
            assert_eq!(code(send(&world, id).await), "approval_needed");
            assert_eq!(code(answer(&world, 1, id, Decision::Approve).await), "approval_person");
            assert_eq!(answer(&world, 2, id, Decision::Return).await.unwrap().comment, "直して");
            assert_eq!(code(send(&world, id).await), "approval_needed");
            ask(&world, id).await;
            answer(&world, 2, id, Decision::Approve).await.unwrap();
            // A change afterwards, and the word is gone.
            let (act, catalogs, change) = (of(&world, 1), world.catalogs.clone(), input(&world, template));
            let changed = world.store.write(move |tx| {
                let catalog = catalogs.get(tx, act.workspace)?;
                db::update(tx, &act, &catalog, id, BroadcastInput { name: Some("別".to_owned()), ..change.clone() })
            });
            changed.await.unwrap();
            assert_eq!(code(send(&world, id).await), "approval_needed");
            ask(&world, id).await;
            answer(&world, 2, id, Decision::Approve).await.unwrap();
            // So it is after a change of the template.
            let version = crate::ids::TemplateVersionId::new(world.now());
            let newer = world.store.write(move |tx| {
                tx.execute(
                    "INSERT INTO template_versions (workspace_id, id, template_id, number, messages, created_at, created_by) VALUES ($1, $2, $3, 2, $4, 0, 'test')",
                    &params![workspace, version, template, PLAIN],
                )?;
                tx.execute("UPDATE templates SET version_id = $3 WHERE workspace_id = $1 AND id = $2", &params![workspace, template, version])?;
                tx.execute("UPDATE workspaces SET revision = revision + 1 WHERE workspace_id = $1", &params![workspace])
            });
            newer.await.unwrap();
            assert_eq!(code(send(&world, id).await), "approval_needed");
            ask(&world, id).await;
            answer(&world, 2, id, Decision::Approve).await.unwrap();
            assert_eq!(send(&world, id).await.unwrap().state, State::Scheduled);
            assert_eq!(code(answer(&world, 2, id, Decision::Approve).await), "broadcast_state");
            // Few enough need nobody.
            let set = rules(30);
            world.store.write(move |tx| set_setting(tx, workspace, super::super::safety::KEY, &set)).await.unwrap();
            let small = make(&world, input(&world, template)).await;
            assert_eq!(send(&world, small).await.unwrap().state, State::Scheduled);
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_change_on_an_old_draft_is_refused() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            let (template, _) = world.template(PLAIN).await;
            let id = make(&world, input(&world, template)).await;
            let change = async |revision: i64, name: &str| {
                let (act, catalogs) = (of(&world, 2), world.catalogs.clone());
                let input = BroadcastInput { revision: Some(revision), name: Some(name.to_owned()), ..input(&world, template) };
                let changed = world.store.write(move |tx| {
                    let catalog = catalogs.get(tx, act.workspace)?;
                    db::update(tx, &act, &catalog, id, input.clone())
                });
                changed.await
            };
            let first = change(1, "春").await.unwrap();
            assert_eq!((first.revision, first.updated_by), (2, of(&world, 2).actor.to_string()));
            assert_eq!(code(change(1, "夏").await), "edited_meanwhile");
            assert_eq!(change(2, "春").await.unwrap().revision, 2, "saved as it was");
            assert_eq!(change(2, "夏").await.unwrap().revision, 3);
        })
        .await;
    }

    /// Open notices: what, of which person, and how many targets were told so far in all.
    async fn noticed(world: &World) -> (Vec<(Cause, Option<UserId>)>, i64) {
        let workspace = world.workspace;
        let read = world.store.read(move |tx| {
            let open = crate::notice::db::open(tx, workspace)?;
            let told = "SELECT COUNT(*) FROM tasks WHERE workspace_id = $1 AND kind = 'notice'";
            let told: i64 = tx.query_one(told, &params![workspace], |row| row.get(0))?;
            Ok::<_, Error>((open, told))
        });
        let (open, told) = read.await.unwrap();
        (open.iter().map(|one| (one.cause, one.detail.approval.as_ref().and_then(|of| of.only))).collect(), told)
    }

    /// A member with a mail address of their own for notices.
    async fn member(world: &World, n: u128, role: Role) {
        let (workspace, id) = (world.workspace, UserId(Uuid::from_u128(n)));
        let user = User {
            id,
            email: format!("{n}@example.com"),
            name: format!("店員{n}"),
            password: Password::Hash("x".to_owned()),
            disabled_at: None,
        };
        let (act, catalogs, at) = (of(world, n), world.catalogs.clone(), world.now());
        let target = TargetInput {
            road: Road::Mail,
            name: format!("店員{n}"),
            user_id: Some(id),
            channel_id: None,
            contact_id: None,
            address: Some(format!("{n}@example.com")),
            causes: Vec::new(),
            paused: false,
        };
        let made = world.store.write(move |tx| {
            access::insert_user(tx, &user, at)?;
            access::insert_member(tx, workspace, id, role, at)?;
            let (catalog, vault) = (catalogs.get(tx, workspace)?, Vault::new([7; 32]));
            let desk = Desk { catalog: &catalog, vault: &vault, reach: Reach::Public };
            crate::notice::db::create(tx, &act, desk, &target)
        });
        made.await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_second_person_is_told_and_then_who_asked() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            for (n, role) in [(1, Role::Marketer), (2, Role::Marketer), (3, Role::Operator)] {
                member(&world, n, role).await;
            }
            let (template, _) = world.template(PLAIN).await;
            let id = make(&world, input(&world, template)).await;
            let asker = Some(UserId(Uuid::from_u128(1)));
            ask(&world, id).await;
            assert_eq!(noticed(&world).await, (vec![(Cause::ApprovalAsked, None)], 1), "only who may give it");
            ask(&world, id).await;
            assert_eq!(noticed(&world).await.1, 1, "asked at the same moment, told once");
            answer(&world, 2, id, Decision::Return).await.unwrap();
            assert_eq!(noticed(&world).await, (vec![(Cause::ApprovalReturned, asker)], 2));
            let (act, catalogs, change) = (of(&world, 1), world.catalogs.clone(), input(&world, template));
            let changed = world.store.write(move |tx| {
                let catalog = catalogs.get(tx, act.workspace)?;
                db::update(tx, &act, &catalog, id, BroadcastInput { name: Some("別".to_owned()), ..change.clone() })
            });
            changed.await.unwrap();
            assert_eq!(noticed(&world).await, (vec![], 2), "it was mended");
            ask(&world, id).await;
            answer(&world, 2, id, Decision::Approve).await.unwrap();
            assert_eq!(noticed(&world).await, (vec![(Cause::ApprovalGiven, asker)], 4));
            let (workspace, now) = (world.workspace, world.now());
            let look = world.store.write(move |tx| crate::notice::db::reconcile(tx, workspace, &[], now));
            look.await.unwrap();
            assert_eq!(noticed(&world).await.0.len(), 1, "the regular look knows nothing of it");
            send(&world, id).await.unwrap();
            assert_eq!(noticed(&world).await, (vec![], 4), "it goes");
        })
        .await;
    }
}
