-- A save names what it was begun from: who saves over a colleague is told.
ALTER TABLE settings ADD COLUMN revision {int} NOT NULL DEFAULT 0;

-- What a template was written for: 'reuse', or 'broadcast' for one alone, which is written on there. Until now these were
-- known by the folder that the pages put them in, in the language of whoever wrote.
ALTER TABLE templates ADD COLUMN made_for {text} NOT NULL DEFAULT 'reuse';
UPDATE templates SET made_for = 'broadcast' WHERE folder IN ('一斉配信で書いたもの', 'Written for broadcasts');

-- A broadcast that goes on in another of LINE's months: from which month on, and how many had their turn before it.
CREATE TABLE broadcast_months (
  workspace_id {id} NOT NULL, broadcast_id {id} NOT NULL, month {int} NOT NULL, had {int} NOT NULL,
  PRIMARY KEY (workspace_id, broadcast_id, month)
) {strict rowless};
