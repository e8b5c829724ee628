//! What all commands have in common.

use analyst::transactions;
use analyst::{Failure, Language};

use crate::kit::{Files, TODAY, enishi};

fn said(failure: &Failure, language: Language) -> String {
    failure.say(language).join("\n")
}

#[test]
fn wrong_use_is_two() {
    assert_eq!(enishi(&["ltv", "no-such-thing"]).code, 2);
    let ran = enishi(&["ltv"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("Usage"), "{}", ran.err);
}

#[test]
fn transactions_are_read_with_their_lines() {
    let files = Files::new();
    let path = files.write("log.csv", "customer,date,amount,currency\nA,2026-01-31,\"1,200\",jpy\n\nB,2026/2/1 10:00,-300円,\n");
    let read = transactions::read(&path, TODAY).expect("transactions");
    let seen: Vec<_> = read.iter().map(|one| (one.line, one.customer.as_str(), one.amount, one.currency.as_str())).collect();
    assert_eq!(seen, [(2, "A", 1200.0, "JPY"), (4, "B", -300.0, "")]);
}

#[test]
fn every_fault_has_its_line_in_both_languages() {
    let files = Files::new();
    let path = files.write("log.csv", "customer,date,amount\nA,2026-01-31,many\n,2026-01-31,1\nA,2026-02-30,1\n");
    let failure = transactions::read(&path, TODAY).expect_err("faults");
    let english = said(&failure, Language::English);
    assert!(english.contains("log.csv: line 2, column amount: \"many\" is not a number"), "{english}");
    assert!(english.contains("line 3, column customer: the cell is blank"), "{english}");
    assert!(english.contains("line 4, column date: \"2026-02-30\" is not a date"), "{english}");
    let japanese = said(&failure, Language::Japanese);
    assert!(japanese.contains("2行目「amount」列: 「many」は数値ではありません"), "{japanese}");
    assert_eq!(failure.exit_code(), 1);
}

#[test]
fn missing_columns_are_all_named() {
    let files = Files::new();
    let path = files.write("log.csv", "顧客,date,money\nA,2026-01-31,1\n");
    let english = said(&transactions::read(&path, TODAY).expect_err("columns"), Language::English);
    assert!(english.contains("column customer: the column is missing; the file has: 顧客, date, money"), "{english}");
    assert!(english.contains("column amount"), "{english}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let failure = transactions::read(std::path::Path::new("no-such-file.csv"), TODAY).expect_err("no file");
    assert!(said(&failure, Language::English).contains("no-such-file.csv cannot be read"));
}

#[test]
fn languages_follow_the_locale() {
    assert_eq!(Language::of_locale("ja_JP.UTF-8"), Language::Japanese);
    assert_eq!(Language::of_locale("C"), Language::English);
}
