//! Commands run on files.

mod frame;
mod kit;
