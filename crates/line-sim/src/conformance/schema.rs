//! The part of OpenAPI's schema language that LINE's files use.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use yaml_rust2::{Yaml, YamlLoader};

/// Deeper than any real body; keeps a schema that refers to itself from looping.
const DEPTH_MAX: usize = 64;

/// The complaint about a field no schema names.
pub const UNKNOWN: &str = "not in the schema";

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub path: String,
    pub text: String,
}

/// One OpenAPI file.
pub struct Document {
    pub root: Value,
}

impl Document {
    pub fn parse(text: &str) -> Result<Document, String> {
        let documents = YamlLoader::load_from_str(text).map_err(|error| error.to_string())?;
        let root = documents.first().map(to_json).ok_or("the file is empty")?;
        Ok(Document { root })
    }

    /// What about the value does not fit the schema.
    pub fn check(&self, schema: &Value, value: &Value) -> Vec<Problem> {
        let mut walk = Walk { document: self, problems: Vec::new() };
        walk.value(schema, value, "", 0);
        walk.problems
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str().and_then(|target| self.root.pointer(target.strip_prefix('#')?)) {
            Some(target) => self.resolve(target),
            None => schema,
        }
    }

    /// Every property a schema knows, through `allOf`; `None` when it takes any.
    fn properties(&self, schema: &Value, depth: usize) -> Option<BTreeSet<String>> {
        let schema = self.resolve(schema);
        if depth > DEPTH_MAX || schema["additionalProperties"].is_object() || schema["additionalProperties"] == json!(true) {
            return None;
        }
        let mut known: BTreeSet<String> =
            schema["properties"].as_object().into_iter().flat_map(|map| map.keys().cloned()).collect();
        for part in schema["allOf"].as_array().into_iter().flatten() {
            known.extend(self.properties(part, depth + 1)?);
        }
        if known.is_empty() || schema["oneOf"].is_array() || schema["anyOf"].is_array() {
            return None;
        }
        Some(known)
    }
}

fn to_json(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Real(text) => text.parse::<f64>().map_or_else(|_| json!(text), |number| json!(number)),
        Yaml::Integer(number) => json!(number),
        Yaml::String(text) => json!(text),
        Yaml::Boolean(flag) => json!(flag),
        Yaml::Array(items) => items.iter().map(to_json).collect(),
        Yaml::Hash(hash) => {
            let key = |yaml: &Yaml| match to_json(yaml) {
                Value::String(text) => text,
                other => other.to_string(),
            };
            Value::Object(hash.iter().map(|(name, value)| (key(name), to_json(value))).collect::<Map<_, _>>())
        }
        Yaml::Alias(_) | Yaml::Null | Yaml::BadValue => Value::Null,
    }
}

struct Walk<'a> {
    document: &'a Document,
    problems: Vec<Problem>,
}

impl<'a> Walk<'a> {
    fn fail(&mut self, path: &str, text: String) {
        self.problems.push(Problem { path: path.to_owned(), text });
    }

    fn value(&mut self, schema: &Value, value: &Value, path: &str, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        let document = self.document;
        let schema = document.resolve(schema);
        if value.is_null() && (schema["nullable"] == json!(true) || schema["type"].is_null()) {
            return;
        }
        let mut concrete = schema;
        if let Some(chosen) = self.discriminate(schema, value, path) {
            concrete = chosen;
        }
        self.parts(concrete, value, path, depth);
        if let (Some(fields), Some(known)) = (value.as_object(), self.document.properties(concrete, 0)) {
            for name in fields.keys().filter(|name| !known.contains(*name)) {
                self.fail(&join(path, name), UNKNOWN.into());
            }
        }
    }

    /// The schema a discriminator names for this value.
    fn discriminate(&mut self, schema: &Value, value: &Value, path: &str) -> Option<&'a Value> {
        let property = schema["discriminator"]["propertyName"].as_str()?;
        let mapping = schema["discriminator"]["mapping"].as_object()?;
        let Some(kind) = value[property].as_str() else {
            self.fail(&join(path, property), "missing".into());
            return None;
        };
        let target = mapping.get(kind).and_then(Value::as_str);
        let found = target.and_then(|target| self.document.root.pointer(target.strip_prefix('#')?));
        if found.is_none() {
            self.fail(&join(path, property), format!("unknown {property} {kind:?}"));
        }
        found
    }

    /// Everything but discriminators, which are settled by now.
    fn parts(&mut self, schema: &Value, value: &Value, path: &str, depth: usize) {
        let schema = self.document.resolve(schema);
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.parts(part, value, path, depth + 1);
        }
        if let Some(choices) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
            let fits = choices.iter().any(|choice| self.document.check(choice, value).is_empty());
            if !fits {
                self.fail(path, "fits none of the alternatives".into());
            }
        }
        self.kind(schema, value, path);
        self.bounds(schema, value, path);
        if let Some(fields) = value.as_object() {
            self.fields(schema, fields, path, depth);
        }
        if let (Some(items), false) = (value.as_array(), schema["items"].is_null()) {
            for (index, item) in items.iter().enumerate() {
                self.value(&schema["items"], item, &format!("{path}[{index}]"), depth + 1);
            }
        }
    }

    fn fields(&mut self, schema: &Value, fields: &Map<String, Value>, path: &str, depth: usize) {
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                self.fail(&join(path, name), "missing".into());
            }
        }
        for (name, value) in fields {
            let own = &schema["properties"][name];
            let own = if own.is_null() { &schema["additionalProperties"] } else { own };
            if own.is_object() {
                self.value(own, value, &join(path, name), depth + 1);
            }
        }
    }

    fn kind(&mut self, schema: &Value, value: &Value, path: &str) {
        let Some(kind) = schema["type"].as_str() else { return };
        let fits = match kind {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            _ => true,
        };
        if !fits {
            self.fail(path, format!("not of type {kind}"));
        }
        if let Some(values) = schema["enum"].as_array()
            && !values.contains(value)
        {
            self.fail(path, format!("{value} is not among the allowed values"));
        }
    }

    fn bounds(&mut self, schema: &Value, value: &Value, path: &str) {
        let size = match value {
            Value::String(text) => Some(("Length", text.encode_utf16().count() as f64)),
            Value::Array(items) => Some(("Items", items.len() as f64)),
            Value::Number(number) => Some(("", number.as_f64().unwrap_or(0.0))),
            _ => None,
        };
        let Some((what, size)) = size else { return };
        let (least, most) = match what {
            "" => ("minimum".to_owned(), "maximum".to_owned()),
            what => (format!("min{what}"), format!("max{what}")),
        };
        if schema[&least].as_f64().is_some_and(|least| size < least) {
            self.fail(path, format!("below {least} {}", schema[&least]));
        }
        if schema[&most].as_f64().is_some_and(|most| size > most) {
            self.fail(path, format!("above {most} {}", schema[&most]));
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
