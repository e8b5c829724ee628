//! Fixing from the ledger: the next recipients of the shards we hold become requests, in one transaction.
//!
//! One body for all goes by multicast, at most 500 recipients of one shard; a personal one goes to each by push. The
//! facts the guard asks come joined with the ledger's rows; contacts stand in id order within a shard, so that neighbours
//! in the ledger are neighbours in every index touched.

mod bodies;
mod lines;
mod page;

use std::sync::Arc;

use serde_json::Map;
use store::Tx;

use super::db::{self, Shard};
use super::pace::{Pace, allowance};
use super::{Broadcast, Hold, State, budget, decide};
use crate::Result;
use crate::delivery::quota::{self, Quota};
use crate::delivery::{self, Lane, Request};
use crate::ids::{BroadcastId, WorkspaceId};
use crate::link::Tracker;
use crate::notice::watch;
use crate::runtime::Held;
use crate::template::{Compiled, Values};
use crate::workspace::{Catalog, Catalogs, Channel};
pub use bodies::MULTICAST;
use page::Page;

/// Every statement of this folder, for the test that prepares them.
pub fn statements() -> Vec<&'static str> {
    [lines::STATEMENTS, page::STATEMENTS].concat()
}

/// Recipients in one transaction at most, so that it stays below 50 ms: shared bodies, personal bodies.
const BATCH: (i64, i64) = (4_000, 400);

/// What one transaction did.
#[derive(Debug, Default)]
pub(super) struct Fixed {
    pub requests: Vec<Request>,
    /// Recipients fixed or excepted, or a change of the broadcast itself.
    pub worked: usize,
}

/// Under what conditions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub workspace: WorkspaceId,
    pub id: BroadcastId,
    pub now: i64,
    /// Requests that may be fixed ahead, by multicast and by push.
    pub room: (usize, usize),
}

/// Fixes the next recipients, or finds out why not.
pub(super) fn fix(tx: &mut Tx<'_>, catalogs: &Catalogs, held: &Held, order: Order) -> Result<Fixed> {
    held.check(tx)?;
    let broadcast = db::lock(tx, order.workspace, order.id)?;
    let catalog = catalogs.get(tx, order.workspace)?;
    let channel = catalog.channels.get(&broadcast.channel_id);
    let Some(channel) = channel.filter(|channel| channel.stopped_at.is_none()) else { return Ok(Fixed::default()) };
    if broadcast.state != State::Sending || broadcast.hold == Some(Hold::Expired) {
        return Ok(Fixed::default());
    }
    let shards = db::shards(tx, order.workspace, order.id)?;
    let left: i64 = shards.iter().map(|shard| shard.total - shard.next_pos).sum();
    if left == 0 {
        return Ok(Fixed::default());
    }
    if order.now > broadcast.not_after {
        return hold(tx, broadcast, Hold::Expired, None, order.now);
    }
    if let Some(end) = catalog.policy.quiet_until(broadcast.lane, order.now, &catalog.zone) {
        return match end > broadcast.not_after {
            true => hold(tx, broadcast, Hold::Expired, None, order.now),
            false => hold(tx, broadcast, Hold::Quiet, Some(end), order.now),
        };
    }
    let total: i64 = shards.iter().map(|shard| shard.total).sum();
    let broadcast = if left == total { budget::begins(tx, broadcast, order.now)? } else { broadcast };
    if left == total && over_budget(tx, &catalog.policy, &broadcast, total, order.now)? {
        return hold(tx, broadcast, Hold::Budget, None, order.now);
    }
    let compiled = catalogs.compiled(tx, &catalog, &[broadcast.template_version_id])?;
    let Some(template) = compiled.get(&broadcast.template_version_id) else {
        return hold(tx, broadcast, Hold::Template, None, order.now);
    };
    let tracker = catalogs.tracker();
    let work = Work { catalog: &catalog, channel, tracker, template: template.clone(), order, broadcast };
    work.run(tx, held, &shards)
}

/// Whether a broadcast that has not begun would cost more than is left of the month's budget.
pub(super) fn over_budget(
    tx: &mut Tx<'_>,
    policy: &delivery::Policy,
    broadcast: &Broadcast,
    messages: i64,
    now: i64,
) -> Result<bool> {
    let starts = broadcast.started_at.unwrap_or(now);
    Ok(budget::left_after(tx, policy, broadcast, messages, starts)?.is_some_and(|left| left < 0))
}

/// Makes the broadcast wait: until an instant, for staff, or for its end.
fn hold(tx: &mut Tx<'_>, broadcast: Broadcast, hold: Hold, until: Option<i64>, now: i64) -> Result<Fixed> {
    let state = match hold {
        Hold::FirstPercent | Hold::Quota | Hold::Template | Hold::Staff | Hold::Budget => State::Paused,
        Hold::Quiet | Hold::Pace | Hold::Expired => State::Sending,
    };
    if hold.is_unasked() {
        watch::hurry(tx, broadcast.workspace, now)?;
    }
    db::save(tx, &Broadcast { state, hold: Some(hold), wake_at: until.unwrap_or(broadcast.wake_at), ..broadcast }, now)?;
    Ok(Fixed { worked: 1, ..Fixed::default() })
}

struct Work<'a> {
    catalog: &'a Catalog,
    channel: &'a Channel,
    tracker: &'a Tracker,
    template: Arc<Compiled>,
    order: Order,
    broadcast: Broadcast,
}

/// How much may still be fixed in this transaction.
struct Budget {
    requests: usize,
    recipients: i64,
    quota: i64,
}

impl Work<'_> {
    fn is_personal(&self) -> bool {
        self.broadcast.link_mode.is_personal(self.tracker, &self.template)
    }

    fn run(mut self, tx: &mut Tx<'_>, held: &Held, shards: &[Shard]) -> Result<Fixed> {
        let (now, personal) = (self.order.now, self.is_personal());
        let month = quota::month_of(now);
        let quota = quota::load(tx, self.order.workspace, self.channel.id, month)?;
        let quota_left = self.quota_left(quota);
        if quota_left == 0 {
            return hold(tx, self.broadcast, Hold::Quota, None, now);
        }
        let fixed: i64 = shards.iter().map(|shard| shard.next_pos).sum();
        let mut batch = if personal { BATCH.1 } else { BATCH.0 };
        if let Some(per_10min) = self.broadcast.per_10min {
            let window = self.broadcast.pace.0.map(|from| Pace { from, base: self.broadcast.pace.1 });
            let (pace, left) = allowance(per_10min, window, fixed, now);
            self.broadcast.pace = (Some(pace.from), pace.base);
            if left == 0 {
                let until = pace.from + super::pace::PACE_MS;
                return hold(tx, self.broadcast, Hold::Pace, Some(until), now);
            }
            batch = batch.min(left);
        }
        let shared = if personal { None } else { Some(self.shared_messages()) };
        let shared = match shared.transpose() {
            Ok(shared) => shared,
            Err(()) => return hold(tx, self.broadcast, Hold::Template, None, now),
        };
        let mut budget = Budget {
            requests: if personal { self.order.room.1 } else { self.order.room.0 },
            recipients: batch,
            quota: quota_left,
        };
        let totals: Vec<i64> = shards.iter().map(|shard| shard.total).collect();
        let limits = shards
            .iter()
            .enumerate()
            .map(|(index, shard)| (shard, decide::limit_of(&totals, index, self.broadcast.first_percent)));
        let mut limits: Vec<(&Shard, i64)> = limits.collect();
        // Shards go side by side: at the same position they hold neighbours, whose rows lie on the same pages.
        limits.sort_by_key(|(shard, _)| shard.next_pos);
        if limits.iter().all(|(shard, limit)| shard.next_pos >= *limit) {
            return hold(tx, self.broadcast, Hold::FirstPercent, None, now);
        }
        let mut page = Page::default();
        for (shard, limit) in
            limits.into_iter().filter(|(shard, limit)| held.shards.contains(&shard.shard) && shard.next_pos < *limit)
        {
            let cut_off = shared.is_some() && budget.recipients < MULTICAST && !page.requests.is_empty();
            if budget.requests == 0 || budget.recipients <= 0 || budget.quota <= 0 || cut_off {
                break;
            }
            self.shard(tx, shard, limit, shared.as_deref(), &mut budget, &mut page)?;
        }
        budget::goes_on(tx, &self.broadcast, fixed, now)?;
        self.write(tx, page, month)
    }

    /// Recipients LINE's month still has room for. Other lanes than marketing stop only at LINE's own word.
    fn quota_left(&self, quota: Quota) -> i64 {
        match self.broadcast.lane {
            Lane::Marketing => quota.left_for_marketing(self.channel.reserve_percent).unwrap_or(i64::MAX),
            _ if quota.exhausted_at.is_some() => 0,
            _ => i64::MAX,
        }
    }

    fn utm(&self) -> String {
        self.catalog.utm.query(self.broadcast.id.0, &self.broadcast.name)
    }

    fn shared_messages(&self) -> Result<String, ()> {
        let context = Map::new();
        let values = Values::shared(delivery::spoken_name(self.channel), &context, self.order.now, &self.catalog.zone);
        let utm = self.utm();
        let track = self.broadcast.link_mode.track(self.tracker, None, self.broadcast.id.0).marked(&utm);
        let values = values.tracked(track);
        self.template
            .render(&values)
            .map_err(|error| tracing::error!(broadcast = %self.broadcast.id, %error, "the template cannot be said"))
    }

    /// One shard's next rows.
    fn shard(
        &self,
        tx: &mut Tx<'_>,
        shard: &Shard,
        limit: i64,
        shared: Option<&str>,
        budget: &mut Budget,
        page: &mut Page,
    ) -> Result<()> {
        let to = match shared {
            Some(_) => bodies::whole_multicasts(shard.next_pos, limit, budget.recipients.min(MULTICAST)),
            None => limit.min(shard.next_pos + budget.recipients),
        };
        let lines = self.lines(tx, shard.shard, shard.next_pos, to)?;
        let next = match shared {
            Some(messages) => self.multicasts(shard.shard, shard.next_pos, &lines, messages, budget, page),
            None => self.pushes(tx, shard.shard, (shard.next_pos, to), lines, budget, page)?,
        };
        budget.recipients -= next - shard.next_pos;
        page.advanced.push((shard.shard, next));
        Ok(())
    }
}
