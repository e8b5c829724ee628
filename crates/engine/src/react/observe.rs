//! What an event says about its contact: friendship, talk, profile, clicks. Pure.

use serde_json::json;
use uuid::Uuid;

use super::decide::Work;
use crate::contact::{Contact, FriendState, Friendship, Opened};
use crate::conversation::{self, Amendment};
use crate::event::EventKind;
use crate::ids::{ChannelId, LinkId};
use crate::link::count::Click;
use crate::task::TaskKind;

impl Work<'_> {
    /// Friendship, talk and profile: what the event says about the contact.
    pub(super) fn observe(&mut self, contact: &mut Contact) {
        let Some(event) = self.event else { return };
        let Some(channel) = event.channel else { return };
        match &event.payload.kind {
            EventKind::Follow { .. } => self.befriend(contact, channel, FriendState::Friend),
            EventKind::Unfollow => self.befriend(contact, channel, FriendState::Blocked),
            EventKind::Join => self.befriend(contact, channel, FriendState::Friend),
            EventKind::Leave => self.befriend(contact, channel, FriendState::Deleted),
            EventKind::Message { message } => {
                self.wrote(contact, channel);
                let unsent = self.scene.taken_back.get(&message.id).copied();
                let kept = conversation::decide::receive(contact, channel, event, message, unsent);
                if message.media && unsent.is_none() {
                    self.task(
                        contact,
                        TaskKind::Content,
                        &message.id,
                        json!({"channel": channel, "message": message.id, "kind": message.kind, "event": event.id}),
                    );
                }
                self.out.messages.push(kept);
                self.out.changes.push((event.workspace, "conversation", contact.id.0));
            }
            EventKind::Edited { message } => self.out.amendments.push(Amendment::Edited {
                workspace: event.workspace,
                line_message_id: message.id.clone(),
                text: message.text.clone(),
                at: event.occurred_at,
            }),
            EventKind::Unsend { message_id } => self.take_back(contact, channel, message_id),
            EventKind::Postback { .. } => self.wrote(contact, channel),
            _ => {}
        }
        let wants_profile = matches!(
            event.payload.kind,
            EventKind::Follow { .. } | EventKind::Message { .. } | EventKind::Postback { .. } | EventKind::Join
        );
        if wants_profile && contact.profile_at.is_none() && contact.display_name.is_none() {
            let key = contact.id.to_string();
            self.task(contact, TaskKind::Profile, &key, json!({"channel": channel, "contact": contact.id}));
        }
    }

    fn take_back(&mut self, contact: &mut Contact, channel: ChannelId, message_id: &str) {
        let Some(event) = self.event else { return };
        self.out.amendments.push(Amendment::Unsent {
            workspace: event.workspace,
            line_message_id: message_id.to_owned(),
            at: event.occurred_at,
        });
        for message in self
            .out
            .messages
            .iter_mut()
            .filter(|m| m.line_message_id.as_deref() == Some(message_id) && m.workspace == event.workspace)
        {
            message.text.clear();
            message.body = "{}".to_owned();
            message.unsent_at = Some(event.occurred_at);
        }
        if let Some(talk) = contact.talks.get_mut(&channel) {
            conversation::decide::UNSENT.clone_into(&mut talk.last_text);
        }
        self.out.changes.push((event.workspace, "conversation", contact.id.0));
    }

    /// LINE's largest timestamp wins, whatever the order of arrival.
    pub(super) fn befriend(&mut self, contact: &mut Contact, channel: ChannelId, state: FriendState) {
        let Some(event) = self.event else { return };
        let friendship = self.friendship(contact, channel);
        if event.occurred_at < friendship.changed_at {
            return;
        }
        if state == FriendState::Friend && friendship.state != FriendState::Friend {
            friendship.friend_since = Some(event.occurred_at);
        }
        friendship.state = state;
        friendship.changed_at = event.occurred_at;
    }

    pub(super) fn wrote(&mut self, contact: &mut Contact, channel: ChannelId) {
        let at = self.event.map_or(self.scene.now, |event| event.occurred_at);
        // Who writes is known on this account from now on.
        self.friendship(contact, channel);
        let talk = contact.talks.entry(channel).or_default();
        talk.wrote_at = talk.wrote_at.max(Some(at));
    }

    pub(super) fn friendship<'c>(&self, contact: &'c mut Contact, channel: ChannelId) -> &'c mut Friendship {
        let known = self.scene.catalog.channels.get(&channel);
        let user_id = known.and_then(|channel| contact.talk_id(channel)).unwrap_or_default().to_owned();
        contact.friendships.entry(channel).or_insert_with(|| Friendship {
            user_id,
            state: FriendState::Unknown,
            changed_at: 0,
            friend_since: None,
            source: None,
        })
    }

    pub(super) fn clicked(&mut self, contact: &mut Contact, link: LinkId, cause: Option<Uuid>) {
        let Some(event) = self.event else { return };
        // An address that was sent before they said no.
        if !contact.is_analysed() {
            return;
        }
        let (workspace, cause) = (event.workspace, cause.unwrap_or_default());
        self.out.clicks.push(Click { workspace, cause, link, contact: contact.id, at: event.occurred_at });
        contact.clicks.retain(|known| (known.link, known.cause) != (link, cause));
        contact.clicks.push(Opened { link, cause, last_at: event.occurred_at });
        // A page that shows a broadcast shows its clicks; for another cause nobody listens.
        if !cause.is_nil() {
            self.out.changes.push((workspace, "broadcast", cause));
        }
    }
}
