//! LINE's own broadcast call: one request to all friends of the account, also those Enishi does not know (unverified
//! accounts cannot list them). The guard cannot leave anybody out, which is why staff choose it by name.

use jiff::tz::TimeZone;
use serde_json::Map;
use store::{Tx, params};

use super::{Broadcast, Hold, State, budget, counts, db, fix};
use crate::Result;
use crate::delivery::outcome::KEY_LIFE_MS;
use crate::delivery::quota::{self, Room};
use crate::delivery::{self, Endpoint, Request, Span};
use crate::ids::{BroadcastId, RequestId, WorkspaceId};
use crate::link::Track;
use crate::notice::watch;
use crate::runtime::Held;
use crate::template::{Compiled, Values};
use crate::workspace::{Catalogs, Channel};

/// The shard whose owner makes the call: there are no recipients of ours to choose by.
pub(super) const SHARD: i64 = 0;

const KNOWN: &str =
    "SELECT COUNT(*) FROM friendships WHERE workspace_id = $1 AND channel_id = $2 AND state IN ('friend', 'unknown')";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[KNOWN];

/// Friends Enishi knows of.
pub(super) fn known_friends(tx: &mut Tx<'_>, broadcast: &Broadcast) -> Result<i64> {
    Ok(tx.query_one(KNOWN, &params![broadcast.workspace, broadcast.channel_id], |row| row.get(0))?)
}

/// Fixes the one request. `None` when it is fixed already, must wait or may not be.
pub(super) fn fix(
    tx: &mut Tx<'_>,
    catalogs: &Catalogs,
    held: &Held,
    (workspace, id): (WorkspaceId, BroadcastId),
    now: i64,
) -> Result<Option<Request>> {
    held.check(tx)?;
    let broadcast = db::lock(tx, workspace, id)?;
    let catalog = catalogs.get(tx, workspace)?;
    let channel = catalog.channels.get(&broadcast.channel_id);
    let Some(channel) = channel.filter(|channel| channel.stopped_at.is_none()) else { return Ok(None) };
    if broadcast.state != State::Sending || counts::line_call_state(tx, &broadcast)?.is_some() {
        return Ok(None);
    }
    let broadcast = budget::begins(tx, broadcast, now)?;
    let known = known_friends(tx, &broadcast)?;
    let quota = quota::load(tx, workspace, channel.id, quota::month_of(now))?;
    let wait = match catalog.policy.quiet_until(broadcast.lane, now, &catalog.zone) {
        _ if now > broadcast.not_after => Some((Hold::Expired, None)),
        Some(end) if end > broadcast.not_after => Some((Hold::Expired, None)),
        Some(end) => Some((Hold::Quiet, Some(end))),
        None if quota.room(broadcast.lane, known, channel.reserve_percent) != Room::Fits => Some((Hold::Quota, None)),
        None if fix::over_budget(tx, &catalog.policy, &broadcast, known, now)? => Some((Hold::Budget, None)),
        None => None,
    };
    if let Some((hold, until)) = wait {
        let state = if matches!(hold, Hold::Quota | Hold::Budget) { State::Paused } else { State::Sending };
        if hold.is_unasked() {
            watch::hurry(tx, workspace, now)?;
        }
        db::save(tx, &Broadcast { state, hold: Some(hold), wake_at: until.unwrap_or(broadcast.wake_at), ..broadcast }, now)?;
        return Ok(None);
    }
    let compiled = catalogs.compiled(tx, &catalog, &[broadcast.template_version_id])?;
    let messages = compiled.get(&broadcast.template_version_id).and_then(|template| {
        let utm = catalog.utm.query(id.0, &broadcast.name);
        let track = broadcast.link_mode.track(catalogs.tracker(), None, id.0).marked(&utm);
        said(template, channel, track, now, &catalog.zone)
    });
    let Some(messages) = messages else {
        watch::hurry(tx, workspace, now)?;
        db::save(tx, &Broadcast { state: State::Paused, hold: Some(Hold::Template), ..broadcast }, now)?;
        return Ok(None);
    };
    let request = request(&broadcast, channel, known, &messages, now);
    delivery::db::insert_requests(tx, std::slice::from_ref(&request), now)?;
    quota::reserve(tx, workspace, channel.id, quota::month_of(now), known)?;
    db::save(tx, &Broadcast { total: known, hold: None, ..broadcast }, now)?;
    Ok(Some(request))
}

fn said(template: &Compiled, channel: &Channel, track: Track<'_>, now: i64, zone: &TimeZone) -> Option<String> {
    let context = Map::new();
    template.render(&Values::shared(delivery::spoken_name(channel), &context, now, zone).tracked(track)).ok()
}

fn request(broadcast: &Broadcast, channel: &Channel, known: i64, messages: &str, now: i64) -> Request {
    Request {
        workspace: broadcast.workspace,
        id: RequestId::new(now),
        shard: SHARD,
        channel: channel.id,
        endpoint: Endpoint::Broadcast,
        lane: broadcast.lane,
        contact: None,
        span: Some(Span { broadcast: broadcast.id, from: 0, to: 0 }),
        recipients: known,
        quota_month: quota::month_of(now),
        body: line::body::broadcast(messages.as_bytes(), line::body::SendOptions::default()),
        attempts: 0,
        doubt: false,
        first_attempt_at: now,
        not_after: broadcast.not_after.min(now + KEY_LIFE_MS),
        reply_until: None,
    }
}
