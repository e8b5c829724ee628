-- Views of the list of friends that staff saved: what is asked for, and which columns. Without an owner: everybody's.
CREATE TABLE views (
  workspace_id {id} NOT NULL, id {id} NOT NULL, owner {id}, name {text} NOT NULL,
  wanted {text} NOT NULL, columns {text} NOT NULL, created_at {int} NOT NULL, updated_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, id)
) {strict rowless};

-- One thing done to many contacts, and what stood before with each of them, so that exactly this can be taken back.
CREATE TABLE bulks (
  workspace_id {id} NOT NULL, id {id} NOT NULL, actor {text} NOT NULL,
  deed {text} NOT NULL, whom {text} NOT NULL,
  state {text} NOT NULL,                -- running | stopped | done | undoing | undone | failed
  cursor {id}, seen {int} NOT NULL, changed {int} NOT NULL, undone {int} NOT NULL, total {int} NOT NULL,
  created_at {int} NOT NULL, done_at {int},
  PRIMARY KEY (workspace_id, id)
) {strict rowless};
CREATE TABLE bulk_changes (
  workspace_id {id} NOT NULL, bulk_id {id} NOT NULL, contact_id {id} NOT NULL, previous {text},
  PRIMARY KEY (workspace_id, bulk_id, contact_id)
) {strict rowless};
CREATE INDEX bulk_changes_contact ON bulk_changes (workspace_id, contact_id);

-- What a person said about being written to, per account and purpose; the nil account stands for all of them.
CREATE TABLE consents (
  workspace_id {id} NOT NULL, contact_id {id} NOT NULL, channel_id {id} NOT NULL, purpose {text} NOT NULL,
  state {text} NOT NULL,                -- granted | withdrawn
  source {text} NOT NULL, at {int} NOT NULL,
  PRIMARY KEY (workspace_id, contact_id, channel_id, purpose)
) {strict rowless};

-- Who was erased on request: a keyed hash of each name a system had for them, against taking them in again by a file.
CREATE TABLE tombstones (
  workspace_id {id} NOT NULL, hash {bytes} NOT NULL, at {int} NOT NULL,
  PRIMARY KEY (workspace_id, hash)
) {strict rowless};

-- Two contacts that staff made one: what moved, so that it can be moved back.
CREATE TABLE merges (
  workspace_id {id} NOT NULL, id {id} NOT NULL, kept_id {id} NOT NULL, gone_id {id} NOT NULL,
  moved {text} NOT NULL, actor {text} NOT NULL, at {int} NOT NULL,
  PRIMARY KEY (workspace_id, id)
) {strict rowless};
CREATE INDEX merges_kept ON merges (workspace_id, kept_id);

--sqlite INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
--sqlite   ('bulk_changes', 'bulk_changes', '1000000 1000000 10000 1'),
--sqlite   ('bulk_changes', 'bulk_changes_contact', '1000000 1000000 3'),
--sqlite   ('consents', 'consents', '1000000 1000000 2 1 1'),
--sqlite   ('tombstones', 'tombstones', '10000 10000 1'),
--sqlite   ('merges', 'merges', '10000 10000 1'),
--sqlite   ('merges', 'merges_kept', '10000 10000 1');
--sqlite ANALYZE sqlite_schema;
