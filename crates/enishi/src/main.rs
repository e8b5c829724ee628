//! The binary and its subcommands.
fn main() {}
