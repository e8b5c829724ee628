//! Uplift: identities, the gate, what targeting truly earns, budgets, slots.

mod budgets;
mod models;
mod profit;
mod rates;
