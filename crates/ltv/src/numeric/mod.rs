//! What several topics compute with: distributions' tails, small linear systems, the logit.

pub(crate) mod chi;
pub(crate) mod linear;
pub(crate) mod logit;
pub(crate) mod normal;
pub(crate) mod student;
