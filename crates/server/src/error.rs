//! Problem documents (RFC 9457): one closed list of codes, each with its status and sentences.
//!
//! A handler fails with a [`Problem`]; it travels as a response extension, and [`render`] writes the document once the
//! request's id and language are known.

use std::borrow::Cow;

use axum::extract::Request;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::log::RequestId;

/// Prefix of `type`.
pub const TYPE_BASE: &str = "https://enishi.dev/problems/";

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $title:literal, $ja:literal, $en:literal;)+) => {
        /// Every code the API answers with. Codes are never renamed; new ones may be added.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $en] $(#[$doc])* $name),+ }

        impl Code {
            /// The closed list.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable code.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $code),+ } }
            /// Its HTTP status.
            pub const fn status(self) -> u16 { match self { $(Self::$name => $status),+ } }
            /// Its title, which never changes with the language.
            pub const fn title(self) -> &'static str { match self { $(Self::$name => $title),+ } }
            const fn ja(self) -> &'static str { match self { $(Self::$name => $ja),+ } }
            const fn en(self) -> &'static str { match self { $(Self::$name => $en),+ } }
        }
    };
}

codes! {
    BadRequest = "bad_request", 400, "Bad request", "リクエストの形が正しくありません。errors の場所を直してください。", "The request cannot be read. Mend the places named in errors.";
    BadCursor = "bad_cursor", 400, "Bad cursor", "続きの位置が正しくありません。一覧を最初から読み込んでください。", "The cursor is not one of ours. Start the list again.";
    NoSession = "no_session", 401, "Not logged in", "ログインしてください。", "Log in, or send an API token.";
    LoginFailed = "login_failed", 401, "Login failed", "メールアドレスかパスワードが違います。", "The address or the password is wrong.";
    SecondStepNeeded = "second_step_needed", 401, "Second step needed", "認証アプリに表示された6桁のコードを入力してください。", "Send the code of your authenticator app, or a recovery code.";
    SecondStepWrong = "second_step_wrong", 401, "Second step wrong", "コードが違うか、すでに使われています。アプリにいま出ているコードを入力してください。", "The code is wrong or was used already. Send the present one.";
    PasskeyRefused = "passkey_refused", 401, "Passkey refused", "パスキーを確認できませんでした。もう一度お試しください。", "The passkey is unknown, does not fit, or the question was answered already. Try again.";
    TokenInvalid = "token_invalid", 401, "Token not valid", "APIトークンが正しくないか、取り消されています。", "The API token is wrong or was revoked.";
    Forbidden = "forbidden", 403, "Not permitted", "この操作の権限がありません。オーナーに相談してください。", "Your role or the token's scopes do not permit this. Ask an owner.";
    SecondStepRequired = "second_step_required", 403, "Second step required", "このお店では2段階認証が必要です。画面を読み込み直して、設定してください。", "This workspace asks for two-factor sign-in. Set it up first.";
    CrossSite = "cross_site", 403, "Cross-site request", "別のサイトからの操作は受け付けません。管理画面から操作してください。", "Requests from another site are refused. Use the admin pages.";
    NotFound = "not_found", 404, "Not found", "見つかりません。削除されたか、別のワークスペースのものです。", "There is no such thing in this workspace.";
    MethodNotAllowed = "method_not_allowed", 405, "Method not allowed", "このアドレスではその操作はできません。", "This address does not know that method.";
    Conflict = "conflict", 409, "Conflict", "いまの状態ではできません。画面を読み込み直してください。", "The present state does not allow it. Reload and try again.";
    InUse = "in_use", 409, "In use", "使われているため削除できません。先に使っている場所を変えてください。", "It is in use. Change the places that use it first.";
    NameTaken = "name_taken", 409, "Name taken", "同じ名前のものがあります。別の名前にしてください。", "The name is taken. Choose another one.";
    WrongState = "wrong_state", 409, "Wrong state", "いまの状態ではその操作はできません。", "The object's state does not allow this.";
    IdempotencyMismatch = "idempotency_mismatch", 409, "Idempotency key reused", "同じIdempotency-Keyが別の内容で使われています。新しいキーで送ってください。", "This Idempotency-Key was used with another request. Use a new key.";
    IdempotencyRunning = "idempotency_running", 409, "Still running", "同じIdempotency-Keyの処理がまだ終わっていません。少し待ってから同じ内容で送ってください。", "The first request with this Idempotency-Key is still running. Repeat it shortly.";
    LineChannelTaken = "channel_id_taken", 409, "Channel already connected", "このLINEアカウントはすでに接続されています。", "This LINE channel is connected already.";
    LastOwner = "last_owner", 409, "Last owner", "オーナーがいなくなります。先にほかの方をオーナーにしてください。", "Nobody would be owner any more. Appoint another owner first.";
    ApprovalNeeded = "approval_needed", 409, "Approval needed", "この配信には、ほかのスタッフの承認が必要です。", "Another member of staff must approve this broadcast first.";
    ApprovalPerson = "approval_person", 409, "Not the second person", "作った人や直した人は承認できません。ほかのスタッフに頼んでください。", "Who made, changed or asked for it cannot approve it, nor can a token. Ask somebody else.";
    ApprovalStale = "approval_stale", 409, "Nothing to approve", "承認の依頼が取り下げられたか、内容が変わりました。画面を読み込み直してください。", "Approval was not asked for, or it was changed since. Reload.";
    PasskeysUnavailable = "passkeys_unavailable", 409, "Passkeys unavailable", "この管理画面のアドレスでは、パスキーを使えません。", "Browsers offer no passkeys at this address: it needs https and a name.";
    InvitationInvalid = "invitation_invalid", 410, "Invitation not valid", "招待の期限が切れているか、すでに使われています。もう一度招待してもらってください。", "The invitation has expired or was used. Ask for a new one.";
    SetupClosed = "setup_closed", 410, "Setup closed", "このリンクは使えません。期限が切れているか、はじめの設定がもう済んでいます。", "The link has expired or was used, or the first owner is there already.";
    EditedMeanwhile = "edited_meanwhile", 412, "Edited meanwhile", "ほかの人が先に変更しました。どちらの内容を残すか選んでください。", "Somebody else has changed it since. Read it again, then decide whose change stays.";
    TooLarge = "too_large", 413, "Too large", "大きすぎます。分けて送ってください。", "The body is too large. Send it in parts.";
    UnsupportedMediaType = "unsupported_media_type", 415, "Unsupported media type", "Content-Typeが正しくありません。", "The Content-Type is not one this address takes.";
    Invalid = "invalid", 422, "Invalid", "入力を確認してください。", "Mend the places named in errors.";
    ImportRejected = "import_rejected", 422, "Import rejected", "直すべき行があるため、何も取り込んでいません。errors の行を直すか、良い行だけを取り込んでください。", "Some lines are wrong, so nothing was imported. Mend them, or import the good rows only.";
    LineRefused = "line_refused", 422, "Refused by LINE", "LINEが受け付けませんでした。チャネルIDとチャネルシークレットを確認してください。", "LINE refused it. Check channel id and secret.";
    PasswordWeak = "password_weak", 422, "Password too weak", "パスワードは10文字以上で、メールアドレスを含まないものにしてください。", "Choose a password of at least 10 characters that does not hold your address.";
    RateLimited = "rate_limited", 429, "Too many requests", "リクエストが多すぎます。Retry-After の秒数だけ待ってください。", "Too many requests. Wait for the seconds in Retry-After.";
    LoginLimited = "login_limited", 429, "Too many attempts", "ログインの失敗が続いたため、しばらくログインできません。Retry-After の秒数だけ待ってください。", "Too many failed logins. Wait for the seconds in Retry-After.";
    Internal = "internal", 500, "Internal error", "サーバーで問題が起きました。時間をおいてもう一度試し、続くときは request_id を添えて管理者に知らせてください。", "Something went wrong here. Try again later; if it lasts, report the request_id.";
    LineUnreachable = "line_unreachable", 502, "LINE unreachable", "LINEにつながりません。少し待ってからもう一度試してください。", "LINE does not answer. Try again shortly.";
    Unavailable = "unavailable", 503, "Unavailable", "混み合っているか、データベースにつながりません。少し待ってからもう一度試してください。", "Busy, or the database is away. Try again shortly.";
    Timeout = "timeout", 504, "Timed out", "時間がかかりすぎたため中止しました。条件を絞ってもう一度試してください。", "It took too long. Narrow it down and try again.";
}

/// One place that must be mended.
#[derive(Clone, Debug, Serialize, PartialEq, utoipa::ToSchema)]
pub struct FieldError {
    /// Where, e.g. `messages[0].text` or `line 12`; '' for the whole.
    pub path: String,
    /// Stable code.
    pub code: Cow<'static, str>,
    /// What to do.
    pub message: String,
}

/// Why a request was refused. Becomes a problem document.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The code, with its status.
    pub code: Code,
    /// A sentence that says more than the code's own, in Japanese.
    pub detail: Option<String>,
    /// Places to mend.
    pub errors: Vec<FieldError>,
    /// Seconds until it is worth trying again.
    pub retry_after: Option<u64>,
}

/// What handlers answer with.
pub type Answer<T> = Result<T, Problem>;

impl Problem {
    /// A bare code.
    pub const fn new(code: Code) -> Self {
        Self { code, detail: None, errors: Vec::new(), retry_after: None }
    }

    /// Says more in Japanese.
    #[must_use]
    pub fn saying(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a place to mend.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        self.errors.push(FieldError { path: path.into(), code: code.into(), message: message.into() });
        self
    }

    /// Says when to try again.
    #[must_use]
    pub const fn after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// One invalid field.
    pub fn invalid(path: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Code::Invalid).at(path, code, message)
    }

    /// Several invalid fields.
    pub fn invalid_all(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(Code::Invalid) }
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        engine::Error::from(error).into()
    }
}

impl From<std::sync::Arc<engine::Error>> for Problem {
    fn from(error: std::sync::Arc<engine::Error>) -> Self {
        Self::from_engine(&error)
    }
}

impl From<engine::Error> for Problem {
    fn from(error: engine::Error) -> Self {
        Self::from_engine(&error)
    }
}

impl Problem {
    fn from_engine(error: &engine::Error) -> Self {
        match error {
            engine::Error::Bad { code, path, message } => Self::new(Code::Invalid).at(path.clone(), *code, message.clone()),
            engine::Error::Invalid(problems) => Self::invalid_all(problems.iter().cloned().map(Into::into).collect()),
            engine::Error::InUse(users) => {
                Self { errors: users.iter().cloned().map(Into::into).collect(), ..Self::new(Code::InUse) }
            }
            engine::Error::NotFound => Self::new(Code::NotFound),
            engine::Error::Conflict { code, message } => {
                let known = match *code {
                    "broadcast_state" | "broadcast_expired" => Code::WrongState,
                    code => Code::ALL.iter().copied().find(|known| known.as_str() == code).unwrap_or(Code::Conflict),
                };
                Self::new(known).saying(message.clone())
            }
            transient if transient.is_transient() => {
                tracing::warn!(error = %transient, "a request met a busy or absent database");
                Self::new(Code::Unavailable).after(1)
            }
            engine::Error::Line(message) => Self::new(Code::LineRefused).saying(message.clone()),
            other => {
                tracing::error!(error = %other, "a request failed");
                Self::new(Code::Internal)
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The document's shape, for the OpenAPI document.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct Document {
    /// Names the code; never changes with the language.
    #[serde(rename = "type")]
    kind: String,
    /// Short, English.
    title: &'static str,
    /// HTTP status.
    status: u16,
    /// Stable code.
    code: &'static str,
    /// What to do, Japanese or English by `Accept-Language`.
    detail: String,
    /// Places to mend.
    errors: Vec<FieldError>,
    /// Names this request in the server's log.
    request_id: String,
}

/// Middleware: writes the document of every refused request, also of those that no handler saw.
pub async fn render(request: Request, next: Next) -> Response {
    let language = Language::asked_for(request.headers());
    let request_id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let response = next.run(request).await;
    let problem = match (response.extensions().get::<Problem>(), response.status()) {
        (Some(problem), _) => problem.clone(),
        (None, StatusCode::METHOD_NOT_ALLOWED) => Code::MethodNotAllowed.into(),
        (None, StatusCode::PAYLOAD_TOO_LARGE) => Code::TooLarge.into(),
        _ => return response,
    };
    let document = document(&problem, language, request_id);
    let (mut parts, _) = response.into_parts();
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    if let Some(seconds) = problem.retry_after {
        parts.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Response::from_parts(parts, serde_json::to_vec(&document).unwrap_or_default().into())
}

/// What a problem is told in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    Japanese,
    English,
}

impl Language {
    fn asked_for(headers: &HeaderMap) -> Self {
        if wants_english(headers) { Self::English } else { Self::Japanese }
    }
}

fn document(problem: &Problem, language: Language, request_id: String) -> Document {
    let code = problem.code;
    let detail = match (&problem.detail, language) {
        (Some(detail), Language::Japanese) => detail.clone(),
        (_, Language::English) => code.en().to_owned(),
        (None, Language::Japanese) => code.ja().to_owned(),
    };
    Document {
        kind: format!("{TYPE_BASE}{}", code.as_str()),
        title: code.title(),
        status: code.status(),
        code: code.as_str(),
        detail,
        errors: problem.errors.clone(),
        request_id,
    }
}

/// Japanese unless English is clearly preferred.
fn wants_english(headers: &HeaderMap) -> bool {
    let Some(accepted) = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()) else { return false };
    let weight = |language: &str| {
        accepted
            .split(',')
            .filter_map(|part| {
                let (range, parameters) = part.trim().split_once(';').unwrap_or((part.trim(), ""));
                let matches = range.get(..2).is_some_and(|head| head.eq_ignore_ascii_case(language));
                let q = parameters.trim().strip_prefix("q=").and_then(|q| q.trim().parse::<f32>().ok()).unwrap_or(1.0);
                matches.then_some(q)
            })
            .fold(0.0_f32, f32::max)
    };
    let (ja, en) = (weight("ja"), weight("en"));
    en > ja
        || (en > 0.0
            && (en - ja).abs() < f32::EPSILON
            && accepted.trim_start().get(..2).is_some_and(|head| head.eq_ignore_ascii_case("en")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(value))])
    }

    #[test]
    fn language() {
        assert!(!wants_english(&HeaderMap::new()));
        for (value, english) in [
            ("ja", false),
            ("en", true),
            ("en-US,en;q=0.9,ja;q=0.8", true),
            ("ja,en-US;q=0.9,en;q=0.8", false),
            ("fr", false),
            ("*", false),
            ("en;q=0.1, ja;q=0.5", false),
        ] {
            assert_eq!(wants_english(&accepting(value)), english, "{value}");
        }
    }

    #[test]
    fn codes_are_a_closed_list() {
        let list = Code::ALL.iter().map(|code| format!("{} {}", code.status(), code.as_str())).collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!(list);
        let mut codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Code::ALL.len());
    }

    #[test]
    fn engine_conflicts_keep_their_code() {
        let problem = Problem::from(engine::Error::conflict("name_taken", "同じ名前"));
        assert_eq!(problem.code, Code::NameTaken);
        let unknown = Problem::from(engine::Error::conflict("something_new", "…"));
        assert_eq!(unknown.code, Code::Conflict);
    }
}
