//! Experiments: published figures, laws, and how often intervals hold.

mod coverage;
mod figures;
mod laws;
