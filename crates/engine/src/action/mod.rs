//! Actions (アクション): one step that any button, rule, form, node or source can run.

use serde::{Deserialize, Serialize};

use crate::delivery::Lane;
use crate::ids::{JourneyId, TagId, TemplateId};

/// One step. Stored as JSON in rules and journey nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
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
    /// Sets a field (友だち情報欄) by its key; the value may hold variables.
    Attribute {
        /// The field's key.
        key: String,
        /// The new value, `None` clears.
        value: Option<String>,
    },
    /// Says a template.
    Message {
        /// The template; its version is the newest when the action runs.
        #[schema(value_type = uuid::Uuid)]
        template: TemplateId,
        /// 種別; by default `promised` for greetings and answers, `marketing` in journeys.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lane: Option<Lane>,
    },
    /// Starts a シナリオ.
    JourneyStart {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        journey: JourneyId,
    },
    /// Stops a シナリオ for this contact.
    JourneyStop {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        journey: JourneyId,
    },
    /// Links a rich menu to this contact; `None` unlinks.
    RichMenu {
        /// LINE's rich menu id.
        rich_menu_id: Option<String>,
    },
    /// Sets the 対応マーク of the talk.
    Mark {
        /// Its name.
        mark: String,
    },
    /// Tells staff in the talk list (unread, waiting).
    Notify {
        /// What to tell.
        text: String,
    },
    /// Calls a URL of the shop, signed, as a task.
    Webhook {
        /// https address.
        url: String,
    },
}
