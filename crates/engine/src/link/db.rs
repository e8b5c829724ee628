//! SQL of links. `link_directory` is a global look-up: a code in an address tells no workspace.

use std::collections::{BTreeSet, HashMap};

use store::{Insert, Row, Tx, params};
use uuid::Uuid;

use super::{Link, check_url, code};
use crate::error::{Error, Result};
use crate::ids::{LinkId, WorkspaceId};
use crate::workspace::Vault;

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[BY_CODE, BY_URLS, BY_ID, PAGE, OWNERS, RENAME, ARCHIVE, REVIVE];

const BY_CODE: &str = "SELECT d.workspace_id, l.id, l.code, l.url, l.name, l.created_at, l.archived_at FROM link_directory d
  JOIN links l ON l.workspace_id = d.workspace_id AND l.id = d.link_id WHERE d.code = $1";
const BY_URLS: &str = "SELECT id, code, url, name, created_at, archived_at FROM links WHERE workspace_id = $1 AND url = ANY($2)";
const BY_ID: &str = "SELECT id, code, url, name, created_at, archived_at FROM links WHERE workspace_id = $1 AND id = $2";
const PAGE: &str = "SELECT id, code, url, name, created_at, archived_at FROM links WHERE workspace_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
const OWNERS: &str = "SELECT code, link_id FROM link_directory WHERE code = ANY($1)";
const RENAME: &str = "UPDATE links SET name = $3 WHERE workspace_id = $1 AND id = $2";
const ARCHIVE: &str = "UPDATE links SET archived_at = $3 WHERE workspace_id = $1 AND id = $2 AND archived_at IS NULL";
const REVIVE: &str = "UPDATE links SET archived_at = NULL WHERE workspace_id = $1 AND id = ANY($2)";
const LINKS: Insert = Insert {
    table: "links",
    columns: &["workspace_id", "id", "code", "url", "name", "created_at"],
    conflict: "ON CONFLICT (workspace_id, url) DO NOTHING",
};
const CODES: Insert =
    Insert { table: "link_directory", columns: &["code", "workspace_id", "link_id"], conflict: "ON CONFLICT (code) DO NOTHING" };

fn link(row: &Row<'_>, from: usize) -> store::Result<Link> {
    Ok(Link {
        id: row.get(from)?,
        code: row.get(from + 1)?,
        url: row.get(from + 2)?,
        name: row.get(from + 3)?,
        created_at: row.get(from + 4)?,
        archived_at: row.get(from + 5)?,
    })
}

/// By the code of a short address.
///
/// # Errors
/// The database's.
pub fn by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<(WorkspaceId, Link)>> {
    Ok(tx.query_opt(BY_CODE, &params![code], |row| Ok((row.get(0)?, link(row, 1)?)))?)
}

/// By id.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(tx: &mut Tx<'_>, workspace: WorkspaceId, id: LinkId) -> Result<Link> {
    tx.query_opt(BY_ID, &params![workspace, id], |row| link(row, 0))?.ok_or(Error::NotFound)
}

/// A page, newest first, below `before`.
///
/// # Errors
/// The database's.
pub fn page(tx: &mut Tx<'_>, workspace: WorkspaceId, before: Option<LinkId>, limit: i64) -> Result<Vec<Link>> {
    let before = before.map_or(Uuid::max(), |id| id.0);
    Ok(tx.query(PAGE, &params![workspace, before, limit], |row| link(row, 0))?)
}

/// The link to an address: made when there is none, taken back from the archive when it lies there.
///
/// # Errors
/// `bad_url`, `too_long`; [`Error::Raced`].
pub fn find_or_create(tx: &mut Tx<'_>, vault: &Vault, workspace: WorkspaceId, url: &str, name: &str, now: i64) -> Result<Link> {
    let url = check_url(url)?;
    make_missing(tx, vault, workspace, BTreeSet::from([url.clone()]), name.trim(), now)?;
    find_many(tx, workspace, vec![url.clone()])?.remove(&url).ok_or(Error::NotFound)
}

/// The links to these addresses as the shop wrote them, of those that have one.
///
/// # Errors
/// The database's.
pub fn by_urls<'u>(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    urls: impl IntoIterator<Item = &'u str>,
) -> Result<HashMap<String, Link>> {
    let written: BTreeSet<&str> = urls.into_iter().collect();
    let written: Vec<(&str, String)> = written.into_iter().filter_map(|url| Some((url, check_url(url).ok()?))).collect();
    if written.is_empty() {
        return Ok(HashMap::new());
    }
    let known = find_many(tx, workspace, written.iter().map(|(_, url)| url.clone()).collect())?;
    Ok(written.into_iter().filter_map(|(url, checked)| Some((url.to_owned(), known.get(&checked)?.clone()))).collect())
}

fn find_many(tx: &mut Tx<'_>, workspace: WorkspaceId, urls: Vec<String>) -> Result<HashMap<String, Link>> {
    let links = tx.query(BY_URLS, &params![workspace, urls], |row| link(row, 0))?;
    Ok(links.into_iter().map(|link| (link.url.clone(), link)).collect())
}

/// Makes the links that these addresses lack, in sets, and takes back the archived. What is no address is left out.
///
/// # Errors
/// The database's; [`Error::Raced`] when another made one of them at the same moment.
pub fn ensure<'u>(
    tx: &mut Tx<'_>,
    vault: &Vault,
    workspace: WorkspaceId,
    urls: impl IntoIterator<Item = &'u str>,
    now: i64,
) -> Result<()> {
    let wanted: BTreeSet<String> = urls.into_iter().filter_map(|url| check_url(url).ok()).collect();
    if wanted.is_empty() { Ok(()) } else { make_missing(tx, vault, workspace, wanted, "", now) }
}

fn make_missing(
    tx: &mut Tx<'_>,
    vault: &Vault,
    workspace: WorkspaceId,
    wanted: BTreeSet<String>,
    name: &str,
    now: i64,
) -> Result<()> {
    let known = find_many(tx, workspace, wanted.iter().cloned().collect())?;
    let archived: Vec<Uuid> = known.values().filter(|link| link.archived_at.is_some()).map(|link| link.id.0).collect();
    if !archived.is_empty() {
        tx.execute(REVIVE, &params![workspace, archived])?;
    }
    let new: Vec<(LinkId, String)> =
        wanted.into_iter().filter(|url| !known.contains_key(url)).map(|url| (LinkId::new(now), url)).collect();
    let count = new.len();
    let coded = take_codes(tx, vault, workspace, new)?;
    let rows = coded.iter().map(|(id, code, url)| params![workspace, *id, code.as_str(), url.as_str(), name, now]);
    if usize::try_from(tx.insert_many(&LINKS, rows)?) == Ok(count) { Ok(()) } else { Err(Error::Raced) }
}

/// A code for each new link. One that another address has, which is unheard of, is made anew with more salt.
fn take_codes(
    tx: &mut Tx<'_>,
    vault: &Vault,
    workspace: WorkspaceId,
    mut new: Vec<(LinkId, String)>,
) -> Result<Vec<(LinkId, String, String)>> {
    let mut coded = Vec::with_capacity(new.len());
    for salt in 0..8 {
        if new.is_empty() {
            return Ok(coded);
        }
        let mut tried: Vec<_> = new.into_iter().map(|(id, url)| (id, code(vault, workspace, &url, salt), url)).collect();
        // In key order, so that two savers never wait for each other's rows.
        tried.sort_by(|a, b| a.1.cmp(&b.1));
        tx.insert_many(&CODES, tried.iter().map(|(id, code, _)| params![code.as_str(), workspace, *id]))?;
        let codes: Vec<String> = tried.iter().map(|(_, code, _)| code.clone()).collect();
        let owners = tx.query(OWNERS, &params![codes], |row| Ok((row.get::<String>(0)?, row.get::<LinkId>(1)?)))?;
        let owners: HashMap<String, LinkId> = owners.into_iter().collect();
        let (own, taken): (Vec<_>, Vec<_>) = tried.into_iter().partition(|(id, code, _)| owners.get(code) == Some(id));
        coded.extend(own);
        new = taken.into_iter().map(|(id, _, url)| (id, url)).collect();
    }
    if new.is_empty() { Ok(coded) } else { Err(Error::Raced) }
}

/// Renames.
///
/// # Errors
/// [`Error::NotFound`].
pub fn rename(tx: &mut Tx<'_>, workspace: WorkspaceId, id: LinkId, name: &str) -> Result<()> {
    match tx.execute(RENAME, &params![workspace, id, name.trim()])? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// Puts a link away; addresses already sent lead on.
///
/// # Errors
/// [`Error::NotFound`], also when it lies there already.
pub fn archive(tx: &mut Tx<'_>, workspace: WorkspaceId, id: LinkId, now: i64) -> Result<()> {
    match tx.execute(ARCHIVE, &params![workspace, id, now])? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}
