//! Tests of broadcasts on both stores.

use super::*;
use uuid::Uuid;

/// A draft to everybody.
pub fn draft() -> Broadcast {
    Broadcast {
        workspace: WorkspaceId(Uuid::from_u128(1)),
        id: BroadcastId(Uuid::from_u128(7)),
        channel_id: ChannelId(Uuid::from_u128(2)),
        name: "春のお知らせ".to_owned(),
        template_id: TemplateId(Uuid::from_u128(3)),
        template_version_id: TemplateVersionId(Uuid::from_u128(4)),
        audience: Audience::All {},
        lane: Lane::Transactional,
        link_mode: LinkMode::Shared,
        method: Method::Ledger,
        send_at: 0,
        not_after: 86_400_000,
        first_percent: None,
        per_10min: None,
        state: State::Draft,
        hold: None,
        wake_at: 0,
        total: 0,
        created_by: "test".to_owned(),
        created_at: 0,
        confirmed_at: None,
        started_at: None,
        done_at: None,
        pace: (None, 0),
    }
}
