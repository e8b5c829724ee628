-- Two people at one draft are told apart by its revision.
ALTER TABLE broadcasts ADD COLUMN revision {int} NOT NULL DEFAULT 1;
ALTER TABLE broadcasts ADD COLUMN updated_by {text} NOT NULL DEFAULT '';

-- A second person's word on exactly what was shown to them: any later change has another fingerprint.
CREATE TABLE broadcast_approvals (
  workspace_id {id} NOT NULL, broadcast_id {id} NOT NULL,
  state {text} NOT NULL,                -- requested | approved | returned
  fingerprint {bytes} NOT NULL,
  requested_by {text} NOT NULL, requested_at {int} NOT NULL,
  decided_by {text}, decided_at {int}, comment {text} NOT NULL,
  PRIMARY KEY (workspace_id, broadcast_id)
) {strict rowless};

-- What an address in a message answered when it was last tried.
CREATE TABLE link_checks (
  workspace_id {id} NOT NULL, url {text} NOT NULL,
  answer {text} NOT NULL,               -- ok | missing | refused | error | unreachable | private
  status {int}, checked_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, url)
) {strict rowless};

-- LINE's own figures of a broadcast; it goes on counting for 14 days.
CREATE TABLE broadcast_insights (
  workspace_id {id} NOT NULL, broadcast_id {id} NOT NULL,
  delivered {int}, seen {int}, clicked {int},              -- NULL: LINE tells nothing about fewer than 20 people
  fetched_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, broadcast_id)
) {strict rowless};

-- Who blocked an account when: which broadcast people left after.
CREATE INDEX friendships_blocked ON friendships (workspace_id, channel_id, changed_at) WHERE state = 'blocked';

--sqlite INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
--sqlite   ('friendships', 'friendships_blocked', '200000 200000 100000 2');
--sqlite ANALYZE sqlite_schema;
