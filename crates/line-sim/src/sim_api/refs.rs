//! Names in requests turned into people and channels.

use crate::answer::Answer;
use crate::call::Call;
use crate::channel::Channel;
use crate::people::Person;
use crate::world::World;
use serde::Deserialize;
use std::sync::Arc;

/// A person, by number or by any provider's id.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum UserRef {
    Number(u32),
    Text(String),
}

impl UserRef {
    pub fn find(&self, world: &World) -> Result<Person, Answer> {
        let found = match self {
            UserRef::Number(n) => Some(*n),
            UserRef::Text(text) => text.parse().ok().or_else(|| world.find_anywhere(text)),
        };
        found.filter(|n| *n < world.people.count()).ok_or_else(|| match self {
            UserRef::Number(n) => Answer::sim_error(404, format!("no user {n}")),
            UserRef::Text(text) => Answer::sim_error(404, format!("no user {text}")),
        })
    }
}

/// The person named in a path.
pub fn user_in_path(call: &Call) -> Result<Person, Answer> {
    UserRef::Text(call.args[0].to_owned()).find(call.world)
}

/// The channel named, or the only Messaging channel there is.
pub fn channel(world: &World, id: Option<&str>) -> Result<Arc<Channel>, Answer> {
    if let Some(id) = id {
        return world.channel(id).ok_or_else(|| Answer::sim_error(404, format!("no channel {id}")));
    }
    let mut messaging = world.channels().into_iter().filter(|c| c.is_messaging());
    match (messaging.next(), messaging.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(Answer::sim_error(400, "there is no Messaging channel yet: POST /__sim/channels")),
        (Some(_), Some(_)) => Err(Answer::sim_error(400, "several channels exist: give channel_id")),
    }
}
