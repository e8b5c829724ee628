//! Every mistake is told with its path and node.

use serde_json::{Value, json};
use uuid::Uuid;

use super::tests::{TEMPLATE, pause, say, words};
use super::*;

#[test]
fn mistakes_name_their_node() {
    let nodes = |nodes: Value| json!({"trigger": {"on": "follow"}, "nodes": nodes});
    let branch = |yes: &str, no: &str| json!({"id": "b", "do": "branch", "if": {"is": "staff"}, "yes": yes, "no": no});
    let long: Vec<Value> = (0..101).map(|n| say(&format!("m{n}"))).collect();
    for (value, path, code, node) in [
        (nodes(json!([])), "nodes", "empty", None),
        (
            nodes(json!([{"id": "m", "do": "message", "template": Uuid::nil()}])),
            "nodes[0].template",
            "unknown_template",
            Some("m"),
        ),
        (nodes(json!([say("m"), say("m")])), "nodes[1].id", "same_id", None),
        (nodes(json!([say("end")])), "nodes[0].id", "bad_id", None),
        (
            nodes(json!([{"id": "m", "do": "message", "template": TEMPLATE, "next": "x"}])),
            "nodes[0].next",
            "unknown_node",
            Some("m"),
        ),
        (nodes(json!([{"id": "m", "do": "message", "template": TEMPLATE, "tempo": 1}])), "nodes[0]", "bad_shape", Some("m")),
        (nodes(json!([{"id": "m", "do": "dance"}])), "nodes[0]", "bad_shape", Some("m")),
        (nodes(json!([pause("w", json!({"after": {}}))])), "nodes[0].until.after", "empty", Some("w")),
        (nodes(json!([pause("w", json!({"after": {"weeks": 1}}))])), "nodes[0]", "bad_shape", Some("w")),
        (
            nodes(json!([pause("w", json!({"weekday": {"days": [], "at": "10:00"}}))])),
            "nodes[0].until.weekday.days",
            "empty",
            Some("w"),
        ),
        (
            nodes(json!([pause("w", json!({"date": {"attribute": "size", "at": "10:00"}}))])),
            "nodes[0].until.date.attribute",
            "wrong_type",
            Some("w"),
        ),
        (nodes(json!([branch("m", "m"), say("m")])), "nodes[0]", "same_ways", Some("b")),
        (
            nodes(
                json!([{"id": "b", "do": "branch", "if": {"is": "all", "of": [{"is": "tag", "tag": Uuid::nil()}]}, "yes": "end"}]),
            ),
            "nodes[0].if.of[0].tag",
            "unknown_tag",
            Some("b"),
        ),
        (nodes(json!([{"id": "a", "do": "actions", "actions": []}])), "nodes[0].actions", "empty", Some("a")),
        (nodes(json!([{"id": "x", "do": "exit"}, say("m")])), "nodes[1]", "unreachable", Some("m")),
        (nodes(json!([say("m"), {"id": "b", "do": "branch", "if": {"is": "staff"}, "yes": "m"}])), "nodes[0]", "loop", Some("m")),
        (nodes(json!(long)), "nodes[0]", "too_long", Some("m0")),
        (json!({"trigger": {"on": "tag", "tag": Uuid::nil()}, "nodes": [say("m")]}), "trigger.tag", "unknown_tag", None),
        (json!({"trigger": {"on": "follow"}, "nodes": [say("m")], "reentry": {"keyed": "a"}}), "reentry.keyed", "no_event", None),
        (
            json!({"trigger": {"on": "follow"}, "nodes": [say("m")], "goal": {"on": {"on": "hand"}}}),
            "goal.on",
            "never_happens",
            None,
        ),
        (json!({"trigger": {"on": "fly"}, "nodes": [say("m")]}), "trigger", "bad_shape", None),
        (json!({"trigger": {"on": "follow"}, "nodes": [say("m")], "extra": 1}), "", "bad_shape", None),
    ] {
        let problems = Graph::read(&value, &words()).map(drop).expect_err(&value.to_string());
        let first = &problems[0];
        assert_eq!((first.path.as_str(), first.code, first.node.as_deref()), (path, code, node), "{value}\n{problems:#?}");
    }
    let round =
        nodes(json!([say("m"), {"id": "w", "do": "wait", "until": {"weekday": {"days": ["fri"], "at": "18:00"}}, "next": "m"}]));
    assert!(Graph::read(&round, &words()).is_ok(), "a weekly letter goes round with a wait");
}
