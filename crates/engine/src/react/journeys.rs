//! Journeys inside a reaction: who is taken in, which walks go on, and how their effects become deliveries and actions.

use std::sync::Arc;

use super::decide::{Errand, Link, STEP_LIFE_MS, Work};
use super::{Outcome, Scene};
use crate::contact::import::Start;
use crate::contact::{Contact, EnrollmentState};
use crate::delivery::{Cause, CauseKind, Lane};
use crate::event::{Event, EventKind, Payload, Source};
use crate::ids::{ChannelId, EnrollmentId, JourneyId};
use crate::journey::figures::{Came, day_number};
use crate::journey::{self, Decision, Effect, Effects, Graph, Happening, JourneyState};
use crate::segment::Context;

/// A stopped journey's walks are looked at again after this.
const STAND_STILL_MS: i64 = 3_600_000;

/// One link of the chain, as journeys see it: active walks first, then triggers.
pub(super) fn on_happening(work: &mut Work<'_>, contact: &mut Contact, link: &Link) {
    let event = work.event;
    let happening = match link {
        Link::TagAdded(tag) => Some(Happening::Tag(*tag)),
        Link::Event => event.and_then(Happening::of),
    };
    let Some(happening) = happening else { return };
    // Follows, blocks, messages and taps count on the journey's own account; tags and shop events everywhere.
    let bound = match happening {
        Happening::Tag(_) | Happening::Event { .. } | Happening::Changed | Happening::Click(_) => None,
        _ => event.and_then(|event| event.channel),
    };
    go_on(work, contact, &happening, bound);
    start(work, contact, cause(event, &happening), bound);
}

fn go_on(work: &mut Work<'_>, contact: &mut Contact, happening: &Happening<'_>, bound: Option<ChannelId>) {
    let active: Vec<EnrollmentId> =
        contact.enrollments.iter().filter(|walk| walk.state == EnrollmentState::Active).map(|walk| walk.id).collect();
    for walk in active {
        let Some((graph, channel)) = ground(work.scene, contact, walk) else { continue };
        if bound.is_none_or(|bound| bound == channel) {
            journey::on_happening(&graph, contact, walk, happening, &context(work.scene), &mut Walking { work, channel });
        }
    }
}

fn cause<'a>(event: Option<&Event>, happening: &'a Happening<'a>) -> journey::Cause<'a> {
    match event {
        Some(Event { payload: Payload { kind: EventKind::Imported { start, .. }, .. }, .. })
            if start.contains(&Start::Journeys) =>
        {
            journey::Cause::Told(happening)
        }
        event => journey::Cause::Trigger(happening, event.map_or(Source::Task, |event| event.source)),
    }
}

fn start(work: &mut Work<'_>, contact: &mut Contact, cause: journey::Cause<'_>, bound: Option<ChannelId>) {
    let catalog = work.scene.catalog;
    for journey in catalog.journeys.values() {
        if journey.state == JourneyState::Published && bound.is_none_or(|bound| bound == journey.channel) {
            enroll(work, contact, journey.id, cause);
        }
    }
}

/// Takes the contact in, if the journey will have them, and walks to the first wait.
pub(super) fn enroll(work: &mut Work<'_>, contact: &mut Contact, id: JourneyId, cause: journey::Cause<'_>) {
    let scene = work.scene;
    let Some(journey) = scene.catalog.journeys.get(&id) else { return };
    let Some((version, graph)) = journey.version.and_then(|version| Some((version, scene.catalog.graphs.get(&version)?.clone())))
    else {
        return;
    };
    let context = context(scene);
    if let Decision::Start { walk, instead_of } = journey::enroll(journey, version, &graph, contact, cause, &context) {
        let mut walking = Walking { work, channel: journey.channel };
        let walk = journey::take_in(contact, walk, instead_of, &mut walking);
        journey::advance(&graph, contact, walk, &context, &mut walking);
    }
}

/// Takes the contact out.
pub(super) fn stop(work: &mut Work<'_>, contact: &mut Contact, id: JourneyId, reason: &'static str) {
    let active: Vec<EnrollmentId> = contact
        .enrollments
        .iter()
        .filter(|walk| walk.journey == id && walk.state == EnrollmentState::Active)
        .map(|walk| walk.id)
        .collect();
    let channel = work.scene.catalog.journeys.get(&id).map_or(ChannelId::nil(), |journey| journey.channel);
    for walk in active {
        journey::stop(contact, walk, reason, &mut Walking { work, channel });
    }
}

/// A walk's time has come.
pub(super) fn wake(scene: &Scene<'_>, contact: &mut Contact, walk: EnrollmentId, out: &mut Outcome) {
    let due = contact.enrollments.iter().find(|standing| standing.id == walk).and_then(|standing| standing.due_at);
    let mut work = Work::new(scene, None, (due.unwrap_or(scene.now), walk.0), out);
    match ground(scene, contact, walk) {
        Some((graph, channel)) => {
            journey::advance(&graph, contact, walk, &context(scene), &mut Walking { work: &mut work, channel });
            while let Some(link) = work.happenings.pop_front() {
                on_happening(&mut work, contact, &link);
            }
        }
        None => {
            // Stopped: the walk stands still, and must not come up again at once.
            if let Some(standing) = contact.enrollments.iter_mut().find(|standing| standing.id == walk) {
                standing.due_at = Some(scene.now + STAND_STILL_MS);
            }
        }
    }
}

/// The graph a walk goes on and the account it speaks from; `None` while its journey is stopped.
fn ground(scene: &Scene<'_>, contact: &Contact, walk: EnrollmentId) -> Option<(Arc<Graph>, ChannelId)> {
    let standing = contact.enrollments.iter().find(|standing| standing.id == walk)?;
    let journey = scene.catalog.journeys.get(&standing.journey)?;
    if journey.state == JourneyState::Stopped {
        return None;
    }
    Some((scene.catalog.graphs.get(&standing.version)?.clone(), journey.channel))
}

fn context<'a>(scene: &'a Scene<'a>) -> Context<'a> {
    Context { now: scene.now, zone: &scene.catalog.zone, words: scene.catalog, event: None }
}

/// Turns a walk's effects into deliveries and actions as they come.
struct Walking<'w, 'a> {
    work: &'w mut Work<'a>,
    channel: ChannelId,
}

impl Effects for Walking<'_, '_> {
    fn came(&mut self, contact: &Contact, walk: EnrollmentId) {
        let Some(standing) = contact.enrollments.iter().find(|standing| standing.id == walk) else { return };
        let context = context(self.work.scene);
        self.work.out.steps.push(Came {
            workspace: contact.workspace,
            journey: standing.journey,
            day: day_number(context.today()),
            version: standing.version,
            node: standing.node.clone(),
        });
    }

    fn take(&mut self, contact: &mut Contact, effect: Effect) {
        let now = self.work.scene.now;
        match effect {
            Effect::Say { walk, node, template, lane } => {
                let Some((journey, data)) = of(contact, walk) else { return };
                if let Some(version) = self.work.scene.catalog.templates.get(&template) {
                    let cause = Cause { kind: CauseKind::Journey, id: journey.0, node };
                    let errand = Errand { channel: self.channel, lane, cause, not_after: now + STEP_LIFE_MS, context: data };
                    self.work.say_template(contact, *version, lane, &errand);
                }
            }
            Effect::Run { walk, node, actions } => {
                let Some((journey, data)) = of(contact, walk) else { return };
                let cause = Cause { kind: CauseKind::Journey, id: journey.0, node };
                let not_after = now + STEP_LIFE_MS;
                let errand = Errand { channel: self.channel, lane: Lane::Marketing, cause, not_after, context: data };
                self.work.run(contact, &actions, &errand);
            }
            Effect::Wait { .. } => {}
            Effect::Ended { walk, .. } => {
                if let Some((journey, _)) = of(contact, walk) {
                    self.work.out.changes.push((contact.workspace, "journey", journey.0));
                }
            }
        }
    }
}

fn of(contact: &Contact, walk: EnrollmentId) -> Option<(JourneyId, serde_json::Map<String, serde_json::Value>)> {
    contact.enrollments.iter().find(|standing| standing.id == walk).map(|standing| (standing.journey, standing.context.clone()))
}
