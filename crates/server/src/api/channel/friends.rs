//! Friends of a channel, counted. Exact for small accounts; for large ones the figure may be a minute old, since counting
//! a million rows takes most of a second.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use engine::ids::{ChannelId, WorkspaceId};
use engine::workspace::view;
use store::Tx;

/// Up to this many the count is made anew every time.
const SMALL: i64 = 20_000;
/// How old the figure of a large account may be.
const KEPT: Duration = Duration::from_secs(60);

/// The latest figures of large accounts.
#[derive(Default)]
pub(crate) struct FriendCounts(Mutex<HashMap<ChannelId, (i64, Instant)>>);

impl FriendCounts {
    /// Friends now, or a minute ago.
    pub(super) fn of(&self, tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId) -> engine::Result<i64> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&channel).copied();
        if let Some((count, at)) = known
            && at.elapsed() < KEPT
        {
            return Ok(count);
        }
        let count = view::friends(tx, workspace, channel)?;
        if count > SMALL {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(channel, (count, Instant::now()));
        }
        Ok(count)
    }
}
