-- Events that the shop reported, by name and person: who has just bought, and which names there are.
CREATE INDEX events_shop ON events (workspace_id, kind, contact_id, occurred_at) WHERE source = 'api';
-- What LINE did not take, by account, newest last.
CREATE INDEX requests_failed ON requests (workspace_id, channel_id, done_at) WHERE state IN ('failed', 'unknown');

--sqlite INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
--sqlite   ('events', 'events_shop', '1000000 1000000 50000 3 1'),
--sqlite   ('requests', 'requests_failed', '10000 10000 5000 2');
--sqlite ANALYZE sqlite_schema;
