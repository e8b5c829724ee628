-- Pictures, films and sounds that the shop keeps for its messages (登録メディア). The bytes are files, found by `key`.
CREATE TABLE assets (
  workspace_id {id} NOT NULL, id {id} NOT NULL,
  key {text} NOT NULL,                  -- stands in the public address; cannot be guessed
  kind {text} NOT NULL,                 -- image | video | audio
  name {text} NOT NULL, folder {text} NOT NULL DEFAULT '',
  format {text} NOT NULL,               -- jpg | png | mp4 | m4a | mp3
  bytes {int} NOT NULL,
  width {int}, height {int},            -- pictures
  duration_ms {int},                    -- films and sounds, as the uploader measured
  preview {text},                       -- format of the small picture: jpg | png
  created_at {int} NOT NULL, archived_at {int},
  PRIMARY KEY (workspace_id, id)
) {strict rowless};
