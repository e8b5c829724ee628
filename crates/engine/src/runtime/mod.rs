//! The loops that move things along: leases, events, outbox, broadcasts, tasks; status and shutdown.

mod follow;
mod held;
mod loops;
mod status;

pub use follow::Follower;
pub use held::{Held, Standing};
pub use loops::{Runtime, Turn, start};
pub use status::{Status, status};
