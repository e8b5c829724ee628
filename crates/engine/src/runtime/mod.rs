//! The loops that move things along: leases, events, outbox, broadcasts, tasks; status and shutdown.

mod follow;
pub mod health;
mod held;
mod loops;
mod signs;
mod status;

pub use follow::Follower;
pub use health::{Health, health};
pub use held::{Held, Standing};
pub use loops::{Runtime, Turn, start};
pub use signs::{Light, Sign, Topic};
pub use status::{Status, status};
