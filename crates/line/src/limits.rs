//! LINE's limits that are not about the inside of a message (those stand in the tables of
//! [`validate`](crate::validate)) and not about speed (those stand beside the calls in
//! [`endpoint`](crate::endpoint)). Source, unless another is named: Messaging API reference.

use std::time::Duration;

/// Bubbles in one send.
pub const MESSAGES_PER_SEND: usize = 5;

/// Users of one multicast, and of one bulk link of a rich menu.
pub const RECIPIENTS_PER_CALL: usize = 500;

/// Bytes of a request's JSON. LINE says "2 MB" and not which; we keep to the smaller.
pub const REQUEST_BYTES: usize = 2_000_000;

/// Bytes of a bubble's JSON ("30 KB").
pub const BUBBLE_BYTES: usize = 30_000;

/// Bytes of a carousel's JSON ("50 KB").
pub const CAROUSEL_BYTES: usize = 50_000;

/// Animated pictures in one flex message.
pub const ANIMATED_IMAGES: usize = 10;

/// How long LINE remembers a retry key; after that the same key sends again.
pub const RETRY_KEY_LIFE: Duration = Duration::from_secs(24 * 3600);

/// How long a reply token is sure to hold from its receipt.
pub const REPLY_TOKEN_LIFE: Duration = Duration::from_secs(60);

/// How long after an event a redelivered reply token may hold at all.
pub const REPLY_TOKEN_LAST: Duration = Duration::from_secs(20 * 60);

/// How long LINE waits for the answer to a webhook.
pub const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a user who wrote to the account can be pushed without being a friend.
pub const WROTE_LATELY: Duration = Duration::from_secs(7 * 24 * 3600);

/// Length of an aggregation unit's name.
pub const UNIT_NAME: usize = 30;

/// Names of aggregation units in a month; LINE ignores further ones.
pub const UNITS_PER_MONTH: usize = 1_000;

/// Audiences and earlier sends in one narrowcast's recipient.
pub const NARROWCAST_RECIPIENTS: usize = 10;

/// Conditions in one narrowcast's filter.
pub const NARROWCAST_FILTERS: usize = 10;

/// User ids in one upload to an audience by JSON.
pub const AUDIENCE_IDS: usize = 10_000;

/// User ids in one upload to an audience by file.
pub const AUDIENCE_FILE_IDS: usize = 1_500_000;

/// Rich menus of an account.
pub const RICH_MENUS: usize = 1_000;

/// Bytes of a rich menu's picture ("1 MB").
pub const RICH_MENU_IMAGE_BYTES: usize = 1_000_000;

/// Steps of a rich menu batch.
pub const BATCH_OPERATIONS: usize = 1_000;

/// LIFF apps of a channel (LIFF server API reference).
pub const LIFF_APPS: usize = 30;

/// Members of a page of ids in a group or room.
pub const MEMBERS_PER_PAGE: usize = 100;

/// Friends of a page of ids.
pub const FOLLOWERS_PER_PAGE: usize = 1_000;

/// Length of a webhook address.
pub const WEBHOOK_URL: usize = 500;
