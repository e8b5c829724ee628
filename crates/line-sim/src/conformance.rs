//! Every request and answer held against LINE's OpenAPI files, when a folder of them is given.

mod schema;

use crate::answer::Answer;
use crate::call::Call;
use crate::route::Host;
use crate::sync::Lock;
use hyper::http::request::Parts;
use schema::{Document, Problem};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

const ERRORS_MAX: usize = 1000;

/// Where the files and LINE's documentation disagree; we follow the documentation.
const GAPS: [&str; 9] = [
    "messageEdited is not in webhook.yml (announced for 2026-08-12)",
    "POST /v2/bot/message/pnp/templated/push and its sent count are not in the files",
    "insight delivery: stepMessage, ccAutoReply, ccManualReply, pnpNoticeMessage, pnpCallToLine, thirdPartyChatTool",
    "expireTimestamp of audiences read: in the files' examples, not in their schemas",
    "DELETE audience answers 202 (files: 200)",
    "content answers 202 while a video is prepared (not in the files)",
    "customAggregationUnits of push: at most one (files: no limit)",
    "error statuses that the files do not list are not checked",
    "patterns and formats of strings are not checked",
];

/// Fields our answers carry beyond the files' schemas: the documentation, or the files' own examples, have them.
const KNOWN_EXTRAS: [(&str, &[&str]); 2] = [
    (
        "GET /v2/bot/insight/message/delivery",
        &["stepMessage", "ccAutoReply", "ccManualReply", "pnpNoticeMessage", "pnpCallToLine", "thirdPartyChatTool"],
    ),
    ("GET /v2/bot/audienceGroup/", &["expireTimestamp"]),
];

#[derive(Debug, Clone, Serialize)]
struct Mismatch {
    direction: &'static str,
    operation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    path: String,
    problem: String,
}

struct Operation {
    document: usize,
    request: Option<Value>,
    answers: BTreeMap<u16, Value>,
}

/// The files, and what did not fit them.
#[derive(Default)]
pub struct Conformance {
    documents: Vec<Document>,
    operations: BTreeMap<String, Operation>,
    webhook: Option<usize>,
    checked: AtomicU64,
    errors: Lock<VecDeque<Mismatch>>,
}

impl Conformance {
    /// Reads the folder; without one nothing is checked.
    pub fn load(dir: Option<&Path>) -> Result<Conformance, String> {
        let Some(dir) = dir else { return Ok(Conformance::default()) };
        let mut this = Conformance::default();
        let entries = std::fs::read_dir(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
        let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.sort();
        for file in files.iter().filter(|file| file.extension().is_some_and(|ext| ext == "yml" || ext == "yaml")) {
            let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
            let document = Document::parse(&text).map_err(|error| format!("{}: {error}", file.display()))?;
            this.add(document);
        }
        if this.documents.is_empty() {
            return Err(format!("{} holds no .yml file", dir.display()));
        }
        Ok(this)
    }

    fn add(&mut self, document: Document) {
        let index = self.documents.len();
        let empty = serde_json::Map::new();
        for (path, methods) in document.root["paths"].as_object().unwrap_or(&empty) {
            for (method, operation) in methods.as_object().unwrap_or(&empty) {
                let json_schema = |body: &Value| {
                    let schema = &body["content"]["application/json"]["schema"];
                    (!schema.is_null()).then(|| schema.clone())
                };
                let answers = operation["responses"].as_object().unwrap_or(&empty);
                let answers = answers.iter().filter_map(|(status, body)| Some((status.parse().ok()?, json_schema(body)?)));
                let name = format!("{} {}", method.to_uppercase(), nameless(path));
                let request = json_schema(&operation["requestBody"]);
                self.operations.insert(name, Operation { document: index, request, answers: answers.collect() });
            }
        }
        if !document.root["components"]["schemas"]["CallbackRequest"].is_null() {
            self.webhook = Some(index);
        }
        self.documents.push(document);
    }

    /// Holds one call against the files.
    pub fn check(&self, call: &Call, parts: &Parts, answer: &Answer) {
        if self.documents.is_empty() || call.route.host == Host::Sim {
            return;
        }
        let key = format!("{} {}", parts.method, nameless(call.route.path));
        let Some(operation) = self.operations.get(&key) else { return };
        self.checked.fetch_add(1, Ordering::Relaxed);
        let document = &self.documents[operation.document];
        let name = format!("{} {}", parts.method, call.route.path);
        // A request we refused is the client's mistake already told; only good ones must fit.
        if let Some(schema) = operation.request.as_ref().filter(|_| answer.status < 300 && !call.body.is_empty()) {
            let body = serde_json::from_slice(&call.body).unwrap_or_default();
            self.note("request", &name, None, document.check(schema, &body));
        }
        if let Some(schema) = operation.answers.get(&answer.status) {
            let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
            let problems = document.check(schema, &body);
            self.note("answer", &name, Some(answer.status), problems.into_iter().filter(|p| !is_known(&name, p)).collect());
        }
    }

    /// Holds a webhook we send against the files.
    pub fn check_webhook(&self, body: &str) {
        let Some(document) = self.webhook.map(|index| &self.documents[index]) else { return };
        self.checked.fetch_add(1, Ordering::Relaxed);
        let mut body: Value = serde_json::from_str(body).unwrap_or_default();
        if let Some(events) = body["events"].as_array_mut() {
            events.retain(|event| event["type"] != "messageEdited");
        }
        let schema = json!({ "$ref": "#/components/schemas/CallbackRequest" });
        self.note("webhook", "POST webhook", None, document.check(&schema, &body));
    }

    fn note(&self, direction: &'static str, operation: &str, status: Option<u16>, problems: Vec<Problem>) {
        let mut errors = self.errors.lock();
        for problem in problems {
            if errors.len() == ERRORS_MAX {
                errors.pop_front();
            }
            let (operation, path, problem) = (operation.to_owned(), problem.path, problem.text);
            errors.push_back(Mismatch { direction, operation, status, path, problem });
        }
    }

    pub fn view(&self) -> Value {
        json!({
            "enabled": !self.documents.is_empty(), "checked": self.checked.load(Ordering::Relaxed),
            "errors": *self.errors.lock(), "gaps": GAPS,
        })
    }

    pub fn error_count(&self) -> usize {
        self.errors.lock().len()
    }

    pub fn clear(&self) {
        self.errors.lock().clear();
        self.checked.store(0, Ordering::Relaxed);
    }
}

fn is_known(operation: &str, problem: &Problem) -> bool {
    let field = problem.path.rsplit('.').next().unwrap_or_default();
    let here = |(name, fields): &(&str, &[&str])| operation.starts_with(name) && fields.contains(&field);
    problem.text == schema::UNKNOWN && KNOWN_EXTRAS.iter().any(here)
}

/// A path with its parameters' names taken out.
fn nameless(path: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}
