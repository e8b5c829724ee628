-- The shop's own people among a million friends: who gets a test, who hears of a notice.
CREATE INDEX contacts_staff ON contacts (workspace_id, id) WHERE staff = 1;

--sqlite INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
--sqlite   ('contacts', 'contacts_staff', '50 50 1');
--sqlite ANALYZE sqlite_schema;
