//! Where a definition is named by others: what must not be deleted under their feet.

use store::{Tx, params};
use uuid::Uuid;

use super::fields::{list_attributes, list_tags};
use crate::ids::{AttributeId, TagId, WorkspaceId};
use crate::problem::Problem;
use crate::{Error, Result};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[USERS, TEXTS, CARRIED, FILLED];

// Definitions are few and small; ids are UUIDs, so that a text search finds neither too much nor too little.
const USERS: &str = "SELECT 'segment', id, name FROM segments WHERE workspace_id = $1 AND condition LIKE $2 ESCAPE '\\'
  UNION ALL SELECT 'rule', id, name FROM rules WHERE workspace_id = $1 AND (trigger LIKE $2 ESCAPE '\\' OR actions LIKE $2 ESCAPE '\\')
  UNION ALL SELECT 'journey', j.id, j.name FROM journeys j WHERE j.workspace_id = $1 AND (j.draft LIKE $2 ESCAPE '\\' OR EXISTS (
    SELECT 1 FROM journey_versions v WHERE v.workspace_id = $1 AND v.journey_id = j.id AND v.graph LIKE $2 ESCAPE '\\'))
  UNION ALL SELECT 'template', t.id, t.name FROM templates t JOIN template_versions v ON v.workspace_id = t.workspace_id AND v.id = t.version_id
    WHERE t.workspace_id = $1 AND t.archived_at IS NULL AND v.messages LIKE $2 ESCAPE '\\'
  UNION ALL SELECT 'broadcast', id, name FROM broadcasts WHERE workspace_id = $1
    AND state IN ('draft', 'scheduled', 'snapshotting', 'sending', 'paused') AND (audience LIKE $2 ESCAPE '\\' OR template_id = $3)
  UNION ALL SELECT 'policy', workspace_id, '送信のルール' FROM settings
    WHERE workspace_id = $1 AND key = 'policy' AND value LIKE $2 ESCAPE '\\'
  LIMIT 20";

/// A LIKE pattern (`ESCAPE '\'`) for texts that hold `text`.
pub(crate) fn holding(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// The definitions that hold `text` (an id, or a key as JSON): path `kind:id`, message their name. At most twenty.
///
/// # Errors
/// The database's.
pub fn users(tx: &mut Tx<'_>, workspace: WorkspaceId, text: &str, template: Option<Uuid>) -> Result<Vec<Problem>> {
    let template = template.unwrap_or_default();
    let users = tx.query(USERS, &params![workspace, holding(text), template], |row| {
        Ok((row.get::<String>(0)?, row.get::<Uuid>(1)?, row.get::<String>(2)?))
    })?;
    let others = users.into_iter().filter(|(_, id, _)| *id != template);
    Ok(others.map(|(kind, id, name)| Problem::new(format!("{kind}:{id}"), "in_use", name)).collect())
}

/// Refuses with `in_use` and the users' names when a definition holds `text`.
///
/// # Errors
/// [`Error::InUse`].
pub fn refuse_if_used(tx: &mut Tx<'_>, workspace: WorkspaceId, text: &str, template: Option<Uuid>) -> Result<()> {
    let users = users(tx, workspace, text, template)?;
    if users.is_empty() { Ok(()) } else { Err(Error::InUse(users)) }
}

const TEXTS: &str = "SELECT condition FROM segments WHERE workspace_id = $1
  UNION ALL SELECT trigger FROM rules WHERE workspace_id = $1
  UNION ALL SELECT actions FROM rules WHERE workspace_id = $1
  UNION ALL SELECT draft FROM journeys WHERE workspace_id = $1
  UNION ALL SELECT graph FROM journey_versions WHERE workspace_id = $1
  UNION ALL SELECT v.messages FROM templates t JOIN template_versions v ON v.workspace_id = t.workspace_id AND v.id = t.version_id
    WHERE t.workspace_id = $1
  UNION ALL SELECT audience FROM broadcasts WHERE workspace_id = $1
    AND state IN ('draft', 'scheduled', 'snapshotting', 'sending', 'paused')
  UNION ALL SELECT wanted FROM views WHERE workspace_id = $1
  UNION ALL SELECT value FROM settings WHERE workspace_id = $1 AND key = 'policy'";
const CARRIED: &str = "SELECT t.id FROM tags t WHERE t.workspace_id = $1
  AND EXISTS (SELECT 1 FROM contact_tags c WHERE c.workspace_id = t.workspace_id AND c.tag_id = t.id)";
const FILLED: &str = "SELECT a.id FROM attributes a WHERE a.workspace_id = $1
  AND EXISTS (SELECT 1 FROM contact_attributes c WHERE c.workspace_id = a.workspace_id AND c.attribute_id = a.id)";

/// Tags that nobody carries and fields that nobody has filled, and that no definition names.
///
/// # Errors
/// The database's.
pub fn unused(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<(Vec<TagId>, Vec<AttributeId>)> {
    let key = params![workspace];
    let carried: Vec<TagId> = tx.query(CARRIED, &key, |row| row.get(0))?;
    let filled: Vec<AttributeId> = tx.query(FILLED, &key, |row| row.get(0))?;
    let texts: String = tx.query(TEXTS, &key, |row| row.get::<String>(0))?.join("\n");
    let tags = list_tags(tx, workspace)?.into_iter().map(|tag| tag.id);
    let fields = list_attributes(tx, workspace)?.into_iter().filter(|field| {
        let names = [format!("\"key\":\"{}\"", field.key), format!("{{{{{}", field.key), format!("attr.{}", field.key)];
        !filled.contains(&field.id) && !names.iter().any(|name| texts.contains(name)) && !texts.contains(&field.id.to_string())
    });
    Ok((
        tags.filter(|id| !carried.contains(id) && !texts.contains(&id.to_string())).collect(),
        fields.map(|field| field.id).collect(),
    ))
}
