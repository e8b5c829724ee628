//! 除外: who hears no marketing, whatever an audience says. Found in sets, just before the guard is asked.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use store::{Tx, Value, params};
use uuid::Uuid;

use super::{Person, Reason};
use crate::ids::ContactId;
use crate::problem::Problem;
use crate::segment::{Condition, Context, Use, to_sql};
use crate::vocabulary::Vocabulary;
use crate::workspace::Catalog;
use crate::{Error, Result};

/// Conditions of a shop's own at most: each is asked of every recipient.
pub const GROUPS_MAX: usize = 10;
/// Marks at most.
const MARKS_MAX: usize = 50;
/// How long a purchase or a question may hold marketing back, days.
const DAYS_MAX: u32 = 90;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Who hears no marketing, whatever the audience says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Exclusions {
    /// The shop's own staff.
    pub staff: bool,
    /// Whoever's talk carries one of these 対応マーク: a complaint is open.
    pub marks: BTreeSet<String>,
    /// Who has been waiting for an answer in a talk of any account for no longer than so many days (1–90); `null` for
    /// nobody. What is answered outside of Enishi is not known here, so that a wait has to end by itself.
    pub waiting_days: Option<u32>,
    /// 買ったばかりの人; `null` for nobody.
    pub bought: Option<JustBought>,
    /// Whoever fits one of these, at most ten.
    pub groups: Vec<ExcludedGroup>,
}

/// Who has just bought, by an event the shop reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JustBought {
    /// Name of the event.
    #[schema(example = "order_placed")]
    pub event: String,
    /// For so many days after it, 1–90.
    pub days: u32,
}

/// A condition of the shop's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExcludedGroup {
    /// What staff call it; shown where somebody is held back by it.
    pub name: String,
    /// Who is in it.
    pub condition: Condition,
}

impl Default for Exclusions {
    fn default() -> Self {
        Self {
            staff: true, marks: BTreeSet::from(["クレーム".to_owned()]), waiting_days: None, bought: None, groups: Vec::new()
        }
    }
}

/// What holds marketing to a person back, beside what stands with the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excluded {
    /// Waits for an answer.
    Waiting,
    /// Has just bought.
    Bought,
    /// Fits the condition at this place of [`Exclusions::groups`].
    Group(usize),
}

impl Excluded {
    /// The refusal it becomes.
    pub const fn reason(self) -> Reason {
        match self {
            Self::Waiting => Reason::ExcludedWaiting,
            Self::Bought => Reason::ExcludedBought,
            Self::Group(_) => Reason::ExcludedGroup,
        }
    }
}

impl Exclusions {
    /// Whether the values are within their limits.
    ///
    /// # Errors
    /// [`Error::Bad`] naming the field.
    pub(super) fn check(&self) -> Result<()> {
        let bad = |path: &str, message: &str| Err(Error::bad("policy_invalid", format!("exclusions.{path}"), message));
        let days = 1..=DAYS_MAX;
        if self.marks.len() > MARKS_MAX {
            return bad("marks", "除外する対応マークは50個までです。");
        }
        if self.waiting_days.is_some_and(|n| !days.contains(&n)) {
            return bad("waiting_days", "日数は1〜90日で入力してください。");
        }
        if let Some(bought) = &self.bought {
            if bought.event.is_empty() || bought.event.len() > 64 {
                return bad("bought.event", "購入を知らせるイベントを選んでください。");
            }
            if !days.contains(&bought.days) {
                return bad("bought.days", "日数は1〜90日で入力してください。");
            }
        }
        if self.groups.len() > GROUPS_MAX {
            return bad("groups", "除外の条件は10個までです。");
        }
        for (n, group) in self.groups.iter().enumerate() {
            if !(1..=50).contains(&group.name.trim().chars().count()) {
                return bad(&format!("groups[{n}].name"), "条件の名前を50文字以内で入力してください。");
            }
        }
        Ok(())
    }

    /// What is wrong with the conditions: unknown names, tests that do not fit, limits, and conditions that hold for
    /// everybody because nothing is asked yet.
    pub fn problems(&self, words: &dyn Vocabulary) -> Vec<Problem> {
        let of = |(n, group): (usize, &ExcludedGroup)| {
            let path = format!("exclusions.groups[{n}].condition");
            if asks_nothing(&group.condition) {
                return vec![Problem::new(path, "empty", "だれを除外するか、条件を1つ以上選んでください。")];
            }
            group.condition.problems(&path, Use::Audience, words)
        };
        self.groups.iter().enumerate().flat_map(of).collect()
    }
}

fn asks_nothing(condition: &Condition) -> bool {
    matches!(condition, Condition::All { of } if of.is_empty())
}

const WAITING: &str =
    "SELECT contact_id FROM conversations WHERE workspace_id = $1 AND contact_id = ANY($2) AND waiting_since >= $3";
/// By `events_shop`.
const BOUGHT: &str = "SELECT contact_id FROM events
    WHERE workspace_id = $1 AND source = 'api' AND kind = $2 AND contact_id = ANY($3) AND occurred_at >= $4";
/// By hopping over `events_shop` from one name to the next.
const NAMES: &str = "WITH RECURSIVE k (kind) AS (
      SELECT * FROM (SELECT kind FROM events WHERE workspace_id = $1 AND source = 'api' ORDER BY kind LIMIT 1) f
      UNION ALL
      SELECT (SELECT n.kind FROM events n WHERE n.workspace_id = $1 AND n.source = 'api' AND n.kind > k.kind ORDER BY n.kind LIMIT 1)
      FROM k WHERE k.kind IS NOT NULL
    ) SELECT kind FROM k WHERE kind IS NOT NULL LIMIT 200";

/// Every statement of this file with a fixed text, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[WAITING, BOUGHT, NAMES];

/// Who of these people is held back by what, as things stand at `now`. The first of waiting, bought and the conditions in
/// their order counts.
fn excluded(tx: &mut Tx<'_>, catalog: &Catalog, contacts: &[Uuid], now: i64) -> Result<HashMap<ContactId, Excluded>> {
    let Exclusions { waiting_days, bought, groups, .. } = &catalog.policy.exclusions;
    let mut found = match contacts {
        [] => return Ok(HashMap::new()),
        some => members(tx, catalog, groups, some, now)?,
    };
    if let Some(bought) = bought {
        let since = now - i64::from(bought.days) * DAY_MS;
        let ids: Vec<ContactId> =
            tx.query(BOUGHT, &params![catalog.workspace, bought.event.as_str(), contacts, since], |row| row.get(0))?;
        found.extend(ids.into_iter().map(|id| (id, Excluded::Bought)));
    }
    if let Some(days) = waiting_days {
        let since = now - i64::from(*days) * DAY_MS;
        let ids: Vec<ContactId> = tx.query(WAITING, &params![catalog.workspace, contacts, since], |row| row.get(0))?;
        found.extend(ids.into_iter().map(|id| (id, Excluded::Waiting)));
    }
    Ok(found)
}

/// Who of these people fits which of the conditions first.
pub(super) fn members(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    groups: &[ExcludedGroup],
    contacts: &[Uuid],
    now: i64,
) -> Result<HashMap<ContactId, Excluded>> {
    if groups.is_empty() {
        return Ok(HashMap::new());
    }
    let context = Context { now, zone: &catalog.zone, words: catalog, event: None };
    let mut values: Vec<Value<'_>> = Vec::from(params![catalog.workspace, contacts]);
    let mut cases = String::new();
    for (n, group) in groups.iter().enumerate() {
        let (fits, mut more) = to_sql(&group.condition, &context, values.len() + 1);
        values.append(&mut more);
        cases.push_str(&format!(" WHEN {fits} THEN {n}"));
    }
    let sql = format!("SELECT c.id, CASE{cases} ELSE -1 END FROM contacts c WHERE c.workspace_id = $1 AND c.id = ANY($2)");
    let rows: Vec<(ContactId, i64)> = tx.query(&sql, &values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.into_iter().filter_map(|(id, n)| Some((id, Excluded::Group(usize::try_from(n).ok()?)))).collect())
}

/// Fills in who of these people is held back by the shop's exclusions.
pub(crate) fn add_excluded<'p>(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    people: impl IntoIterator<Item = (ContactId, &'p mut Person)>,
    now: i64,
) -> Result<()> {
    let people: Vec<(ContactId, &mut Person)> = people.into_iter().collect();
    let ids: Vec<Uuid> = people.iter().map(|(id, _)| id.0).collect();
    let found = excluded(tx, catalog, &ids, now)?;
    for (id, person) in people {
        person.subject.excluded = found.get(&id).copied();
    }
    Ok(())
}

/// People of a map, one by one.
pub(crate) fn each(people: &mut HashMap<ContactId, Person>) -> impl Iterator<Item = (ContactId, &mut Person)> {
    people.iter_mut().map(|(id, person)| (*id, person))
}

/// Names of events that came through the API, in their order, at most 200.
///
/// # Errors
/// The database's.
pub fn event_names(tx: &mut Tx<'_>, workspace: crate::ids::WorkspaceId) -> Result<Vec<String>> {
    let names: Vec<String> = tx.query(NAMES, &params![workspace], |row| row.get(0))?;
    Ok(names.into_iter().filter(|name| !crate::event::EventKind::is_reserved(name)).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use store::testing::both;

    use super::*;
    use crate::broadcast::preview::preview;
    use crate::broadcast::testing::{counts_of, input, make, order};
    use crate::broadcast::{Command, Counts};
    use crate::delivery::testing::{PLAIN, World, wish};
    use crate::delivery::{Lane, Policy, why};
    use crate::schema::MIGRATIONS;
    use crate::workspace::set_setting;

    async fn exclude(world: &World, people: &[ContactId]) {
        let mut policy = Policy::default();
        policy.cap.per_day = None;
        policy.exclusions.waiting_days = Some(7);
        policy.exclusions.bought = Some(JustBought { event: "order_placed".into(), days: 14 });
        let group = |name: &str, ids: &[ContactId]| ExcludedGroup {
            name: name.to_owned(),
            condition: Condition::Contacts { ids: ids.to_vec() },
        };
        policy.exclusions.groups = vec![group("卸", &people[4..5]), group("取材", &people[4..6])];
        let (workspace, json) = (world.workspace, serde_json::to_string(&policy).unwrap());
        world.store.write(move |tx| set_setting(tx, workspace, "policy", &json)).await.unwrap();
        let now = world.now();
        let waits = |n: usize, since: i64| {
            format!(
                "INSERT INTO conversations (workspace_id, channel_id, contact_id, unread, mark, last_at, last_text, waiting_since)
                 SELECT f.workspace_id, f.channel_id, f.contact_id, 1, '', {since}, '質問', {since} FROM friendships f
                 JOIN contacts c ON c.workspace_id = f.workspace_id AND c.id = f.contact_id
                 WHERE f.workspace_id = $1 AND c.display_name = '客{}'",
                n + 1
            )
        };
        let bought = |n: usize, at: i64, kind: &str, source: &str| {
            format!(
                "INSERT INTO events (workspace_id, id, contact_id, kind, source, occurred_at, received_at, payload)
                 SELECT workspace_id, id, id, '{kind}', '{source}', {at}, {at}, '{{}}' FROM contacts
                 WHERE workspace_id = $1 AND display_name = '客{}'",
                n + 1
            )
        };
        world.run(&waits(0, now - DAY_MS)).await;
        world.run(&waits(1, now - 8 * DAY_MS)).await;
        world.run(&bought(2, now - 13 * DAY_MS, "order_placed", "api")).await;
        world.run(&bought(3, now - 15 * DAY_MS, "order_placed", "api")).await;
        world.run(&bought(6, now - DAY_MS, "order_cancelled", "api")).await;
        world.run(&bought(7, now - DAY_MS, "order_placed", "line")).await;
    }

    fn expected() -> BTreeMap<Reason, i64> {
        BTreeMap::from([(Reason::ExcludedWaiting, 1), (Reason::ExcludedBought, 1), (Reason::ExcludedGroup, 2)])
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn excluded_people_hear_no_marketing_and_everything_else() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            let people = world.friends(0, 8).await;
            exclude(&world, &people).await;
            for (lane, refused) in [(Lane::Marketing, 4), (Lane::Promised, 0), (Lane::Chat, 0), (Lane::Transactional, 0)] {
                let ids = world.queue(people.iter().map(|id| wish(*id, lane, "縁")).collect()).await;
                world.settle().await;
                let states = world.deliveries().await;
                let reasons: Vec<&str> = ids.iter().filter_map(|id| states[id].1.as_deref()).collect();
                assert_eq!(reasons.len(), refused, "{lane}: {reasons:?}");
                if lane == Lane::Marketing {
                    assert_eq!(reasons, ["excluded_waiting", "excluded_bought", "excluded_group", "excluded_group"]);
                }
            }
            let (catalogs, workspace, who, now) = (world.catalogs.clone(), world.workspace, people[4], world.now());
            let why = world.store.read(move |tx| {
                let catalog = catalogs.get(tx, workspace)?;
                why::why(tx, &catalog, who, now)
            });
            let standing = why.await.unwrap().now.into_iter().find(|one| one.lane == Lane::Marketing).unwrap();
            assert_eq!(standing.because.as_deref(), Some("除外の条件「卸」に当てはまるため、販促を控えています。"));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_broadcast_tells_before_what_it_will_refuse() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            let people = world.friends(0, 8).await;
            exclude(&world, &people).await;
            let (template, _) = world.template(PLAIN).await;
            let id = make(&world, input(&world, template)).await;
            let before = preview(&world.store, &world.catalogs, (world.workspace, id), world.now()).await.unwrap();
            assert_eq!((before.recipients, before.refused), (4, expected()));
            order(&world, id, Command::Confirm).await.unwrap();
            world.settle().await;
            let Counts { accepted, refused, .. } = counts_of(&world, id).await;
            assert_eq!((accepted, refused), (4, expected()));
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn names_of_reported_events_are_known() {
        both(MIGRATIONS, async |_, store| {
            let world = World::new(&store).await;
            let workspace = world.workspace;
            let names = async || world.store.read(move |tx| event_names(tx, workspace)).await.unwrap();
            assert_eq!(names().await, Vec::<String>::new());
            let people = world.friends(0, 8).await;
            exclude(&world, &people).await;
            assert_eq!(names().await, ["order_cancelled", "order_placed"]);
        })
        .await;
    }
}
