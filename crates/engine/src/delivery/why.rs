//! Why somebody got something, or did not, and the button that mends it.

use std::collections::HashMap;

use serde::Serialize;
use store::{Tx, params};
use uuid::Uuid;

use super::exclusion::{Excluded, add_excluded, each};
use super::guard::{Road, Subject, Verdict, Wish, judge};
use super::view::{DeliveryView, Filter, ledger_of_contact, outbox};
use super::{CauseKind, DeliveryState, Lane, Reason, db};
use crate::broadcast::fate::may_try_again;
use crate::broadcast::{Method, State};
use crate::contact::FriendState;
use crate::ids::{ChannelId, ContactId, RuleId, TemplateId, WorkspaceId};
use crate::workspace::Catalog;
use crate::{Error, Result};

/// Deliveries told of one contact.
const MOST: usize = 200;

const NEWEST: &str = "SELECT id FROM deliveries WHERE workspace_id = $1 AND contact_id = $2 ORDER BY id DESC LIMIT 200";
const TEMPLATES: &str = "SELECT d.id, t.id, t.name FROM deliveries d
    JOIN template_versions v ON v.workspace_id = d.workspace_id AND v.id = d.template_version_id
    JOIN templates t ON t.workspace_id = v.workspace_id AND t.id = v.template_id
    WHERE d.workspace_id = $1 AND d.id = ANY($2)";

const CASTS: &str = "SELECT b.id, b.name, b.method, b.state, t.id, t.name FROM broadcasts b
    JOIN templates t ON t.workspace_id = b.workspace_id AND t.id = b.template_id
    WHERE b.workspace_id = $1 AND b.id = ANY($2)";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[NEWEST, TEMPLATES, CASTS];

/// A broadcast, as far as its deliveries ask.
struct Cast {
    name: String,
    method: Method,
    state: State,
    said: Said,
}

/// Why somebody got something, or did not, and what would happen now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Why {
    /// Newest first, at most 200.
    pub deliveries: Vec<Told>,
    /// Per account: what the guard would say at this moment.
    pub now: Vec<Standing>,
}

/// A delivery with its reason in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Told {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: DeliveryView,
    /// What sent it, as staff named it: the broadcast, the シナリオ, the 自動応答 while it is on.
    pub cause_name: Option<String>,
    /// What was said, if it was a template.
    pub template: Option<Said>,
    /// One sentence for staff, when it was refused or failed.
    pub because: Option<&'static str>,
    /// What staff can do about it, the likeliest first.
    pub mends: Vec<Mend>,
}

/// The template of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Said {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: TemplateId,
    /// Its name.
    pub name: String,
}

/// What staff can do about a message that did not come. Each leads to a way that stands already; none of them sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mend {
    /// Note that the customer wants to hear from the shop.
    Consent,
    /// Take the contact out of the staff.
    Staff,
    /// Clear the 対応マーク.
    Mark,
    /// Look at 配信ルール.
    Policy,
    /// Look at the account: messages left, 非常停止.
    Channel,
    /// Fill in what is known of this friend.
    Fields,
    /// Change the template.
    Template,
    /// The broadcast's second try, to all whom it has not reached.
    Resend,
    /// Let the broadcast go on.
    Resume,
    /// Say it in the talk, where it counts as chat.
    Talk,
    /// Ask in the talk whether it came: nobody knows.
    Ask,
}

/// What would hold a delivery that waits, and whether its broadcast has a second try.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Around {
    /// 非常停止.
    stopped: bool,
    /// Its broadcast waits for staff.
    paused: bool,
    /// Its broadcast is over, and its ledger knows who has it not.
    resends: bool,
}

/// What mends this delivery.
fn mends(cause: CauseKind, state: DeliveryState, reason: Option<Reason>, around: Around) -> Vec<Mend> {
    // A message of somebody's own can be said in the talk; a broadcast has its second try, a trial needs none.
    let again: &[Mend] = match cause {
        CauseKind::Broadcast if around.resends && reason.is_none_or(may_try_again) => &[Mend::Resend],
        CauseKind::Broadcast | CauseKind::Test => &[],
        _ => &[Mend::Talk],
    };
    let then = |first: &[Mend]| [first, again].concat();
    match (state, reason) {
        (DeliveryState::Accepted | DeliveryState::Sending, _) => Vec::new(),
        (DeliveryState::Queued, _) if around.stopped => vec![Mend::Channel],
        (DeliveryState::Queued, _) if around.paused => vec![Mend::Resume],
        (DeliveryState::Queued, _) => Vec::new(),
        (DeliveryState::Unknown, _) => vec![Mend::Ask],
        (_, None) => then(&[]),
        (_, Some(reason)) => match reason {
            Reason::NotFriend | Reason::Blocked | Reason::Deleted | Reason::Erased | Reason::Holdout => Vec::new(),
            Reason::NoConsent => vec![Mend::Consent],
            Reason::ExcludedStaff => vec![Mend::Staff],
            Reason::ExcludedComplaint => vec![Mend::Mark],
            Reason::Cap | Reason::ExcludedWaiting | Reason::ExcludedBought | Reason::ExcludedGroup => then(&[Mend::Policy]),
            Reason::Quota => then(&[Mend::Channel]),
            Reason::MissingVariable => then(&[Mend::Fields, Mend::Template]),
            Reason::Invalid if cause == CauseKind::Broadcast => then(&[Mend::Template]),
            Reason::Invalid => vec![Mend::Template],
            Reason::Cancelled | Reason::Standby if cause == CauseKind::Broadcast => then(&[]),
            Reason::Cancelled | Reason::Standby => Vec::new(),
            Reason::Expired | Reason::LineRefused | Reason::ReplyToken => then(&[]),
        },
    }
}

/// What the guard would say now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Standing {
    /// The account.
    #[schema(value_type = Uuid)]
    pub channel_id: ChannelId,
    /// 友だち状態; `None` without any tie.
    pub friend: Option<FriendState>,
    /// 種別.
    pub lane: Lane,
    /// Why not, if not.
    pub refused: Option<Reason>,
    /// The same in one sentence, with the name of the condition where it is one.
    pub because: Option<String>,
    /// Waits until, Unix ms.
    pub later: Option<i64>,
}

/// Explains.
///
/// # Errors
/// [`Error::NotFound`] for an unknown contact.
pub fn why(tx: &mut Tx<'_>, catalog: &Catalog, contact: ContactId, now: i64) -> Result<Why> {
    let workspace = catalog.workspace;
    let mut all = outbox_newest(tx, workspace, contact)?;
    all.extend(ledger_of_contact(tx, workspace, contact, None)?.into_iter().map(|(_, view)| view));
    all.sort_by_key(|view| std::cmp::Reverse((view.done_at.or(view.fixed_at).unwrap_or(view.due_at), view.id)));
    all.truncate(MOST);
    Ok(Why { deliveries: told(tx, catalog, all)?, now: standings(tx, catalog, contact, now)? })
}

fn told(tx: &mut Tx<'_>, catalog: &Catalog, all: Vec<DeliveryView>) -> Result<Vec<Told>> {
    let workspace = catalog.workspace;
    let ids: Vec<Uuid> = all.iter().map(|view| view.id).collect();
    let said = tx.query(TEMPLATES, &params![workspace, &ids], |row| {
        Ok((row.get::<Uuid>(0)?, Said { id: row.get(1)?, name: row.get(2)? }))
    })?;
    let mut said: HashMap<Uuid, Said> = said.into_iter().collect();
    let casts: Vec<Uuid> = all.iter().filter(|view| view.cause == CauseKind::Broadcast).map(|view| view.cause_id).collect();
    let casts = tx.query(CASTS, &params![workspace, &casts], |row| {
        let said = Said { id: row.get(4)?, name: row.get(5)? };
        Ok((row.get::<Uuid>(0)?, Cast { name: row.get(1)?, method: row.get(2)?, state: row.get(3)?, said }))
    })?;
    let casts: HashMap<Uuid, Cast> = casts.into_iter().collect();
    let tell = |delivery: DeliveryView| {
        let broadcast = casts.get(&delivery.cause_id);
        let around = Around {
            stopped: catalog.channels.get(&delivery.channel_id).is_some_and(|channel| channel.stopped_at.is_some()),
            paused: broadcast.is_some_and(|one| one.state == State::Paused),
            resends: broadcast
                .is_some_and(|one| one.method == Method::Ledger && matches!(one.state, State::Done | State::Cancelled)),
        };
        Told {
            cause_name: broadcast.map(|one| one.name.clone()).or_else(|| catalog_name(catalog, &delivery)),
            template: said.remove(&delivery.id).or_else(|| broadcast.map(|one| one.said.clone())),
            because: delivery.reason.map(Reason::sentence),
            mends: mends(delivery.cause, delivery.state, delivery.reason, around),
            delivery,
        }
    };
    Ok(all.into_iter().map(tell).collect())
}

fn catalog_name(catalog: &Catalog, delivery: &DeliveryView) -> Option<String> {
    match delivery.cause {
        CauseKind::Journey => {
            catalog.journeys.iter().find(|(id, _)| id.0 == delivery.cause_id).map(|(_, journey)| journey.name.clone())
        }
        CauseKind::Rule => catalog.rules.name(RuleId(delivery.cause_id)).map(str::to_owned),
        _ => None,
    }
}

fn standings(tx: &mut Tx<'_>, catalog: &Catalog, contact: ContactId, now: i64) -> Result<Vec<Standing>> {
    let mut standings = Vec::new();
    for channel in catalog.channels.keys() {
        let mut people = db::people(tx, catalog.workspace, *channel, &[contact.0])?;
        if people.is_empty() {
            return Err(Error::NotFound);
        }
        db::add_sends(tx, catalog.workspace, catalog.policy.cap_window(now, &catalog.zone), &mut people)?;
        add_excluded(tx, catalog, each(&mut people), now)?;
        let subject = people.get(&contact).map(|person| &person.subject);
        for lane in Lane::ALL {
            let wish = Wish { lane: *lane, not_after: i64::MAX, road: Road::Push };
            let (refused, later) = match judge(&catalog.policy, wish, subject, now, &catalog.zone) {
                Verdict::Go => (None, None),
                Verdict::Later(at) => (None, Some(at)),
                Verdict::Refuse(reason) => (Some(reason), None),
            };
            let friend = subject.and_then(|subject| subject.friend.as_ref()).map(|friend| friend.state);
            standings.push(Standing {
                channel_id: *channel,
                friend,
                lane: *lane,
                refused,
                because: refused.map(|reason| standing_sentence(catalog, reason, subject)),
                later,
            });
        }
    }
    Ok(standings)
}

fn outbox_newest(tx: &mut Tx<'_>, workspace: WorkspaceId, contact: ContactId) -> Result<Vec<DeliveryView>> {
    let filter = Filter { contact: Some(contact), ..Filter::default() };
    let ids = tx.query(NEWEST, &params![workspace, contact], |row| row.get::<Uuid>(0))?;
    let Some(oldest) = ids.last() else { return Ok(Vec::new()) };
    let behind = Uuid::from_u128(oldest.as_u128().saturating_sub(1));
    outbox(tx, workspace, &filter, Some(&[contact]), behind, 200)
}

fn standing_sentence(catalog: &Catalog, reason: Reason, subject: Option<&Subject>) -> String {
    let group = match subject.and_then(|subject| subject.excluded) {
        Some(Excluded::Group(n)) if reason == Reason::ExcludedGroup => catalog.policy.exclusions.groups.get(n),
        _ => None,
    };
    match group {
        Some(group) => format!("除外の条件「{}」に当てはまるため、販促を控えています。", group.name),
        None => reason.sentence().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_delivery_that_did_not_come_has_its_way_or_none() {
        use CauseKind::{Broadcast, Chat, Journey, Rule, Test};
        use DeliveryState::{Accepted, Failed, Queued, Refused, Unknown};
        let (plain, over) = (Around::default(), Around { resends: true, ..Around::default() });
        let (paused, stopped) = (Around { paused: true, ..plain }, Around { stopped: true, paused: true, ..plain });
        for (cause, state, reason, around, expected) in [
            (Journey, Accepted, None, plain, vec![]),
            (Journey, Refused, Some(Reason::Blocked), plain, vec![]),
            (Broadcast, Refused, Some(Reason::Blocked), over, vec![]),
            (Journey, Refused, Some(Reason::Cap), plain, vec![Mend::Policy, Mend::Talk]),
            (Broadcast, Refused, Some(Reason::Cap), over, vec![Mend::Policy, Mend::Resend]),
            (Broadcast, Refused, Some(Reason::Quota), plain, vec![Mend::Channel]),
            (Rule, Refused, Some(Reason::MissingVariable), plain, vec![Mend::Fields, Mend::Template, Mend::Talk]),
            (Broadcast, Failed, None, over, vec![Mend::Resend]),
            (Journey, Failed, Some(Reason::LineRefused), plain, vec![Mend::Talk]),
            (Chat, Refused, Some(Reason::Expired), plain, vec![Mend::Talk]),
            (Broadcast, Unknown, None, over, vec![Mend::Ask]),
            (Broadcast, Queued, None, paused, vec![Mend::Resume]),
            (Broadcast, Queued, None, stopped, vec![Mend::Channel]),
            (Journey, Queued, None, plain, vec![]),
            (Journey, Refused, Some(Reason::Cancelled), plain, vec![]),
            (Test, Failed, None, plain, vec![]),
        ] {
            assert_eq!(mends(cause, state, reason, around), expected, "{cause:?} {state:?} {reason:?} {around:?}");
        }
    }

    #[test]
    fn a_second_try_is_offered_to_those_it_is_for() {
        let over = Around { resends: true, ..Around::default() };
        for reason in Reason::ALL {
            let offered = mends(CauseKind::Broadcast, DeliveryState::Refused, Some(*reason), over).contains(&Mend::Resend);
            assert_eq!(offered, may_try_again(*reason), "{reason:?}");
        }
    }
}
