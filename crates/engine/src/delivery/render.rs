//! Templates and fixed messages become the text that goes to LINE, for one person at one moment.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use line::validate::{SendKind, validate_json};
use serde_json::{Map, Value};
use store::Tx;

use super::body::Bubbles;
use super::db::{Claimed, Person};
use super::{CauseKind, Reason};
use crate::broadcast::{self, LinkMode};
use crate::ids::{BroadcastId, JourneyId, RuleId, TemplateVersionId};
use crate::link::{Track, Tracker};
use crate::template::{Compiled, Values};
use crate::workspace::{Catalog, Catalogs, Channel};
use crate::{Error, Result};

/// The templates of a batch.
pub(super) struct Voice {
    tracker: Tracker,
    /// What links of broadcasts tell, and their names, where one of their recipients waited in the outbox.
    modes: HashMap<BroadcastId, (LinkMode, String)>,
    templates: HashMap<TemplateVersionId, Arc<Compiled>>,
}

impl Voice {
    /// Loads these versions. One that does not compile is left out: it refuses its own messages, nobody else's.
    pub(super) fn load(tx: &mut Tx<'_>, catalogs: &Catalogs, catalog: &Catalog, claimed: &[Claimed]) -> Result<Self> {
        let versions: HashSet<TemplateVersionId> = claimed.iter().filter_map(|delivery| delivery.template).collect();
        let versions: Vec<TemplateVersionId> = versions.into_iter().collect();
        let templates = match catalogs.compiled(tx, catalog, &versions) {
            Err(Error::Damaged { .. }) => {
                let mut sound = HashMap::new();
                for version in versions {
                    match catalogs.compiled(tx, catalog, &[version]) {
                        Err(error @ Error::Damaged { .. }) => {
                            tracing::error!(%version, %error, "a stored template cannot be used")
                        }
                        other => sound.extend(other?),
                    }
                }
                sound
            }
            other => other?,
        };
        let moved: HashSet<BroadcastId> = claimed
            .iter()
            .filter(|delivery| delivery.cause.kind == CauseKind::Broadcast)
            .map(|delivery| BroadcastId(delivery.cause.id))
            .collect();
        let modes = broadcast::db::link_modes(tx, catalog.workspace, moved)?;
        Ok(Self { tracker: catalogs.tracker().clone(), modes, templates })
    }

    /// Whether any message may speak of the reader's fields.
    pub(super) fn needs_attributes(&self) -> bool {
        self.templates.values().any(|template| template.is_personal())
    }

    /// The messages of one delivery.
    pub(super) fn say(
        &self,
        (catalog, channel): (&Catalog, &Channel),
        delivery: &Claimed,
        person: &Person,
        now: i64,
    ) -> Result<Bubbles, Reason> {
        let Some(version) = delivery.template else {
            return fixed(delivery.content.as_deref().unwrap_or_default());
        };
        let template = self.templates.get(&version).ok_or(Reason::Invalid)?;
        let context: Map<String, Value> = serde_json::from_str(&delivery.context).map_err(|_| Reason::Invalid)?;
        let values = Values::of(&person.contact, spoken_name(channel), &context, now, &catalog.zone);
        let utm = catalog.utm.query(delivery.cause.id, self.name_of(catalog, delivery));
        let track = self.track(delivery, person).marked(&utm);
        let values = if template.has_links() { values.tracked(track) } else { values };
        let messages = template.render(&values).map_err(|error| {
            tracing::debug!(delivery = %delivery.id, %error, "a message is not said");
            error.reason()
        })?;
        Bubbles::of_array(&messages).ok_or(Reason::Invalid)
    }

    fn name_of<'a>(&'a self, catalog: &'a Catalog, delivery: &Claimed) -> &'a str {
        let cause = delivery.cause.id;
        match delivery.cause.kind {
            CauseKind::Broadcast => self.modes.get(&BroadcastId(cause)).map(|(_, name)| name.as_str()),
            CauseKind::Journey => catalog.journeys.get(&JourneyId(cause)).map(|journey| journey.name.as_str()),
            CauseKind::Rule => catalog.rules.name(RuleId(cause)),
            CauseKind::Test | CauseKind::Chat | CauseKind::Api => None,
        }
        .unwrap_or_default()
    }

    /// A message to one person tells who opened it, unless it is a test: staff are no customers.
    fn track(&self, delivery: &Claimed, person: &Person) -> Track<'_> {
        let cause = delivery.cause.id;
        match delivery.cause.kind {
            CauseKind::Test => self.tracker.trial(),
            CauseKind::Broadcast => {
                let mode = self.modes.get(&BroadcastId(cause)).map(|(mode, _)| *mode).unwrap_or_default();
                mode.track(&self.tracker, Some(&person.contact), cause)
            }
            CauseKind::Rule | CauseKind::Journey | CauseKind::Chat | CauseKind::Api => {
                self.tracker.person(&person.contact, cause)
            }
        }
    }
}

/// The account's name as customers know it.
pub(crate) fn spoken_name(channel: &Channel) -> &str {
    channel.display_name.as_deref().unwrap_or(&channel.name)
}

/// Messages of staff or a program: checked once more, for LINE refuses a bad one for good.
fn fixed(content: &str) -> Result<Bubbles, Reason> {
    let messages: Value = serde_json::from_str(content).map_err(|_| Reason::Invalid)?;
    if !validate_json(&messages, SendKind::Push).is_empty() {
        return Err(Reason::Invalid);
    }
    Bubbles::of_array(content).ok_or(Reason::Invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_messages_are_checked() {
        assert_eq!(fixed(r#"[{"type":"text","text":"はい"}]"#).unwrap().count, 1);
        for bad in ["", "[]", r#"[{"type":"text"}]"#, r#"{"type":"text","text":"x"}"#] {
            assert_eq!(fixed(bad), Err(Reason::Invalid), "{bad}");
        }
    }
}
