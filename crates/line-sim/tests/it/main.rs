//! The simulator from outside: over HTTP, as its users meet it.

mod audience;
mod clock;
mod content;
mod coupon;
mod faults;
mod group;
mod liff;
mod limits;
mod login;
mod messages;
mod narrowcast;
mod phone;
mod quota;
mod retry_key;
mod richmenu;
mod send;
mod settings;
mod stage;
mod tokens;
mod webhook;
