//! The schema: migrations, and the closed list of tables that belong to no workspace.

use store::Migration;

/// All migrations, oldest first. Forward only.
pub const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "foundation", sql: include_str!("../migrations/0001_foundation.sql") },
    Migration { version: 2, name: "planner", sql: include_str!("../migrations/0002_planner.sql") },
    Migration { version: 3, name: "wrote", sql: include_str!("../migrations/0003_wrote.sql") },
    Migration { version: 4, name: "clicks", sql: include_str!("../migrations/0004_clicks.sql") },
    Migration { version: 5, name: "assets", sql: include_str!("../migrations/0005_assets.sql") },
    Migration { version: 6, name: "connect", sql: include_str!("../migrations/0006_connect.sql") },
    Migration { version: 7, name: "broadcasts", sql: include_str!("../migrations/0007_broadcasts.sql") },
    Migration { version: 8, name: "friends", sql: include_str!("../migrations/0008_friends.sql") },
    Migration { version: 9, name: "flows", sql: include_str!("../migrations/0009_flows.sql") },
    Migration { version: 10, name: "insight", sql: include_str!("../migrations/0010_insight.sql") },
    Migration { version: 11, name: "second_step", sql: include_str!("../migrations/0011_second_step.sql") },
    Migration { version: 12, name: "coupons", sql: include_str!("../migrations/0012_coupons.sql") },
    Migration { version: 13, name: "policy", sql: include_str!("../migrations/0013_policy.sql") },
    Migration { version: 14, name: "passkeys", sql: include_str!("../migrations/0014_passkeys.sql") },
    Migration { version: 15, name: "tidy", sql: include_str!("../migrations/0015_tidy.sql") },
    Migration { version: 16, name: "staff", sql: include_str!("../migrations/0016_staff.sql") },
    Migration { version: 17, name: "house", sql: include_str!("../migrations/0017_house.sql") },
    Migration { version: 18, name: "kept", sql: include_str!("../migrations/0018_kept.sql") },
];

/// Tables whose key does not begin with the workspace: look-ups by a secret or public id, staff, and the shard queues
/// that an owner claims across workspaces. The list is closed: a test refuses any other statement without workspace_id.
pub const GLOBAL_TABLES: &[&str] = &[
    "channel_directory",
    "link_directory",
    "users",
    "sessions",
    "second_steps",
    "recovery_codes",
    "passkeys",
    "passkey_challenges",
    "api_tokens",
    "setup_links",
    "leases",
    "schema_migrations",
    "pending",
    "changes",
];
