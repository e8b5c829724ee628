//! Links: whether they answer, whose they are, and what the shop's own statistics will see.

use std::collections::HashMap;

use serde_json::json;
use store::{Tx, params};
use url::Url;

use super::super::LinkMode;
use super::super::safety::Safety;
use super::{Place, What};
use crate::Result;
use crate::ids::{TaskId, WorkspaceId};
use crate::link::UtmRule;
use crate::task::{self, NewTask, TaskKind};

/// How old an answer may be before the address is tried again, ms.
const FRESH_MS: i64 = 10 * 60 * 1_000;

const KEPT: &str = "SELECT url, answer, status, checked_at FROM link_checks WHERE workspace_id = $1 AND url = ANY($2)";
const NOTE: &str = "INSERT INTO link_checks (workspace_id, url, answer, status, checked_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (workspace_id, url) DO UPDATE SET answer = excluded.answer, status = excluded.status, checked_at = excluded.checked_at";

/// Every statement of this file, for the test that prepares them.
pub(super) const STATEMENTS: &[&str] = &[KEPT, NOTE];

/// What an address answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkAnswer {
    /// A page.
    Ok,
    /// 404, 410.
    Missing,
    /// Any other refusal or error of the server.
    Refused,
    /// Nobody, or not in time.
    Unreachable,
    /// Not an address of the open web: we do not go there.
    Private,
}
crate::column::column_words!(LinkAnswer {
    Ok => "ok", Missing => "missing", Refused => "refused", Unreachable => "unreachable", Private => "private",
});

impl LinkAnswer {
    /// From the status of the last answer.
    pub const fn of_status(status: u16) -> Self {
        match status {
            200..=399 => Self::Ok,
            404 | 410 => Self::Missing,
            _ => Self::Refused,
        }
    }
}

/// Keeps an answer.
///
/// # Errors
/// The database's.
pub fn note_answer(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    url: &str,
    (answer, status): (LinkAnswer, Option<u16>),
    now: i64,
) -> Result<()> {
    tx.execute(NOTE, &params![workspace, url, answer, status.map(i64::from), now])?;
    Ok(())
}

type Answers = HashMap<String, (LinkAnswer, Option<i64>)>;

/// Answers that are fresh; the others are tried anew, and an old one stands until then.
pub(super) fn answers(tx: &mut Tx<'_>, workspace: WorkspaceId, addresses: &[&str], now: i64) -> Result<Answers> {
    let mut urls: Vec<String> = addresses.iter().map(|url| (*url).to_owned()).collect();
    urls.sort_unstable();
    urls.dedup();
    let rows = tx.query(KEPT, &params![workspace, &urls], |row| {
        Ok((row.get::<String>(0)?, row.get::<LinkAnswer>(1)?, row.get::<Option<i64>>(2)?, row.get::<i64>(3)?))
    })?;
    let fresh = |at: i64| now - at < FRESH_MS;
    let tried: Vec<&String> = rows.iter().filter(|(.., at)| fresh(*at)).map(|(url, ..)| url).collect();
    let tasks: Vec<NewTask> = urls
        .iter()
        .filter(|url| !tried.contains(url))
        .map(|url| NewTask {
            id: TaskId::new(now),
            workspace,
            kind: TaskKind::LinkCheck,
            key: url.clone(),
            payload: json!({ "url": url }),
            due_at: now,
        })
        .collect();
    task::db::queue(tx, &tasks, now)?;
    Ok(rows.into_iter().filter(|(.., at)| fresh(*at)).map(|(url, answer, status, _)| (url, (answer, status))).collect())
}

fn unique<'a>(addresses: &[&'a str]) -> Vec<&'a str> {
    let mut seen: Vec<&str> = Vec::new();
    for address in addresses {
        if !seen.contains(address) {
            seen.push(address);
        }
    }
    seen
}

/// Links that do not answer, or have not been tried yet.
pub(super) fn unanswered(addresses: &[&str], answers: &Answers) -> Vec<Place> {
    let place = |address: &str| match answers.get(address) {
        None => Some(Place::new(What::LinkWaiting, 0, address)),
        Some((LinkAnswer::Ok, _)) => None,
        Some((LinkAnswer::Missing, _)) => Some(Place::new(What::LinkMissing, 0, address)),
        Some((LinkAnswer::Refused, status)) => {
            Some(Place::new(What::LinkRefused, 0, address).saying(status.map_or(String::new(), |status| status.to_string())))
        }
        Some((LinkAnswer::Unreachable, _)) => Some(Place::new(What::LinkUnreachable, 0, address)),
        Some((LinkAnswer::Private, _)) => Some(Place::new(What::LinkPrivate, 0, address)),
    };
    unique(addresses).into_iter().filter_map(place).collect()
}

/// Links that leave the shop.
pub(super) fn elsewhere(addresses: &[&str], safety: &Safety) -> Vec<Place> {
    if safety.own_domains.is_empty() {
        return vec![Place::new(What::NoOwnDomain, 0, "")];
    }
    let foreign = |address: &str| {
        let host = Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        (!safety.owns(&host)).then(|| Place::new(What::ForeignDomain, 0, address).saying(host))
    };
    unique(addresses).into_iter().filter_map(foreign).collect()
}

/// Links without utm parameters; what is sent as the shop's own address gets them from us, and counted links do when the
/// shop's rule says so.
pub(super) fn without_utm(addresses: &[&str], mode: LinkMode, rule: &UtmRule) -> Vec<Place> {
    if mode == LinkMode::Direct || rule.on {
        return Vec::new();
    }
    let has = |address: &str| Url::parse(address).is_ok_and(|url| url.query_pairs().any(|(key, _)| key == "utm_source"));
    unique(addresses).into_iter().filter(|address| !has(address)).map(|address| Place::new(What::NoUtm, 0, address)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALE: &str = "https://shop.example/sale";

    #[test]
    fn answers_are_told_apart() {
        for (status, answer) in [
            (200, LinkAnswer::Ok),
            (304, LinkAnswer::Ok),
            (404, LinkAnswer::Missing),
            (410, LinkAnswer::Missing),
            (403, LinkAnswer::Refused),
            (503, LinkAnswer::Refused),
        ] {
            assert_eq!(LinkAnswer::of_status(status), answer, "{status}");
        }
        let answers: Answers = [("a", LinkAnswer::Ok, None), ("b", LinkAnswer::Refused, Some(503))]
            .map(|(url, answer, status)| (url.to_owned(), (answer, status)))
            .into();
        let found = unanswered(&["a", "b", "c", "c"], &answers);
        assert_eq!(found.iter().map(|place| place.what).collect::<Vec<_>>(), [What::LinkRefused, What::LinkWaiting]);
        assert_eq!(found[0].detail, "503");
    }

    #[test]
    fn links_elsewhere() {
        let safety = Safety { own_domains: vec!["shop.example".to_owned()], ..Safety::default() };
        assert!(elsewhere(&[SALE, "https://m.shop.example/"], &safety).is_empty());
        assert_eq!(elsewhere(&["https://shop.example.evil.test/"], &safety)[0].detail, "shop.example.evil.test");
        assert_eq!(elsewhere(&[SALE], &Safety::default())[0].what, What::NoOwnDomain);
    }

    #[test]
    fn utm_is_asked_for_where_we_do_not_add_it() {
        let off = UtmRule::default();
        assert_eq!(without_utm(&[SALE], LinkMode::Shared, &off).len(), 1);
        assert!(without_utm(&[SALE], LinkMode::Shared, &UtmRule { on: true, ..off.clone() }).is_empty());
        assert!(without_utm(&[SALE], LinkMode::Direct, &off).is_empty());
        assert!(without_utm(&["https://shop.example/?utm_source=line"], LinkMode::Person, &off).is_empty());
    }
}
