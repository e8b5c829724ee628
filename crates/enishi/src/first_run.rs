//! The first start of an installation: a link with which the first owner comes in.

use std::sync::Arc;

use engine::Engine;
use engine::access::secret::Secret;
use engine::access::setup;
use engine::clock::machine_ms;

use crate::say;

/// Prints the link when nobody is there yet. It stands on stdout, for whoever started the server, and in no log.
pub async fn greet(engine: Arc<Engine>) {
    let secret = Arc::new(Secret::draw());
    let offered = secret.clone();
    match engine.store.write(move |tx| setup::offer(tx, &offered, machine_ms())).await {
        Ok(true) => {
            let base = engine.settings.public_url.as_str().trim_end_matches('/');
            let _ = say(format_args!("setup {base}/admin/setup#{}", secret.reveal()));
            let _ = say("はじめての設定: 上のリンクを24時間以内に一度だけ開けます / Open the link above, once, within 24 hours.");
        }
        Ok(false) => {}
        Err(error) => tracing::warn!(%error, "whether anybody is there could not be read"),
    }
}
