//! What a journey would say to one contact, and when, if nothing else happened.

use serde::Serialize;

use super::decide::{Effect, Effects, advance};
use super::enroll::new_walk;
use super::{Graph, Journey};
use crate::action::Action;
use crate::contact::{Contact, EnrollmentState};
use crate::delivery::Lane;
use crate::ids::{JourneyVersionId, TemplateId};
use crate::segment::Context;

/// One line of the forecast.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Planned {
    /// When, Unix ms.
    pub at: i64,
    /// The node, '' for the end.
    pub node: String,
    /// What.
    #[serde(flatten)]
    pub what: Plan,
}

/// What is planned.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(tag = "plan", rename_all = "snake_case")]
pub enum Plan {
    /// A message.
    Message {
        /// Which template.
        #[schema(value_type = uuid::Uuid)]
        template: TemplateId,
        /// 種別.
        lane: Lane,
    },
    /// Actions; tags and what they change are seen by the branches after them.
    Actions {
        /// In order.
        actions: Vec<Action>,
    },
    /// Waits for an event as long as it takes: the forecast ends here.
    Waits,
    /// The walk ends.
    Ends {
        /// How.
        state: EnrollmentState,
        /// Why.
        reason: String,
    },
    /// The forecast was cut: the journey goes round.
    Cut,
}

/// Lines of a forecast at most.
const MAX_LINES: usize = 200;
/// Waits a forecast passes at most.
const MAX_WAITS: usize = 100;

/// Walks a copy of the contact through the graph from `context.now` on, jumping from wait to wait. Waits for an event run
/// into their time-out. `data` is what the trigger would bring.
pub fn dry_run(
    journey: &Journey,
    graph: &Graph,
    contact: &Contact,
    data: &serde_json::Map<String, serde_json::Value>,
    context: &Context<'_>,
) -> Vec<Planned> {
    let mut contact = contact.clone();
    contact.enrollments.retain(|e| e.journey != journey.id || e.state != EnrollmentState::Active);
    let walk = new_walk(journey, JourneyVersionId::nil(), String::new(), data.clone(), context.now);
    let id = walk.id;
    contact.enrollments.push(walk);
    let mut plan = Plans { at: context.now, lines: Vec::new() };
    for _ in 0..MAX_WAITS {
        advance(graph, &mut contact, id, &Context { now: plan.at, ..*context }, &mut plan);
        let standing = contact.enrollments.iter().find(|e| e.id == id && e.state == EnrollmentState::Active);
        let Some(standing) = standing else { return plan.lines };
        match standing.due_at {
            None => {
                plan.add(&standing.node, Plan::Waits);
                return plan.lines;
            }
            Some(due) => plan.at = due,
        }
        if plan.lines.len() >= MAX_LINES {
            break;
        }
    }
    plan.add("", Plan::Cut);
    plan.lines
}

struct Plans {
    at: i64,
    lines: Vec<Planned>,
}

impl Plans {
    fn add(&mut self, node: &str, what: Plan) {
        self.lines.push(Planned { at: self.at, node: node.to_owned(), what });
    }
}

impl Effects for Plans {
    fn take(&mut self, contact: &mut Contact, effect: Effect) {
        match effect {
            Effect::Say { node, template, lane, .. } => self.add(&node, Plan::Message { template, lane }),
            Effect::Run { node, actions, .. } => {
                for action in &actions {
                    match action {
                        Action::TagAdd { tag } => drop(contact.tags.insert(*tag)),
                        Action::TagRemove { tag } => drop(contact.tags.remove(tag)),
                        _ => {}
                    }
                }
                self.add(&node, Plan::Actions { actions });
            }
            Effect::Ended { state, reason, .. } => self.add("", Plan::Ends { state, reason: reason.to_owned() }),
            Effect::Wait { .. } => {}
        }
    }
}
