//! Calls to addresses a shop typed: no private networks, no redirects, a time-out, and a signature the receiver can check.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use serde::Deserialize;
use sha2::Sha256;
use url::{Host, Url};

use super::db::Task;
use super::run::Trouble;
use crate::engine::Engine;

#[derive(Deserialize)]
struct Order {
    url: String,
}

/// POSTs the task's payload. `Enishi-Signature: sha256=<hex HMAC of the body>`, `Enishi-Event: <task id>`.
pub(super) async fn call(engine: &Arc<Engine>, task: &Task) -> Result<Option<String>, Trouble> {
    let Order { url } = serde_json::from_value(task.payload.clone()).map_err(|error| Trouble::Never(error.to_string()))?;
    let url = Url::parse(&url).map_err(|error| Trouble::Never(error.to_string()))?;
    if !is_allowed(&url) {
        return Err(Trouble::Never("この宛先には送信できません(https の公開アドレスだけが使えます)。".into()));
    }
    let client = CLIENT.as_ref().map_err(|error| Trouble::Never(error.clone()))?;
    let body = task.payload.to_string();
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
        200..=299 => Ok(None),
        status @ (408 | 429 | 500..=599) => Err(Trouble::again(task, format!("HTTP {status}"))),
        status => Err(Trouble::Never(format!("HTTP {status}"))),
    }
}

fn sign(key: &[u8], body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

/// https to a name, or to a public address. Names are checked again when they are resolved.
pub(crate) fn is_allowed(url: &Url) -> bool {
    url.scheme() == "https" && is_open_web(url)
}

/// A name, or a public address, without a password in it.
pub(super) fn is_open_web(url: &Url) -> bool {
    let public = match url.host() {
        Some(Host::Domain(_)) => true,
        Some(Host::Ipv4(address)) => is_public(address.into()),
        Some(Host::Ipv6(address)) => is_public(address.into()),
        None => false,
    };
    matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none() && public
}

/// Reaches public addresses only and follows no redirect.
pub(super) static CLIENT: LazyLock<Result<reqwest::Client, String>> = LazyLock::new(|| {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(10))
        .connect_timeout(Duration::from_secs(5))
        .dns_resolver(Arc::new(PublicOnly))
        .no_proxy()
        .build()
        .map_err(|error| error.to_string())
});

/// Resolves names, and drops every address inside a private network, so that a shop's URL cannot reach behind our wall.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.filter(|address| is_public(address.ip())).collect();
            if found.is_empty() {
                return Err("the name has no public address".into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Reachable from everywhere: not loopback, private, link-local, shared, multicast, documentation or unspecified
/// (IANA special-purpose registries, RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            !(v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_broadcast()
                || v4.is_documentation()
                || v4.is_unspecified()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 198 && (b == 18 || b == 19))
                || (a == 192 && b == 0))
        }
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_public(v4.into()),
            None => {
                let first = v6.segments()[0];
                // Only global unicast 2000::/3, without 6to4, Teredo and documentation, which can hide other addresses.
                (first & 0xe000) == 0x2000
                    && first != 0x2002
                    && !(first == 0x2001 && v6.segments()[1] < 0x0200)
                    && !(first == 0x2001 && v6.segments()[1] == 0x0db8)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_refused() {
        for url in [
            "https://127.0.0.1/",
            "https://10.0.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fd00::1]/",
            "http://example.com/",
            "https://user@example.com/",
            "https://0.0.0.0/",
            "ftp://example.com/",
        ] {
            assert!(!is_allowed(&Url::parse(url).unwrap()), "{url}");
        }
        assert!(is_allowed(&Url::parse("https://example.com/hook").unwrap()));
        assert!(is_allowed(&Url::parse("https://93.184.216.34/").unwrap()));
    }
}
