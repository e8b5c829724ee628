//! `enishi ltv` on files.

mod bad_input;
mod describe;
mod fit;
mod tested;

use std::fmt::Write;
use std::path::PathBuf;

use crate::kit::Files;

/// The CDNOW summary; its source stands beside it in the crate `ltv`.
pub const CDNOW: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ltv/tests/data/cdnow_summary.csv");

/// A number between 0 and 1 that follows from two others.
pub fn mixed(left: u32, right: u32) -> f64 {
    let mut bits = u64::from(left) << 32 | u64::from(right);
    for _ in 0..3 {
        bits ^= bits >> 31;
        bits = bits.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    ((bits >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
}

/// A log of customers who buy at random and leave at random, over two years from 2024-01-01, in order of customers.
pub fn shop(files: &Files, customers: u32) -> PathBuf {
    let mut text = String::from("customer,date,amount\n");
    let start = jiff::civil::date(2024, 1, 1);
    for customer in 0..customers {
        let mean_wait = 15.0 + 150.0 * mixed(customer, 1);
        let until = -500.0 * mixed(customer, 2).ln();
        let mut age = 0.0;
        let first = 200.0 * mixed(customer, 3);
        for purchase in 4.. {
            let day = (first + age) as i64;
            if age > until || day > 729 {
                break;
            }
            let amount = 1_000.0 + (9_000.0 * mixed(customer, 1_000 + purchase)).round();
            let date = start.saturating_add(jiff::Span::new().days(day));
            let _ = writeln!(text, "C{customer},{date},{amount}");
            age -= mean_wait * mixed(customer, purchase).ln();
        }
    }
    files.write("log.csv", text)
}
