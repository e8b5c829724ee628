//! Commands run on files.

mod frame;
mod goods;
mod kit;
