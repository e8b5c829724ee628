//! Fit and predict.

use serde_json::Value;

use super::CDNOW;
use crate::kit::{Files, enishi};

fn near(value: &Value, wanted: f64, tolerance: f64) {
    let found = value.as_f64().expect("a number");
    assert!((found - wanted).abs() <= tolerance, "{found} instead of {wanted}");
}

/// Literature's names, published values to three digits, log-likelihoods to 1e-3.
#[test]
fn every_model_on_cdnow() {
    type Published = (&'static str, &'static [(&'static str, f64)], f64);
    let models: [Published; 4] = [
        ("bgnbd", &[("r", 0.243), ("alpha", 4.414), ("a", 0.793), ("b", 2.426)], -9_582.425_6),
        ("mbgnbd", &[("r", 0.525), ("alpha", 6.183), ("a", 0.891), ("b", 1.614)], -9_582.132_7),
        ("pnbd", &[("r", 0.553), ("alpha", 10.578), ("s", 0.606), ("beta", 11.669)], -9_594.973_9),
        ("nbd", &[("r", 0.385), ("alpha", 12.072)], -9_763.660_2),
    ];
    for (model, params, log_likelihood) in models {
        let answer = enishi(&["ltv", "fit", "--model", model, "--input", CDNOW]).json();
        assert_eq!(answer["model"], model);
        assert_eq!(answer["n"], 2_357);
        for (name, wanted) in params {
            near(&answer["params"][name], *wanted, 1.5e-3);
            assert!(answer["std_errors"][name].as_f64().expect("an error") > 0.0);
        }
        near(&answer["log_likelihood"], log_likelihood, 1e-3);
        assert_eq!(answer["gates"], serde_json::json!([]));
        assert_eq!(answer["cautions"][0]["gate"], "window_under_a_year");
    }
}

#[test]
fn gamma_gamma_on_cdnow() {
    let answer = enishi(&["ltv", "fit", "--model", "bgnbd", "--input", CDNOW, "--gamma-gamma"]).json();
    near(&answer["gamma_gamma"]["p"], 6.25, 5e-3);
    near(&answer["gamma_gamma"]["q"], 3.74, 5e-3);
    near(&answer["gamma_gamma"]["v"], 15.45, 1e-2);
    near(&answer["gamma_gamma"]["log_likelihood"], -4_055.923_2, 1e-3);
}

#[test]
fn parameters_keep_the_order_of_the_literature() {
    let out = enishi(&["ltv", "fit", "--model", "pnbd", "--input", CDNOW]).out;
    let places: Vec<_> = ["\"r\"", "\"alpha\"", "\"s\"", "\"beta\""].iter().map(|name| out.find(name)).collect();
    assert!(places.is_sorted() && places[0].is_some(), "{out}");
}

#[test]
fn predictions_with_and_without_written_parameters_agree() {
    let files = Files::new();
    let fitted = enishi(&["ltv", "fit", "--model", "mbgnbd", "--input", CDNOW, "--gamma-gamma"]);
    let params = files.write("params.json", &fitted.out);
    let base = ["ltv", "predict", "--model", "mbgnbd", "--input", CDNOW, "--horizon", "39"];
    let direct = enishi(&base);
    let written = enishi(&[&base[..], &["--params", params.to_str().expect("a path")]].concat());
    assert_eq!((direct.code, written.code), (0, 0), "{}{}", direct.err, written.err);
    assert_eq!(direct.out, written.out);
    let rows: Vec<Value> = direct.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(rows.len(), 2_357);
    assert_eq!(rows[0]["id"], "1");
    for row in &rows {
        for name in ["p_alive", "p_buy"] {
            assert!((0.0..=1.0).contains(&row[name].as_f64().expect("a share")), "{row}");
        }
        assert!(row["expected_purchases"].as_f64().expect("a number") > 0.0);
        assert!(row["expected_value"].as_f64().expect("a number") > 0.0);
    }
    let total: f64 = rows.iter().filter_map(|row| row["expected_purchases"].as_f64()).sum();
    assert!((total / 1_882.0 - 1.0).abs() < 0.2, "the holdout had 1,882: {total}");
}

#[test]
fn rows_can_be_csv_with_intervals() {
    let ran = enishi(&[
        "ltv",
        "predict",
        "--model",
        "bgnbd",
        "--input",
        CDNOW,
        "--horizon",
        "39",
        "--format",
        "csv",
        "--interval",
        "0.8",
    ]);
    let mut lines = ran.out.lines();
    assert_eq!(lines.next(), Some("id,p_alive,expected_purchases,p_buy,expected_value,purchases_low,purchases_high"));
    let first: Vec<&str> = lines.next().expect("a row").split(',').collect();
    assert_eq!((first[0], first[5], first[6]), ("1", "0", "3"));
    assert_eq!(ran.out.lines().count(), 2_358);
}

/// Nobody leaves: purchases are those of NBD, P(alive) is not shown, and it is said why.
#[test]
fn what_a_gate_forbids_is_not_said() {
    let files = Files::new();
    let mut text = String::from("x,t_x,T\n");
    for customer in 0..400_u32 {
        let x = 1 + (9.0 * super::mixed(customer, 1)) as u32;
        text.push_str(&format!("{x},{},60\n", 60.0 - 50.0 * super::mixed(customer, 2) / f64::from(x + 1)));
    }
    let path = files.write("clockwork.csv", text);
    let path = path.to_str().expect("a path");
    let fitted = enishi(&["ltv", "fit", "--model", "mbgnbd", "--input", path]).json();
    let gates = fitted["gates"].to_string();
    assert!(gates.contains("dropout_not_identifiable"), "{fitted}");
    let ran = enishi(&["ltv", "predict", "--model", "mbgnbd", "--input", path, "--horizon", "26"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let row: Value = serde_json::from_str(ran.out.lines().next().expect("a row")).expect("JSON");
    assert_eq!(row["p_alive"], Value::Null);
    assert_eq!(row["expected_value"], Value::Null);
    assert!(ran.err.contains("no evidence that customers leave"), "{}", ran.err);
}

#[test]
fn written_parameters_are_checked() {
    let files = Files::new();
    let refused = |content: &str| {
        let path = files.write("params.json", content);
        let path = path.to_str().expect("a path").to_owned();
        let ran = enishi(&["ltv", "predict", "--model", "nbd", "--input", CDNOW, "--horizon", "9", "--params", &path]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""));
        ran.err
    };
    assert!(refused("{").contains("line 1: not the JSON of `ltv fit`"));
    assert!(refused(r#"{"model":"pnbd","params":{"r":1,"alpha":2,"s":1,"beta":2}}"#).contains("parameters of pnbd, not of nbd"));
    assert!(refused(r#"{"model":"nbd","params":{"r":1}}"#).contains("params needs r, alpha"));
    assert!(refused(r#"{"model":"nbd","params":{"r":1,"alpha":-2}}"#).contains("each above 0"));
    let spend = r#"{"model":"nbd","params":{"r":1,"alpha":2},"gamma_gamma":{"p":1,"q":0.5,"v":1}}"#;
    assert!(refused(spend).contains("q above 1"));
}
