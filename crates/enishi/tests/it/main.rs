//! The whole system: the real binary against the simulator, both in processes of their own, asserted on what stands in
//! the customers' talk rooms.

mod backup;
mod bad_input;
mod clock;
mod connect;
mod crash;
mod first_day;
mod import;
mod links;
mod nodes;
mod outage;
mod points;
mod reception;
mod talk;
mod upgrade;
mod watch;
mod world;
