//! Audiences.

use crate::answer::{Answer, Detail};
use crate::call::Call;
use crate::check::Count;
use crate::json::Json;
use crate::ledger::Via;
use crate::people::{Person, looks_like_user_id};
use crate::route::{Host, Route};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};

/// All audience endpoints: 60 a minute.
const fn slow(route: Route) -> Route {
    route.rate(60, 60)
}

const FILE_MAX: usize = 64 << 20;

pub const ROUTES: &[Route] = &[
    slow(Route::post("/v2/bot/audienceGroup/upload", "audience_create", create)),
    slow(Route::put("/v2/bot/audienceGroup/upload", "audience_add", add)),
    slow(Route::post("/v2/bot/audienceGroup/upload/byFile", "audience_create_file", create_by_file))
        .host(Host::Data)
        .body_max(FILE_MAX),
    slow(Route::put("/v2/bot/audienceGroup/upload/byFile", "audience_add_file", add_by_file)).host(Host::Data).body_max(FILE_MAX),
    slow(Route::post("/v2/bot/audienceGroup/click", "audience_click", |call| from_message(call, "CLICK"))),
    slow(Route::post("/v2/bot/audienceGroup/imp", "audience_imp", |call| from_message(call, "IMP"))),
    slow(Route::get("/v2/bot/audienceGroup/list", "audience_list", list)),
    slow(Route::get("/v2/bot/audienceGroup/shared/list", "audience_shared_list", list)),
    slow(Route::get("/v2/bot/audienceGroup/shared/{audienceGroupId}", "audience_shared_get", get)),
    slow(Route::put("/v2/bot/audienceGroup/{audienceGroupId}/updateDescription", "audience_rename", rename)),
    slow(Route::get("/v2/bot/audienceGroup/{audienceGroupId}", "audience_get", get)),
    slow(Route::delete("/v2/bot/audienceGroup/{audienceGroupId}", "audience_delete", delete)),
];

const IDS_MAX: usize = 10_000;
const GROUPS_MAX: usize = 1000;
const LIFE_S: i64 = 15_552_000;
const MESSAGE_LIFE_MS: i64 = 60 * 86_400_000;
/// On the simulator's clock; LINE publishes no time.
const WORKING_MS: i64 = 2_000;
/// Counts below this read 0, but for the account's own uploads.
const HIDDEN_BELOW: usize = 20;
/// Click and impression audiences need this many.
const MESSAGE_AUDIENCE_MIN: usize = 50;

struct Upload {
    id: i64,
    at_ms: i64,
    description: String,
    count: usize,
}

/// One audience.
pub struct Audience {
    id: i64,
    kind: &'static str,
    description: String,
    created_ms: i64,
    ready_ms: i64,
    pub people: HashSet<Person>,
    uploads: Vec<Upload>,
    request_id: Option<String>,
    click_url: Option<String>,
    is_ifa: bool,
}

impl Audience {
    /// The account's own list of user ids.
    pub fn is_uploaded(&self) -> bool {
        self.kind == "UPLOAD"
    }

    fn status(&self, now_ms: i64) -> &'static str {
        if now_ms >= self.created_ms + LIFE_S * 1000 {
            "EXPIRED"
        } else if now_ms < self.ready_ms {
            "IN_PROGRESS"
        } else if !self.is_uploaded() && self.people.len() < MESSAGE_AUDIENCE_MIN {
            "FAILED"
        } else {
            "READY"
        }
    }

    fn view(&self, now_ms: i64) -> Value {
        let status = self.status(now_ms);
        let shown = self.is_uploaded() || self.people.len() >= HIDDEN_BELOW;
        let mut view = json!({
            "audienceGroupId": self.id, "type": self.kind, "description": self.description, "status": status,
            "audienceCount": if shown && status == "READY" { self.people.len() } else { 0 },
            "created": self.created_ms / 1000, "permission": "READ_WRITE", "createRoute": "MESSAGING_API",
            "isIfaAudience": self.is_ifa, "expireTimestamp": self.created_ms / 1000 + LIFE_S,
        });
        if status == "FAILED" {
            view["failedType"] = json!("AUDIENCE_GROUP_AUDIENCE_INSUFFICIENT");
        }
        for (name, value) in [("requestId", &self.request_id), ("clickUrl", &self.click_url)] {
            if let Some(value) = value {
                view[name] = json!(value);
            }
        }
        view
    }

    fn jobs(&self, now_ms: i64) -> Vec<Value> {
        let view = |upload: &Upload| {
            let done = now_ms >= upload.at_ms + WORKING_MS;
            json!({
                "audienceGroupJobId": upload.id, "audienceGroupId": self.id, "description": upload.description,
                "type": "DIFF_ADD", "jobStatus": if done { "FINISHED" } else { "WORKING" },
                "audienceCount": upload.count, "created": upload.at_ms / 1000,
            })
        };
        self.uploads.iter().rev().take(50).map(view).collect()
    }
}

/// A channel's audiences.
#[derive(Default)]
pub struct Audiences {
    groups: BTreeMap<i64, Audience>,
    made: i64,
}

const FIRST_ID: i64 = 4_389_303_728_000;

impl Audiences {
    fn next_id(&mut self) -> i64 {
        self.made += 1;
        FIRST_ID + self.made
    }

    /// An audience that may be sent to.
    pub fn ready(&self, id: i64, now_ms: i64) -> Option<&Audience> {
        self.groups.get(&id).filter(|group| group.status(now_ms) == "READY")
    }
}

fn coded(message: &str, code: &str) -> Answer {
    coded_at(message, code, "")
}

fn coded_at(message: &str, code: &str, property: &str) -> Answer {
    Answer::details(400, message, &[Detail { message: code.into(), property: property.into() }])
}

fn not_found() -> Answer {
    coded("audience group not found", "AUDIENCE_GROUP_NOT_FOUND")
}

fn description(text: Option<&str>) -> Result<String, Answer> {
    match text {
        None | Some("") => Err(coded("audienceGroupName is empty", "AUDIENCE_GROUP_NAME_EMPTY")),
        Some(text) if Count::Utf16.of(text) > 120 => Err(coded("size over audienceGroupName", "AUDIENCE_GROUP_NAME_SIZE_OVER")),
        Some(text) => Ok(text.to_owned()),
    }
}

fn people<'i>(call: &Call, ids: impl Iterator<Item = &'i str>) -> Result<HashSet<Person>, Answer> {
    let mut found = HashSet::new();
    for id in ids {
        if !looks_like_user_id(id) {
            return Err(coded_at("Invalid audience id format", "UPLOAD_AUDIENCE_GROUP_INVALID_AUDIENCE_ID_FORMAT", "audiences"));
        }
        // Ids of other providers are passed over in silence.
        found.extend(call.world.people.find(call.channel().provider, id));
    }
    Ok(found)
}

fn listed_people(call: &Call, json: &Json) -> Result<HashSet<Person>, Answer> {
    let list = json.list("audiences").unwrap_or_default();
    if list.len() > IDS_MAX {
        let text = "too many audience ids";
        return Err(coded_at(text, "UPLOAD_AUDIENCE_GROUP_TOO_MANY_AUDIENCE_IDS", "audiences"));
    }
    people(call, list.iter().map(|item| item.text("id").unwrap_or_default()))
}

/// What a new audience is made of.
struct Made {
    kind: &'static str,
    description: String,
    people: HashSet<Person>,
    upload_description: Option<String>,
    request_id: Option<String>,
    click_url: Option<String>,
    is_ifa: bool,
}

fn make(call: &Call, made: Made) -> Answer {
    let mut audiences = call.channel().audiences.lock();
    if audiences.groups.len() >= GROUPS_MAX {
        return coded("too many audience groups", "AUDIENCE_GROUP_COUNT_MAX_OVER");
    }
    let id = audiences.next_id();
    let upload = Upload {
        id: audiences.next_id(),
        at_ms: call.now_ms,
        description: made.upload_description.unwrap_or_default(),
        count: made.people.len(),
    };
    let audience = Audience {
        id,
        kind: made.kind,
        description: made.description,
        created_ms: call.now_ms,
        ready_ms: call.now_ms + WORKING_MS,
        people: made.people,
        uploads: vec![upload],
        request_id: made.request_id,
        click_url: made.click_url,
        is_ifa: made.is_ifa,
    };
    let mut answer = audience.view(call.now_ms);
    if let Value::Object(fields) = &mut answer {
        fields.remove("status");
        fields.remove("audienceCount");
    }
    audiences.groups.insert(id, audience);
    Answer::json(202, &answer)
}

fn create(call: &Call) -> Answer {
    try_create(call).unwrap_or_else(|answer| answer)
}

fn try_create(call: &Call) -> Result<Answer, Answer> {
    let json = call.json()?;
    Ok(make(
        call,
        Made {
            kind: "UPLOAD",
            description: description(json.text("description"))?,
            people: listed_people(call, &json)?,
            upload_description: json.text("uploadDescription").map(str::to_owned),
            request_id: None,
            click_url: None,
            is_ifa: json.flag("isIfaAudience").unwrap_or(false),
        },
    ))
}

fn grow(call: &Call, id: i64, people: HashSet<Person>, text: Option<&str>) -> Answer {
    let mut audiences = call.channel().audiences.lock();
    let job = audiences.next_id();
    let Some(group) = audiences.groups.get_mut(&id) else { return not_found() };
    if group.status(call.now_ms) == "EXPIRED" {
        return coded("audience group is expired", "AUDIENCE_GROUP_CAN_NOT_UPLOAD_STATUS_EXPIRED");
    }
    let working = group.uploads.iter().filter(|upload| call.now_ms < upload.at_ms + WORKING_MS).count();
    if working >= 10 {
        return Answer::rate_limited();
    }
    let upload = Upload { id: job, at_ms: call.now_ms, description: text.unwrap_or_default().to_owned(), count: people.len() };
    group.uploads.push(upload);
    group.people.extend(people);
    group.ready_ms = call.now_ms + WORKING_MS;
    Answer::accepted()
}

fn add(call: &Call) -> Answer {
    try_add(call).unwrap_or_else(|answer| answer)
}

fn try_add(call: &Call) -> Result<Answer, Answer> {
    let json = call.json()?;
    let people = listed_people(call, &json)?;
    Ok(grow(call, json.int("audienceGroupId").unwrap_or(0), people, json.text("uploadDescription")))
}

/// The parts of a multipart form as text.
fn form_parts(call: &Call) -> Result<BTreeMap<String, String>, Answer> {
    let unsupported = |kind: &str| Answer::error(415, &format!("The content type, {kind}, is not supported"));
    let kind = call.header("content-type").unwrap_or("none");
    let boundary = kind
        .strip_prefix("multipart/form-data")
        .and_then(|rest| rest.split("boundary=").nth(1))
        .ok_or_else(|| unsupported(kind))?
        .trim_matches('"');
    let body = std::str::from_utf8(&call.body).map_err(|_| unsupported("binary"))?;
    let mut parts = BTreeMap::new();
    for part in body.split(&format!("--{boundary}")).skip(1) {
        let Some((head, value)) = part.split_once("\r\n\r\n") else { continue };
        let Some(name) = head.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()) else { continue };
        if name == "file" && head.to_ascii_lowercase().contains("content-type:") && !head.contains("text/plain") {
            return Err(unsupported("of the file"));
        }
        parts.insert(name.to_owned(), value.strip_suffix("\r\n").unwrap_or(value).to_owned());
    }
    Ok(parts)
}

fn create_by_file(call: &Call) -> Answer {
    try_create_by_file(call).unwrap_or_else(|answer| answer)
}

fn try_create_by_file(call: &Call) -> Result<Answer, Answer> {
    let parts = form_parts(call)?;
    let lines = parts.get("file").map(String::as_str).unwrap_or_default().lines().map(str::trim).filter(|l| !l.is_empty());
    Ok(make(
        call,
        Made {
            kind: "UPLOAD",
            description: description(parts.get("description").map(String::as_str))?,
            people: people(call, lines)?,
            upload_description: parts.get("uploadDescription").cloned(),
            request_id: None,
            click_url: None,
            is_ifa: parts.get("isIfaAudience").is_some_and(|v| v == "true"),
        },
    ))
}

fn add_by_file(call: &Call) -> Answer {
    try_add_by_file(call).unwrap_or_else(|answer| answer)
}

fn try_add_by_file(call: &Call) -> Result<Answer, Answer> {
    let parts = form_parts(call)?;
    let id = parts.get("audienceGroupId").and_then(|id| id.parse().ok()).unwrap_or(0);
    let lines = parts.get("file").map(String::as_str).unwrap_or_default().lines().map(str::trim).filter(|l| !l.is_empty());
    let people = people(call, lines)?;
    Ok(grow(call, id, people, parts.get("uploadDescription").map(String::as_str)))
}

fn from_message(call: &Call, kind: &'static str) -> Answer {
    try_from_message(call, kind).unwrap_or_else(|answer| answer)
}

fn try_from_message(call: &Call, kind: &'static str) -> Result<Answer, Answer> {
    let json = call.json()?;
    let description = description(json.text("description"))?;
    let id = json.text("requestId").unwrap_or_default();
    let sent = uuid::Uuid::try_parse(id).ok().and_then(|id| call.world.ledger.by_request(id));
    let sent = sent.filter(|s| s.channel == call.channel().index && matches!(s.via, Via::Broadcast | Via::Narrowcast));
    let sent = sent.ok_or_else(|| coded("request not found", "REQUEST_NOT_FOUND"))?;
    if call.now_ms - sent.at_ms > MESSAGE_LIFE_MS {
        return Err(coded("too old messages", "TOO_OLD_MESSAGES"));
    }
    let url = json.text("clickUrl");
    let people = match kind {
        "CLICK" => call.world.clicks.people(&sent, url),
        _ => call.world.clicks.viewers(call.channel(), &sent),
    };
    Ok(make(
        call,
        Made {
            kind,
            description,
            people,
            upload_description: None,
            request_id: Some(id.to_owned()),
            click_url: url.map(str::to_owned),
            is_ifa: false,
        },
    ))
}

fn id_in_path(call: &Call) -> i64 {
    call.args[0].parse().unwrap_or(0)
}

fn get(call: &Call) -> Answer {
    match call.channel().audiences.lock().groups.get(&id_in_path(call)) {
        Some(group) => Answer::ok(&json!({
            "audienceGroup": group.view(call.now_ms), "jobs": group.jobs(call.now_ms),
        })),
        None => not_found(),
    }
}

fn rename(call: &Call) -> Answer {
    let text = match call.json().and_then(|json| description(json.text("description"))) {
        Ok(text) => text,
        Err(answer) => return answer,
    };
    match call.channel().audiences.lock().groups.get_mut(&id_in_path(call)) {
        Some(group) => {
            group.description = text;
            Answer::empty()
        }
        None => not_found(),
    }
}

fn delete(call: &Call) -> Answer {
    match call.channel().audiences.lock().groups.remove(&id_in_path(call)) {
        Some(_) => Answer::accepted(),
        None => not_found(),
    }
}

fn list(call: &Call) -> Answer {
    let number = |name: &str, default: usize| call.param(name).map_or(Some(default), |text| text.parse().ok());
    let (Some(page), Some(size)) = (number("page", 0), number("size", 20)) else {
        return Answer::error(400, "Bad Request");
    };
    if page < 1 {
        return coded("page: must be greater than or equal to 1", "TOO_LOW");
    }
    if size > 40 {
        return coded("size: must be less than or equal to 40", "TOO_HIGH");
    }
    let (text, status) = (call.param("description"), call.param("status"));
    let audiences = call.channel().audiences.lock();
    let fits = |group: &&Audience| {
        text.as_ref().is_none_or(|text| group.description.contains(text.as_str()))
            && status.as_ref().is_none_or(|status| status == group.status(call.now_ms))
    };
    let found: Vec<&Audience> = audiences.groups.values().filter(fits).collect();
    let shown: Vec<Value> = found.iter().skip((page - 1) * size).take(size).map(|g| g.view(call.now_ms)).collect();
    Answer::ok(&json!({
        "audienceGroups": shown, "hasNextPage": page * size < found.len(), "totalCount": found.len(),
        "readWriteAudienceGroupTotalCount": audiences.groups.len(), "page": page, "size": size,
    }))
}
