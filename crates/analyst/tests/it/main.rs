//! Commands run on files.

mod experiment;
mod frame;
mod goods;
mod kit;
mod uplift;
mod ltv;
