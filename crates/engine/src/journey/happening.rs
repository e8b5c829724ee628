//! What happens to a contact as journeys see it, and what it does to a walk.

use serde_json::{Map, Value};

use super::decide::{self, Effects};
use super::wait::Due;
use super::{Goal, Graph, OnBlock, Step, Trigger, Wait};
use crate::contact::import::Start;
use crate::contact::{Contact, EnrollmentState};
use crate::event::{Event, EventKind};
use crate::ids::{EnrollmentId, LinkId, TagId};
use crate::rule::DataMode;
use crate::segment::{Context, data_at, evaluate};
use crate::text::fold;

/// Something that happened, on the journey's own account where it is bound to one: whoever calls leaves out follows,
/// blocks and messages of other accounts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Happening<'a> {
    /// Added the account.
    Follow,
    /// Came back after a block.
    Unblock,
    /// Blocked the account.
    Block,
    /// Sent a message of LINE's `kind`.
    Message {
        /// LINE's type.
        kind: &'a str,
        /// The text, '' for other kinds.
        text: &'a str,
    },
    /// Tapped a button.
    Postback(&'a str),
    /// Clicked a tracked link.
    Click(LinkId),
    /// Got a tag that was not there.
    Tag(TagId),
    /// The shop's event.
    Event {
        /// Name.
        name: &'a str,
        /// Data.
        data: &'a Map<String, Value>,
    },
    /// The contact changed in some other way: goals and date waits are looked at again.
    Changed,
}

impl<'a> Happening<'a> {
    /// The event as journeys see it. Tags that it or its actions add are happenings of their own.
    pub fn of(event: &'a Event) -> Option<Self> {
        Some(match &event.payload.kind {
            EventKind::Follow { unblocked: false } => Self::Follow,
            EventKind::Follow { unblocked: true } => Self::Unblock,
            EventKind::Unfollow => Self::Block,
            EventKind::Message { message } => Self::Message { kind: &message.kind, text: &message.text },
            EventKind::Postback { data, .. } => Self::Postback(data),
            EventKind::Click { link, .. } => Self::Click(*link),
            EventKind::Custom { name, data } => Self::Event { name, data },
            imported if imported.befriends_to(Start::Journeys) => Self::Follow,
            EventKind::Changed { .. } | EventKind::Imported { .. } => Self::Changed,
            _ => return None,
        })
    }

    /// The data that came with it.
    pub fn data(&self) -> Option<&'a Map<String, Value>> {
        match self {
            Self::Event { data, .. } => Some(data),
            _ => None,
        }
    }
}

impl Trigger {
    /// Whether this is what the trigger waits for. `key` is the walk's, for waits and goals.
    pub(super) fn fits(&self, happening: &Happening<'_>, key: Option<&str>, contact: &Contact, context: &Context<'_>) -> bool {
        match (self, happening) {
            (Self::Follow { .. }, Happening::Follow) | (Self::Follow { unblock: true }, Happening::Unblock) => true,
            (Self::Tag { tag }, Happening::Tag(got)) => tag == got,
            (Self::Message { kinds, words }, Happening::Message { kind, text }) => {
                (kinds.is_empty() || kinds.iter().any(|k| k.as_str() == *kind)) && (words.is_empty() || holds_word(words, text))
            }
            (Self::Postback { mode: DataMode::Exact, data }, Happening::Postback(got)) => data == got,
            (Self::Postback { mode: DataMode::Prefix, data }, Happening::Postback(got)) => got.starts_with(data.as_str()),
            (Self::Click { link }, Happening::Click(got)) => link.is_none_or(|link| link == *got),
            (Self::Event { name, filter, same }, Happening::Event { name: got, data }) => {
                let here = Context { event: Some(data), ..*context };
                let same_key = |field: &String| key.is_none_or(|key| key_of(data, field).as_deref() == Some(key));
                name == got
                    && same.as_ref().is_none_or(same_key)
                    && filter.as_ref().is_none_or(|filter| evaluate(filter, contact, &here))
            }
            _ => false,
        }
    }
}

fn holds_word(words: &[String], text: &str) -> bool {
    let text = fold(text);
    words.iter().map(|word| fold(word)).any(|word| !word.is_empty() && text.contains(&word))
}

/// A field of the data as a walk's key: text or number, at most 200 characters.
pub(super) fn key_of(data: &Map<String, Value>, field: &str) -> Option<String> {
    let key = match data_at(data, field)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(key).filter(|key| !key.is_empty() && key.chars().count() <= 200)
}

/// What a happening does to an active walk: leave by block, reach the goal, end a wait, or nothing.
/// Effects are handed over one by one as they come, see [`Effects`].
pub fn on_happening(
    graph: &Graph,
    contact: &mut Contact,
    walk: EnrollmentId,
    happening: &Happening<'_>,
    context: &Context<'_>,
    effects: &mut dyn Effects,
) {
    let Some(standing) = decide::active(contact, walk) else { return };
    let (key, node) = (standing.key.clone(), standing.node.clone());
    if *happening == Happening::Block && graph.on_block == OnBlock::Exit {
        return decide::end(contact, walk, EnrollmentState::Exited, "blocked", effects);
    }
    if let Some(Goal::On(trigger)) = &graph.goal
        && trigger.fits(happening, Some(&key), contact, context)
    {
        return decide::end(contact, walk, EnrollmentState::Goal, "goal", effects);
    }
    if decide::goal_reached(graph, contact, walk, context) {
        return decide::end(contact, walk, EnrollmentState::Goal, "goal", effects);
    }
    let Some(node) = graph.node(&node) else { return };
    match &node.step {
        Step::Wait { until: Wait::Event { event, .. } } if event.fits(happening, Some(&key), contact, context) => {
            if let (Some(data), Some(standing)) = (happening.data(), decide::active_mut(contact, walk)) {
                standing.context.extend(data.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            decide::walk_from(graph, contact, walk, graph.after(node), context, effects);
        }
        // The date may have been changed: the wait counts anew from what it says now. What is due goes on by itself.
        Step::Wait { until: until @ Wait::Date(_) } => {
            let due = decide::active(contact, walk).and_then(|standing| standing.due_at);
            let moved = until.due(contact, context) != due.map_or(Due::Open, Due::At);
            if moved && due.is_some_and(|due| due > context.now) {
                decide::walk_from(graph, contact, walk, Some(node), context, effects);
            }
        }
        _ => {}
    }
}
