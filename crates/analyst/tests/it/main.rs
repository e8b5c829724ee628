//! Commands run on files.

mod experiment;
mod frame;
mod goods;
mod kit;
mod ltv;
mod uplift;
