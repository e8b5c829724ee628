//! Descriptions of logs.

use super::shop;
use crate::kit::{Files, enishi};

#[test]
fn everything_is_described() {
    let files = Files::new();
    let path = shop(&files, 300);
    let answer =
        enishi(&["ltv", "describe", "--input", path.to_str().expect("a path"), "--margin", "0.4", "--period-days", "182"]).json();
    let shop = &answer["currencies"][0];
    assert_eq!(shop["currency"], "unnamed");
    assert_eq!(shop["customers"], 300);
    let decomposition = &shop["decomposition"];
    assert_eq!(decomposition["of"], "lifetime_value");
    let parts = decomposition["contributions"].as_object().expect("parts");
    let sum: f64 = parts.values().filter_map(serde_json::Value::as_f64).sum();
    let change = decomposition["change"].as_f64().expect("a change");
    assert!((sum - change).abs() < 1e-6 * change.abs().max(1.0), "{decomposition}");
    assert_eq!(parts["margin"].as_f64(), Some(0.0));
    let groups = shop["rfm"].as_array().expect("groups");
    assert_eq!(groups.iter().filter_map(|group| group["customers"].as_i64()).sum::<i64>(), 300);
    let cohorts = shop["cohorts"].as_array().expect("cohorts");
    assert_eq!(cohorts[0]["month"], "2024-01");
    assert_eq!(cohorts.iter().filter_map(|cohort| cohort["customers"].as_i64()).sum::<i64>(), 300);
    let money: f64 =
        cohorts.iter().flat_map(|cohort| cohort["money"].as_array().expect("money")).filter_map(|sum| sum.as_f64()).sum();
    assert!((money - shop["gross"].as_f64().expect("money")).abs() < 1e-3);
    let within = &shop["f2"]["within"][2];
    assert_eq!(within["days"], 90);
    assert!(within["ci"][0].as_f64() < within["rate"].as_f64());
}
