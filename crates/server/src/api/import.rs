//! Contact files: checked as a whole, then taken in. An import starts no greeting and no journey unless told to (promise 8).

use std::collections::BTreeSet;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use engine::contact::columns::{guess as guess_columns, peek, remember, remembered};
use engine::contact::file::{Format, OnFault, guess, read, wrong_rows};
use engine::contact::foresee::foresee;
use engine::contact::import::{self, write};
use engine::ids::ChannelId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;
use uuid::Uuid;

use super::bulk::may_send;
use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Code, FieldError, Problem};
use crate::http::{Query, bytes};

/// About 400,000 rows.
const FILE_MAX: usize = 64 * 1024 * 1024;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(import_contacts).layer(DefaultBodyLimit::max(FILE_MAX)))
        .routes(routes!(preview_import).layer(DefaultBodyLimit::max(FILE_MAX)))
        .routes(routes!(wrong_import_rows).layer(DefaultBodyLimit::max(FILE_MAX)))
}

/// What the columns of a CSV mean, as a JSON list beside the header: `line_user_id`, `display_name`, `friend_since`,
/// `tags`, `attr.key`, or '' for none of these.
fn meanings(json: Option<&str>) -> Answer<Option<Vec<String>>> {
    let Some(json) = json.filter(|json| !json.is_empty()) else { return Ok(None) };
    serde_json::from_str(json)
        .map(Some)
        .map_err(|_| Problem::new(Code::BadRequest).at("columns", "json", "列の意味を、文字列のJSON配列で指定してください。"))
}

/// How to take a file in.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ImportQuery {
    /// The LINE account whose friends they are.
    channel: Uuid,
    /// `all-or-nothing` (default) or `good-rows`.
    #[serde(default)]
    #[param(inline)]
    mode: Mode,
    /// What may start for those whom the file changes: `nothing` (default), `greeting`, `journeys` or
    /// `greeting,journeys`. Greetings of an import are pushes and count in the month's quota; all but `nothing` takes
    /// `send_broadcast` too.
    #[serde(default)]
    #[param(inline)]
    start: Start,
    /// What each column of a CSV means, as a JSON list; without it the header must say so itself. Remembered for files with
    /// the same heads.
    #[serde(default)]
    columns: Option<String>,
}

/// What an import may set off. Only for known friends of the account (column friend_since).
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
enum Start {
    /// Nothing.
    #[default]
    #[serde(rename = "nothing")]
    Nothing,
    /// The automatic answer to a follow, for new friends.
    #[serde(rename = "greeting")]
    Greeting,
    /// Journeys that a follow or a tag starts, for new friends and new tags.
    #[serde(rename = "journeys")]
    Journeys,
    /// Both.
    #[serde(rename = "greeting,journeys", alias = "journeys,greeting")]
    Both,
}

impl From<Start> for BTreeSet<import::Start> {
    fn from(start: Start) -> Self {
        match start {
            Start::Nothing => Self::new(),
            Start::Greeting => Self::from([import::Start::Greeting]),
            Start::Journeys => Self::from([import::Start::Journeys]),
            Start::Both => Self::from([import::Start::Greeting, import::Start::Journeys]),
        }
    }
}

/// What to do with a file that has faults.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
enum Mode {
    /// Nothing is taken in.
    #[default]
    #[serde(rename = "all-or-nothing", alias = "nothing", alias = "all_or_nothing")]
    AllOrNothing,
    /// The good rows are taken in.
    #[serde(rename = "good-rows", alias = "good_rows")]
    GoodRows,
}

impl From<Mode> for OnFault {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::AllOrNothing => Self::Nothing,
            Mode::GoodRows => Self::GoodRows,
        }
    }
}

/// What became of a file.
#[derive(Serialize, ToSchema)]
struct ImportAnswer {
    /// Good rows.
    rows: usize,
    created: u64,
    updated: u64,
    /// Already as the file says.
    unchanged: u64,
    /// People for whom a greeting or journey may start now, because `start` says so.
    started: u64,
    /// Rows left out: these people asked to be erased.
    erased: u64,
    /// Faults; the first thousand are listed.
    rejected: u64,
    errors: Vec<ImportFault>,
}

/// One thing to mend in the file.
#[derive(Serialize, ToSchema)]
struct ImportFault {
    /// Line of the file, from 1.
    line: u64,
    column: String,
    message: String,
}

/// Takes in a CSV (UTF-8 or Shift_JIS) or NDJSON file: line_user_id, display_name, friend_since, tags, attr.*
#[utoipa::path(post, path = "/contacts/import", operation_id = "importContacts", tag = "contacts", params(ImportQuery),
    request_body(content((String = "text/csv"), (String = "application/x-ndjson"))),
    responses((status = 200, body = ImportAnswer, description = "Taken in")), extensions(("x-permission" = json!("import"))))]
async fn import_contacts(
    State(app): State<App>,
    Require(caller, ..): Require<can::Import>,
    Query(query): Query<ImportQuery>,
    request: Request,
) -> Answer<Json<ImportAnswer>> {
    if !matches!(query.start, Start::Nothing) {
        may_send(&caller)?;
    }
    let catalog = app.catalog(caller.workspace).await?;
    let channel = catalog.channels.get(&ChannelId(query.channel)).cloned().ok_or(Code::NotFound)?;
    let content_type =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("").to_ascii_lowercase();
    let file: Bytes = bytes(request, &app).await?;
    let format = match content_type.as_str() {
        said if said.contains("ndjson") || said.contains("jsonl") => Format::Ndjson,
        said if said.contains("csv") => Format::Csv,
        _ => guess(&file),
    };
    // A large file takes a second to read: not on the threads that answer others.
    let columns = meanings(query.columns.as_deref())?;
    let (sheet, header, columns) =
        tokio::task::spawn_blocking(move || (read(&file, format, columns.as_deref(), &catalog), peek(&file, 0).header, columns))
            .await
            .map_err(|_| Problem::new(Code::Internal))?;
    if sheet.fault_count > 0 && OnFault::from(query.mode) == OnFault::Nothing {
        let errors = sheet.faults.into_iter().map(|fault| FieldError {
            path: format!("line {}", fault.line),
            code: "import".into(),
            message: if fault.column.is_empty() { fault.message } else { format!("{}: {}", fault.column, fault.message) },
        });
        return Err(Problem { errors: errors.collect(), ..Problem::new(Code::ImportRejected) });
    }
    let rows = sheet.rows.len();
    let done = write(&app.engine, &channel, sheet.rows, &query.start.into(), app.now_ms()).await?;
    let act = app.act(&caller);
    let detail = serde_json::json!({
        "rows": rows, "created": done.created, "updated": done.updated, "started": done.started, "rejected": sheet.fault_count,
    });
    app.write(move |tx| {
        if let Some(columns) = &columns {
            remember(tx, act.workspace, &header, columns)?;
        }
        act.note(tx, "contact.import", channel.id.0, &detail)
    })
    .await?;
    let errors =
        sheet.faults.into_iter().map(|fault| ImportFault { line: fault.line, column: fault.column, message: fault.message });
    Ok(Json(ImportAnswer {
        rows,
        created: done.created,
        updated: done.updated,
        unchanged: done.unchanged,
        started: done.started,
        erased: done.erased,
        rejected: sheet.fault_count,
        errors: errors.collect(),
    }))
}

/// Rows of a file shown before it is taken in.
const SHOWN: usize = 5;

/// A file before it is taken in.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PreviewQuery {
    /// The LINE account whose friends they are.
    channel: Uuid,
    /// What each column means, as a JSON list; guessed when left out.
    #[serde(default)]
    columns: Option<String>,
}

/// What a file looks like and would do. Nothing is changed.
#[derive(Serialize, ToSchema)]
struct ImportPreview {
    /// utf8 or shift_jis.
    encoding: &'static str,
    header: Vec<String>,
    /// The first rows, as they stand in the file.
    sample: Vec<Vec<String>>,
    /// What each column is taken to mean.
    columns: Vec<String>,
    /// Good rows.
    rows: usize,
    /// People we do not know yet.
    created: u64,
    /// People we know.
    known: u64,
    /// Rows left out: these people asked to be erased.
    erased: u64,
    /// People who would be greeted, if the import were told to.
    greetings: u64,
    /// シナリオ that would start, if the import were told to.
    journeys: Vec<ImportStart>,
    rejected: u64,
    /// The first faults.
    errors: Vec<ImportFault>,
}

/// A シナリオ that would start.
#[derive(Serialize, ToSchema)]
struct ImportStart {
    journey_id: Uuid,
    name: String,
    people: u64,
}

/// Shows what a CSV holds and what taking it in would do.
#[utoipa::path(post, path = "/contacts/import/preview", operation_id = "previewImport", tag = "contacts", params(PreviewQuery),
    request_body(content((String = "text/csv"))),
    responses((status = 200, body = ImportPreview, description = "What it holds")), extensions(("x-permission" = json!("import"))))]
async fn preview_import(
    State(app): State<App>,
    Require(caller, ..): Require<can::Import>,
    Query(query): Query<PreviewQuery>,
    request: Request,
) -> Answer<Json<ImportPreview>> {
    let catalog = app.catalog(caller.workspace).await?;
    let channel = catalog.channels.get(&ChannelId(query.channel)).cloned().ok_or(Code::NotFound)?;
    let given = meanings(query.columns.as_deref())?;
    let known = app.read(move |tx| remembered(tx, caller.workspace)).await?;
    let file: Bytes = bytes(request, &app).await?;
    let words = catalog.clone();
    let (peek, columns, sheet) = tokio::task::spawn_blocking(move || {
        let peek = peek(&file, SHOWN);
        let columns = given.unwrap_or_else(|| guess_columns(&peek.header, &known, &words));
        let sheet = read(&file, Format::Csv, Some(&columns), &words);
        (peek, columns, sheet)
    })
    .await
    .map_err(|_| Problem::new(Code::Internal))?;
    let rows = sheet.rows.len();
    let found = foresee(&app.engine, &channel, &catalog, sheet.rows, app.now_ms()).await?;
    let journeys = found.journeys.into_iter().map(|(id, people)| ImportStart {
        journey_id: id.0,
        name: catalog.journeys.get(&id).map(|journey| journey.name.clone()).unwrap_or_default(),
        people,
    });
    let errors = sheet.faults.into_iter().take(100);
    Ok(Json(ImportPreview {
        encoding: match peek.encoding {
            sheet::Encoding::Utf8 => "utf8",
            sheet::Encoding::ShiftJis => "shift_jis",
        },
        header: peek.header,
        sample: peek.rows,
        columns,
        rows,
        created: found.created,
        known: found.known,
        erased: found.erased,
        greetings: found.greetings,
        journeys: journeys.collect(),
        rejected: sheet.fault_count,
        errors: errors.map(|fault| ImportFault { line: fault.line, column: fault.column, message: fault.message }).collect(),
    }))
}

/// The wrong rows of a file as a CSV: line, reason, and the row as it was.
#[utoipa::path(post, path = "/contacts/import/wrong-rows", operation_id = "wrongImportRows", tag = "contacts", params(PreviewQuery),
    request_body(content((String = "text/csv"))),
    responses((status = 200, content_type = "text/csv", body = String, description = "The rows to mend")), extensions(("x-permission" = json!("import"))))]
async fn wrong_import_rows(
    State(app): State<App>,
    Require(caller, ..): Require<can::Import>,
    Query(query): Query<PreviewQuery>,
    request: Request,
) -> Answer<impl IntoResponse> {
    let catalog = app.catalog(caller.workspace).await?;
    if !catalog.channels.contains_key(&ChannelId(query.channel)) {
        return Err(Code::NotFound.into());
    }
    let columns = meanings(query.columns.as_deref())?;
    let file: Bytes = bytes(request, &app).await?;
    let rows = tokio::task::spawn_blocking(move || wrong_rows(&file, columns.as_deref(), &catalog))
        .await
        .map_err(|_| Problem::new(Code::Internal))?;
    let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, "attachment; filename=\"wrong-rows.csv\"")];
    Ok((headers, rows))
}
