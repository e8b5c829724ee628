//! The OpenAPI document is a snapshot: whoever changes the API sees it in the diff, and the pages' client follows it.

use serde_json::Value;

/// The document as served.
pub fn document() -> Value {
    let (_, document) = server::api::routes();
    serde_json::to_value(document).unwrap()
}

#[test]
fn snapshot_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let now = format!("{}\n", serde_json::to_string_pretty(&document()).unwrap());
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some_and(|value| value == "1") {
        std::fs::write(path, &now).unwrap();
    }
    let stored = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        stored == now,
        "crates/server/openapi.json is stale: run UPDATE_SNAPSHOTS=1 cargo test -p server document, and make the pages' client again"
    );
}

#[test]
fn every_operation_has_a_name_a_tag_and_a_schema_that_exists() {
    let document = document();
    let mut names = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} twice");
            assert_eq!(operation["tags"].as_array().map_or(0, Vec::len), 1, "{method} {path}");
            assert!(operation["summary"].is_string() || operation["description"].is_string(), "{method} {path} says nothing");
            assert!(operation["responses"]["default"].is_object());
        }
    }
    let mut missing = Vec::new();
    references(&document, &mut |reference| {
        let name = reference.rsplit('/').next().unwrap();
        if document["components"]["schemas"].get(name).is_none() {
            missing.push(name.to_owned());
        }
    });
    assert!(missing.is_empty(), "schemas named and not there: {missing:?}");
}

fn references(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                found(reference);
            }
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(list) => list.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}
