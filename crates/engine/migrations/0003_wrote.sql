-- When a person last wrote stands with the talk, which every message changes anyway: one page less per message.
ALTER TABLE conversations ADD COLUMN wrote_at {int};
INSERT INTO conversations (workspace_id, channel_id, contact_id, unread, mark, last_at, last_text)
  SELECT f.workspace_id, f.channel_id, f.contact_id, 0, '', 0, '' FROM friendships f
  WHERE f.wrote_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM conversations v
    WHERE v.workspace_id = f.workspace_id AND v.contact_id = f.contact_id AND v.channel_id = f.channel_id);
UPDATE conversations SET wrote_at = (SELECT f.wrote_at FROM friendships f WHERE f.workspace_id = conversations.workspace_id
  AND f.channel_id = conversations.channel_id AND f.contact_id = conversations.contact_id);
ALTER TABLE friendships DROP COLUMN wrote_at;
