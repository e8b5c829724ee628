//! Does all this agree with LINE's own OpenAPI files? Runs when `LINE_OPENAPI_DIR` names a folder
//! that holds them (github.com/line/line-openapi); they are not part of this repository.
//!
//! Where specification and documentation disagree we follow the documentation; each such place is
//! named below.

use crate::calls;
use crate::server::Asked;
use line::endpoint::{self, Endpoint, Host};
use line::validate::documented;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use yaml_rust2::{Yaml, YamlLoader};

/// Calls that are documented but in none of the files: LINE Login, and what came later.
const NOT_SPECIFIED: &[&str] = &[
    "SENT_PNP_TEMPLATED",
    "PNP_TEMPLATED_PUSH",
    "LOGIN_VERIFY_ID",
    "LOGIN_USERINFO",
    "LOGIN_PROFILE",
    "LOGIN_FRIENDSHIP",
    "LOGIN_DEAUTHORIZE",
    "LOGIN_CERTS",
];

/// Paths that are specified for other purposes than the call of ours that goes there: channel
/// tokens by assertion share theirs with LINE Login.
const SPECIFIED_OTHERWISE: &[&str] = &["/oauth2/v2.1/token", "/oauth2/v2.1/verify", "/oauth2/v2.1/revoke"];

/// Specified calls this crate does not make: module channels, mission stickers, the older
/// corporate read mark, channel tokens by assertion.
const NOT_MADE: &[&str] = &[
    "GET /oauth2/v2.1/tokens/kid",
    "POST /v2/bot/message/markAsRead",
    "POST /shop/v3/mission",
    "POST /module/auth/v1/token",
    "POST /v2/bot/chat/{chatId}/control/acquire",
    "POST /v2/bot/chat/{chatId}/control/release",
    "POST /v2/bot/channel/detach",
    "GET /v2/bot/list",
    // Ended or never documented.
    "PUT /v2/bot/audienceGroup/{audienceGroupId}/activate",
    "GET /v2/bot/audienceGroup/authorityLevel",
    "PUT /v2/bot/audienceGroup/authorityLevel",
];

struct Files(BTreeMap<String, Yaml>);

fn load() -> Option<Files> {
    let folder = std::env::var_os("LINE_OPENAPI_DIR").filter(|folder| !folder.is_empty())?;
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(&folder).expect("LINE_OPENAPI_DIR names a folder") {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yml") {
            let text = std::fs::read_to_string(&path).unwrap();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            files.insert(name, YamlLoader::load_from_str(&text).unwrap().remove(0));
        }
    }
    assert!(files.contains_key("messaging-api"), "no messaging-api.yml in {folder:?}");
    Some(Files(files))
}

macro_rules! files {
    () => {
        match load() {
            Some(files) => files,
            None => {
                eprintln!("skipped: LINE_OPENAPI_DIR is not set");
                return;
            }
        }
    };
}

fn pairs(yaml: &Yaml) -> impl Iterator<Item = (&str, &Yaml)> {
    yaml.as_hash().into_iter().flatten().filter_map(|(key, value)| Some((key.as_str()?, value)))
}

fn words(yaml: &Yaml) -> impl Iterator<Item = &str> {
    yaml.as_vec().into_iter().flatten().filter_map(Yaml::as_str)
}

fn resolve<'a>(file: &'a Yaml, schema: &'a Yaml) -> &'a Yaml {
    match schema["$ref"].as_str() {
        Some(reference) => {
            let name = reference.rsplit('/').next().unwrap();
            resolve(file, &file["components"]["schemas"][name])
        }
        None => schema,
    }
}

/// Fields and required fields of a schema; with those it inherits if `inherited`.
fn fields<'a>(file: &'a Yaml, schema: &'a Yaml, inherited: Inherited) -> (BTreeMap<&'a str, &'a Yaml>, BTreeSet<&'a str>) {
    let mut all: BTreeMap<_, _> = pairs(&schema["properties"]).collect();
    let mut required: BTreeSet<_> = words(&schema["required"]).collect();
    for part in schema["allOf"].as_vec().into_iter().flatten() {
        if inherited == Inherited::Without && !part["$ref"].is_badvalue() {
            continue;
        }
        let (more, more_required) = fields(file, resolve(file, part), inherited);
        all.extend(more);
        required.extend(more_required);
    }
    (all, required)
}

#[derive(Clone, Copy, PartialEq)]
enum Inherited {
    With,
    Without,
}

#[test]
fn the_tables_have_the_specified_fields() {
    let files = files!();
    let file = &files.0["messaging-api"];
    let schemas = &file["components"]["schemas"];
    let mut wrong = Vec::new();
    for object in documented() {
        let schema = &schemas[object.name];
        if schema.is_badvalue() {
            wrong.push(format!("{} is not specified", object.name));
            continue;
        }
        let (specified, required) = fields(file, schema, Inherited::Without);
        let mut ours: BTreeMap<_, _> = object.fields.iter().copied().collect();
        // Here the label is a field of the family, there one of each member.
        if object.name.ends_with("ImagemapAction") {
            ours.insert("label", false);
        }
        for field in specified.keys().filter(|field| !ours.contains_key(**field)) {
            wrong.push(format!("{}.{field} is missing here", object.name));
        }
        for field in ours.keys().filter(|field| !specified.contains_key(**field)) {
            wrong.push(format!("{}.{field} is not specified", object.name));
        }
        for field in required.iter().filter(|field| ours.get(**field) == Some(&false)) {
            wrong.push(format!("{}.{field} is required", object.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_specified_kind_of_part_is_in_the_tables() {
    let files = files!();
    let schemas = &files.0["messaging-api"]["components"]["schemas"];
    let ours: BTreeSet<_> = documented().into_iter().map(|object| object.name).collect();
    let families = [
        "Message",
        "Action",
        "Template",
        "FlexContainer",
        "FlexComponent",
        "ImagemapAction",
        "SubstitutionObject",
        "MentionTarget",
        "FlexBoxBackground",
    ];
    for family in families {
        let mapping = &schemas[family]["discriminator"]["mapping"];
        assert!(pairs(mapping).count() > 0, "{family}");
        for (word, reference) in pairs(mapping) {
            let name = reference.as_str().unwrap().rsplit('/').next().unwrap();
            assert!(ours.contains(name), "{family} {word}: {name}");
        }
    }
}

#[test]
fn every_specified_event_and_content_is_read() {
    let files = files!();
    let schemas = &files.0["webhook"]["components"]["schemas"];
    for (word, reference) in pairs(&schemas["Event"]["discriminator"]["mapping"]) {
        let event = sample(&files.0["webhook"], reference, word);
        let body = serde_json::json!({"destination": "U1", "events": [event]}).to_string();
        let read = line::webhook::Payload::parse(body.as_bytes()).unwrap().events.remove(0);
        assert_eq!(read.kind.event_type(), word);
        let known = !matches!(read.kind, line::webhook::EventKind::Unknown { .. });
        assert!(known, "{:?} of {body}", read.kind);
    }
    for (word, reference) in pairs(&schemas["MessageContent"]["discriminator"]["mapping"]) {
        let message = sample(&files.0["webhook"], reference, word);
        let event = serde_json::json!({"type": "message", "message": message});
        let body = serde_json::json!({"events": [event]}).to_string();
        match line::webhook::Payload::parse(body.as_bytes()).unwrap().events.remove(0).kind {
            line::webhook::EventKind::Message(content) => {
                let unknown = matches!(content.body, line::webhook::ContentBody::Unknown { .. });
                assert!(!unknown, "{word}");
            }
            other => panic!("{word}: {other:?}"),
        }
    }
}

/// A value of a schema, with every required field and no other.
fn sample(file: &Yaml, schema: &Yaml, word: &str) -> Value {
    let owned = Yaml::Null;
    let schema = match schema.as_str() {
        Some(reference) => {
            let name = reference.rsplit('/').next().unwrap();
            &file["components"]["schemas"][name]
        }
        None => schema,
    };
    let schema = resolve(file, schema);
    // One of a family: its first member will do.
    if let Some((first, reference)) = pairs(&schema["discriminator"]["mapping"]).next()
        && word.is_empty()
    {
        return sample(file, reference, first);
    }
    let (all, required) = fields(file, schema, Inherited::With);
    if all.is_empty() {
        return match schema["type"].as_str() {
            Some("integer" | "number") => 1.into(),
            Some("boolean") => true.into(),
            Some("array") => vec![sample(file, &schema["items"], "")].into(),
            _ => words(&schema["enum"]).next().unwrap_or("x").into(),
        };
    }
    let mut object = serde_json::Map::new();
    for name in required {
        let value = sample(file, all.get(name).copied().unwrap_or(&owned), "");
        object.insert(name.to_owned(), value);
    }
    if !word.is_empty() {
        object.insert("type".to_owned(), word.into());
    }
    object.into()
}

/// The specified operation for a call, with its file.
fn operation<'a>(files: &'a Files, method: &str, path: &str) -> Option<(&'a Yaml, &'a Yaml)> {
    // A fixed path goes before one with a value in the same place.
    let mut found: Vec<_> = files
        .0
        .values()
        .flat_map(|file| pairs(&file["paths"]).map(move |(template, item)| (template, file, item)))
        .filter(|(template, _, item)| calls::matches(template, path) && !item[method.to_ascii_lowercase().as_str()].is_badvalue())
        .collect();
    found.sort_by_key(|(template, ..)| template.matches('{').count());
    let (_, file, item) = found.first()?;
    Some((file, &item[method.to_ascii_lowercase().as_str()]))
}

#[test]
fn every_endpoint_is_specified_with_its_host() {
    let files = files!();
    let mut wrong = Vec::new();
    for (name, Endpoint { method, host, path, .. }) in endpoint::ALL {
        match operation(&files, method.as_str(), path) {
            None if NOT_SPECIFIED.contains(name) => {}
            None => wrong.push(format!("{name} is not specified")),
            Some(_) if NOT_SPECIFIED.contains(name) => {
                // The same method and path as another call of LINE's is no specification of it.
                if !SPECIFIED_OTHERWISE.contains(path) {
                    wrong.push(format!("{name} is specified after all"));
                }
            }
            Some((_, operation)) => {
                let server = operation["servers"][0]["url"].as_str().unwrap_or("https://api.line.me");
                let specified = if server.contains("api-data") { Host::ApiData } else { Host::Api };
                if *host != specified {
                    wrong.push(format!("{name} is at {server}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_specified_call_can_be_made() {
    let files = files!();
    let mut missing = Vec::new();
    for file in files.0.values() {
        // webhook.yml describes what LINE calls, not what is called.
        for (path, item) in pairs(&file["paths"]).filter(|(path, _)| *path != "/callback") {
            for (method, _) in pairs(item).filter(|(method, _)| *method != "parameters") {
                let call = format!("{} {path}", method.to_ascii_uppercase());
                let ours = endpoint::ALL.iter().any(|(_, endpoint)| {
                    endpoint.method.as_str().eq_ignore_ascii_case(method) && calls::matches(endpoint.path, path)
                });
                if !ours && !NOT_MADE.contains(&call.as_str()) {
                    missing.push(call);
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[tokio::test]
async fn every_request_is_as_specified() {
    let files = files!();
    let mut wrong = Vec::new();
    for asked in calls::all().await {
        let path = asked.target.split('?').next().unwrap();
        if SPECIFIED_OTHERWISE.contains(&path) {
            continue;
        }
        if let Some((file, operation)) = operation(&files, &asked.method, path) {
            query(file, operation, &asked, &mut wrong);
            body(file, operation, &asked, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn query(file: &Yaml, operation: &Yaml, asked: &Asked, wrong: &mut Vec<String>) {
    let sent: BTreeSet<_> = asked
        .target
        .split_once('?')
        .into_iter()
        .flat_map(|(_, query)| query.split('&'))
        .filter_map(|pair| Some(pair.split_once('=')?.0))
        .collect();
    let mut specified = BTreeMap::new();
    for parameter in operation["parameters"].as_vec().into_iter().flatten() {
        let parameter = resolve(file, parameter);
        if parameter["in"].as_str() == Some("query") {
            let required = parameter["required"].as_bool().unwrap_or(false);
            specified.insert(parameter["name"].as_str().unwrap(), required);
        }
    }
    for name in &sent {
        if !specified.contains_key(name) {
            wrong.push(format!("{}: parameter {name} is not specified", asked.target));
        }
    }
    for (name, _) in specified.iter().filter(|(name, required)| **required && !sent.contains(*name)) {
        wrong.push(format!("{}: parameter {name} is missing", asked.target));
    }
}

fn body(file: &Yaml, operation: &Yaml, asked: &Asked, wrong: &mut Vec<String>) {
    let content = &operation["requestBody"]["content"];
    let kind = asked.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default();
    if pairs(content).count() == 0 {
        // A body where none is specified is ignored by LINE; an empty object is harmless.
        if !asked.body.is_empty() && asked.body != b"{}" {
            wrong.push(format!("{}: no body is specified", asked.target));
        }
        return;
    }
    let specified = pairs(content).find(|(name, _)| *name == kind || *name == "*/*");
    let Some((_, media)) = specified else {
        // Pictures are specified as an example of one type.
        if !kind.starts_with("image/") {
            wrong.push(format!("{}: body of type {kind:?} is not specified", asked.target));
        }
        return;
    };
    let schema = resolve(file, &media["schema"]);
    match kind {
        "application/json" => {
            let json: Value = serde_json::from_slice(&asked.body).unwrap();
            compare(file, schema, &json, &asked.target, wrong);
        }
        "application/x-www-form-urlencoded" => {
            let sent = url_pairs(&asked.body);
            compare(file, schema, &sent, &asked.target, wrong);
        }
        _ => {}
    }
}

fn url_pairs(body: &[u8]) -> Value {
    let text = std::str::from_utf8(body).unwrap();
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    Value::Object(pairs.map(|(name, value)| (name.to_owned(), value.into())).collect())
}

/// Every field is specified and no required one is missing, all the way down.
fn compare(file: &Yaml, schema: &Yaml, json: &Value, at: &str, wrong: &mut Vec<String>) {
    let mut schema = resolve(file, schema);
    if let Some(word) = json.get("type").and_then(Value::as_str) {
        let member = &schema["discriminator"]["mapping"][word];
        if let Some(reference) = member.as_str() {
            let name = reference.rsplit('/').next().unwrap();
            schema = &file["components"]["schemas"][name];
        }
    }
    if let Some(parts) = json.as_array() {
        for (index, part) in parts.iter().enumerate() {
            compare(file, &schema["items"], part, &format!("{at}[{index}]"), wrong);
        }
    }
    let Some(object) = json.as_object() else { return };
    let (all, required) = fields(file, schema, Inherited::With);
    if all.is_empty() {
        return;
    }
    for (name, value) in object {
        match all.get(name.as_str()) {
            Some(field) => compare(file, field, value, &format!("{at}.{name}"), wrong),
            None => wrong.push(format!("{at}.{name} is not specified")),
        }
    }
    for name in required.iter().filter(|name| !object.contains_key(**name)) {
        wrong.push(format!("{at}.{name} is missing"));
    }
}
