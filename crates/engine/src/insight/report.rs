//! 月次レポート: a month, the month before and the same month of the last year. Kept as it was once the month is over.

use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Tx, params};
use uuid::Uuid;

use super::{Day, Month, Sums, dashboard, day_of};
use crate::access::db::Act;
use crate::broadcast::Category;
use crate::ids::{BroadcastId, ChannelId};
use crate::workspace::Catalog;
use crate::{Error, Result};

/// Broadcasts of one report at most, the largest first.
const BROADCASTS_MAX: i64 = 50;
/// Characters of a comment.
const COMMENT_MAX: usize = 4_000;

const BROADCASTS: &str = "SELECT b.id, b.channel_id, b.name, b.category, b.started_at, b.total, s.accepted,
      (SELECT COUNT(DISTINCT c.contact_id) FROM link_clicks c WHERE c.workspace_id = b.workspace_id AND c.cause_id = b.id)
    FROM broadcasts b JOIN (SELECT broadcast_id, CAST(SUM(accepted) AS BIGINT) AS accepted FROM broadcast_shards
      WHERE workspace_id = $1 AND broadcast_id IN (SELECT id FROM broadcasts
        WHERE workspace_id = $1 AND send_at >= $2 AND send_at < $3 AND started_at IS NOT NULL)
      GROUP BY broadcast_id) s ON s.broadcast_id = b.id
    WHERE b.workspace_id = $1 AND b.send_at >= $2 AND b.send_at < $3 AND b.started_at IS NOT NULL
    ORDER BY s.accepted DESC, b.id LIMIT $4";
const LIST: &str = "SELECT month, made_at, comment <> '' FROM reports WHERE workspace_id = $1";
const FIND: &str = "SELECT body, comment, commented_at, made_at FROM reports WHERE workspace_id = $1 AND month = $2";
const KEEP: &str = "INSERT INTO reports (workspace_id, month, body, comment, made_at) VALUES ($1, $2, $3, '', $4)
    ON CONFLICT (workspace_id, month) DO UPDATE SET body = excluded.body, made_at = excluded.made_at";
const COMMENT: &str = "INSERT INTO reports (workspace_id, month, comment, commented_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (workspace_id, month) DO UPDATE SET comment = excluded.comment, commented_at = excluded.commented_at";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[BROADCASTS, LIST, FIND, KEEP, COMMENT];

/// One month of one account or all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MonthFigures {
    /// 有効友だち at its end (or now).
    pub friends: i64,
    /// Those who block.
    pub blocked: i64,
    /// What the days added up to.
    pub sums: Sums,
    /// Whether every day of it was counted; what came before is not known.
    pub whole: bool,
}

/// An account's month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AccountMonth {
    /// Which.
    #[schema(value_type = uuid::Uuid)]
    pub channel_id: ChannelId,
    /// Its name then.
    pub name: String,
    /// Its figures.
    pub figures: MonthFigures,
}

/// A broadcast of the month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReportBroadcast {
    /// Which.
    #[schema(value_type = uuid::Uuid)]
    pub id: BroadcastId,
    /// Who spoke.
    #[schema(value_type = uuid::Uuid)]
    pub channel_id: ChannelId,
    /// Its name.
    pub name: String,
    /// What it was for.
    pub category: Option<Category>,
    /// When it began, Unix ms.
    pub started_at: i64,
    /// Recipients.
    pub total: i64,
    /// LINE took so many.
    pub accepted: i64,
    /// People who opened a link of it.
    pub clickers: i64,
}

/// What a report tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReportBody {
    /// The month.
    pub this: MonthFigures,
    /// The month before, as far as anything was counted.
    pub before: Option<MonthFigures>,
    /// The same month of the last year.
    pub last_year: Option<MonthFigures>,
    /// By account.
    pub accounts: Vec<AccountMonth>,
    /// The largest broadcasts.
    pub broadcasts: Vec<ReportBroadcast>,
}

/// A month's report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Report {
    /// `yyyy-MM`.
    pub month: String,
    /// When it was made for good, Unix ms; null while the month goes on.
    pub made_at: Option<i64>,
    /// What it tells.
    pub body: ReportBody,
    /// What staff wrote.
    pub comment: String,
    /// When, Unix ms.
    pub commented_at: Option<i64>,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ReportLine {
    /// `yyyy-MM`.
    pub month: String,
    /// When it was made for good, Unix ms; null while the month goes on.
    pub made_at: Option<i64>,
    /// Whether staff wrote something.
    pub commented: bool,
}

fn this_month(catalog: &Catalog, now: i64) -> Month {
    day_of(now, &catalog.zone).month()
}

/// Months there is something to tell of, newest first.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx<'_>, catalog: &Catalog, now: i64) -> Result<Vec<ReportLine>> {
    let rows = tx.query(LIST, &params![catalog.workspace], |row| {
        Ok((row.get::<i64>(0)?, row.get::<Option<i64>>(1)?, row.get::<bool>(2)?))
    })?;
    let Some(since) = dashboard::since(tx, catalog)? else { return Ok(Vec::new()) };
    let (mut month, mut lines) = (this_month(catalog, now), Vec::new());
    while month >= since.month() {
        let kept = rows.iter().find(|(of, ..)| *of == month.0);
        lines.push(ReportLine {
            month: month.to_string(),
            made_at: kept.and_then(|(_, made_at, _)| *made_at),
            commented: kept.is_some_and(|(.., commented)| *commented),
        });
        month = month.after(-1);
    }
    Ok(lines)
}

/// One month's report: as it was kept, or as the month stands now.
///
/// # Errors
/// [`Error::NotFound`] for months that nothing is known of.
pub fn find(tx: &mut Tx<'_>, catalog: &Catalog, month: Month, now: i64) -> Result<Report> {
    let since = dashboard::since(tx, catalog)?.ok_or(Error::NotFound)?;
    if month > this_month(catalog, now) || month < since.month() {
        return Err(Error::NotFound);
    }
    let kept = tx.query_opt(FIND, &params![catalog.workspace, month.0], |row| {
        Ok((row.get::<Option<String>>(0)?, row.get::<String>(1)?, row.get(2)?, row.get(3)?))
    })?;
    let (body, comment, commented_at, made_at) = kept.unwrap_or_default();
    let body = match body {
        Some(json) => serde_json::from_str(&json).map_err(|error| Error::damaged("reports.body", error))?,
        None => body_of(tx, catalog, month, now)?,
    };
    Ok(Report { month: month.to_string(), made_at, body, comment, commented_at })
}

/// Writes what staff say of a month.
///
/// # Errors
/// [`Error::NotFound`]; a comment that is too long.
pub fn comment(tx: &mut Tx<'_>, act: &Act, catalog: &Catalog, month: Month, text: &str) -> Result<Report> {
    if text.chars().count() > COMMENT_MAX {
        return Err(Error::bad("too_long", "comment", format!("コメントは{COMMENT_MAX}文字までです。")));
    }
    find(tx, catalog, month, act.at)?;
    tx.execute(COMMENT, &params![act.workspace, month.0, text, act.at])?;
    act.note(tx, "report.comment", Uuid::nil(), &json!({ "month": month.to_string() }))?;
    find(tx, catalog, month, act.at)
}

/// The months that are over and not kept yet, oldest first.
pub(crate) fn missing(tx: &mut Tx<'_>, catalog: &Catalog, now: i64) -> Result<Vec<Month>> {
    let this = this_month(catalog, now).to_string();
    let lines = list(tx, catalog, now)?;
    let open = lines.iter().rev().filter(|line| line.made_at.is_none() && line.month != this);
    Ok(open.filter_map(|line| line.month.parse().ok()).collect())
}

/// Keeps a month that is over.
pub(crate) fn keep(tx: &mut Tx<'_>, catalog: &Catalog, month: Month, body: &ReportBody, now: i64) -> Result<()> {
    tx.execute(KEEP, &params![catalog.workspace, month.0, json!(body).to_string(), now])?;
    Ok(())
}

/// A month as the figures have it.
pub(crate) fn body_of(tx: &mut Tx<'_>, catalog: &Catalog, month: Month, now: i64) -> Result<ReportBody> {
    let since = dashboard::since(tx, catalog)?;
    let known = |month: Month| since.is_some_and(|since| since < month.end());
    let mut of = |month: Month, channel| -> Result<Option<MonthFigures>> {
        known(month).then(|| figures(tx, catalog, channel, month, since, now)).transpose()
    };
    let this = of(month, None)?.unwrap_or_default();
    let (before, last_year) = (of(month.after(-1), None)?, of(month.after(-12), None)?);
    let accounts = catalog.channels.values().map(|channel| {
        let figures = of(month, Some(channel.id))?.unwrap_or_default();
        Ok(AccountMonth { channel_id: channel.id, name: channel.name.clone(), figures })
    });
    let accounts = accounts.collect::<Result<_>>()?;
    Ok(ReportBody { this, before, last_year, accounts, broadcasts: broadcasts(tx, catalog, month)? })
}

fn figures(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    channel: Option<ChannelId>,
    month: Month,
    since: Option<Day>,
    now: i64,
) -> Result<MonthFigures> {
    let (first, end) = (month.first(), month.end());
    let days = dashboard::figures(tx, catalog, channel, first, day_of(now, &catalog.zone).plus(1).max(end))?;
    let later = dashboard::add_up(days.range(end..));
    let states = dashboard::friends(tx, catalog, channel)?;
    Ok(MonthFigures {
        friends: states.friends - later.friends,
        blocked: states.blocked - later.blocks,
        sums: dashboard::add_up(days.range(..end)),
        whole: since.is_some_and(|since| since <= first),
    })
}

fn broadcasts(tx: &mut Tx<'_>, catalog: &Catalog, month: Month) -> Result<Vec<ReportBroadcast>> {
    let (start, end) = (month.first().start(&catalog.zone), month.end().start(&catalog.zone));
    Ok(tx.query(BROADCASTS, &params![catalog.workspace, start, end, BROADCASTS_MAX], |row| {
        Ok(ReportBroadcast {
            id: row.get(0)?,
            channel_id: row.get(1)?,
            name: row.get(2)?,
            category: row.get(3)?,
            started_at: row.get(4)?,
            total: row.get(5)?,
            accepted: row.get(6)?,
            clickers: row.get(7)?,
        })
    })?)
}
