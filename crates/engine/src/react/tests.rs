//! At whom and at what rules and journeys look.

use super::decide::may_follow;
use crate::contact::import::{Brought, Start};
use crate::contact::{Consent, FriendState, Friendship};
use crate::event::{Event, EventKind, Payload, Source};
use crate::ids::{ChannelId, EventId, LinkId};
use crate::vocabulary::testing::somebody;

#[test]
fn who_blocked_before_the_imports_turn_came_is_left_alone() {
    let channel = ChannelId::new(1);
    let mut contact = somebody(1);
    let event = |kind| Event {
        workspace: contact.workspace,
        id: EventId::new(1),
        contact: contact.id,
        channel: Some(channel),
        source: Source::Import,
        occurred_at: 1,
        received_at: 1,
        payload: Payload { kind, reply: None, standby: false, actor: None },
    };
    let imported =
        event(EventKind::Imported { brought: vec![Brought::Friend], start: [Start::Greeting].into(), display_name: None });
    let wrote = event(EventKind::Changed { changes: Vec::new() });
    for (state, follows) in [(FriendState::Friend, true), (FriendState::Blocked, false), (FriendState::Unknown, false)] {
        let friendship = Friendship { user_id: "U1".into(), state, changed_at: 0, friend_since: None, source: None };
        contact.friendships.insert(channel, friendship);
        assert_eq!(may_follow(&contact, &imported), follows, "{state}");
        assert!(may_follow(&contact, &wrote), "{state}: other events ask the guard");
    }
}

#[test]
fn nothing_follows_from_a_click_of_somebody_who_is_not_analysed() {
    let mut contact = somebody(1);
    let event = |kind| Event {
        workspace: contact.workspace,
        id: EventId::new(1),
        contact: contact.id,
        channel: None,
        source: Source::Link,
        occurred_at: 1,
        received_at: 1,
        payload: Payload { kind, reply: None, standby: false, actor: None },
    };
    let clicked = event(EventKind::Click { link: LinkId::new(1), cause: None });
    let changed = event(EventKind::Changed { changes: Vec::new() });
    for (granted, follows) in [(None, true), (Some(true), true), (Some(false), false)] {
        contact.analysis = granted.map(|granted| Consent { granted, source: "staff".to_owned(), at: 1 });
        assert_eq!(may_follow(&contact, &clicked), follows, "{granted:?}");
        assert!(may_follow(&contact, &changed), "{granted:?}");
    }
}
