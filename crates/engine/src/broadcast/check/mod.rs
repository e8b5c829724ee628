//! Content checks before a send (内容の確認): what a careful colleague would notice. They read what is said; only the
//! answers of links are fetched, by a task, and kept.

mod coupons;
mod dates;
mod links;
mod words;

pub use links::{LinkAnswer, note_answer};

use serde::Serialize;
use serde_json::Value;
use store::{Store, Tx};

use super::safety::Safety;
use super::{Broadcast, db};
use crate::ids::{BroadcastId, WorkspaceId};
use crate::link::Track;
use crate::template::{Compiled, Values};
use crate::workspace::{Catalog, Catalogs};
use crate::{Result, delivery};

/// Every statement of this module, for the test that prepares them.
pub const STATEMENTS: &[&str] = links::STATEMENTS;

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ContentCheck)]
pub enum Check {
    /// A weekday that is written fits the date.
    Weekday,
    /// Dates that have passed.
    PastDate,
    /// 【テスト】, ダミー and other leftovers.
    Leftover,
    /// Each link answers.
    LinkAnswer,
    /// Each link leads to the shop.
    LinkDomain,
    /// Visits can be told apart in the shop's own statistics.
    Utm,
    /// The text shown where a message cannot be drawn.
    AltText,
    /// Coupons can be used when they arrive.
    Coupon,
    /// Variables have a value for everybody.
    Variables,
    /// The name of another account of this workspace.
    OtherAccount,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FindingLevel)]
pub enum Level {
    /// 問題なし.
    Ok,
    /// 参考: good to know, or still being looked at.
    Info,
    /// 注意: probably a mistake.
    Warn,
    /// 送れません.
    Stop,
}

/// What exactly was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FoundWhat)]
pub enum What {
    /// `detail`: the right weekday, one character.
    WeekdayWrong,
    /// The day has passed.
    Past,
    /// A word that belongs to trials.
    Leftover,
    /// A variable that was not filled in.
    Unfilled,
    /// Is being tried.
    LinkWaiting,
    /// No such page (404, 410).
    LinkMissing,
    /// Another refusal; `detail`: the status.
    LinkRefused,
    /// Nobody answers.
    LinkUnreachable,
    /// An address inside a private network, or without https.
    LinkPrivate,
    /// Leads elsewhere; `detail`: the host.
    ForeignDomain,
    /// The shop has named no domain of its own.
    NoOwnDomain,
    /// No utm parameters.
    NoUtm,
    /// No alternative text.
    AltMissing,
    /// LINE is being asked about the coupon.
    CouponWaiting,
    /// The coupon begins later; `detail`: when.
    CouponNotYet,
    /// The coupon will be over; `detail`: since when.
    CouponExpired,
    /// The coupon was ended.
    CouponClosed,
    /// The account has no such coupon.
    CouponUnknown,
    /// Empty for `people`; `detail` stands there instead.
    VariableInstead,
    /// Empty for `people`, to whom nothing is sent.
    VariableEmpty,
    /// The name of another account.
    OtherAccount,
    /// The messages cannot be read.
    Unreadable,
}

impl What {
    const fn level(self) -> Level {
        match self {
            Self::LinkWaiting | Self::NoOwnDomain | Self::NoUtm | Self::VariableInstead | Self::CouponWaiting => Level::Info,
            Self::WeekdayWrong
            | Self::Past
            | Self::Leftover
            | Self::LinkMissing
            | Self::LinkRefused
            | Self::LinkUnreachable
            | Self::LinkPrivate
            | Self::ForeignDomain
            | Self::CouponNotYet
            | Self::CouponExpired
            | Self::CouponClosed
            | Self::VariableEmpty
            | Self::Unfilled
            | Self::OtherAccount => Level::Warn,
            Self::AltMissing | Self::CouponUnknown | Self::Unreadable => Level::Stop,
        }
    }
}

/// One place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = FoundPlace)]
pub struct Place {
    /// What.
    pub what: What,
    /// In which bubble, from 1; 0: in none of its own.
    pub bubble: usize,
    /// As it is written.
    pub text: String,
    /// More of it, see [`What`].
    pub detail: String,
    /// How many people it is about; 0 where that means nothing.
    pub people: i64,
}

impl Place {
    fn new(what: What, bubble: usize, text: impl Into<String>) -> Self {
        Self { what, bubble, text: text.into(), detail: String::new(), people: 0 }
    }

    fn saying(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}

/// The answer to one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ContentFinding)]
pub struct Finding {
    /// Which.
    pub check: Check,
    /// The worst of its places.
    pub level: Level,
    /// Where; at most 20.
    pub places: Vec<Place>,
}

impl Finding {
    fn of(check: Check, mut places: Vec<Place>) -> Self {
        let level = places.iter().map(|place| place.what.level()).max().unwrap_or(Level::Ok);
        places.sort_by_key(|place| std::cmp::Reverse(place.what.level()));
        places.truncate(20);
        Self { check, level, places }
    }
}

/// How many people a variable is empty for, and what stands there instead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// As written, without braces.
    pub variable: String,
    /// What stands there instead; `None`: nothing is sent.
    pub instead: Option<String>,
}

/// The finding on variables, from what the preview counted.
pub fn variables<'a>(gaps: impl IntoIterator<Item = (&'a Gap, &'a i64)>) -> Finding {
    let place = |(gap, people): (&Gap, &i64)| {
        let what = if gap.instead.is_some() { What::VariableInstead } else { What::VariableEmpty };
        let place = Place::new(what, 0, gap.variable.as_str()).saying(gap.instead.clone().unwrap_or_default());
        Place { people: *people, ..place }
    };
    Finding::of(Check::Variables, gaps.into_iter().map(place).collect())
}

/// A text that a reader sees, and the bubble it stands in (from 1).
struct Said<'a> {
    bubble: usize,
    text: &'a str,
}

/// Keys of LINE's messages whose strings a person reads.
const READ: &[&str] = &["text", "altText", "label", "title", "displayText", "address"];

fn said(messages: &Value) -> Vec<Said<'_>> {
    fn walk<'a>(value: &'a Value, bubble: usize, found: &mut Vec<Said<'a>>) {
        match value {
            Value::Array(all) => all.iter().for_each(|one| walk(one, bubble, found)),
            Value::Object(fields) => {
                for (key, value) in fields {
                    match value {
                        Value::String(text) if READ.contains(&key.as_str()) => found.push(Said { bubble, text }),
                        other => walk(other, bubble, found),
                    }
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for (n, bubble) in messages.as_array().into_iter().flatten().enumerate() {
        walk(bubble, n + 1, &mut found);
    }
    found
}

/// What a broadcast says, drawn for somebody, with the shop's own addresses in it.
fn spoken(catalog: &Catalog, broadcast: &Broadcast, template: &Compiled, now: i64) -> Option<Value> {
    let channel = catalog.channels.get(&broadcast.channel_id)?;
    let (context, name) = (serde_json::Map::new(), delivery::spoken_name(channel));
    let at = now.max(broadcast.send_at);
    let values = Values::shared(name, &context, at, &catalog.zone).tracked(Track::PLAIN);
    serde_json::from_str(&template.render_shown(&values).ok()?).ok()
}

/// Looks at a broadcast's content. Links whose answer is not known, or is old, are tried by tasks; ask again for them.
///
/// # Errors
/// [`crate::Error::NotFound`]; the database's.
pub async fn check(
    store: &Store,
    catalogs: &Catalogs,
    (workspace, id): (WorkspaceId, BroadcastId),
    now: i64,
) -> Result<Vec<Finding>> {
    let catalogs = catalogs.clone();
    store.write(move |tx| findings(tx, &catalogs, (workspace, id), now)).await
}

fn findings(tx: &mut Tx<'_>, catalogs: &Catalogs, (workspace, id): (WorkspaceId, BroadcastId), now: i64) -> Result<Vec<Finding>> {
    let catalog = catalogs.get(tx, workspace)?;
    let broadcast = db::find(tx, workspace, id)?;
    let safety = Safety::load(tx, workspace)?;
    let newest = catalog.templates.get(&broadcast.template_id).copied().unwrap_or(broadcast.template_version_id);
    let compiled = catalogs.compiled(tx, &catalog, &[newest])?;
    let drawn = compiled.get(&newest).and_then(|template| Some((template, spoken(&catalog, &broadcast, template, now)?)));
    let Some((template, messages)) = drawn else {
        return Ok(vec![Finding::of(Check::Leftover, vec![Place::new(What::Unreadable, 0, "")])]);
    };
    let texts = said(&messages);
    let sent_on = dates::day(now.max(broadcast.send_at), &catalog.zone);
    let mut found = vec![
        Finding::of(Check::Weekday, dates::weekdays(&texts, sent_on)),
        Finding::of(Check::PastDate, dates::passed(&texts, sent_on)),
        Finding::of(Check::Leftover, words::leftovers(&texts)),
    ];
    let addresses: Vec<&str> = template.addresses().collect();
    if !addresses.is_empty() {
        let answers = links::answers(tx, workspace, &addresses, now)?;
        found.push(Finding::of(Check::LinkAnswer, links::unanswered(&addresses, &answers)));
        found.push(Finding::of(Check::LinkDomain, links::elsewhere(&addresses, &safety)));
        found.push(Finding::of(Check::Utm, links::without_utm(&addresses, broadcast.link_mode, &catalog.utm)));
    }
    if let Some(missing) = words::alt_texts(&messages) {
        found.push(Finding::of(Check::AltText, missing));
    }
    found.extend(of_coupons(tx, &catalog, &broadcast, &messages, now)?);
    found.extend(of_accounts(&catalog, &broadcast, &texts));
    Ok(found)
}

/// Whether the coupons it carries can be used when it arrives; `None` without any.
fn of_coupons(tx: &mut Tx<'_>, catalog: &Catalog, broadcast: &Broadcast, messages: &Value, now: i64) -> Result<Option<Finding>> {
    let carried = coupons::carried(messages);
    if carried.is_empty() {
        return Ok(None);
    }
    let mut ids: Vec<String> = carried.iter().map(|(_, id)| id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    let known = crate::coupon::known(tx, (catalog.workspace, broadcast.channel_id), &ids, now)?;
    let unfit = coupons::unfit(&carried, &known, now.max(broadcast.send_at), &catalog.zone);
    Ok(Some(Finding::of(Check::Coupon, unfit)))
}

/// Whether another account of the workspace is named; `None` where there is no other.
fn of_accounts(catalog: &Catalog, broadcast: &Broadcast, texts: &[Said<'_>]) -> Option<Finding> {
    let own = catalog.channels.get(&broadcast.channel_id);
    let names = |channel: &crate::workspace::Channel| [Some(channel.name.clone()), channel.display_name.clone()];
    let own: Vec<String> = own.into_iter().flat_map(|channel| names(channel)).flatten().collect();
    let others: Vec<String> = catalog
        .channels
        .values()
        .filter(|channel| channel.id != broadcast.channel_id)
        .flat_map(|channel| names(channel))
        .flatten()
        .collect();
    (!others.is_empty()).then(|| Finding::of(Check::OtherAccount, words::other_accounts(texts, &own, &others)))
}
