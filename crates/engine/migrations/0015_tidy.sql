-- What is kept for a while only is found by when it ended, however much there is.
CREATE INDEX requests_bodies ON requests (workspace_id, done_at) WHERE done_at IS NOT NULL AND body IS NOT NULL;
CREATE INDEX tasks_done ON tasks (workspace_id, kind, done_at) WHERE state = 'done';

-- Into whom somebody went: what was on its way to them then.
CREATE INDEX merges_gone ON merges (workspace_id, gone_id);

-- The saved condition a deed for many was begun with: for whom it is does not change on the way.
ALTER TABLE bulks ADD COLUMN condition {text};

--sqlite INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
--sqlite   ('requests', 'requests_bodies', '200000 200000 2'),
--sqlite   ('merges', 'merges_gone', '10000 10000 1');
--sqlite ANALYZE sqlite_schema;
