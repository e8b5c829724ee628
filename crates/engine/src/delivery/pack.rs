//! What of all that is due to one contact goes into the next request.
//!
//! One reply or push is in flight per contact, so that a person hears in order; what one event decided joins one reply
//! (or one push, which LINE counts once), up to five bubbles.

use super::{Lane, ReplyToken};
use crate::ids::{DeliveryId, EventId};

/// Bubbles in one call (Messaging API reference, "Send reply message").
pub const MAX_BUBBLES: usize = 5;

/// A reply is tried only while its token lives at least so long, ms: the call itself takes time.
pub const REPLY_MARGIN_MS: i64 = 3_000;

/// A delivery that passed the guard and is rendered.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    /// Which.
    pub id: DeliveryId,
    /// 種別.
    pub lane: Lane,
    /// Due since, Unix ms.
    pub due_at: i64,
    /// What it answers.
    pub event: Option<EventId>,
    /// The free road.
    pub reply: Option<&'a ReplyToken>,
    /// Messages it consists of, 1 … 5.
    pub bubbles: usize,
}

/// The next request to one contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// The token to reply with; `None` goes by push.
    pub reply: Option<ReplyToken>,
    /// Indexes into the items given, in the order in which they are said.
    pub items: Vec<usize>,
}

/// Whether the token is good for a call at `now`.
pub fn is_alive(reply: &ReplyToken, now: i64) -> bool {
    now + REPLY_MARGIN_MS <= reply.until
}

/// Chat and transactional go before promises, promises before marketing.
pub fn rank(lane: Lane) -> u8 {
    match lane {
        Lane::Transactional | Lane::Chat => 0,
        Lane::Promised => 1,
        Lane::Marketing => 2,
    }
}

/// Packs the next request for one contact on one channel; the items left over stay queued.
pub fn next_packet(items: &[Item<'_>], now: i64) -> Option<Packet> {
    let first = items.iter().min_by_key(|item| (rank(item.lane), item.due_at, item.id))?;
    let reply = first.reply.filter(|reply| is_alive(reply, now));
    let joins = |item: &Item<'_>| {
        let same_event = first.event.is_some() && item.event == first.event;
        let same_road = reply.is_none() || item.reply == reply;
        item.id == first.id || (same_event && same_road)
    };
    let mut order: Vec<usize> = (0..items.len()).filter(|index| joins(&items[*index])).collect();
    order.sort_by_key(|index| (items[*index].due_at, items[*index].id));
    // The first by rank must go even when it is not the first by time and the bubbles run out.
    let mut room = MAX_BUBBLES.saturating_sub(first.bubbles);
    let mut taken = Vec::with_capacity(order.len());
    for index in order {
        let item = &items[index];
        if item.id == first.id {
            taken.push(index);
        } else if item.bubbles <= room {
            room -= item.bubbles;
            taken.push(index);
        } else {
            // Nothing overtakes what did not fit.
            room = 0;
        }
    }
    Some(Packet { reply: reply.cloned(), items: taken })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn token(text: &str, until: i64) -> ReplyToken {
        ReplyToken { token: text.into(), until }
    }

    fn item<'a>(n: u128, lane: Lane, event: Option<u128>, reply: Option<&'a ReplyToken>) -> Item<'a> {
        Item {
            id: DeliveryId(Uuid::from_u128(n)),
            lane,
            due_at: 0,
            event: event.map(|event| EventId(Uuid::from_u128(event))),
            reply,
            bubbles: 1,
        }
    }

    #[test]
    fn one_event_joins_one_reply() {
        let reply = token("r", 50_000);
        let items = [
            item(1, Lane::Promised, Some(1), Some(&reply)),
            item(2, Lane::Promised, Some(1), Some(&reply)),
            item(3, Lane::Promised, Some(2), None),
        ];
        let packet = next_packet(&items, 0).unwrap();
        assert_eq!(packet, Packet { reply: Some(reply.clone()), items: vec![0, 1] });
    }

    #[test]
    fn a_dead_token_goes_by_push() {
        let reply = token("r", 2_999);
        let items = [item(1, Lane::Chat, Some(1), Some(&reply)), item(2, Lane::Chat, Some(1), Some(&reply))];
        assert_eq!(next_packet(&items, 0).unwrap(), Packet { reply: None, items: vec![0, 1] });
    }

    #[test]
    fn chat_and_transactional_go_first() {
        let items = [item(1, Lane::Marketing, None, None), item(2, Lane::Promised, None, None), item(3, Lane::Chat, None, None)];
        assert_eq!(next_packet(&items, 0).unwrap().items, [2]);
        assert_eq!(next_packet(&items[..2], 0).unwrap().items, [1]);
    }

    #[test]
    fn at_most_five_bubbles_and_nothing_overtakes() {
        let reply = token("r", 50_000);
        let mut items: Vec<_> = (1..=4).map(|n| item(n, Lane::Promised, Some(1), Some(&reply))).collect();
        items[0].bubbles = 3;
        items[1].bubbles = 3;
        assert_eq!(next_packet(&items, 0).unwrap().items, [0]);
        items[1].bubbles = 1;
        assert_eq!(next_packet(&items, 0).unwrap().items, [0, 1, 2]);
    }

    #[test]
    fn nothing_to_pack() {
        assert_eq!(next_packet(&[], 0), None);
    }

    proptest! {
        /// Whatever is due, repeated packing says everything exactly once, never more than five bubbles at once,
        /// never two events in one request, and the most urgent lane first.
        #[test]
        fn packing_ends_and_keeps_its_laws(
            wishes in prop::collection::vec((0usize..4, 0u128..3, any::<bool>(), 1usize..=5), 0..12)
        ) {
            let reply = token("r", 50_000);
            let mut left: Vec<Item<'_>> = wishes.iter().enumerate().map(|(n, (lane, event, by_reply, bubbles))| Item {
                bubbles: *bubbles,
                ..item(n as u128, Lane::ALL[*lane], Some(*event), by_reply.then_some(&reply))
            }).collect();
            let mut said = Vec::new();
            while let Some(packet) = next_packet(&left, 0) {
                prop_assert!(!packet.items.is_empty());
                let chosen: Vec<Item<'_>> = packet.items.iter().map(|index| left[*index].clone()).collect();
                prop_assert!(chosen.iter().map(|item| item.bubbles).sum::<usize>() <= MAX_BUBBLES);
                prop_assert!(chosen.iter().all(|item| item.event == chosen[0].event));
                prop_assert!(packet.reply.is_none() || chosen.iter().all(|item| item.reply.is_some()));
                let most_urgent = left.iter().map(|item| rank(item.lane)).min();
                prop_assert_eq!(chosen.iter().map(|item| rank(item.lane)).min(), most_urgent);
                said.extend(chosen.iter().map(|item| item.id));
                left.retain(|item| !chosen.iter().any(|done| done.id == item.id));
            }
            said.sort();
            prop_assert_eq!(said.len(), wishes.len());
            said.dedup();
            prop_assert_eq!(said.len(), wishes.len());
        }
    }
}
