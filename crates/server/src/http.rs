//! Bodies, queries, paths, pages and times, with refusals that name the place to mend.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::error::{Answer, Code, Problem};

/// A JSON body. Unknown fields, wrong types and broken JSON are refused with the path.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let json = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(is_json);
        let bytes = bytes(request, state).await?;
        // A POST without a body is `{}`; then the type of nothing does not matter.
        if !json && !bytes.is_empty() {
            return Err(Code::UnsupportedMediaType.into());
        }
        let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        parse(bytes).map(Self)
    }
}

/// A change of something that several people set: its fields, and the revision they were written on. Read by hand, for what
/// serde flattens refuses no unknown field.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct Change<T> {
    /// What it is to be.
    #[serde(flatten)]
    pub value: T,
    /// The revision this was made from; refused with `edited_meanwhile` when somebody saved since. Left out: writes over.
    #[serde(default, rename = "revision")]
    pub base: Option<i64>,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Change<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Body(mut fields) = Body::<Map<String, Value>>::from_request(request, state).await?;
        let base = fields.remove("revision").map(serde_json::from_value).transpose();
        let base = base.map_err(|_| Problem::new(Code::BadRequest).at("revision", "type", "数で指定してください。"))?.flatten();
        let value = serde_path_to_error::deserialize(Value::Object(fields)).map_err(misread)?;
        Ok(Self { value, base })
    }
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or("").trim();
    essence.eq_ignore_ascii_case("application/json") || essence.to_ascii_lowercase().ends_with("+json")
}

/// The whole body, within the route's limit.
pub async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Answer<Bytes> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection.into_response().status() {
        StatusCode::PAYLOAD_TOO_LARGE => Code::TooLarge.into(),
        _ => Problem::new(Code::BadRequest).at("", "body", "本文を最後まで受け取れませんでした。"),
    })
}

/// JSON with the path of what is wrong.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Answer<T> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(misread)?;
    reader
        .end()
        .map_err(|error| Problem::new(Code::BadRequest).at("", "json", format!("JSONのあとに余分な文字があります: {error}")))?;
    Ok(value)
}

fn misread(error: serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let path = error.path().to_string();
    let inner = error.into_inner();
    let code = if inner.is_data() { "type" } else { "json" };
    Problem::new(Code::BadRequest).at(if path == "." { String::new() } else { path }, code, format!("読み取れません: {inner}"))
}

/// The query string; names it does not know are ignored.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or("");
        let reader = serde_urlencoded::Deserializer::new(url::form_urlencoded::parse(query.as_bytes()));
        serde_path_to_error::deserialize(reader).map(Self).map_err(|error| {
            let path = error.path().to_string();
            Problem::new(Code::BadRequest).at(path, "query", format!("読み取れません: {}", error.into_inner()))
        })
    }
}

/// Ids in the path. What is no id is not found: an unknown address, not a bad request.
pub struct Ids<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Ids<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Path::from_request_parts(parts, state).await.map(|Path(ids)| Self(ids)).map_err(|_| Code::NotFound.into())
    }
}

/// `limit` and `cursor` of a list.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// At most so many (1–200, default 50).
    #[serde(default)]
    pub limit: Option<i64>,
    /// Where the last page ended.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// Entries of a page unless asked otherwise.
const PAGE_DEFAULT: i64 = 50;
/// Entries of a page at most.
const PAGE_MAX: i64 = 200;

impl PageQuery {
    /// How many entries.
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX)
    }

    /// Where to go on, as this list wrote it.
    pub fn after<T: DeserializeOwned>(&self) -> Answer<Option<T>> {
        self.cursor.as_deref().filter(|cursor| !cursor.is_empty()).map(decode).transpose()
    }
}

/// Reads a cursor.
pub fn decode<T: DeserializeOwned>(cursor: &str) -> Answer<T> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| Problem::new(Code::BadCursor))?;
    serde_json::from_slice(&bytes).map_err(|_| Code::BadCursor.into())
}

/// Writes a cursor; opaque to callers.
pub fn encode<T: Serialize>(position: &T) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(position).unwrap_or_default())
}

/// A page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Where the next page begins, null at the end.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// From one entry more than asked for, which tells whether there is a next page. `position` is where an entry stands.
    pub fn cut<P: Serialize>(mut items: Vec<T>, limit: i64, position: impl Fn(&T) -> P) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| encode(&position(last)));
        Self { items, next }
    }

    /// The same page of something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}

/// A list that is never long.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Items<T> {
    /// The entries.
    pub items: Vec<T>,
}

/// How many, counted up to a cap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Total {
    /// The number, or the cap.
    pub count: i64,
    /// Whether there are more than that.
    pub more: bool,
}

impl Total {
    /// From a count that stopped at `cap` + 1.
    pub fn capped(found: i64, cap: i64) -> Self {
        Self { count: found.min(cap), more: found > cap }
    }
}

/// 201 with a body.
pub struct Created<T>(pub T);
/// 202 with a body: taken, and done in a moment.
pub struct Accepted<T>(pub T);
/// 204.
pub struct Done;

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, axum::Json(self.0)).into_response()
    }
}
impl<T: Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        (StatusCode::ACCEPTED, axum::Json(self.0)).into_response()
    }
}
impl IntoResponse for Done {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// An instant in a request: Unix milliseconds, or RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = i64)]
pub struct Time(pub i64);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Raw {
            Ms(i64),
            Text(String),
        }
        match Raw::deserialize(deserializer)? {
            Raw::Ms(ms) => Ok(Self(ms)),
            Raw::Text(text) => text
                .parse::<jiff::Timestamp>()
                .map(|at| Self(at.as_millisecond()))
                .map_err(|_| serde::de::Error::custom("neither Unix milliseconds nor RFC 3339")),
        }
    }
}

/// For `PATCH`: tells `null` (clear) from absent (leave). Use with `#[serde(default, deserialize_with = "…")]`.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[serde(default)]
        at: Option<Time>,
        #[serde(default)]
        list: Vec<i64>,
    }

    #[test]
    fn places_are_named() {
        assert_eq!(parse::<Sample>(br#"{"list":[1,2]}"#).unwrap().list, [1, 2]);
        let problem = parse::<Sample>(br#"{"list":[1,"x"]}"#).unwrap_err();
        assert_eq!((problem.code, problem.errors[0].path.as_str()), (Code::BadRequest, "list[1]"));
        assert_eq!(parse::<Sample>(b"{").unwrap_err().errors[0].code, "json");
        assert_eq!(parse::<Sample>(b"{} {}").unwrap_err().errors[0].code, "json");
        assert!(parse::<Sample>(br#"{"unknown":1}"#).is_err());
        assert_eq!(parse::<Sample>(br#"{"at":"1970-01-01T00:00:01Z"}"#).unwrap().at, Some(Time(1_000)));
        assert_eq!(parse::<Sample>(br#"{"at":5}"#).unwrap().at, Some(Time(5)));
        assert!(parse::<Sample>(br#"{"at":"yesterday"}"#).is_err());
    }

    #[test]
    fn pages_end() {
        let page = Page::cut(vec![3, 2, 1], 2, |n| *n);
        assert_eq!(page.items, [3, 2]);
        assert_eq!(decode::<i64>(&page.next.unwrap()).unwrap(), 2);
        assert_eq!(Page::cut(vec![1, 2], 2, |n| *n).next, None);
        assert!(decode::<i64>("***").is_err());
        assert!(decode::<i64>(&encode(&"text")).is_err());
    }
}
