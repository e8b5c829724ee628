-- Who opened what: one row per person, link and what had sent it, written with the event's application.
CREATE TABLE link_clicks (
  workspace_id {id} NOT NULL, cause_id {id} NOT NULL,       -- the broadcast, journey, rule …; nil when unknown
  link_id {id} NOT NULL, contact_id {id} NOT NULL,
  first_at {int} NOT NULL, last_at {int} NOT NULL, count {int} NOT NULL,
  PRIMARY KEY (workspace_id, cause_id, link_id, contact_id)
) {strict rowless};
CREATE INDEX link_clicks_link ON link_clicks (workspace_id, link_id);
CREATE INDEX link_clicks_contact ON link_clicks (workspace_id, contact_id);

-- Visits that tell of nobody, counted by the day (UTC, days since 1970-01-01).
CREATE TABLE link_visits (
  workspace_id {id} NOT NULL, link_id {id} NOT NULL, cause_id {id} NOT NULL, day {int} NOT NULL,
  kind {text} NOT NULL,                 -- unknown | prefetch
  count {int} NOT NULL,
  PRIMARY KEY (workspace_id, link_id, cause_id, day, kind)
) {strict rowless};
CREATE INDEX link_visits_cause ON link_visits (workspace_id, cause_id);

--sqlite INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
--sqlite   ('link_clicks', 'link_clicks', '1000000 1000000 10000 5000 1'),
--sqlite   ('link_clicks', 'link_clicks_link', '1000000 1000000 5000'),
--sqlite   ('link_clicks', 'link_clicks_contact', '1000000 1000000 3'),
--sqlite   ('link_visits', 'link_visits', '100000 100000 200 50 2 1'),
--sqlite   ('link_visits', 'link_visits_cause', '100000 100000 50');
--sqlite ANALYZE sqlite_schema;
