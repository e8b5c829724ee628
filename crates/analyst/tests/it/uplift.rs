//! `enishi uplift` on files of made-up friends.

use std::fmt::Write;

use analyst::Language;
use ltv::synth::{Campaign, FEATURES, Lift, Season, Sent, Town};
use serde_json::Value;

use crate::kit::{Files, enishi, enishi_in};

fn campaign(lift: Lift) -> String {
    let town = Town { base: 0.1, lift, block: 0.0, margin: 1_500.0, residual: 2_000.0, season: Season::NONE };
    let mut text = format!("sent,segment,bought,{}\n", FEATURES.join(","));
    for friend in town.friends(5, 0, 12_000).expect("a town") {
        let (sent, treated, segment) = match friend.id / 2 % 6 {
            0 | 4 => (Sent::No, 0, "nothing"),
            1 | 5 => (Sent::Yes, 1, "spring"),
            2 => (Sent::No, 0, "other"),
            _ => (Sent::Yes, 1, "other"),
        };
        let bought = u8::from(friend.answer(5, Campaign { id: 1, week: 0 }, sent).bought);
        let [recency, frequency, engagement, tenure] = friend.features;
        let _ = writeln!(text, "{treated},{segment},{bought},{recency},{frequency},{engagement},{tenure}");
    }
    text
}

fn evaluate(content: &str, more: &[&str]) -> Value {
    let files = Files::new();
    let path = files.write("campaign.csv", content);
    let base = ["uplift", "evaluate", path.to_str().expect("a path"), "--outcome", "bought", "--split", "odd-even"];
    enishi(&[&base[..], &["--features", "recency,frequency,engagement,tenure"], more].concat()).json()
}

#[test]
fn a_planted_effect_opens_the_gate_and_t_is_x() {
    let content = campaign(Lift::Lapsing(0.15));
    let t = evaluate(&content, &["--treatment", "sent"]);
    let x = evaluate(&content, &["--treatment", "sent", "--learner", "x"]);
    assert_eq!((&t["gate"]["open"], &t["learner"], &x["learner"]), (&true.into(), &"t".into(), &"x".into()), "{t}");
    let coefficient = |found: &Value| found["qini"]["coefficient"].as_f64().expect("a number");
    assert!((coefficient(&t) - coefficient(&x)).abs() < 1e-12 && coefficient(&t) > 0.0);
    assert_eq!(t["uplift"].as_array().map(Vec::len), Some(10));
    let at = |i: usize| t["uplift"][i]["uplift"].as_f64().expect("a number");
    assert!(at(2) > at(9) && (at(9) - t["effect"]["in_test"].as_f64().expect("a number")).abs() < 1e-12, "{t}");
    assert!(t["qini"]["definition"].is_string() && t["auuc"]["definition"].is_string());
    assert_eq!(t["split"]["train"], 6_000);
}

#[test]
fn a_useless_model_is_refused_with_its_reason() {
    let found = evaluate(&campaign(Lift::Same(0.05)), &["--treatment", "sent", "--base", "logistic"]);
    assert_eq!((&found["gate"]["open"], &found["base"]), (&false.into(), &"logistic".into()), "{found}");
    assert_eq!(found["gate"]["refusals"][0]["reason"], "not_better_than_chance");
}

#[test]
fn arms_may_have_names_and_others_are_left_out() {
    let content = campaign(Lift::Lapsing(0.15));
    let found = evaluate(&content, &["--treatment", "segment", "--treated", "spring", "--control", "nothing"]);
    assert_eq!((&found["split"]["left_out"], &found["arms"]["treated"]["n"]), (&4_000.into(), &4_000.into()));
}

#[test]
fn what_is_wrong_with_a_campaign_has_its_line() {
    let files = Files::new();
    let path = files.write("campaign.csv", "t,y,a\n0,1,2\n2,1,3\n1,1,far\n");
    let arguments =
        ["uplift", "evaluate", path.to_str().expect("a path"), "--treatment", "t", "--outcome", "y", "--features", "a"];
    let ran = enishi(&arguments);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("line 3, column t: \"2\" is neither 0 nor 1"), "{}", ran.err);
    assert!(ran.err.contains("line 4, column a: \"far\" is not a number"), "{}", ran.err);
    files.write("campaign.csv", "t,y,a\n0,1,2\n0,1,2\n1,1,3\n1,0,3\n");
    let few = enishi_in(Language::Japanese, &arguments);
    assert_eq!(few.code, 1);
    assert!(few.err.contains("1行目「t」列") && few.err.contains("4人以上が必要"), "{}", few.err);
    files.write("campaign.csv", format!("t,y,a\n{}", "0,1,2\n".repeat(8)));
    assert!(enishi(&arguments).err.contains("line 1, column t: an arm has no customers"));
    files.write("campaign.csv", "t,y,a\n0,1,2\n1,1200,3\n");
    let money = enishi(&[&arguments[..], &["--base", "logistic"]].concat());
    assert!(money.err.contains("line 3, column y: a logistic base needs outcomes between 0 and 1"), "{}", money.err);
}
