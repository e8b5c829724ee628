//! Views of the list that staff saved: what is asked for, and which columns are shown.

use serde_json::json;
use store::{Row, Tx, params};

use super::list::Wanted;
use crate::access::Actor;
use crate::access::db::Act;
use crate::ids::{UserId, ViewId, WorkspaceId};
use crate::workspace::text;
use crate::{Error, Result};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[LIST, FIND, INSERT, UPDATE, DELETE, COUNT];

const LIST: &str = "SELECT id, owner, name, wanted, columns, updated_at FROM views
  WHERE workspace_id = $1 AND (owner IS NULL OR owner = $2) ORDER BY name, id";
const FIND: &str = "SELECT id, owner, name, wanted, columns, updated_at FROM views
  WHERE workspace_id = $1 AND id = $3 AND (owner IS NULL OR owner = $2)";
const INSERT: &str = "INSERT INTO views (workspace_id, id, owner, name, wanted, columns, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
const UPDATE: &str =
    "UPDATE views SET owner = $3, name = $4, wanted = $5, columns = $6, updated_at = $7 WHERE workspace_id = $1 AND id = $2";
const DELETE: &str = "DELETE FROM views WHERE workspace_id = $1 AND id = $2";
const COUNT: &str = "SELECT COUNT(*) FROM views WHERE workspace_id = $1";

/// Views of a workspace at most.
const VIEWS_MAX: i64 = 200;
/// Columns of a view at most.
const COLUMNS_MAX: usize = 60;

/// A saved view.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Id.
    pub id: ViewId,
    /// Whose; `None`: everybody's.
    pub owner: Option<UserId>,
    /// As staff named it.
    pub name: String,
    /// Which contacts.
    pub wanted: Wanted,
    /// Keys of the shown columns, in order.
    pub columns: Vec<String>,
    /// Unix ms.
    pub updated_at: i64,
}

/// What staff say of a view.
#[derive(Clone, Debug)]
pub struct NewView {
    /// Its name.
    pub name: String,
    /// For everybody, or for the one who saves it.
    pub audience: Audience,
    /// Which contacts.
    pub wanted: Wanted,
    /// Columns.
    pub columns: Vec<String>,
}

/// Who sees a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ViewAudience)]
pub enum Audience {
    /// All staff of the workspace.
    Everybody,
    /// Only who saved it.
    Me,
}

type Stored = (ViewId, Option<UserId>, String, String, String, i64);

fn stored(row: &Row<'_>) -> store::Result<Stored> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
}

fn view((id, owner, name, wanted, columns, updated_at): Stored) -> Result<View> {
    Ok(View {
        id,
        owner,
        name,
        wanted: serde_json::from_str(&wanted).map_err(|error| Error::damaged("views.wanted", error))?,
        columns: serde_json::from_str(&columns).map_err(|error| Error::damaged("views.columns", error))?,
        updated_at,
    })
}

/// Views that this person sees, by name.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx<'_>, workspace: WorkspaceId, user: UserId) -> Result<Vec<View>> {
    tx.query(LIST, &params![workspace, user], stored)?.into_iter().map(view).collect()
}

/// One that this person sees.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(tx: &mut Tx<'_>, workspace: WorkspaceId, user: UserId, id: ViewId) -> Result<View> {
    tx.query_opt(FIND, &params![workspace, user, id], stored)?.map_or(Err(Error::NotFound), view)
}

/// Saves a new view.
///
/// # Errors
/// Input that can be mended; `conflict` when there are too many.
pub fn create(tx: &mut Tx<'_>, act: &Act, new: &NewView) -> Result<View> {
    let (name, owner) = checked(tx, act, new)?;
    if tx.query_one(COUNT, &params![act.workspace], |row| row.get::<i64>(0))? >= VIEWS_MAX {
        return Err(Error::conflict("too_many", "保存できるビューは200個までです。使わないものを削除してください。"));
    }
    let id = ViewId::new(act.at);
    let (wanted, columns) = (json!(new.wanted).to_string(), json!(new.columns).to_string());
    tx.execute(INSERT, &params![act.workspace, id, owner, name, wanted, columns, act.at])?;
    act.note(tx, "view.create", id.0, &json!({ "name": name }))?;
    find(tx, act.workspace, user_of(act), id)
}

/// Replaces a view.
///
/// # Errors
/// [`Error::NotFound`], input that can be mended.
pub fn update(tx: &mut Tx<'_>, act: &Act, id: ViewId, new: &NewView) -> Result<View> {
    find(tx, act.workspace, user_of(act), id)?;
    let (name, owner) = checked(tx, act, new)?;
    let (wanted, columns) = (json!(new.wanted).to_string(), json!(new.columns).to_string());
    tx.execute(UPDATE, &params![act.workspace, id, owner, name, wanted, columns, act.at])?;
    act.note(tx, "view.update", id.0, &json!({ "name": name }))?;
    find(tx, act.workspace, user_of(act), id)
}

/// Deletes a view.
///
/// # Errors
/// [`Error::NotFound`].
pub fn delete(tx: &mut Tx<'_>, act: &Act, id: ViewId) -> Result<()> {
    let old = find(tx, act.workspace, user_of(act), id)?;
    tx.execute(DELETE, &params![act.workspace, id])?;
    act.note(tx, "view.delete", id.0, &json!({ "name": old.name }))
}

fn checked<'a>(tx: &mut Tx<'_>, act: &Act, new: &'a NewView) -> Result<(&'a str, Option<UserId>)> {
    let name = text("name", &new.name, 50)?;
    if new.columns.len() > COLUMNS_MAX || new.columns.iter().any(|column| column.len() > 60) {
        return Err(Error::bad("too_many", "columns", "列は60個までです。"));
    }
    new.wanted.filter(tx, act.workspace)?;
    // A token is nobody in particular: what it saves is everybody's.
    let owner = match (new.audience, act.actor) {
        (Audience::Me, Actor::User(user)) => Some(user),
        _ => None,
    };
    Ok((name, owner))
}

/// Who acts; nobody's views for tokens.
pub fn user_of(act: &Act) -> UserId {
    if let Actor::User(user) = act.actor { user } else { UserId::nil() }
}
