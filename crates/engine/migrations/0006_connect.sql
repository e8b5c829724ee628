-- Connecting an account step by step: where its webhooks go, what was checked with LINE, what only people can tell.
ALTER TABLE channels ADD COLUMN previous_webhook {text};      -- the address at LINE before ours: 元に戻す
ALTER TABLE channels ADD COLUMN forward_url {text};           -- the old tool's address: what comes in is handed on to it
ALTER TABLE channels ADD COLUMN forward_until {int};          -- NULL: without end; after 元に戻す only what still comes late
ALTER TABLE channels ADD COLUMN reception_at {int};           -- when staff chose the way
ALTER TABLE channels ADD COLUMN followers_task {id};          -- the latest fetch of existing friends

-- What was handed on to the old tool. The id is made of the bytes: what comes back to us in a circle is known.
CREATE TABLE forwards (
  workspace_id {id} NOT NULL, channel_id {id} NOT NULL, id {id} NOT NULL,
  received_at {int} NOT NULL, events {int} NOT NULL, url {text} NOT NULL,
  signature {text} NOT NULL, body {bytes},                    -- sealed; dropped when it was taken
  state {text} NOT NULL,                -- waiting | done | failed
  attempts {int} NOT NULL, status {int}, error {text}, done_at {int},
  PRIMARY KEY (workspace_id, channel_id, id)
) {strict rowless};
CREATE INDEX forwards_received ON forwards (workspace_id, channel_id, received_at);

-- What staff ticked off by hand, because LINE tells it to nobody.
CREATE TABLE channel_ticks (
  workspace_id {id} NOT NULL, channel_id {id} NOT NULL, item {text} NOT NULL,
  at {int} NOT NULL, actor {text} NOT NULL,
  PRIMARY KEY (workspace_id, channel_id, item)
) {strict rowless};

-- Whether a LINE Login channel knows people by the same ids as the account.
CREATE TABLE provider_checks (
  workspace_id {id} NOT NULL, channel_id {id} NOT NULL, login_channel_id {text} NOT NULL,
  verdict {text} NOT NULL,              -- same | different
  at {int} NOT NULL, actor {text} NOT NULL,
  PRIMARY KEY (workspace_id, channel_id)
) {strict rowless};
-- Logins that were begun for it; ten minutes, once.
CREATE TABLE provider_logins (
  workspace_id {id} NOT NULL, state {text} NOT NULL, channel_id {id} NOT NULL, login_channel_id {text} NOT NULL,
  secrets {bytes} NOT NULL,             -- sealed: channel secret, nonce, PKCE verifier
  actor {text} NOT NULL, begun_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, state)
) {strict rowless};

-- Links with which the first owner comes in; good only while there is no user.
CREATE TABLE setup_links (token_hash {bytes} NOT NULL PRIMARY KEY, created_at {int} NOT NULL) {strict rowless};

--sqlite INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
--sqlite   ('forwards', 'forwards', '1000000 1000000 500000 1'),
--sqlite   ('forwards', 'forwards_received', '1000000 1000000 500000 2');
--sqlite ANALYZE sqlite_schema;
