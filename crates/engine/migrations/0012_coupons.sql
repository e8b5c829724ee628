-- What LINE said of a coupon when it was last asked: a message must not carry one that is over.
CREATE TABLE coupon_checks (
  workspace_id {id} NOT NULL, channel_id {id} NOT NULL, coupon_id {text} NOT NULL,
  state {text} NOT NULL,                -- running | draft | closed | unknown
  starts_at {int}, ends_at {int}, checked_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, channel_id, coupon_id)
) {strict rowless};
