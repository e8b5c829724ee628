-- The whole way once: who (contacts), what happened (events), what follows (rules, journeys),
-- what is said (deliveries, broadcasts, requests). Types in braces are rendered per store.
-- workspace_id leads every key; the closed list of global tables stands in schema.rs.

CREATE TABLE workspaces (
  workspace_id {id} NOT NULL PRIMARY KEY,
  name {text} NOT NULL,
  zone {text} NOT NULL,
  revision {int} NOT NULL,              -- grows with every change of a definition: nodes reload their catalog
  demo {int} NOT NULL,                  -- 1: shows the デモ banner everywhere
  created_at {int} NOT NULL
) {strict};

CREATE TABLE settings (
  workspace_id {id} NOT NULL, key {text} NOT NULL, value {text} NOT NULL,
  PRIMARY KEY (workspace_id, key)
) {strict rowless};

CREATE TABLE providers (
  workspace_id {id} NOT NULL, id {id} NOT NULL, name {text} NOT NULL, created_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, id)
) {strict rowless};

CREATE TABLE channels (
  workspace_id {id} NOT NULL, id {id} NOT NULL, provider_id {id} NOT NULL,
  name {text} NOT NULL, color {text} NOT NULL,
  line_channel_id {text} NOT NULL,
  secret {bytes} NOT NULL, old_secret {bytes}, token {bytes},           -- sealed
  mode {text} NOT NULL,                 -- full | send_only
  bot_user_id {text}, basic_id {text}, display_name {text}, picture_url {text},
  stopped_at {int},                     -- 非常停止: nothing leaves while set
  reserve_percent {int} NOT NULL,       -- share of the quota kept back for transactional and promised
  created_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, id)
) {strict rowless};

-- Global look-up: which workspace owns a channel (webhook path, LINE channel id).
CREATE TABLE channel_directory (
  channel_id {id} NOT NULL PRIMARY KEY, workspace_id {id} NOT NULL, line_channel_id {text} NOT NULL UNIQUE
) {strict rowless};

-- What doctor reports about a channel's webhook: counts of oddities, last seen.
CREATE TABLE channel_notes (
  workspace_id {id} NOT NULL, channel_id {id} NOT NULL, kind {text} NOT NULL,
  count {int} NOT NULL, last_at {int} NOT NULL, detail {text} NOT NULL,
  PRIMARY KEY (workspace_id, channel_id, kind)
) {strict rowless};

CREATE TABLE contacts (
  workspace_id {id} NOT NULL, id {id} NOT NULL, shard {int} NOT NULL,
  kind {text} NOT NULL,                 -- person | group | room
  display_name {text}, folded {text} NOT NULL, picture_url {text}, language {text}, status_message {text},
  profile_at {int},                     -- when LINE's profile was last read
  memo {text} NOT NULL, staff {int} NOT NULL, consent {text} NOT NULL,   -- consent: granted | withdrawn
  created_at {int} NOT NULL, updated_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, id)
) {strict rowless};

CREATE TABLE identities (
  workspace_id {id} NOT NULL, kind {text} NOT NULL, scope {id} NOT NULL, value {text} NOT NULL,
  contact_id {id} NOT NULL, created_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, kind, scope, value)
) {strict rowless};
CREATE INDEX identities_contact ON identities (workspace_id, contact_id);

CREATE TABLE friendships (
  workspace_id {id} NOT NULL, channel_id {id} NOT NULL, contact_id {id} NOT NULL,
  shard {int} NOT NULL, user_id {text} NOT NULL,          -- the LINE user id on this channel's provider
  state {text} NOT NULL,                -- unknown | never | friend | blocked | deleted
  changed_at {int} NOT NULL,            -- LINE's timestamp of the follow/unfollow that decided the state
  friend_since {int}, wrote_at {int}, source {text},
  PRIMARY KEY (workspace_id, channel_id, contact_id)
) {strict rowless};
CREATE INDEX friendships_contact ON friendships (workspace_id, contact_id, state);

CREATE TABLE tags (
  workspace_id {id} NOT NULL, id {id} NOT NULL, name {text} NOT NULL, folder {text} NOT NULL, created_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, id), UNIQUE (workspace_id, name)
) {strict rowless};
CREATE TABLE contact_tags (
  workspace_id {id} NOT NULL, contact_id {id} NOT NULL, tag_id {id} NOT NULL, at {int} NOT NULL,
  PRIMARY KEY (workspace_id, contact_id, tag_id)
) {strict rowless};
CREATE INDEX contact_tags_tag ON contact_tags (workspace_id, tag_id, contact_id);

CREATE TABLE attributes (
  workspace_id {id} NOT NULL, id {id} NOT NULL, key {text} NOT NULL, label {text} NOT NULL,
  type {text} NOT NULL,                 -- text | number | date | datetime | choice | yesno
  options {text} NOT NULL, folder {text} NOT NULL, created_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, id), UNIQUE (workspace_id, key)
) {strict rowless};
CREATE TABLE contact_attributes (
  workspace_id {id} NOT NULL, contact_id {id} NOT NULL, attribute_id {id} NOT NULL,
  text {text} NOT NULL,                 -- canonical form; dates yyyy-MM-dd, yes/no 1/0
  number {real},                        -- numbers; dates as days, datetimes as ms: what comparisons use
  at {int} NOT NULL,
  PRIMARY KEY (workspace_id, contact_id, attribute_id)
) {strict rowless};
CREATE INDEX contact_attributes_text ON contact_attributes (workspace_id, attribute_id, text, contact_id);
CREATE INDEX contact_attributes_number ON contact_attributes (workspace_id, attribute_id, number, contact_id);

-- Search: one posting list per write batch and term; candidates are verified against contacts.folded.
CREATE TABLE search_postings (
  workspace_id {id} NOT NULL, term {text} NOT NULL, chunk {id} NOT NULL, contacts {bytes} NOT NULL,
  PRIMARY KEY (workspace_id, term, chunk)
) {strict rowless};

CREATE TABLE events (
  workspace_id {id} NOT NULL, id {id} NOT NULL,           -- id = time of occurrence + hash(dedupe key): the key of deduplication
  contact_id {id} NOT NULL, channel_id {id},
  kind {text} NOT NULL, source {text} NOT NULL,
  occurred_at {int} NOT NULL, received_at {int} NOT NULL,
  payload {text} NOT NULL,
  PRIMARY KEY (workspace_id, id)
) {strict rowless};
CREATE INDEX events_contact ON events (workspace_id, contact_id, id);

-- What is stored and not yet applied. Deleted in the transaction that applies it.
CREATE TABLE pending (
  id {serial},
  workspace_id {id} NOT NULL, shard {int} NOT NULL, contact_id {id} NOT NULL, event_id {id} NOT NULL,
  attempts {int} NOT NULL, parked_at {int}, error {text}
) {strict};
CREATE INDEX pending_parked ON pending (workspace_id, id) WHERE parked_at IS NOT NULL;

CREATE TABLE segments (
  workspace_id {id} NOT NULL, id {id} NOT NULL, name {text} NOT NULL, condition {text} NOT NULL,
  created_at {int} NOT NULL, updated_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, id)
) {strict rowless};

CREATE TABLE templates (
  workspace_id {id} NOT NULL, id {id} NOT NULL, name {text} NOT NULL, folder {text} NOT NULL,
  version_id {id} NOT NULL, created_at {int} NOT NULL, updated_at {int} NOT NULL, archived_at {int},
  PRIMARY KEY (workspace_id, id)
) {strict rowless};
CREATE TABLE template_versions (
  workspace_id {id} NOT NULL, id {id} NOT NULL, template_id {id} NOT NULL, number {int} NOT NULL,
  messages {text} NOT NULL, created_at {int} NOT NULL, created_by {text} NOT NULL,
  PRIMARY KEY (workspace_id, id)
) {strict rowless};

CREATE TABLE rules (
  workspace_id {id} NOT NULL, id {id} NOT NULL, channel_id {id}, name {text} NOT NULL,
  trigger {text} NOT NULL, hours {text}, actions {text} NOT NULL,
  priority {int} NOT NULL, enabled {int} NOT NULL, created_at {int} NOT NULL, updated_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, id)
) {strict rowless};

CREATE TABLE journeys (
  workspace_id {id} NOT NULL, id {id} NOT NULL, channel_id {id} NOT NULL, name {text} NOT NULL,
  state {text} NOT NULL,                -- draft | published | stopped
  draft {text} NOT NULL, version_id {id}, created_at {int} NOT NULL, updated_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, id)
) {strict rowless};
CREATE TABLE journey_versions (
  workspace_id {id} NOT NULL, id {id} NOT NULL, journey_id {id} NOT NULL, number {int} NOT NULL,
  graph {text} NOT NULL, published_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, id)
) {strict rowless};
CREATE TABLE enrollments (
  workspace_id {id} NOT NULL, id {id} NOT NULL, shard {int} NOT NULL,
  journey_id {id} NOT NULL, version_id {id} NOT NULL, contact_id {id} NOT NULL,
  key {text} NOT NULL,                  -- '' or the order, the cart …
  state {text} NOT NULL,                -- active | done | goal | exited | failed
  node {text} NOT NULL, due_at {int}, steps {int} NOT NULL,
  context {text} NOT NULL, reason {text}, entered_at {int} NOT NULL, updated_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, id)
) {strict rowless};
CREATE UNIQUE INDEX enrollments_active ON enrollments (workspace_id, contact_id, journey_id, key) WHERE state = 'active';
CREATE INDEX enrollments_contact ON enrollments (workspace_id, contact_id, journey_id);
CREATE INDEX enrollments_journey ON enrollments (workspace_id, journey_id, state, node);
CREATE INDEX enrollments_due ON enrollments (shard, due_at) WHERE state = 'active' AND due_at IS NOT NULL;

-- One message to one contact, outside broadcasts (their recipients stand in the broadcast ledger).
CREATE TABLE deliveries (
  workspace_id {id} NOT NULL, id {id} NOT NULL, shard {int} NOT NULL,
  contact_id {id} NOT NULL, channel_id {id} NOT NULL,
  lane {text} NOT NULL,                 -- transactional | promised | chat | marketing
  cause_kind {text} NOT NULL, cause_id {id} NOT NULL, cause_ref {text} NOT NULL,   -- rule, journey (ref: node), chat, event, api …
  event_id {id},                        -- what it answers: deliveries of one event join one reply
  template_version_id {id}, content {text},                                        -- one of both
  context {text} NOT NULL,              -- values for variables that the contact does not hold
  reply_token {text}, reply_until {int},
  due_at {int} NOT NULL, not_after {int} NOT NULL,
  state {text} NOT NULL,                -- queued | sending | accepted | failed | unknown | refused
  reason {text}, request_id {id},
  created_at {int} NOT NULL, done_at {int},
  PRIMARY KEY (workspace_id, id)
) {strict rowless};
-- Claimed per channel and lane: a channel that is full or slow holds up no other, chat never waits behind marketing.
CREATE INDEX deliveries_due ON deliveries (channel_id, lane, due_at, id) WHERE state = 'queued';
CREATE INDEX deliveries_contact ON deliveries (workspace_id, contact_id, id);
CREATE INDEX deliveries_cause ON deliveries (workspace_id, cause_id, id);
CREATE INDEX deliveries_request ON deliveries (workspace_id, request_id) WHERE request_id IS NOT NULL;

CREATE TABLE broadcasts (
  workspace_id {id} NOT NULL, id {id} NOT NULL, channel_id {id} NOT NULL, name {text} NOT NULL,
  template_id {id} NOT NULL, template_version_id {id} NOT NULL,
  audience {text} NOT NULL, lane {text} NOT NULL, link_mode {text} NOT NULL,
  method {text} NOT NULL,               -- ledger (our recipients) | line_broadcast (LINE's own call)
  send_at {int} NOT NULL, not_after {int} NOT NULL,
  first_percent {int}, per_10min {int},
  state {text} NOT NULL,                -- draft | scheduled | snapshotting | sending | paused | done | cancelled
  hold {text},                          -- why it waits: first_percent | quota | staff | quiet | pace | expired | template
  wake_at {int} NOT NULL,               -- when its next step is due
  pace_from {int}, pace_base {int} NOT NULL,               -- n per 10 minutes: the present window, what was fixed before it
  total {int} NOT NULL, created_by {text} NOT NULL, created_at {int} NOT NULL,
  confirmed_at {int}, started_at {int}, done_at {int}, updated_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, id)
) {strict rowless};
CREATE INDEX broadcasts_open ON broadcasts (state, wake_at) WHERE state IN ('scheduled', 'snapshotting', 'sending');

-- The ledger: a delivery's state is its request's; exceptions stand beside.
CREATE TABLE broadcast_recipients (
  workspace_id {id} NOT NULL, broadcast_id {id} NOT NULL, shard {int} NOT NULL, pos {int} NOT NULL, contact_id {id} NOT NULL,
  PRIMARY KEY (workspace_id, broadcast_id, shard, pos)
) {strict rowless};
CREATE TABLE broadcast_shards (
  workspace_id {id} NOT NULL, broadcast_id {id} NOT NULL, shard {int} NOT NULL,
  cursor {id},                          -- the snapshot has seen contacts up to here; all ones = complete
  total {int} NOT NULL, next_pos {int} NOT NULL,           -- all below next_pos is fixed or refused
  accepted {int} NOT NULL, unknown {int} NOT NULL,         -- recipients by their request's end, written with it
  PRIMARY KEY (workspace_id, broadcast_id, shard)
) {strict rowless};
CREATE TABLE broadcast_exceptions (
  workspace_id {id} NOT NULL, broadcast_id {id} NOT NULL, shard {int} NOT NULL, pos {int} NOT NULL,
  contact_id {id} NOT NULL, state {text} NOT NULL,         -- refused | failed | moved (its delivery stands in deliveries)
  reason {text} NOT NULL, at {int} NOT NULL,
  PRIMARY KEY (workspace_id, broadcast_id, shard, pos)
) {strict rowless};
CREATE INDEX broadcast_exceptions_contact ON broadcast_exceptions (workspace_id, contact_id);

-- One call to LINE, fixed before it is made. id = X-Line-Retry-Key.
CREATE TABLE requests (
  workspace_id {id} NOT NULL, id {id} NOT NULL, shard {int} NOT NULL, channel_id {id} NOT NULL,
  endpoint {text} NOT NULL,             -- reply | push | multicast | broadcast
  lane {text} NOT NULL,
  contact_id {id},                      -- reply and push: one in flight per contact
  broadcast_id {id}, pos_from {int}, pos_to {int},         -- [from, to)
  recipients {int} NOT NULL, quota_month {int} NOT NULL,   -- yyyymm; 0 when free
  body {bytes}, body_hash {bytes} NOT NULL,                -- body dropped after 48 h
  state {text} NOT NULL,                -- open | accepted | failed | unknown | split
  attempts {int} NOT NULL, first_attempt_at {int} NOT NULL, next_attempt_at {int} NOT NULL,
  not_after {int} NOT NULL, reply_until {int},
  status {int}, error {text}, line_request_id {text}, done_at {int}, created_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, id)
) {strict rowless};
CREATE INDEX requests_open ON requests (shard, next_attempt_at) WHERE state = 'open';
-- One reply or push in flight per contact.
CREATE UNIQUE INDEX requests_contact ON requests (workspace_id, contact_id) WHERE state = 'open' AND contact_id IS NOT NULL;
CREATE INDEX requests_broadcast ON requests (workspace_id, broadcast_id, shard, pos_from) WHERE broadcast_id IS NOT NULL;

-- Every fixed send by contact: the cap counts it, the timeline and 'why' read it.
CREATE TABLE contact_sends (
  workspace_id {id} NOT NULL, contact_id {id} NOT NULL, at {int} NOT NULL, request_id {id} NOT NULL,
  channel_id {id} NOT NULL, lane {text} NOT NULL, broadcast_id {id}, pos {int},
  PRIMARY KEY (workspace_id, contact_id, at, request_id)
) {strict rowless};

CREATE TABLE quotas (
  workspace_id {id} NOT NULL, channel_id {id} NOT NULL, month {int} NOT NULL,      -- yyyymm in JST (LINE's month)
  limited {int},                        -- LINE's limit; NULL = none or unknown
  line_used {int} NOT NULL,             -- LINE's consumption at checked_at (an estimate)
  reserved {int} NOT NULL,              -- fixed by us since checked_at
  exhausted_at {int}, checked_at {int},
  PRIMARY KEY (workspace_id, channel_id, month)
) {strict rowless};
CREATE TABLE rates (
  workspace_id {id} NOT NULL, channel_id {id} NOT NULL, endpoint {text} NOT NULL, tat_us {int} NOT NULL,
  PRIMARY KEY (workspace_id, channel_id, endpoint)
) {strict rowless};

CREATE TABLE conversations (
  workspace_id {id} NOT NULL, channel_id {id} NOT NULL, contact_id {id} NOT NULL,
  unread {int} NOT NULL, mark {text} NOT NULL, assignee {id},
  last_at {int} NOT NULL, last_text {text} NOT NULL, waiting_since {int},
  reply_token {text}, reply_until {int}, read_token {text},
  PRIMARY KEY (workspace_id, contact_id, channel_id)
) {strict rowless};
CREATE INDEX conversations_last ON conversations (workspace_id, last_at);
CREATE INDEX conversations_mark ON conversations (workspace_id, mark) WHERE mark <> '';
CREATE TABLE messages (
  workspace_id {id} NOT NULL, contact_id {id} NOT NULL, id {id} NOT NULL,          -- the event's or the delivery's id
  channel_id {id} NOT NULL, at {int} NOT NULL, direction {text} NOT NULL,          -- in | out
  line_message_id {text}, kind {text} NOT NULL, text {text} NOT NULL, body {text} NOT NULL,
  sender {text}, media {text}, unsent_at {int}, edited_at {int},
  PRIMARY KEY (workspace_id, contact_id, id)
) {strict rowless};
CREATE INDEX messages_line ON messages (workspace_id, line_message_id) WHERE line_message_id IS NOT NULL;

-- Messages taken back, by LINE's message id: an unsend may come before its message.
CREATE TABLE unsent (
  workspace_id {id} NOT NULL, key {text} NOT NULL, at {int} NOT NULL,
  PRIMARY KEY (workspace_id, key)
) {strict rowless};

CREATE TABLE links (
  workspace_id {id} NOT NULL, id {id} NOT NULL, code {text} NOT NULL, url {text} NOT NULL, name {text} NOT NULL,
  created_at {int} NOT NULL, archived_at {int},
  PRIMARY KEY (workspace_id, id), UNIQUE (workspace_id, url)
) {strict rowless};
CREATE TABLE link_directory (
  code {text} NOT NULL PRIMARY KEY, workspace_id {id} NOT NULL, link_id {id} NOT NULL
) {strict rowless};

-- I/O work beside the way.
CREATE TABLE tasks (
  workspace_id {id} NOT NULL, id {id} NOT NULL, kind {text} NOT NULL, key {text} NOT NULL,
  state {text} NOT NULL,                -- queued | running | done | failed
  due_at {int} NOT NULL, attempts {int} NOT NULL, lease_until {int}, owner {id},
  payload {text} NOT NULL, progress {int} NOT NULL, total {int} NOT NULL, error {text}, result {text},
  created_at {int} NOT NULL, done_at {int},
  PRIMARY KEY (workspace_id, id)
) {strict rowless};
CREATE INDEX tasks_due ON tasks (due_at) WHERE state IN ('queued', 'running');
CREATE UNIQUE INDEX tasks_key ON tasks (workspace_id, kind, key) WHERE key <> '' AND state IN ('queued', 'running');

-- Staff. Users and sessions are global: one person may work for several workspaces.
CREATE TABLE users (
  id {id} NOT NULL PRIMARY KEY, email {text} NOT NULL UNIQUE, name {text} NOT NULL,
  password {text} NOT NULL, created_at {int} NOT NULL, disabled_at {int}
) {strict rowless};
CREATE TABLE memberships (
  workspace_id {id} NOT NULL, user_id {id} NOT NULL, role {text} NOT NULL, created_at {int} NOT NULL,
  PRIMARY KEY (workspace_id, user_id)
) {strict rowless};
CREATE INDEX memberships_user ON memberships (user_id);
CREATE TABLE sessions (
  token_hash {bytes} NOT NULL PRIMARY KEY, user_id {id} NOT NULL, workspace_id {id} NOT NULL,
  agent {text} NOT NULL, created_at {int} NOT NULL, seen_at {int} NOT NULL, expires_at {int} NOT NULL
) {strict rowless};
CREATE TABLE api_tokens (
  token_hash {bytes} NOT NULL PRIMARY KEY, workspace_id {id} NOT NULL, id {id} NOT NULL, name {text} NOT NULL,
  role {text} NOT NULL, scopes {text} NOT NULL, created_at {int} NOT NULL, used_at {int}, revoked_at {int}
) {strict rowless};

CREATE TABLE audit (
  workspace_id {id} NOT NULL, id {id} NOT NULL, at {int} NOT NULL, actor {text} NOT NULL,
  action {text} NOT NULL, object {text} NOT NULL, detail {text} NOT NULL,
  PRIMARY KEY (workspace_id, id)
) {strict rowless};

-- Id-only change log behind the live pages.
CREATE TABLE changes (
  id {serial}, workspace_id {id} NOT NULL, kind {text} NOT NULL, object_id {id} NOT NULL, at {int} NOT NULL
) {strict};
CREATE INDEX changes_workspace ON changes (workspace_id, id);

CREATE TABLE idempotency (
  workspace_id {id} NOT NULL, key {text} NOT NULL, request_hash {bytes} NOT NULL,
  status {int} NOT NULL, body {text} NOT NULL, at {int} NOT NULL,
  PRIMARY KEY (workspace_id, key)
) {strict rowless};
