-- Journeys: how often and by whom a draft was saved, so that two editors never write over each other unseen.
ALTER TABLE journeys ADD COLUMN revision {int} NOT NULL DEFAULT 1;
ALTER TABLE journeys ADD COLUMN edited_by {text} NOT NULL DEFAULT '';
ALTER TABLE journey_versions ADD COLUMN published_by {text} NOT NULL DEFAULT '';
CREATE INDEX journey_versions_journey ON journey_versions (workspace_id, journey_id, number);

-- People by step and version are counted along the index alone.
DROP INDEX enrollments_journey;
CREATE INDEX enrollments_journey ON enrollments (workspace_id, journey_id, state, node, version_id);

-- How many walks came to a step, by the day in the workspace's zone (days since 1970-01-01).
CREATE TABLE journey_steps (
  workspace_id {id} NOT NULL, journey_id {id} NOT NULL, day {int} NOT NULL, version_id {id} NOT NULL, node {text} NOT NULL,
  count {int} NOT NULL,
  PRIMARY KEY (workspace_id, journey_id, day, version_id, node)
) {strict rowless};

--sqlite DELETE FROM sqlite_stat1 WHERE idx = 'enrollments_journey';
--sqlite INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
--sqlite   ('enrollments', 'enrollments_journey', '1000000 1000000 20000 5000 500 250'),
--sqlite   ('journey_steps', 'journey_steps', '1000000 1000000 5000 20 10 1');
--sqlite ANALYZE sqlite_schema;
