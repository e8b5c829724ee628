//! React: what follows from an event. Pure decisions over loaded contacts; one transaction applies a batch.

mod apply;
mod decide;
mod due;
mod journeys;
mod observe;
mod save;
#[cfg(test)]
mod tests;

pub use apply::{Applied, apply_pending};
pub(crate) use apply::{count_pending, waiting};
pub use decide::react;
pub use due::apply_due;

use std::collections::HashMap;

use crate::conversation::{Amendment, NewMessage};
use crate::delivery::NewDelivery;
use crate::ids::{ContactId, WorkspaceId};
use crate::journey::figures::Came;
use crate::link::count::Click;
use crate::task::NewTask;
use crate::workspace::Catalog;

/// What a decision may look at besides the contact.
pub struct Scene<'a> {
    /// The workspace's definitions.
    pub catalog: &'a Catalog,
    /// Domain time, Unix ms.
    pub now: i64,
    /// Messages that were taken back before they came: LINE's message id → when.
    pub taken_back: &'a HashMap<String, i64>,
}

/// What was decided, besides changes of the contact itself.
#[derive(Debug, Default, PartialEq)]
pub struct Outcome {
    /// Into the outbox.
    pub deliveries: Vec<NewDelivery>,
    /// Into the talk.
    pub messages: Vec<NewMessage>,
    /// Taken back or edited.
    pub amendments: Vec<Amendment>,
    /// Work beside the way.
    pub tasks: Vec<NewTask>,
    /// Contacts whose name is now known: answers that waited for it may go.
    pub named: Vec<(WorkspaceId, ContactId)>,
    /// Links opened by people we know.
    pub clicks: Vec<Click>,
    /// Steps that walks came to.
    pub steps: Vec<Came>,
    /// Live pages: (workspace, kind, id).
    pub changes: Vec<(WorkspaceId, &'static str, uuid::Uuid)>,
}
