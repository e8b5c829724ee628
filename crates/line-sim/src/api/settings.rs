//! The webhook address: set, read, test.

use crate::answer::Answer;
use crate::call::Call;
use crate::clock::rfc3339;
use crate::route::Route;
use crate::webhook::empty_call;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::json;

pub const ROUTES: &[Route] = &[
    Route::put("/v2/bot/channel/webhook/endpoint", "webhook_set", set).rate(1000, 60),
    Route::get("/v2/bot/channel/webhook/endpoint", "webhook_get", get).rate(1000, 60),
    Route::later("POST", "/v2/bot/channel/webhook/test", "webhook_test", test).rate(60, 3600),
];

const URL_MAX: usize = 500;

/// HTTPS, or plain HTTP to this very machine: a simulator's shop has no certificate.
fn is_endpoint(text: &str) -> bool {
    let Ok(url) = url::Url::parse(text) else {
        return false;
    };
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    text.len() <= URL_MAX && (url.scheme() == "https" && url.has_host() || url.scheme() == "http" && loopback)
}

fn set(call: &Call) -> Answer {
    let json = match call.json() {
        Ok(json) => json,
        Err(answer) => return answer,
    };
    match json.text("endpoint").filter(|url| is_endpoint(url)) {
        Some(url) => {
            call.channel().settings.write().webhook = Some(url.to_owned());
            Answer::empty()
        }
        None => Answer::error(400, "Invalid webhook endpoint URL"),
    }
}

fn get(call: &Call) -> Answer {
    let settings = call.channel().settings.read();
    match &settings.webhook {
        Some(url) => Answer::ok(&json!({ "endpoint": url, "active": settings.webhook_active })),
        None => Answer::error(404, "Webhook endpoint not found"),
    }
}

fn test<'a>(call: &'a Call<'a>) -> BoxFuture<'a, Answer> {
    async move {
        let given = match call.body.is_empty() {
            true => None,
            false => match call.json() {
                Ok(json) => json.text("endpoint").map(str::to_owned),
                Err(answer) => return answer,
            },
        };
        let url = match given {
            Some(url) if is_endpoint(&url) => url,
            Some(_) => return Answer::error(400, "Invalid webhook endpoint URL"),
            None => match call.channel().settings.read().webhook.clone() {
                Some(url) => url,
                None => return Answer::error(404, "Webhook endpoint not found"),
            },
        };
        let outcome = empty_call(call.world, call.channel(), &url).await;
        let (success, status, reason, detail) = match outcome {
            Ok(status) if (200..300).contains(&status) => (true, i64::from(status), "OK", status.to_string()),
            Ok(status) => (false, i64::from(status), "ERROR_STATUS_CODE", status.to_string()),
            Err("timeout") => (false, 0, "REQUEST_TIMEOUT", "Request timeout".into()),
            Err(_) => (false, 0, "COULD_NOT_CONNECT", "Connection failed".into()),
        };
        Answer::ok(&json!({
            "success": success, "timestamp": rfc3339(call.now_ms), "statusCode": status,
            "reason": reason, "detail": detail,
        }))
    }
    .boxed()
}
