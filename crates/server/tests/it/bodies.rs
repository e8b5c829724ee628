//! The worked bodies of API.md, run in their order; ids of earlier answers stand as `<name>`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::house::House;

/// One call of the page: what comes back is kept under `name`.
struct Worked {
    method: String,
    path: String,
    name: String,
    status: u16,
    body: Value,
}

/// `### POST /api/v1/tags → 201 tag`, then a JSON block.
fn read(page: &str) -> Vec<Worked> {
    let mut all = Vec::new();
    for part in page.split("\n### ").skip(1) {
        let (head, rest) = part.split_once('\n').unwrap();
        let words: Vec<&str> = head.trim_matches('`').split_whitespace().collect();
        let [method, path, "→", status, name] = words[..] else {
            panic!("heading {head:?} is not `METHOD path → status name`")
        };
        let body = rest
            .split_once("```json\n")
            .and_then(|(_, json)| json.split_once("\n```"))
            .map_or(Value::Null, |(json, _)| serde_json::from_str(json).unwrap_or_else(|error| panic!("{head}: {error}")));
        all.push(Worked { method: method.into(), path: path.into(), name: name.into(), status: status.parse().unwrap(), body });
    }
    all
}

fn fill(text: &str, known: &BTreeMap<String, String>) -> String {
    known.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("<{name}>"), id))
}

#[tokio::test]
async fn worked_bodies_work() {
    let page = include_str!("../../API.md");
    let calls = read(page);
    assert!(calls.len() >= 12, "{}", calls.len());
    for house in House::on_both().await {
        run(house, &calls).await;
    }
}

async fn run(house: House, calls: &[Worked]) {
    let shop = house.shop("1000").await;
    let contact = house.friend(&shop, "U0123456789abcdef0123456789abcdef").await;
    house.settled().await;
    let mut known = BTreeMap::from([("channel".to_owned(), shop.channel.to_string()), ("contact".to_owned(), contact)]);
    for call in calls {
        let path = fill(&call.path, &known);
        let body = match &call.body {
            Value::Null => Value::Null,
            body => serde_json::from_str(&fill(&body.to_string(), &known)).unwrap(),
        };
        let answer = house.call(&shop.owner, &call.method, &path, body).await;
        assert_eq!(answer.status.as_u16(), call.status, "{} {path}: {}", call.method, String::from_utf8_lossy(&answer.bytes));
        if let Some(id) = answer.json()["id"].as_str() {
            known.insert(call.name.clone(), id.to_owned());
        }
        house.settled().await;
    }
    house.close().await;
}
