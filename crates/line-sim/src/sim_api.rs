//! The simulator's own API under `/__sim/`: phones, clock, faults, what was sent.

mod accepted;
mod acts;
mod channels;
mod clock;
mod events;
mod faults;
mod groups;
mod phone;
mod refs;
mod say;
mod state;
mod tap;
mod users;

use crate::route::Route;

pub use acts::befriend;
pub use say::speak_as;

pub const ROUTES: &[&[Route]] = &[
    acts::ROUTES,
    say::ROUTES,
    tap::ROUTES,
    groups::ROUTES,
    clock::ROUTES,
    users::ROUTES,
    phone::ROUTES,
    accepted::ROUTES,
    faults::ROUTES,
    channels::ROUTES,
    events::ROUTES,
    state::ROUTES,
];
