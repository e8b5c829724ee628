//! The list of friends: newest first, searched and filtered, fast at a million.
//!
//! Every page walks an index that is already in the order of ids: the driver is the narrowest of search, staff, tag,
//! friendship, and the contacts themselves; all other filters are looked up per row.

use std::collections::{BTreeMap, BTreeSet};

use store::{Tx, Value, params};
use uuid::Uuid;

use super::{ContactKind, FriendState, search};
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::ids::{AttributeId, ChannelId, ContactId, SegmentId, TagId, WorkspaceId};
use crate::segment::{Condition, Context, db as segments, to_sql};
use crate::workspace::usage::holding;

/// Every fixed statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[ROWS, ROW_TAGS, ROW_FRIENDSHIPS, ROW_ATTRIBUTES, ROW_TALKS, BY_IDENTITY];

const ROWS: &str = "SELECT id, kind, display_name, picture_url, staff, consent, created_at FROM contacts
  WHERE workspace_id = $1 AND id = ANY($2)";
const ROW_TAGS: &str = "SELECT contact_id, tag_id FROM contact_tags WHERE workspace_id = $1 AND contact_id = ANY($2)";
const ROW_FRIENDSHIPS: &str = "SELECT contact_id, channel_id, state, friend_since FROM friendships
  WHERE workspace_id = $1 AND contact_id = ANY($2) ORDER BY channel_id";
const ROW_ATTRIBUTES: &str =
    "SELECT contact_id, attribute_id, text FROM contact_attributes WHERE workspace_id = $1 AND contact_id = ANY($2)";
const ROW_TALKS: &str = "SELECT contact_id, channel_id, mark, wrote_at FROM conversations
  WHERE workspace_id = $1 AND contact_id = ANY($2) ORDER BY channel_id";
const BY_IDENTITY: &str =
    "SELECT contact_id FROM identities WHERE workspace_id = $1 AND kind = $2 AND scope = ANY($3) AND value = $4";

/// Which contacts, as a page asks for them and a saved view keeps them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Wanted {
    /// Part of the name, a LINE user id, or ''.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub q: String,
    /// Has all of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Uuid>)]
    pub tags: Vec<TagId>,
    /// Friendship in this state, on `channel` or on any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<FriendState>,
    /// Has a friendship with this account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub channel: Option<ChannelId>,
    /// Fits this saved condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub segment: Option<SegmentId>,
    /// A talk has this 対応マーク.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mark: String,
    /// Only the shop's own people.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub staff: bool,
}

impl Wanted {
    /// The same with the saved condition read.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] when the condition is gone.
    pub fn filter(&self, tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Filter> {
        let condition = self.segment.map(|id| segments::find(tx, workspace, id)).transpose()?.map(|found| found.condition);
        Ok(self.fitting(condition))
    }

    /// The same with this condition instead of the saved one.
    pub fn fitting(&self, condition: Option<Condition>) -> Filter {
        Filter {
            q: self.q.chars().take(100).collect(),
            tags: self.tags.clone(),
            state: self.state,
            channel: self.channel,
            mark: self.mark.clone(),
            staff: self.staff,
            condition,
        }
    }
}

/// Which contacts.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Part of the name, a LINE user id, or ''.
    pub q: String,
    /// Has all of these.
    pub tags: Vec<TagId>,
    /// Friendship in this state, on `channel` or on any.
    pub state: Option<FriendState>,
    /// Has a friendship with this account.
    pub channel: Option<ChannelId>,
    /// A talk has this 対応マーク; '' asks for none.
    pub mark: String,
    /// Only the shop's own people.
    pub staff: bool,
    /// Fits this condition.
    pub condition: Option<Condition>,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct ContactRow {
    /// Id.
    pub id: ContactId,
    /// Person or group talk.
    pub kind: ContactKind,
    /// Shown name.
    pub display_name: Option<String>,
    /// Picture.
    pub picture_url: Option<String>,
    /// A member of staff.
    pub staff: bool,
    /// Agreed to be written to.
    pub consent: bool,
    /// Unix ms.
    pub created_at: i64,
    /// Tags.
    pub tags: BTreeSet<TagId>,
    /// (account, state, friend since).
    pub friendships: Vec<(ChannelId, FriendState, Option<i64>)>,
    /// 友だち情報欄, canonical texts.
    pub attributes: BTreeMap<AttributeId, String>,
    /// (account, 対応マーク, last wrote).
    pub talks: Vec<(ChannelId, String, Option<i64>)>,
}

/// Candidates of a search looked at together.
const CHUNK: usize = 500;

/// A count stops beyond this: a list that long is not read to its end.
const COUNT_CAP: i64 = 10_000;
/// A search with more hits than this wants another letter.
const SEARCH_CAP: i64 = 1_000;

/// A page, newest first, below `before`.
///
/// # Errors
/// The database's.
pub fn page(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    filter: &Filter,
    context: &Context<'_>,
    before: Option<ContactId>,
    limit: i64,
) -> Result<Vec<ContactRow>> {
    let ids = ids(tx, workspace, filter, context, before, limit)?;
    rows(tx, workspace, &ids)
}

/// The same without what stands in the lines.
///
/// # Errors
/// The database's.
pub fn ids(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    filter: &Filter,
    context: &Context<'_>,
    before: Option<ContactId>,
    limit: i64,
) -> Result<Vec<ContactId>> {
    let query = Query::build(tx, workspace, filter, context)?;
    query.ids(tx, before.map_or(Uuid::max(), |id| id.0), limit)
}

/// How many there are: a number, and whether it stopped there.
///
/// # Errors
/// The database's.
pub fn count(tx: &mut Tx<'_>, workspace: WorkspaceId, filter: &Filter, context: &Context<'_>) -> Result<(i64, bool)> {
    count_to(tx, workspace, filter, context, COUNT_CAP)
}

/// The same up to a cap of one's own; a search stops at its own.
///
/// # Errors
/// The database's.
pub fn count_to(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    filter: &Filter,
    context: &Context<'_>,
    cap: i64,
) -> Result<(i64, bool)> {
    let mut query = Query::build(tx, workspace, filter, context)?;
    let (found, cap) = if query.candidates.is_some() {
        (i64::try_from(query.ids(tx, Uuid::max(), SEARCH_CAP + 1)?.len()).unwrap_or(i64::MAX), SEARCH_CAP)
    } else {
        let limit = query.param(cap + 1);
        let sql = format!("SELECT COUNT(*) FROM (SELECT 1 FROM {} WHERE {} LIMIT {limit}) found", query.from, query.filters());
        (tx.query_one(&sql, &query.params, |row| row.get(0))?, cap)
    };
    Ok((found.min(cap), found > cap))
}

/// Lines for these contacts, in their order; unknown ids are left out.
///
/// # Errors
/// The database's.
pub fn rows(tx: &mut Tx<'_>, workspace: WorkspaceId, ids: &[ContactId]) -> Result<Vec<ContactRow>> {
    let uuids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let key = params![workspace, &uuids];
    let mut found: BTreeMap<ContactId, ContactRow> = tx
        .query(ROWS, &key, |row| {
            Ok(ContactRow {
                id: row.get(0)?,
                kind: row.get(1)?,
                display_name: row.get(2)?,
                picture_url: row.get(3)?,
                staff: row.get(4)?,
                consent: row.get::<String>(5)? == "granted",
                created_at: row.get(6)?,
                tags: BTreeSet::new(),
                friendships: Vec::new(),
                attributes: BTreeMap::new(),
                talks: Vec::new(),
            })
        })?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    for (contact, tag) in tx.query(ROW_TAGS, &key, |row| Ok((row.get::<ContactId>(0)?, row.get(1)?)))? {
        if let Some(row) = found.get_mut(&contact) {
            row.tags.insert(tag);
        }
    }
    let friendships =
        tx.query(ROW_FRIENDSHIPS, &key, |row| Ok((row.get::<ContactId>(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))))?;
    for (contact, friendship) in friendships {
        if let Some(row) = found.get_mut(&contact) {
            row.friendships.push(friendship);
        }
    }
    let attributes = tx.query(ROW_ATTRIBUTES, &key, |row| Ok((row.get::<ContactId>(0)?, row.get(1)?, row.get(2)?)))?;
    for (contact, attribute, text) in attributes {
        if let Some(row) = found.get_mut(&contact) {
            row.attributes.insert(attribute, text);
        }
    }
    let talks = tx.query(ROW_TALKS, &key, |row| Ok((row.get::<ContactId>(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))))?;
    for (contact, talk) in talks {
        if let Some(row) = found.get_mut(&contact) {
            row.talks.push(talk);
        }
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Who has this LINE user id on one of the providers (or group id on one of the channels).
///
/// # Errors
/// The database's.
pub fn by_identity(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    kind: &str,
    scopes: &[Uuid],
    value: &str,
) -> Result<Option<ContactId>> {
    let found = tx.query(BY_IDENTITY, &params![workspace, kind, scopes, value], |row| row.get(0))?;
    Ok(found.into_iter().next())
}

/// The pieces of one statement.
struct Query {
    from: &'static str,
    /// The column that holds the contact's id, in whose order the driver is walked.
    id: &'static str,
    wheres: Vec<String>,
    params: Vec<Value<'static>>,
    /// Of a search: who may fit, newest first.
    candidates: Option<Vec<Uuid>>,
}

// CROSS JOIN keeps SQLite's planner from turning the loops round.
const CONTACTS: (&str, &str) = ("contacts c", "c.id");
const TAGGED: (&str, &str) = ("contact_tags d CROSS JOIN contacts c", "d.contact_id");
const FRIENDS: (&str, &str) = ("friendships d CROSS JOIN contacts c", "d.contact_id");
const JOINED: &str = "c.workspace_id = d.workspace_id AND c.id = d.contact_id";

impl Query {
    fn build(tx: &mut Tx<'_>, workspace: WorkspaceId, filter: &Filter, context: &Context<'_>) -> Result<Self> {
        let candidates = match filter.q.trim() {
            "" => None,
            q => Some(found_by(tx, workspace, q)?),
        };
        let searched = candidates.is_some();
        let mut tags = filter.tags.clone();
        let params = params![workspace].to_vec();
        let mut query = Self { from: CONTACTS.0, id: CONTACTS.1, wheres: Vec::new(), params, candidates };
        let mut state_done = false;
        if searched {
            query.wheres.push("c.workspace_id = $1".into());
            if !is_line_id(filter.q.trim()) {
                let pattern = query.param(holding(&search::fold_name(&filter.q)));
                query.wheres.push(format!("c.folded LIKE {pattern} ESCAPE '\\'"));
            }
        } else if filter.staff {
            query.wheres.push("c.workspace_id = $1 AND c.kind = 'person'".into());
        } else if let Some(tag) = tags.pop().or_else(|| filter.condition.as_ref().and_then(needed_tag)) {
            (query.from, query.id) = TAGGED;
            let tag = query.param(tag.0);
            query.wheres.push(format!("d.workspace_id = $1 AND d.tag_id = {tag} AND {JOINED}"));
        } else if let Some(channel) = filter.channel {
            (query.from, query.id) = FRIENDS;
            let channel = query.param(channel.0);
            query.wheres.push(format!("d.workspace_id = $1 AND d.channel_id = {channel} AND {JOINED}"));
            if let Some(state) = filter.state {
                let state = query.param(state.as_str().to_owned());
                query.wheres.push(format!("d.state = {state}"));
            }
            state_done = true;
        } else {
            query.wheres.push("c.workspace_id = $1 AND c.kind = 'person'".into());
        }
        if filter.staff {
            query.wheres.push("c.staff = 1".into());
        }
        for tag in tags {
            let tag = query.param(tag.0);
            query.wheres.push(format!(
                "EXISTS (SELECT 1 FROM contact_tags x WHERE x.workspace_id = $1 AND x.contact_id = c.id AND x.tag_id = {tag})"
            ));
        }
        if !state_done {
            query.friendship(filter);
        }
        if !filter.mark.is_empty() {
            query.marked(filter);
        }
        if let Some(condition) = &filter.condition {
            let (fits, mut more) = to_sql(condition, context, query.params.len() + 1);
            query.params.append(&mut more);
            query.wheres.push(fits);
        }
        Ok(query)
    }

    /// The first `limit` ids below `below`, newest first.
    fn ids(&self, tx: &mut Tx<'_>, below: Uuid, limit: i64) -> Result<Vec<ContactId>> {
        let (column, first) = (self.id, self.params.len() + 1);
        let mut params = self.params.clone();
        let Some(candidates) = &self.candidates else {
            params.extend([below.into(), limit.into()]);
            return Ok(tx.query(&self.walk(), &params, |row| row.get(0))?);
        };
        let (from, filters) = (self.from, self.filters());
        let sql = format!("SELECT {column} FROM {from} WHERE {filters} AND {column} = ANY(${first}) ORDER BY {column} DESC");
        let limit = usize::try_from(limit).unwrap_or(0);
        let mut found = Vec::new();
        for chunk in candidates[candidates.partition_point(|id| *id >= below)..].chunks(CHUNK) {
            params.truncate(first - 1);
            params.push(chunk.to_vec().into());
            found.extend(tx.query(&sql, &params, |row| row.get::<ContactId>(0))?);
            if found.len() >= limit {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// The statement of a page that is no search: below an id, so many.
    fn walk(&self) -> String {
        let (from, filters, column) = (self.from, self.filters(), self.id);
        let (below, limit) = (self.params.len() + 1, self.params.len() + 2);
        format!("SELECT {column} FROM {from} WHERE {filters} AND {column} < ${below} ORDER BY {column} DESC LIMIT ${limit}")
    }

    fn friendship(&mut self, filter: &Filter) {
        if filter.state.is_none() && filter.channel.is_none() {
            return;
        }
        let state = filter
            .state
            .map(|state| self.param(state.as_str().to_owned()))
            .map_or_else(String::new, |p| format!(" AND f.state = {p}"));
        let channel = filter.channel.map(|id| self.param(id.0)).map_or_else(String::new, |p| format!(" AND f.channel_id = {p}"));
        self.wheres.push(format!(
            "EXISTS (SELECT 1 FROM friendships f WHERE f.workspace_id = $1 AND f.contact_id = c.id{state}{channel})"
        ));
    }

    fn marked(&mut self, filter: &Filter) {
        let mark = self.param(filter.mark.clone());
        let channel = filter.channel.map(|id| self.param(id.0)).map_or_else(String::new, |p| format!(" AND v.channel_id = {p}"));
        self.wheres.push(format!(
            "EXISTS (SELECT 1 FROM conversations v WHERE v.workspace_id = $1 AND v.contact_id = c.id AND v.mark = {mark}{channel})"
        ));
    }

    fn param(&mut self, value: impl Into<Value<'static>>) -> String {
        self.params.push(value.into());
        format!("${}", self.params.len())
    }

    fn filters(&self) -> String {
        self.wheres.join(" AND ")
    }
}

fn is_line_id(q: &str) -> bool {
    q.len() == 33 && q.starts_with(['U', 'C', 'R']) && q[1..].bytes().all(|b| b.is_ascii_hexdigit())
}

fn found_by(tx: &mut Tx<'_>, workspace: WorkspaceId, q: &str) -> Result<Vec<Uuid>> {
    if is_line_id(q) {
        let sql =
            "SELECT contact_id FROM identities WHERE workspace_id = $1 AND kind IN ('line', 'group', 'room') AND value = $2";
        let mut found: Vec<Uuid> = tx.query(sql, &params![workspace, q], |row| row.get(0))?;
        found.sort_by(|a, b| b.cmp(a));
        return Ok(found);
    }
    search::candidates(tx, workspace, q)
}

/// A tag without which the condition cannot hold: the list may then walk the tag's contacts only.
fn needed_tag(condition: &Condition) -> Option<TagId> {
    match condition {
        Condition::Tag { tag } => Some(*tag),
        Condition::All { of } => of.iter().find_map(needed_tag),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::testing::World;
    use crate::schema::MIGRATIONS;

    #[tokio::test(flavor = "multi_thread")]
    async fn staff_are_not_looked_for_among_everybody() {
        let database = store::testing::Database::sqlite();
        let opened = database.open(MIGRATIONS);
        let world = World::new(&opened).await;
        let (workspace, catalogs, channel) = (world.workspace, world.catalogs.clone(), world.channel);
        let sql = opened.read(move |tx| {
            let catalog = catalogs.get(tx, workspace)?;
            let context = Context { now: 0, zone: &catalog.zone, words: &*catalog, event: None };
            let filter = Filter { staff: true, channel: Some(channel), ..Filter::default() };
            Ok::<_, crate::Error>(Query::build(tx, workspace, &filter, &context)?.walk())
        });
        let plans = store::testing::plans(MIGRATIONS, vec![sql.await.unwrap()]).await.unwrap();
        opened.close().await;
        let (_, lines) = &plans[0];
        assert!(lines[0].contains("contacts_staff"), "{lines:?}");
        assert!(!lines.iter().any(|line| line.contains("TEMP B-TREE")), "{lines:?}");
    }
}
