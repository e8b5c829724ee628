//! The next rows of the ledger, with the facts the guard asks, and whom it refuses.

use std::collections::{HashMap, HashSet};

use store::{Tx, params};
use uuid::Uuid;

use super::{Order, Work};
use crate::Result;
use crate::contact::ContactKind;
use crate::delivery::exclusion::add_excluded;
use crate::delivery::guard::{Friend, Road, Sends, Verdict, Wish, judge};
use crate::delivery::{self, Lane, Person, Reason};
use crate::ids::ContactId;

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[LINES, HEARD, BUSY];

const LINES: &str =
    "SELECT r.pos, r.contact_id, c.kind, CASE WHEN EXISTS (SELECT 1 FROM consents k WHERE k.workspace_id = c.workspace_id AND k.contact_id = c.id
        AND k.channel_id = $4 AND k.purpose = 'marketing' AND k.state = 'withdrawn') THEN 'withdrawn' ELSE c.consent END, c.staff, c.display_name, f.user_id, f.state, v.wrote_at, v.mark,
      (SELECT a.at FROM consents a WHERE a.workspace_id = c.workspace_id AND a.contact_id = c.id
        AND a.purpose = 'analysis' AND a.state = 'withdrawn')
    FROM broadcast_recipients r
    LEFT JOIN contacts c ON c.workspace_id = r.workspace_id AND c.id = r.contact_id
    LEFT JOIN friendships f ON f.workspace_id = r.workspace_id AND f.channel_id = $4 AND f.contact_id = r.contact_id
    LEFT JOIN conversations v ON v.workspace_id = r.workspace_id AND v.channel_id = $4 AND v.contact_id = r.contact_id
    WHERE r.workspace_id = $1 AND r.broadcast_id = $2 AND r.shard = $3 AND r.pos >= $5 AND r.pos < $6 ORDER BY r.pos";
const HEARD: &str = "SELECT s.contact_id, SUM(CASE WHEN s.at >= $6 THEN 1 ELSE 0 END), COUNT(*)
    FROM broadcast_recipients r
    JOIN contact_sends s ON s.workspace_id = r.workspace_id AND s.contact_id = r.contact_id AND s.at >= $7 AND s.lane = 'marketing'
    WHERE r.workspace_id = $1 AND r.broadcast_id = $2 AND r.shard = $3 AND r.pos >= $4 AND r.pos < $5
    GROUP BY s.contact_id";
const BUSY: &str = "SELECT contact_id FROM requests WHERE workspace_id = $1 AND contact_id = ANY($2) AND state = 'open'";

/// A row of the ledger with what the guard asks.
pub(super) struct Line {
    pub pos: i64,
    pub contact: ContactId,
    pub person: Option<Person>,
}

impl Line {
    pub fn friend(&self) -> Option<&Friend> {
        self.person.as_ref()?.subject.friend.as_ref()
    }
}

impl Work<'_> {
    pub(super) fn lines(&self, tx: &mut Tx<'_>, shard: i64, from: i64, to: i64) -> Result<Vec<Line>> {
        let Order { workspace, id, now, .. } = self.order;
        let mut lines = tx.query(LINES, &params![workspace, id, shard, self.channel.id, from, to], |row| {
            let contact: ContactId = row.get(1)?;
            let known = row.get::<Option<ContactKind>>(2)?.is_some();
            let person = if known { Some(delivery::db::person(row, workspace, contact, 2)?) } else { None };
            Ok(Line { pos: row.get(0)?, contact, person })
        })?;
        if self.broadcast.lane == Lane::Marketing {
            let people = lines.iter_mut().filter_map(|line| Some((line.contact, line.person.as_mut()?)));
            add_excluded(tx, self.catalog, people, now)?;
        }
        let cap = &self.catalog.policy.cap;
        if self.broadcast.lane == Lane::Marketing && (cap.per_day.is_some() || cap.per_week.is_some()) {
            let window = self.catalog.policy.cap_window(now, &self.catalog.zone);
            let heard = tx.query(HEARD, &params![workspace, id, shard, from, to, window.day_from, window.week_from], |row| {
                Ok((row.get::<ContactId>(0)?, Sends { day: row.get(1)?, week: row.get(2)? }))
            })?;
            let heard: HashMap<ContactId, Sends> = heard.into_iter().collect();
            for line in lines.iter_mut().filter(|_| !heard.is_empty()) {
                if let (Some(person), Some(sends)) = (&mut line.person, heard.get(&line.contact)) {
                    person.subject.sends = *sends;
                }
            }
        }
        Ok(lines)
    }

    /// `None`: goes. Quiet hours were asked for the whole broadcast.
    pub(super) fn refusal(&self, line: &Line) -> Option<Reason> {
        let wish = Wish { lane: self.broadcast.lane, not_after: self.broadcast.not_after, road: Road::Push };
        let subject = line.person.as_ref().map(|person| &person.subject);
        if subject.is_some_and(|subject| subject.kind != ContactKind::Person) {
            return Some(Reason::NotFriend);
        }
        match judge(&self.catalog.policy, wish, subject, self.order.now, &self.catalog.zone) {
            Verdict::Refuse(reason) => Some(reason),
            Verdict::Go | Verdict::Later(_) => None,
        }
    }

    /// Of these who hears something else at this moment.
    pub(super) fn busy(&self, tx: &mut Tx<'_>, lines: &[Line]) -> Result<HashSet<ContactId>> {
        let ids: Vec<Uuid> = lines.iter().map(|line| line.contact.0).collect();
        Ok(tx.query(BUSY, &params![self.order.workspace, &ids], |row| row.get(0))?.into_iter().collect())
    }
}
