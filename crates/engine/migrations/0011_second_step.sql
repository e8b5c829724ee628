-- 2段階認証. Global like users: one person may work for several workspaces.
CREATE TABLE second_steps (
  user_id {id} NOT NULL PRIMARY KEY,
  secret {bytes} NOT NULL,              -- the key shared with the person's phone, sealed by the vault
  confirmed_at {int},                   -- NULL: shown, but no code has come yet
  last_step {int} NOT NULL,             -- the 30 s step of the last code taken: a code is good once
  created_at {int} NOT NULL
) {strict rowless};
CREATE TABLE recovery_codes (
  user_id {id} NOT NULL, code_hash {bytes} NOT NULL, used_at {int},
  PRIMARY KEY (user_id, code_hash)
) {strict rowless};
