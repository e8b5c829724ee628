//! Commands run on files.

mod experiment;
mod frame;
mod kit;
mod uplift;
