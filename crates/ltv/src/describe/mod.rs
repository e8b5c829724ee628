//! What happened: RFM, cohorts, survival, the second order, where the value comes from.
