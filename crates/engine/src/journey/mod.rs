//! Journeys (シナリオ配信): a versioned graph with stable node ids, and how one contact walks it.
//!
//! A walk stays on the version it began with. Every wait counts from the moment the step before it really ran, so that a
//! walk held up by an outage keeps its spacing. Quiet hours are the guard's.

mod check;
pub mod db;
mod decide;
mod dry_run;
mod enroll;
pub mod figures;
mod happening;
#[cfg(test)]
mod laws;
mod menu;
#[cfg(test)]
mod mistakes;
mod read;
#[cfg(test)]
mod tests;
mod wait;

use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::delivery::Lane;
use crate::ids::{ChannelId, JourneyId, JourneyVersionId, LinkId, TagId, TemplateId};
use crate::rule::{ClockTime, DataMode, MessageKind, Weekday};
use crate::segment::{Condition, Day};

pub use check::{MAX_CASES, MAX_NODES, validate};
pub use decide::{Effect, Effects, MAX_NODES_PER_CALL, MAX_STEPS, advance, stop};
pub use dry_run::{Plan, Planned, dry_run};
pub use enroll::{Cause, Decision, Refusal, enroll, take_in};
pub use happening::{Happening, on_happening};
pub use menu::MenuSwitch;

/// A シナリオ as the catalog holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    /// Id.
    pub id: JourneyId,
    /// The account it speaks from.
    pub channel: ChannelId,
    /// As staff named it.
    pub name: String,
    /// Whether it takes people in.
    pub state: JourneyState,
    /// The version new walks begin on.
    pub version: Option<JourneyVersionId>,
}

/// Whether a シナリオ takes people in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JourneyState {
    /// Never published.
    Draft,
    /// Takes people in.
    Published,
    /// Takes nobody in; walks stand still.
    Stopped,
}
crate::column::column_words!(JourneyState { Draft => "draft", Published => "published", Stopped => "stopped" });

/// What a シナリオ does. Immutable once published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Graph {
    /// What starts a walk. By hand, by API and by an action any journey can be started.
    pub trigger: Trigger,
    /// Who may be started by the trigger; none: everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Condition>,
    /// In order: each leads to the one after it unless it says otherwise. A walk begins at the first.
    pub nodes: Vec<Node>,
    /// What ends a walk early as a success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<Goal>,
    /// Whether the same person may walk again.
    #[serde(default)]
    pub reentry: Reentry,
    /// What a block does.
    #[serde(default)]
    pub on_block: OnBlock,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Node {
    /// Stable id, `[A-Za-z0-9_-]{1,40}`; when left out, one is given at the first saving.
    #[serde(default)]
    pub id: String,
    /// The node after it; when left out, the next in the list (after the last: the end). `end` ends the walk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// What it does.
    #[serde(flatten)]
    pub step: Step,
}

/// The name of the end in `next`, `yes`, `no` …
pub const END: &str = "end";

/// What a node does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Says a template (its newest version at that moment).
    Message {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        template: TemplateId,
        /// 種別.
        #[serde(default = "marketing")]
        lane: Lane,
    },
    /// Runs actions.
    Actions {
        /// In order.
        actions: Vec<Action>,
    },
    /// Waits.
    Wait {
        /// For what.
        until: Wait,
    },
    /// Two ways on.
    Branch {
        /// The question.
        #[serde(rename = "if")]
        condition: Condition,
        /// Where to go if it holds; when left out, `next`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        yes: Option<String>,
        /// Where to go if not; when left out, `next`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        no: Option<String>,
    },
    /// Several ways on: the first case that holds, else `next`.
    Choose {
        /// In order.
        cases: Vec<Case>,
    },
    /// Ends the walk as a success.
    Goal {},
    /// Ends the walk.
    Exit {},
}

const fn marketing() -> Lane {
    Lane::Marketing
}

/// One way of a choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The question.
    #[serde(rename = "if")]
    pub condition: Condition,
    /// Where to go if it holds.
    pub next: String,
}

/// What a wait waits for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Wait {
    /// Some time from now.
    After(Span),
    /// The next time the clock shows this.
    Clock(ClockTime),
    /// The next of these weekdays at this time.
    Weekday {
        /// Days; at least one.
        days: Vec<Weekday>,
        /// Time of day.
        at: ClockTime,
    },
    /// A day in a date field, some days before or after it.
    Date(DateWait),
    /// A fixed day and time.
    Day {
        /// Day.
        date: Day,
        /// Time of day.
        at: ClockTime,
        /// What if that is past when the walk comes here.
        #[serde(default)]
        if_past: Instead,
    },
    /// Something happens, or time runs out.
    Event {
        /// What; its data joins the walk's, for conditions and variables.
        event: Trigger,
        /// How long; when left out, as long as it takes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timeout: Option<Span>,
        /// Where to go when time ran out; when left out, `next`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_timeout: Option<String>,
    },
}

/// A length of time. Days are calendar days: three days after Monday 10:00 is Thursday 10:00, whatever the clocks did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Days.
    #[serde(default, skip_serializing_if = "zero")]
    pub days: u32,
    /// Hours.
    #[serde(default, skip_serializing_if = "zero")]
    pub hours: u32,
    /// Minutes.
    #[serde(default, skip_serializing_if = "zero")]
    pub minutes: u32,
    /// At this time of that day (翌日19:00). With `days` 0 or left out and the time past: the day after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<ClockTime>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
const fn zero(n: &u32) -> bool {
    *n == 0
}

/// A wait for a date field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DateWait {
    /// The field's key.
    pub attribute: String,
    /// Days after it; negative: before.
    #[serde(default)]
    pub days: i32,
    /// Time of day.
    pub at: ClockTime,
    /// The date itself, or its day every year (誕生日).
    #[serde(default)]
    pub repeat: Repeat,
    /// What if the moment is past when the walk comes here.
    #[serde(default)]
    pub if_past: Instead,
    /// What if the field is empty.
    #[serde(default = "leave")]
    pub if_missing: Instead,
}

const fn leave() -> Instead {
    Instead::End
}

/// Which occurrence of a date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// The date itself.
    #[default]
    Once,
    /// The next time its month and day come; 29 February counts as the 28th in common years.
    Yearly,
}

/// What to do instead of waiting for a moment that will not come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Instead {
    /// Leave out what hangs on this wait: go on at the next wait of the list (none: the end).
    #[default]
    Skip,
    /// Go on at once.
    Go,
    /// End the walk.
    End,
}

/// Something that starts a walk, ends a wait or is a goal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "on", rename_all = "snake_case", deny_unknown_fields)]
pub enum Trigger {
    /// Added the account.
    Follow {
        /// Whether coming back after a block counts too.
        #[serde(default)]
        unblock: bool,
    },
    /// Got a tag.
    Tag {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        tag: TagId,
    },
    /// The shop's own event.
    Event {
        /// Its name, e.g. `order_placed`.
        name: String,
        /// What must be true of its data and of the contact.
        #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
        filter: Option<Condition>,
        /// In waits and goals: this field of its data must be the walk's key (the same order, the same cart).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        same: Option<String>,
    },
    /// Wrote or sent something.
    Message {
        /// Of these kinds; none: any.
        #[serde(default)]
        kinds: Vec<MessageKind>,
        /// With one of these words (folded, contained); none: any.
        #[serde(default)]
        words: Vec<String>,
    },
    /// Tapped a button.
    Postback {
        /// How `data` is compared.
        mode: DataMode,
        /// The button's data.
        data: String,
    },
    /// Clicked a tracked link; none: any.
    Click {
        /// Which.
        #[serde(default)]
        #[schema(value_type = Option<uuid::Uuid>)]
        link: Option<LinkId>,
    },
    /// Only by hand, API or action.
    Hand {},
}

/// What ends a walk as a success.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Goal {
    /// A condition, looked at with every event and before every step.
    When(Condition),
    /// Something happens.
    On(Trigger),
}

/// Whether the same person may walk again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Reentry {
    /// Once in a life.
    #[default]
    Never,
    /// Again when the walk before has ended.
    AfterEnd,
    /// Always: a walk under way is left and a new one begins.
    Always,
    /// Once for each value of this field of the event's data (each order, each cart); several at a time.
    Keyed(String),
}

/// What a block does to a walk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnBlock {
    /// Ends it.
    #[default]
    Exit,
    /// Nothing: steps go on, the guard refuses what cannot be sent.
    Stay,
}

impl Graph {
    /// A node by its id.
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }

    /// Where a node leads when nothing else is said: `None` is the end.
    pub fn following(&self, node: &Node) -> Option<&Node> {
        self.after(node)
    }

    /// See [`Graph::following`].
    pub(crate) fn after(&self, node: &Node) -> Option<&Node> {
        match &node.next {
            Some(id) => self.target(id),
            None => self.nodes.iter().position(|n| n.id == node.id).and_then(|at| self.nodes.get(at + 1)),
        }
    }

    /// Where a named way leads, else where the node leads.
    pub(crate) fn way(&self, node: &Node, named: Option<&str>) -> Option<&Node> {
        match named {
            Some(id) => self.target(id),
            None => self.after(node),
        }
    }

    fn target(&self, id: &str) -> Option<&Node> {
        if id == END { None } else { self.node(id) }
    }

    /// Where a walk goes on when the time of the node it stands on has come; `None` is the end.
    pub(crate) fn when_due<'a>(&'a self, standing: &'a Node) -> Option<&'a Node> {
        match &standing.step {
            Step::Wait { until: Wait::Event { on_timeout, .. } } => self.way(standing, on_timeout.as_deref()),
            Step::Wait { .. } => self.after(standing),
            // Stands on a node that does something: it was put there and has not run yet.
            _ => Some(standing),
        }
    }

    /// The next wait in the list after a node.
    pub(crate) fn wait_after(&self, node: &Node) -> Option<&Node> {
        let at = self.nodes.iter().position(|n| n.id == node.id)?;
        self.nodes[at + 1..].iter().find(|n| matches!(n.step, Step::Wait { .. }))
    }
}
