//! Customers made up from known parameters: the truth that the other modules are measured against.

pub mod goods;
