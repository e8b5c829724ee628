//! The server as its callers see it: through the router, over a real database.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod assets;
mod audit;
mod bad_input;
mod bodies;
mod broadcasts;
mod deeds;
mod document;
mod erasing;
mod flows;
mod friends;
mod house;
mod line_stub;
mod live;
mod menus;
mod pages;
mod post;
mod session;
mod settings;
mod statements;
mod ties;
mod walk;
mod webhook;
