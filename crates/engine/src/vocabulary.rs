//! What a definition may speak of: the shop's fields, tags, accounts, templates and シナリオ. The catalog implements it.

use crate::ids::{ChannelId, JourneyId, TagId, TemplateId};
use crate::workspace::Attribute;

/// The names a template, condition, rule or journey may use.
pub trait Vocabulary {
    /// A 友だち情報欄 by its key.
    fn attribute(&self, key: &str) -> Option<&Attribute>;
    /// A tag's name.
    fn tag(&self, id: TagId) -> Option<&str>;
    /// A LINE account's name.
    fn channel(&self, id: ChannelId) -> Option<&str>;
    /// A シナリオ's name.
    fn journey(&self, id: JourneyId) -> Option<&str>;
    /// Whether a template exists (and is not archived).
    fn has_template(&self, id: TemplateId) -> bool;
}

#[cfg(test)]
pub(crate) mod testing {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::contact::{Contact, ContactKind};
    use crate::ids::{AttributeId, ContactId, WorkspaceId};
    use crate::workspace::AttributeType;

    /// A contact of whom nothing is known.
    pub fn somebody(n: u128) -> Contact {
        Contact {
            workspace: WorkspaceId(uuid::Uuid::from_u128(1)),
            id: ContactId(uuid::Uuid::from_u128(n)),
            shard: 0,
            kind: ContactKind::Person,
            display_name: None,
            picture_url: None,
            language: None,
            status_message: None,
            profile_at: None,
            memo: String::new(),
            staff: false,
            consent: true,
            created_at: 0,
            line_ids: Default::default(),
            friendships: BTreeMap::new(),
            tags: BTreeSet::new(),
            attributes: BTreeMap::new(),
            enrollments: Vec::new(),
            clicks: Vec::new(),
            talks: BTreeMap::new(),
            consents: BTreeMap::new(),
            analysis: None,
        }
    }

    /// A small shop.
    #[derive(Clone, Default)]
    pub struct Words {
        pub attributes: BTreeMap<String, Attribute>,
        pub tags: BTreeMap<TagId, String>,
        pub channels: BTreeMap<ChannelId, String>,
        pub journeys: BTreeMap<JourneyId, String>,
        pub templates: BTreeSet<TemplateId>,
    }

    impl Words {
        /// Fields by key and type; ids are 1, 2, 3 … in that order.
        pub fn of(fields: &[(&str, AttributeType)]) -> Self {
            let attributes = fields.iter().zip(1u128..).map(|((key, ty), n)| {
                let id = AttributeId(uuid::Uuid::from_u128(n));
                (
                    (*key).to_owned(),
                    Attribute {
                        id,
                        key: (*key).to_owned(),
                        label: format!("{key}欄"),
                        ty: *ty,
                        options: vec![],
                        folder: String::new(),
                    },
                )
            });
            Self { attributes: attributes.collect(), ..Self::default() }
        }
    }

    impl Vocabulary for Words {
        fn attribute(&self, key: &str) -> Option<&Attribute> {
            self.attributes.get(key)
        }
        fn tag(&self, id: TagId) -> Option<&str> {
            self.tags.get(&id).map(String::as_str)
        }
        fn channel(&self, id: ChannelId) -> Option<&str> {
            self.channels.get(&id).map(String::as_str)
        }
        fn journey(&self, id: JourneyId) -> Option<&str> {
            self.journeys.get(&id).map(String::as_str)
        }
        fn has_template(&self, id: TemplateId) -> bool {
            self.templates.contains(&id)
        }
    }
}
