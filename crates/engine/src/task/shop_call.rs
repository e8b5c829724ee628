//! Calls of the shop's own addresses, with a signature the receiver can check.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use url::Url;

use super::db::Task;
use super::outbound::{self, Reach};
use super::run::Trouble;
use crate::engine::Engine;

#[derive(Deserialize)]
struct Order {
    url: String,
}

/// POSTs the task's payload. `Enishi-Signature: sha256=<hex HMAC of the body>`, `Enishi-Event: <task id>`.
pub(super) async fn call(engine: &Arc<Engine>, task: &Task) -> Result<Option<String>, Trouble> {
    let Order { url } = serde_json::from_value(task.payload.clone()).map_err(|error| Trouble::Never(error.to_string()))?;
    post((engine, task), (&url, Reach::Public), task.payload.to_string()).await.map(|()| None)
}

/// POSTs JSON to an address a shop typed, signed and marked with the task's id.
pub(crate) async fn post((engine, task): (&Engine, &Task), (url, reach): (&str, Reach), body: String) -> Result<(), Trouble> {
    let url = Url::parse(url).map_err(|error| Trouble::Never(error.to_string()))?;
    if !outbound::is_allowed(&url, reach) {
        return Err(Trouble::Never("この宛先には送信できません(https の公開アドレスだけが使えます)。".into()));
    }
    let client = outbound::client().map_err(Trouble::Never)?;
    let signature = sign(&engine.vault.derive(&format!("webhook/{}", task.workspace)), body.as_bytes());
    let answer = client
        .post(url)
        .header("content-type", "application/json")
        .header("enishi-event", task.id.to_string())
        .header("enishi-signature", format!("sha256={signature}"))
        .body(body)
        .send()
        .await
        .map_err(|error| Trouble::again(task, error.without_url()))?;
    match answer.status().as_u16() {
        200..=299 => Ok(()),
        status @ (408 | 429 | 500..=599) => Err(Trouble::again(task, format!("HTTP {status}"))),
        status => Err(Trouble::Never(format!("HTTP {status}"))),
    }
}

fn sign(key: &[u8], body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}
