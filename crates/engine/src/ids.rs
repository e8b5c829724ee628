//! Typed ids. UUIDv7, except where an id is derived so that the same thing met twice has the same id.

use std::sync::atomic::{AtomicU32, Ordering};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id in the order of `now_ms` (Unix milliseconds).
            pub fn new(now_ms: i64) -> Self { Self(fresh(now_ms)) }
            /// The id that no row has.
            pub const fn nil() -> Self { Self(Uuid::nil()) }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, "{}({})", stringify!($name), self.0) }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> { Uuid::parse_str(s).map(Self) }
        }
        impl From<$name> for store::Value<'_> {
            fn from(id: $name) -> Self { Self::Id(id.0) }
        }
        impl From<&$name> for store::Value<'_> {
            fn from(id: &$name) -> Self { Self::Id(id.0) }
        }
        impl store::FromColumn for $name {
            fn from_column(cell: store::Cell<'_>) -> Option<Self> { <Uuid as store::FromColumn>::from_column(cell).map(Self) }
        }
    )+};
}

ids! {
    /// The tenant: one merchant.
    WorkspaceId,
    /// A LINE provider: the scope of LINE user ids.
    ProviderId,
    /// One LINE Official Account connected to Enishi.
    ChannelId,
    /// One person (or one group talk).
    ContactId,
    /// A label on contacts.
    TagId,
    /// A typed field of contacts (友だち情報欄).
    AttributeId,
    /// A saved condition over contacts.
    SegmentId,
    /// Something that happened; derived from its dedupe key, see [`EventId::keyed`].
    EventId,
    /// A template, across its versions.
    TemplateId,
    /// One immutable version of a template.
    TemplateVersionId,
    /// An automatic answer (自動応答).
    RuleId,
    /// A シナリオ, across its versions.
    JourneyId,
    /// One immutable published graph of a journey.
    JourneyVersionId,
    /// One contact's walk through a journey.
    EnrollmentId,
    /// One message to one contact.
    DeliveryId,
    /// One call to LINE; its UUID is `X-Line-Retry-Key`.
    RequestId,
    /// 一斉配信.
    BroadcastId,
    /// A tracked link.
    LinkId,
    /// A kept picture, film or sound.
    AssetId,
    /// A saved view of the list of friends.
    ViewId,
    /// One thing done to many contacts.
    BulkId,
    /// Two contacts made one.
    MergeId,
    /// I/O work beside the way.
    TaskId,
    /// A member of staff.
    UserId,
    /// A passkey of a member of staff.
    PasskeyId,
    /// An API token.
    TokenId,
    /// An entry of the audit log.
    AuditId,
    /// One running server.
    NodeId,
    /// Something staff are told of (お知らせ).
    NoticeId,
    /// Whom to tell.
    TargetId,
}

/// How many ids this process has made.
static MADE: AtomicU32 = AtomicU32::new(0);

/// A UUIDv7 of this instant. Ids of one process and millisecond count up (RFC 9562 §6.2, method 1: 26 bits), for a batch
/// makes thousands at one instant, and rows in order of their keys cost a page where rows all over a table cost a page
/// each. The other 48 bits are random.
fn fresh(now_ms: i64) -> Uuid {
    let count = MADE.fetch_add(1, Ordering::Relaxed);
    let mut bits = random_10();
    bits[..4].copy_from_slice(&placed(count));
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(now_ms).unwrap_or(0), &bits).into_uuid()
}

#[expect(clippy::disallowed_methods, reason = "the random bits of an id decide nothing")]
fn random_10() -> [u8; 10] {
    rand::random()
}

/// An id derived from what it is for, in the layout of UUIDv7: an instant, a place among the ids of that instant (26 bits,
/// so that neighbours stay neighbours in a table), and bits of SHA-256.
fn derived(at_ms: u64, place: u32, digest: Sha256) -> Uuid {
    let mut bits = [0u8; 10];
    bits[..4].copy_from_slice(&placed(place));
    bits[4..].copy_from_slice(&digest.finalize()[..6]);
    uuid::Builder::from_unix_timestamp_millis(at_ms, &bits).into_uuid()
}

/// 26 bits around version and variant, which cover the upper half of the first byte and two bits of the third.
fn placed(place: u32) -> [u8; 4] {
    [(place >> 22) as u8, (place >> 14) as u8, (place >> 8) as u8 & 0x3f, place as u8]
}

/// The instant in the id.
pub(crate) fn instant_of(id: Uuid) -> u64 {
    (id.as_u128() >> 80) as u64
}

/// Where a recipient stands among all of a broadcast: shard, then position.
fn ledger_place(shard: i64, pos: i64) -> u32 {
    (u32::try_from(shard).unwrap_or(0) << 21) | u32::try_from(pos & 0x1f_ffff).unwrap_or(0)
}

impl DeliveryId {
    /// The `n`th message said on one occasion: an event, or the step that a walk was due for. A restored backup decides
    /// the same again and comes to the same id, and with it to the same retry key.
    pub fn said(at_ms: i64, occasion: Uuid, n: u32) -> Self {
        let digest = Sha256::new().chain_update(occasion.as_bytes()).chain_update(n.to_be_bytes());
        let neighbour = u32::from_be_bytes([0, occasion.as_bytes()[7], occasion.as_bytes()[8], occasion.as_bytes()[9]]);
        Self(derived(u64::try_from(at_ms).unwrap_or(0), (neighbour << 6) | n.min(63), digest.chain_update(at_ms.to_be_bytes())))
    }

    /// A broadcast's message to one of its recipients.
    pub fn of_recipient(broadcast: BroadcastId, (shard, pos): (i64, i64), contact: ContactId) -> Self {
        let digest = Sha256::new().chain_update(broadcast.0.as_bytes()).chain_update(contact.0.as_bytes());
        Self(derived(instant_of(broadcast.0), ledger_place(shard, pos), digest))
    }
}

impl RequestId {
    /// The request that carries these deliveries.
    pub fn carrying(deliveries: &[DeliveryId]) -> Self {
        match deliveries {
            [one] => Self(one.0),
            all => {
                let first = all.first().map_or(Uuid::nil(), |id| id.0);
                let digest = all.iter().fold(Sha256::new(), |digest, id| digest.chain_update(id.0.as_bytes()));
                Self(derived(instant_of(first), 0, digest))
            }
        }
    }

    /// One body of a broadcast to these LINE users, the first of whom stands at this place of the ledger.
    pub fn to_recipients(broadcast: BroadcastId, (shard, pos): (i64, i64), to: &[&str]) -> Self {
        let digest = Sha256::new().chain_update(broadcast.0.as_bytes());
        let digest = to.iter().fold(digest, |digest, user| digest.chain_update(user.as_bytes()));
        Self(derived(instant_of(broadcast.0), ledger_place(shard, pos), digest))
    }
}

impl EventId {
    /// The id of an event known by a key of its source: the same key at the same instant is the same event,
    /// so the primary key refuses a duplicate. Layout of UUIDv7 (RFC 9562 §5.7) with the random bits taken from
    /// SHA-256 of scope and key.
    pub fn keyed(scope: Uuid, key: &[u8], occurred_at_ms: i64) -> Self {
        let digest = Sha256::new().chain_update(scope.as_bytes()).chain_update(key).finalize();
        let mut bits = [0u8; 10];
        bits.copy_from_slice(&digest[..10]);
        Self(uuid::Builder::from_unix_timestamp_millis(u64::try_from(occurred_at_ms).unwrap_or(0), &bits).into_uuid())
    }
}

/// Number of shards; never changes once data exists.
pub const SHARDS: i64 = 32;

/// The shard of a contact: events of one contact are applied by one owner, in order.
pub fn shard_of(workspace: WorkspaceId, contact: ContactId) -> i64 {
    // FNV-1a over the random tails; stable across versions and machines.
    let hash = workspace.0.as_bytes()[8..]
        .iter()
        .chain(&contact.0.as_bytes()[8..])
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0000_0100_0000_01b3));
    i64::try_from((hash >> 32) % 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_key_same_event() {
        let scope = Uuid::from_u128(7);
        assert_eq!(EventId::keyed(scope, b"01H", 5), EventId::keyed(scope, b"01H", 5));
        assert_ne!(EventId::keyed(scope, b"01H", 5), EventId::keyed(scope, b"01J", 5));
        assert_ne!(EventId::keyed(scope, b"01H", 5), EventId::keyed(Uuid::from_u128(8), b"01H", 5));
    }

    #[test]
    fn ids_sort_by_time() {
        assert!(ContactId::new(1_000) < ContactId::new(2_000));
    }

    #[test]
    fn ids_of_one_instant_sort_by_their_making() {
        let made: Vec<ContactId> = (0..10_000).map(|_| ContactId::new(1_000)).collect();
        assert!(made.is_sorted(), "one batch, one run of keys");
        assert!(made.iter().all(|id| id.0.get_version_num() == 7));
    }

    #[test]
    fn the_same_saying_has_the_same_id_and_sayings_keep_their_order() {
        let occasion = EventId::new(5).0;
        let said: Vec<DeliveryId> = (0..10).map(|n| DeliveryId::said(7, occasion, n)).collect();
        assert!(said.is_sorted());
        assert_eq!(said[3], DeliveryId::said(7, occasion, 3));
        assert_ne!(said[3], DeliveryId::said(8, occasion, 3));
        assert_ne!(said[3], DeliveryId::said(7, EventId::new(5).0, 3));
        assert_eq!(RequestId::carrying(&said[..1]).0, said[0].0);
        assert_ne!(RequestId::carrying(&said[..2]), RequestId::carrying(&said[1..3]));
    }

    #[test]
    fn a_broadcasts_request_is_known_by_its_recipients() {
        let broadcast = BroadcastId::new(5);
        let key = |pos, to: &[&str]| RequestId::to_recipients(broadcast, (3, pos), to);
        assert_eq!(key(0, &["U1", "U2"]), key(0, &["U1", "U2"]));
        assert_ne!(key(0, &["U1", "U2"]), key(0, &["U1"]));
        assert!(key(0, &["U9"]) < key(1, &["U1"]), "in order of the ledger");
    }

    #[test]
    fn shards_are_even() {
        let workspace = WorkspaceId::new(0);
        let mut counts = [0; 32];
        for n in 0..32_000 {
            counts[usize::try_from(shard_of(workspace, ContactId::new(n))).unwrap()] += 1;
        }
        assert!(counts.iter().all(|c| (800..1200).contains(c)), "{counts:?}");
    }
}
