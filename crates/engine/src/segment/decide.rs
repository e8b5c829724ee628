//! Does the condition hold for this contact?

use std::cmp::Reverse;

use super::probe::event_value;
use super::{Condition, Context, Walk, When, data_at};
use crate::contact::{Contact, Enrollment, EnrollmentState, FriendState};
use crate::ids::JourneyId;
use crate::text::fold;

/// Whether `condition` holds for `contact`. Agrees with [`super::to_sql`] on the stored contact.
pub fn evaluate(condition: &Condition, contact: &Contact, context: &Context<'_>) -> bool {
    let friendship = |channel| contact.friendships.get(channel);
    match condition {
        Condition::All { of } => of.iter().all(|part| evaluate(part, contact, context)),
        Condition::Any { of } => of.iter().any(|part| evaluate(part, contact, context)),
        Condition::Not { of } => !evaluate(of, contact, context),
        Condition::Tag { tag } => contact.tags.contains(tag),
        Condition::NoTag { tag } => !contact.tags.contains(tag),
        Condition::Attribute { key, test } => context
            .words
            .attribute(key)
            .is_some_and(|field| test.probe(field.ty, context).holds(contact.attributes.get(&field.id))),
        Condition::Event { key, test } => event(key, test, context),
        Condition::Friend { channel, states } => states.contains(&friendship(channel).map_or(FriendState::Never, |f| f.state)),
        Condition::FriendSince { channel, when } => when.moments(context).hold(friendship(channel).and_then(|f| f.friend_since)),
        Condition::Wrote { channel, when } => {
            when.moments(context).hold(contact.talks.get(channel).and_then(|talk| talk.wrote_at))
        }
        Condition::Source { channel, sources } => {
            friendship(channel).and_then(|f| f.source.as_ref()).is_some_and(|source| sources.contains(source))
        }
        Condition::Name { contains } => {
            let wanted = fold(contains);
            !wanted.is_empty() && fold(contact.display_name.as_deref().unwrap_or_default()).contains(&wanted)
        }
        Condition::Journey { journey, state } => walk(*journey, state, contact),
        Condition::Clicked { link, cause, within_days } => {
            let since = within_days.map(|days| When::WithinDays(days).moments(context));
            contact.clicks.iter().any(|click| {
                link.is_none_or(|link| click.link == link)
                    && cause.is_none_or(|cause| click.cause == cause)
                    && since.is_none_or(|since| since.hold(Some(click.last_at)))
            })
        }
        Condition::Language { languages } => contact.language.as_ref().is_some_and(|l| languages.contains(l)),
        Condition::Created { when } => when.moments(context).hold(Some(contact.created_at)),
        Condition::Kind { kind } => contact.kind == *kind,
        Condition::Staff {} => contact.staff,
        Condition::Consent {} => contact.consent,
        Condition::Contacts { ids } => ids.contains(&contact.id),
    }
}

fn event(key: &str, test: &super::Test, context: &Context<'_>) -> bool {
    // No event at hand (an audience, a preview): nothing can be said about it, not even that a value is missing.
    let Some(data) = context.event else { return false };
    let found = data_at(data, key).filter(|value| !value.is_null());
    match test {
        super::Test::Exists => return found.is_some(),
        super::Test::Missing => return found.is_none(),
        _ => {}
    }
    match found.and_then(|value| event_value(value, test, context.zone)) {
        Some((ty, value)) => test.probe(ty, context).holds(Some(&value)),
        None => test.probe(crate::workspace::AttributeType::Text, context).holds(None),
    }
}

fn walk(journey: JourneyId, state: &Walk, contact: &Contact) -> bool {
    let mut walks = contact.enrollments.iter().filter(|e| e.journey == journey);
    let wanted = match state {
        Walk::Never => return walks.next().is_none(),
        Walk::Active => return walks.any(|e| e.state == EnrollmentState::Active),
        Walk::At(node) => return walks.any(|e| e.state == EnrollmentState::Active && e.node == *node),
        Walk::Done => EnrollmentState::Done,
        Walk::Goal => EnrollmentState::Goal,
        Walk::Exited => EnrollmentState::Exited,
        Walk::Failed => EnrollmentState::Failed,
    };
    let newest_of_its_key = |e: &Enrollment| {
        contact
            .enrollments
            .iter()
            .filter(|other| other.journey == journey && other.key == e.key && other.state != EnrollmentState::Active)
            .min_by_key(|other| Reverse(other.id))
            .is_some_and(|newest| newest.id == e.id)
    };
    walks.any(|e| e.state == wanted && newest_of_its_key(e))
}
