//! What several topics compute with: special functions, distributions' tails, small linear systems, the logit, ranks.

pub(crate) mod chi;
pub(crate) mod linear;
pub(crate) mod logit;
pub(crate) mod normal;
pub(crate) mod rank;
pub(crate) mod scaling;
pub(crate) mod search;
pub(crate) mod special;
pub(crate) mod student;
