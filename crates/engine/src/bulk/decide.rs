//! What a deed changes of a contact, and what takes it back. Pure.

use super::Deed;
use crate::contact::{Contact, ContactChange, EnrollmentState};
use crate::event::EventKind;
use crate::workspace::{Catalog, attribute_value};

/// What stood before, if the deed changes anything: `None` where it would not, else the text that was there, if one was.
pub fn before(deed: &Deed, contact: &Contact, catalog: &Catalog) -> Option<Option<String>> {
    match deed {
        Deed::TagAdd { tag } => (!contact.tags.contains(tag)).then_some(None),
        Deed::TagRemove { tag } => contact.tags.contains(tag).then_some(None),
        Deed::Attribute { attribute, .. } => {
            let held = contact.attributes.get(attribute).map(|value| value.text.clone());
            (held != canonical(deed, catalog)).then_some(held)
        }
        // Who never had a talk on the account has none to mark.
        Deed::Mark { channel, mark } => {
            let held = &contact.talks.get(channel)?.mark;
            (held != mark).then(|| Some(held.clone()))
        }
        Deed::JourneyStart { .. } => Some(None),
        Deed::JourneyStop { journey } => contact
            .enrollments
            .iter()
            .any(|walk| walk.journey == *journey && walk.state == EnrollmentState::Active)
            .then_some(None),
    }
}

/// The text a field will have.
fn canonical(deed: &Deed, catalog: &Catalog) -> Option<String> {
    let Deed::Attribute { attribute, value } = deed else { return None };
    let field = catalog.attributes.get(attribute)?;
    attribute_value(field, value.as_deref()?).ok().map(|value| value.text)
}

/// The event it becomes.
pub fn event(deed: &Deed) -> EventKind {
    let change = match deed {
        Deed::TagAdd { tag } => ContactChange::TagAdd { tag: *tag },
        Deed::TagRemove { tag } => ContactChange::TagRemove { tag: *tag },
        Deed::Attribute { attribute, value } => ContactChange::Attribute { attribute: *attribute, value: value.clone() },
        Deed::Mark { channel, mark } => ContactChange::Mark { channel: *channel, mark: mark.clone() },
        Deed::JourneyStart { journey } => return EventKind::Enroll { journey: *journey, key: String::new() },
        Deed::JourneyStop { journey } => return EventKind::Unenroll { journey: *journey },
    };
    EventKind::Changed { changes: vec![change] }
}

/// The event that takes it back; `None` where somebody has changed it since, or where there is no way back.
pub fn back(deed: &Deed, previous: Option<&str>, contact: &Contact, catalog: &Catalog) -> Option<EventKind> {
    let change = match deed {
        Deed::TagAdd { tag } => contact.tags.contains(tag).then_some(ContactChange::TagRemove { tag: *tag }),
        Deed::TagRemove { tag } => (!contact.tags.contains(tag)).then_some(ContactChange::TagAdd { tag: *tag }),
        Deed::Attribute { attribute, .. } => {
            let held = contact.attributes.get(attribute).map(|value| value.text.clone());
            let value = previous.map(str::to_owned);
            (held == canonical(deed, catalog)).then_some(ContactChange::Attribute { attribute: *attribute, value })
        }
        Deed::Mark { channel, mark } => {
            let stands = contact.talks.get(channel).is_some_and(|talk| talk.mark == *mark);
            let mark = previous.unwrap_or_default().to_owned();
            stands.then_some(ContactChange::Mark { channel: *channel, mark })
        }
        Deed::JourneyStart { .. } | Deed::JourneyStop { .. } => None,
    };
    change.map(|change| EventKind::Changed { changes: vec![change] })
}
