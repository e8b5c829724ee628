//! What holds for every graph, contact and clock.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::tests::{TAG, TEMPLATE, VERSION, at_in, journey, say, set, words, zone};
use super::*;
use crate::contact::EnrollmentState;
use crate::ids::EnrollmentId;
use crate::segment::{self, Context};
use crate::vocabulary::testing::somebody;

fn any_node() -> impl Strategy<Value = Value> {
    let to = || {
        prop::sample::select(vec![
            json!(null),
            json!("end"),
            json!("n1"),
            json!("n2"),
            json!("n3"),
            json!("n4"),
            json!("n5"),
            json!("n6"),
        ])
    };
    let span = || {
        (0u32..3, 0u32..30, 0u32..90, prop::option::of(prop::sample::select(vec!["00:00", "09:30", "24:00"])))
            .prop_map(|(d, h, m, at)| json!({"days": d, "hours": h, "minutes": m + 1, "at": at}))
    };
    let instead = || prop::sample::select(vec!["skip", "go", "end"]);
    let until = prop_oneof![
        span().prop_map(|span| json!({"after": span})),
        Just(json!({"clock": "09:00"})),
        Just(json!({"weekday": {"days": ["mon", "sat"], "at": "24:00"}})),
        (-3i32..3, instead(), instead(), prop::sample::select(vec!["once", "yearly"]))
            .prop_map(|(days, past, missing, repeat)| json!({"date": {"attribute": "visit", "days": days, "at": "10:00", "if_past": past, "if_missing": missing, "repeat": repeat}})),
        (span(), to()).prop_map(|(span, to)| json!({"event": {"event": {"on": "event", "name": "e"}, "timeout": span, "on_timeout": to}})),
    ];
    prop_oneof![
        3 => (to()).prop_map(|next| json!({"do": "message", "template": TEMPLATE, "next": next})),
        4 => (until, to()).prop_map(|(until, next)| json!({"do": "wait", "until": until, "next": next})),
        1 => (to(), to()).prop_map(|(yes, no)| json!({"do": "branch", "if": {"is": "event", "key": "n", "test": {"ge": 1}}, "yes": yes, "no": no})),
        1 => (to(), to()).prop_map(|(case, next)| json!({"do": "choose", "cases": [{"if": {"is": "tag", "tag": TAG}, "next": case.as_str().unwrap_or("end")}], "next": next})),
        1 => Just(json!({"do": "exit"})),
    ]
}

/// Conditions hold conditions: the document of the API must not go round with them.
#[test]
fn the_schemas_are_finite() {
    let mut schemas = Vec::new();
    <Graph as utoipa::ToSchema>::schemas(&mut schemas);
    <segment::Explained as utoipa::ToSchema>::schemas(&mut schemas);
    assert!(schemas.iter().any(|(name, _)| name == "Condition"));
    assert!(schemas.len() < 200, "{}", schemas.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    /// Whatever graph passes validation: no step before its time, no walk that does not stop or wait, waits later than now,
    /// and the same inputs give the same outputs. (Graphs that do not pass must fail closed, not hang.)
    #[test]
    fn walks_keep_their_laws(
        nodes in prop::collection::vec(any_node(), 1..7),
        visit in prop::option::of(0u32..60),
        zone_name in prop::sample::select(vec!["Asia/Tokyo", "America/New_York", "Asia/Beirut", "Pacific/Apia"]),
        steps in prop::collection::vec((0i64..90, any::<bool>()), 1..30),
    ) {
        let mut raw: Graph = serde_json::from_value(json!({"trigger": {"on": "follow"}, "nodes": nodes})).unwrap();
        raw.settle();
        let words = words();
        let valid = validate(&raw, &words).iter().all(|p| p.code == "unreachable");
        let zone = zone(zone_name);
        let run = || {
            let mut now = at_in(&zone, "2026-03-01T10:00:00");
            let mut contact = somebody(1);
            if let Some(days) = visit {
                set(&mut contact, "visit", &segment::plus_days("2026-02-20".parse().unwrap(), i32::try_from(days).unwrap()).to_string());
            }
            let mut walk = enroll::new_walk(&journey(), VERSION, String::new(), Map::new(), now);
            walk.id = EnrollmentId(Uuid::from_u128(50));
            let id = take_in(&mut contact, walk, None, &mut Vec::new());
            let mut all = Vec::new();
            let data = json!({"n": 1}).as_object().unwrap().clone();
            for (hours, event) in &steps {
                let due = contact.enrollments[0].due_at;
                let before = contact.clone();
                let context = Context { now, zone: &zone, words: &words, event: None };
                let mut effects = Vec::new();
                advance(&raw, &mut contact, id, &context, &mut effects);
                if due.is_none_or(|due| due > now) {
                    assert!(effects.is_empty() && contact == before, "nothing before its time");
                }
                if *event {
                    on_happening(&raw, &mut contact, id, &Happening::Event { name: "e", data: &data }, &context, &mut effects);
                }
                let standing = &contact.enrollments[0];
                match standing.state {
                    EnrollmentState::Active => assert!(standing.due_at.is_none_or(|due| due > now), "a wait ends later than now"),
                    _ => assert_eq!(standing.due_at, None),
                }
                assert!(!valid || standing.state != EnrollmentState::Failed, "{:?}", standing.reason);
                all.push((now, effects));
                now += hours * 3_600_000 + 1;
            }
            (contact, all)
        };
        prop_assert_eq!(run(), run());
    }

    /// Ids given to nodes are unique and stay.
    #[test]
    fn settled_ids_stay(given in prop::collection::vec(prop::sample::select(vec!["", "n1", "n2", "a"]), 1..8)) {
        let mut seen = BTreeSet::new();
        let nodes: Vec<Value> = given.iter().map(|id| if id.is_empty() || seen.insert(*id) { say(id) } else { say("") }).collect();
        let mut graph: Graph = serde_json::from_value(json!({"trigger": {"on": "hand"}, "nodes": nodes})).unwrap();
        graph.settle();
        let ids: BTreeSet<&str> = graph.nodes.iter().map(|n| n.id.as_str()).collect();
        prop_assert_eq!(ids.len(), graph.nodes.len());
        let settled = graph.clone();
        graph.settle();
        prop_assert_eq!(graph, settled);
    }
}
