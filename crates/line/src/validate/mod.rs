//! Would LINE take it? Every documented limit, checked before sending.
//!
//! The limits stand in tables that read like LINE's reference, one per object. The walk compares
//! plain JSON with them, so that an editor that sends half a message gets all problems at once,
//! each with the path of its field. Fields LINE may have added since are no problem.

mod action;
mod flex;
mod form;
#[cfg(test)]
mod laws;
mod menu;
mod messages;
mod problem;
mod requests;
mod schema;
mod text;
mod unit;

pub use form::{is_alias_id, is_unit_name};
pub use problem::{Expected, Problem, Said, Violation};
pub use unit::Unit;

use crate::limits;
use crate::message::Message;
use schema::Walk;
use serde_json::Value;

/// How messages are to be sent; some may only go some roads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendKind {
    /// In answer to an event.
    Reply,
    /// To one user, group or room.
    Push,
    /// To up to 500 users.
    Multicast,
    /// To friends LINE selects.
    Narrowcast,
    /// To all friends.
    Broadcast,
    /// To a phone number (PNP, free form).
    Notification,
}

/// What LINE would refuse in these messages; empty if nothing is known against them.
pub fn validate(messages: &[Message], kind: SendKind) -> Vec<Violation> {
    match serde_json::to_value(messages) {
        Ok(value) => validate_json(&value, kind),
        // The types have text keys only, so this cannot happen; if it did, LINE gets nothing.
        Err(_) => {
            let problem = Problem::WrongKind(Expected::List);
            vec![Violation { path: "messages".to_owned(), problem }]
        }
    }
}

/// The same for JSON: an array of messages, as an editor or a paste brings it.
pub fn validate_json(messages: &Value, kind: SendKind) -> Vec<Violation> {
    let mut walk = Walk::new(kind, "messages");
    walk.value(messages, &messages::MESSAGES);
    let actual = serde_json::to_string(messages).map_or(0, |text| text.len());
    if actual > limits::REQUEST_BYTES {
        walk.report(Problem::TooLarge { max: limits::REQUEST_BYTES, actual });
    }
    walk.found
}

/// Messages from JSON, or everything that is wrong with it.
pub fn parse(messages: &Value, kind: SendKind) -> Result<Vec<Message>, Vec<Violation>> {
    let found = validate_json(messages, kind);
    if !found.is_empty() {
        return Err(found);
    }
    serde::Deserialize::deserialize(messages).map_err(|_| {
        // What fits the tables fits the types (a test holds them together).
        let problem = Problem::WrongKind(Expected::Object);
        vec![Violation { path: "messages".to_owned(), problem }]
    })
}

/// What LINE would refuse in a rich menu, as JSON; paths begin at its fields.
pub fn rich_menu(menu: &Value) -> Vec<Violation> {
    request(menu, &menu::RICH_MENU)
}

/// What LINE would refuse in a batch of rich menu moves: `{"operations", "resumeRequestKey"}`.
pub fn rich_menu_batch(batch: &Value) -> Vec<Violation> {
    request(batch, &requests::BATCH)
}

/// What LINE would refuse in a coupon, as JSON.
pub fn coupon(coupon: &Value) -> Vec<Violation> {
    request(coupon, &requests::COUPON)
}

/// What LINE would refuse in whom a narrowcast addresses:
/// `{"recipient", "filter": {"demographic"}, "limit"}`.
pub fn narrowcast(target: &Value) -> Vec<Violation> {
    request(target, &requests::NARROWCAST)
}

fn request(json: &Value, object: &schema::Object) -> Vec<Violation> {
    let mut walk = Walk::new(SendKind::Push, "");
    walk.object(json, object);
    walk.found
}

/// An object as the tables know it, for comparison with LINE's OpenAPI files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Documented {
    /// Name in the OpenAPI files.
    pub name: &'static str,
    /// Its fields, and whether each is required, without those its family shares.
    pub fields: Vec<(&'static str, bool)>,
}

/// Every object of the tables, by name.
pub fn documented() -> Vec<Documented> {
    let mut found = std::collections::BTreeMap::new();
    collect_family(&messages::MESSAGE, &mut found);
    for object in [&menu::RICH_MENU, &messages::EMOJI, &action::ALT_URI, &requests::COUPON, &requests::BATCH, &requests::ALIAS] {
        collect(object, &mut found);
    }
    // The rest of a narrowcast is told apart by operators, not by fields.
    if let Some(limit) = requests::NARROWCAST.fields.first() {
        collect_kind(&limit.kind, &mut found);
    }
    for (_, object) in action::ACTIONS {
        collect(object, &mut found);
    }
    for family in [&text::SUBSTITUTION, &flex::IN_BASELINE, &flex::IN_BOX] {
        collect_family(family, &mut found);
    }
    found.into_values().collect()
}

type Found = std::collections::BTreeMap<&'static str, Documented>;

fn collect_family(family: &schema::Family, found: &mut Found) {
    for field in family.common {
        collect_kind(&field.kind, found);
    }
    for member in family.members {
        collect(member, found);
    }
}

fn collect(object: &schema::Object, found: &mut Found) {
    let fields = object.fields.iter().map(|field| (field.name, field.required)).collect();
    let documented = Documented { name: object.name, fields };
    if found.insert(object.name, documented).is_none() {
        for field in object.fields {
            collect_kind(&field.kind, found);
        }
    }
}

fn collect_kind(kind: &schema::Kind, found: &mut Found) {
    match kind {
        schema::Kind::List { of, .. } => collect_kind(of, found),
        schema::Kind::Object(object) => collect(object, found),
        schema::Kind::Family(family) => collect_family(family, found),
        _ => {}
    }
}
