-- Answers to writes with a key of their own are kept for a day, and found by their age.
CREATE INDEX idempotency_at ON idempotency (workspace_id, at);

-- Whom a broadcast that is over was for is told by its deliveries, not by a list that outlives those it names.
UPDATE broadcasts SET audience = '{"to":"line_users","user_ids":[]}'
  WHERE state IN ('done', 'cancelled') AND audience LIKE '%"to":"line_users"%';

--sqlite INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
--sqlite   ('idempotency', 'idempotency', '100000 100000 1'),
--sqlite   ('idempotency', 'idempotency_at', '100000 100000 2');
--sqlite ANALYZE sqlite_schema;
