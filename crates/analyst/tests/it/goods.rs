//! `enishi recommend evaluate` and `enishi replenish evaluate`: their answers, and what they say of files they cannot use.

use std::fmt::Write;
use std::path::Path;

use analyst::Language;
use analyst::goods::date_of;
use ltv::synth::goods::{Shelves, Staple};
use serde_json::Value;

use crate::kit::{Files, Ran, enishi, enishi_in};

/// 2025-01-01.
const START: i32 = 20_089;

fn made() -> String {
    let staple = Staple { days: 30.0, between: 0.3, within: 0.25, adoption: 0.5, leaving: 0.05, packs: 3 };
    let staples = [20.0, 40.0].map(|days| Staple { days, ..staple }).to_vec();
    let shelves = Shelves { customers: 500, days: 500, staples, groups: 10, group_size: 10, visits: 8.0, loyalty: 0.6 };
    let mut text = "customer,item,date,quantity\n".to_owned();
    for line in shelves.make(1).log.lines() {
        let _ = writeln!(text, "c{},i{},{},{}", line.customer, line.item, date_of(START + line.day), line.packs);
    }
    text
}

fn recommend(path: &Path, more: &[&str]) -> Ran {
    let path = path.display().to_string();
    enishi(&[&["recommend", "evaluate", &path], more].concat())
}

fn replenish(path: &Path, more: &[&str]) -> Ran {
    let path = path.display().to_string();
    enishi(&[&["replenish", "evaluate", &path], more].concat())
}

/// Both commands on a file that cannot be used: the same words, exit code 1.
fn refused(content: impl AsRef<[u8]>, more: &[&str], said: &str) {
    let files = Files::new();
    let path = files.write("log.csv", content);
    let cut = ["--cut", "2026-03-01"];
    for ran in
        [recommend(&path, &[&cut, more].concat()), replenish(&path, &[&cut, ["--horizon", "28"].as_slice(), more].concat())]
    {
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
}

fn model<'a>(answer: &'a Value, name: &str) -> &'a Value {
    answer["models"].as_array().unwrap().iter().find(|row| row["model"] == name).unwrap()
}

fn finite(value: &Value) {
    match value {
        Value::Array(values) => values.iter().for_each(finite),
        Value::Object(values) => values.values().for_each(finite),
        Value::Number(number) => assert!(number.as_f64().unwrap().is_finite()),
        _ => {}
    }
}

#[test]
fn recommend_names_the_better_model_for_each_question() {
    let files = Files::new();
    let path = files.write("log.csv", made());
    let answer = recommend(&path, &["--cut", "2026-01-01"]).json();
    finite(&answer);
    let names: Vec<_> = answer["models"].as_array().unwrap().iter().map(|row| row["model"].as_str().unwrap()).collect();
    assert_eq!(names, ["popularity", "frequency", "frequency_decayed", "cosine", "ease"]);
    assert!(["cosine", "ease"].contains(&answer["best"]["new"].as_str().unwrap()), "{answer}");
    let recall = |name: &str, part: &str| model(&answer, name)[part]["recall"].as_f64().unwrap();
    assert!(recall("cosine", "new") > 3.0 * recall("popularity", "new"));
    assert_eq!(recall("frequency", "new"), recall("popularity", "new"), "frequency knows nothing new and is filled up");
    assert_eq!((answer["k"].as_u64(), answer["file"]["first_day"].as_str()), (Some(10), Some("2025-01-01")));
}

#[test]
fn replenish_stands_beside_naive_scores() {
    let files = Files::new();
    let path = files.write("log.csv", made());
    let answer = replenish(&path, &["--cut", "2026-01-01", "--horizon", "28"]).json();
    finite(&answer);
    assert_eq!((&answer["best"], &answer["beats_naive"]), (&Value::from("hazard"), &Value::from(true)));
    assert_eq!(answer["naive"].as_array().unwrap().len(), 4);
    assert_eq!(model(&answer, "poisson_gamma")["calibration"].as_array().unwrap().len(), 10);
    assert_eq!(answer["items"]["on"], 2, "the two staples and nothing else");
    assert!(answer["windows"][1]["due_bought_again"].as_f64().unwrap() > 0.4);
    assert_eq!(answer["packs"], "stretch", "as the intervals show");
    // Without the packs three packs look like a long interval: the windows are the worse for it.
    let ignored = replenish(&path, &["--cut", "2026-01-01", "--horizon", "28", "--packs", "ignore"]).json();
    let spread = |answer: &Value| answer["fitted"]["spread_within_pairs"].as_f64().unwrap();
    assert!(spread(&ignored) > 1.5 * spread(&answer));
}

#[test]
fn the_order_of_lines_and_the_encoding_do_not_matter() {
    let files = Files::new();
    let text = made().replace(",i0,", ",シャンプー,").replace("customer,item,date,quantity\n", "");
    let header = "customer,item,date,quantity\n";
    let turned: String = text.lines().rev().flat_map(|line| [line, "\r\n"]).collect();
    let utf8 = files.write("utf8.csv", format!("\u{FEFF}{header}{text}"));
    let (encoded, _, _) = encoding_rs::SHIFT_JIS.encode(&turned);
    let shift_jis = files.write("sjis.csv", [header.as_bytes(), &encoded].concat());
    let cut = ["--cut", "2026-01-01"];
    assert_eq!(recommend(&utf8, &cut).json(), recommend(&shift_jis, &cut).json());
    let both = ["--cut", "2026-01-01", "--horizon", "28"];
    assert_eq!(replenish(&utf8, &both).json(), replenish(&shift_jis, &both).json());
}

#[test]
fn returns_are_left_out_and_told() {
    let files = Files::new();
    let plain = made();
    let with_returns = plain.replacen("quantity\n", "quantity\nc0,i7,2025-06-01,-1\nc0,i7,2025-06-02,0\n", 1);
    let (plain, with_returns) = (files.write("plain.csv", plain), files.write("returns.csv", with_returns));
    let cut = ["--cut", "2026-01-01"];
    let (plain, mut returned) = (recommend(&plain, &cut).json(), recommend(&with_returns, &cut).json());
    assert_eq!((&returned["file"]["returns_left_out"], &returned["file"]["first_return_line"]), (&2.into(), &2.into()));
    returned["file"] = plain["file"].clone();
    assert_eq!(plain, returned);
}

#[test]
fn files_that_cannot_be_used_are_named_with_the_line() {
    refused("", &[], "line 1: the file is empty");
    refused("customer,item,date\n", &[], "line 1: there is no row");
    refused("customer,item,date\na,x,soon\n", &[], "line 2, column date: \"soon\" is not a date");
    refused("customer,item,date\na,x,2026-01-01\n,x,2026-01-02\n", &[], "line 3, column customer: the cell is blank");
    refused(
        "顧客,商品,日付\na,x,2026-01-01\n",
        &[],
        "line 1, column item: the column is missing; the file has: 顧客, 商品, 日付",
    );
    refused("customer,item,date,quantity\na,x,2026-01-01,many\n", &[], "line 2, column quantity: \"many\" is not a number");
    refused("customer,item,date,quantity\na,x,2026-01-01,1.5\n", &[], "\"1.5\" is not a whole number of packs");
    refused("customer,item,date,quantity\na,x,2026-01-01,-2\n", &[], "line 2: all lines are returns");
    let ahead = "customer,item,date\na,x,2026-01-01\na,x,2026-04-01\n";
    refused(ahead, &["--today", "2026-03-30"], "line 3, column date: 2026-04-01 is in the future");
    let far = "customer,item,date\na,x,2026-01-01\nb,x,2062-04-01\na,x,2026-04-01\n";
    refused(far, &[], "line 3, column date: 2062-04-01 is in the future");
    refused(far.replace("2062", "1926"), &[], "line 3, column date: 1926-04-01 stands alone");
}

#[test]
fn the_machine_says_what_the_future_is() {
    let log = |last: &str| format!("customer,item,date\na,x,2026-01-01\na,x,2026-02-01\na,x,2026-03-05\na,x,{last}\n");
    refused(log("2026-11-24"), &[], "line 5, column date: 2026-11-24 is in the future");
    let files = Files::new();
    // Tomorrow here is today somewhere, and `--today` overrules the machine.
    for (last, more) in [("2026-11-23", &[][..]), ("2026-12-24", &["--today", "2026-12-24"])] {
        let path = files.write("log.csv", log(last));
        let ran = recommend(&path, &[&["--cut", "2026-03-01"], more].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let ran = replenish(&path, &[&["--cut", "2026-03-01", "--horizon", "28"], more].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
}

#[test]
fn one_customer_gets_an_answer_that_says_how_little_it_is() {
    let files = Files::new();
    let path = files.write("log.csv", "customer,item,date\na,x,2026-01-01\na,x,2026-01-31\na,y,2026-02-10\na,x,2026-03-02\n");
    let answer = recommend(&path, &["--cut", "2026-03-01"]).json();
    finite(&answer);
    assert_eq!((answer["baskets"].as_u64(), &answer["gates"][0]), (Some(1), &"few_baskets".into()));
    let answer = replenish(&path, &["--cut", "2026-03-01", "--horizon", "2"]).json();
    finite(&answer);
    let gates: Vec<_> = answer["gates"].as_array().unwrap().iter().map(|gate| gate.as_str().unwrap()).collect();
    assert_eq!(gates[..2], ["few_repeats", "hazard_nothing_happened"], "{gates:?}");
}

#[test]
fn without_a_repeat_there_is_nothing_to_learn() {
    let files = Files::new();
    let path = files.write("log.csv", "customer,item,date\na,x,2026-01-01\nb,y,2026-01-31\na,x,2026-03-10\nb,z,2026-04-02\n");
    let ran = replenish(&path, &["--cut", "2026-03-01", "--horizon", "28"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("before 2026-03-01 nobody bought the same item twice"), "{}", ran.err);
    let ran = replenish(&path, &["--cut", "2026-03-15", "--horizon", "5"]);
    assert!(ran.err.contains("within 5 days from 2026-03-15 nobody bought the same item again"), "{}", ran.err);
    let strangers = files.write("two.csv", "customer,item,date\na,x,2026-01-01\nb,x,2026-04-01\n");
    let ran = recommend(&strangers, &["--cut", "2026-03-01"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("nobody bought both before 2026-03-01 and from it on"), "{}", ran.err);
}

#[test]
fn a_cut_outside_the_data_is_wrong_use() {
    let files = Files::new();
    let path = files.write("log.csv", "customer,item,date\na,x,2026-01-01\na,x,2026-02-01\n");
    let said = |ran: Ran, words: &str| {
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
        assert!(ran.err.contains(words), "{}", ran.err);
    };
    said(recommend(&path, &["--cut", "2026-01-01"]), "nothing was bought before it; the first purchase is of 2026-01-01");
    said(recommend(&path, &["--cut", "2026-02-02"]), "nothing was bought from it on; the last purchase is of 2026-02-01");
    said(replenish(&path, &["--cut", "2025-02-02", "--horizon", "9"]), "the first purchase is of 2026-01-01");
    said(
        replenish(&path, &["--cut", "2026-01-15", "--horizon", "28"]),
        "the horizon ends on 2026-02-11, but the last purchase is of 2026-02-01",
    );
    said(replenish(&path, &["--cut", "2026-01-15", "--horizon", "0"]), "--horizon");
    said(recommend(&path, &["--cut", "yesterday"]), "--cut");
    said(recommend(&path, &["--cut", "2026-01-15", "--lambda", "0"]), "it must be above 0");
}

#[test]
fn both_languages_are_spoken() {
    let files = Files::new();
    let path = files.write("log.csv", "customer,item,date\na,x,2026-01-01\n").display().to_string();
    let ran = enishi_in(Language::Japanese, &["recommend", "evaluate", &path, "--cut", "2026-03-01"]);
    assert!(ran.err.contains("その日以降の購入がありません(最後の購入は2026-01-01)"), "{}", ran.err);
    let ran = enishi_in(Language::Japanese, &["replenish", "evaluate", &path, "--cut", "2026-03-01", "--horizon", "7"]);
    assert!(ran.err.contains("期間の終わりは2026-03-07ですが"), "{}", ran.err);
}

#[test]
fn help_names_the_columns_and_the_units() {
    let help = enishi(&["replenish", "evaluate", "--help"]);
    for word in ["customer, item, date", "Shift_JIS", "DAYS", "AUC", "Average precision"] {
        assert!(help.err.contains(word), "{}", help.err);
    }
}
