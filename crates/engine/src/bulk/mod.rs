//! まとめて操作: one thing done to many contacts. Counted first, done in chunks by a task, stopped at any time, and for
//! tags, fields and marks taken back exactly: only where this changed something, and only where it still stands.

mod db;
pub mod decide;
mod foresee;
mod run;

pub(crate) use db::give_up_abandoned;
pub use db::{STATEMENTS, begin, find, list, stop, undo};
pub use foresee::{Foreseen, Starting, foresee, may_start};
pub(crate) use run::run;

use serde::{Deserialize, Serialize};
use store::Tx;

use crate::contact::list::{Filter, Wanted};
use crate::ids::{AttributeId, BulkId, ChannelId, ContactId, JourneyId, TagId, WorkspaceId};
use crate::segment::Condition;
use crate::workspace::{Catalog, attribute_value};
use crate::{Error, Result};

/// People that may be named one by one.
pub const PEOPLE_MAX: usize = 2_000;

/// What is done to each of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "deed", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = BulkDeed)]
pub enum Deed {
    /// Adds a tag.
    TagAdd {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        tag: TagId,
    },
    /// Removes a tag.
    TagRemove {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        tag: TagId,
    },
    /// Sets a field; null clears it.
    Attribute {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        attribute: AttributeId,
        /// As staff type it.
        value: Option<String>,
    },
    /// 対応マーク of the talk on an account; '' clears it.
    Mark {
        /// The account.
        #[schema(value_type = uuid::Uuid)]
        channel: ChannelId,
        /// The mark.
        mark: String,
    },
    /// Puts them into a シナリオ.
    JourneyStart {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        journey: JourneyId,
    },
    /// Takes them out of a シナリオ.
    JourneyStop {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        journey: JourneyId,
    },
}

impl Deed {
    /// Whether it can be taken back.
    pub fn returns(&self) -> bool {
        !matches!(self, Self::JourneyStart { .. } | Self::JourneyStop { .. })
    }

    /// What taking it back does of its own: a tag that comes back is a tag that is added.
    pub fn back(&self) -> Option<Self> {
        match self {
            Self::TagRemove { tag } => Some(Self::TagAdd { tag: *tag }),
            _ => None,
        }
    }

    /// Refuses what the workspace does not know.
    ///
    /// # Errors
    /// [`Error::NotFound`], a value that does not fit its field.
    pub fn check(&self, catalog: &Catalog) -> Result<()> {
        let known = match self {
            Self::TagAdd { tag } | Self::TagRemove { tag } => catalog.tags.contains_key(tag),
            Self::Attribute { attribute, value } => match catalog.attributes.get(attribute) {
                Some(field) => value.as_deref().map_or(Ok(()), |typed| attribute_value(field, typed).map(drop)).map(|()| true)?,
                None => false,
            },
            Self::Mark { channel, mark } if mark.chars().count() <= 20 => catalog.channels.contains_key(channel),
            Self::Mark { .. } => return Err(Error::bad("too_long", "mark", "対応マークは20文字以内です。")),
            Self::JourneyStart { journey } | Self::JourneyStop { journey } => catalog.journeys.contains_key(journey),
        };
        if known { Ok(()) } else { Err(Error::NotFound) }
    }
}

/// To whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "whom", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = BulkWhom)]
pub enum Whom {
    /// These, at most 2,000.
    Contacts {
        /// Who.
        #[schema(value_type = Vec<uuid::Uuid>)]
        ids: Vec<ContactId>,
    },
    /// All whom the list shows when asked so.
    Matching {
        /// Asked how.
        wanted: Wanted,
    },
}

impl Whom {
    /// As the list finds them.
    ///
    /// # Errors
    /// Too many, or a saved condition that is gone.
    pub fn filter(&self, tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Filter> {
        match self {
            Self::Contacts { ids } if ids.is_empty() || ids.len() > PEOPLE_MAX => {
                Err(Error::bad("count", "whom.ids", format!("1〜{PEOPLE_MAX}人を選んでください。")))
            }
            Self::Contacts { ids } => {
                Ok(Filter { condition: Some(Condition::Contacts { ids: ids.clone() }), ..Filter::default() })
            }
            Self::Matching { wanted } => wanted.filter(tx, workspace),
        }
    }
}

/// Where one stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BulkState)]
pub enum State {
    /// Under way.
    Running,
    /// Stopped by staff; what was done stays.
    Stopped,
    /// Done.
    Done,
    /// Being taken back.
    Undoing,
    /// Taken back.
    Undone,
    /// Given up in the middle; what was done stays, and can be taken back.
    Failed,
}
crate::column::column_words!(State {
    Running => "running", Stopped => "stopped", Done => "done", Undoing => "undoing", Undone => "undone", Failed => "failed",
});

/// Which way a task goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Way {
    /// Does it.
    #[default]
    Forth,
    /// Takes it back.
    Back,
}

impl Way {
    /// The key of its task: the way back does not wait until the other has ended.
    fn key(self, id: BulkId) -> String {
        match self {
            Self::Forth => id.to_string(),
            Self::Back => format!("{id}/undo"),
        }
    }

    /// In which state it has something to do.
    fn state(self) -> State {
        match self {
            Self::Forth => State::Running,
            Self::Back => State::Undoing,
        }
    }
}

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Bulk {
    /// Tenant.
    pub workspace: WorkspaceId,
    /// Id.
    pub id: BulkId,
    /// Who asked for it, as the audit log writes it.
    pub actor: String,
    /// What.
    pub deed: Deed,
    /// To whom.
    pub whom: Whom,
    /// The saved condition that `whom` names, as it was when it began.
    pub condition: Option<Condition>,
    /// Where it stands.
    pub state: State,
    /// The last contact looked at; the list is walked from the newest down.
    pub cursor: Option<ContactId>,
    /// Contacts looked at.
    pub seen: i64,
    /// Contacts it changed.
    pub changed: i64,
    /// Contacts taken back.
    pub undone: i64,
    /// How many there were to look at.
    pub total: i64,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms.
    pub done_at: Option<i64>,
}

impl Bulk {
    /// As the list finds them, for whom it was when it began.
    fn filter(&self, tx: &mut Tx<'_>) -> Result<Filter> {
        match (&self.whom, &self.condition) {
            (Whom::Matching { wanted }, Some(condition)) => Ok(wanted.fitting(Some(condition.clone()))),
            (whom, _) => whom.filter(tx, self.workspace),
        }
    }
}
