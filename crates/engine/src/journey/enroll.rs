//! Who is taken into a journey.

use std::cmp::Reverse;

use serde::Serialize;
use serde_json::{Map, Value};

use super::happening::{Happening, key_of};
use super::{Graph, Journey, JourneyState, Reentry};
use crate::contact::{Contact, Enrollment, EnrollmentState};
use crate::event::Source;
use crate::ids::{EnrollmentId, JourneyVersionId};
use crate::segment::{Context, evaluate};

/// What asks for the walk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cause<'a> {
    /// The trigger: something happened, known from this source.
    Trigger(&'a Happening<'a>, Source),
    /// The trigger: something that an import brought, which was told to start journeys.
    Told(&'a Happening<'a>),
    /// Staff or API, with the walk's key ('' for none).
    Hand(&'a str),
    /// An action of a rule or of another journey, with the data at hand.
    Action(&'a Map<String, Value>),
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Push this walk to the contact's and advance it; the walk in `instead_of` is left first.
    Start {
        /// The new walk: active, due at once, on no node yet.
        walk: Enrollment,
        /// A walk under way that a new one replaces.
        instead_of: Option<EnrollmentId>,
    },
    /// Not this time.
    Refused(Refusal),
}

/// Why somebody is not taken in. A closed list with a sentence each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The journey takes nobody in now.
    NotPublished,
    /// The trigger does not fit.
    OtherTrigger,
    /// Imports and links never start a journey unless told to (promise 8).
    Quiet,
    /// The contact is not among those it is for.
    NotForThem,
    /// Walked it before.
    Before,
    /// Is walking it.
    Walking,
    /// The data has no key to tell the walks apart.
    NoKey,
}

impl Refusal {
    /// For staff.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotPublished => "シナリオが公開されていません。",
            Self::OtherTrigger => "きっかけに当てはまりません。",
            Self::Quiet => "インポートや計測リンクでは、指定しないかぎりシナリオは始まりません。",
            Self::NotForThem => "対象の条件に当てはまりません。",
            Self::Before => "以前にこのシナリオに入ったことがあります。",
            Self::Walking => "このシナリオを進んでいる途中です。",
            Self::NoKey => "イベントのデータに、区別のための項目がありません。",
        }
    }
}

/// Whether a walk begins. `graph` is the one of `journey.version`. `only` binds the trigger alone: staff may put in whom
/// they like. Re-entry binds everybody.
pub fn enroll(
    journey: &Journey,
    version: JourneyVersionId,
    graph: &Graph,
    contact: &Contact,
    cause: Cause<'_>,
    context: &Context<'_>,
) -> Decision {
    match judge(journey, graph, contact, cause, context) {
        Err(refusal) => Decision::Refused(refusal),
        Ok((key, instead_of)) => {
            let data = match cause {
                Cause::Trigger(happening, _) | Cause::Told(happening) => happening.data().cloned().unwrap_or_default(),
                Cause::Hand(_) => Map::new(),
                Cause::Action(data) => data.clone(),
            };
            Decision::Start { walk: new_walk(journey, version, key, data, context.now), instead_of }
        }
    }
}

/// Takes a contact in: leaves the walk that is replaced, adds the new one. The caller then advances it.
pub fn take_in(
    contact: &mut Contact,
    walk: Enrollment,
    instead_of: Option<EnrollmentId>,
    effects: &mut dyn super::Effects,
) -> EnrollmentId {
    if let Some(old) = instead_of {
        super::stop(contact, old, "restarted", effects);
    }
    let id = walk.id;
    contact.enrollments.push(walk);
    id
}

pub(super) fn new_walk(
    journey: &Journey,
    version: JourneyVersionId,
    key: String,
    context: Map<String, Value>,
    now: i64,
) -> Enrollment {
    Enrollment {
        id: EnrollmentId::new(now),
        journey: journey.id,
        version,
        key,
        state: EnrollmentState::Active,
        node: String::new(),
        due_at: Some(now),
        steps: 0,
        context,
        reason: None,
        entered_at: now,
    }
}

fn judge(
    journey: &Journey,
    graph: &Graph,
    contact: &Contact,
    cause: Cause<'_>,
    context: &Context<'_>,
) -> Result<(String, Option<EnrollmentId>), Refusal> {
    if journey.state != JourneyState::Published {
        return Err(Refusal::NotPublished);
    }
    if let Cause::Trigger(happening, _) | Cause::Told(happening) = cause {
        if !graph.trigger.fits(happening, None, contact, context) {
            return Err(Refusal::OtherTrigger);
        }
        let quiet = matches!(cause, Cause::Trigger(_, Source::Import | Source::Link));
        if quiet && !matches!(happening, Happening::Click(_)) {
            return Err(Refusal::Quiet);
        }
        let here = Context { event: happening.data(), ..*context };
        if graph.only.as_ref().is_some_and(|only| !evaluate(only, contact, &here)) {
            return Err(Refusal::NotForThem);
        }
    }
    let key = match (&graph.reentry, cause) {
        (_, Cause::Hand(key)) => key.to_owned(),
        (Reentry::Keyed(field), Cause::Trigger(happening, _) | Cause::Told(happening)) => {
            happening.data().and_then(|data| key_of(data, field)).ok_or(Refusal::NoKey)?
        }
        (Reentry::Keyed(field), Cause::Action(data)) => key_of(data, field).ok_or(Refusal::NoKey)?,
        _ => String::new(),
    };
    let mut walks: Vec<&Enrollment> = contact.enrollments.iter().filter(|e| e.journey == journey.id && e.key == key).collect();
    walks.sort_by_key(|e| Reverse(e.id));
    let active = walks.iter().find(|e| e.state == EnrollmentState::Active);
    match (&graph.reentry, active) {
        (Reentry::Always, active) => Ok((key, active.map(|e| e.id))),
        (_, Some(_)) => Err(Refusal::Walking),
        (Reentry::AfterEnd, None) => Ok((key, None)),
        (Reentry::Never | Reentry::Keyed(_), None) if walks.is_empty() => Ok((key, None)),
        (Reentry::Never | Reentry::Keyed(_), None) => Err(Refusal::Before),
    }
}
