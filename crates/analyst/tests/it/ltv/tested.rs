//! Back-tests on logs.

use std::fmt::Write;

use serde_json::Value;

use super::{mixed, shop};
use crate::kit::{Files, enishi};

fn backtest(path: &std::path::Path, end: &str) -> Value {
    enishi(&["ltv", "backtest", "--input", path.to_str().expect("a path"), "--calibration-end", end]).json()
}

fn row<'a>(answer: &'a Value, model: &str) -> &'a Value {
    answer["models"].as_array().and_then(|rows| rows.iter().find(|row| row["model"] == model)).expect("a row")
}

#[test]
fn every_model_stands_beside_naive() {
    let files = Files::new();
    let answer = backtest(&shop(&files, 800), "2025-03-31");
    let models: Vec<_> = answer["models"].as_array().expect("rows").iter().map(|row| row["model"].clone()).collect();
    assert_eq!(models, ["bgnbd", "mbgnbd", "pnbd", "nbd", "naive"]);
    for model in ["bgnbd", "mbgnbd", "pnbd", "nbd", "naive"] {
        let row = row(&answer, model);
        for figure in ["total_purchases", "mae", "auc", "top_decile_value"] {
            assert!(row[figure].as_f64().is_some_and(f64::is_finite), "{row}");
        }
    }
    assert_eq!(row(&answer, "mbgnbd")["verdict"], "accepted", "{answer}");
    assert_ne!(answer["recommended"], "naive");
}

/// Purchases by the clock, and nobody leaves.
#[test]
fn naive_is_recommended_where_no_model_beats_it() {
    let files = Files::new();
    let mut text = String::from("customer,date,amount\n");
    let start = jiff::civil::date(2024, 1, 1);
    for customer in 0..400_u32 {
        let wait = 20.0 + 40.0 * mixed(customer, 1);
        for purchase in 0..(700.0 / wait) as u32 {
            let day = 30.0 * mixed(customer, 2) + wait * (f64::from(purchase) + 0.2 * mixed(customer, 9 + purchase));
            let date = start.saturating_add(jiff::Span::new().days(day as i64));
            let _ = writeln!(text, "C{customer},{date},1200");
        }
    }
    let answer = backtest(&files.write("log.csv", text), "2025-03-31");
    assert_eq!(answer["recommended"], "naive");
    let model = row(&answer, "mbgnbd");
    assert_eq!(model["verdict"], "refused");
    let gates = model["gates"].to_string();
    assert!(gates.contains("worse_than_naive") && gates.contains("dropout_not_identifiable"), "{gates}");
    assert_eq!(row(&answer, "naive")["verdict"], "baseline");
}
