-- Into whom somebody went: what was on its way to them then.
CREATE INDEX merges_gone ON merges (workspace_id, gone_id);

--sqlite INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
--sqlite   ('merges', 'merges_gone', '10000 10000 1');
--sqlite ANALYZE sqlite_schema;
