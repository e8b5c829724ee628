//! What shops hand over: a clear statement with the line, never NaN, never confident nonsense.

use analyst::Language;

use super::{CDNOW, shop};
use crate::kit::{Files, Ran, enishi, enishi_in};

fn fit(content: impl AsRef<[u8]>) -> Ran {
    let files = Files::new();
    let path = files.write("customers.csv", content);
    let ran = enishi(&["ltv", "fit", "--model", "mbgnbd", "--input", path.to_str().expect("a path"), "--gamma-gamma"]);
    assert!(!ran.out.contains("NaN") && !ran.err.contains("NaN"), "{ran:?}");
    ran
}

fn on_log(command: &[&str], content: &str) -> Ran {
    let files = Files::new();
    let path = files.write("log.csv", content);
    let ran = enishi(&[&["ltv"], command, &["--input", path.to_str().expect("a path")]].concat());
    assert!(!ran.out.contains("NaN") && !ran.err.contains("NaN"), "{ran:?}");
    ran
}

const BACKTEST: &[&str] = &["backtest", "--calibration-end", "2025-06-30"];
const DESCRIBE: &[&str] = &["describe"];

#[track_caller]
fn refused(ran: &Ran, statement: &str) {
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{ran:?}");
    assert!(ran.err.contains(statement), "{}", ran.err);
}

#[test]
fn an_empty_file() {
    refused(&fit(""), "line 1: the file is empty");
    for command in [BACKTEST, DESCRIBE] {
        refused(&on_log(command, "\n"), "line 1: the file is empty");
    }
}

#[test]
fn no_orders() {
    refused(&fit("x,t_x,T,zbar\n"), "line 1: there is no row below the header");
    for command in [BACKTEST, DESCRIBE] {
        refused(&on_log(command, "customer,date,amount\n"), "line 1: there is no row");
        refused(
            &on_log(command, "customer,date,amount\nA,2025-01-01,0\nB,2025-01-02,-3\n"),
            "line 2, column amount: there are no orders",
        );
    }
}

#[test]
fn one_customer() {
    refused(&fit("x,t_x,T,zbar\n3,20,39,1000\n"), "line 2: there is one customer only");
    let one = "customer,date,amount\nA,2025-01-01,5\nA,2025-03-01,5\nA,2025-08-01,5\n";
    refused(&on_log(BACKTEST, one), "there is one customer only");
    let described = on_log(DESCRIBE, one).json();
    assert_eq!(described["currencies"][0]["customers"], 1);
}

#[test]
fn only_one_time_buyers() {
    refused(&fit("x,t_x,T,zbar\n0,0,39,0\n0,0,30,0\n0,0,20,0\n"), "line 4: nobody bought twice");
    let log = "customer,date,amount\nA,2025-01-01,5\nB,2025-03-01,5\nC,2025-08-01,5\n";
    refused(&on_log(BACKTEST, log), "nobody bought twice");
    let described = on_log(DESCRIBE, log).json();
    assert_eq!(described["currencies"][0]["f2"]["plain_rate"], 0.0);
}

#[test]
fn too_few_predict_nothing() {
    let files = Files::new();
    let path = files.write("few.csv", "x,t_x,T\n3,20,39\n0,0,30\n1,4,20\n");
    let ran = enishi(&["ltv", "predict", "--model", "mbgnbd", "--input", path.to_str().expect("a path"), "--horizon", "9"]);
    refused(&ran, "3 customers; a model needs 300");
    let fitted = enishi(&["ltv", "fit", "--model", "mbgnbd", "--input", path.to_str().expect("a path")]).json();
    assert!(fitted["gates"].to_string().contains("too_few_customers"), "{fitted}");
}

/// CDNOW and a wholesale buyer with 5,000 orders on line 2359.
fn with_wholesale(files: &Files) -> String {
    let text = std::fs::read_to_string(CDNOW).expect("CDNOW") + "\n9999,5000,38.5,38.86,12000\n";
    files.write("wholesale.csv", text).to_str().expect("a path").to_owned()
}

/// Named with his line, left out, and so without weight in anybody else's parameters.
#[test]
fn a_wholesale_buyer_is_named_and_bends_no_fit() {
    let files = Files::new();
    let path = with_wholesale(&files);
    let fit = |path: &str, more: &[&str]| {
        enishi(&[&["ltv", "fit", "--model", "mbgnbd", "--input", path, "--gamma-gamma"], more].concat())
    };
    let ran = fit(&path, &[]);
    assert!(ran.err.contains("line 2359: ID 9999 has 5000 repeat purchases"), "{}", ran.err);
    let (with, without) = (ran.json(), fit(CDNOW, &[]).json());
    assert_eq!(with["n"], 2_357);
    assert_eq!(with["params"], without["params"]);
    assert_eq!((&with["left_out"][0]["line"], &with["left_out"][0]["id"]), (&2_359.into(), &"9999".into()));
    assert_eq!(without["left_out"], serde_json::json!([]));
    let kept = fit(&path, &["--leave-out-over", "100000"]).json();
    assert_eq!(kept["n"], 2_358);
    assert!(kept["cautions"].to_string().contains("line 2359, ID 9999: one customer holds 5000 repeat purchases"), "{kept}");
    let by_hand = fit(&path, &["--leave-out-over", "29"]).json();
    assert_eq!((&by_hand["n"], &by_hand["params"]), (&with["n"], &with["params"]));
    refused(&fit(&path, &["--leave-out-over", "0"]), "nobody bought twice");
}

/// His own row says that no model holds, in figures that are finite: x/T and nothing else.
#[test]
fn a_wholesale_buyer_is_not_predicted() {
    let files = Files::new();
    let path = with_wholesale(&files);
    let params = files.write("params.json", enishi(&["ltv", "fit", "--model", "pnbd", "--input", CDNOW]).out);
    let params = params.to_str().expect("a path");
    let base = ["ltv", "predict", "--model", "pnbd", "--input", &path, "--horizon", "39"];
    for more in [&[][..], &["--params", params]] {
        let ran = enishi(&[&base[..], more].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.err.contains("line 2359: ID 9999 has 5000 repeat purchases"), "{}", ran.err);
        let rows: Vec<serde_json::Value> = ran.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let (last, others) = rows.split_last().expect("rows");
        assert_eq!(last["flag"], "outside_model");
        let expected = last["expected_purchases"].as_f64().expect("a number");
        assert!((expected - 5_000.0 / 38.86 * 39.0).abs() < 1e-9, "{last}");
        assert!(["p_alive", "p_buy", "expected_value"].iter().all(|name| last[name].is_null()), "{last}");
        assert!(others.iter().all(|row| row.get("flag").is_none() && row["p_buy"].is_f64()));
    }
    let csv = enishi(&[&base[..], &["--format", "csv"]].concat()).out;
    assert!(csv.starts_with("id,p_alive,expected_purchases,p_buy,expected_value,flag\n"), "{}", &csv[..80]);
    assert!(csv.ends_with(",,,outside_model\n") || csv.ends_with(",,outside_model\n"), "{}", &csv[csv.len() - 80..]);
}

/// In a log: somebody who buys every day.
#[test]
fn a_wholesale_buyer_in_a_log() {
    let files = Files::new();
    let mut text = std::fs::read_to_string(shop(&files, 800)).expect("a log");
    let backtest = &["backtest", "--calibration-end", "2025-03-31"];
    let without = on_log(backtest, &text).json();
    let line = text.lines().count() + 1;
    let start = jiff::civil::date(2024, 1, 1);
    for day in 0..729 {
        text.push_str(&format!("Wholesale,{},90000\n", start.saturating_add(jiff::Span::new().days(day))));
    }
    let ran = on_log(backtest, &text);
    let answer = ran.json();
    assert_eq!((&answer["left_out"][0]["line"], &answer["left_out"][0]["customer"]), (&line.into(), &"Wholesale".into()));
    assert!(ran.err.contains(&format!("line {line}: Wholesale bought on 456 days")), "{}", ran.err);
    assert_eq!((&answer["models"], &answer["customers"]), (&without["models"], &without["customers"]));
}

#[test]
fn a_name_that_stands_twice() {
    let ran = fit("ID,x,t_x,T,zbar\n7,3,20,39,5\n8,2,20,39,9\n7,1,20,39,7\n");
    assert!(ran.err.contains("line 4: ID 7 stands on line 2 already"), "{}", ran.err);
}

#[test]
fn refunds_and_negative_lines() {
    let ran =
        on_log(DESCRIBE, "customer,date,amount\nA,2025-01-01,500\nA,2025-01-01,-500\nB,2025-02-01,900\nB,2025-02-05,-100\n");
    let answer = ran.json();
    let yen = &answer["currencies"][0];
    assert_eq!((yen["customers"].as_i64(), yen["orders"].as_i64()), (Some(1), Some(1)));
    assert_eq!((yen["gross"].as_f64(), yen["refunded"].as_f64()), (Some(900.0), Some(100.0)));
    assert!(ran.err.contains("2 negative lines"), "{}", ran.err);
    refused(&fit("x,t_x,T,zbar\n3,20,39,1000\n2,20,39,-80\n"), "line 3, column zbar: -80 for 2 repeat purchases");
}

#[test]
fn future_dates() {
    for command in [BACKTEST, DESCRIBE] {
        let ran = on_log(command, "customer,date,amount\nA,2025-01-01,5\nA,2031-01-01,5\n");
        refused(&ran, "line 3, column date: 2031-01-01 is in the future");
    }
}

#[test]
fn a_last_purchase_behind_the_end() {
    refused(&fit("x,t_x,T,zbar\n1,9,39,5\n3,40,39,1000\n"), "line 3: t_x is larger than T");
    refused(&fit("x,t_x,T,zbar\n0,9,39,5\n"), "line 2: x is 0, so t_x must be 0");
    refused(&fit("x,t_x,T,zbar\n1,0,39,5\n"), "line 2: x is above 0, but t_x is 0");
    refused(&fit("x,t_x,T,zbar\n1,-1,39,5\n"), "line 2: t_x and T must be 0 or more");
}

#[test]
fn two_currencies() {
    let log =
        "customer,date,amount,currency\nA,2025-01-01,500,JPY\nA,2025-03-01,700,JPY\nA,2025-04-01,5,USD\nB,2025-08-01,900,JPY\n";
    refused(&on_log(BACKTEST, log), "line 4, column currency: a second currency begins here");
    let answer = on_log(DESCRIBE, log).json();
    let gross = |at: usize| (answer["currencies"][at]["currency"].clone(), answer["currencies"][at]["gross"].as_f64());
    assert_eq!(gross(0), ("JPY".into(), Some(2_100.0)));
    assert_eq!(gross(1), ("USD".into(), Some(5.0)));
    let none = on_log(&["backtest", "--calibration-end", "2025-06-30", "--currency", "EUR"], log);
    refused(&none, "no entry in EUR; the file has: JPY, USD");
}

#[test]
fn text_in_a_number_column() {
    refused(&fit("x,t_x,T,zbar\nthree,20,39,1000\n1,4,x,5\n1.5,3,20,5\n"), "line 2, column x: \"three\" is not a number");
    refused(&fit("x,t_x,T,zbar\n3,20,39,1000\n1,4,inf,5\n"), "line 3, column T: \"inf\" is not a number");
    refused(&fit("x,t_x,T,zbar\n1.5,3,20,5\n"), "line 2, column x: \"1.5\" is not a whole number");
    refused(&on_log(DESCRIBE, "customer,date,amount\nA,2025-01-01,many\n"), "line 2, column amount: \"many\" is not a number");
}

#[test]
fn missing_columns() {
    refused(&fit("x,T\n1,2\n"), "line 1, column t_x: the column is missing; the file has: x, T");
    let files = Files::new();
    let path = files.write("customers.csv", "x,t_x,T\n1,2,3\n0,0,3\n");
    let ran = enishi(&["ltv", "fit", "--model", "nbd", "--input", path.to_str().expect("a path"), "--gamma-gamma"]);
    refused(&ran, "the column zbar is missing");
}

#[test]
fn arguments_that_make_no_sense() {
    let files = Files::new();
    let log = shop(&files, 5);
    let log = log.to_str().expect("a path");
    for arguments in [
        &["ltv", "predict", "--model", "nbd", "--input", CDNOW, "--horizon", "0"][..],
        &["ltv", "predict", "--model", "nbd", "--input", CDNOW, "--horizon", "NaN"],
        &["ltv", "predict", "--model", "nbd", "--input", CDNOW, "--horizon", "9", "--interval", "1.5"],
        &["ltv", "fit", "--model", "best", "--input", CDNOW],
        &["ltv", "backtest", "--input", log, "--calibration-end", "2026-11-01"],
        &["ltv", "backtest", "--input", log, "--calibration-end", "soon"],
        &["ltv", "describe", "--input", log, "--margin", "30"],
    ] {
        let ran = enishi(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}: {ran:?}");
        assert!(!ran.err.is_empty());
    }
}

#[test]
fn shift_jis_and_japanese() {
    let files = Files::new();
    // 「顧客」 as a customer's name, in Shift_JIS; the second line has a text for a date.
    let mut bytes = b"customer,date,amount\n".to_vec();
    bytes.extend_from_slice(&[0x8C, 0xDA, 0x8B, 0x71]);
    bytes.extend_from_slice(b",2025-01-01,500\nB,soon,5\n");
    let path = files.write("log.csv", bytes);
    let ran = enishi_in(Language::Japanese, &["ltv", "describe", "--input", path.to_str().expect("a path")]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("3行目「date」列: 「soon」は日付ではありません"), "{}", ran.err);
}
