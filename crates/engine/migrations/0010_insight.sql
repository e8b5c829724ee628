-- Figures by the day (of the workspace's zone, days since 1970-01-01), added to in the transactions that write the facts.
CREATE TABLE figures (
  workspace_id {id} NOT NULL, day {int} NOT NULL,
  channel_id {id} NOT NULL,             -- nil: no account is known
  metric {text} NOT NULL,
  kind {text} NOT NULL,                 -- of sends: broadcast | journey | rule | chat | other; '' of all else
  count {int} NOT NULL,
  PRIMARY KEY (workspace_id, day, channel_id, metric, kind)
) {strict rowless};
CREATE INDEX figures_channel ON figures (workspace_id, channel_id, day);

-- How many friendships of an account are in each state, so that nobody counts a million rows to show a number.
CREATE TABLE friend_counts (
  workspace_id {id} NOT NULL, channel_id {id} NOT NULL, state {text} NOT NULL, count {int} NOT NULL,
  PRIMARY KEY (workspace_id, channel_id, state)
) {strict rowless};
INSERT INTO friend_counts (workspace_id, channel_id, state, count)
  SELECT workspace_id, channel_id, state, COUNT(*) FROM friendships GROUP BY workspace_id, channel_id, state;

-- Who clicked on a day, so that a person counts once; kept for a few days.
CREATE TABLE click_days (
  workspace_id {id} NOT NULL, day {int} NOT NULL, channel_id {id} NOT NULL, contact_id {id} NOT NULL,
  PRIMARY KEY (workspace_id, day, channel_id, contact_id)
) {strict rowless};

-- When an account last heard from LINE, to the minute.
CREATE TABLE channel_pulses (
  workspace_id {id} NOT NULL, channel_id {id} NOT NULL, webhook_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, channel_id)
) {strict rowless};

ALTER TABLE broadcasts ADD COLUMN category {text};          -- promotion | reading | notice; NULL: nobody said
CREATE INDEX broadcasts_when ON broadcasts (workspace_id, send_at);

-- A month as it was when it ended, and what staff wrote about it.
CREATE TABLE reports (
  workspace_id {id} NOT NULL, month {int} NOT NULL,         -- yyyymm of the workspace's zone
  body {text},                          -- NULL until the month is over
  comment {text} NOT NULL, commented_at {int}, made_at {int},
  PRIMARY KEY (workspace_id, month)
) {strict rowless};

-- お知らせ: whom to tell.
CREATE TABLE notice_targets (
  workspace_id {id} NOT NULL, id {id} NOT NULL, road {text} NOT NULL,         -- line | mail | slack | webhook
  name {text} NOT NULL, channel_id {id}, contact_id {id},
  address {bytes},                      -- sealed: mail address, or URL
  shown {text} NOT NULL,                -- what may be shown of the address
  causes {text} NOT NULL,               -- JSON list; empty: everything
  paused_at {int}, created_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, id)
) {strict rowless};
-- What was found. One open row per cause and object: it is told once until it is over.
CREATE TABLE notices (
  workspace_id {id} NOT NULL, id {id} NOT NULL, cause {text} NOT NULL, object {text} NOT NULL,
  channel_id {id}, detail {text} NOT NULL, began_at {int} NOT NULL, over_at {int},
  PRIMARY KEY (workspace_id, id)
) {strict rowless};
CREATE UNIQUE INDEX notices_open ON notices (workspace_id, cause, object) WHERE over_at IS NULL;
CREATE TABLE notice_sends (
  workspace_id {id} NOT NULL, notice_id {id} NOT NULL, target_id {id} NOT NULL,
  state {text} NOT NULL,                -- queued | sent | failed
  error {text}, at {int} NOT NULL,
  PRIMARY KEY (workspace_id, notice_id, target_id)
) {strict rowless};

--sqlite INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
--sqlite   ('figures', 'figures', '200000 200000 200 40 3 1'),
--sqlite   ('figures', 'figures_channel', '200000 200000 40000 40'),
--sqlite   ('click_days', 'click_days', '1000000 1000000 300000 100000 1'),
--sqlite   ('broadcasts', 'broadcasts', '5000 5000 1'),
--sqlite   ('broadcasts', 'broadcasts_open', '100 30 2'),
--sqlite   ('broadcasts', 'broadcasts_when', '5000 5000 2'),
--sqlite   ('notices', 'notices', '10000 10000 1'),
--sqlite   ('notices', 'notices_open', '20 20 5 1');
--sqlite ANALYZE sqlite_schema;
