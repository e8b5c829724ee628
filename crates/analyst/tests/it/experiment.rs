//! `enishi experiment` on sums and on files.

use analyst::Language;
use serde_json::Value;

use crate::kit::{Files, Ran, enishi, enishi_in};

fn number(value: &Value, path: &str) -> f64 {
    value.pointer(path).and_then(Value::as_f64).unwrap_or_else(|| panic!("{path} in {value}"))
}

fn compare(more: &[&str]) -> Ran {
    let sums = ["--n-a", "21306", "--sum-a", "122", "--sumsq-a", "122", "--n-b", "21307", "--sum-b", "267", "--sumsq-b", "267"];
    enishi(&[&["experiment", "compare"], &sums[..], more].concat())
}

#[test]
fn hillstroms_conversions_from_sums() {
    let found = compare(&[]).json();
    assert!((number(&found, "/difference") - 0.006805).abs() < 6e-7, "{found}");
    assert!((number(&found, "/std_error") - 0.000921).abs() < 6e-7);
    // 1.96 standard errors to each side.
    assert!((number(&found, "/ci/0") - 0.005001).abs() < 2e-6 && (number(&found, "/ci/1") - 0.008609).abs() < 2e-6, "{found}");
    assert!(number(&found, "/p_value") < 1e-12);
    let relative = compare(&["--relative"]).json();
    assert!((number(&relative, "/difference") - (267.0 / 21_307.0 / (122.0 / 21_306.0) - 1.0)).abs() < 1e-12);
    let sequential = compare(&["--sequential", "5000"]).json();
    assert!(number(&sequential, "/ci/0") < number(&found, "/ci/0") && number(&sequential, "/ci/0") > 0.0);
    let narrower = compare(&["--alpha", "0.2"]).json();
    assert!(number(&narrower, "/ci/0") > number(&found, "/ci/0"));
}

#[test]
fn wrong_sums_are_said_in_both_languages() {
    let arguments = [
        "experiment",
        "compare",
        "--n-a",
        "10",
        "--sum-a",
        "100",
        "--sumsq-a",
        "5",
        "--n-b",
        "10",
        "--sum-b",
        "-1",
        "--sumsq-b",
        "5",
    ];
    let ran = enishi(&arguments);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("arm A: the sum of squares"), "{}", ran.err);
    assert!(enishi_in(Language::Japanese, &arguments).err.contains("二乗和"));
    assert_eq!(compare(&["--alpha", "2"]).code, 2);
    assert_eq!(compare(&["--sequential", "0"]).code, 2);
    let nothing = ["--n-a", "5", "--sum-a", "0", "--sumsq-a", "0", "--n-b", "5", "--sum-b", "0", "--sumsq-b", "0"];
    assert_eq!(enishi(&[&["experiment", "compare"], &nothing[..]].concat()).code, 2);
}

/// 200 held back, 1,800 sent to; the covariate is most of the outcome.
fn shop() -> String {
    let rows = (0..2_000).map(|i| {
        let arm = if i % 10 == 0 { "holdout" } else { "sent" };
        let before = f64::from(i * 7919 % 1_000);
        let noise = f64::from(i * 104_729 % 211) - 105.0;
        let outcome = 0.8 * before + noise + if arm == "sent" { 40.0 } else { 0.0 };
        format!("c{i},{arm},{outcome},{before}\n")
    });
    std::iter::once("customer,arm,spend,before\n".to_owned()).chain(rows).collect()
}

#[test]
fn a_table_is_analysed_as_dealt() {
    let files = Files::new();
    let path = files.write("trial.csv", shop());
    let path = path.to_str().expect("a path");
    let base = ["experiment", "analyse", path, "--arm", "arm", "--outcome", "spend", "--customer", "customer"];
    let more = ["--covariate", "before", "--share", "holdout=0.1", "--share", "sent=0.9"];
    let found = enishi(&[&base[..], &more].concat()).json();
    assert_eq!((&found["control"], &found["valid"]), (&Value::from("holdout"), &Value::from(true)));
    assert_eq!(found["comparisons"][0]["arm"], "sent");
    let width = |at: &str| number(&found, &format!("{at}/ci/1")) - number(&found, &format!("{at}/ci/0"));
    assert!((number(&found, "/comparisons/0/cuped/difference") - 40.0).abs() < 15.0, "{found}");
    assert!(width("/comparisons/0/cuped") < 0.5 * width("/comparisons/0"), "{found}");
    let broken = enishi(&[&base[..], &["--share", "holdout=0.5", "--share", "sent=0.5"]].concat()).json();
    assert_eq!((&broken["valid"], &broken["split"]["broken"]), (&Value::from(false), &Value::from(true)));
    let turned = enishi(&[&base[..], &["--control", "sent"]].concat()).json();
    let sum = number(&turned, "/comparisons/0/difference") + number(&found, "/comparisons/0/difference");
    assert!(sum.abs() < 1e-9);
}

#[test]
fn what_is_wrong_with_a_table_has_its_line() {
    let files = Files::new();
    let run = |content: &str, more: &[&str]| {
        let path = files.write("trial.csv", content);
        let path = path.to_str().expect("a path").to_owned();
        enishi(&[&["experiment", "analyse", &path, "--arm", "arm", "--outcome", "y"], more].concat())
    };
    let cases: [(&str, &[&str], u8, &str); 9] = [
        ("arm,y\na,1\nb,many\n", &[], 1, "line 3, column y: \"many\" is not a number"),
        ("arm,y\na,1\na,2\n", &[], 1, "line 1, column arm: the file has arms: 1"),
        ("arm,y\na,1\nb,2\n", &[], 1, "line 2, column arm: arm a: customers: 1; an arm needs two"),
        ("", &[], 1, "line 1: the file is empty"),
        ("arm,y,id\na,1,x\nb,2,x\n", &["--customer", "id"], 1, "line 3, column id: x stands on line 2 already"),
        ("arm,y\na,0\na,0\nb,0\nb,0\n", &[], 1, "column y: the outcome is the same for every customer"),
        ("arm,y\na,0\na,1\nb,0\nb,3\n", &["--winsorise", "0.7"], 2, "0.7 does not lie between"),
        ("arm,y\na,0\na,1\nb,0\nb,3\n", &["--alpha", "0"], 2, "--alpha: 0 does not lie between"),
        ("arm,y\na,0\na,1\nb,0\nb,3\n", &["--control", "c"], 2, "no arm is called c"),
    ];
    for (content, more, code, said) in cases {
        let ran = run(content, more);
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{content}");
        assert!(ran.err.contains(said), "{content}: {}", ran.err);
    }
    let few = run("arm,y\na,0\na,1\nb,0\nb,3\n", &[]).json();
    assert_eq!(few["cautions"].as_array().map(Vec::len), Some(2));
    assert_eq!(few["comparisons"][0]["relative"], Value::Null);
}

#[test]
fn power_says_how_many_and_when() {
    let power = |more: &[&str]| enishi(&[&["experiment", "power", "--baseline", "0.03"], more].concat());
    let found = power(&["--n", "10000"]).json();
    assert!(
        (number(&found, "/detectable") - 0.0159).abs() < 5e-5 && (number(&found, "/detectable_relative") - 0.53).abs() < 0.005
    );
    let needed = power(&["--effect", "0.01", "--n", "4000", "--per-day", "500"]).json();
    let (all, more) = (number(&needed, "/n_needed"), number(&needed, "/more"));
    assert!(
        (all - 25_380.0).abs() < 30.0 && more == all - 4_000.0 && number(&needed, "/days") == (more / 500.0).ceil(),
        "{needed}"
    );
    let decided = power(&["--n", "10000", "--effect", "0.01", "--so-far", "0.02,0.004"]).json();
    assert_eq!(decided["verdict"], "helps");
    let open = power(&["--n", "10000", "--effect", "0.01", "--so-far", "-0.001,0.006", "--per-day", "100"]).json();
    assert!(open["verdict"] == "open" && number(&open, "/days") > 100.0, "{open}");
    assert_eq!(power(&["--effect", "0"]).code, 2);
    assert_eq!(power(&["--effect", "0.0000001"]).code, 1);
    assert_eq!(power(&[]).code, 2);
    let money = enishi(&["experiment", "power", "--baseline", "1.5", "--n", "100"]);
    assert!(money.code == 2 && money.err.contains("--baseline 1.5 is no rate") && money.err.contains("--sd"), "{money:?}");
    assert!(power(&["--n", "0"]).err.contains("--n: 0 is not above zero"));
    assert!(power(&["--n", "9", "--holdout", "1"]).err.contains("--holdout: 1 does not lie between"));
}

#[test]
fn help_names_the_json() {
    for (command, names) in [
        (["experiment", "compare"], ["`difference`", "`ci`", "`p_value`"]),
        (["experiment", "analyse"], ["`comparisons`", "`valid`", "`cuped`"]),
        (["experiment", "power"], ["`detectable`", "`n_needed`", "`days`"]),
        (["uplift", "evaluate"], ["`qini`", "`auuc`", "`gate`"]),
        (["ltv", "fit"], ["`params`", "`gates`", "`left_out`"]),
        (["ltv", "predict"], ["`p_alive`", "`expected_purchases`", "`flag`"]),
        (["ltv", "backtest"], ["`mae`", "`recommended`", "`left_out`"]),
        (["ltv", "describe"], ["`decomposition`", "`rfm`", "`f2`"]),
    ] {
        let help = enishi(&[command[0], command[1], "--help"]).err;
        assert!(names.iter().all(|name| help.contains(name)), "{help}");
    }
}
