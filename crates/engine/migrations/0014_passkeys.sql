-- パスキー (WebAuthn). Global like users: one person may work for several workspaces.
CREATE TABLE passkeys (
  user_id {id} NOT NULL, id {id} NOT NULL,
  credential_id {bytes} NOT NULL,       -- as the authenticator names it
  credential {text} NOT NULL,           -- JSON: public key, counter, what else the library checks
  counter {int} NOT NULL,               -- the authenticator's count of signatures; only forwards, 0 where it keeps none
  name {text} NOT NULL,
  host {text} NOT NULL,                 -- the admin's host it is good for (relying party id)
  created_at {int} NOT NULL, used_at {int},
  PRIMARY KEY (user_id, id)
) {strict rowless};
CREATE UNIQUE INDEX passkeys_credential ON passkeys (credential_id);
-- What was asked of a browser and has not been answered. A row is taken with the first answer, right or wrong.
CREATE TABLE passkey_challenges (
  token_hash {bytes} NOT NULL PRIMARY KEY,
  user_id {id},                         -- who registers one; NULL: somebody at the door
  state {text} NOT NULL,                -- JSON of the library
  expires_at {int} NOT NULL
) {strict rowless};
CREATE INDEX passkey_challenges_expire ON passkey_challenges (expires_at);

-- Whose own this target is; NULL: the shop's.
ALTER TABLE notice_targets ADD COLUMN user_id {id};

-- Which version of the draft was shown; a later one is not asked for.
ALTER TABLE broadcast_approvals ADD COLUMN revision {int} NOT NULL DEFAULT 0;
