//! Walking: from node to node until the walk waits or ends.

use super::wait::Due;
use super::{Goal, Graph, Instead, Node, Step};
use crate::action::Action;
use crate::contact::{Contact, Enrollment, EnrollmentState};
use crate::delivery::Lane;
use crate::ids::{EnrollmentId, TemplateId};
use crate::segment::{Context, evaluate};

/// Nodes one call passes at most; a published graph never needs more, see [`super::validate`].
pub const MAX_NODES_PER_CALL: usize = 100;
/// Nodes one walk passes at most in its whole life.
pub const MAX_STEPS: i64 = 10_000;

/// What a walk wants done, in the order it wants it.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Say a template.
    Say {
        /// The walk.
        walk: EnrollmentId,
        /// The node that says it.
        node: String,
        /// What.
        template: TemplateId,
        /// 種別.
        lane: Lane,
    },
    /// Run actions.
    Run {
        /// The walk.
        walk: EnrollmentId,
        /// The node that runs them.
        node: String,
        /// In order.
        actions: Vec<Action>,
    },
    /// The walk stands now on this node.
    Wait {
        /// The walk.
        walk: EnrollmentId,
        /// The node it waits on.
        node: String,
        /// Until when, Unix ms; `None`: until an event comes.
        due_at: Option<i64>,
    },
    /// The walk is over.
    Ended {
        /// The walk.
        walk: EnrollmentId,
        /// How.
        state: EnrollmentState,
        /// Why, a stable word.
        reason: &'static str,
    },
}

/// Takes effects as they come, so that a tag set by one node is seen by the branch after it. It may change the contact, also
/// the walk itself (an action that stops it): the walk looks at its own state before every step. `Vec<Effect>` only collects.
pub trait Effects {
    /// Takes the next effect.
    fn take(&mut self, contact: &mut Contact, effect: Effect);
    /// The walk came to the node it now stands on.
    fn came(&mut self, _contact: &Contact, _walk: EnrollmentId) {}
}

impl Effects for Vec<Effect> {
    fn take(&mut self, _: &mut Contact, effect: Effect) {
        self.push(effect);
    }
}

pub(super) fn active(contact: &Contact, walk: EnrollmentId) -> Option<&Enrollment> {
    contact.enrollments.iter().find(|e| e.id == walk && e.state == EnrollmentState::Active)
}

pub(super) fn active_mut(contact: &mut Contact, walk: EnrollmentId) -> Option<&mut Enrollment> {
    contact.enrollments.iter_mut().find(|e| e.id == walk && e.state == EnrollmentState::Active)
}

/// Goes on with a walk whose time has come: from its beginning (`node` is '') or from the wait it stands on.
/// Does nothing before its time, without a time, or when the walk has ended.
pub fn advance(graph: &Graph, contact: &mut Contact, walk: EnrollmentId, context: &Context<'_>, effects: &mut dyn Effects) {
    let Some(standing) = active(contact, walk) else { return };
    if standing.due_at.is_none_or(|due| due > context.now) {
        return;
    }
    if standing.node.is_empty() {
        return walk_from(graph, contact, walk, graph.nodes.first(), context, effects);
    }
    let Some(node) = graph.node(&standing.node) else {
        return end(contact, walk, EnrollmentState::Failed, "unknown_node", effects);
    };
    walk_from(graph, contact, walk, graph.when_due(node), context, effects);
}

/// Ends a walk from outside: taken out by staff, by API or by an action.
pub fn stop(contact: &mut Contact, walk: EnrollmentId, reason: &'static str, effects: &mut dyn Effects) {
    end(contact, walk, EnrollmentState::Exited, reason, effects);
}

pub(super) fn end(
    contact: &mut Contact,
    walk: EnrollmentId,
    state: EnrollmentState,
    reason: &'static str,
    effects: &mut dyn Effects,
) {
    if let Some(standing) = active_mut(contact, walk) {
        standing.state = state;
        standing.due_at = None;
        standing.reason = Some(reason.to_owned());
        effects.take(contact, Effect::Ended { walk, state, reason });
    }
}

pub(super) fn goal_reached(graph: &Graph, contact: &Contact, walk: EnrollmentId, context: &Context<'_>) -> bool {
    match (&graph.goal, active(contact, walk)) {
        (Some(Goal::When(condition)), Some(standing)) => holds(condition, contact, standing, context),
        _ => false,
    }
}

fn holds(condition: &crate::segment::Condition, contact: &Contact, standing: &Enrollment, context: &Context<'_>) -> bool {
    evaluate(condition, contact, &Context { event: Some(&standing.context), ..*context })
}

/// Where one node leads.
enum Flow<'a> {
    /// To this node (`None`: the end).
    To(Option<&'a Node>),
    /// The walk waits or has ended.
    Stays,
}

/// Walks from `node` until the walk waits or ends.
pub(super) fn walk_from<'a>(
    graph: &'a Graph,
    contact: &mut Contact,
    walk: EnrollmentId,
    mut node: Option<&'a Node>,
    context: &Context<'_>,
    effects: &mut dyn Effects,
) {
    for _ in 0..MAX_NODES_PER_CALL {
        if goal_reached(graph, contact, walk, context) {
            return end(contact, walk, EnrollmentState::Goal, "goal", effects);
        }
        // An action may have ended the walk.
        let Some(standing) = active_mut(contact, walk) else { return };
        let Some(here) = node else { return end(contact, walk, EnrollmentState::Done, "done", effects) };
        if standing.steps >= MAX_STEPS {
            return end(contact, walk, EnrollmentState::Failed, "too_many_steps", effects);
        }
        standing.steps += 1;
        standing.node.clone_from(&here.id);
        standing.due_at = None;
        effects.came(contact, walk);
        match pass(graph, contact, walk, here, context, effects) {
            Flow::To(next) => node = next,
            Flow::Stays => return,
        }
    }
    end(contact, walk, EnrollmentState::Failed, "too_many_nodes", effects);
}

fn pass<'a>(
    graph: &'a Graph,
    contact: &mut Contact,
    walk: EnrollmentId,
    here: &'a Node,
    context: &Context<'_>,
    effects: &mut dyn Effects,
) -> Flow<'a> {
    let asked =
        |contact: &Contact, condition| active(contact, walk).is_some_and(|standing| holds(condition, contact, standing, context));
    match &here.step {
        Step::Message { template, lane } => {
            effects.take(contact, Effect::Say { walk, node: here.id.clone(), template: *template, lane: *lane });
            Flow::To(graph.after(here))
        }
        Step::Actions { actions } => {
            effects.take(contact, Effect::Run { walk, node: here.id.clone(), actions: actions.clone() });
            Flow::To(graph.after(here))
        }
        Step::Branch { condition, yes, no } => {
            let named = if asked(contact, condition) { yes } else { no };
            Flow::To(graph.way(here, named.as_deref()))
        }
        Step::Choose { cases } => {
            let case = cases.iter().find(|case| asked(contact, &case.condition));
            Flow::To(graph.way(here, case.map(|case| case.next.as_str())))
        }
        Step::Goal {} => {
            end(contact, walk, EnrollmentState::Goal, "goal", effects);
            Flow::Stays
        }
        Step::Exit {} => {
            end(contact, walk, EnrollmentState::Exited, "exit", effects);
            Flow::Stays
        }
        Step::Wait { until } => {
            let due_at = match until.due(contact, context) {
                Due::At(due) => Some(due),
                Due::Open => None,
                Due::Now | Due::Instead(Instead::Go, _) => return Flow::To(graph.after(here)),
                Due::Instead(Instead::Skip, _) => return Flow::To(graph.wait_after(here)),
                Due::Instead(Instead::End, reason) => {
                    end(contact, walk, EnrollmentState::Exited, reason, effects);
                    return Flow::Stays;
                }
            };
            if let Some(standing) = active_mut(contact, walk) {
                standing.due_at = due_at;
            }
            effects.take(contact, Effect::Wait { walk, node: here.id.clone(), due_at });
            Flow::Stays
        }
    }
}
